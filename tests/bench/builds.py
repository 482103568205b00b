"""Builds an engine's index in a process of its own, so that time and memory are its
own too, and says what lies on the disk."""

import multiprocessing
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from tests.bench import texts
from tests.bench.makers import MAKERS
from tests.bench.peer import Plan


@dataclass(frozen=True, slots=True)
class Built:
    """What a build cost: seconds from words to a finished index, the peak memory of its
    process and of the largest it started (bytes), bytes on disk by kind of file."""

    seconds: float
    peak_memory: int
    parts: tuple[tuple[str, int], ...]

    @property
    def bytes(self) -> int:
        return sum(size for _, size in self.parts)


def build(name: str, source: Path, folder: Path, plan: Plan) -> Built:
    """Build the index of the engine of that name from a file of texts."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_build, args=(name, source, folder, plan, there))
    process.start()
    there.close()
    try:
        seconds, peak = here.recv()
    except EOFError as error:
        raise RuntimeError(f"the build of {name} died; see above") from error
    finally:
        process.join()
    return Built(seconds, peak, tuple(parts_of(folder)))


def parts_of(folder: Path) -> Iterator[tuple[str, int]]:
    """Bytes on disk by suffix, the largest first; files without one by their name."""
    sizes: Counter[str] = Counter()
    for path in folder.rglob("*"):
        if path.is_file():
            sizes[path.suffix or path.name] += path.stat().st_size
    yield from sizes.most_common()


def _build(name: str, source: Path, folder: Path, plan: Plan, to: Connection) -> None:
    folder.mkdir(parents=True)
    started = time.perf_counter()
    MAKERS[name].build(folder, texts.read_texts(source), plan)
    seconds = time.perf_counter() - started
    to.send((seconds, _peak()))


def _peak() -> int:
    """The most bytes that this process held, and the largest that it started."""
    unit = 1 if sys.platform == "darwin" else 1024
    children = unit * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    status = Path("/proc/self/status")
    if not status.exists():
        return children + unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # ru_maxrss begins with what the parent held when it started this process.
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return children + 1024 * int(lines["VmHWM"].split()[0])
