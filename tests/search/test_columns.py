"""Arrays that grow while others read them, and texts as numbers."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.head import Head
from app.search import bits
from app.search.arrays import extended, smallest
from app.search.columns import MANY, NUMBERS, ONE, Columns, Facts, Many, One
from app.search.memory import Memory
from app.search.values import Values

NUMBERS_OF_LOTS = st.lists(st.lists(st.integers(0, 9), max_size=9), max_size=9)
HEAD = Head(1, "epoch")


@given(NUMBERS_OF_LOTS)
def test_what_was_taken_of_an_array_stays_as_it_is(lots: list[list[int]]) -> None:
    array, taken = np.zeros(0, np.int64), []
    expected: list[int] = []
    for lot in lots:
        array = extended(array, np.array(lot, np.int64))
        expected = expected + lot
        taken.append((array, expected))

    assert all(each.tolist() == numbers for each, numbers in taken)


@given(st.lists(st.integers(0, 3), max_size=30), st.integers(1, 9))
def test_smallest_are_those_that_sorting_puts_first(keys: list[int], number: int) -> None:
    ties = np.arange(len(keys))[::-1]
    places = smallest(np.array(keys, np.int64), ties.__getitem__, number)
    everything = sorted(range(len(keys)), key=lambda place: (keys[place], ties[place]))
    assert places.tolist() == everything[:number]


@given(st.lists(st.lists(st.text("abcå", min_size=1)), max_size=5), st.text("abcå", max_size=3))
def test_values_are_in_the_order_of_their_texts(lots: list[list[str]], asked: str) -> None:
    values = Values.empty()
    for lot in lots:
        values, codes = values.extended(lot)
        assert [values.texts[code] for code in codes] == lot

    known = sorted({text for lot in lots for text in lot})
    assert [values.texts[code] for code in values.order[1:]] == known
    assert [values.rank[code] for code in values.order] == list(range(len(values)))
    assert values.place(asked) == sum(text < asked for text in ["", *known])
    if asked:
        begun = [values.texts[code] for code in values.beginning(f"{asked}/")]
        assert begun == [text for text in known if text.startswith(f"{asked}/")]


@given(st.sets(st.text("ab ", min_size=1)), st.lists(st.text("ab ").map(" ".__add__), max_size=3))
def test_values_are_found_by_what_they_contain(texts: set[str], parts: list[str]) -> None:
    values, _ = Values.empty().extended(texts)
    found = {values.texts[code] for code in values.containing(parts)}
    assert found == {text for text in texts if any(part in f" {text}" for part in parts)}


@given(
    st.lists(st.lists(st.sets(st.sampled_from("abcdefgh"), max_size=3), max_size=90), max_size=5),
    st.randoms(use_true_random=False),
)
def test_rows_of_bits_and_codes_say_the_same(lots: list[list[set[str]]], chance: Random) -> None:
    one, many, together = One(), Many(), [texts for lot in lots for texts in lot]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bits, "FEW", 10)
        patch.setattr(bits, "MOST_VALUES", 8)
        for lot in lots:
            one, many = one.extended(min(texts, default=None) for texts in lot), many.extended(lot)
    chosen = [chance.random() < 0.5 for _ in together]
    mask = np.array(chosen, np.bool_)

    for column, having in ((one, [{*sorted(each)[:1]} for each in together]), (many, together)):
        texts = column.values.texts
        counts = column.counts(mask)
        for code in range(1, len(texts)):
            assert counts[code] == sum(
                texts[code] in each for each, is_in in zip(having, chosen, strict=True) if is_in
            )
        for wanted in (set(), {"a"}, set("abcdefgh"), {"b", "h"}):
            found = column.having(column.values.among(wanted))
            assert found.tolist() == [bool(wanted & each) for each in having]


def test_what_was_not_asked_for_longest_is_forgotten_first() -> None:
    memory = Memory(most=10)
    for key in "abc":
        memory.put(key, key.upper(), 4)
        memory.get("a")
    memory.put("d", "too large", 11)

    assert [memory.get(key) for key in "abcd"] == ["A", None, "C", None]


def test_later_states_begin_with_what_lasts() -> None:
    memory = Memory(most=10)
    memory.put("a", "A", 4, lasts=True)
    memory.put("a", "longer", 5, lasts=True)
    memory.put("b", "B", 5)
    later = memory.lasting()
    later.put("c", "C", 5)

    assert [memory.get(key) for key in "abc"] == ["longer", "B", None]
    assert [later.get(key) for key in "abc"] == ["longer", None, "C"]


def some(id: str, words_id: int, *platforms: str) -> Facts:
    ones = tuple(id if name == "id" else None for name in ONE)
    numbers = tuple(words_id if name == "words_id" else 0 for name in NUMBERS)
    return Facts(ones, numbers, {"platform": platforms})


def platforms(columns: Columns) -> dict[str, int]:
    column = columns.many["platform"]
    counts = column.counts(columns.present)
    return {column.values.texts[code]: int(counts[code]) for code in np.flatnonzero(counts)}


def test_an_earlier_state_stays_as_it_was() -> None:
    first = Columns.empty().replaced((), [some("a", 1, "web"), some("b", 2, "web")], HEAD)
    second = first.replaced(["a"], [some("a", 3, "ios", "web")], HEAD)
    third = second.replaced(["b", "unheard-of"], [], HEAD)

    assert [platforms(state) for state in (first, second, third)] == [
        {"web": 2},
        {"web": 2, "ios": 1},
        {"web": 1, "ios": 1},
    ]


def test_what_came_later_can_be_looked_at_by_itself() -> None:
    first = Columns.empty().replaced((), [some("a", 1, "web"), some("b", 2, "web", "ios")], HEAD)
    second = first.replaced(["a"], [some("a", 1, "ios"), some("c", 3)], HEAD)

    later = second.later(len(first))

    assert [later.text("id", number) for number in range(len(later))] == ["a", "c"]
    assert platforms(later) == {"ios": 1}
    assert platforms(second.later(1)) == {"web": 1, "ios": 2}
    assert len(second.later(len(second))) == 0


def test_numbers_of_what_is_gone_are_given_out_anew() -> None:
    columns = Columns.empty().replaced((), [some("a", 1, "web"), some("b", 2, "ios")], HEAD)
    for turn in range(20):
        columns = columns.replaced(["a"], [some("a", 10 + turn, f"p{turn}")], HEAD)

    assert len(columns) <= 4
    assert platforms(columns) == {"ios": 1, "p19": 1}
    numbers, belongs = columns.numbers_of(np.array([2, 5, 29]))
    assert [columns.text("id", number) for number in numbers] == ["b", "a"]
    assert belongs.tolist() == [True, False, True]
    assert {len(columns.many[name].values) for name in MANY if name != "platform"} == {1}
