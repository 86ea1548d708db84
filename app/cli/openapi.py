"""`samkod openapi`: the description of the HTTP interface, printed, written or compared."""

from difflib import unified_diff
from pathlib import Path
from typing import Annotated

import typer

from app.cli.exits import Exit, complain, refuse

LINES_OF_DIFFERENCE = 60


def openapi(
    check: Annotated[
        Path | None, typer.Option(help="End with 1 unless this file is up to date.")
    ] = None,
    write: Annotated[Path | None, typer.Option(help="Bring this file up to date.")] = None,
) -> None:
    """Print the OpenAPI description of the service."""
    from app.api.openapi import render
    from app.main import create_app

    description = render(create_app())
    if write:
        write.parent.mkdir(parents=True, exist_ok=True)
        write.write_text(description, encoding="utf-8")
    if check:
        _compare(check, description)
    if not (write or check):
        typer.echo(description, nl=False)


def _compare(file: Path, description: str) -> None:
    try:
        committed = file.read_text(encoding="utf-8")
    except OSError as error:
        refuse(f"{file}: {error.strerror}")
    if committed == description:
        return
    differences = unified_diff(
        committed.splitlines(), description.splitlines(), str(file), "the code", lineterm="", n=1
    )
    for line, _ in zip(differences, range(LINES_OF_DIFFERENCE), strict=False):
        typer.echo(line)
    complain(f"{file} is out of date; samkod openapi --write {file} renews it.")
    raise typer.Exit(Exit.INVALID)
