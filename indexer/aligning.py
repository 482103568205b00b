"""Two texts side by side: where one stands in the other, and what differs.

Hides rapidfuzz and the traps of edit distance. Characters are compared folded (width,
traditional forms; all quotation marks are equal), case as it is, white space never; a
run that is left out is one difference and not many.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, NamedTuple

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein, Opcode

from indexer import terms

Operation = Literal["equal", "replace", "delete", "insert"]

_FEW: Final = 3
_SHORT: Final = 4
_QUOTATION_MARKS: Final = frozenset('“”‘’「」『』"＂')
_CONTEXT: Final = 40
_LEAST_SHARED: Final = 2
_CODES: Final = "utf-32-le"
_DENSE: Final = 1.3  # a paraphrase may be somewhat shorter than what it is of


class Step(NamedTuple):
    """A run of `printed` and what the other text has for it; offsets into both.
    `delete` is printed and left out, `insert` is not printed."""

    operation: Operation
    start: int
    end: int
    other_start: int
    other_end: int


class Difference(NamedTuple):
    """A step in words: what is printed and what the other text has."""

    operation: Operation
    printed: str
    other: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a text stands in another, and the steps from there to it."""

    start: int
    end: int
    steps: tuple[Step, ...]

    @property
    def differing(self) -> int:
        """How many characters are changed, added or missing."""
        return sum(
            max(step.end - step.start, step.other_end - step.other_start)
            for step in self.steps
            if step.operation != "equal"
        )


def placed(text: str, printed: str) -> Placed | None:
    """The one place of `printed` that is most like a text; None where they share
    nothing. Both are folded characters, see `terms.characters`.

    >>> place = placed("等了十年", "这座桥我们等了九年")
    >>> place.start, place.end, [step.operation for step in place.steps]
    (5, 9, ['equal', 'replace', 'equal'])
    """
    first, last = around(text, printed, 0)
    found = None
    # The wider the view, the more characters are met by chance.
    for slack in (_FEW, len(text) + _CONTEXT):
        view = max(0, first - slack), min(len(printed), last + slack)
        found = _placed(text, printed, *view) or found
        if found and found.differing <= _FEW:
            break
    return found


def around(text: str, printed: str, slack: int) -> tuple[int, int]:
    """The stretch of `printed` that is likeliest to be a text, and so many characters
    before and after it."""
    if len(text) >= len(printed):
        return 0, len(printed)
    near = fuzz.partial_ratio_alignment(text, printed)
    assert near is not None  # only a score_cutoff gives None
    return max(0, near.dest_start - slack), min(len(printed), near.dest_end + slack)


def reordered(text: str, printed: str) -> Placed | None:
    """Where `printed` has all characters of a text, and no others, in another order,
    near the place that is most like it.

    >>> place = reordered("等了九年我们", "这座桥我们等了九年")
    >>> place and (place.start, place.end)
    (3, 9)
    """
    start, end = around(text, printed, len(text))
    size, counts = len(text), Counter(text)
    if counts - Counter(printed[start:end]):
        return None
    view = np.frombuffer(printed[start:end].encode(_CODES, "surrogatepass"), "<u4")
    fits = np.ones(max(len(view) - size + 1, 0), bool)
    for character, count in counts.items():
        met = np.cumsum(view == ord(character), dtype=np.int64)
        met = np.concatenate([[0], met])
        fits &= met[size:] - met[:-size] == count
    places = fits.nonzero()[0]
    if not len(places):
        return None
    start += int(places[0])
    steps = tuple(_steps(text, printed, start, start + size))
    return Placed(start, start + size, steps)


def within(text: str, printed: str, start: int, end: int) -> Placed | None:
    """A text as that very stretch of `printed`: with few characters changed, in another
    order, or with some runs left out and nothing else; None where it is none of these.

    >>> place = within("我们九年", "桥我们等了整整九年", 1, 9)
    >>> [step.operation for step in place.steps] if place else []
    ['equal', 'delete', 'equal']
    """
    stretch = printed[start:end]
    if len(stretch) < len(text) - _FEW:
        return None
    whole = Placed(start, end, tuple(_steps(text, printed, start, end)))
    if whole.differing <= _FEW or sorted(text) == sorted(stretch):
        return whole
    kept = [step for step in whole.steps if step.operation == "equal"]
    short = any(step.end - step.start < _LEAST_SHARED for step in kept)
    if short or sum(step.end - step.start for step in kept) < len(text):
        return None
    first, last = whole.steps.index(kept[0]), whole.steps.index(kept[-1])
    return Placed(kept[0].start, kept[-1].end, whole.steps[first : last + 1])


def compared(printed: str, other: str) -> tuple[Difference, ...]:
    """What differs between two printed texts, in their own writing.

    >>> [tuple(piece) for piece in compared("等了九年。", "等了 十年")]
    [('equal', '等了', '等了 '), ('replace', '九', '十'), ('equal', '年', '年'), \
('delete', '。', '')]
    """
    ours, theirs = _marked(printed), _marked(other)
    steps = _slid(list(_steps(theirs.text, ours.text, 0, len(ours.text))), ours, theirs)
    return tuple(
        Difference(
            step.operation,
            printed[ours.at(step.start) : ours.at(step.end)],
            other[theirs.at(step.other_start) : theirs.at(step.other_end)],
        )
        for step in steps
    )


def same(printed: str, other: str, *, marks: bool = True) -> bool:
    """Whether two texts are the same in writing; without `marks` in their letters
    alone.

    >>> same("數控，Ｃ60", "数控， C60"), same("数控，", "数控、"), same("C60", "c60")
    (True, False, False)
    >>> same("乾隆年間", "乾隆年间"), same("乾隆", "干隆")
    (True, False)
    """
    ours, theirs = _marked(printed).text, _marked(other).text
    if not marks:
        ours, theirs = ("".join(filter(str.isalnum, text)) for text in (ours, theirs))
    return ours == theirs


def share(text: str, printed: str) -> float:
    """How much of a text stands close together in another, in runs of two characters
    or more, in any order; from 0 to 1.

    >>> share("等了九年我们", "这座桥我们等了九年")
    1.0
    """
    if not text:
        return 0.0
    start, end = around(text, printed, len(text))
    size = int(len(text) * _DENSE) + 1
    step = max(1, len(text) // 4)
    last = max(start, end - size)
    views = {min(at, last) for at in range(start, last + step, step)}
    return max(_shared(text, printed[at : at + size]) for at in views) / len(text)


class _Marked(NamedTuple):
    """The characters of a text that count when writing is compared, and their
    offsets."""

    text: str
    offsets: tuple[int, ...]
    size: int

    def at(self, place: int) -> int:
        if place >= len(self.offsets):
            return self.size
        return self.offsets[place]


def _marked(text: str) -> _Marked:
    folded = terms.fold(text)
    kept = [
        (_written(mine, plain), place)
        for place, (mine, plain) in enumerate(zip(text, folded, strict=True))
        if not mine.isspace()
    ]
    characters = "".join(character for character, _ in kept)
    return _Marked(characters, tuple(place for _, place in kept), len(text))


def _slid(steps: list[Step], ours: "_Marked", theirs: "_Marked") -> list[Step]:
    """The steps with each run that only one text has where a reader sees it: as part of
    the one before it or else as a whole clause. What stands before such a run may as
    well be its end: 甲乙[丙乙] is 甲[乙丙]乙."""
    for number in range(1, len(steps) - 1):
        before, step, after = steps[number - 1 : number + 2]
        if step.operation not in ("delete", "insert") or before.operation != "equal":
            continue
        mine = step.operation == "delete"
        text = ours.text if mine else theirs.text
        start, end = (step[1], step[2]) if mine else (step[3], step[4])
        back = 0
        while (
            back < before.end - before.start
            and text[end - 1 - back] == (text[start - 1 - back])
        ):
            back += 1
        best = _best_slide(text, start, end, back, before.end - before.start)
        if best:
            steps[number - 1] = _moved(before, 0, -best)
            steps[number] = _moved(step, -best, -best)
            steps[number + 1] = _moved(after, -best, 0)
    return _joined(
        [
            step
            for step in steps
            if step.end > step.start or (step.other_end > step.other_start)
        ]
    )


def _best_slide(text: str, start: int, end: int, most: int, whole: int) -> int:
    """How far back a run is best moved."""
    if most and most == whole:
        return most  # it joins the run before it
    for back in range(most + 1):
        if not text[start - back - 1 : start - back].isalnum():
            return back
    return 0


def _moved(step: Step, first: int, last: int) -> Step:
    return Step(
        step.operation,
        step.start + first,
        step.end + last,
        step.other_start + first,
        step.other_end + last,
    )


def _joined(steps: list[Step]) -> list[Step]:
    """The steps, those that differ side by side as one."""
    found: list[Step] = []
    for step in steps:
        if found and "equal" not in (found[-1].operation, step.operation):
            last = found.pop()
            same = last.operation == step.operation
            operation: Operation = step.operation if same else "replace"
            step = Step(operation, last.start, step.end, last[3], step.other_end)
        found.append(step)
    return found


def _written(character: str, folded: str) -> str:
    """A character as writing is compared: letters keep their case, all quotation marks
    are one. A character that simplified print has too is itself: 乾 is no 干."""
    if character in _QUOTATION_MARKS:
        return '"'
    if character == folded or _is_simplified(character):
        return character
    return folded.upper() if character.isupper() else folded


@lru_cache(maxsize=1 << 12)
def _is_simplified(character: str) -> bool:
    """Whether a Chinese character is of GB 2312, the set of simplified print."""
    try:
        return terms.is_han(character) and len(character.encode("gb2312")) > 1
    except UnicodeEncodeError:
        return False


def _placed(text: str, printed: str, start: int, end: int) -> Placed | None:
    """The place of a text within a stretch."""
    blocks = _trusted(_blocks(text, printed, start, end))
    if not blocks:
        return None
    start = max(0, blocks[0].start - blocks[0].other_start)
    end = min(len(printed), blocks[-1].end + len(text) - blocks[-1].other_end)
    return Placed(start, end, tuple(_steps(text, printed, start, end)))


def _blocks(text: str, printed: str, start: int, end: int) -> list[Step]:
    """The runs that both have, in order."""
    steps = _steps(text, printed, start, end)
    return [step for step in steps if step.operation == "equal"]


def _steps(text: str, printed: str, start: int, end: int) -> Iterator[Step]:
    """The steps of a stretch; those that differ side by side are one."""
    codes = Levenshtein.opcodes(printed[start:end], text)
    yield from _joined([_step_of(code, start) for code in codes])


def _step_of(code: Opcode, start: int) -> Step:
    operation: Operation = code.tag  # type: ignore[assignment]  # typed as a str
    first, last = start + code.src_start, start + code.src_end
    return Step(operation, first, last, code.dest_start, code.dest_end)


def _trusted(blocks: list[Step]) -> list[Step]:
    """The blocks without short ones at either end that stand far off: those are met by
    chance, since edit distance likes any character better than none."""
    while len(blocks) > 1 and _is_stray(blocks[0], blocks[1]):
        blocks = blocks[1:]
    while len(blocks) > 1 and _is_stray(blocks[-1], blocks[-2]):
        blocks = blocks[:-1]
    return blocks


def _is_stray(block: Step, neighbour: Step) -> bool:
    earlier, later = sorted((block, neighbour))[0], sorted((block, neighbour))[1]
    skipped = later.start - earlier.end
    missing = later.other_start - earlier.other_end
    return block.end - block.start < _SHORT and skipped - missing > _FEW


def _shared(text: str, printed: str) -> int:
    """How many characters of a text stand in such runs."""
    found = at = 0
    while at < len(text):
        length = _longest(text, at, printed)
        if length >= _LEAST_SHARED:
            found += length
        at += max(length, 1)
    return found


def _longest(text: str, at: int, printed: str) -> int:
    """How long a run from there is printed."""
    length = 0
    while at + length < len(text) and text[at : at + length + 1] in printed:
        length += 1
    return length
