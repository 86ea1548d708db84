"""SPDX licence expressions, read as the reference reads them."""

import re
from functools import lru_cache
from typing import NamedTuple

from app.publiccode import vocabulary

_TOKEN = re.compile(
    r"(?P<operator>\(|\)|AND|OR|WITH)"
    r"|(?P<own>(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+)"
    r"|(?P<name>[A-Za-z0-9.-]+)(?P<plus>\+?)"
)
_SPACE = " \t\n\v\f\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_ONLY, _OR_LATER = "-only", "-or-later"
_LONGEST = 2000
_DEEPEST = 50


class Expression(NamedTuple):
    """What a valid expression mentions."""

    licences: tuple[str, ...]
    """Identifiers of the SPDX list, in its own spelling."""
    deprecated: tuple[str, ...]
    own: tuple[str, ...]
    """`LicenseRef-…`: licences that only the file's author knows."""


class _Invalid(Exception):
    """Not an expression."""


@lru_cache(maxsize=1024)
def read(text: str) -> Expression | None:
    """The licences of an expression; None if it is not a valid one.

    Identifiers are found in any case, operators only in capitals; they need no space behind them.
    """
    if len(text) > _LONGEST:
        return None
    text = text.strip(_SPACE)
    words = text.split()
    if len(words) == 3 and " " in text and words[1].upper() == "WITH":
        return _with_exception(words[0], words[2])
    try:
        reader = _Reader(text)
        reader.alternatives(0)
        if reader.token:
            return None
    except _Invalid:
        return None
    return Expression(tuple(reader.licences), tuple(reader.deprecated), tuple(reader.own))


def _with_exception(name: str, exception: str) -> Expression | None:
    """A licence of the list and an exception, and nothing else: here the operator is found in any case."""
    listed = vocabulary.licences() | vocabulary.deprecated_licences()
    found = listed.get(name.lower())
    if found is None or exception.lower() not in vocabulary.licence_exceptions():
        return None
    deprecated = (found,) if found.lower() in vocabulary.deprecated_licences() else ()
    return Expression((found,), deprecated, ())


class _Reader:
    """Recursive descent over `a OR b AND (c WITH d)`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.licences: list[str] = []
        self.deprecated: list[str] = []
        self.own: list[str] = []
        self.token: re.Match[str] | None = None
        self.advance()

    def advance(self) -> None:
        while self.text.startswith(" ", self.at):
            self.at += 1
        self.token = _TOKEN.match(self.text, self.at)
        if self.token:
            self.at = self.token.end()
        elif self.at < len(self.text):
            raise _Invalid

    def takes(self, operator: str) -> bool:
        found = self.token is not None and self.token["operator"] == operator
        if found:
            self.advance()
        return found

    def alternatives(self, depth: int) -> None:
        if depth > _DEEPEST:
            raise _Invalid
        self.conjunction(depth)
        while self.takes("OR"):
            self.conjunction(depth)

    def conjunction(self, depth: int) -> None:
        self.atom(depth)
        while self.takes("AND"):
            self.atom(depth)

    def atom(self, depth: int) -> None:
        if self.takes("("):
            self.alternatives(depth + 1)
            if not self.takes(")"):
                raise _Invalid
            return
        token = self.token
        if token is None or token["operator"]:
            raise _Invalid
        if token["own"]:
            self.own.append(token["own"])
            self.advance()
            return
        self.licence(token["name"], later=bool(token["plus"]))
        self.advance()
        if self.takes("WITH"):
            self.exception()

    def licence(self, name: str, *, later: bool) -> None:
        """The licence of the list that a name stands for; `MIT-only` and `MIT-or-later` are MIT."""
        current = vocabulary.licences()
        lower = name.lower()
        found = current.get(lower) or current.get(name.removesuffix(_ONLY).lower())
        if not found and later and (found := current.get(lower + _OR_LATER)):
            self.at += self.text.startswith("+", self.at)
        if not found and (found := current.get(name.removesuffix(_OR_LATER).lower())):
            self.at += not later  # the reference does not look at the next character
        found = found or vocabulary.deprecated_licences().get(lower)
        if not found:
            raise _Invalid
        self.licences.append(found)
        if found.lower() in vocabulary.deprecated_licences():
            self.deprecated.append(found)

    def exception(self) -> None:
        name = self.token["name"] if self.token and not self.token["plus"] else None
        if name is None or name.lower() not in vocabulary.licence_exceptions():
            raise _Invalid
        self.advance()
