"""`samkod fix`: put right what can be put right by itself, and leave all else as it is."""

import os
import shutil
import sys
from collections import Counter
from enum import Enum, auto
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated

import typer

from app.cli.exits import Exit, complain, refuse
from app.cli.inputs import STANDARD_INPUT, CannotRead, expand, is_address, read
from app.cli.terminal import visible
from app.publiccode import fixes
from app.publiccode.difference import difference
from app.publiccode.fixes import Fixed
from app.publiccode.tree import MAX_BYTES


class Aim(Enum):
    """What becomes of a fixed file."""

    PRINT = auto()
    DIFF = auto()
    WRITE = auto()
    CHECK = auto()


def fix(
    places: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE|DIR|URL|-",
            help="Files, folders with publiccode.yml in them, patterns such as '**/publiccode.yml',"
            " web addresses, or - for standard input. Without any: publiccode.yml.",
            show_default=False,
        ),
    ] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Print what would change.")] = False,
    write: Annotated[bool, typer.Option("--write", "-w", help="Change the files.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Print nothing; end with 1 if a file would change.")
    ] = False,
) -> None:
    """Put files right, and upgrade them to the current version of the standard.

    Comments, order and quotes stay. Prints the fixed file, unless told otherwise, and on the error
    output what was done. Ends with 0 when no error is left, 1 when there is one, 2 when a file
    could not be read or written.
    """
    aims = [aim for aim, on in ((Aim.DIFF, diff), (Aim.WRITE, write), (Aim.CHECK, check)) if on]
    if len(aims) > 1:
        refuse("--diff, --write and --check exclude each other.")
    aim = aims[0] if aims else Aim.PRINT
    found = list(expand(places or ["publiccode.yml"]))
    if aim is Aim.PRINT and len(found) > 1:
        refuse("For several files, give one of --diff, --write and --check.")
    raise typer.Exit(max(_fix(place, aim) for place in found))


def _fix(place: str, aim: Aim) -> Exit:
    try:
        data = _read(place, aim)
        fixed = fixes.fix(data)
        if aim is Aim.WRITE and fixed.applied:
            _replace(Path(place), fixed.data)
    except CannotRead as error:
        complain(str(error))
        return Exit.UNREADABLE
    except OSError as error:
        complain(f"{place}: {error.strerror}")
        return Exit.UNREADABLE
    if aim is Aim.PRINT:
        _print(fixed.data)
    elif aim is Aim.DIFF and fixed.applied:
        _print(difference(data.decode(), fixed.data.decode(), place).encode())
    _tell(place, fixed)
    done = fixed.after.valid and not (aim is Aim.CHECK and fixed.applied)
    return Exit.OK if done else Exit.INVALID


def _read(place: str, aim: Aim) -> bytes:
    if aim is Aim.WRITE and (is_address(place) or place == STANDARD_INPUT):
        raise CannotRead(f"{place} is no file that could be changed")
    data = read(place, MAX_BYTES)
    if len(data) > MAX_BYTES:
        raise CannotRead(f"{place} has more than {MAX_BYTES} bytes")
    return data


def _replace(file: Path, data: bytes) -> None:
    """The whole of it or nothing, whatever happens meanwhile. Links and permissions stay."""
    file = file.resolve()
    with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as written:
        new = Path(written.name)
        try:
            written.write(data)
            written.flush()
            os.fsync(written.fileno())
            shutil.copymode(file, new)
            new.replace(file)
        except BaseException:
            new.unlink()
            raise


def _print(data: bytes) -> None:
    """Bytes as they are: line ends are part of a file."""
    sys.stdout.buffer.write(data)
    sys.stdout.flush()


def _tell(place: str, fixed: Fixed) -> None:
    for code, path, description in fixed.applied:
        typer.echo(
            visible(f"{place}: {path} {description} [{code}]".replace(":  ", ": ")), err=True
        )
    left = Counter(str(finding.severity) for finding in fixed.after.findings)
    counts = [f"{count} {word}{'s' * (count > 1)} left" for word, count in sorted(left.items())]
    typer.echo(f"{visible(place)}: {', '.join([f'{len(fixed.applied)} fixed', *counts])}", err=True)
