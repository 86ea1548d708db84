"""OAI-PMH, verb by verb and error by error."""

import base64
from datetime import timedelta

import orjson
import pytest
from lxml import etree
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalogue import catalogs, changes, records
from app.catalogue.catalogs import CatalogDraft
from app.catalogue.entry import ROOT_ID, Statement
from app.catalogue.sets import Kind, Set
from app.catalogue.standings import SETTLING
from app.catalogue.tables import Record
from app.catalogue.transaction import transaction
from app.database import Database
from app.federation.oai.arguments import utc_seconds
from app.federation.xml import LANGUAGE
from app.publiccode import validate
from tests.builders import a_file, texts
from tests.federation.repositories import (
    BASE,
    DC,
    NOON,
    OAI,
    Catalogue,
    error,
    items,
    states,
    text,
)

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)


@pytest.fixture
def catalogue(database: Database) -> Catalogue:
    return Catalogue(database)


def all_texts(element: etree._Element, name: str) -> list[str | None]:
    return [each.text for each in element.iter(f"{OAI}{name}")]


async def test_an_empty_catalogue_says_who_it_is_and_has_nothing(catalogue: Catalogue) -> None:
    reply = await catalogue.ask("Identify")
    assert [(each.tag.removeprefix(OAI), each.text) for each in list(reply[2])[:-1]] == [
        ("repositoryName", "Katalogen"),
        ("baseURL", f"{BASE}/oai"),
        ("protocolVersion", "2.0"),
        ("adminEmail", "postmaster@katalog.example.org"),
        ("earliestDatestamp", "2026-11-23T12:00:00Z"),
        ("deletedRecord", "persistent"),
        ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
        ("compression", "gzip"),
    ]
    assert [each.text for each in reply[2][-1][0]] == [
        "oai",
        "katalog.example.org",
        ":",
        "oai:katalog.example.org:00000000-0000-4000-8000-000000000000",
    ]
    assert all_texts(reply, "responseDate") == ["2026-11-23T12:00:00Z"]
    for verb in ("ListRecords", "ListIdentifiers"):
        assert error(await catalogue.ask(verb, metadataPrefix="oai_dc")) == "noRecordsMatch"
    kinds = ["catalog", "country", "license", "status", "lang"]
    assert all_texts(await catalogue.ask("ListSets"), "setSpec") == kinds


async def test_where_there_is_no_domain_no_scheme_of_identifiers_is_claimed(
    catalogue: Catalogue,
) -> None:
    id = await catalogue.put(1)
    for public_url in ("http://127.0.0.1:8000", "http://[::1]", "http://localhost"):
        other = catalogue.of(public_url=public_url)
        assert (await other.ask("Identify")).find(f".//{OAI}description") is None
        (header,) = await other.harvest()
        identifier = text(header, "identifier") or ""
        reply = await other.ask("GetRecord", identifier=identifier, metadataPrefix="oai_dc")
        assert identifier.endswith(id)
        assert text(reply, "identifier") == identifier


ERRORS = {
    "": "badVerb",
    "verb=": "badVerb",
    "verb=identify": "badVerb",
    "verb=Identify&verb=Identify": "badVerb",
    "verb=Identify&until=2026-11-23": "badArgument",
    "verb=Identify&=": "badArgument",
    "verb=GetRecord": "badArgument",
    "verb=GetRecord&identifier=x": "badArgument",
    "verb=GetRecord&metadataPrefix=oai_dc": "badArgument",
    "verb=GetRecord&identifier=x&metadataPrefix=oai_dc&set=country": "badArgument",
    "verb=GetRecord&identifier=x&metadataPrefix=oai_dc": "idDoesNotExist",
    "verb=GetRecord&identifier=oai:katalog.example.org:&metadataPrefix=oai_dc": "idDoesNotExist",
    "verb=GetRecord&identifier=oai:katalog.example.org:\0&metadataPrefix=oai_dc": "idDoesNotExist",
    "verb=GetRecord&identifier=oai:other.example.org:{id}&metadataPrefix=oai_dc": "idDoesNotExist",
    "verb=GetRecord&identifier=oai:katalog.example.org:{id}&metadataPrefix=x": (
        "cannotDisseminateFormat"
    ),
    "verb=ListMetadataFormats&identifier=x": "idDoesNotExist",
    "verb=ListMetadataFormats&identifier=oai:katalog.example.org:{gone}": "noMetadataFormats",
    "verb=ListMetadataFormats&identifier=x&identifier=y": "badArgument",
    "verb=ListMetadataFormats&metadataPrefix=oai_dc": "badArgument",
    "verb=ListSets&resumptionToken=x": "badResumptionToken",
    "verb=ListSets&set=country": "badArgument",
    "verb=ListRecords": "badArgument",
    "verb=ListRecords&metadataPrefix=": "cannotDisseminateFormat",
    "verb=ListRecords&metadataPrefix=marc": "cannotDisseminateFormat",
    "verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&colour=blue": "badArgument",
    "verb=ListRecords&resumptionToken=": "badResumptionToken",
    "verb=ListRecords&resumptionToken=å": "badResumptionToken",
    "verb=ListRecords&metadataPrefix=oai_dc&set=": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&set=colour:blue": "noRecordsMatch",
    "verb=ListRecords&metadataPrefix=oai_dc&set=all": "noRecordsMatch",
    "verb=ListRecords&metadataPrefix=oai_dc&set=all:": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&set=country:": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&set=country:SE:AB": "noRecordsMatch",
    "verb=ListRecords&metadataPrefix=oai_dc&set=città": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&set=country:~53E": "noRecordsMatch",
    "verb=ListRecords&metadataPrefix=oai_dc&set=country:~00": "noRecordsMatch",
    "verb=ListRecords&metadataPrefix=oai_dc&set=catalog:~FF": "noRecordsMatch",
    "verb=ListRecords&metadataPrefix=oai_dc&set=catalog:none": "noRecordsMatch",
    "verb=ListRecords&metadataPrefix=oai_dc&from=": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=yesterday": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-30": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2026-11": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2026-11-23T12:00:00": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2026-11-23T12:00:00.0Z": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2026-11-23T12:00:00%2B00:00": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&until=٢٠٢٦-11-23": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2026-11-23&until=2026-11-23T23:59:59Z": (
        "badArgument"
    ),
    "verb=ListRecords&metadataPrefix=oai_dc&from=2026-11-24&until=2026-11-23": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&until=0001-01-01": "noRecordsMatch",
    "verb=ListRecords&metadataPrefix=oai_dc&from=9999-12-31T23:59:59Z": "noRecordsMatch",
    "verb=ListRecords&metadataPrefix=oai_dc&from=0001-01-01&until=9999-12-31": None,
    "verb=ListIdentifiers&metadataPrefix=publiccode_json&until=2026-11-23": None,
}


async def test_every_error_has_its_code_and_only_understood_arguments_come_back(
    catalogue: Catalogue,
) -> None:
    ids = {"id": await catalogue.put(1), "gone": await catalogue.put(2)}
    await catalogue.delete(ids["gone"])
    for query, code in ERRORS.items():
        parts = (part.partition("=") for part in query.split("&") if part)
        pairs = [(name, value.format_map(ids)) for name, _, value in parts]
        reply = await catalogue.ask_pairs(pairs)
        assert error(reply) == code, query
        request = reply.find(f"{OAI}request")
        assert request is not None
        assert request.text == f"{BASE}/oai"
        silent = code in ("badVerb", "badArgument")
        expected = {name: value.replace("\0", "\ufffd") for name, value in pairs}
        assert dict(request.items()) == ({} if silent else expected), query


async def test_a_record_says_in_every_language_what_the_software_is(catalogue: Catalogue) -> None:
    id = await catalogue.put(
        1,
        description={
            "en": texts(shortDescription="Report \x01 & <b>"),
            "sv": texts(localisedName="Felanmälan", shortDescription="Anmäl fel"),
        },
        intendedAudience={"countries": ["SE"]},
        organisation={"name": "Storabro", "uri": "https://storabro.example.org/"},
        maintenance={"type": "internal", "contacts": [{"name": "Jane Doe"}]},
    )
    identifier = f"oai:katalog.example.org:{id}"
    reply = await catalogue.ask("GetRecord", identifier=identifier, metadataPrefix="oai_dc")
    said = [
        (each.tag.removeprefix(DC), each.text, each.get(LANGUAGE))
        for each in reply.iter(f"{DC}*")
        if each.tag != f"{DC}description"
    ]
    assert said == [
        ("title", "Felanmälan", None),
        ("title", "Felanmälan", "sv"),
        ("creator", "Storabro", None),
        ("publisher", "Storabro", None),
        ("type", "Software", None),
        ("type", "standalone/web", None),
        ("format", "web", None),
        ("identifier", f"{BASE}/id/software/{id}", None),
        ("identifier", "https://git.example.org/storabro/1", None),
        ("language", "sv", None),
        ("coverage", "SE", None),
        ("rights", "EUPL-1.2", None),
    ]
    descriptions = {each.get(LANGUAGE): each.text for each in reply.iter(f"{DC}description")}
    assert set(descriptions) == {"en", "sv"}
    assert b"Report \xef\xbf\xbd &amp; &lt;b&gt;" in etree.tostring(reply, encoding="UTF-8")
    assert b"Jane Doe" not in etree.tostring(reply)
    sets = ["catalog:~E2~88~85", "country:SE", "lang:sv", "license:EUPL-1.2", "status:stable"]
    assert all_texts(reply, "setSpec") == sets
    assert text(reply, "datestamp") == "2026-11-23T12:01:05Z"


async def test_every_format_is_described_and_holds_hostile_texts(catalogue: Catalogue) -> None:
    hostile = "]]> &amp; <!DOCTYPE x> \ufffe \uffff \x00\x0b\x1f\x7f\u2028 \U0001f4be \r\n"
    id = await catalogue.put(
        1, name=hostile, landingURL="https://h.example/ <'\"", usedBy=[hostile]
    )
    identifier = f"oai:katalog.example.org:{id}"
    formats = (await catalogue.ask("ListMetadataFormats", identifier=identifier))[2]
    assert [each[0].text for each in formats] == ["oai_dc", "dcat_ap", "publiccode_json"]
    assert formats[2][1].text == f"{BASE}/oai/publiccode_json.xsd"
    for prefix, _, namespace in formats:
        reply = await catalogue.ask(
            "GetRecord", identifier=identifier, metadataPrefix=prefix.text or ""
        )
        (metadata,) = reply.iter(f"{OAI}metadata")
        assert etree.QName(metadata[0]).namespace == namespace.text
        if prefix.text == "publiccode_json":
            assert orjson.loads(metadata[0].text or "")["usedBy"] == [hostile]


async def test_what_is_deleted_says_so_for_ever(catalogue: Catalogue) -> None:
    kept, gone = await catalogue.put(1), await catalogue.put(2)
    before = catalogue.now
    await catalogue.delete(gone)
    assert states(await catalogue.harvest("ListRecords")) == {kept: True, gone: False}
    for within in ("status", "status:stable", "license:EUPL-1.2", "catalog:~E2~88~85"):
        assert states(await catalogue.harvest(set=within)) == {kept: True, gone: False}
    since = utc_seconds(before + MINUTE)
    assert states(await catalogue.harvest(from_=since)) == {gone: False}
    (record,) = items(
        await catalogue.ask(
            "GetRecord",
            identifier=f"oai:katalog.example.org:{gone}",
            metadataPrefix="oai_dc",
        )
    )
    assert [each.tag for each in record] == [f"{OAI}header"]
    assert record[0].get("status") == "deleted"


async def test_from_and_until_are_part_of_what_is_asked_for(catalogue: Catalogue) -> None:
    ids = [await catalogue.put(number) for number in range(3)]
    stamps = [utc_seconds(NOON + SETTLING + MINUTE * number) for number in (1, 2, 3)]
    assert (
        all_texts(await catalogue.ask("ListIdentifiers", metadataPrefix="oai_dc"), "datestamp")
        == stamps
    )
    for since, until, expected in (
        (1, 1, ids[1:2]),
        (0, 1, ids[:2]),
        (1, 2, ids[1:]),
    ):
        found = await catalogue.harvest(from_=stamps[since], until=stamps[until])
        assert list(states(found)) == expected
    assert list(states(await catalogue.harvest(from_="2026-11-23", until="2026-11-23"))) == ids
    assert text(await catalogue.ask("Identify"), "earliestDatestamp") == stamps[0]


async def test_a_list_in_pages_is_whole_while_others_write(catalogue: Catalogue) -> None:
    small = catalogue.of(page=2)
    ids = [await small.put(number) for number in range(7)]
    first = await small.ask("ListRecords", metadataPrefix="oai_dc")
    began = small.now
    await small.put(3, developmentStatus="beta")  # not sent yet
    await small.put(0, developmentStatus="beta")  # sent already
    await small.delete(ids[5])
    new = await small.put(9)

    found, places = items(first), []
    reply = first
    while token := text(reply, "resumptionToken"):
        element = reply.find(f".//{OAI}resumptionToken")
        assert element is not None
        places.append((element.get("cursor"), element.get("completeListSize")))
        assert states(items(await small.ask("ListRecords", resumptionToken=token)))
        reply = await small.ask("ListRecords", resumptionToken=token)
        found += items(reply)
    last = reply.find(f".//{OAI}resumptionToken")
    assert last is not None
    assert (last.text, last.get("cursor"), last.get("completeListSize")) == (None, "4", "7")
    assert places == [("0", "7"), ("2", "7")]

    copy = states(found)
    assert list(copy) == [ids[0], ids[1], ids[2], ids[4], ids[6]]
    copy |= states(await small.harvest("ListRecords", from_=utc_seconds(began)))
    assert copy == dict.fromkeys([*ids, new], True) | {ids[5]: False}


async def test_a_list_of_which_nothing_is_left_ends(catalogue: Catalogue) -> None:
    small = catalogue.of(page=1)
    ids = [await small.put(number) for number in range(2)]
    first = await small.ask("ListRecords", metadataPrefix="oai_dc")
    await small.delete(ids[1])
    last = await small.ask("ListRecords", resumptionToken=text(first, "resumptionToken") or "")
    assert items(last) == []
    assert text(last, "resumptionToken") is None


async def test_only_our_tokens_lead_on_and_only_in_their_list(catalogue: Catalogue) -> None:
    small = catalogue.of(page=1)
    for number in range(2):
        await small.put(number)
    reply = await small.ask(
        "ListRecords", metadataPrefix="oai_dc", set="status", until="2027-01-01"
    )
    token = text(reply, "resumptionToken") or ""
    assert len(items(await small.ask("ListRecords", resumptionToken=token))) == 1
    other = small.of(among=Set(Kind.CATALOG, "other"))
    assert error(await other.ask("ListRecords", resumptionToken=token)) == "badResumptionToken"
    wrong = await small.ask("ListIdentifiers", resumptionToken=token)
    assert error(wrong) == "badResumptionToken"

    content = orjson.loads(base64.urlsafe_b64decode(token))
    values: tuple[object, ...] = (
        None,
        [],
        [[]],
        {},
        {"a": 1},
        -1,
        2**63,
        1.5,
        "",
        "\0",
        "x",
        ["x"],
        ["status", 1],
        True,
    )
    forged = [
        [*content[:place], value, *content[place + 1 :]]
        for place in range(len(content))
        for value in values
        if value != content[place]
    ]
    for one in (*forged, [], {}, None, content[1:], [*content, 1]):
        spelled = base64.urlsafe_b64encode(orjson.dumps(one)).decode()
        reply = await small.ask("ListRecords", resumptionToken=spelled)
        assert error(reply) in (None, "badResumptionToken"), one
    for spelled in (token[:-4], token + "AAAA", token + " ", token.rstrip("=")[:-1], "W10="):
        reply = await small.ask("ListRecords", resumptionToken=spelled)
        assert error(reply) == "badResumptionToken"


async def test_a_catalogue_is_a_repository_of_its_own(catalogue: Catalogue) -> None:
    async with transaction(catalogue.database) as session:
        draft = CatalogDraft(name="Valchiara", alternative_id="val:chiarà~")
        entry = await catalogs.create(session, draft, now=NOON)
    only = catalogue.of(among=Set(Kind.CATALOG, entry.id), base_url=f"{BASE}/v1/catalogs/x/oai")
    both = await catalogue.put(1)
    assert await catalogue.put(1, catalog=entry.id, name="Annat namn") == both
    mine = await catalogue.put(2, catalog=entry.id)
    root = await catalogue.put(3)

    spec = "catalog:val~3Achiar~C3~A0~7E"
    assert states(await catalogue.harvest(set=spec)) == {both: True, mine: True}
    assert states(await only.harvest()) == {both: True, mine: True}
    named = {
        text(each, "setSpec"): text(each, "setName")
        for each in (await catalogue.ask("ListSets"))[2]
    }
    assert named[spec] == "Valchiara"
    identifier = f"oai:katalog.example.org:{both}"
    shown = await only.ask("GetRecord", identifier=identifier, metadataPrefix="oai_dc")
    (title,) = shown.iter(f"{DC}title")
    assert title.text == "Annat namn"
    missing = await only.ask(
        "GetRecord", identifier=f"oai:katalog.example.org:{root}", metadataPrefix="oai_dc"
    )
    assert error(missing) == "idDoesNotExist"

    await catalogue.delete(both, catalogs=[entry.id])
    await catalogue.delete(mine)
    assert states(await only.harvest("ListRecords")) == {both: False, mine: False}
    assert states(await only.harvest(set="status:stable")) == {both: False, mine: False}
    assert states(await catalogue.harvest(set=spec)) == {mine: False}
    assert states(await catalogue.harvest()) == {both: True, mine: False, root: True}


async def test_what_came_from_elsewhere_says_where_from(catalogue: Catalogue) -> None:
    """Records of others are written by harvesting, which sets their origin."""
    id = await catalogue.put(1)
    async with transaction(catalogue.database) as session:
        await session.execute(
            update(Record).values(origin_catalog="https://catalogo.example.it", origin_id="urn:x:1")
        )
    (record,) = items(
        await catalogue.ask(
            "GetRecord", identifier=f"oai:katalog.example.org:{id}", metadataPrefix="oai_dc"
        )
    )
    (origin,) = record.iter("{http://www.openarchives.org/OAI/2.0/provenance}originDescription")
    assert origin.get("altered") == "true"
    assert [each.text for each in origin][:2] == ["https://catalogo.example.it", "urn:x:1"]


async def test_a_catalogue_that_is_gone_leaves_its_set(catalogue: Catalogue) -> None:
    async with transaction(catalogue.database) as session:
        entry = await catalogs.create(session, CatalogDraft(name="X", alternative_id="x"), now=NOON)
    id = await catalogue.put(1, catalog=entry.id)
    await catalogue.delete(id)
    async with transaction(catalogue.database) as session:
        await catalogs.remove(session, "x", now=NOON)
    (header,) = await catalogue.harvest()
    spec = text(header, "setSpec") or ""
    assert spec == f"catalog:{entry.id}"
    assert states(await catalogue.harvest(set=spec)) == {id: False}


async def test_what_was_dated_before_a_reply_and_committed_after_it_is_not_missed(
    catalogue: Catalogue,
) -> None:
    """Neither by who goes on from the reply, nor by who goes on from the latest date."""
    await catalogue.put(1)
    data = a_file("https://git.example.org/late")
    late = Statement(ROOT_ID, "late", data, validate(data), ("https://git.example.org/late",))
    async with AsyncSession(catalogue.database.writing) as session, session.begin():
        _, id = await records.write(session, late, now=NOON)
        await changes.number(session, now=catalogue.now)
        catalogue.now += timedelta(seconds=4)
        reply = await catalogue.ask("ListIdentifiers", metadataPrefix="oai_dc")
        assert id not in states(items(reply))

    for since in (text(reply, "responseDate"), text(reply, "datestamp")):
        assert states(await catalogue.harvest(from_=since or ""))[id]
