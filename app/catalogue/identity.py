"""Which records are the same software, and under which id. Never by name.

Records that share a key are one: an address, in whichever way it is spelled
(`app.publiccode.urls.key`), a redirect to it, a Wikidata item, the SWHID of an origin. All of it
follows from what the records say now, so that what evidence has united falls apart without it.
"""

from collections.abc import Collection, Iterable, Mapping
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import bulk
from app.catalogue.tables import Record, RecordIdentifier, SoftwareUrl


async def owners(session: AsyncSession, keys: Collection[str]) -> dict[str, str]:
    """`{key: software id}` of those keys that some software holds.

    Of several, the oldest for which it is not disputed.
    """
    found: dict[str, str] = {}
    for evidence in (SoftwareUrl, RecordIdentifier):
        statement = select(
            col(evidence.key), col(Record.disputed), col(Record.own_since), col(Record.software_id)
        ).join(Record, col(Record.id) == evidence.record_id)
        rows = await bulk.among(session, statement, col(evidence.key), keys)
        for key, _, _, software_id in sorted(rows, key=lambda row: (row[0] in row[1], *row[2:])):
            found.setdefault(key, software_id)
    return found


def partition(
    keys: Mapping[str, Collection[str]], records: Iterable[Record], public: Collection[str]
) -> dict[str, list[Record]]:
    """`{software id: its records}`, given the keys of each record by its id.

    The oldest software that there is keeps its id (`public` are those there are); what is on its
    own gets back the id that it once had. Software and records are in the order of the records.
    """
    by_id = {record.id: record for record in records}
    groups = ([by_id[id] for id in group] for group in united({id: keys[id] for id in by_id}))
    return {founder(group, public).own_software_id: group for group in groups}


def founder(records: Iterable[Record], public: Collection[str] = ()) -> Record:
    """The record whose own software they all are."""
    return min(
        records,
        key=lambda record: (
            record.own_software_id not in public,
            record.own_since,
            record.own_software_id,
        ),
    )


def united(keys: Mapping[str, Collection[str]]) -> list[list[str]]:
    """Those who share keys, directly or through others; in their order."""
    order = {each: at for at, each in enumerate(keys)}
    leader = {each: each for each in keys}

    def led(each: str) -> str:
        while leader[each] != each:
            leader[each] = each = leader[leader[each]]
        return each

    first: dict[str, str] = {}
    for each, held in keys.items():
        for key in held:
            known, joining = sorted(
                (led(first.setdefault(key, each)), led(each)), key=order.__getitem__
            )
            leader[joining] = known
    groups: dict[str, list[str]] = {}
    for each in keys:
        groups.setdefault(led(each), []).append(each)
    return list(groups.values())


def new_id() -> str:
    """A random UUID, as text."""
    return str(uuid4())
