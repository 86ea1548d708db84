"""Pages are never read in circles, and lists at once go on behind a cursor."""

from contextlib import suppress

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation.driver import PageRepeated, Unreadable
from app.federation.paging import Pages, is_at_home, next_link, portions
from app.remote.client import Fetched


def test_the_same_ids_in_another_order_are_the_same_page() -> None:
    pages = Pages()
    pages.turn("https://a.example/1", ["x", "y"])
    pages.turn("https://a.example/2", ["y", "z"])
    with pytest.raises(PageRepeated):
        pages.turn("https://a.example/3", ["y", "x"])


def test_empty_pages_are_told_apart_by_their_addresses() -> None:
    pages = Pages()
    pages.turn("https://a.example/1", [])
    pages.turn("https://a.example/2", [])
    with pytest.raises(PageRepeated):
        pages.turn("https://a.example/1", [])


def test_pages_have_an_end() -> None:
    pages = Pages(most=2)
    for number in range(2):
        pages.turn(f"https://a.example/{number}", [])
    with pytest.raises(Unreadable):
        pages.turn("https://a.example/2", [])


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ('<https://b.example/?page=2>; rel="next"', "https://b.example/?page=2"),
        ("</?page=2>; rel=next", "https://a.example/?page=2"),
        ('<?page=1>; rel="prev", <?page=3>; rel="last next"', "https://a.example/list?page=3"),
        ('<?a,b>; title="a, b; rel=next"; rel="prev"', None),
        ('<?page=3>; rel="nextish"', None),
        ('<?page=3; rel="next"', None),
        ("", None),
    ],
)
def test_the_next_page_is_the_one_linked_as_such(header: str, address: str | None) -> None:
    reply = Fetched("https://a.example/list", 200, httpx2.Headers({"Link": header}), b"")
    assert next_link(reply) == address


@given(st.text(max_size=200))
def test_no_link_header_breaks_the_reading(header: str) -> None:
    headers = httpx2.Headers([(b"link", header.encode())])
    with suppress(Unreadable):
        next_link(Fetched("https://a.example/list", 200, headers, b""))


@pytest.mark.parametrize(
    ("address", "at_home"),
    [
        ("https://A.example/other", True),
        ("http://a.example/", False),
        ("https://a.example:8443/", False),
        ("https://a.example@b.example/", False),
    ],
)
def test_home_is_one_origin(address: str, at_home: bool) -> None:
    assert is_at_home(address, "https://a.example/api") is at_home


@given(st.lists(st.text(max_size=5)), st.integers(1, 4))
def test_parts_go_on_where_they_ended(ids: list[str], size: int) -> None:
    parts = list(portions(ids, None, size))
    assert [id for part in parts for id in part] == sorted(set(ids) - {""})
    for number, part in enumerate(parts, start=1):
        assert list(portions(ids, part[-1], size)) == parts[number:]
