"""Addresses: parsed as the reference parses them, spelled and compared as the catalogue does."""

import pytest

from app.publiccode import urls

URLS = [
    *(
        "https://github.com/a/b",
        "HTTPS://example.org",
        "ssh://git@github.com/a/b.git",
        "git://x.org/a",
    ),
    *(
        "mailto:a@b.it",
        "urn:x:y",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https:x.org",
        "foo:bar",
    ),
    *("https://x.org/à", "https://x.org/a b", "https://x..org", "http://.", "https://x.org:99999"),
    *("http://[::1]:80/", "https://[fe80::1%25en0]/", "https://user:pw@x.org", "http://exämple"),
    *("https://x.org/?a=%zz", "http://a.b/c:d", "mailto:%zz", "x:#f"),
    *('http://a"b', "http://a<b>", "https://a%25b.org", "https://x.org/#\t", "ssh://a:b:80/c"),
]
PARSED_ONLY = [
    *("", "foo", "5", "/p", "example.org", "//host/x", "https://", "https:///x", "https://#"),
    *("https://?", "http:/x.org", "???", "file:", "file:///"),
]
UNPARSABLE = [
    *(
        "git@github.com:a/b.git",
        "1:2",
        ":foo",
        "https://x.org ",
        " https://x.org",
        "https://x y.org",
    ),
    *(
        "https://x.org/%zz",
        "https://x.org/#%zz",
        "http://%41.org",
        "http://[::1",
        "http://x.org:http",
    ),
    *(
        "https://x.org/\n",
        "\x00",
        "https://x.org/\x7f",
        "https://a%zz@x.org",
    ),
    *("http://us er@x.org", "http://[fe80::1%en0]/"),
    *("http://[foo]/", "http://[::1][::1]/", "http://a[::1]/", "https://a:1:2/", "http://[::1%25]"),
]


@pytest.mark.parametrize("text", URLS)
def test_urls_have_a_scheme_and_something_behind_it(text: str) -> None:
    assert urls.is_url(text)


@pytest.mark.parametrize("text", PARSED_ONLY)
def test_some_texts_parse_but_are_no_urls(text: str) -> None:
    assert urls.parse(text) is not None
    assert not urls.is_url(text)


@pytest.mark.parametrize("text", UNPARSABLE)
def test_some_texts_do_not_even_parse(text: str) -> None:
    assert urls.parse(text) is None
    assert not urls.is_url(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://localhost", True),
        ("HTTP://x_y.org", True),
        ("https://münchen.example", True),
        ("ftp://example.org/x", False),
        ("https:x.org", False),
        ("https://#", False),
        ("//example.org/x", False),
        ("", False),
    ],
)
def test_web_addresses_have_a_host(text: str, expected: bool) -> None:
    assert urls.is_http_url(text) is expected


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTPS://WWW.Example.ORG:443/Owner/Name/", "https://example.org/Owner/Name"),
        ("http://example.org:80/", "http://example.org"),
        ("http://example.org:443/", "http://example.org:443"),
        ("https://example.org/a/./b/../c", "https://example.org/a/c"),
        ("https://example.org/../a", "https://example.org/a"),
        ("https://example.org/%7euser/%2fx%c3%a9", "https://example.org/~user/%2Fx%C3%A9"),
        ("https://example.org/é b", "https://example.org/%C3%A9%20b"),
        ("https://example.org/r.git?", "https://example.org/r.git"),
        ("https://example.org/r?b=2&a=1#Top", "https://example.org/r?b=2&a=1#Top"),
        ("https://skipper@example.org/r", "https://skipper@example.org/r"),
        ("https://MÜNCHEN.example/r", "https://xn--mnchen-3ya.example/r"),
        ("https://[::1]:443/r", "https://[::1]/r"),
        ("no address", "no address"),
        ("git@example.org:a/b", "git@example.org:a/b"),
        ("https://x.org/%zz", "https://x.org/%zz"),
    ],
)
def test_one_spelling_for_what_certainly_is_the_same(url: str, normal: str) -> None:
    assert urls.normalise(url) == normal
    assert urls.normalise(normal) == normal


def test_one_trailing_slash_is_dropped_as_the_contract_has_it() -> None:
    assert urls.normalise("https://example.org/a//b//") == "https://example.org/a//b/"


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/owner/name",
        "http://www.GitHub.com/Owner/Name.git",
        "https://github.com/owner/name/",
        "https://github.com:443/owner/name.git/",
        "ssh://git@github.com/owner/name.git",
        "git@github.com:owner/name.git",
        "https://github.com/owner/name/tree/main/src",
        "https://github.com/owner/name?tab=readme#top",
    ],
)
def test_one_key_for_all_spellings_of_a_repository(url: str) -> None:
    assert urls.key(url) == "github.com/owner/name"


def test_what_is_too_long_for_a_name_of_a_host_is_not_spelled_in_ascii() -> None:
    """It would take minutes."""
    letters = "".join(chr(0x4E00 + number % 20_000) for number in range(50_000))

    assert urls.key(f"https://{letters}.example/a") == f"{letters}.example/a"


def test_keys_keep_what_makes_a_difference() -> None:
    assert urls.key("https://code.example/Owner/Name") == "code.example/Owner/Name"
    assert urls.key("https://code.example:8443/a/b") == "code.example:8443/a/b"
    assert urls.key("https://gitlab.example/a/b/-/tree/main") == "gitlab.example/a/b"
    assert urls.key("no address") == "no address"
