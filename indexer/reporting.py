"""Words that report speech (说, 表示, 问道), and what each may introduce.

Knows `speech_cues.txt`: which words tell a statement, which only quoted words, and
which longer words hold one of them and report nothing (小说). Used by `quotes`.
"""

import itertools
import re
from collections.abc import Iterable
from functools import cache
from typing import Any, Literal

from msgspec import Struct

from indexer.wordlists import any_of, rows_of


class Cue(Struct, frozen=True):
    """A word that reports speech, and what it may introduce: a statement, one only
    behind a pause, or nothing but quoted words."""

    start: int
    end: int
    word: str
    kind: Literal["tell", "pause", "quote"]


def telling_words() -> list[str]:
    """The words that may introduce a statement."""
    return [word for word, kind in _cue_kinds().items() if kind != "quote"]


def quoting_words() -> list[str]:
    """The words that introduce nothing but quoted words."""
    return [word for word, kind in _cue_kinds().items() if kind == "quote"]


def find_cues(text: str, places: Iterable[int], *, quoted: bool = True) -> list[Cue]:
    """The words of a text that report speech, in print order, of those that begin at
    some places (ascending); only those that introduce statements where nothing is
    `quoted`.

    >>> text = "他在小说里写道，书记指出过。王岚说明情况后说"
    >>> [cue.word for cue in find_cues(text, range(len(text)))]
    ['写道', '指出', '说']
    """
    kinds, longer, match = _cue_kinds(), _longer_words(), _cue_pattern(quoted).match
    found, behind = [], 0
    for place in places:
        cue = match(text, place) if place >= behind else None
        if cue is None:
            continue
        word, (start, behind) = cue[0], cue.span()
        if word in _SHORT and text[behind : behind + 1] not in _PAUSE:
            continue
        last = cue.start(1) if cue.lastindex else behind
        before = longer.get(text[start - 1 : last])
        after = longer.get(text[start : last + 1])
        if (before and _is_part(text, start, before)) or (
            after and _is_part(text, start, after)
        ):
            continue
        found.append(Cue(start, behind, word, kinds[text[start:last]]))
    return found


# Cues of one character that begin too many other words: 道外区, 笑容, 叫好.
_SHORT = frozenset("道笑哭写叫答念夸曰嚷吼骂唱")
_PAUSE = frozenset("：:，,。“「『着了")


def _is_part(text: str, cue: int, words: list[tuple[str, int]]) -> bool:
    """Whether one of the words that hold a cue somewhere stands around it."""
    return any(
        cue >= offset and text.startswith(word, cue - offset) for word, offset in words
    )


@cache
def _cue_kinds() -> dict[str, Any]:  # Any: a literal of Cue
    rows = rows_of("speech_cues.txt").items()
    return {word: kind for kind, words in rows if kind != "pass" for word in words}


@cache
def _longer_words() -> dict[str, list[tuple[str, int]]]:
    """Longer words that hold a cue and report nothing, with where they do, by the cue
    with the character before it, or behind it where the word begins with the cue."""
    longer: dict[str, list[tuple[str, int]]] = {}
    rows = rows_of("speech_cues.txt")
    for word, cue in itertools.product((*rows["pass"], *rows["quote"]), _cue_kinds()):
        place = word.find(cue)
        if place >= 0 and word != cue:
            first = max(place - 1, 0)
            last = place + len(cue) + (place == 0)
            longer.setdefault(word[first:last], []).append((word, place))
    return longer


@cache
def _cue_pattern(quoted: bool) -> re.Pattern[str]:
    words = [*telling_words(), *(quoting_words() if quoted else ())]
    behind = "((?<=..)[说道称](?!明|法|服|为|作))?"
    return re.compile(any_of(words) + behind)
