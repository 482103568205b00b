"""Which runs in marks are said by somebody, told from terms, slogans and titles.

Knows what may be speech by its size and its marks, and weighs what stands around and
inside it; a cue is what `reporting` finds. Who speaks is for `quotes`.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from indexer.clauses import BLANK, sentence_start
from indexer.marks import MARKS, outer_runs
from indexer.names import HAN
from indexer.reporting import Cue


class Marked(Struct, frozen=True):
    """What marks enclose: text[start:end]; `closed` is False where the paragraph ends
    before a mark does."""

    start: int
    end: int
    closed: bool

    @property
    def behind(self) -> int:
        return self.end + self.closed


class Speech(Struct, frozen=True):
    """A marked run with what stands around it: the cue in its sentence before it, if
    `near` right before it, the cue behind it, and the beginning of its sentence."""

    start: int  # of what is marked
    mark: Marked
    sentence: int
    bare: int  # where the text in front ends, without the marks between
    colon: bool
    before: Cue | None
    near: bool
    after: Cue | None
    opens: bool


def marks_in(body: str) -> list[Marked]:
    """What stands in marks and may be said, in order: most of it are terms, which are
    known by their size.

    >>> marks_in("他说：“好！”这叫“共赢”")
    [Marked(start=4, end=6, closed=True)]
    """
    return [
        Marked(start, end, body[end : end + 1] not in ("", "\n"))
        for start, end in outer_runs(body)
        if end - start > _TERM
        or body[start - 2 : start - 1] in _LEADING
        or _SENTENCE_MARK.search(body, start, end)
    ]


def marks_in_each(bodies: Sequence[str]) -> list[list[Marked]]:
    """What stands in marks and may be said in each of several bodies, looked for in all
    at once: in a third of the time that a call each takes.

    >>> marks_in_each(["他说：“好！”这叫“共赢”", "‘不"])
    [[Marked(start=4, end=6, closed=True)], []]
    """
    joined = "\n".join([*bodies, ""])
    firsts = np.cumsum([0, *(len(body) + 1 for body in bodies)])
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4")
    kinds = _character_kinds().take(codes, mode="clip")
    places = (kinds > 0).nonzero()[0]
    held = kinds.take(places)
    marks, lines, stops = (places[held & bit > 0] for bit in (_MARK, _LINE, _STOPS))
    line = lines.searchsorted(marks)
    pairs = line[:-1] == line[1:]
    pairs &= kinds[marks[:-1]] & _OPENS > 0
    pairs &= kinds[marks[1:]] & _CLOSES > 0
    starts, ends = marks[:-1][pairs] + 1, marks[1:][pairs]
    spoken = ends - starts > _TERM
    spoken |= kinds[starts - 2] & _LEADS > 0
    spoken |= stops.searchsorted(starts) < stops.searchsorted(ends)
    spoken &= starts < ends
    # Nearly all have no marks but pairs of “ and ”; the others are read mark by mark.
    counts = np.diff([each.searchsorted(firsts) for each in (marks, starts)])
    odd = counts[0] != 2 * counts[1]
    found = [marks_in(body) if odd[n] else [] for n, body in enumerate(bodies)]
    owners = firsts.searchsorted(starts, side="right") - 1
    spoken &= ~odd[owners]
    owners, starts, ends = owners[spoken], starts[spoken], ends[spoken]
    bases = firsts[owners]
    for owner, start, end in zip(
        owners.tolist(), (starts - bases).tolist(), (ends - bases).tolist(), strict=True
    ):
        found[owner].append(Marked(start, end, True))
    return found


def without_speech(body: str, marks: Iterable[Marked]) -> str:
    """The body with what may be speech in marks blanked out, its length kept.

    >>> without_speech("他说：“好！”", [Marked(4, 6, True)])
    '他说：“\\x00\\x00”'
    """
    parts, at = [], 0
    for mark in marks:
        inner = body[mark.start : mark.end]
        if len(inner) > 14 or _SENTENCE_MARK.search(inner):
            parts += [body[at : mark.start], BLANK * len(inner)]
            at = mark.end
    return "".join([*parts, body[at:]]) if parts else body


def may_speak(body: str, mark: Marked) -> bool:
    """Whether somebody may say what is marked, whatever else stands around it: not most
    of what is printed as a part of its sentence (学习“两山”重要思想活动).

    >>> may_speak("开展“我们的节日在哪里”活动", Marked(3, 12, True))
    False
    """
    if _stops(inner := body[mark.start : mark.end]):
        return True
    lead, behind = _around(body, mark)
    colon = not _COLONS.isdisjoint(lead[-4:])
    score = _weight(inner, lead, behind, mark, stops=False, colon=colon)
    if colon:
        score += _SAID_NEAR
    elif _after_comma(lead):
        score += _COMMA_NEAR
    else:
        score += _CUED_END if _ends(behind) else _CUE_NEAR
    if mark.start == 1 or body[mark.start - 2] in _BEFORE_SPEECH:
        score += _SPLIT if behind[:1] in _COMMAS else _CUE_BEHIND
    return score > 0


def speech_in(
    body: str, told: str, marks: Iterable[Marked], cues: Sequence[Cue]
) -> list[Speech]:
    """Those of a body's marked runs that somebody says, in order, of those that may
    speak; `told` is the body without speech, in which the cues stand."""
    found: list[Speech] = []
    starts = [cue.start for cue in cues]
    for mark in marks:
        speech = _framed(told, mark, cues, starts)
        joins = bool(found) and found[-1].mark.behind == mark.start - 1
        if _score(body, speech, joins=joins) > 0:
            found.append(speech)
    return found


def _framed(
    told: str, mark: Marked, cues: Sequence[Cue], starts: Sequence[int]
) -> Speech:
    open_at = mark.start - 1
    lead = told[max(0, open_at - 4) : open_at]
    ended = lead.rstrip(_SPACES)
    ended = (ended if ended.endswith(("：", ":")) else lead).rstrip(_SEPARATORS)
    bare = open_at - len(lead) + len(ended)
    colon = not _COLONS.isdisjoint(told[bare:open_at])
    sentence = sentence_start(told, bare) if bare else 0
    number = bisect_left(starts, bare) - 1
    before = cues[number] if number >= 0 else None
    if before and (before.start < sentence or before.end > bare):
        before = None
    gap = told[before.end : bare] if before else ""
    near = before is not None and len(gap) <= 14 and not _BREAK.search(gap)
    opens = open_at == 0 or told[open_at - 1] in _BEFORE_SPEECH
    after = _after(told, mark.behind, cues, starts)
    return Speech(mark.start, mark, sentence, bare, colon, before, near, after, opens)


def _after(
    told: str, behind: int, cues: Sequence[Cue], starts: Sequence[int]
) -> Cue | None:
    number = bisect_left(starts, behind)
    if number == len(cues):
        return None
    cue = cues[number]
    gap = told[behind : cue.start]
    if len(gap) > 60 or _FAR.search(gap) or gap.startswith("的"):
        return None
    return cue


# Kinds of characters, in bits.
_MARK, _OPENS, _CLOSES, _LINE, _STOPS, _LEADS = (1 << bit for bit in range(6))


@cache
def _character_kinds() -> NDArray[np.uint8]:
    """The kinds of each character."""
    kinds = np.zeros(1 << 16, np.uint8)
    for bit, characters in (
        (_MARK, MARKS),
        (_OPENS, "“"),
        (_CLOSES, "”"),
        (_LINE, "\n"),
        (_STOPS, _SENTENCE_MARKS),
        (_LEADS, _LEADING),
    ):
        kinds[[ord(character) for character in characters]] |= bit
    return kinds


_TERM = 7  # characters of a term at most; longer ones are weighed
_LEADING = ("：", ":", "，", ",", "—")
_COLONS = frozenset("：:")
_COMMAS = ("，", ",")
_BEFORE_SPEECH = "\n。！？”…』」"
_SEPARATORS = "，,：: 　—"
_SPACES = "\n\r 　"  # what is said may begin a paragraph behind its colon
_BREAK = re.compile(f"[，,。；：:！？、{BLANK}]")
_FAR = re.compile(f"[。！？；\n{BLANK}]")
_SENTENCE_MARKS = "。！？!?；…，,："
_SENTENCE_MARK = re.compile(f"[{_SENTENCE_MARKS}]")
_HAN = re.compile(f"[{HAN}]")
STOP_END = "。！？!?…"
INNER = "’』」)）"  # what may stand behind the last stop of speech
SPOKEN_END = STOP_END + "，,—"  # speech that is split by its speaker ends in a comma
_STOP_INSIDE = re.compile(f"[{STOP_END}](?s:.)")
_PERSONAL = re.compile("[我你您咱俺]")
_PARTICLE = re.compile("[吧呢吗啊嘛呀啦哦]|[了的][。！？]?$")
_NAMING = (
    *"叫和与及或的了从到是为、《以按",
    *("所谓", "称为", "称作", "称之为", "叫做", "名为", "题为", "誉为", "被称", "号称"),
    *("简称", "俗称", "主题是", "主题为", "口号", "标语", "横幅", "写着", "印着"),
    *("挂着", "方针", "原则", "坚持", "实施", "开展", "围绕", "按照", "根据", "成为"),
    *("当作", "这个", "一个", "提出", "荣获", "获得", "举办", "启动", "打造", "推进"),
    *("落实", "推动", "发挥", "实现"),
)
# What stands before a colon and what is not said behind it: 修改为, 一副对联.
_UNSAID = (
    *("改为", "整为", "原为", "案为", "作为", "条为", "件为", "称为"),
    *("名为", "排为", "主题", "口号", "标语", "横批", "对联", "春联"),
    *("横幅", "歌词", "上题", "题签", "例如", "比如"),
)
# What tells of a saying or a term what it is: “以我为主”，就是….
_DEFINING = ("，就是", "，即", "，意味", "，是指", "就是", "是指", "指的")
_NOUNS = re.compile(
    "(?:的|等|、|[“「『]|为|方针|原则|活动|工程|政策|战略|计划|理念|精神|模式|制度|机制|称号|口号|标语|主题|"
    "格局|体系|行动|项目|建设|问题|现象|方案|字样|之|式|型|和|与|及|[是将已被让使])"
)


def _score(body: str, speech: Speech, *, joins: bool) -> float:
    """The evidence that what stands in marks is said by somebody; 0 is even odds.
    `joins` if it follows other speech at once."""
    mark, cue = speech.mark, speech.before
    inner = body[mark.start : mark.end]
    lead, behind = _around(body, mark)
    stops = _stops(inner)
    score = _weight(inner, lead, behind, mark, stops=stops, colon=speech.colon)
    if speech.colon:
        near = cue if speech.near else None
        score += _colon(near) if near else _label(lead)
    elif cue and speech.near:
        score += _COMMA_NEAR if _after_comma(lead) else _CUE_NEAR
    elif cue:
        score += _CUED_END if _ends(behind) else 1.5
        if not stops and "，" not in inner:
            score -= 1.0
    if joins and stops:
        score += 2.5
    if speech.opens or (speech.after and stops):
        if speech.after:
            score += _SPLIT if stops or behind[:1] in _COMMAS else _CUE_BEHIND
        if stops and speech.opens:
            score += 2.0
    return score


def _colon(cue: Cue) -> float:
    """What a cue is worth right in front of a colon: more if it only says (说, 问道)
    than if it tells what is said, which may be a term (提出, 指出)."""
    return _SAID_NEAR if cue.word[-1] in _SAYING else _COLON_NEAR


def _label(lead: str) -> float:
    """What the words before a colon are worth that are no cue."""
    label = lead.rstrip(_SPACES + "：:")
    return -0.5 if label.endswith(_UNSAID) else 2.5


# What cues near marks are worth at most, those in front and those behind.
_SAID_NEAR, _COLON_NEAR, _COMMA_NEAR, _CUED_END, _CUE_NEAR = 6.5, 5.0, 4.0, 3.0, 2.0
_SAYING = frozenset("说道问答喊曰叫")
_SPLIT, _CUE_BEHIND = 3.0, 1.0


def _around(body: str, mark: Marked) -> tuple[str, str]:
    """What stands in front of marks and behind them."""
    return (
        body[max(0, mark.start - 9) : mark.start - 1],
        body[mark.behind : mark.behind + 3],
    )


def _stops(inner: str) -> bool:
    return (inner.rstrip(INNER) or inner)[-1] in SPOKEN_END


def _after_comma(lead: str) -> bool:
    return lead.rstrip()[-1:] in _COMMAS


def _ends(behind: str) -> bool:
    return behind[:1] in ("。", "；", "\n", "")


def _weight(
    inner: str, lead: str, behind: str, mark: Marked, *, stops: bool, colon: bool
) -> float:
    """What speaks for speech besides cues: its form, and what touches its marks."""
    score = -3.0 + _inside(inner, stops=stops)
    if stops:
        score += 1.0 if behind[:1] in ("", "\n") else 0.0
        score += 2.0 if lead[-1:] in _COMMAS else 0.0
        # No term ends so, speech that its speaker splits does.
        score += 2.0 if inner.endswith(_COMMAS) else 0.0
    elif len(inner) <= 7:
        score -= 1.0
    if not mark.closed and len(inner) > 10:
        score += 1.0
    if not colon and lead.endswith(_NAMING):
        score -= 2.0
    if not stops and behind.startswith(_DEFINING):
        score -= 3.0
    elif not stops and _NOUNS.match(behind):
        score -= 2.5
    elif not stops and (not colon or len(inner) <= 7) and _HAN.match(behind):
        score -= 1.5
    return score


def _inside(inner: str, *, stops: bool) -> float:
    size = len(inner)
    score = -2.0 if size <= 4 else -1.0 if size <= 7 else 0.5 if size >= 12 else 0.0
    score += 1.5 if stops else 0.0
    score += 1.0 if _STOP_INSIDE.search(inner) else 0.0
    score += 0.7 if "，" in inner[:-1] or "," in inner[:-1] else 0.0
    score += 1.0 if _PERSONAL.search(inner) else 0.0
    return score + (0.7 if _PARTICLE.search(inner) else 0.0)
