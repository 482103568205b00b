"""The judge: search by scanning every document, with no index at all.

Slow and plain on purpose. It shares with the engines only what a query asks for
(`query`, `terms.query_terms`) and the weights; matching and scoring are its own. What a
passage holds is remembered, as the same few are scanned again and again.
"""

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from whoosh.util.numeric import byte_to_length, length_to_byte

from indexer import query, terms
from indexer.arrays.codes import K1, B
from indexer.documents import ZONES, Document
from indexer.rewrites import Rewriter
from indexer.search import SearchRequest, Sort
from indexer.vocabulary import NO_VOCABULARY, Vocabulary
from indexer.whoosh_query import (
    AMONG_WEIGHT,
    QUERY_ZONES,
    REWRITTEN_WEIGHT,
    TOGETHER_WEIGHT,
    ZONE_WEIGHTS,
)

Scores = dict[str, float]


@dataclass(frozen=True)
class BruteForce:
    """Answers a request with (id, score) of every match, in order."""

    documents: tuple[Document, ...]
    vocabulary: Vocabulary = NO_VOCABULARY

    def search(self, request: SearchRequest) -> list[tuple[str, float]]:
        tree = query.parse(request.query).tree
        if not request.exact:
            rewriter, days = Rewriter(self.vocabulary), _Issues(self.documents)
            tree = rewriter.rewritten(tree, _Scan(self.documents).prints, days).tree
        scores = _Scan(self.documents).of(tree)
        kinds = _kinds(tree, request.kind)
        found = [
            document
            for document in self.documents
            if document.id in scores
            and _passes(document, request)
            and (kinds is None or document.kind in kinds)
        ]
        found.sort(key=lambda document: _sort_key(document, request.sort, scores))
        return [(document.id, round(scores[document.id], 6)) for document in found]


class _Issues:
    """The days of documents."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._days = sorted({d.date for d in documents if d.date}, reverse=True)

    def issues_of(self, month: int, day: int) -> list[dt.date]:
        return [each for each in self._days if (each.month, each.day) == (month, day)]

    def ends(self) -> tuple[dt.date | None, dt.date | None]:
        return (self._days[-1], self._days[0]) if self._days else (None, None)


def _sort_key(document: Document, sort: Sort, scores: Scores) -> tuple[object, ...]:
    parts = re.split(r"(\d+)", document.id)
    printed = tuple((int(p), "") if p.isdecimal() else (-1, p) for p in parts)
    day = document.date.toordinal() if document.date else 0
    by_date = (day == 0, day if sort is Sort.OLDEST else -day, printed)
    if sort is Sort.RELEVANCE:
        return (-round(scores[document.id], 6), *by_date)
    return by_date


def _kinds(tree: query.Node | None, kind: str | None) -> set[str] | None:
    named = any(
        isinstance(node, query.Filter) and node.field == "kind" for node in _asked(tree)
    )
    if kind == "all" or (kind is None and named):
        return None
    return {kind} if kind else {"article", "roster"}


def _asked(node: query.Node | None) -> list[query.Node]:
    """The nodes of a tree that are not under a Not."""
    if isinstance(node, query.Otherwise):
        return _asked(node.asked)
    if isinstance(node, query.And | query.Or):
        return [inner for part in node.nodes for inner in _asked(part)]
    return [] if node is None or isinstance(node, query.Not) else [node]


def _passes(document: Document, request: SearchRequest) -> bool:
    since, until = request.since, request.until
    wanted = ("paper", "page", "section", "person", "speaker", "reporter")
    return _within(document, since, until) and all(
        _holds(document, field, value, part=False)
        for field in wanted
        if (value := getattr(request, field))
    )


def _within(document: Document, since: dt.date | None, until: dt.date | None) -> bool:
    if not (since or until):
        return True
    day = document.date
    return day is not None and (since or day) <= day <= (until or day)


def _holds(document: Document, field: str, value: str, *, part: bool) -> bool:
    held: dict[str, Iterable[str | None]] = {
        "person": document.persons,
        "reporter": document.reporters,
        "speaker": (),
    }
    key = _key(value)
    values = held[field] if field in held else (getattr(document, field),)
    keys = [_key(held) for held in values if held]
    return any(key in k for k in keys) if part else key in keys


def _key(value: str) -> str:
    key = re.sub(r"\s", "", terms.fold(value))
    return key.lstrip("0") if key.isdecimal() else key


@dataclass(frozen=True)
class _Scan:
    documents: tuple[Document, ...]
    zones: tuple[str, ...] = ZONES
    among: bool = False

    def of(self, node: query.Node | None) -> Scores:
        match node:
            case None:
                return {document.id: 0.0 for document in self.documents}
            case query.Words(text):
                return self._words(text)
            case query.Phrase(text):
                return self._term(terms.phrase_term(text))
            case query.And(nodes):
                typed = [n.text for n in nodes if isinstance(n, query.Words)]
                wanted = [term for text in typed for term in terms.query_terms(text)]
                each = self._among(wanted)
                found = _intersection([each.of(node) for node in nodes])
                return self._headed(found, wanted)
            case query.Or(nodes):
                return _union([self.of(node) for node in nodes])
            case query.Not(inner):
                found = self.of(inner)
                return self._where(lambda document: document.id not in found)
            case query.Within(zone, inner):
                return _Scan(self.documents, QUERY_ZONES[zone]).of(inner)
            case query.Otherwise(asked, also):
                forms = self.of(also).items()
                weak = {id: score * REWRITTEN_WEIGHT for id, score in forms}
                return _union([self.of(asked), weak])
            case query.Filter(field, value):
                part = field in ("section", "paper")
                return self._where(lambda d: _holds(d, field, value, part=part))
            case query.Dates(since, until):
                return self._where(lambda d: _within(d, since, until))

    def prints(self, text: str) -> bool:
        """Whether any document prints these characters in a row."""
        return bool(self._printed(terms.characters(text).text))

    def _where(self, test: Callable[[Document], bool]) -> Scores:
        return {document.id: 0.0 for document in self.documents if test(document)}

    def _words(self, text: str) -> Scores:
        wanted = terms.query_terms(text)
        if len(wanted) == 1:
            return self._term(wanted[0])
        each = self._among(wanted)
        found = _intersection([each._term(term) for term in wanted])
        found = self._headed(found, wanted)
        together = self._printed(terms.characters(text).text)
        return {
            id: score + TOGETHER_WEIGHT * together.get(id, 0.0)
            for id, score in found.items()
        }

    def _among(self, wanted: Sequence[terms.QueryTerm]) -> "_Scan":
        is_among = len(wanted) > 1 and self.zones == ZONES
        return replace(self, among=True) if is_among else self

    def _headed(self, found: Scores, wanted: Sequence[terms.QueryTerm]) -> Scores:
        """The scores with those of a headline that has all words among what is
        wanted."""
        if self.among or self.zones != ZONES or len(wanted) < 2:
            return found
        headline = replace(self, zones=("headline",))
        headed = [
            words
            for term in wanted
            if (words := headline._word(term.text)) or self._word(term.text)
        ]
        bonus = _intersection(headed) if headed else {}
        return {id: score + bonus.get(id, 0.0) for id, score in found.items()}

    def _word(self, word: str) -> Scores:
        return self._counted(lambda text: _words(text)[word])

    def _term(self, term: terms.QueryTerm) -> Scores:
        words = self._counted(lambda text: _words(text)[term.text], self.among)
        if term.whole_word:
            return words
        printed = self._printed(term.text)
        if term.numbers:
            whole = [self._term(terms.QueryTerm(n, True)) for n in term.numbers]
            return {id: printed[id] for id in _intersection([printed, *whole])}
        return {id: words.get(id, 0.0) for id in printed} if words else printed

    def _printed(self, wanted: str) -> Scores:
        return self._counted(lambda text: _count_places(text, wanted))

    def _counted(self, count: Callable[[str], int], among: bool = False) -> Scores:
        weights = ZONE_WEIGHTS | ({"headline": AMONG_WEIGHT} if among else {})
        return _union([self._in_zone(z, count, weights[z]) for z in self.zones])

    def _in_zone(self, zone: str, count: Callable[[str], int], weight: float) -> Scores:
        passages = {
            document.id: part.passages
            for document in self.documents
            for part in document.zones
            if part.name == zone
        }
        lengths = {
            id: byte_to_length(length_to_byte(sum(_words(p).total() for p in texts)))
            for id, texts in passages.items()
        }
        filled = [length for length in lengths.values() if length]
        average = sum(filled) / max(len(filled), 1)
        tfs = {id: sum(map(count, texts)) for id, texts in passages.items()}
        tfs = {id: tf for id, tf in tfs.items() if tf}
        idf = math.log(len(self.documents) / (len(tfs) + 1)) + 1
        return {
            id: weight
            * idf
            * tf
            * (K1 + 1)
            / (tf + K1 * (1 - B + B * lengths[id] / average))
            for id, tf in tfs.items()
        }


@cache
def _words(text: str) -> Counter[str]:
    return Counter(term.text for term in terms.index_terms(text))


@cache
def _characters(text: str) -> str:
    return "".join(c for c in terms.fold(text) if c.isalnum())


def _count_places(text: str, wanted: str) -> int:
    return len(re.findall(f"(?={re.escape(wanted)})", _characters(text)))


def _intersection(parts: list[Scores]) -> Scores:
    common = set.intersection(*(set(part) for part in parts))
    return {id: sum(part[id] for part in parts) for id in common}


def _union(parts: list[Scores]) -> Scores:
    every = {id for part in parts for id in part}
    return {id: sum(part.get(id, 0.0) for part in parts) for id in every}
