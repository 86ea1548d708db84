"""What is said about a file: findings, where they stand, and the report that holds them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from app.publiccode.codes import CODES, Severity
from app.publiccode.model import Description

__all__ = ["Fault", "Finding", "Fix", "Notation", "Path", "Report", "Severity", "Span", "spell"]

Path: TypeAlias = tuple[str | int, ...]
"""Keys and list positions from the top of the file, in the standard's spelling."""

NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Span:
    """From the first character up to, not including, the last; 1-based, 0 where it is not known."""

    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0


@dataclass(frozen=True, slots=True)
class Fix:
    """A mechanical repair: put `replacement` in the place of `span`."""

    span: Span
    replacement: str


class Notation(StrEnum):
    """How the reference writes a language in a key: its rules and its checks differ."""

    DOTTED = "dotted"
    BRACKETED = "bracketed"


class Fault(NamedTuple):
    """What a rule sees. It becomes a finding once its place in the text is known."""

    code: str
    path: Path = ()
    params: Mapping[str, object] = NOTHING
    span: Span | None = None
    """The place, where it is not that of a path."""
    at: Path | None = None
    """The path whose place it is, where that is not its own."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a file, or could be better."""

    code: str
    path: str
    params: Mapping[str, object] = field(default_factory=dict)
    span: Span = field(default_factory=Span)
    extra: bool = False
    """Beyond what the reference validator says; never decides whether a file is valid."""
    fix: Fix | None = None
    reference_line: int = 0
    """The reference's number of the line, where it miscounts; else 0."""

    @property
    def severity(self) -> Severity:
        return CODES[self.code].severity


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of one file, in the order of the standard's keys, the extra ones last."""

    findings: tuple[Finding, ...]
    version: str | None = None
    """The version as the file gives it, supported or not."""
    description: Description | None = None
    """The fields without errors; None where there is no mapping to read them from."""

    @property
    def valid(self) -> bool:
        return not any(
            finding.severity is Severity.ERROR for finding in self.findings if not finding.extra
        )


_LETTERS = re.compile(r"[A-Za-z]+\Z")


def spell(path: Path, notation: Notation = Notation.DOTTED) -> str:
    """The path as a key: `maintenance.contacts[0].email`, `description[en-US].features`."""
    text = ""
    for depth, part in enumerate(path):
        if isinstance(part, int):
            text += f"[{part}]"
        elif not text:
            text = part
        elif (
            notation is Notation.BRACKETED
            and depth == 1
            and path[0] == "description"
            and not _LETTERS.match(part)
        ):
            text += f"[{part}]"
        else:
            text += f".{part}"
    return text
