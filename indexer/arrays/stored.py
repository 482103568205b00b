"""Documents as they were given, compressed in small blocks.

A block ends with the document that takes it past 1 KB, 2.3 KB as a rule: the ten of a
screen are opened in .04 ms. So little text says nothing twice; what most documents say
is in a dictionary that Zstandard learns from the first thousand. 100,000 articles take
53 MB, where zlib needs 81 without and three times as long to open a block, and they are
written in a fifth of the time. An index hands its dictionary on to what is added later,
so that a merge copies blocks as they are.

Arrays: `dictionary` (bytes, none where there was too little to learn from), `blob` (the
blocks end to end), `starts`, `sizes` (bytes of each block when opened), and by document
`places.block`, `places.start`, `places.length`.
"""

from array import array
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from zstandard import (
    ZstdCompressionDict,
    ZstdCompressor,
    ZstdDecompressor,
    ZstdError,
    train_dictionary,
)

from indexer.arrays.container import Array, Arrays, ArrayWriter

_BLOCK: Final = 1024
_LEVEL: Final = 3
_TAUGHT: Final = 1000  # documents that a dictionary is learnt from
_FEWEST: Final = 100  # documents that a dictionary is worth its bytes for
_LARGEST: Final = 112 << 10  # bytes of a dictionary
# Bytes that a dictionary takes over together, compared by eight: Zstandard finds no
# better ones itself, and tries for a third of a second.
_SEGMENT, _COMPARED = 500, 8
_TIME: Final = 1  # MessagePack's extension types, ours to number
_DECIMAL: Final = 2


class StoredWriter:
    """Takes documents in the order of their numbers, as bytes; learns a dictionary from
    them unless one is given."""

    def __init__(self, path: Path, dictionary: bytes = b"") -> None:
        self._blocks = _Blocks(path, dictionary)
        self._places = array("I")
        self._taught = bool(dictionary)
        self._waiting: list[bytes] = []

    def add(self, stored: bytes) -> None:
        if self._taught:
            self._places.extend(self._blocks.add(stored))
            return
        self._waiting.append(stored)
        if len(self._waiting) == _TAUGHT:
            self._teach()

    def finish(self) -> None:
        self._teach()
        self._blocks.finish(np.array(self._places, np.uint32).reshape(-1, 3))

    def abandon(self) -> None:
        self._blocks.abandon()

    def _teach(self) -> None:
        if not self._taught:
            self._blocks.learn(self._waiting)
        self._taught = True
        for stored in self._waiting:
            self.add(stored)
        self._waiting = []


class Stored:
    """The documents of a segment, shared by threads."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        # Views give numbers of Python, which arrays must make of their own.
        names = ("block", "start", "length")
        self._places = tuple(arrays[f"places.{name}"].data for name in names)
        self._starts, self._blob = arrays["starts"].data, arrays["blob"].data
        self.dictionary = arrays["dictionary"].tobytes()
        self._shared = _shared(self.dictionary)
        # One that opens a block does nothing else meanwhile.
        self._idle: deque[ZstdDecompressor] = deque()

    def document(self, number: int) -> bytes:
        """A document as it was given."""
        block, start, length = [place[number] for place in self._places]
        return self.opened(block)[start : start + length]

    @property
    def places(self) -> Array:
        """Block, start and length of every document, a row each."""
        names = ("block", "start", "length")
        columns = (self._arrays[f"places.{name}"] for name in names)
        return np.stack(tuple(columns), axis=1)

    @property
    def sizes(self) -> Array:
        """How long each block is when opened."""
        return self._arrays["sizes"]

    def block(self, number: int) -> memoryview:
        """A block as it is."""
        return self._blob[self._starts[number] : self._starts[number + 1]]

    def opened(self, block: int) -> bytes:
        """The documents of a block, end to end."""
        try:
            idle = self._idle.pop()
        except IndexError:
            idle = ZstdDecompressor(dict_data=self._shared)
        found = idle.decompress(self.block(block))
        self._idle.append(idle)
        return found


def write_merged(path: Path, parts: Sequence[tuple[Stored, Array]]) -> None:
    """Blocks as they are, end to end; `parts` are the documents of a segment and which
    are kept. What is packed again: blocks less than half full of these, else neither
    what is deleted nor the blocks of small commits would go; and blocks of another
    dictionary than the largest part's."""
    largest, _ = max(parts, key=lambda part: (bool(part[0].dictionary), len(part[1])))
    blocks = _Blocks(path, largest.dictionary)
    kept = [(part, part.places[keep]) for part, keep in parts]
    whole = [_stay(part, places, largest.dictionary) for part, places in kept]
    split = [~full[places[:, 0]] for (_, places), full in zip(kept, whole, strict=True)]
    for (part, places), full, apart in zip(kept, whole, split, strict=True):
        numbers = _copied(blocks, part, full)
        places[~apart, 0] = numbers[places[~apart, 0]]
    for (part, places), apart in zip(kept, split, strict=True):
        for row, document in _each(part, places, np.flatnonzero(apart)):
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

    def __init__(self, path: Path, dictionary: bytes) -> None:
        self._writer = ArrayWriter(path)
        self._writer.begin("blob", np.uint8)
        self._pending: list[bytes] = []
        self._size = 0
        self._ends = array("Q", [0])
        self._sizes = array("I")
        self._use(dictionary)

    def learn(self, documents: Sequence[bytes]) -> None:
        """Take a dictionary from documents, where nothing is packed yet."""
        self._use(_learnt(documents))

    def add(self, document: bytes) -> tuple[int, int, int]:
        """Pack a document; its block, its start there, and its length."""
        place = (len(self._sizes), self._size, len(document))
        self._pending.append(document)
        self._size += len(document)
        if self._size >= _BLOCK:
            self._close()
        return place

    def copy(self, block: bytes, size: int) -> int:
        """Take a compressed block, where none is being packed; its number."""
        self._writer.append_bytes(block)
        self._ends.append(self._ends[-1] + len(block))
        self._sizes.append(size)
        return len(self._sizes) - 1

    def finish(self, places: Array) -> None:
        """Complete the file; a row for each document, as `add` gives them."""
        if self._pending:
            self._close()
        with self._writer as writer:
            writer.put("dictionary", np.frombuffer(self._dictionary, np.uint8))
            writer.put("starts", np.array(self._ends, np.uint64))
            writer.put("sizes", np.array(self._sizes, np.uint32))
            for column, name in enumerate(("block", "start", "length")):
                writer.put(f"places.{name}", places[:, column].astype(np.uint32))

    def abandon(self) -> None:
        self._writer.abandon()

    def _use(self, dictionary: bytes) -> None:
        self._dictionary = dictionary
        self._packer = ZstdCompressor(level=_LEVEL, dict_data=_shared(dictionary))

    def _close(self) -> None:
        self.copy(self._packer.compress(b"".join(self._pending)), self._size)
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


def _shared(dictionary: bytes) -> ZstdCompressionDict | None:
    return ZstdCompressionDict(dictionary) if dictionary else None


def _learnt(documents: Sequence[bytes]) -> bytes:
    """A dictionary, a tenth of what it is learnt from; none from too little or from
    what is all the same."""
    size = min(sum(map(len, documents)) // 10, _LARGEST)
    if len(documents) < _FEWEST:
        return b""
    try:
        segment = min(_SEGMENT, size)
        learnt = train_dictionary(size, list(documents), k=segment, d=_COMPARED)
        return learnt.as_bytes()
    except ZstdError:
        return b""


def _stay(part: Stored, places: Array, dictionary: bytes) -> Array:
    """Which blocks can stay: of this dictionary, and at least half full of documents
    that are kept."""
    used = np.bincount(places[:, 0], places[:, 2], minlength=len(part.sizes))
    full: Array = 2 * used >= np.maximum(part.sizes, _BLOCK)
    return full if part.dictionary == dictionary else np.zeros(len(full), bool)


def _copied(blocks: _Blocks, part: Stored, chosen: Array) -> Array:
    """Take the chosen blocks; the new number of each."""
    numbers = np.zeros(len(chosen), np.uint32)
    for block in np.flatnonzero(chosen).tolist():
        copied = part.block(block).tobytes()
        numbers[block] = blocks.copy(copied, int(part.sizes[block]))
    return numbers


def _each(part: Stored, places: Array, rows: Array) -> Iterator[tuple[int, bytes]]:
    """The documents of some rows; a block is opened once for neighbours."""
    opened, whole = -1, b""
    for row in rows.tolist():
        block, start, length = places[row].tolist()
        if block != opened:
            opened, whole = block, part.opened(block)
        yield row, whole[start : start + length]
