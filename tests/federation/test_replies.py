"""Replies of others: what is no text in them spoils no more than itself."""

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation.driver import Unreadable
from app.federation.replies import MOST_HALVES, json_from

HALVES = b'["' + rb"\ud800" * (MOST_HALVES + 1) + b'"]'
WHERE = "https://peer.example.org/"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (rb'["a\ud800b", 1]', ["a\ufffdb", 1]),
        (rb'["\udC00\uD83D\uDE00\uD83D"]', ["\ufffd\U0001f600\ufffd"]),
        (rb'["\ud800\ud83d\ude00"]', ["\ufffd\U0001f600"]),
        (rb'["\\ud800", "\ud800\\", "\\\ud800"]', [r"\ud800", "\ufffd\\", "\\\ufffd"]),
        (rb'{"\ud800": "\"\n"}', {"\ufffd": '"\n'}),
        (b'["a\xed\xa0\x80", "\xe5"]', ["a\ufffd\ufffd\ufffd", "\ufffd"]),
        (b"\xef\xbb\xbf[1]", [1]),
    ],
)
def test_what_is_no_text_stands_as_the_replacement_character(body: bytes, expected: object) -> None:
    assert json_from(body, WHERE) == expected


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[1", rb'["\ud800', rb'["\ud8"]', b"NaN", b"[" * 100_000, HALVES],
    ids=range(8),
)
def test_what_is_no_json_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        json_from(body, WHERE)


@given(st.recursive(st.text(st.characters()), st.lists))
def test_every_text_is_read_somehow(said: object) -> None:
    """Python writes half a character as an escape."""

    read = json_from(json.dumps(said).encode(), WHERE)

    orjson.dumps(read)
    assert len(json.dumps(read)) == len(json.dumps(said))
