"""Plain scalars mean what the reference takes them for, not what YAML 1.1 would."""

import pytest

from app.publiccode.scalars import Sort, number, sort_of, text_of


@pytest.mark.parametrize(
    ("plain", "text"),
    [
        ("0x1F", "31"),
        ("0o17", "15"),
        ("017", "15"),
        ("0b101", "5"),
        ("1_000", "1000"),
        ("+1", "1"),
        ("-5", "-5"),
        ("5.10", "5.1"),
        ("1.", "1"),
        (".5", "0.5"),
        ("1000000.0", "1e+06"),
        ("0.00001", "1e-05"),
        ("-0.0", "-0"),
        (".inf", "+Inf"),
        ("-.INF", "-Inf"),
        (".nan", "NaN"),
        ("True", "true"),
        ("FALSE", "false"),
    ],
)
def test_numbers_and_truth_values_become_texts(plain: str, text: str) -> None:
    assert text_of(plain) == text


@pytest.mark.parametrize(
    "plain",
    [
        *("yes", "no", "on", "off", "y", "n", "tRuE", "nULL", "2020-01-01", "12:30:45", "1e3"),
        *("018", "0x", "0xG", "1.2.3", "-", "+", ".", "1..2", "=", "<<", "9" * 30, "9" * 400),
        *("1.5e999", "0x1.8", "EUPL-1.2"),
    ],
)
def test_all_else_is_text_as_written(plain: str) -> None:
    assert text_of(plain) == plain
    assert sort_of(plain) is Sort.TEXT


@pytest.mark.parametrize("plain", ["", "~", "null", "Null", "NULL"])
def test_null_is_absent(plain: str) -> None:
    assert text_of(plain) is None
    assert sort_of(plain) is Sort.NULL


def test_words_are_no_numbers() -> None:
    assert number("web") is None
    assert number("") is None
