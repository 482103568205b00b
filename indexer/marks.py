"""Which runs of a text stand in quotation marks: “ ”, ‘ ’, 「 」, 『 』 or straight.

Knows the habits of print: marks nest; a quotation of several paragraphs opens each of
them and closes only the last; a mark that is never closed ends with its paragraph.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from indexer.archive import Span

_PAIRS: Final = {"“": "”", "‘": "’", "「": "」", "『": "』"}
_CLOSING: Final = {closing: opening for opening, closing in _PAIRS.items()}
_STRAIGHT: Final = '"＂'
_OUTER: Final = frozenset(f"“「『{_STRAIGHT}")
MARKS: Final = "".join((*_PAIRS, *_CLOSING, _STRAIGHT))
_MARK: Final = re.compile(f"[{MARKS}]")
_MARKS: Final = re.compile(f"[{MARKS}\n]")
_ANY: Final = re.compile(f"[{''.join((*_PAIRS, _STRAIGHT))}]")
_RARER: Final = frozenset({*_PAIRS, *_CLOSING, *_STRAIGHT} - {*"“”"})
_PLAIN: Final = re.compile("“([^“”\n]*+)(?!“)")
_BEGINNING: Final = re.compile(r"\s*(\S)")


class _Open(NamedTuple):
    mark: str
    start: int  # of the whole quotation
    here: int  # of its part in this paragraph


def marked_runs(text: str) -> tuple[Span, ...]:
    """What stands between marks, marks excluded, by where it starts; of a quotation of
    several paragraphs the whole and each paragraph.

    >>> text = "他说：“这叫‘共赢’。”"
    >>> [text[run.start : run.end] for run in marked_runs(text)]
    ['这叫‘共赢’。', '共赢']
    """
    if not _ANY.search(text):
        return ()  # as most
    found = {span for span in _runs(text) if span.start < span.end}
    return tuple(sorted(found, key=lambda span: (span.start, -span.end)))


def outermost(text: str, runs: Iterable[Span]) -> Iterator[Span]:
    """Those of a text's runs that are in no other; what begins in ‘ is in another, or
    no more than a word.

    >>> text = "他说：“这叫‘共赢’。”又说“好”。"
    >>> [text[run.start : run.end] for run in outermost(text, marked_runs(text))]
    ['这叫‘共赢’。', '好']
    """
    behind = 0
    for run in runs:
        if run.start >= behind and text[run.start - 1] in _OUTER:
            yield run
            behind = run.end


def outer_runs(text: str) -> list[tuple[int, int]]:
    """Where what stands in marks begins and ends, paragraph by paragraph, none within
    another; see `outermost`. A paragraph ends whatever is open in it.

    >>> text = "“这叫‘共赢’。”\\n“那么"
    >>> [text[start:end] for start, end in outer_runs(text)]
    ['这叫‘共赢’。', '那么']
    """
    if "“" in text:
        runs = _plain_runs(text) or sorted(_open_runs(text))
    elif any([mark in text for mark in _OUTER]):
        runs = sorted(_open_runs(text))
    else:
        return []  # as most
    found, behind = [], 0
    for start, end in runs:
        if behind <= start < end:
            found.append((start, end))
            behind = end
    return found


def _plain_runs(text: str) -> list[tuple[int, int]]:
    """The runs of a text that has no marks but “ and ”, none within another, as nearly
    all have: in a third of the time. Nothing for any other text."""
    if any([mark in text for mark in _RARER]):
        return []
    runs = [match.span(1) for match in _PLAIN.finditer(text)]
    return runs if len(runs) == text.count("“") else []


def _open_runs(text: str) -> Iterator[tuple[int, int]]:
    """The runs of each paragraph by itself, but for those in ‘ ’."""
    opened: list[tuple[str, int]] = []
    for match in _MARK.finditer(text):
        mark, place = match[0], match.start()
        if opened and (end := text.find("\n", opened[0][1], place)) >= 0:
            yield from ((start, end) for one, start in opened if one in _OUTER)
            opened.clear()
        if mark in _STRAIGHT:
            mark = "”" if any(one == "“" for one, _ in opened) else "“"
        if mark in _PAIRS:
            opened.append((mark, place + 1))
            continue
        opening = _CLOSING[mark]
        if opening in [one for one, _ in opened]:
            one = ""
            while one != opening:
                one, start = opened.pop()
                if one in _OUTER:
                    yield start, place
    if opened:
        end = text.find("\n", opened[0][1])
        end = len(text) if end < 0 else end
        yield from ((start, end) for one, start in opened if one in _OUTER)


def _runs(text: str) -> Iterator[Span]:
    opened: list[_Open] = []
    for match in _MARKS.finditer(text):
        place = match.start()
        if match[0] == "\n":
            if opened:
                opened, found = _carried(opened, text, place)
                yield from found
            continue
        if opened and opened[-1].here == place + 1:
            continue  # its paragraph opens the quotation anew
        mark = _as_mark(match[0], opened)
        if mark in _PAIRS:
            opened.append(_Open(mark, place + 1, place + 1))
        elif mark in _CLOSING:
            yield from _closed(opened, _CLOSING[mark], place)
    for one in opened:
        yield from (Span(one.start, len(text)), Span(one.here, len(text)))


def _carried(
    opened: list[_Open], text: str, end: int
) -> tuple[list[_Open], list[Span]]:
    """What is still open after a paragraph's end: what the next opens anew; all else
    ended with it."""
    ended = [Span(one.here, end) for one in opened]
    begun = _BEGINNING.match(text, end)
    if begun and _as_mark(begun[1], []) == opened[0].mark:
        return [opened[0]._replace(here=begun.end())], ended
    return [], ended


def _closed(opened: list[_Open], mark: str, place: int) -> Iterator[Span]:
    """Close the innermost of these marks, and what was left open inside it."""
    if mark not in (one.mark for one in opened):
        return
    while opened:
        one = opened.pop()
        yield Span(one.here, place)
        yield Span(one.start, place)
        if one.mark == mark:
            return


def _as_mark(character: str, opened: list[_Open]) -> str:
    """The character, or for a straight mark the curly one that it stands for."""
    if character not in _STRAIGHT:
        return character
    return "”" if any(one.mark == "“" for one in opened) else "“"
