"""How fast files are judged, beside the bare event loop of PyYAML's C parser over the same bytes.

The files are those of the shared corpus where it is at hand, else our own conformance files.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from rich.console import Console
from yaml import CSafeLoader, YAMLError

from app.publiccode import validate

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / os.environ.get("SAMKOD_SHARED", "../shared") / "corpus" / "real"
OURS = ROOT / "tests" / "conformance"
ROUNDS = 15
MEBIBYTE = 1024 * 1024
VERSION = b'publiccodeYmlVersion: "0"\n'


def run() -> list[tuple[str, str]]:
    """Files a second, bare and judged, and their ratio; import time; the worst of hostile files."""
    folder = CORPUS if CORPUS.is_dir() else OURS
    files = [file.read_bytes() for file in sorted(folder.rglob("*.yml"))]
    rounds = [(_seconds(_bare, files), _seconds(_judged, files)) for _ in range(ROUNDS)]
    bare = median(len(files) / seconds for seconds, _ in rounds)
    judged = median(len(files) / seconds for _, seconds in rounds)
    ratios = sorted(parsing / judging for parsing, judging in rounds)
    return [
        ("files", f"{len(files)}, {sum(map(len, files)) / len(files) / 1000:.1f} kB on average"),
        ("bare C event loop", f"{bare:,.0f} files/s"),
        ("parse, all rules, report", f"{judged:,.0f} files/s"),
        ("ratio", f"{median(ratios):.3f} [{ratios[0]:.3f} to {ratios[-1]:.3f}]"),
        ("import app.publiccode", f"{_import_seconds() * 1000:.0f} ms"),
        *_hostile(),
    ]


def _seconds(work: Callable[[list[bytes]], None], files: list[bytes]) -> float:
    begin = time.perf_counter()
    work(files)
    return time.perf_counter() - begin


def _bare(files: list[bytes]) -> None:
    for data in files:
        try:
            next_event = CSafeLoader(data).get_event
            while next_event() is not None:
                pass
        except (YAMLError, UnicodeDecodeError):
            continue


def _judged(files: list[bytes]) -> None:
    for data in files:
        validate(data)


def _import_seconds() -> float:
    """The median of five fresh processes."""
    program = (
        "import time; begin = time.perf_counter(); import app.publiccode; "
        "print(time.perf_counter() - begin)"
    )
    command = [sys.executable, "-c", program]
    return median(
        float(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
        for _ in range(5)
    )


HOSTILE: dict[str, bytes] = {
    "nested flow lists": b"[" * MEBIBYTE,
    "nested block lists": b"- " * (MEBIBYTE // 2),
    "long list": b"- a\n" * (MEBIBYTE // 4),
    "unknown keys": VERSION + b"".join(b"landingUr%d: 1\n" % n for n in range(24_000)),
    "unknown languages": VERSION
    + b"description:\n"
    + b"".join(b"  x%d: {}\n" % n for n in range(24_000)),
    "unknown categories": VERSION + b"categories:\n" + b"- xblog\n" * 49_000,
    "same key": VERSION + b"a: 1\n" * (MEBIBYTE // 5),
    "one long text": VERSION + b"name: " + b"a" * MEBIBYTE,
    "combining marks": VERSION
    + b'description: {en: {shortDescription: "'
    + "e\u0301".encode() * (MEBIBYTE // 3)
    + b'"}}',
    "NUL bytes": b"\0" * MEBIBYTE,
    "10 MB": b"a: b\n" * (2 * MEBIBYTE),
}


def _hostile() -> list[tuple[str, str]]:
    """The slowest of the files of 1 MiB that mean harm, and how much memory they took together."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    took = {name: _seconds(_judged, [data]) for name, data in HOSTILE.items()}
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    slowest = max(took, key=lambda name: took[name])
    return [
        (f"slowest hostile file ({slowest})", f"{took[slowest]:.2f} s"),
        ("growth of memory over all hostile files", f"{grown / 1024:.0f} MB"),
    ]


if __name__ == "__main__":
    for label, figure in run():
        Console().print(f"{label}: {figure}", highlight=False)
