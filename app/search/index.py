"""What a full-text engine must answer, and what a word is worth in each field.

An engine knows words and nothing else: filters, facets, boosts and orders are looked up in
`app.search.columns`, whichever engine found the matches. To add one, write a `SearchIndex`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.search.arrays import Floats, LongIntegers, Mask
from app.search.terms import Term

WEIGHTS = {"name": 1.0, "summary": 0.5, "features": 0.3, "body": 0.1}
"""What a word is worth in each field: `software_words` of the catalogue has these columns.

"felanmälan" in the name comes before "felanmälan" in the short description, that before a feature,
and a long description that mentions it comes last.
"""


@dataclass(frozen=True, slots=True)
class Matches:
    """Every software that has what was looked for, in no order: three arrays of one length."""

    words_ids: LongIntegers
    """`SoftwareWords.id`. What the session does not see may be among them, and is passed over."""
    words: Floats
    """How well the texts fit, from 0 to 1."""
    in_name: Mask
    """Whether names have every term."""


class SearchIndex(Protocol):
    """A full-text index over the words of the catalogue, as new as what the session sees.

    It is asked for at least one term; whether a term is `excluded` is none of its business.
    """

    async def matches(self, session: AsyncSession, terms: Sequence[Term]) -> Matches:
        """The software that has every term."""
        ...

    async def holding_any(self, session: AsyncSession, terms: Sequence[Term]) -> LongIntegers:
        """The `SoftwareWords.id` of the software that has any of these terms."""
        ...


@runtime_checkable
class LastingIndex(SearchIndex, Protocol):
    """An index that looks at each software by itself, and ranks it by nothing but its own texts.

    What it said of one holds until that one changes, whatever becomes of the others.
    """

    async def matches_among(
        self, session: AsyncSession, terms: Sequence[Term], words_ids: LongIntegers
    ) -> Matches:
        """The software that has every term, of that which these rows of words belong to."""
        ...


class TextTable(SearchIndex, Protocol):
    """An index that lies in the database itself, and can be part of its statements."""

    def having(self, terms: Sequence[Term]) -> Select[str]:
        """The ids of software that has every term."""
        ...
