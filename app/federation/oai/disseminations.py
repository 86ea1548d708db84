"""The metadata formats in which every record can be had."""

from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from app.catalogue.profiles import Profile
from app.federation import rdf, xml
from app.federation.formats import dcat_ap, oai_dc, publiccode_json
from app.federation.uris import Uris

RDF_SCHEMA = "http://www.openarchives.org/OAI/2.0/rdf.xsd"


@dataclass(frozen=True, slots=True)
class Format:
    """How a software is written; a `schema` that begins with a slash is one of our own."""

    schema: str
    namespace: str
    write: Callable[[Profile, Uris], xml.Element]

    def schema_at(self, base: str) -> str:
        """The address of its schema."""
        return f"{base}{self.schema}" if self.schema.startswith("/") else self.schema


def _dcat_ap(profile: Profile, uris: Uris) -> xml.Element:
    document = rdf.write(dcat_ap.software(profile, uris), rdf.RDF_XML)
    return etree.fromstring(document, etree.XMLParser(resolve_entities=False, huge_tree=True))


FORMATS = {
    "oai_dc": Format(oai_dc.SCHEMA, oai_dc.NAMESPACE, oai_dc.record),
    "dcat_ap": Format(RDF_SCHEMA, rdf.RDF.beginning, _dcat_ap),
    "publiccode_json": Format(
        publiccode_json.SCHEMA_PATH, publiccode_json.NAMESPACE, publiccode_json.record
    ),
}
"""By metadata prefix."""
