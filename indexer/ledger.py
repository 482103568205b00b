"""The ledger of quotations: which quotes an index holds, and which of them a search
finds.

A quote is a document of the index, numbered behind the units, but costs some 25 bytes:
its words are those of its article, searched where they are printed between its two
ends, and paper, page, section, dates and people are its article's. What is its own is
who speaks, in which role, and whether the speech is direct. Units never see any of it,
so that their search is as fast, and their scores as they were.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, chain, count
from pathlib import Path
from typing import Final

import numpy as np

from indexer import query, terms
from indexer.arrays import (
    Array,
    ArrayWriter,
    Collection,
    Matches,
    Statistics,
    Values,
    bm25,
    open_arrays,
    write_values,
)
from indexer.documents import ZONES, Document, Said
from indexer.search import SearchRequest
from indexer.terms import QueryTerm
from indexer.whoosh_query import REWRITTEN_WEIGHT, value_key

LEDGER_VERSION: Final = 1
_FILE: Final = "ledger.arrays"
_BODY: Final = ZONES.index("body")
_MOST: Final = 1 << 16  # quotes of an article, in the order of results
_FILTERS: Final = ("paper", "page", "section", "person", "reporter", "since", "until")


class Quotes:
    """The quotes of a build, as its documents come."""

    def __init__(self) -> None:
        self._held: list[tuple[str, tuple[Said, ...]]] = []

    def add(self, document: Document) -> None:
        """Note what is quoted in a document."""
        if document.quotes:
            self._held.append((document.id, document.quotes))

    def by_article(
        self, numbers: dict[str, int]
    ) -> tuple[list[tuple[int, int]], list[Said]]:
        """The article and length of each run of quotes, and all quotes, in order."""
        held = sorted((numbers[id], quotes) for id, quotes in self._held)
        runs = [(article, len(quotes)) for article, quotes in held]
        return runs, [said for _, quotes in held for said in quotes]


def write_ledger(folder: Path, quotes: Quotes, numbers: dict[str, int]) -> None:
    """Write the ledger of a build, in place of what it had; `numbers` are those of its
    documents by id."""
    runs, every = quotes.by_article(numbers)
    owners = np.array([article for article, _ in runs], np.uint32)
    (folder / _FILE).unlink(missing_ok=True)
    with ArrayWriter(folder / _FILE) as writer:
        writer.put("articles", np.repeat(owners, [count for _, count in runs]))
        # Arrays of Python's take lists in a third of the time that NumPy's do.
        writer.put("numbers", np.array(array("H", [said.number for said in every])))
        writer.put("starts", np.array(array("I", [said.start for said in every])))
        writer.put("ends", np.array(array("I", [said.end for said in every])))
        writer.put("direct", np.array(array("B", [said.direct for said in every])))
        _write(writer, "speaker", [said.speakers for said in every])
        _write(writer, "role", [said.roles for said in every])


@dataclass(frozen=True, slots=True)
class Asking:
    """What the ledger needs of a search over units: the numbers of those that match a
    node or a request's filters, before a deadline that `check` keeps. `known` are the
    words that were asked for: what a query may have meant shares most of them."""

    units: Callable[[query.Node | None, SearchRequest], Array]
    check: Callable[[], None]
    known: "dict[QueryTerm, Saying]"


@dataclass(frozen=True, slots=True)
class Saying:
    """Which quotes say a word, how often, and which are by somebody whom it names."""

    said: Array
    counts: Array
    by: Array


@dataclass(frozen=True, slots=True)
class _Found:
    """Which quotes match, and what each of them is worth; nothing where that is not
    asked."""

    mask: Array
    scores: Array

    def weighed(self, weight: float) -> "_Found":
        return replace(self, scores=self.scores * np.float32(weight))


class Ledger:
    """An opened ledger, shared by threads. Its quotes are numbered from 0, and as
    documents behind those of the collection."""

    def __init__(self, folder: Path, collection: Collection) -> None:
        arrays = open_arrays(folder / _FILE).arrays
        self._collection = collection
        self.articles: Array = arrays["articles"]
        self.numbers: Array = arrays["numbers"]
        self._starts, self._ends = arrays["starts"], arrays["ends"]
        self._direct = arrays["direct"]
        self._speakers = Values.of(arrays, "speaker")
        self._roles = Values.of(arrays, "role")
        self.size = len(self.articles)

    def place(self, document: int) -> tuple[int, int] | None:
        """The article of a quote and which of its quotes it is; None for a unit."""
        number = document - self._collection.size
        if number < 0:
            return None
        return int(self.articles[number]), int(self.numbers[number])

    def matches(
        self,
        tree: query.Node | None,
        request: SearchRequest,
        asking: Asking,
        *,
        scored: bool = True,
    ) -> Matches:
        """The quotes that match a tree under a request's filters, as documents."""
        found = _Searching(self, asking, scored).of(tree)
        docs = (found.mask & self._passing(request, asking)).nonzero()[0]
        numbers = (docs + self._collection.size).astype(np.uint32)
        return Matches(numbers, found.scores[docs] if scored else None)

    def keys(self, ranks: Array) -> Array:
        """What documents are ordered by, units and quotes: a quote comes right after
        its article; `ranks` are those of the units."""
        units = ranks.astype(np.int64) * _MOST
        return np.concatenate([units, units[self.articles] + self.numbers + 1])

    def units_of(self, docs: Array) -> Array:
        """Documents with their article for each quote, ascending."""
        units, quotes = self._apart(docs)
        if not len(quotes):
            return docs
        return np.sort(np.concatenate([units, self.articles[quotes]]))

    def count(self, docs: Array) -> int:
        """How many of some documents, ascending, are quotes."""
        size = self._collection.size
        if not len(docs) or docs[-1] < size:
            return 0  # as most searches find; else every number is made wider
        return len(docs) - int(docs.searchsorted(size))

    def speakers(self, docs: Array, limit: int) -> list[tuple[str, int]]:
        """Who speaks in the quotes among some documents, ascending, and how often, most
        first."""
        _, quotes = self._apart(docs)
        if not len(quotes):
            return []
        codes = self._speakers.codes_of(quotes)
        counts = np.bincount(codes, minlength=len(self._speakers) + 1)
        order = np.argsort(-counts, kind="stable")[:limit]
        chosen = [int(code) for code in order if code and counts[code]]
        names = self._speakers.texts(chosen)
        return list(zip(names, counts[chosen].tolist(), strict=True))

    def _apart(self, docs: Array) -> tuple[Array, Array]:
        """The units among documents, ascending, and the numbers of the quotes."""
        units = len(docs) - self.count(docs)
        return docs[:units], docs[units:] - self._collection.size

    def spoken_by(self, wanted: str) -> Array:
        """Which quotes are of a speaker, as a mask."""
        return self._names.having(self._names.equal(value_key(wanted)), self.size)

    def in_role(self, words: str) -> Array:
        """Which quotes are of somebody whose role has all of some words, as a mask."""
        offices = self._offices
        held = [offices.holding(term.text) for term in terms.query_terms(words)]
        every = set(range(1, len(self._roles) + 1))
        return offices.having(every.intersection(*held), self.size)

    def labelled(self, text: str) -> Array:
        """Which quotes have these characters in the name or role of their speaker."""
        names, offices = self._names, self._offices
        by_name = names.having(names.holding(text), self.size)
        return by_name | offices.having(offices.holding(text), self.size)

    def printed(self, text: str) -> Array:
        """How often each quote prints these characters in a row."""
        counts = np.zeros(self.size, np.int64)
        for segment, base in zip(
            self._collection.segments, self._collection.bases, strict=False
        ):
            bounds = self.articles.searchsorted([base, base + segment.size]).tolist()
            here = slice(*bounds)
            if segment.literals is None or bounds[0] == bounds[1]:
                continue
            places = segment.literals.places(text)
            if len(places):
                runs = segment.literals.stream
                docs = runs.runs.docs[runs.owners_of(places)] + base
                # Only the quotes of articles that print it are looked at.
                some = self.of_units(docs)[here].nonzero()[0] + bounds[0]
                begins, ends = self._spans[0][some], self._spans[1][some]
                last = places.searchsorted(ends - len(text), side="right")
                counts[some] = (last - places.searchsorted(begins)).clip(0)
        return counts

    @cached_property
    def lengths(self) -> Array:
        """How many searchable characters each quote prints."""
        return (self._ends - self._starts).astype(np.int64)

    @cached_property
    def length(self) -> float:
        """How many they are on average."""
        return float(self.lengths.mean()) if self.size else 1.0

    @cached_property
    def _spans(self) -> tuple[Array, Array]:
        """Where in its segment's stream each quote begins and ends."""
        starts = [np.empty(0, np.int64)]
        for segment in self._collection.segments:
            table = np.zeros(segment.size, np.int64)
            if segment.literals is not None:
                runs = segment.literals.stream.runs
                body = np.flatnonzero(runs.sections == _BODY)
                table[runs.docs[body]] = runs.starts[body]
            starts.append(table)
        begins = np.concatenate(starts)[self.articles]
        return begins + self._starts, begins + self._ends

    @cached_property
    def _names(self) -> "_Labels":
        return _Labels.of(self._speakers, self.size)

    @cached_property
    def _offices(self) -> "_Labels":
        return _Labels.of(self._roles, self.size)

    def _passing(self, request: SearchRequest, asking: Asking) -> Array:
        """Which quotes pass a request's filters, as a mask."""
        mask = np.ones(self.size, bool)
        if request.speaker:
            mask &= self.spoken_by(request.speaker)
        if request.role:
            mask &= self.in_role(request.role)
        if request.speech:
            mask &= self._direct == (request.speech == "direct")
        if any(getattr(request, name) for name in _FILTERS):
            mask &= self.of_units(asking.units(None, request))
        return mask

    def of_units(self, units: Array) -> Array:
        """Which quotes stand in some articles, as a mask."""
        table = np.zeros(self._collection.size, bool)
        table[units] = True
        found: Array = table[self.articles]
        return found


@dataclass(frozen=True, slots=True)
class _Labels:
    """Speakers or roles as they are looked for: all on `lines` of one text, which is
    searched faster than each; `begins` says where each line does, and where the text
    ends. `codes` are those of all quotes, from 1, `quotes` whose each of them is."""

    lines: str
    begins: Sequence[int]
    codes: Array
    quotes: Array

    @classmethod
    def of(cls, values: Values, size: int) -> "_Labels":
        texts = _folded(values)
        ends = accumulate((len(text) + 1 for text in texts), initial=1)
        every = np.arange(size)
        counts = 1 if values.ends is None else values.counts()
        return cls(
            "\n".join(["", *texts, ""]),
            array("q", ends),
            values.codes_of(every),
            every.repeat(counts),
        )

    def holding(self, text: str) -> Iterator[int]:
        """The codes of those that hold a text."""
        at = self.lines.find(text)
        while 0 <= at < self.begins[-1]:
            code = bisect_right(self.begins, at)
            yield code
            at = self.lines.find(text, self.begins[code])

    def equal(self, text: str) -> Iterator[int]:
        """The codes of those that are a text."""
        for code in self.holding(f"\n{text}\n"):
            yield code + 1

    def having(self, codes: Iterable[int], size: int) -> Array:
        """Which of so many quotes have one of some codes, as a mask."""
        mask = np.zeros(size, bool)
        if wanted := list(codes):
            chosen = np.zeros(len(self.begins), bool)
            chosen[wanted] = True
            chosen[0] = False  # no label
            mask[self.quotes[chosen[self.codes]]] = True
        return mask


@dataclass(frozen=True, slots=True)
class _Searching:
    """Reads nodes of a query as sets of quotes."""

    ledger: Ledger
    asking: Asking
    scored: bool

    def of(self, node: query.Node | None) -> _Found:
        self.asking.check()
        match node:
            case query.Words(text):
                return self._words(text)
            case query.Phrase(text):
                return self._term(terms.phrase_term(text))
            case query.And(nodes):
                return _all([self.of(inner) for inner in nodes])
            case query.Or(nodes):
                return _any([self.of(inner) for inner in nodes])
            case query.Not(inner):
                return self._plain(~self.of(inner).mask)
            case query.Otherwise(asked, also):
                forms = self.of(also).weighed(REWRITTEN_WEIGHT)
                return _any([self.of(asked), forms])
            case None:
                return self._plain(np.ones(self.ledger.size, bool))
            case query.Filter("kind", value):
                return self._plain(np.full(self.ledger.size, value == "quote"))
            case query.Filter("speaker", value):
                return self._plain(self.ledger.spoken_by(value))
            case query.Filter("role", value):
                return self._plain(self.ledger.in_role(value))
        return self._plain(self._in_units(node))

    def _words(self, text: str) -> _Found:
        """All terms of a run; better where they stand together as typed."""
        wanted = terms.query_terms(text)
        if not wanted:  # a lone mark of voicing
            return self._plain(np.zeros(self.ledger.size, bool))
        found = _all([self._term(term) for term in dict.fromkeys(wanted)])
        if len(wanted) == 1 or not self.scored:
            return found
        counts = self.ledger.printed(terms.phrase_term(text).text)
        return replace(found, scores=found.scores + self._worth(counts))

    def _term(self, term: QueryTerm) -> _Found:
        """What a quote says, or who says it."""
        known = self.asking.known.get(term)
        if known is None:
            known = self.asking.known[term] = self._said(term)
        if not self.scored:
            return self._plain(known.said | known.by)
        said = _Found(known.said, self._worth(known.counts))
        worth = self._idf(known.by) * known.by
        return _any([said, _Found(known.by, worth.astype(np.float32))])

    def _said(self, term: QueryTerm) -> Saying:
        counts, by = self.ledger.printed(term.text), self.ledger.labelled(term.text)
        said = counts > 0
        for word in (term.text,) if term.whole_word else term.numbers:
            # The stream does not tell where words of letters end; the article does.
            if said.any():
                said &= self._in_units(query.Within("body", query.Words(word)))
        return Saying(said, counts, by)

    def _worth(self, counts: Array) -> Array:
        """What it is worth to a quote to print something so often."""
        some = counts.nonzero()[0]
        scores = bm25(counts[some], self.ledger.lengths[some], self.ledger.length)
        worth = np.zeros(len(counts), np.float32)
        worth[some] = self._idf(counts > 0) * scores
        return worth

    def _in_units(self, node: query.Node) -> Array:
        return self.ledger.of_units(self.asking.units(node, SearchRequest()))

    def _idf(self, mask: Array) -> float:
        return Statistics(self.ledger.size, 0).idf(int(np.count_nonzero(mask)))

    def _plain(self, mask: Array) -> _Found:
        return _Found(mask, np.zeros(len(mask) if self.scored else 0, np.float32))


def _all(parts: list[_Found]) -> _Found:
    mask = np.logical_and.reduce([part.mask for part in parts])
    return _Found(mask, np.sum([part.scores for part in parts], axis=0))


def _any(parts: list[_Found]) -> _Found:
    mask = np.logical_or.reduce([part.mask for part in parts])
    if not len(parts[0].scores):
        return _Found(mask, parts[0].scores)
    sums = np.sum([part.scores * part.mask for part in parts], axis=0)
    return _Found(mask, sums)


def _write(writer: ArrayWriter, name: str, held: list[tuple[str, ...]]) -> None:
    every = list(chain.from_iterable(held))
    texts = sorted(set(every))
    codes = dict(zip(texts, count(1)))
    flat = np.array(array("I", map(codes.__getitem__, every)))
    counts = np.fromiter(map(len, held), np.int64, len(held))
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    write_values(writer, name, encoded, flat, counts)


def _folded(values: Values) -> list[str]:
    """Values as they are looked for, all folded at once."""
    if not len(values):
        return []
    folded = terms.fold("\n".join(values.texts(range(1, len(values) + 1))))
    return ["".join(text.split()) for text in folded.split("\n")]
