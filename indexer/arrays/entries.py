"""Documents as arrays take them: one by one, or many together as arrays already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from indexer.arrays.container import Array
from indexer.arrays.streams import GAP

PASSAGE_END: Final = chr(GAP)


@dataclass(frozen=True, slots=True)
class Entry:
    """A document by itself.

    `terms` of each field in print order, joined by newlines; `text` the searchable
    characters by section number, PASSAGE_END after each passage; `numbers` and `values`
    of the columns; `stored` is given back as it is.
    """

    terms: Mapping[str, str]
    stored: bytes
    text: tuple[tuple[int, str], ...] = ()
    numbers: Mapping[str, float] = field(default_factory=dict)
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """How many characters it has in terms and text, about."""
        return sum(map(len, self.terms.values())) + sum(
            len(text) for _, text in self.text
        )


@dataclass(frozen=True, slots=True)
class Words:
    """The terms of a field end to end, as numbers in a vocabulary, and how many each
    document has."""

    numbers: Array
    counts: Array


@dataclass(frozen=True, slots=True)
class Text:
    """The searchable characters of some sections, end to end: code points, the last of
    each section PASSAGE_END; and by section its length, its document and its number."""

    points: Array
    lengths: Array
    documents: Array
    sections: Array


@dataclass(frozen=True, slots=True)
class Batch:
    """Some documents together, by field: `words` are numbers in the vocabulary, `terms`
    and `values` lists for each document, `numbers` one for each."""

    stored: Sequence[bytes]
    text: Text
    vocabulary: Sequence[str] = ()
    words: Mapping[str, Words] = field(default_factory=dict)
    terms: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    numbers: Mapping[str, Sequence[float]] = field(default_factory=dict)
    values: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)


def together(entries: Sequence[Entry]) -> Batch:
    """Entries as a batch."""
    fields = dict.fromkeys(name for entry in entries for name in entry.terms)
    columns = dict.fromkeys(name for entry in entries for name in entry.values)
    numeric = dict.fromkeys(name for entry in entries for name in entry.numbers)
    return Batch(
        [entry.stored for entry in entries],
        _text(entries),
        terms={n: [_split(entry.terms.get(n)) for entry in entries] for n in fields},
        numbers={n: [e.numbers.get(n, np.nan) for e in entries] for n in numeric},
        values={n: [entry.values.get(n, ()) for entry in entries] for n in columns},
    )


def _split(joined: str | None) -> Sequence[str]:
    return joined.split("\n") if joined else ()


def _text(entries: Sequence[Entry]) -> Text:
    rows = [
        # Else a run could be found across documents.
        (document, section, text.removesuffix(PASSAGE_END) + PASSAGE_END)
        for document, entry in enumerate(entries)
        for section, text in entry.text
        if text
    ]
    whole = "".join(text for _, _, text in rows).encode("utf-32-le", "surrogatepass")
    return Text(
        np.frombuffer(whole, "<u4"),
        np.array([len(text) for _, _, text in rows], np.int64),
        np.array([document for document, _, _ in rows], np.int64),
        np.array([section for _, section, _ in rows], np.uint8),
    )
