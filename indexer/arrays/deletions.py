"""Which documents of a segment are deleted.

The files of a segment never change; what is deleted since is in one of its own:
`live` (a bit a document, as `np.packbits` has them) and `frequencies` (how many live
documents have each term), since statistics and counts must not change with the moment
at which deleted documents are dropped for good. More deletions make another file.
"""

from pathlib import Path

import numpy as np

from indexer.arrays.container import Array, ArrayWriter
from indexer.arrays.postings import ranges_of
from indexer.arrays.segment import Segment


def write_deletions(path: Path, segment: Segment, live: Array) -> None:
    """Write which documents of a segment are live (bool by number)."""
    with ArrayWriter(path) as writer:
        writer.put("live", np.packbits(live))
        writer.put("frequencies", live_frequencies(segment, live))


def live_frequencies(segment: Segment, live: Array) -> Array:
    """How many live documents have each term (uint32), in one pass over postings."""
    starts = segment.first_postings
    found = np.empty(len(segment.lexicon), np.uint32)
    for first, end in ranges_of(starts):
        alive = live[segment.docs[starts[first] : starts[end]]]
        before = np.concatenate([[0], np.cumsum(alive)])
        found[first:end] = np.diff(before[starts[first : end + 1] - starts[first]])
    return found
