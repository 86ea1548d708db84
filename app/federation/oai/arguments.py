"""The arguments of a request, read as strictly as the protocol demands."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from app.federation.oai.errors import BadArgument, BadVerb

RESUMPTION_TOKEN = "resumptionToken"  # noqa: S105 - the name of an argument

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SECOND = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")

Pairs: TypeAlias = Sequence[tuple[str, str]]
"""Names and values as they were sent."""


class Verb(StrEnum):
    """What can be asked."""

    IDENTIFY = "Identify"
    LIST_METADATA_FORMATS = "ListMetadataFormats"
    LIST_SETS = "ListSets"
    GET_RECORD = "GetRecord"
    LIST_IDENTIFIERS = "ListIdentifiers"
    LIST_RECORDS = "ListRecords"


@dataclass(frozen=True, slots=True)
class Takes:
    """The arguments of a verb; a resumption token stands alone."""

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    resumable: bool = False


_LISTS = Takes(frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"}), resumable=True)

TAKES: Mapping[Verb, Takes] = {
    Verb.IDENTIFY: Takes(),
    Verb.LIST_METADATA_FORMATS: Takes(optional=frozenset({"identifier"})),
    Verb.LIST_SETS: Takes(resumable=True),
    Verb.GET_RECORD: Takes(required=frozenset({"identifier", "metadataPrefix"})),
    Verb.LIST_IDENTIFIERS: _LISTS,
    Verb.LIST_RECORDS: _LISTS,
}


@dataclass(frozen=True, slots=True)
class Request:
    """A verb, and arguments that it takes."""

    verb: Verb
    arguments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Period:
    """From one second to another, both inclusive; None has no bound."""

    since: datetime | None
    until: datetime | None


def read(pairs: Pairs) -> Request:
    """Raises BadVerb and BadArgument."""
    verbs = [value for name, value in pairs if name == "verb"]
    if len(verbs) != 1 or verbs[0] not in TAKES:
        raise BadVerb(f"Ask for one of {', '.join(TAKES)}.")
    verb = Verb(verbs[0])
    repeated = [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]
    if repeated:
        raise BadArgument(f"{repeated[0]} is given several times.")
    arguments = {name: value for name, value in pairs if name != "verb"}
    _check(TAKES[verb], set(arguments))
    return Request(verb, arguments)


def period(arguments: Mapping[str, str]) -> Period:
    """What `from` and `until` ask for. Raises BadArgument."""
    given = {name: arguments[name] for name in ("from", "until") if name in arguments}
    if len({len(text) for text in given.values()}) > 1:
        raise BadArgument("from and until must have the same granularity.")
    bounds = {name: _moment(name, text) for name, text in given.items()}
    since, until = bounds.get("from"), bounds.get("until")
    if since and until and since > until:
        raise BadArgument("from must not be later than until.")
    if until and _DAY.fullmatch(given["until"]):
        until += timedelta(days=1, seconds=-1)
    return Period(since, until)


def utc_seconds(moment: datetime) -> str:
    """The protocol's spelling of a moment, which has four digits for any year."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _check(takes: Takes, given: set[str]) -> None:
    if takes.resumable and RESUMPTION_TOKEN in given:
        if len(given) > 1:
            raise BadArgument(f"Nothing else may be given with a {RESUMPTION_TOKEN}.")
        return
    for name in given - takes.required - takes.optional:
        raise BadArgument(f"{name} is no argument of this verb.")
    for name in takes.required - given:
        raise BadArgument(f"{name} is missing.")


def _moment(name: str, text: str) -> datetime:
    try:
        if _DAY.fullmatch(text) or _SECOND.fullmatch(text):
            return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError:  # outside of the calendar
        pass
    raise BadArgument(f"{name} must be like 2026-11-23 or 2026-11-23T12:00:00Z.")
