"""What a repository is whose file says that it is elsewhere, or that it is made from something."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import orjson
import pytest

from app.catalogue import software
from app.catalogue.entry import ROOT_ID, Identifier, Provenance, Scheme, Tier
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.federation.driver import Forked, HarvestedRecord, Known
from app.federation.forks import Kind, classify, settle
from app.ingest import known
from app.ingest.submission import Source, Submission, submit_all
from app.publiccode import Description, validate
from tests.builders import a_file

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FORGE = "https://gitlab.example.org"
HERE, THERE = f"{FORGE}/jane/app", f"{FORGE}/city/app"
OTHER = "https://github.com/other/base"
FORK = Forked(parent=THERE)


@pytest.mark.parametrize(
    ("declared", "based_on", "forked", "kind"),
    [
        (HERE, (), None, Kind.ORIGINAL),
        (f"{HERE}.git/", (), None, Kind.ORIGINAL),
        (None, (), None, Kind.ORIGINAL),
        (f"{FORGE}/jane", (), None, Kind.ORIGINAL),
        (f"{FORGE}/jan", (), None, Kind.MISTAKE),
        (f"{HERE}/sub", (), None, Kind.MISTAKE),
        (THERE, (), None, Kind.MISTAKE),
        ("", (), None, Kind.ORIGINAL),
        ("n/a", (), None, Kind.ORIGINAL),
        ("https://github.com/", (), None, Kind.ORIGINAL),
        (HERE, (OTHER,), None, Kind.VARIANT),
        (HERE, (THERE,), FORK, Kind.VARIANT),
        (THERE, (OTHER,), FORK, Kind.VARIANT),
        (HERE, (HERE, OTHER), None, Kind.VARIANT),
        (HERE, (f"{HERE}.git",), None, Kind.MISTAKE),
        (THERE, (THERE,), FORK, Kind.MISTAKE),
        (HERE, (), FORK, Kind.GIT),
        (None, (), FORK, Kind.GIT),
        (f"{FORGE}/jane/", (), Forked(), Kind.GIT),
        ("n/a", (), FORK, Kind.GIT),
        ("https://github.com", (), FORK, Kind.GIT),
        (THERE, (), FORK, Kind.TECHNICAL),
        (THERE, (), Forked(), Kind.TECHNICAL),
        (OTHER, (), FORK, Kind.TECHNICAL),
    ],
)
def test_repositories_are_of_five_kinds(
    declared: str | None, based_on: tuple[str, ...], forked: Forked | None, kind: Kind
) -> None:
    assert classify(HERE, declared, based_on, forked) is kind


def a_record(forked: Forked | None) -> HarvestedRecord:
    return HarvestedRecord(
        source_id="1",
        url=HERE,
        text=b"name: App",
        known=Known(name="app"),
        forked=forked,
        is_first_hand=True,
    )


@pytest.mark.parametrize(
    ("forked", "description", "fork"),
    [
        (None, Description(url=HERE), None),
        (None, Description(url=THERE), "url-mistake"),
        (None, Description(url=HERE, is_based_on=(HERE,)), "url-mistake"),
        (FORK, Description(url=HERE), "git-fork"),
        (FORK, None, "git-fork"),
        (FORK, Description(url=THERE), "technical-fork"),
        (FORK, Description(url=THERE, is_based_on=(OTHER,)), "variant-fork"),
        (None, Description(url=HERE, is_based_on=(OTHER,)), "variant-fork"),
    ],
)
def test_the_kind_of_copy_is_noted(
    forked: Forked | None, description: Description | None, fork: str | None
) -> None:
    assert settle(a_record(forked), description).fork == fork


def test_a_technical_fork_leads_to_what_its_file_is_about() -> None:
    settled = settle(a_record(FORK), Description(url=THERE))

    assert (settled.url, settled.text) == (HERE, None)
    assert settled.known == Known(name="app", based_on=THERE)
    assert settled.identifiers == (("redirect", THERE),)


def test_a_technical_fork_of_which_nothing_is_known_has_its_name() -> None:
    settled = settle(replace(a_record(Forked()), known=None), Description(url=THERE))

    assert settled.known == Known(name="app", based_on=THERE)


def test_a_copy_of_one_of_many_leads_to_that_one() -> None:
    settled = settle(a_record(FORK), Description(url=f"{FORGE}/city"))

    assert settled.identifiers == (("redirect", THERE),)


@pytest.mark.parametrize(
    ("forked", "description"),
    [
        (None, Description(url=HERE)),
        (None, Description(url=THERE)),
        (FORK, Description(url=HERE)),
        (FORK, Description(url=THERE, is_based_on=(OTHER,))),
        (FORK, None),
    ],
)
def test_all_others_are_software_of_their_own(
    forked: Forked | None, description: Description | None
) -> None:
    settled = settle(a_record(forked), description)

    assert (settled.url, settled.text, settled.identifiers) == (HERE, b"name: App", ())


def test_what_others_say_is_not_judged_by_where_they_keep_it() -> None:
    record = replace(a_record(None), is_first_hand=False)

    assert settle(record, Description(url=THERE)) == record


def test_a_fork_without_a_file_says_what_it_is_made_from() -> None:
    settled = settle(replace(a_record(FORK), text=None), None)

    assert settled.known == Known(name="app", based_on=THERE)
    assert settled.identifiers == ()


UPSTREAM = HarvestedRecord(source_id="0", url=THERE, text=a_file(THERE), is_first_hand=True)
COPY = HarvestedRecord(
    source_id="1",
    url=HERE,
    text=a_file(THERE, usedBy=["Nobody"]),
    known=Known(name="app"),
    is_first_hand=True,
    forked=FORK,
)


def submission(record: HarvestedRecord) -> Submission:
    text = record.text or b""
    settled = settle(record, validate(text).description)
    source = Source(
        ROOT_ID,
        record.source_id,
        provenance=Provenance(
            identifiers=tuple(
                Identifier(Scheme(scheme), value) for scheme, value in settled.identifiers
            )
        ),
    )
    if settled.text is None and settled.known:
        return known.submission(source, settled.known, settled.url)
    return Submission(source, text, validate(text), settled.url)


@pytest.mark.anyio
@pytest.mark.parametrize("order", list(permutations((UPSTREAM, COPY))), ids=["first", "last"])
async def test_a_copy_adds_nothing_to_its_original(
    database: Database, order: tuple[HarvestedRecord, ...]
) -> None:
    ids = []
    for record in order:
        async with transaction(database, clock=lambda: NOON) as session:
            [submitted] = await submit_all(session, [submission(record)], now=NOON)
            ids.append(submitted.software_id or "")

    async with reading(database) as session:
        entries = [await software.get(session, id) for id in ids]
    found = orjson.loads(entries[0].document)
    assert entries[0] == entries[1]
    assert (found["url"], found["aliases"]) == (THERE, []), "a copy is no other address of it"
    assert found["publiccodeYml"].encode() == UPSTREAM.text


@pytest.mark.anyio
async def test_a_copy_alone_is_only_known_from_its_forge(database: Database) -> None:
    async with transaction(database, clock=lambda: NOON) as session:
        copy = submission(COPY)
        assert copy.tier is Tier.INDEX
        [submitted] = await submit_all(session, [copy], now=NOON)

    async with reading(database) as session:
        assert submitted.software_id is not None
        found = orjson.loads((await software.get(session, submitted.software_id)).document)
    assert (found["url"], found["publiccodeYml"]) == (HERE, "")
