"""Families of licences: `license=copyleft` means every licence that asks for the same in return."""

import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from app.publiccode import vocabulary


def named(values: Iterable[str]) -> list[str]:
    """The licences that these values stand for, families spelled out; each as SPDX names it today."""
    return list(dict.fromkeys(current(licence) for value in values for licence in _named(value)))


def current(licence: str) -> str:
    """As SPDX names it today: `GPL-3.0` is `GPL-3.0-only`, `GPL-3.0+` is `GPL-3.0-or-later`.

    `MPL-2.0+` has no such name; it is `MPL-2.0`, and what comes after that.
    """
    known, whole = vocabulary.licences(), licence.removesuffix("+")
    ending = "-only" if whole == licence else "-or-later"
    return known.get(f"{whole}{ending}".lower()) or known.get(whole.lower(), licence)


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
    else:
        yield value
