"""What a full-text engine must answer, and which one belongs to which database."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import FromClause

WEIGHTS = {"name": 1.0, "summary": 0.5, "features": 0.3, "body": 0.1}
"""What a word is worth in each field: `software_words` of the catalogue has these columns."""


class SearchIndex(Protocol):
    """A full-text index over the words of the catalogue."""

    def matches(self, terms: Sequence[Sequence[str]]) -> FromClause:
        """Rows (software_id, score) of what has, for each term, one of its forms; best is highest.

        The forms are folded stems of letters and digits (`app.words`), at least one term.
        """
        ...
