"""`samkod export`: the whole catalogue in one file, for whoever reads no pages."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated

import typer

from app.cli.exits import refuse


class Format(StrEnum):
    """What can be written."""

    TTL = "ttl"
    JSONLD = "jsonld"
    RDF = "rdf"
    NT = "nt"
    CODEMETA = "codemeta"
    JSONL = "jsonl"
    CSV = "csv"


def export(
    format: Annotated[
        Format,
        typer.Option(
            help="DCAT-AP as Turtle, JSON-LD, RDF/XML or N-Triples; CodeMeta; lines of JSON with "
            "all that followers copy; or a table of software."
        ),
    ] = Format.TTL,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file; by default standard output.")
    ] = None,
    catalog: Annotated[
        str | None, typer.Option(help="Only what this catalogue says: its id or alternativeId.")
    ] = None,
) -> None:
    """Write all software, as it is at one moment; in linked data, only what is active.

    However much there is, little of it is in memory at a time. Names in linked data begin with
    SAMKOD_PUBLIC_URL.
    """
    from app.catalogue.errors import CatalogNotFound
    from app.cli import bulk, linked_data
    from app.cli.environment import read_settings

    settings = read_settings()
    write = bulk.write if format in bulk.FORMS else linked_data.write
    try:
        with _opened(output) as file:
            write(settings, format, catalog, file)
    except CatalogNotFound as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{output or 'standard output'}: {error.strerror}")


@contextmanager
def _opened(output: Path | None) -> Iterator[IO[bytes]]:
    """A file takes its place once it is complete, so that nobody reads half of it."""
    if output is None:
        yield sys.stdout.buffer
        return
    part = output.with_name(f"{output.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
