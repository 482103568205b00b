"""What was asked → the other ways in which print may say it.

Dates and ordinals in other numerals, short and long names of institutions and their
sessions, words that a corpus holds for the same; people are for `named`. Trees and
texts only: an engine says what its index prints, so that no form is tried or told of
that finds nothing. Quoted and denied parts stay as they are.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from operator import is_
from typing import Final, NamedTuple, Protocol, TypeAlias

from indexer import dates, query, terms
from indexer.messages import Message
from indexer.named import person, said, signed
from indexer.tokens import TextZone
from indexer.vocabulary import Vocabulary
from indexer.weighing import is_long
from indexer.wordlists import lines_of

# Whether an index prints these characters in a row.
Printed: TypeAlias = Callable[[str], bool]


class Issues(Protocol):
    """The days on which what an index holds was printed."""

    def issues_of(self, month: int, day: int) -> Sequence[dt.date]:
        """Those that fall on a day of the year, newest first."""

    def ends(self) -> tuple[dt.date | None, dt.date | None]:
        """The oldest and the newest."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A tree with the forms that print may have, and what was done."""

    tree: query.Node | None
    notes: tuple[Message, ...] = ()


class Rewriter:
    """Rewrites by the words of the language and of one corpus."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._cities = tuple(map(terms.fold, vocabulary.cities))
        self._forms = _all_forms(self._cities, vocabulary.synonyms)
        openings: dict[str, list[str]] = {}
        for word in sorted(self._forms, key=len, reverse=True):
            openings.setdefault(word[:2], []).append(word)
        self._openings = openings

    def rewritten(
        self,
        tree: query.Node | None,
        printed: Printed,
        issues: Issues | None = None,
    ) -> Rewritten:
        """The tree where each unquoted part that is asked for may also be printed
        otherwise; a date is also that of the issue."""
        if tree is None:
            return Rewritten(None)
        notes: list[Message] = []
        archive = _Archive(_bounded(printed), issues, tree)
        changed = self._node(tree, archive, notes)
        return Rewritten(changed, tuple(dict.fromkeys(notes)))

    def _node(
        self, node: query.Node, archive: "_Archive", notes: list[Message]
    ) -> query.Node:
        match node:
            case query.Words(text):
                return _with_forms(node, self._also(text, archive, notes))
            case query.Within(zone, query.Words(text) as words):
                also = self._also(text, archive, notes, in_zone=True)
                inner = _with_forms(words, also)
                return _mapped_within(zone, inner)
            case query.And(nodes):
                inner_nodes = [self._node(each, archive, notes) for each in nodes]
                is_same = all(map(is_, inner_nodes, nodes))
                changed = node if is_same else query.all_of(inner_nodes) or node
                also = [*said(nodes, notes), *signed(nodes, notes)]
                return _with_forms(changed, also)
            case query.Or(nodes):
                parts = (self._node(each, archive, notes) for each in nodes)
                return query.any_of(parts) or node
        return node

    def _also(
        self,
        text: str,
        archive: "_Archive",
        notes: list[Message],
        *,
        in_zone: bool = False,
    ) -> list[query.Node]:
        """What a run of words may also be printed as."""
        folded = terms.fold(text)
        spots = self._spots(folded)
        if not in_zone:
            spots = [_with_issues(spot, folded, archive) for spot in spots]
        also = [_respelt(folded, spots, archive.printed, notes)]
        if not in_zone:
            also += [_on_day(folded, archive.printed, notes), person(folded, notes)]
            also.append(_in_issues(folded, archive, notes))
        return [node for node in also if node is not None]

    def _spots(self, text: str) -> "list[_Spot]":
        """What may be printed otherwise, the first and longest of what overlaps."""
        readers = (_dated, _numbered, _counted) if _NUMERAL.search(text) else ()
        numbers = (read(text) for read in readers)
        found = sorted(
            (
                *chain.from_iterable(numbers),
                *self._named(text),
                *self._councils(text),
            ),
            key=lambda spot: (spot.start, -spot.end),
        )
        kept: list[_Spot] = []
        for spot in found:
            if not kept or spot.start >= kept[-1].end:
                kept.append(spot)
        return [*kept, *self._towns(text, kept)] if kept else []

    def _named(self, text: str) -> "Iterator[_Spot]":
        """Names that have other forms, cut as words are: no 人大 in 工人大会."""
        for start in range(len(text) - 1):
            for word in self._openings.get(text[start : start + 2], ()):
                end = start + len(word)
                if text.startswith(word, start) and {start, end} <= _borders(text):
                    yield _Spot(start, end, self._forms[word])
                    break

    def _councils(self, text: str) -> "Iterator[_Spot]":
        """政协青河市委员会 for 市政协, where a corpus says nothing of its towns."""
        if not self._cities:
            for match in _COUNCIL.finditer(text):
                yield _Spot(*match.span(), (f"{match[1]}政协",))

    def _towns(self, text: str, spots: "list[_Spot]") -> "Iterator[_Spot]":
        """The paper's own town in front of an institution, where it may be left out:
        of 青河市政协 the 青河."""
        begins = {spot.start for spot in spots}
        for match in _TOWN.finditer(text):
            end = match.end()  # before the 市
            town = match[0] + text[end]
            own = [c[:-1] for c in self._cities if (match[0] + text[end]).endswith(c)]
            if not begins & {end, end + 1} or (self._cities and not own):
                continue
            name = own[0] if own else town[:-1]
            start = end - len(name)
            if not any(spot.start < end and start < spot.end for spot in spots):
                yield _Spot(start, end, ("",))


class _Archive(NamedTuple):
    """What is asked of an index, and the whole query."""

    printed: Printed
    issues: Issues | None
    tree: query.Node


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place in a run, folded, that print may have in other forms, "" for not at all.
    `whole` where a form must be printed in one run (dates), or what holds it be of
    `issues`."""

    start: int
    end: int
    forms: tuple[str, ...]
    whole: bool = False
    issues: "_Issues | None" = None


class _Issues(NamedTuple):
    """Issues that a date means, and how readers are told of them."""

    days: query.Node
    note: Message


_MOST_FORMS: Final = 64  # that are looked for, of one query
_LEVELS: Final = "市县区州省"
_NUMERALS: Final = "〇零○一二三四五六七八九"
_HAN_DIGITS: Final = "〇一二三四五六七八九"
_NUMERAL: Final = re.compile(f"[0-9{_NUMERALS}十廿卅]")
_NUMBER: Final = "(?:[0-9]{1,3}|[一二三四五六七八九十廿卅]{1,3})"
# A zero among Chinese numerals is typed in many ways: 二0二五, 二O二五.
_YEAR: Final = f"[0-9]{{4}}|[一二][{_NUMERALS}0o]{{3}}"
_DATE: Final = re.compile(
    f"(?<![0-9])(?:({_YEAR}|[0-9]{{2}})年)?({_NUMBER}|元)月({_NUMBER})"
    r"(?:[日号]|(?(1)\Z|(?!)))"
    "|(?<![0-9])([0-9]{4})[-/.]?([0-9]{2}|(?<=[-/.])[0-9])[-/.]?"
    "([0-9]{2}|(?<=[-/.])[0-9])(?![0-9])"
)
_MONTH: Final = re.compile(
    f"(?<![0-9{_NUMERALS}])({_YEAR})年(?:({_NUMBER})月)?(?!{_NUMBER}[月日号])"
    "|(?<![0-9])([0-9]{4})[-/.]([0-9]{2})(?![-/.]?[0-9])"
)
# 12-25 and 12.25 are days only where nothing else is typed, 2024 a year only beside
# other words.
_BARE_DAY: Final = re.compile("()([0-9]{1,2})[-/.]([0-9]{1,2})")
_PERIOD: Final = re.compile(f"{_MONTH.pattern}|(?:19|20)[0-9]{{2}}")
# How long before and after a day print calls it by month and day alone.
_BEFORE, _AFTER = dt.timedelta(90), dt.timedelta(275)
_SHOWN: Final = 3  # days that a note names
_TURN: Final = 50  # of two digits, the first that are a year of the last century
_ORDINAL: Final = re.compile(
    f"第({_NUMBER})(?=[^0-9{_NUMERALS}十])"
    f"|(?<![0-9第{_NUMERALS}十])({_NUMBER})(?=届|次(?:会议|全会|全体))"
)
# A number that is part of a name: by what follows it, or by that and what it follows.
_COUNTED: Final = re.compile(
    f"(?<![0-9.第{_NUMERALS}十百])(?:"
    f"({_NUMBER})(?=(中全会|大(?=报告|精神|以来|代表|\\Z)))"
    f"|(?<=[\u4e00-\u9fff])(?<![年月])({_NUMBER})(?=[号期批级型代轮环线强条]))"
)
_TOWN: Final = re.compile(f"[\u4e00-\u9fff]{{2,4}}?(?=[{_LEVELS}])")
_COUNCIL: Final = re.compile(
    f"政协[\u4e00-\u9fff]{{2,4}}?([{_LEVELS}])(?:委员会|(?=第))"
)


def _bounded(printed: Printed) -> Printed:
    """The same, each form looked for once and no more than so many: no query takes
    long."""
    known: dict[str, bool] = {}

    def bounded(text: str) -> bool:
        if text not in known:
            known[text] = len(known) < _MOST_FORMS and printed(text)
        return known[text]

    return bounded


@lru_cache(maxsize=1 << 8)  # a run has several candidates
def _borders(text: str) -> frozenset[int]:
    """Where words begin and end, and names may: behind the 市 of 市人大, and before
    that of 青河市政府."""
    words = terms.index_terms(text)
    borders = {place for word in words for place in (word.start, word.end)}
    levels = (place for place, c in enumerate(text, 1) if c in _LEVELS)
    towns = (w.end - 1 for w in words if len(w.text) > 2 and w.text[-1] in _LEVELS)
    return frozenset(borders.union(levels, towns))


def _with_forms(node: query.Node, also: list[query.Node]) -> query.Node:
    forms = query.any_of(also)
    return node if forms is None else query.Otherwise(node, forms)


def _mapped_within(zone: TextZone, node: query.Node) -> query.Node:
    """All texts of a tree within one zone."""
    match node:
        case query.Words() | query.Phrase():
            return query.Within(zone, node)
        case query.Otherwise(asked, also):
            return query.Otherwise(
                _mapped_within(zone, asked), _mapped_within(zone, also)
            )
        case query.And(nodes):
            return query.And(tuple(_mapped_within(zone, each) for each in nodes))
        case query.Or(nodes):
            return query.Or(tuple(_mapped_within(zone, each) for each in nodes))
    return node


def _respelt(
    text: str, spots: list[_Spot], printed: Printed, notes: list[Message]
) -> query.Node | None:
    """A run in which each spot is printed in any of its forms."""
    parts: list[query.Node] = []
    told: list[Message] = []
    rest = list(text)
    for spot in spots:
        typed = text[spot.start : spot.end]
        forms = [form for form in spot.forms if form == "" or printed(form)]
        if forms:
            told.append(_also_as(typed, forms))
        if "" not in forms:
            whole = spot.whole or typed == text
            form = _any_form(typed, forms, whole=whole and not spot.issues)
            if spot.issues:
                told.append(spot.issues.note)
                form = query.any_of((form, spot.issues.days)) or form
            parts.append(form)
        rest[spot.start : spot.end] = "、" * len(typed)
    if not told:
        return None
    notes += told
    left = "".join(rest)
    if terms.characters(left).text:
        parts.append(query.Words(left))
    return query.all_of(parts)


def _any_form(typed: str, forms: Iterable[str], *, whole: bool) -> query.Node:
    nodes: list[query.Node] = [query.Words(typed)] if not whole else []
    for form in forms:
        # A number must be a whole one: 1月5日 is not in 11月5日.
        digits = form[0].isdigit() or form[-1].isdigit()
        phrase = query.Phrase(form)
        nodes.append(query.And((phrase, query.Words(form))) if digits else phrase)
    return query.any_of(nodes) or query.Words(typed)


def _also_as(typed: str, forms: list[str]) -> Message:
    shown = [form for form in forms if form]
    if not shown:
        return Message(
            f"也检索没有“{typed}”二字的名称。"
            if len(typed) == 2
            else f"也检索不带“{typed}”的名称。",
            f"Names without “{typed}” are searched too.",
        )
    zh, en = ("、".join(f"“{form}”" for form in shown), ", ".join(shown))
    return Message(f"“{typed}”也按{zh}检索。", f"“{typed}” is also searched as {en}.")


def _dated(text: str) -> Iterator[_Spot]:
    """Days, months and years, written in digits or in characters."""
    days = [*_DATE.finditer(text)] or [*filter(None, (_BARE_DAY.fullmatch(text),))]
    for match in days:
        year, month, day = _parts(match)
        if 0 < int(month) < 13 and 0 < int(day) < 32:
            yield _dates_spot(match, _day_forms(_full(year), int(month), int(day)))
    for match in _MONTH.finditer(text):
        year, month = _parts(match)
        if 0 < int(month or 1) < 13:
            yield _dates_spot(match, _month_forms(year, int(month or 0)))


def _parts(match: re.Match[str]) -> list[str]:
    """Year, month and day in digits; a pattern of two ways holds each of them twice."""
    held = [_digits(part) if part else "" for part in match.groups()]
    half = len(held) // 2 if len(held) % 2 == 0 else len(held)
    return held[:half] if any(held[:half]) else held[half:]


def _digits(part: str) -> str:
    return dates.with_digits(part).replace("o", "0").replace("元", "1")


def _full(year: str) -> str:
    """A year of four digits: 24年 is 2024."""
    if len(year) != 2:
        return year
    return f"{19 if int(year) >= _TURN else 20}{year}"


def _dates_spot(match: re.Match[str], forms: Iterable[str]) -> _Spot:
    typed = terms.characters(match[0]).text
    others = (form for form in forms if terms.characters(form).text != typed)
    return _Spot(*match.span(), tuple(dict.fromkeys(others)), whole=True)


def _month_forms(year: str, month: int) -> Iterator[str]:
    """A month, or a year where there is none."""
    han_year = "".join(_HAN_DIGITS[int(digit)] for digit in year)
    yield f"{year}年" + (f"{month}月" if month else "")
    yield f"{han_year}年" + (f"{_han(month)}月" if month else "")
    if month:
        yield f"{year}年{month:02}月"


def _day_forms(year: str, month: int, day: int) -> Iterator[str]:
    han_year = "".join(_HAN_DIGITS[int(digit)] for digit in year)
    yield (f"{year}年" if year else "") + f"{month}月{day}日"
    yield (f"{han_year}年" if year else "") + f"{_han(month)}月{_han(day)}日"
    if year:
        yield f"{year}年{month:02}月{day:02}日"
        yield f"{year}-{month:02}-{day:02}"


def _numbered(text: str) -> Iterator[_Spot]:
    """第16届, 第十六届, 十六届: also without 第 before 届 and 次会议."""
    for match in _ORDINAL.finditer(text):
        number = int(dates.with_digits(match[1] or match[2]) or 0)
        if not 0 < number < 100:
            continue
        counter = text[match.end()]
        bare = counter == "届" or text.startswith(("次会议", "次全"), match.end())
        end = match.end() + 1
        if bare and text.startswith(
            "委员会第", end
        ):  # 政协河口市第九届委员会第二次会议
            end += len("委员会")
        typed = text[match.start() : end]
        written = [f"{each}{counter}" for each in (_han(number), number)]
        forms = [f"第{each}" for each in written] + (written if bare else [])
        # What holds the typed characters is found by them.
        is_digit = (match[1] or match[2]).isdigit()
        kept = [f for f in forms if f != typed and (is_digit or typed not in f)]
        yield _Spot(match.start(), end, tuple(kept))


def _counted(text: str) -> Iterator[_Spot]:
    """嫦娥5号 as 嫦娥五号, 3中全会 as 三中全会, and the other way round."""
    for match in _COUNTED.finditer(text):
        typed = match[1] or match[3]
        number = int(dates.with_digits(typed) or 0)
        if not 0 < number < 100:
            continue
        # Without a name of its own it has that of what is counted.
        named = "" if match[2] else _last_name(text[: match.start()])
        start, end = match.start() - len(named), match.end() + len(match[2] or "号")
        other = _han(number) if typed.isdigit() else str(number)
        yield _Spot(start, end, (named + other + text[match.end() : end],))


def _last_name(text: str) -> str:
    """The word that a run ends in, or all characters that are no words there: those of
    a name that no dictionary has."""
    words = terms.index_terms(text)
    place = len(words) - 1
    while place and len(words[place].text) == len(words[place - 1].text) == 1:
        place -= 1
    return text[words[place].start :]


def _with_issues(spot: _Spot, text: str, archive: _Archive) -> _Spot:
    """A date within a run with the issues that it means: 12月25日大桥. Where much
    stands beside it, what comes close to that is found without."""
    rest = f"{text[: spot.start]} {text[spot.end :]}"
    if not spot.whole or archive.issues is None or not rest.strip() or is_long(rest):
        return spot
    typed = text[spot.start : spot.end]
    return replace(spot, issues=_issues_meant(typed, archive.issues))


def _in_issues(text: str, archive: _Archive, notes: list[Message]) -> query.Node | None:
    """The issues that a date means which is all a run says; those of a month or a year
    only beside other words."""
    if isinstance(archive.tree, query.And):
        is_date = _DATE.fullmatch(text) or _PERIOD.fullmatch(text)
    else:
        day = _DATE.fullmatch(text) or _BARE_DAY.fullmatch(text)
        is_date = day if day and not _parts(day)[0] else None  # else see _on_day
    if not is_date or archive.issues is None:
        return None
    meant = _issues_meant(text, archive.issues)
    if meant is None:
        return None
    notes.append(meant.note)
    return meant.days


def _issues_meant(text: str, issues: Issues) -> _Issues | None:
    """The issues of the day that a date says, of that day in any year where it says
    none, of its month or of its year."""
    match = _DATE.fullmatch(text) or _BARE_DAY.fullmatch(text)
    year, month, number = _parts(match) if match else ("", "", "")
    if match and not year:
        days = issues.issues_of(int(month), int(number))
        listed = query.any_of(query.Dates(day, day) for day in days)
        return _Issues(listed, _also_listed(days)) if listed else None
    span = dates.read_range(f"{_full(year)}-{month}-{number}" if match else text)
    first, last = span or (None, None)
    oldest, newest = issues.ends()
    if not (first and last and oldest and newest) or last < oldest or newest < first:
        return None
    shown = first.isoformat() if first == last else text
    return _Issues(query.Dates(first, last), _listed_too(shown))


def _on_day(text: str, printed: Printed, notes: list[Message]) -> query.Node | None:
    """The issues of a day that is all a run says, and what names it without a year in
    issues around it."""
    match = _DATE.fullmatch(text)
    year, month, number = _parts(match) if match else ("", "", "")
    days = dates.read_range(f"{_full(year)}-{month}-{number}") if year else None
    day = days[0] if days else None
    if day is None:
        return None
    notes.append(_listed_too(day.isoformat()))
    forms = [form for form in _day_forms("", day.month, day.day) if printed(form)]
    if not forms:
        return query.Dates(day, day)
    notes.append(
        Message(
            f"前后一年里写作“{forms[0]}”的也检索。",
            f"“{forms[0]}” within a year of it is searched too.",
        )
    )
    named = _any_form(text, forms, whole=True)
    around = query.Dates(_shifted(day, -_BEFORE), _shifted(day, _AFTER))
    parts = (query.Dates(day, day), query.all_of((named, around)))
    return query.any_of(part for part in parts if part is not None)


def _also_listed(days: Sequence[dt.date]) -> Message:
    """That the issues of some days are listed, the first few by name."""
    shown = [day.isoformat() for day in days[:_SHOWN]]
    more = "等日" if len(days) > _SHOWN else " "
    return Message(
        f"也列出 {'、'.join(shown)}{more}见报的内容。",
        f"What was printed on {', '.join(shown)} is listed too.",
    )


def _listed_too(shown: str) -> Message:
    return Message(
        f"也列出 {shown} 见报的内容。", f"What was printed on {shown} is listed too."
    )


def _shifted(day: dt.date, by: dt.timedelta) -> dt.date:
    """A day so much later, or the last or first that there is."""
    try:
        return day + by
    except OverflowError:
        return dt.date.max if by > dt.timedelta() else dt.date.min


def _han(number: int) -> str:
    """A number below a hundred as it is read.

    >>> _han(16), _han(20), _han(4)
    ('十六', '二十', '四')
    """
    tens, ones = divmod(number, 10)
    written = ("" if tens == 1 else _HAN_DIGITS[tens]) + "十" if tens else ""
    return written + (_HAN_DIGITS[ones] if ones else "")


def _all_forms(
    cities: tuple[str, ...], synonyms: tuple[tuple[str, ...], ...]
) -> dict[str, tuple[str, ...]]:
    """Each name and its other forms, both ways; the corpus' own first."""
    forms: dict[str, list[str]] = {}
    groups = [tuple(map(terms.fold, group)) for group in synonyms]
    for group in (*groups, *_institutions(cities)):
        for word in group:
            others = (o for o in group if o != word and word not in o)
            forms.setdefault(word, []).extend(others)
    return {word: tuple(dict.fromkeys(held)) for word, held in forms.items()}


def _institutions(cities: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for short, long in _rows("short_forms.txt"):
        for level in _LEVELS if "~" in short else "-":
            held = [city for city in cities if city.endswith(level)]
            forms = [
                form.replace("~", level).replace("@", city)
                for form in long.split(" ")
                for city in (held if "@" in form else [""])
            ]
            if forms or "~" in short:
                yield (short.replace("~", level), *forms)


def _rows(file: str) -> Iterator[list[str]]:
    return (line.split("\t") for line in lines_of(file))
