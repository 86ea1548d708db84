"""How findings are told to people and programs: verdicts in, text out, one module per form."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import TypeAlias

from app.publiccode.formats import compiler, github, json_lines, junit, sarif
from app.publiccode.formats.verdict import Verdict

__all__ = ["Format", "Verdict", "write"]

Writer: TypeAlias = Callable[[Iterable[Verdict], str], Iterator[str]]


class Format(StrEnum):
    """The name of a form."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    GITHUB = "github"
    SARIF = "sarif"
    JUNIT = "junit"


WRITERS: dict[Format, Writer] = {
    Format.TEXT: compiler.lines,
    Format.JSON: json_lines.array,
    Format.JSONL: json_lines.lines,
    Format.GITHUB: github.annotations,
    Format.SARIF: sarif.log,
    Format.JUNIT: junit.document,
}


def write(format: Format, verdicts: Iterable[Verdict], language: str = "en") -> Iterator[str]:
    """The verdicts in a form, piece by piece, each without the line end behind it.

    Forms of lines give theirs as soon as a verdict comes in.
    """
    return WRITERS[format](verdicts, language)
