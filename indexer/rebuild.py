"""A corpus → an engine, as one stream: reading, splitting, counting, publishing.

One chain of generators; nothing holds the archive. With several jobs the reading and
splitting is done in worker processes, a bounded number of batches ahead, and comes
back in the corpus's order, so the index is the same for any number of jobs. Whatever
breaks on the way (a dead worker, a full disk) leaves the old generation as it was.
"""

import gc
import itertools
import multiprocessing
import signal
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final, NamedTuple, TypeAlias
from warnings import catch_warnings, simplefilter

import msgspec
from msgspec.structs import replace

from indexer import corpus, documents, pages
from indexer.archive import Article, Notice, Page, Quote, Unit
from indexer.corpus import UNDATED, Chunk, InputNotice, PageFile
from indexer.cuts import Cuts
from indexer.documents import Document
from indexer.errors import BaosouError, InputRefused
from indexer.jsonl import Lines
from indexer.messages import Message
from indexer.search import Engine, FacetValue

try:
    import resource
except ImportError:  # Windows has no such module
    resource = None  # type: ignore[assignment]  # a module where there is one


class Split(msgspec.Struct, frozen=True):
    """An input read into its units; `unclaimed` counts a page's characters, white space
    apart, that no unit took."""

    path: str
    line: int | None
    units: tuple[Unit, ...]
    unclaimed: int = 0

    @property
    def warnings(self) -> int:
        return sum(len(unit.warnings) for unit in self.units)


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of the corpus has been read and taken by the engine, in bytes of its
    files."""

    done: int
    total: int


Event: TypeAlias = Progress | InputRefused | InputNotice


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """What a rebuild read and what it changed; `refused` in the order of the corpus.

    `unclaimed` counts characters of pages that no unit took. `peak_memory` is in bytes,
    workers included, None where the system does not tell.
    """

    files: int
    units: int
    kinds: tuple[FacetValue, ...]
    refused: tuple[InputRefused, ...]
    notices: tuple[InputNotice, ...]
    warnings: int
    unclaimed: int
    added: int
    changed: int
    removed: int
    unchanged: int
    generation: str
    seconds: float
    peak_memory: int | None


def rebuild(
    root: Path,
    engine: Engine,
    *,
    full: bool = False,
    jobs: int = 1,
    progress: Callable[[Event], None] = lambda event: None,
) -> RebuildReport:
    """Make the index hold exactly what the corpus holds, by what differs or, when
    `full`, anew.

    `progress` hears of every refusal and notice as it happens. Raises CorpusMissing,
    CorpusEmpty, IndexLocked, and BaosouError where nothing at all could be read; then
    nothing is published.
    """
    started = time.monotonic()
    total = corpus.measure(root).bytes
    jobs = jobs if total >= _WORTH_A_POOL else 1
    tally = _Tally(total, progress, jobs)
    with closing(_batches(root, jobs)) as batches, _no_search_for_cycles():
        found = tally.documents(batches)
        first = next(found, None)
        if first is None:
            raise _nothing_read(root)
        rest = itertools.chain([first], found)
        update = engine.replace(rest) if full else engine.update(rest)
    return RebuildReport(
        files=tally.files,
        units=tally.kinds.total(),
        kinds=tuple(FacetValue(*pair) for pair in tally.kinds.most_common()),
        refused=tuple(tally.refused),
        notices=tuple(tally.notices),
        warnings=tally.warnings,
        unclaimed=tally.unclaimed,
        added=update.added,
        changed=update.changed,
        removed=update.removed,
        unchanged=update.unchanged,
        generation=update.generation,
        seconds=round(time.monotonic() - started, 3),
        peak_memory=max(tally.peak_memory, _peak_memory(1)) or None,
    )


@dataclass(frozen=True, slots=True)
class Comparison:
    """How an index differs from a corpus, by ids: what it misses, what it should not
    hold, what it holds in another form."""

    units: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    changed: tuple[str, ...]
    refused: tuple[InputRefused, ...]


def compare(
    root: Path,
    digests: Mapping[str, str],
    *,
    jobs: int = 1,
    progress: Callable[[Event], None] = lambda event: None,
) -> Comparison:
    """Read a corpus and hold it against the digests that an index has by id."""
    total = corpus.measure(root).bytes
    tally = _Tally(total, progress)
    missing: list[str] = []
    changed: list[str] = []
    with closing(_batches(root, jobs if total >= _WORTH_A_POOL else 1)) as batches:
        for document in tally.documents(batches):
            digest = digests.get(document.id)
            if digest is None:
                missing.append(document.id)
            elif digest != document.digest:
                changed.append(document.id)
    extra = sorted(digests.keys() - tally.seen.keys())
    return Comparison(
        units=tally.kinds.total(),
        missing=tuple(missing),
        extra=tuple(extra),
        changed=tuple(changed),
        refused=tuple(tally.refused),
    )


def read_units(
    root: Path, *, undated: bool = False
) -> Iterator[Split | InputRefused | InputNotice]:
    """What each input of a corpus splits into, in order, without any index.

    With `undated`, pages whose path gives no paper and date are read too; their units
    have neither.
    """
    for chunk in corpus.chunks(root, undated=undated):
        yield from _split_chunk(chunk)


# Starting workers takes longer than reading this much.
_WORTH_A_POOL = 4 << 20
# How many batches a worker has: one that it reads and one that waits for it.
_AHEAD = 2
_PATIENCE = 5.0  # seconds that a worker has to end
# The more articles together, the fewer words are told twice: of 100,000 in batches of
# 1 MB two million, in batches of .25 MB three.
_BATCH_BYTES, _BATCH_CHUNKS = 1 << 20, 64
_Split: TypeAlias = Split | InputRefused | InputNotice


class _Read(NamedTuple):
    """A Split whose units have become documents, these without their cuts."""

    path: str
    line: int | None
    documents: tuple[Document, ...]
    warnings: int
    unclaimed: int


_Item: TypeAlias = _Read | InputRefused | InputNotice
_READS: Final = msgspec.msgpack.Decoder(list[_Read | None])


@dataclass(frozen=True, slots=True)
class _Batch:
    """What some chunks gave, `cuts` those of all its documents; `bytes` and `files` how
    much of the corpus they were."""

    items: Sequence[_Item]
    cuts: Cuts
    bytes: int
    files: int

    def __reduce__(self) -> tuple[Callable[..., "_Batch"], tuple[object, ...]]:
        # Documents go as MessagePack, in a third of the time that pickling takes.
        reads = [item if isinstance(item, _Read) else None for item in self.items]
        others = [item for item in self.items if not isinstance(item, _Read)]
        encoded = msgspec.msgpack.encode(reads)
        return _unpickled, (encoded, others, self.cuts, self.bytes, self.files)


def _unpickled(
    encoded: bytes, others: list[InputRefused | InputNotice], *rest: Any
) -> _Batch:
    """What `__reduce__` took apart."""
    between = iter(others)
    items = [next(between) if r is None else r for r in _READS.decode(encoded)]
    return _Batch(items, *rest)


@dataclass(slots=True)
class _Tally:
    """Counts what passes on its way to the engine, and keeps ids unique."""

    total: int
    progress: Callable[[Event], None]
    jobs: int = 1
    done: int = 0
    files: int = 0
    warnings: int = 0
    unclaimed: int = 0
    peak_memory: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    refused: list[InputRefused] = field(default_factory=list)
    notices: list[InputNotice] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    def documents(self, batches: Iterator[_Batch]) -> Iterator[Document]:
        for batch in batches:
            for item in batch.items:
                yield from self._documents_of(item, batch.cuts)
            self.done += batch.bytes
            self.files += batch.files
            self.progress(Progress(self.done, self.total))
        # Now, since the workers have ended and the engine has yet to finish.
        self.peak_memory = _peak_memory(self.jobs)

    def _documents_of(self, item: _Item, cuts: Cuts) -> Iterator[Document]:
        if isinstance(item, _Read):
            clash = next((d.id for d in item.documents if d.id in self.seen), None)
            if clash is None:
                yield from self._counted(item, cuts)
                return
            item = _duplicate(item, clash, self.seen[clash])
        if isinstance(item, InputRefused):
            self.refused.append(item)
        else:
            self.notices.append(item)
        self.progress(item)

    def _counted(self, read: _Read, cuts: Cuts) -> Iterator[Document]:
        self.warnings += read.warnings
        self.unclaimed += read.unclaimed
        path = sys.intern(read.path)
        for document in read.documents:
            self.seen[document.id] = path
            self.kinds[document.kind] += 1
            yield documents.with_cuts(document, cuts)


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Nothing here leaves any, and going over all that an index in the making holds,
    again and again, costs a tenth."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _duplicate(read: _Read, id: str, first: str) -> InputRefused:
    zh, en = f"编号 {id} 已被 {first} 使用", f"the id {id} is already used in {first}"
    return InputRefused(read.path, zh, en, line=read.line)


def _nothing_read(root: Path) -> BaosouError:
    return BaosouError(
        f"语料“{root}”里没有一篇能读入，索引未改动。请按上面列出的原因改正后重试。",
        f"Nothing in the corpus {root} could be read; the index is unchanged. Mend "
        "what is listed above and try again.",
    )


def _batches(root: Path, jobs: int) -> Generator[_Batch, None, None]:
    grouped = _grouped(corpus.chunks(root))
    if jobs > 1:
        yield from _in_workers(grouped, jobs)
        return
    for chunks in grouped:
        yield _read_batch(chunks)


def _grouped(chunks: Iterator[Chunk]) -> Iterator[tuple[Chunk, ...]]:
    """Chunks by the handful, so that small files do not each cost a message."""
    group: list[Chunk] = []
    size = 0
    for chunk in chunks:
        group.append(chunk)
        size += _raw_bytes(chunk)
        if size >= _BATCH_BYTES or len(group) >= _BATCH_CHUNKS:
            yield tuple(group)
            group, size = [], 0
    if group:
        yield tuple(group)


def _raw_bytes(chunk: Chunk) -> int:
    if isinstance(chunk, Lines):
        return sum(len(row) for row in chunk.rows if row)
    return chunk.bytes if isinstance(chunk, PageFile) else 0


def _in_workers(grouped: Iterator[tuple[Chunk, ...]], jobs: int) -> Iterator[_Batch]:
    """The batches in order, each read by the worker whose turn it is.

    A pool of the library would hang for ever when a worker is killed while it answers;
    a pipe of its own for each ends with the worker.
    """
    started: list[tuple[Connection, BaseProcess]] = []
    for _ in range(jobs):
        started.append(_start_worker([pipe for pipe, _ in started]))
    workers = [pipe for pipe, _ in started]
    busy: deque[Connection] = deque()
    try:
        for chunks in grouped:
            if len(busy) < jobs * _AHEAD:
                busy.append(_told(workers[len(busy) % jobs], chunks))
                continue
            worker = busy.popleft()
            batch = _answer(worker)
            # It has read on meanwhile, and goes on while this batch is indexed.
            busy.append(_told(worker, chunks))
            yield batch
        while busy:
            yield _answer(busy.popleft())
    finally:
        for pipe, process in started:
            pipe.close()
            # Of one that has ended the system tells how much memory it took.
            process.join(_PATIENCE)


def _start_worker(others: Sequence[Connection]) -> tuple[Connection, BaseProcess]:
    """The parent's end of the pipe to a new worker, which ends when that is closed;
    `others` are the parent's ends of other pipes."""
    context = _context()
    ours, theirs = context.Pipe()
    inherited = (*others, ours) if context.get_start_method() == "fork" else ()
    process = context.Process(target=_work, args=(theirs, inherited), daemon=True)
    with catch_warnings():
        # NumPy's library for matrices has a thread that waits, and copes with forking.
        simplefilter("ignore", DeprecationWarning)
        process.start()
    theirs.close()
    return ours, process


def _context() -> Any:  # Any: what is common to contexts has no Process
    """How workers are started. A fork has all modules loaded, which spares each worker
    .7 s; it is for Linux, and while no other thread may hold a lock."""
    alone = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if alone else "spawn")


def _told(worker: Connection, chunks: tuple[Chunk, ...]) -> Connection:
    try:
        worker.send(chunks)
    except OSError as error:
        raise _worker_died() from error
    return worker


def _answer(worker: Connection) -> _Batch:
    try:
        answer = worker.recv()
    except (EOFError, OSError) as error:
        raise _worker_died() from error
    if isinstance(answer, Exception):
        raise answer
    assert isinstance(answer, _Batch)
    return answer


def _worker_died() -> BaosouError:
    return BaosouError(
        "读取语料的进程意外退出（可能内存不足），索引未改动。请加 --jobs 1 重试。",
        "A process that read the corpus died (out of memory, perhaps); the index "
        "is unchanged. Try again with --jobs 1.",
    )


def _work(pipe: Connection, inherited: Sequence[Connection]) -> None:
    """Read what comes until the parent closes the pipe or dies; `inherited` are ends of
    the parent's that a fork has too, and that would keep pipes open."""
    for end in inherited:
        end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent answers Ctrl-C
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a fork has what the parent does
    gc.freeze()  # modules and dictionaries: looking for garbage in them costs a tenth
    gc.disable()  # looking among what a batch is made of costs .03 and finds nothing
    coming: SimpleQueue[tuple[Chunk, ...] | None] = SimpleQueue()
    Thread(target=_take_in, args=(pipe, coming), daemon=True).start()
    with suppress(OSError):
        for chunks in iter(coming.get, None):
            try:
                pipe.send(_read_batch(chunks))
            except Exception as error:  # a bug of ours: the parent's to report
                pipe.send(error)
            gc.collect(0)  # what there was all the same


def _take_in(pipe: Connection, coming: "SimpleQueue[tuple[Chunk, ...] | None]") -> None:
    """Take what the parent sends while the worker reads: two that each waited for the
    other to take something would wait for ever."""
    try:
        with suppress(EOFError, OSError):
            while True:
                coming.put(pipe.recv())
    finally:
        coming.put(None)


def _read_batch(chunks: tuple[Chunk, ...]) -> _Batch:
    items = [item for chunk in chunks for item in _split_chunk(chunk)]
    units = [u for item in items if isinstance(item, Split) for u in item.units]
    bare, cuts = documents.cut_apart(documents.all_of(units))
    made = iter(bare)
    used = (c for c in chunks if isinstance(c, PageFile | Lines))
    files = sum(isinstance(c, PageFile) or c.first == 1 for c in used)
    size = sum(c.bytes for c in chunks if isinstance(c, PageFile | Lines))
    read = [_documented(item, made) for item in items]
    return _Batch(read, cuts, size, files)


def _documented(item: _Split, made: Iterator[Document]) -> _Item:
    if not isinstance(item, Split):
        return item
    own = tuple(itertools.islice(made, len(item.units)))
    return _Read(item.path, item.line, own, item.warnings, item.unclaimed)


def _split_chunk(chunk: Chunk) -> Iterator[_Split]:
    for item in corpus.read_chunk(chunk):
        if not isinstance(item, corpus.Entry):
            yield item
        elif isinstance(item.record, Page):
            yield _split_page(item.path, item.record)
        else:
            yield Split(item.path, item.line, (item.record,))


def _split_page(path: str, page: Page) -> Split | InputRefused:
    try:
        split = pages.split(page)
    except Exception as error:
        # One page that the rules choke on must not cost the archive; it is reported.
        reason = f"{type(error).__name__}: {error}"
        zh, en = (
            f"拆分出错，请报告（{reason}）",
            f"splitting failed, report it: {reason}",
        )
        return InputRefused(path, zh, en)
    units = split.units
    if page.date == UNDATED:
        units = tuple(_without_place(unit, page) for unit in units)
    unclaimed = sum(span.end - span.start for span in split.unclaimed)
    return Split(path, None, units, unclaimed)


def _without_place(unit: Unit, page: Page) -> Unit:
    """A unit of a page whose path gives no paper and date: it has neither, and its id
    begins with the page's label."""
    id = page.label + unit.id.removeprefix(page.id)
    zh = "路径没有写明报纸和日期"
    warning = Notice("no-place", Message(zh, "the path gives no paper and date"))
    adopted_on = unit.adopted_on
    if adopted_on and adopted_on.year == UNDATED.year:
        adopted_on = None  # its year is the page's, which nobody knows
    placed = replace(
        unit,
        id=id,
        paper=None,
        date=None,
        adopted_on=adopted_on,
        warnings=(*unit.warnings, warning),
    )
    if not isinstance(placed, Article):
        return placed
    quotes = tuple(_renamed(quote, unit.id, id) for quote in placed.quotes)
    return replace(placed, quotes=quotes)


def _renamed(quote: Quote, before: str, after: str) -> Quote:
    return replace(quote, id=after + quote.id.removeprefix(before))


def _peak_memory(jobs: int) -> int:
    """Bytes that this process and its workers used at most; 0 where nobody knows."""
    if resource is None:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Of all children the system tells the largest only.
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss if jobs > 1 else 0
    return unit * (own + jobs * worker)
