"""The roles that print puts beside a person's name: 市政协委员、市中心医院副院长王岚.

Knows how far such a role reaches to the left and to the right, what in front of it is
only the sentence (采访了, 在, 据), and of what office and unit a role consists. Roles
are given as printed.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Literal

from msgspec import Struct

from indexer import names, terms
from indexer.archive import Span
from indexer.names import HAN
from indexer.wordlists import any_of, lines_of

_REACH = 60  # characters of a role at most
_REMEMBERED = 1 << 12  # offices whose beginnings are kept
# Up to the last mark that no role is printed with, which ends a clause.
_OUTSIDE = re.compile(f"(?s:.*)[^{HAN}A-Za-z0-9、·“”‘’「」『』/&-]")
_BESIDE = re.compile("[ \u3000\t]*")
_BRACKET = re.compile(r"[(（]([^()（）]{2,60})[)）]")
# 戴月（女）为…副主任; 王岚，市中心医院副院长，
_BECOMES = re.compile(
    r"(?:[(（][^()（）]{1,12}[)）])?[ \u3000]*"
    r"(?:(?:当选为|当选|出任|担任|就任|任命为|任|为|是)|[,，])[ \u3000]*"
    f"([{HAN}A-Za-z0-9、“”「」·]{{2,60}}?)(?=[,，。;；!！?？)）\n]|\\Z)"
)
_EDGES = "、·”’」』/&-"  # marks that no role begins with
_JOINERS = frozenset("和与及")  # units hold them too
# 委员会, 代表团: what a title begins, but for the end of a text, is no person.
_BODIES = frozenset("会团处室部办院")
_NO_ROLES = (
    *("同志", "名叫", "叫做", "任命", "免去"),
    *("和夫人", "及夫人", "与夫人", "偕夫人"),
)
_ORDINAL = "[0-9一二三四五六七八九十百零〇]+"
_SHORTER = (
    (re.compile("人民代表大会"), "人大"),
    (re.compile("(?:中国)?人民政治协商会议"), "政协"),
    (re.compile("(?:常务委员会|常委会)(?=\\Z|第)"), ""),
    (re.compile("股份有限公司|有限责任公司|有限公司|集团公司"), "公司"),
    (re.compile(f"第?{_ORDINAL}届(?:委员会)?"), ""),
    (re.compile(f"第?{_ORDINAL}次(?:全体)?(?:会议|代表大会)?"), ""),
    (re.compile("[“”‘’「」『』·\\s]|大会|会议$"), ""),
    (re.compile("(?:原|前|[现时首新候]任)\\Z"), ""),  # 县水利局原|局长
)
# What describes somebody is no body: 我国首位女|航天员, 著名|作家.
_DESCRIBED = re.compile(
    f"(?:我国|全国|首位|首名|第{_ORDINAL}[位名]|唯一|著名|知名|资深|青年|老一辈|已故|退役|退休|"
    "新任|候任|现任|时任|前任|离任|女|男|老|原|前|新|旧|的)+"
)


class Role(Struct, frozen=True):
    """A role as printed, where it is, and on which side of the name."""

    text: str
    span: Span
    how: Literal["before", "behind"]


class Office(Struct, frozen=True):
    """One part of a role: a title (副院长) and, where it is said, of what unit it is,
    in the short form that two writings of it share (市中心医院)."""

    unit: str
    title: str


def roles_beside(text: str, start: int, end: int) -> tuple[Role, ...]:
    """The roles that stand right beside the name at text[start:end].

    >>> text = "记者采访了市政协委员、市中心医院副院长王岚。"
    >>> [role.text for role in roles_beside(text, 19, 21)]
    ['市政协委员、市中心医院副院长']
    >>> [role.text for role in roles_beside("决定王岚为市卫生局局长。", 2, 4)]
    ['市卫生局局长']
    """
    before = role_before(text, start)
    return (*([before] if before else ()), *_behind(text, end))


def role_before(text: str, start: int) -> Role | None:
    """The role that stands right in front of the name at text[start:]."""
    end = start
    while end and text[end - 1] in " \u3000\t":
        end -= 1
    if not names.title_at(text, end):
        return None
    outside = _OUTSIDE.match(text, max(0, end - _REACH), end)
    start = outside.end() if outside else max(0, end - _REACH)
    first = _first(text, start, end)
    while text[first] in _EDGES:
        first += 1
    first = _with_marks(text, start, first, end)
    if text.endswith(_NO_ROLES, first, end):
        return None
    return Role(text[first:end], Span(first, end), "before")


def _with_marks(text: str, start: int, first: int, end: int) -> int:
    """Where from `start` on a role begins so that it has all of what it has in marks:
    “文明、整洁”活动小组组长 has 、 in it."""
    opened = text.rfind("“", first, end)
    if opened >= 0 and "”" not in text[opened:end]:
        return opened + 1  # what it opens goes on behind the name
    closing = text.find("”", first, end)
    if closing < 0 or "“" in text[first:closing]:
        return first
    opening = text.rfind("“", start, first)
    return opening if opening >= 0 else closing + 1


def offices_of(role: str) -> tuple[Office, ...]:
    """The offices of a role, units in a form to compare.

    >>> offices_of("市政协委员、市中心医院副院长")
    (Office(unit='市政协', title='委员'), Office(unit='市中心医院', title='副院长'))
    >>> offices_of("青浔市第七届人民代表大会代表")
    (Office(unit='青浔市人大', title='代表'),)
    """
    found = []
    for part in terms.simplified(role).split("、"):
        title = names.title_at(part, len(part))
        if title:
            unit = unit_key(part[: -len(title)])
            found.append(Office("" if _DESCRIBED.fullmatch(unit) else unit, title))
    return tuple(found)


def unit_key(unit: str) -> str:
    """A body or a unit in a form that its writings share.

    >>> unit_key("临江市第九届人民代表大会第四次会议"), unit_key("临江市九届人大")
    ('临江市人大', '临江市人大')
    """
    key = terms.fold(unit)
    for pattern, short in _SHORTER:
        key = pattern.sub(short, key)
    return key


def _first(text: str, start: int, end: int) -> int:
    """Where the role that ends at `end` begins: behind what is only the sentence, and
    behind a 、 before which no title stands."""
    mark = text.find("、", start, end)
    while mark >= 0:
        if not names.title_at(text, mark):
            start = mark + 1
        mark = text.find("、", mark + 1, end)
    # Those behind the first office are whole.
    return start + _opening(text[start:end].partition("、")[0])


@lru_cache(maxsize=_REMEMBERED)
def _opening(office: str) -> int:
    """How much of an office is only the sentence in front of it."""
    if not _opener().search(terms.fold(office)):
        return 0  # as most; others are cut, which takes fifty times as long
    title = len(names.title_at(office, len(office)) or "")
    first = 0
    for word in terms.index_terms(office):
        if word.end <= len(office) - title and word.text in _openers():
            joins = word.text in _JOINERS and word.start > first
            if not joins or _ends_a_person(office[: word.start]):
                first = word.end
    return first


def _ends_a_person(text: str) -> bool:
    """Whether what a joiner stands behind can be somebody: a name, or what a title
    stands in (总统甲); not 教育 in 教育与技能司."""
    if any(names.is_name(text[-size:]) for size in (2, 3, 4)):
        return True
    return any(
        names.title_at(text, end) and text[end : end + 1] not in _BODIES
        for end in range(2, len(text) + 1)
    )


def _behind(text: str, end: int) -> Iterator[Role]:
    honorific = names.honorific_at(text, end)
    if honorific and _is_role(honorific):
        yield Role(honorific, Span(end, end + len(honorific)), "behind")
    for pattern in (_BRACKET, _BECOMES):
        match = pattern.match(text, end)
        if match and _is_role(match[1]):
            yield Role(match[1], Span(*match.span(1)), "behind")


def _is_role(text: str) -> bool:
    """Whether every part of a text ends with a title and begins as no sentence does."""
    if text in _NO_ROLES:
        return False
    parts, words = text.split("、"), terms.index_terms(text)
    return all(names.title_at(part, len(part)) for part in parts) and not any(
        word.text in _openers() for word in words
    )


@cache
def _opener() -> re.Pattern[str]:
    return re.compile(any_of(_openers()))


@cache
def _openers() -> frozenset[str]:
    """Words that stand in front of a role and are no part of it."""
    return frozenset(w for line in lines_of("role_openers.txt") for w in line.split())
