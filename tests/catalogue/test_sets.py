"""What is in which set, since when, and what has left it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from app.catalogue import catalogs, changes, records, sets
from app.catalogue.catalogs import CatalogDraft
from app.catalogue.entry import ROOT_ID, Statement
from app.catalogue.sets import EVERYTHING, Kind, Member, Place, Selection, Set
from app.catalogue.standings import SETTLING
from app.catalogue.transaction import transaction
from app.database import Database, Session, reading
from app.publiccode import validate
from tests.builders import a_file

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
END = 10**9
STABLE = Set(Kind.STATUS, "stable")


def at(seconds: float) -> Callable[[], datetime]:
    return lambda: NOON + timedelta(seconds=seconds)


async def put(
    session: Session, number: int, *, catalog: str = ROOT_ID, active: bool = True, **changed: object
) -> str:
    url = f"https://git.example.org/storabro/{number}"
    data = a_file(url, **changed)
    statement = Statement(catalog, str(number), data, validate(data), (url,), active=active)
    _, id = await records.write(session, statement, now=NOON)
    return id


async def all_of(
    database: Database, within: Set | Kind | None = None, among: Set = EVERYTHING, size: int = 2
) -> list[Member]:
    """Read in small pages."""
    async with reading(database) as session:
        selection = Selection(among=among, within=within, last=END)
        found: list[Member] = []
        while page := await sets.members(
            session, selection, found[-1].place if found else None, size
        ):
            found += page
        expected = await sets.count(session, selection)
        assert expected is None or expected >= len(found)
    return found


async def standing(
    database: Database, within: Set | Kind | None = None, among: Set = EVERYTHING
) -> dict[str, bool]:
    """`{id: is it there}`"""
    return {each.id: not each.gone for each in await all_of(database, within, among)}


async def test_software_is_in_the_sets_of_its_description(database: Database) -> None:
    async with transaction(database) as session:
        id = await put(
            session,
            1,
            intendedAudience={"countries": ["SE", "dk"]},
            legal={"license": "EUPL-1.2 OR (GPL-2.0+ WITH Classpath-exception-2.0)"},
            localisation={"localisationReady": True, "availableLanguages": ["sv-FI", "sv", "da"]},
        )
    async with reading(database) as session:
        found = (await sets.of(session, [id]))[id]
        assert await sets.used(session) == found
    assert [(each.kind, each.value) for each in found] == [
        ("catalog", ROOT_ID),
        ("country", "DK"),
        ("country", "SE"),
        ("lang", "da"),
        ("lang", "sv"),
        ("license", "EUPL-1.2"),
        ("license", "GPL-2.0"),
        ("status", "stable"),
    ]
    withins: list[Set | Kind] = [*found, *{each.kind for each in found}]
    for within in withins:
        assert await standing(database, within) == {id: True}
    assert await standing(database, Set(Kind.COUNTRY, "NO")) == {}


async def test_what_an_invalid_file_says_makes_no_set(database: Database) -> None:
    async with transaction(database) as session:
        id = await put(
            session,
            1,
            developmentStatus="Jane Doe",
            intendedAudience={"countries": ["Jane Doe"]},
            legal={"license": "LicenseRef-Jane"},
            localisation={"localisationReady": True, "availableLanguages": ["qqqq", "x-jane"]},
        )
    async with reading(database) as session:
        found = (await sets.of(session, [id]))[id]
    assert found == [Set(Kind.CATALOG, ROOT_ID)]


async def test_what_is_deleted_stays_in_its_sets_as_gone(database: Database) -> None:
    async with transaction(database) as session:
        gone, kept = await put(session, 1), await put(session, 2)
    async with transaction(database, clock=at(10**9)) as session:
        await records.withdraw(session, gone, reason="deleted", now=NOON)
    assert await standing(database) == {kept: True, gone: False}
    assert await standing(database, STABLE) == {kept: True, gone: False}
    assert await standing(database, among=Set(Kind.CATALOG, ROOT_ID)) == {kept: True, gone: False}
    async with reading(database) as session:
        assert STABLE in (await sets.of(session, [gone]))[gone]


async def test_inactive_software_is_gone_until_it_is_active_again(database: Database) -> None:
    async with transaction(database) as session:
        id = await put(session, 1, active=False)
    assert await standing(database) == {}
    for active in (True, False, True):
        async with transaction(database) as session:
            await put(session, 1, active=active)
        assert await standing(database) == {id: active}
        assert await standing(database, STABLE) == {id: active}


async def test_a_changed_description_leaves_sets(database: Database) -> None:
    async with transaction(database) as session:
        id = await put(session, 1)
    async with transaction(database) as session:
        await put(session, 1, developmentStatus="obsolete")
    assert await standing(database, STABLE) == {}
    assert await standing(database, Set(Kind.STATUS, "obsolete")) == {id: True}


async def test_software_leaves_a_catalogue_and_comes_back(database: Database) -> None:
    async with transaction(database) as session:
        entry = await catalogs.create(session, CatalogDraft(name="Valchiara"), now=NOON)
        valchiara = Set(Kind.CATALOG, entry.id)
        id = await put(session, 1)
        assert await put(session, 1, catalog=entry.id) == id
    assert await standing(database, among=valchiara) == {id: True}

    async with transaction(database) as session:
        await records.withdraw(session, id, catalog_ids=[entry.id], reason="deleted", now=NOON)
    assert await standing(database, among=valchiara) == {id: False}
    assert await standing(database, valchiara) == {}
    assert await standing(database) == {id: True}
    left = await all_of(database, among=valchiara)
    async with transaction(database) as session:
        await put(session, 1, developmentStatus="beta")
    assert await all_of(database, among=valchiara) == left

    async with transaction(database) as session:
        await put(session, 1, catalog=entry.id)
    assert await standing(database, among=valchiara) == {id: True}


async def test_sets_of_a_catalogue_hold_what_it_has(database: Database) -> None:
    async with transaction(database) as session:
        entry = await catalogs.create(session, CatalogDraft(name="Valchiara"), now=NOON)
        await put(session, 1)
        id = await put(session, 2, catalog=entry.id)
        await put(session, 3, catalog=entry.id, developmentStatus="beta")
    valchiara = Set(Kind.CATALOG, entry.id)
    assert await standing(database, STABLE, valchiara) == {id: True}
    assert len(await standing(database, Kind.STATUS, valchiara)) == 2
    async with reading(database) as session:
        assert Set(Kind.CATALOG, ROOT_ID) in await sets.used(session)
        assert Set(Kind.CATALOG, ROOT_ID) not in await sets.used(session, valchiara)


async def test_dates_are_ahead_of_the_clock_and_never_go_back(database: Database) -> None:
    """Even where another server's clock is behind."""
    ids: list[str] = []
    dates: list[datetime] = []
    for seconds in (0.9, 60.2, 3, 61):
        async with transaction(database, clock=at(seconds)) as session:
            ids.append(await put(session, len(ids)))
        dates.append((await all_of(database))[-1].place.datestamp)
    assert dates == [NOON + SETTLING + timedelta(seconds=each) for each in (0, 60, 60, 61)]
    assert [each.id for each in await all_of(database)] == ids


async def test_dates_and_numbers_bound_what_is_read(database: Database) -> None:
    clock = count()
    for number in range(6):
        async with transaction(database, clock=at(next(clock))) as session:
            await put(session, number)
    dates = [each.place.datestamp for each in await all_of(database)]
    async with reading(database) as session:
        last = (await changes.head(session)).sequence
        for selection, expected in (
            (Selection(last=last, since=dates[2]), dates[2:]),
            (Selection(last=last, until=dates[2]), dates[:3]),
            (Selection(last=last, since=dates[2], until=dates[2]), dates[2:3]),
            (Selection(last=last - 1), dates[:5]),
            (Selection(last=last, since=dates[5] + timedelta(seconds=1)), []),
        ):
            found = await sets.members(session, selection, None, 10)
            assert [each.place.datestamp for each in found] == expected
        beginning = Place(dates[0], 0)
        assert len(await sets.members(session, Selection(last=last), beginning, 10)) == 6
        assert await sets.earliest(session) == dates[0]
        assert await sets.earliest(session, STABLE) == dates[0]
        assert await sets.earliest(session, Set(Kind.CATALOG, "none")) is None
