"""Putting a file right: all repairs and upgrades that can be made without making anything worse.

Repairs edit the text itself, so that all they do not touch stays to the byte: comments, order,
quotes, line ends. Every attempt is read again and validated; one that leaves more findings than
there were is taken back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from app.publiccode.characters import BYTE_ORDER_MARK
from app.publiccode.codes import Severity
from app.publiccode.edits import Document, Edit
from app.publiccode.findings import Finding, Fix, Report
from app.publiccode.repairs import Applied, Repair, repair
from app.publiccode.upgrades import UPGRADES
from app.publiccode.validate import validate

__all__ = ["Applied", "Fixed", "fix", "suggest"]

MAX_ROUNDS = 10
"""How often repairs are looked for anew: one may be what another waits for, as `yes` for `true`."""

PATIENCE = 16 * 1024 * 1024
"""How many bytes are validated at most over all attempts: hundreds of times any real file."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A file as it is after all that could be done, what that was, and what remains."""

    data: bytes
    applied: tuple[Applied, ...]
    before: Report
    after: Report


def fix(data: bytes) -> Fixed:
    """Never raises. What cannot be read as one mapping comes back as it was, and so does a file
    with more findings than a report holds.

    The result never has more findings than the file had, those beyond the reference included, and
    fixing it again changes nothing.
    """
    before = validate(data)
    bench = _Bench(data, before)
    bench.remove_byte_order_mark()
    if all(finding.code != "findings-too-many" for finding in before.findings):
        for _ in range(MAX_ROUNDS):
            if not bench.improve():
                break
    return Fixed(bench.data, tuple(bench.applied), before, bench.report)


def suggest(data: bytes, report: Report) -> Report:
    """The report with a fix for each finding that a single edit repairs."""
    document = Document.read(data)
    if document is None:
        return report
    return replace(
        report, findings=tuple(_with_fix(document, finding) for finding in report.findings)
    )


def _with_fix(document: Document, finding: Finding) -> Finding:
    found = repair(document, finding)
    if found is None or len(found.edits) > 1:
        return finding
    edit = found.edits[0]
    return replace(finding, fix=Fix(document.span(edit), edit.text))


class _Bench:
    """A file being worked on: how it is now, and what was done to it."""

    def __init__(self, data: bytes, report: Report) -> None:
        self.data = data
        self.report = report
        self.document = Document.read(data)
        self.applied: list[Applied] = []
        self.patience = PATIENCE

    def remove_byte_order_mark(self) -> None:
        mark = BYTE_ORDER_MARK.encode()
        if self.data.startswith(mark) and self.accepts(self.data.removeprefix(mark)):
            self.applied.append(Applied("byte-order-mark", "", "the byte order mark was removed"))

    def improve(self) -> bool:
        """Do what can be done now; False if that was nothing."""
        before = self.data
        for upgrade in UPGRADES:
            if self.document and (found_one := upgrade(self.document)):
                self.make(_apart([found_one]), self.document)
        if self.document:
            found = (repair(self.document, finding) for finding in self.report.findings)
            self.make(_apart(one for one in found if one), self.document)
        return self.data != before

    def make(self, repairs: Sequence[Repair], document: Document) -> None:
        """All the repairs at once; if that makes anything worse, as many as go together."""
        made: list[Repair] = []
        waiting = [repairs]
        while waiting:
            group = waiting.pop()
            edits = (edit for one in (*made, *group) for edit in one.edits)
            if group and self.accepts(document.apply(edits).encode()):
                made += group
            elif len(group) > 1:
                half = len(group) // 2
                waiting += [group[half:], group[:half]]
        self.applied += (applied for one in made for applied in one.applied)

    def accepts(self, data: bytes) -> bool:
        """Put the new text in the place of the old, unless it is worse or no longer readable."""
        self.patience -= len(data)
        if self.patience < 0 or data == self.data:
            return False
        document, report = Document.read(data), validate(data)
        if document is None or _is_worse(report, self.report):
            return False
        self.data, self.report, self.document = data, report, document
        return True


def _is_worse(after: Report, before: Report) -> bool:
    return (
        len(after.findings) > len(before.findings)
        or _errors(after) > _errors(before)
        or (before.valid and not after.valid)
    )


def _errors(report: Report) -> int:
    return sum(finding.severity is Severity.ERROR for finding in report.findings)


def _apart(repairs: Iterable[Repair]) -> list[Repair]:
    """Those whose edits do not meet those of an earlier one; the others have to wait."""
    taken: list[Edit] = []
    chosen = []
    for one in repairs:
        within = any(_meet(first, second) for first, second in combinations(one.edits, 2))
        if not within and not any(_meet(edit, other) for edit in one.edits for other in taken):
            taken += one.edits
            chosen.append(one)
    return chosen


def _meet(one: Edit, other: Edit) -> bool:
    return one.start < other.end and other.start < one.end
