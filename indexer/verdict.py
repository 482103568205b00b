"""Did they say it: a quotation, and whether the archive prints it so.

A verdict says what an editor has to know before the words go to print again:

逐字一致   a whole printed quotation, or whole sentences of running text, character for
          character with its punctuation; width, traditional forms and the kind of
          quotation marks don't count
仅标点不同  the same characters, other punctuation
截取      nothing but printed characters, but part of the quotation is left out: at an
          end, or inside by more than three characters or by a clause
个别字不同  up to three characters changed, added or missing (of long ones a twentieth)
改写      most of its words in one place, moved or changed
未见      none of these

The speaker is checked apart: the same words by somebody else are a mismatch.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from indexer import aligning, judging, terms
from indexer.aligning import Difference
from indexer.archive import Article, Quote, Span, Speaker
from indexer.claims import Claim, claims_in, told_in
from indexer.documents import title_of
from indexer.judging import Judged, Printed, Verdict
from indexer.marks import marked_runs
from indexer.messages import Lang, Message
from indexer.search import Engine, path_of

_CANDIDATES: Final = 24
_MOST_SOURCES: Final = 200  # of words that many articles print
_PARAPHRASE: Final = 0.65
_PARAPHRASE_OF_FEW: Final = 0.8  # words of a short text meet by chance
_FEW_LETTERS: Final = 12
_READ: Final = 6
_SHORTEST_ROLE: Final = 2
_RANK: Final = {verdict: rank for rank, verdict in enumerate(Verdict)}
# All characters are printed in a row, or in rows.
_PRINTED: Final = (Verdict.VERBATIM, Verdict.PUNCTUATION, Verdict.CUT)
_SEEN: Final = (*_PRINTED, Verdict.FEW)


@dataclass(frozen=True, slots=True)
class QuoteSource:
    """Where it is printed: `start` and `end` are offsets into the article's body,
    `text` what stands there, `quotation` the whole printed quotation around it."""

    article: Article
    start: int
    end: int
    quotation: str
    quote: Quote | None = None

    @property
    def text(self) -> str:
        return self.article.body[self.start : self.end]

    @property
    def title(self) -> str:
        return title_of(self.article)

    @property
    def speaker(self) -> str | None:
        return self.quote.speaker if self.quote else None

    @property
    def as_quote(self) -> Quote:
        """The whole printed quotation, to be cited."""
        id = self.quote.id if self.quote else self.article.id
        return Quote(id, "direct", self.quotation, self.start, self.end, self.speaker)


@dataclass(frozen=True, slots=True)
class Checked:
    """One quotation's verdict. `speaker_ok` is None where none is claimed or the source
    does not say who spoke; `similarity` is from 0 to 1; `diff` goes from what is
    printed to what is claimed; `others` are further sources by other speakers."""

    claim: Claim
    verdict: Verdict
    speaker_ok: bool | None = None
    similarity: float = 0.0
    source: QuoteSource | None = None
    diff: tuple[Difference, ...] = ()
    others: tuple[QuoteSource, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether it may be printed again as it is."""
        fine = self.verdict in (Verdict.VERBATIM, Verdict.PUNCTUATION)
        return fine and self.speaker_ok is not False


def verify(
    engine: Engine, text: str, speaker: str | None = None
) -> tuple[Checked, ...]:
    """The verdict on a quotation, or on each of those that a paragraph has in marks, or
    on what it tells without them; `speaker` is who is said to have said all of them.
    Raises SearchTooSlow."""
    given = claims_in(text, speaker)
    whole = check(engine, given.whole)
    if given.parts and not _is_one(whole, given.parts):
        return tuple(check(engine, claim) for claim in given.parts)
    if whole.verdict in _SEEN:
        return (whole,)
    told = told_in(text, speaker)
    found = check(engine, told) if told else whole
    return (found,) if found.verdict in _SEEN else (whole,)


def check(engine: Engine, claim: Claim) -> Checked:
    """The verdict on one quotation. Raises SearchTooSlow."""
    return judge(claim, engine.alike(claim.text, limit=_MOST_SOURCES))


def weakest(found: Sequence[Checked]) -> Checked:
    """The verdict that an editor has to see first; of equal ones the first."""
    return max(found, key=lambda one: (_RANK[one.verdict], one.speaker_ok is False))


def judge(claim: Claim, articles: Iterable[Article]) -> Checked:
    """The verdict on a quotation by the best of these articles; of equally good ones
    by the first."""
    wanted = terms.characters(claim.text).text
    prints: list[Printed] = []
    found: list[Checked] = []
    settled = len(wanted) == 1  # all print it, none as a quotation of its own
    for printed in map(Printed.of, articles if wanted else ()):
        prints.append(printed)
        sources = [*_sources(claim, [printed], judging.exact)]
        found += sources
        settled = settled or any(map(_is_best, sources))
        if len(prints) >= _CANDIDATES and (settled or not sources):
            break
    if not any(checked.verdict in _PRINTED for checked in found):
        found += _sources(claim, prints, judging.near)
    best = min(found, key=_worth, default=Checked(claim, Verdict.ABSENT))
    if best.verdict is Verdict.PARAPHRASE and best.similarity < 1:
        best = _most_alike(claim, wanted, found[:_READ])
    if best.source is None:
        return best
    diff = aligning.compared(best.source.text, claim.text)
    return replace(best, diff=diff, others=_others(best, found))


def told(checked: Checked) -> Iterator[Message]:
    """What an editor should know beside the verdict, in sentences."""
    source, claimed = checked.source, checked.claim.speaker
    if source is None:
        return
    if checked.speaker_ok is False:
        zh, en = source.speaker or "别人", source.speaker or "somebody else"
        yield Message(
            f"说话人不符：报上是{zh}，不是{claimed}。",
            f"Another speaker: print has {en}, not {claimed}.",
        )
    if claimed and checked.speaker_ok is None:
        yield Message("报上没有写明说话人，无法核对。", "Print does not say who spoke.")
    for other in checked.others:
        yield Message(
            f"另有{other.speaker}说过同样的话（《{other.title}》）。",
            f"{other.speaker} said the same (“{other.title}”).",
        )


def answer_json(found: Sequence[Checked], lang: Lang = "zh") -> dict[str, Any]:
    """The answer of `/api/v1/verify`: the weakest verdict, and in `quotes` each."""
    return {
        **_checked_json(weakest(found), lang),
        "quotes": [_checked_json(checked, lang) for checked in found],
    }


def _checked_json(checked: Checked, lang: Lang) -> dict[str, Any]:
    return {
        "text": checked.claim.text,
        "speaker": checked.claim.speaker,
        "verdict": checked.verdict,
        "code": checked.verdict.name.lower(),
        "speaker_ok": checked.speaker_ok,
        "similarity": checked.similarity,
        "source": _source_json(checked.source) if checked.source else None,
        "diff": [
            {"op": piece.operation, "printed": piece.printed, "text": piece.other}
            for piece in checked.diff
        ],
        "others": [_source_json(source) for source in checked.others],
        "notes": [note.text(lang) for note in told(checked)],
    }


def _source_json(source: QuoteSource) -> dict[str, Any]:
    article, quote = source.article, source.quote
    return {
        "id": article.id,
        "kind": article.kind,
        "title": source.title,
        "paper": article.paper,
        "date": article.date,
        "page": article.page,
        "section": article.section,
        "url": path_of(article.kind, article.id),
        "start": source.start,
        "end": source.end,
        "text": source.text,
        "quotation": source.quotation,
        "quote": quote.id if quote else None,
        "speaker": source.speaker,
        "role": quote.role if quote else None,
    }


def _is_best(checked: Checked) -> bool:
    """Whether no other source can be better."""
    by = checked.speaker_ok if checked.claim.speaker else True
    return checked.verdict is Verdict.VERBATIM and by is True


def agrees(claimed: str, speaker: Speaker) -> bool:
    """Whether a claimed speaker is the printed one: the same name, alone, with a role,
    or shortened to both.

    >>> printed = Speaker("游长庚", "游长庚", role="院长")
    >>> agrees("县医院院长游长庚", printed), agrees("游院长", printed)
    (True, True)
    >>> agrees("游长林", printed), agrees("游长庚生", printed)
    (False, False)
    """
    wanted = terms.characters(claimed).text
    names = (terms.characters(name).text for name in _names_of(speaker))
    return any(wanted == name or _is_titled(wanted, name) for name in names)


def _names_of(speaker: Speaker) -> Iterator[str]:
    yield speaker.surface
    if speaker.name:
        yield speaker.name
        if speaker.role:
            yield speaker.name[0] + speaker.role


def _is_titled(wanted: str, name: str) -> bool:
    """Whether a claim is a name with a role before or after it: 院长游长庚."""
    longer = len(wanted) - len(name) >= _SHORTEST_ROLE and len(name) > 1
    return longer and (wanted.endswith(name) or wanted.startswith(name))


def _worth(checked: Checked) -> tuple[float, ...]:
    """The lower the better: where all characters are printed, the claimed speaker
    counts before how much of them is; a source that names another before one that
    names nobody."""
    printed, rank = checked.verdict in _PRINTED, _RANK[checked.verdict]
    if checked.verdict is Verdict.PARAPHRASE and checked.similarity == 1:
        rank = _RANK[Verdict.FEW]  # the very same letters, in another order
    by = checked.speaker_ok
    first = 0 if printed else rank
    return (first, by is not True, rank, by is None, -checked.similarity)


def _others(best: Checked, rest: Sequence[Checked]) -> tuple[QuoteSource, ...]:
    """Sources that print all of it too, but by other speakers, each speaker once."""
    known = {best.source.speaker if best.source else None, None}
    found = []
    for checked in rest:
        source = checked.source
        if source and checked.verdict in _PRINTED and source.speaker not in known:
            known.add(source.speaker)
            found.append(source)
    return tuple(found)


def _is_one(whole: Checked, parts: Sequence[Claim]) -> bool:
    """Whether a text is part of one printed quotation, so that its own marks are nested
    ones."""
    source = whole.source
    if source is None or whole.verdict is Verdict.PARAPHRASE:
        return False
    runs = marked_runs(source.article.body)
    inside = any(run.start <= source.start and source.end <= run.end for run in runs)
    return inside and _prints_around(whole, parts)


def _prints_around(whole: Checked, parts: Sequence[Claim]) -> bool:
    """Whether most of a text around its marks is printed: 王岚说：“…” has three letters
    there, as few as may be wrong, and they only say who speaks."""
    same = (piece.other for piece in whole.diff if piece.operation == "equal")
    inside = sum(_letters(part.text) for part in parts)
    around = _letters(whole.claim.text) - inside
    return 2 * (sum(map(_letters, same)) - inside) >= around


def _letters(text: str) -> int:
    return len(terms.characters(text).text)


def _sources(
    claim: Claim,
    prints: Iterable[Printed],
    look: Callable[[str, Printed], Iterator[Judged]],
) -> Iterator[Checked]:
    """What each place makes of a claim."""
    for printed in prints:
        for judged in look(claim.text, printed):
            source = _source_of(printed.article, judged)
            by = _is_by(claim.speaker, source) if claim.speaker else None
            yield Checked(claim, judged.verdict, by, judged.similarity, source)


def _source_of(article: Article, judged: Judged) -> QuoteSource:
    span, whole = judged.span, judged.quotation
    quotation = article.body[whole.start : whole.end]
    return QuoteSource(
        article, span.start, span.end, quotation, _quote_at(article, span)
    )


def _most_alike(claim: Claim, wanted: str, found: Sequence[Checked]) -> Checked:
    """The source that has most of a claim's words close together."""
    best, similarity = None, 0.0
    for checked in found:
        assert checked.source  # nothing is found without
        body = terms.characters(checked.source.article.body).text
        shared = aligning.share(wanted, body)
        if shared > similarity:
            best, similarity = checked, shared
    similarity = round(similarity, 4)
    few = len(wanted) < _FEW_LETTERS
    least = _PARAPHRASE_OF_FEW if few else _PARAPHRASE
    if best is None or similarity < least:
        return Checked(claim, Verdict.ABSENT, similarity=similarity)
    return replace(best, similarity=similarity, verdict=Verdict.PARAPHRASE)


def _quote_at(article: Article, span: Span) -> Quote | None:
    """The quotation of the ledger that has most of a span, the innermost if several
    do."""

    def fitness(quote: Quote) -> tuple[int, int]:
        shared = min(quote.end, span.end) - max(quote.start, span.start)
        return shared, quote.start - quote.end

    best = max(article.quotes, key=fitness, default=None)
    return best if best and fitness(best)[0] > 0 else None


def _is_by(claimed: str, source: QuoteSource) -> bool | None:
    """Whether the source has the claimed speaker: no where it names others only, or
    never names the claimed one; None where it does not say."""
    speakers = source.quote.speakers if source.quote else ()
    if any(agrees(claimed, speaker) for speaker in speakers):
        return True
    if speakers and all(speaker.name for speaker in speakers):
        return False
    wanted = terms.characters(claimed).text
    return None if wanted in terms.characters(source.article.body).text else False
