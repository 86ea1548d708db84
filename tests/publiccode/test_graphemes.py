"""Lengths in grapheme clusters."""

import pytest

from app.publiccode import graphemes


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("harbour", 7),
        ("a\r\nb", 3),
        ("a\n\rb", 4),
        ("é", 1),
        ("e\u0301", 1),
        ("\u0301", 1),
        ("a\r\u0301", 3),
        ("båtplatser", 10),
        ("👨‍👩‍👧", 1),
        ("👨‍👩‍👧👨‍👩‍👧", 2),
        ("👍🏽", 1),
        ("a\u200d👍", 2),
        ("🇸🇪", 1),
        ("🇸🇪🇫🇮🇳", 3),
        ("a🇸🇪", 2),
        ("क्ष", 2),  # a conjunct: two clusters without GB9c
        ("नि", 1),
        ("\u1100\u1161\u11a8", 1),
        ("\uac00\u11a8", 1),
        ("\uac01\u1161", 2),
        ("한국어", 3),
        ("กำ", 1),
        ("\u0600\u0661", 1),
        ("\u0600x", 1),
        ("soft\u00adhyphen", 11),
        ("zero\u200bwidth", 10),
        ("©\u200d©", 1),
        ("©\u200d\u200d©", 2),
        ("\u0600🇸🇪", 1),
        ("\n\u0301", 2),
        ("🏴\U000e0067\U000e0062\U000e007f", 1),
        ("“quotes” – and…", 15),
    ],
)
def test_clusters_are_counted(text: str, length: int) -> None:
    assert graphemes.length(text) == length


def test_counting_ends_behind_a_limit() -> None:
    assert 100 < graphemes.length("e\u0301" * 1_000_000, 100) < 200
