"""Searches as query strings."""

from itertools import product

import pytest
from pydantic import ValidationError

from app.search import saved
from app.search.query import SearchQuery


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("?q=anm%C3%A4la+skr%C3%A4p", {"q": "anmäla skräp"}),
        ("category=crm&category=it-security&q=", {"category": ["crm", "it-security"]}),
        ("valid=true&hasReleaseSince=2026-01-01", {"valid": True, "hasReleaseSince": "2026-01-01"}),
        ("q=x&sort=name&page[size]=1000&page%5Bafter%5D=x&lang=sv&fields=id", {"q": "x"}),
    ],
)
def test_a_query_string_is_a_search(text: str, expected: dict[str, object]) -> None:
    parameters = saved.parameters(text)

    assert saved.query_of(parameters) == SearchQuery.model_validate(expected)
    assert saved.read(saved.written(parameters)) == SearchQuery.model_validate(expected)


@pytest.mark.parametrize(
    ("text", "field"),
    [("colour=blue", "colour"), ("valid=maybe", "valid"), ("updatedFrom=soon", "updatedFrom")],
)
def test_the_parameter_that_is_wrong_is_named(text: str, field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        saved.read(text)

    assert [error["loc"][0] for error in caught.value.errors()] == [field]


def test_more_parameters_than_anybody_needs_are_refused() -> None:
    with pytest.raises(ValueError, match="fields"):
        saved.read("&".join("category=x" for _ in product(range(21), range(10))))
