"""The JSON form of every answer of the API but those of people and rosters, which
`records` makes: dictionaries by their keys, for OpenAPI and for tests, which hold the
answers against them.
"""

from typing import Any, Literal, NotRequired, TypedDict

from search_web.records import SourceJson


class PieceJson(TypedDict):
    text: str
    mark: bool


class HitJson(TypedDict):
    id: str
    kind: str
    title: str
    paper: str | None
    date: str | None
    page: str | None
    section: str | None
    score: float
    url: str
    reporters: list[str]
    snippet: list[PieceJson]
    why: list[str]
    marked_title: NotRequired[list[PieceJson]]
    speaker: NotRequired[str | None]
    role: NotRequired[str | None]
    article: NotRequired[str | None]
    speech: NotRequired[str]
    text: NotRequired[str]
    cue: NotRequired[str | None]
    evidence: NotRequired[str]
    paragraph: NotRequired[int]
    before: NotRequired[str]
    after: NotRequired[str]


class FacetValueJson(TypedDict):
    value: str
    count: int


class FacetsJson(TypedDict):
    kind: list[FacetValueJson]
    year: list[FacetValueJson]
    paper: list[FacetValueJson]
    page: list[FacetValueJson]
    section: list[FacetValueJson]
    person: list[FacetValueJson]
    speaker: list[FacetValueJson]


class AlternativeJson(TypedDict):
    text: str
    query: str
    total: int


class SearchJson(TypedDict):
    query: str
    total: int
    took_ms: float
    limit: int
    offset: int
    generation: str
    hits: list[HitJson]
    facets: FacetsJson
    suggestion: str | None
    reading: str | None
    notes: list[str]
    rewrites: list[str]
    alternatives: list[AlternativeJson]


class SuggestionJson(TypedDict):
    text: str
    kind: str
    label: str
    count: int
    query: str
    url: str


class SuggestionsJson(TypedDict):
    query: str
    suggestions: list[SuggestionJson]


class WarningJson(TypedDict):
    code: str
    text: str
    text_en: NotRequired[str]


class CreditJson(TypedDict):
    name: str
    role: str | None
    org: str | None


class CaptionJson(TypedDict):
    text: str
    photographer: str | None


class SpanJson(TypedDict):
    start: int
    end: int


class SpeakerJson(TypedDict):
    surface: str
    name: str | None
    role: str | None
    how: str


class EvidenceJson(TypedDict):
    field: str
    spans: list[SpanJson]


class QuoteJson(TypedDict):
    id: str
    kind: str
    text: str
    start: int
    end: int
    speaker: str | None
    role: str | None
    cue: str | None
    speakers: list[SpeakerJson]
    said_on: str | None
    place: str | None
    occasion: str | None
    unknown: str | None
    evidence: list[EvidenceJson]


class ArticleJson(TypedDict):
    id: str
    kind: str
    headline: str | None
    body: str
    paper: str | None
    date: str | None
    page: str | None
    section: str | None
    kicker: str | None
    deck: str | None
    source: str | None
    place: str | None
    dated: str | None
    reporters: list[str]
    credits: list[CreditJson]
    captions: list[CaptionJson]
    adopted_by: str | None
    adopted_on: str | None
    items: int | None
    quotes: list[QuoteJson]
    persons: list[str]
    warnings: list[WarningJson]
    spans: dict[str, list[tuple[int, int]]]


class EntryJson(TypedDict):
    name: str
    surface: str
    gender: str | None
    ethnicity: str | None
    qualifier: str | None
    span: SpanJson | None


class GroupJson(TypedDict):
    role: str | None
    declared: int | None
    order: str | None
    entries: list[EntryJson]


class AuditJson(TypedDict):
    kind: str
    ok: bool
    text: str
    text_en: NotRequired[str]
    names: list[str]


class RosterJson(TypedDict):
    id: str
    kind: str
    headline: str | None
    groups: list[GroupJson]
    notes: list[str]
    paper: str | None
    date: str | None
    page: str | None
    section: str | None
    kicker: str | None
    deck: str | None
    meeting: str | None
    adopted_by: str | None
    adopted_on: str | None
    audits: list[AuditJson]
    warnings: list[WarningJson]
    spans: dict[str, list[tuple[int, int]]]


class PrintedJson(SourceJson):
    section: str | None
    start: int
    end: int
    text: str
    quotation: str
    quote: str | None
    speaker: str | None
    role: str | None


class DifferenceJson(TypedDict):
    op: Literal["equal", "replace", "delete", "insert"]
    printed: str
    text: str


class VerdictJson(TypedDict):
    text: str
    speaker: str | None
    verdict: str
    code: str
    speaker_ok: bool | None
    similarity: float
    source: PrintedJson | None
    diff: list[DifferenceJson]
    others: list[PrintedJson]
    notes: list[str]


class VerifyJson(VerdictJson):
    quotes: list[VerdictJson]


class VerifyAskedJson(TypedDict):
    text: str
    speaker: NotRequired[str | None]


class PassageDifferenceJson(TypedDict):
    op: Literal["equal", "replace", "delete", "insert"]
    text: str
    other: str


class PassageJson(TypedDict):
    start: int
    end: int
    text: str
    other_start: int
    other_end: int
    other_text: str
    similarity: float
    diff: list[PassageDifferenceJson]
    left_out: list[str]
    added: list[str]


class VariantJson(SourceJson):
    passages: list[PassageJson]


class VariantsJson(TypedDict):
    id: str
    complete: bool
    variants: list[VariantJson]


class StatusJson(TypedDict):
    generation: str
    built_at: str
    documents: int
    kinds: list[FacetValueJson]
    papers: list[FacetValueJson]
    oldest: str | None
    newest: str | None
    issues: int
    bytes: int
    degraded: str | None


class RunJson(TypedDict):
    state: str
    started_at: str | None
    finished_at: str | None
    full: bool
    progress: dict[str, Any] | None
    report: dict[str, Any] | None
    exit_code: int | None
    message: str | None


class HealthJson(TypedDict):
    status: str
    message: NotRequired[str]


class FaultJson(TypedDict):
    field: str
    detail: str


class ProblemJson(TypedDict):
    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[FaultJson]]
