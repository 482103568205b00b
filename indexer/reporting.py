"""Words that report speech (说, 表示, 问道), and what each introduces.

Knows `speech_cues.txt`: which words tell a statement, which only quoted words, and
which longer words hold one of them and report nothing (小说); and where a statement
without marks begins and ends. Used by `quotes`.
"""

import itertools
import re
from collections.abc import Iterable
from functools import cache
from typing import Literal

from msgspec import Struct

from indexer.wordlists import any_of, rows_of


class Cue(Struct, frozen=True):
    """A word that reports speech, and where the statement without marks begins and ends
    that it introduces, (-1, -1) where there is none."""

    start: int
    end: int
    word: str
    told: tuple[int, int]


def telling_words() -> list[str]:
    """The words that may introduce a statement."""
    return [text for text, word in _words().items() if word.kind != "quote"]


def find_cues(text: str, places: Iterable[int] | None = None) -> list[Cue]:
    """The words of a text that report speech, in print order. Where no words stand in
    marks, only those that introduce a statement are asked for: `places` (ascending) are
    where these may begin.

    >>> text = "他在小说里写道，书记指出过。王岚说明情况后说，桥已经通了"
    >>> [(cue.word, cue.told) for cue in find_cues(text)]
    [('写道', (-1, -1)), ('指出', (-1, -1)), ('说', (23, 28))]
    >>> [cue.word for cue in find_cues(text, range(len(text)))]
    ['说']
    """
    if places is None:
        matches: Iterable[re.Match[str] | None] = _any_cue().finditer(text)
    else:
        matches = map(_telling_cue().match, itertools.repeat(text), places)
    words = _words()
    found, behind = [], 0
    for cue in filter(None, matches):
        _, (start, end), (_, last), (_, pause), told = cue.regs
        if start < behind:
            continue
        behind = end
        word = words[text[start:last]]
        before = text[start - 1]
        if (
            word.kind == "quote"
            or (word.kind == "pause" and pause < 0)
            or before in _DENIED
            or (before == "人" and text[start - 2] in _CAUSED)
            or (before in _REFUSAL and text[start - 2 : start] in _REFUSED)
        ):
            if places is not None:
                continue
            told = _NOTHING
            if word.short and text[end : end + 1] not in _PAUSES:
                continue
        longer, after = word.longer, text[last : last + 1]
        if (before in longer and _is_part(text, start, longer[before])) or (
            after in longer and _is_part(text, start, longer[after])
        ):
            continue
        found.append(Cue(start, end, text[start:end], told))
    return found


class _Word(Struct, frozen=True):
    """A word that reports speech: what it may introduce (a statement, one only behind a
    pause, or nothing but quoted words), and longer words that hold it and report
    nothing, with where they do, by the character before it, or behind it where they
    begin with it."""

    kind: Literal["tell", "pause", "quote"]
    short: bool
    longer: dict[str, list[tuple[str, int]]]


# Nobody says it: 没说, or it is what moves somebody to: 令人相信.
_DENIED = frozenset("没未不别被可应能所要将的需者受难敢令")
_CAUSED = "令让使"
_REFUSED = frozenset(
    ("没有", "拒绝", "从未", "并未", "尚未", "不想", "不愿", "无法", "如果")
)
_REFUSAL = frozenset(word[-1] for word in _REFUSED)
_NOTHING = (-1, -1)
# Cues of one character that begin too many other words: 道外区, 笑容, 叫好.
_SHORT = frozenset("道笑哭写叫答念夸曰嚷吼骂唱")
_PAUSES = frozenset("：:，,。“「『着了")
_TOLD = "记者|我们|大家|我|(?:广大)?(?:市民|群众|村民|居民|消费者|游客|旅客|家长|网友)"
_PAUSE = f"((?:[了过]?(?:本报|本台|晚报|日报)?(?:{_TOLD}))?[，,：:])"
_SAID = (
    "([^，,：:。！？!?\n](?:[^。！？!?\n]{4,}[。！？!?]?|[^。！？!?\n]{3}[。！？!?]))"
)
_STATEMENT = f"(?:{_PAUSE}|(?![，,：:、了过着的地得这那会等与和者人书说道称])){_SAID}"


def _is_part(text: str, place: int, longer: list[tuple[str, int]]) -> bool:
    """Whether one of the longer words that hold a word stands around its place; one in
    的 (指出的问题) does not in front of a pause (正如方静指出的，)."""
    for word, offset in longer:
        first = place - offset
        if first >= 0 and text.startswith(word, first):
            behind = first + len(word)
            return word[-1] != "的" or text[behind : behind + 1] not in _PAUSES
    return False


@cache
def _words() -> dict[str, _Word]:
    rows = rows_of("speech_cues.txt")
    every = (*rows["pass"], *rows["quote"])
    return {
        word: _Word(kind, word in _SHORT, _longer(word, every))
        for kind in ("tell", "pause", "quote")
        for word in rows[kind]
    }


def _longer(word: str, every: Iterable[str]) -> dict[str, list[tuple[str, int]]]:
    longer: dict[str, list[tuple[str, int]]] = {}
    for each in every:
        place = each.find(word)
        if place >= 0 and each != word:
            beside = each[place - 1] if place else each[len(word)]
            longer.setdefault(beside, []).append((each, place))
    return longer


@cache
def _telling_cue() -> re.Pattern[str]:
    """A word that introduces a statement, and this."""
    return re.compile(f"(?>{_cue(telling_words())}){_STATEMENT}")


@cache
def _any_cue() -> re.Pattern[str]:
    """A word that reports speech, and the statement behind it where one is."""
    return re.compile(f"{_cue(_words())}(?:(?={_STATEMENT}))?")


def _cue(words: Iterable[str]) -> str:
    """A word in all and with what belongs to it: 回忆|说."""
    return f"(({any_of(words)})(?:(?<=..)[说道称](?!明|法|服|为|作))?)"
