"""`samkod rules`: what the codes of findings mean, printed, written or compared."""

from typing import Annotated

import typer

from app.cli.exits import refuse
from app.cli.generated import Check, Write, deliver
from app.cli.languages import DEFAULT, Language
from app.publiccode.codes import CODES
from app.publiccode.rulebook import chapter, to_markdown
from app.publiccode.spelling import nearest


def rules(
    code: Annotated[
        str | None,
        typer.Argument(help="Only this one, such as licence-unknown.", show_default=False),
    ] = None,
    language: Language = DEFAULT,
    check: Check = None,
    write: Write = None,
) -> None:
    """Explain what the codes of findings mean, and what to do about them, in Markdown."""
    if code is None:
        text = to_markdown(language)
    elif code in CODES:
        text = chapter(code, language)
    else:
        near = nearest(code, tuple(CODES))
        refuse(f"There is no code {code}." + (f" Did you mean {near}?" if near else ""))
    deliver(text, "samkod rules", check, write)
