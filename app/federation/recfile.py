"""Reads recfiles: GNU recutils' databases in plain text.

https://www.gnu.org/software/recutils/manual/recutils.html#The-Rec-Format
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

FIELD = re.compile(r"(%?[A-Za-z][A-Za-z0-9_]*):(?:[ \t]|\Z)?")
DESCRIPTOR = "%rec"

Fields: TypeAlias = Mapping[str, Sequence[str]]
"""`{name: values}`, in the order in which they were written."""


class NotARecfile(Exception):
    """With the number of the `line`, from 1, that is none of a recfile."""

    def __init__(self, line: int) -> None:
        super().__init__(f"Line {line} is neither a field nor a comment.")
        self.line = line


@dataclass(frozen=True, slots=True)
class Record:
    """`kind` is the type of the record set that it is in, if that has one."""

    kind: str | None
    fields: Fields


def read(text: str) -> Iterator[Record]:
    """The records of a database, without the descriptors. Raises NotARecfile."""
    kind: str | None = None
    for fields in _blocks(text):
        if described := fields.get(DESCRIPTOR):
            kind = described[0].partition(" ")[0] or None
        else:
            yield Record(kind, fields)


def _blocks(text: str) -> Iterator[dict[str, list[str]]]:
    """What blank lines separate."""
    block: dict[str, list[str]] = {}
    values: list[str] = []
    for number, line in _logical_lines(text):
        if not line.strip():
            if block:
                yield block
            block, values = {}, []
        elif line.startswith("+") and values:
            values[-1] += "\n" + line[1:].removeprefix(" ")
        elif named := FIELD.match(line):
            values = block.setdefault(named[1], [])
            values.append(line[named.end() :])
        elif not line.startswith("#"):
            raise NotARecfile(number)
    if block:
        yield block


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines with their numbers; one that ends with a backslash goes on in the next."""
    begun, first = "", 0
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        first = first if begun else number
        if line.endswith("\\") and not line.startswith("#"):
            begun += line[:-1]
            continue
        yield first, begun + line
        begun = ""
    if begun:
        yield first, begun
