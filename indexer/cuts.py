"""What an index takes of the texts of many documents, cut together into arrays.

Workers cut some hundred documents at a time: words are numbers in a vocabulary of these
documents, which the index maps to its own once, and one message takes a few arrays
instead of a string for each zone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from indexer import terms

PASSAGE_END: Final = "\x00"  # no searchable character, so that nothing matches across

# Any: arrays of several types.
_Array: TypeAlias = NDArray[Any]


class Row(NamedTuple):
    """The text of a zone, by its number."""

    zone: int
    passages: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False)
class Cuts:
    """The texts of some zones, a row each, end to end in the order of documents.

    Document n has the rows from `firsts[n]` to `firsts[n + 1]`. `zones` has a byte for
    each; `word_ends` and `character_ends` say where its words (numbers in `vocabulary`)
    and characters (code points, 0 behind each passage) end.
    """

    vocabulary: tuple[str, ...]
    firsts: tuple[int, ...]
    zones: bytes
    words: _Array
    word_ends: _Array
    characters: _Array
    character_ends: _Array

    def __reduce__(self) -> tuple[Callable[..., "Cuts"], tuple[object, ...]]:
        # Its words as one text: ten thousand go from process to process as fast as one.
        rest = (getattr(self, name) for name in self.__slots__[1:])
        return _unpickled, ("\t".join(self.vocabulary), *rest)

    def of(self, documents: Sequence[int]) -> "Cuts":
        """Those of some documents (ascending), which are numbered from 0 then."""
        if len(documents) == len(self.firsts) - 1:
            return self
        firsts = np.array(self.firsts)
        chosen = np.array(documents, np.int64)
        sizes = np.diff(firsts)[chosen]
        ends = np.cumsum(sizes)
        rows = np.repeat(firsts[chosen] - ends + sizes, sizes) + np.arange(sizes.sum())
        words, word_ends = _taken(self.words, self.word_ends, rows)
        characters, character_ends = _taken(self.characters, self.character_ends, rows)
        return Cuts(
            self.vocabulary,
            (0, *ends.tolist()),
            bytes(np.frombuffer(self.zones, np.uint8)[rows]),
            words,
            word_ends,
            characters,
            character_ends,
        )

    def zones_of(self, document: int) -> bytes:
        """The zones of a document."""
        return self.zones[self.firsts[document] : self.firsts[document + 1]]

    def printed(self, document: int) -> Iterator[tuple[int, str]]:
        """The searchable characters of each zone, with PASSAGE_END behind passages."""
        for row in range(self.firsts[document], self.firsts[document + 1]):
            start = self.character_ends[row - 1] if row else 0
            codes = self.characters[start : self.character_ends[row]]
            text = codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
            yield self.zones[row], text


def cut(documents: Sequence[Sequence[Row]]) -> Cuts:
    """Cut the texts of some documents."""
    rows = [row for document in documents for row in document]
    together = terms.cut_together([text for row in rows for text in row.passages])
    last = np.cumsum([len(row.passages) for row in rows], dtype=np.int64) - 1
    return Cuts(
        together.vocabulary,
        tuple(accumulate(map(len, documents), initial=0)),
        bytes(row.zone for row in rows),
        together.words,
        together.word_ends[last],
        together.characters,
        together.character_ends[last],
    )


def _unpickled(joined: str, *rest: Any) -> Cuts:
    """What `__reduce__` took apart; no word has a tab."""
    return Cuts(tuple(joined.split("\t")) if joined else (), *rest)


def _taken(elements: _Array, ends: _Array, rows: _Array) -> tuple[_Array, _Array]:
    """The elements of some rows (ascending), and where those of each end then."""
    counts = np.diff(ends, prepend=0)
    chosen = np.zeros(len(ends), bool)
    chosen[rows] = True
    return elements[np.repeat(chosen, counts)], np.cumsum(counts[rows])
