"""The six verbs: what each answers, and what it refuses."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TypeAlias

from anyio import to_thread

from app.catalogue import catalogs, profiles, sets
from app.catalogue.errors import CatalogNotFound
from app.catalogue.profiles import Profile
from app.catalogue.sets import Kind, Member, Selection, Set
from app.database import Session
from app.federation import xml
from app.federation.formats import oai_pmh
from app.federation.formats.oai_pmh import Header, Origin, Resumption
from app.federation.oai import arguments, setspecs, tokens
from app.federation.oai.arguments import RESUMPTION_TOKEN, Pairs, Request, Verb, utc_seconds
from app.federation.oai.disseminations import FORMATS, Format
from app.federation.oai.errors import (
    BadArgument,
    BadResumptionToken,
    BadVerb,
    CannotDisseminateFormat,
    IdDoesNotExist,
    NoMetadataFormats,
    NoRecordsMatch,
    ProtocolError,
)
from app.federation.oai.repository import Repository
from app.federation.oai.tokens import Progress
from app.head import Head

HEADERS_FOR_A_RECORD = 5
"""How many headers are sent in place of a record."""

PUBLICCODE = "https://yml.publiccode.tools/"
"""The format in which descriptions come to us."""


@dataclass(frozen=True, slots=True)
class Question:
    """A request, with all that it takes to answer it."""

    session: Session
    repository: Repository
    head: Head
    now: datetime
    request: Request


async def answer(
    session: Session, repository: Repository, head: Head, pairs: Pairs, *, now: datetime
) -> bytes:
    """The reply to these arguments, which is a document of the protocol whatever they are."""
    echoed: Mapping[str, str] = {}
    try:
        request = arguments.read(pairs)
        content = await VERBS[request.verb](Question(session, repository, head, now, request))
        echoed = dict(pairs)
    except ProtocolError as error:
        content = oai_pmh.error(error.code, str(error))
        if not isinstance(error, BadVerb | BadArgument):
            echoed = dict(pairs)
    return oai_pmh.reply(utc_seconds(now), repository.base_url, echoed, [content])


async def _identify(question: Question) -> xml.Element:
    repository = question.repository
    earliest = await sets.earliest(question.session, repository.among)
    return oai_pmh.identify(
        [
            ("repositoryName", repository.name),
            ("baseURL", repository.base_url),
            ("protocolVersion", "2.0"),
            ("adminEmail", repository.admin),
            ("earliestDatestamp", utc_seconds(earliest or question.now)),
            ("deletedRecord", "persistent"),
            ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
            ("compression", "gzip"),
        ],
        repository.domain,
        repository.sample,
    )


async def _list_metadata_formats(question: Question) -> xml.Element:
    """All there are, for every record that is not deleted."""
    identifier = question.request.arguments.get("identifier")
    if identifier is not None and (await _member(question, identifier)).gone:
        raise NoMetadataFormats("This record is deleted.")
    base = question.repository.public_url
    return oai_pmh.metadata_formats(
        (prefix, each.schema_at(base), each.namespace) for prefix, each in FORMATS.items()
    )


async def _list_sets(question: Question) -> xml.Element:
    if RESUMPTION_TOKEN in question.request.arguments:
        raise BadResumptionToken("All sets come at once.")
    used = await sets.used(question.session, question.repository.among)
    named = await _catalogs(question, used)
    spelled = {id: name.spelled for id, name in named.items()}
    return oai_pmh.sets(
        [
            *((str(kind), title) for kind, title in setspecs.TITLES.items()),
            *((setspecs.spell(each, spelled), _title(each, named)) for each in used),
        ]
    )


async def _get_record(question: Question) -> xml.Element:
    found = await _member(question, question.request.arguments["identifier"])
    _check_format(question.request.arguments["metadataPrefix"])
    return oai_pmh.listed(
        question.request.verb,
        await _records(question, [found], question.request.arguments["metadataPrefix"]),
    )


Write: TypeAlias = Callable[[Question, Sequence[Member], str], Awaitable[list[xml.Element]]]
"""Makes elements of records; the last argument is the metadata prefix."""


async def _list(question: Question, write: Write) -> xml.Element:
    """A page of a list, from its beginning or where a token says.

    Where all that was left has changed since, the last page is empty; it will be in the next harvest.
    """
    token = question.request.arguments.get(RESUMPTION_TOKEN)
    progress = await _begun(question) if token is None else _resumed(question, token)
    size = question.repository.page
    if progress.verb is Verb.LIST_IDENTIFIERS:
        size *= HEADERS_FOR_A_RECORD
    found = await sets.members(question.session, progress.selection, progress.after, size + 1)
    if not found and token is None:
        raise NoRecordsMatch("Nothing is like this.")
    shown, more = found[:size], len(found) > size
    resumption = None
    if more:
        going_on = replace(progress, sent=progress.sent + size, after=shown[-1].place)
        resumption = Resumption(tokens.encode(going_on), progress.size, progress.sent)
    elif token is not None:
        resumption = Resumption("", progress.size, progress.sent)
    return oai_pmh.listed(progress.verb, await write(question, shown, progress.prefix), resumption)


async def _begun(question: Question) -> Progress:
    given = question.request.arguments
    period = arguments.period(given)
    _check_format(given["metadataPrefix"])
    selection = Selection(
        among=question.repository.among,
        within=await _set(question, given["set"]) if "set" in given else None,
        since=period.since,
        until=period.until,
        last=question.head.sequence,
    )
    return Progress(
        verb=question.request.verb,
        prefix=given["metadataPrefix"],
        epoch=question.head.epoch,
        selection=selection,
        size=await sets.count(question.session, selection),
    )


def _resumed(question: Question, token: str) -> Progress:
    progress = tokens.decode(token)
    if (progress.verb, progress.epoch, progress.selection.among) != (
        question.request.verb,
        question.head.epoch,
        question.repository.among,
    ) or progress.prefix not in FORMATS:
        raise BadResumptionToken("This token is for another list.")
    return progress


def _check_format(prefix: str) -> None:
    if prefix not in FORMATS:
        raise CannotDisseminateFormat(f"There are {', '.join(FORMATS)}.")


async def _set(question: Question, spec: str) -> Set | Kind:
    """A catalogue that is gone is still found by its id, which it is listed by from then on."""
    found = setspecs.read(spec)
    if isinstance(found, Set) and found.kind is Kind.CATALOG:
        with suppress(CatalogNotFound):
            return replace(found, value=await catalogs.resolve(question.session, found.value))
    return found


async def _member(question: Question, identifier: str) -> Member:
    id = question.repository.id_of(identifier)
    found = await sets.member(question.session, id, question.repository.among) if id else None
    if found is None:
        raise IdDoesNotExist("There is no such record, and never was.")
    return found


async def _headers(question: Question, found: Sequence[Member], _prefix: str) -> list[xml.Element]:
    return [oai_pmh.header(each) for each in (await _heads(question, found)).values()]


async def _heads(question: Question, found: Sequence[Member]) -> dict[str, Header]:
    """`{software id: header}`, in the same order"""
    sets_of = await sets.of(question.session, [each.id for each in found])
    named = await _catalogs(question, {each for several in sets_of.values() for each in several})
    spelled = {id: name.spelled for id, name in named.items()}
    return {
        each.id: Header(
            identifier=question.repository.identifier(each.id),
            datestamp=utc_seconds(each.place.datestamp),
            sets=[setspecs.spell(one, spelled) for one in sets_of.get(each.id, ())],
            deleted=each.gone,
        )
        for each in found
    }


async def _records(question: Question, found: Sequence[Member], prefix: str) -> list[xml.Element]:
    heads = await _heads(question, found)
    described = await profiles.some(
        question.session,
        [each.id for each in found if not each.gone],
        catalog_id=question.repository.catalog_id,
    )
    return await to_thread.run_sync(
        _written, question.repository, FORMATS[prefix], heads.items(), described
    )


def _written(
    repository: Repository,
    format: Format,
    heads: Iterable[tuple[str, Header]],
    described: Mapping[str, Profile],
) -> list[xml.Element]:
    """Nothing here waits for anything, so it is done where it holds up nobody."""
    return [
        oai_pmh.record(header, format.write(profile, repository.uris), _origins(profile))
        if (profile := described.get(id))
        else oai_pmh.record(header, None)
        for id, header in heads
    ]


def _origins(profile: Profile) -> Iterable[Origin]:
    """Where a description came from, if that was another catalogue."""
    return (
        Origin(
            base_url=source.origin_catalog,
            identifier=source.origin_id or profile.urls[0],
            datestamp=utc_seconds(source.updated_at),
            namespace=PUBLICCODE,
            harvested=utc_seconds(source.updated_at),
        )
        for source in profile.sources
        if source.origin_catalog
    )


async def _catalogs(question: Question, among: Collection[Set]) -> dict[str, catalogs.Called]:
    ids = {each.value for each in among if each.kind is Kind.CATALOG}
    return await catalogs.called(question.session, ids)


def _title(each: Set, catalogs: Mapping[str, catalogs.Called]) -> str:
    """What a set is called: a catalogue by its name, all else by its value."""
    known = catalogs.get(each.value) if each.kind is Kind.CATALOG else None
    return known.name if known else each.value


VERBS: Mapping[Verb, Callable[[Question], Awaitable[xml.Element]]] = {
    Verb.IDENTIFY: _identify,
    Verb.LIST_METADATA_FORMATS: _list_metadata_formats,
    Verb.LIST_SETS: _list_sets,
    Verb.GET_RECORD: _get_record,
    Verb.LIST_IDENTIFIERS: partial(_list, write=_headers),
    Verb.LIST_RECORDS: partial(_list, write=_records),
}
