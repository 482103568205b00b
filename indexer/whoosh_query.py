"""Query tree → Whoosh query objects over the fields of `whoosh_index`.

A word of the query matches where it is printed (letters and digits: as a whole word)
and is scored by BM25 in each zone, weighted and summed; a word that the dictionary does
not know is scored by the places where it is printed. Words that stand together as typed
add the score of the whole run. Filters score nothing.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, Self

from whoosh.query import (
    And,
    AndMaybe,
    ConstantScoreQuery,
    Every,
    Not,
    NullQuery,
    NumericRange,
    Or,
    Term,
)

from indexer import query, terms
from indexer.arrays import Collection, Literal
from indexer.documents import ZONES
from indexer.search import SearchRequest
from indexer.terms import QueryTerm

ZONE_WEIGHTS: Final = {
    "headline": 4.0,
    "kicker": 2.0,
    "deck": 2.0,
    "body": 1.0,
    "captions": 1.0,
    "names": 1.0,
    "bylines": 1.0,
}
# What a headline is worth for one of several words, besides its weight where it has all
# of them: else any headline of one word outweighs the text that has the others.
AMONG_WEIGHT: Final = 0.75
# What a rewritten form is worth beside what was typed: below it, but in its own order.
REWRITTEN_WEIGHT: Final = 0.01
# What a whole run is worth, printed as typed, beside one of its words: who types a part
# of a sentence looks for it, and words that stand in a headline must not outweigh it.
TOGETHER_WEIGHT: Final = 15.0
# Scores are sums of float32; as many digits are the same on every machine.
SCORE_DIGITS: Final = 4
QUERY_ZONES: Final = {
    "title": ("headline", "kicker", "deck"),
    "kicker": ("kicker",),
    "body": ("body",),
    "caption": ("captions",),
    "names": ("names",),
}
_SECTIONS: Final = {zone: section for section, zone in enumerate(ZONES)}
_HEADLINE: Final = "words_headline"
_WORDS_FIELDS: Final = {zone: f"words_{zone}" for zone in ZONES}
_FIELDS: Final = (
    "paper",
    "page",
    "section",
    "person",
    "reporter",
    "speaker",
    "role",
    "speech",
)
# What a search finds that names no kind.
UNIT_KINDS: Final = ("article", "roster")
# A search that names any of these asks the ledger, unless it asks for another kind.
_SPOKEN: Final = ("speaker", "role", "speech")
_SHORT_LABEL: Final = re.compile("([A-Z])([1-9])")
_NO_FIELDS: Final[frozenset[str]] = frozenset()


def words_field(zone: str) -> str:
    """The index field that holds the words of a zone."""
    return _WORDS_FIELDS[zone]


@lru_cache(maxsize=1 << 14)  # documents name the same papers and people
def value_key(text: str) -> str:
    """What a value is found by: page 1 is page 01; white space and width never
    matter."""
    squeezed = "".join(terms.fold(text).split())
    return squeezed.lstrip("0") if squeezed.isdecimal() else squeezed


def compiled(
    tree: query.Node | None, request: SearchRequest, collection: Collection
) -> Any:
    """The Whoosh query for a tree (None matches everything) under a request's
    filters."""
    if tree is None:
        return filtered(_unscored(Every()), request, collection)
    return filtered(_Compiling(collection).of(tree), request, collection, tree)


def filtered(
    asked: Any,
    request: SearchRequest,
    collection: Collection,
    tree: query.Node | None = None,
) -> Any:
    """A Whoosh query under a request's filters; `tree` may name kinds itself."""
    filters = [
        _holding(field, wanted)
        for field in _FIELDS
        if (wanted := getattr(request, field))
    ]
    if request.since or request.until:
        filters.append(_dated(request.since, request.until))
    kinds = [value_key(kind) for kind in kinds_of(tree, request)]
    if kinds and not _are_all(kinds, collection):
        filters.append(_any([Term("kind", kind) for kind in kinds]))
    return And([asked, *map(_unscored, filters)]) if filters else asked


def kinds_of(tree: query.Node | None, request: SearchRequest) -> tuple[str, ...]:
    """The kinds asked for, none of them being any; without a word on kinds articles
    and rosters, or quotes where somebody is to speak."""
    kind = request.kind
    if kind:
        return (kind,) if kind != "all" else ()
    named = _fields_of(tree)
    if "kind" in named:
        return ()
    asked = request.speaker or request.role or request.speech
    spoken = asked or not named.isdisjoint(_SPOKEN)
    return ("quote",) if spoken else UNIT_KINDS


def asks_quotes(tree: query.Node | None, request: SearchRequest) -> bool:
    """Whether quotes may be among the results: `all` are all units."""
    kinds = kinds_of(tree, request)
    return "quote" in kinds or (not kinds and request.kind != "all")


def is_scored(tree: query.Node | None) -> bool:
    """Whether anything of a tree is worth a score: words are, filters are not."""
    match tree:
        case query.Words() | query.Phrase() | query.Within():
            return True
        case query.And(nodes) | query.Or(nodes):
            return any(map(is_scored, nodes))
        case query.Otherwise(asked, _):
            return is_scored(asked)
    return False


def literal(
    text: str,
    zones: Iterable[str] = ZONES,
    *,
    scored: bool = True,
    weight: float = 1.0,
) -> Literal:
    """Documents that print these characters in a row, within one passage of a zone."""
    return Literal(text, _sections_of(tuple(zones), weight), scored=scored)


@lru_cache(maxsize=64)
def _sections_of(zones: tuple[str, ...], weight: float) -> dict[int, tuple[str, float]]:
    return {
        _SECTIONS[zone]: (_WORDS_FIELDS[zone], weight * ZONE_WEIGHTS[zone])
        for zone in zones
    }


@dataclass(frozen=True, slots=True)
class _Compiling:
    """Compiles nodes within some zones, at some weight; `among` others, of which
    headlines may have all."""

    collection: Collection
    zones: tuple[str, ...] = ZONES
    weight: float = 1.0
    among: bool = False

    def of(self, node: query.Node) -> Any:
        match node:
            case query.Words(text):
                return self._words(text)
            case query.Phrase(text):
                return self._term(terms.phrase_term(text))
            case query.And(nodes):
                typed = [n.text for n in nodes if isinstance(n, query.Words)]
                wanted = [term for text in typed for term in terms.query_terms(text)]
                each = self._among(wanted)
                found = And([each.of(node) for node in nodes])
                return self._headed(found, wanted)
            case query.Or(nodes):
                return Or([self.of(node) for node in nodes])
            case query.Not(inner):
                return Not(self.of(inner))
            case query.Within(zone, inner):
                return replace(self, zones=QUERY_ZONES[zone], among=False).of(inner)
            case query.Otherwise(asked, also):
                weight = self.weight * REWRITTEN_WEIGHT
                return Or([self.of(asked), replace(self, weight=weight).of(also)])
            case query.Filter(field, value):
                return _unscored(self._filter(field, value))
            case query.Dates(since, until):
                return _unscored(_dated(since, until))

    def _words(self, text: str) -> Any:
        """All terms of a run; better where they stand together as typed."""
        wanted = terms.query_terms(text)
        if len(wanted) == 1:
            return self._term(wanted[0])
        each = self._among(wanted)
        found = self._headed(And([each._term(term) for term in wanted]), wanted)
        together = replace(self, weight=self.weight * TOGETHER_WEIGHT)
        run = together._literal(terms.phrase_term(text).text)
        return AndMaybe(found, run)

    def _among(self, wanted: Sequence[QueryTerm]) -> Self:
        is_among = len(wanted) > 1 and self.zones is ZONES
        return replace(self, among=True) if is_among else self

    def _headed(self, found: Any, wanted: Sequence[QueryTerm]) -> Any:
        """What is found for several words, better where a headline has all of them that
        are words of the index."""
        if self.among or self.zones is not ZONES or len(wanted) < 2:
            return found
        held = [words for term in wanted if (words := self._in_zones(term.text))]
        headed = [w for words in held for w in words if w.fieldname == _HEADLINE]
        if len(headed) < max(len(held), 1):
            return found
        return AndMaybe(found, And(headed))

    def _term(self, term: QueryTerm) -> Any:
        words = self._in_zones(term.text)
        if term.whole_word:
            return _any(words)
        if term.numbers:
            whole = (_unscored(_any(self._in_zones(n))) for n in term.numbers)
            return And([self._literal(term.text), *whole])
        if not words:
            return self._literal(term.text)
        # What the dictionary knows as a word is scored as a word: 大学 is worth nothing
        # in 北大学生, though it is printed there and found.
        return AndMaybe(literal(term.text, self.zones, scored=False), _any(words))

    def _literal(self, text: str) -> Literal:
        return literal(text, self.zones, weight=self.weight)

    def _in_zones(self, word: str) -> list[Any]:
        """The word in each zone that has it; zones that are nowhere printed, as most
        are in some archives, are not asked."""
        collection = self.collection
        return [
            Term(field, word, boost=self.weight * self._zone_weight(zone))
            for zone in self.zones
            if collection.statistics(field := _WORDS_FIELDS[zone])[0].average
            and collection.frequency(field, word)
        ]

    def _zone_weight(self, zone: str) -> float:
        is_less = self.among and zone == "headline"
        return AMONG_WEIGHT if is_less else ZONE_WEIGHTS[zone]

    def _filter(self, field: str, value: str) -> Any:
        """A value, or for sections and papers a part of one; A2 is page A02."""
        if field == "page" and (label := _SHORT_LABEL.fullmatch(value)):
            return _any(
                [_holding(field, value), _holding(field, "0".join(label.groups()))]
            )
        if field not in ("section", "paper"):
            return _holding(field, value)
        key = value_key(value)
        held = self.collection.terms_of(field)
        return _any([Term(field, text) for text in held if key in text])


def _are_all(kinds: Iterable[str], collection: Collection) -> bool:
    """Whether no document is of any other kind; each is of one."""
    held = sum(collection.frequency("kind", kind) for kind in kinds)
    return held == collection.documents


def _any(parts: list[Any]) -> Any:
    if len(parts) == 1:
        return parts[0]
    return Or(parts) if parts else NullQuery


def _unscored(asked: Any) -> Any:
    return ConstantScoreQuery(asked, 0.0)


def _holding(field: str, value: str) -> Any:
    return Term(field, value_key(value)) if field not in _SPOKEN else NullQuery


def _dated(since: dt.date | None, until: dt.date | None) -> Any:
    """Issue dates within both bounds, each included; undated units have day 0."""
    first = since.toordinal() if since else 1
    last = (until or dt.date.max).toordinal()
    return NumericRange("day", first, last)


def _fields_of(node: query.Node | None) -> frozenset[str]:
    """The fields that a tree asks for values of."""
    match node:
        case query.And(nodes) | query.Or(nodes):
            return _NO_FIELDS.union(*map(_fields_of, nodes))
        case query.Filter(field, _):
            return frozenset((field,))
        case query.Otherwise(asked, _):
            return _fields_of(asked)
    return _NO_FIELDS
