"""The application: its routers, middleware and problems, and the lifetime of its database."""

import re
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, nullcontext
from datetime import timedelta
from functools import cache, partial
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from fastapi_offline import FastAPIOffline
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute

from app import telemetry
from app.api import (
    analysis,
    blocks,
    bundles,
    catalog_changes,
    catalog_documents,
    catalog_publishers,
    catalog_software,
    catalog_software_logs,
    catalogs,
    changes,
    conversation,
    deliveries,
    discovery,
    drafts,
    events,
    exports,
    feeds,
    fixing,
    history,
    identifiers,
    inbox,
    intake,
    ldes,
    logs,
    oai,
    openapi,
    overrides,
    peer_runs,
    peers,
    problem_pages,
    problems,
    publishers,
    quarantine,
    resolve,
    schema,
    search,
    similar,
    software,
    sources,
    status,
    suggest,
    validation,
    vocabularies,
    webhooks,
)
from app.api.body_limit import BodyLimit
from app.api.caching import SEQUENCE_HEADER, Freshness
from app.api.compression import Compression
from app.api.keeping import Keeping
from app.api.methods import METHODS, Methods
from app.api.paths import Paths
from app.api.rate_limit import RateLimit
from app.api.security import Authentication, Sealer
from app.api.tracing import REQUEST_ID_HEADER, Tracing
from app.catalogue.watch import watching
from app.catalogue.webhooks import Debounce
from app.database import Database, open_database
from app.federation.archive import Archive
from app.federation.feed import Feed
from app.ingest.external_checks import Outside
from app.ingest.linkcheck import LinkCache
from app.remote.client import open_client
from app.search.index import SearchIndex
from app.search.mirror import Mirror, reading_ahead
from app.settings import Settings
from app.web import rule_pages, software_pages
from app.worker import working

PREFIX = "/v1"
VALIDATE = PREFIX + validation.PATH
FIX = PREFIX + fixing.PATH
INGEST = PREFIX + intake.PATH
OPEN_TO_ALL = re.compile(
    rf"(?:POST|QUERY) {VALIDATE}|POST {FIX}|POST {oai.PATH}|POST {PREFIX}/catalogs/[^/]+/oai"
    rf"|POST {PREFIX}{inbox.PATH}/[^/]+"
)
"""What changes nothing although it is not a GET, and what is signed in another way."""

EXPOSED = (
    "Accept-Ranges",
    "Content-Disposition",
    "Content-Range",
    "ETag",
    "Link",
    "Repr-Digest",
    "Retry-After",
    exports.EPOCH_HEADER,
    REQUEST_ID_HEADER,
    SEQUENCE_HEADER,
)
"""What pages of other sites may read of a reply, besides what every browser lets them."""

SECONDS_PER_TURN = 0.0005
"""How long a thread that validates a large file keeps the interpreter from other requests."""

UNREACHABLE = (OperationalError, InterfaceError, PoolTimeout, ConnectionError)
"""What the drivers raise when the database is gone, or has no connection left."""

TAGS = [
    {"name": "software", "description": "The catalogue, as the Open Catalog API shows it."},
    {"name": "publishers", "description": "Who publishes software."},
    {"name": "catalogs", "description": "Where software is listed."},
    {"name": "bundles", "description": "Named groups of software."},
    {"name": "analysis", "description": "What components found out."},
    {"name": "logs", "description": "What crawlers and others have to say."},
    {"name": "webhooks", "description": "Who is told of changes."},
    {"name": "events", "description": "Who did what."},
    {"name": "search", "description": "The catalogue by words and filters."},
    {"name": "feeds", "description": "News for feed readers."},
    {"name": "validation", "description": "What is wrong with a publiccode.yml."},
    {"name": "federation", "description": "What other catalogues follow."},
    {"name": "linked data", "description": "Names for good, RDF, and what portals harvest."},
    {"name": "discovery", "description": "What is here, for those who come by."},
    {"name": "quarantine", "description": "Files that wait for a person."},
    {"name": "status", "description": "Whether the service works."},
]


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application. Nothing is connected before it starts.

    Raises ValueError for a database address or a key that cannot be read.
    """
    settings = settings or Settings()
    telemetry.configure(settings.log_format, settings.log_level)
    database = open_database(settings.database_url)
    sealer = (
        Sealer(settings.paseto_key, enforce_expiry=settings.enforce_token_expiry)
        if settings.paseto_key
        else None
    )

    metrics = telemetry.Metrics()
    archive = Archive(
        database,
        settings.export_dir or settings.data_dir / "exports",
        fresh_for=timedelta(seconds=settings.export_seconds),
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        sys.setswitchinterval(SECONDS_PER_TURN)
        try:
            async with (
                open_client(allow_private_hosts=settings.allow_private_hosts) as client,
                watching(database),
                aclosing(archive),
                _search_index(database, settings) as app.state.search_index,
                reading_ahead(app.state.mirror, database),
                _worker(database, settings, metrics),
            ):
                app.state.outside = Outside(client, LinkCache(), settings.link_check_seconds)
                yield
        finally:
            await database.close()

    app = FastAPIOffline(
        title="Samkod",
        version=version("samkod"),
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        openapi_tags=TAGS,
        lifespan=lifespan,
        routes=_routes(),
        redirect_slashes=False,
        middleware=_middleware(settings, metrics, database),
    )
    app.state.settings = settings
    app.state.metrics = metrics
    app.state.database = database
    app.state.archive = archive
    app.state.feed = Feed(database, UNREACHABLE)
    app.state.mirror = Mirror()
    app.state.search_index = None
    app.state.sealer = sealer
    app.state.debounce = Debounce(
        quiet=timedelta(milliseconds=settings.webhook_debounce_ms),
        longest=timedelta(milliseconds=settings.webhook_debounce_max_ms),
    )
    problems.install(app, unreachable=UNREACHABLE)
    app.openapi = partial(openapi.describe, app)  # type: ignore[method-assign]  # as FastAPI has it: https://fastapi.tiangolo.com/how-to/extending-openapi/
    return app


@asynccontextmanager
async def _search_index(
    database: Database, settings: Settings
) -> AsyncIterator[SearchIndex | None]:
    """What searches ask in place of the database, brought up to date while they do.

    Raises ValueError where its package is missing.
    """
    if settings.search_engine == "database":
        yield None
        return
    try:
        from app.search.tantivy import Tantivy
    except ModuleNotFoundError as error:
        raise ValueError("SAMKOD_SEARCH_ENGINE=tantivy needs `samkod[tantivy]`.") from error
    index = Tantivy(settings.search_index_dir or settings.data_dir / "search")
    async with index.following(database):
        yield index


def _worker(
    database: Database, settings: Settings, metrics: telemetry.Metrics
) -> AbstractAsyncContextManager[None]:
    return working(database, settings, metrics) if settings.worker else nullcontext()


@cache
def _routes() -> list[BaseRoute]:
    """All of them. What they take is looked up once, not for each application of a test again."""
    everything = APIRouter()
    versioned = APIRouter(prefix=PREFIX)
    for resource in (
        # In this order: `/software/webhooks` is no software with the id "webhooks".
        webhooks,
        deliveries,
        software,
        history,
        drafts,
        sources,
        overrides,
        similar,
        intake,
        publishers,
        catalogs,
        catalog_software,
        catalog_publishers,
        catalog_changes,
        blocks,
        bundles,
        analysis,
        logs,
        catalog_software_logs,
        events,
        search,
        suggest,
        feeds,
        validation,
        fixing,
        schema,
        changes,
        exports,
        peers,
        peer_runs,
        inbox,
        resolve,
        quarantine,
        status,
    ):
        versioned.include_router(resource.router)
    versioned.include_router(oai.catalog_router)
    versioned.include_router(ldes.catalog_router)
    versioned.include_router(catalog_documents.catalog_router)
    for router in (
        versioned,
        identifiers.router,
        catalog_documents.router,
        ldes.router,
        vocabularies.router,
        discovery.router,
        oai.router,
        status.probes,
        problem_pages.router,
        rule_pages.router,
        software_pages.router,
    ):
        everything.include_router(router)
    return everything.routes


def _middleware(
    settings: Settings, metrics: telemetry.Metrics, database: Database
) -> list[Middleware]:
    """From the outermost to the innermost.

    Any page may call us: there are no cookies, and a page without a token can only read.
    """
    return [
        Middleware(Tracing, metrics=metrics),
        Middleware(
            CORSMiddleware,
            allow_origins=["*"],
            allow_methods=METHODS,
            allow_headers=["*"],
            expose_headers=EXPOSED,
        ),
        Middleware(Paths),
        Middleware(Methods),
        Middleware(RateLimit, most=settings.max_requests),
        Middleware(Authentication, free=OPEN_TO_ALL, unreachable=UNREACHABLE),
        Middleware(
            BodyLimit,
            limit=settings.max_body_bytes,
            limits={VALIDATE: settings.max_file_bytes, FIX: settings.max_file_bytes, INGEST: None},
            streams={VALIDATE: conversation.MEDIA_TYPE},
        ),
        Middleware(Keeping, watch=database.head, limit=settings.cache_bytes),
        Middleware(Compression),
        Middleware(Freshness),
    ]
