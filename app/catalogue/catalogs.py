"""Catalogues, where their software is listed, and the implicit root for what belongs to none.

The root is always there and can hold software and publishers. It is listed, and can be read and
changed itself, only once somebody has created a catalogue with the alternativeId `∅`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import analysis, changes, documents, events, identity
from app.catalogue.entry import ROOT_ID, ChangeType, Entry, ListFilter
from app.catalogue.errors import AlreadyExists, CatalogInUse, CatalogNotFound
from app.catalogue.listing import page_of, within
from app.catalogue.tables import Catalog, CatalogSource, Publisher, Record
from app.pagination import Page, PageRequest, rfc3339
from app.publiccode import urls

ENTITY = "catalog"
EVENT_ENTITY = "catalogs"
ROOT_NAME = "∅"


@dataclass(frozen=True, slots=True)
class CatalogDraftSource:
    """A list of software, and how to read it."""

    url: str
    driver: str | None = None
    args: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Called:
    """What a catalogue is called: `spelled` where it is addressed, `name` by people."""

    spelled: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogDraft:
    """A catalogue as it should be."""

    name: str
    alternative_id: str | None = None
    active: bool = True
    publishers_namespace: str | None = None
    scopes: tuple[str, ...] = ()
    sources: tuple[CatalogDraftSource, ...] = ()


async def resolve(session: AsyncSession, id: str) -> str:
    """The id of the catalogue with this id or alternativeId, the root among them.

    Raises CatalogNotFound.
    """
    return ROOT_ID if id == ROOT_NAME else (await _row(session, id)).id


async def get(session: AsyncSession, id: str) -> Entry:
    """The catalogue with this id or alternativeId. Raises CatalogNotFound."""
    row = await _row(session, id)
    return _entry(row, await _sources(session, [row.id]))


async def title(session: AsyncSession, id: str) -> str:
    """What the catalogue with this very id is called. Raises CatalogNotFound."""
    row = await session.get(Catalog, id)
    if row is None:
        raise CatalogNotFound(id)
    return row.name


async def titles(session: AsyncSession) -> dict[str, str]:
    """`{id: name}` of the active catalogues besides the root, oldest first."""
    rows = await session.execute(
        select(col(Catalog.id), col(Catalog.name))
        .where(col(Catalog.active), col(Catalog.id) != ROOT_ID)
        .order_by(col(Catalog.created_at), col(Catalog.id))
    )
    return {row.id: row.name for row in rows}


async def scopes(session: AsyncSession) -> list[str]:
    """The scopes of all active catalogues together, in order."""
    rows = await session.execute(select(col(Catalog.scopes)).where(col(Catalog.active)))
    return sorted({scope for some in rows.scalars() for scope in some})


async def called(session: AsyncSession, ids: Collection[str]) -> dict[str, Called]:
    """`{id: names}` of the catalogues with these ids that there are, the root among them."""
    rows = await session.execute(
        select(col(Catalog.id), col(Catalog.alternative_id), col(Catalog.name)).where(
            col(Catalog.id).in_(ids)
        )
    )
    return {
        row.id: Called(row.alternative_id or (ROOT_NAME if row.id == ROOT_ID else row.id), row.name)
        for row in rows
    }


async def all_sources(session: AsyncSession) -> list[tuple[str, CatalogDraftSource]]:
    """The sources of all active catalogues, each with the id of its catalogue, in their order."""
    rows = await session.execute(
        select(CatalogSource)
        .join(Catalog, col(Catalog.id) == CatalogSource.catalog_id)
        .where(col(Catalog.active))
        .order_by(col(Catalog.created_at), col(Catalog.id), col(CatalogSource.position))
    )
    return [
        (
            row.catalog_id,
            CatalogDraftSource(row.url, row.driver, tuple(row.args) if row.args else None),
        )
        for row in rows.scalars()
    ]


async def hold(session: AsyncSession, id: str) -> None:
    """Nobody deletes the catalogue with this id before the transaction ends.

    Raises CatalogNotFound where somebody just has.
    """
    statement = select(col(Catalog.id)).where(col(Catalog.id) == id)
    if (
        await session.execute(statement.with_for_update(read=True, key_share=True))
    ).first() is None:
        raise CatalogNotFound(id)


async def locked(session: AsyncSession, id: str) -> Entry:
    """As `get`; nobody else changes it before the transaction ends."""
    row = await _row(session, id, lock=True)
    return _entry(row, await _sources(session, [row.id]))


async def some(session: AsyncSession, ids: Collection[str]) -> list[Entry]:
    """The catalogues with these ids, those that there are and that are listed."""
    statement = select(Catalog).where(col(Catalog.id).in_(ids), is_listed())
    rows = list((await session.execute(statement)).scalars())
    sources = await _sources(session, [row.id for row in rows])
    return [_entry(row, sources) for row in rows]


async def listing(session: AsyncSession, wanted: ListFilter, page: PageRequest) -> Page[Entry]:
    """Catalogues by (createdAt, id), oldest first; the root only once it was created."""
    statement = within(
        select(Catalog, col(Catalog.created_at), col(Catalog.id)), col(Catalog.created_at), wanted
    ).where(is_listed())
    if not wanted.include_inactive:
        statement = statement.where(col(Catalog.active))
    place = (col(Catalog.created_at), col(Catalog.id))
    found = await page_of(session, statement, place, page)
    rows: list[Catalog] = [row.Catalog for row in found.items]
    sources = await _sources(session, [row.id for row in rows])
    return replace(found, items=[_entry(row, sources) for row in rows])


def is_part(uri: str, of: str) -> bool:
    """Whether a catalogue, by its name for good, is that other one or lies in it."""
    return uri == of or uri.startswith(f"{of}/")


def is_listed() -> ColumnElement[bool]:
    """All but the root, and that once it was created."""
    return or_(col(Catalog.id) != ROOT_ID, col(Catalog.alternative_id).is_not(None))


async def create(session: AsyncSession, wanted: CatalogDraft, *, now: datetime) -> Entry:
    """Store a new catalogue, or bring the root to light. Raises AlreadyExists."""
    if wanted.alternative_id == ROOT_NAME:
        row = await session.get_one(Catalog, ROOT_ID, with_for_update=True)
        if row.alternative_id is not None:
            raise AlreadyExists("catalog")
        row.created_at = now
    else:
        row = Catalog(id=identity.new_id(), name="", created_at=now, updated_at=now)
    row.updated_at = now
    await _write(session, row, wanted)
    return await _log(session, ChangeType.CREATE, row, now)


async def replace_with(
    session: AsyncSession, id: str, wanted: CatalogDraft, *, now: datetime
) -> Entry:
    """Make the catalogue like this. Raises CatalogNotFound and AlreadyExists."""
    row = await _row(session, id, lock=True)
    before = _entry(row, await _sources(session, [row.id]))
    await _write(session, row, wanted)
    after = _entry(row, await _sources(session, [row.id]))
    if after.document == before.document:
        return before
    row.updated_at = max(now, row.updated_at + timedelta(microseconds=1))
    return await _log(session, ChangeType.UPDATE, row, row.updated_at)


async def remove(session: AsyncSession, id: str, *, now: datetime) -> None:
    """Delete a catalogue that holds nothing, or hide the root again.

    Raises CatalogNotFound, and CatalogInUse while software or publishers belong to it, or a peer
    is harvested into it.
    """
    row = await _row(session, id, lock=True)
    held = select(
        or_(
            exists().where(col(Record.catalog_id) == row.id),
            exists().where(col(Publisher.catalog_id) == row.id),
        )
    )
    if (await session.execute(held)).scalar_one():
        raise CatalogInUse(id)
    if row.id == ROOT_ID:
        row.name, row.alternative_id = ROOT_NAME, None
    else:
        try:
            async with session.begin_nested():
                await session.execute(delete(Catalog).where(col(Catalog.id) == row.id))
        except IntegrityError as error:
            raise CatalogInUse(id) from error
    await analysis.forget(session, EVENT_ENTITY, [row.id])
    changes.append(
        session,
        ChangeType.DELETE,
        row.id,
        entity=ENTITY,
        catalog_ids=[row.id],
        revision=None,
        now=now,
    )
    await events.record(session, ChangeType.DELETE, EVENT_ENTITY, row.id, now=now)


async def _write(session: AsyncSession, row: Catalog, wanted: CatalogDraft) -> None:
    if wanted.alternative_id:
        taken = await session.execute(
            select(col(Catalog.id)).where(
                or_(
                    col(Catalog.alternative_id) == wanted.alternative_id,
                    col(Catalog.id) == wanted.alternative_id,
                ),
                col(Catalog.id) != row.id,
            )
        )
        if taken.first():
            raise AlreadyExists("catalog")
    row.name, row.active = wanted.name, wanted.active
    row.alternative_id = wanted.alternative_id
    row.publishers_namespace = wanted.publishers_namespace
    row.scopes = list(wanted.scopes)
    try:
        async with session.begin_nested():
            session.add(row)
            await session.flush()
    except IntegrityError as error:
        raise AlreadyExists("catalog") from error
    await session.execute(delete(CatalogSource).where(col(CatalogSource.catalog_id) == row.id))
    session.add_all(
        CatalogSource(
            catalog_id=row.id,
            position=position,
            url=urls.normalise(source.url),
            driver=source.driver,
            args=list(source.args) if source.args is not None else None,
        )
        for position, source in enumerate(wanted.sources)
    )
    await session.flush()


async def _row(session: AsyncSession, id: str, *, lock: bool = False) -> Catalog:
    statement = select(Catalog).where(
        or_(
            (col(Catalog.id) == id) & (col(Catalog.id) != ROOT_ID),
            col(Catalog.alternative_id) == id,
            (col(Catalog.id) == id) & col(Catalog.alternative_id).is_not(None),
        )
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    row = (await session.execute(statement)).scalars().first()
    if row is None:
        raise CatalogNotFound(id)
    return row


async def _sources(session: AsyncSession, catalog_ids: Sequence[str]) -> list[CatalogSource]:
    rows = await session.execute(
        select(CatalogSource)
        .where(col(CatalogSource.catalog_id).in_(catalog_ids))
        .order_by(col(CatalogSource.catalog_id), col(CatalogSource.position))
    )
    return list(rows.scalars())


async def _log(session: AsyncSession, type: ChangeType, row: Catalog, now: datetime) -> Entry:
    entry = _entry(row, await _sources(session, [row.id]))
    revision = documents.content_hash(entry.document.encode())
    changes.append(
        session, type, row.id, entity=ENTITY, catalog_ids=[row.id], revision=revision, now=now
    )
    await events.record(session, type, EVENT_ENTITY, row.id, now=now)
    return entry


def _entry(row: Catalog, sources: Sequence[CatalogSource]) -> Entry:
    text = documents.json_text(
        {
            "id": row.id,
            "name": row.name,
            **({"alternativeId": row.alternative_id} if row.alternative_id else {}),
            "active": row.active,
            **(
                {"publishersNamespace": row.publishers_namespace}
                if row.publishers_namespace
                else {}
            ),
            **({"scopes": row.scopes} if row.scopes else {}),
            "sources": [
                {
                    **({"driver": each.driver} if each.driver else {}),
                    "url": each.url,
                    **({"args": each.args} if each.args else {}),
                }
                for each in sources
                if each.catalog_id == row.id
            ],
            "createdAt": rfc3339(row.created_at),
            "updatedAt": rfc3339(row.updated_at),
        }
    )
    return Entry(row.id, text, row.created_at)
