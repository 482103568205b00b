"""A corpus → an engine, as one stream: reading, counting, publishing.

One chain of generators; nothing holds the archive. What is read comes in the corpus's
order, so the index is the same for any number of jobs. Whatever breaks on the way (a
dead worker, a full disk) leaves the old generation as it was.
"""

import gc
import itertools
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from indexer import corpus, documents
from indexer.batches import Batch, Item, Read, batches_of
from indexer.corpus import InputNotice
from indexer.cuts import Cuts
from indexer.documents import Document
from indexer.errors import BaosouError, InputRefused
from indexer.search import Engine, FacetValue

try:
    import resource
except ImportError:  # Windows has no such module
    resource = None  # type: ignore[assignment]  # a module where there is one


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
    with closing(batches_of(root, jobs)) as batches, _no_search_for_cycles():
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
    with closing(batches_of(root, jobs if total >= _WORTH_A_POOL else 1)) as batches:
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


# Starting workers takes longer than reading this much.
_WORTH_A_POOL = 4 << 20


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

    def documents(self, batches: Iterator[Batch]) -> Iterator[Document]:
        for batch in batches:
            for item in batch.items:
                yield from self._documents_of(item, batch.cuts)
            self.done += batch.bytes
            self.files += batch.files
            self.progress(Progress(self.done, self.total))
        # Now, since the workers have ended and the engine has yet to finish.
        self.peak_memory = _peak_memory(self.jobs)

    def _documents_of(self, item: Item, cuts: Cuts) -> Iterator[Document]:
        if isinstance(item, Read):
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

    def _counted(self, read: Read, cuts: Cuts) -> Iterator[Document]:
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


def _duplicate(read: Read, id: str, first: str) -> InputRefused:
    zh, en = f"编号 {id} 已被 {first} 使用", f"the id {id} is already used in {first}"
    return InputRefused(read.path, zh, en, line=read.line)


def _nothing_read(root: Path) -> BaosouError:
    return BaosouError(
        f"语料“{root}”里没有一篇能读入，索引未改动。请按上面列出的原因改正后重试。",
        f"Nothing in the corpus {root} could be read; the index is unchanged. Mend "
        "what is listed above and try again.",
    )


def _peak_memory(jobs: int) -> int:
    """Bytes that this process and its workers used at most; 0 where nobody knows."""
    if resource is None:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Of all children the system tells the largest only.
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss if jobs > 1 else 0
    return unit * (own + jobs * worker)
