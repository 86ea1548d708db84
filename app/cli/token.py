"""`samkod token`: who may write."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from app.cli.exits import refuse

token = typer.Typer(name="token", no_args_is_help=True, help="Make tokens for writing.")

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
NEVER = "never"


@token.callback()
def _group() -> None:
    """Without a callback, Typer would let a lone command take the place of its group."""


@token.command()
def create(
    subject: Annotated[
        str, typer.Option(metavar="NAME", help="Who will write with it.")
    ] = "operator",
    expires: Annotated[
        str, typer.Option(metavar="365d|12h|never", help="How long it will hold.")
    ] = "365d",
) -> None:
    """Print a token, sealed with PASETO_KEY or else with the key of `serve --demo`."""
    now = datetime.now(UTC)
    expires_at = end(expires, now)

    from app.api.security import create_token
    from app.cli import development_key
    from app.cli.environment import read_settings

    settings = read_settings()
    key = settings.paseto_key or development_key.kept(settings.data_dir)
    if key is None:
        refuse("There is no key to seal a token with: set PASETO_KEY, or run serve --demo once.")
    try:
        sealed = create_token(key, subject=subject, expires_at=expires_at, now=now)
    except ValueError as error:
        refuse(str(error))
    typer.echo(sealed)


def end(lifetime: str, now: datetime) -> datetime | None:
    """When a `lifetime` such as `365d` that begins `now` is over; None for `never`.

    Raises BadParameter.
    """
    if lifetime == NEVER:
        return None
    match = re.fullmatch(r"([1-9][0-9]{0,4})([mhdw])", lifetime)
    if match is None:
        raise typer.BadParameter(
            f"{lifetime!r} is neither a time such as 12h, 30d or 52w, nor {NEVER!r}.",
            param_hint="--expires",
        )
    return now + timedelta(**{UNITS[match[2]]: int(match[1])})
