"""Mutate files and validate them: `python -m tests.fuzz [SECONDS] [SEED]`.

The seeds are our own conformance files, mutated as bytes and spliced into each other, small ones
and ones blown up to 1 MiB. Exit status 1 for an exception, a file that takes over a second of this
process's time, or memory that grows by over 200 MiB; the input is kept and its place is printed.
"""

import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from app.publiccode import validate

SEEDS = sorted(Path(__file__).parents[1].glob("conformance/*/*.yml"))
LARGEST = 1024 * 1024
MOST_SECONDS = 1.0
MOST_KIB = 200 * 1024
TOKENS = (
    b"[", b"]", b"{", b"}", b": ", b"- ", b"? ", b"&a ", b"*a", b"<<: *a", b"!!str ", b"!x ",
    b"|\n", b">-\n", b"'", b'"', b"#", b"%YAML 1.1\n", b"---\n", b"...\n", b"\t", b"\r", b"\r\n",
    b"\x00", b"\x7f", b"\xff", b"\xef\xbb\xbf", "é😀".encode(), b"0x1F", b"1e999", b"~", b"\\u0000",
)  # fmt: skip


def main() -> int:
    """Fuzz for some seconds."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(2**32)
    console, at_first = Console(), _peak()
    console.print(f"fuzzing for {seconds:.0f} s, seed {seed}")
    worst, tried, end = 0.0, 0, time.monotonic() + seconds
    for data in _inputs(random.Random(seed)):
        tried += 1
        started = time.process_time()
        try:
            validate(data)
        except Exception:  # noqa: BLE001 - any exception at all is what we look for
            console.print_exception()
            return _failed(console, data, "raised an exception")
        took = time.process_time() - started
        worst = max(worst, took)
        if took > MOST_SECONDS:
            return _failed(console, data, f"took {took:.2f} s")
        if _peak() - at_first > MOST_KIB:
            return _failed(console, data, f"grew memory by {_peak() - at_first} KiB")
        if time.monotonic() > end:
            break
    growth = (_peak() - at_first) // 1024
    console.print(f"{tried} inputs, the slowest {worst:.3f} s, memory grew by {growth} MiB")
    return 0


def _inputs(chance: random.Random) -> Iterator[bytes]:
    texts = [file.read_bytes() for file in SEEDS]
    while True:
        data = bytearray(chance.choice(texts))
        for _ in range(chance.choice((1, 2, 4, 16))):
            _mutate(chance, data, texts)
        if chance.random() < 0.02:
            data = _grown(chance, data)
        yield bytes(data[:LARGEST])


def _mutate(chance: random.Random, data: bytearray, texts: list[bytes]) -> None:
    start = chance.randrange(len(data) + 1)
    end = min(len(data), start + chance.choice((0, 1, 3, 20, 200)))
    match chance.randrange(6):
        case 0:
            data[start:end] = chance.choice(TOKENS)
        case 1:
            data[start:end] = b""
        case 2:
            data[start:start] = data[start:end] * chance.choice((1, 2, 50))
        case 3:
            other = chance.choice(texts)
            cut = chance.randrange(len(other) + 1)
            data[start:end] = other[cut : cut + 300]
        case 4:
            data[start:end] = chance.randbytes(end - start)
        case _:
            data[start:start] = chance.choice(TOKENS) * chance.choice((2, 30, 2000))


def _grown(chance: random.Random, data: bytearray) -> bytearray:
    start = chance.randrange(len(data) + 1)
    piece = bytes(data[start : start + chance.choice((1, 5, 50, 500))]) or b"- "
    data[start:start] = piece * (LARGEST // len(piece))
    return data


def _peak() -> int:
    """The most memory this process ever had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _failed(console: Console, data: bytes, what: str) -> int:
    with tempfile.NamedTemporaryFile(prefix="fuzz-", suffix=".yml", delete=False) as file:
        file.write(data)
    console.print(f"A file of {len(data)} bytes {what}: {file.name}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
