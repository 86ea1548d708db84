"""What came of a peer: whose word it is, and by which way it came.

Loops fall silent here. What we said first, or what came through us or by too long a way, is dropped;
of two ways to the same origin the shorter one is heard.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from app.catalogue import catalogs
from app.catalogue.rendering import Rendering
from app.database import Database
from app.federation.driver import HarvestedRecord, Origin, Page
from app.federation.forks import settle
from app.federation.names import storable
from app.federation.peers import Followed
from app.federation.runs import Count
from app.ingest.reader import Reader
from app.ingest.reports import reports
from app.publiccode import Report

LONGEST_WAY = 4
"""Catalogues that pass a record on, the last of them our peer."""

LONGEST_FILE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record as we store it, and who said it first: None where the peer's driver read the file."""

    source_id: str
    record: HarvestedRecord
    origin: Origin | None
    via: tuple[str, ...]

    @property
    def group(self) -> str:
        return storable(self.record.group or "")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A page that can be stored: its arrivals with their reports, None where there is no file.

    `silent` are the names, with their groups, of records that only are still there; `gone` are
    those of which the peer says that they are no more. Renderings are by source id.
    """

    arrivals: tuple[tuple[Arrival, Report | None], ...]
    silent: frozenset[tuple[str, str]]
    gone: frozenset[str]
    groups: frozenset[str]
    counts: Counter[Count]
    renderings: Mapping[str, Rendering | None]

    @property
    def here(self) -> set[tuple[str, str]]:
        """The names, with their groups, of all that is there."""
        return {(arrival.source_id, arrival.group) for arrival, _ in self.arrivals} | self.silent

    def silent_about(self, earlier: Iterable[Arrival]) -> list[Arrival]:
        """Those that came before and are not out of date now."""
        named = self.gone | {source_id for source_id, _ in self.here}
        return [
            each
            for each in earlier
            if each.source_id not in named and each.group not in self.groups
        ]


async def receive(
    database: Database,
    peer: Followed,
    page: Page,
    *,
    ourselves: str | None,
    major: int,
    reader: Reader | None = None,
) -> Arrived:
    """Look at everything on a page, before any lock is taken; `ourselves` is our own name for good."""
    counts = Counter({Count.SEEN: len(page.records)})
    heard: dict[str, Arrival] = {}
    silent, gone = set(), set()
    for record in page.records:
        arrival = _arrival(peer, record)
        if record.deleted:
            gone.add(arrival.source_id)
        elif _is_loop(arrival, ourselves):
            counts[Count.DROPPED] += 1
        elif not _says_anything(record):
            counts[Count.SKIPPED] += 1
            silent.add((arrival.source_id, arrival.group))
        else:
            other = heard.get(arrival.source_id)
            heard[arrival.source_id] = min(other, arrival, key=_way) if other else arrival
    written = [each for each in heard.values() if each.record.text is not None]
    texts = [each.record.text or b"" for each in written]
    read = await reports(database, texts, major=major, reader=reader)
    report_of = {each.source_id: one.report for each, one in zip(written, read, strict=True)}
    return Arrived(
        tuple(_settled(each, report_of.get(each.source_id)) for each in heard.values()),
        frozenset(silent),
        frozenset(gone - set(heard)),
        frozenset(map(storable, page.groups)),
        counts,
        {each.source_id: one.rendering for each, one in zip(written, read, strict=True)},
    )


def _arrival(peer: Followed, record: HarvestedRecord) -> Arrival:
    source_id = storable(f"{peer.uri}#{record.source_id}")
    if record.is_first_hand and record.origin is None:
        return Arrival(source_id, record, None, ())
    given = record.origin or Origin(catalog=peer.uri, record_id=record.source_id)
    origin = Origin(catalog=storable(given.catalog), record_id=storable(given.record_id))
    way = (
        () if catalogs.is_part(origin.catalog, peer.uri) else (*map(storable, record.via), peer.uri)
    )
    return Arrival(source_id, record, origin, way)


def _is_loop(arrival: Arrival, ourselves: str | None) -> bool:
    if len(arrival.via) > LONGEST_WAY:
        return True
    if ourselves is None:
        return False
    passed = (arrival.origin.catalog, *arrival.via) if arrival.origin else ()
    return any(catalogs.is_part(each, ourselves) for each in passed)


def _says_anything(record: HarvestedRecord) -> bool:
    if record.text is None:
        return record.known is not None
    return len(record.text) <= LONGEST_FILE


def _settled(arrival: Arrival, report: Report | None) -> tuple[Arrival, Report | None]:
    """In the place that is its due, if it is a copy of something else."""
    record = settle(arrival.record, report.description if report else None)
    return replace(arrival, record=record), report if record.text is not None else None


def _way(arrival: Arrival) -> tuple[int, tuple[str, ...]]:
    """The shorter is heard first."""
    return len(arrival.via), arrival.via
