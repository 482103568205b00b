"""Query tree → which documents match, and how well.

Matching and scoring over posting arrays, without knowing where they are stored; engines
offer a PostingSource. A word of the query matches where it is printed (letters and
digits: as a whole word); scores are BM25 in each zone, weighted and summed, with
Whoosh's formula for idf. Evidence that neighbouring words stand together as typed adds
to it.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from indexer import query, terms
from indexer.documents import ZONES
from indexer.search import FACETS, Facet, FacetValue, SearchRequest, Sort
from indexer.terms import QueryTerm

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

K1: Final = 1.2
B: Final = 0.75
FACET_VALUES: Final = 50
ZONE_WEIGHTS: Final = {
    "headline": 4.0,
    "kicker": 2.0,
    "deck": 2.0,
    "body": 1.0,
    "captions": 1.0,
    "names": 1.0,
    "bylines": 1.0,
}
QUERY_ZONES: Final = {
    "title": ("headline", "kicker", "deck"),
    "kicker": ("kicker",),
    "body": ("body",),
    "caption": ("captions",),
    "names": ("names",),
}


@dataclass(frozen=True, slots=True)
class Postings:
    """Documents (ascending, each once) and how often each holds the term."""

    docs: Ints
    counts: Floats


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Every place of a run of characters: its document and zone number, in order."""

    docs: Ints
    zones: Ints


@dataclass(frozen=True, slots=True)
class Values:
    """A field's values as pairs: document `docs[i]` has the value `names[codes[i]]`."""

    names: tuple[str, ...]
    docs: Ints
    codes: Ints


class PostingSource(Protocol):
    """What matching needs to know of an index. Document numbers run from 0 to size."""

    @property
    def size(self) -> int:
        """One more than the highest document number."""

    @property
    def live(self) -> Mask:
        """Which document numbers hold a document."""

    @property
    def newest(self) -> Ints:
        """The rank of each document, newest issue first, then in print order."""

    @property
    def oldest(self) -> Ints:
        """The rank of each document, oldest issue first, then in print order."""

    def words(self, zone: str, word: str) -> Postings:
        """The documents whose zone holds that index term."""

    def literal(self, text: str) -> Occurrences:
        """Every place where these folded characters are printed in a row."""

    def lengths(self, zone: str) -> Floats:
        """The number of words in the zone of each document, by document number."""

    def values(self, field: str) -> Values:
        """The values of a metadata field; dates as YYYY-MM-DD."""


@dataclass(frozen=True, slots=True)
class Matches:
    """For each document number: does it match, and with what score (0 where not)."""

    mask: Mask
    scores: Floats


def evaluate(tree: query.Node | None, source: PostingSource) -> Matches:
    """The documents that a query tree matches; None matches everything live."""
    if tree is None:
        return Matches(source.live.copy(), np.zeros(source.size))
    found = _Evaluation(source).of(tree)
    mask = found.mask & source.live
    return Matches(mask, np.where(mask, found.scores, 0.0))


@dataclass(frozen=True, slots=True)
class Selection:
    """How many documents a request matches, those on its screen (document number and
    score, in order), and the facets of all."""

    total: int
    screen: tuple[tuple[int, float], ...]
    facets: tuple[Facet, ...]


def select(
    tree: query.Node | None, request: SearchRequest, source: PostingSource
) -> Selection:
    """Evaluate a query under a request's filters, order, offset and limit."""
    found = evaluate(tree, source)
    mask = found.mask & _passing(tree, request, source)
    docs = np.flatnonzero(mask)
    scores = np.round(found.scores[docs], 6)
    order = _order(request.sort, scores, docs, source)
    screen = order[request.offset : request.offset + request.limit]
    return Selection(
        total=len(docs),
        screen=tuple((int(docs[i]), float(scores[i])) for i in screen),
        facets=tuple(_facet(name, mask, source) for name in FACETS),
    )


def ranks(ids: Sequence[str], dates: Values) -> tuple[Ints, Ints]:
    """The newest-first and oldest-first rank of each document; undated ones last."""
    day = np.full(len(ids), -1, dtype=np.int64)
    day[dates.docs] = np.argsort(np.argsort(dates.names))[dates.codes]
    printed = np.empty(len(ids), dtype=np.int64)
    keys = [_natural(id) for id in ids]
    printed[sorted(range(len(ids)), key=keys.__getitem__)] = np.arange(len(ids))
    newest = np.lexsort((printed, -day))
    oldest = np.lexsort((printed, day, day < 0))
    return np.argsort(newest), np.argsort(oldest)


def counted(values: Values, mask: Mask) -> tuple[FacetValue, ...]:
    """How many documents of a mask have each value, most first."""
    counts = np.bincount(values.codes[mask[values.docs]], minlength=len(values.names))
    pairs = [(name, int(n)) for name, n in zip(values.names, counts, strict=True) if n]
    return tuple(
        FacetValue(*pair) for pair in sorted(pairs, key=lambda p: (-p[1], p[0]))
    )


def _passing(
    tree: query.Node | None, request: SearchRequest, source: PostingSource
) -> Mask:
    """The documents that pass a request's filters."""
    mask = source.live.copy()
    for field in ("paper", "page", "section", "person", "speaker", "reporter"):
        if wanted := getattr(request, field):
            mask &= _holding(source, field, wanted)
    if request.since or request.until:
        mask &= _dated(source, request.since, request.until)
    for kinds in _kinds(tree, request.kind):
        mask &= np.logical_or.reduce([_holding(source, "kind", k) for k in kinds])
    return mask


def _kinds(tree: query.Node | None, kind: str | None) -> list[tuple[str, ...]]:
    """The kinds asked for; without a word on kinds articles and rosters."""
    if kind == "all" or (kind is None and _names_kind(tree)):
        return []
    return [(kind,) if kind else ("article", "roster")]


def _names_kind(node: query.Node | None) -> bool:
    match node:
        case query.Filter("kind", _):
            return True
        case query.And(nodes) | query.Or(nodes):
            return any(_names_kind(node) for node in nodes)
    return False


def _order(sort: Sort, scores: Floats, docs: Ints, source: PostingSource) -> Ints:
    if sort is Sort.NEWEST:
        return np.argsort(source.newest[docs])
    if sort is Sort.OLDEST:
        return np.argsort(source.oldest[docs])
    return np.lexsort((source.newest[docs], -scores))


def _facet(field: str, mask: Mask, source: PostingSource) -> Facet:
    if field != "year":
        return Facet(field, counted(source.values(field), mask)[:FACET_VALUES])
    years: Counter[str] = Counter()
    for item in counted(source.values("date"), mask):
        years[item.value[:4]] += item.count
    newest_first = sorted(years.items(), reverse=True)
    return Facet(field, tuple(FacetValue(*pair) for pair in newest_first))


def _holding(
    source: PostingSource, field: str, wanted: str, *, part: bool = False
) -> Mask:
    """The documents that have a value: exactly, or as a part of it; both folded."""
    key = _value_key(wanted)
    values = source.values(field)
    keys = (_value_key(name) for name in values.names)
    return _with(source, values, [key in k if part else key == k for k in keys])


def _dated(source: PostingSource, since: dt.date | None, until: dt.date | None) -> Mask:
    """The documents of an issue date within both bounds, each included."""
    first = since.isoformat() if since else ""
    last = until.isoformat() if until else "9999-12-31"
    values = source.values("date")
    return _with(source, values, [first <= name <= last for name in values.names])


def _with(source: PostingSource, values: Values, chosen: list[bool]) -> Mask:
    mask = np.zeros(source.size, dtype=bool)
    mask[values.docs[np.array(chosen, dtype=bool)[values.codes]]] = True
    return mask


def _natural(id: str) -> tuple[tuple[int, str], ...]:
    """Sorts 01.2 before 01.10."""
    parts = re.split(r"(\d+)", id)
    return tuple((int(p), "") if p.isdecimal() else (-1, p) for p in parts)


def _value_key(text: str) -> str:
    """Page 1 is page 01; white space and width never matter in a value."""
    squeezed = "".join(terms.fold(text).split())
    return squeezed.lstrip("0") if squeezed.isdecimal() else squeezed


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """Evaluates nodes within some zones."""

    source: PostingSource
    zones: tuple[str, ...] = ZONES

    def of(self, node: query.Node) -> Matches:
        match node:
            case query.Words(text):
                return self._words(text)
            case query.Phrase(text):
                return self._term(terms.phrase_term(text))
            case query.And(nodes):
                return self._all([self.of(node) for node in nodes])
            case query.Or(nodes):
                return self._any([self.of(node) for node in nodes])
            case query.Not(inner):
                return self._unscored(~self.of(inner).mask)
            case query.Within(zone, inner):
                return _Evaluation(self.source, QUERY_ZONES[zone]).of(inner)
            case query.Filter(field, value):
                part = field in ("section", "paper")
                return self._unscored(_holding(self.source, field, value, part=part))
            case query.Dates(since, until):
                return self._unscored(_dated(self.source, since, until))

    def _words(self, text: str) -> Matches:
        """All terms of a run; better where they stand together as typed."""
        wanted = terms.query_terms(text)
        found = self._all([self._term(term) for term in wanted])
        if len(wanted) == 1:
            return found
        together = self._literal(terms.phrase_term(text).text)
        return Matches(
            found.mask, found.scores + np.where(found.mask, together.scores, 0)
        )

    def _term(self, term: QueryTerm) -> Matches:
        ranked = self._any([self._word(zone, term.text) for zone in self.zones])
        if term.whole_word:
            return ranked
        printed = self._literal(term.text)
        # What the dictionary knows as a word is scored as a word: 大学 is worth nothing
        # in 北大学生, though it is printed there and found.
        scores = ranked.scores if ranked.mask.any() else printed.scores
        return Matches(printed.mask, np.where(printed.mask, scores, 0.0))

    def _word(self, zone: str, word: str) -> Matches:
        return self._scored(zone, self.source.words(zone, word))

    def _literal(self, text: str) -> Matches:
        places = self.source.literal(text)
        return self._any(
            [
                self._scored(zone, _in_zone(places, ZONES.index(zone)))
                for zone in self.zones
            ]
        )

    def _scored(self, zone: str, postings: Postings) -> Matches:
        """BM25 of one term in one zone, times the zone's weight."""
        mask = np.zeros(self.source.size, dtype=bool)
        scores = np.zeros(self.source.size)
        if not len(postings.docs):
            return Matches(mask, scores)
        lengths = self.source.lengths(zone)
        average = lengths.sum() / max(np.count_nonzero(lengths), 1)
        documents = np.count_nonzero(self.source.live)
        idf = np.log(documents / (len(postings.docs) + 1)) + 1
        tf, length = postings.counts, lengths[postings.docs]
        saturated = tf * (K1 + 1) / (tf + K1 * (1 - B + B * length / average))
        mask[postings.docs] = True
        scores[postings.docs] = ZONE_WEIGHTS[zone] * idf * saturated
        return Matches(mask, scores)

    def _all(self, parts: list[Matches]) -> Matches:
        mask = np.logical_and.reduce([part.mask for part in parts])
        scores = sum((part.scores for part in parts), np.zeros(self.source.size))
        return Matches(mask, np.where(mask, scores, 0.0))

    def _any(self, parts: list[Matches]) -> Matches:
        mask = np.logical_or.reduce([part.mask for part in parts])
        return Matches(mask, sum((p.scores for p in parts), np.zeros(self.source.size)))

    def _unscored(self, mask: Mask) -> Matches:
        return Matches(mask, np.zeros(self.source.size))


def _in_zone(places: Occurrences, zone: int) -> Postings:
    docs, counts = np.unique(places.docs[places.zones == zone], return_counts=True)
    return Postings(docs, counts.astype(np.float64))
