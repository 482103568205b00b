"""The door of the indexer: what the site and other programs may use.

from indexer import SearchRequest, open_engine

with open_engine("index") as engine:
    response = engine.search(SearchRequest("互联网医院", limit=10))
"""

from indexer.archive import Article, Order, Roster, RosterEntry, Unit
from indexer.citations import (
    Citation,
    CitationForm,
    cite,
    gbt7714,
    newsroom,
    write_citations,
)
from indexer.corpus import paper_names, read_vocabulary
from indexer.dates import read_range
from indexer.documents import encode, title_of
from indexer.errors import (
    BaosouError,
    ConfigurationError,
    CorpusEmpty,
    CorpusMissing,
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    IndexOfOtherVersion,
    IndexUnusable,
    InputRefused,
    PortBusy,
    SearchTooSlow,
)
from indexer.hits import mark
from indexer.messages import Lang, Message
from indexer.search import (
    FACETS,
    MAX_LIMIT,
    Alternative,
    Engine,
    Facet,
    FacetValue,
    Hit,
    IndexStatus,
    SearchRequest,
    SearchResponse,
    Sort,
    Suggestion,
    SuggestionKind,
    UpdateReport,
    path_of,
    response_json,
)
from indexer.settings import Settings, read_settings
from indexer.snippets import Piece, Snippet
from indexer.whoosh_engine import open_engine

__all__ = [
    "FACETS",
    "MAX_LIMIT",
    "Alternative",
    "Article",
    "BaosouError",
    "Citation",
    "CitationForm",
    "ConfigurationError",
    "CorpusEmpty",
    "CorpusMissing",
    "Engine",
    "Facet",
    "FacetValue",
    "Hit",
    "IndexDamaged",
    "IndexLocked",
    "IndexMissing",
    "IndexOfOtherVersion",
    "IndexStatus",
    "IndexUnusable",
    "InputRefused",
    "Lang",
    "Message",
    "Order",
    "Piece",
    "PortBusy",
    "Roster",
    "RosterEntry",
    "SearchRequest",
    "SearchResponse",
    "SearchTooSlow",
    "Settings",
    "Snippet",
    "Sort",
    "Suggestion",
    "SuggestionKind",
    "Unit",
    "UpdateReport",
    "cite",
    "encode",
    "gbt7714",
    "mark",
    "newsroom",
    "open_engine",
    "paper_names",
    "path_of",
    "read_range",
    "read_settings",
    "read_vocabulary",
    "response_json",
    "title_of",
    "write_citations",
]
