"""Who publishes software, and where they host code."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import changes, documents, events, identity
from app.catalogue.entry import ROOT_ID, ChangeType, Entry, ListFilter
from app.catalogue.errors import AlreadyExists, PublisherNotFound
from app.catalogue.listing import page_of, within
from app.catalogue.tables import CodeHosting, Publisher
from app.pagination import Page, PageRequest, rfc3339
from app.publiccode import urls

ENTITY = "publisher"
EVENT_ENTITY = "publishers"


@dataclass(frozen=True, slots=True)
class Hosting:
    """One repository, or all of an organisation's."""

    url: str
    group: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherDraft:
    """A publisher as it should be; addresses are normalised when it is stored."""

    description: str
    code_hosting: tuple[Hosting, ...]
    email: str | None = None
    alternative_id: str | None = None
    active: bool = True


async def get(session: AsyncSession, id: str, *, catalog_id: str | None = None) -> Entry:
    """The publisher with this id or alternativeId. Raises PublisherNotFound."""
    row = await _row(session, id, catalog_id)
    return _entry(row, await _hosting(session, [row.id]))


async def locked(session: AsyncSession, id: str, *, catalog_id: str | None = None) -> Entry:
    """As `get`; nobody else changes it before the transaction ends."""
    row = await _row(session, id, catalog_id, lock=True)
    return _entry(row, await _hosting(session, [row.id]))


async def some(session: AsyncSession, ids: Collection[str]) -> list[Entry]:
    """The publishers with these ids, those that there are."""
    statement = select(Publisher).where(col(Publisher.id).in_(ids))
    rows = list((await session.execute(statement)).scalars())
    hosting = await _hosting(session, [row.id for row in rows])
    return [_entry(row, hosting) for row in rows]


async def listing(session: AsyncSession, wanted: ListFilter, page: PageRequest) -> Page[Entry]:
    """Publishers by (createdAt, id), oldest first."""
    statement = within(
        select(Publisher, col(Publisher.created_at), col(Publisher.id)),
        col(Publisher.created_at),
        wanted,
    )
    if not wanted.include_inactive:
        statement = statement.where(col(Publisher.active))
    if wanted.catalog_id is not None:
        statement = statement.where(col(Publisher.catalog_id) == wanted.catalog_id)
    place = (col(Publisher.created_at), col(Publisher.id))
    found = await page_of(session, statement, place, page)
    rows: list[Publisher] = [row.Publisher for row in found.items]
    hosting = await _hosting(session, [row.id for row in rows])
    return replace(found, items=[_entry(row, hosting) for row in rows])


async def create(
    session: AsyncSession, wanted: PublisherDraft, *, catalog_id: str = ROOT_ID, now: datetime
) -> Entry:
    """Store a new publisher. Raises AlreadyExists, naming the field."""
    row = Publisher(
        id=identity.new_id(),
        catalog_id=catalog_id,
        created_at=now,
        updated_at=now,
        description="",
        email=None,
        alternative_id=None,
        active=True,
    )
    await _write(session, row, wanted, now)
    return await _log(session, ChangeType.CREATE, row, now)


async def replace_with(
    session: AsyncSession,
    id: str,
    wanted: PublisherDraft,
    *,
    catalog_id: str | None = None,
    now: datetime,
) -> Entry:
    """Make the publisher like this. Raises PublisherNotFound and AlreadyExists."""
    row = await _row(session, id, catalog_id, lock=True)
    before = _entry(row, await _hosting(session, [row.id]))
    written_at = max(now, row.updated_at + timedelta(microseconds=1))
    await _write(session, row, wanted, written_at)
    after = _entry(row, await _hosting(session, [row.id]))
    if after.document == before.document:
        return before
    row.updated_at = written_at
    return await _log(session, ChangeType.UPDATE, row, written_at)


async def remove(
    session: AsyncSession, id: str, *, catalog_id: str | None = None, now: datetime
) -> None:
    """Delete a publisher. Raises PublisherNotFound."""
    row = await _row(session, id, catalog_id, lock=True)
    await session.execute(delete(Publisher).where(col(Publisher.id) == row.id))
    changes.append(
        session,
        ChangeType.DELETE,
        row.id,
        entity=ENTITY,
        catalog_ids=[row.catalog_id],
        revision=None,
        now=now,
    )
    await events.record(session, ChangeType.DELETE, EVENT_ENTITY, row.id, now=now)


async def _write(
    session: AsyncSession, row: Publisher, wanted: PublisherDraft, now: datetime
) -> None:
    await _refuse_taken(session, row.id, wanted)
    row.description, row.active = wanted.description, wanted.active
    row.email = wanted.email.strip().lower() if wanted.email else None
    row.alternative_id = wanted.alternative_id or None
    try:
        async with session.begin_nested():
            session.add(row)
            await session.flush()
            await _write_hosting(session, row.id, wanted.code_hosting, now)
    except IntegrityError as error:
        # Somebody else has taken one of them in this very moment: now we see which.
        await _refuse_taken(session, row.id, wanted)
        raise AlreadyExists("publisher") from error


async def _write_hosting(
    session: AsyncSession, publisher_id: str, wanted: Sequence[Hosting], now: datetime
) -> None:
    known = {each.url: each for each in await _hosting(session, [publisher_id])}
    await session.execute(delete(CodeHosting).where(col(CodeHosting.publisher_id) == publisher_id))
    distinct = {urls.normalise(each.url): each.group for each in wanted}
    for position, (url, group) in enumerate(distinct.items()):
        kept = known.get(url)
        session.add(
            CodeHosting(
                publisher_id=publisher_id,
                position=position,
                url=url,
                group=group,
                created_at=kept.created_at if kept else now,
                updated_at=kept.updated_at if kept and kept.group == group else now,
            )
        )
    await session.flush()


async def _refuse_taken(session: AsyncSession, id: str, wanted: PublisherDraft) -> None:
    """In the order in which the Open Catalog API names what is taken."""
    checks = [("description", col(Publisher.description) == wanted.description)]
    if wanted.alternative_id:
        checks += [
            ("alternativeId", col(Publisher.alternative_id) == wanted.alternative_id),
            ("id", col(Publisher.id) == wanted.alternative_id),
        ]
    for field, same in checks:
        rows = await session.execute(
            select(col(Publisher.id)).where(same, col(Publisher.id) != id).limit(1)
        )
        if rows.first():
            raise AlreadyExists("publisher", field, wanted.alternative_id or "")
    addresses = [urls.normalise(each.url) for each in wanted.code_hosting]
    rows = await session.execute(
        select(col(CodeHosting.url))
        .where(col(CodeHosting.url).in_(addresses), col(CodeHosting.publisher_id) != id)
        .limit(1)
    )
    if rows.first():
        raise AlreadyExists("publisher", "codeHosting.url")


async def _row(
    session: AsyncSession, id: str, catalog_id: str | None, *, lock: bool = False
) -> Publisher:
    statement = select(Publisher).where(
        (col(Publisher.id) == id) | (col(Publisher.alternative_id) == id)
    )
    if catalog_id is not None:
        statement = statement.where(col(Publisher.catalog_id) == catalog_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    row = (await session.execute(statement)).scalars().first()
    if row is None:
        raise PublisherNotFound(id)
    return row


async def _hosting(session: AsyncSession, publisher_ids: Sequence[str]) -> list[CodeHosting]:
    rows = await session.execute(
        select(CodeHosting)
        .where(col(CodeHosting.publisher_id).in_(publisher_ids))
        .order_by(col(CodeHosting.publisher_id), col(CodeHosting.position))
    )
    return list(rows.scalars())


async def _log(session: AsyncSession, type: ChangeType, row: Publisher, now: datetime) -> Entry:
    entry = _entry(row, await _hosting(session, [row.id]))
    revision = documents.content_hash(entry.document.encode())
    changes.append(
        session,
        type,
        row.id,
        entity=ENTITY,
        catalog_ids=[row.catalog_id],
        revision=revision,
        now=now,
    )
    await events.record(session, type, EVENT_ENTITY, row.id, now=now)
    return entry


def _entry(row: Publisher, hosting: Sequence[CodeHosting]) -> Entry:
    text = documents.json_text(
        {
            "id": row.id,
            **({} if row.catalog_id == ROOT_ID else {"catalogId": row.catalog_id}),
            **({"email": row.email} if row.email else {}),
            "description": row.description,
            "codeHosting": [
                {
                    "url": each.url,
                    "group": each.group,
                    "createdAt": rfc3339(each.created_at),
                    "updatedAt": rfc3339(each.updated_at),
                }
                for each in hosting
                if each.publisher_id == row.id
            ],
            "active": row.active,
            **({"alternativeId": row.alternative_id} if row.alternative_id else {}),
            "createdAt": rfc3339(row.created_at),
            "updatedAt": rfc3339(row.updated_at),
        }
    )
    return Entry(row.id, text, row.created_at)
