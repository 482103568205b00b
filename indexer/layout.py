"""How a page's lines are set: which line is a headline, a byline, a paragraph, …

Knows the geometry of extracted newspaper text (blank lines, hard wraps, indents, column
breaks) and weighs evidence for the role of every line; the best reading of the whole
page wins. Hides the features, the weights and the search. `pages` builds units from it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Final, NamedTuple

from indexer import bylines, names, terms
from indexer.archive import Span


class Role(StrEnum):
    """What a piece of a page is to a reader."""

    HEADLINE = "headline"
    HEADLINE_MORE = "headline_more"
    BYLINE = "byline"
    PARAGRAPH = "paragraph"
    CONTINUATION = "continuation"
    CAPTION = "caption"
    BANNER = "banner"
    CREDIT = "credit"
    AD = "ad"
    FURNITURE = "furniture"


@dataclass(frozen=True, slots=True)
class Piece:
    """A printed line, or the hard-wrapped lines of one paragraph.

    `text` is folded, without outer spaces; `runs` are where it is printed. `gap` and
    `gap_after` count the blank lines around it.
    """

    text: str
    runs: tuple[Span, ...]
    gap: int
    gap_after: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A piece with its role. `opens_body` where a text begins for a headline that is
    printed further up, before another one; `listed` where it is a row of a list of
    names."""

    piece: Piece
    role: Role
    opens_body: bool = False
    listed: bool = False


def read_layout(text: str) -> tuple[Placed, ...]:
    """The pieces of a page in print order, each with its likeliest role."""
    folded = terms.fold(text)
    pieces = tuple(_unwrap(tuple(_lines(text, folded)), folded))
    if not pieces:
        return ()
    return _Reader(pieces).best()


# --- lines and hard wraps -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    gap: int
    indented: bool

    def __len__(self) -> int:
        return self.end - self.start


_NEWLINE = re.compile(r"\r\n?|[\n\v\f\x1c-\x1e\x85\u2028\u2029]")


def _lines(text: str, folded: str) -> Iterator[_Line]:
    gap = at = 0
    for stop in (
        *(match.span() for match in _NEWLINE.finditer(text)),
        (len(text),) * 2,
    ):
        line = folded[at : stop[0]]
        body = line.strip()
        if body:
            indent = len(line) - len(line.lstrip())
            start = at + indent
            yield _Line(start, start + len(body), gap, indent >= 2)
            gap = 0
        else:
            gap += 1
        at = stop[1]


def _unwrap(lines: tuple[_Line, ...], folded: str) -> Iterator[Piece]:
    """Lines joined where the page wraps its paragraphs by hand."""
    width = _wrap_width(lines, folded)
    indents = _indents_paragraphs(lines, folded)
    block: list[_Line] = []
    for line in lines:
        if block and not _wraps(block, line, folded, width, indents):
            yield _piece(block, folded, line.gap)
            block = []
        block.append(line)
    if block:
        yield _piece(block, folded, 9)


def _piece(block: list[_Line], folded: str, gap_after: int) -> Piece:
    text = "".join(folded[line.start : line.end] for line in block)
    runs = tuple(Span(line.start, line.end) for line in block)
    return Piece(text, runs, block[0].gap, gap_after)


def _wrap_width(lines: tuple[_Line, ...], folded: str) -> int | None:
    """The page's measure in characters, where most lines run on into the next."""
    running = Counter(
        len(left)
        for left, right in pairwise(lines)
        if right.gap == 0
        and len(left) >= 12
        and not right.indented
        and not _closes(folded[left.start : left.end])
        and not _is_list(folded[left.start : left.end])
    )
    total = sum(running.values())
    if total < 0.4 * len(lines) or not total:
        return None
    width = running.most_common(1)[0][0]
    near = sum(count for size, count in running.items() if abs(size - width) <= 3)
    return width if near >= 0.6 * total else None


def _indents_paragraphs(lines: tuple[_Line, ...], folded: str) -> bool:
    after_stop = [
        right.indented
        for left, right in pairwise(lines)
        if right.gap == 0 and _closes(folded[left.start : left.end])
    ]
    return sum(after_stop) >= max(1, 0.2 * len(after_stop))


def _wraps(
    block: list[_Line], right: _Line, folded: str, width: int | None, indents: bool
) -> bool:
    if width is None or right.gap or right.indented:
        return False
    if indents and block[0].indented:
        return True
    left = block[-1]
    runs_on = folded[left.end - 1] in ",、" and len(left) > width / 2
    if not runs_on and not width - 4 <= len(left) <= width + 4:
        return False
    return indents or len(left) >= width - 2 or not _closes(folded[: left.end][-3:])


# --- what a text looks like ---------------------------------------------------------

_STOPS: Final = "。!?;…"
_CLOSERS: Final = '”’』」)》〉】]"'
_HAN = names.HAN
_HAN_ONE = f"[{_HAN}]"


def _closes(text: str) -> bool:
    """Whether a text ends as a sentence does."""
    bare = text.rstrip(_CLOSERS)
    return bare[-1:] in tuple(_STOPS) or (text != bare and text[-1:] == ")")


_OTHER_CREDIT = re.compile(
    r"(?:^|[。!?”』)\s])(?:(?:数据|图片|资料)来源[:/].{1,20}|(?:制图|绘图|漫画|供图)[:/].{2,12})$"
    rf"|^(?:[{_HAN}]\s*){{2,4}}[文图诗]$"
)
_STOCK = re.compile("资料(?:图片?|照片)$")
_IN_BRACKETS = re.compile(r"\([^()]{2,30}(?:摄|摄影|供图|提供|照片|报道)\)$")
_PICTURE = re.compile(r"^(?:上|下|左|右|本|组|题|附)?图(?:为|[①-⑳一二三:]|\()")
_PICTURED = re.compile(r"[。,]图为|\((?:左|右|中|前|后)[一二三四五排]?\)")
_FURNITURE = re.compile(
    r"第?[a-z]?\d{1,3}版|\d{4}年\d{1,2}月\d{1,2}日|星期[一二三四五六日]|农历\S{2,12}"
    r"|\d{4}[-./]\d{1,2}[-./]\d{1,2}"
)
_ELSEWHERE = re.compile("[转接见]第?[a-z]?\\d{1,3}版")
_NUMBERED_SECTION = re.compile(rf"第?[a-z]?\d{{1,2}}(?:版|\s+[{_HAN}·]{{2,6}})?$")
_PAGE_CREDIT = re.compile(
    r"^(?:本版|本期)?(?:电子)?(?:责任?编辑?|编辑|邮箱|电话|投稿|e-?mail)(?:/\w{2,6})*\s*[:/].*"
    r"(?:@|\d{5}|[:/\s]\S{2,4}$)"
)
_PHONE = re.compile(r"(?<!\d)(?:\d{3,4}-?)?\d{7,8}(?!\d)|(?<!\d)1\d{10}(?!\d)")
_AD = re.compile(
    r"广告|热线|招租|招聘|招商|招标|遗失|声明作废|订阅|咨询|联系电话|地址:|电话:|转让"
)
_ENUMERATED = re.compile(
    r"[(]?[一二三四五六七八九十\d]{1,3}[)、.·:](?!\d)|[●▲■◆★※①-⑳]|第[一二三四五六七八九十百]+[条章]"
)
_FRESH = re.compile(
    r"\d{4}年|\d{1,2}月|\d{1,2}日|“|『|「|——|近日|日前|近年|目前|据|记者|今年|去年|如今|此外|同时|其中|在|图为|与此同时"
)
_SECTION = re.compile(
    r"特别报道|(?:新闻|要闻|副刊|综合|国际|国内|体育|文化|经济|专版|专题|报道|特刊|周刊|评论|理论|广告|教育|"
    r"社会|科技|生活|健康|观察|视点|时政|民生|生态|政治|法治|公益|读书|天地|之窗|文卫)$"
)
_BEGINS = re.compile(
    r"(?:\d{4}年)?\d{1,2}月\d{1,2}日[,，上下晚]|近日|日前|图为|\d{1,2}日,"
)
_SPACED = re.compile(rf"[{_HAN}”》)][ ]+[{_HAN}“《(]")
_COLUMN_TAG = re.compile(r"\((?![^()]*(?:记者|附图|[摄图电讯刊岁]\)))[^()]{2,24}\)$")
_SIGNOFF = re.compile(r"^\(.{2,60}\)$|\((?:本报|新华社|据).{0,24}(?:电|讯)\)$")
_NOTICE = re.compile(
    r"(?:更正|启事|公告|通知|通告|声明|简讯|提示|公示|预告|讣告|倡议书|公开信|致歉信?|名单|议程|日程)(?:\([^()]*\))?$"
    r"|^来信(?:照登|选登):"
)
_TITLE_OF_LIST = re.compile(
    r"(?:名单|议程|日程|办法|决议|决定|条例|法|规定|公告)(?:\([^()]*\))?$"
)
_COUNT = re.compile(
    r"^\(?共?\d+[人名位]|^(?:[一二三四五六七八九十]+、)?[^\W\d_]{2,14}\(共?\d+[人名位]|"
    r"^\([^()]*(?:通过|姓氏|笔画|为序|排列|\d{4}年[^()]*日)[^()]*\)$"
)
_BRACKETS = re.compile(r"\([^()]{1,40}\)")
_ROLE_LINE = re.compile(rf"(?:{_HAN_ONE}\s{{0,8}}){{1,14}}:(?=\s*(?:{_HAN_ONE}|$))")
# What a colon follows in talk and letters, not in lists.
_NO_ROLE = ("问", "答", "记者", "主持人", "这正是", "编辑", "同志", "图片", "朋友")
_NEVER_FIRST = "的了着过们吗呢吧么地得而与和及或,。、;:!?)》”』」%℃…"
_NEVER_LAST = ",、(《“『「〈·—和与及或在的对把被从向将为是以不"


def _is_list(text: str) -> bool:
    """A row of names set apart by spaces, the role that names follow, or a line about
    the count of a roster."""
    if _COUNT.match(text):
        return True
    bare = _BRACKETS.sub(" ", text)
    role = _ROLE_LINE.match(bare)
    names_only = bare[role.end() :] if role else bare
    if any(mark in names_only for mark in "。,;!?“:") or len(text) > 4000:
        return False
    cells = names_only.replace("、", " ").split()
    if role and not cells:
        return not role[0].startswith(_NO_ROLE)
    if len(cells) < (1 if role else 3) or max(map(len, cells)) > 12:
        return False
    if len(cells) >= 8 and sum(len(cell) <= 4 for cell in cells) >= 0.9 * len(cells):
        return True
    return _mostly_names(names_only, cells)


def _mostly_names(text: str, cells: list[str]) -> bool:
    found = names.read_names(text)
    covered = sum(len(item.name) for item in found if names.is_name(item.name))
    return covered >= 0.7 * sum(map(len, cells)) > 0


_UNSIGNED_DATELINE = re.compile(r"据?(?:本报|本刊|本网)(?:综合)?(?:消息|报道)[\s:]")
_BARE_NAMES = re.compile(rf"[{_HAN}·\s、]{{2,30}}")
_MAY_SIGN = re.compile("记者|[讯电]|消息|报道|员|作者|撰|摄|文[/:]|整理|编")


def _sign(text: str, size: int) -> tuple[float, bool]:
    """The evidence that a line does nothing but sign, and whether it opens a text as a
    dateline or a reporter's name in brackets does."""
    if not _MAY_SIGN.search(text, 0, 80) and not _BARE_NAMES.fullmatch(text):
        return -9.0, False
    byline = bylines.parse_byline(text[:200])
    if byline is None or text[-1] == ":":
        return -9.0, _UNSIGNED_DATELINE.match(text) is not None
    if byline.start + byline.length < len(text[:200]):
        return -9.0, byline.source is not None or bool(byline.reporters)
    if size > 90:
        return -9.0, True
    if _SECTION.search(text):
        return -3.0, False
    if not byline.credits:
        return 2.0, False
    if any(credit.role for credit in byline.credits):
        return 4.0, False
    if text.startswith("("):
        return -3.0, False
    return max(-3.0, min(2.5, 0.5 + byline.score / 3)), False


def _is_titled(text: str) -> bool:
    """A person with a title in brackets, as in a list of speakers: 侯超(出品人)."""
    name, bracket, _ = text.partition("(")
    return bool(bracket) and names.is_name(re.sub(r"^\w+:|\s", "", name))


@dataclass(frozen=True, slots=True)
class _Look:
    """What a piece shows by itself."""

    size: int
    closed: bool
    openness: float
    byline: float
    dateline: bool
    photo: float
    picture: float
    running: bool
    page_credit: bool
    ad: float
    ad_words: bool
    listed: bool
    enumerated: bool
    signoff: bool
    fresh: float
    titled: bool
    worded: bool
    numbered: bool  # stands in a numbered item that its line does not end


def _look(text: str) -> _Look:
    size = len(text) - text.count(" ")
    closed = _closes(text)
    short = size <= 90
    page_credit = short and _credits_page(text)
    listed = not page_credit and _is_list(text)
    tail = text[-160:]
    byline, dateline = _sign(text, size)
    return _Look(
        size=size,
        closed=closed,
        openness=0.0 if listed else _openness(text, size, closed),
        byline=byline,
        dateline=dateline,
        photo=_photo_score(tail),
        picture=_picture_score(text, size),
        running=size <= 40 and _runs_at_head(text),
        page_credit=page_credit,
        ad=_ad_score(text, size),
        ad_words=size <= 200 and _AD.search(text) is not None,
        listed=listed,
        enumerated=_ENUMERATED.match(text) is not None,
        signoff=_SIGNOFF.search(tail) is not None,
        fresh=2.5 if _BEGINS.match(text) else 1.5 if _FRESH.match(text) else 0.0,
        titled=short and _is_titled(text),
        worded=len(re.findall(r"\w", text[:80])) >= 2,
        numbered=False,
    )


def _in_context(pieces: tuple[Piece, ...], looks: list[_Look]) -> tuple[_Look, ...]:
    """What a piece shows by standing where it does: a role in a list of names, a line
    of a numbered item."""
    for i, look in enumerate(looks):
        before = looks[i - 1] if i else None
        if before and before.listed and _goes_on_listing(pieces, looks, i):
            looks[i] = look = replace(look, listed=True, openness=0.0)
        runs_on = look.enumerated or (before and before.numbered and not pieces[i].gap)
        if runs_on and not look.closed:
            looks[i] = replace(look, numbered=True)
    return tuple(looks)


def _goes_on_listing(pieces: tuple[Piece, ...], looks: list[_Look], i: int) -> bool:
    """Whether a short line after a row of names is a name too, or a role of names."""
    look, text = looks[i], _BRACKETS.sub("", pieces[i].text)
    if (look.closed and text[-1:] in _STOPS) or _TITLE_OF_LIST.search(text):
        return False
    cells = text.split()
    if cells and len(cells) < 4 and max(map(len, cells)) < 8:
        found = names.read_names(text)
        if found and all(names.is_name(item.name) for item in found):
            return True
    if look.closed or look.size > 12:
        return False
    after = looks[i + 1] if i + 1 < len(looks) else None
    return bool(after and (after.listed or 0 < after.byline < 3))


def _openness(text: str, size: int, closed: bool) -> float:
    """How surely a text breaks off, from 0 to 1."""
    if text[-1:] in tuple(_NEVER_LAST):
        return 1.0 if not text.endswith("—") else 0.3
    if closed:
        listed = text.startswith("——") or _ENUMERATED.match(text)
        return 0.0 if text[-1] != ";" else 0.15 if listed else 0.6
    if text[-1] in ":.":
        return 0.2
    unbalanced = text.count("“") > text.count("”") or text.count("《") > text.count(
        "》"
    )
    if unbalanced:
        return 1.0
    sure = 0.25 if size < 10 else 0.45 if size < 16 else 0.7 if size < 28 else 1.0
    # A title has few commas, and sets its parts apart by spaces.
    titled = size < 45 and (_SPACED.search(text) or not re.search("[,。、]", text))
    return sure * 0.6 if titled else sure


def _runs_at_head(text: str) -> bool:
    """A running head: the page's date, label and section, nothing else."""
    if _NUMBERED_SECTION.match(text):
        return True
    rest, marks = _FURNITURE.subn(" ", text)
    words = re.findall(r"[^\s|/:()-]+", re.sub(r"^\s*[a-z]?\d{1,3}\s", "", rest))
    if _ELSEWHERE.search(text):
        return False
    return marks > 0 and len(words) <= 2 and len("".join(words)) <= 12


def _photo_score(tail: str) -> float:
    """The evidence that a text ends in the credit of a picture."""
    if _OTHER_CREDIT.search(tail):
        return 5.0
    caption = bylines.parse_caption(tail)
    if caption is None:
        return 0.0
    if _IN_BRACKETS.search(tail):
        return 2.0
    return 5.0 if _STOCK.search(tail) else caption.score


def _credits_page(text: str) -> bool:
    if _PAGE_CREDIT.match(text):
        return True
    return bylines.parse_page_credits(text) is not None


def _picture_score(text: str, size: int) -> float:
    if _PICTURE.match(text):
        return 3.0
    if size < 220 and text.endswith("。") and "。图为" in text[-90:]:
        return 5.0 if _FRESH.match(text) else 3.0
    if size < 220 and "图为" in text:
        return 1.5
    return 0.7 if size < 120 and _PICTURED.search(text) else 0.0


def _ad_score(text: str, size: int) -> float:
    if size > 200:
        return -9.0
    score = 1.5 * bool(_AD.search(text)) + 1.5 * bool(_PHONE.search(text))
    return score - 1.0 - 2.5 * _closes(text) - (1.0 if size > 30 else 0.0)


# --- the geometry of the page -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Geometry:
    """Blank lines before a paragraph, before a headline and after one, as this page
    has them."""

    paragraph: int
    headline: int
    after_headline: int


def _mode(values: Iterable[int], default: int) -> int:
    counts = Counter(values)
    return counts.most_common(1)[0][0] if counts else default


def _geometry(pieces: tuple[Piece, ...], looks: tuple[_Look, ...]) -> _Geometry:
    both_long = (
        pieces[i].gap
        for i in range(1, len(pieces))
        if all(look.closed and look.size >= 30 for look in looks[i - 1 : i + 1])
    )
    gaps = [piece.gap for piece in pieces[1:]]
    paragraph = _mode(both_long, 1 if gaps and min(gaps) > 0 else 0)
    above: Counter[int] = Counter()
    below: Counter[int] = Counter()
    for i in range(1, len(pieces) - 1):
        piece, look, after = pieces[i], looks[i], looks[i + 1]
        if look.closed or looks[i - 1].openness or not _may_head(look):
            continue
        if after.photo > 3 and i + 2 < len(looks):
            after = looks[i + 2]  # a picture between a headline and its byline
        cue = max(after.byline, 4.0 * after.dateline)
        weight = int(cue) if cue >= 4 or (cue > 1 and piece.gap) else 0
        weight += min(piece.gap, piece.gap_after) > paragraph
        above[piece.gap] += weight
        below[piece.gap_after] += weight
    headline = _least(above, default=int(any(gaps)))
    after_headline = _least(below, default=paragraph)
    return _Geometry(paragraph, max(headline, paragraph), after_headline)


def _least(votes: Counter[int], *, default: int) -> int:
    """The smallest gap that a good part of the votes is for."""
    best = max(votes.values(), default=0)
    return min((gap for gap, count in votes.items() if count > 0.6 * best), default=default)


def _may_head(look: _Look) -> bool:
    return (
        2 <= look.size <= 70
        and look.worded
        and not look.running
        and not look.page_credit
        and not look.listed
        and not look.dateline
        and look.photo <= 3
        and not look.titled
        and look.byline < 3
    )


# --- the reading of the whole page --------------------------------------------------


class _State(NamedTuple):
    """A reading of the page up to some piece: what the next piece stands in."""

    role: Role
    in_body: bool
    text: int  # the last piece of running text, -1 for none
    heads: tuple[int, ...]  # headlines that have no text yet


_START = _State(Role.FURNITURE, False, -1, ())
_BEAM = 10
_HOPELESS = 14.0  # a reading so much worse than the best is given up
_BEAM_PIECES = 4000  # beyond, the page is no page: read it greedily


# Log-odds of a new article by the number of three-character runs that the text before
# and the text after have in common.
_TURNS = (2.6, 0.6, 0.6, 0.1, -0.8, -0.9, -1.2, -1.9)


class _Reader:
    def __init__(self, pieces: tuple[Piece, ...]) -> None:
        self.pieces = pieces
        self.looks = _in_context(pieces, [_look(piece.text) for piece in pieces])
        self.geometry = _geometry(pieces, self.looks)
        self.cues = self._cues()
        self.pairs = _pairs_of(pieces)
        self.grams = [_grams(piece.text, 2) for piece in pieces]
        self.triples = [_grams(piece.text, 3) for piece in pieces]
        self.turns: dict[int, float] = {}
        self.cohesions: dict[tuple[int, int], float] = {}

    def best(self) -> tuple[Placed, ...]:
        beam = _BEAM if len(self.pieces) <= _BEAM_PIECES else 1
        frontier: dict[_State, float] = {_START: 0.0}
        trail: list[dict[_State, tuple[_State, bool]]] = []
        for index in range(len(self.pieces)):
            reached: dict[_State, float] = {}
            back: dict[_State, tuple[_State, bool]] = {}
            options = self._emissions(index)
            for state, score in frontier.items():
                for role, evidence in options:
                    for following, step, opens in self._steps(state, role, index):
                        total = score + evidence + step
                        if total > reached.get(following, -1e9):
                            reached[following] = total
                            back[following] = (state, opens)
            kept = sorted(reached.items(), key=lambda pair: -pair[1])[:beam]
            kept = [pair for pair in kept if pair[1] > kept[0][1] - _HOPELESS]
            frontier = dict(kept)
            trail.append({state: back[state] for state, _ in kept})
        last = max(frontier, key=lambda state: frontier[state] - self._left_over(state))
        return self._trace(trail, last)

    def _trace(
        self, trail: list[dict[_State, tuple[_State, bool]]], state: _State
    ) -> tuple[Placed, ...]:
        placed: list[Placed] = []
        for index in range(len(trail) - 1, -1, -1):
            before, opens = trail[index][state]
            listed = self.looks[index].listed
            placed.append(Placed(self.pieces[index], state.role, opens, listed))
            state = before
        return tuple(reversed(placed))

    # -- evidence of a piece by itself

    def _cues(self) -> list[float]:
        """For each piece, how surely what follows it is the beginning of an article."""
        count = len(self.pieces)
        direct = [self._cue_of(i, i + 1) for i in range(count - 1)] + [0.0]
        cues = direct.copy()
        for i in range(count - 2, -1, -1):
            after = self.looks[i + 1]
            if direct[i] or after.closed or not _may_head(after):
                continue
            if self.pieces[i + 1].gap == 0:
                cues[i] = max(0.0, cues[i + 1] - 0.3)
            elif self.pieces[i + 1].gap_after < self.geometry.after_headline:
                # What follows is set to the text below it: a deck.
                cues[i] = max(0.0, direct[i + 1] - 0.3)
        return cues

    def _cue_of(self, i: int, following: int) -> float:
        after = self.looks[following]
        if after.dateline:
            return 3.0
        if after.byline > 0:
            return min(3.0, after.byline)
        if after.listed:
            return 2.5 if _TITLE_OF_LIST.search(self.pieces[i].text) else 1.0
        if after.photo > 3 and following == i + 1 and following + 1 < len(self.looks):
            return max(0.0, self._cue_of(i, following + 1) - 0.5)
        return 0.0

    def _tops_text(self, i: int) -> bool:
        """Whether there is the space below that this page leaves under a headline."""
        usual, piece = self.geometry.after_headline, self.pieces[i]
        if piece.gap_after >= usual:
            return True
        return i + 1 < len(self.pieces) and self.pieces[i + 1].gap_after >= usual

    def _emissions(self, i: int) -> list[tuple[Role, float]]:
        look, piece = self.looks[i], self.pieces[i]
        if look.running and (i < 3 or i >= len(self.pieces) - 3):
            return [(Role.FURNITURE, 6.0)]
        options = [
            (Role.PARAGRAPH, self._paragraph(i)),
            (Role.CONTINUATION, 0.0),
            (Role.CAPTION, self._caption(i)),
        ]
        if look.page_credit:
            options.append((Role.CREDIT, 6.0))
        if look.ad > 0:
            options.append((Role.AD, 1.0 + 2.0 * look.ad))
        elif look.size <= 200 and (piece.gap == 0 or look.ad_words):
            options.append((Role.AD, -1.0 if look.ad_words else -3.5))
        if _may_head(look):
            options += [
                (Role.HEADLINE, self._headline(i)),
                (Role.HEADLINE_MORE, self._shape(i)),
            ]
        if look.byline > -3:
            options.append((Role.BYLINE, look.byline))
        if look.size <= 16 and not look.closed and not look.listed:
            options.append((Role.BANNER, self._banner(i)))
        return options

    def _headline(self, i: int) -> float:
        piece, geometry = self.pieces[i], self.geometry
        score = -1.0 + self._shape(i)
        score += self.cues[i] if self._tops_text(i) else 0.3 * self.cues[i] - 1.0
        if piece.text.startswith("—"):
            score -= 4.0  # a dash opens what stands under a headline
        if geometry.headline > geometry.paragraph:
            if piece.gap >= geometry.headline or i == 0:
                score += 1.5
            elif piece.gap <= geometry.paragraph:
                score -= 4.5 if piece.gap else 5.0
            else:
                score -= 1.5
        elif piece.gap > geometry.paragraph:
            score += 1.5
        elif piece.gap < geometry.paragraph and i:
            score -= 3.0
        else:
            announced = self.cues[i] >= 1 or _NOTICE.search(piece.text)
            score -= 0.0 if announced else 2.5
        return score

    def _shape(self, i: int) -> float:
        """How much a line is worded and set like a headline."""
        text, look = self.pieces[i].text, self.looks[i]
        score = 0.0
        if look.closed and text[-1] not in "!?)”』…":
            score -= 5.0
        if text[-1] in ",;:、":
            score -= 3.0
        score -= 4.0 * ("。" in text) + 2.0 * look.enumerated + 3.0 * look.signoff
        if _COLUMN_TAG.search(text) and not text.startswith("("):
            score += 2.5
        if text.startswith("("):
            score += 1.0 if look.size <= 8 and self.pieces[i].gap == 0 else -3.0
        if _NOTICE.search(text):
            score += 1.7
        if text.endswith("——"):
            score += 0.7
        if " " in text:
            score += 0.7
        if look.size <= 8 and _SECTION.search(text) and "图" not in text:
            score -= 1.5
        if look.size < 4 and not _NOTICE.search(text):
            score -= 1.5
        elif look.size >= 18:
            score += 0.9
        elif look.size >= 12:
            score += 0.4
        score -= 0.5 * ("," in text)
        if text[:1] in tuple(_NEVER_FIRST):
            score -= 2.0
        if look.byline > 1 or look.picture > 1:
            score -= 3.0
        if i and self.looks[i - 1].listed and look.size <= 12:
            score -= 3.0
        return score - max(0, look.size - 44) / 12

    def _banner(self, i: int) -> float:
        text, size = self.pieces[i].text, self.looks[i].size
        named = bool(_SECTION.search(text))
        score = -2.0 + 1.5 * named
        score += 1.0 if size <= 8 else 0.0 if named else -0.25 * (size - 8)
        score += 1.0 if self.pieces[i].gap_after else -2.5
        return score if named else score - 1.5 * self.cues[i]

    def _paragraph(self, i: int) -> float:
        look = self.looks[i]
        score = 1.0 if look.size >= 30 else 0.0
        if look.listed:
            score += 1.5
        if look.photo > 3 and not look.enumerated:
            score -= 1.5
        return score

    def _caption(self, i: int) -> float:
        look, piece = self.looks[i], self.pieces[i]
        score = -3.2 + look.picture
        if look.photo > 3:
            score += 5.5
        elif look.photo and piece.gap and piece.gap_after:
            score += look.photo
        elif self._block_signs(i):
            score += 4.5
        if look.size > 160:
            score -= 1.0
        if piece.gap and piece.gap_after and look.fresh > 2 and look.closed:
            score += 0.8
        if not look.closed and look.photo <= 3:
            score -= 1.0
        if look.dateline:
            score -= 3.0
        if self.geometry.paragraph == 0 and not (piece.gap and piece.gap_after):
            score -= 0.7
        return score

    def _block_signs(self, i: int) -> bool:
        """Whether the lines set together with this one end in a picture credit."""
        for j in range(i, min(i + 7, len(self.pieces) - 1)):
            if self.pieces[j + 1].gap:
                return False
            if self.looks[j + 1].photo > 3:
                return self.looks[j + 1].size <= 40
        return False

    # -- evidence of a piece after another

    def _steps(
        self, state: _State, role: Role, i: int
    ) -> Iterator[tuple[_State, float, bool]]:
        match role:
            case Role.HEADLINE:
                yield self._to_headline(state, i)
            case Role.HEADLINE_MORE:
                yield from self._to_more(state, i)
            case Role.BYLINE:
                yield from self._to_byline(state, i)
            case Role.PARAGRAPH:
                yield from self._to_paragraph(state, i)
            case Role.CONTINUATION:
                yield from self._to_continuation(state, i)
            case _:
                yield self._to_aside(state, role, i)

    def _left_over(self, state: _State) -> float:
        """The cost of headlines without a text, and of a text that breaks off."""
        return 5.0 * len(state.heads)

    def _breaking_off(self, state: _State) -> float:
        return self.looks[state.text].openness if state.text >= 0 else 0.0

    def _to_headline(self, state: _State, i: int) -> tuple[_State, float, bool]:
        step = 0.0
        heads = state.heads
        if state.in_body:
            step -= 4.0 * self._breaking_off(state) + self._left_over(state)
            if self.looks[state.text].signoff:
                step += 1.5
            step += self._turn(i) + self._announces(i)
            heads = ()
        elif not heads:
            step += 1.5  # nothing that it could be a part of
        else:
            step -= 2.0 if self.pieces[i].gap else 5.0
            if len(heads) > 2:
                step -= 4.0
        return _State(Role.HEADLINE, False, -1, (*heads, i)), step, False

    def _to_more(self, state: _State, i: int) -> Iterator[tuple[_State, float, bool]]:
        if state.role not in (Role.HEADLINE, Role.HEADLINE_MORE):
            return
        text = self.pieces[i].text
        before = self.pieces[i - 1].text
        step = 1.0 if self.pieces[i].gap == 0 else -2.5
        step -= 2.5 * (state.role is Role.HEADLINE_MORE)
        if text.startswith("——") or before.endswith("——"):
            step += 1.5
        yield _State(Role.HEADLINE_MORE, False, -1, state.heads), step, False

    def _to_byline(self, state: _State, i: int) -> Iterator[tuple[_State, float, bool]]:
        if not state.in_body:
            step = 1.0 if state.heads else -3.0
            step += self._under_headline(state, i)
            following = _State(Role.BYLINE, False, -1, state.heads)
            again = state.role is Role.BYLINE
            step -= again * (1.0 if self.looks[i].byline >= 4 else 4.0)
            yield following, step, False
        elif state.heads and state.role is not Role.BYLINE:
            step = 0.5 - 4.0 * self._breaking_off(state)
            if self.pieces[i].gap == 0:
                step -= 3.0
            following = _State(Role.BYLINE, True, -1, state.heads[1:])
            yield following, step, True

    def _to_paragraph(
        self, state: _State, i: int
    ) -> Iterator[tuple[_State, float, bool]]:
        look, piece = self.looks[i], self.pieces[i]
        if not state.in_body:
            step = 0.0 if state.heads else -2.5
            step += self._under_headline(state, i)
            yield _State(Role.PARAGRAPH, True, i, state.heads[1:]), step, False
            return
        odd_gap = piece.gap > self.geometry.paragraph and i > 0
        open_cost = 3.5 * max(0.0, self._breaking_off(state) - 0.15)
        if piece.gap == 0:
            open_cost = min(open_cost, 0.3)
        step = (
            -open_cost
            - 2.0 * (state.role is Role.AD)
            - 1.6 * odd_gap
            - 2.0 * look.dateline
        )
        step -= 1.0 * (odd_gap and look.size < 30 and not look.closed)
        if odd_gap and self._opens_stanza(i):
            step += 2.6
        yield _State(Role.PARAGRAPH, True, i, state.heads), step, False
        if state.heads and state.text >= 0:
            step = -1.0 - 4.0 * self._breaking_off(state) + 4.0 * look.dateline
            step += 2.0 * odd_gap - 6.0 * (piece.gap == 0)
            step -= 2.0 * (look.size < 30 and not look.closed)
            step += self._kinship(state.heads[0], i) + self._turn(i - 1)
            yield _State(Role.PARAGRAPH, True, i, state.heads[1:]), step, True

    def _opens_stanza(self, i: int) -> bool:
        """Whether a line comes after lines of verse and is one."""
        lines = self.looks[max(0, i - 2) : i + 1]
        return len(lines) == 3 and all(l.size < 16 and not l.closed for l in lines)

    def _under_headline(self, state: _State, i: int) -> float:
        """Whether the space below a headline is what this page leaves there."""
        if state.role not in (Role.HEADLINE, Role.HEADLINE_MORE):
            return 0.0
        gap, usual = self.pieces[i].gap, self.geometry.after_headline
        return 0.8 if gap >= usual else -3.5

    def _turn(self, i: int) -> float:
        """Whether the text after a piece speaks of other things than that before it."""
        if i not in self.turns:
            before = frozenset().union(*self.triples[max(0, i - 4) : i])
            after = frozenset().union(*self.triples[i + 1 : i + 5])
            known = len(before) > 30 and len(after) > 30
            shared = min(len(before & after), 7)
            self.turns[i] = _TURNS[shared] if known else 0.0
        return self.turns[i]

    def _announces(self, i: int) -> float:
        """Whether a line's words are those of the text after it, not before it."""
        head = self.grams[i]
        after = frozenset().union(*self.grams[i + 1 : i + 4])
        before = frozenset().union(*self.grams[max(0, i - 4) : i])
        shared = len(head & after) - len(head & before)
        return 1.2 if shared >= 6 else -0.8 if shared <= 1 else 0.0

    def _kinship(self, head: int, i: int) -> float:
        """Whether a text from here on speaks of what a headline further up says."""
        shared = self.grams[head] & frozenset().union(*self.grams[i : i + 3])
        return min(3.0, 0.6 * len(shared)) - 0.6

    def _to_continuation(
        self, state: _State, i: int
    ) -> Iterator[tuple[_State, float, bool]]:
        if not state.in_body or state.text < 0:
            return
        step = self._cohesion(state.text, i)
        yield _State(Role.CONTINUATION, True, i, state.heads), step, False

    def _to_aside(
        self, state: _State, role: Role, i: int
    ) -> tuple[_State, float, bool]:
        step = 0.0
        if role is Role.CAPTION and state.role is Role.CAPTION:
            step += 2.0 if self.pieces[i].gap == 0 else 0.5
        elif role is Role.CAPTION and self.pieces[i].gap == 0 and i:
            step -= 2.0
        if role is Role.CAPTION and state.heads and not state.in_body:
            step -= 1.5
        if role is Role.AD:
            if state.role is Role.AD:
                step += 3.0 if self.pieces[i].gap == 0 else 0.0
            elif (self.pieces[i].gap == 0 and i) or self.looks[i].ad <= 0:
                step -= 8.0
        if role is Role.BANNER:
            step += 1.5 if state == _START or state.role is Role.BANNER else -2.5
            step -= 2.0 * self._breaking_off(state)
        return _State(role, state.in_body, state.text, state.heads), step, False

    # -- does a text run on over a gap?

    def _cohesion(self, left: int, right: int) -> float:
        key = (left, right)
        if key not in self.cohesions:
            self.cohesions[key] = self._weigh_cohesion(left, right)
        return self.cohesions[key]

    def _weigh_cohesion(self, left: int, right: int) -> float:
        a, b = self.pieces[left].text, self.pieces[right].text
        look, after = self.looks[left], self.looks[right]
        if look.openness < 0.1:
            return -5.0
        score = 3.0 * look.openness - 1.0
        score += 2.5 if _word_crosses(a, b) else -0.7
        score += 1.0 if self.pairs[a[-1] + b[0]] > 0 else 0.0
        score += 1.5 * (b[0] in _NEVER_FIRST) + 1.0 * (a[-1] in _NEVER_LAST)
        score -= after.fresh + 4.0 * after.dateline + 2.0 * after.enumerated
        score -= 3.0 * (after.listed or after.photo > 3 or after.byline > 3)
        score -= 1.0 * (look.size <= 12)
        score += 0.5 if after.closed else -0.3
        if right == left + 1 and self.pieces[right].gap == 0:
            score -= 0.5 if look.numbered and not after.enumerated else 4.0
        return score


_HAN_RUN = re.compile(f"[{_HAN}]+")


def _pairs_of(pieces: tuple[Piece, ...]) -> Counter[str]:
    pairs: Counter[str] = Counter()
    for piece in pieces:
        pairs.update(map("".join, pairwise(piece.text)))
    return pairs


def _grams(text: str, length: int) -> frozenset[str]:
    """Runs of that many Han characters, of the beginning of a text."""
    return frozenset(
        run[i : i + length]
        for run in _HAN_RUN.findall(text[:400])
        for i in range(len(run) - length + 1)
    )


def _word_crosses(a: str, b: str) -> bool:
    tail, head = a[-8:], b[:8]
    cut = len(tail)
    return any(term.start < cut < term.end for term in terms.index_terms(tail + head))
