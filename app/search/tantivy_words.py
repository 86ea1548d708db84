"""Terms as queries of tantivy. Its query language is never spoken: nobody's text is syntax."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from tantivy import DocAddress, Occur, Query, Schema, Searcher

from app.search.arrays import LongIntegers
from app.search.index import WEIGHTS, Matches
from app.search.terms import Term

NUMBER = "words_id"
"""The field with `SoftwareWords.id`, which columns are looked up by."""

_HALF = 4.0
"""The rank that is worth half of what words can be worth: a rare word in a short text."""


@dataclass(frozen=True, slots=True)
class Words:
    """One state of an index with the fields of `WEIGHTS`, and what has which words in it."""

    schema: Schema
    searcher: Searcher

    def matches(self, terms: Sequence[Term]) -> Matches:
        """What has every term, and how well it fits."""
        found = self.searcher.search(self._all(terms, WEIGHTS), self._most, count=False).hits
        ranks = np.array([rank for rank, _ in found], np.float64)
        words_ids = self._numbers(found)
        named = np.isin(words_ids, self._holding(self._all(terms, {"name": WEIGHTS["name"]})))
        return Matches(words_ids, ranks / (ranks + _HALF), named)

    def holding_any(self, terms: Sequence[Term]) -> LongIntegers:
        """What has any of these terms."""
        return self._holding(self._any(terms, WEIGHTS))

    def _holding(self, query: Query) -> LongIntegers:
        unranked = Query.const_score_query(query, 1.0)
        return self._numbers(self.searcher.search(unranked, self._most, count=False).hits)

    @property
    def _most(self) -> int:
        return max(self.searcher.num_docs, 1)

    def _numbers(self, hits: Sequence[tuple[object, DocAddress]]) -> LongIntegers:
        addresses = [address for _, address in hits]
        return np.array(self.searcher.fast_field_values(NUMBER, addresses), np.int64)

    def _all(self, terms: Sequence[Term], weights: Mapping[str, float]) -> Query:
        return Query.boolean_query([(Occur.Must, self._any([term], weights)) for term in terms])

    def _any(self, terms: Sequence[Term], weights: Mapping[str, float]) -> Query:
        forms = (form for term in terms for form in self._forms(term, weights))
        return Query.boolean_query([(Occur.Should, form) for form in forms])

    def _forms(self, term: Term, weights: Mapping[str, float]) -> Iterator[Query]:
        for name, weight in weights.items():
            for row in term.alternatives:
                yield Query.boost_query(self._row(name, row), weight)
            if term.beginning:
                # Letters and digits only: nothing in it is a sign of regular expressions.
                begun = Query.regex_query(self.schema, name, f"{term.beginning}.*")
                yield Query.boost_query(begun, weight)

    def _row(self, name: str, row: Sequence[str]) -> Query:
        if len(row) == 1:
            return Query.term_query(self.schema, name, row[0])
        return Query.phrase_query(self.schema, name, list(row))
