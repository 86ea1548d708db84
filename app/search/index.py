"""What a full-text engine must answer, and what a word is worth in each field."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import CTE, Select

from app.search.terms import Term

WEIGHTS = {"name": 1.0, "summary": 0.5, "features": 0.3, "body": 0.1}
"""What a word is worth in each field: `software_words` of the catalogue has these columns.

"felanmälan" in the name comes before "felanmälan" in the short description, that before a feature,
and a long description that mentions it comes last.
"""


class SearchIndex(Protocol):
    """A full-text index over the words of the catalogue. It is asked for at least one term."""

    def holding(self, terms: Sequence[Term]) -> Select[str]:
        """The ids of software that has every term, whether it is `excluded` or not."""
        ...

    def ranked(self, terms: Sequence[Term]) -> CTE:
        """The same as rows (software_id, titles, words, in_name).

        `words` is how well the texts fit, from 0 to 1; `in_name` whether names have every term.
        """
        ...
