"""What became of ingested files, as a table for people and as lines of JSON for programs."""

import json
from collections import Counter
from collections.abc import Sequence

from rich import box
from rich.table import Table

from app.catalogue.entry import Outcome, Submitted
from app.cli.terminal import visible
from app.ingest.batch import Unread

UNREAD = "unread"

REASONS = {
    "url-missing": "it names no usable url",
    "url-taken": "another file of this catalogue has its url",
}
"""In words, for a person, why a file is in quarantine."""


def as_json_line(taken: Submitted | Unread) -> str:
    """`{"file", "outcome", "reason"}` and, unless unread, `{"valid", "softwareId"}`."""
    if isinstance(taken, Unread):
        return json.dumps({"file": taken.source_id, "outcome": UNREAD, "reason": taken.reason})
    return json.dumps(
        {
            "file": taken.source_id,
            "outcome": taken.outcome.value,
            "reason": taken.reason,
            "valid": taken.report.valid,
            "softwareId": taken.software_id,
        }
    )


def summary(taken: Sequence[Submitted | Unread]) -> Table:
    """How many files had which outcome, and how many of them break the standard."""
    submitted = [one for one in taken if isinstance(one, Submitted)]
    outcomes = Counter(one.outcome for one in submitted)
    invalid = Counter(one.outcome for one in submitted if not one.report.valid)
    table = Table(box=box.SIMPLE_HEAD, show_footer=True)
    table.add_column("Outcome", footer="all")
    table.add_column("Files", str(len(taken)), justify="right")
    table.add_column("of these invalid", str(invalid.total()), justify="right")
    for outcome in Outcome:
        if outcomes[outcome]:
            table.add_row(outcome.value, str(outcomes[outcome]), str(invalid[outcome]))
    if unread := len(taken) - len(submitted):
        table.add_row(UNREAD, str(unread))
    return table


def quarantined(taken: Sequence[Submitted | Unread]) -> list[str]:
    """A line for each file that waits in quarantine, and why."""
    return [
        visible(f"{one.source_id}: quarantined: {_reason(one)}")
        for one in taken
        if isinstance(one, Submitted) and one.outcome is Outcome.QUARANTINED
    ]


def _reason(one: Submitted) -> str:
    reason = one.reason or ""
    url = one.report.description.url if one.report.description else None
    return " ".join(filter(None, (REASONS.get(reason, reason), url)))
