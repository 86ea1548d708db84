"""What old files say under keys of their own, moved to where the standard says it now.

An upgrade is refused where the new place already says something else: that is for a person.
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from yaml.events import ScalarEvent

from app.publiccode import values, vocabulary
from app.publiccode.edits import Document, Edit
from app.publiccode.model import Description
from app.publiccode.repairs import Applied, Repair
from app.publiccode.scalars import FLAGS
from app.publiccode.shape import shape_of
from app.publiccode.sites import Site
from app.publiccode.tree import MappingNode, Node, SequenceNode, is_null, is_plain

Upgrade: TypeAlias = Callable[[Document], Repair | None]

_ORDER = tuple(field.name for field in shape_of(Description))


def organisation_is_named(document: Document) -> Repair | None:
    """`IT.riuso.codiceIPA` and `legal.repoOwner` go to `organisation`.

    The owner alone makes no organisation, since that needs a URI.
    """
    code, owner = _italian(document, "riuso.codiceIPA"), document.site("legal.repoOwner")
    code = code if code and values.is_ipa_code(_text(code)) else None
    owner = owner if owner and _text(owner) else None
    organisation = document.site("organisation")
    if organisation is None:
        return _new_organisation(document, code, owner) if code else None
    last = _last(organisation)
    return _completed_organisation(document, last, code, owner) if last else None


def _new_organisation(document: Document, code: Site, owner: Site | None) -> Repair | None:
    indent = " " * document.indent(MappingNode)
    lines = ["organisation:"]
    if owner:
        lines.append(f"{indent}name: {document.moved(owner)}")
    lines.append(f"{indent}uri: {_urn(document, code)}")
    place = _place(document, "organisation")
    return _moved(document, [document.addition(place, lines, apart=True)], code, owner)


def _completed_organisation(
    document: Document, last: Site, code: Site | None, owner: Site | None
) -> Repair | None:
    """Adds what is not there; what is there already says the same, or nothing moves."""
    name, uri = document.site("organisation.name"), document.site("organisation.uri")
    if code and uri and _text(uri).casefold() != (values.IPA_NAMESPACE + _text(code)).casefold():
        return None
    if owner and name and _text(name) != _text(owner):
        owner = None
    lines = []
    if owner and not name:
        lines.append(f"name: {document.moved(owner)}")
    if code and not uri:
        lines.append(f"uri: {_urn(document, code)}")
    return _moved(document, [document.addition(last, lines)] if lines else [], code, owner)


def _moved(
    document: Document, edits: list[Edit | None], code: Site | None, owner: Site | None
) -> Repair | None:
    """The repair that takes away what the edits have put into `organisation`."""
    applied = []
    for site, new in ((owner, "organisation.name"), (code, "organisation.uri")):
        if site:
            edits.append(document.removal(_highest(site)))
            applied.append(Applied("key-deprecated", _path(site), f"was moved to {new}"))
    return _repair(edits, applied)


def conformity_is_supported(document: Document) -> Repair | None:
    """`IT.conforme.gdpr: true` goes to `supports`; the rest of `conforme` is dropped."""
    conformity = _italian(document, "conforme")
    if conformity is None or not isinstance(conformity.value, MappingNode):
        return None
    gdpr = _italian(document, "conforme.gdpr")
    flag = _flag(gdpr.value) if gdpr else False
    if flag is None:
        return None
    description = "was moved to supports, as alias:gdpr" if flag else "was removed"
    return _repair(
        [*_supporting(document, ["gdpr"] if flag else []), document.removal(_highest(conformity))],
        [Applied("key-deprecated", _path(conformity), description)],
    )


def platforms_are_supported(document: Document) -> Repair | None:
    """`IT.piattaforme.spid: true` goes to `supports`; `false` says nothing, and is dropped."""
    platforms = _italian(document, "piattaforme")
    if platforms is None or not isinstance(platforms.value, MappingNode):
        return None
    entries = platforms.value.entries
    flags = {
        name: flag
        for name, (_, value) in entries.items()
        if name in vocabulary.support_aliases() and (flag := _flag(value)) is not None
    }
    sites = [Site(platforms.value, *entries[name], platforms) for name in flags]
    if len(flags) < len(entries) or platforms.value.merges:
        removals = [document.removal(site) for site in sites]
    else:
        removals = [document.removal(_highest(platforms))]
    applied = [
        Applied(
            "section-outdated",
            _path(site),
            f"was moved to supports, as alias:{name}"
            if flag
            else "was removed, since it was not true",
        )
        for site, (name, flag) in zip(sites, flags.items(), strict=True)
    ]
    supported = _supporting(document, [name for name, flag in flags.items() if flag])
    return _repair([*supported, *removals], applied)


def italian_section_says_something(document: Document) -> Repair | None:
    """The section goes once it holds no more than its version."""
    section = _italian(document, "")
    if section is None or not isinstance(section.value, MappingNode) or section.value.merges:
        return None
    for name, (_, value) in section.value.entries.items():
        if name != "countryExtensionVersion" and not _says_nothing(value):
            return None
    applied = Applied("section-outdated", _path(section), "was removed, since it said nothing more")
    return _repair([document.removal(section)], [applied])


def _repair(edits: Iterable[Edit | None], applied: list[Applied]) -> Repair | None:
    """None if one of the edits cannot be made, or there is nothing to do."""
    edits = list(edits)
    made = tuple(edit for edit in edits if edit is not None)
    return Repair(made, tuple(applied)) if applied and len(made) == len(edits) else None


def _supporting(document: Document, aliases: list[str]) -> list[Edit | None]:
    """The edits which add to `supports` those of the aliases that are not there."""
    site = document.site("supports")
    items = site.value.items if site and isinstance(site.value, SequenceNode) else []
    given = {
        entry[1].value
        for item in items
        if isinstance(item, MappingNode) and (entry := item.entries.get("id"))
        if isinstance(entry[1], ScalarEvent)
    }
    lines = [f"- id: alias:{alias}" for alias in aliases if f"alias:{alias}" not in given]
    if not lines:
        return []
    if site is None:
        indent = " " * document.indent(SequenceNode)
        lines = ["supports:", *(indent + line for line in lines)]
        return [document.addition(_place(document, "supports"), lines, apart=True)]
    last = _last(site)
    return [document.addition(last, lines) if last and items else None]


def _place(document: Document, name: str) -> Site:
    """Below which top-level entry a new one belongs, in the standard's order."""
    entries = document.root.entries
    before = [one for one in _ORDER[: _ORDER.index(name)] if one in entries] or list(entries)
    return Site(document.root, *entries[before[-1]], None)


def _italian(document: Document, path: str) -> Site | None:
    """What stands at a path in the Italian section, under its new key or its old one."""
    section = "IT" if "IT" in document.root.entries else "it"
    return document.site(f"{section}.{path}".removesuffix("."))


def _highest(site: Site) -> Site:
    """The site, or the section that would be empty without it."""
    while site.siblings == 1 and site.above:
        site = site.above
    return site


def _last(site: Site) -> Site | None:
    """The last entry or item of a collection."""
    if isinstance(site.value, MappingNode) and site.value.entries:
        return Site(site.value, *list(site.value.entries.values())[-1], site)
    if isinstance(site.value, SequenceNode) and site.value.items:
        return Site(site.value, None, site.value.items[-1], site)
    return None


def _path(site: Site) -> str:
    return ".".join(site.names)


def _text(site: Site) -> str:
    return site.value.value if isinstance(site.value, ScalarEvent) else ""


def _urn(document: Document, code: Site) -> str:
    """As the code is written, in its quotes if it has any, with the comment on its line."""
    written = document.moved(code)
    quote = written[:1] if written.startswith(("'", '"')) else ""
    return quote + values.IPA_NAMESPACE + written.removeprefix(quote)


def _flag(value: Node) -> bool | None:
    """None where the value is neither true nor false; a null is false."""
    if not isinstance(value, ScalarEvent) or not is_plain(value):
        return None
    return False if is_null(value) else FLAGS.get(value.value)


def _says_nothing(value: Node) -> bool:
    if isinstance(value, MappingNode):
        return all(_says_nothing(one) for _, one in (*value.entries.values(), *value.merges))
    return isinstance(value, ScalarEvent) and (is_null(value) or value.value == "")


UPGRADES: tuple[Upgrade, ...] = (
    organisation_is_named,
    conformity_is_supported,
    platforms_are_supported,
    italian_section_says_something,
)
