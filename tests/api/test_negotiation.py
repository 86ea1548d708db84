"""Which language and which form a reader gets, by the headers of the request."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.negotiation import negotiate, preferred

LANGUAGES = ("en", "da", "de", "pt-BR", "sv", "zh-Hant")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("sv", "sv"),
        ("SV", "sv"),
        ("sv-SE", "sv"),
        ("de-CH-1996", "de"),
        ("pt-br", "pt-BR"),
        ("pt", "en"),
        ("zh-Hant-TW", "zh-Hant"),
        ("zh-Hant-x-own", "zh-Hant"),
        ("zh", "en"),
        ("fi, sv;q=0.8, en;q=0.5", "sv"),
        ("en;q=0.5,sv;q=0.8", "sv"),
        ("da,sv", "da"),
        ("da;q=0.001, sv;q=0.002", "sv"),
        ("da;q=1.000, sv", "da"),
        ("fi", "en"),
        ("*", "en"),
        ("fi, *;q=0.1", "en"),
        ("fi, *;q=0.5, sv;q=0.1", "en"),
        ("sv;q=0", "en"),
        ("sv-SE, sv;q=0", "en"),
        ("en;q=0", "da"),
        ("en;q=0, *", "da"),
        ("en;q=0, da;q=0, fi", "de"),
        ("en;q=0, da;q=0, de;q=0, pt-BR;q=0, sv;q=0, zh-Hant;q=0", "en"),
        ("sv ; q=0.9 , da ; q=0.1", "sv"),
        ("sv;q=2, da;q=0.1", "da"),
        ("sv;q=0.1234, da;q=0.1", "da"),
        ("sv_SE, da", "da"),
        ("../sv", "en"),
        (";;,,=", "en"),
    ],
)
def test_the_language_is_the_best_that_we_have(header: str | None, language: str) -> None:
    assert negotiate(header, LANGUAGES) == language


@given(st.text(alphabet="svend-*;q=01., \t", max_size=60))
def test_no_header_is_too_odd(header: str) -> None:
    assert negotiate(header, LANGUAGES) in LANGUAGES


@pytest.mark.parametrize(
    ("header", "media_type"),
    [
        (None, "text/html"),
        ("*/*", "text/html"),
        ("application/json", "application/json"),
        ("application/*", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("application/json, text/html;q=0.9", "application/json"),
        ("text/html;q=0.1, */*", "application/json"),
        ("Application/JSON", "application/json"),
        ("application/json; charset=utf-8; q=0.5, text/html;level=1;q=0.4", "application/json"),
        ("image/png", "text/html"),
        ("json", "text/html"),
    ],
)
def test_the_form_is_the_one_that_the_reader_likes_best(
    header: str | None, media_type: str
) -> None:
    assert preferred(header, ["text/html", "application/json"]) == media_type
