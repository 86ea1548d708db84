"""Atom 1.0 (RFC 4287), with pages (RFC 5005) and what is gone (RFC 6721)."""

import re
from typing import Any

from lxml import etree

from app.federation.feeds import TITLE, Entry, Feed, Gone
from app.pagination import rfc3339
from app.publiccode.languages import is_language

MEDIA_TYPE = "application/atom+xml"
CATEGORIES = "https://yml.publiccode.tools/categories-list.html"

_ATOM = "http://www.w3.org/2005/Atom"
_TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
_PREFIXES: dict[Any, str] = {None: _ATOM, "at": _TOMBSTONES}
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(feed: Feed) -> bytes:
    """The feed as a document."""
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap=_PREFIXES)
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "updated", rfc3339(feed.updated))
    _text(_child(root, "author"), "name", TITLE)
    _text(root, "generator", TITLE)
    _link(root, "self", feed.address, MEDIA_TYPE)
    _link(root, "alternate", feed.source, "application/json")
    for relation, address in (("previous", feed.previous), ("next", feed.next)):
        if address:
            _link(root, relation, address, MEDIA_TYPE)
    for each in feed.items:
        if isinstance(each, Gone):
            _deleted(root, each)
        else:
            _entry(root, each)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _entry(root: etree._Element, entry: Entry) -> None:
    element = _child(root, "entry")
    _text(element, "id", entry.id)
    _text(element, "title", entry.title, entry.language)
    _text(element, "updated", rfc3339(entry.updated))
    _text(element, "published", rfc3339(entry.published))
    if entry.summary:
        _text(element, "summary", entry.summary, entry.language)
    if entry.author:
        author = _child(element, "author")
        _text(author, "name", entry.author.name)
        if entry.author.url:
            _text(author, "uri", entry.author.url)
    _link(element, "alternate", entry.page)
    _link(element, "related", entry.code)
    for category in entry.categories:
        _child(element, "category", term=category.term, scheme=CATEGORIES, label=category.label)


def _deleted(root: etree._Element, gone: Gone) -> None:
    etree.SubElement(
        root, f"{{{_TOMBSTONES}}}deleted-entry", {"ref": gone.id, "when": rfc3339(gone.at)}
    )


def _child(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    clean = {key: _storable(value) for key, value in attributes.items()}
    return etree.SubElement(parent, f"{{{_ATOM}}}{name}", clean)


def _text(parent: etree._Element, name: str, text: str, language: str | None = None) -> None:
    element = _child(parent, name)
    element.text = _storable(text)
    if language and is_language(language):
        element.set(_LANGUAGE, language)


def _link(parent: etree._Element, relation: str, address: str, media_type: str = "") -> None:
    kind = {"type": media_type} if media_type else {}
    _child(parent, "link", rel=relation, href=address, **kind)


def _storable(text: str) -> str:
    """XML has no control characters, not even escaped."""
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
