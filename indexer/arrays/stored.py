"""Documents as they were given, compressed in small blocks.

A block holds about 1 KB, which is one article or a few notices: the ten blocks of a
screen are opened in .09 ms, where blocks of 4 KB need .25 and save a tenth of the disk.

Arrays: `blob` (the blocks end to end), `starts`, `sizes` (bytes of each block when
opened), and by document `places.block`, `places.start`, `places.length`.
"""

import zlib
from array import array
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from indexer.arrays.container import Array, Arrays, ArrayWriter

_BLOCK: Final = 1024
_LEVEL: Final = 6
_TIME: Final = 1  # MessagePack's extension types, ours to number
_DECIMAL: Final = 2


class StoredWriter:
    """Takes documents in the order of their numbers, as bytes."""

    def __init__(self, path: Path) -> None:
        self._blocks = _Blocks(path)
        self._places = array("I")

    def add(self, stored: bytes) -> None:
        self._places.extend(self._blocks.add(stored))

    def finish(self) -> None:
        self._blocks.finish(np.array(self._places, np.uint32).reshape(-1, 3))

    def abandon(self) -> None:
        self._blocks.abandon()


def stored(arrays: Arrays, document: int) -> bytes:
    """The document of that number as it was given."""
    block = int(arrays["places.block"][document])
    start = int(arrays["places.start"][document])
    return _opened(arrays, block)[
        start : start + int(arrays["places.length"][document])
    ]


def write_merged(path: Path, parts: list[tuple[Arrays, Array]]) -> None:
    """Blocks as they are, end to end; `parts` are the arrays of a segment and which of
    its documents are kept. What a block less than half full of these keeps is packed
    again: else neither what is deleted nor the blocks of small commits would go."""
    blocks = _Blocks(path)
    kept = [(arrays, _places(arrays)[keep]) for arrays, keep in parts]
    whole = [_is_whole(arrays, places) for arrays, places in kept]
    split = [~full[places[:, 0]] for (_, places), full in zip(kept, whole, strict=True)]
    for (arrays, places), full, apart in zip(kept, whole, split, strict=True):
        numbers = _copied(blocks, arrays, full)
        places[~apart, 0] = numbers[places[~apart, 0]]
    for (arrays, places), apart in zip(kept, split, strict=True):
        for row, document in _each(arrays, places, np.flatnonzero(apart)):
            places[row] = blocks.add(document)
    blocks.finish(np.concatenate([places for _, places in kept]))


def packed(fields: Mapping[str, Any]) -> bytes:
    """Stored fields in MessagePack, which has no times and decimal numbers of its own;
    tuples and sets come back as lists. Raises TypeError for other types.

    >>> unpacked(packed({"date": datetime(1931, 9, 18), "page": 4}))
    {'date': datetime.datetime(1931, 9, 18, 0, 0), 'page': 4}
    """
    return msgspec.msgpack.encode({n: _marked(value) for n, value in fields.items()})


def unpacked(stored: bytes) -> dict[str, Any]:
    """Stored fields by name."""
    found: dict[str, Any] = msgspec.msgpack.decode(stored, ext_hook=_unmarked)
    return found


class _Blocks:
    """Packs documents into blocks, or takes blocks as they are."""

    def __init__(self, path: Path) -> None:
        self._writer = ArrayWriter(path)
        self._writer.begin("blob", np.uint8)
        self._pending: list[bytes] = []
        self._size = 0
        self._ends = array("Q", [0])
        self._sizes = array("I")

    def add(self, document: bytes) -> tuple[int, int, int]:
        """Pack a document; its block, its start there, and its length."""
        place = (len(self._sizes), self._size, len(document))
        self._pending.append(document)
        self._size += len(document)
        if self._size >= _BLOCK:
            self._close()
        return place

    def copy(self, block: Array, size: int) -> int:
        """Take a compressed block, where none is being packed; its number."""
        self._writer.append(block)
        self._ends.append(self._ends[-1] + len(block))
        self._sizes.append(size)
        return len(self._sizes) - 1

    def finish(self, places: Array) -> None:
        """Complete the file; a row for each document, as `add` gives them."""
        if self._pending:
            self._close()
        with self._writer as writer:
            writer.put("starts", np.array(self._ends, np.uint64))
            writer.put("sizes", np.array(self._sizes, np.uint32))
            for column, name in enumerate(("block", "start", "length")):
                writer.put(f"places.{name}", places[:, column].astype(np.uint32))

    def abandon(self) -> None:
        self._writer.abandon()

    def _close(self) -> None:
        block = zlib.compress(b"".join(self._pending), _LEVEL)
        self.copy(np.frombuffer(block, np.uint8), self._size)
        self._pending, self._size = [], 0


def _marked(value: object) -> object:
    if isinstance(value, datetime):
        return msgspec.msgpack.Ext(_TIME, value.isoformat().encode())
    if isinstance(value, Decimal):
        return msgspec.msgpack.Ext(_DECIMAL, str(value).encode())
    return value


def _unmarked(kind: int, text: memoryview) -> object:
    written = bytes(text).decode()
    return datetime.fromisoformat(written) if kind == _TIME else Decimal(written)


def _opened(arrays: Arrays, block: int) -> bytes:
    first, end = arrays["starts"][block : block + 2].tolist()
    return zlib.decompress(arrays["blob"][first:end].data)


def _places(arrays: Arrays) -> Array:
    """Block, start and length of every document, a row each."""
    columns = (arrays[f"places.{name}"] for name in ("block", "start", "length"))
    return np.stack(tuple(columns), axis=1)


def _is_whole(arrays: Arrays, places: Array) -> Array:
    """Which blocks are at least half full of documents that are kept."""
    sizes = arrays["sizes"]
    used = np.bincount(places[:, 0], places[:, 2], minlength=len(sizes))
    return 2 * used >= np.maximum(sizes, _BLOCK)


def _copied(blocks: _Blocks, arrays: Arrays, chosen: Array) -> Array:
    """Take the chosen blocks; the new number of each."""
    numbers = np.zeros(len(chosen), np.uint32)
    starts = arrays["starts"].tolist()
    for block in np.flatnonzero(chosen).tolist():
        compressed = arrays["blob"][starts[block] : starts[block + 1]]
        numbers[block] = blocks.copy(compressed, int(arrays["sizes"][block]))
    return numbers


def _each(arrays: Arrays, places: Array, rows: Array) -> Iterator[tuple[int, bytes]]:
    """The documents of some rows; a block is opened once for neighbours."""
    opened, whole = -1, b""
    for row in rows.tolist():
        block, start, length = places[row].tolist()
        if block != opened:
            opened, whole = block, _opened(arrays, block)
        yield row, whole[start : start + length]
