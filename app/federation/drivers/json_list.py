"""Any JSON that names repositories: code.gouv.fr's lists, a city's list of its own, and the like.

The first argument is the JSONPath (RFC 9535) of the repositories' addresses, for example
`$[*].repository_url`, as catalogues of the Open Catalog API have it in their `sources`.
"""

from collections.abc import AsyncIterator, Iterator
from itertools import islice
from urllib.parse import urlsplit

from jsonpath import JSONPathError, finditer

from app.federation import files
from app.federation.driver import (
    Capabilities,
    Driver,
    HarvestedRecord,
    Known,
    Page,
    PeerFault,
    Source,
    Task,
    Unreadable,
    Web,
    ask,
)
from app.federation.files import Pointed
from app.federation.paging import portions
from app.federation.replies import address, json_of
from app.remote.forges import raw_file

FILE = "publiccode.yml"
MAX_REPOSITORIES = 100_000


async def harvest(source: Source, web: Web, task: Task) -> AsyncIterator[Page]:
    """The list comes at once, and is gone through by address."""
    path = source.args[0] if source.args else None
    if path is None:
        raise PeerFault(source.url, "needs a JSONPath that says where the repositories are")
    reply = await ask(web, source.url)
    found = _addresses(json_of(reply), path, source.url)
    for part in portions(found, task.cursor):
        records = await files.read(web, [_pointed(repository) for repository in part])
        yield Page(records=records, cursor=part[-1])


def _addresses(said: object, path: str, where: str) -> Iterator[str]:
    try:
        matches = list(islice(finditer(path, _container(said, where)), MAX_REPOSITORIES + 1))
    except JSONPathError as error:
        raise PeerFault(where, f"cannot be searched for {path}: {error}") from error
    if len(matches) > MAX_REPOSITORIES:
        raise Unreadable(where, f"names more than {MAX_REPOSITORIES} repositories")
    for match in matches:
        if isinstance(match.value, str) and (found := address(match.value)):
            yield found


def _container(said: object, where: str) -> list[object] | dict[str, object]:
    if not isinstance(said, list | dict):
        raise Unreadable(where, "is neither a list nor an object")
    return said


def _pointed(repository: str) -> Pointed:
    path = urlsplit(repository).path.rstrip("/").removesuffix(".git")
    record = HarvestedRecord(
        source_id=repository,
        url=repository,
        known=Known(name=path.rpartition("/")[2] or repository),
        is_first_hand=True,
    )
    return Pointed(record, raw_file(repository, FILE))


DRIVER = Driver("json", Capabilities(), harvest)
