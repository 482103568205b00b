"""How Chinese text is read aloud: syllables without tones, as readers type them.

Knows the readings of characters and of words (重庆 is chong qing), how surnames are
read (仇 is qiu, 单 is shan), and which syllables are taken for each other. Hides
pypinyin, which is loaded when an index is written and never to answer: what answers
need of it is written into the index or, to sort names, stands in a small list.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import import_module
from itertools import accumulate, islice, product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.wordlists import lines_of

READINGS: Final = 3  # of one character at most
_ALTERNATIVES: Final = 8  # of one name at most
_LONGEST_WORD: Final = 4
_HASHES: Final = np.uint32(1 << 20)
_FACTOR: Final = np.uint32(0x9E37)
_LOOSE: Final = (
    (re.compile("^([zcs])h"), r"\1"),
    (re.compile("^n(?=.)"), "l"),
    (re.compile("(?<=[aei])ng$"), "n"),
)


def readings(character: str) -> tuple[str, ...]:
    """The syllables that a character may be read as, the usual one first; none for
    what pypinyin does not know.

    >>> readings("长"), readings("云"), readings("a")
    (('zhang', 'chang'), ('yun',), ())
    """
    return _characters().get(ord(character), ())


def every_reading() -> dict[int, tuple[str, ...]]:
    """The readings of all characters that have any, by code point."""
    return _characters()


def syllables_of(text: str) -> tuple[str, ...]:
    """The likeliest reading of a text, a syllable for each character; a character
    without one stands for itself.

    >>> syllables_of("重庆C60银行")
    ('chong', 'qing', 'C', '6', '0', 'yin', 'hang')
    """
    if not text:
        return ()
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    read, behind = _usually_read(codes), 0
    for at in _openings_of(text, codes):
        if at >= behind:
            word = _word_at(text, at)
            behind = at + len(word)
            read[at:behind] = word
    return tuple(read)


def syllables_of_each(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """The likeliest reading of each of some texts of one line, all read at once: in a
    third of the time that a call each takes.

    >>> syllables_of_each(["重庆", "", "重量"])
    [('chong', 'qing'), (), ('zhong', 'liang')]
    """
    read = syllables_of("\n".join(texts))
    ends = accumulate(len(text) + 1 for text in texts)
    return [
        read[end - 1 - len(text) : end - 1]
        for text, end in zip(texts, ends, strict=True)
    ]


def name_readings(name: str) -> tuple[tuple[str, ...], ...]:
    """The ways to read a person's name, a syllable for each character, the likeliest
    first.

    >>> [" ".join(reading) for reading in name_readings("覃云")]
    ['qin yun', 'tan yun']
    """
    surname = next((n for n in (2, 1) if name[:n] in _surnames()), 0)
    first = _surnames()[name[:surname]] if surname else ((),)
    rest = [readings(character) or (character,) for character in name[surname:]]
    read = ((*begun, *others) for begun in first for others in product(*rest))
    return tuple(islice(read, _ALTERNATIVES))


def spelling_of(name: str) -> tuple[str, ...]:
    """What sorts names by pinyin: the likeliest syllables, without loading pypinyin; a
    character that no list knows stands for itself.

    >>> sorted(["仇远", "丁一", "单静", "钱起"], key=spelling_of)
    ['丁一', '钱起', '仇远', '单静']
    """
    surname = next((n for n in (2, 1) if name[:n] in _surnames()), 0)
    first = _surnames()[name[:surname]][0] if surname else ()
    rest = name[surname:]
    return (*first, *(_known().get(character, character) for character in rest))


def surname_readings(surname: str) -> tuple[tuple[str, ...], ...]:
    """The ways to read a surname, its own or the usual one; none where no list says.

    >>> surname_readings("覃"), surname_readings("邓")
    ((('qin',), ('tan',)), (('deng',),))
    """
    if own := _surnames().get(surname):
        return own
    usual = tuple(_known().get(character, "") for character in surname)
    return (usual,) if all(usual) else ()


def toneless(reading: str) -> str:
    """Letters without the marks of tones.

    >>> toneless("lǘ yún")
    'lv yun'
    """
    return reading.translate(_tones())


def loose(syllable: str) -> str:
    """What syllables that many speakers don't tell apart have in common.

    >>> loose("zheng") == loose("zen"), loose("nan") == loose("lan")
    (True, True)
    """
    for pattern, kept in _LOOSE:
        syllable = pattern.sub(kept, syllable)
    return syllable


def _usually_read(codes: NDArray[np.uint32]) -> list[str]:
    """The usual reading of each character: of those that differ in plain Python, of all
    by one gather, in a fifth of the time."""
    ranks = np.zeros(int(codes.max()) + 1, np.intp)
    ranks[codes] = 1
    (different,) = ranks.nonzero()
    ranks[different] = np.arange(len(different))
    characters = map(chr, different.tolist())
    syllables = np.array([_usual().get(c, c) for c in characters], object)
    found: list[str] = syllables.take(ranks.take(codes)).tolist()
    return found


def _openings_of(text: str, codes: NDArray[np.uint32]) -> list[int]:
    """Where words may begin that are not read as their characters usually are."""
    openings = _openings()
    (maybe,) = _hashed_openings().take(_hashes(codes)).nonzero()
    return [at for at in maybe.tolist() if text[at : at + 2] in openings]


def _hashes(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """A hash below _HASHES of each two characters that stand together."""
    hashed: NDArray[np.uint32] = codes[:-1] * _FACTOR + codes[1:]
    hashed &= _HASHES - 1
    return hashed


def _word_at(text: str, start: int) -> tuple[str, ...]:
    """The reading of the longest word that stands there, if any does."""
    for end in range(start + _LONGEST_WORD, start + 1, -1):
        if (word := text[start:end]) in _words():
            return _word_read(word)
    return ()


@lru_cache(maxsize=1 << 12)  # what headlines say they say again
def _word_read(word: str) -> tuple[str, ...]:
    return tuple(toneless(reading[0]) for reading in _words()[word])


@cache
def _surnames() -> dict[str, tuple[tuple[str, ...], ...]]:
    """The readings of surnames that have their own, in syllables."""
    found = {}
    for line in lines_of("surname_readings.txt"):
        surname, *read = line.split()
        found[surname] = tuple(_cut(reading, len(surname)) for reading in read)
    return found


def _cut(reading: str, syllables: int) -> tuple[str, ...]:
    """A reading in so many syllables, written with a hyphen between two."""
    parts = tuple(reading.split("-"))
    assert len(parts) == syllables
    return parts


@cache
def _known() -> dict[str, str]:
    """The usual reading of the characters of names."""
    rows = (line.split("\t") for line in lines_of("readings.tsv"))
    return {character: syllable for syllable, held in rows for character in held}


@cache
def _characters() -> dict[int, tuple[str, ...]]:
    known = import_module("pypinyin.pinyin_dict").pinyin_dict
    # One text is stripped of tones forty times as fast as 40,000.
    read = toneless("\n".join(known.values())).split("\n")
    return {
        code: tuple(dict.fromkeys(line.split(",")))[:READINGS]
        for code, line in zip(known, read, strict=True)
    }


@cache
def _usual() -> dict[str, str]:
    return {chr(code): read[0] for code, read in _characters().items()}


@cache
def _openings() -> frozenset[str]:
    """How words begin that are not read as their characters usually are: most are."""
    usual = _usual()
    every = toneless("\n".join(",".join(r[0] for r in w) for w in _words().values()))
    return frozenset(
        word[:2]
        for word, read in zip(_words(), every.split("\n"), strict=True)
        if read != ",".join(usual.get(character, "") for character in word)
    )


@cache
def _hashed_openings() -> NDArray[np.bool_]:
    """By the hash of two characters, whether an opening has it."""
    codes = np.array([list(map(ord, opening)) for opening in _openings()], np.uint32)
    found = np.zeros(_HASHES, bool)
    found[_hashes(codes.ravel())[::2]] = True
    return found


@cache
def _words() -> dict[str, Any]:  # Any: pypinyin's lists of lists
    known: dict[str, Any] = import_module("pypinyin.phrases_dict").phrases_dict
    return known


@cache
def _tones() -> dict[int, str | None]:
    """Every letter with a tone to the letter without; ü is v, as it is typed."""
    letters = "āáǎàēéěèōóǒòīíǐìūúǔùǖǘǚǜüńňǹḿếềêɑɡ"
    plain: dict[int, str | None] = {
        ord(letter): "v" if "ü" in _parts(letter) else _parts(letter)[0]
        for letter in letters
    }
    return plain | {code: None for code in range(0x300, 0x370)} | {0x251: "a"}


def _parts(letter: str) -> str:
    """A letter and its marks, the diaeresis left on its u."""
    decomposed = unicodedata.normalize("NFD", letter)
    return decomposed.replace("u\u0308", "ü")
