"""A Samkod that harvests another one over HTTP, on each engine: everything, and then what happens."""

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from app.catalogue import records
from app.catalogue.entry import ROOT_ID
from app.catalogue.transaction import transaction
from app.database import Database, open_database
from app.federation.runs import Count, RunState
from app.ingest import known
from app.ingest.submission import Source
from app.publiccode.known import Known
from app.remote.client import open_client
from app.remote.hosts import PatientClient
from tests.api.files import publiccode_yml
from tests.contract.conftest import Service, running, settings_for
from tests.federation.scripted import Stage

pytestmark = pytest.mark.anyio

URL = "https://git.example.org/comune/{}"


@pytest.fixture
def peer(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Service]:
    file = shutil.copy(migrated_sqlite, tmp_path / "peer.db")
    with running(settings_for(f"sqlite:///{file}", data_dir=tmp_path)) as service:
        yield service


def put(peer: Service, number: int) -> None:
    url = URL.format(number)
    reply = peer.writer.put("/v1/software", params={"url": url}, content=publiccode_yml(url))
    reply.raise_for_status()


async def test_copy_follows_its_original(peer: Service, database: Database) -> None:
    catalog = peer.post(
        "/v1/catalogs", {"name": "Part", "sources": [{"url": "https://h.example/x"}]}
    )
    for number in range(3):
        put(peer, number)
    body = {"url": URL.format(1), "publiccodeYml": publiccode_yml(URL.format(1))}
    peer.post(f"/v1/catalogs/{catalog['id']}/software", body)

    async with open_client(allow_private_hosts=frozenset({"127.0.0.1"})) as client:
        stage = Stage(database, web=PatientClient(client))
        followed = await stage.follow(peer.address, kind="changes")
        first = await stage.harvest(followed)
        copied = await stage.software()

        [software] = peer.get(f"/v1/software?url={URL.format(0)}")["data"]
        peer.writer.delete(f"/v1/software/{software['id']}").raise_for_status()
        put(peer, 3)
        second = await stage.harvest(followed)

    assert (first.state, first.counts[Count.CREATED]) == (RunState.SUCCEEDED, 4)
    assert [len(each["records"]) for each in copied] == [1, 2, 1]
    assert {each["origin"]["catalog"] for each in copied[1]["records"]} == {
        followed.uri,
        f"{followed.uri}/{catalog['id']}",
    }
    assert (second.counts[Count.CREATED], second.counts[Count.WITHDRAWN]) == (1, 1)
    assert await stage.addresses() == [URL.format(number) for number in (1, 2, 3)]


@pytest.mark.parametrize("args", [(), ("tier: all",)], ids=["published", "all"])
async def test_what_a_peer_only_knows_of_comes_where_it_is_asked_for(
    peer: Service, database: Database, tmp_path: Path, args: tuple[str, ...]
) -> None:
    put(peer, 0)
    told = partial(known.submission, Source(ROOT_ID, "17"), url=URL.format(17))
    theirs = open_database(f"sqlite:///{tmp_path / 'peer.db'}")
    async with open_client(allow_private_hosts=frozenset({"127.0.0.1"})) as client:
        stage = Stage(database, web=PatientClient(client))
        followed = await stage.follow(peer.address, kind="changes", args=args)
        for name in ("Known", "Better known"):
            async with transaction(theirs) as session:
                said = told(Known(name=name)).statement()
                await records.write(session, said, now=stage.clock())
            run = await stage.harvest(followed)
            assert run.state is RunState.SUCCEEDED, run.error
            names = [
                each["records"][0]["known"]["name"]
                for each in await stage.software()
                if each["records"][0]["tier"] == "index"
            ]
            assert names == ([name] if args else [])
    await theirs.close()
    assert len(await stage.addresses()) == 1 + len(args)


async def test_nameless_samkod_follows_no_other(database: Database) -> None:
    stage = Stage(database, ourselves=None)
    followed = await stage.follow("https://peer.example.org", kind="changes")

    run = await stage.harvest(followed)

    assert run.state is RunState.FAILED
    assert "SAMKOD_PUBLIC_URL" in (run.error or "")
