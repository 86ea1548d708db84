"""Catalogues in DCAT: Turtle, JSON-LD, RDF/XML or N-Triples, page by page as Hydra has it.

Of a dataset that points to its publiccode.yml, the file is read; of any other, what DCAT tells.
"""

from collections.abc import AsyncIterator

from app.federation import datasets, files, graphs
from app.federation.driver import (
    Capabilities,
    Driver,
    Page,
    Source,
    Task,
    Unreadable,
    Web,
    ask,
)
from app.federation.graphs import ACCEPT, Graph
from app.federation.paging import Pages
from app.federation.rdf import HYDRA

VIEWS = (HYDRA["PartialCollectionView"], HYDRA["PagedCollection"])
NEXT = (HYDRA["next"], HYDRA["nextPage"])
"""Of which the second ones are Hydra's older names, which portals still write."""


async def harvest(source: Source, web: Web, task: Task) -> AsyncIterator[Page]:
    """The cursor is the address of the next page."""
    pages = Pages()
    address: str | None = task.cursor or source.url
    while address:
        reply = await ask(web, address, headers=ACCEPT)
        graph = await graphs.read(reply)
        if graph.is_empty:
            raise Unreadable(address, "says nothing, not even that there is nothing")
        pointed = datasets.software(graph, source.url)
        pages.turn(address, [each.record.source_id for each in pointed])
        address = _following(graph)
        yield Page(records=await files.read(web, pointed), cursor=address)


def _following(graph: Graph) -> str | None:
    """https://www.hydra-cg.com/spec/latest/core/#hydra:PartialCollectionView"""
    for view in graph.subjects(*VIEWS):
        for address in graph.addresses(view, *NEXT):
            return address
    return None


DRIVER = Driver("dcat", Capabilities(relays=True), harvest)
