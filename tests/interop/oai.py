"""A thousand records, copied by OAI-PMH from a catalogue that is written to meanwhile."""

import asyncio
from collections.abc import Iterator
from random import Random

from app.database import open_database, upgrade
from tests.bench._engines import ENGINES
from tests.federation.harvesters import OAI_PMH, Proof
from tests.interop.findings import Line
from tests.services import serving

NUMBER = 1_000
WRITES = 500


def read(_address: str) -> Iterator[Line]:
    """On both engines, each with a catalogue of its own."""
    if OAI_PMH is None:
        yield Line("OAI-PMH: left out Perl's oai_pmh, which Debian has in libhttp-oai-perl")
    for engine, opened in ENGINES:
        with opened() as url:
            asyncio.run(_migrate(url))
            with serving(url) as service:
                proof = Proof.of(service.address, NUMBER, pause=0)
                proof.run(WRITES, Random(6))
                yield from _compared(engine, proof)


def _compared(engine: str, proof: Proof) -> Iterator[Line]:
    expected = proof.expected()
    writer = proof.writer
    yield Line(
        f"OAI-PMH, {engine}: {writer.writes} writes, {len(writer.deleted)} deletions meanwhile"
    )
    for name, copy in proof.copies.items():
        missed = sum(copy.known.get(each) != there for each, there in expected.items())
        foreign = len(copy.known.keys() - expected.keys())
        exact = not missed and not foreign
        yield Line(
            f"OAI-PMH, {engine}: {name} has {len(copy.known)} records, {missed} wrong or missing,"
            f" {foreign} too many",
            wrong=not exact,
        )


async def _migrate(url: str) -> None:
    database = open_database(url)
    await upgrade(database)
    await database.close()
