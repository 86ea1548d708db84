"""“Did you mean …?”"""

import pytest

from app.publiccode.spelling import nearest

KEYS = ("landingURL", "developmentStatus", "license", "localisationReady", "name", "url", "scope")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("landingUrl", "landingURL"),
        ("landing_url", "landingURL"),
        ("developmnentStatus", "developmentStatus"),
        ("developmetnStatus", "developmentStatus"),
        ("licence", "license"),
        ("localizationReady", "localisationReady"),
        ("Name", "name"),
        ("names", "name"),
        ("harbour", None),
        ("urn", "url"),
        ("x", None),
        ("", None),
        ("l" * 1000, None),
    ],
)
def test_the_nearest_word_is_found(written: str, meant: str | None) -> None:
    assert nearest(written, KEYS) == meant
