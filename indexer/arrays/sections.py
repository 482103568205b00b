"""Sections of documents (headlines, say) that stand whole in a text that is asked.

Who asks what the old bridge weighs wants what is headlined 旧桥 before whatever else
tells of it. Of some hundred documents only those are looked at whose section is no
longer than what is asked, which for news are few.
"""

from collections.abc import Iterator

import numpy as np

from indexer.arrays.collection import Collection
from indexer.arrays.container import Array
from indexer.arrays.literal import Literals

# No code of a character: what a segment never prints matches no gap.
_UNPRINTED = chr(0x10FFFF)


def standing_in(
    text: str, collection: Collection, docs: Array, section: int
) -> Iterator[tuple[int, str]]:
    """Which of some documents, by their places in `docs`, begin with a section that
    stands in a text whole, and what it prints."""
    bases = np.array(collection.bases[:-1], np.int64)
    held = bases.searchsorted(docs, side="right") - 1
    for number in np.unique(held).tolist():
        literals = collection.segments[number].literals
        if literals is not None:
            here = (held == number).nonzero()[0]
            inside = docs[here].astype(np.int64) - bases[number]
            for place, printed in _in_segment(text, literals, inside, section):
                yield int(here[place]), printed


def _in_segment(
    text: str, literals: Literals, docs: Array, section: int
) -> Iterator[tuple[int, str]]:
    runs, codes = literals.stream.runs, literals.stream.codes
    asked = "".join(chr(c) if c else _UNPRINTED for c in literals.codes_of(text))
    firsts = runs.docs.searchsorted(docs.astype(np.uint32)).clip(max=len(runs.docs) - 1)
    starts, ends = runs.starts.take(firsts), runs.starts.take(firsts + 1) - 1
    fits = (runs.docs.take(firsts) == docs) & (runs.sections.take(firsts) == section)
    fits &= ends - starts <= len(text)
    for place in fits.nonzero()[0].tolist():
        printed = "".join(map(chr, codes[int(starts[place]) : int(ends[place])]))
        if (at := asked.find(printed)) >= 0:
            yield place, text[at : at + len(printed)]
