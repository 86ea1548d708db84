"""A repository in which publiccode.yml files are collected, of software that is kept elsewhere.

It is not cloned: the forge gives its files as one archive, for which the limits of all requests
hold. A host that we do not know as a forge needs the address of such an archive (`.tar.gz`).

The arguments are folders or patterns (`software`, `*/publiccode.yml`). Without them, all YAML files
count that say which version of the standard they follow.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from app.federation import tarball
from app.federation.driver import (
    MAX_PAGE_BYTES,
    Capabilities,
    Driver,
    HarvestedRecord,
    Mode,
    Page,
    Source,
    Task,
    Unreadable,
    Web,
    ask,
)
from app.federation.paging import portions
from app.federation.tarball import BadTarball
from app.remote import forges
from app.remote.client import Limits

LIMITS = Limits(max_bytes=MAX_PAGE_BYTES, total=600)
PACKED = (".tar", ".tar.gz", ".tgz")
YAML = (".yml", ".yaml")
VERSION = re.compile(rb"^[\"']?publiccode-?yml-?version[\"']?\s*:", re.IGNORECASE | re.MULTILINE)


async def harvest(source: Source, web: Web, task: Task) -> AsyncIterator[Page]:
    """The files come at once, and are gone through by their paths, which are their ids."""
    address = _archive(source.url)
    reply = await ask(web, address, limits=LIMITS)
    try:
        files = await asyncio.to_thread(tarball.read, reply.body, _wanted(source.args))
    except BadTarball as error:
        raise Unreadable(address, str(error)) from error
    told = {path: text for path, text in files.items() if source.args or _is_publiccode(text)}
    if task.mode is Mode.TARGETED:
        yield Page(records=tuple(_record(path, told) for path in task.targets))
        return
    for part in portions(told, task.cursor):
        yield Page(records=tuple(_record(path, told) for path in part), cursor=part[-1])


def _archive(url: str) -> str:
    if urlsplit(url).path.endswith(PACKED):
        return url
    address = forges.tarball(url)
    if address is None:
        raise Unreadable(url, "is on no forge that we know; give the address of its .tar.gz")
    return address


def _wanted(places: Sequence[str]) -> Callable[[str], bool]:
    """What is hidden, as settings of the forge are, only counts where it is named."""
    folders = tuple(f"{each.strip('/')}/" for each in places)

    def is_wanted(path: str) -> bool:
        if not path.endswith(YAML):
            return False
        if not places:
            return not any(part.startswith(".") for part in path.split("/"))
        return path.startswith(folders) or any(fnmatchcase(path, each) for each in places)

    return is_wanted


def _is_publiccode(text: bytes | None) -> bool:
    return text is not None and VERSION.search(text) is not None


def _record(path: str, told: dict[str, bytes | None]) -> HarvestedRecord:
    """Without a text if it is too long; gone if the whole repository does not have it."""
    return HarvestedRecord(source_id=path, text=told.get(path), deleted=path not in told)


DRIVER = Driver("git", Capabilities(targeted=True), harvest)
