"""The contract of searching: what is asked, what is answered, and what an engine must
do.

Values only, and the Engine protocol; engines implement it, the web and the command line
know nothing else. Sequences are tuples, offsets are character offsets, `total` is
exact.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import KW_ONLY, dataclass, replace
from enum import StrEnum
from typing import Any, Literal, Protocol, TypeAlias
from urllib.parse import quote

import msgspec

from indexer import query
from indexer.archive import Article, Quote, Unit
from indexer.documents import Document
from indexer.messages import Lang, Message
from indexer.snippets import Snippet


class Sort(StrEnum):
    """How hits are ordered; units without a date come last in both date orders."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


MAX_LIMIT = 200
_PLAIN_ID = re.compile("[A-Za-z0-9:._~-]*")
FACETS = ("kind", "year", "paper", "page", "section", "person", "speaker")


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search. An empty query with filters lists everything that passes them;
    without `kind` articles and rosters are given, or quotes where a speaker, a role (in
    words) or direct or indirect speech is asked for.

    `timeline` asks when the hits were printed, too.
    `exact` finds what is typed and no other form of it. `until` is the last day
    included. `limit` is clamped to 0..MAX_LIMIT, a negative
    `offset` counts as 0.
    """

    query: str = ""
    _: KW_ONLY
    kind: str | None = None
    paper: str | None = None
    page: str | None = None
    section: str | None = None
    person: str | None = None
    speaker: str | None = None
    role: str | None = None
    speech: Literal["direct", "indirect"] | None = None
    reporter: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    sort: Sort = Sort.RELEVANCE
    limit: int = 10
    offset: int = 0
    exact: bool = False
    timeline: bool = False

    def clamped(self) -> "SearchRequest":
        """The same request with its limit and offset in bounds."""
        limit = min(max(self.limit, 0), MAX_LIMIT)
        if limit == self.limit and self.offset >= 0:
            return self
        return replace(self, limit=limit, offset=max(self.offset, 0))


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a hit that is a quote shows of it: the quote, the id of its article and the
    number of its paragraph, from 1; what stands in the paragraph `before` and `after`
    the quote, marks included; and the printed words of `evidence` for who spoke."""

    quote: Quote
    article: str
    paragraph: int
    before: str
    after: str
    evidence: str


class Hit(msgspec.Struct, frozen=True):
    """One result; `why` says what brought it (the zones that match, and later each
    rewrite). `marked_title` is the title with its marks."""

    id: str
    kind: str
    title: str
    marked_title: Snippet
    snippet: Snippet
    score: float
    paper: str | None = None
    date: dt.date | None = None
    page: str | None = None
    section: str | None = None
    reporters: tuple[str, ...] = ()
    why: tuple[Message, ...] = ()
    spoken: Spoken | None = None


class FacetValue(msgspec.Struct, frozen=True, gc=False):
    """A value and how many hits have it; a Struct, since a search makes a hundred."""

    value: str
    count: int


class Facet(msgspec.Struct, frozen=True):
    """The values of one field among all hits, most frequent first; years newest
    first."""

    field: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """How many hits were printed when, oldest first and without empty times: `counts`
    of days such as 2024-12-25, months or years."""

    unit: Literal["day", "month", "year"]
    counts: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another search that a reader may have meant and that finds something: what it
    is, and how much it finds."""

    message: Message
    request: SearchRequest
    total: int


@dataclass(frozen=True, slots=True)
class SearchResponse:
    """`hits` are those from offset to offset + limit; `notes` tell how the query was
    read or cut; `rewrites` which other forms were searched, unless it was `exact`."""

    request: SearchRequest
    total: int
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...]
    generation: str
    took_ms: float
    notes: tuple[Message, ...] = ()
    reading: Message | None = None
    suggestion: str | None = None
    rewrites: tuple[Message, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    timeline: Timeline | None = None


SuggestionKind: TypeAlias = Literal["person", "section", "headline"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a reader may want to ask for: a person, section or headline of the index,
    and how many units have it."""

    text: str
    kind: SuggestionKind
    count: int

    @property
    def query(self) -> str:
        """What to search for to find these units."""
        if self.kind == "section":
            return query.render(query.Filter("section", self.text))
        if self.kind == "headline":  # may hold what reads as operators
            return query.render(query.Phrase(self.text))
        return self.text


@dataclass(frozen=True, slots=True)
class People:
    """People of the index, those of most units first, from some offset on; `total` are
    all that were asked for. A byline counts as a mention here."""

    total: int
    people: tuple[FacetValue, ...]


class Holding(msgspec.Struct, frozen=True, gc=False):
    """An article or roster by its id; a Struct, since a list has ten thousand."""

    id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Holdings:
    """Articles and rosters of the index from some offset on, in an order of its own
    that is the same throughout a generation; `total` are all of them."""

    total: int
    units: tuple[Holding, ...]
    built_at: dt.datetime


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What an index holds. `built_at` is UTC, `bytes` its size on disk; `oldest` and
    `newest` are issue dates, and something was printed on `issues` days."""

    generation: str
    built_at: dt.datetime
    documents: int
    kinds: tuple[FacetValue, ...]
    papers: tuple[FacetValue, ...]
    oldest: dt.date | None
    newest: dt.date | None
    issues: int
    bytes: int
    degraded: Message | None = None


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """What publishing changed, in units; `generation` is unchanged when nothing was."""

    generation: str
    added: int
    changed: int
    removed: int
    unchanged: int


class Engine(Protocol):
    """Full-text search over one index. Safe to call from many threads; readers see a
    generation whole or not at all."""

    def search(
        self, request: SearchRequest, *, seconds: float | None = None
    ) -> SearchResponse:
        """Answer a search. No query raises, but SearchTooSlow at the engine's deadline,
        or after so many `seconds`, and then at once where an index would have to be
        opened first."""

    def batches(self, request: SearchRequest) -> Iterator[SearchResponse]:
        """The hits of a request in order, from its offset up to its limit, which may be
        any; a few of them a response, all of one generation. At least one response;
        none has facets or alternatives. The first may raise SearchTooSlow."""

    def suggest(self, text: str, limit: int = 10) -> tuple[Suggestion, ...]:
        """What there is that begins with what a reader has typed so far, in characters,
        pinyin or initials; people first."""

    def alike(self, text: str, *, limit: int = 10) -> Iterator[Article]:
        """Articles and advertisements whose body prints most of a text, those that
        print it whole first; each is read when it is asked for. Raises
        SearchTooSlow."""

    def people(self, text: str = "", *, limit: int = 50, offset: int = 0) -> People:
        """Everyone whose name begins with a text, in characters, pinyin or initials;
        everyone there is for an empty one."""

    def holdings(self, *, limit: int, offset: int = 0) -> Holdings:
        """Which articles and rosters there are, nothing of them read; `limit` may be
        any."""

    def get(self, id: str) -> Unit | None:
        """The unit of that id, or None."""

    def update(self, documents: Iterable[Document]) -> UpdateReport:
        """Make the index hold exactly these documents by writing only what differs, and
        publish it."""

    def replace(self, documents: Iterable[Document]) -> UpdateReport:
        """Build the index anew from these documents and publish it."""

    def generation(self) -> str | None:
        """The generation that the next search answers from; None while that is not
        certain: a newer one is yet to be opened, or could not be."""

    def status(self) -> IndexStatus:
        """What the index holds now."""

    def close(self) -> None:
        """Give files and threads back; the engine is not used afterwards."""


def response_json(response: SearchResponse, lang: Lang = "zh") -> dict[str, Any]:
    """A response in the shape of CONTRACT's `/api/v1/search`, for msgspec, which writes
    pieces, facet values and dates as they are."""
    # Any: a JSON object
    return {
        "query": response.request.query,
        "total": response.total,
        "took_ms": response.took_ms,
        "limit": response.request.limit,
        "offset": response.request.offset,
        "generation": response.generation,
        "hits": [_hit_json(hit, lang) for hit in response.hits],
        "facets": {facet.field: facet.values for facet in response.facets},
        "suggestion": response.suggestion,
        "reading": response.reading.text(lang) if response.reading else None,
        "notes": [note.text(lang) for note in response.notes],
        "rewrites": [rewrite.text(lang) for rewrite in response.rewrites],
        "alternatives": [
            {
                "text": alternative.message.text(lang),
                "query": alternative.request.query,
                "total": alternative.total,
            }
            for alternative in response.alternatives
        ],
    }


def path_of(kind: str, id: str) -> str:
    """Where a unit is shown: `/articles/{id}`, or `/rosters/{id}` for a roster; a
    quote by its article.

    >>> path_of("roster", "p.2024-12-25.01.4")
    '/rosters/p.2024-12-25.01.4'
    >>> path_of("article", "a/甲")
    '/articles/a%2F%E7%94%B2'
    """
    if kind == "quote":
        id = id.rpartition(".q")[0]
    folder = "rosters" if kind == "roster" else "articles"
    # Most ids are plain, and are told so in a tenth of the time.
    return f"/{folder}/{id if _PLAIN_ID.fullmatch(id) else quote(id, safe=':')}"


def _hit_json(hit: Hit, lang: Lang) -> dict[str, object]:
    anchor = f"#p{hit.spoken.paragraph}" if hit.spoken else ""
    return {
        "id": hit.id,
        "kind": hit.kind,
        "title": hit.title,
        "paper": hit.paper,
        "date": hit.date,
        "page": hit.page,
        "section": hit.section,
        "score": hit.score,
        "url": path_of(hit.kind, hit.id) + anchor,
        "reporters": hit.reporters,
        "snippet": hit.snippet,
        "why": [reason.text(lang) for reason in hit.why],
        **(_spoken_json(hit.spoken) if hit.spoken else {}),
    }


def _spoken_json(spoken: Spoken) -> dict[str, object]:
    said = spoken.quote
    return {
        "speaker": said.speaker,
        "role": said.role,
        "article": spoken.article,
        "speech": said.kind,
        "text": said.text,
        "cue": said.cue,
        "evidence": spoken.evidence,
        "paragraph": spoken.paragraph,
        "before": spoken.before,
        "after": spoken.after,
    }
