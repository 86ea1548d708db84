"""Terms as queries of tantivy. Its query language is never spoken: nobody's text is syntax."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

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
        hits = self._hits(self._all(terms, WEIGHTS))
        ranks = np.fromiter(map(itemgetter(0), hits), np.float64, len(hits))
        words_ids = self._numbers(hits)
        named = np.isin(words_ids, self._holding(self._all(terms, {"name": WEIGHTS["name"]})))
        return Matches(words_ids, ranks / (ranks + _HALF), named)

    def holding_any(self, terms: Sequence[Term]) -> LongIntegers:
        """What has any of these terms."""
        return self._holding(self._any(terms, WEIGHTS))

    def _holding(self, query: Query) -> LongIntegers:
        return self._numbers(self._hits(Query.const_score_query(query, 1.0)))

    def _hits(self, query: Query) -> Sequence[tuple[float, DocAddress]]:
        most = max(self.searcher.num_docs, 1)
        return self.searcher.search(query, most, count=False).hits

    def _numbers(self, hits: Sequence[tuple[float, DocAddress]]) -> LongIntegers:
        numbers = self.searcher.fast_field_values(NUMBER, list(map(itemgetter(1), hits)))
        return np.fromiter(numbers, np.int64, len(numbers))

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
