"""Replies of OAI-PMH as XML: values in, elements out.

http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.federation import xml

NAMESPACE = "http://www.openarchives.org/OAI/2.0/"
SCHEMA = f"{NAMESPACE}OAI-PMH.xsd"
IDENTIFIER = f"{NAMESPACE}oai-identifier"
PROVENANCE = f"{NAMESPACE}provenance"


@dataclass(frozen=True, slots=True)
class Header:
    """A record without what it says."""

    identifier: str
    datestamp: str
    sets: Sequence[str]
    deleted: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record was harvested: what it is called there, and in which format it came."""

    base_url: str
    identifier: str
    datestamp: str
    namespace: str
    harvested: str


@dataclass(frozen=True, slots=True)
class Resumption:
    """Where a list goes on; the token of the last part is empty, and the size may be unknown."""

    token: str
    size: int | None
    sent: int


def reply(
    moment: str, base_url: str, arguments: Mapping[str, str], content: Iterable[xml.Element]
) -> bytes:
    """A whole reply. The `arguments` are those of a request that was understood."""
    root = xml.element(
        f"{{{NAMESPACE}}}OAI-PMH",
        {None: NAMESPACE, "xsi": xml.SCHEMA_INSTANCE},
        {xml.SCHEMA_LOCATION: f"{NAMESPACE} {SCHEMA}"},
    )
    xml.add(root, "responseDate", moment)
    xml.add(root, "request", base_url, arguments)
    root.extend(content)
    return xml.write(root)


def error(code: str, text: str) -> xml.Element:
    """Why there is nothing else."""
    root = _root("error", {"code": code})
    root.text = xml.writable(text)
    return root


def identify(texts: Iterable[tuple[str, str]], domain: str | None, sample: str) -> xml.Element:
    """Who answers; `domain` is where identifiers like `sample` come from, if that has a name."""
    root = _root("Identify")
    for name, text in texts:
        xml.add(root, name, text)
    if domain:
        description = xml.add(root, "description")
        scheme = _foreign("oai-identifier", IDENTIFIER)
        for name, text in (
            ("scheme", "oai"),
            ("repositoryIdentifier", domain),
            ("delimiter", ":"),
            ("sampleIdentifier", sample),
        ):
            xml.add(scheme, name, text)
        description.append(scheme)
    return root


def metadata_formats(formats: Iterable[tuple[str, str, str]]) -> xml.Element:
    """(prefix, schema, namespace) of each."""
    root = _root("ListMetadataFormats")
    for prefix, schema, namespace in formats:
        each = xml.add(root, "metadataFormat")
        xml.add(each, "metadataPrefix", prefix)
        xml.add(each, "schema", schema)
        xml.add(each, "metadataNamespace", namespace)
    return root


def sets(named: Iterable[tuple[str, str]]) -> xml.Element:
    """(setSpec, name) of each."""
    root = _root("ListSets")
    for spec, name in named:
        each = xml.add(root, "set")
        xml.add(each, "setSpec", spec)
        xml.add(each, "setName", name)
    return root


def header(values: Header) -> xml.Element:
    """What changed when, and whether it is gone."""
    root = _root("header", {"status": "deleted"} if values.deleted else {})
    xml.add(root, "identifier", values.identifier)
    xml.add(root, "datestamp", values.datestamp)
    for each in values.sets:
        xml.add(root, "setSpec", each)
    return root


def record(
    values: Header, metadata: xml.Element | None, origins: Iterable[Origin] = ()
) -> xml.Element:
    """A header with what there is to say; of a deleted record, nothing."""
    root = _root("record")
    root.append(header(values))
    if metadata is not None:
        xml.add(root, "metadata").append(metadata)
        for origin in origins:
            xml.add(root, "about").append(_provenance(origin))
    return root


def listed(
    verb: str, content: Iterable[xml.Element], resumption: Resumption | None = None
) -> xml.Element:
    """A part of a list, and how it goes on."""
    root = _root(verb)
    root.extend(content)
    if resumption:
        place = {"cursor": str(resumption.sent)}
        if resumption.size is not None:
            place["completeListSize"] = str(resumption.size)
        xml.add(root, "resumptionToken", resumption.token, place)
    return root


def _root(name: str, attributes: Mapping[str, str] | None = None) -> xml.Element:
    return xml.element(f"{{{NAMESPACE}}}{name}", {None: NAMESPACE}, attributes)


def _foreign(name: str, namespace: str) -> xml.Element:
    """The root of a schema that lies beside the protocol's own."""
    return xml.element(
        f"{{{namespace}}}{name}",
        {None: namespace, "xsi": xml.SCHEMA_INSTANCE},
        {xml.SCHEMA_LOCATION: f"{namespace} {namespace}.xsd"},
    )


def _provenance(origin: Origin) -> xml.Element:
    """http://www.openarchives.org/OAI/2.0/guidelines-provenance.htm; what we pass on is rewritten."""
    root = _foreign("provenance", PROVENANCE)
    description = xml.add(
        root, "originDescription", None, {"harvestDate": origin.harvested, "altered": "true"}
    )
    xml.add(description, "baseURL", origin.base_url)
    xml.add(description, "identifier", origin.identifier)
    xml.add(description, "datestamp", origin.datestamp)
    xml.add(description, "metadataNamespace", origin.namespace)
    return root
