"""A Whoosh query object → what it matches in an index.

Each type of query has one function here. A type that has none is run by its own Whoosh
matcher, a document at a time: right, but slow.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
from whoosh import query

from indexer.arrays import combining, matching, printing
from indexer.arrays.combining import Check
from indexer.arrays.expanding import column_ends, docs_of_any, terms_meant
from indexer.arrays.few import MOST, Few, summed
from indexer.arrays.filtering import Filtered
from indexer.arrays.kept import NOTHING, KeptTerms
from indexer.arrays.matching import Matching
from indexer.arrays.phrases import phrase_docs
from indexer.arrays.posted import Term
from indexer.arrays.queries import Known, Literal
from indexer.arrays.walking import walked
from indexer.arrays.words import Word, word_of

_NO_SCORES: Final = np.empty(0, np.float32)


class Compiler:
    """Compiles one query.

    Every step is bounded by the size of an index (tens of milliseconds at a million
    documents), and `check` is called before each, while compiling and while matching.
    """

    def __init__(self, terms: KeptTerms, check: Check) -> None:
        self._terms = terms
        self._collection = collection = terms.collection
        self._segments = collection.segments
        self._check = check

    def of(self, asked: Any) -> Matching:
        self._check()
        compile = _BY_TYPE.get(type(asked))
        if compile is not None:
            return compile(self, asked)
        if isinstance(asked, query.MultiTerm):
            return self.many_terms(asked)
        return self._by_whoosh(asked)

    def term(self, asked: Any) -> Matching:
        return self._terms.get(asked.fieldname, asked.text, asked.boost)

    def all_of(self, asked: Any) -> Matching:
        if not asked.subqueries:
            return NOTHING
        parts = self._each(asked.subqueries)
        rankings = self._collection.rankings
        filtered = Filtered.of(parts, rankings) if asked.boost == 1 else None
        return filtered or combining.And(parts, self._check, asked.boost)

    def any_of(self, asked: Any) -> Matching:
        if not asked.subqueries:
            return NOTHING
        if asked.scale:  # a bonus for documents that match more parts
            return self._by_whoosh(asked)
        return self._any(self._each(asked.subqueries), asked.boost)

    def _any(self, parts: Sequence[Matching], boost: float) -> combining.Or:
        return combining.Or(parts, self._collection.size, self._check, boost)

    def highest(self, asked: Any) -> Matching:
        if not asked.subqueries:
            return NOTHING
        parts = self._each(asked.subqueries)
        return combining.Highest(parts, self._any(parts, 1.0), self._check, asked.boost)

    def none_of(self, asked: Any) -> Matching:
        return combining.Not(self.of(asked.query), self._everything())

    def first_not_second(self, asked: Any) -> Matching:
        first, second = self._each((asked.a, asked.b))
        others = combining.Not(second, self._everything())
        return combining.And((first, others), self._check)

    def first_maybe_second(self, asked: Any) -> Matching:
        return combining.AndMaybe(*self._each((asked.a, asked.b)))

    def first_required_second(self, asked: Any) -> Matching:
        first, second = self._each((asked.a, asked.b))
        return combining.And((first, combining.Constant(second, 0)), self._check)

    def constant(self, asked: Any) -> Matching:
        if type(asked.child) is query.NumericRange:
            return self.number_range(asked.child, asked.score)
        return combining.Constant(self.of(asked.child), asked.score)

    def every(self, asked: Any) -> Matching:
        if asked.fieldname is None:
            return self._everything(asked.boost)
        return self._any_term(self._terms_meant(asked), asked.boost)

    def _everything(self, score: float = 0.0) -> matching.Everything:
        collection = self._collection
        return matching.Everything(collection.size, collection.alive, score)

    def nothing(self, asked: Any) -> Matching:
        return NOTHING

    def many_terms(self, asked: Any) -> Matching:
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

    def number_range(self, asked: Any, score: float | None = None) -> Matching:
        """At its boost, or another score."""
        name = asked.fieldname
        field = self._collection.fields.get(name)
        if field is None:
            return NOTHING
        column = self._collection.numbers(name)
        if not asked.constantscore or column is None:
            found = self.many_terms(asked)
            return found if score is None else combining.Constant(found, score)
        low, high = column_ends(asked, field)
        alive, having = self._collection.alive, self._collection.having(name)
        ends = matching.Ends(low, high, asked.startexcl, asked.endexcl)
        score = asked.boost if score is None else score
        part = matching.Ranged(column, ends, alive, score)
        if having is None:
            return part
        return combining.And((part, matching.Masked(having, alive)), self._check)

    def phrase(self, asked: Any) -> Matching:
        """Scored as the words of it would be, each by itself, as in Whoosh."""
        if not asked.words:
            return NOTHING
        field, known = asked.fieldname, self._terms.words
        words = []
        for text in asked.words:
            word = known.get((field, text)) or self._word(field, text)
            if word is None:
                return NOTHING
            words.append(word)
        found = [
            phrase_docs(segment, field, [w.spots[number] for w in words], asked.slop)
            for number, segment in enumerate(self._segments)
        ]
        few = self._collection.few_numbered(found)
        if few is None:
            docs, _ = self._collection.numbered(found)
        elif len(few) <= MOST:
            looks = [w.part.quick or w.part.look() for w in words]
            return Few(few, summed(few, looks, asked.boost))
        else:
            docs = np.array(few, np.uint32)
        parts = [word.part for word in words]
        return combining.Located(docs, parts, self._check, asked.boost)

    def _word(self, field: str, text: Any) -> Word | None:
        """A word of a phrase that was not asked for lately; None if nothing has it."""
        part = self._terms.get(field, text, 1.0)
        if not isinstance(part, Term):
            return None
        word = self._terms.words[field, text] = word_of(part, field, self._segments)
        return word

    def literal(self, asked: Literal) -> Matching:
        collection = self._collection
        if asked.scored:
            return printing.scored(asked, collection)
        key = asked.text, tuple(asked.sections)
        found = partial(printing.unscored, asked, collection)
        return collection.literals.get(key, found)

    def known(self, asked: Known) -> Matching:
        return matching.Scored(asked.docs)

    def _each(self, asked: Iterable[Any]) -> list[Matching]:
        """The parts of several queries. Most are terms that were asked for before:
        looked up here, three of them take 1 µs less than by three calls."""
        known, found = self._terms.known, []
        for one in asked:
            part = None
            if type(one) is query.Term:
                part = known.get((one.fieldname, one.text, one.boost))
            found.append(self.of(one) if part is None else part)
        return found

    def _terms_meant(self, asked: Any) -> list[Sequence[int]]:
        """The terms that a query of many stands for, in each segment."""
        collection = self._collection
        return [
            terms_meant(asked, segment, collection.schema, self._check)
            for segment in collection.segments
        ]

    def _any_term(self, terms: Sequence[Sequence[int]], score: float) -> Matching:
        """Documents with any of some terms of each segment."""
        if not any(terms):
            return NOTHING
        segments, alive = self._segments, self._collection.alive
        masks = [docs_of_any(*pair) for pair in zip(segments, terms, strict=True)]
        return matching.Masked(np.concatenate(masks), alive, score)

    def _by_whoosh(self, asked: Any) -> Matching:
        """What Whoosh's own matcher for a query finds, document by document."""
        collection = self._collection
        found = [
            walked(asked, segment, collection, self._check)
            for segment in collection.segments
        ]
        docs, here = collection.numbered([docs for docs, _ in found])
        scores = np.concatenate([_NO_SCORES, *(scores for _, scores in found)])
        return matching.Scored(docs, scores if here is None else scores.take(here))


_BY_TYPE: Final[dict[type, Callable[[Compiler, Any], Matching]]] = {
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
    Known: Compiler.known,
}
