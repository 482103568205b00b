"""A Whoosh query object → what it matches in each segment.

Each type of query has one function here. A type that has none is run by its own Whoosh
matcher, a document at a time: right, but slow.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from whoosh import query

from indexer.arrays import matching
from indexer.arrays.codes import LENGTHS, bm25
from indexer.arrays.collection import Collection
from indexer.arrays.container import Array
from indexer.arrays.expanding import column_ends, docs_of_any, terms_meant
from indexer.arrays.lexicon import NO_TERM
from indexer.arrays.matching import Matching
from indexer.arrays.phrases import phrase_docs
from indexer.arrays.queries import Literal
from indexer.arrays.segment import Segment
from indexer.arrays.walking import walked

Parts: TypeAlias = list[Matching]  # one for each segment
_NOTHING: Final = matching.Nothing()


class Compiler:
    """Compiles one query; raises TimeoutError once its deadline has passed.

    Every step is bounded by the size of a segment (tens of milliseconds at a million
    documents), and the clock is read before each, while compiling and while matching.
    """

    def __init__(self, collection: Collection, deadline: float) -> None:
        self._collection = collection
        self._segments = collection.segments
        self._deadline = deadline

    def of(self, asked: Any) -> Parts:
        self._check()
        compile = _BY_TYPE.get(type(asked))
        if compile is not None:
            return compile(self, asked)
        if isinstance(asked, query.MultiTerm):
            return self.many_terms(asked)
        return self._by_whoosh(asked)

    def term(self, asked: Any) -> Parts:
        key = asked.fieldname, asked.text, asked.boost
        known = self._collection.terms.get(key)
        if known is None:
            known = self._term(*key)
            self._collection.keep(key, known)
        return known

    def _term(self, field: str, text: Any, boost: float) -> Parts:
        terms = self._numbers(field, text)
        frequency = 0
        for segment, term in zip(self._segments, terms, strict=True):
            if term != NO_TERM:
                frequency += segment.frequency(term)
        statistics, table = self._collection.statistics(field)
        idf = statistics.idf(frequency)
        return [
            self._postings(number, term, table, idf, boost)
            for number, term in enumerate(terms)
        ]

    def _numbers(self, field: str, text: Any) -> list[int]:
        """The number of a term in each segment."""
        return [self._collection.term(s, field, text) for s in self._segments]

    def all_of(self, asked: Any) -> Parts:
        if not asked.subqueries:
            return [_NOTHING] * len(self._segments)
        return [
            matching.And(parts, self._check, asked.boost)
            for parts in self._each(asked.subqueries)
        ]

    def any_of(self, asked: Any) -> Parts:
        if not asked.subqueries:
            return self.nothing(asked)
        if asked.scale:  # a bonus for documents that match more parts
            return self._by_whoosh(asked)
        return [
            matching.Or(parts, segment.size, self._check, asked.boost)
            for parts, segment in zip(
                self._each(asked.subqueries), self._segments, strict=True
            )
        ]

    def highest(self, asked: Any) -> Parts:
        if not asked.subqueries:
            return self.nothing(asked)
        parts = self._each(asked.subqueries)
        return [
            matching.Highest(part, segment.size, self._check, asked.boost)
            for part, segment in zip(parts, self._segments, strict=True)
        ]

    def none_of(self, asked: Any) -> Parts:
        parts = self.of(asked.query)
        return [
            matching.Not(part, segment.size)
            for part, segment in zip(parts, self._segments, strict=True)
        ]

    def first_not_second(self, asked: Any) -> Parts:
        first, second = self.of(asked.a), self.of(asked.b)
        return [
            matching.And((a, matching.Not(b, segment.size)), self._check)
            for a, b, segment in zip(first, second, self._segments, strict=True)
        ]

    def first_maybe_second(self, asked: Any) -> Parts:
        first, second = self.of(asked.a), self.of(asked.b)
        return [matching.AndMaybe(*pair) for pair in zip(first, second, strict=True)]

    def first_required_second(self, asked: Any) -> Parts:
        first, second = self.of(asked.a), self.of(asked.b)
        return [
            matching.And((a, matching.Constant(b, 0)), self._check)
            for a, b in zip(first, second, strict=True)
        ]

    def constant(self, asked: Any) -> Parts:
        return [matching.Constant(p, asked.score) for p in self.of(asked.child)]

    def every(self, asked: Any) -> Parts:
        if asked.fieldname is None:
            return [matching.Everything(s.size, asked.boost) for s in self._segments]
        return self._any_term(self._terms_meant(asked), asked.boost)

    def nothing(self, asked: Any) -> Parts:
        return [_NOTHING] * len(self._segments)

    def many_terms(self, asked: Any) -> Parts:
        """A query that stands for many terms: at a constant score, or as an Or."""
        found = self._terms_meant(asked)
        if asked.constantscore:
            return self._any_term(found, asked.boost)
        texts = {
            segment.lexicon.term(term)
            for segment, terms in zip(self._segments, found, strict=True)
            for term in terms
        }
        terms = [query.Term(asked.fieldname, text) for text in sorted(texts)]
        return self.any_of(query.Or(terms, boost=asked.boost))

    def number_range(self, asked: Any) -> Parts:
        field = asked.fieldname
        if field not in self._collection.schema:
            return self.nothing(asked)
        columns = [segment.numbers(field) for segment in self._segments]
        if not asked.constantscore or any(column is None for column in columns):
            return self.many_terms(asked)
        low, high = column_ends(asked, self._collection.schema[field])
        found: Parts = []
        for number, column in enumerate(columns):
            assert column is not None
            part: Matching = matching.Ranged(
                column, low, high, asked.startexcl, asked.endexcl, asked.boost
            )
            having = self._collection.having(number, field)
            if having is not None:
                part = matching.And((part, matching.Masked(having)), self._check)
            found.append(part)
        return found

    def phrase(self, asked: Any) -> Parts:
        """Scored as the words of it would be, each by itself, as in Whoosh."""
        if not asked.words:
            return self.nothing(asked)
        field = asked.fieldname
        found: Parts = []
        words = [query.Term(field, word) for word in asked.words]
        scored = self.all_of(query.And(words, boost=asked.boost))
        terms = zip(*[self._numbers(field, word) for word in asked.words], strict=True)
        for segment, part, numbers in zip(self._segments, scored, terms, strict=True):
            if NO_TERM in numbers:
                found.append(_NOTHING)
            else:
                docs = phrase_docs(segment, field, numbers, asked.slop)
                found.append(matching.Located(docs, part))
        return found

    def literal(self, asked: Literal) -> Parts:
        if not asked.scored:
            key = asked.text, tuple(asked.sections)
            return self._collection.literals.get(key, lambda: self._literal(asked))
        found = [_printed(segment, asked) for segment in self._segments]
        weighed = {}
        for section, (field, weight) in asked.sections.items():
            frequency = sum(map(len, (one.docs_of(section) for one in found)))
            statistics, _ = self._collection.statistics(field)
            factor = statistics.idf(frequency) * weight
            weighed[section] = field, statistics.average, factor
        return [
            _scored(segment, one, weighed)
            for segment, one in zip(self._segments, found, strict=True)
        ]

    def _literal(self, asked: Literal) -> Parts:
        """Documents that print a literal, unscored."""
        found = (_printed(segment, asked) for segment in self._segments)
        return [matching.Scored(_distinct(one.docs)) for one in found]

    def _postings(
        self, number: int, term: int, table: Array, idf: float, boost: float
    ) -> Matching:
        """The postings of a term in one segment."""
        if term == NO_TERM:
            return _NOTHING
        segment = self._segments[number]
        docs, codes = segment.postings(term)
        dense = self._collection.dense
        if boost <= 0 or not dense.has(number, len(docs)):
            return matching.Term(docs, codes, table, idf, boost)
        plain = matching.Term(docs, codes, table, idf)
        column = dense.column(number, term, segment.size, plain.found)
        return matching.Dense(docs, column, boost)

    def _each(self, asked: Iterable[Any]) -> list[tuple[Matching, ...]]:
        """The parts of several queries, by segment."""
        return list(zip(*[self.of(one) for one in asked], strict=True))

    def _terms_meant(self, asked: Any) -> list[Sequence[int]]:
        """The terms that a query of many stands for, in each segment."""
        schema = self._collection.schema
        return [terms_meant(asked, s, schema, self._check) for s in self._segments]

    def _any_term(self, terms: Iterable[Sequence[int]], score: float) -> Parts:
        """Documents with any of some terms of each segment."""
        return [
            matching.Masked(docs_of_any(segment, numbers), score)
            if numbers
            else _NOTHING
            for segment, numbers in zip(self._segments, terms, strict=True)
        ]

    def _by_whoosh(self, asked: Any) -> Parts:
        """What Whoosh's own matcher for a query finds, document by document."""
        return [walked(asked, s, self._collection, self._check) for s in self._segments]

    def _check(self) -> None:
        if time.monotonic() > self._deadline:
            raise TimeoutError


@dataclass(frozen=True, slots=True)
class _Printed:
    """Where a literal stands in a segment's live documents: a row for each section of a
    document that prints it, and how often it does."""

    docs: Array
    sections: Array
    counts: Array

    def docs_of(self, section: int) -> Array:
        found: Array = self.docs[self.sections == section]
        return found


def _printed(segment: Segment, asked: Literal) -> _Printed:
    if segment.literals is None:
        return _Printed(*(np.empty(0, kind) for kind in (np.uint32, np.uint8, int)))
    stream = segment.literals.stream
    runs = stream.owners_of(segment.literals.places(asked.text))
    begins = np.append(True, runs[1:] != runs[:-1])[: len(runs)].nonzero()[0]
    counts = np.diff(begins, append=len(runs))
    runs = runs[begins]
    docs, sections = stream.runs.docs[runs], stream.runs.sections[runs]
    wanted = np.zeros(256, bool)
    wanted[list(asked.sections)] = True
    chosen = wanted[sections]
    if segment.live is not None:
        chosen &= segment.live[docs]
    if chosen.all():
        return _Printed(docs, sections, counts)
    return _Printed(docs[chosen], sections[chosen], counts[chosen])


def _scored(
    segment: Segment, printed: _Printed, weighed: Mapping[int, tuple[str, float, float]]
) -> Matching:
    """Documents that print a literal, by BM25 of how often each section does; `weighed`
    has the field, the average length and the factor of each."""
    scores = np.empty(len(printed.docs), np.float32)
    for section in np.unique(printed.sections).tolist():
        field, average, factor = weighed[section]
        here = printed.sections == section
        lengths = LENGTHS[segment.lengths(field)[printed.docs[here]]]
        scores[here] = bm25(printed.counts[here], lengths, average) * factor
    docs = printed.docs
    begins = np.append(True, docs[1:] != docs[:-1])[: len(docs)].nonzero()[0]
    if len(begins) == len(docs):
        return matching.Scored(docs, scores)
    return matching.Scored(docs[begins], np.add.reduceat(scores, begins))


def _distinct(docs: Array) -> Array:
    """Ascending documents, each once."""
    return docs[np.append(True, docs[1:] != docs[:-1])] if len(docs) else docs


_BY_TYPE: Final[dict[type, Callable[[Compiler, Any], Parts]]] = {
    query.Term: Compiler.term,
    query.And: Compiler.all_of,
    query.Or: Compiler.any_of,
    query.DisjunctionMax: Compiler.highest,
    query.Not: Compiler.none_of,
    query.AndNot: Compiler.first_not_second,
    query.AndMaybe: Compiler.first_maybe_second,
    query.Require: Compiler.first_required_second,
    query.ConstantScoreQuery: Compiler.constant,
    query.Every: Compiler.every,
    type(query.NullQuery): Compiler.nothing,
    query.NumericRange: Compiler.number_range,
    query.DateRange: Compiler.number_range,
    query.Phrase: Compiler.phrase,
    Literal: Compiler.literal,
}
