"""A segment's terms, sorted, opened by memory map.

A key is a field's number in one byte and the term in UTF-8, so that one table holds the
terms of all fields, those of one field together, in the order of their bytes. Exact
look-up goes by a hash table (CRC-32, buckets of about one term): 1 µs, where bisecting
500,000 terms from Python takes 10; and nothing is held in memory for it, where a dict
of them takes 60 MB. Walks over prefixes bisect.

Arrays: `blob` (the keys end to end), `starts`, `buckets` (where each begins in
`hashed`), `hashed` (term numbers by bucket).
"""

from collections.abc import Iterator, Sequence
from typing import Final
from zlib import crc32

import numpy as np

from indexer.arrays.container import Array, Arrays, ArrayWriter

NO_TERM: Final = -1


def key_of(field: int, term: bytes) -> bytes:
    """The key of a term of a field."""
    return bytes((field,)) + term


class Lexicon:
    """The terms of a segment by number, from 0 in the order of their keys."""

    def __init__(self, arrays: Arrays, name: str = "terms") -> None:
        self._blob = arrays[f"{name}.blob"].data
        self._starts = arrays[f"{name}.starts"].data
        self._buckets = arrays[f"{name}.buckets"].data
        self._hashed = arrays[f"{name}.hashed"].data
        self._mask = len(self._buckets) - 2

    def __len__(self) -> int:
        return len(self._starts) - 1

    def find(self, key: bytes) -> int:
        """The number of a key, NO_TERM where there is none."""
        bucket = crc32(key) & self._mask
        buckets, starts = self._buckets, self._starts
        for i in range(buckets[bucket], buckets[bucket + 1]):
            number = self._hashed[i]
            if self._blob[starts[number] : starts[number + 1]] == key:
                return int(number)
        return NO_TERM

    def key(self, number: int) -> bytes:
        return bytes(self._blob[self._starts[number] : self._starts[number + 1]])

    def term(self, number: int) -> bytes:
        """The term of that number, without its field."""
        return bytes(self._blob[self._starts[number] + 1 : self._starts[number + 1]])

    def keys(self, first: int = 0, end: int | None = None) -> Iterator[bytes]:
        numbers = range(first, len(self) if end is None else end)
        return (self.key(number) for number in numbers)

    def at_least(self, key: bytes) -> int:
        """The number of the first key that is not below this one."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self.key(middle) < key:
                low = middle + 1
            else:
                high = middle
        return low

    def with_prefix(self, prefix: bytes) -> tuple[int, int]:
        """The first number whose key begins so, and the end of those that do."""
        return self.at_least(prefix), self.at_least(_after(prefix))

    def of_field(self, field: int) -> tuple[int, int]:
        """The first number of a field's terms, and their end."""
        return self.with_prefix(bytes((field,)))


def write_lexicon(
    writer: ArrayWriter, keys: Sequence[bytes], name: str = "terms"
) -> None:
    """Write keys that are sorted and each once."""
    starts = np.zeros(len(keys) + 1, np.uint32)
    np.cumsum(np.fromiter(map(len, keys), np.uint32, len(keys)), out=starts[1:])
    writer.put(f"{name}.blob", np.frombuffer(b"".join(keys), np.uint8))
    writer.put(f"{name}.starts", starts)
    size = 1 << max(len(keys) - 1, 0).bit_length()
    hashes = np.fromiter(map(crc32, keys), np.uint32, len(keys)) & (size - 1)
    buckets = np.zeros(size + 1, np.uint32)
    np.cumsum(np.bincount(hashes, minlength=size), out=buckets[1:])
    writer.put(f"{name}.buckets", buckets)
    writer.put(f"{name}.hashed", np.argsort(hashes, kind="stable").astype(np.uint32))


def _after(prefix: bytes) -> bytes:
    """The least key that is above all that begin with a prefix."""
    stripped = prefix.rstrip(b"\xff")
    return stripped[:-1] + bytes((stripped[-1] + 1,)) if stripped else b"\xff" * 9


def joined_keys(lexicons: Sequence[Lexicon]) -> tuple[list[bytes], list[Array]]:
    """All keys of several lexicons, sorted; and the number among them of each one's
    terms."""
    held = [list(lexicon.keys()) for lexicon in lexicons]
    union = held[0] if len(held) == 1 else sorted(set().union(*held))
    places = {key: number for number, key in enumerate(union)}
    numbers = [np.array([places[k] for k in keys], np.int64) for keys in held]
    return union, numbers
