"""Names that others gave first."""

from datetime import UTC, datetime

import pytest

from app.catalogue.profiles import Source
from app.federation.uris import origin

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("catalog", "id", "name"),
    [
        (None, None, None),
        ("https://a.example/id/catalog", "7", "https://a.example/id/software/7"),
        ("https://a.example/id/catalog/5", "7", "https://a.example/id/software/7"),
        ("https://a.example/", "7", "https://a.example/id/software/7"),
        ("https://a.example", "https://a.example/s/7", "https://a.example/s/7"),
    ],
)
def test_name_is_that_of_the_first_catalogue(
    catalog: str | None, id: str | None, name: str | None
) -> None:
    assert origin(Source("here", catalog, id, NOW, NOW)) == name
