"""Families of licences: `license=copyleft` means every licence that asks for the same in return."""

import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from app.publiccode import vocabulary


def named(values: Iterable[str]) -> list[str]:
    """The licences that these values stand for, families spelled out; each as SPDX spells it too."""
    return list(dict.fromkeys(licence for value in values for licence in _named(value)))


@cache
def families() -> dict[str, list[str]]:
    """`{family: its licences and families}`."""
    text = (Path(__file__).parent / "licences.toml").read_text(encoding="utf-8")
    found: dict[str, list[str]] = tomllib.loads(text)["families"]
    return found


def _named(value: str) -> Iterator[str]:
    if members := families().get(value.lower()):
        for member in members:
            yield from _named(member)
        return
    yield value
    known = vocabulary.licences().get(value.lower())
    if known and known != value:
        yield known
