"""Many files at once: read, validated and stored some at a time, told of once they are on disk."""

import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from app.catalogue.entry import ROOT_ID, Submitted
from app.catalogue.transaction import transaction
from app.database import Database
from app.ingest.reports import reports
from app.ingest.submission import Source, Submission, submit_all
from app.publiccode.fingerprint import fingerprint

FILES_PER_COMMIT = 100
LONGEST_SOURCE_ID = 500
"""Characters; an index entry of PostgreSQL has 2,704 bytes."""

SUFFIXES = (".yml", ".yaml")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to take, and the name by which the next run will know it again."""

    path: Path
    source_id: str
    alone: bool = False
    """Nothing else was given: its address tells which software it is, not its name."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that gave no text to submit; `reason` completes the sentence “*file* …”."""

    source_id: str
    reason: str


def files(paths: Sequence[Path]) -> list[SourceFile]:
    """The files that `paths` stand for, in the order of their source ids.

    A folder stands for the YAML files below it; what begins with a dot is left out. A source id
    is the path below the folder given; several paths count from the folder that holds them all,
    so that no two files share an id. A path where nothing is stays, and fails when it is read.
    """
    given = [_located(path) for path in paths]
    found = {file for path in given for file in _below(path)}
    root = _root(given)
    alone = len(given) == 1 and not given[0].is_dir()
    named = (SourceFile(file, _source_id(file.relative_to(root)), alone) for file in found)
    return sorted(named, key=lambda file: file.source_id)


async def ingest(
    database: Database,
    files: Sequence[SourceFile],
    *,
    max_bytes: int,
    major: int = 0,
    now: Callable[[], datetime],
) -> AsyncIterator[Submitted | Unread]:
    """Submit files to the root catalogue, and yield what became of each, in their order.

    What has been yielded is committed. A file of more than `max_bytes` is not taken, and `major` is
    the highest major version that one may declare.
    """
    for start in range(0, len(files), FILES_PER_COMMIT):
        batch = files[start : start + FILES_PER_COMMIT]
        texts = [_text(file, max_bytes) for file in batch]
        submissions = await _submissions(database, batch, texts, major)
        async with transaction(database) as session:
            done = iter(await submit_all(session, submissions, now=now()))
        for text in texts:
            yield text if isinstance(text, Unread) else next(done)


async def _submissions(
    database: Database, files: Sequence[SourceFile], texts: Sequence[bytes | Unread], major: int
) -> list[Submission]:
    """What could be read, with its reports."""
    taken = [
        (file, text)
        for file, text in zip(files, texts, strict=True)
        if not isinstance(text, Unread)
    ]
    made = await reports(database, [text for _, text in taken], major=major)
    return [
        Submission(
            Source(ROOT_ID, file.source_id, file.alone),
            text,
            report,
            checked=fingerprint(major),
            rendering=rendering,
        )
        for (file, text), (report, rendering) in zip(taken, made, strict=True)
    ]


def _text(file: SourceFile, max_bytes: int) -> bytes | Unread:
    try:
        raw = _read(file.path, max_bytes + 1)
    except OSError as error:
        return Unread(file.source_id, f"could not be read: {error.strerror}")
    if len(raw) > max_bytes:
        return Unread(file.source_id, f"is longer than {max_bytes} bytes")
    return raw


def _read(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)


def _source_id(path: Path) -> str:
    """The path, as text that every database can store and look up.

    Bytes that are no UTF-8 are escaped; of an endless path a hash stands for the end.
    """
    text = os.fsencode(path.as_posix()).decode(errors="backslashreplace")
    if len(text) <= LONGEST_SOURCE_ID:
        return text
    digest = sha256(text.encode()).hexdigest()
    return f"{text[: LONGEST_SOURCE_ID - len(digest) - 1]}~{digest}"


def _located(path: Path) -> Path:
    """Where a path is; a link keeps its own name, unless it leads to a folder."""
    return path.resolve() if path.is_dir() else path.parent.resolve() / path.name


def _root(given: Sequence[Path]) -> Path:
    if len(given) == 1 and given[0].is_dir():
        return given[0]
    return Path(os.path.commonpath([path.parent for path in given]))


def _below(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    unlisted: list[str] = []
    for folder, subfolders, names in os.walk(path, onerror=lambda e: unlisted.append(e.filename)):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        yield from (
            Path(folder, name)
            for name in names
            if name.lower().endswith(SUFFIXES) and not name.startswith(".")
        )
    yield from map(Path, unlisted)
