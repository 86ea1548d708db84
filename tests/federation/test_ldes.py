"""Members of the event stream: by the shapes of its authors, and what they are called."""

from dataclasses import replace

import pyshacl
import pytest
import rdflib

from app.catalogue import changes, compaction
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.federation import ldes, rdf
from app.federation.formats import dcat_ap
from app.federation.formats import ldes as formats
from app.federation.ldes import Open, OwnNames, Sealed, Stream
from tests.federation.profiles import HERE, SHARED, URIS, a_profile, needs_shared
from tests.federation.repositories import Catalogue

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings(
        r"ignore:(ConjunctiveGraph|Dataset\.\w+) is deprecated:DeprecationWarning"
    ),
]

NAMES = OwnNames(URIS.base)
AS = rdflib.Namespace("https://www.w3.org/ns/activitystreams#")


async def written(database: Database, part: Open | Sealed) -> bytes:
    async with reading(database) as session:
        head = await changes.head(session)
        stream = Stream(NAMES, head.epoch, "trig")
        if isinstance(part, Open):
            page = await ldes.read_open(session, stream, part, head)
        else:
            found = await ldes.read_sealed(session, stream, part, head)
            assert found is not None
            page = found
    return rdf.write(formats.page(page), rdf.TRIG, formats.PREFIXES)


@needs_shared
async def test_members_conform_to_the_shapes(database: Database) -> None:
    catalogue = Catalogue(database)
    await catalogue.put(1)
    await catalogue.put(2)
    await catalogue.put(2, name="Updated")
    await catalogue.delete(await catalogue.put(3))

    page = rdflib.Dataset()
    page.parse(data=await written(database, Open(0)), format="trig")
    union = rdflib.Graph()
    for graph in page.graphs():
        union += graph
    conforms, _, text = pyshacl.validate(
        union, shacl_graph=str(SHARED / "interop" / "ldes" / "shape.ttl")
    )

    assert len(set(union.objects(None, AS["object"]))) == 3
    assert conforms, text


async def test_forgetting_old_changes_leaves_the_pages_as_they_are(database: Database) -> None:
    catalogue = Catalogue(database)
    ids = [await catalogue.put(number) for number in range(3)]
    await catalogue.put(0, name="Updated")
    await catalogue.put(0, name="Updated again")
    await catalogue.delete(ids[1])
    before = await written(database, Open(0)), await written(database, Sealed(0, 3, 1))
    async with transaction(database) as session:
        await compaction.compact(session, before=catalogue.now.replace(year=2030), at_most=100)

    assert (await written(database, Open(0)), await written(database, Sealed(0, 3, 1))) == before


async def test_software_goes_by_our_name_whoever_named_it_first() -> None:
    origin = "https://other.example.org/id/software/7"
    relayed = replace(HERE, origin_catalog="https://other.example.org", origin_id=origin)
    profile = a_profile(sources=(relayed,))

    said = list(dcat_ap.software(profile, NAMES))

    assert URIS.subject(profile) == origin
    assert NAMES.subject(profile) == URIS.software(profile.id)
    assert rdf.OWL["sameAs"] in {each.predicate for each in said if origin in str(each.object)}
