"""Words that stand beside a person's name in prose, found fast: titles before it,
speech and honours behind it, 记者 before one who signs; and where words may begin that
report speech, or interviews ask.

All kinds are looked for in one pass: a table tells of each pair of characters which
kinds have a word that begins so, 8 ns a character, where a pattern of three hundred
words takes 90. Three characters tell nearly always which word it is, so that words are
hardly ever compared: of 16 an article that may begin, .1. Knows `person_cues.txt`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from indexer.interviews import ASKING
from indexer.reporting import telling_words
from indexer.wordlists import lines_of

Kind: TypeAlias = Literal["before", "behind", "honorific", "signed"]
Place: TypeAlias = tuple[int, int]  # where a word begins and ends

# Looked for in whole texts.
_KINDS: Final[tuple[Kind, ...]] = ("before", "behind", "signed")
_BEGUN: Final = range(len(_KINDS), len(_KINDS) + 2)  # bits of others, as of _KINDS
# A file's lines that make a kind; where several words match, those of the first.
_LINES: Final = {
    "before": ("before",),
    "behind": ("behind", "honorific"),
    "honorific": ("honorific",),
    "signed": ("signed",),
}
_NO_WORD: Final = -1
_CODES: Final = 1 << 16  # no cue has a character beyond these
# Any: arrays of several types.
_Array: TypeAlias = NDArray[Any]
_NO_PLACES: Final[_Array] = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Cues:
    """Where in a text statements or questions may be told of. `telling` is where a word
    may begin that tells a statement: the first two characters of one stand there; which
    do is for `reporting`, where it is asked. `asking` is where a label may end that a
    question of an interview follows.
    """

    telling: tuple[int, ...]
    asking: tuple[int, ...]


def cues_in(text: str) -> Cues:
    """The cues of a text.

    >>> cues_in("镇长龚小舟说,记者王岚来过。")
    Cues(telling=(5,), asking=())
    """
    return cues_in_each([text])[0]


def cues_in_each(texts: Sequence[str]) -> list[Cues]:
    """The cues of each of several texts."""
    return scan(texts).cues()


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """What one pass over several texts finds. They stand in `text` one behind the
    other, each followed by a NUL; `codes` are its code points, and one more, and
    `firsts` where each text begins, and where one more would."""

    text: str
    codes: _Array
    firsts: _Array
    _places: _Array  # where words begin: two characters of one stand there,
    _cells: _Array  # which two,
    _kinds: _Array  # and of which kinds the words are, in bits

    def words(self, kind: Kind) -> tuple[_Array, _Array]:
        """Where the words of a kind begin and where they end, none over another.

        >>> scan(["镇长龚小舟说,", "记者王岚来过。"]).words("signed")
        (array([8]), array([10]))
        """
        bit = _KINDS.index(kind)
        chosen = (self._kinds & (1 << bit)).nonzero()[0]
        if not len(chosen):
            return _NO_PLACES, _NO_PLACES
        starts = self._places.take(chosen)
        sizes = self._sizes(bit, starts, self._cells.take(chosen))
        for place in (sizes == 0).nonzero()[0].tolist():
            start = int(starts[place])
            end = cue_end(self.text, start, kind)
            sizes[place] = end - start if end else _NO_WORD
        some = sizes != _NO_WORD
        starts = starts[some]
        return _apart(starts, starts + sizes[some])

    def _sizes(self, bit: int, starts: _Array, cells: _Array) -> _Array:
        """How long the words are that begin there, 0 where their first three characters
        do not tell."""
        table = _table()
        sizes: _Array = table.sizes[bit].take(cells)
        forks = (sizes < 0).nonzero()[0]
        thirds = self.codes.take(starts.take(forks) + 2, mode="clip")
        branches = table.thirds.take(thirds, mode="clip") - sizes.take(forks)
        sizes[forks] = table.branches.take(branches)
        return sizes

    def cues(self) -> list[Cues]:
        """The cues of each text, by their places in it."""
        each = [self._begun(bit) for bit in _BEGUN]
        return list(map(Cues, *each))

    def _begun(self, bit: int) -> list[tuple[int, ...]]:
        places = self._places[(self._kinds & (1 << bit)).nonzero()[0]]
        bounds = places.searchsorted(self.firsts)
        every = (places - self.firsts[:-1].repeat(np.diff(bounds))).tolist()
        return [tuple(every[first:end]) for first, end in pairwise(bounds.tolist())]


def scan(texts: Sequence[str]) -> Scan:
    """Look for words of all kinds in several texts."""
    text = "\0".join([*texts, ""])
    firsts = np.cumsum([0, *(len(each) + 1 for each in texts)])
    codes = np.frombuffer((text + "\0").encode("utf-32-le", "surrogatepass"), "<u4")
    table = _table()
    cells = table.firsts.take(codes[:-1], mode="clip")
    cells += table.seconds.take(codes[1:], mode="clip")
    kinds = table.kinds.take(cells)
    places = kinds.nonzero()[0]
    return Scan(text, codes, firsts, places, cells.take(places), kinds.take(places))


def _apart(starts: _Array, ends: _Array) -> tuple[_Array, _Array]:
    """The words in their order but for those that begin within one of them."""
    apart = np.ones(len(starts), np.bool_)
    apart[1:] = starts[1:] >= np.maximum.accumulate(ends[:-1])
    behind = 0
    for place in (~apart).nonzero()[0].tolist():
        if apart[place - 1]:
            behind = ends[place - 1]
        apart[place] = starts[place] >= behind  # the one over it is left out itself
    return starts[apart], ends[apart]


def cues_at(text: str, kind: Kind, places: Iterable[int]) -> Iterator[Place]:
    """The cues that begin at some places (ascending), but for those within another."""
    opened, behind = _openings(kind), 0
    for place in places:
        if place < behind:
            continue
        pair = text[place : place + 2]
        for word in opened.get(pair) or opened.get(pair[:1], ()):
            if text.startswith(word, place):
                behind = place + len(word)
                yield place, behind
                break


def cue_end(text: str, place: int, kind: Kind) -> int:
    """Where the cue ends that begins at a place; 0 if none does."""
    words = _openings(kind)
    found = words.get(text[place : place + 2]) or words.get(text[place : place + 1], ())
    for word in found:
        if text.startswith(word, place):
            return place + len(word)
    return 0


@cache
def last_characters(kind: Kind) -> frozenset[str]:
    """What the words of a kind end in."""
    return frozenset(word[-1] for word in cue_words(kind))


@cache
def cue_words(kind: Kind) -> tuple[str, ...]:
    """The words of a kind, the longest first of each line."""
    rows = (line.split("\t") for line in lines_of("person_cues.txt"))
    lines = {row[0]: row[1].split(" ") for row in rows if row[1:]}
    return tuple(
        word
        for name in _LINES[kind]
        for word in sorted(lines[name], key=len, reverse=True)
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """By code point what to add up for a first and a second character. By the sum, a
    bit for each kind that has a word which begins so; and by kind and sum, how long the
    word is, or below 0 where the third character decides. Take that off the third's
    number, and `branches` has the length: 0 where still more characters decide,
    _NO_WORD where there is no word."""

    firsts: _Array
    seconds: _Array
    kinds: _Array
    sizes: _Array
    thirds: _Array
    branches: _Array


@cache
def _table() -> _Table:
    words = [*map(cue_words, _KINDS), telling_words(), ASKING]
    every = [word for each in words for word in each]
    first = {character: n for n, character in enumerate({w[0] for w in every}, 1)}
    second = {c: n for n, c in enumerate({w[1] for w in every if w[1:]}, 1)}
    third = {c: n for n, c in enumerate({w[2] for w in every if w[2:]}, 1)}
    width = len(second) + 1
    kinds = np.zeros((len(first) + 1, width), np.uint8)
    for bit, each in enumerate(words):
        for word in each:
            column = second[word[1]] if word[1:] else slice(None)
            kinds[first[word[0]], column] |= 1 << bit
    sizes = np.zeros((len(_KINDS), *kinds.shape), np.int32)
    branches = [np.zeros(len(third) + 1, np.int32)]
    for bit, kind in enumerate(_KINDS):
        # Those of one character first: two that are known make up for them.
        for opening, begun in sorted(_openings(kind).items()):
            column = second[opening[1]] if opening[1:] else slice(None)
            size = 1
            if opening[1:] and (size := len(begun[0])) > 2:
                size = -len(branches) * (len(third) + 1)
                known = [_size(begun, character) for character in ("", *third)]
                branches.append(np.array(known, np.int32))
            sizes[bit, first[opening[0]], column] = size
    return _Table(
        _numbered(first, width),
        _numbered(second, 1),
        kinds.ravel(),
        sizes.reshape(len(_KINDS), -1),
        _numbered(third, 1),
        np.concatenate(branches),
    )


def _size(begun: Iterable[str], third: str) -> int:
    """How long the first of some words is that the third character lets stand; 0 where
    more characters decide."""
    for word in begun:
        if len(word) < 3 or word[2] == third:
            return len(word) if len(word) <= 3 else 0
    return _NO_WORD


def _numbered(characters: Mapping[str, int], step: int) -> _Array:
    numbers = np.zeros(_CODES, np.int32)
    for character, number in characters.items():
        numbers[ord(character)] = number * step
    return numbers


@cache
def _openings(kind: Kind) -> Mapping[str, tuple[str, ...]]:
    """Words by their first two characters, or the one that there is, in their order."""
    words = cue_words(kind)
    opened: dict[str, tuple[str, ...]] = {}
    for opening in {word[:2] for word in words}:
        begun = (w for w in words if w.startswith(opening) or w == opening[0])
        opened[opening] = tuple(begun)
    return opened
