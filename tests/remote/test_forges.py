"""Where forges keep files, and whom to ask about videos."""

import pytest

from app.remote.embeds import oembed_question
from app.remote.forges import raw_file, raw_of_page, tarball


@pytest.mark.parametrize(
    ("repository", "file"),
    [
        ("https://github.com/a/b", "https://github.com/a/b/raw/HEAD/docs/logo.png"),
        ("https://github.com/a/b.git", "https://github.com/a/b/raw/HEAD/docs/logo.png"),
        ("https://bitbucket.org/a/b/", "https://bitbucket.org/a/b/raw/HEAD/docs/logo.png"),
        ("https://gitlab.com/a/b/c", "https://gitlab.com/a/b/c/-/raw/HEAD/docs/logo.png"),
        (
            "https://gitlab.opencode.de/a/b/-/tree/main",
            "https://gitlab.opencode.de/a/b/-/raw/HEAD/docs/logo.png",
        ),
        ("https://codeberg.org/a/b", "https://codeberg.org/api/v1/repos/a/b/raw/docs/logo.png"),
        ("https://git.example.org/a/b", None),
        ("https://github.com/a", None),
        ("mailto:a@github.com", None),
    ],
)
def test_a_file_is_found_from_the_address_of_its_repository(
    repository: str, file: str | None
) -> None:
    assert raw_file(repository, "./docs/x/../logo.png") == file


def test_names_of_files_are_quoted() -> None:
    assert raw_file("https://github.com/a/b", "DAE menù#1?.png") == (
        "https://github.com/a/b/raw/HEAD/DAE%20men%C3%B9%231%3F.png"
    )


@pytest.mark.parametrize("path", ["", ".", "..", "../x.png", "a/../../x.png", "/x.png", "//x"])
def test_a_path_which_leaves_the_repository_has_no_address(path: str) -> None:
    assert raw_file("https://github.com/a/b", path) is None


@pytest.mark.parametrize(
    ("page", "file"),
    [
        ("https://github.com/a/b/blob/main/l.png", "https://github.com/a/b/raw/main/l.png"),
        ("https://gitlab.com/a/-/blob/v1/l.png", "https://gitlab.com/a/-/raw/v1/l.png"),
        (
            "https://codeberg.org/a/b/src/branch/main/l.png",
            "https://codeberg.org/a/b/raw/branch/main/l.png",
        ),
        ("https://bitbucket.org/a/b/src/main/l.png", "https://bitbucket.org/a/b/raw/main/l.png"),
        ("https://example.org/blob/l.png", "https://example.org/blob/l.png"),
        ("https://github.com/a.png", "https://github.com/a.png"),
    ],
)
def test_the_page_of_a_file_leads_to_the_file(page: str, file: str) -> None:
    assert raw_of_page(page) == file


@pytest.mark.parametrize(
    ("video", "question"),
    [
        (
            "https://www.youtube.com/watch?v=a",
            "https://www.youtube.com/oembed?url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3Da&format=json",
        ),
        (
            "https://vimeo.com/1",
            "https://vimeo.com/api/oembed.json?url=https%3A%2F%2Fvimeo.com%2F1&format=json",
        ),
        ("https://notyoutube.com/watch?v=a", None),
        ("https://example.org/?u=https://www.youtube.com/watch?v=a", None),
    ],
)
def test_a_video_site_is_asked_by_oembed(video: str, question: str | None) -> None:
    assert oembed_question(video) == question


@pytest.mark.parametrize(
    ("repository", "packed"),
    [
        ("https://github.com/a/b.git", "https://github.com/a/b/archive/HEAD.tar.gz"),
        ("https://bitbucket.org/a/b/", "https://bitbucket.org/a/b/get/HEAD.tar.gz"),
        (
            "https://gitlab.com/a/b/c/-/tree/main",
            "https://gitlab.com/api/v4/projects/a%2Fb%2Fc/repository/archive.tar.gz",
        ),
        (
            "https://codeberg.org/a/b",
            "https://codeberg.org/api/v1/repos/a/b/archive/HEAD.tar.gz",
        ),
        ("https://git.example.org/a/b", None),
        ("https://github.com/a", None),
    ],
)
def test_all_files_of_a_repository_come_as_one(repository: str, packed: str | None) -> None:
    assert tarball(repository) == packed
