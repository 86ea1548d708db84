"""Invented software in any number: realistic in length, frequency of words and spread of values.

Words are syllables in the manner of a language, as frequent as Zipf's law has it. Some are planted,
so that it is known how many texts they occur in. The same seed gives the same descriptions.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import log
from random import Random
from typing import Any

from app.publiccode import vocabulary

SYLLABLES = {
    "de": "ge ver schaft lich keit bau amt ung stadt rat haus ord ein zug er sie wert bel ach ten",
    "en": "ser vice town pub lic form er ing ment coun cil house land port al ly ness ant ex re",
    "es": "ción muni ci pal dad ser vi cio ayun ta mien to pue blo gest or ía ca lle re al ño",
    "fi": "kun ta pal ve lu kau pun ki vi ra sto talo ssa nen mi nen yh tei sö lä hi jä ty",
    "fr": "mai rie ser vice ci té com mune ge stion eur ment tion pu blic ville quar tier é ba re ca lo",
    "it": "co mu ne ser vi zio cit tà ge stio ne pub bli co seg na la re ti vo ra men to za",
    "nl": "ge meen te dienst mel ding open baar ruim be stuur heid schap ver ken ning huis wijk ing er en ij",
    "sv": "kom mun tjänst an mä lan för valt ning hand läggar skap ut bild vård bygg nad en ar het om sorg",
}
"""What the words of each language are made of."""

WORDS_PER_LANGUAGE = 20_000
LETTERS = 2_600
"""Characters of a long description, on average."""
WORD = 9
"""Characters of a word and the blank behind it, on average."""
SHORTEST, LONGEST = 400, 8_000
"""About so many characters a long description may have, to be valid."""

PLANTED = {
    "rare": (0.0003, ("kvarnsten", "ljusstake", "vindflöjel")),
    "mid": (0.01, ("bokhylla", "skrivbord", "trappsteg")),
    "common": (0.4, ("ärende", "karta", "signal")),
}
"""Words of which it is known in what part of all descriptions they occur."""

PLATFORMS = ("web", "linux", "windows", "android", "ios", "mac")
COUNTRIES = ("SE", "IT", "NL", "DE", "FR", "DK", "FI", "ES", "PT", "CZ", "NO", "EE")
LICENCES = (
    "EUPL-1.2",
    "AGPL-3.0-or-later",
    "MIT",
    "Apache-2.0",
    "GPL-3.0-only",
    "BSD-3-Clause",
    "MPL-2.0 OR EUPL-1.2",
)


@dataclass(frozen=True, slots=True)
class Tongue:
    """The words of a language, the most frequent first, and how frequent they are in sum."""

    words: tuple[str, ...]
    cumulated: tuple[float, ...]

    def text(self, chance: Random, number: int) -> list[str]:
        """So many words, in no order."""
        return chance.choices(self.words, cum_weights=self.cumulated, k=number)


def evenly(chance: Random) -> int:
    """Characters of a long description: all are long, so that there is much to search."""
    return chance.randrange(LETTERS // 2, LETTERS * 3 // 2)


def as_real(chance: Random) -> int:
    """Characters of a long description: many short ones, and a few as long as they may be.

    Files are then as long as those that 104 public bodies have published, or a little longer: 3.3 kB on
    average, half of them between 1.8 and 4.0 kB (of the real ones, between 1.4 and 3.1 kB).
    """
    return min(int(chance.lognormvariate(log(960), 1.3)), LONGEST)


def descriptions(
    number: int, seed: int = 5, letters: Callable[[Random], int] = evenly
) -> Iterator[dict[str, Any]]:
    """So many files, as plain JSON values."""
    for index in range(number):
        yield description(index, Random(f"{seed}/{index}"), letters)


def description(
    index: int, chance: Random, letters: Callable[[Random], int] = evenly
) -> dict[str, Any]:
    """The file of one invented software."""
    languages = chance.sample(sorted(SYLLABLES), 1 if chance.random() < 0.7 else 2)
    planted = [
        word for share, words in PLANTED.values() for word in words if chance.random() < share
    ]
    organisation = _zipf(chance, 5_000)
    return {
        "publiccodeYmlVersion": "0",
        "name": " ".join(tongue(languages[0]).text(chance, 2)).title(),
        "url": f"https://git.example.org/synthetic/{index}",
        "softwareVersion": f"{chance.randrange(9)}.{chance.randrange(20)}",
        "releaseDate": f"20{chance.randrange(18, 27)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}",
        "organisation": {
            "name": f"Kommun {organisation}",
            "uri": f"https://kommun-{organisation}.example.org/",
        },
        "platforms": chance.sample(PLATFORMS, chance.randrange(1, 4)),
        "categories": _some(chance, sorted(vocabulary.categories()), 3),
        "usedBy": sorted({f"Stad {_zipf(chance, 3_000)}" for _ in range(chance.randrange(4))}),
        "developmentStatus": chance.choices(
            vocabulary.DEVELOPMENT_STATUSES, weights=(1, 2, 2, 14, 1)
        )[0],
        "softwareType": chance.choices(vocabulary.SOFTWARE_TYPES[:7], (1, 1, 3, 14, 4, 2, 2))[0],
        "intendedAudience": {
            "scope": _some(chance, sorted(vocabulary.scopes()), 2),
            "countries": sorted(set(_some(chance, COUNTRIES, 2))),
        },
        "description": {
            language: _texts(language, chance, planted, letters(chance) // len(languages))
            for language in languages
        },
        "legal": {"license": chance.choices(LICENCES, (14, 5, 5, 4, 3, 2, 1))[0]},
        "maintenance": {
            "type": chance.choice(("internal", "community")),
            "contacts": [{"name": "Gatukontoret", "email": "it@kommun.example.org"}],
        },
        "localisation": {
            "localisationReady": True,
            "availableLanguages": sorted({*languages, *chance.sample(sorted(SYLLABLES), 1)}),
        },
        "dependsOn": {"open": [{"name": f"Databas {_zipf(chance, 500)}"}]},
    }


@cache
def tongue(language: str) -> Tongue:
    """The words of a language, always the same."""
    chance = Random(language)
    syllables = SYLLABLES[language].split()
    words: dict[str, None] = {}
    while len(words) < WORDS_PER_LANGUAGE:
        length = min(1 + len(words) // 15 + chance.randrange(2), chance.randrange(2, 5))
        words["".join(chance.choices(syllables, k=length))] = None
    total, cumulated = 0.0, []
    for rank in range(WORDS_PER_LANGUAGE):
        total += 1 / (rank + 2.7)
        cumulated.append(total)
    return Tongue(tuple(words), tuple(cumulated))


def _texts(language: str, chance: Random, planted: Sequence[str], length: int) -> dict[str, Any]:
    """One of several languages, among which the planted words are shared."""
    spoken = tongue(language)
    words = [*spoken.text(chance, max(length, SHORTEST) // WORD), *planted]
    chance.shuffle(words)
    short = spoken.text(chance, 9)
    if planted and chance.random() < 0.1:
        short.append(chance.choice(planted))
    return {
        "shortDescription": _sentence(short)[:150],
        "longDescription": " ".join(
            _sentence(words[start : start + 12]) for start in range(0, len(words), 12)
        ),
        "features": [_sentence(spoken.text(chance, 5)) for _ in range(4)],
    }


def _sentence(words: Sequence[str]) -> str:
    return f"{' '.join(words).capitalize()}."


def _some(chance: Random, values: Sequence[str], most: int) -> list[str]:
    """From one to `most` values; the first ones are more frequent."""
    return list(
        dict.fromkeys(
            values[_zipf(chance, len(values))] for _ in range(chance.randrange(1, most + 1))
        )
    )


def _zipf(chance: Random, number: int) -> int:
    """A number below this one; the lower, the more frequent."""
    return int(number ** chance.random()) - 1 if number > 1 else 0
