"""`samkod peers`: whom the catalogue harvests, and how it goes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.exits import refuse
from app.cli.followed import named, run, vault_of
from app.cli.terminal import visible

if TYPE_CHECKING:
    from app.database import Database
    from app.federation.peers import Followed
    from app.federation.runs import Run
    from app.settings import Settings

peers = typer.Typer(
    name="peers", no_args_is_help=True, help="Say whom to harvest, and see how it goes."
)

RUNS_SHOWN = 20

KIND = "How it is read, as `changes`."
SHOWN_TO_IT = "What it wants to be shown; kept sealed."
SIGNED_WITH = "What its webhooks are signed with."

Named = Annotated[str, typer.Argument(metavar="PEER", help="Its id, uri or name.")]
Arguments = Annotated[
    list[str] | None, typer.Option(metavar="TEXT", help="For its driver; may be repeated.")
]
TrustOption = Annotated[
    str | None,
    typer.Option(metavar="owner|curated|relay", help="Who is trusted more is heard first."),
]
Priority = Annotated[
    int | None, typer.Option(help="Of two that are trusted alike, the higher is heard first.")
]
Every = Annotated[str | None, typer.Option(metavar="10m|1h|1d", help="How often it is harvested.")]
Enabled = Annotated[
    bool | None, typer.Option("--enabled/--disabled", help="Whether it is harvested by itself.")
]
Live = Annotated[
    bool | None, typer.Option("--live/--not-live", help="Whether it is asked to tell of news.")
]


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
    for peer in run(everyone):
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
def show(peer: Named) -> None:
    """Print all that is kept of a peer as JSON, but for its secrets."""
    import orjson

    from app.api.peers import shown_peer
    from app.database import reading
    from app.federation import peers as followed

    async def one(database: "Database", _settings: "Settings") -> "Followed":
        id = await named(database, peer)
        async with reading(database) as session:
            return await followed.get(session, id)

    text = orjson.dumps(shown_peer(run(one)), option=orjson.OPT_INDENT_2).decode()
    for line in text.splitlines():
        typer.echo(visible(line))


@peers.command()
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where it is read.")],
    kind: Annotated[str, typer.Option(metavar="KIND", help=KIND)],
    name: Annotated[str | None, typer.Option(help="By default its host.")] = None,
    uri: Annotated[str | None, typer.Option(help="Its name for good; by default its URL.")] = None,
    arg: Arguments = None,
    catalog: Annotated[
        str | None, typer.Option(metavar="ID", help="Where it goes; by default a new catalogue.")
    ] = None,
    trust: TrustOption = None,
    priority: Priority = None,
    every: Every = None,
    enabled: Enabled = None,
    live: Live = None,
    secret: Annotated[
        str | None, typer.Option(envvar="SAMKOD_PEER_SECRET", help=SHOWN_TO_IT)
    ] = None,
    webhook_secret: Annotated[
        str | None, typer.Option(envvar="SAMKOD_WEBHOOK_SECRET", help=SIGNED_WITH)
    ] = None,
) -> None:
    """Follow a peer from now on, and print its id."""
    from app.api.bodies import checked
    from app.api.peer_posts import PeerPost
    from app.catalogue.transaction import transaction
    from app.federation import peers as followed

    given = _given(
        name=name,
        kind=kind,
        url=url,
        uri=uri,
        args=arg or [],
        trust=trust,
        priority=priority,
        schedule=_seconds(every),
        enabled=enabled,
        live=live,
        catalogId=catalog,
        secret=secret,
        webhookSecret=webhook_secret,
    )
    with _checking():
        wanted = checked(PeerPost, given).draft()

    async def create(database: "Database", settings: "Settings") -> "Followed":
        vault = vault_of(settings)
        async with transaction(database) as session:
            return await followed.create(session, wanted, vault, now=datetime.now(UTC))

    typer.echo(run(create).id)


@peers.command()
def change(
    peer: Named,
    url: Annotated[str | None, typer.Option(help="Where it is read.")] = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help=KIND)] = None,
    name: Annotated[str | None, typer.Option(help="What it is called.")] = None,
    arg: Arguments = None,
    trust: TrustOption = None,
    priority: Priority = None,
    every: Every = None,
    enabled: Enabled = None,
    live: Live = None,
    secret: Annotated[str | None, typer.Option(help=f"{SHOWN_TO_IT} An empty one goes.")] = None,
    webhook_secret: Annotated[
        str | None, typer.Option(help=f"{SIGNED_WITH} An empty one goes.")
    ] = None,
) -> None:
    """Change how a peer is read, or leave it alone for a while.

    What is not named stays; arguments take the place of all that there were. Read from elsewhere,
    it begins anew.
    """
    from app.api.patching import MergePatch, patched
    from app.api.peer_posts import PeerPost
    from app.api.peers import editable_peer
    from app.catalogue.transaction import transaction
    from app.federation import peers as followed

    given = _given(
        name=name,
        kind=kind,
        url=url,
        args=arg,
        trust=trust,
        priority=priority,
        schedule=_seconds(every),
        enabled=enabled,
        live=live,
        secret=secret,
        webhookSecret=webhook_secret,
    )
    if not given:
        refuse("Say what shall be changed.")

    async def revise(database: "Database", settings: "Settings") -> None:
        id, vault = await named(database, peer), vault_of(settings)
        async with transaction(database) as session:
            before = editable_peer(await followed.get(session, id))
            with _checking():
                wanted = patched(PeerPost, before, MergePatch(given)).draft()
            await followed.revise(session, id, wanted, vault, now=datetime.now(UTC))

    run(revise)


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

    for each in run(last):
        counts = ", ".join(f"{number} {count}" for count, number in each.counts.items() if number)
        said = f"{_time(each.started_at or each.created_at)}  {each.mode} {each.state}  {counts}"
        typer.echo(f"{said}  {visible(each.error)}" if each.error else said)


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

    run(gone)


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

    listing = run(confirmed)
    if listing is None:
        refuse("It was never listed as a whole.")
    typer.echo(f"{listing.counts[Count.WITHDRAWN]} withdrawn.")


def _given(kind: str | None, **members: object) -> dict[str, Any]:
    """The members that were named, as `POST /v1/peers` takes them."""
    from app.federation.drivers import DRIVERS

    if kind is not None and kind not in DRIVERS:
        raise typer.BadParameter(
            f"{kind!r} is none of {', '.join(sorted(DRIVERS))}.", param_hint="--kind"
        )
    return {name: value for name, value in {"kind": kind, **members}.items() if value is not None}


@contextmanager
def _checking() -> Iterator[None]:
    """What `/v1/peers` refuses in the block ends the command, in words."""
    from app.api.refusals import BodyMalformed, FieldsInvalid

    try:
        yield
    except FieldsInvalid as error:
        raise typer.BadParameter(str(error)) from error
    except BodyMalformed as error:
        raise typer.BadParameter("An argument is not UTF-8.") from error


def _seconds(every: str | None) -> int | None:
    from app.cli.token import span_of

    if every is None:
        return None
    span = span_of(every)
    if span is None:
        raise typer.BadParameter(
            f"{every!r} is no time such as 10m, 12h or 1d.", param_hint="--every"
        )
    return int(span.total_seconds())


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "never"
