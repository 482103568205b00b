"""Changes to an index of array segments, all of them at a commit or none.

Documents gather in memory and are spilt as segments when they weigh too much; a commit
merges by the rules of `tiers`. No file that was there is written into, so that a live
index may share all of them by hard links; those that the index needs no more lose their
name in this folder.
"""

import secrets
from bisect import bisect_right
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Final

import numpy as np

from indexer.arrays.deletions import write_deletions
from indexer.arrays.entries import Batch, Entry
from indexer.arrays.gather import Gatherer
from indexer.arrays.layout import Layout
from indexer.arrays.merge import merge
from indexer.arrays.segment import SUFFIXES, Segment
from indexer.arrays.tiers import Group, Part, apart, grouped
from indexer.arrays.toc import (
    DELETIONS,
    SegmentEntry,
    open_segment,
    read_toc,
    write_toc,
)
from indexer.errors import IndexMissing

# Of gathered text that no spill may pass, as places have 32 bits (see `tiers`).
_MOST_MEMORY: Final = 1 << 32


class IndexWriter:
    """Adds to and deletes from the index in a folder, or begins one there.

    `memory` bounds what is gathered, in bytes; writing a segment takes about as much
    again. Readers see nothing before `commit`. Raises IndexDamaged.
    """

    def __init__(self, folder: Path, layout: Layout, *, memory: int = 1 << 28) -> None:
        self._folder = folder
        self._layout = layout
        self._memory = min(memory, _MOST_MEMORY)
        self._held = [_Held(folder, entry) for entry in _entries(folder)]
        self._starts = [0, *accumulate(held.segment.size for held in self._held)]
        self._spilt: list[str] = []
        self._written: list[str] = []  # stems and files that no table names yet
        self._gatherer: Gatherer | None = None

    def add(self, entry: Entry) -> None:
        """Take a document."""
        self._begun().add(entry)
        self._bound()

    def take(self, batch: Batch) -> None:
        """Take several documents."""
        self._begun().take(batch)
        self._bound()

    def delete(self, document: int) -> None:
        """Delete a document that was there when the writer began, by its number among
        all of them."""
        assert 0 <= document < self._starts[-1]
        number = bisect_right(self._starts, document) - 1
        self._held[number].delete(document - self._starts[number])

    def commit(
        self, *, merge: bool = True, meanwhile: Callable[[], None] | None = None
    ) -> None:
        """Make the changes those of the index; the writer is not used afterwards.

        Without `merge` every segment stays as it was and those added become one, for
        whoever measures what more of them cost. `meanwhile` finds all of the index but
        perhaps its characters, which are still being sorted.
        """
        with ThreadPoolExecutor(1) as beside:
            text = self._gatherer.write_beside(beside) if self._gatherer else None
            self._forget()
            # Only a segment that is alone needs no other, nor its own size, now.
            alone = not self._held and len(self._spilt) == 1
            if text and not (alone and meanwhile):
                text.result()
            names = (SegmentEntry(name) for name in self._spilt)
            entries = tuple(names) if alone else self._joined(merge=merge)
            write_toc(self._folder, entries)
            self._written = []
            self._remove_others(entries)
            if meanwhile:
                meanwhile()
            if text:
                text.result()

    def abandon(self) -> None:
        """Leave the index as it was; not after a commit that came to its end."""
        if self._gatherer:
            self._gatherer.abandon()
        for path in self._files():
            if path.stem in self._written:
                path.unlink()

    def _begun(self) -> Gatherer:
        if self._gatherer is None:
            stem = self._folder / self._name()
            self._gatherer = Gatherer(self._layout, stem, self._dictionary())
        return self._gatherer

    def _dictionary(self) -> bytes:
        """That of the largest segment, so that merges copy the blocks of later ones."""
        held = [each.segment for each in self._held]
        held += [Segment(self._folder / name) for name in self._spilt[:1]]
        largest = max(held, key=lambda segment: segment.size, default=None)
        return largest.stored_documents.dictionary if largest else b""

    def _bound(self) -> None:
        """Spill what weighs too much."""
        if self._gatherer and self._gatherer.weight >= self._memory:
            self._spill()

    def _spill(self) -> None:
        """Write what is gathered as a segment, and forget it."""
        if self._gatherer:
            self._gatherer.write()
        self._forget()

    def _forget(self) -> None:
        """Be done with what is gathered, which is written."""
        if self._gatherer:
            self._spilt.append(self._written[-1])
            self._gatherer = None

    def _joined(self, *, merge: bool) -> tuple[SegmentEntry, ...]:
        """Write what the rules of tiers want written; the entries of all segments."""
        fresh = [_Held(self._folder, SegmentEntry(n)) for n in self._spilt]
        every = self._held + fresh
        parts = [held.part() for held in self._held]
        parts += [replace(held.part(), is_new=True) for held in fresh]
        return tuple(
            self._entry_of([every[number] for number in group.members], group)
            for group in (grouped(parts) if merge else apart(parts))
        )

    def _entry_of(self, members: list["_Held"], group: Group) -> SegmentEntry:
        """Write what a group of segments needs written; the entry that names it."""
        if group.anew:
            stem = self._folder / self._name()
            merge(stem, self._layout, [(m.segment, m.live) for m in members])
            return SegmentEntry(stem.name)
        (held,) = members
        if not held.is_changed:
            return held.entry
        deletions = f"{self._name()}{DELETIONS}"
        write_deletions(self._folder / deletions, held.segment, held.live)
        return replace(held.entry, deletions=deletions)

    def _name(self) -> str:
        """A name that no other file has, in this folder or one it is linked to."""
        self._written.append(f"s{secrets.token_hex(6)}")
        return self._written[-1]

    def _remove_others(self, entries: tuple[SegmentEntry, ...]) -> None:
        """Remove the files that no entry names, of a writer that crashed too."""
        names = {entry.name for entry in entries}
        deletions = {entry.deletions for entry in entries}
        for path in self._files():
            if path.name not in deletions and path.stem not in names:
                path.unlink()

    def _files(self) -> list[Path]:
        """All files of segments in the folder."""
        suffixes = (*SUFFIXES, DELETIONS)
        return [path for path in self._folder.iterdir() if path.suffix in suffixes]


class _Held:
    """A segment, and which of its documents are live by now."""

    def __init__(self, folder: Path, entry: SegmentEntry) -> None:
        self.entry = entry
        self.segment = open_segment(folder, entry)
        live = self.segment.live
        self.live = np.ones(self.segment.size, bool) if live is None else live.copy()
        self.is_changed = False

    def delete(self, document: int) -> None:
        self.is_changed |= bool(self.live[document])
        self.live[document] = False

    def part(self) -> Part:
        segment = self.segment
        return Part(segment.elements, segment.size, int(self.live.sum()))


def _entries(folder: Path) -> tuple[SegmentEntry, ...]:
    try:
        return read_toc(folder)
    except IndexMissing:
        return ()
