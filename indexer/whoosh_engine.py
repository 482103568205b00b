"""The engine that runs in this process: generations of a Whoosh index on local disk.

Each search stays with the generation it began on; a newly published one is noticed
before the next search and opened by one thread while others go on. Matching and ranking
are vectorised over `arrays`: Whoosh's own matchers are slow, and wrong on compound
queries.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from indexer import generations, ledger, query, terms, whoosh_index
from indexer.alike import alike
from indexer.archive import Article, Unit
from indexer.arrays import Array, Matches, ordered, ranked
from indexer.correcting import corrected, spelt_out
from indexer.documents import Document, cut
from indexer.errors import IndexDamaged, IndexUnusable, SearchTooSlow
from indexer.generations import Generation, Pointer
from indexer.hits import hit_of, needles, quote_hit_of
from indexer.messages import Message
from indexer.probes import Probes
from indexer.relevance import (
    GRAINS,
    Grains,
    answering,
    asked_of,
    reordered,
    sought_in,
)
from indexer.rewrites import Relaxed, Rewriter, Rewritten, broader, relaxed
from indexer.search import (
    FACETS,
    MAX_LIMIT,
    Alternative,
    Facet,
    FacetValue,
    Hit,
    IndexStatus,
    People,
    SearchRequest,
    SearchResponse,
    Sort,
    Suggestion,
    UpdateReport,
)
from indexer.vocabulary import NO_VOCABULARY, Vocabulary
from indexer.weighing import asks, is_list, is_long, is_short, telling
from indexer.whoosh_index import Build, Snapshot
from indexer.whoosh_query import (
    asks_quotes,
    compiled,
    filtered,
    is_scored,
    kinds_of,
    literal,
)

FACET_VALUES: Final = 50
MAX_OFFERED: Final = 10
SECONDS: Final = 5.0
# Hits of a batch: 7 ms of work, so that searches need not wait long for one.
BATCH: Final = 50
MEMORY: Final = 768 << 20
# Scores are sums of float32; as many digits are the same on every machine.
SCORE_DIGITS: Final = 4

_ALL: Final = 1 << 30
_QUESTION: Final = Message(
    "按提问理解：不要求每个字词都有，最相关的在前",
    "read as a question: not every word must be there, the closest come first",
)
_LONG: Final = Message(
    "检索词较长：不要求每个字词都有，最相关的在前",
    "a long query: not every word must be there, the closest come first",
)
_BY_WEIGHT: Final = Message(
    "没有一篇印有全部字词：最相关的在前",
    "nothing prints all of these words: the closest come first",
)
_TOGETHER: Final = 256  # documents that are put in at once


def open_engine(
    index: str | Path,
    *,
    writable: bool = False,
    seconds: float = SECONDS,
    memory: int = MEMORY,
    vocabulary: Vocabulary = NO_VOCABULARY,
    grains: Grains = GRAINS,
) -> "WhooshEngine":
    """The engine over the index in that folder.

    A search has so many `seconds`; `memory` bounds the bytes that an index in the
    making gathers before it spills them to disk; `vocabulary` is what the corpus knows
    of its own words, `grains` what answers to a question are ordered by.

    Raises IndexMissing, IndexOfOtherVersion or IndexDamaged; not when `writable`, for
    which there need not be an index yet.
    """
    return WhooshEngine(
        Path(index),
        writable=writable,
        seconds=seconds,
        memory=memory,
        vocabulary=vocabulary,
        grains=grains,
    )


def check_index(index: Path) -> tuple[Message, ...]:
    """What is wrong with the index as stored; nothing when it is whole."""
    try:
        _check(generations.open_current(index, whoosh_index.fingerprint()))
    except IndexUnusable as error:
        return (error.message,)
    return ()


class WhooshEngine:
    """Engine over a folder of generations. See `indexer.search.Engine`."""

    def __init__(
        self,
        index: Path,
        *,
        writable: bool,
        seconds: float,
        memory: int,
        vocabulary: Vocabulary,
        grains: Grains,
    ) -> None:
        self._index = index
        self._seconds = seconds
        self._memory = memory
        self._rewriter = Rewriter(vocabulary)
        self._grains = grains
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self._current: tuple[Generation, Snapshot] | None = None
        self._tried: Pointer | None = None
        self._degraded: Message | None = None
        with suppress(*((IndexUnusable,) if writable else ())):
            self._refresh()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def search(
        self, request: SearchRequest, *, seconds: float | None = None
    ) -> SearchResponse:
        started = time.perf_counter()
        if seconds is not None and self._is_behind():
            raise _too_slow(seconds)
        given = self._seconds if seconds is None else seconds
        request = request.clamped()
        parsed = query.parse(request.query)
        with self._reading() as (generation, snapshot):
            deadline = time.monotonic() + given
            asking = self._asking(snapshot, request, deadline)
            try:
                read, matches = asking.found(parsed.tree)
                none = not len(matches.docs)
                less = none or read.notes[:1] == (_BY_WEIGHT,)
                meant = asking.meant(parsed.tree) if less else None
                others = asking.alternatives(parsed.tree, meant, none=none)
            except TimeoutError as error:
                raise _too_slow(given) from error
            screen = _screen(matches, request, snapshot)
            found = _hits(screen, snapshot, parsed.tree, read)
            facets = tuple(_facet(snapshot, name, matches) for name in FACETS)
        return SearchResponse(
            request=request,
            total=len(matches.docs),
            hits=found,
            facets=facets,
            generation=generation.manifest.generation,
            took_ms=round((time.perf_counter() - started) * 1000, 2),
            notes=parsed.notes,
            reading=parsed.reading,
            suggestion=meant,
            rewrites=read.notes,
            alternatives=others,
        )

    def batches(self, request: SearchRequest) -> Iterator[SearchResponse]:
        started = time.perf_counter()
        asked = replace(request.clamped(), limit=max(request.limit, 0))
        parsed = query.parse(asked.query)
        with self._reading() as (generation, snapshot):
            deadline = time.monotonic() + self._seconds
            asking = self._asking(snapshot, asked, deadline)
            try:
                read, matches = asking.found(parsed.tree)
            except TimeoutError as error:
                raise _too_slow(self._seconds) from error
            screen = _screen(matches, asked, snapshot)
            for start in range(0, max(len(screen), 1), BATCH):
                part = screen[start : start + BATCH]
                yield SearchResponse(
                    request=asked,
                    total=len(matches.docs),
                    hits=_hits(part, snapshot, parsed.tree, read),
                    facets=(),
                    generation=generation.manifest.generation,
                    took_ms=round((time.perf_counter() - started) * 1000, 2),
                    notes=parsed.notes,
                    reading=parsed.reading,
                    rewrites=read.notes,
                )

    def suggest(self, text: str, limit: int = 10) -> tuple[Suggestion, ...]:
        with self._reading() as (_, snapshot):
            return snapshot.offered(text, min(limit, MAX_OFFERED))

    def alike(self, text: str, *, limit: int = 10) -> Iterator[Article]:
        with self._reading() as (_, snapshot):
            try:
                deadline = time.monotonic() + self._seconds
                found = alike(snapshot, text, limit, deadline)
            except TimeoutError as error:
                raise _too_slow(self._seconds) from error
        units = (snapshot.unit(document) for document in found)
        return (unit for unit in units if isinstance(unit, Article))

    def people(self, text: str = "", *, limit: int = 50, offset: int = 0) -> People:
        start, size = max(offset, 0), min(max(limit, 0), MAX_LIMIT)
        with self._reading() as (_, snapshot):
            return snapshot.offers.suggestions.people(text, size, start)

    def get(self, id: str) -> Unit | None:
        with self._reading() as (_, snapshot):
            document = snapshot.document(id)
            return None if document is None else snapshot.unit(document)

    def update(self, documents: Iterable[Document]) -> UpdateReport:
        with generations.writing(self._index):
            try:
                base = generations.open_current(self._index, whoosh_index.fingerprint())
            except IndexUnusable:
                return self._write(None, documents)
            return self._write(base, documents)

    def replace(self, documents: Iterable[Document]) -> UpdateReport:
        with generations.writing(self._index):
            return self._write(None, documents)

    def digests(self) -> dict[str, str]:
        """The digest of each document by id, to compare a corpus with."""
        with self._reading() as (_, snapshot):
            return snapshot.digests()

    def status(self) -> IndexStatus:
        with self._reading() as (generation, snapshot):
            oldest, newest = snapshot.days()
            return IndexStatus(
                generation=generation.manifest.generation,
                built_at=generation.manifest.built_at,
                documents=generation.manifest.documents,
                kinds=_kinds(snapshot),
                papers=snapshot.counted("paper"),
                oldest=oldest,
                newest=newest,
                bytes=generations.size_of(generation),
                degraded=self._degraded,
            )

    def close(self) -> None:
        with self._lock:
            self._current = None

    def _write(
        self, base: Generation | None, documents: Iterable[Document]
    ) -> UpdateReport:
        """Build a generation from a base or from nothing, and publish it."""
        with generations.building(self._index, base) as folder:
            build = Build(folder, based=base is not None, memory=self._memory)
            try:
                probes = _put_all(build, documents)
                build.finish()
            except BaseException:
                build.abandon()
                raise
            changes = build.added + build.changed + build.removed
            if base and not changes:
                return _report(build, base)
            published = generations.publish(
                self._index,
                folder,
                documents=build.added + build.changed + build.unchanged,
                fingerprint=whoosh_index.fingerprint(),
                check=lambda generation: _check(generation, probes),
            )
        return _report(build, published)

    @contextmanager
    def _reading(self) -> Iterator[tuple[Generation, Snapshot]]:
        """The current generation, which stays open until it is left."""
        self._refresh()
        with self._lock:
            assert self._current is not None  # _refresh opened it or raised
            current = self._current
        yield current

    def _asking(
        self, snapshot: Snapshot, request: SearchRequest, deadline: float
    ) -> "_Asking":
        return _Asking(snapshot, self._rewriter, request, deadline, self._grains)

    def _is_behind(self) -> bool:
        """Whether a generation is published that was not tried yet."""
        try:
            return generations.read_pointer(self._index) != self._tried
        except IndexUnusable:
            return self._current is None

    def _refresh(self) -> None:
        """Move to a newly published generation; one thread opens it, others go on."""
        if not self._opening.acquire(blocking=self._current is None):
            return
        try:
            self._move(generations.read_pointer(self._index))
        except IndexUnusable as error:
            if self._current is None:
                raise
            self._degraded = error.message
        finally:
            self._opening.release()

    def _move(self, pointer: Pointer) -> None:
        """Open what is now current, unless it is open or was refused already."""
        if pointer == self._tried and self._current:
            return
        self._tried = pointer
        fingerprint = whoosh_index.fingerprint()
        generation = generations.open_current(self._index, fingerprint)
        opened = Snapshot(generation.folder)
        with self._lock:
            self._current = generation, opened
        self._degraded = None


@dataclass(frozen=True, slots=True)
class _Asking:
    """What one request asks of a snapshot, all of it before one deadline: every step
    may raise TimeoutError."""

    snapshot: Snapshot
    rewriter: Rewriter
    request: SearchRequest
    deadline: float
    grains: Grains

    def read(self, tree: query.Node | None) -> Rewritten:
        """A tree with the other forms that this index prints."""
        if self.request.exact:
            return Rewritten(tree)
        if spoken := self._spoken(tree):
            return spoken
        if tree is not None and (spelt := spelt_out(tree, self._read_as)):
            return Rewritten(query.Otherwise(tree, spelt[0]), (spelt[1],))
        return self.rewriter.rewritten(tree, self._prints)

    def found(self, tree: query.Node | None) -> tuple[Rewritten, Matches]:
        """How a tree was read, and what it finds: all of it, or for a question, and
        where nothing prints all of many words, what answers best."""
        typed = None if self.request.exact else query.plain(tree)
        text, quoted = typed or ("", ())
        read = self.read(tree)
        if not text or asks_quotes(read.tree, self.request):
            return self._all_of(read)
        if asks(text):
            return self._answers(text, _QUESTION, quoted)
        if is_long(text) and not (quoted or read.notes):
            return self._answers(text, _LONG)
        found = self._all_of(read)
        if len(found[1].docs) or quoted or is_list(text):
            return found
        if is_short(text) and self.meant(tree):  # a typo, which is never put right
            return found
        return self._answers(text, _BY_WEIGHT)

    def matches(self, tree: query.Node | None, *, scored: bool = False) -> Matches:
        """Units that match, and behind them quotes where they are asked for."""
        quotes = asks_quotes(tree, self.request)
        if quotes and kinds_of(tree, self.request) == ("quote",):
            return self._quotes(tree, scored=scored)
        asked = compiled(tree, self.request, self.snapshot.collection)
        units = self._matches(asked, scored=scored)
        return _joined(units, self._quotes(tree, scored=scored)) if quotes else units

    def meant(self, tree: query.Node | None) -> str | None:
        """The nearest query with results to one that has none."""
        if tree is None:
            return None
        offers = self.snapshot.offers
        better = corrected(tree, offers.spelling.meant, self._finds)
        return query.render(better) if better else None

    def alternatives(
        self, tree: query.Node | None, meant: str | None, *, none: bool
    ) -> tuple[Alternative, ...]:
        """Other searches that find something, as they are offered: the parts of a broad
        event and, where nothing is found, what asks for less."""
        ways = list(broader(self.request, tree))
        if none:
            ways += relaxed(self.request, tree)
        if meant is not None:
            near = replace(self.request, query=meant, offset=0)
            ways.append(Relaxed(near, f"改查“{meant}”", f"Search for “{meant}”"))
        counted = [(way, self._total(way.request)) for way in ways]
        return tuple(_alternative(way, total) for way, total in counted if total)

    def _all_of(self, read: Rewritten) -> tuple[Rewritten, Matches]:
        return read, self.matches(read.tree, scored=is_scored(read.tree))

    def _answers(
        self, text: str, note: Message, quoted: tuple[query.Phrase, ...] = ()
    ) -> tuple[Rewritten, Matches]:
        """What may answer a question, by how close it comes; all of it prints what is
        quoted."""
        read = Rewritten(_marked(text, quoted), (note,))
        snapshot, parts = self.snapshot, self.grains.parts_of(text)
        asked = asked_of(parts, quoted, snapshot.collection)
        matches = answering(self._matches(filtered(asked, self.request), scored=True))
        if self.request.sort is not Sort.RELEVANCE:
            return read, matches
        sought = sought_in(parts, snapshot.collection, self.grains)
        return read, reordered(matches, sought, snapshot.newest, snapshot.closeness)

    def _total(self, request: SearchRequest) -> int:
        other = replace(self, request=request)
        read = other.read(query.parse(request.query).tree)
        return len(other.matches(read.tree).docs)

    def _quotes(self, tree: query.Node | None, *, scored: bool) -> Matches:
        asking = ledger.Asking(self._units, self._check)
        found = self.snapshot.ledger.matches(tree, self.request, asking)
        return found if scored else replace(found, scores=None)

    def _units(self, tree: query.Node | None, request: SearchRequest) -> Array:
        plain = replace(request, kind="all", speaker=None, role=None, speech=None)
        asked = compiled(tree, plain, self.snapshot.collection)
        return self._matches(asked, scored=False).docs

    def _check(self) -> None:
        if time.monotonic() > self.deadline:
            raise TimeoutError

    def _spoken(self, tree: query.Node | None) -> Rewritten | None:
        """What a query like 兰钧 说 大桥 asks of the ledger, where it finds that."""
        speech = query.speech(tree)
        if speech is None or self.request.kind or self.request.speaker:
            return None
        by_name, by_role = speech.tree("speaker"), speech.tree("role")
        found = next((t for t in (by_name, by_role) if self._finds(t)), None)
        return Rewritten(found, (_asked_ledger(found),)) if found else None

    def _finds(self, tree: query.Node) -> bool:
        return len(self.matches(tree).docs) > 0

    def _read_as(self, letters: str) -> tuple[str, ...]:
        """What letters are the pinyin of, unless they are printed themselves."""
        offers = self.snapshot.offers
        return () if self._prints(letters) else offers.suggestions.read_as(letters)

    def _prints(self, text: str) -> bool:
        asked = literal(terms.characters(text).text, scored=False)
        return len(self._matches(asked, scored=False).docs) > 0

    def _matches(self, asked: Any, *, scored: bool) -> Matches:
        return self.snapshot.searcher.matches(
            asked, scored=scored, deadline=self.deadline
        )


def _joined(units: Matches, quotes: Matches) -> Matches:
    docs = np.concatenate([units.docs, quotes.docs])
    if units.scores is None or quotes.scores is None:
        return Matches(docs, None)
    return Matches(docs, np.concatenate([units.scores, quotes.scores]))


def _asked_ledger(tree: query.Node) -> Message:
    return Message(
        f"按“谁说了什么”在引语中检索：{query.render(tree, 'zh')}",
        f"Searched quotations for who said what: {query.render(tree, 'en')}",
    )


def _marked(text: str, quoted: tuple[query.Phrase, ...]) -> query.Node | None:
    """What is worth marking in an answer."""
    return query.any_of((*quoted, *(query.Words(word) for word in telling(text))))


def _alternative(way: Relaxed, total: int) -> Alternative:
    return Alternative(Message(way.zh, way.en), way.request, total)


def _too_slow(seconds: float) -> SearchTooSlow:
    return SearchTooSlow(
        f"检索超过 {seconds:g} 秒，已停止。请减少检索词或缩小日期范围。",
        f"The search took over {seconds:g} s and was stopped. "
        "Use fewer words, or narrow the dates.",
    )


def _screen(
    matches: Matches, request: SearchRequest, snapshot: Snapshot
) -> list[tuple[int, float]]:
    """The documents of a request's screen in order, and their scores."""
    end = request.offset + request.limit
    if request.sort is Sort.RELEVANCE and matches.scores is not None:
        keys = _keys(matches, snapshot, snapshot.newest)
        places = ranked(matches, keys, end, digits=SCORE_DIGITS)
    else:
        oldest = request.sort is Sort.OLDEST
        ranks = snapshot.oldest if oldest else snapshot.newest
        keys = _keys(matches, snapshot, ranks)
        places = ordered(matches, keys, end)
    places = places[request.offset :]
    docs = matches.docs[places].tolist()
    if matches.scores is None:
        return [(document, 0.0) for document in docs]
    scores = [round(score, SCORE_DIGITS) for score in matches.scores[places].tolist()]
    return list(zip(docs, scores, strict=True))


def _hits(
    screen: list[tuple[int, float]],
    snapshot: Snapshot,
    typed: query.Node | None,
    read: Rewritten,
) -> tuple[Hit, ...]:
    """The hits of a screen, for a tree that was typed and how it was read."""
    wanted, plain = needles(read.tree), needles(typed) if read.notes else ()
    found = []
    for document, score in screen:
        if place := snapshot.ledger.place(document):
            article = snapshot.unit(place[0])
            assert isinstance(article, Article)  # nothing else has quotes
            found.append(quote_hit_of(article, place[1], wanted, score))
        else:
            shown = snapshot.shown(document)
            found.append(hit_of(shown, wanted, score, typed=plain))
    return tuple(found)


def _facet(snapshot: Snapshot, name: str, matches: Matches) -> Facet:
    limit = _ALL if name == "year" else FACET_VALUES
    if name == "speaker":
        return Facet(name, snapshot.ledger.speakers(matches.docs, limit))
    if name == "kind":
        return Facet(name, _kinds_among(snapshot, matches.docs))
    docs = snapshot.ledger.units_of(matches.docs)
    counted = snapshot.facets.count(name, docs, limit)
    if name == "year":  # newest first
        counted = sorted(counted, reverse=True)
    return Facet(name, tuple(FacetValue(*pair) for pair in counted))


def _keys(matches: Matches, snapshot: Snapshot, ranks: Array) -> Array:
    """What documents are ordered by, the ranks of units where there are no others."""
    quotes = snapshot.ledger.count(matches.docs[-1:])
    return snapshot.ledger.keys(ranks) if quotes else ranks


def _kinds(snapshot: Snapshot) -> tuple[FacetValue, ...]:
    """How many units there are of each kind, and how many quotes."""
    quotes = snapshot.ledger.size
    told = (FacetValue("quote", quotes),) if quotes else ()
    return (*snapshot.counted("kind"), *told)


def _kinds_among(snapshot: Snapshot, docs: Array) -> tuple[FacetValue, ...]:
    quotes = snapshot.ledger.count(docs)
    units = docs[: len(docs) - quotes]
    counted = [FacetValue(*p) for p in snapshot.facets.count("kind", units, _ALL)]
    found = [*counted, *([FacetValue("quote", quotes)] if quotes else [])]
    return tuple(sorted(found, key=lambda item: (-item.count, item.value)))


def _put_all(build: Build, documents: Iterable[Document]) -> Probes:
    """Put every document in; what of those that are new must be found."""
    probes = Probes()
    rest = iter(documents)
    while several := tuple(islice(rest, _TOGETHER)):
        for document in cut(several):
            if build.put(document):
                probes.add(document)
    return probes


def _report(build: Build, generation: Generation) -> UpdateReport:
    return UpdateReport(
        generation.manifest.generation,
        added=build.added,
        changed=build.changed,
        removed=build.removed,
        unchanged=build.unchanged,
    )


def _check(generation: Generation, probes: Probes | None = None) -> None:
    """Count what is stored and look for what was put in; raises IndexDamaged."""
    snapshot = Snapshot(generation.folder)
    expected = generation.manifest.documents
    if snapshot.documents != expected:
        raise _wrong_count(generation.folder, snapshot.documents, expected)
    if probes is not None:
        probes.check(snapshot)


def _wrong_count(place: Path, found: int, expected: int) -> IndexDamaged:
    return IndexDamaged(
        f"{place} 有 {found} 篇，应有 {expected} 篇。请运行 baosou index --full。",
        f"The index in {place} holds {found} documents, not {expected}. "
        "Run `baosou index --full`.",
    )
