"""Lines as a compiler writes them, so that editors can jump to the place."""

from collections.abc import Iterable, Iterator

from app.publiccode.formats.verdict import Verdict, reported
from app.publiccode.results import as_text


def lines(verdicts: Iterable[Verdict], language: str) -> Iterator[str]:
    """`FILE:LINE:COLUMN: error: KEY: text [code]` for each finding."""
    for verdict, report in reported(verdicts):
        for finding in report.findings:
            yield as_text(finding, verdict.file, language)
