"""The catalogue as one document of linked data: read page by page, written as it is read."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import IO

from anyio.from_thread import BlockingPortal, start_blocking_portal
from pyoxigraph import Triple

from app.catalogue import catalogs, profiles
from app.catalogue.profiles import Profile, ProfileFilter
from app.cli.exits import complain
from app.cli.schema import current_database
from app.database import Session, reading
from app.federation import rdf
from app.federation.formats import codemeta, dcat_ap
from app.federation.formats.dcat_ap import Introduction
from app.federation.introduction import introduced
from app.federation.uris import Uris
from app.pagination import PageRequest
from app.settings import Settings

SOFTWARE_AT_ONCE = 200
SYNTAXES = {syntax.suffix: syntax for syntax in rdf.SYNTAXES}


def write(settings: Settings, format: str, catalog: str | None, file: IO[bytes]) -> None:
    """Write what a catalogue says, or everything, as CodeMeta or in a syntax of RDF.

    Raises CatalogNotFound.
    """
    uris = Uris(settings.public_url or f"http://{settings.host}:{settings.port}")
    if not settings.public_url:
        complain(f"Names begin with {uris.base}, since SAMKOD_PUBLIC_URL is not set.")
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(_reading(settings.database_url)) as session,
    ):
        catalog_id = portal.call(catalogs.resolve, session, catalog) if catalog else None
        found = _profiles(portal, session, ProfileFilter(catalog_id=catalog_id))
        if format in SYNTAXES:
            about = portal.call(
                partial(introduced, session, uris, catalog_id, operator=settings.operator)
            )
            rdf.write_to(file, _triples(about, found, uris), SYNTAXES[format])
        else:
            file.writelines(codemeta.pieces(found, uris))


@asynccontextmanager
async def _reading(url: str) -> AsyncIterator[Session]:
    """One session, so that all that is read is of one moment."""
    async with current_database(url) as database, reading(database) as session:
        yield session


def _profiles(portal: BlockingPortal, session: Session, wanted: ProfileFilter) -> Iterator[Profile]:
    request = PageRequest(SOFTWARE_AT_ONCE)
    while True:
        page = portal.call(profiles.page, session, wanted, request)
        yield from page.items
        if page.next is None:
            return
        request = PageRequest(SOFTWARE_AT_ONCE, after=page.next)


def _triples(about: Introduction, found: Iterator[Profile], uris: Uris) -> Iterator[Triple]:
    yield from dcat_ap.introduction(about, uris)
    for profile in found:
        yield from dict.fromkeys(dcat_ap.entry(about.catalog, profile, uris))
