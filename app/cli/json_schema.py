"""`samkod schema`: the JSON Schema of publiccode.yml, for editors."""

from typing import Annotated

import typer

from app.cli.generated import Check, Write, deliver
from app.publiccode.versions import EDITIONS


def schema(
    major: Annotated[
        int, typer.Option(min=0, max=max(EDITIONS), help="Of this major version of the standard.")
    ] = 0,
    check: Check = None,
    write: Write = None,
) -> None:
    """Print a JSON Schema of publiccode.yml, by which editors complete and explain its keys."""
    from app.publiccode.schema import render

    deliver(render(major), "samkod schema", check, write)
