"""Resumption tokens: all that a server must know to go on with a list, so that it remembers nothing.

A list ends with the newest change there was when it began, and goes on behind the last record that
was sent: what is written meanwhile moves beyond that end, to be found by the next harvest, and
nothing is sent twice. A token can be used again and never expires. It is not signed, since it leads
to nothing that cannot be asked for; but it is read as strictly as any argument.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Annotated, NamedTuple

from pydantic import AwareDatetime, ConfigDict, Field, TypeAdapter, ValidationError

from app.catalogue.sets import Kind, Place, Selection, Set
from app.federation.oai.arguments import Verb
from app.federation.oai.errors import BadResumptionToken

Name = Annotated[str, Field(pattern=r"^[^\x00]*$")]
"""PostgreSQL would not even look for a NUL."""
Number = Annotated[int, Field(ge=0, lt=2**63)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A list, and how much of it has been sent; `epoch` names the log whose changes it counts."""

    verb: Verb
    prefix: str
    epoch: str
    selection: Selection
    size: int | None
    sent: int = 0
    after: Place | None = None


class _Content(NamedTuple):
    """The same as plain values; it is written as a JSON array."""

    verb: Verb
    prefix: Name
    epoch: Name
    among: tuple[Kind, Name]
    within: tuple[Kind, Name] | tuple[Kind] | None
    since: AwareDatetime | None
    until: AwareDatetime | None
    last: Number
    size: Number | None
    sent: Number
    after: tuple[AwareDatetime, Number] | None


_CONTENT = TypeAdapter(_Content, config=ConfigDict(strict=True))


def encode(progress: Progress) -> str:
    """Base64 for addresses, of JSON."""
    selection, after = progress.selection, progress.after
    content = _Content(
        verb=progress.verb,
        prefix=progress.prefix,
        epoch=progress.epoch,
        among=(selection.among.kind, selection.among.value),
        within=_parts(selection.within),
        since=selection.since,
        until=selection.until,
        last=selection.last,
        size=progress.size,
        sent=progress.sent,
        after=(after.datestamp, after.sequence) if after else None,
    )
    return base64.urlsafe_b64encode(_CONTENT.dump_json(content)).decode()


def decode(token: str) -> Progress:
    """Raises BadResumptionToken for anything that `encode` cannot have made."""
    try:
        content = _CONTENT.validate_json(base64.b64decode(token, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, ValidationError) as error:
        raise BadResumptionToken("This is not a token of ours.") from error
    progress = Progress(
        verb=content.verb,
        prefix=content.prefix,
        epoch=content.epoch,
        selection=Selection(
            among=Set(*content.among),
            within=_within(content.within),
            since=content.since,
            until=content.until,
            last=content.last,
        ),
        size=content.size,
        sent=content.sent,
        after=Place(*content.after) if content.after else None,
    )
    if encode(progress) != token:
        raise BadResumptionToken("This is not a token of ours.")
    return progress


def _parts(within: Set | Kind | None) -> tuple[Kind, str] | tuple[Kind] | None:
    match within:
        case Set(kind, value):
            return kind, value
        case Kind():
            return (within,)
        case None:
            return None


def _within(parts: tuple[Kind, str] | tuple[Kind] | None) -> Set | Kind | None:
    match parts:
        case (kind, value):
            return Set(kind, value)
        case (kind,):
            return kind
        case _:
            return None
