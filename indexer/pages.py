"""A page (版) → its units in print order: articles, rosters, advertisements.

Knows what the parts of a unit say about it: who signed it and where, who adopted it,
how many items it has, whether it goes on elsewhere, whether it is a list of names or a
small ad, and where each field is printed. Hides headlines, columns and captions from
everyone else; what belongs together is decided by `drafts`, line by line by `layout`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from indexer import bylines, headlines, names, quotes, rosters
from indexer.archive import (
    Article,
    Caption,
    Credit,
    FieldSpans,
    Notice,
    Page,
    Roster,
    Span,
    SplitPage,
    Unit,
    unit_id,
)
from indexer.continuing import CONTINUED
from indexer.drafts import Draft, print_of, read_sheet
from indexer.lines import Piece
from indexer.looks import COMES_FROM, GOES_ON
from indexer.messages import Message
from indexer.terms import simplified
from indexer.traditional import Print, as_printed
from indexer.witnesses import find_persons


def split(page: Page) -> SplitPage:
    """The units of a page in print order, its section names and credits, and what was
    left over. Any text is a page; nothing raises.

    >>> import datetime as dt
    >>> text = "浔河大桥通车\\n\\n本报讯（记者王岚）昨日，浔河大桥建成通车。"
    >>> unit = split(Page("linjiang-ribao", dt.date(2024, 12, 25), "01", text)).units[0]
    >>> unit.headline, unit.source, unit.reporters
    ('浔河大桥通车', '本报讯', ('王岚',))
    """
    text = simplified(page.text)
    found = _split(page, text)
    if text is page.text:  # as nearly always
        return found
    printed = Print(text, page.text)
    return replace(
        found,
        units=tuple([as_printed(unit, printed) for unit in found.units]),
        sections=printed.of(found.sections),
        credits=printed.of(found.credits),
    )


def _split(page: Page, text: str) -> SplitPage:
    """The page split as its simplified text says."""
    sheet = read_sheet(text)
    section = " ".join(sheet.sections) or None
    units = tuple(
        _unit(page, text, draft, number, section)
        for number, draft in enumerate(_lowered(text, sheet.drafts), start=1)
    )
    claimed = [*sheet.claimed, *(span for unit in units for span in _spans_of(unit))]
    return SplitPage(
        page=page,
        units=units,
        sections=sheet.sections,
        credits=sheet.credits,
        unclaimed=tuple(_unclaimed(page.text, claimed)),
    )


# --- drafts → units -----------------------------------------------------------------


def _unit(
    page: Page, text: str, draft: Draft, number: int, section: str | None
) -> Unit:
    if draft.kind == "ad":
        return _advertisement(page, text, draft, number, section)
    if roster := _roster(page, text, draft, number, section):
        return roster
    article = _article(page, text, draft, number, section)
    if _sells(article):
        return replace(article, kind="ad")
    return quotes.with_quotes([article])[0]


_PHONE = re.compile(r"(?<!\d)(?:\d{3,4}-?)?\d{7,8}(?!\d)|(?<!\d)1\d{10}(?!\d)")


def _sells(article: Article) -> bool:
    """Whether a short unsigned text with a telephone number is a small ad."""
    return (
        len(article.body) <= 70
        and _PHONE.search(article.body) is not None
        and not article.source
        and not article.credits
    )


def _advertisement(
    page: Page, text: str, draft: Draft, number: int, section: str | None
) -> Article:
    head = draft.heads[0].runs
    body = [print_of(text, runs) for runs in draft.paragraphs]
    headline: str | None = print_of(text, head)
    spans = [_spans("headline", head), _spans("body", _flat(draft.paragraphs))]
    if not body:
        headline, body = None, [print_of(text, head)]
        spans = [_spans("body", head)]
    return Article(
        id=unit_id(page, number),
        kind="ad",
        headline=headline,
        body="\n".join(body),
        paper=page.paper,
        date=page.date,
        page=page.label,
        section=section,
        spans=tuple(spans),
    )


def _roster(
    page: Page, text: str, draft: Draft, number: int, section: str | None
) -> Roster | None:
    """The unit as a list of names, if its lines are one."""
    lines = sorted(
        [run for runs in draft.paragraphs for run in runs]
        + [run for piece in draft.bylines for run in piece.runs],
        key=lambda span: span.start,
    )
    if not (lines and draft.may_list):
        return None
    if rosters.roster_score(text, lines) <= 0:
        return None
    title = _title(text, draft)
    # Names as printed: a list is in the order of the strokes that it prints.
    parsed = rosters.parse_roster(page.text, lines, headline=title.text)
    if len(parsed.entries) < 2:
        return None
    _, caption_spans = _captions(text, draft)
    return Roster(
        id=unit_id(page, number),
        headline=title.text,
        groups=parsed.groups,
        notes=parsed.notes,
        paper=page.paper,
        date=page.date,
        page=page.label,
        section=section,
        kicker=title.kicker,
        deck=title.deck,
        meeting=parsed.meeting,
        adopted_by=parsed.adopted_by,
        adopted_on=parsed.adopted_on,
        audits=parsed.audits,
        warnings=(*_doubts(draft, title), *parsed.warnings),
        spans=tuple(_kept([*title.spans, _spans("lines", lines), caption_spans])),
    )


def _article(
    page: Page, text: str, draft: Draft, number: int, section: str | None
) -> Article:
    title = _title(text, draft)
    if not draft.paragraphs and draft.captions:
        # A headline over nothing but pictures (图片新闻): the captions are its text.
        draft.paragraphs = [
            list(piece.runs) for group in draft.captions for piece in group
        ]
        draft.captions = []
    continued = _lift_continuations(text, draft)
    body = [print_of(text, runs) for runs in draft.paragraphs]
    signed = _signatures(text, draft, body)
    adoption = next(filter(None, map(_adoption, body[:3])), None)
    captions, caption_spans = _captions(text, draft)
    return Article(
        id=unit_id(page, number),
        kind="article",
        headline=title.text,
        body="\n".join(body),
        paper=page.paper,
        date=page.date,
        page=page.label,
        section=section,
        kicker=title.kicker,
        deck=title.deck,
        source=signed.source,
        place=signed.place,
        dated=signed.dated,
        reporters=signed.reporters,
        credits=signed.credits,
        captions=captions,
        adopted_by=adoption.by if adoption else None,
        adopted_on=adoption.on if adoption else None,
        items=_items(body),
        persons=_persons(title, captions, body),
        warnings=(*_doubts(draft, title), *map(_continued, continued)),
        spans=tuple(
            _kept(
                [
                    *title.spans,
                    _spans("byline", _flat(piece.runs for piece in draft.bylines)),
                    _spans("body", _flat(draft.paragraphs)),
                    caption_spans,
                    _spans("continued", [span for span, _ in continued]),
                ]
            )
        ),
    )


# --- the fields of a unit -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Title:
    kicker: str | None
    text: str | None
    deck: str | None
    sure: bool
    spans: tuple[FieldSpans, ...]


def _title(text: str, draft: Draft) -> _Title:
    if not draft.heads:
        return _Title(None, None, None, True, ())
    first, *rest = draft.heads
    again = [piece for piece in rest if _core(piece.text) == _core(first.text)]
    lines = [run for piece in draft.heads if piece not in again for run in piece.runs]
    parsed = headlines.parse_headline(text, lines)
    parts = {
        "kicker": parsed.kicker,
        "headline": parsed.headline,
        "deck": parsed.deck,
    }
    spans = [_spans(name, part.spans) for name, part in parts.items() if part]
    if again:
        spans.append(_spans("headline_again", _flat(piece.runs for piece in again)))
    return _Title(
        kicker=parsed.kicker.text if parsed.kicker else None,
        text=parsed.headline.text,
        deck=parsed.deck.text if parsed.deck else None,
        sure=parsed.sure,
        spans=tuple(spans),
    )


def _core(title: str) -> str:
    """A title without what varies where it is printed twice."""
    return re.sub(r"\s|^现在播送|(?:组成)?(?:成员|人员)(?=名单)", "", title)


@dataclass(frozen=True, slots=True)
class _Signed:
    """Who signed a text, above it, in its dateline or below it."""

    source: str | None
    place: str | None
    dated: str | None
    reporters: tuple[str, ...]
    credits: tuple[Credit, ...]


def _signatures(text: str, draft: Draft, body: list[str]) -> _Signed:
    above = [
        bylines.parse_byline(print_of(text, piece.runs)) for piece in draft.bylines
    ]
    opening = bylines.parse_byline(body[0]) if body else None
    if opening and not (opening.source or any(c.role for c in opening.credits)):
        opening = None  # names at a paragraph's head sign nothing
    closing = bylines.parse_signature(body[-1]) if body else None
    found = [byline for byline in (*above, opening, closing) if byline]
    dated = next(
        (byline for byline in (opening, *above, closing) if byline and byline.source),
        None,
    )
    credits = dict.fromkeys(credit for byline in found for credit in byline.credits)
    reporters = dict.fromkeys(name for byline in found for name in byline.reporters)
    return _Signed(
        source=dated.source if dated else None,
        place=dated.place if dated else None,
        dated=dated.dated if dated else None,
        reporters=tuple(reporters),
        credits=tuple(credits),
    )


def _captions(text: str, draft: Draft) -> tuple[tuple[Caption, ...], FieldSpans]:
    spans = _flat(piece.runs for group in draft.captions for piece in group)
    return (
        tuple(_caption(text, group) for group in draft.captions),
        _spans("captions", spans),
    )


def _caption(text: str, pieces: list[Piece]) -> Caption:
    """The lines of one caption, its credit taken off the end."""
    lines: list[str] = []
    photographer = None
    for piece in pieces:
        line = print_of(text, piece.runs)
        parsed = bylines.parse_caption(line)
        if parsed is None:
            lines.append(line)
            continue
        photographer = photographer or parsed.caption.photographer
        lines += [parsed.caption.text] if parsed.caption.text else []
    return Caption("\n".join(lines), photographer)


_BRACKETED = re.compile(r"[(（][^()（）]*[)）]")


def _adoption(paragraph: str) -> rosters.Adoption | None:
    """Who adopted a document, from the bracketed line under its headline."""
    bare = paragraph.strip()
    return rosters.parse_adoption(bare) if _BRACKETED.fullmatch(bare) else None


_ITEM = re.compile(r"\s*[（(]?([一二三四五六七八九十]{1,3})[、.．）)]")
_NUMERALS = "一二三四五六七八九"


def _items(body: list[str]) -> int | None:
    """How many numbered items (一、 二、 …) a list has, if most of the text is one."""
    found = [match[1] for match in map(_ITEM.match, body) if match]
    if len(found) < 3 or len(found) < 0.6 * len(body):
        return None
    counted = [_numeral(number) for number in range(1, len(found) + 1)]
    return len(found) if found == counted else None


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    lead = "" if not tens else "十" if tens == 1 else _NUMERALS[tens - 1] + "十"
    return lead + (_NUMERALS[ones - 1] if ones else "")


def _lowered(text: str, drafts: Iterable[Draft]) -> Iterator[Draft]:
    """The drafts, but for those that are nothing but 上接第1版 over a headline, whose
    mark opens the text below it."""
    above: list[Span] = []
    for draft in drafts:
        runs = [run for paragraph in draft.paragraphs for run in paragraph]
        bare = not (draft.heads or draft.captions) and len(runs) == 1
        if bare and COMES_FROM.fullmatch(text, runs[0].start, runs[0].end):
            above = runs
            continue
        if draft.paragraphs:
            draft.paragraphs[0][:0] = above
        above = []
        yield draft


def _lift_continuations(text: str, draft: Draft) -> list[tuple[Span, str]]:
    """Takes 下转第3版 and 上接第1版 out of the text: where they stand and what they
    say."""
    lifted = []
    for runs in draft.paragraphs[:1]:
        if match := COMES_FROM.match(text, runs[0].start, runs[0].end):
            lifted.append(match)
            runs[:1] = _kept_run(match.end(), runs[0].end)
    for runs in (*draft.paragraphs[:1], *draft.paragraphs[1:][-1:]):
        if runs and (match := GOES_ON.search(text, runs[-1].start, runs[-1].end)):
            lifted.append(match)
            runs[-1:] = _kept_run(runs[-1].start, match.start())
    draft.paragraphs = [runs for runs in draft.paragraphs if runs]
    return [(Span(*match.span()), match[0].strip(_AROUND)) for match in lifted]


_AROUND = " \t\u3000()（）▶▷>→◀◁<←"


def _kept_run(start: int, end: int) -> list[Span]:
    return [Span(start, end)] if start < end else []


def _persons(
    title: _Title, captions: tuple[Caption, ...], body: list[str]
) -> tuple[str, ...]:
    """Whom the kicker ends with, whom a caption that is a name shows, and whom the
    text names."""
    shown = [caption.text.rstrip("。.") for caption in captions]
    ending = [
        title.kicker[-size:]
        for size in (3, 2, 4)
        if title.kicker and names.is_name(title.kicker[-size:])
    ]
    named = [found.name for found in find_persons("\n".join(body))]
    return tuple(dict.fromkeys([*ending[:1], *filter(names.is_name, shown), *named]))


def _doubts(draft: Draft, title: _Title) -> Iterator[Notice]:
    if not draft.heads:
        yield Notice(
            "no-headline",
            Message("没有找到这段文字的标题。", "No headline was found for this text."),
        )
    elif not draft.told and not draft.captions:
        yield Notice(
            "no-text",
            Message("标题下没有找到正文。", "No text was found under this headline."),
        )
    if draft.heads and draft.guessed:
        yield Notice(
            "headline-order",
            Message(
                "几个标题排在几篇正文之前，标题与正文的对应可能有误。",
                "Several headlines stand before their texts; the pairs may be wrong.",
            ),
        )
    if not title.sure:
        yield Notice(
            "headline-parts",
            Message(
                "标题有几个部分，分不清引题、主题和副题，没有拆开。",
                "The headline has parts; which is kicker or deck is unclear, so they "
                "were left together.",
            ),
        )


def _continued(item: tuple[Span, str]) -> Notice:
    _, mark = item
    return Notice(
        CONTINUED,
        Message(
            f"文章不止这一版：{mark}。", f"The article runs over other pages: {mark}."
        ),
    )


# --- spans --------------------------------------------------------------------------


def _flat(groups: Iterable[Iterable[Span]]) -> tuple[Span, ...]:
    return tuple(span for group in groups for span in group)


def _spans(name: str, spans: Iterable[Span]) -> FieldSpans:
    return FieldSpans(name, tuple(spans))


def _kept(spans: Iterable[FieldSpans]) -> Iterator[FieldSpans]:
    return (item for item in spans if item.spans)


def _spans_of(unit: Unit) -> Iterator[Span]:
    return (span for item in unit.spans for span in item.spans)


def _unclaimed(text: str, claimed: Iterable[Span]) -> Iterator[Span]:
    """The printed characters that no span covers, as spans without outer spaces."""
    at = 0
    for span in (*sorted(claimed, key=lambda span: span.start), Span(len(text), 0)):
        for match in re.finditer(r"\S(?:.*\S)?", text[at : span.start]):
            yield Span(at + match.start(), at + match.end())
        at = max(at, span.end)
