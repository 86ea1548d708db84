"""What the network says of the addresses in a file, beside what the rules say of the file.

What is surely gone becomes a warning; nothing that the network says makes a file invalid.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from anyio import to_thread

from app.ingest.linkcheck import LinkCache, LinkResult, check
from app.publiccode.findings import Finding, Report, spell
from app.publiccode.places import place
from app.publiccode.tree import Tree, read
from app.remote.client import Client
from app.remote.visit import State

GONE = "address-gone"


@dataclass(frozen=True, slots=True)
class Outside:
    """How to ask the network: the client, what is remembered, and the seconds that a file may take."""

    client: Client
    cache: LinkCache
    seconds: float


@dataclass(frozen=True, slots=True)
class Checked:
    """A report with a warning for each address that is gone, and what was found at all of them."""

    report: Report
    results: Sequence[LinkResult] = ()


async def check_addresses(
    outside: Outside, data: bytes, report: Report, *, now: datetime, base: str | None = None
) -> Checked:
    """Ask for all addresses of a file, whose report is `report`.

    `base` is the address of the file, from which its relative paths start.
    """
    if report.description is None:
        return Checked(report)
    results = await check(
        outside.client,
        report.description,
        now=now,
        budget=outside.seconds,
        cache=outside.cache,
        base=base,
    )
    gone = [result for result in results if result.state is State.GONE]
    if gone:
        tree = await to_thread.run_sync(read, data)
        warnings = tuple(_warning(result, tree) for result in gone)
        report = replace(report, findings=report.findings + warnings)
    return Checked(report, results)


def as_json(result: LinkResult) -> dict[str, Any]:
    """A member of `externalChecks`: `url` is what was asked, null if nothing could be."""
    return {
        "key": spell(result.path),
        "url": result.url,
        "state": result.state,
        "reason": result.reason,
        "status": result.status,
    }


def _warning(result: LinkResult, tree: Tree) -> Finding:
    return Finding(
        GONE,
        spell(result.path),
        {"url": result.url, "kind": result.reason},
        place(tree, result.path),
        extra=True,
    )
