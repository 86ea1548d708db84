"""What others call a software, as the keys by which the catalogue knows it."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote

from packageurl import PackageURL

from app.catalogue.entry import Identifier, Scheme
from app.publiccode import urls

FORGES = {
    "bitbucket": "https://bitbucket.org",
    "github": "https://github.com",
    "gitlab": "https://gitlab.com",
}
"""Types of purl that name a repository itself, rather than a package that was made of it."""

_SWHID = re.compile(r"(swh:1:(?:cnt|dir|rel|rev|snp|ori):[0-9a-f]{40})((?:;[a-z]+=[^;]*)*)")
_WIKIDATA = re.compile(r"(?:https?://www\.wikidata\.org/(?:wiki|entity)/)?(Q[1-9][0-9]{0,17})")


def keys_of_url(address: str) -> list[str]:
    """One key, however the address is spelled."""
    return [urls.key(address)]


def keys_of_purl(text: str) -> list[str]:
    """Of where the source of a package is: https://github.com/package-url/purl-spec

    Raises ValueError for what is no purl, or says nothing of a repository.
    """
    try:
        purl = PackageURL.from_string(text)
    except ValueError:
        raise ValueError("purl: is no package URL") from None
    qualifiers = dict(purl.qualifiers or {})
    if "vcs_url" in qualifiers:
        return keys_of_url(_without_revision(qualifiers["vcs_url"].removeprefix("git+")))
    if purl.type not in FORGES or not purl.namespace:
        raise ValueError("purl: says nothing of a repository; give it a vcs_url")
    return keys_of_url(f"{FORGES[purl.type]}/{purl.namespace}/{purl.name}")


def keys_of_swhid(text: str) -> list[str]:
    """Its own, and that of where it comes from if it says so. Raises ValueError.

    https://www.swhid.org/specification/v1.2/
    """
    found = _SWHID.fullmatch(text)
    if not found:
        raise ValueError("swhid: is not of the form swh:1:ori:…")
    qualifiers = dict(each.split("=", 1) for each in found[2].split(";")[1:])
    origin = keys_of_url(unquote(qualifiers["origin"])) if "origin" in qualifiers else []
    return [Identifier(Scheme.SWHID, found[1]).key, *origin]


def keys_of_wikidata(text: str) -> list[str]:
    """That of an item, given by its number or its address. Raises ValueError."""
    found = _WIKIDATA.fullmatch(text)
    if not found:
        raise ValueError("wikidata: is not the number of an item, such as Q42")
    return [Identifier(Scheme.WIKIDATA, found[1]).key]


KEYS: Mapping[str, Callable[[str], list[str]]] = {
    "url": keys_of_url,
    "purl": keys_of_purl,
    "swhid": keys_of_swhid,
    "wikidata": keys_of_wikidata,
}
"""By what kind of identifier it is."""


def _without_revision(address: str) -> str:
    """`https://host/name.git@1.0` without what follows the at sign; not the user of `git@host:name`."""
    path = address.rfind("/")
    revision = address.rfind("@")
    return address[:revision] if revision > path > address.find("://") + 2 else address
