"""`samkod token`: who may write, and where."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.exits import refuse

if TYPE_CHECKING:
    from app.settings import Settings

token = typer.Typer(name="token", no_args_is_help=True, help="Make and revoke tokens.")

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
NEVER = "never"
SEALED = "v2.local."


@token.command()
def create(
    subject: Annotated[
        str, typer.Option(metavar="NAME", help="Who will write with it.")
    ] = "operator",
    expires: Annotated[
        str, typer.Option(metavar="365d|12h|never", help="How long it will hold.")
    ] = "365d",
    scope: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND:write|read",
            help="What it is for, such as software:write; may be repeated. Without: everything.",
        ),
    ] = None,
    catalog: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="A catalogue it is for; may be repeated. Without: all of them."
        ),
    ] = None,
) -> None:
    """Print a token, sealed with PASETO_KEY or else with the key of `serve --demo`."""
    now = datetime.now(UTC)
    expires_at = end(expires, now)

    from app.api.scopes import SCOPES
    from app.api.security import create_token
    from app.cli.environment import read_settings

    scopes, catalogs = " ".join(scope or ()).split(), catalog or []
    if unknown := [each for each in scopes if each not in SCOPES]:
        raise typer.BadParameter(
            f"{', '.join(unknown)} is none of {', '.join(SCOPES)}.", param_hint="--scope"
        )
    try:
        sealed = create_token(
            _keys(read_settings()),
            subject=subject,
            expires_at=expires_at,
            now=now,
            scopes=scopes,
            catalogs=catalogs,
        )
    except ValueError as error:
        refuse(str(error))
    typer.echo(sealed)


@token.command()
def revoke(
    token: Annotated[str, typer.Argument(metavar="TOKEN|JTI", help="The token, or its `jti`.")],
) -> None:
    """Shut a token out, at once and for ever. Other tokens hold."""
    from app.cli.environment import read_settings

    settings = read_settings()
    id = _id(settings, token) if token.startswith(SEALED) else token
    was_new = asyncio.run(_revoke(settings, id, datetime.now(UTC)))
    typer.echo(f"{id} is revoked." if was_new else f"{id} was revoked before.")


def end(lifetime: str, now: datetime) -> datetime | None:
    """When a `lifetime` such as `365d` that begins `now` is over; None for `never`.

    Raises BadParameter.
    """
    if lifetime == NEVER:
        return None
    span = span_of(lifetime)
    if span is None:
        raise typer.BadParameter(
            f"{lifetime!r} is neither a time such as 12h, 30d or 52w, nor {NEVER!r}.",
            param_hint="--expires",
        )
    return now + span


def span_of(text: str) -> timedelta | None:
    """The time that is written as `10m`, `12h`, `30d` or `52w`; None for anything else."""
    match = re.fullmatch(r"([1-9][0-9]{0,4})([mhdw])", text)
    return timedelta(**{UNITS[match[2]]: int(match[1])}) if match else None


def _keys(settings: "Settings") -> str:
    from app.cli import development_key

    keys = settings.paseto_key or development_key.kept(settings.data_dir)
    if keys is None:
        refuse("There is no key to seal a token with: set PASETO_KEY, or run serve --demo once.")
    return keys


def _id(settings: "Settings", token: str) -> str:
    from app.api.refusals import TokenRefused
    from app.api.security import Sealer

    try:
        return Sealer(_keys(settings)).id_of(token)
    except TokenRefused:
        refuse("This token was not sealed with our key, so nobody can write with it.")
    except ValueError as error:
        refuse(str(error))


async def _revoke(settings: "Settings", id: str, now: datetime) -> bool:
    from app.catalogue import tokens
    from app.catalogue.transaction import transaction
    from app.cli.schema import current_database

    async with (
        current_database(settings.database_url) as database,
        transaction(database) as session,
    ):
        return await tokens.revoke(session, id, now=now)
