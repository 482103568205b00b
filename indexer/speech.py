"""Which runs in marks are said by somebody, told from terms, slogans and titles.

Knows what may be speech by its size and its marks, and weighs what stands around and
inside it; a cue is what `reporting` finds. Who speaks is for `quotes`.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from msgspec import Struct

from indexer.clauses import BLANK, sentence_start
from indexer.marks import outer_runs
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
        or body[start - 2 : start - 1] in _LEADS
        or _SENTENCE_MARK.search(body, start, end)
    ]


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
    bare = open_at - len(lead) + len(lead.rstrip(_SEPARATORS))
    colon = any(mark in "：:" for mark in told[bare:open_at])
    sentence = sentence_start(told, bare) if bare else 0
    number = bisect_left(starts, bare) - 1
    before = cues[number] if number >= 0 else None
    if before and (before.start < sentence or before.end > bare):
        before = None
    gap = told[before.end : bare] if before else ""
    near = before is not None and len(gap) <= 14 and not _BREAK.search(gap)
    opens = open_at == 0 or told[open_at - 1] in "\n。！？”…』」"
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


_TERM = 7  # characters of a term at most; longer ones are weighed
_LEADS = frozenset("：:，,—")
_SEPARATORS = "，,：: 　—"
_BREAK = re.compile(f"[，,。；：:！？、{BLANK}]")
_FAR = re.compile(f"[。！？；\n{BLANK}]")
_SENTENCE_MARK = re.compile("[。！？!?；…，,：]")
_HAN = re.compile(f"[{HAN}]")
STOP_END = "。！？!?…"
INNER = "’』」)）"  # what may stand behind the last stop of speech
SPOKEN_END = STOP_END + "，,—"  # speech that is split by its speaker ends in a comma
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
_NOUNS = re.compile(
    "(?:的|等|、|[“「『]|为|方针|原则|活动|工程|政策|战略|计划|理念|精神|模式|制度|机制|称号|口号|标语|主题|"
    "格局|体系|行动|项目|建设|问题|现象|方案|字样|之|式|型|和|与|及|[是将已被让使])"
)


def _score(body: str, speech: Speech, *, joins: bool) -> float:
    """The evidence that what stands in marks is said by somebody; 0 is even odds.
    `joins` if it follows other speech at once."""
    mark = speech.mark
    inner = body[mark.start : mark.end]
    lead = body[max(0, mark.start - 9) : mark.start - 1]
    behind = body[mark.behind : mark.behind + 3]
    stops = (inner.rstrip(INNER) or inner)[-1] in SPOKEN_END
    score = -3.0 + _inside(inner, stops=stops)
    if speech.colon:
        score += 5.0 if speech.before and speech.near else 2.5
    elif speech.before and speech.near:
        comma = lead.rstrip()[-1:] in ("，", ",")
        score += 4.0 if comma else 2.0
    elif speech.before:
        score += 3.0 if behind[:1] in ("。", "；", "\n", "") else 1.5
        if not stops and "，" not in inner:
            score -= 1.0
    if joins and stops:
        score += 2.5
    if stops and behind[:1] in ("", "\n"):
        score += 1.0
    if stops and lead[-1:] in ("，", ","):
        score += 2.0
    if inner.endswith(("，", ",")):
        score += 2.0  # no term ends so, speech that its speaker splits does
    if speech.opens or (speech.after and stops):
        if speech.after:
            score += 3.0 if stops or behind[:1] in ("，", ",") else 1.0
        if stops and speech.opens:
            score += 2.0
    if not mark.closed and len(inner) > 10:
        score += 1.0
    if not stops and len(inner) <= 7:
        score -= 1.0
    if not speech.colon and lead.endswith(_NAMING):
        score -= 2.0
    if not stops and _NOUNS.match(behind):
        score -= 2.5
    elif not stops and not speech.colon and _HAN.match(behind):
        score -= 1.5
    return score


def _inside(inner: str, *, stops: bool) -> float:
    size = len(inner)
    score = -2.0 if size <= 4 else -1.0 if size <= 7 else 0.5 if size >= 12 else 0.0
    score += 1.5 if stops else 0.0
    score += 1.0 if any(mark in inner[:-1] for mark in STOP_END) else 0.0
    score += 0.7 if "，" in inner[:-1] or "," in inner[:-1] else 0.0
    score += 1.0 if _PERSONAL.search(inner) else 0.0
    return score + (0.7 if _PARTICLE.search(inner) else 0.0)
