"""Event streams of others: chains and trees, pages that change and pages that never do."""

import pytest

from app.federation.driver import (
    CursorLost,
    Mode,
    PageRepeated,
    Source,
    Task,
    Unavailable,
    Unreadable,
)
from app.federation.drivers.ldes import DRIVER
from app.remote.errors import BadReply
from tests.federation.drivers.runs import asking, cut_short, records, run
from tests.remote.servers import Answer, Server, reply, serving

pytestmark = pytest.mark.anyio

PREFIXES = """\
@prefix as: <https://www.w3.org/ns/activitystreams#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix ldes: <https://w3id.org/ldes#> .
@prefix tree: <https://w3id.org/tree#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
INCREMENTAL = Mode.INCREMENTAL


def trig(*statements: str, immutable: bool = False) -> bytes:
    kept = "public, max-age=604800, immutable" if immutable else "no-cache"
    body = (PREFIXES + "\n".join(statements)).encode()
    return reply(body=body, content_type="application/trig", cache_control=kept)


def member(number: int, entity: str, deed: str = "Update") -> str:
    """An activity at this minute."""
    name = f"<urn:activity:{number}>"
    said = f"<https://a.example/{entity}> a dcat:Dataset ; dct:title '{entity} at {number}' ."
    return (
        f"<urn:stream> tree:member {name} . {name} a as:{deed} ; "
        f"as:object <https://a.example/{entity}> ; "
        f"as:published '2026-11-23T12:{number:02}:00Z'^^xsd:dateTime ."
    ) + ("" if deed == "Delete" else f"{name} {{ {said} }}")


def leads_to(page: str, since: int | None = None) -> str:
    if since is None:
        return f"<> tree:relation [ a tree:Relation ; tree:node <{page}> ] ."
    return (
        f"<> tree:relation [ a tree:GreaterThanOrEqualToRelation ; tree:path as:published ; "
        f"tree:value '2026-11-23T12:{since:02}:00Z'^^xsd:dateTime ; tree:node <{page}> ] ."
    )


STREAM = trig("<urn:stream> a ldes:EventStream ; tree:view </1> .")
CHAIN = {
    "/": STREAM,
    "/1": trig(member(1, "x", "Create"), member(2, "y"), leads_to("/2", 2), immutable=True),
    "/2": trig(member(3, "x"), member(4, "z"), leads_to("/3", 4), immutable=True),
    "/3": trig(member(5, "y", "Delete"), member(6, "x")),
}


def targets(server: Server) -> list[str]:
    return [asked.target for asked in server.asked]


async def test_a_chain_is_followed_and_the_last_word_counts() -> None:
    async with serving(CHAIN) as server, asking(server) as client:
        pages = await run(DRIVER, Source(url=server.url()), client)

    told = [
        (each.source_id[-1], each.deleted, each.known.name if each.known else None)
        for page in pages
        for each in page.records
    ]
    assert told == [
        ("x", False, "x at 1"),
        ("y", False, "y at 2"),
        ("x", False, "x at 3"),
        ("z", False, "z at 4"),
        ("y", True, None),
        ("x", False, "x at 6"),
    ]


async def test_what_never_changes_is_read_once() -> None:
    async with serving(CHAIN) as server, asking(server) as client:
        source = Source(url=server.url())
        pages = await run(DRIVER, source, client)
        server.asked.clear()
        server.answers["/3"] = trig(
            member(5, "y", "Delete"), member(6, "x"), member(7, "x"), leads_to("/4", 7),
            immutable=True,
        )  # fmt: skip
        server.answers["/4"] = trig(member(8, "new", "Create"))
        later = await run(DRIVER, source, client, Task(mode=INCREMENTAL, cursor=pages[-1].cursor))
        news = {id[-3:]: each.known.name for id, each in records(later).items() if each.known}
        assert targets(server) == ["/", "/3", "/4"]
        assert news == {"e/x": "x at 7", "new": "new at 8"}

        server.asked.clear()
        again = await run(DRIVER, source, client, Task(mode=INCREMENTAL, cursor=later[-1].cursor))
        assert targets(server) == ["/", "/4"]
        assert records(again) == {}
        assert again[-1].cursor == later[-1].cursor


async def test_a_run_that_was_killed_goes_on_behind_any_page() -> None:
    async with serving(CHAIN) as server, asking(server) as client:
        source = Source(url=server.url())
        whole = await run(DRIVER, source, client)
        for number, page in enumerate(whole[:-1], start=1):
            server.asked.clear()
            rest = await run(DRIVER, source, client, Task(cursor=page.cursor))
            assert [each.records for each in rest] == [each.records for each in whole[number:]]
            assert rest[-1].cursor == whole[-1].cursor
            assert len(server.asked) == len(whole) - number


async def test_in_a_tree_what_was_published_last_counts_wherever_it_is() -> None:
    tree = {
        "/": trig(leads_to("/late", 10), leads_to("/early", 1), leads_to("/any"), member(20, "x")),
        "/late": trig(member(12, "x"), member(11, "y"), immutable=True),
        "/early": trig(member(9, "y"), member(2, "x"), immutable=True),
        "/any": trig(member(13, "z", "Delete"), member(1, "z"), leads_to("/"), leads_to("/late")),
    }
    async with serving(tree) as server, asking(server) as client:
        source = Source(url=server.url())
        pages = await run(DRIVER, source, client)
        assert targets(server) == ["/", "/any", "/early", "/late"]
        again = await run(DRIVER, source, client, Task(mode=INCREMENTAL, cursor=pages[-1].cursor))
        assert targets(server)[4:] == ["/", "/any"]

    last = {each.source_id[-1]: each for page in pages for each in page.records}
    names = {id: each.known.name if each.known else None for id, each in last.items()}
    assert names == {"x": "x at 20", "y": "y at 11", "z": None}
    assert last["z"].deleted
    assert records(again) == {}


async def test_what_is_overtaken_does_not_come_again_on_another_way() -> None:
    async with serving(CHAIN) as server, asking(server) as client:
        source = Source(url=server.url())
        pages = await run(DRIVER, source, client)
        server.answers["/3"] = trig(member(6, "x"), leads_to("/2", 2), leads_to("/1", 1))
        again = await run(DRIVER, source, client, Task(mode=INCREMENTAL, cursor=pages[-1].cursor))
    assert records(again) == {}


async def test_a_stream_that_was_begun_anew_is_read_from_the_beginning() -> None:
    async with serving(CHAIN) as server, asking(server) as client:
        source = Source(url=server.url())
        pages = await run(DRIVER, source, client)
        for page in ("/1", "/2", "/3"):
            del server.answers[page]
        server.answers |= {"/": trig("<urn:stream> tree:view </new> ."), "/new": trig()}
        with pytest.raises(CursorLost):
            await run(DRIVER, source, client, Task(mode=INCREMENTAL, cursor=pages[-1].cursor))


async def test_members_of_other_kinds_are_passed_over() -> None:
    odd = trig(
        member(1, "x"),
        "<urn:a> a as:Update ; as:object <https://a.example/catalog> .",
        "<urn:a> { <https://a.example/catalog> a dcat:Catalog . }",
        "<urn:b> a as:Update .",
        "[] a as:Create ; as:object <https://a.example/nameless> .",
        "<urn:c> a as:Update ; as:object <https://a.example/when> ; as:published 'soon' .",
        "<urn:c> { <https://a.example/when> a dcat:Dataset . }",
        "<> tree:relation [ tree:node <ftp://a.example/> ], [ tree:node 'http://[' ], 7 .",
    )
    async with serving({"/": odd}) as server, asking(server) as client:
        found = records(await run(DRIVER, Source(url=server.url()), client))
    assert {id[-4:]: each.modified is None for id, each in found.items()} == {
        "le/x": False,
        "when": True,
    }


async def test_every_page_being_the_same_is_no_end() -> None:
    async with serving({}) as server, asking(server) as client:
        for number in range(10):
            server.answers[f"/{number}"] = trig(member(1, "x"), leads_to(f"/{number + 1}"))
        with pytest.raises(PageRepeated):
            await run(DRIVER, Source(url=server.url("/0")), client)


async def test_a_page_may_not_lead_to_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.federation.drivers.ldes.MAX_PAGES", 3)
    many = trig(*(leads_to(f"/{number}") for number in range(4)))
    async with serving({"/": many}) as server, asking(server) as client:
        with pytest.raises(Unreadable):
            await run(DRIVER, Source(url=server.url()), client)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (reply(body=b"<urn:a> a <urn:b", content_type="application/trig"), Unreadable),
        (reply(body=b"<html>", content_type="text/html"), Unreadable),
        (reply(500), Unavailable),
        (reply(404), Unavailable),
        (cut_short(trig()), BadReply),
    ],
)
async def test_trouble_on_the_way_is_a_fault_behind_what_was_read(
    answer: Answer, fault: type[Exception]
) -> None:
    async with serving(CHAIN | {"/2": answer}) as server, asking(server) as client:
        harvest = DRIVER.harvest(Source(url=server.url()), client, Task())
        _, first = await anext(harvest), await anext(harvest)
        with pytest.raises(fault):
            await anext(harvest)
    assert [each.source_id[-1] for each in first.records] == ["x", "y"]
