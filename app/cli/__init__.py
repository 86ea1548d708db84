"""The command line: prints, and decides nothing.

A command imports what it works with when it runs, so that `samkod validate` never waits for the
web framework or the database.
"""

import sys
from importlib.metadata import version
from io import TextIOWrapper
from typing import Annotated

import typer

from app import garbage
from app.cli.export import export
from app.cli.fix import fix
from app.cli.harvest import harvest
from app.cli.ingest import ingest
from app.cli.json_schema import schema
from app.cli.openapi import openapi
from app.cli.peers import peers
from app.cli.reindex import reindex
from app.cli.rules import rules
from app.cli.serve import serve
from app.cli.token import token
from app.cli.validate import validate
from app.cli.work import work

program = typer.Typer(
    name="samkod",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
program.command()(serve)
program.command()(work)
program.command()(validate)
program.command()(fix)
program.command()(ingest)
program.command()(harvest)
program.command()(reindex)
program.command()(export)
program.command()(rules)
program.command()(schema)
program.command()(openapi)
program.add_typer(peers)
program.add_typer(token)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"samkod {version('samkod')}")
        raise typer.Exit


@program.callback()
def samkod(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and end."
        ),
    ] = False,
) -> None:
    """Find, trust and share public-sector software: a catalogue for publiccode.yml."""


def main() -> None:
    """Run the command line of this process."""
    for stream in (sys.stdout, sys.stderr):
        # A file may hold text that no terminal can show, such as half a surrogate pair.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    garbage.look_rarely()
    program()
