"""A Whoosh codec whose posting lists are arrays, and vectorised search over them.

Index format, version 4. A segment is some files of one stem, each a container of named
arrays (`container`), mapped when opened and never changed afterwards:

.terms    the lexicon of all fields (`lexicon`), streams of fields with positions
.docs     document numbers of each term
.codes    field length and frequency of each posting, in 16 bits (`codes`)
.places   where in its field's stream each term stands
.tops     the best documents of each frequent term (`postings`)
.columns  field lengths, numbers and values by document (`columns`)
.text     the stream of searchable characters (`literal`, `streams`)
.pairs    the places of neighbouring characters (`pairs`)
.stored   documents as given, in compressed blocks (`stored`)
.deletions   of a name of its own: which documents are deleted since (`deletions`)

Which segments an index consists of is in `toc.json` (`toc`), the one file that is ever
replaced.

Nothing is pickled. The SHA-256 of every file is in the manifest of its generation.
"""

from indexer.arrays.closeness import Closeness, Grain, Sought
from indexer.arrays.codes import Statistics, bm25
from indexer.arrays.collection import Collection
from indexer.arrays.columns import Values, write_values
from indexer.arrays.container import FORMAT_VERSION, Array, ArrayWriter, open_arrays
from indexer.arrays.contexts import Context, contexts
from indexer.arrays.entries import Batch, Entry, Text, Words
from indexer.arrays.facets import Facets
from indexer.arrays.index_writer import IndexWriter
from indexer.arrays.layout import Layout
from indexer.arrays.lexicon import Lexicon, write_lexicon
from indexer.arrays.pooled import Pool, Pooled, counts, postings
from indexer.arrays.queries import Known, Literal
from indexer.arrays.searcher import ArraySearcher, Matches, ordered, ranked
from indexer.arrays.sections import standing_in
from indexer.arrays.segment import Segment
from indexer.arrays.streams import few_set
from indexer.arrays.toc import open_segments

__all__ = [
    "FORMAT_VERSION",
    "Array",
    "ArraySearcher",
    "ArrayWriter",
    "Batch",
    "Closeness",
    "Collection",
    "Context",
    "Entry",
    "Facets",
    "Grain",
    "IndexWriter",
    "Known",
    "Layout",
    "Lexicon",
    "Literal",
    "Matches",
    "Pool",
    "Pooled",
    "Segment",
    "Sought",
    "Statistics",
    "Text",
    "Values",
    "Words",
    "bm25",
    "contexts",
    "counts",
    "few_set",
    "open_arrays",
    "open_segments",
    "ordered",
    "postings",
    "ranked",
    "standing_in",
    "write_lexicon",
    "write_values",
]
