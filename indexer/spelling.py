"""What a reader may have meant: names and headline words of the index near to one that
finds nothing.

A word is near if it sounds the same, or differs by one character that was mistaken
(for its sound, its look, or otherwise), left out, added, or swapped with its neighbour.
A build hashes each word without each of its characters, and how it sounds; those of
what was typed are looked up among these, so that no answer goes over all words. How
likely each error is stands below. Everything that answers need is in one file of
mapped arrays, pinyin too.
"""

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import cache
from itertools import islice, product
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np

from indexer import pinyin, terms
from indexer.arrays import Array, ArrayWriter, open_arrays
from indexer.wordlists import lines_of

MAX_WORDS: Final = 1 << 20
_SHORTEST, _LONGEST = 2, 12
# Words of one hash that are looked at, the most frequent first.
_BUCKET: Final = 256
_WAYS: Final = 8  # to read what was typed
_MOST: Final = 64  # words that one may have meant
_HALF: Final = np.uint64(32)  # bits
_PRIME: Final = np.uint64(0x9E3779B97F4A7C15)
# What it costs, in nats, that just this was typed for a word: two characters can be
# swapped in one way and one be left out in a few, but each has some that look like it
# and dozens that sound so. What more units have is likelier to be meant.
_SWAPPED, _LEFT_OUT, _LOOK, _SAME_SOUND = 0.0, 0.4, 0.5, 1.0
_LOOSE_SOUND, _OTHER, _ADDED = 2.0, 3.5, 4.5
_FURTHER = 1.0  # each character more that is mistaken for its sound, besides that
_FREQUENT = 0.15
_FAR = 6.0
# Letters and digits by what they are taken for.
_ALIKE: Final = {
    **{"g": "c6", "c": "g", "6": "g", "o": "0", "0": "o", "i": "1l", "l": "1i"},
    **{"1": "il", "s": "5", "5": "s", "b": "8", "8": "b", "z": "2", "2": "z"},
}


class Word(msgspec.Struct, frozen=True, gc=False):
    """A word or name as folded, and how many units print it."""

    text: str
    count: int
    is_name: bool = False


class Mistake(IntEnum):
    """How far what was typed is from a word: by a slip, one character mistaken for its
    sound or look or two swapped; by one that is left out; by one that sounds much
    alike; or further."""

    SLIP = 0
    LEFT_OUT = 1
    LOOSE = 2
    FAR = 3


class Near(NamedTuple):
    """A word near to what was typed, and by which mistake it is."""

    word: str
    mistake: Mistake


def write_spelling(path: Path, words: Iterable[Word]) -> None:
    """Write what may be meant; of a text that comes twice, the more frequent."""
    ranked = sorted(words, key=lambda word: (-word.count, word.text, not word.is_name))
    held = list({word.text: word for word in reversed(ranked)}.values())[::-1]
    held = [w for w in held if _SHORTEST <= len(w.text) <= _LONGEST][:MAX_WORDS]
    texts = [word.text.encode("utf-8", "surrogatepass") for word in held]
    with ArrayWriter(path) as writer:
        writer.put("texts.blob", np.frombuffer(b"".join(texts), np.uint8))
        writer.put("texts.starts", np.cumsum([0, *map(len, texts)]).astype(np.uint64))
        writer.put("counts", np.array([word.count for word in held], np.uint32))
        _put_hashed(writer, "near", _near(held))
        _put_hashed(writer, "alike", _alike(held))
        for name, array in _sounds().items():
            writer.put(f"sounds.{name}", array)


def lookalikes(character: str) -> str:
    """The characters that a folded one is taken for by its look.

    >>> lookalikes("己")
    '已巳纪'
    """
    return _lookalikes().get(character, "")


def misread(text: str) -> Iterator[str]:
    """A text of letters and digits with one of them taken for another that looks like
    it, as print or a reader may have.

    >>> list(misread("g60"))
    ['c60', '660', 'gg0', 'g6o']
    """
    for place, character in enumerate(text):
        for other in _ALIKE.get(character, ""):
            yield text[:place] + other + text[place + 1 :]


class Spelling:
    """The words of an index by what may be typed for them; mapped, shared by
    threads."""

    def __init__(self, path: Path) -> None:
        self._arrays = open_arrays(path).arrays
        self._reader = _Reader(self._arrays)

    def near(self, typed: str) -> tuple[Near, ...]:
        """The words nearest to what was typed, the likeliest first; what was typed is
        none of them."""
        text = terms.characters(typed).text
        if not _SHORTEST - 1 <= len(text) <= _LONGEST + 1:
            return ()
        scored = sorted(self._scored(text))[:_MOST]
        return tuple(
            Near(word, mistake) for cost, _, word, mistake in scored if cost < _FAR
        )

    def knows(self, typed: str) -> bool:
        """Whether what was typed is one of the words."""
        text = terms.characters(typed).text
        if not _SHORTEST <= len(text) <= _LONGEST:
            return False
        (held,) = self._under("near", _hashes(_codes([text])))
        return any(self._word(number) == text for number in held.tolist())

    def _scored(self, text: str) -> Iterator[tuple[float, int, str, Mistake]]:
        """Words that may be near, with what they cost, their numbers and mistakes."""
        for number in self._numbers(text):
            word, count = self._word(number), int(self._arrays["counts"][number])
            if word != text:
                cost = self._reader.cost(text, word)
                mistake = _mistake(text, word, cost)
                yield cost - _FREQUENT * math.log(count), number, word, mistake

    def _numbers(self, text: str) -> list[int]:
        """The numbers of words under any hash of a text, of each the most frequent."""
        codes = _codes([text, *(_swapped(text, i) for i in range(len(text) - 1))])
        sought = np.concatenate([_hashes(codes), _hashes_without_each(codes[0])])
        found = self._under("near", sought)
        found += self._under("alike", self._reader.heard(text))
        numbers = np.concatenate([held[:_BUCKET] for held in found])
        every: list[int] = np.unique(numbers).tolist()
        return every

    def _word(self, number: int) -> str:
        first, end = self._arrays["texts.starts"][number : number + 2].tolist()
        word = self._arrays["texts.blob"][first:end].tobytes()
        return word.decode("utf-8", "surrogatepass")

    def _under(self, name: str, sought: Array) -> list[Array]:
        """The words under each of some hashes, the most frequent first."""
        hashes, numbers = self._arrays[f"{name}.hashes"], self._arrays[f"{name}.words"]
        firsts = hashes.searchsorted(sought).tolist()
        ends = hashes.searchsorted(sought, "right").tolist()
        return [numbers[s:e] for s, e in zip(firsts, ends, strict=True)]


class _Reader:
    """How characters sound and how unlike two words are, by an index's tables."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._codes = arrays["sounds.codes"]
        self._readings = arrays["sounds.readings"]
        self._loose = arrays["sounds.loose"]
        self._known: dict[str, tuple[int, ...]] = {}

    def readings(self, character: str) -> tuple[int, ...]:
        """The numbers of a character's syllables; none where it has no reading."""
        known = self._known.get(character)
        if known is None:
            known = self._known[character] = self._read(ord(character))
        return known

    def heard(self, text: str) -> Array:
        """Hashes of how a text may sound; none where a character has no reading."""
        loose = [
            dict.fromkeys(int(self._loose[n]) for n in self.readings(c)) for c in text
        ]
        ways = list(islice(product(*loose), _WAYS))
        return _hashes(np.array(ways, np.uint64).reshape(len(ways), len(text)))

    def cost(self, typed: str, word: str) -> float:
        """What it costs to take a word for another, infinite where it is too far."""
        if len(typed) < len(word):
            return _LEFT_OUT if _without_one(word, typed) else math.inf
        if len(typed) > len(word):
            return _ADDED if _without_one(typed, word) else math.inf
        pairs = [(a, b) for a, b in zip(typed, word, strict=True) if a != b]
        if len(pairs) == 2 and pairs[0] == pairs[1][::-1]:
            return _SWAPPED
        return self._mistaken(pairs)

    def _mistaken(self, pairs: Sequence[tuple[str, str]]) -> float:
        """What characters cost that were typed for others."""
        if len(pairs) == 1:
            return self._one(*pairs[0])
        sounds = [self._sound(*pair) for pair in pairs]
        return sum(sounds) + _FURTHER * (len(pairs) - 1)

    def _one(self, typed: str, meant: str) -> float:
        look = _LOOK if meant in lookalikes(typed) else _OTHER
        return min(look, self._sound(typed, meant))

    def _sound(self, typed: str, meant: str) -> float:
        a, b = self.readings(typed), self.readings(meant)
        if not a or not b:
            return math.inf
        if a[0] == b[0]:
            return _SAME_SOUND
        # Most second readings are rare: 王 is yu in old books.
        alike = a[0] in b or b[0] in a or self._loose[a[0]] == self._loose[b[0]]
        return _LOOSE_SOUND if alike else math.inf

    def _read(self, code: int) -> tuple[int, ...]:
        # A number of the array's own type: for any other NumPy converts all of it.
        place = int(self._codes.searchsorted(np.uint32(code)))
        if place == len(self._codes) or self._codes[place] != code:
            return ()
        start = place * pinyin.READINGS
        held = self._readings[start : start + pinyin.READINGS].tolist()
        return tuple(number for number in held if number)


def _mistake(typed: str, word: str, cost: float) -> Mistake:
    if len(typed) < len(word):
        return Mistake.LEFT_OUT
    if cost <= _SAME_SOUND:
        return Mistake.SLIP
    return Mistake.LOOSE if cost <= _LOOSE_SOUND else Mistake.FAR


def _without_one(longer: str, shorter: str) -> bool:
    """Whether one text is the other less one character."""
    if len(longer) != len(shorter) + 1:
        return False
    same = next((i for i, c in enumerate(shorter) if c != longer[i]), len(shorter))
    return longer[same + 1 :] == shorter[same:]


def _swapped(text: str, i: int) -> str:
    return text[:i] + text[i + 1] + text[i] + text[i + 2 :]


def _places(length: int) -> range:
    """The places of a text that it is hashed without."""
    return range(length if length >= _SHORTEST else 0)


def _hashes_without(codes: Array, without: int) -> Array:
    """The hash of each row but for one of its columns. What is left of two characters
    is told apart by its place: one character is in too many words."""
    length = codes.shape[1]
    place = without + 1 if length == _SHORTEST else 0
    return _hashes(np.delete(codes, without, axis=1), place)


def _hashes_without_each(codes: Array) -> Array:
    """The same of a single row without each of its columns, all of them at once."""
    without = np.array(_places(len(codes)), int)
    columns = np.arange(len(codes) - 1)
    rows = codes[columns + (columns >= without[:, None])]
    return _hashes(rows, without + 1 if len(codes) == _SHORTEST else 0)


def _hashes(rows: Array, place: int | Array = 0) -> Array:
    """A hash of 32 bits of each row of numbers."""
    mixed = np.full(len(rows), rows.shape[1] + (place << 8), np.uint64)
    for column in range(rows.shape[1]):
        mixed = (mixed ^ rows[:, column]) * _PRIME
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(32)).astype(np.uint32)


def _codes(texts: Sequence[str]) -> Array:
    """Texts of one length as rows of code points."""
    whole = "".join(texts).encode("utf-32-le", "surrogatepass")
    return np.frombuffer(whole, "<u4").reshape(len(texts), -1).astype(np.uint64)


def _near(words: Sequence[Word]) -> Iterator[tuple[Array, Array]]:
    """Hashes of words whole and without each character, and the words' numbers."""
    lengths = np.array([len(word.text) for word in words], np.int64)
    for length in range(_SHORTEST, _LONGEST + 1):
        numbers = np.flatnonzero(lengths == length)
        if not len(numbers):
            continue
        codes = _codes([words[number].text for number in numbers.tolist()])
        yield _hashes(codes), numbers
        for without in _places(length):
            yield _hashes_without(codes, without), numbers


def _alike(words: Sequence[Word]) -> Iterator[tuple[Array, Array]]:
    """Hashes of how words sound, and the words' numbers."""
    _, loose = _syllables()
    by_length: dict[int, tuple[array[int], array[int]]] = {}
    for number, reading in _readings(words):
        way = [loose.get(syllable, 0) for syllable in reading]
        if 0 not in way:
            ways, numbers = by_length.setdefault(len(way), (array("Q"), array("q")))
            ways.extend(way)
            numbers.append(number)
    for length, (ways, numbers) in by_length.items():
        yield _hashes(np.array(ways).reshape(-1, length)), np.array(numbers)


def _readings(words: Sequence[Word]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """How words may be read, each with the number of its word."""
    spoken = ["" if word.is_name else word.text for word in words]
    for number, reading in enumerate(pinyin.syllables_of_each(spoken)):
        if words[number].is_name:
            ways = pinyin.name_readings(words[number].text)[:2]
            yield from ((number, way) for way in dict.fromkeys(ways))
        else:
            yield number, reading


def _put_hashed(
    writer: ArrayWriter, name: str, parts: Iterable[tuple[Array, Array]]
) -> None:
    held = [(np.empty(0, np.uint32), np.empty(0, np.int64)), *parts]
    # One sort of hash and number together takes a tenth of the time of two.
    joined = np.concatenate([hashes for hashes, _ in held]).astype(np.uint64)
    joined <<= _HALF
    joined |= np.concatenate([numbers for _, numbers in held]).astype(np.uint64)
    joined.sort()
    writer.put(f"{name}.hashes", (joined >> _HALF).astype(np.uint32))
    writer.put(f"{name}.words", joined.astype(np.uint32))


@cache
def _sounds() -> dict[str, Array]:
    """What a reader needs to know of pinyin: characters in order, the numbers of their
    syllables (from 1; a row each), and the class of each syllable by its number."""
    read = sorted(pinyin.every_reading().items())
    numbers, loose = _syllables()
    rows = np.zeros((len(read), pinyin.READINGS), np.uint16)
    for row, (_, syllables) in enumerate(read):
        rows[row, : len(syllables)] = [numbers[syllable] for syllable in syllables]
    return {
        "codes": np.array([code for code, _ in read], np.uint32),
        "readings": rows.ravel(),
        "loose": np.array([0, *(loose[syllable] for syllable in numbers)], np.uint16),
    }


@cache
def _syllables() -> tuple[dict[str, int], dict[str, int]]:
    """The number of every syllable from 1, and of what it is easily taken for."""
    every = sorted({s for read in pinyin.every_reading().values() for s in read})
    classes = {
        text: n for n, text in enumerate(sorted(set(map(pinyin.loose, every))), 1)
    }
    numbers = {syllable: number for number, syllable in enumerate(every, 1)}
    return numbers, {syllable: classes[pinyin.loose(syllable)] for syllable in every}


@cache
def _lookalikes() -> dict[str, str]:
    """The characters that each is taken for by its look."""
    found: dict[str, str] = {}
    for line in lines_of("lookalikes.txt"):
        for group in line.split():
            for character in group:
                known = found.get(character, "") + group.replace(character, "")
                found[character] = "".join(dict.fromkeys(known))
    return found
