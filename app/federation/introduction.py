"""What a catalogue is called and made of, before its software: as harvesters are told."""

from urllib.parse import urlsplit

from app.catalogue import catalogs
from app.catalogue.catalogs import ROOT_NAME
from app.catalogue.entry import ROOT_ID
from app.database import Session
from app.federation.formats.dcat_ap import Introduction, Named
from app.federation.uris import Uris

NAMELESS = "Samkod"
"""What the whole is called until somebody names the root catalogue."""


async def introduced(
    session: Session, uris: Uris, catalog_id: str | None = None, *, operator: str | None
) -> Introduction:
    """One catalogue, or everything that is here with the catalogues it is made of.

    Who answers for it, if no `operator` is known, is whoever its address belongs to.
    """
    title = await catalogs.title(session, catalog_id or ROOT_ID)
    parts = {} if catalog_id else await catalogs.titles(session)
    return Introduction(
        catalog=Named(uris.catalog(catalog_id), NAMELESS if title == ROOT_NAME else title),
        publisher=operator or urlsplit(uris.base).netloc,
        parts=[Named(uris.catalog(id), name) for id, name in parts.items()],
    )
