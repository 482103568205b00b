"""A page (版) → its units in print order: articles, rosters, advertisements.

Knows what belongs together on a page: which text stands under which headline, where two
headlines come before two texts, whose picture a caption tells of, and what a unit's
first and last lines say about it. Hides headlines, bylines, columns and captions from
everyone else; the look of single lines is `layout`'s.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import permutations

from indexer import bylines, headlines, names, rosters
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
from indexer.layout import Placed, Role, read_layout
from indexer.lines import Piece
from indexer.messages import Message
from indexer.names import HAN


def split(page: Page) -> SplitPage:
    """The units of a page in print order, its section names and credits, and what was
    left over. Any text is a page; nothing raises.

    >>> import datetime as dt
    >>> text = "浔河大桥通车\\n\\n本报讯（记者王岚）昨日，浔河大桥建成通车。"
    >>> unit = split(Page("linjiang-ribao", dt.date(2024, 12, 25), "01", text)).units[0]
    >>> unit.headline, unit.source, unit.reporters
    ('浔河大桥通车', '本报讯', ('王岚',))
    """
    placed = read_layout(page.text)
    sheet = _Sheet(page)
    for piece in placed:
        sheet.take(piece)
    sheet.close()
    units = tuple(
        _unit(page, draft, number, sheet.section)
        for number, draft in enumerate(sheet.drafts, start=1)
    )
    claimed = [*sheet.claimed, *(span for unit in units for span in _spans_of(unit))]
    return SplitPage(
        page=page,
        units=units,
        sections=tuple(sheet.sections),
        credits=tuple(sheet.credits),
        unclaimed=tuple(_unclaimed(page.text, claimed)),
    )


# --- pieces → drafts ----------------------------------------------------------------


@dataclass
class _Draft:
    """A unit in the making. A paragraph is the runs of print that make it up."""

    heads: list[Piece] = field(default_factory=list)
    bylines: list[Piece] = field(default_factory=list)
    paragraphs: list[list[Span]] = field(default_factory=list)
    captions: list[list[Piece]] = field(default_factory=list)
    listed: int = 0  # characters in rows of names
    kind: str = "article"
    guessed: bool = False

    @property
    def start(self) -> int:
        """Where it begins on the page."""
        if self.heads:
            return self.heads[0].runs[0].start
        pieces = [*self.bylines, *(piece for group in self.captions for piece in group)]
        runs = [piece.runs for piece in pieces] + self.paragraphs
        return min((run[0].start for run in runs), default=0)

    @property
    def told(self) -> bool:
        """Whether it has a text."""
        return bool(self.paragraphs or self.bylines)

    @property
    def may_list(self) -> bool:
        """Whether it is worth reading as a list of names."""
        size = sum(run.end - run.start for runs in self.paragraphs for run in runs)
        title = self.heads[-1].text if self.heads else ""
        return "名单" in title or self.listed > 0.3 * size


class _Sheet:
    """Sorts the pieces of a page into drafts."""

    def __init__(self, page: Page) -> None:
        self._text = page.text
        self._heads: list[list[Piece]] = []
        self._texts: list[_Draft] = []
        self._loose: list[list[Piece]] = []  # captions that stand before a text
        self._last: Role | None = None
        self.drafts: list[_Draft] = []
        self.sections: list[str] = []
        self.credits: list[Credit] = []
        self.claimed: list[Span] = []

    @property
    def section(self) -> str | None:
        return " ".join(self.sections) or None

    def take(self, placed: Placed) -> None:
        piece = placed.piece
        match placed.role:
            case Role.HEADLINE:
                self._head(piece)
            case Role.HEADLINE_MORE:
                self._heads[-1].append(piece)
            case Role.BYLINE:
                self._body(placed).bylines.append(piece)
            case Role.PARAGRAPH:
                draft = self._body(placed)
                draft.paragraphs.append(list(piece.runs))
                draft.listed += len(piece.text) if placed.listed else 0
            case Role.CONTINUATION:
                self._body(placed).paragraphs[-1].extend(piece.runs)
            case Role.CAPTION:
                self._caption(piece)
            case Role.AD:
                self._advertise(piece)
            case _:
                self._furnish(placed)
        self._last = placed.role

    def close(self) -> None:
        """Ends the texts under the headlines met so far."""
        self.drafts += _matched(self._text, self._heads, self._texts, self._loose)
        self.drafts.sort(key=lambda draft: draft.start)
        self._heads, self._texts, self._loose = [], [], []

    def _head(self, piece: Piece) -> None:
        if self._texts:
            self.close()
        self._heads.append([piece])

    def _body(self, placed: Placed) -> _Draft:
        if not self._texts or placed.opens_body:
            self._texts.append(_Draft())
        return self._texts[-1]

    def _caption(self, piece: Piece) -> None:
        together = self._last is Role.CAPTION and piece.gap == 0
        target = self._texts[-1].captions if self._texts else self._loose
        if together and target:
            target[-1].append(piece)
        else:
            target.append([piece])

    def _advertise(self, piece: Piece) -> None:
        last = self.drafts[-1] if self._last is Role.AD else None
        if last and (piece.gap == 0 or not last.paragraphs):
            self.drafts[-1].paragraphs.append(list(piece.runs))
            return
        self.drafts.append(_Draft(heads=[piece], kind="ad"))

    def _furnish(self, placed: Placed) -> None:
        piece = placed.piece
        if placed.role is Role.BANNER:
            self.sections.append(_print_of(self._text, piece.runs))
            self.claimed += piece.runs
        elif placed.role is Role.CREDIT:
            found = bylines.parse_page_credits(_print_of(self._text, piece.runs))
            self.credits += found or ()
            self.claimed += piece.runs if found else ()
        else:
            self.claimed += piece.runs
            name = _section_name(self._text, piece.runs[0])
            self.sections += [name] if name else []


_LABEL = re.compile(
    r"第?[A-Za-zＡ-Ｚ]?\d{1,3}版?|\d{4}年\d{1,2}月\d{1,2}日|星期[一二三四五六日]|农历\S*"
    r"|(?:责编|编辑|版式)\S*"
)


def _section_name(text: str, run: Span) -> str | None:
    """The section in a running head: 15 体育 2026年4月30日 星期四."""
    line = text[run.start : run.end]
    rest = _LABEL.sub(lambda match: " " * len(match[0]), line)
    found = re.search(rf"[{HAN}][{HAN}·]{{1,9}}", rest)
    return found.group() if found else None


def _matched(
    text: str,
    heads: list[list[Piece]],
    texts: list[_Draft],
    loose: list[list[Piece]],
) -> Iterator[_Draft]:
    """Each headline with its text: by what they say where there are several, else in
    print order."""
    if texts:
        texts[0].captions[:0] = loose
    elif loose:
        texts.append(_Draft(captions=loose))
    order, sure = _pairing(text, heads, texts)
    for index in range(max(len(heads), len(texts))):
        draft = texts[order[index]] if index < len(order) else _Draft()
        draft.heads = heads[index] if index < len(heads) else []
        draft.guessed = not sure
        yield draft
    if len(texts) > 1:
        _share_captions(text, texts)


def _pairing(
    text: str, heads: list[list[Piece]], texts: list[_Draft]
) -> tuple[tuple[int, ...], bool]:
    """Which text each headline has; sure where what they say agrees with it."""
    count = len(texts)
    printed = tuple(range(count))
    if not 1 < len(heads) == count <= 4:
        return printed, len(heads) <= 1
    words = [_words(piece.text for piece in head) for head in heads]
    told = [_words([_draft_text(text, draft)]) for draft in texts]
    kinship = [[len(a & b) / (len(a) or 1) for b in told] for a in words]

    def fit(order: tuple[int, ...]) -> float:
        shared = sum(kinship[i][j] for i, j in enumerate(order))
        return shared + (0.15 if order == printed else 0.0)

    best = max(permutations(printed), key=fit)
    plain = sum(max(row) > 0 for row in kinship)
    return best, best == printed and plain == count


def _share_captions(text: str, texts: list[_Draft]) -> None:
    """Moves a caption to the text that it speaks of more, names above all."""
    told = [_words([_draft_text(text, draft)]) for draft in texts]
    for index, draft in enumerate(texts[:-1]):
        moving = []
        for caption in draft.captions:
            words = _words(piece.text for piece in caption)
            if len(words & told[index + 1]) > len(words & told[index]):
                moving.append(caption)
        draft.captions = [c for c in draft.captions if c not in moving]
        texts[index + 1].captions[:0] = moving


def _draft_text(text: str, draft: _Draft) -> str:
    return "\n".join(_print_of(text, runs) for runs in draft.paragraphs)


def _words(texts: Iterable[str]) -> frozenset[str]:
    """Pairs and triples of Han characters."""
    runs = [run for text in texts for run in re.findall(f"[{HAN}]{{2,}}", text)]
    return frozenset(
        run[i : i + size]
        for run in runs
        for size in (2, 3)
        for i in range(len(run) - 1)
    )


# --- drafts → units -----------------------------------------------------------------


def _unit(page: Page, draft: _Draft, number: int, section: str | None) -> Unit:
    if draft.kind == "ad":
        return _advertisement(page, draft, number, section)
    if roster := _roster(page, draft, number, section):
        return roster
    article = _article(page, draft, number, section)
    return replace(article, kind="ad") if _sells(article) else article


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
    page: Page, draft: _Draft, number: int, section: str | None
) -> Article:
    head = draft.heads[0].runs
    body = [_print_of(page.text, runs) for runs in draft.paragraphs]
    headline: str | None = _print_of(page.text, head)
    spans = [_spans("headline", head), _spans("body", _flat(draft.paragraphs))]
    if not body:
        headline, body = None, [_print_of(page.text, head)]
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
    page: Page, draft: _Draft, number: int, section: str | None
) -> Roster | None:
    """The unit as a list of names, if its lines are one."""
    lines = sorted(
        [run for runs in draft.paragraphs for run in runs]
        + [run for piece in draft.bylines for run in piece.runs],
        key=lambda span: span.start,
    )
    if not (lines and draft.may_list):
        return None
    if rosters.roster_score(page.text, lines) <= 0:
        return None
    title = _title(page.text, draft)
    parsed = rosters.parse_roster(page.text, lines, headline=title.text)
    if len(parsed.entries) < 2:
        return None
    _, caption_spans = _captions(page.text, draft)
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


def _article(page: Page, draft: _Draft, number: int, section: str | None) -> Article:
    title = _title(page.text, draft)
    if not draft.paragraphs and draft.captions:
        # A headline over nothing but pictures (图片新闻): the captions are its text.
        draft.paragraphs = [
            list(piece.runs) for group in draft.captions for piece in group
        ]
        draft.captions = []
    continued = _lift_continuations(page.text, draft)
    body = [_print_of(page.text, runs) for runs in draft.paragraphs]
    signed = _signatures(page.text, draft, body)
    adoption = next(filter(None, map(_adoption, body[:3])), None)
    captions, caption_spans = _captions(page.text, draft)
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
        persons=_persons(title, captions),
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


def _title(text: str, draft: _Draft) -> _Title:
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


def _signatures(text: str, draft: _Draft, body: list[str]) -> _Signed:
    above = [
        bylines.parse_byline(_print_of(text, piece.runs)) for piece in draft.bylines
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


def _captions(text: str, draft: _Draft) -> tuple[tuple[Caption, ...], FieldSpans]:
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
        line = _print_of(text, piece.runs)
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


_CONTINUED = re.compile(
    r"[(（]?\s*(?:上接|下转|转|接)\s*第?\s*[A-Za-z]?[\d一二三四五六七八九十]{1,3}\s*版[^()（）。]{0,10}[)）]?\s*$"
)


def _lift_continuations(text: str, draft: _Draft) -> list[tuple[Span, str]]:
    """Takes 下转第3版 and 上接第1版 out of the text: where they stand and what they
    say."""
    lifted = []
    for runs in (*draft.paragraphs[:1], *draft.paragraphs[1:][-1:]):
        run = runs[-1]
        match = _CONTINUED.search(text, run.start, run.end)
        if match is None:
            continue
        lifted.append((Span(match.start(), run.end), match.group().strip(" ()（）")))
        if match.start() > run.start:
            runs[-1] = Span(run.start, match.start())
        else:
            runs.pop()
    draft.paragraphs = [runs for runs in draft.paragraphs if runs]
    return lifted


def _persons(title: _Title, captions: tuple[Caption, ...]) -> tuple[str, ...]:
    """Whom the kicker ends with, and whom a caption that is a name shows."""
    shown = [caption.text.rstrip("。.") for caption in captions]
    ending = [
        title.kicker[-size:]
        for size in (3, 2, 4)
        if title.kicker and names.is_name(title.kicker[-size:])
    ]
    return tuple(dict.fromkeys([*ending[:1], *filter(names.is_name, shown)]))


def _doubts(draft: _Draft, title: _Title) -> Iterator[Notice]:
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
        "continued",
        Message(
            f"文章不止这一版：{mark}。", f"The article runs over other pages: {mark}."
        ),
    )


# --- spans --------------------------------------------------------------------------


def _print_of(text: str, runs: Iterable[Span]) -> str:
    """The print of these runs as one text; words of Latin letters keep apart."""
    joined = ""
    for run in runs:
        part = text[run.start : run.end].strip()
        if joined and part and _is_latin(joined[-1]) and _is_latin(part[0]):
            joined += " "
        joined += part
    return joined


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


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
