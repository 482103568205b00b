"""The printed lines of a headline → kicker (引题), headline (主题), deck (副题).

Knows which spaces in a headline are set on purpose and which are left by a column's
measure, how a dash, a column's name in brackets or a person's name divides a headline,
and leaves undivided what nothing divides. `pages` asks it; offsets are the page's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from indexer import names, terms
from indexer.archive import Span
from indexer.names import HAN


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a headline; a space that the print left by accident is taken out, so a
    part may have several spans."""

    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline's parts. All of it is `headline` where nothing tells the parts apart;
    `sure` is False where several lines or clauses were left undivided."""

    kicker: Part | None
    headline: Part
    deck: Part | None
    sure: bool


def parse_headline(text: str, lines: Sequence[Span]) -> Headline:
    """The headline printed in these lines of a page's `text`.

    >>> page = "市人大代表、临江织造有限公司 董事长沈小舟 一根丝织出新产业"
    >>> parsed = parse_headline(page, [Span(0, len(page))])
    >>> parsed.kicker.text, parsed.headline.text
    ('市人大代表、临江织造有限公司董事长沈小舟', '一根丝织出新产业')
    """
    clauses = _clauses(text, lines)
    head, deck = _cut_deck(clauses)
    kicker, main, sure = _cut_kicker(head)
    return Headline(
        _part(text, kicker), _part(text, main) or Part("", ()), _part(text, deck), sure
    )


# --- clauses: runs of print with a space or line end behind them that is meant ------

_WIDE: Final = "wide"  # inside one line of a headline
_NARROW: Final = "narrow"  # between parts, where a page prints them on one line
_LINE: Final = "line"


@dataclass(frozen=True, slots=True)
class _Clause:
    spans: tuple[Span, ...]
    text: str
    gap: str  # what stands before it


_SPACES = re.compile(r"\s+")


def _clauses(text: str, lines: Sequence[Span]) -> tuple[_Clause, ...]:
    clauses: list[_Clause] = []
    for line in lines:
        gap, at = _LINE, line.start
        bounds = [
            *_SPACES.finditer(text, line.start, line.end),
            re.compile("$").match(text, line.end, line.end),
        ]
        for bound in bounds:
            if bound is None:
                continue
            run = Span(at, bound.start())
            word = text[run.start : run.end]
            if (
                word
                and clauses
                and gap != _LINE
                and _accidental(clauses[-1], word, gap)
            ):
                last = clauses[-1]
                clauses[-1] = _Clause((*last.spans, run), last.text + word, last.gap)
            elif word:
                clauses.append(_Clause((run,), word, gap))
            gap = _NARROW if bound.group() == " " else _WIDE
            at = bound.end()
    return tuple(clauses)


_CLOSING: Final = ",，、。：:；;！!？?”’》）)」』】—"
_OPENING: Final = "“‘《（(「『【—、，"
_BODY_BEFORE = re.compile(
    "(?:大会|会议|委员会|公司|集团|大学|学院|医院|学校|协会|政府|法院|银行|中心|局|厅|部)$"
)
_BODY_AFTER = re.compile(
    "第[一二三四五六七八九十百〇零\\d]+[届次号]|(?:副?(?:董事长|总经理|经理|主任|书记|院长|校长|局长|厅长|会长|行长|社长|主席|秘书长|教授|研究员))|\\S{0,16}(?:名单|议程|日程|公告|决议)$"
)
_BINDS_BACK: Final = "的了着过"


def _accidental(before: _Clause, word: str, gap: str) -> bool:
    """Whether the space between was left by the measure and is not meant."""
    left, right = before.text, word
    if (
        right[0] in _CLOSING[:-1]
        or left[-1] in _OPENING[:-3] + "、"
        or right[0] in _BINDS_BACK
    ):
        return True
    if left[-1] == right[0] == "—" and not left.endswith("——"):
        return True
    if _TAG.fullmatch(right):
        return True  # a column's name is no part of its own
    if _unbalanced(left):
        return gap == _NARROW
    if gap == _WIDE:
        return len(left) == 1 and len(right) == 1
    if _crossed_by_word(left, right):
        return True
    return bool(_BODY_BEFORE.search(left) and _BODY_AFTER.match(right))


def _unbalanced(text: str) -> bool:
    return any(
        text.count(a) > text.count(b) for a, b in ("“”", "《》", "（）", "()", "「」")
    )


def _crossed_by_word(left: str, right: str) -> bool:
    tail, head = left[-8:], right[:8]
    cut = len(tail)
    return any(t.start < cut < t.end for t in terms.index_terms(tail + head))


# --- parts --------------------------------------------------------------------------

_TAG = re.compile(r"[（(][^()（）]{2,24}[)）]$")
_SAYS = re.compile(
    "(?:强调|指出|表示|要求|提出|透露|认为|提醒|宣布|显示|介绍|建议|呼吁)(?:时)?[:：]?$|[:：]$"
)
_LABEL: Final = 6  # characters; a column's name is a word or two
_NUMBER_TAG = re.compile(r"[（(]第?[一二三四五六七八九十百\d]{1,4}[号期版][)）]")
_TITLE = re.compile(
    "(?:代表|委员|长|主任|书记|主席|记者|经理|教授|院士|医师|教师|师|员|家|手|人|主|工|匠|总)$"
)


def _cut_deck(
    clauses: tuple[_Clause, ...],
) -> tuple[tuple[_Clause, ...], tuple[_Clause, ...]]:
    """What a dash opens is a deck, unless it opens the headline."""
    for index, clause in enumerate(clauses):
        if index and clause.text.startswith("——"):
            return clauses[:index], clauses[index:]
    if len(clauses) > 1 and _NUMBER_TAG.fullmatch(clauses[-1].text):
        return clauses[:-1], clauses[-1:]
    blocks = _block_starts(clauses)
    for start in reversed(blocks):
        if start and _TAG.search(clauses[start - 1].text):
            return clauses[:start], clauses[start:]
    return clauses, ()


def _cut_kicker(
    clauses: tuple[_Clause, ...],
) -> tuple[tuple[_Clause, ...], tuple[_Clause, ...], bool]:
    for index, clause in enumerate(clauses[:-1], start=1):
        if clause.text.endswith("——"):
            return clauses[:index], clauses[index:], True
    starts = [start for start in _block_starts(clauses) if start]
    if not starts:
        return (), clauses, True
    for start in starts:
        if _names_person(clauses[start - 1].text):
            return clauses[:start], clauses[start:], True
    if _is_label(clauses, starts[0]):
        return clauses[: starts[0]], clauses[starts[0] :], True
    opening = clauses[starts[0] - 1].text
    if _SAYS.search(opening):
        return clauses[: starts[0]], clauses[starts[0] :], True
    # A column's name stands behind the headline proper.
    if _TAG.search(clauses[-1].text) and len(opening) >= 4:
        first = starts[0]
        return clauses[:first], clauses[first:], True
    return (), clauses, False


def _is_label(clauses: tuple[_Clause, ...], start: int) -> bool:
    """Whether a short line above a longer one names a column: 读书, 来信照登."""
    label, title = clauses[:start], clauses[start]
    return (
        len(label) == 1
        and title.gap == _LINE
        and len(label[0].text) <= _LABEL
        and 3 * len(label[0].text) <= 2 * len(title.text)
        and not _crossed_by_word(label[0].text, title.text)
    )


def _block_starts(clauses: tuple[_Clause, ...]) -> list[int]:
    """Where a part may begin: at a line, or at a narrow space where parts stand on one
    line."""
    return [i for i, clause in enumerate(clauses) if clause.gap in (_LINE, _NARROW)]


def _names_person(text: str) -> bool:
    """Whether a clause ends in a person's name behind a title: 市人大代表许晓荷."""
    match = re.search(f"[{HAN}·]{{2,}}$", text)
    if match is None:
        return False
    tail = match.group()
    return any(
        _TITLE.search(text[: len(text) - size]) and names.name_score(tail[-size:]) > 0
        for size in (2, 3, 4)
        if size < len(text) and size <= len(tail)
    )


def _part(text: str, clauses: tuple[_Clause, ...]) -> Part | None:
    """The clauses as one text, meant spaces as printed, line ends as a space."""
    if not clauses:
        return None
    spans = list(clauses[0].spans)
    words = [clauses[0].text]
    for clause in clauses[1:]:
        first, *rest = clause.spans
        if clause.gap == _LINE:
            words.append(" " + clause.text)
            spans.append(first)
        else:
            words.append(text[spans[-1].end : first.start] + clause.text)
            spans[-1] = Span(spans[-1].start, first.end)
        spans.extend(rest)
    return Part("".join(words), tuple(spans))
