"""How sets are spelled: `country:SE`, and `catalog:` with what a catalogue is called.

A kind by itself is the set above all of its kind. What a part of a setSpec may not hold is written
as the bytes of its UTF-8, `~C3~A5` for `å`; a tilde too.
"""

import re
from collections.abc import Mapping

from app.catalogue.sets import Kind, Set
from app.federation.oai.errors import BadArgument, NoRecordsMatch

_SYNTAX = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(?::[A-Za-z0-9\-_.!~*'()]+)*")
_FORBIDDEN = re.compile(r"[^A-Za-z0-9\-_.!*'()]")

TITLES: Mapping[Kind, str] = {
    Kind.CATALOG: "By catalogue",
    Kind.COUNTRY: "By country the software is meant for (ISO 3166-1)",
    Kind.LICENSE: "By licence (SPDX)",
    Kind.STATUS: "By stage of development",
    Kind.LANGUAGE: "By language the software is available in (BCP 47)",
}
"""The sets above the others, in the order in which they are listed."""


def spell(each: Set, catalogs: Mapping[str, str]) -> str:
    """`catalogs` are the names of catalogues, by id."""
    value = catalogs.get(each.value, each.value) if each.kind is Kind.CATALOG else each.value
    return f"{each.kind}:{_escaped(value)}"


def read(text: str) -> Set | Kind:
    """The set of this name, a catalogue by its name.

    Raises BadArgument for what is no setSpec, and NoRecordsMatch for what no set of ours is called.
    """
    if not _SYNTAX.fullmatch(text):
        raise BadArgument("A set is like country:SE.")
    kind, colon, value = text.partition(":")
    if kind not in {each.value for each in TITLES}:
        raise NoRecordsMatch("There is no such set.")
    if not colon:
        return Kind(kind)
    named = _unescaped(value)
    if "\0" in named or _escaped(named) != value:
        raise NoRecordsMatch("There is no such set.")
    return Set(Kind(kind), named)


def _escaped(value: str) -> str:
    return _FORBIDDEN.sub(
        lambda found: "".join(f"~{byte:02X}" for byte in found[0].encode()), value
    )


def _unescaped(value: str) -> str:
    """Of what is not UTF-8 there is another spelling, which is not the one that was given."""
    found = re.sub(rb"~([0-9A-F]{2})", lambda byte: bytes.fromhex(byte[1].decode()), value.encode())
    return found.decode(errors="replace")
