"""Copies of software: which are software of their own, and which only repeat what others say.

Most copies of a repository on a forge carry the publiccode.yml of what they were made from. What it
says is not about the copy. The rules are those of the Dutch register.
"""

from collections.abc import Collection
from dataclasses import replace
from enum import StrEnum

from app.federation.driver import Forked, HarvestedRecord, Known
from app.publiccode import Description, urls


class Kind(StrEnum):
    """What a repository is, by its forge and its file."""

    ORIGINAL = "original"
    VARIANT = "variant-fork"
    """It says what it is based on."""
    GIT = "git-fork"
    """The forge says that it was forked; its file claims no other address."""
    TECHNICAL = "technical-fork"
    """It was forked, and its file is that of the original."""
    MISTAKE = "url-mistake"
    """Its file claims an address where it is not, or that it is based on itself."""


COPIES = frozenset(Kind) - {Kind.ORIGINAL}
"""The kinds of what is not just itself."""


def classify(
    location: str, declared: str | None, based_on: Collection[str], forked: Forked | None
) -> Kind:
    """Of the repository at `location`, whose file declares an address and what it is based on.

    A file for many repositories may declare the group that they are in: whoever lies below the
    declared address is at home there. What is no address of a repository declares nothing.
    """
    declared = _repository(declared)
    own = {urls.key(location), urls.key(declared or location)}
    is_at_home = declared is None or is_below(location, declared)
    match {urls.key(each) for each in based_on}, forked, is_at_home:
        case others, _, _ if others - own:
            return Kind.VARIANT
        case others, _, _ if others:
            return Kind.MISTAKE
        case _, Forked(), True:
            return Kind.GIT
        case _, Forked(), False:
            return Kind.TECHNICAL
        case _, None, False:
            return Kind.MISTAKE
        case _:
            return Kind.ORIGINAL


def is_below(location: str, declared: str) -> bool:
    """Whether a repository is at an address, or in the group or folder that it names."""
    return f"{urls.key(location)}/".startswith(f"{urls.key(declared)}/")


def settle(record: HarvestedRecord, description: Description | None) -> HarvestedRecord:
    """The record with the place that is its due, given the description in its text.

    A technical fork leads to the software that its file is about, and of itself only the forge is
    heard: what there is to say, the repository at the declared address says, or one below it. All
    others are software of their own, where they were found, whatever they declare.
    """
    if record.url is None or (not record.is_first_hand and record.forked is None):
        return record
    declared = _repository(description.url if description else None)
    based_on = description.is_based_on if description else ()
    kind = classify(record.url, declared, based_on, record.forked)
    known, parent = record.known, record.forked.parent if record.forked else None
    if known and parent:
        known = replace(known, based_on=parent)
    fork = None if kind is Kind.ORIGINAL else kind.value
    if kind is not Kind.TECHNICAL or declared is None:
        return replace(record, known=known, fork=fork)
    original = parent if parent and is_below(parent, declared) else declared
    name = urls.key(record.url).rpartition("/")[2]
    return replace(
        record,
        text=None,
        fork=fork,
        known=replace(known or Known(name=name), based_on=original),
        identifiers=(*record.identifiers, ("redirect", original)),
    )


def _repository(declared: str | None) -> str | None:
    """The address, if more than a host or a word is declared."""
    is_one = declared and urls.is_http_url(declared) and "/" in urls.key(declared)
    return declared if is_one else None
