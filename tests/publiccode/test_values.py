"""The forms of single values."""

import pytest

from app.publiccode import values


@pytest.mark.parametrize("text", ["2024-02-29", "0000-01-01", "0000-02-29", "9999-12-31"])
def test_days_that_exist_are_dates(text: str) -> None:
    assert values.is_date(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2023-02-29",
            "2020-13-01",
            "2020-01-00",
            "2020-1-1",
            "20200101",
            "01-01-2020",
            "10000-01-01",
        ),
        *(
            "2020-01-01 ",
            "2020-01-01T00:00:00Z",
            "+2020-01-01",
            "２０２０-01-01",
            "2020-01-01\n",
            "",
        ),
    ],
)
def test_other_texts_are_no_dates(text: str) -> None:
    assert not values.is_date(text)


@pytest.mark.parametrize(
    "text",
    [
        "a@b.it",
        "o'brien@x.it",
        '"a b"@c.it',
        "à@b.it",
        "a@à.it",
        "a@b.c",
        "a@b.it.1c",
        "a@b.it-.c",
        "x" * 65 + "@b.it",
    ],
)
def test_bare_mailboxes_are_addresses(text: str) -> None:
    assert values.is_email(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "foo",
            "a@b",
            "a@localhost",
            "a@[1.2.3.4]",
            "a@1.2.3.4",
            "a@b.it.",
            "a@b..it",
            ".a@b.it",
        ),
        *("a.@b.it", "a@-b.it", "a b@c.it", " a@b.it", "a@b.it ", "A <a@b.it>", "mailto:a@b.it"),
        *(
            "a@b.it,c@d.it",
            '""@b.it',
            "a@b..c.it",
            "a(b)@c.it",
            "a@",
            "a@@b.it",
            "a@b_c.it",
            "a@b.it\n",
            "a@" + "b." * 5000 + "it",
        ),
    ],
)
def test_other_texts_are_no_addresses(text: str) -> None:
    assert not values.is_email(text)


def test_mime_types_have_two_parts() -> None:
    assert all(map(values.is_mime_type, ["text/plain", " TEXT/PLAIN ", "application/vnd.api+json"]))
    assert not any(
        map(
            values.is_mime_type,
            ["text", "text/", "text/*", "te+xt/plain", "text/plain; a=b", "a/b\n"],
        )
    )


def test_countries_are_two_letters_of_one_case() -> None:
    assert all(map(values.is_country, ["IT", "it", "XK", "SE"]))
    assert not any(map(values.is_country, ["It", "EU", "UK", "XX", "", " IT", "ITA", "ß", "12"]))


@pytest.mark.parametrize(
    "uri",
    [
        *("https://example.org", "http://x", "ftp://x.org", "urn:a:b", "URN:x-italian-pa:pcm"),
        *("urn:x-italian-pa:C_H501", "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
    ],
)
def test_uris_with_a_host_and_urns_name_organisations(uri: str) -> None:
    assert values.is_organisation_uri(uri)


@pytest.mark.parametrize(
    "uri",
    [
        *(
            "",
            "foo",
            "/foo",
            "//x.org",
            "https://",
            "mailto:a@b.it",
            "did:web:x",
            "tag:x",
            "file:///x",
        ),
        *("urn:", "urn::x", "urn:urn:foo", "urn:a:", "urn:ex:foo#frag", "urn:ex:a/b", "urn:ex:å"),
        *("urn:x-italian-pa:nobody", "urn:x-italian-pa:pcm?=a", "https://x.org/%zz"),
    ],
)
def test_other_texts_do_not(uri: str) -> None:
    assert not values.is_organisation_uri(uri)


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("https://www.youtube.com/watch?v=abc", True),
        ("https://youtu.be/abc", True),
        ("https://m.youtube.com/watch?v=abc", True),
        ("https://player.vimeo.com/video/1", True),
        ("https://evil.example/?u=https://www.youtube.com/watch?v=a", True),
        ("https://youtube.com/watch?v=abc", False),
        ("http://www.youtube.com/watch?v=abc", False),
        ("https://www.youtube.com/embed/abc", False),
        ("https://peertube.example/w/abc", False),
        ("", False),
        ("//", False),
    ],
)
def test_videos_are_known_by_their_provider(address: str, known: bool) -> None:
    assert values.is_embeddable_video(address) is known
