"""Phrases, exclusions and beginnings, from what was typed to what is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import words
from app.database import Database
from app.search.answer import last_begun
from app.search.terms import LONGEST_PHRASE, MOST_TERMS, SHORTEST_BEGINNING, parts, terms
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


QUERIES = st.one_of(st.text(), st.text('"*- \0aäöé1\u0301\ud800', max_size=60))


@given(QUERIES)
def test_nothing_but_letters_and_digits_comes_out_of_a_query(query: str) -> None:
    found = terms(query)

    assert len(found) == len(set(found)) <= MOST_TERMS
    for term in found:
        assert all(len(row) <= LONGEST_PHRASE for row in term.alternatives)
        stems = [stem for row in term.alternatives for stem in row]
        assert all(stem.isalnum() and stem == words.fold(stem) for stem in stems)
        assert term.alternatives
        if term.beginning is not None:
            assert term.beginning.isalnum()
            assert len(term.beginning) >= SHORTEST_BEGINNING


@given(QUERIES)
def test_the_parts_of_a_query_are_where_they_say(query: str) -> None:
    at = 0
    for part in parts(query):
        assert part.text == query[part.start : part.start + len(part.text)]
        assert part.start >= at
        at = part.start + len(part.text)


@given(QUERIES)
def test_a_beginning_changes_nothing_but_the_last_term(query: str) -> None:
    if begun := last_begun(query):
        assert begun.replace("*", "") == query.replace("*", "")
        assert [*parts(begun)][-1].begun
