"""XML that no value can break: texts from outside, in elements that lxml writes, and in those it reads."""

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from lxml import etree

Element: TypeAlias = etree._Element

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA_LOCATION = f"{{{SCHEMA_INSTANCE}}}schemaLocation"

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


class NotXml(Exception):
    """A document that cannot be read, or that we do not read."""


def writable(text: str) -> str:
    """A text in which what XML 1.0 has no way to write is replaced.

    https://www.w3.org/TR/xml/#charsets
    """
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def element(
    name: str, namespaces: Mapping[Any, str], attributes: Mapping[str, str] | None = None
) -> Element:
    """An element outside of any other; `name` is `{namespace}name`.

    The `namespaces` are by prefix, the default one by None.
    """
    return etree.Element(name, _written(attributes), nsmap=namespaces)


def add(
    parent: Element,
    name: str,
    text: str | None = None,
    attributes: Mapping[str, str] | None = None,
    *,
    language: str | None = None,
) -> Element:
    """Another child, of the parent's namespace where `name` has none of its own."""
    if not name.startswith("{"):
        name = f"{{{etree.QName(parent).namespace}}}{name}"
    child = etree.SubElement(parent, name, _written(attributes))
    if language and _LANGUAGE.fullmatch(language):
        child.set(LANGUAGE, language)
    child.text = None if text is None else writable(text)
    return child


def write(root: Element) -> bytes:
    """The document, in UTF-8."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def read(document: bytes) -> Element:
    """The root of somebody else's document, without comments. Raises NotXml.

    Types of documents are not read: what they declare may expand to any size, or lie elsewhere.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotXml(f"is not XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotXml("declares a type of documents")
    return root


def _written(attributes: Mapping[str, str] | None) -> dict[str, str]:
    return {name: writable(value) for name, value in (attributes or {}).items()}
