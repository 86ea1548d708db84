"""What is known of software without a file: stored as such, and gone as soon as there is a file."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from app.catalogue import catalogs, copies, records, software, versions
from app.catalogue.catalogs import CatalogDraft
from app.catalogue.copies import Kind
from app.catalogue.entry import ROOT_ID, Outcome, Submitted
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.ingest import known
from app.ingest.editing import SoftwareDraft, SoftwareEdit, create, revise
from app.ingest.submission import Source, Submission, prepare, put, submit_all
from app.publiccode.known import Known
from tests.builders import a_file

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://git.example.org/storabro/felanmalan"
SOURCE = Source(ROOT_ID, "17")
TOLD = Known(name="felanmalan", description="Trasiga lampor", language="sv", license="EUPL-1.2")


def entry(told: Known = TOLD, source: Source = SOURCE) -> Submission:
    return known.submission(source, told, URL)


async def file(source: Source = SOURCE, data: bytes | None = None) -> Submission:
    data = a_file(URL) if data is None else data
    return Submission(source, data, await prepare(data))


async def submit(database: Database, submission: Submission, *, minute: int = 0) -> Submitted:
    async with transaction(database) as session:
        [submitted] = await submit_all(session, [submission], now=NOON + timedelta(minutes=minute))
    return submitted


async def seen(database: Database, id: str | None) -> dict[str, dict[str, Any]]:
    """The software, the line of search results, and its only record."""
    assert id is not None
    async with reading(database) as session:
        copy = (await copies.of(session, Kind.SOFTWARE, [id], with_index=True))[id]
    [record] = copy.records
    return {
        "software": orjson.loads(copy.document),
        "item": orjson.loads(copy.item),
        "record": orjson.loads(record),
    }


async def test_what_is_known_is_stored_in_the_index_tier(database: Database) -> None:
    submitted = await submit(database, entry())

    assert submitted.outcome is Outcome.CREATED
    found = await seen(database, submitted.software_id)
    assert found["software"]["publiccodeYml"] == ""
    assert found["item"] == {
        **found["item"],
        "tier": "index",
        "valid": False,
        "name": "felanmalan",
        "shortDescription": "Trasiga lampor",
        "language": "sv",
        "license": "EUPL-1.2",
    }
    assert (found["record"]["tier"], found["record"]["valid"]) == ("index", False)
    assert found["record"]["known"] == {
        "name": "felanmalan",
        "description": "Trasiga lampor",
        "language": "sv",
        "license": "EUPL-1.2",
    }
    assert "publiccodeYml" not in found["record"]


async def test_the_same_again_changes_nothing(database: Database) -> None:
    await submit(database, entry())

    again = await submit(database, entry(), minute=1)

    assert again.outcome is Outcome.UNCHANGED


async def test_without_an_address_it_waits_in_quarantine(database: Database) -> None:
    submitted = await submit(database, known.submission(SOURCE, TOLD, None))

    assert submitted.outcome is Outcome.QUARANTINED


async def test_file_of_the_same_source_replaces_it(database: Database) -> None:
    before = await submit(database, entry())

    after = await submit(database, await file(), minute=1)

    assert (after.outcome, after.software_id) == (Outcome.UPDATED, before.software_id)
    found = await seen(database, after.software_id)
    assert (found["item"]["tier"], found["item"]["valid"]) == ("published", True)
    assert found["item"]["name"] == "Felanmälan"
    assert found["software"]["publiccodeYml"].encode() == a_file(URL)


async def test_broken_file_is_not_described_by_what_was_known(database: Database) -> None:
    await submit(database, entry())

    after = await submit(
        database,
        Submission(SOURCE, b"name: [", await prepare(b"name: ["), URL),
        minute=1,
    )

    found = await seen(database, after.software_id)
    assert (found["item"]["tier"], found["item"]["name"]) == ("published", None)


async def test_last_description_does_not_outlive_its_file(database: Database) -> None:
    await submit(database, await file())

    after = await submit(database, entry(), minute=1)

    found = await seen(database, after.software_id)
    assert (found["item"]["tier"], found["item"]["name"]) == ("index", "felanmalan")
    assert "stale" not in found["item"]
    async with reading(database) as session:
        record = await records.addressed(session, after.software_id or "")
        texts = await versions.of_record(session, record)
    assert [text.raw for text in texts] == [a_file(URL)]


async def test_only_files_are_versions(database: Database) -> None:
    await submit(database, entry())
    await submit(database, entry(Known(name="felanmälan")), minute=1)
    after = await submit(database, await file(), minute=2)

    async with reading(database) as session:
        record = await records.addressed(session, after.software_id or "")
        texts = await versions.of_record(session, record)
    assert [text.raw for text in texts] == [a_file(URL)]


async def test_file_of_another_catalogue_is_not_mixed_with_it(database: Database) -> None:
    before = await submit(database, entry())
    bare = a_file(URL, legal=None)
    async with transaction(database) as session:
        other = await catalogs.create(session, CatalogDraft(name="Grannen"), now=NOON)

    after = await submit(database, await file(Source(other.id, "a.yml"), bare), minute=1)

    assert after.software_id == before.software_id
    async with reading(database) as session:
        copy = (await copies.of(session, Kind.SOFTWARE, [after.software_id or ""])).popitem()[1]
    item, shown = orjson.loads(copy.item), orjson.loads(copy.document)
    assert (item["tier"], item["license"], item["language"]) == ("published", None, "en")
    assert shown["publiccodeYml"].encode() == bare


async def test_post_of_its_address_gives_it_a_file(database: Database) -> None:
    before = await submit(database, entry())

    async with transaction(database) as session:
        after = await create(session, SoftwareDraft(URL, a_file(URL).decode()), now=NOON)

    assert after.id == before.software_id
    found = await seen(database, after.id)
    assert found["item"]["tier"] == "published"


async def test_put_at_its_address_gives_it_a_file(database: Database) -> None:
    before = await submit(database, entry())

    async with transaction(database) as session:
        data = a_file(URL)
        after = await put(session, URL, data, await prepare(data), now=NOON)

    assert after.software_id == before.software_id
    assert (await seen(database, after.software_id))["item"]["tier"] == "published"


async def test_edit_without_a_text_leaves_it_in_its_tier(database: Database) -> None:
    before = await submit(database, entry())

    async with transaction(database) as session:
        held = await records.held(session, before.software_id or "")
        await revise(session, held, SoftwareEdit(active=False), now=NOON)

    found = await seen(database, before.software_id)
    assert (found["item"]["tier"], found["item"]["name"]) == ("index", "felanmalan")
    assert found["software"]["active"] is False


async def test_hostile_words_are_stored(database: Database) -> None:
    told = Known(name="\ud800\0" + "x" * 10_000, description="\x7f\u2028" * 100_000, topics=("\0",))

    submitted = await submit(database, entry(told))

    async with reading(database) as session:
        found = await software.get(session, submitted.software_id or "")
    assert found.id == submitted.software_id
