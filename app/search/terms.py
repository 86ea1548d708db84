"""What somebody typed, as what to look for: words, "phrases", -exclusions, beginnings*.

Nothing of a query reaches an engine as syntax: terms hold folded letters and digits only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from app import words

MOST_TERMS = 32
"""Terms of a query that are looked for; the rest cannot make the answer better."""

LONGEST_PHRASE = 16
"""Words beside each other that are looked for; one ligature alone can stand for four of them."""

SHORTEST_BEGINNING = 2
"""Letters before a `*`: a single one would be the beginning of nearly everything."""

ENDINGS = "aeio"
"""Of words that are longer than their beginning, the commonest ones that a stemmer takes off."""

_PART = re.compile(
    r"""(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"*]+)(?P<star>\*)?|\*)"""
)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a query as it was typed, without the signs around it; `start` is its place."""

    text: str
    start: int
    excluded: bool
    phrase: bool
    begun: bool


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must occur, or must not.

    Each alternative is a row of stems beside each other, mostly a single one; `beginning` is what
    a word may begin with instead.
    """

    alternatives: tuple[tuple[str, ...], ...]
    beginning: str | None = None
    excluded: bool = False


def terms(query: str) -> list[Term]:
    """The terms of a query, each once, in its order.

    Little words such as "för" are passed over, unless there is nothing else to look for.
    """
    found = list(dict.fromkeys(_terms(query)))
    telling = [term for term in found if not _is_little(term)]
    return (telling or found)[:MOST_TERMS]


def parts(query: str) -> Iterator[Part]:
    """A query taken apart where blanks and quotation marks are."""
    for found in _PART.finditer(query):
        kind = "word" if found["phrase"] is None else "phrase"
        if found[kind]:
            yield Part(
                text=found[kind],
                start=found.start(kind),
                excluded=found["minus"] is not None,
                phrase=kind == "phrase",
                begun=found["star"] is not None,
            )


def _terms(query: str) -> Iterator[Term]:
    for part in parts(query):
        split = list(islice(words.split(part.text), LONGEST_PHRASE))
        if not split:
            continue
        if part.begun and len(split[-1]) >= SHORTEST_BEGINNING:
            yield from (
                Term(words.alternatives([word]), None, part.excluded) for word in split[:-1]
            )
            yield _beginning(split[-1], excluded=part.excluded)
        else:
            # A phrase, if there is more than one: "e-arkiv" is no "e" somewhere in a text.
            yield Term(words.alternatives(split), excluded=part.excluded)


def _beginning(start: str, *, excluded: bool) -> Term:
    """Words that begin so, in whatever stems they are indexed.

    A stem can be shorter than what was typed: "rifiuti" is indexed as "rif", and is found by "rifiut*".
    """
    whole = (words.alternatives([start + ending]) for ending in ("", *ENDINGS))
    alternatives = sorted({row for rows in whole for row in rows})
    return Term(tuple(alternatives), start, excluded)


def _is_little(term: Term) -> bool:
    return term.beginning is None and any(
        len(row) == 1 and row[0] in little_words() for row in term.alternatives
    )


@cache
def little_words() -> frozenset[str]:
    """Folded words such as "for" that say nothing by themselves, in all languages."""
    text = (Path(__file__).parent / "little_words.txt").read_text(encoding="utf-8")
    return frozenset(words.split(text))
