"""What a personal name looks like in Chinese text.

Knows surnames and how common they are, which characters given names are made of, the
names of minority peoples and foreign names (艾尔肯·吐尼亚孜), and how names are set in
lists: padded (王　政), run together, broken in a wrong place. A score is a log-odds in
nats: above 0 the text is likelier a name than other text of its length. Bylines,
rosters and pages use it; terms keeps names whole with it. Long, but one idea: every
reading of a text, prose or list, weighs the same candidates by the same scores.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from indexer.archive import Span
from indexer.cues import Scan, cue_end, cue_words, cues_at, last_characters, scan
from indexer.wordlists import lines_of

_Array: TypeAlias = NDArray[Any]  # Any: arrays of several types

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"

NO_NAME = -9.0  # the score of what has no form of a name

_DOT = "·•‧・∙"
_DOTS = frozenset(_DOT)
# Parts joined by a dot; a hyphen joins too where both parts are long enough.
_DOTTED = re.compile(
    f"[{HAN}A-Z]{{1,9}}(?:[{_DOT}][{HAN}A-Za-z]{{1,9}}){{1,4}}"
    f"|[{HAN}]{{2,6}}[-－—―][{HAN}]{{2,6}}"
)
_LONGEST_PART = 9
_DOTTED_PARTS = re.compile(
    f"[{HAN}]{{1,{_LONGEST_PART}}}(?:[{_DOT}][{HAN}]{{1,{_LONGEST_PART}}})+"
)
_HAN_ONLY = re.compile(f"[{HAN}]+")
_HAN_ONE = re.compile(f"[{HAN}]")
# A dot between Han characters; it begins with the dot, which is rare and found fast.
_JOINT = re.compile(f"[{_DOT}](?<=[{HAN}].)(?=[{HAN}])")
_JOINERS = "和与及"
_NEVER_FOREIGN = re.compile(
    "[的到从对随了在向把被给为是让由以像当按据说称请连跟比同我不岁国于]"
)
_UNJOINED = re.compile(f"[^{_JOINERS}]+")  # 方·一和王·二
_HAN_TAIL = re.compile(f"[{HAN}]+\\Z")
_PIECE = re.compile(f"{_DOTTED.pattern}|[{HAN}]+")
_RARE_CHARACTER = 1.0  # log-odds of a given name's character that no list knows
_WORD_PENALTY = 6.0
_TWO_GIVEN, _ONE_GIVEN = (
    0.5,
    1.5,
)  # more are given names of two characters, fewer of one
_TWO_SURNAMES = 6.0
_ELEMENTS = 4.0  # what a name of elements alone scores
_UNREAD = -12.0  # what leaving a character of a list unread costs
_UNREADABLE = float("-inf")
_LONGEST = 8
_LONGEST_ELEMENT = 5
_WITNESSED = 5.0  # what a name's form and its neighbours must add up to in prose
_IN_LIST = 4.5  # what a name's neighbour in a list is worth
_MOST = 3.0  # what stands on one side of a name speaks for it by this at most
_BEHIND_TITLE = 3.5
_HOPELESS = _WITNESSED - 2 * _MOST
_NEVER = np.float32(-99)
_ROUNDING = np.float32(0.01)  # more than single precision may be short by
_CODES = 1 << 16  # what a name is made of is below, all but a few rare characters
_FOUR = np.arange(4)
_REMEMBERED = 1 << 15  # how many scores of short texts are kept
_FUNCTION = frozenset("等的在是对就将和与向从为也都则被把给以用于作日中受")
_NEVER_LAST = frozenset("等的在是对就将与也都则被把")
_SELDOM_LAST = _FUNCTION | _NEVER_LAST
_SIGNED_GAP = re.compile(r"[/／:：、\s]*")


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
    if _DOTTED.fullmatch(text):
        return _foreign_score(text)
    if not _HAN_ONLY.fullmatch(text):
        return NO_NAME
    return max(_han_score(text), _minority_score(text))


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
    surnames = _surnames()
    if len(name) > 2 and name[:2] in surnames:
        return name[:2]
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


def name_at(text: str, start: int) -> str | None:
    """The likeliest name that begins at a place where a title ends, if it is likelier
    than other text.

    >>> name_at("村民方静翻开账本", 2), name_at("村民翻开账本", 2)
    ('方静', None)
    """
    return _best(text, start, left=_MOST + 1.0)


def honorific_at(text: str, start: int) -> str | None:
    """The longest title that is put behind a name and begins there: 龚小舟|市长."""
    return text[start : cue_end(text, start, "honorific")] or None


def sounds_foreign(text: str) -> bool:
    """Whether every character is one that foreign names are written with.

    >>> sounds_foreign("格鲁什科"), sounds_foreign("当天")
    (True, False)
    """
    return bool(text) and all(character in _foreign() for character in text)


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
    *_, last = _JOINT.split(name)
    return last if 2 <= len(last) < len(name) else None


def find_persons(text: str) -> tuple[Found, ...]:
    """The people that prose names, in print order; who signs as 记者X is no mention.

    A name needs a witness once (a title before it, speech behind it, a neighbour in a
    list) and then counts wherever it stands.

    >>> found = find_persons("市长龚小舟、教授沈一鸣等参加。龚小舟说,记者王岚来过。")
    >>> [(each.name, each.span.start) for each in found]
    [('龚小舟', 2), ('沈一鸣', 8), ('龚小舟', 15)]
    """
    (places,) = _found_in_each([text], scan([text]))
    return tuple(Found(text[start:end], Span(start, end)) for start, end in places)


def persons_in_each(texts: Sequence[str], scanned: Scan) -> list[tuple[str, ...]]:
    """The people whom each of several texts names, each once, in print order; found in
    all texts together, for a third of what one by one takes."""
    return [
        tuple(dict.fromkeys([text[start:end] for start, end in places]))
        for text, places in zip(texts, _found_in_each(texts, scanned), strict=True)
    ]


def _found_in_each(
    texts: Sequence[str], scanned: Scan
) -> Iterator[Iterable[tuple[int, int]]]:
    """Where the people stand in each text that prose names."""
    signed = _signed_spans(scanned)
    witnesses = [w for w in _witnessed(scanned) if w[1] not in signed]
    places = scanned.firsts.searchsorted([start for _, start in witnesses], "right")
    named: dict[int, set[str]] = {}
    for (name, _), place in zip(witnesses, places.tolist(), strict=True):
        named.setdefault(place - 1, set()).add(name)
    for number, (text, first) in enumerate(
        zip(texts, scanned.firsts.tolist(), strict=False)
    ):
        names = named.get(number)
        yield _printed(text, names - _countries(), signed, first) if names else ()


def _han_score(text: str) -> float:
    if not 2 <= len(text) <= 4:
        return NO_NAME
    surname = surname_of(text)
    if surname is None:
        return NO_NAME
    given, doubt = text[len(surname) :], 0.0
    if len(given) == 3 and given[0] in _surnames():  # 陈方安生: two surnames, rare
        given, doubt = given[1:], _TWO_SURNAMES
    if not 1 <= len(given) <= 2:
        return NO_NAME
    score = _surnames()[surname] + given_score(given) - doubt
    score += _TWO_GIVEN if len(given) == 2 else -_ONE_GIVEN
    return score - _WORD_PENALTY if text in _words() else score


def _foreign_score(text: str) -> float:
    """Names of parts (卡洛斯·梅罗), by the share of characters that sound is written
    with; 共享联盟·青河 has few."""
    parts = _HAN_ONLY.findall(text)
    if all(part in _elements() or _minority_score(part) > 0 for part in parts):
        return 6.0
    written = "".join(parts)
    sounds = sum(character in _foreign() for character in written)
    return 6.0 if sounds >= 0.5 * len(written) or len(text) > 9 else -1.0


def _minority_score(text: str) -> float:
    """Names made of the elements of minority names (洛桑江村), wholly or by more than
    half."""
    if len(text) < 3 or text in _words():
        return NO_NAME
    elements, openers = _elements(), _element_openers()
    if text[0] not in openers and (len(text) == 3 or openers.isdisjoint(text)):
        return NO_NAME
    covered = [0] * (len(text) + 1)  # the most characters of text[:end] in elements
    for end in range(1, len(text) + 1):
        covered[end] = covered[end - 1]
        for start in range(max(0, end - _LONGEST_ELEMENT), end):
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
    for match in _PIECE.finditer(text):
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


def _printed(
    text: str, names: set[str], signed: frozenset[int], first: int
) -> Iterator[tuple[int, int]]:
    """Where names stand, the longest where several begin, none within another, none
    that signs; `signed` count from what is `first` in the text."""
    places = sorted(
        (start, -len(name)) for name in names for start in _places(text, name)
    )
    behind = 0
    for start, size in places:
        if start >= behind:
            behind = start - size
            if start + first not in signed:
                yield start, behind


def _places(text: str, name: str) -> Iterator[int]:
    start = text.find(name)
    while start >= 0:
        yield start
        start = text.find(name, start + 1)


def _signed_spans(scanned: Scan) -> frozenset[int]:
    """Where the names stand that sign a text: behind 记者, and their neighbours."""
    _, ends = scanned.words("signed")
    chains = (_chained(scanned.text, end) for end in ends.tolist())
    return frozenset(start for chain in chains for start in chain)


def _chained(text: str, place: int) -> Iterator[int]:
    """Where each of the names begins that follow one another from `place` on."""
    start = _past_marks(text, place)
    while name := _best(text, start, left=2.0):
        yield start
        start = _past_marks(text, start + len(name))


def _past_marks(text: str, place: int) -> int:
    gap = _SIGNED_GAP.match(text, place)
    return gap.end() if gap else place


def _witnessed(scanned: Scan) -> Iterator[tuple[str, int]]:
    """The names that something beside them speaks for, with where they begin."""
    text = scanned.text
    # The last is asked first: no part of a dotted name is a name.
    queue = [*_cued(scanned), *_titled(scanned), *_dotted(text)]
    seen: set[int] = set()
    while queue:
        name, start = queue.pop()
        if start in seen:
            continue
        seen.add(start)
        yield name, start
        queue.extend(_listed(text, start, start + len(name)))


def _dotted(text: str) -> Iterator[tuple[str, int]]:
    """Foreign names, cut out of the words around them: 总理|阿伦·贝克|说."""
    for match in _dotted_parts(text):
        for piece in _UNJOINED.finditer(match[0]):
            first, *others = _JOINT.split(piece[0])
            start, end = match.start() + piece.start(), match.start() + piece.end()
            alone = not (start and _HAN_ONE.match(text, start - 1))
            head = _head(first, alone=alone or text[start - 1] in _JOINERS)
            tail = _tail(others[-1]) if others else ""
            if head and tail:
                start += len(first) - len(head)
                end -= len(others[-1]) - len(tail)
                yield text[start:end], start


def _head(first: str, *, alone: bool) -> str:
    """The part of a foreign name in front of its first dot, without the words that it
    follows there; `alone` if it follows none."""
    title = max(
        (end for _, end in cues_at(first, "before", range(len(first)))), default=0
    )
    rest = first[title:]
    run = _foreign_tail().search(rest)
    found = run[0] if run else ""
    odd = rest[: len(rest) - len(found)]  # 古莲|达, 艾山江|, but 美国|约翰, 的|约翰
    likely = odd[:1] in _foreign() and not _NEVER_FOREIGN.search(odd)
    bounded = (alone or title) and 2 <= len(rest) <= _LONGEST_ELEMENT
    return rest if odd and likely and bounded else found


def _tail(last: str) -> str:
    """The last part of a foreign name, without the words behind it."""
    run = _foreign_run().match(last)
    if run is None:
        return ""
    titles = (at for at in range(1, run.end()) if honorific_at(last, at))
    return last[: next(titles, run.end())]


def _dotted_parts(text: str) -> Iterator[re.Match[str]]:
    """The matches of _DOTTED_PARTS, found from their dots."""
    behind = 0
    for joint in _JOINT.finditer(text):
        dot = joint.start()
        if dot >= behind and (
            head := _HAN_TAIL.search(text, max(behind, dot - _LONGEST_PART), dot)
        ):
            match = _DOTTED_PARTS.match(text, head.start())
            assert match is not None  # a Han character stands behind the dot
            behind = match.end()
            yield match


def _titled(scanned: Scan) -> Iterator[tuple[str, int]]:
    """市长龚小舟."""
    text = scanned.text
    _, starts = scanned.words("before")
    hopeful = _form_bounds(scanned.codes, starts) + _BEHIND_TITLE + _MOST >= _WITNESSED
    foreign = _begins_foreign(scanned.codes, starts)
    some = hopeful.any(0) | foreign
    longest = np.where(hopeful[2], 4, 3)
    rows = (starts[some].tolist(), longest[some].tolist(), foreign[some].tolist())
    for start, most, written in zip(*rows, strict=True):
        name = _best(text, start, left=_BEHIND_TITLE, most=most)
        other = _foreign_behind(text, start) if written else None
        if other and len(other) > len(name or ""):
            name = other
        if name:
            yield name, start


def _foreign_behind(text: str, start: int) -> str | None:
    """A foreign name of one part behind a title: 总统|阿伦索|说."""
    match = _foreign_part().match(text, start)
    if match is None or (behind := _right(text, match.end())) < 0:
        return None
    if _DOTTED_PARTS.match(text, match.end() - 1):
        return None
    wordlike = [left + right in _words() for left, right in pairwise(match[0])]
    return None if wordlike[0] or (any(wordlike) and behind < 1) else match[0]


def _cued(scanned: Scan) -> Iterator[tuple[str, int]]:
    """龚小舟说, 龚小舟同志."""
    text, openers, seconds = scanned.text, _openers(), _element_openers()
    ends, _ = scanned.words("behind")
    best, first, behind = _WITNESSED, 0, 0
    for start, end in _hopeful(scanned.codes, ends):
        if end != behind:
            if first < behind:
                yield text[first:behind], first
            best, first, behind = _WITNESSED, end, end
        if text[start] not in openers and text[start + 1] not in seconds:
            continue
        form = _form_score(text[start:end])
        if form < _HOPELESS:
            continue
        score = _candidate(text, start, end, form, left=_left(text, start))
        if score >= best:
            best, first = score, start
    if first < behind:
        yield text[first:behind], first


def _hopeful(codes: _Array, ends: _Array) -> Iterator[tuple[int, int]]:
    """Where names may begin that end there: but for those whose form speaks against
    them so much that what stands beside them can't mend it."""
    sizes = np.arange(4, 1, -1)
    starts = ends[:, None] - sizes
    bounds = np.stack(
        [_form_bounds(codes, starts[:, 4 - size])[size - 2] for size in sizes], 1
    )
    rows, columns = ((bounds >= _HOPELESS) & (starts >= 0)).nonzero()
    return zip(starts[rows, columns].tolist(), ends[rows].tolist(), strict=True)


def _listed(text: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    """The neighbours of a name in a list: 龚小舟、沈一鸣等."""
    behind = end + 1
    if text[end:behind] == "、" and (name := _best(text, behind, left=_IN_LIST)):
        yield name, behind
    if text[start - 1 : start] == "、":
        for size in (2, 3, 4):
            first, last = start - 1 - size, start - 1
            if first < 0 or _left(text, first) < 1:
                continue  # something runs on in front of it
            form = _form_score(text[first:last])
            if _candidate(text, first, last, form, left=_IN_LIST) >= _WITNESSED:
                yield text[first:last], first


def _best(text: str, start: int, *, left: float, most: int = 4) -> str | None:
    """The likeliest name of so many characters at `most` that begins at `start`, if one
    is likely enough."""
    opening = text[start : start + 2]
    if opening[:1] not in _openers() and opening[1:] not in _element_openers():
        return None  # as most
    best, behind = _WITNESSED, start
    for end in range(start + 2, min(start + most, len(text)) + 1):
        form = _form_score(text[start:end])
        if form + left + _MOST < best:
            continue
        score = _candidate(text, start, end, form, left=left)
        if score >= best:
            best, behind = score, end
    return text[start:behind] or None


def _candidate(text: str, start: int, end: int, form: float, *, left: float) -> float:
    """How likely text[start:end], of this form, is a name with what stands on both its
    sides; NO_NAME where it is no witness whatever stands behind it."""
    score = _cut_out(text, start, end, form)
    if score + left + _MOST < _WITNESSED:
        return NO_NAME
    if left < 0:
        score -= 2.0  # 坦桑尼亚总统: a title may stand behind a country
    return score + left + _right(text, end)


def _cut_out(text: str, start: int, end: int, form: float) -> float:
    """What speaks for text[start:end] by its form and where it is cut out of a run."""
    if form == NO_NAME:
        return NO_NAME
    if text[end : end + 1] in _DOTS or text[start - 1 : start] in _DOTS:
        return NO_NAME  # a part of a longer name
    last = text[end - 1]
    if end - start > 2 and last in _SELDOM_LAST and _HAN_ONE.match(text, end):
        return NO_NAME if last in _NEVER_LAST else form - 3.0
    return form


def _form_bounds(codes: _Array, starts: _Array) -> _Array:
    """By length, from 2 to 4, what the `_form_score` of a text that begins there is at
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
    return bounds + _ROUNDING


def _begins_foreign(codes: _Array, starts: _Array) -> _Array:
    """Whether three characters that foreign names are written with begin there."""
    read = codes.take(starts + _FOUR[:3, None], mode="clip")
    first, second, third = _table().foreign.take(read, mode="clip")
    begins: _Array = first & second & third
    return begins


@dataclass(frozen=True, slots=True)
class _Table:
    """By code point: what it adds as a surname, as a character of a given name, and as
    the first and the second one of a surname of two; whether it begins an element (1),
    is the second of one (2) or all of one (4); whether foreign names have it."""

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
    foreign = np.zeros(_CODES, np.bool_)
    foreign[[ord(char) for char in _foreign()]] = True
    return _Table(surnames, given, compound, seconds, elements, foreign)


@lru_cache(maxsize=_REMEMBERED)
def _form_score(name: str) -> float:
    """The name_score of Han characters, less where they are or begin with a word."""
    if not _HAN_ONLY.fullmatch(name):
        return NO_NAME
    # As name_score has it: no name of Han characters alone is dotted.
    score = max(_han_score(name), _minority_score(name))
    if score == NO_NAME:
        return NO_NAME
    if name in _words() or (name[:2] in _words() and surname_of(name) == name[0]):
        return score - 4.0
    return score


def _left(text: str, start: int) -> float:
    if start == 0 or not _HAN_ONE.match(text, start - 1):
        return 1.0
    if _ends_with_title(text[max(0, start - 5) : start]):
        return _MOST
    return 0.5 if text[start - 1] in "据在对让由与和同向听是" else -2.0


def _right(text: str, end: int) -> float:
    if text[end - 1 : end + 1] in _words():
        return -4.0
    if cue_end(text, end, "behind"):
        return _MOST
    if cue_end(text, end, "before"):
        return -4.0  # a country or a house stands before a title
    following = text[end : end + 1]
    if not following or not _HAN_ONE.match(following):
        return 1.0
    return 0.5 if following in _FUNCTION else -1.0


def _ends_with_title(text: str) -> bool:
    return text[-1:] in last_characters("before") and any(
        end == len(text) for _, end in cues_at(text, "before", range(len(text)))
    )


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
def _foreign() -> str:
    """The characters that foreign names are written with, for a character class."""
    return "".join(lines_of("transliteration.txt"))


@cache
def _foreign_run() -> re.Pattern[str]:
    return re.compile(f"[{_foreign()}]+")


@cache
def _foreign_tail() -> re.Pattern[str]:
    return re.compile(f"[{_foreign()}]+\\Z")


@cache
def _foreign_part() -> re.Pattern[str]:
    return re.compile(f"[{_foreign()}]{{3,7}}")


@cache
def _surnames() -> dict[str, float]:
    """Surname → log-odds against running text."""
    rows = (line.split("\t") for line in lines_of("surnames.tsv"))
    return {surname: int(odds) / 10 for surname, _, odds in rows}


@cache
def _given_weights() -> dict[str, float]:
    """Character of given names → log-odds against running text."""
    rows = (line.split("\t") for line in lines_of("given_names.tsv"))
    return {char: int(odds) / 10 for odds, chars in rows for char in chars}


@cache
def _words() -> frozenset[str]:
    """Words that look like a name and are none as a rule."""
    rows = (line.split("\t") for line in lines_of("not_names.txt"))
    return frozenset(first + rest for first, rests in rows for rest in rests.split(" "))


@cache
def _countries() -> frozenset[str]:
    return frozenset(w for line in lines_of("countries.txt") for w in line.split())


@cache
def _elements() -> frozenset[str]:
    return frozenset(
        word for line in lines_of("name_elements.txt") for word in line.split()
    )


@cache
def _openers() -> frozenset[str]:
    """The characters that names begin with, but for what an element follows."""
    return _element_openers().union(surname[0] for surname in _surnames())


@cache
def _element_openers() -> frozenset[str]:
    return frozenset(element[0] for element in _elements())
