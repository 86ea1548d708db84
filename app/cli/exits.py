"""How a command ends: the exit codes that scripts rely on, and the way to refuse."""

from enum import IntEnum
from typing import NoReturn

import typer

from app.cli.terminal import visible


class Exit(IntEnum):
    """What the exit code of a command means; a wrong command line is 2 as well."""

    OK = 0
    INVALID = 1
    UNREADABLE = 2


def complain(message: str) -> None:
    """Tell a person what is wrong, away from the output that programs read."""
    typer.echo(f"samkod: {visible(message)}", err=True)


def refuse(message: str) -> NoReturn:
    """End the command: it cannot do what was asked for."""
    complain(message)
    raise typer.Exit(Exit.UNREADABLE)
