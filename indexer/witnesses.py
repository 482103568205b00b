"""Who is named in prose: names are found by what stands beside them.

A title or 记者 in front of a name, speech or an honour behind it and a neighbour in a
list are its witnesses; what they say and how the name itself looks is added up, in nats
as in `names`. All articles of a chunk are searched together: what the form of each
place's names scores at most is told at once, and few places are left to be weighed.
Pages and JSONL use it for articles, `rewrites` for questions; `name_at` helps to tell
whom a title means.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from indexer.archive import Span
from indexer.cues import Scan, cue_end, cues_at, last_characters, scan
from indexer.names import (
    DOTS,
    HAN,
    JOINT,
    LONGEST_ELEMENT,
    NO_NAME,
    Found,
    begins_foreign,
    element_openers,
    foreign_characters,
    form_bounds,
    form_score,
    honorific_at,
    japanese,
    lookalikes,
    openers,
)
from indexer.wordlists import any_of, lines_of

_Array: TypeAlias = NDArray[Any]  # Any: arrays of several types

_DOTS = frozenset(DOTS)
_LONGEST_PART = 9
_DOTTED_PARTS = re.compile(
    f"[{HAN}]{{1,{_LONGEST_PART}}}(?:[{DOTS}][{HAN}]{{1,{_LONGEST_PART}}})+"
)
_HAN_ONE = re.compile(f"[{HAN}]")
_HAN_TAIL = re.compile(f"[{HAN}]+\\Z")
_ALSO_DO = ("代表", "委员")  # 内蒙古代表团, 总统阿伦索特别代表
# Words behind a name that begin as foreign names may go on.
_GOES_ON = (
    "当天|当日|当晚|当地|当选|当面|通过|通电|通话|提出|提交|提到|提议|特别|高度|本人|本月|本周|"
    "夫妇|夫人|多次|达成|作为|重申|明确|专程|专门|连续|及其|普遍|主持|热烈|博士"
)
_HYPHENS = frozenset("-－—―")
_JOINERS = "和与及"
_NEVER_FOREIGN = re.compile(
    "[的到从对随了在向把被给为是让由以像当按据说称请连跟比同我不岁国于]"
)
_UNJOINED = re.compile(f"[^{_JOINERS}]+")  # 方·一和王·二
_WITNESSED = 5.0  # what a name's form and its neighbours must add up to in prose
_IN_LIST = 4.5  # what a name's neighbour in a list is worth
_MOST = 3.0  # what stands on one side of a name speaks for it by this at most
_BEHIND_TITLE = 3.5
_AGED = "岁的"
# Words that begin with a character of foreign names: 贝克|当选.
_RUNS_ON = re.compile("当[选天日地时局即场晚年前]|达[成到]|赛[后前]")
_HOPELESS = _WITNESSED - 2 * _MOST
_FUNCTION = frozenset("等的在是对就将和与向从为也都则被把给以用于作日中受")
_NEVER_LAST = frozenset("等的在是对就将与也都则被把还仍已又")
_SELDOM_LAST = _FUNCTION | _NEVER_LAST
_FIFTH = frozenset("郎夫")  # what Japanese names of five characters end in
# 贝克·阿伦大学, 阿伦市: what bears a name is no person.
_NAMED_AFTER = re.compile(
    "大学|学院|医院|公司|集团|机场|大桥|中心|基金会|奖(?!得主)|[省市州镇区](?!长)"
)
_PLACE_BEHIND = re.compile("[省市州县](?!长)")
_SIGNED_GAP = re.compile(r"[/／:：、\s]*")


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


def name_at(text: str, start: int) -> str | None:
    """The likeliest name that begins at a place where a title ends, if it is likelier
    than other text.

    >>> name_at("村民方静翻开账本", 2), name_at("村民翻开账本", 2)
    ('方静', None)
    """
    return _best(text, start, left=_MOST + 1.0)


@cache
def foreign_places() -> frozenset[str]:
    """Places that look like a foreign name: 伊拉克."""
    return frozenset(w for line in lines_of("foreign_places.txt") for w in line.split())


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
        yield _printed(text, names - foreign_places(), signed, first) if names else ()


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
    queue = [*_cued(scanned), *_foreign(scanned), *_titled(scanned), *_aged(text)]
    queue += _dotted(text)
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
            first, *others = JOINT.split(piece[0])
            start, end = match.start() + piece.start(), match.start() + piece.end()
            alone = not (start and _HAN_ONE.match(text, start - 1))
            head = _head(first, alone=alone or text[start - 1] in _JOINERS)
            tail = _tail(others[-1]) if others else ""
            start += len(first) - len(head)
            end -= len(others[-1]) - len(tail) if others else 0
            if head and tail and not _NAMED_AFTER.match(text, end):
                yield text[start:end], start


def _head(first: str, *, alone: bool) -> str:
    """The part of a foreign name in front of its first dot, without the words that it
    follows there; `alone` if it follows none."""
    title = max(cue_end(first, place, "before") for place in range(len(first)))
    rest = first[title:]
    run = _foreign_tail().search(rest)
    found = run[0] if run else ""
    odd = rest[: len(rest) - len(found)]  # 古莲|达, 艾山江|, but 美国|约翰, 的|约翰
    likely = odd[:1] in foreign_characters() and not _NEVER_FOREIGN.search(odd)
    bounded = (alone or title) and 2 <= len(rest) <= LONGEST_ELEMENT
    return rest if odd and likely and bounded else found


def _tail(last: str) -> str:
    """The last part of a foreign name, without the words behind it."""
    run = _foreign_run().match(last)
    if run is None:
        return ""
    end = run.end()
    if word := _RUNS_ON.match(last, end - 1):
        end = word.start()
    titles = (at for at in range(1, end) if honorific_at(last, at))
    return last[: next(titles, end)]


def _dotted_parts(text: str) -> Iterator[re.Match[str]]:
    """The matches of _DOTTED_PARTS, found from their dots."""
    behind = 0
    for joint in JOINT.finditer(text):
        dot = joint.start()
        if dot >= behind and (
            head := _HAN_TAIL.search(text, max(behind, dot - _LONGEST_PART), dot)
        ):
            match = _DOTTED_PARTS.match(text, head.start())
            assert match is not None  # a Han character stands behind the dot
            behind = match.end()
            yield match


def _aged(text: str) -> Iterator[tuple[str, int]]:
    """68岁的龚小舟."""
    place = text.find(_AGED)
    while place >= 0:
        start = place + len(_AGED)
        if name := _best(text, start, left=_BEHIND_TITLE):
            yield name, start
        place = text.find(_AGED, start)


def _titled(scanned: Scan) -> Iterator[tuple[str, int]]:
    """市长龚小舟."""
    text = scanned.text
    _, starts = scanned.words("before")
    if not len(starts):  # as in most queries; the bounds of none take 50 µs
        return
    hopeful = form_bounds(scanned.codes, starts) + _BEHIND_TITLE + _MOST >= _WITNESSED
    foreign = begins_foreign(scanned.codes, starts)
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
    if match is None or text[match.end() : match.end() + 1] in _DOTS:
        return None
    end = match.end()
    other = _goes_on().search(text, start + 2, end + 1) if end - start > 2 else None
    end = other.start() if other else end
    short = end - start < 3
    if short and text[end : end + 1] in _HYPHENS:
        return None
    name = text[start:end]
    wordlike = [left + right in lookalikes() for left, right in pairwise(name)]
    if len(name) < 4 and wordlike[0]:
        return None
    # Of three characters and more nothing else is likely, whatever stands behind it.
    doubtful = short or 3 * sum(wordlike) > len(name) - 2
    likely = _right(text, end) >= (1 if doubtful else -1)
    return name if likely and not _PLACE_BEHIND.match(text, end) else None


def _foreign(scanned: Scan) -> Iterator[tuple[str, int]]:
    """Foreign names in front of an honorific: 同|阿伦索|总统会谈."""
    text, codes = scanned.text, scanned.codes
    ends, _ = scanned.words("behind")
    written = begins_foreign(codes, ends - 3) & begins_foreign(codes, ends - 2)
    for end in ends[written].tolist():
        honorific = honorific_at(text, end)
        if honorific is None or honorific in _ALSO_DO:
            continue
        run = _foreign_tail().search(text, max(0, end - _LONGEST_PART), end)
        if run and _left(text, run.start()) > 0:
            yield run[0], run.start()


def _cued(scanned: Scan) -> Iterator[tuple[str, int]]:
    """龚小舟说, 龚小舟同志."""
    text, firsts, seconds = scanned.text, openers(), element_openers()
    ends, _ = scanned.words("behind")
    if not len(ends):
        return
    best, first, behind = _WITNESSED, 0, 0
    for start, end in _hopeful(scanned.codes, ends):
        if end != behind:
            if first < behind:
                yield text[first:behind], first
            best, first, behind = _WITNESSED, end, end
        if text[start] not in firsts and text[start + 1] not in seconds:
            continue
        form = form_score(text[start:end])
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
    each = form_bounds(codes, starts.ravel()).reshape(3, *starts.shape)
    bounds = each[sizes - 2, :, np.arange(len(sizes))].T
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
            form = form_score(text[first:last])
            if _candidate(text, first, last, form, left=_IN_LIST) >= _WITNESSED:
                yield text[first:last], first


def _best(text: str, start: int, *, left: float, most: int = 4) -> str | None:
    """The likeliest name of so many characters at `most` that begins at `start`, if one
    is likely enough."""
    opening = text[start : start + 2]
    if opening[:1] not in openers() and opening[1:] not in element_openers():
        return None  # as most
    if text[start + 4 : start + 5] in _FIFTH and opening in japanese():
        return text[start : start + 5]
    best, behind = _WITNESSED, start
    for end in range(start + 2, min(start + most, len(text)) + 1):
        form = form_score(text[start:end])
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
    if text[start] == "任" and _PLACE_BEHIND.match(text, end):
        return NO_NAME  # 同志任山东省委书记
    last = text[end - 1]
    if end - start > 2 and last in _SELDOM_LAST and _HAN_ONE.match(text, end):
        return NO_NAME if last in _NEVER_LAST else form - 3.0
    return form


def _left(text: str, start: int) -> float:
    if start == 0 or not _HAN_ONE.match(text, start - 1):
        return 1.0
    if _ends_with_title(text[max(0, start - 5) : start]):
        return _MOST
    return 0.5 if text[start - 1] in "据对让由与和同向听是" else -2.0


def _right(text: str, end: int) -> float:
    if text[end - 1 : end + 1] in lookalikes():
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
def _foreign_run() -> re.Pattern[str]:
    return re.compile(f"[{foreign_characters()}]+")


@cache
def _foreign_tail() -> re.Pattern[str]:
    return re.compile(f"[{foreign_characters()}]+\\Z")


@cache
def _foreign_part() -> re.Pattern[str]:
    return re.compile(f"[{foreign_characters()}]{{2,{_LONGEST_PART}}}")


@cache
def _goes_on() -> re.Pattern[str]:
    return re.compile(any_of(_GOES_ON.split("|")))
