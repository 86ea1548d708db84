"""`samkod reindex`: search words made anew."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from app.settings import Settings


def reindex() -> None:
    """Make the search words of all software anew, while others go on reading and writing.

    After an upgrade whose notes ask for it. Nothing else changes, and nothing is lost when it is
    interrupted: begin again.
    """
    from app.cli.environment import read_settings

    number = asyncio.run(_reindex(read_settings()))
    typer.echo(f"{number} software indexed.")


async def _reindex(settings: "Settings") -> int:
    from rich.console import Console
    from rich.progress import Progress

    from app.catalogue import reindex
    from app.cli.schema import current_database

    console = Console(stderr=True)
    number = 0
    async with current_database(settings.database_url) as database:
        with Progress(console=console, disable=not console.is_terminal) as progress:
            task = progress.add_task("Indexing", total=await reindex.count(database))
            async for done in reindex.reindex(database, now=datetime.now(UTC)):
                number += done
                progress.advance(task, done)
    return number
