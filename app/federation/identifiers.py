"""What others call a software, as addresses under which we may know it.

The catalogue knows software by its addresses alone, in whichever way they are spelled. A purl or
SWHID leads to that of a repository; the page that Wikidata or Software Heritage has of a software
is looked for among its aliases.
"""

import re
from urllib.parse import unquote

from packageurl import PackageURL

FORGES = {
    "bitbucket": "https://bitbucket.org",
    "github": "https://github.com",
    "gitlab": "https://gitlab.com",
}
"""Types of purl that name a repository itself, rather than a package that was made of it."""

_SWHID = re.compile(
    r"swh:1:(?:cnt|dir|rel|rev|snp|ori):[0-9a-f]{40}(?P<qualifiers>(?:;[a-z]+=[^;]*)*)"
)
_WIKIDATA = re.compile(
    r"(?:https?://www\.wikidata\.org/(?:wiki|entity)/)?(?P<item>Q[1-9][0-9]{0,17})"
)


def addresses_of_purl(text: str) -> list[str]:
    """Where the source of a package is: https://github.com/package-url/purl-spec

    Raises ValueError for what is no purl, or says nothing of a repository.
    """
    try:
        purl = PackageURL.from_string(text)
    except ValueError:
        raise ValueError("purl: is no package URL") from None
    qualifiers = dict(purl.qualifiers or {})
    if "vcs_url" in qualifiers:
        return [_without_revision(qualifiers["vcs_url"].removeprefix("git+"))]
    if purl.type not in FORGES or not purl.namespace:
        raise ValueError("purl: says nothing of a repository; give it a vcs_url")
    return [f"{FORGES[purl.type]}/{purl.namespace}/{purl.name}"]


def addresses_of_swhid(text: str) -> list[str]:
    """Where it comes from, if it says so, and the page that archives it.

    https://www.swhid.org/specification/v1.2/ Raises ValueError.
    """
    found = _SWHID.fullmatch(text)
    if not found:
        raise ValueError("swhid: must begin with swh:1:")
    qualifiers = dict(each.split("=", 1) for each in found["qualifiers"].split(";")[1:])
    origin = [unquote(qualifiers["origin"])] if "origin" in qualifiers else []
    return [*origin, f"https://archive.softwareheritage.org/{text.partition(';')[0]}"]


def addresses_of_wikidata(text: str) -> list[str]:
    """The pages of an item, given by its number or its address. Raises ValueError."""
    found = _WIKIDATA.fullmatch(text)
    if not found:
        raise ValueError("wikidata: must be the number of an item, such as Q42")
    item = found["item"]
    return [f"https://www.wikidata.org/{kind}/{item}" for kind in ("wiki", "entity")]


def _without_revision(address: str) -> str:
    """`https://host/name.git@1.0` without what follows the at sign; not the user of `git@host:name`."""
    path = address.rfind("/")
    revision = address.rfind("@")
    return address[:revision] if revision > path > address.find("://") + 2 else address
