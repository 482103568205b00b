"""A corpus → batches of documents in its order, read by worker processes.

A worker has a bounded number of batches ahead, so that nothing holds the archive, and
its batches come back in turn: they are the same for any number of workers. One that
dies is told as an error, never waited for.
"""

import gc
import itertools
import multiprocessing
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final, NamedTuple, TypeAlias
from warnings import catch_warnings, simplefilter

import msgspec

from indexer import corpus, documents
from indexer.corpus import Chunk, InputNotice, PageFile
from indexer.cuts import Cuts
from indexer.documents import Document
from indexer.errors import BaosouError, InputRefused
from indexer.jsonl import Lines
from indexer.splitting import Input, Split, split_chunk


class Read(NamedTuple):
    """A Split whose units have become documents, these without their cuts."""

    path: str
    line: int | None
    documents: tuple[Document, ...]
    warnings: int
    unclaimed: int


Item: TypeAlias = Read | InputRefused | InputNotice
_READS: Final = msgspec.msgpack.Decoder(list[Read | None])


@dataclass(frozen=True, slots=True)
class Batch:
    """What some chunks gave, `cuts` those of all its documents; `bytes` and `files` how
    much of the corpus they were."""

    items: Sequence[Item]
    cuts: Cuts
    bytes: int
    files: int

    def __reduce__(self) -> tuple[Callable[..., "Batch"], tuple[object, ...]]:
        # Documents go as MessagePack, in a third of the time that pickling takes.
        reads = [item if isinstance(item, Read) else None for item in self.items]
        others = [item for item in self.items if not isinstance(item, Read)]
        encoded = msgspec.msgpack.encode(reads)
        return _unpickled, (encoded, others, self.cuts, self.bytes, self.files)


def _unpickled(
    encoded: bytes, others: list[InputRefused | InputNotice], *rest: Any
) -> Batch:
    """What `__reduce__` took apart."""
    between = iter(others)
    items = [next(between) if r is None else r for r in _READS.decode(encoded)]
    return Batch(items, *rest)


def batches_of(root: Path, jobs: int) -> Generator[Batch, None, None]:
    """The batches of a corpus; closed, it ends its workers. Raises BaosouError where
    one of them dies."""
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


def _in_workers(grouped: Iterator[tuple[Chunk, ...]], jobs: int) -> Iterator[Batch]:
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


def _answer(worker: Connection) -> Batch:
    try:
        answer = worker.recv()
    except (EOFError, OSError) as error:
        raise _worker_died() from error
    if isinstance(answer, Exception):
        raise answer
    assert isinstance(answer, Batch)
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


def _read_batch(chunks: tuple[Chunk, ...]) -> Batch:
    items = [item for chunk in chunks for item in split_chunk(chunk)]
    units = [u for item in items if isinstance(item, Split) for u in item.units]
    bare, cuts = documents.cut_apart(documents.all_of(units))
    made = iter(bare)
    used = (c for c in chunks if isinstance(c, PageFile | Lines))
    files = sum(isinstance(c, PageFile) or c.first == 1 for c in used)
    size = sum(c.bytes for c in chunks if isinstance(c, PageFile | Lines))
    read = [_documented(item, made) for item in items]
    return Batch(read, cuts, size, files)


def _documented(item: Input, made: Iterator[Document]) -> Item:
    if not isinstance(item, Split):
        return item
    own = tuple(itertools.islice(made, len(item.units)))
    return Read(item.path, item.line, own, item.warnings, item.unclaimed)


# How many batches a worker has: one that it reads and one that waits for it.
_AHEAD = 2
_PATIENCE = 5.0  # seconds that a worker has to end
# The more articles together, the fewer words are told twice: of 100,000 in batches of
# 1 MB two million, in batches of .25 MB three.
_BATCH_BYTES, _BATCH_CHUNKS = 1 << 20, 64
