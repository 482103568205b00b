"""A judge of the search over arrays: every document looked at, nothing indexed.

Plain on purpose, and in double precision. It shares with `indexer.arrays` only the
documents and the query objects.
"""

import fnmatch
import math
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, Final

from whoosh import query
from whoosh.util.numeric import byte_to_length, length_to_byte

from indexer.arrays import Entry, Literal

Scores = dict[int, float]

_K1: Final = 1.2
_B: Final = 0.75


class Judge:
    """Answers a query with the score of every document that matches; `scored` are the
    fields that have lengths, whose terms alone are weighed."""

    def __init__(self, entries: Iterable[Entry], scored: frozenset[str]) -> None:
        self.entries = tuple(entries)
        self._scored = scored
        self._every = frozenset(range(len(self.entries)))

    def of(self, asked: Any) -> Scores:
        return _BY_TYPE[type(asked)](self, asked)

    @cached_property
    def _printed(self) -> dict[str, list[list[str]]]:
        """The terms of each document in print order, by field."""
        names = {name for entry in self.entries for name in entry.terms}
        return {
            name: [
                joined.split("\n") if (joined := entry.terms.get(name, "")) else []
                for entry in self.entries
            ]
            for name in names
        }

    @cached_property
    def _counts(self) -> dict[str, dict[str, dict[int, int]]]:
        """Field → term → document → how often it is printed."""
        found: dict[str, dict[str, dict[int, int]]] = {}
        for name, documents in self._printed.items():
            terms = found[name] = {}
            for number, printed in enumerate(documents):
                for term in printed:
                    counts = terms.setdefault(term, {})
                    counts[number] = counts.get(number, 0) + 1
        return found

    @cached_property
    def _lengths(self) -> dict[str, list[int]]:
        return {
            name: [byte_to_length(length_to_byte(len(one))) or 0 for one in documents]
            for name, documents in self._printed.items()
        }

    def _bm25(self, field: str, counts: Mapping[int, int], boost: float) -> Scores:
        if field not in self._scored:
            return {number: count * boost for number, count in counts.items()}
        lengths = self._lengths[field]
        average = sum(lengths) / max(sum(length > 0 for length in lengths), 1)
        idf = math.log(len(self.entries) / (len(counts) + 1)) + 1
        return {
            number: boost
            * idf
            * count
            * (_K1 + 1)
            / (count + _K1 * (1 - _B + _B * lengths[number] / average))
            for number, count in counts.items()
        }

    def term(self, asked: Any) -> Scores:
        counts = self._counts.get(asked.fieldname, {}).get(asked.text, {})
        return self._bm25(asked.fieldname, counts, asked.boost) if counts else {}

    def all_of(self, asked: Any) -> Scores:
        if not asked.subqueries:
            return {}
        parts = [self.of(part) for part in asked.subqueries]
        both = set(parts[0]).intersection(*parts)
        return {n: asked.boost * sum(part[n] for part in parts) for n in both}

    def any_of(self, asked: Any) -> Scores:
        parts = [self.of(part) for part in asked.subqueries]
        any_ = set[int]().union(*parts)
        return {n: asked.boost * sum(part.get(n, 0) for part in parts) for n in any_}

    def highest(self, asked: Any) -> Scores:
        parts = [self.of(part) for part in asked.subqueries]
        any_ = set[int]().union(*parts)
        return {n: asked.boost * max(p[n] for p in parts if n in p) for n in any_}

    def none_of(self, asked: Any) -> Scores:
        return dict.fromkeys(self._every - set(self.of(asked.query)), 0.0)

    def first_not_second(self, asked: Any) -> Scores:
        second = self.of(asked.b)
        return {n: s for n, s in self.of(asked.a).items() if n not in second}

    def first_maybe_second(self, asked: Any) -> Scores:
        second = self.of(asked.b)
        return {n: s + second.get(n, 0) for n, s in self.of(asked.a).items()}

    def first_required_second(self, asked: Any) -> Scores:
        second = self.of(asked.b)
        return {n: s for n, s in self.of(asked.a).items() if n in second}

    def constant(self, asked: Any) -> Scores:
        return dict.fromkeys(self.of(asked.child), asked.score)

    def every(self, asked: Any) -> Scores:
        if asked.fieldname is None:
            return dict.fromkeys(self._every, asked.boost)
        return self._any_term(asked, lambda term: True)

    def nothing(self, asked: Any) -> Scores:
        return {}

    def prefix(self, asked: Any) -> Scores:
        return self._any_term(asked, lambda term: term.startswith(asked.text))

    def wildcard(self, asked: Any) -> Scores:
        return self._any_term(asked, lambda t: fnmatch.fnmatchcase(t, asked.text))

    def regex(self, asked: Any) -> Scores:
        return self._any_term(asked, lambda t: re.match(asked.text, t) is not None)

    def fuzzy(self, asked: Any) -> Scores:
        start = asked.text[: asked.prefixlength]
        return self._any_term(
            asked,
            lambda term: (
                term.startswith(start) and _distance(term, asked.text) <= asked.maxdist
            ),
        )

    def term_range(self, asked: Any) -> Scores:
        def is_inside(term: str) -> bool:
            key = term.encode()
            low, high = ((end or "").encode() for end in (asked.start, asked.end))
            above = key > low if asked.startexcl else key >= low
            below = key < high if asked.endexcl else key <= high
            return (asked.start is None or above) and (asked.end is None or below)

        return self._any_term(asked, is_inside)

    def number_range(self, asked: Any) -> Scores:
        found: Scores = {}
        for number, entry in enumerate(self.entries):
            held = entry.numbers.get(asked.fieldname)
            if held is None:
                continue
            above = asked.start is None or held > asked.start
            below = asked.end is None or held < asked.end
            above |= held == asked.start and not asked.startexcl
            below |= held == asked.end and not asked.endexcl
            if above and below:
                found[number] = asked.boost
        return found

    def phrase(self, asked: Any) -> Scores:
        if not asked.words:
            return {}
        words = [query.Term(asked.fieldname, word) for word in asked.words]
        scores = self.all_of(query.And(words, boost=asked.boost))
        printed = self._printed[asked.fieldname]
        return {
            number: score
            for number, score in scores.items()
            if _follow(printed[number], asked.words, asked.slop)
        }

    def literal(self, asked: Literal) -> Scores:
        found: Scores = {}
        for section, (field, weight) in asked.sections.items():
            counts = {}
            for number, entry in enumerate(self.entries):
                printed = dict(entry.text).get(section, "")
                count = _occurrences(printed, asked.text)
                if count:
                    counts[number] = count
            for number, score in self._bm25(field, counts, weight).items():
                found[number] = found.get(number, 0) + score
        return found if asked.scored else dict.fromkeys(found, 0.0)

    def _any_term(self, asked: Any, is_wanted: Callable[[str], bool]) -> Scores:
        """Documents with a term of a kind: at a constant score, or as an Or of them."""
        known = self._counts.get(asked.fieldname, {})
        terms = [term for term in known if is_wanted(term)]
        if getattr(asked, "constantscore", True):
            return dict.fromkeys((n for t in terms for n in known[t]), asked.boost)
        each = [query.Term(asked.fieldname, term) for term in terms]
        return self.any_of(query.Or(each, boost=asked.boost))


def _follow(printed: list[str], words: list[str], slop: int) -> bool:
    """Whether words come one after another, each within `slop` of the one before."""
    ends = {n for n, word in enumerate(printed) if word == words[0]}
    for word in words[1:]:
        ends = {
            n
            for n, held in enumerate(printed)
            if held == word and any(n - step in ends for step in range(1, slop + 1))
        }
    return bool(ends)


def _occurrences(printed: str, text: str) -> int:
    """How often a text stands in another, overlapping ones too."""
    return sum(printed.startswith(text, n) for n in range(len(printed)))


def _distance(one: str, other: str) -> int:
    """The least number of insertions, deletions and substitutions."""
    row = list(range(len(other) + 1))
    for number, character in enumerate(one, 1):
        above, row[0] = row[0], number
        for column, held in enumerate(other, 1):
            least = min(
                row[column] + 1, row[column - 1] + 1, above + (held != character)
            )
            above, row[column] = row[column], least
    return row[-1]


_BY_TYPE: Final[dict[type, Callable[[Judge, Any], Scores]]] = {
    query.Term: Judge.term,
    query.And: Judge.all_of,
    query.Or: Judge.any_of,
    query.DisjunctionMax: Judge.highest,
    query.Not: Judge.none_of,
    query.AndNot: Judge.first_not_second,
    query.AndMaybe: Judge.first_maybe_second,
    query.Require: Judge.first_required_second,
    query.ConstantScoreQuery: Judge.constant,
    query.Every: Judge.every,
    type(query.NullQuery): Judge.nothing,
    query.Prefix: Judge.prefix,
    query.Wildcard: Judge.wildcard,
    query.Regex: Judge.regex,
    query.FuzzyTerm: Judge.fuzzy,
    query.TermRange: Judge.term_range,
    query.NumericRange: Judge.number_range,
    query.DateRange: Judge.number_range,
    query.Phrase: Judge.phrase,
    Literal: Judge.literal,
}
