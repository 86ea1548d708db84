"""Everything as lines: JSON, as followers copy it, or a table for spreadsheets."""

import asyncio
from collections.abc import Callable
from typing import IO, NamedTuple

from app.catalogue import catalogs, copies
from app.catalogue.copies import Copy, Kind
from app.cli.schema import current_database
from app.database import reading
from app.federation.formats import bulk
from app.settings import Settings


class Form(NamedTuple):
    """Which kinds of things are written, and how."""

    kinds: tuple[Kind, ...]
    line: Callable[[Copy], bytes]
    header: bytes = b""


FORMS = {
    "jsonl": Form((Kind.CATALOG, Kind.PUBLISHER, Kind.SOFTWARE, Kind.BUNDLE), bulk.json_line),
    "csv": Form((Kind.SOFTWARE,), bulk.csv_row, bulk.csv_header()),
}
"""By the name of the format; what others refer to comes first."""


def write(settings: Settings, format: str, catalog: str | None, file: IO[bytes]) -> None:
    """Write what a catalogue has, or everything, as it is at one moment. Raises CatalogNotFound."""
    asyncio.run(_write(settings.database_url, FORMS[format], catalog, file))


async def _write(url: str, form: Form, catalog: str | None, file: IO[bytes]) -> None:
    async with current_database(url) as database, reading(database) as session:
        catalog_id = await catalogs.resolve(session, catalog) if catalog else None
        file.write(form.header)
        for kind in form.kinds:
            async for page in copies.pages(session, kind, catalog_id=catalog_id):
                file.writelines(map(form.line, page))
