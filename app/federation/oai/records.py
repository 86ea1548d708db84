"""Records of other repositories, read as software."""

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

import orjson

from app.federation import wikidata
from app.federation.authorities import spdx
from app.federation.driver import HarvestedRecord, Known, Origin
from app.federation.replies import address, moment, text
from app.federation.xml import LANGUAGE, Element
from app.remote.forges import raw_file

OAI = "{http://www.openarchives.org/OAI/2.0/}"
PROVENANCE = "{http://www.openarchives.org/OAI/2.0/provenance}"
DC = "{http://purl.org/dc/elements/1.1/}"
PREFERRED = "en"

SOFTWARE = ("software", "c_5ce6")
"""In types: `Software` of Dublin Core, `info:eu-repo/semantics/software`, and COAR's concept."""


def identifier_of(record: Element) -> str:
    """What the repository calls it; empty where it does not say."""
    return record.findtext(f"{OAI}header/{OAI}identifier", "").strip()


def read_publiccode(record: Element) -> HarvestedRecord:
    """One whose metadata is an element with a description by publiccode.yml as JSON."""
    found = _outline(record)
    metadata = record.find(f"{OAI}metadata/*")
    if found.deleted or metadata is None or not metadata.text:
        return found
    return replace(
        found,
        url=_declared_url(metadata.text),
        text=metadata.text.encode(),
        origin=_origin(record),
        via=_via(record),
    )


def read_dublin_core(record: Element) -> HarvestedRecord | None:
    """One in simple Dublin Core; None if it is of a kind of thing that is no software."""
    found = _outline(record)
    metadata = record.find(f"{OAI}metadata/*")
    if found.deleted or metadata is None:
        return found
    types = [each.lower() for each in _texts(metadata, "type")]
    if types and not any(word in each for each in types for word in SOFTWARE):
        return None
    links = [each for each in map(address, _texts(metadata, "identifier", "relation")) if each]
    description = _spoken(metadata, "description")
    title = _spoken(metadata, "title")
    return replace(
        found,
        url=_repository(links),
        known=Known(
            name=_text(title) or found.source_id,
            description=_text(description),
            license=next(filter(None, map(spdx, _texts(metadata, "rights"))), None),
            topics=tuple(dict.fromkeys(_texts(metadata, "subject"))),
            homepage=next(iter(links), None),
            organisation=next(iter(_texts(metadata, "publisher", "creator")), None),
            language=None if description is None else description.get(LANGUAGE),
        ),
        origin=_origin(record),
        via=_via(record),
        identifiers=wikidata.identifiers([item for each in links for item in wikidata.items(each)]),
    )


def _outline(record: Element) -> HarvestedRecord:
    """What the header says."""
    header = record.find(f"{OAI}header")
    return HarvestedRecord(
        source_id=identifier_of(record),
        modified=moment(record.findtext(f"{OAI}header/{OAI}datestamp")),
        deleted=header is not None and header.get("status") == "deleted",
    )


def _declared_url(description: str) -> str | None:
    try:
        said = orjson.loads(description)
    except orjson.JSONDecodeError:
        return None
    return text(said, "url") if isinstance(said, dict) else None


def _repository(links: Iterable[str]) -> str | None:
    """The first that is on a forge: the others lead to pages about software, or to its papers."""
    for each in links:
        if urlsplit(each).path.endswith(".git") or raw_file(each, "publiccode.yml"):
            return each
    return None


def _origin(record: Element) -> Origin | None:
    """The innermost description of the only chain there is.

    http://www.openarchives.org/OAI/2.0/guidelines-provenance.htm
    """
    chain = _chain(record)
    if not chain:
        return None
    first = chain[-1]
    catalog = first.findtext(f"{PROVENANCE}baseURL", "").strip()
    id = first.findtext(f"{PROVENANCE}identifier", "").strip()
    return Origin(catalog=catalog, record_id=id) if catalog and id else None


def _via(record: Element) -> tuple[str, ...]:
    """The repositories between the first and the one that we ask, the first ones first."""
    between = [each.findtext(f"{PROVENANCE}baseURL", "").strip() for each in _chain(record)[:-1]]
    return tuple(each for each in reversed(between) if each)


def _chain(record: Element) -> list[Element]:
    """From the last hop to the first; empty where several tell of different ways."""
    ways = record.findall(f"{OAI}about/{PROVENANCE}provenance/{PROVENANCE}originDescription")
    if len(ways) != 1:
        return []
    chain = ways
    while (earlier := chain[-1].find(f"{PROVENANCE}originDescription")) is not None:
        chain.append(earlier)
    return chain


def _spoken(metadata: Element, name: str) -> Element | None:
    """Of texts in several languages the one that more people can read; one in none comes first."""
    found = [each for each in metadata.iter(f"{DC}{name}") if _text(each)]
    for language in (None, PREFERRED):
        for each in found:
            if each.get(LANGUAGE) == language:
                return each
    return found[0] if found else None


def _texts(metadata: Element, *names: str) -> list[str]:
    return [
        said for name in names for each in metadata.iter(f"{DC}{name}") if (said := _text(each))
    ]


def _text(element: Element | None) -> str | None:
    return (element.text or "").strip() or None if element is not None else None
