"""The Whoosh index of a generation: its schema, writing documents, opening it to read.

For each zone of a document there is a field of its words, for each kind of metadata a
field of keys to filter by and a column of values to count. The characters of all zones
are one stream for literal search, with the zone as section. The unit itself is stored.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property, lru_cache, partial
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import whoosh
from whoosh import analysis, fields

from indexer import terms
from indexer.archive import Unit
from indexer.arrays import (
    FORMAT_VERSION,
    Array,
    ArraySearcher,
    ArrayWriter,
    Batch,
    Closeness,
    Collection,
    Facets,
    IndexWriter,
    Layout,
    Pool,
    Segment,
    Text,
    Words,
    open_arrays,
    open_segments,
    ordered,
)
from indexer.cuts import Cuts
from indexer.documents import SCHEMA_VERSION, ZONES, Document, Shown, decode, shown
from indexer.ledger import LEDGER_VERSION, Ledger, Quotes, write_ledger
from indexer.occasions import with_occasions
from indexer.offers import OFFERS_VERSION, Gathered, Offers, write_offers
from indexer.search import FacetValue, Holding, SearchRequest, Suggestion
from indexer.suggest import Keyed
from indexer.times import Times
from indexer.whoosh_query import compiled, literal, value_key, words_field

_KEYS: Final = ("kind", "paper", "page", "section", "person", "reporter")
_COLUMNS: Final = ("id", "digest", "kind", "year", "paper", "page", "section", "person")
_VALUES: Final = tuple(dict.fromkeys((*_KEYS, *_COLUMNS)))
_ORDER: Final = "order.arrays"
_DIGITS: Final = re.compile(r"(\d+)")
_HELD: Final = 2  # one character is in too many headlines


def fingerprint() -> dict[str, str]:
    """What must be the same for an index to be read: format, dictionaries, folding."""
    return {
        "schema": str(SCHEMA_VERSION),
        "arrays": str(FORMAT_VERSION),
        "offers": str(OFFERS_VERSION),
        "ledger": str(LEDGER_VERSION),
        "whoosh": ".".join(str(part) for part in whoosh.__version__),
        **terms.fingerprint(),
    }


class JiebaAnalyzer(analysis.Analyzer):  # type: ignore[misc]  # whoosh has no types
    """The words that `terms` cuts, as Whoosh tokens numbered in print order."""

    def __call__(
        self, value: str, *, positions: bool = False, chars: bool = False, **_: object
    ) -> Iterator[Any]:
        token = analysis.Token(positions, chars)
        for number, term in enumerate(terms.index_terms(value)):
            token.text, token.boost, token.stopped = term.text, 1.0, False
            token.pos, token.startchar, token.endchar = number, term.start, term.end
            yield token


def schema() -> fields.Schema:
    """The fields of the index, for Whoosh's own readers and searchers too."""
    words = {
        words_field(zone): fields.TEXT(JiebaAnalyzer(), phrase=False) for zone in ZONES
    }
    return fields.Schema(
        id=fields.ID(),
        unit=fields.STORED(),
        day=fields.NUMERIC(signed=False, sortable=True),
        **{name: fields.ID() for name in _KEYS},
        **words,
    )


class Build:
    """An index in the making: what is put in differs from its base, or is all of it.
    What is gathered is spilt to disk when it passes `memory` bytes."""

    def __init__(self, folder: Path, *, based: bool, memory: int) -> None:
        self._folder = folder
        self._before: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        if based:
            snapshot = Snapshot(folder)
            self._before, self._numbers = snapshot.digests(), snapshot.numbers()
        self._writer = IndexWriter(folder, _layout(), memory=memory)
        self._gathered = Gathered()
        self._quotes = Quotes()
        self._waiting: list[Document] = []  # of the same cuts
        self.added = self.changed = self.removed = self.unchanged = 0

    def put(self, document: Document) -> bool:
        """Take a document that is `cut` in; False if the base holds it as it is."""
        self._gathered.add(document)
        self._quotes.add(document)
        before = self._before.pop(document.id, None)
        if before == document.digest:
            self.unchanged += 1
            return False
        if before:
            self._writer.delete(self._numbers[document.id])
            self.changed += 1
        else:
            self.added += 1
        if self._waiting and self._waiting[0].cuts is not document.cuts:
            self._take()
        self._waiting.append(document)
        return True

    def finish(self) -> None:
        """Drop what was not put again and write everything out."""
        self._take()
        for id in self._before:
            self._writer.delete(self._numbers[id])
            self.removed += 1
        if self.added or self.changed or self.removed:
            # While memory is sorted and written, which holds no interpreter lock.
            with ThreadPoolExecutor(1) as beside, _quick_switches():
                headlines = beside.submit(self._gathered.headlines)
                write = partial(self._write_beside, headlines)
                self._writer.commit(meanwhile=write)
        else:
            self._writer.abandon()

    def abandon(self) -> None:
        self._writer.abandon()

    def _write_beside(self, headlines: Future[Keyed]) -> None:
        """Write what is worked out from the segments."""
        collection = Collection(open_segments(self._folder), schema())
        ids = _column(collection, "id")
        _write_order(self._folder, collection, ids)
        write_ledger(self._folder, self._quotes, _numbers(collection, ids))
        write_offers(self._folder, collection, self._gathered, headlines.result())

    def _take(self) -> None:
        if self._waiting:
            self._writer.take(_batch(self._waiting))
            self._waiting = []


@contextmanager
def _quick_switches() -> Iterator[None]:
    """Threads that sort come back for the interpreter lock after every step; one that
    holds it all along lets go after .5 ms instead of 5."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-4)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


class Snapshot:
    """An opened index, shared by its readers; its files are mapped until the last of
    them lets go."""

    def __init__(self, folder: Path) -> None:
        self.collection = Collection(open_segments(folder), schema())
        self.searcher = ArraySearcher(self.collection)
        self.facets = Facets(self.collection)
        order = open_arrays(folder / _ORDER).arrays
        self.newest, self.oldest = order["newest"], order["oldest"]
        self.ledger = Ledger(folder, self.collection)
        self._folder = folder

    @property
    def documents(self) -> int:
        return self.collection.documents

    def offered(self, typed: str, limit: int) -> tuple[Suggestion, ...]:
        """What begins as typed, and behind it headlines that hold it, newest first."""
        begun = self.offers.suggestions.offered(typed, limit)
        text = terms.characters(typed).text
        if len(begun) == limit or len(text) < _HELD:
            return begun
        asked = literal(text, ("headline",), scored=False)
        matches = self.searcher.matches(asked, scored=False)
        places = ordered(matches, self.newest, limit)
        titles = [self.shown(doc).title for doc in matches.docs[places].tolist()]
        known = {offer.text for offer in begun}
        held = (t for t in dict.fromkeys(titles) if t not in known)
        return (*begun, *(Suggestion(t, "headline", 1) for t in held))[:limit]

    @cached_property
    def closeness(self) -> Closeness:
        """How close documents come to a question."""
        return Closeness(self.pool)

    @cached_property
    def pool(self) -> Pool:
        """The words of all zones together."""
        return Pool(self.collection, [words_field(zone) for zone in ZONES])

    @cached_property
    def offers(self) -> Offers:
        """What the index offers beside results."""
        return Offers(self._folder)

    def document(self, id: str) -> int | None:
        """The number of the document with that id."""
        return self.collection.having_term("id", id)

    def unit(self, document: int) -> Unit:
        return with_occasions(decode(self._stored(document)))

    def shown(self, document: int) -> Shown:
        """What a hit shows of it."""
        return shown(self._stored(document))

    def units(self) -> Array:
        """The numbers of all articles and rosters."""
        asked = compiled(None, SearchRequest(), self.collection)
        return self.searcher.matches(asked, scored=False).docs

    def holdings(self, docs: Array) -> tuple[Holding, ...]:
        """Units, ascending, by id and kind."""
        found: list[Holding] = []
        ends = docs.searchsorted(self.collection.bases)
        for i, segment in enumerate(self.collection.segments):
            numbers = docs[ends[i] : ends[i + 1]] - self.collection.bases[i]
            told = (_values_at(segment, name, numbers) for name in ("id", "kind"))
            found += map(Holding, *told)
        return tuple(found)

    def counted(self, field: str) -> tuple[FacetValue, ...]:
        """How many documents have each value of a column."""
        found = self.facets.count(field, self.collection.live(), 1 << 30)
        return tuple(FacetValue(*pair) for pair in found)

    @cached_property
    def times(self) -> Times:
        """When what the index holds was printed."""
        return Times(_days(self.collection), self.collection.live())

    def numbers(self) -> dict[str, int]:
        """Document numbers by id."""
        return _numbers(self.collection, _column(self.collection, "id"))

    def digests(self) -> dict[str, str]:
        """Digests by id."""
        ids = _column(self.collection, "id")
        digests = _column(self.collection, "digest")
        return {
            ids[number]: digests[number] for number in self.collection.live().tolist()
        }

    def _stored(self, document: int) -> bytes:
        segment, number = self.collection.segment_of(document)
        return _STORED.decode(segment.stored(number)).unit


class _Stored(msgspec.Struct, frozen=True, gc=False):
    """What is stored of a document, read in a quarter of the time that all fields of
    any kind take."""

    unit: bytes


_STORED: Final = msgspec.msgpack.Decoder(_Stored)


def _layout() -> Layout:
    return Layout.of(schema(), values=_COLUMNS, text=True)


def _batch(documents: Sequence[Document]) -> Batch:
    """Documents of the same cuts as arrays take them."""
    together = documents[0].cuts
    assert together is not None
    cuts = together.of([document.place for document in documents])
    owners = np.repeat(np.arange(len(documents)), np.diff(cuts.firsts))
    lengths = np.diff(cuts.character_ends, prepend=0)
    zones = np.frombuffer(cuts.zones, np.uint8)
    values = {name: _values(documents, name) for name in _VALUES}
    keys = {name: _keys(values[name]) for name in _KEYS}
    return Batch(
        [msgspec.msgpack.encode({"unit": document.stored}) for document in documents],
        Text(cuts.characters, lengths, owners, zones),
        cuts.vocabulary,
        words=_words(cuts, owners, len(documents)),
        terms={"id": values["id"], **keys},
        numbers={"day": [d.date.toordinal() if d.date else 0 for d in documents]},
        values=values,
    )


def _words(cuts: Cuts, owners: Array, size: int) -> dict[str, Words]:
    """The words of each zone by its field; `owners` are the documents of zones."""
    zones = np.frombuffer(cuts.zones, np.uint8)
    counts = np.diff(cuts.word_ends, prepend=0)
    zone_of_word = np.repeat(zones, counts)
    found = {}
    for zone in np.unique(zones).tolist():
        rows = zones == zone
        held = np.bincount(owners[rows], counts[rows], size).astype(np.int64)
        found[words_field(ZONES[zone])] = Words(cuts.words[zone_of_word == zone], held)
    return found


def _keys(values: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """What documents' values are found by, each once."""
    every = set(values)  # most documents have what others have too
    keys = {value: value_key(value) for value in set(chain.from_iterable(every))}
    keyed = {held: tuple(dict.fromkeys([keys[v] for v in held])) for held in every}
    return [keyed[held] for held in values]


def _values(documents: Sequence[Document], field: str) -> list[tuple[str, ...]]:
    match field:
        case "person":
            return [tuple(filter(None, d.persons)) for d in documents]
        case "reporter":
            return [tuple(filter(None, d.reporters)) for d in documents]
        case "year":
            return [(f"{d.date.year:04}",) if d.date else () for d in documents]
    column = map(attrgetter(field), documents)
    return [(value,) if value else () for value in column]


def _numbers(collection: Collection, ids: Sequence[str]) -> dict[str, int]:
    """The numbers of live documents by id."""
    return {ids[number]: number for number in collection.live().tolist()}


def _write_order(folder: Path, collection: Collection, ids: Sequence[str]) -> None:
    """Work out once, not at each opening, in which order documents were printed."""
    newest, oldest = ranks(ids, _days(collection))
    (folder / _ORDER).unlink(missing_ok=True)
    with ArrayWriter(folder / _ORDER) as writer:
        writer.put("newest", newest.astype(np.uint32))
        writer.put("oldest", oldest.astype(np.uint32))


def ranks(ids: Sequence[str], days: Array) -> tuple[Array, Array]:
    """The newest-first and oldest-first rank of each document; undated ones (day 0)
    last in both, those of one day in print order."""
    keys = _naturals(ids)
    printed = _places(sorted(range(len(ids)), key=keys.__getitem__))
    newest = np.lexsort((printed, -days))
    oldest = np.lexsort((printed, days, days == 0))
    return _places(newest), _places(oldest)


def _places(order: Sequence[int] | Array) -> Array:
    """Where in an order each number stands."""
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order))
    return places


def _naturals(ids: Sequence[str]) -> list[str]:
    """Keys that sort 01.2 before 01.10: each number after how long it is. No id has a
    line break."""
    parts = _DIGITS.split("\n".join(ids))
    parts[1::2] = map(lru_cache(maxsize=1 << 14)(_counted), parts[1::2])
    return "".join(parts).split("\n")


def _counted(digits: str) -> str:
    stripped = digits.lstrip("0")
    return f"\x00{len(stripped):03}{stripped}"


def _days(collection: Collection) -> Array:
    held = [s.numbers("day") for s in collection.segments]
    return np.concatenate([np.empty(0, np.int64), *(d for d in held if d is not None)])


def _values_at(segment: Segment, field: str, numbers: Array) -> list[str]:
    """The one value that each of some documents of a segment has in a column."""
    values = segment.values(field)
    assert values is not None  # every segment is of this schema
    return values.texts(values.codes_of(numbers).tolist())


def _column(collection: Collection, field: str) -> list[str]:
    """The one value that each document has in a column."""
    found: list[str] = []
    for segment in collection.segments:
        values = segment.values(field)
        assert values is not None  # every segment is of this schema
        names = ["", *(name.decode("utf-8", "surrogatepass") for name in values)]
        found += [names[code] for code in values.codes.tolist()]
    return found
