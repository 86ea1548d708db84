"""Everything at one sequence, in files: with the changes since then, an exact copy.

The same state is written in the same bytes, whoever writes it.
"""

import hashlib
import os
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

import orjson
from anyio import to_thread

from app.catalogue import changes, copies
from app.catalogue.copies import Copy, Kind
from app.database import Session
from app.federation.formats import bulk
from app.head import Head
from app.pagination import parse_rfc3339, rfc3339
from app.zstd import ZstdCompressor

LAYOUT = 2
"""To be raised when the same state is written in other bytes than before."""

MANIFEST = "manifest.json"
CHANGES = "../changes?entity=all&include=records"
"""The feed whose results have the same members as the lines, relative to the manifest."""

NAMES = {
    Kind.SOFTWARE: "software",
    Kind.PUBLISHER: "publishers",
    Kind.CATALOG: "catalogs",
    Kind.BUNDLE: "bundles",
}

GZIP_LEVEL = 4
GZIP_WINDOW = 31
"""zlib's name for the largest window and the header of gzip, which then has no time in it."""


class Compressor(Protocol):
    """What gzip's and Zstandard's have in common."""

    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


class _Verbatim:
    """Leaves bytes as they are."""

    def compress(self, data: bytes) -> bytes:
        return data

    def flush(self) -> bytes:
        return b""


@dataclass(frozen=True, slots=True)
class Form:
    """What a file holds, and how it is written."""

    kind: Kind
    line: Callable[[Copy], bytes]
    compressor: Callable[[], Compressor]
    header: bytes = b""


COMPRESSORS: Mapping[str, Callable[[], Compressor]] = {
    "": _Verbatim,
    ".gz": partial(zlib.compressobj, GZIP_LEVEL, wbits=GZIP_WINDOW),
    ".zst": ZstdCompressor,
}
"""By what the name of a file ends in."""

FORMS: Mapping[str, Form] = {
    f"{name}.jsonl{ending}": Form(kind, bulk.json_line, compressor)
    for kind, name in NAMES.items()
    for ending, compressor in COMPRESSORS.items()
} | {"software.csv": Form(Kind.SOFTWARE, bulk.csv_row, _Verbatim, bulk.csv_header())}
"""All files but the manifest, by name."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a snapshot: its size, and how many things it holds."""

    name: str
    bytes: int
    sha256: str
    count: int


@dataclass(frozen=True, slots=True)
class Extent:
    """What a snapshot is of: everything or one catalogue's part, without or with the index tier."""

    catalog_id: str | None = None
    with_index: bool = False

    @property
    def query(self) -> str:
        """Of its addresses."""
        return "?tier=all" if self.with_index else ""


EVERYTHING = Extent()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Files that are consistent with each other, and with one place in the change log."""

    folder: Path
    extent: Extent
    head: Head
    made_at: datetime
    files: Mapping[str, File]

    @classmethod
    def read(cls, folder: Path, extent: Extent) -> "Snapshot":
        """The snapshot that is stored there. Raises OSError."""
        manifest = orjson.loads((folder / MANIFEST).read_bytes())
        files = [File(**each) for each in manifest["files"]]
        return cls(
            folder,
            extent,
            Head(manifest["sequence"], manifest["epoch"]),
            parse_rfc3339(manifest["madeAt"]),
            {each.name.removesuffix(extent.query): each for each in files},
        )

    def open(self, name: str) -> BinaryIO:
        """One of the files, which can be read even when it is deleted. Raises OSError."""
        return (self.folder / name).open("rb")

    def manifest(self) -> bytes:
        """What the files hold, and where to go on; `changes` is relative to the manifest."""
        sequence, epoch = self.head.sequence, self.head.epoch
        tier = self.extent.query.replace("?", "&")
        return orjson.dumps(
            {
                "epoch": epoch,
                "sequence": sequence,
                "madeAt": rfc3339(self.made_at),
                "changes": f"{CHANGES}{tier}&since={sequence}&epoch={epoch}",
                "files": [asdict(file) for file in self.files.values()],
            },
            option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
        )


async def make(
    session: Session, folder: Path, extent: Extent = EVERYTHING, *, now: datetime
) -> Snapshot:
    """Write what the session sees of this extent into an empty folder.

    Raises OSError.
    """
    head = await changes.head(session)
    with ExitStack() as stack:
        files = [stack.enter_context(_Writing(folder / name, form)) for name, form in FORMS.items()]
        for kind in Kind:
            async for page in copies.pages(
                session, kind, catalog_id=extent.catalog_id, with_index=extent.with_index
            ):
                await to_thread.run_sync(_append, files, kind, page)
        return await to_thread.run_sync(_finish, files, Snapshot(folder, extent, head, now, {}))


def _append(files: Iterable["_Writing"], kind: Kind, page: Sequence[Copy]) -> None:
    lines: dict[Callable[[Copy], bytes], bytes] = {}
    for file in files:
        if file.form.kind is kind:
            if file.form.line not in lines:
                lines[file.form.line] = b"".join(map(file.form.line, page))
            file.append(lines[file.form.line], len(page))


def _finish(files: Iterable["_Writing"], snapshot: Snapshot) -> Snapshot:
    query = snapshot.extent.query
    snapshot = replace(snapshot, files={file.path.name: file.finish(query) for file in files})
    with (snapshot.folder / MANIFEST).open("xb") as manifest:
        manifest.write(snapshot.manifest())
        os.fsync(manifest.fileno())
    return snapshot


class _Writing:
    """A file that is being written: compressed on the way, counted and hashed."""

    def __init__(self, path: Path, form: Form) -> None:
        self.path = path
        self.form = form
        self._compressor = form.compressor()
        self._hash = hashlib.sha256()
        self._count = 0
        self._file = path.open("xb")
        self.append(form.header, 0)

    def __enter__(self) -> "_Writing":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def append(self, lines: bytes, count: int) -> None:
        self._put(self._compressor.compress(lines))
        self._count += count

    def finish(self, query: str) -> File:
        """Write what is left, down to the disk; returns what the manifest says of the file."""
        self._put(self._compressor.flush())
        self._file.flush()
        os.fsync(self._file.fileno())
        name = f"{self.path.name}{query}"
        return File(name, self._file.tell(), self._hash.hexdigest(), self._count)

    def _put(self, data: bytes) -> None:
        self._hash.update(data)
        self._file.write(data)
