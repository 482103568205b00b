"""What is known of each document by its number: field lengths, numbers, values.

In `.columns`: `lengths.<field>` (a length byte, see `codes`; the exact sums are noted),
`numbers.<field>` (float64; from Whoosh's own writer the type of its column, since times
take 64 bits), and for a field of values (names, sections) a dictionary in the order of
its bytes (`values.<field>.blob`, `.starts`) with codes into it. Documents with one
value at most have `.codes` (by document, from 1; 0 is none); where one may have
several, `.ends` too, and those of a document are a slice. Facets count codes, never
strings.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from indexer.arrays.container import Array, Arrays, ArrayWriter


@dataclass(frozen=True, slots=True)
class Values:
    """An opened field of values. `ends` is None where no document has several; then
    `codes[n]` is the code of document n, else `codes[ends[n]:ends[n + 1]]` are."""

    blob: Array
    starts: Array
    codes: Array
    ends: Array | None

    @classmethod
    def of(cls, arrays: Arrays, field: str) -> "Values":
        name = f"values.{field}"
        return cls(
            arrays[f"{name}.blob"],
            arrays[f"{name}.starts"],
            arrays[f"{name}.codes"],
            arrays.get(f"{name}.ends"),
        )

    def __len__(self) -> int:
        return len(self.starts) - 1

    def value(self, code: int) -> bytes:
        """The value of a code, from 1."""
        found = self.blob[self.starts[code - 1] : self.starts[code]]
        return found.tobytes()

    def texts(self, codes: Iterable[int]) -> list[str]:
        """The values of codes as text; a memory view reads ten times as fast here as
        an array."""
        blob, starts = self.blob.data, self.starts.data
        return [
            str(blob[starts[code - 1] : starts[code]], "utf-8", "surrogatepass")
            for code in codes
        ]

    def __iter__(self) -> Iterator[bytes]:
        """All values, in the order of their codes."""
        whole, ends = self.blob.tobytes(), self.starts.tolist()
        return (whole[a:b] for a, b in pairwise(ends))

    def codes_of(self, docs: Array) -> Array:
        """The codes of some documents, one after another; 0 for one without a value
        where there is no more than one."""
        if self.ends is None:
            single: Array = self.codes.take(docs)
            return single
        at = docs.astype(np.intp)
        first, end = self.ends.take(at), self.ends.take(at + 1)
        some = (end > first).nonzero()[0]  # most documents have none
        if not len(some):
            return self.codes[:0]
        first = first.take(some).astype(np.int64)
        sizes = end.take(some) - first
        places = (first - sizes.cumsum() + sizes).repeat(sizes)
        places += np.arange(len(places))
        every: Array = self.codes.take(places)
        return every

    def counts(self) -> Array:
        """How many values each document has."""
        several = self.codes > 0 if self.ends is None else np.diff(self.ends)
        return several.astype(np.int64)

    def of_document(self, number: int) -> tuple[bytes, ...]:
        codes = self.codes_of(np.array([number])).tolist()
        return tuple(self.value(code) for code in codes if code)


def made(names: Sequence[bytes], codes: Array, counts: Array) -> Values:
    """The field of sorted names, the codes (from 1) of all documents in order, and how
    many each document has."""
    blob = np.frombuffer(b"".join(names), np.uint8)
    starts = np.cumsum([0, *map(len, names)]).astype(np.uint32)
    if counts.max(initial=0) <= 1:
        single = np.zeros(len(counts), np.uint32)
        single[counts == 1] = codes
        return Values(blob, starts, single, None)
    ends = np.cumsum(np.concatenate([[0], counts])).astype(np.uint32)
    return Values(blob, starts, codes.astype(np.uint32), ends)


def no_values(size: int) -> Values:
    """The field of so many documents none of which has a value."""
    return made((), np.zeros(0, np.uint32), np.zeros(size, np.int64))


def joined(parts: Sequence[Values]) -> Values:
    """The field of documents end to end; no more than one part is as it is."""
    if len(parts) == 1:
        return parts[0]
    whole = [(values, np.ones(len(values.counts()), bool)) for values in parts]
    return made(*joined_values(whole)) if whole else no_values(0)


def write_values(
    writer: ArrayWriter,
    field: str,
    names: Sequence[bytes],
    codes: Array,
    counts: Array,
) -> None:
    """Write the field that is `made` of these."""
    values, name = made(names, codes, counts), f"values.{field}"
    writer.put(f"{name}.blob", values.blob)
    writer.put(f"{name}.starts", values.starts)
    writer.put(f"{name}.codes", values.codes)
    if values.ends is not None:
        writer.put(f"{name}.ends", values.ends)


def joined_values(
    parts: Sequence[tuple[Values, Array]],
) -> tuple[list[bytes], Array, Array]:
    """What `write_values` takes, of several fields of values and which documents of
    each are kept (bool by number)."""
    found = [values.codes_of(np.flatnonzero(keep)) for values, keep in parts]
    used = [np.unique(codes[codes > 0]) for codes in found]
    held = [
        [values.value(code) for code in chosen.tolist()]
        for (values, _), chosen in zip(parts, used, strict=True)
    ]
    union = sorted(set().union(*held))
    ranks = {value: code for code, value in enumerate(union, 1)}
    renumbered = []
    for codes, chosen, texts in zip(found, used, held, strict=True):
        fresh = np.fromiter((ranks[text] for text in texts), np.uint32, len(texts))
        renumbered.append(fresh[np.searchsorted(chosen, codes[codes > 0])])
    counts = np.concatenate([values.counts()[keep] for values, keep in parts])
    return union, np.concatenate(renumbered), counts
