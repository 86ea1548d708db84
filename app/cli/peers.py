"""`samkod peers`: whom the catalogue harvests, and how it goes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from app.cli.exits import refuse
from app.cli.terminal import visible

if TYPE_CHECKING:
    from app.database import Database
    from app.federation.peers import Followed, PeerDraft
    from app.federation.runs import Run
    from app.federation.vault import Vault
    from app.settings import Settings

peers = typer.Typer(
    name="peers", no_args_is_help=True, help="Say whom to harvest, and see how it goes."
)

RUNS_SHOWN = 20
T = TypeVar("T")

Named = Annotated[str, typer.Argument(metavar="PEER", help="Its id, uri or name.")]


@peers.command("list")
def show_all() -> None:
    """List peers, and when each was harvested last."""
    from rich.console import Console
    from rich.table import Table

    from app.database import reading
    from app.federation import peers as followed

    async def everyone(database: "Database", _settings: "Settings") -> "list[Followed]":
        async with reading(database) as session:
            return await followed.everyone(session)

    table = Table(box=None, pad_edge=False)
    for heading in ("id", "name", "kind", "harvested", "failures"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("id", "harvested"))
    for peer in _run(everyone):
        state = _time(peer.standing.succeeded_at) if peer.enabled else "disabled"
        table.add_row(
            peer.id,
            visible(peer.name),
            peer.kind,
            state,
            str(peer.standing.failures or ""),
        )
    Console().print(table)


@peers.command()
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where it is read.")],
    kind: Annotated[str, typer.Option(metavar="KIND", help="How it is read, as `changes`.")],
    name: Annotated[str | None, typer.Option(help="By default its host.")] = None,
    uri: Annotated[str | None, typer.Option(help="Its name for good; by default its URL.")] = None,
    arg: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="For its driver; may be repeated.")
    ] = None,
    catalog: Annotated[
        str | None, typer.Option(metavar="ID", help="Where it goes; by default a new catalogue.")
    ] = None,
    trust: Annotated[
        str | None,
        typer.Option(metavar="owner|curated|relay", help="Who is trusted more is heard first."),
    ] = None,
    priority: Annotated[
        int, typer.Option(help="Of two that are trusted alike, the higher is heard first.")
    ] = 0,
    every: Annotated[
        str | None, typer.Option(metavar="10m|1h|1d", help="How often it is harvested.")
    ] = None,
    secret: Annotated[
        str | None,
        typer.Option(envvar="SAMKOD_PEER_SECRET", help="What it wants to be shown; kept sealed."),
    ] = None,
    webhook_secret: Annotated[
        str | None,
        typer.Option(envvar="SAMKOD_WEBHOOK_SECRET", help="What its webhooks are signed with."),
    ] = None,
) -> None:
    """Follow a peer from now on, and print its id."""
    from app.catalogue.transaction import transaction
    from app.federation import peers as followed
    from app.federation.drivers import DRIVERS

    if kind not in DRIVERS:
        raise typer.BadParameter(
            f"{kind!r} is none of {', '.join(sorted(DRIVERS))}.", param_hint="--kind"
        )
    wanted = _draft(
        name=name,
        kind=kind,
        url=url,
        uri=uri,
        args=arg or [],
        trust=trust,
        priority=priority,
        schedule=_seconds(every) if every else None,
        catalogId=catalog,
        secret=secret,
        webhookSecret=webhook_secret,
    )

    async def create(database: "Database", settings: "Settings") -> "Followed":
        vault = vault_of(settings)
        async with transaction(database) as session:
            return await followed.create(session, wanted, vault, now=datetime.now(UTC))

    typer.echo(_run(create).id)


@peers.command()
def runs(peer: Named) -> None:
    """List the last harvests of a peer."""
    from app.database import reading
    from app.federation import runs as harvests
    from app.pagination import PageRequest

    async def last(database: "Database", _settings: "Settings") -> "list[Run]":
        id = await named(database, peer)
        async with reading(database) as session:
            page = await harvests.listing(session, id, PageRequest(RUNS_SHOWN))
            return page.items

    for run in _run(last):
        counts = ", ".join(f"{number} {count}" for count, number in run.counts.items() if number)
        said = f"{_time(run.started_at or run.created_at)}  {run.mode} {run.state}  {counts}"
        typer.echo(f"{said}  {visible(run.error)}" if run.error else said)


@peers.command()
def remove(
    peer: Named,
    keep: Annotated[
        bool, typer.Option("--keep-records", help="Leave here what it told us.")
    ] = False,
) -> None:
    """Follow a peer no longer, and withdraw what only it told us."""
    from app.federation import removal

    async def gone(database: "Database", _settings: "Settings") -> None:
        id = await named(database, peer)
        await removal.remove(database, id, withdraw=not keep, now=datetime.now(UTC))

    _run(gone)


@peers.command()
def confirm(peer: Named) -> None:
    """Let go what the last listing of a peer did not have, although it is much."""
    from app.database import reading
    from app.federation import reconciliation
    from app.federation import runs as harvests
    from app.federation.runs import Count

    async def confirmed(database: "Database", _settings: "Settings") -> "Run | None":
        id = await named(database, peer)
        async with reading(database) as session:
            last = await harvests.last_complete(session, id)
        if last is None:
            return None
        return await reconciliation.confirm(database, id, last, now=datetime.now(UTC))

    run = _run(confirmed)
    if run is None:
        refuse("It was never listed as a whole.")
    typer.echo(f"{run.counts[Count.WITHDRAWN]} withdrawn.")


def _run(work: "Callable[[Database, Settings], Awaitable[T]]") -> T:
    """Do it with the catalogue's database; what is refused ends the command in words."""
    from app.cli.environment import read_settings
    from app.cli.schema import current_database

    settings = read_settings()

    async def with_database() -> T:
        async with current_database(settings.database_url) as database:
            return await work(database, settings)

    with refusing():
        return asyncio.run(with_database())


@contextmanager
def refusing() -> Iterator[None]:
    """What is refused in the block ends the command, in words."""
    from app.catalogue.errors import CatalogueError
    from app.federation.errors import FederationError

    try:
        yield
    except (CatalogueError, FederationError) as error:
        refuse(str(error))


def vault_of(settings: "Settings") -> "Vault":
    """Where secrets are sealed: with our key, or that of `serve --demo`."""
    from app.cli import development_key
    from app.federation.vault import Vault

    return Vault(settings.paseto_key or development_key.kept(settings.data_dir))


async def named(database: "Database", name: str) -> str:
    """The id of the one peer that is called so. Raises PeerNotFound."""
    from app.database import reading
    from app.federation import peers as followed
    from app.federation.errors import PeerNotFound

    async with reading(database) as session:
        found = [
            peer.id
            for peer in await followed.everyone(session)
            if name in (peer.id, peer.uri, peer.name)
        ]
    if len(found) != 1:
        raise PeerNotFound(name)
    return found[0]


def _draft(**members: object) -> "PeerDraft":
    """What `POST /v1/peers` makes of these members; what it refuses ends the command, in words."""
    from app.api.bodies import checked
    from app.api.peer_posts import PeerPost
    from app.api.refusals import BodyMalformed, FieldsInvalid

    given = {name: value for name, value in members.items() if value is not None}
    try:
        return checked(PeerPost, given).draft()
    except FieldsInvalid as error:
        raise typer.BadParameter(str(error)) from error
    except BodyMalformed as error:
        raise typer.BadParameter("An argument is not UTF-8.") from error


def _seconds(every: str) -> int:
    from app.cli.token import end

    epoch = datetime.fromtimestamp(0, UTC)
    until = end(every, epoch)
    if until is None:
        raise typer.BadParameter(f"{every!r} is no time such as 10m.", param_hint="--every")
    return int((until - epoch).total_seconds())


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "never"
