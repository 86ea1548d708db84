"""Sitemaps, by which search engines find every page: https://www.sitemaps.org/protocol.html"""

from collections.abc import Iterable
from datetime import datetime
from xml.sax.saxutils import escape

from app.pagination import rfc3339

MEDIA_TYPE = "application/xml"
MOST_ADDRESSES = 50_000
"""In one file; the protocol allows no more."""

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"

Dated = tuple[str, datetime]
"""An address, and when what is there was last changed."""


def pages(addresses: Iterable[Dated]) -> bytes:
    """A sitemap of at most `MOST_ADDRESSES` pages."""
    return _document("urlset", "url", addresses)


def sitemaps(addresses: Iterable[Dated]) -> bytes:
    """An index of sitemaps."""
    return _document("sitemapindex", "sitemap", addresses)


def _document(root: str, element: str, addresses: Iterable[Dated]) -> bytes:
    lines = [
        f"<{element}><loc>{escape(address)}</loc><lastmod>{rfc3339(at)}</lastmod></{element}>"
        for address, at in addresses
    ]
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{NAMESPACE}">'
    return "\n".join([head, *lines, f"</{root}>\n"]).encode()
