"""Files read: what their validator says, and what they describe as it is stored.

Nothing here needs a database. `START` does it for the process that runs it, which sends lists of
files, and is sent what was read of them until it closes the pipe.
"""

import copyreg
import pickle
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from app import garbage
from app.catalogue.rendering import Rendering
from app.publiccode import Report, validate

START = "from app.ingest.reading import serve; serve()"
SIZE = 8
"""Bytes in which the length of an answer is written."""


class Read(NamedTuple):
    """The report of a file and, unless that was known, what its description is stored as."""

    report: Report
    rendering: Rendering | None = None


def read(report: Report) -> Read:
    """The report with all that is made of what it describes."""
    described = report.description
    return Read(report, Rendering(described).complete() if described else None)


def question(files: Sequence[bytes], major: int) -> bytes:
    """What is sent to have these files read."""
    return pickle.dumps((list(files), major), pickle.HIGHEST_PROTOCOL)


def serve() -> None:
    """Answer until nobody asks any more."""
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    copyreg.pickle(MappingProxyType, _thawed)
    garbage.look_rarely()
    while True:
        try:
            files, major = pickle.load(questions)  # noqa: S301 - of the process that started us
        except EOFError:
            return
        found = [read(validate(file, major=major)) for file in files]
        answer = pickle.dumps(found, pickle.HIGHEST_PROTOCOL)
        answers.write(len(answer).to_bytes(SIZE, "big") + answer)
        answers.flush()


def _thawed(frozen: MappingProxyType[Any, Any]) -> tuple[type, tuple[Mapping[Any, Any]]]:
    """How pickle may send what only can be read."""
    return dict, (dict(frozen),)
