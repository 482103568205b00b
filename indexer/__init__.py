"""The door of the indexer: what the site and other programs may use.

from indexer import SearchRequest, open_engine

with open_engine("index") as engine:
    response = engine.search(SearchRequest("互联网医院", limit=10))
"""

from indexer import processor  # noqa: F401  # before anything loads NumPy
from indexer.aligning import Difference
from indexer.archive import Article, Order, Quote, Roster, RosterEntry, Unit
from indexer.checklists import MAX_TEXT as MAX_CLAIM
from indexer.checklists import (
    ChecklistRow,
    read_checklist,
    sheet_header,
    sheet_row,
    verified,
)
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
from indexer.documents import UNKNOWN_SPEAKER, encode, title_of
from indexer.entries import (
    Comparison,
    FoundRow,
    FoundRows,
    Listed,
    Listing,
    RosterRow,
    Wanted,
    compare,
    find_rows,
    groups_of,
)
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
from indexer.judging import Verdict
from indexer.messages import Lang, Message
from indexer.namesakes import Namesake
from indexer.persons import (
    Person,
    PersonByline,
    PersonEntry,
    PersonMention,
    PersonQuote,
    PersonRole,
    Source,
    read_person,
    source_of,
)
from indexer.search import (
    FACETS,
    MAX_LIMIT,
    Alternative,
    Engine,
    Facet,
    FacetValue,
    Hit,
    Holding,
    Holdings,
    IndexStatus,
    People,
    SearchRequest,
    SearchResponse,
    Sort,
    Spoken,
    Suggestion,
    SuggestionKind,
    UpdateReport,
    path_of,
    response_json,
)
from indexer.settings import Settings, read_settings
from indexer.sheets import SHEET_MARK, plain_cell, sheet_rows
from indexer.snippets import Piece, Snippet
from indexer.variants import Passage, Variant, variants_json, variants_of
from indexer.verdict import (
    Checked,
    QuoteSource,
    answer_json,
    told,
    verify,
    weakest,
)
from indexer.whoosh_engine import open_engine

__all__ = [
    "FACETS",
    "MAX_CLAIM",
    "MAX_LIMIT",
    "SHEET_MARK",
    "UNKNOWN_SPEAKER",
    "Alternative",
    "Article",
    "BaosouError",
    "Checked",
    "ChecklistRow",
    "Citation",
    "CitationForm",
    "Comparison",
    "ConfigurationError",
    "CorpusEmpty",
    "CorpusMissing",
    "Difference",
    "Engine",
    "Facet",
    "FacetValue",
    "FoundRow",
    "FoundRows",
    "Hit",
    "Holding",
    "Holdings",
    "IndexDamaged",
    "IndexLocked",
    "IndexMissing",
    "IndexOfOtherVersion",
    "IndexStatus",
    "IndexUnusable",
    "InputRefused",
    "Lang",
    "Listed",
    "Listing",
    "Message",
    "Namesake",
    "Order",
    "Passage",
    "People",
    "Person",
    "PersonByline",
    "PersonEntry",
    "PersonMention",
    "PersonQuote",
    "PersonRole",
    "Piece",
    "PortBusy",
    "Quote",
    "QuoteSource",
    "Roster",
    "RosterEntry",
    "RosterRow",
    "SearchRequest",
    "SearchResponse",
    "SearchTooSlow",
    "Settings",
    "Snippet",
    "Sort",
    "Source",
    "Spoken",
    "Suggestion",
    "SuggestionKind",
    "Unit",
    "UpdateReport",
    "Variant",
    "Verdict",
    "Wanted",
    "answer_json",
    "cite",
    "compare",
    "encode",
    "find_rows",
    "gbt7714",
    "groups_of",
    "mark",
    "newsroom",
    "open_engine",
    "paper_names",
    "path_of",
    "plain_cell",
    "read_checklist",
    "read_person",
    "read_range",
    "read_settings",
    "read_vocabulary",
    "response_json",
    "sheet_header",
    "sheet_row",
    "sheet_rows",
    "source_of",
    "title_of",
    "told",
    "variants_json",
    "variants_of",
    "verified",
    "verify",
    "weakest",
    "write_citations",
]
