"""Files of this repository that are made of the code: printed, written, or compared with it."""

from difflib import unified_diff
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from app.cli.exits import Exit, complain, refuse

LINES_OF_DIFFERENCE = 60

Check: TypeAlias = Annotated[
    Path | None, typer.Option(help="End with 1 unless this file is up to date.")
]
Write: TypeAlias = Annotated[Path | None, typer.Option(help="Bring this file up to date.")]


def deliver(text: str, command: str, check: Path | None, write: Path | None) -> None:
    """Write the text to one file, compare it with another, or print it; `command` made it."""
    if write:
        write.parent.mkdir(parents=True, exist_ok=True)
        write.write_text(text, encoding="utf-8")
    if check:
        _compare(check, text, command)
    if not (write or check):
        typer.echo(text, nl=False)


def _compare(file: Path, text: str, command: str) -> None:
    try:
        committed = file.read_text(encoding="utf-8")
    except OSError as error:
        refuse(f"{file}: {error.strerror}")
    if committed == text:
        return
    differences = unified_diff(
        committed.splitlines(), text.splitlines(), str(file), "the code", lineterm="", n=1
    )
    for line, _ in zip(differences, range(LINES_OF_DIFFERENCE), strict=False):
        typer.echo(line)
    complain(f"{file} is out of date; {command} --write {file} renews it.")
    raise typer.Exit(Exit.INVALID)
