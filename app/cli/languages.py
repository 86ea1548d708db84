"""The language in which a command speaks of findings."""

from typing import Annotated, TypeAlias

import typer

from app.publiccode.translations import ORIGINAL, languages


def _known(language: str) -> str:
    if language not in languages():
        raise typer.BadParameter(f"{language!r} is not one of {', '.join(languages())}.")
    return language


Language: TypeAlias = Annotated[
    str,
    typer.Option(
        "--lang",
        callback=_known,
        help=f"Language of the messages: {', '.join(languages())}.",
    ),
]
"""Never guessed from the environment: the same command prints the same on every machine."""

DEFAULT = ORIGINAL
