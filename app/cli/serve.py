"""`samkod serve`: the service."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.exits import refuse

if TYPE_CHECKING:
    from app.settings import Settings


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on, instead of SAMKOD_HOST.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port, instead of PORT; 0 takes a free one.")
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="With a sample catalogue, a key and a token to try.")
    ] = False,
    migrate: Annotated[
        bool, typer.Option(help="Bring the database's schema up to date first.")
    ] = True,
) -> None:
    """Serve the catalogue over HTTP, read-only unless PASETO_KEY is set.

    The schema is brought up to date first, since for one server on one file that is what everybody
    wants. Where several start at once, or the service may not change tables, --no-migrate leaves
    it alone; /readyz then says whether it is current.
    """
    from app.cli.demo import greeting, key_for
    from app.cli.environment import read_settings
    from app.cli.server import Server, address, listen
    from app.main import create_app

    settings = read_settings(host=host, port=port)
    listener = listen(settings.host, settings.port)
    if demo:
        settings = settings.model_copy(update={"paseto_key": key_for(settings)})
    try:
        app = create_app(settings)
    except ValueError as error:
        refuse(str(error))
    now = datetime.now(UTC)
    if migrate or demo:
        asyncio.run(_prepare(settings, now, demo=demo))
    announcement = f"Samkod is ready on {address(listener)}"
    if demo:
        announcement = greeting(address(listener), key_for(settings), now)
    with suppress(KeyboardInterrupt):  # Ctrl+C, which the server has already obeyed
        Server(app, announcement).run([listener])


async def _prepare(settings: "Settings", now: datetime, *, demo: bool) -> None:
    from app.cli.demo import load_sample
    from app.cli.schema import current_database

    async with current_database(settings.database_url) as database:
        if demo:
            await load_sample(database, max_bytes=settings.max_file_bytes, now=now)
