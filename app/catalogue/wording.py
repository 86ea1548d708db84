"""By what a software is found: the words of its description, which need nothing else."""

from collections.abc import Iterable
from itertools import islice

from app import words
from app.publiccode import Description

LONGEST_INDEXED_TEXT = 120_000
"""Bytes per field that are searched. PostgreSQL refuses a text vector of over 1 MiB: four fields, in
which a word may take twice its bytes."""

MOST_PIECES = 50
"""Of a name that is put together; real ones have very few."""

MOST_TAUGHT = 500
"""Words that one software can teach to the vocabulary."""

LONGEST_TAUGHT = 2000
"""Characters of each text that are read for them."""


def search_words(description: Description) -> dict[str, str]:
    """By what a software is found: its row of `SoftwareWords`."""
    texts = description.description.items()
    language = next(iter(description.description), "")
    organisation, needed = description.organisation, description.depends_on
    neutral = [
        description.application_suite,
        organisation.name if organisation else None,
        description.legal.repo_owner,
        description.legal.main_copyright_owner,
        *description.used_by,
        *description.categories,
    ]
    return {
        "name": _stems(
            (tag, f"{name} {' '.join(islice(words.pieces(name), MOST_PIECES))}")
            for tag, name in [
                (language, description.name),
                *((tag, text.localised_name) for tag, text in texts),
            ]
            if name
        ),
        "summary": _stems(
            (tag, part)
            for tag, text in texts
            for part in (text.generic_name, text.short_description)
        ),
        "features": _stems((tag, feature) for tag, text in texts for feature in text.features),
        "body": _stems(
            [(tag, text.long_description) for tag, text in texts]
            + [(language, part) for part in neutral]
        ),
        "titles": _listed([description.name, *(text.localised_name for _, text in texts)]),
        "organisations": _listed(
            [organisation.name if organisation else None, description.legal.repo_owner]
        ),
        "users": _listed(description.used_by),
        "dependencies": _listed(
            each.name for each in (*needed.open, *needed.proprietary, *needed.hardware)
        ),
        "spellings": " ".join(_spellings(description)),
    }


def _spellings(description: Description) -> list[str]:
    """The first words in names, short descriptions and features, sorted."""
    organisation, texts = description.organisation, description.description.values()
    said = (
        description.name,
        organisation.name if organisation else None,
        description.legal.repo_owner,
        *(text.localised_name for text in texts),
        *(text.generic_name for text in texts),
        *(text.short_description for text in texts),
        *(feature for text in texts for feature in text.features),
    )
    found = (word for part in said for word in words.spellings((part or "")[:LONGEST_TAUGHT]))
    return sorted(islice(dict.fromkeys(found), MOST_TAUGHT))


def _stems(texts: Iterable[tuple[str, str | None]]) -> str:
    return _indexed(" ".join(words.stems(text, language) for language, text in texts if text))


def _listed(names: Iterable[str | None]) -> str:
    return _indexed(words.listed(names))


def _indexed(text: str) -> str:
    return text.encode()[:LONGEST_INDEXED_TEXT].decode(errors="ignore")
