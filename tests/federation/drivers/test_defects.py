"""Whatever a server does instead of answering, no driver takes it for an empty list."""

import gzip

import pytest

from app.federation.driver import PeerFault, Source
from app.federation.drivers import DRIVERS
from app.remote.errors import AddressRefused, BadReply, RemoteError, TooLarge
from tests.federation.drivers.runs import asking, run
from tests.remote.servers import Server, reply, serving

pytestmark = pytest.mark.anyio

PATHS = {
    "catalogi": "/",
    "changes": "/v1/exports/manifest.json",
    "dcat": "/",
    "don-oss-register": "/repositories?perPage=100",
    "forgejo": "/api/v1/repos/search?sort=id&order=asc&limit=50&page=1",
    "gitea": "/api/v1/repos/search?sort=id&order=asc&limit=50&page=1",
    "github": "/api/v3/orgs/OS2mo/repos?type=public&sort=created&direction=asc&per_page=100&page=1",
    "gitlab": "/api/v4/groups/opencode/projects?visibility=public&order_by=id&sort=asc&per_page=100"
    "&include_subgroups=true&page=1",
    "json": "/",
    "ldes": "/",
    "oai-pmh": "/?verb=ListMetadataFormats",
    "open-catalog-api": "/v1/software?all=true&page%5Bsize%5D=100",
    "recutils": "/",
}
"""What the drivers ask first."""

ARGS = {"github": ("OS2mo",), "gitlab": ("opencode",), "json": ("$[*]",)}

ZIPPED = gzip.compress(b" " * 60_000_000)
DEFECTS: dict[str, tuple[bytes, type[Exception]]] = {
    "too many requests": (reply(429, retry_after="1"), PeerFault),
    "forbidden": (reply(403), PeerFault),
    "broken": (reply(500), PeerFault),
    "gone": (reply(410), PeerFault),
    "nothing": (reply(), PeerFault),
    "an excuse": (reply(body=b"<html>Back soon</html>", content_type="text/html"), PeerFault),
    "a way inside": (reply(302, location="http://10.0.0.1/"), AddressRefused),
    "a bomb": (reply(body=ZIPPED, content_encoding="gzip"), TooLarge),
    "half of it": (reply(body=ZIPPED[:1000], content_encoding="gzip"), BadReply),
    "a circle": (reply(302, location="/?again"), RemoteError),
}


def source(kind: str, server: Server) -> Source:
    return Source(url=server.url("/"), args=ARGS.get(kind, ()))


@pytest.mark.parametrize("defect", DEFECTS)
@pytest.mark.parametrize("kind", PATHS)
async def test_a_defect_is_a_fault(kind: str, defect: str) -> None:
    answer, fault = DEFECTS[defect]
    answers = {PATHS[kind]: answer, "/?again": answer}
    async with serving(answers) as server, asking(server) as client:
        with pytest.raises(fault):
            await run(DRIVERS[kind], source(kind, server), client)
        assert server.asked[0].target == PATHS[kind]
