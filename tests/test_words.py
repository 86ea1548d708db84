"""Folding and stemming: what the writer indexes, the asker finds."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ärende", "arende"),
        ("Straße", "strasse"),
        ("ØRSTED", "orsted"),
        ("Łódź", "lodz"),
        ("ﬁle", "file"),
        ("𝕬l", "al"),
    ],
)
def test_case_and_accents_are_folded(text: str, folded: str) -> None:
    assert words.fold(text) == folded


@pytest.mark.parametrize(
    ("language", "written", "asked"),
    [
        ("sv", "anmälningar", "anmälning"),
        ("da", "ansøgninger", "ansøgning"),
        ("nb", "søknader", "søknad"),
        ("fi", "kirjastot", "kirjasto"),
        ("de", "Anträge", "Antrag"),
        ("nl", "gemeenten", "gemeente"),
        ("fr", "bibliothèques", "bibliotheque"),
        ("it", "segnalazioni", "segnalazione"),
        ("es", "bibliotecas", "biblioteca"),
        ("pt-BR", "licenças", "licença"),
        ("en", "libraries", "library"),
    ],
)
def test_another_form_of_a_word_is_found(language: str, written: str, asked: str) -> None:
    assert (words.stems(written, language),) in words.alternatives([words.fold(asked)])


@pytest.mark.parametrize(
    ("name", "pieces"),
    [
        ("OS2mo", ["OS", "2mo", "OS2", "mo"]),
        ("openDesk", ["open", "Desk"]),
        ("OSMTools", ["OSM", "Tools"]),
        ("ÅrsRapport 2024", ["Års", "Rapport"]),
        ("Felanmälan", []),
        ("3D", []),
    ],
)
def test_names_come_apart_where_digits_and_capitals_begin(name: str, pieces: list[str]) -> None:
    assert list(words.pieces(name)) == pieces


@given(st.text(), st.sampled_from(["sv", "nl", "xx", ""]))
def test_each_indexed_word_is_letters_and_digits(text: str, language: str) -> None:
    assert all(word.isalnum() for word in words.stems(text, language).split())


@given(st.text(), st.sampled_from(["sv", "de", "xx", ""]))
def test_words_are_stemmed_alike_alone_and_together(text: str, language: str) -> None:
    each = re.findall(r"\w+", text)
    alone = [tuple(words.stems(word, language).split()) for word in each]
    assert [words.stems_of(word, language) for word in each] == alone


ALPHABETS = "".join(map(chr, range(0x180))) + "ǆßſŉẞ½²ºʻабвαβς"


@given(st.text() | st.text(ALPHABETS), st.sampled_from([*words.STEMMERS, "xx"]))
def test_words_are_found_by_the_first_letters_of_their_stems(text: str, language: str) -> None:
    text = unicodedata.normalize("NFC", text)
    if words.is_odd(text):
        return
    for word in re.finditer(r"[^\W_]+", text):
        stems = words.stems_of(word[0], language)
        likely = words.beginning_with({stem[0] for stem in stems})
        assert word.span() in [each.span() for each in likely.finditer(text)]


def test_no_first_letters_find_nothing() -> None:
    assert words.beginning_with(()).search("nothing") is None
