"""`samkod validate`: what is wrong with a publiccode.yml, and where."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Annotated, TypeAlias

import typer

from app.cli.exits import Exit, complain
from app.cli.inputs import CannotRead, expand, read
from app.cli.languages import DEFAULT, Language
from app.cli.terminal import visible
from app.publiccode import validate as validate_text
from app.publiccode.fixes import suggest
from app.publiccode.formats import Format, Verdict, write
from app.publiccode.tree import MAX_BYTES
from app.publiccode.versions import EDITIONS

Judge: TypeAlias = Callable[[str, bytes], Verdict]


def validate(
    places: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE|DIR|URL|-",
            help="Files, folders with publiccode.yml in them, patterns such as '**/publiccode.yml',"
            " web addresses, or - for standard input. Without any: publiccode.yml.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[Format, typer.Option(help="How to print what was found.")] = Format.TEXT,
    json: Annotated[bool, typer.Option("--json", help="The same as --format=json.")] = False,
    github: Annotated[bool, typer.Option("--github", help="The same as --format=github.")] = False,
    language: Language = DEFAULT,
    major: Annotated[
        int,
        typer.Option(
            min=0,
            max=max(EDITIONS),
            help="Highest major version of the standard that a file may declare.",
        ),
    ] = 0,
    external_checks: Annotated[
        bool,
        typer.Option(
            "--external-checks",
            help="Also ask the network for the addresses in the files. What it says makes no file"
            " invalid.",
        ),
    ] = False,
    allow_private_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOST[:PORT]",
            help="A machine that may be asked though it is not on the public internet.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Say what is wrong with files, and where.

    Ends with 0 when all are valid, 1 when one is invalid, 2 when one could not be read.
    """
    if json or github:
        format = Format.JSON if json else Format.GITHUB
    judge: Judge = partial(_judge, major=major)
    if external_checks:
        judge = _with_addresses(judge, allow_private_host or [])
    verdicts: list[Verdict] = []

    def noted() -> Iterator[Verdict]:
        for place in expand(places or ["publiccode.yml"]):
            verdicts.append(_read_and(judge, place, allow_private_host or []))
            yield verdicts[-1]

    for piece in write(format, noted(), language):
        typer.echo(visible(piece) if format is Format.TEXT else piece)
    if format is Format.TEXT:
        typer.echo(_summary(verdicts), err=True)
    raise typer.Exit(max(map(_exit, verdicts)))


def _read_and(judge: Judge, place: str, allow_private_hosts: Sequence[str]) -> Verdict:
    try:
        data = read(place, MAX_BYTES, allow_private_hosts)
    except CannotRead as error:
        complain(str(error))
        return Verdict(place, None, str(error))
    return judge(place, data)


def _judge(place: str, data: bytes, *, major: int) -> Verdict:
    report = validate_text(data, major=major)
    return Verdict(place, suggest(data, report) if major == 0 else report)


def _with_addresses(judge: Judge, allow_private_hosts: Sequence[str]) -> Judge:
    from app.cli.addresses import AddressChecks

    checks = AddressChecks(allow_private_hosts)
    return lambda place, data: checks.add_to(judge(place, data), data)


def _exit(verdict: Verdict) -> Exit:
    if verdict.report is None:
        return Exit.UNREADABLE
    return Exit.OK if verdict.report.valid else Exit.INVALID


def _summary(verdicts: Sequence[Verdict]) -> str:
    exits = [_exit(verdict) for verdict in verdicts]
    counts = {
        "valid": exits.count(Exit.OK),
        "invalid": exits.count(Exit.INVALID),
        "unreadable": exits.count(Exit.UNREADABLE),
    }
    return ", ".join(f"{count} {word}" for word, count in counts.items() if count)
