"""Who stands behind a piece of software: publisher, owner, users, funders, and whom to ask."""

from collections.abc import Iterator
from urllib.parse import quote

from pyoxigraph import NamedNode, Triple

from app.federation.concepts import ROLE, refer
from app.federation.rdf import (
    DCAT,
    DCT,
    FOAF,
    PROV,
    SCHEMA,
    VCARD,
    iri,
    literal,
    typed,
)
from app.federation.uris import Uris
from app.publiccode import Description
from app.publiccode.model import Contact, Contractor, Organisation


def bodies(subject: NamedNode, own: str, description: Description, uris: Uris) -> Iterator[Triple]:
    """Nodes without a URI of their own get one below `own`, our URI of the software."""
    legal = description.legal
    published_by = description.organisation or Organisation()
    if not (published_by.name or published_by.uri):
        published_by = Organisation(name=legal.repo_owner or legal.main_copyright_owner)
    yield from _agent(subject, DCT["publisher"], f"{own}#publisher", published_by)
    owner = Organisation(name=legal.main_copyright_owner)
    yield from _agent(subject, DCT["rightsHolder"], f"{own}#rights-holder", owner)
    for number, funder in enumerate(description.funded_by, 1):
        yield from _agent(subject, SCHEMA["funder"], f"{own}#funder-{number}", funder)
    for number, user in enumerate(description.used_by, 1):
        yield from _attribution(subject, f"{own}#user-{number}", user, "user", uris)
    maintenance = description.maintenance
    for number, contact in enumerate(maintenance.contacts or (), 1):
        yield from _contact(subject, f"{own}#contact-{number}", contact)
    for number, contractor in enumerate(maintenance.contractors or (), 1):
        at = f"{own}#contractor-{number}"
        yield from _contractor(subject, at, contractor)
        if contractor.name:
            yield from _attribution(subject, at, contractor.name, "maintainer", uris)


def _agent(
    subject: NamedNode, predicate: NamedNode, at: str, organisation: Organisation
) -> Iterator[Triple]:
    """An organisation goes by its own URI, if it has one that can be written."""
    known = iri(organisation.uri)
    name = organisation.name or organisation.uri
    if name:
        agent = known or NamedNode(at)
        yield Triple(subject, predicate, agent)
        yield from _named(agent, name)
        if organisation.uri and not known:
            yield Triple(agent, DCT["identifier"], literal(organisation.uri))


def _attribution(subject: NamedNode, at: str, name: str, role: str, uris: Uris) -> Iterator[Triple]:
    attribution, agent = NamedNode(f"{at}-role"), NamedNode(at)
    had, triples = refer(uris, ROLE, role)
    yield Triple(subject, PROV["qualifiedAttribution"], attribution)
    yield from typed(attribution, PROV["Attribution"])
    yield Triple(attribution, PROV["agent"], agent)
    yield Triple(attribution, DCAT["hadRole"], had)
    yield from _named(agent, name)
    yield from triples


def _named(agent: NamedNode, name: str) -> Iterator[Triple]:
    yield from typed(agent, FOAF["Agent"])
    yield Triple(agent, FOAF["name"], literal(name))


def _contact(subject: NamedNode, at: str, contact: Contact) -> Iterator[Triple]:
    if contact.name or contact.email or contact.phone:
        node = NamedNode(at)
        yield Triple(subject, DCAT["contactPoint"], node)
        yield from typed(node, VCARD["Kind"], VCARD["Individual"])
        yield from _card(node, contact.name, contact.email)
        if contact.affiliation:
            yield Triple(node, VCARD["organization-name"], literal(contact.affiliation))
        if contact.phone:
            phone = NamedNode("tel:" + quote("".join(contact.phone.split()), safe="+-.()"))
            yield Triple(node, VCARD["hasTelephone"], phone)


def _contractor(subject: NamedNode, at: str, contractor: Contractor) -> Iterator[Triple]:
    if contractor.name or contractor.email or contractor.website:
        node = NamedNode(at)
        yield Triple(subject, DCAT["contactPoint"], node)
        yield from typed(node, VCARD["Kind"], VCARD["Organization"])
        yield from _card(node, contractor.name, contractor.email)
        if website := iri(contractor.website):
            yield Triple(node, VCARD["hasURL"], website)


def _card(node: NamedNode, name: str | None, email: str | None) -> Iterator[Triple]:
    if name:
        yield Triple(node, VCARD["fn"], literal(name))
    if email:
        address = quote(email.strip(), safe="@!$&'*+-._~")
        yield Triple(node, VCARD["hasEmail"], NamedNode(f"mailto:{address}"))
