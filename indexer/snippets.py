"""Stored text and what was looked for → a snippet: pieces of the text as printed, some
of them marked.

Knows where a needle stands in print (white space and punctuation between its characters
do not count), and which part of a long text shows a reader best why it was found.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, NamedTuple, TypeAlias
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


class Place(NamedTuple):
    """Where a needle is printed; `needle` is its number. A tuple, being made by the
    thousand."""

    start: int
    end: int
    needle: int = 0


def find(text: str, needles: Sequence[QueryTerm]) -> list[Place]:
    """Every place of each needle, needle by needle; they may overlap.

    >>> find("主席团：兰　钧、王娴", [QueryTerm("兰钧")])
    [Place(start=4, end=7, needle=0)]
    """
    printed = terms.characters(text)
    offsets = printed.offsets
    return [
        Place(offsets[at], _end(text, offsets[end - 1]), number)
        for number, needle in enumerate(needles)
        for at, end in _occurrences(printed.text, needle.text)
        if not needle.whole_word or _is_whole_word(printed, at, end)
    ]


def apart(passages: Sequence[str], places: Iterable[Place]) -> list[list[Place]]:
    """Places in passages joined by newlines → those in each passage; those across two
    are left out.

    >>> apart(["通车", "大桥"], [Place(0, 2), Place(1, 4), Place(4, 5)])
    [[Place(start=0, end=2, needle=0)], [Place(start=1, end=2, needle=0)]]
    """
    starts = list(accumulate((len(passage) + 1 for passage in passages), initial=0))
    found: list[list[Place]] = [[] for _ in passages]
    for start, end, needle in places:
        number = bisect_right(starts, start) - 1
        before = starts[number]
        if end < starts[number + 1]:
            found[number].append(Place(start - before, end - before, needle))
    return found


def mark(text: str, places: Iterable[Place]) -> Snippet:
    """The whole text, with the places marked; those that overlap or touch are one.

    >>> [piece.text for piece in mark("改革，开放", [Place(1, 3), Place(3, 4)])]
    ['改', '革，开', '放']
    """
    return tuple(_pieces(text, Span(0, len(text)), _spans(places)))


def excerpt(
    passages: Sequence[str],
    places: Iterable[Sequence[Place]],
    *,
    width: int = 80,
    windows: int = 2,
) -> Snippet:
    """The parts that show the most needles, each of about `width` characters, in print
    order; the opening where no needle stands. `places` are those of each passage.

    What is left out is an unmarked `…`.

    >>> passages = ["市民等了三年。大桥今日正式通车，" + "市民" * 50, "另讯。"]
    >>> places = [find(passage, [QueryTerm("通车")]) for passage in passages]
    >>> [piece.text for piece in excerpt(passages, places, width=16)]
    ['…', '大桥今日正式', '通车', '，市民市民市民市', '…']
    """
    text = "\n".join(passages)
    printed = _joined(passages, places)
    shown = _chosen(text, printed, width, windows) or [_opening(text, width)]
    marks = _spans(printed)
    line = text.replace("\n", " ")
    pieces: list[Piece] = []
    at = 0
    for window in shown:
        if text[at : window.start].strip():
            pieces.append(_LEFT_OUT)
        pieces += _pieces(line, window, marks)
        at = window.end
    return (*pieces, _LEFT_OUT) if text[at:].strip() else tuple(pieces)


_LEFT_OUT: Final = Piece("…")
# A rest no longer than this is shown rather than cut off.
_SHORT_REST: Final = 4
_SENTENCE_END: Final = re.compile(r"[。！？!?；;\n][”’」』）)\"']*\s*")
_CLAUSE_END: Final = re.compile(r"[，、：,:—…]+\s*")


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


def _spans(places: Iterable[Place]) -> tuple[Span, ...]:
    """The places in order, as one where they overlap or touch."""
    return _merged([Span(place.start, place.end) for place in sorted(places)])


def _merged(spans: Iterable[Span], *, gap: int = 0) -> tuple[Span, ...]:
    """Spans in order; those that overlap, touch or leave no wider gap become one."""
    merged: list[Span] = []
    for span in spans:
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


def _joined(passages: Sequence[str], places: Iterable[Sequence[Place]]) -> list[Place]:
    """The places of each passage as offsets into the passages joined by newlines, in
    order; those of one needle are one where they overlap or touch."""
    joined: list[Place] = []
    before = 0
    for passage, inside in zip(passages, places, strict=True):
        for start, end, needle in inside:
            last = joined[-1] if joined else None
            if last and last.needle == needle and before + start <= last.end:
                start, end = last.start - before, max(end, last.end - before)
                joined.pop()
            joined.append(Place(before + start, before + end, needle))
        before += len(passage) + 1
    return sorted(joined)


def _chosen(
    text: str, places: Sequence[Place], width: int, windows: int
) -> tuple[Span, ...]:
    """The windows that show the most needles, then those not yet shown, then the most
    marks; the earlier of equals."""
    chosen: list[Span] = []
    seen: set[int] = set()
    while places and len(chosen) < windows:
        group = _best(places, width, seen)
        chosen.append(window := _window(text, group, width))
        seen.update(place.needle for place in group)
        places = [
            place
            for place in places
            if place.end <= window.start or window.end <= place.start
        ]
    return _merged(sorted(chosen, key=lambda span: span.start), gap=_SHORT_REST)


def _best(
    places: Sequence[Place], width: int, seen: Collection[int]
) -> Sequence[Place]:
    """The places within one width that are worth most to show.

    One pass with both ends of the window, since a frequent needle has many places.
    """
    inside: Counter[int] = Counter()
    worth, best, end = (0, 0, 0), places[:0], 0
    for start, first in enumerate(places):
        while end < len(places) and places[end].start < first.start + width:
            inside[places[end].needle] += 1
            end += 1
        fresh = sum(needle not in seen for needle in inside)
        if (found := (fresh, len(inside), end - start)) > worth:
            worth, best = found, places[start:end]
        inside[first.needle] -= 1
        if not inside[first.needle]:
            del inside[first.needle]
    return best


def _window(text: str, group: Sequence[Place], width: int) -> Span:
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
