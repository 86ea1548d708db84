"""Archives of files, made by anybody."""

import gzip
import io
import tarfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis.strategies import binary

from app.federation import tarball
from app.federation.tarball import MAX_FILE, BadTarball, read


def packed(files: dict[str, bytes]) -> bytes:
    """A `.tar.gz` of them."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def everything(path: str) -> bool:
    return True


def test_paths_begin_inside_the_folder_of_the_commit() -> None:
    archive = packed({"r-3f2a/a.yml": b"A", "r-3f2a/b/c.yml": b"C", "r-3f2a/d.txt": b"D"})

    assert read(archive, lambda path: path.endswith(".yml")) == {"a.yml": b"A", "b/c.yml": b"C"}
    assert read(gzip.decompress(archive), everything).keys() == {"a.yml", "b/c.yml", "d.txt"}


def test_what_is_too_long_is_named_but_not_read() -> None:
    assert read(packed({"r/a": b"#" * (MAX_FILE + 1), "r/b": b""}), everything) == {
        "a": None,
        "b": b"",
    }


def test_links_lead_nowhere() -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE):
            member = tarfile.TarInfo("r/link")
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)

    assert read(stream.getvalue(), everything) == {}


def test_names_that_nobody_can_write_do_not_count() -> None:
    assert read(packed({"r/\udcff.yml": b"A", "r/\n.yml": b"B"}), everything) == {"�.yml": b"A"}


def test_a_bomb_is_not_unpacked() -> None:
    bomb = packed({"r/zeros": bytes(50_000_000)})
    assert len(bomb) < 60_000

    with pytest.raises(BadTarball, match="too large when unpacked"):
        read(bomb, everything, max_unpacked=1_000_000)


def test_countless_files_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tarball, "MAX_MEMBERS", 2)

    with pytest.raises(BadTarball, match="more than 2 files"):
        read(packed({f"r/{number}": b"" for number in range(3)}), everything)


def test_headers_upon_headers_end() -> None:
    header = tarfile.TarInfo("././@LongLink")
    header.type = tarfile.GNUTYPE_LONGNAME

    with pytest.raises(BadTarball):
        read(header.tobuf() * 5_000, everything)


@pytest.mark.parametrize(
    "archive",
    [
        b"",
        b"<html>",
        packed({"r/a": b"A" * 9999})[:-20],
        gzip.decompress(packed({"r/a": b"A" * 9999}))[:600],
        gzip.compress(b"no archive" * 99),
        packed({"a/x": b"", "b/x": b""}),
    ],
    ids=["empty", "page", "cut", "cut-inside", "other", "two-folders"],
)
def test_what_is_no_archive_is_a_fault(archive: bytes) -> None:
    with pytest.raises(BadTarball):
        read(archive, everything)


@given(binary(max_size=2000))
def test_nothing_else_is_ever_raised(noise: bytes) -> None:
    archive = bytearray(gzip.decompress(packed({"r/a.yml": b"A" * 700, "r/b": b"B"})))
    for at, byte in enumerate(noise):
        archive[(at * 7) % len(archive)] ^= byte
    for broken in (noise, bytes(archive), gzip.compress(bytes(archive))):
        with suppress(BadTarball):
            read(broken, everything)
