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
    for segment, here, inside in collection.apart(docs):
        if segment.literals is not None:
            firsts = segment.literals.stream.first_runs(segment.size).take(inside)
            found = _in_segment(text, segment.literals, inside, firsts, section)
            for place, printed in found:
                yield int(here[place]), printed


def _in_segment(
    text: str, literals: Literals, docs: Array, firsts: Array, section: int
) -> Iterator[tuple[int, str]]:
    """The same of one segment; `firsts` are the first runs of the documents."""
    runs, codes = literals.stream.runs, literals.stream.codes
    codes_asked = literals.codes_of(text)
    asked = "".join(chr(c) if c else _UNPRINTED for c in codes_asked)
    # A document that prints nothing has none: the next one's, or past the end.
    firsts = firsts.clip(max=len(runs.docs) - 1)
    starts, ends = runs.starts.take(firsts), runs.starts.take(firsts + 1) - 1
    fits = (runs.docs.take(firsts) == docs) & (runs.sections.take(firsts) == section)
    fits &= ends - starts <= len(text)
    # Most begin with another character than any that is asked.
    begins = np.zeros(1 << 16, bool)
    begins[codes_asked] = True
    fits &= begins.take(codes.take(starts))
    for place in fits.nonzero()[0].tolist():
        printed = "".join(map(chr, codes[int(starts[place]) : int(ends[place])]))
        if (at := asked.find(printed)) >= 0:
            yield place, text[at : at + len(printed)]
