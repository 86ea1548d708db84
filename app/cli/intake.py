"""Takes files in, and shows how far it has come to whoever watches."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from app.catalogue.entry import Submitted
from app.cli.schema import current_database
from app.ingest import batch
from app.ingest.batch import Unread
from app.settings import Settings


async def take(
    settings: Settings, paths: Sequence[Path], tell: Callable[[Submitted | Unread], None]
) -> list[Submitted | Unread]:
    """What became of each file; it is also told of as soon as it is on disk."""
    files = batch.files(paths)
    console = Console(stderr=True)
    taken = []
    async with current_database(settings.database_url) as database:
        outcomes = batch.ingest(
            database,
            files,
            max_bytes=settings.max_file_bytes,
            major=settings.publiccode_major,
            now=lambda: datetime.now(UTC),
        )
        with Progress(console=console, disable=not console.is_terminal) as progress:
            task = progress.add_task("Taking files in", total=len(files))
            async for outcome in outcomes:
                taken.append(outcome)
                tell(outcome)
                progress.advance(task)
    return taken
