"""Who is heard first about a software, and which fields are joined: as the table of the design has it."""

from datetime import UTC, datetime
from itertools import pairwise, permutations
from typing import Any

import pytest

from app.catalogue.entry import Tier
from app.catalogue.merge import CRITERIA, by_authority, decisive, merge, winners
from app.catalogue.tables import Record
from app.publiccode import Description
from app.publiccode.model import (
    Contact,
    Legal,
    Maintenance,
    Organisation,
    Support,
    Texts,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 13, tzinfo=UTC)
ITALY, NORWAY = "https://catalogo.example.it", "https://katalog.example.no"


def a_record(**changes: Any) -> Record:
    columns: dict[str, Any] = {
        "catalog_id": "c",
        "source_id": "s",
        "description": "{}",
        "valid": True,
        "stale": False,
        "tier": Tier.PUBLISHED,
        "via": [],
        "priority": 0,
        "updated_at": NOON,
        "first_seen": NOON,
    }
    return Record(**columns | changes)


FROM_FIRST_TO_LAST: list[tuple[str, Record]] = [
    ("ours, newer", a_record(source_modified=LATER)),
    ("ours", a_record(source_modified=NOON)),
    ("its origin's, of a peer that we prefer", a_record(origin_catalog=NORWAY, priority=5)),
    ("its origin's, newer", a_record(origin_catalog=NORWAY, source_modified=LATER)),
    ("its origin's, of the lower address", a_record(origin_catalog=ITALY)),
    ("its origin's", a_record(origin_catalog=NORWAY)),
    ("passed on once", a_record(origin_catalog=ITALY, via=["https://a.example"])),
    (
        "passed on twice",
        a_record(origin_catalog=ITALY, via=["https://a.example", "https://b.example"]),
    ),
    ("valid once, faulty now, ours", a_record(valid=False)),
    ("faulty, its origin's", a_record(valid=False, origin_catalog=ITALY)),
    ("unreadable, ours", a_record(description=None, valid=False)),
    ("what its forge tells", a_record(tier=Tier.INDEX)),
]


@pytest.mark.parametrize("last", range(1, len(FROM_FIRST_TO_LAST)))
def test_who_is_heard_first(last: int) -> None:
    before, after = FROM_FIRST_TO_LAST[last - 1 : last + 1]
    for order in permutations((before[1], after[1])):
        assert by_authority(order) == [before[1], after[1]], f"{before[0]} > {after[0]}"


def test_every_criterion_decides_somewhere() -> None:
    same_but_for_the_name = (a_record(), a_record(source_id="t"))
    pairs = [*pairwise(record for _, record in FROM_FIRST_TO_LAST), same_but_for_the_name]

    assert {decisive(*pair) for pair in pairs} == set(CRITERIA)


FIRST, SECOND = "https://git.example.org/a", "https://git.example.org/b"
KOMMUN, COMUNE = Organisation("Kommun", "https://kommun.example"), Organisation("Comune", None)

ONE: dict[str, tuple[Any, Any]] = {
    "url": (FIRST, SECOND),
    "name": ("Felanmälan", "Segnalazioni"),
    "legal": (Legal(license="EUPL-1.2"), Legal(license="MIT", main_copyright_owner="x")),
    "development_status": ("stable", "beta"),
    "maintenance": (Maintenance("internal", None, (Contact("A"),)), Maintenance("community")),
    "organisation": (KOMMUN, COMUNE),
    "platforms": (("web",), ("linux",)),
    "is_based_on": ((FIRST,), (SECOND,)),
}
"""Fields of which the first who says anything is the only one who is heard."""

JOINED: dict[str, tuple[Any, Any, Any]] = {
    "categories": (("gis",), ("gis", "forms"), ("gis", "forms")),
    "used_by": (("Storabro kommun",), ("STORABRO KOMMUN", "Roma"), ("Storabro kommun", "Roma")),
    "funded_by": ((KOMMUN,), (Organisation("x", KOMMUN.uri), COMUNE), (KOMMUN, COMUNE)),
    "supports": (
        (Support("spid"),),
        (Support("spid"), Support("x")),
        (Support("spid"), Support("x")),
    ),
    "description": (
        {"sv": Texts("Fel")},
        {"it": Texts("Segnala"), "sv": Texts("Annat")},
        {"sv": Texts("Fel"), "it": Texts("Segnala")},
    ),
}
"""Fields to which everybody adds."""


@pytest.mark.parametrize("field", ONE)
def test_field_with_one_winner(field: str) -> None:
    first, second = (Description(**{field: value}) for value in ONE[field])

    assert merge([first, second]) == first
    assert merge([Description(), second]) == second
    assert winners([first, second]) == {field: (0,)}
    assert winners([Description(), second]) == {field: (1,)}


@pytest.mark.parametrize("field", JOINED)
def test_field_that_is_joined(field: str) -> None:
    *values, expected = JOINED[field]
    first, second = (Description(**{field: value}) for value in values)

    assert merge([first, second]) == Description(**{field: expected})
    assert winners([first, second]) == {field: (0, 1)}
    assert winners([second, Description()]) == {field: (0,)}


def test_nothing_said_is_nothing_won() -> None:
    assert merge([Description(), Description()]) == Description()
    assert winners([Description()]) == {}
