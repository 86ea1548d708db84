"""Named groups of software, such as the parts of a product family."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import bulk, changes, documents, events, identity
from app.catalogue.entry import ChangeType, Entry, ListFilter
from app.catalogue.errors import AlreadyExists, BundleNotFound, MembersUnknown
from app.catalogue.listing import page_of, within
from app.catalogue.tables import Bundle, BundleMember, Software
from app.pagination import Page, PageRequest, rfc3339

ENTITY = "bundle"
EVENT_ENTITY = "bundles"


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleDraft:
    """A bundle as it should be; a software that is named twice is in it once."""

    name: str
    software_ids: tuple[str, ...]
    description: str | None = None
    active: bool = True


async def get(session: AsyncSession, id: str) -> Entry:
    """One bundle, inactive or not. Raises BundleNotFound."""
    row = await _row(session, id)
    return _entry(row, await _members(session, [id]))


async def locked(session: AsyncSession, id: str) -> Entry:
    """As `get`; nobody else changes it before the transaction ends."""
    row = await _row(session, id, lock=True)
    return _entry(row, await _members(session, [id]))


async def some(session: AsyncSession, ids: Collection[str]) -> list[Entry]:
    """The bundles with these ids, those that there are."""
    statement = select(Bundle).where(col(Bundle.id).in_(ids))
    rows = list((await session.execute(statement)).scalars())
    members = await _members(session, [row.id for row in rows])
    return [_entry(row, members) for row in rows]


async def listing(session: AsyncSession, wanted: ListFilter, page: PageRequest) -> Page[Entry]:
    """Bundles by (createdAt, id), oldest first."""
    statement = within(
        select(Bundle, col(Bundle.created_at), col(Bundle.id)), col(Bundle.created_at), wanted
    )
    if not wanted.include_inactive:
        statement = statement.where(col(Bundle.active))
    found = await page_of(session, statement, (col(Bundle.created_at), col(Bundle.id)), page)
    rows: list[Bundle] = [row.Bundle for row in found.items]
    members = await _members(session, [row.id for row in rows])
    return replace(found, items=[_entry(row, members) for row in rows])


async def create(session: AsyncSession, wanted: BundleDraft, *, now: datetime) -> Entry:
    """Store a new bundle. Raises AlreadyExists and MembersUnknown."""
    row = Bundle(
        id=identity.new_id(),
        name="",
        description=None,
        active=True,
        created_at=now,
        updated_at=now,
    )
    await _write(session, row, wanted)
    return await _log(session, ChangeType.CREATE, row, now)


async def replace_with(
    session: AsyncSession, id: str, wanted: BundleDraft, *, now: datetime
) -> Entry:
    """Make the bundle like this. Raises BundleNotFound, AlreadyExists and MembersUnknown."""
    row = await _row(session, id, lock=True)
    before = _entry(row, await _members(session, [id]))
    await _write(session, row, wanted)
    after = _entry(row, await _members(session, [id]))
    if after.document == before.document:
        return before
    row.updated_at = max(now, row.updated_at + timedelta(microseconds=1))
    return await _log(session, ChangeType.UPDATE, row, row.updated_at)


async def remove(session: AsyncSession, id: str, *, now: datetime) -> None:
    """Delete a bundle; its software stays. Raises BundleNotFound."""
    await _row(session, id, lock=True)
    await session.execute(delete(Bundle).where(col(Bundle.id) == id))
    changes.append(session, ChangeType.DELETE, id, entity=ENTITY, revision=None, now=now)
    await events.record(session, ChangeType.DELETE, EVENT_ENTITY, id, now=now)


async def replace_members(
    session: AsyncSession, gone: Mapping[str, str | None], *, now: datetime
) -> None:
    """Put `{software that is about to go: its successor}`; where there is none, leave a place less."""
    concerned = await bulk.among(
        session, select(col(BundleMember.bundle_id)), col(BundleMember.software_id), gone
    )
    rows = await bulk.among(
        session, select(Bundle), col(Bundle.id), sorted(bundle_id for (bundle_id,) in concerned)
    )
    for (row,) in rows:
        members = [each.software_id for each in await _members(session, [row.id])]
        left = (gone.get(id, id) for id in members)
        await _fill(session, row.id, list(dict.fromkeys(id for id in left if id)))
        row.updated_at = max(now, row.updated_at + timedelta(microseconds=1))
        await _log(session, ChangeType.UPDATE, row, row.updated_at)


async def _write(session: AsyncSession, row: Bundle, wanted: BundleDraft) -> None:
    members = tuple(dict.fromkeys(wanted.software_ids))
    known = select(func.count()).select_from(Software).where(col(Software.id).in_(members))
    if (await session.execute(known)).scalar_one() != len(members):
        raise MembersUnknown
    row.name, row.description, row.active = wanted.name, wanted.description, wanted.active
    try:
        async with session.begin_nested():
            session.add(row)
            await session.flush()
    except IntegrityError as error:
        raise AlreadyExists("bundle", "name") from error
    await _fill(session, row.id, members)


async def _fill(session: AsyncSession, bundle_id: str, members: Sequence[str]) -> None:
    await session.execute(delete(BundleMember).where(col(BundleMember.bundle_id) == bundle_id))
    session.add_all(
        BundleMember(bundle_id=bundle_id, software_id=software_id, position=position)
        for position, software_id in enumerate(members)
    )
    await session.flush()


async def _row(session: AsyncSession, id: str, *, lock: bool = False) -> Bundle:
    row = await session.get(Bundle, id, with_for_update=lock or None, populate_existing=lock)
    if row is None:
        raise BundleNotFound(id)
    return row


async def _members(session: AsyncSession, bundle_ids: Sequence[str]) -> list[BundleMember]:
    rows = await session.execute(
        select(BundleMember)
        .where(col(BundleMember.bundle_id).in_(bundle_ids))
        .order_by(col(BundleMember.bundle_id), col(BundleMember.position))
    )
    return list(rows.scalars())


async def _log(session: AsyncSession, type: ChangeType, row: Bundle, now: datetime) -> Entry:
    entry = _entry(row, await _members(session, [row.id]))
    revision = documents.content_hash(entry.document.encode())
    changes.append(session, type, row.id, entity=ENTITY, revision=revision, now=now)
    await events.record(session, type, EVENT_ENTITY, row.id, now=now)
    return entry


def _entry(row: Bundle, members: Sequence[BundleMember]) -> Entry:
    text = documents.json_text(
        {
            "id": row.id,
            "name": row.name,
            **({} if row.description is None else {"description": row.description}),
            "active": row.active,
            "softwareIds": [each.software_id for each in members if each.bundle_id == row.id],
            "createdAt": rfc3339(row.created_at),
            "updatedAt": rfc3339(row.updated_at),
        }
    )
    return Entry(row.id, text, row.created_at)
