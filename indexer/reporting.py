"""Words that report speech (说, 表示, 问道), and what each may introduce.

Knows `speech_cues.txt`: which words tell a statement, which only quoted words, and
which longer words hold one of them and report nothing (小说). Used by `quotes`.
"""

import itertools
from collections.abc import Iterable
from functools import cache
from typing import Any, Literal

from msgspec import Struct

from indexer.wordlists import rows_of


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
    kinds, begun, longer = _cue_kinds(), _begun(quoted), _longer_words()
    found = []
    behind = 0
    for start in places:
        if start < behind:
            continue
        pair = text[start : start + 2]
        for stem in begun.get(pair) or begun.get(pair[:1], ()):
            if text.startswith(stem, start):
                break
        else:
            continue
        last = start + len(stem)
        behind = last + _belongs(text, start, last)
        if (
            behind == start + 1
            and stem in _SHORT
            and text[last : last + 1] not in _PAUSE
        ):
            continue
        before, after = (
            longer.get(text[start - 1 : last]),
            longer.get(text[start : last + 1]),
        )
        if (before and _is_part(text, start, before)) or (
            after and _is_part(text, start, after)
        ):
            continue
        found.append(Cue(start, behind, text[start:behind], kinds[stem]))
    return found


def _belongs(text: str, start: int, end: int) -> bool:
    """Whether 说, 道 or 称 behind the word text[start:end] is a part of it."""
    if text[end : end + 1] not in _AGAIN or text[end + 1 : end + 2] in _ANEW:
        return False
    return end - start > 1 or text[start - 1 : start] not in ("", "\n")


_AGAIN = frozenset("说道称")
_ANEW = frozenset("明法服为作")  # 说明, 称为: a word of its own
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
def _begun(quoted: bool) -> dict[str, tuple[str, ...]]:
    """The words by their first two characters, or the one that there is, the longest
    first; a pair has those of its first character behind its own."""
    words = [*telling_words(), *(quoting_words() if quoted else ())]
    return {
        opening: tuple(
            word
            for word in sorted(words, key=len, reverse=True)
            if word.startswith(opening) or word == opening[0]
        )
        for opening in {word[:2] for word in words}
    }
