"""The engines that can be measured here, ours among them, by name."""

from typing import Final

from tests.bench.arrays_index import ARRAYS
from tests.bench.fts5_index import FTS5
from tests.bench.lucene_index import LUCENE, available
from tests.bench.own_engine import OWN
from tests.bench.peer import Maker
from tests.bench.stock_whoosh import WHOOSH
from tests.bench.tantivy_index import TANTIVY

# The first is what the others are compared with.
MAKERS: Final[dict[str, Maker]] = {
    maker.name: maker
    for maker in (
        TANTIVY,
        ARRAYS,
        *((LUCENE,) if available() else ()),
        FTS5,
        WHOOSH,
        OWN,
    )
}
