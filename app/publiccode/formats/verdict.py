"""What there is to tell of one file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.publiccode.findings import Report


@dataclass(frozen=True, slots=True)
class Verdict:
    """The report of a file, or else why it could not be read."""

    file: str
    """A path or an address."""
    report: Report | None
    unread: str | None = None
    external_checks: Sequence[Mapping[str, object]] | None = None
    """What the network says of its addresses, where it was asked."""


def reported(verdicts: Iterable[Verdict]) -> Iterator[tuple[Verdict, Report]]:
    """Those of the files that could be read."""
    return ((verdict, verdict.report) for verdict in verdicts if verdict.report is not None)
