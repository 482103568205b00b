"""Stored text and what was looked for → a snippet: pieces of the text as printed, some
of them marked.

Knows where a needle stands in print (white space and punctuation between its characters
do not count), and which part of a long text shows a reader best why it was found.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from itertools import accumulate
from typing import Final, TypeAlias
from unicodedata import combining

import msgspec

from indexer import terms
from indexer.terms import QueryTerm


class Piece(msgspec.Struct, frozen=True, gc=False):
    """A run of printed text; `mark` where it is what the reader looked for. A Struct: a
    screen has a hundred, each made in a fifth of a dataclass's time."""

    text: str
    mark: bool = False


Snippet: TypeAlias = tuple[Piece, ...]


# Where a needle is printed, and its number: (start, end, needle). A plain tuple, being
# made by the thousand for frequent needles.
Place: TypeAlias = tuple[int, int, int]


def find(text: str, needles: Sequence[QueryTerm]) -> list[Place]:
    """Every place of each needle, needle by needle; they may overlap.

    >>> find("主席团：兰　钧、王娴", [QueryTerm("兰钧")])
    [(4, 7, 0)]
    """
    if not needles:
        return []
    printed = terms.characters(text)
    folded, offsets = printed.text, printed.offsets
    places: list[Place] = []
    for number, needle in enumerate(needles):
        wanted, length = needle.text, len(needle.text)
        anywhere = not (needle.whole_word or needle.numbers)
        at = folded.find(wanted) if wanted else -1
        while at >= 0:
            if anywhere or _stands_there(needle, printed, at, at + length):
                end = offsets[at + length - 1] + 1
                if combining(text[end : end + 1] or " "):
                    end = _end(text, end)
                places.append((offsets[at], end, number))
            at = folded.find(wanted, at + 1)
    return places


def apart(passages: Sequence[str], places: Sequence[Place]) -> list[list[Place]]:
    """Places in passages joined by newlines → those in each passage; those across two
    are left out.

    >>> apart(["通车", "大桥"], [(0, 2, 0), (1, 4, 0), (4, 5, 0)])
    [[(0, 2, 0)], [(1, 2, 0)]]
    """
    found: list[list[Place]] = [[] for _ in passages]
    if not places:
        return found
    starts = [0, *accumulate(len(passage) + 1 for passage in passages)]
    before = after = number = 0
    for start, end, needle in places:
        if not before <= start < after:
            number = bisect_right(starts, start) - 1
            before, after = starts[number : number + 2]
        if end < after:
            found[number].append((start - before, end - before, needle))
    return found


def mark(text: str, places: Sequence[Place]) -> Snippet:
    """The whole text, with the places marked; those that overlap or touch are one.

    >>> [piece.text for piece in mark("改革，开放", [(1, 3, 0), (3, 4, 0)])]
    ['改', '革，开', '放']
    """
    if not places:
        return (Piece(text),) if text else ()
    return tuple(_pieces(text, (0, len(text)), _merged(sorted(places))))


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
    marks = _merged(printed)
    line = text.replace("\n", " ")
    pieces: list[Piece] = []
    at = 0
    for start, end in _chosen(text, printed, width, windows) or [_opening(text, width)]:
        if text[at:start].strip():
            pieces.append(_LEFT_OUT)
        pieces += _pieces(line, (start, end), marks)
        at = end
    return (*pieces, _LEFT_OUT) if text[at:].strip() else tuple(pieces)


# Start and end of a run of characters: a plain tuple, as places are.
_Run: TypeAlias = tuple[int, int]
_LEFT_OUT: Final = Piece("…")
# A rest no longer than this is shown rather than cut off.
_SHORT_REST: Final = 4
# Everything up to the end of the last sentence.
_SENTENCES: Final = re.compile(r"(?s:.*)[。！？!?；;\n][”’」』）)\"']*\s*")
_CLAUSE_END: Final = re.compile(r"[，、：,:—…]+\s*")


def _stands_there(
    needle: terms.QueryTerm, printed: terms.Characters, at: int, end: int
) -> bool:
    """Whether the characters from `at` to `end`, the same as the needle's, are it: a
    whole word, or begin and end with none."""
    if needle.whole_word:
        return _is_whole_word(printed, at, end)
    first, last = printed.offsets[at], printed.offsets[end - 1]
    begun = terms.is_han(needle.text[0]) or not _is_letter(printed, at - 1, first - 1)
    return begun and (
        terms.is_han(needle.text[-1]) or not _is_letter(printed, end, last + 1)
    )


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


def _end(text: str, end: int) -> int:
    """The end of a place: an accent belongs to its letter."""
    while end < len(text) and combining(text[end]):
        end += 1
    return end


def _merged(runs: Iterable[_Run | Place], *, gap: int = 0) -> list[_Run]:
    """Runs in order; those that overlap, touch or leave no wider gap become one."""
    merged: list[_Run] = []
    first = last = -1
    for run in runs:
        start, end = run[0], run[1]
        if first >= 0 and start <= last + gap:
            last = max(last, end)
            continue
        if first >= 0:
            merged.append((first, last))
        first, last = start, end
    return [*merged, (first, last)] if first >= 0 else merged


def _pieces(text: str, window: _Run, marks: Iterable[_Run]) -> list[Piece]:
    """The text of a window, cut where marks begin and end."""
    pieces: list[Piece] = []
    at, last = window
    for start, end in marks:
        if end <= at:
            continue
        if start >= last:
            break
        if start > at:
            pieces.append(Piece(text[at:start]))
            at = start
        end = min(end, last)
        pieces.append(Piece(text[at:end], True))
        at = end
    if at < last:
        pieces.append(Piece(text[at:last]))
    return pieces


def _joined(passages: Sequence[str], places: Iterable[Sequence[Place]]) -> list[Place]:
    """The places of each passage as offsets into the passages joined by newlines, in
    order; those of one needle are one where they overlap or touch."""
    joined: list[Place] = []
    before, last, of = 0, -1, -1  # where the last place ends, and of which needle
    for passage, inside in zip(passages, places, strict=True):
        for start, end, needle in inside:
            start += before
            end += before
            if start <= last and needle == of:
                start, end = joined.pop()[0], max(end, last)
            joined.append((start, end, needle))
            last, of = end, needle
        before += len(passage) + 1
    joined.sort()
    return joined


def _chosen(text: str, places: Sequence[Place], width: int, windows: int) -> list[_Run]:
    """The windows that show the most needles, then those not yet shown, then the most
    marks; the earlier of equals."""
    chosen: list[_Run] = []
    seen: set[int] = set()
    while places and len(chosen) < windows:
        group = _best(places, width, seen)
        start, end = _window(text, group, width)
        chosen.append((start, end))
        if group is places:
            break  # as where a word stands once
        seen.update([needle for _, _, needle in group])
        places = [place for place in places if place[1] <= start or end <= place[0]]
    if len(chosen) < 2:
        return chosen
    return _merged(sorted(chosen), gap=_SHORT_REST)


def _best(
    places: Sequence[Place], width: int, seen: Collection[int]
) -> Sequence[Place]:
    """The places within one width that are worth most to show.

    One pass with both ends of the window, since a frequent needle has many places.
    """
    if places[-1][0] < places[0][0] + width:
        return places
    inside: dict[int, int] = {}
    worth, best, end = (0, 0, 0), places[:0], 0
    for number, (start, _, leaving) in enumerate(places):
        before = end
        while end < len(places) and places[end][0] < start + width:
            needle = places[end][2]
            inside[needle] = inside.get(needle, 0) + 1
            end += 1
        # A window that only lost its first place is worth less than the one before.
        if end > before:
            fresh = len(inside.keys() - seen) if seen else len(inside)
            found = fresh, len(inside), end - number
            if found > worth:
                worth, best = found, places[number:end]
        if end == len(places):
            break
        inside[leaving] -= 1
        if not inside[leaving]:
            del inside[leaving]
    return best


def _window(text: str, group: Sequence[Place], width: int) -> _Run:
    """The part of the text to show for these places."""
    first, last = group[0][:2]
    if len(group) > 1:
        last = max([end for _, end, _ in group])
    start = _beginning(text, first, max(0, width - (last - first)) // 2)
    return start, _ending(text, start, last, width)


def _opening(text: str, width: int) -> _Run:
    start = len(text) - len(text.lstrip())
    return start, _ending(text, start, start, width)


def _beginning(text: str, first: int, room: int) -> int:
    """Where to begin, at most `room` before the first mark: at its sentence, else at a
    clause."""
    earliest = max(0, first - room)
    if earliest <= _SHORT_REST:
        return first - len(text[:first].lstrip())
    if sentence := _last_sentence(text, earliest - 1, first):
        return sentence
    if clause := _CLAUSE_END.search(text, earliest - 1, first):
        return clause.end()
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
    end = _last_sentence(text, nearest, latest) or latest
    while end > nearest and _is_inside_word(text, end):
        end -= 1
    return len(text[:end].rstrip())


def _last_sentence(text: str, first: int, last: int) -> int:
    """Where the last sentence ends that ends between two places; 0 for none."""
    sentences = _SENTENCES.match(text, first, last)
    return sentences.end() if sentences else 0


def _is_inside_word(text: str, at: int) -> bool:
    """Whether a cut there would halve a number or a word of letters."""
    around = text[at - 1 : at + 1]
    return around.isascii() and around.isalnum()
