"""Text to folded, stemmed words; the same when the catalogue writes and when somebody asks.

Folding comes before stemming, so that "anmala" finds "anmäla" and both engines agree: they only
ever see the words that come out of here.
"""

import re
import sys
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import islice

import Stemmer

STEMMERS = {
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch_porter",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "sv": "swedish",
}
"""BCP 47 language to Snowball algorithm; words of other languages are folded only.

Dutch has its older algorithm: the newer one makes "meen" of "gemeenten", which is another word.
"""

WORDS_KEPT = 20_000
"""Words whose stems are remembered."""

LONGEST_WORD = 40
LONGEST_START = 100
MOST_STARTS = 8
"""Words of a name that it can be found by while somebody types."""
SHORTEST_SPELLING = 3
"""Letters of a word that is worth a suggestion."""
_WORD = re.compile(r"[^\W_]+")
_NOTHING = re.compile(r"(?!)")
_BORDER = re.compile(
    r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])"  # OS|2|mo
    r"|(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=[A-ZÀ-ÖØ-Þ])(?=[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ])"  # OSM|Tools
)
SHORTEST_PIECE = 2
FIRST_BEYOND_ALPHABETS = 0x3000
"""Before it are all letters of Latin, Greek, Cyrillic and their like."""
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_MARKS = re.compile("[\u0300-\u034e\u0350-\u036f]+")
"""Accents of most alphabets, as combining characters."""
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


def fold(text: str) -> str:
    """Case and accents aside: `Ärende` becomes `arende`, `Straße` becomes `strasse`."""
    if text.isascii():
        return text.lower()
    # Once more: capitals of mathematics have no small letters until they are decomposed.
    decomposed = unicodedata.normalize("NFKD", text.casefold()).casefold()
    plain = _MARKS.sub("", decomposed)
    return plain if plain.isascii() else _BEYOND_ASCII.sub(_bare, plain)


def split(text: str) -> Iterator[str]:
    """The folded words of a text, in order; a word is letters and digits."""
    return _words(fold(text))


def pieces(name: str) -> Iterator[str]:
    """The beginnings and ends of words that are put together, by their digits and capitals.

    `OS2mo` has `OS`, `2mo`, `OS2` and `mo`, by which people look for it as well.
    """
    for match in _WORD.finditer(unicodedata.normalize("NFC", name)):
        word = match[0][:LONGEST_WORD]
        for border in _BORDER.finditer(word):
            for piece in (word[: border.start()], word[border.start() :]):
                if len(piece) >= SHORTEST_PIECE and not piece.isdigit():
                    yield piece


def spellings(text: str) -> Iterator[str]:
    """The words of a text as people write them, in small letters: `anmälan`, not `anmal`."""
    for match in _WORD.finditer(unicodedata.normalize("NFC", text).lower()):
        word = match[0]
        is_telling = SHORTEST_SPELLING <= len(word) <= LONGEST_WORD and not word.isdigit()
        if is_telling and (word.isascii() or len(list(split(word))) == 1):
            yield word


def starts(name: str) -> list[str]:
    """What somebody may begin to type who looks for this name: it, and it from a later word on.

    `storabro kommun`, `kommun`; of `OS2mo` also `2mo` and `mo`.
    """
    name = name[:LONGEST_START]
    folded = list(islice(split(name), MOST_STARTS))
    whole = (" ".join(folded[place:]) for place in range(len(folded)))
    parts = (" ".join(split(piece)) for piece in islice(pieces(name), MOST_STARTS))
    found: list[str] = []
    for start in (*whole, *parts):
        if not any(known.startswith(start) for known in found):
            found.append(start[:LONGEST_START])
    return found


def trigrams(word: str) -> set[str]:
    """Three letters in a row, the borders of the word counted as blanks."""
    padded = f" {word} "
    return {padded[place : place + 3] for place in range(len(word))}


def stems(text: str, language: str) -> str:
    """The words of a text as they are indexed: folded, stemmed, separated by blanks.

    `language` is a BCP 47 tag; only its first part decides.
    """
    return " ".join(_stemmed(list(split(text)), language))


@lru_cache(maxsize=WORDS_KEPT)
def stems_of(word: str, language: str) -> tuple[str, ...]:
    """What `stems` would make of a word, which holds no blanks: one, or more of `½`."""
    return tuple(_stemmed(list(split(word)), language))


def beginning_with(initials: Collection[str]) -> re.Pattern[str]:
    """Finds the words of a text that fold and stem to what begins with one of these letters.

    No stemmer changes a first letter. In a text that `is_odd` it may miss some.
    """
    if not initials:
        return _NOTHING
    letters, _ = _letters()
    likely = "".join(letters.get(initial, initial) for initial in sorted(initials))
    # First a letter, then what stands before it: letters that cannot be it are passed over at once.
    return re.compile(rf"[{re.escape(likely)}](?<![^\W_].)[^\W_]*")


def is_odd(text: str) -> bool:
    """Whether it has signs that fold to no letter or to several words, or hardly ever occur."""
    return not text.isascii() and _letters()[1].search(text) is not None


def alternatives(words: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """What these folded words may have become in the index, in whatever language: sorted stems.

    A text has one language, so words beside each other were stemmed by the same rules.
    """
    found = {tuple(words)}
    for language in STEMMERS:
        if stemmer := _stemmer(language):
            found.add(tuple(stemmer.stemWords(list(words))))
    return tuple(sorted(found))


def listed(names: Iterable[str | None]) -> str:
    """Folded names in one text, in which `line` is a whole name and `beginning` a part of one."""
    return "".join(line(name) for name in names if name)


def line(name: str) -> str:
    """A whole name as it stands in what `listed` gives: `| storabro kommun |`."""
    return f"| {' '.join(split(name))} |"


def beginning(part: str) -> str:
    """Words in a row as they stand in what `listed` gives; the last may be only begun."""
    return f" {' '.join(split(part))}"


def _words(folded: str) -> Iterator[str]:
    return (word[:LONGEST_WORD] for word in _WORD.findall(folded))


def _stemmed(words: list[str], language: str) -> list[str]:
    stemmer = _stemmer(language.partition("-")[0].lower())
    return stemmer.stemWords(words) if stemmer else words


def _bare(run: re.Match[str]) -> str:
    """Decomposed letters without their accents."""
    letters = (letter for letter in run[0] if not unicodedata.combining(letter))
    return "".join(letters).translate(_UNDECOMPOSED)


@cache
def _stemmer(language: str) -> Stemmer.Stemmer | None:
    algorithm = STEMMERS.get(language)
    # Looking a word up in a cache of theirs takes longer than stemming it.
    return Stemmer.Stemmer(algorithm, maxCacheSize=0) if algorithm else None


@cache
def _letters() -> tuple[Mapping[str, str], re.Pattern[str]]:
    """`{folded letter: all that fold to what begins so}`, and what finds all that is not among them."""
    alike: dict[str, str] = {}
    odd = []
    for letter in _WORD.findall(" ".join(map(chr, range(FIRST_BEYOND_ALPHABETS)))):
        folded = fold(letter)
        if [*_words(folded)] == [folded]:
            alike[folded[0]] = alike.get(folded[0], "") + letter
        else:
            odd.append(letter)
    beyond = f"{chr(FIRST_BEYOND_ALPHABETS)}-{chr(sys.maxunicode)}"
    return alike, re.compile(f"[{beyond}{re.escape(''.join(odd))}]")
