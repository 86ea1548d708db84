"""What other catalogues copy: whole things, by id, all of them or one catalogue's part."""

from base64 import b64encode
from datetime import UTC, datetime

import orjson
import pytest

from app.catalogue import bundles, catalogs, changes, copies, publishers, records, software
from app.catalogue.bundles import BundleDraft
from app.catalogue.catalogs import CatalogDraft
from app.catalogue.copies import Kind
from app.catalogue.entry import ROOT_ID, Identifier, Provenance, Scheme
from app.catalogue.publishers import Hosting, PublisherDraft
from app.catalogue.transaction import transaction
from app.database import Database, Session, reading
from app.ingest.submission import Source, prepare, submit
from tests.builders import a_file

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://git.example.org/storabro/felanmalan"


async def say(
    session: Session,
    data: bytes,
    catalog_id: str = ROOT_ID,
    source_id: str = "a.yml",
    provenance: Provenance | None = None,
) -> str:
    source = Source(catalog_id, source_id, provenance=provenance)
    said = await submit(session, source, data, await prepare(data), now=NOW)
    assert said.software_id
    return said.software_id


async def a_catalogue(session: Session, name: str) -> str:
    return (await catalogs.create(session, CatalogDraft(name=name), now=NOW)).id


async def test_a_software_comes_with_what_each_catalogue_says_of_it(database: Database) -> None:
    async with transaction(database) as session:
        other = await a_catalogue(session, "Nord")
        id = await say(session, a_file(URL))
        assert await say(session, a_file(URL + ".git", name="Annan"), other) == id

    async with reading(database) as session:
        whole = (await copies.of(session, Kind.SOFTWARE, [id, "unknown"]))[id]
        part = (await copies.of(session, Kind.SOFTWARE, [id], catalog_id=other))[id]
        shown = await software.get(session, id)
        shown_there = await software.get(session, id, catalog_id=other)

    assert whole.document == shown.document
    said = sorted((orjson.loads(each) for each in whole.records), key=lambda each: each["url"])
    assert [each.get("catalogId") for each in said] == [None, other]
    assert [each["url"] for each in said] == [URL, URL + ".git"]
    assert said[0]["publiccodeYml"] == a_file(URL).decode()
    assert said[0]["origin"] is None
    assert part.document == shown_there.document
    assert [orjson.loads(each) for each in part.records] == [said[1]]


async def test_a_record_comes_with_its_evidence(database: Database) -> None:
    known = (Identifier(Scheme.WIKIDATA, "Q42"), Identifier(Scheme.SWHID, "swh:1:ori:1"))
    async with transaction(database) as session:
        id = await say(session, a_file(URL))
    async with transaction(database) as session:
        await say(session, a_file(URL), provenance=Provenance(identifiers=known))

    async with reading(database) as session:
        (record,) = (await copies.of(session, Kind.SOFTWARE, [id]))[id].records
        head = await changes.head(session)

    assert head.sequence == 2
    assert orjson.loads(record)["identifiers"] == [
        {"scheme": "swhid", "value": "swh:1:ori:1"},
        {"scheme": "wikidata", "value": "Q42"},
    ]


async def test_no_byte_of_a_file_is_lost(database: Database) -> None:
    latin = a_file(URL).replace("Felanmälan".encode(), "Felanmälan".encode("latin-1"))
    async with transaction(database) as session:
        id = await say(session, a_file(URL))
        await say(session, latin)

    async with reading(database) as session:
        (record,) = (await copies.of(session, Kind.SOFTWARE, [id]))[id].records

    assert orjson.loads(record)["publiccodeYmlBase64"] == b64encode(latin).decode()
    assert "publiccodeYml" not in orjson.loads(record)


async def test_everything_is_found_once_and_in_order(database: Database) -> None:
    async with transaction(database) as session:
        ids = [await say(session, a_file(f"{URL}/{n}"), source_id=f"{n}.yml") for n in range(7)]
        await records.withdraw(session, ids.pop(), reason="removed", now=NOW)

    found: list[str] = []
    async with reading(database) as session:
        while page := await copies.after(session, Kind.SOFTWARE, found[-1] if found else "", 4):
            found += [each.id for each in page]

    assert found == sorted(ids)


async def test_a_catalogue_has_a_part_of_everything(database: Database) -> None:
    async with transaction(database) as session:
        here = await a_catalogue(session, "Nord")
        there = await a_catalogue(session, "Syd")
        ours = await say(session, a_file(URL), here)
        theirs = await say(session, a_file(URL + "/2"), there)
        publisher = await publishers.create(
            session,
            PublisherDraft(description="Valchiara", code_hosting=(Hosting(URL),)),
            catalog_id=here,
            now=NOW,
        )
        bundle = await bundles.create(
            session, BundleDraft(name="Both", software_ids=(ours, theirs)), now=NOW
        )

    async def ids(kind: Kind, catalog_id: str | None = None) -> list[str]:
        return [each.id for each in await copies.after(session, kind, "", 9, catalog_id=catalog_id)]

    async with reading(database) as session:
        assert await ids(Kind.SOFTWARE) == sorted([ours, theirs])
        assert await ids(Kind.CATALOG) == sorted([here, there])
        assert await ids(Kind.PUBLISHER) == [publisher.id]
        assert await ids(Kind.BUNDLE) == [bundle.id]
        assert await ids(Kind.SOFTWARE, here) == [ours]
        assert await ids(Kind.CATALOG, here) == [here]
        assert await ids(Kind.PUBLISHER, there) == []
        assert await ids(Kind.BUNDLE, here) == []
        (copy,) = await copies.after(session, Kind.PUBLISHER, "", 9)
        assert copy.document == publisher.document
