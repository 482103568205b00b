"""A page's text → its lines, with the blank lines around them, and paragraphs that the
page wrapped by hand made whole.

Knows line ends, blank lines, indents and the measure of a column; hides how a hard-
wrapped page is told from one of a line a paragraph. `layout` reads what comes out.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from indexer import looks, terms
from indexer.archive import Span


@dataclass(frozen=True, slots=True)
class Piece:
    """A printed line, or the hard-wrapped lines of one paragraph.

    `text` is folded, without outer spaces; `runs` are where it is printed. `gap` and
    `gap_after` count the blank lines around it.
    """

    text: str
    runs: tuple[Span, ...]
    gap: int
    gap_after: int
    indented: bool


def pieces_of(text: str) -> tuple[Piece, ...]:
    """The pieces of a page in print order.

    >>> [piece.text for piece in pieces_of("大桥通车\\n\\n本报讯　昨日，大桥通车。")]
    ['大桥通车', '本报讯 昨日,大桥通车。']
    """
    folded = terms.fold(text)
    return tuple(_unwrap(tuple(_lines(text, folded)), folded))


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    gap: int
    indented: bool

    def __len__(self) -> int:
        return self.end - self.start


_NEWLINE = re.compile(r"\r\n?|[\n\v\f\x1c-\x1e\x85\u2028\u2029]")


def _lines(text: str, folded: str) -> Iterator[_Line]:
    gap = at = 0
    for stop in (
        *(match.span() for match in _NEWLINE.finditer(text)),
        (len(text),) * 2,
    ):
        line = folded[at : stop[0]]
        body = line.strip()
        if body:
            indent = len(line) - len(line.lstrip())
            start = at + indent
            yield _Line(start, start + len(body), gap, indent >= 2)
            gap = 0
        else:
            gap += 1
        at = stop[1]


def _unwrap(lines: tuple[_Line, ...], folded: str) -> Iterator[Piece]:
    """Lines joined where the page wraps its paragraphs by hand."""
    width = _wrap_width(lines, folded)
    indents = _indents_paragraphs(lines, folded)
    block: list[_Line] = []
    for line in lines:
        if block and not _wraps(block, line, folded, width, indents):
            yield _piece(block, folded, line.gap)
            block = []
        block.append(line)
    if block:
        yield _piece(block, folded, 9)


def _piece(block: list[_Line], folded: str, gap_after: int) -> Piece:
    text = "".join(folded[line.start : line.end] for line in block)
    runs = tuple(Span(line.start, line.end) for line in block)
    return Piece(text, runs, block[0].gap, gap_after, block[0].indented)


def _wrap_width(lines: tuple[_Line, ...], folded: str) -> int | None:
    """The page's measure in characters, where most lines run on into the next."""
    running = Counter(
        len(left)
        for left, right in pairwise(lines)
        if right.gap == 0
        and len(left) >= 12
        and not right.indented
        and not looks.closes(folded[left.start : left.end])
        and not looks.is_list(folded[left.start : left.end])
    )
    total = sum(running.values())
    if total < max(4, 0.5 * len(lines)):
        return None
    width = running.most_common(1)[0][0]
    near = sum(count for size, count in running.items() if abs(size - width) <= 3)
    return width if near >= 0.6 * total else None


def _indents_paragraphs(lines: tuple[_Line, ...], folded: str) -> bool:
    after_stop = [
        right.indented
        for left, right in pairwise(lines)
        if right.gap == 0 and looks.closes(folded[left.start : left.end])
    ]
    return sum(after_stop) >= max(1, 0.2 * len(after_stop))


def _wraps(
    block: list[_Line], right: _Line, folded: str, width: int | None, indents: bool
) -> bool:
    """Whether a line goes on with the paragraph of the lines before it."""
    if width is None or right.gap or right.indented:
        return False
    left = block[-1]
    closed = looks.closes(folded[left.start : left.end])
    ends = closed and len(left) < width - 4
    if indents and block[0].indented:
        return not ends
    if indents and not closed and abs(len(right) - width) <= 3:
        return True  # the rest of a line that a column's end cut, and its next line
    runs_on = folded[left.end - 1] in ",、" and len(left) > width / 2
    if not runs_on and not width - 4 <= len(left) <= width + 4:
        return False
    return indents or len(left) >= width - 2 or not closed
