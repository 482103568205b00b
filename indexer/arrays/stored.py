"""Documents as they were given, compressed in small blocks.

A block holds about 4 KB: a document alone compresses a third worse, a larger block
costs more to open than a screen of ten hits allows (20 µs each).
"""

import zlib
from pathlib import Path
from typing import Final

import numpy as np

from indexer.arrays.container import Array, Arrays, ArrayWriter

_BLOCK: Final = 4096
_LEVEL: Final = 4


class StoredWriter:
    """Takes documents in the order of their numbers, as bytes."""

    def __init__(self, path: Path) -> None:
        self._writer = ArrayWriter(path)
        self._writer.begin("blob", np.uint8)
        self._pending: list[bytes] = []
        self._size = 0
        self._ends: list[int] = [0]
        self._places: list[tuple[int, int, int]] = []

    def add(self, stored: bytes) -> None:
        self._places.append((len(self._ends) - 1, self._size, len(stored)))
        self._pending.append(stored)
        self._size += len(stored)
        if self._size >= _BLOCK:
            self._close_block()

    def finish(self) -> None:
        if self._pending:
            self._close_block()
        with self._writer as writer:
            places = np.array(self._places, np.uint32).reshape(-1, 3)
            writer.put("starts", np.array(self._ends, np.uint64))
            writer.put("places.block", places[:, 0])
            writer.put("places.start", places[:, 1])
            writer.put("places.length", places[:, 2])

    def abandon(self) -> None:
        self._writer.abandon()

    def _close_block(self) -> None:
        block = zlib.compress(b"".join(self._pending), _LEVEL)
        self._writer.append(np.frombuffer(block, np.uint8))
        self._ends.append(self._ends[-1] + len(block))
        self._pending, self._size = [], 0


def stored(arrays: Arrays, document: int) -> bytes:
    """The document of that number as it was given."""
    block = int(arrays["places.block"][document])
    start = int(arrays["places.start"][document])
    first, end = arrays["starts"][block : block + 2].tolist()
    whole = zlib.decompress(arrays["blob"][first:end].data)
    return whole[start : start + int(arrays["places.length"][document])]


def write_merged(path: Path, parts: list[tuple[Arrays, Array]]) -> None:
    """Blocks end to end as they are, those without a kept document left out; `parts`
    are the arrays of a segment and which of its documents are kept."""
    kept = [(arrays, keep, _used(arrays, keep)) for arrays, keep in parts]
    with ArrayWriter(path) as writer:
        writer.begin("blob", np.uint8)
        for arrays, _, used in kept:
            starts = arrays["starts"].astype(np.int64)
            for block in np.flatnonzero(used).tolist():
                writer.append(arrays["blob"][starts[block] : starts[block + 1]])
        sizes = [np.diff(arrays["starts"].astype(np.int64))[u] for arrays, _, u in kept]
        ends = np.cumsum(np.concatenate([[0], *sizes]))
        writer.put("starts", ends.astype(np.uint64))
        blocks, base = [], 0
        for arrays, keep, used in kept:
            numbers = np.cumsum(used) - 1 + base
            blocks.append(numbers[arrays["places.block"][keep]])
            base += int(used.sum())
        writer.put("places.block", np.concatenate(blocks).astype(np.uint32))
        for name in ("places.start", "places.length"):
            writer.put(name, np.concatenate([a[name][keep] for a, keep, _ in kept]))


def _used(arrays: Arrays, keep: Array) -> Array:
    """Which blocks hold a kept document."""
    used = np.zeros(len(arrays["starts"]) - 1, bool)
    used[arrays["places.block"][keep]] = True
    return used
