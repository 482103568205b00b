"""What is offered while a reader types: people, sections and headlines of the index, by
how they are written, by their pinyin (longyun) and by its initials (lyz), and by what
is typed of both: 龙yz, longyz.

An index build writes them into one file of arrays; answers are walks over the prefixes
of a sorted table that is mapped. Entries are numbered by rank (people first, then what
more units have, then what is newer), so that the best of a thousand are the smallest
numbers. Knows nothing of units and segments: `whoosh_index` gathers the entries.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, compress, islice
from operator import attrgetter, ne
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from indexer import names, pinyin, terms
from indexer.arrays import Array, ArrayWriter, Lexicon, open_arrays, write_lexicon
from indexer.search import FacetValue, People, Suggestion, SuggestionKind

MAX_ENTRIES: Final = 1 << 19  # of each kind, those of most units and newest
_KINDS: Final[tuple[SuggestionKind, ...]] = ("person", "section", "headline")
_WRITTEN, _SPELT, _INITIALS = b"\x01", b"\x02", b"\x03"
_LONGEST: Final = 12  # searchable characters of an entry that are compared
_PRINTED: Final = 2 * _LONGEST  # printed characters that these are taken from
_MOST_SYLLABLES: Final = 8
_BEHIND: Final = 6  # bytes behind a key: a zero, the kind, the number of an entry
_LEAST_LETTERS: Final = 4  # of a headline's beginning: fewer are a syllable
# Entries that may be looked at for each that is offered: one has several readings.
_SPARE: Final = 16
_WRITTEN_AND_READ: Final = re.compile("([^\x00-\x7f]+)([a-z]+)")
_SYLLABLE: Final = 6  # letters at most


class Entry(msgspec.Struct, frozen=True, gc=False):
    """Something to offer: as printed, how many units have it, and the newest day of
    these as an ordinal (0 if none is dated)."""

    text: str
    kind: SuggestionKind
    count: int
    newest: int


class Keyed(msgspec.Struct, frozen=True):
    """Entries of one kind, each text once, by rank; and all that they are found by,
    sorted, each with the number of its entry."""

    kind: SuggestionKind
    entries: list[Entry]
    rows: list[bytes]


def keyed(kind: SuggestionKind, entries: Iterable[Entry]) -> Keyed:
    """Entries of a kind with their keys: most of the work of writing them, for which
    nothing need be known of other kinds."""
    ranked = sorted(entries, key=attrgetter("text"))
    ranked.sort(key=_rank)
    del ranked[MAX_ENTRIES:]
    return Keyed(kind, ranked, sorted(_rows(kind, ranked)))


def write_suggestions(path: Path, kinds: Iterable[Keyed]) -> None:
    """Write what is offered of some kinds."""
    ordered = sorted(kinds, key=lambda held: _KINDS.index(held.kind))
    ranked = [entry for held in ordered for entry in held.entries]
    keys, starts, numbers = _table(ordered)
    texts = [entry.text.encode("utf-8", "surrogatepass") for entry in ranked]
    with ArrayWriter(path) as writer:
        write_lexicon(writer, keys, "keys")
        writer.put("keys.entries", starts)
        writer.put("entries", numbers)
        writer.put("texts.blob", np.frombuffer(b"".join(texts), np.uint8))
        writer.put("texts.starts", np.cumsum([0, *map(len, texts)]).astype(np.uint64))
        writer.put("counts", np.array([entry.count for entry in ranked], np.uint32))
        numbered = [_KINDS.index(entry.kind) for entry in ranked]
        writer.put("kinds", np.array(numbered, np.uint8))


class Suggestions:
    """What an index offers; mapped, shared by threads."""

    def __init__(self, path: Path) -> None:
        arrays = open_arrays(path).arrays
        self._keys = Lexicon(arrays, "keys")
        self._starts = arrays["keys.entries"]
        self._entries = arrays["entries"]
        self._texts, self._ends = arrays["texts.blob"], arrays["texts.starts"]
        self._counts, self._kinds = arrays["counts"], arrays["kinds"]
        self._people = int(np.searchsorted(self._kinds, 1))  # kinds are sorted

    def offered(self, typed: str, limit: int) -> tuple[Suggestion, ...]:
        """The best entries that begin with what is typed, or whose pinyin or initials
        do: of each kind those first that are just that. Where none does, those that are
        written so in part."""
        text = terms.characters(typed).text[:_LONGEST]
        if not text or limit < 1:
            return ()
        keys = _keys_typed(text)
        exact = {n for key in keys for n in self._best(*self._one(key), limit)}
        begun = {n for key in keys for n in self._best(*self._begun(key), limit)}
        begun = begun or self._begun_in_both(text, limit)
        ranked = sorted(begun, key=lambda n: (self._kinds[n], n not in exact, n))
        return tuple(self._suggestion(number) for number in ranked[:limit])

    def people(self, typed: str, limit: int, offset: int) -> People:
        """The people that begin with what is typed, or whose pinyin or initials do;
        without a searchable character typed everyone."""
        text = terms.characters(typed).text[:_LONGEST]
        found = self._begun_people(text) if text else np.arange(self._people)
        shown = found[offset : offset + limit].tolist()
        offered = (self._suggestion(number) for number in shown)
        named = tuple(FacetValue(each.text, each.count) for each in offered)
        return People(len(found), named)

    def read_as(self, typed: str) -> tuple[str, ...]:
        """The people whose whole name is read as typed, in full or else by its
        initials, or else their surname; or else the headlines that begin with these
        syllables."""
        keys = _keys_typed(terms.characters(typed).text)[1:]
        for key in keys:
            found = self._best(*self._one(key), _SPARE)
            people = [number for number in found if not self._kinds[number]]
            if people:
                return tuple(self._suggestion(number).text for number in people)
        if surnamed := self._surnamed(typed):
            return surnamed
        if not keys or len(keys[0]) <= _LEAST_LETTERS:
            return ()
        begun = self._best(*self._begun(keys[0]), _SPARE)
        read = [self._suggestion(number) for number in begun]
        return tuple(each.text for each in read if each.kind == "headline")

    def named(self, text: str) -> str | None:
        """The name of a person, as printed, that is folded as a text is."""
        folded = terms.characters(text).text
        found = self._best(*self._one(_key(_WRITTEN, folded[:_LONGEST])), 1)
        people = (self._suggestion(n).text for n in found if n < self._people)
        return next((p for p in people if terms.characters(p).text == folded), None)

    def _surnamed(self, typed: str) -> tuple[str, ...]:
        """The people whose surname is read as typed: qin and tan are both 覃."""
        letters = terms.characters(typed).text
        numbers = self._begun_people(letters)[: _SPARE * _SPARE].tolist()
        people = (self._suggestion(number).text for number in numbers)
        return tuple(islice((p for p in people if _is_surname(letters, p)), _SPARE))

    def _one(self, key: bytes) -> tuple[int, int]:
        number = self._keys.find(key)
        return (number, number + 1) if number >= 0 else (0, 0)

    def _begun(self, key: bytes) -> tuple[int, int]:
        return self._keys.with_prefix(key)

    def _begun_in_both(self, text: str, limit: int) -> set[int]:
        """The best entries that begin with both of two keys."""
        for one, other in _keys_in_part(text):
            found = np.intersect1d(self._held(one), self._held(other))
            if len(found):
                return set(found[:limit].tolist())
        return set()

    def _held(self, key: bytes) -> Array:
        """The entries that begin so."""
        first, end = self._begun(key)
        return self._entries[self._starts[first] : self._starts[end]]

    def _begun_people(self, text: str) -> Array:
        """The numbers of people, which come first of all, that begin so."""
        numbers = np.concatenate([self._held(key) for key in _keys_typed(text)])
        return np.unique(numbers[numbers < self._people])

    def _best(self, first: int, end: int, limit: int) -> list[int]:
        """The entries of some keys that rank first."""
        entries = self._entries[self._starts[first] : self._starts[end]]
        if len(entries) > limit * _SPARE:
            entries = np.partition(entries, limit * _SPARE)[: limit * _SPARE]
        best: list[int] = np.unique(entries)[:limit].tolist()
        return best

    def _suggestion(self, number: int) -> Suggestion:
        written = self._texts[int(self._ends[number]) : int(self._ends[number + 1])]
        text = written.tobytes().decode("utf-8", "surrogatepass")
        kind = _KINDS[int(self._kinds[number])]
        return Suggestion(text, kind, int(self._counts[number]))


def _is_surname(letters: str, name: str) -> bool:
    read = pinyin.surname_readings(names.surname_of(name) or "")
    return any("".join(way) == letters for way in read if way)


def _rank(entry: Entry) -> int:
    """Lower for what more units have, then for what is newer: one number is compared in
    a third of the time of two."""
    return -(entry.count << 32 | entry.newest)


def _table(kinds: Sequence[Keyed]) -> tuple[list[bytes], Array, Array]:
    """The sorted keys of all entries, where the entries of each begin, and these."""
    rows = sorted(chain.from_iterable(held.rows for held in kinds))
    every = [row[:-_BEHIND] for row in rows]
    begins = list(map(ne, every, chain([None], every)))
    starts = np.append(np.flatnonzero(begins), len(rows)).astype(np.uint32)
    firsts = np.zeros(len(_KINDS), np.uint32)
    for held in kinds:
        firsts[_KINDS.index(held.kind) + 1 :] += np.uint32(len(held.entries))
    ends = np.frombuffer(b"".join([row[1 - _BEHIND :] for row in rows]), np.uint8)
    ends = ends.reshape(-1, _BEHIND - 1)
    numbers = ends[:, 1:].copy().view(">u4").ravel() + firsts[ends[:, 0]]
    return list(compress(every, begins)), starts, numbers


def _rows(kind: SuggestionKind, ranked: Sequence[Entry]) -> Iterator[bytes]:
    printed = [entry.text[:_PRINTED] for entry in ranked]
    texts = [text[:_LONGEST] for text in terms.characters_of_each(printed)]
    # Key, kind and number in one: half the memory of tuples. No text has a zero byte.
    end = b"\x00" + bytes((_KINDS.index(kind),))
    behind = [end + number.to_bytes(4, "big") for number in range(len(texts))]
    if kind == "person":
        for text, numbered in zip(texts, behind, strict=True):
            for key in _keys_of(text) if text else ():
                yield key + numbered
        return
    for form, keys in _keys_of_each(texts):
        for key, numbered in zip(keys, behind, strict=True):
            if key:
                yield form + key + numbered


def _keys_of(name: str) -> Iterable[bytes]:
    """All that a person is found by, each once."""
    keys = [_key(_WRITTEN, name)]
    for syllables in pinyin.name_readings(name):
        keys += _key(_SPELT, _spelt(syllables)), _key(_INITIALS, _initials(syllables))
    return dict.fromkeys(keys)


def _keys_of_each(texts: Sequence[str]) -> Iterator[tuple[bytes, list[bytes]]]:
    """By form what each of some texts is found by, which have one reading each; empty
    for an empty text."""
    if not texts:
        return
    read = pinyin.syllables_of_each(texts)
    yield _WRITTEN, _encoded(texts)
    yield _SPELT, _encoded(map(_spelt, read))
    yield _INITIALS, _encoded(map(_initials, read))


def _encoded(texts: Iterable[str]) -> list[bytes]:
    """Texts of one line, all encoded at once."""
    return "\n".join(texts).encode("utf-8", "surrogatepass").split(b"\n")


def _spelt(syllables: Sequence[str]) -> str:
    return "".join(syllables[:_MOST_SYLLABLES])


def _initials(syllables: Sequence[str]) -> str:
    return "".join([syllable[0] for syllable in syllables])


def _keys_typed(text: str) -> list[bytes]:
    """What a typed text may begin: pinyin is looked for where it could be some."""
    keys = [_key(_WRITTEN, text)]
    typed = text.replace("ü", "v")
    if typed.isascii() and not typed.isdecimal():
        keys += [_key(_SPELT, typed), _key(_INITIALS, typed)]
    return keys


def _keys_in_part(text: str) -> Iterator[tuple[bytes, bytes]]:
    """Pairs of keys with both of which an entry may begin that is typed in part as it
    is written and then by pinyin or initials, 王jf, or by a syllable and the initials
    of the others, wangjf."""
    if match := _WRITTEN_AND_READ.fullmatch(text):
        written, letters = match.groups()
        read = (pinyin.spelling_of(written), *pinyin.surname_readings(written))
        for way in dict.fromkeys(read):
            yield _key(_WRITTEN, written), _key(_SPELT, _spelt(way) + letters)
            yield _key(_WRITTEN, written), _key(_INITIALS, _initials(way) + letters)
    elif text.isascii() and text.isalpha():
        for end in range(min(_SYLLABLE, len(text) - 1), 1, -1):
            initials = text[0] + text[end:]
            yield _key(_SPELT, text[:end]), _key(_INITIALS, initials)


def _key(form: bytes, text: str) -> bytes:
    return form + text.encode("utf-8", "surrogatepass")
