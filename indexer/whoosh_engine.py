"""The engine that runs in this process: generations of a Whoosh index on local disk.

Each search stays with the generation it began on; a newly published one is noticed
before the next search and opened by one thread while others go on. Matching and ranking
are vectorised over `arrays`: Whoosh's own matchers are slow, and wrong on compound
queries.
"""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import islice, starmap
from pathlib import Path
from typing import Final, Self

from indexer import generations, query, whoosh_index
from indexer.alike import alike
from indexer.archive import Article, Unit
from indexer.arrays import Array, Matches, ordered, ranked
from indexer.asking import Asking
from indexer.documents import Document, cut
from indexer.errors import IndexDamaged, IndexUnusable, SearchTooSlow
from indexer.generations import Generation, Pointer
from indexer.hits import hits_of, needles, quote_hit_of
from indexer.messages import Message
from indexer.probes import Probes
from indexer.relevance import (
    GRAINS,
    Grains,
)
from indexer.rewrites import Rewriter, Rewritten
from indexer.search import (
    FACETS,
    MAX_LIMIT,
    Facet,
    FacetValue,
    Hit,
    Holdings,
    IndexStatus,
    People,
    SearchRequest,
    SearchResponse,
    Sort,
    Suggestion,
    Timeline,
    UpdateReport,
)
from indexer.terms import QueryTerm
from indexer.vocabulary import NO_VOCABULARY, Vocabulary
from indexer.whoosh_index import Build, Snapshot
from indexer.whoosh_query import SCORE_DIGITS

FACET_VALUES: Final = 50
MAX_OFFERED: Final = 10
SECONDS: Final = 5.0
# Hits of a batch: 7 ms of work, so that searches need not wait long for one.
BATCH: Final = 50
MEMORY: Final = 768 << 20

_ALL: Final = 1 << 30
# How many values of each facet are told; speakers are told by the ledger.
_COUNTED: Final = {
    name: _ALL if name in ("kind", "year") else FACET_VALUES
    for name in FACETS
    if name != "speaker"
}
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

    Where the current generation is damaged a whole one before it answers, and `status`
    says so. Raises IndexMissing, IndexOfOtherVersion or IndexDamaged; not when
    `writable`, for which there need not be an index yet.
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
        generation = generations.open_current(index, whoosh_index.fingerprint())
        _check(generation.folder, generation.manifest.documents)
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
        self._stamp: tuple[int, ...] = ()
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
        with self._reading(fresh=seconds is not None) as (generation, snapshot):
            deadline = time.monotonic() + given
            asking = self._asking(snapshot, request, deadline)
            try:
                parsed = asking.parsed()
                read, matches, meant = asking.found(parsed.tree)
                none = not len(matches.docs)
                others = asking.alternatives(parsed.tree, meant, none=none)
            except TimeoutError as error:
                raise _too_slow(given) from error
            screen = _screen(matches, request, snapshot)
            found = _hits(screen, snapshot, parsed.tree, read)
            facets = _facets(snapshot, matches.docs)
            times = _timeline(snapshot, matches.docs) if request.timeline else None
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
            timeline=times,
        )

    def batches(self, request: SearchRequest) -> Iterator[SearchResponse]:
        started = time.perf_counter()
        asked = replace(request.clamped(), limit=max(request.limit, 0))
        with self._reading() as (generation, snapshot):
            deadline = time.monotonic() + self._seconds
            asking = self._asking(snapshot, asked, deadline)
            try:
                parsed = asking.parsed()
                read, matches, _ = asking.found(parsed.tree)
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

    def holdings(self, *, limit: int, offset: int = 0) -> Holdings:
        start = max(offset, 0)
        with self._reading() as (generation, snapshot):
            docs = snapshot.units()
            shown = docs[start : start + max(limit, 0)]
            built_at = generation.manifest.built_at
            return Holdings(len(docs), snapshot.holdings(shown), built_at)

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

    def generation(self) -> str | None:
        if self._degraded or self._is_behind():
            return None
        with self._lock:
            return self._current and self._current[0].manifest.generation

    def status(self) -> IndexStatus:
        with self._reading() as (generation, snapshot):
            oldest, newest = snapshot.times.ends()
            return IndexStatus(
                generation=generation.manifest.generation,
                built_at=generation.manifest.built_at,
                documents=generation.manifest.documents,
                kinds=_kinds(snapshot),
                papers=snapshot.counted("paper"),
                oldest=oldest,
                newest=newest,
                issues=snapshot.times.issues,
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
            count = build.added + build.changed + build.unchanged
            published = generations.publish(
                self._index,
                folder,
                documents=count,
                fingerprint=whoosh_index.fingerprint(),
                check=lambda folder: _check(folder, count, probes),
            )
        return _report(build, published)

    @contextmanager
    def _reading(self, *, fresh: bool = False) -> Iterator[tuple[Generation, Snapshot]]:
        """The current generation, which stays open until it is left; looked for anew
        unless it is known to be `fresh`."""
        if not fresh or self._current is None:
            self._refresh()
        with self._lock:
            assert self._current is not None  # _refresh opened it or raised
            current = self._current
        yield current

    def _asking(
        self, snapshot: Snapshot, request: SearchRequest, deadline: float
    ) -> Asking:
        return Asking(snapshot, self._rewriter, request, deadline, self._grains)

    def _is_behind(self) -> bool:
        """Whether a generation is published that was not tried yet."""
        if self._is_seen():
            return False
        try:
            return generations.read_pointer(self._index) != self._tried
        except IndexUnusable:
            return self._current is None

    def _refresh(self) -> None:
        """Move to a newly published generation; one thread opens it, others go on."""
        if self._is_seen():
            return
        if not self._opening.acquire(blocking=self._current is None):
            return
        try:
            stamp = self._stamped()  # before it is read: what is newer is read again
            pointer = generations.read_pointer(self._index)
            self._stamp = stamp
            self._move(pointer)
        except IndexUnusable as error:
            self._degraded = self._stood_in(error)
        finally:
            self._opening.release()

    def _is_seen(self) -> bool:
        """Whether what is published is what was read last."""
        return self._current is not None and self._stamped() == self._stamp != ()

    def _stamped(self) -> tuple[int, ...]:
        try:
            return generations.pointer_stamp(self._index)
        except OSError:  # reading it tells what is wrong
            return ()

    def _move(self, pointer: Pointer) -> None:
        """Open what is now current, unless it is open or was refused already."""
        if pointer == self._tried and self._current:
            return
        self._tried = pointer
        fingerprint = whoosh_index.fingerprint()
        generation = generations.open_current(self._index, fingerprint)
        self._open(generation)
        self._degraded = None

    def _open(self, generation: Generation) -> None:
        opened = Snapshot(generation.folder)
        with self._lock:
            self._current = generation, opened

    def _stood_in(self, error: IndexUnusable) -> Message:
        """What to say while a generation before serves for one that can't be opened;
        raises the error where there is none."""
        if self._current is None:
            fingerprint = whoosh_index.fingerprint()
            damaged = isinstance(error, IndexDamaged)
            standby = damaged and generations.open_standby(self._index, fingerprint)
            if not standby:
                raise error
            self._open(standby)
        assert self._current is not None
        built = self._current[0].manifest.built_at
        return Message(
            f"{error.message.zh}现用 {built:%Y-%m-%d %H:%M} UTC 建成的一版检索。",
            f"{error.message.en} Until then the one built on {built:%Y-%m-%d %H:%M} "
            "UTC answers.",
        )


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
    places = [snapshot.ledger.place(document) for document, _ in screen]
    told = list(zip(screen, places, strict=True))
    shown = [(snapshot.shown(doc), score) for (doc, score), place in told if not place]
    units = iter(hits_of(shown, wanted, typed=plain))
    return tuple(
        _quote_hit(snapshot, place, wanted, score) if place else next(units)
        for (_, score), place in told
    )


def _quote_hit(
    snapshot: Snapshot,
    place: tuple[int, int],
    wanted: Sequence[QueryTerm],
    score: float,
) -> Hit:
    """The hit for a quote, which is one of an article's."""
    article = snapshot.unit(place[0])
    assert isinstance(article, Article)  # nothing else has quotes
    return quote_hit_of(article, place[1], wanted, score)


def _facets(snapshot: Snapshot, docs: Array) -> tuple[Facet, ...]:
    """The facets of what is found; quotes count as their articles but for the kind."""
    quotes = snapshot.ledger.count(docs)
    units = snapshot.ledger.units_of(docs) if quotes else docs
    counted = snapshot.facets.counts(_COUNTED, units)
    if quotes:
        counted["kind"] = _kinds_among(snapshot, docs[:-quotes], quotes)
    counted["year"].sort(reverse=True)  # newest first
    counted["speaker"] = snapshot.ledger.speakers(docs, FACET_VALUES) if quotes else []
    return tuple(
        Facet(name, tuple(starmap(FacetValue, counted[name]))) for name in FACETS
    )


def _timeline(snapshot: Snapshot, docs: Array) -> Timeline:
    """When what is found was printed, a quote with its article."""
    return snapshot.times.timeline(snapshot.ledger.units_of(docs))


def _keys(matches: Matches, snapshot: Snapshot, ranks: Array) -> Array:
    """What documents are ordered by, the ranks of units where there are no others."""
    quotes = snapshot.ledger.count(matches.docs[-1:])
    return snapshot.ledger.keys(ranks) if quotes else ranks


def _kinds(snapshot: Snapshot) -> tuple[FacetValue, ...]:
    """How many units there are of each kind, and how many quotes."""
    quotes = snapshot.ledger.size
    told = (FacetValue("quote", quotes),) if quotes else ()
    return (*snapshot.counted("kind"), *told)


def _kinds_among(
    snapshot: Snapshot, units: Array, quotes: int
) -> list[tuple[str, int]]:
    counted = [*snapshot.facets.count("kind", units, _ALL), ("quote", quotes)]
    return sorted(counted, key=lambda pair: (-pair[1], pair[0]))


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


def _check(folder: Path, expected: int, probes: Probes | None = None) -> None:
    """Count what is stored and look for what was put in; raises IndexDamaged."""
    snapshot = Snapshot(folder)
    if snapshot.documents != expected:
        raise _wrong_count(folder, snapshot.documents, expected)
    if probes is not None:
        probes.check(snapshot)


def _wrong_count(place: Path, found: int, expected: int) -> IndexDamaged:
    return IndexDamaged(
        f"{place} 有 {found} 篇，应有 {expected} 篇。请运行 baosou index --full。",
        f"The index in {place} holds {found} documents, not {expected}. "
        "Run `baosou index --full`.",
    )
