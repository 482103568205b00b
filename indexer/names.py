"""What a personal name looks like in Chinese text.

Knows surnames and how common they are, which characters given names are made of, the
names of minority peoples and foreign names (艾尔肯·吐尼亚孜), and how names are set in
lists: padded (王　政), run together, broken in a wrong place. A score is a log-odds in
nats: above 0 the text is likelier a name than other text of its length. Bylines,
rosters and pages use it; terms keeps names whole with it, and `witnesses` finds those
that prose names.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from indexer.archive import Span
from indexer.cues import cue_end, cue_words
from indexer.wordlists import lines_of

_Array: TypeAlias = NDArray[Any]  # Any: arrays of several types

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"

NO_NAME = -9.0  # the score of what has no form of a name

DOTS = "·•‧・∙"
# Parts joined by a dot; a hyphen joins too where both parts are long enough.
_DOTTED = (
    f"[{HAN}A-Z]{{1,9}}(?:[{DOTS}][{HAN}A-Za-z]{{1,9}}){{1,4}}"
    f"|[{HAN}]{{2,6}}[-－—―][{HAN}]{{2,6}}"
)
_HAN_ONLY = re.compile(f"[{HAN}]+")
# A dot between Han characters; it begins with the dot, which is rare and found fast.
JOINT = re.compile(f"[{DOTS}](?<=[{HAN}].)(?=[{HAN}])")
_RARE_CHARACTER = 1.0  # log-odds of a given name's character that no list knows
_WORD_PENALTY = 6.0
_TWO_GIVEN, _ONE_GIVEN = 0.5, 1.5  # most are of two characters, few of one
_TWO_SURNAMES = 6.0
_JAPANESE = 3.0  # a Japanese surname, which few words begin with
_ELEMENTS = 4.0  # what a name of elements alone scores
_KNOWN = 6.0  # what a name that everybody knows scores
_UNREAD = -12.0  # what leaving a character of a list unread costs
_UNREADABLE = float("-inf")
_LONGEST = 8
LONGEST_ELEMENT = 5
_NEVER = np.float32(-99)
_ROUNDING = np.float32(0.01)  # more than single precision may be short by
_CODES = 1 << 16  # what a name is made of is below, all but a few rare characters
_FOUR = np.arange(4)
_REMEMBERED = 1 << 15  # how many scores of short texts are kept


@dataclass(frozen=True, slots=True)
class Found:
    """A name without padding, and where it is printed."""

    name: str
    span: Span


def name_score(text: str) -> float:
    """The evidence that `text` is one personal name, in nats; 0 is even odds.

    >>> name_score("欧阳若兰") > 4 > 0 > name_score("高速公路")
    True
    """
    if _HAN_ONLY.fullmatch(text):
        return max(_han_score(text), _minority_score(text))
    return _foreign_score(text) if _dotted().fullmatch(text) else NO_NAME


def is_name(text: str) -> bool:
    """Whether `text` alone is likelier a personal name than anything else.

    >>> [is_name(text) for text in ("方静", "努尔·买买提", "高度", "政协委员")]
    [True, True, False, False]
    """
    return name_score(text) > 0


def given_score(text: str) -> float:
    """The evidence that `text` is made of given names' characters, surname or not.

    >>> given_score("晓慧") > 0 > given_score("的是")
    True
    """
    weight_of = _given_weights().get
    return sum([weight_of(character, _RARE_CHARACTER) for character in text])


def surname_of(name: str) -> str | None:
    """The surname that `name` begins with, the compound one where there is one.

    >>> surname_of("欧阳若兰"), surname_of("龚小舟"), surname_of("的确")
    ('欧阳', '龚', None)
    """
    surnames, two = _surnames(), name[:2]
    # 石川明 is 石 as a rule, 石川太郎 is not.
    chinese = len(name) == 3 and two in japanese() and name[0] in surnames
    if len(name) > 2 and two in surnames and not chinese:
        return two
    return name[:1] if name[:1] in surnames else None


def title_at(text: str, end: int) -> str | None:
    """The longest title or kind of people that ends there and names are put behind.

    >>> title_at("市中心医院副院长龚小舟", 8), title_at("市中心医院", 5)
    ('副院长', None)
    """
    for size in _title_sizes().get(text[max(0, end - 2) : end], ()):
        if size <= end and (title := text[end - size : end]) in _titles():
            return title
    return None


def honorific_at(text: str, start: int) -> str | None:
    """The longest title that is put behind a name and begins there: 龚小舟|市长."""
    return text[start : cue_end(text, start, "honorific")] or None


def sounds_foreign(text: str) -> bool:
    """Whether every character is one that foreign names are written with.

    >>> sounds_foreign("格鲁什科"), sounds_foreign("当天")
    (True, False)
    """
    return bool(text) and all(character in foreign_characters() for character in text)


@lru_cache(maxsize=1 << 12)  # a line of a list is read by each who asks what it is
def read_names(text: str, *, count: int | None = None) -> tuple[Found, ...]:
    """The names of a text that holds nothing but names, in print order.

    Single characters pair left to right, a gap stands between names, and names that
    run together are cut where both halves read best. `count` is how many the page
    claims: it chooses between readings and never makes one up. What reads as no name
    is left out.

    >>> [found.name for found in read_names("毛小东 方 静 杨洪川张启河 陈建 华姚 敏")]
    ['毛小东', '方静', '杨洪川', '张启河', '陈建华', '姚敏']
    """
    best = _read(text, 0.0)
    if count is None or len(best) == count:
        return best
    step = 1.0 if len(best) < count else -1.0
    for bias in range(1, 13):
        reading = _read(text, step * bias)
        if len(reading) == count:
            return reading
        if (len(reading) > count) == (step > 0):
            break
    return best


def short_of(name: str) -> str | None:
    """What print shortens a dotted name to.

    >>> short_of("阿伦·贝克"), short_of("龚小舟")
    ('贝克', None)
    """
    *_, last = JOINT.split(name)
    return last if 2 <= len(last) < len(name) else None


@lru_cache(maxsize=_REMEMBERED)
def form_score(name: str) -> float:
    """The name_score of Han characters, less where they are or begin with a word."""
    if not _HAN_ONLY.fullmatch(name):
        return NO_NAME
    # As name_score has it: no name of Han characters alone is dotted.
    score = max(_han_score(name), _minority_score(name))
    if score == NO_NAME:
        return NO_NAME
    if name in lookalikes() or (
        name[:2] in lookalikes() and surname_of(name) == name[0]
    ):
        return score - 4.0
    return score


def form_bounds(codes: _Array, starts: _Array) -> _Array:
    """By length, from 2 to 4, what the `form_score` of a text that begins there is at
    most; told of many at once, and near it as a rule."""
    table = _table()
    read = codes.take(starts + _FOUR[:, None], mode="clip")
    given = table.given.take(read, mode="clip")
    surname, second = table.surnames.take(read[:2], mode="clip")
    bounds = np.empty((3, len(starts)), np.float32)
    bounds[0] = surname + given[1] - _ONE_GIVEN
    bounds[1] = surname + given[1] + given[2] + _TWO_GIVEN
    bounds[2] = surname + given[2] + given[3] + (_TWO_GIVEN - _TWO_SURNAMES)
    bounds[2, second <= _NEVER] = _NEVER
    compound = table.compound.take(read[0], mode="clip")
    compound += table.seconds.take(read[1], mode="clip")
    one, two = (
        compound + given[2] - _ONE_GIVEN,
        compound + given[2:].sum(0) + _TWO_GIVEN,
    )
    parts = table.elements.take(read[:3], mode="clip")
    opens = (parts[:2] & parts[1:] >> 1 & 1) | parts[:2] >> 2  # an element, perhaps
    opens[1] |= opens[0]
    made = np.where(opens > 0, np.float32(_ELEMENTS), _NEVER)
    np.maximum(bounds[1:], np.maximum((one, two), made), out=bounds[1:])
    bounds[:, parts[0] >> 3 & parts[1] >> 4 & 1 > 0] = _KNOWN
    return bounds + _ROUNDING


def begins_foreign(codes: _Array, starts: _Array) -> _Array:
    """Whether two characters that foreign names are written with begin there."""
    read = codes.take(starts + _FOUR[:2, None], mode="clip")
    first, second = _table().foreign.take(read, mode="clip")
    begins: _Array = first & second
    return begins


@cache
def openers() -> frozenset[str]:
    """The characters that names begin with, but for what an element follows."""
    first = (name[0] for names in (_surnames(), _known()) for name in names)
    return element_openers().union(first)


@cache
def element_openers() -> frozenset[str]:
    return frozenset(element[0] for element in _elements())


@cache
def lookalikes() -> frozenset[str]:
    """Words that look like a name and are none as a rule."""
    rows = (line.split("\t") for line in lines_of("not_names.txt"))
    return frozenset(first + rest for first, rests in rows for rest in rests.split(" "))


@cache
def japanese() -> frozenset[str]:
    """Japanese surnames of two characters."""
    lines = lines_of("japanese_surnames.txt")
    return frozenset(word for line in lines for word in line.split())


@cache
def foreign_characters() -> str:
    """The characters that foreign names are written with, for a character class."""
    return "".join(lines_of("transliteration.txt"))


def _han_score(text: str) -> float:
    if not 2 <= len(text) <= 4:
        return NO_NAME
    if text in _known():
        return _KNOWN
    surname = surname_of(text)
    if surname is None:
        return NO_NAME
    given, doubt = text[len(surname) :], 0.0
    if len(given) == 3 and given[0] in _surnames():  # 陈方安生: two surnames, rare
        given, doubt = given[1:], _TWO_SURNAMES
        doubt += _WORD_PENALTY if given in lookalikes() else 0  # 李强|首先
    if not 1 <= len(given) <= 2:
        return NO_NAME
    score = _surnames()[surname] + given_score(given) - doubt
    score += _TWO_GIVEN if len(given) == 2 else -_ONE_GIVEN
    return score - _WORD_PENALTY if text in lookalikes() else score


def _foreign_score(text: str) -> float:
    """Names of parts (卡洛斯·梅罗), by the share of characters that sound is written
    with; 共享联盟·青河 has few."""
    parts = _HAN_ONLY.findall(text)
    if all(part in _elements() or _minority_score(part) > 0 for part in parts):
        return 6.0
    written = "".join(parts)
    sounds = sum(character in foreign_characters() for character in written)
    return 6.0 if sounds >= 0.5 * len(written) or len(text) > 9 else -1.0


def _minority_score(text: str) -> float:
    """Names made of the elements of minority names (洛桑江村), wholly or by more than
    half."""
    if len(text) < 3 or text in lookalikes():
        return NO_NAME
    elements, openers = _elements(), element_openers()
    if text[0] not in openers and (len(text) == 3 or openers.isdisjoint(text)):
        return NO_NAME
    covered = [0] * (len(text) + 1)  # the most characters of text[:end] in elements
    for end in range(1, len(text) + 1):
        covered[end] = covered[end - 1]
        for start in range(max(0, end - LONGEST_ELEMENT), end):
            if text[start:end] in elements:
                covered[end] = max(covered[end], covered[start] + end - start)
    share = covered[-1] / len(text)
    if share < 1 and (len(text) < 4 or share <= 0.5):
        return NO_NAME
    return _ELEMENTS if share == 1 else 1.0


@dataclass(frozen=True, slots=True)
class _Cell:
    """A character of a list (or a dotted name, which is never cut), with whether its
    printed piece begins and ends with it, and what cutting that piece costs."""

    text: str
    start: int
    opens: bool
    closes: bool
    cut: float

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def alone(self) -> bool:
        return self.opens and self.closes


def _read(text: str, bias: float) -> tuple[Found, ...]:
    """The best reading, by a dynamic programme over the characters of the list; `bias`
    is added for each name, so that a claimed count can lean it to more or fewer."""
    cells = list(_cells(text))
    scores, starts = [0.0], [0]
    for end in range(1, len(cells) + 1):
        score, start = scores[-1] + _UNREAD, end
        for first in range(max(0, end - _LONGEST), end):
            gain = scores[first] + _score_cells(cells, first, end, text) + bias
            if gain > score:
                score, start = gain, first
        scores.append(score)
        starts.append(start)
    found: list[Found] = []
    end = len(cells)
    while end:
        run = cells[starts[end] : end]
        if run:
            name = "".join(cell.text for cell in run)
            found.append(Found(name, Span(run[0].start, run[-1].end)))
        end = starts[end] if run else end - 1
    return tuple(reversed(found))


def _cells(text: str) -> Iterator[_Cell]:
    for match in _piece().finditer(text):
        if not _HAN_ONLY.fullmatch(match[0]):
            yield _Cell(match[0], match.start(), True, True, 0.0)
            continue
        before, behind = text[: match.start()][-1:], text[match.end() :][:1]
        # Between two marks, 、 or brackets, stands one name; between gaps, perhaps two.
        cut = 8.0 if before.strip() and behind.strip() else 3.0
        for place in range(match.start(), match.end()):
            opens, closes = place == match.start(), place == match.end() - 1
            yield _Cell(text[place], place, opens, closes, cut)


def _score_cells(cells: list[_Cell], start: int, end: int, text: str) -> float:
    """How well these cells read as one name where they stand."""
    run = cells[start:end]
    if any(len(cell.text) > 1 for cell in run):
        return 6.0 if len(run) == 1 else _UNREADABLE
    if len(run) == 1 or any(
        text[left.end : right.start].strip() for left, right in pairwise(run)
    ):
        return _UNREADABLE  # a mark stands between: 、 or a bracket
    name = "".join(cell.text for cell in run)
    whole = run[0].opens and run[-1].closes and not any(c.closes for c in run[:-1])
    score = name_score(name)
    if whole or (score == NO_NAME and all(cell.alone for cell in run)):
        # In a list even a word or an unknown form is a name, if print sets it off so.
        return max(score, -4.0 - len(run))
    return score + _gap_cost(run, text) if score > NO_NAME else _UNREADABLE


def _gap_cost(run: list[_Cell], text: str) -> float:
    """What it costs to join over gaps inside and to cut where no gap is printed."""
    gaps = [text[left.end : right.start] for left, right in pairwise(run)]
    # The padding inside a name is even: 俞 越  秋 is a name and the next one's surname.
    cost = -3.0 if len({len(gap) for gap in gaps if gap}) > 1 else 0.0
    for (left, right), gap in zip(pairwise(run), gaps, strict=True):
        if not gap:
            continue
        padded = (left.alone or left is run[0]) and (right.alone or right is run[-1])
        cost -= (0.5 if padded else 7.0) + (2.0 if "\n" in gap else 0.0)
    cost -= 0.0 if run[0].opens else run[0].cut
    return cost - (0.0 if run[-1].closes else run[-1].cut)


@dataclass(frozen=True, slots=True)
class _Table:
    """By code point: what it adds as a surname, as a character of a given name, and as
    the first and the second one of a surname of two; whether it begins an element (1),
    is the second of one (2) or all of one (4), begins a known name (8) or is the second
    of one (16); whether foreign names have it."""

    surnames: _Array
    given: _Array
    compound: _Array
    seconds: _Array
    elements: _Array
    foreign: _Array


@cache
def _table() -> _Table:
    given = np.full(_CODES, _NEVER, np.float32)
    for han in re.finditer(f"[{HAN}]+", "".join(map(chr, range(_CODES)))):
        given[han.start() : han.end()] = _RARE_CHARACTER
    given[-1] = _RARE_CHARACTER  # stands for all that are beyond
    surnames, compound, seconds = np.full((3, _CODES), _NEVER, np.float32)
    for char, weight in _given_weights().items():
        given[ord(char)] = weight
    for surname, weight in _surnames().items():
        if len(surname) == 1:
            surnames[ord(surname)] = weight
        else:
            at = ord(surname[0])
            compound[at] = max(compound[at], weight)
            seconds[ord(surname[1])] = 0
    elements = np.zeros(_CODES, np.uint8)
    for element in _elements():
        elements[ord(element[0])] |= 1 if element[1:] else 4
        if element[1:]:
            elements[ord(element[1])] |= 2
    for name in _known():
        elements[ord(name[0])] |= 8
        elements[ord(name[1])] |= 16
    foreign = np.zeros(_CODES, np.bool_)
    foreign[[ord(char) for char in foreign_characters()]] = True
    return _Table(surnames, given, compound, seconds, elements, foreign)


# Compiled where they are used: a class of Han characters takes 3 ms, these have nine.
@cache
def _dotted() -> re.Pattern[str]:
    return re.compile(_DOTTED)


@cache
def _piece() -> re.Pattern[str]:
    return re.compile(f"{_DOTTED}|[{HAN}]+")


@cache
def _titles() -> frozenset[str]:
    return frozenset(cue_words("before"))


@cache
def _title_sizes() -> dict[str, tuple[int, ...]]:
    """How long the titles are that end with two characters, the longest first."""
    sizes: dict[str, set[int]] = {}
    for title in _titles():
        sizes.setdefault(title[-2:], set()).add(len(title))
    return {last: tuple(sorted(each, reverse=True)) for last, each in sizes.items()}


@cache
def _surnames() -> dict[str, float]:
    """Surname → log-odds against running text."""
    rows = (line.split("\t") for line in lines_of("surnames.tsv"))
    known = {surname: int(odds) / 10 for surname, _, odds in rows}
    return dict.fromkeys(japanese(), _JAPANESE) | known


@cache
def _given_weights() -> dict[str, float]:
    """Character of given names → log-odds against running text."""
    rows = (line.split("\t") for line in lines_of("given_names.tsv"))
    return {char: int(odds) / 10 for odds, chars in rows for char in chars}


@cache
def _elements() -> frozenset[str]:
    return frozenset(
        word for line in lines_of("name_elements.txt") for word in line.split()
    )


@cache
def _known() -> frozenset[str]:
    return frozenset(
        name for line in lines_of("known_names.txt") for name in line.split()
    )
