"""Every error has a row in the table of problems, and no two say the same."""

from collections.abc import Iterator

from app.api.problems import PROBLEMS
from app.api.refusals import Refusal
from app.catalogue.errors import CatalogueError
from app.federation.errors import FederationError
from app.pagination import CursorInvalid

NEVER_LEAVES_INGEST = {"UrlMissing"}
"""Errors that are an outcome of a submission, not of a request."""


def leaves(error: type[Exception]) -> Iterator[type[Exception]]:
    """The classes below which there is none."""
    if not error.__subclasses__():
        yield error
    for each in error.__subclasses__():
        yield from leaves(each)


def test_every_error_has_a_row() -> None:
    raised = {*leaves(CatalogueError), *leaves(FederationError), *leaves(Refusal), CursorInvalid}

    missing = {error.__name__ for error in raised - set(PROBLEMS)}

    assert missing == NEVER_LEAVES_INGEST


def test_problems_are_told_apart() -> None:
    slugs = [problem.slug for problem in PROBLEMS.values()]

    assert len(slugs) == len(set(slugs))


def test_every_error_is_explained() -> None:
    for error in PROBLEMS:
        assert error.__doc__, error
