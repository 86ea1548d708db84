"""`samkod harvest`: peers, now, and without waiting for their turn."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.exits import Exit, complain
from app.cli.terminal import visible

if TYPE_CHECKING:
    from rich.progress import Progress

    from app.database import Database
    from app.federation.harvest import Harvester
    from app.federation.peers import Followed
    from app.federation.runs import Run
    from app.settings import Settings

SECONDS_TO_LOOK = 0.5


def harvest(
    peer: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PEER]...", help="Ids, uris or names. Without any: all that are enabled."
        ),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Everything, not only what has changed.")
    ] = False,
) -> None:
    """Harvest peers now, one after the other, and show what each brings.

    Nothing is lost when it is interrupted: the next harvest goes on there. Ends with 1 when one
    failed, or waits for somebody to confirm it.
    """
    from app import telemetry
    from app.cli.environment import read_settings
    from app.cli.followed import refusing

    settings = read_settings()
    telemetry.configure(settings.log_format, "error")  # we tell all else ourselves
    with refusing():
        ended = asyncio.run(_harvest(settings, peer or [], full=full))
    is_well = True
    for each, run in ended:
        if run is None:
            complain(f"{each.name} is being harvested by somebody else.")
            continue
        is_well &= run.error is None
        counts = ", ".join(f"{number} {count}" for count, number in run.counts.items() if number)
        typer.echo(f"{visible(each.name)}: {run.state}; {counts or 'nothing'}")
        if run.error:
            complain(f"{each.name}: {run.error}")
    raise typer.Exit(Exit.OK if is_well else Exit.INVALID)


async def _harvest(
    settings: "Settings", names: Sequence[str], *, full: bool
) -> "list[tuple[Followed, Run | None]]":
    from rich.console import Console
    from rich.progress import Progress

    from app.catalogue.transaction import transaction
    from app.cli.followed import named, vault_of
    from app.cli.schema import current_database
    from app.database import reading
    from app.federation import peers, runs
    from app.federation.driver import Mode
    from app.federation.harvest import Harvester
    from app.federation.uris import Uris
    from app.remote.client import open_client
    from app.remote.hosts import PatientClient

    console, ended = Console(stderr=True), []
    async with (
        current_database(settings.database_url) as database,
        open_client(allow_private_hosts=settings.allow_private_hosts) as client,
    ):
        harvester = Harvester(
            database=database,
            web=PatientClient(client),
            vault=vault_of(settings),
            ourselves=Uris(settings.public_url).catalog() if settings.public_url else None,
            major=settings.publiccode_major,
        )
        async with reading(database) as session:
            everyone = await peers.everyone(session)
        wanted = [await named(database, each) for each in names]
        mode = Mode.FULL if full else Mode.INCREMENTAL
        with Progress(console=console, disable=not console.is_terminal) as progress:
            for each in everyone:
                if each.id in wanted or (not wanted and each.enabled):
                    async with transaction(database) as session:
                        await runs.ask_for(session, each.id, mode, now=datetime.now(UTC))
                    ended.append((each, await _watched(harvester, each, progress)))
    return ended


async def _watched(harvester: "Harvester", peer: "Followed", progress: "Progress") -> "Run | None":
    """One harvest, while its counts are shown."""
    task = progress.add_task(visible(peer.name), total=None)
    harvesting = asyncio.create_task(harvester.harvest(peer.id))
    while not harvesting.done():
        await asyncio.wait({harvesting}, timeout=SECONDS_TO_LOOK)
        seen = await _seen(harvester.database, peer.id)
        progress.update(task, completed=seen, description=f"{visible(peer.name)}: {seen} records")
    progress.update(task, total=1, completed=1)
    return harvesting.result()


async def _seen(database: "Database", peer_id: str) -> int:
    from app.database import reading
    from app.federation import runs
    from app.federation.runs import Count
    from app.pagination import PageRequest

    async with reading(database) as session:
        last = await runs.listing(session, peer_id, PageRequest(1))
    return last.items[0].counts[Count.SEEN] if last.items else 0
