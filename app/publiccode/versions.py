"""Versions of the standard: which are supported, and which keys and rules each major one has."""

from typing import NamedTuple

from yaml.events import ScalarEvent

from app.publiccode.decode import Removed
from app.publiccode.findings import Fault
from app.publiccode.model import Description, Legal, Texts
from app.publiccode.rules import CLOSING_RULES, FIELD_RULES, Rule
from app.publiccode.scalars import Sort, sort_of
from app.publiccode.tree import MappingNode

KEY = "publiccodeYmlVersion"


class Edition(NamedTuple):
    """A major version: what may be declared, and by what a file of it is judged."""

    supported: tuple[str, ...]
    current: frozenset[str]
    """Supported spellings which are not outdated."""
    removed: Removed
    field_rules: tuple[Rule, ...]
    closing_rules: tuple[Rule, ...]


EDITIONS: dict[int, Edition] = {
    0: Edition(
        supported=(
            *("0", "0.2", "0.2.0", "0.2.1", "0.2.2", "0.3", "0.3.0"),
            *("0.4", "0.4.0", "0.5.0", "0.5", "0.7.0", "0.7"),
        ),
        current=frozenset(("0", "0.7", "0.7.0")),
        removed=frozenset(),
        field_rules=FIELD_RULES,
        closing_rules=CLOSING_RULES,
    ),
    1: Edition(
        supported=("1", "1.0", "1.0.0"),
        current=frozenset(("1", "1.0", "1.0.0")),
        removed=frozenset(
            (
                (Description, "monochromeLogo"),
                (Description, "inputTypes"),
                (Description, "outputTypes"),
                (Description, "supports"),
                (Description, "IT"),
                (Description, "it"),
                (Texts, "genericName"),
                (Legal, "repoOwner"),
                (Legal, "authorsFile"),
            )
        ),
        field_rules=FIELD_RULES,
        closing_rules=CLOSING_RULES,
    ),
}


class Verdict(NamedTuple):
    """What the declared version means for the rest of the file."""

    version: str | None
    edition: Edition
    refusal: Fault | None = None
    """Why the reference goes no further."""
    warning: Fault | None = None


def judge(root: MappingNode, major: int) -> Verdict:
    """Find the edition for a file; those up to `major` may be declared, others fall back to 0."""
    entry = root.entries.get(KEY)
    if entry is None:
        return Verdict(None, EDITIONS[0], refusal=Fault("version-missing", (KEY,)))
    _, value = entry
    if not isinstance(value, ScalarEvent):
        return Verdict(None, EDITIONS[0], refusal=Fault("version-not-text", (KEY,)))
    version: str = value.value
    if not _is_direct_text(value):
        return Verdict(version, EDITIONS[0], refusal=Fault("version-not-text", (KEY,)))
    for number, edition in EDITIONS.items():
        if number <= major and version in edition.supported:
            outdated = Fault("version-outdated", (KEY,), {"version": version})
            return Verdict(
                version, edition, warning=None if version in edition.current else outdated
            )
    supported = tuple(
        one for number, edition in EDITIONS.items() if number <= major for one in edition.supported
    )
    params = {"version": version, "supported": supported}
    return Verdict(version, EDITIONS[0], refusal=Fault("version-unsupported", (KEY,), params))


def _is_direct_text(value: ScalarEvent) -> bool:
    """Plain or quoted, without anchor or tag, and not a number, null or truth value."""
    if value.anchor is not None or value.tag is not None or value.style in ("|", ">"):
        return False
    return not value.implicit[0] or sort_of(value.value) is Sort.TEXT
