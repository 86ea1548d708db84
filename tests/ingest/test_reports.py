"""What is known of files spares reading them again, and is the same as if they were."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.catalogue import documents, records
from app.catalogue.entry import ROOT_ID
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.ingest.reports import reports
from app.ingest.submission import Source, Submission, submit_all
from app.publiccode import Finding, Report, validate
from app.publiccode.fingerprint import fingerprint
from tests.builders import a_file

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CONFORMANCE = Path(__file__).parents[1] / "conformance"
FILES = sorted((*CONFORMANCE.glob("valid/*.yml"), *CONFORMANCE.glob("valid_with_warnings/*.yml")))


async def store(
    database: Database, file: bytes, checked: str, *, report: Report | None = None
) -> None:
    async with transaction(database) as session:
        submission = Submission(
            Source(ROOT_ID, "a.yml"), file, report or validate(file), checked=checked
        )
        await submit_all(session, [submission], now=NOW)


async def known(database: Database, file: bytes) -> bool:
    async with reading(database) as session:
        hashes = [documents.content_hash(file)]
        return bool(await records.reports(session, hashes, checked=fingerprint()))


def test_stored_report_is_the_same_as_the_one_that_was_made() -> None:
    assert FILES
    for file in FILES:
        made = validate(file.read_bytes())
        assert made.description
        stored = documents.report_json(made), documents.description_json(made.description)
        read = documents.read_report(*stored)
        assert read == made, file.name


async def test_known_file_is_not_read_again(database: Database) -> None:
    """What is kept of it here is not what reading it again would say, so that it shows."""
    file = a_file()
    kept = replace(validate(file), findings=(Finding("byte-order-mark", "", extra=True),))
    await store(database, file, fingerprint(), report=kept)

    [known] = await reports(database, [file], major=0)
    assert known.report == kept
    [anew] = await reports(database, [file], major=1)
    assert anew.report == validate(file), "another validator's rules"


async def test_what_another_validator_read_is_read_again_once(database: Database) -> None:
    file = a_file()
    await store(database, file, "older")
    assert not await known(database, file)

    await store(database, file, fingerprint())

    assert await known(database, file)


async def test_faulty_file_is_read_every_time(database: Database) -> None:
    """Its record may hold what an earlier text said."""
    file = a_file(developmentStatus="finished")
    await store(database, file, fingerprint())
    assert not await known(database, file)
    [read] = await reports(database, [file], major=0)
    assert read.report == validate(file)


def test_fingerprint_is_of_one_validator() -> None:
    assert fingerprint() == fingerprint(0) != fingerprint(1)
