"""`samkod ingest`: files into the catalogue."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from app.cli.exits import Exit, complain


def ingest(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE|DIR", help="Files, and folders of them.")
    ],
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Print a line of JSON per file, once it is stored.")
    ] = False,
) -> None:
    """Take files into the catalogue, the invalid ones with their report.

    What cannot be stored as it is, such as a file without a usable url, waits in quarantine and
    is listed. A second run changes nothing. Ends with 2 when a file could not be read.
    """
    from rich.console import Console

    from app.catalogue.entry import Submitted
    from app.cli.environment import read_settings
    from app.cli.intake import take
    from app.cli.outcomes import as_json_line, quarantined, summary
    from app.ingest.batch import Unread

    def tell(one: Submitted | Unread) -> None:
        if jsonl:
            typer.echo(as_json_line(one))

    taken = asyncio.run(take(read_settings(), paths, tell))
    if not jsonl:
        for line in quarantined(taken):
            typer.echo(line)
        Console().print(summary(taken))
    unread = [one for one in taken if isinstance(one, Unread)]
    for one in unread:
        complain(f"{one.source_id} {one.reason}")
    raise typer.Exit(Exit.UNREADABLE if unread else Exit.OK)
