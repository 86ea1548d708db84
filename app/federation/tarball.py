"""The files of a repository as forges pack them, read without being unpacked to a disk.

What is packed may be a thousand times larger: reading ends at a limit, whatever the archive says.
"""

import gzip
import io
import tarfile
import zlib
from collections.abc import Callable

MAX_UNPACKED = 256 * 1024 * 1024
MAX_MEMBERS = 100_000
MAX_FILE = 1024 * 1024
GZIP = b"\x1f\x8b"
# Of the archive itself, its compression, its numbers and names, or headers without end.
DAMAGE = (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, RecursionError)


class BadTarball(Exception):
    """The message completes the sentence “*address* …”."""


def read(
    packed: bytes, wanted: Callable[[str], bool], *, max_unpacked: int = MAX_UNPACKED
) -> dict[str, bytes | None]:
    """`{path: content}` of the files whose path is wanted; None instead of more than `MAX_FILE`.

    Paths begin inside the folder that forges put around everything, whose name changes with each
    commit. Raises BadTarball.
    """
    stream = _Measured(packed, max_unpacked)
    try:
        with tarfile.open(fileobj=stream, mode="r|", errors="replace") as archive:
            return _read(archive, wanted)
    except DAMAGE as error:
        raise BadTarball(f"is no archive of files, or a damaged one: {error}") from error


def _read(archive: tarfile.TarFile, wanted: Callable[[str], bool]) -> dict[str, bytes | None]:
    found: dict[str, bytes | None] = {}
    tops: set[str] = set()
    for count, member in enumerate(archive, start=1):
        top, _, path = member.name.partition("/")
        tops.add(top)
        if len(tops) > 1:
            raise BadTarball("holds more than one folder, unlike what forges pack")
        if count > MAX_MEMBERS:
            raise BadTarball(f"holds more than {MAX_MEMBERS} files")
        if member.isreg() and path.isprintable() and wanted(path):
            file = archive.extractfile(member) if member.size <= MAX_FILE else None
            found[path] = file.read() if file else None
    return found


class _Measured(io.RawIOBase):
    """What was packed, until it has become more than `left` bytes."""

    def __init__(self, packed: bytes, left: int) -> None:
        stream = io.BytesIO(packed)
        self._stream = gzip.GzipFile(fileobj=stream) if packed.startswith(GZIP) else stream
        self._left = left

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        found = self._stream.read(size)
        self._left -= len(found)
        if self._left < 0:
            raise BadTarball("is too large when unpacked")
        return found
