"""What a personal name looks like in Chinese text.

Knows surnames and how common they are, which characters given names are made of, the
names of minority peoples and foreign names (艾尔肯·吐尼亚孜), and how names are set in
lists: padded (王　政), run together, broken in a wrong place. A score is a log-odds in
nats: above 0 the text is likelier a name than other text of its length. Bylines,
rosters and pages use it; terms keeps names whole with it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise

from indexer.archive import Span

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"

NO_NAME = -9.0  # the score of what has no form of a name

_DOT = "·•‧・∙"
# Parts joined by a dot; a hyphen joins too where both parts are long enough.
_DOTTED = re.compile(
    f"[{HAN}A-Z]{{1,9}}(?:[{_DOT}][{HAN}A-Za-z]{{1,9}}){{1,4}}"
    f"|[{HAN}]{{2,6}}[-－—―][{HAN}]{{2,6}}"
)
_HAN_ONLY = re.compile(f"[{HAN}]+")
_PIECE = re.compile(f"{_DOTTED.pattern}|[{HAN}]+")
_RARE_CHARACTER = 1.0  # log-odds of a given name's character that no list knows
_WORD_PENALTY = 6.0


@dataclass(frozen=True, slots=True)
class Found:
    """A name without padding, and where it is printed."""

    name: str
    span: Span


def name_score(text: str) -> float:
    """The evidence that `text` is one personal name, in nats; 0 is even odds.

    >>> name_score("欧阳瑞丰") > 4 > 0 > name_score("高速公路")
    True
    """
    if _DOTTED.fullmatch(text):
        return 6.0 if len(text) >= 4 else 2.0
    if not _HAN_ONLY.fullmatch(text):
        return NO_NAME
    return max(_han_score(text), _minority_score(text))


def is_name(text: str) -> bool:
    """Whether `text` alone is likelier a personal name than anything else.

    >>> [is_name(text) for text in ("兰军", "艾尔肯·吐尼亚孜", "高度", "政协委员")]
    [True, True, False, False]
    """
    return name_score(text) > 0


def given_score(text: str) -> float:
    """The evidence that `text` is made of given names' characters, surname or not.

    >>> given_score("晓慧") > 0 > given_score("的是")
    True
    """
    weights = _given_weights()
    return sum(weights.get(character, _RARE_CHARACTER) for character in text)


def surname_of(name: str) -> str | None:
    """The surname that `name` begins with, the compound one where there is one.

    >>> surname_of("欧阳瑞丰"), surname_of("龙云铸"), surname_of("的确")
    ('欧阳', '龙', None)
    """
    surnames = _surnames()
    if len(name) > 2 and name[:2] in surnames:
        return name[:2]
    return name[:1] if name[:1] in surnames else None


def read_names(text: str, *, count: int | None = None) -> tuple[Found, ...]:
    """The names of a text that holds nothing but names, in print order.

    Single characters pair left to right, a gap stands between names, and names that
    run together are cut where both halves read best. `count` is how many the page
    claims: it chooses between readings and never makes one up. What reads as no name
    is left out.

    >>> [found.name for found in read_names("文中东 方 靖 杨洪柯张起河 郝建 华姚 明")]
    ['文中东', '方靖', '杨洪柯', '张起河', '郝建华', '姚明']
    """
    best = _read(text, 0.0)
    if count is None or len(best) == count:
        return best
    step = 1.0 if len(best) < count else -1.0
    for bias in (1, 2, 3, 4, 5, 6):
        reading = _read(text, step * bias)
        if len(reading) == count:
            return reading
        if (len(reading) > count) == (step > 0):
            break
    return best


def _han_score(text: str) -> float:
    if not 2 <= len(text) <= 4:
        return NO_NAME
    surname = surname_of(text)
    if surname is None:
        return NO_NAME
    given = text[len(surname) :]
    if len(given) == 3 and given[0] in _surnames():  # 陈方安生: two surnames
        surname, given = text[:2], text[2:]
    if not 1 <= len(given) <= 2:
        return NO_NAME
    score = _surnames().get(surname, _surnames().get(surname[0], 0.0))
    score += given_score(given)
    score += 0.5 if len(given) == 2 else -1.5
    return score - _WORD_PENALTY if text in _words() else score


def _minority_score(text: str) -> float:
    """Names wholly of the elements of minority names (洛桑江村), two or more of them or
    a long one."""
    if len(text) < 3 or text in _words():
        return NO_NAME
    reachable = {0}
    for end in range(1, len(text) + 1):
        if any(text[start:end] in _elements() for start in reachable):
            reachable.add(end)
    return 4.0 if len(text) in reachable else NO_NAME


@dataclass(frozen=True, slots=True)
class _Reading:
    """The best reading of a list of names up to some place."""

    score: float
    found: tuple[Found, ...]


def _read(text: str, bias: float) -> tuple[Found, ...]:
    """Dynamic programme over the characters of the list; `bias` is added for each
    name, so that a claimed count can lean it to more or fewer."""
    pieces = [_Piece(match[0], match.start()) for match in _PIECE.finditer(text)]
    cells = [cell for piece in pieces for cell in piece.cells()]
    best: list[_Reading] = [_Reading(0.0, ())]
    for end in range(1, len(cells) + 1):
        options = [_Reading(best[end - 1].score - 12.0, best[end - 1].found)]
        for start in range(max(0, end - 7), end):
            score = _score_cells(cells, start, end, text)
            if score > _UNREADABLE:
                name = "".join(cell.text for cell in cells[start:end])
                span = Span(cells[start].start, cells[end - 1].end)
                before = best[start]
                options.append(
                    _Reading(
                        before.score + score + bias, (*before.found, Found(name, span))
                    )
                )
        best.append(max(options, key=lambda reading: reading.score))
    return best[-1].found


_UNREADABLE = -30.0


@dataclass(frozen=True, slots=True)
class _Cell:
    """A character of a list (or a dotted name, which is never cut), with whether its
    printed piece begins and ends with it."""

    text: str
    start: int
    opens: bool
    closes: bool

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def alone(self) -> bool:
        return self.opens and self.closes


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    start: int

    def cells(self) -> Iterator[_Cell]:
        if not _HAN_ONLY.fullmatch(self.text):
            yield _Cell(self.text, self.start, True, True)
            return
        last = len(self.text) - 1
        for index, character in enumerate(self.text):
            yield _Cell(character, self.start + index, index == 0, index == last)


def _score_cells(cells: list[_Cell], start: int, end: int, text: str) -> float:
    """How well these cells read as one name where they stand."""
    run = cells[start:end]
    if any(len(cell.text) > 1 for cell in run):
        return 6.0 if len(run) == 1 else _UNREADABLE
    if len(run) == 1:
        return _UNREADABLE
    name = "".join(cell.text for cell in run)
    whole = run[0].opens and run[-1].closes and not any(c.closes for c in run[:-1])
    score = name_score(name)
    if whole or (score == NO_NAME and all(cell.alone for cell in run)):
        # In a list even a word or an unknown form is a name, if print sets it off so.
        return max(score, -4.0 - len(run))
    return score + _gap_cost(run, text) if score > NO_NAME else _UNREADABLE


def _gap_cost(run: list[_Cell], text: str) -> float:
    """What it costs to join over gaps inside and to cut where no gap is printed."""
    cost = 0.0
    for left, right in pairwise(run):
        gap = text[left.end : right.start]
        if not gap:
            continue
        if gap.strip():
            return _UNREADABLE  # a mark stands between: 、 or a bracket
        padded = (left.alone or left is run[0]) and (right.alone or right is run[-1])
        cost -= (0.5 if padded else 7.0) + (2.0 if "\n" in gap else 0.0)
    cost -= 0.0 if run[0].opens else 3.0
    return cost - (0.0 if run[-1].closes else 3.0)


@cache
def _surnames() -> dict[str, float]:
    """Surname → log-odds against running text."""
    rows = (line.split("\t") for line in _lines("surnames.tsv"))
    return {surname: int(odds) / 10 for surname, _, odds in rows}


@cache
def _given_weights() -> dict[str, float]:
    """Character of given names → log-odds against running text."""
    rows = (line.split("\t") for line in _lines("given_names.tsv"))
    return {char: int(odds) / 10 for odds, chars in rows for char in chars}


@cache
def _words() -> frozenset[str]:
    """Words that look like a name and are none as a rule."""
    rows = (line.split("\t") for line in _lines("not_names.txt"))
    return frozenset(first + rest for first, rests in rows for rest in rests.split(" "))


@cache
def _elements() -> frozenset[str]:
    return frozenset(
        word for line in _lines("name_elements.txt") for word in line.split()
    )


def _lines(file: str) -> Iterator[str]:
    text = resources.files("indexer").joinpath("words", file).read_text("utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))
