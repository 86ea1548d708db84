"""`samkod work`: what goes on without being asked for, in a process of its own."""

import asyncio
import signal
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from app.settings import Settings


def work() -> None:
    """Deliver webhooks and delete what is old, until a signal ends it.

    For services of several processes: set SAMKOD_WORKER=false where `serve` runs. Any number of
    workers may share a PostgreSQL database.
    """
    from app import telemetry
    from app.cli.environment import read_settings

    settings = read_settings()
    telemetry.configure(settings.log_format, settings.log_level)
    asyncio.run(_work(settings))


async def _work(settings: "Settings") -> None:
    from app.catalogue.watch import watching
    from app.cli.schema import current_database
    from app.worker import Retention, at_work

    ended = asyncio.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(ending, ended.set)
    retention = Retention.of_days(
        logs=settings.log_retention_days,
        events=settings.event_retention_days,
        changes=settings.change_retention_days,
    )
    async with (
        current_database(settings.database_url) as database,
        watching(database),
        at_work(
            database,
            retention=retention,
            allow_private_hosts=settings.allow_private_hosts,
        ),
    ):
        typer.echo("Samkod is at work.")
        await ended.wait()
