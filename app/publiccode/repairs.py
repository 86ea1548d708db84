"""What can be put right by itself: for each code of finding, the edits that do it.

A repair says again what the author has said, in the way the standard wants it. Where there is a
choice, or anything would be lost, there is none.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from yaml.events import ScalarEvent

from app.publiccode import corrections, vocabulary
from app.publiccode.corrections import Correction, letters
from app.publiccode.edits import Document, Edit
from app.publiccode.findings import Finding
from app.publiccode.model import Description
from app.publiccode.shape import Field, Kind, shape_of
from app.publiccode.sites import Site
from app.publiccode.spelling import nearest
from app.publiccode.tree import MappingNode, Node, SequenceNode, is_null
from app.publiccode.versions import KEY

CURRENT = "0"
"""The version to write: the one spelling that stays current."""


class Applied(NamedTuple):
    """What was done about a finding. The description completes the sentence “*path* …”."""

    code: str
    path: str
    description: str


class Repair(NamedTuple):
    """Edits that only make sense together, and what they do."""

    edits: tuple[Edit, ...]
    applied: tuple[Applied, ...]


class Plan(NamedTuple):
    """What could be done about a finding: None among the edits says that it cannot."""

    description: str
    edits: tuple[Edit | None, ...]


Planner: TypeAlias = Callable[[Document, Finding], Plan | None]


def repair(document: Document, finding: Finding) -> Repair | None:
    """The repair for a finding, if there is one."""
    planner = PLANNERS.get(finding.code)
    plan = planner(document, finding) if planner else None
    if plan is None:
        return None
    edits = tuple(edit for edit in plan.edits if edit is not None)
    if len(edits) < len(plan.edits):
        return None
    return Repair(edits, (Applied(finding.code, finding.path, plan.description),))


# The version and the keys


def declare_version(document: Document, _: Finding) -> Plan | None:
    """Only in a file that looks like a description: other YAML is not made one."""
    known = {field.name for field in shape_of(Description)}
    if known.isdisjoint(document.root.entries):
        return None
    return Plan(f"was added, as “{CURRENT}”", (document.heading(f'{KEY}: "{CURRENT}"'),))


def update_version(document: Document, finding: Finding) -> Plan | None:
    """All 0.x are read alike; a file that claims another major version is left alone."""
    site = document.site(finding.path)
    text = _text(site)
    if site is None or text is None or text.removeprefix("v").partition(".")[0] not in ("", "0"):
        return None
    return Plan(f"is now “{CURRENT}”", (document.respelling(site, CURRENT),))


def rename_unknown_key(document: Document, finding: Finding) -> Plan | None:
    """To the only key that it can stand for, if its value is of the kind which that key takes."""
    site, near = document.site(finding.path), finding.params.get("near")
    if site is None or not isinstance(near, str):
        return None
    fields = _fields_beside(site)
    if near not in fields or not _takes(fields[near].kind, site.value):
        return None
    name, given = site.names[-1], site.given
    free = sorted(fields.keys() - given)
    wanted = [other for other in given - fields.keys() if nearest(other, free) == near]
    rival = nearest(name, [one for one in free if one != near])
    if len(wanted) > 1 or (rival and letters(name) != letters(near)):
        return None
    return Plan(f"is now called {near}", (document.renaming(site, near),))


def replace_deprecated_key(document: Document, finding: Finding) -> Plan | None:
    """Keys which nothing replaced, and those which only got another name; `upgrades` has the others."""
    site = document.site(finding.path)
    if site is None:
        return None
    name = site.names[-1]
    if name in ("inputTypes", "outputTypes", "genericName", "authorsFile"):
        return Plan("was removed", (document.removal(site),))
    new = {"monochromeLogo": "logo", "it": "IT"}.get(finding.path)
    if new is None:
        return None
    present = document.site(new)
    if present is None:
        return Plan(f"is now called {new}", (document.renaming(site, new),))
    if new == "logo" and _text(present) == _text(site):
        return Plan("was removed, since logo says the same", (document.removal(site),))
    return None


def remove_if_empty(document: Document, finding: Finding) -> Plan | None:
    """An optional key which says nothing: an empty text or list."""
    site = document.site(finding.path)
    if site is None or not site.names or site.key is None or not _is_empty(site.value):
        return None
    return Plan("was removed, since it was empty", (document.removal(site),))


def remove_item(document: Document, finding: Finding) -> Plan | None:
    site = document.site(finding.path)
    if site is None or site.key or not isinstance(site.value, ScalarEvent):
        return None
    return Plan("was removed from the list", (document.removal(site),))


# Values


def respell(correct: Correction) -> Planner:
    def plan(document: Document, finding: Finding) -> Plan | None:
        site = document.site(finding.path)
        text = _text(site)
        new = None if text is None else correct(text)
        if site is None or new is None or new == text:
            return None
        return Plan(f"is now “{new}”", (document.respelling(site, new),))

    return plan


def either(*planners: Planner) -> Planner:
    """The first plan there is."""

    def plan(document: Document, finding: Finding) -> Plan | None:
        plans = (planner(document, finding) for planner in planners)
        return next((plan for plan in plans if plan), None)

    return plan


def respell_languages_of_texts(document: Document, finding: Finding) -> Plan | None:
    """The keys of `description`, unless two would become the same language."""
    site = document.site(finding.path)
    tags = finding.params.get("tags")
    if site is None or not isinstance(site.value, MappingNode) or not isinstance(tags, tuple):
        return None
    new = {tag: tag_ for tag in tags if (tag_ := corrections.language(tag))}
    if not new or not {tag.lower() for tag in site.value.entries}.isdisjoint(
        tag.lower() for tag in new.values()
    ):
        return None
    edits = (
        document.renaming(Site(site.value, *site.value.entries[tag], site), tag_)
        for tag, tag_ in new.items()
    )
    return Plan(f"now has {', '.join(new.values())}", tuple(edits))


def put_in_quotes(document: Document, finding: Finding) -> Plan | None:
    site = document.site(finding.path)
    return Plan("was put in quotes", (document.quoting(site),)) if site else None


def convert(document: Document, finding: Finding) -> Plan | None:
    """A truth value written as a word, and one text or mapping where a list is wanted."""
    site = document.site(finding.path)
    if site is None or site.key is None:
        return None
    expected = finding.params.get("expected")
    field = _fields_beside(site).get(site.names[-1])
    if expected == "flag" and (flag := corrections.flag(_text(site) or "")):
        return Plan(f"is now {flag}", (document.baring(site, flag),))
    if expected == "list" and field and _takes(_ITEMS.get(field.kind), site.value):
        return Plan("is now a list", (document.listing(site),))
    return None


_ITEMS = {Kind.TEXTS: Kind.TEXT, Kind.LINKS: Kind.LINK, Kind.SECTIONS: Kind.SECTION}
"""What the items are of each kind of list."""


def _text(site: Site | None) -> str | None:
    return site.value.value if site and isinstance(site.value, ScalarEvent) else None


def _is_empty(value: Node) -> bool:
    if isinstance(value, ScalarEvent):
        return value.value == ""
    return isinstance(value, SequenceNode) and not value.items


def _fields_beside(site: Site) -> dict[str, Field]:
    """The fields of the section that the site is in, by name."""
    section: type = Description
    in_languages = False
    for name in site.names[:-1]:
        if in_languages:
            in_languages = False
            continue
        field = {field.name: field for field in shape_of(section)}.get(name)
        if field is None or field.of is None:
            return {}
        section, in_languages = field.of, field.kind is Kind.LANGUAGES
    return {} if in_languages else {field.name: field for field in shape_of(section)}


def _takes(kind: Kind | None, value: Node) -> bool:
    """May a field of the kind hold the value?"""
    if kind is None:
        return False
    if kind is Kind.LINK_OR_LINKS:
        return _takes(Kind.LINK, value) or _takes(Kind.LINKS, value)
    if kind in (Kind.SECTION, Kind.LANGUAGES):
        return isinstance(value, MappingNode) or is_null(value)
    if kind in (Kind.TEXTS, Kind.LINKS, Kind.SECTIONS):
        return isinstance(value, SequenceNode) or is_null(value)
    return isinstance(value, ScalarEvent)


PLANNERS: dict[str, Planner] = {
    "version-missing": declare_version,
    "version-not-text": update_version,
    "version-unsupported": update_version,
    "version-outdated": update_version,
    "key-unknown": rename_unknown_key,
    "key-deprecated": replace_deprecated_key,
    "contractors-unexpected": remove_if_empty,
    "item-empty": remove_item,
    "item-twice": remove_item,
    "type-wrong": convert,
    "number-rewritten": put_in_quotes,
    "country-lowercase": respell(corrections.country),
    "country-unknown": respell(corrections.country),
    "language-invalid": either(respell(corrections.language), respell_languages_of_texts),
    "date-invalid": either(remove_if_empty, respell(corrections.day)),
    "email-invalid": either(remove_if_empty, respell(corrections.email)),
    "url-not-http": either(remove_if_empty, respell(corrections.web_address)),
    "url-invalid": respell(corrections.url),
    "url-unparsable": respell(corrections.url),
    "video-provider-unknown": respell(corrections.video),
    "platform-unusual": respell(str.lower),
    "licence-unknown": respell(corrections.licence),
    "supports-alias-unknown": respell(corrections.support),
    "category-unknown": respell(corrections.one_of(vocabulary.categories)),
    "scope-unknown": respell(corrections.one_of(vocabulary.scopes)),
    "development-status-unknown": respell(
        corrections.one_of(lambda: vocabulary.DEVELOPMENT_STATUSES)
    ),
    "software-type-unknown": respell(corrections.one_of(lambda: vocabulary.SOFTWARE_TYPES)),
    "maintenance-type-unknown": respell(corrections.one_of(lambda: vocabulary.MAINTENANCE_TYPES)),
}
