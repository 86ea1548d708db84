"""What Wikidata calls things, where others refer to it."""

import re

ENTITY = re.compile(r"https?://(?:www\.|m\.)?wikidata\.org/(?:wiki|entity)/(Q[1-9][0-9]{0,17})\b")
ITEM = re.compile(r"Q[1-9][0-9]{0,17}")
SCHEME = "wikidata"


def items(text: str) -> list[str]:
    """The items whose addresses are in a text, as `Q42`."""
    return ENTITY.findall(text)


def is_item(text: str) -> bool:
    """Whether it is an item's bare name."""
    return ITEM.fullmatch(text) is not None


def identifiers(found: list[str]) -> tuple[tuple[str, str], ...]:
    """Each once, as records have them."""
    return tuple((SCHEME, item) for item in dict.fromkeys(found))
