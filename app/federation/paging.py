"""How a run goes through a peer's pages: never in circles, and never without end."""

import re
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from urllib.parse import urljoin, urlsplit

from app.federation.driver import MAX_PAGES, PageRepeated, Unreadable
from app.remote.client import Fetched

PORTION = 100
"""Of what came at once: so many records are stored together."""

PARAMETER = re.compile(r";\s*([\w*-]+)\s*=\s*(\"[^\"]*\"|[^\",;\s]+)\s*")
LINK = re.compile(rf"<([^<>]*)>\s*((?:{PARAMETER.pattern})*)")


class Pages:
    """Those of one run, of which only fingerprints are kept."""

    def __init__(self, most: int = MAX_PAGES) -> None:
        self._most = most
        self._addresses: set[bytes] = set()
        self._contents: set[bytes] = set()

    def turn(self, address: str, ids: Iterable[str]) -> None:
        """Raises PageRepeated for an address, or for ids in whatever order, that came before.

        A server that answers each page with the first one would otherwise seem to have no others.
        Raises Unreadable when there are too many pages.
        """
        place, content = _fingerprint([address]), _fingerprint(sorted(ids))
        if place in self._addresses:
            raise PageRepeated(address, "was read before, so that its pages lead in a circle")
        if content in self._contents:
            raise PageRepeated(address, "holds the same as an earlier page")
        self._addresses.add(place)
        if content != NOTHING:
            self._contents.add(content)
        if len(self._addresses) > self._most:
            raise Unreadable(address, f"is page {self._most + 1}, more than are read in one run")


def portions(
    ids: Iterable[str], after: str | None, size: int = PORTION
) -> Iterator[tuple[str, ...]]:
    """A list that comes at once, in parts: each id once, in their order, those behind a cursor.

    The last id of a part is the cursor behind it, which outlives changes of the list.
    """
    left = sorted(id for id in set(ids) if id > (after or ""))
    for start in range(0, len(left), size):
        yield tuple(left[start : start + size])


def next_link(reply: Fetched) -> str | None:
    """The absolute address of the page that follows, by its `Link` header. Raises Unreadable.

    https://www.rfc-editor.org/rfc/rfc8288
    """
    for header in reply.headers.get_list("link"):
        for link in LINK.finditer(header):
            parameters = {name.lower(): value for name, value in PARAMETER.findall(link[2])}
            if "next" in parameters.get("rel", "").strip('"').lower().split():
                return joined(reply.url, link[1])
    return None


def joined(here: str, address: str) -> str:
    """An address as it stands on a page. Raises Unreadable if it cannot be one."""
    try:
        return urljoin(here, address)
    except ValueError as error:
        raise Unreadable(here, f"goes on at no address: {address}") from error


def is_at_home(address: str, home: str) -> bool:
    """Whether two addresses are of one origin, so that a secret for one may be told to the other."""
    return _origin(address) == _origin(home)


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc.lower()


def _fingerprint(texts: Iterable[str]) -> bytes:
    return blake2b("\0".join(texts).encode(errors="surrogatepass"), digest_size=16).digest()


NOTHING = _fingerprint(())
