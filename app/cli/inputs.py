"""Where the text to validate comes from: files, folders, patterns, web addresses, standard input."""

import asyncio
import os
import sys
from collections.abc import Iterable, Iterator
from glob import glob
from pathlib import Path

STANDARD_INPUT = "-"
FILE_NAMES = ("publiccode.yml", "publiccode.yaml")


class CannotRead(Exception):
    """A place that gave no text; says why."""


def expand(places: Iterable[str]) -> Iterator[str]:
    """The places, with each pattern and folder replaced by the files it stands for.

    Shells do this too, but not for a quoted pattern, and not all for `**`. A place that stands
    for nothing stays, so that reading it fails and nobody takes silence for success.
    """
    for place in places:
        if is_address(place):
            yield place
        elif Path(place).is_dir():
            yield from sorted(_below(place)) or [place]
        elif Path(place).exists():
            yield place
        else:
            found = glob(place, recursive=True)  # noqa: PTH207 - Path.glob refuses absolute patterns
            yield from sorted(found) or [place]


def read(place: str, limit: int, allow_private_hosts: Iterable[str] = ()) -> bytes:
    """The bytes at a place, at most one more than `limit`: enough to see that they are too many.

    `allow_private_hosts` names machines that may be asked though they are not on the public
    internet. Raises CannotRead.
    """
    if is_address(place):
        return asyncio.run(_fetch(place, limit, frozenset(allow_private_hosts)))
    try:
        if place == STANDARD_INPUT:
            return sys.stdin.buffer.read(limit + 1)
        with Path(place).open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise CannotRead(f"{place}: {error.strerror}") from error


def is_address(place: str) -> bool:
    return place.lower().startswith(("http://", "https://"))


def _below(folder: str) -> Iterator[str]:
    """Files at any depth that are called publiccode.yml, or end so; what begins with a dot is left out."""
    for path, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if name.endswith(FILE_NAMES) and not name.startswith("."):
                yield str(Path(path, name))


async def _fetch(url: str, limit: int, allow_private_hosts: frozenset[str]) -> bytes:
    from app.remote.client import Limits, open_client
    from app.remote.errors import RemoteError

    try:
        async with open_client(
            allow_private_hosts=allow_private_hosts, limits=Limits(max_bytes=limit)
        ) as client:
            reply = await client.fetch(url)
    except RemoteError as error:
        raise CannotRead(str(error)) from error
    if not reply.is_success:
        raise CannotRead(f"{url} answers with status {reply.status}")
    return reply.body
