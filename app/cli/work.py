"""`samkod work`: what goes on without being asked for, in a process of its own."""

import asyncio
import signal
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from app.settings import Settings


def work() -> None:
    """Deliver webhooks, harvest peers and delete what is old, until a signal ends it.

    For services of several processes: set SAMKOD_WORKER=false where `serve` runs. Any number of
    workers may share a PostgreSQL database.
    """
    from app import telemetry
    from app.cli.environment import read_settings
    from app.cli.exits import refuse
    from app.federation.vault import Vault

    settings = read_settings()
    try:
        Vault(settings.paseto_key)
    except ValueError:
        refuse("PASETO_KEY must be Base64.")
    telemetry.configure(settings.log_format, settings.log_level)
    asyncio.run(_work(settings))


async def _work(settings: "Settings") -> None:
    from app.catalogue.watch import watching
    from app.cli.schema import current_database
    from app.worker import working

    ended = asyncio.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(ending, ended.set)
    async with (
        current_database(settings.database_url) as database,
        watching(database),
        working(database, settings),
    ):
        typer.echo("Samkod is at work.")
        await ended.wait()
