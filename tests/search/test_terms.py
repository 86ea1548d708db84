"""Phrases, exclusions and beginnings, from what was typed to what is found."""

import pytest

from app.database import Database
from app.search.terms import MOST_TERMS, terms
from tests.search.relevance import Wish, answer, fill

pytestmark = pytest.mark.anyio


FOUND = {
    '"openbare ruimte"': ["melding-or"],
    '"ruimte openbare"': [],
    '"permis de construire"': ["urbanisme"],
    '"permis construire"': [],
    '"openbare ruimte': ["melding-or"],
    "pothole -classic": ["pothole"],
    'pothole -"post classic"': ["pothole"],
    "e-arkiv": ["arkivbro", "e-arkiv"],
    "e-arkiv -granmora": ["arkivbro"],
    "fly -fly-tipping": [],
    "rifiut*": ["rifiuti"],
    "abfallk*": ["muell"],
    "klotter*": ["fel-granmora"],
    "skräp -skräp": [],
}


async def test_words_phrases_exclusions_and_beginnings_are_found(database: Database) -> None:
    await fill(database)

    found = {words: sorted(await answer(database, Wish("en", words, {}))) for words in FOUND}

    assert found == FOUND


async def test_only_an_exclusion_leaves_all_others(database: Database) -> None:
    await fill(database)

    everything = await answer(database, Wish("en", "", {}))
    others = await answer(database, Wish("en", "-pothole", {}))

    assert set(everything) - set(others) == {"pothole", "pothole-old"}


def test_no_more_terms_than_the_most_are_looked_for() -> None:
    assert len(terms(" ".join(f"word{number}" for number in range(100)))) == MOST_TERMS


@pytest.mark.parametrize("nothing", ["", " ", '"', '""', "*", "-", "- -", '-"" *', "***", '"-*"'])
def test_signs_alone_are_no_terms(nothing: str) -> None:
    assert terms(nothing) == []


def test_little_words_are_passed_over_beside_others() -> None:
    assert terms("system för ärenden") == terms("system ärenden")
    assert terms("för") != []
