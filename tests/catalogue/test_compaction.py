"""What is left of old changes: always enough to come to the state of today."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from app.catalogue import changes, compaction
from app.catalogue.entry import ChangeType, LoggedChange
from app.catalogue.errors import ChangeForgotten
from app.catalogue.transaction import transaction
from app.database import Database, reading

pytestmark = pytest.mark.anyio

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
LATELY = datetime(2026, 11, 1, tzinfo=UTC)
BETWEEN = datetime(2026, 1, 1, tzinfo=UTC)
CREATE, UPDATE, DELETE = ChangeType.CREATE, ChangeType.UPDATE, ChangeType.DELETE


async def log(
    database: Database,
    *entries: tuple[str, ChangeType, str],
    at: datetime = LONG_AGO,
    entity: str = "software",
) -> None:
    """Changes of (id, type, the initials of the catalogues they concern)."""
    async with transaction(database) as session:
        for id, type, catalog_ids in entries:
            changes.append(
                session,
                type,
                id,
                entity=entity,
                catalog_ids=list(catalog_ids),
                revision=None,
                now=at,
            )


async def compact(database: Database, *, at_most: int = 1000) -> bool:
    async with transaction(database) as session:
        return await compaction.compact(session, before=BETWEEN, at_most=at_most)


async def kept(
    database: Database, since: int = 0, catalog_id: str | None = None
) -> list[LoggedChange]:
    async with reading(database) as session:
        return await changes.since(
            session, since, 1000, entities=["software", "bundle"], catalog_id=catalog_id
        )


async def numbers(database: Database, catalog_id: str | None = None) -> list[int]:
    return [change.sequence for change in await kept(database, catalog_id=catalog_id)]


async def test_the_last_change_of_each_thing_is_kept(database: Database) -> None:
    await log(database, ("a", CREATE, "x"), ("b", CREATE, "x"), ("a", UPDATE, "x"))
    await log(database, ("a", CREATE, ""), entity="bundle")
    await log(database, ("b", DELETE, "x"))
    assert await compact(database)

    assert await numbers(database) == [3, 4, 5]
    assert await numbers(database, "x") == [3, 5]


async def test_what_is_young_is_kept(database: Database) -> None:
    await log(database, ("a", CREATE, "x"), ("a", UPDATE, "x"))
    await log(database, ("a", UPDATE, "x"), ("a", UPDATE, "x"), at=LATELY)
    await compact(database)

    assert await numbers(database) == [2, 3, 4]


async def test_a_catalogue_keeps_the_change_by_which_a_thing_left(database: Database) -> None:
    await log(database, ("a", CREATE, "xy"), ("a", UPDATE, "xy"), ("a", UPDATE, "y"))
    await compact(database)
    assert await numbers(database, "x") == [2]
    assert await numbers(database, "y") == [3]
    assert await numbers(database) == [2, 3]

    await log(database, ("a", UPDATE, "xy"))
    await compact(database)
    assert await numbers(database) == [4]


async def test_who_stands_on_what_is_forgotten_is_told(database: Database) -> None:
    await log(database, ("a", CREATE, ""), ("b", CREATE, ""), ("a", UPDATE, ""), ("c", CREATE, ""))
    await compact(database)
    async with reading(database) as session:
        horizon = (await changes.extent(session)).horizon
        assert horizon == 4
        for still_there in (0, 2, 3, 4):
            await changes.refuse_forgotten(session, still_there, horizon)
        with pytest.raises(ChangeForgotten):
            await changes.refuse_forgotten(session, 1, horizon)


async def test_an_empty_log_has_nothing_to_forget(database: Database) -> None:
    assert await compact(database)
    async with reading(database) as session:
        assert (await changes.extent(session)).horizon == 0


def state(log: list[LoggedChange]) -> Mapping[str, ChangeType]:
    """The last that became of each thing."""
    return {change.entity_id: change.type for change in log}


@pytest.mark.parametrize("seed", [1, 2])
async def test_no_state_is_lost_however_often_it_is_compacted(
    database: Database, seed: int
) -> None:
    """In the whole and in each catalogue, for those who begin and for those who were on their way."""
    chance = random.Random(seed)
    whole: list[LoggedChange] = []
    there: dict[str, set[str]] = {}
    for _ in range(12):
        for _ in range(10):
            id = chance.choice("abcdefgh")
            before = there.pop(id, set())
            after = set(chance.sample("xyz", chance.randint(0, 3)))
            if after:
                there[id] = after
            type = CREATE if not before else UPDATE if after else DELETE
            await log(database, (id, type, "".join(before | after)))
        whole += await kept(database, since=whole[-1].sequence if whole else 0)
        is_done = False
        while not is_done:
            is_done = await compact(database, at_most=chance.randint(1, 20))
        for since in (0, chance.randint(0, len(whole))):
            after_since = [change for change in whole if change.sequence > since]
            assert state(await kept(database, since)) == state(after_since)
    assert len(await kept(database)) < len(whole) / 3

    for catalog_id in "xyz":
        shown = {change.entity_id for change in await kept(database, catalog_id=catalog_id)}
        assert shown >= {id for id, catalogs in there.items() if catalog_id in catalogs}
