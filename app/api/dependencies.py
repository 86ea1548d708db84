"""What routes ask for: sessions, the catalogue's head, and the time."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request

from app.api.keeping import MAKING, Making
from app.catalogue import changes
from app.catalogue.transaction import transaction
from app.database import Database, Session, reading
from app.federation.feed import Feed
from app.head import Head
from app.ingest.external_checks import Outside
from app.ingest.submission import Policy
from app.search.index import SearchIndex
from app.search.mirror import Mirror
from app.settings import Settings


async def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


SettingsDep = Annotated[Settings, Depends(_settings)]


_HOST = re.compile(r"[A-Za-z0-9._-]+(?::[0-9]{1,5})?")
"""What a client may say that our host is: what it sends ends up in documents that others keep."""


async def _public_url(request: Request, settings: SettingsDep) -> str:
    if settings.public_url:
        return settings.public_url
    address = request.base_url
    if not _HOST.fullmatch(address.netloc):
        host, port = request.scope.get("server") or ("localhost", None)
        host = f"[{host}]" if ":" in host else host
        address = address.replace(netloc=f"{host}:{port}" if port else host)
    return str(address).rstrip("/")


PublicUrl = Annotated[str, Depends(_public_url)]
"""What absolute addresses of ours begin with: without a slash at the end."""


async def _policy(settings: SettingsDep) -> Policy:
    return Policy(major=settings.publiccode_major, strict=settings.policy == "strict")


PolicyDep = Annotated[Policy, Depends(_policy)]
"""What is asked of files that are to be stored."""


async def _outside(request: Request) -> Outside:
    outside: Outside = request.app.state.outside
    return outside


OutsideDep = Annotated[Outside, Depends(_outside)]


DatabaseDep = Annotated[Database, Depends(_database)]


async def _feed(request: Request) -> Feed:
    feed: Feed = request.app.state.feed
    return feed


FeedDep = Annotated[Feed, Depends(_feed)]
"""The log of changes, for those who wait for more of it."""


async def _open_reading(database: DatabaseDep) -> AsyncIterator[Session]:
    async with reading(database) as session:
        yield session


ReadSession = Annotated[Session, Depends(_open_reading, scope="function")]
"""Closed before the reply is sent, so that slow readers hold no connection."""


async def _read_head(request: Request, session: ReadSession, database: DatabaseDep) -> Head:
    making: Making | None = request.scope.get(MAKING)
    if making:
        making.begin()
    head = await changes.head(session)
    database.head.tell(head)
    request.state.sequence = head.sequence
    if making:
        making.head = head
    return head


CurrentHead = Annotated[Head, Depends(_read_head)]
"""The head of the change log, read first: what is read afterwards is at least as new.

It is for routes whose reply depends on nothing but the catalogue, the request and the day: if the
reply has an ETag, it is kept as long as the head stays.
"""


@asynccontextmanager
async def writing(request: Request, database: Database) -> AsyncIterator[Session]:
    """A transaction in the name of whoever sent the request; its webhooks leave promptly."""
    actor, debounce = request.state.writer.subject, request.app.state.debounce
    async with transaction(database, actor=actor, debounce=debounce) as session:
        yield session
    if head := database.head.newest:
        request.state.sequence = head.sequence


async def _open_writing(request: Request, database: DatabaseDep) -> AsyncIterator[Session]:
    async with writing(request, database) as session:
        yield session


WriteSession = Annotated[Session, Depends(_open_writing, scope="function")]
"""Committed before the reply is made: a commit that fails is a 500, never a 200."""


async def _mirror(request: Request) -> Mirror:
    mirror: Mirror = request.app.state.mirror
    return mirror


MirrorDep = Annotated[Mirror, Depends(_mirror)]
"""What searches look up in memory."""


async def _index(request: Request) -> SearchIndex | None:
    index: SearchIndex | None = request.app.state.search_index
    return index


IndexDep = Annotated[SearchIndex | None, Depends(_index)]
"""The full-text index that searches ask in place of the database's own."""


async def _now() -> datetime:
    return datetime.now(UTC)


Now = Annotated[datetime, Depends(_now)]
