"""Stored text and what was looked for → a snippet: pieces of the text as printed, some
of them marked.

Knows where a needle stands in print (white space and punctuation between its characters
do not count), and which part of a long text shows a reader best why it was found.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from unicodedata import combining

from indexer import terms
from indexer.archive import Span
from indexer.terms import QueryTerm


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of printed text; `mark` where it is what the reader looked for."""

    text: str
    mark: bool = False


Snippet: TypeAlias = tuple[Piece, ...]


def find(text: str, needles: Iterable[QueryTerm]) -> tuple[Span, ...]:
    """Every place of the needles, in order; places that overlap or touch are one.

    >>> find("主席团：兰　钧、王娴", [QueryTerm("兰钧")])
    (Span(start=4, end=7),)
    """
    return _merged(Span(place.start, place.end) for place in _places(text, needles))


def mark(text: str, needles: Iterable[QueryTerm]) -> Snippet:
    """The whole text, with the needles marked.

    >>> [piece.text for piece in mark("改革，开放", [QueryTerm("革开")])]
    ['改', '革，开', '放']
    """
    return tuple(_pieces(text, Span(0, len(text)), find(text, needles)))


def excerpt(
    passages: Sequence[str],
    needles: Iterable[QueryTerm],
    *,
    width: int = 80,
    windows: int = 2,
) -> Snippet:
    """The parts that show the most needles, each of about `width` characters, in print
    order; the opening where no needle stands.

    No needle is found across two passages. What is left out is an unmarked `…`.

    >>> passages = ["市民等了三年。大桥今日正式通车，" + "市民" * 50, "另讯。"]
    >>> [piece.text for piece in excerpt(passages, [QueryTerm("通车")], width=16)]
    ['…', '大桥今日正式', '通车', '，市民市民市民市', '…']
    """
    text = "\n".join(passages)
    places = sorted(_places_by_passage(passages, tuple(needles)))
    shown = _chosen(text, places, width, windows) or [_opening(text, width)]
    marks = _merged(Span(place.start, place.end) for place in places)
    pieces: list[Piece] = []
    at = 0
    for window in shown:
        if text[at : window.start].strip():
            pieces.append(_LEFT_OUT)
        pieces += _pieces(text.replace("\n", " "), window, marks)
        at = window.end
    return (*pieces, _LEFT_OUT) if text[at:].strip() else tuple(pieces)


_LEFT_OUT: Final = Piece("…")
# A rest no longer than this is shown rather than cut off.
_SHORT_REST: Final = 4
_SENTENCE_END: Final = re.compile(r"[。！？!?；;\n][”’」』）)\"']*\s*")
_CLAUSE_END: Final = re.compile(r"[，、：,:—…]+\s*")


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """Where a needle stands; `needle` is its number."""

    start: int
    end: int
    needle: int = 0


def _places(text: str, needles: Iterable[QueryTerm]) -> Iterator[_Place]:
    """The places of each needle, merged where they overlap or touch."""
    printed = terms.characters(text)
    for number, needle in enumerate(needles):
        spans = (
            Span(printed.offsets[at], _end(text, printed.offsets[end - 1]))
            for at, end in _occurrences(printed.text, needle.text)
            if not needle.whole_word or _is_whole_word(printed, at, end)
        )
        for span in _merged(spans):
            yield _Place(span.start, span.end, number)


def _occurrences(text: str, wanted: str) -> Iterator[tuple[int, int]]:
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        yield at, at + len(wanted)
        at = text.find(wanted, at + 1)


def _is_whole_word(printed: terms.Characters, at: int, end: int) -> bool:
    """Whether the characters from `at` to `end` are one run, and all of it."""
    first, last = printed.offsets[at], printed.offsets[end - 1]
    return (
        last - first == end - at - 1
        and not _is_letter(printed, at - 1, first - 1)
        and not _is_letter(printed, end, last + 1)
    )


def _is_letter(printed: terms.Characters, index: int, offset: int) -> bool:
    """Whether the character of that index stands at that offset and is part of words
    that end at spaces."""
    if not 0 <= index < len(printed.text) or printed.offsets[index] != offset:
        return False
    return not terms.is_han(printed.text[index])


def _end(text: str, last: int) -> int:
    """The end of a place: an accent belongs to its letter."""
    end = last + 1
    while end < len(text) and combining(text[end]):
        end += 1
    return end


def _merged(spans: Iterable[Span], *, gap: int = 0) -> tuple[Span, ...]:
    """The spans in order; those that overlap, touch or leave no wider gap become
    one."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if merged and span.start <= merged[-1].end + gap:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def _pieces(text: str, window: Span, marks: Iterable[Span]) -> Iterator[Piece]:
    """The text of a window, cut where marks begin and end."""
    at = window.start
    for span in marks:
        start, end = max(span.start, at), min(span.end, window.end)
        if start >= end:
            continue
        if start > at:
            yield Piece(text[at:start])
        yield Piece(text[start:end], mark=True)
        at = end
    if at < window.end:
        yield Piece(text[at : window.end])


def _places_by_passage(
    passages: Iterable[str], needles: Sequence[QueryTerm]
) -> Iterator[_Place]:
    """The places within passages, as offsets into the passages joined by newlines."""
    before = 0
    for passage in passages:
        for place in _places(passage, needles):
            yield _Place(before + place.start, before + place.end, place.needle)
        before += len(passage) + 1


def _chosen(
    text: str, places: Sequence[_Place], width: int, windows: int
) -> tuple[Span, ...]:
    """The windows that show the most needles, then those not yet shown, then the most
    marks; the earlier of equals."""
    chosen: list[Span] = []
    seen: set[int] = set()
    while places and len(chosen) < windows:
        group = max(_groups(places, width), key=lambda group: _worth(group, seen))
        chosen.append(window := _window(text, group, width))
        seen.update(place.needle for place in group)
        places = [
            place
            for place in places
            if place.end <= window.start or window.end <= place.start
        ]
    return _merged(chosen, gap=_SHORT_REST)


def _groups(places: Sequence[_Place], width: int) -> Iterator[Sequence[_Place]]:
    """From each place on, those that begin within the width of a window."""
    starts = [place.start for place in places]
    for i, start in enumerate(starts):
        yield places[i : bisect_left(starts, start + width, i + 1)]


def _worth(group: Sequence[_Place], seen: Collection[int]) -> tuple[int, int, int]:
    needles = {place.needle for place in group}
    return len(needles.difference(seen)), len(needles), len(group)


def _window(text: str, group: Sequence[_Place], width: int) -> Span:
    """The part of the text to show for these places."""
    first, last = group[0].start, max(place.end for place in group)
    start = _beginning(text, first, max(0, width - (last - first)) // 2)
    return Span(start, _ending(text, start, last, width))


def _opening(text: str, width: int) -> Span:
    start = len(text) - len(text.lstrip())
    return Span(start, _ending(text, start, start, width))


def _beginning(text: str, first: int, room: int) -> int:
    """Where to begin, at most `room` before the first mark: at its sentence, else at a
    clause."""
    earliest = max(0, first - room)
    if earliest <= _SHORT_REST:
        return len(text[:first]) - len(text[:first].lstrip())
    sentences = [m.end() for m in _SENTENCE_END.finditer(text, earliest - 1, first)]
    if sentences:
        return sentences[-1]
    clauses = [m.end() for m in _CLAUSE_END.finditer(text, earliest - 1, first)]
    if clauses:
        return clauses[0]
    while earliest < first and _is_no_beginning(text, earliest):
        earliest += 1
    return earliest


def _is_no_beginning(text: str, at: int) -> bool:
    return text[at].isspace() or _is_inside_word(text, at)


def _ending(text: str, start: int, last: int, width: int) -> int:
    """Where to end: behind the last mark if it is near, at a sentence's end if one
    is."""
    latest = start + width
    if last > latest:
        latest = min(last, latest + width)
    if len(text) - latest <= _SHORT_REST:
        return len(text.rstrip())
    nearest = max(min(last, latest), latest - width // 4)
    sentences = [m.end() for m in _SENTENCE_END.finditer(text, nearest, latest)]
    end = sentences[-1] if sentences else latest
    while end > nearest and _is_inside_word(text, end):
        end -= 1
    return len(text[:end].rstrip())


def _is_inside_word(text: str, at: int) -> bool:
    """Whether a cut there would halve a number or a word of letters."""
    around = text[at - 1 : at + 1]
    return around.isascii() and around.isalnum()
