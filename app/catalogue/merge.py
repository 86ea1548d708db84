"""Records to one software: who is heard first, and what is joined from all.

Authority is a list of criteria: the first in which two records differ decides. Where several
records say something, most fields have one winner, the first who says anything; few are joined.
So every catalogue that knows the same records comes to the same software, whatever came first.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from enum import IntEnum
from typing import Any, TypeAlias

from app import words
from app.catalogue.entry import Tier
from app.catalogue.tables import Record
from app.publiccode import Description
from app.publiccode.model import Organisation


class Authority(IntEnum):
    """How near to the repository a record was written; the nearer is heard first."""

    OWN = 0
    ORIGIN = 1
    RELAY = 2
    INDEX = 3


def authority(record: Record) -> Authority:
    """By whom it was read: by us, by the catalogue it is from, by others before that; or not at all."""
    if record.tier == Tier.INDEX:
        return Authority.INDEX
    if record.origin_catalog is None:
        return Authority.OWN
    return Authority.RELAY if record.via else Authority.ORIGIN


CRITERIA: Mapping[str, Callable[[Record], Any]] = {
    "published": lambda record: record.tier == Tier.INDEX,
    "described": lambda record: record.description is None,
    "valid": lambda record: not (record.valid or record.stale),
    "authority": authority,
    "priority": lambda record: -record.priority,
    "modified": lambda record: -(record.source_modified or record.updated_at).timestamp(),
    "via": lambda record: len(record.via),
    "origin": lambda record: (record.origin_catalog or "", record.origin_id or ""),
    "source": lambda record: (record.source_id, record.catalog_id),
}
"""What decides between two records, in this order: the smaller is heard first."""


def by_authority(records: Iterable[Record]) -> list[Record]:
    """Records from the most to the least trusted; a total order, the same on every node."""
    return sorted(records, key=lambda record: [weigh(record) for weigh in CRITERIA.values()])


def heard(records: Iterable[Record]) -> list[Record]:
    """The records that say what their software is, from the most to the least trusted.

    What is only known of it counts as long as there is no file: it is never mixed with one.
    """
    ranked = by_authority(records)
    files = [record for record in ranked if record.tier != Tier.INDEX]
    return files or ranked


def decisive(first: Record, second: Record) -> str:
    """The criterion by which one of these comes before the other."""
    return next(name for name, weigh in CRITERIA.items() if weigh(first) != weigh(second))


def primary(records: Iterable[Record]) -> Record:
    """The record that the Open Catalog API shows: the oldest file that was given to us directly."""
    return min(
        records,
        key=lambda record: (
            record.tier == Tier.INDEX,
            record.origin_catalog is not None,
            record.first_seen,
            record.catalog_id,
            record.source_id,
        ),
    )


Choice: TypeAlias = tuple[Any, tuple[int, ...]]
"""The value of a field, and the positions of the descriptions that it is from."""


def _first(values: Sequence[Any], blank: object) -> Choice:
    given = next((at for at, value in enumerate(values) if value != blank), None)
    return (values[0], ()) if given is None else (values[given], (given,))


def _all_languages(values: Sequence[Any], _blank: object) -> Choice:
    """The texts of the first who has any in a language; the languages of the first come first."""
    texts: dict[str, Any] = {}
    whose: dict[str, int] = {}
    for at, value in enumerate(values):
        for language, text in value.items():
            texts.setdefault(language, text)
            whose.setdefault(language, at)
    return texts, tuple(sorted(set(whose.values())))


def _joined(key: Callable[[Any], Hashable]) -> Callable[[Sequence[Any], object], Choice]:
    """Every item that anybody names, once: as spelled by the first who does."""

    def join(values: Sequence[Any], _blank: object) -> Choice:
        items: dict[Hashable, Any] = {}
        whose: dict[Hashable, int] = {}
        for at, value in enumerate(values):
            for item in value:
                items.setdefault(key(item), item)
                whose.setdefault(key(item), at)
        return tuple(items.values()), tuple(sorted(set(whose.values())))

    return join


def _organisation(organisation: Organisation) -> Hashable:
    return organisation.uri or _folded(organisation.name or "")


def _folded(name: str) -> str:
    return " ".join(words.split(name)) or name


CHOICES: Mapping[str, Callable[[Sequence[Any], object], Choice]] = {
    "categories": _joined(lambda category: category),
    "used_by": _joined(_folded),
    "funded_by": _joined(_organisation),
    "supports": _joined(lambda support: support.id),
    "description": _all_languages,
}
"""Fields to which every record may add. All others have one winner: address, licence, status and
contacts above all, of which half a truth is none."""

BLANK = Description()
"""What a description says that says nothing."""


def merge(descriptions: Sequence[Description]) -> Description:
    """One description of several, given from the most to the least trusted; at least one."""
    first = descriptions[0]
    if len(descriptions) == 1:
        return first
    return replace(first, **{name: value for name, (value, _) in _chosen(descriptions)})


def winners(descriptions: Sequence[Description]) -> dict[str, tuple[int, ...]]:
    """`{field: positions of the descriptions it is from}` of the fields that are given at all."""
    return {name: whose for name, (_, whose) in _chosen(descriptions) if whose}


def _chosen(descriptions: Sequence[Description]) -> Iterator[tuple[str, Choice]]:
    for field in fields(BLANK):
        values = [getattr(description, field.name) for description in descriptions]
        choose = CHOICES.get(field.name, _first)
        yield field.name, choose(values, getattr(BLANK, field.name))
