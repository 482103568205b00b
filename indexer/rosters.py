"""A block of names on a page → a roster (名单).

Knows padding, notes in brackets （女，蒙古族）, counts （205名）, role groups, claimed
orders and adoption lines, and checks a list against what it says of itself: its counts
and its order by strokes. A declared count chooses between readings and never makes up
a name. Names stay as printed.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from msgspec.structs import replace

from indexer import dates, names
from indexer.archive import Audit, Notice, Order, RosterEntry, RosterGroup, Span
from indexer.messages import Message
from indexer.names import HAN
from indexer.terms import fold
from indexer.wordlists import lines_of


@dataclass(frozen=True, slots=True)
class Adoption:
    """Who adopted a text and when, as the line under its headline says."""

    by: str | None
    on: dt.date | None


@dataclass(frozen=True, slots=True)
class ParsedRoster:
    """What a block of names says. `notes` are its printed lines that hold no names;
    `declared` is a count claimed for all groups together."""

    groups: tuple[RosterGroup, ...]
    notes: tuple[str, ...]
    declared: int | None
    meeting: str | None
    adopted_by: str | None
    adopted_on: dt.date | None
    audits: tuple[Audit, ...]
    warnings: tuple[Notice, ...]

    @property
    def entries(self) -> tuple[RosterEntry, ...]:
        return tuple(entry for group in self.groups for entry in group.entries)


def parse_roster(
    text: str, lines: Sequence[Span], *, headline: str | None = None
) -> ParsedRoster:
    """The roster in these lines of a page's `text`; the headline is used for the
    meeting it names and for what it claims in brackets. Spans of the entries are
    offsets into `text`.

    >>> page = "(3人,按姓氏笔画排列)\\n王 岚(女) 毛小东 方 静"
    >>> roster = parse_roster(page, [Span(0, 12), Span(13, len(page))])
    >>> [(entry.name, entry.gender) for entry in roster.entries]
    [('王岚', '女'), ('毛小东', None), ('方静', None)]
    >>> [audit.ok for audit in roster.audits]
    [True, True]
    """
    claims = _IN_HEADLINE.findall(fold(headline or ""))
    drafts, notes, total = _Drafter(text, fold(text), claims).draft(lines)
    _lean_to_total(drafts, total)
    groups = tuple(draft.group(text) for draft in drafts)
    adoption = next(filter(None, map(parse_adoption, notes)), Adoption(None, None))
    audits = (*_count_audits(groups, total), *_stroke_audits(groups))
    return ParsedRoster(
        groups=groups,
        notes=tuple(notes),
        declared=total,
        meeting=_meeting(adoption.by) or _meeting(headline),
        adopted_by=adoption.by,
        adopted_on=adoption.on,
        audits=audits,
        warnings=tuple(_warnings(audits, drafts)),
    )


def is_role(heading: str) -> bool:
    """Whether what heads a group of names is what these people are: no prize, and not
    that they came.

    >>> [is_role(text) for text in ("副主任委员", "列席人员", "装备制造")]
    [True, False, False]
    """
    heading = fold(heading)
    return bool(_bare_role().fullmatch(heading)) and not _CAME.search(heading)


def roster_score(text: str, lines: Sequence[Span]) -> float:
    """The evidence that these lines are a list of names, in nats a character; above 0
    they are likelier one than prose.

    >>> page = "王 岚(女) 毛小东 方 静 许敬"
    >>> roster_score(page, [Span(0, len(page))]) > 0
    True
    """
    drafts, notes, _ = _Drafter(text, fold(text)).draft(lines)
    read = [found for draft in drafts for found in draft.read()]
    if len(read) < 2:
        return -3.0
    evidence = sum(min(names.name_score(found.name), 5.0) for found in read)
    prose = sum(len(note) for note in notes if not _BRACKETED.fullmatch(note.strip()))
    characters = sum(len(found.name) for found in read)
    return (evidence - 2.0 * max(0, prose - 40)) / (characters + prose)


def strokes_of(name: str) -> tuple[tuple[int, int], ...]:
    """What sorts names by strokes (按姓氏笔画): of each character its strokes and the
    kind of the first; what no list knows comes last.

    >>> sorted(["方静", "王岚", "丁一", "王一"], key=strokes_of)
    ['丁一', '王一', '王岚', '方静']
    """
    return tuple(_strokes().get(character, _NO_STROKES) for character in name)


def parse_adoption(text: str) -> Adoption | None:
    """Who adopted what a line stands under, and when.

    >>> parse_adoption("(2024年12月24日临江市第九届人民代表大会第四次会议通过)").on
    datetime.date(2024, 12, 24)
    """
    match = _ADOPTED.search(re.sub(r"\s", "", fold(text)))
    if match is None:
        return None
    return Adoption(match["by"] or None, _date(match["date"]))


_DIGIT = "0-9〇○零一二三四五六七八九十百千两"
_BRACKETS = re.compile(r"[(（]([^()（）]*)[)）]")
_BRACKETED = re.compile(r"(?:\s*[(（][^()（）]*[)）]\s*)+")
_IN_HEADLINE = re.compile(r"[(（][^()（）]*[)）](?=\s*$)")
_BRACKETS_OF_LINE = re.compile(r"[(（][^()（）]*(?:[)）]|$)|^[^()（）]*[)）]")
_COUNT = re.compile(f"(?:共|计|总计|合计)?([{_DIGIT}]{{1,6}})(?:名|人|位|个)(?![次大])")
_ORDERS = (
    (re.compile("得票|票数"), Order.VOTES),
    (re.compile("笔划|笔画"), Order.STROKE),
    (re.compile("拼音|音序|字母"), Order.PINYIN),
    (re.compile("不分先后"), Order.NONE),
)
_ADOPTED = re.compile(
    f"(?P<date>[{_DIGIT}]{{4}}年[{_DIGIT}]{{1,3}}月[{_DIGIT}]{{1,3}}日)"
    "(?:经)?(?P<by>[^()（）]*?)(?:(?:表决|审议|选举|投票)?(?:通过|产生|批准)|选举|决定任命)"
)
_MEETING = re.compile(f"^.*?第[{_DIGIT}]+次(?:全体)?(?:会议|代表大会|全国代表大会)")
_NUMBERING = f"(?:[{_DIGIT}]+[、.．]|[(（][{_DIGIT}]+[)）])?\\s*"
_CAME = re.compile("(?:出席|列席|缺席|请假|就座|奖|者)(?:人员)?$")
_STROKE_KINDS = "横竖撇点折"
_NO_STROKES = (99, 0)


@dataclass
class _Draft:
    """A group in the making: its printed lines as one run of text, brackets masked so
    that no name reaches over them, and where each character is on the page."""

    role: str | None = None
    declared: int | None = None
    order: Order | None = None
    expected: int | None = None  # what the count for all groups leaves for this one
    masked: str = ""
    folded: str = ""
    offsets: list[int] = field(default_factory=list)

    def add(self, folded: str, start: int) -> None:
        """Takes a line, or the rest of one, that stands at `start` on the page."""
        if self.folded:
            self._append("\n", self.offsets[-1] + 1)
        self._append(folded, start)
        self.masked = _BRACKETS.sub(lambda match: "、" * len(match[0]), self.folded)

    def read(self) -> tuple[names.Found, ...]:
        return names.read_names(self.masked, count=self.declared or self.expected)

    def unread(self) -> str:
        """The characters between the names that no name took, marks apart."""
        rest = list(self.masked)
        for found in self.read():
            rest[found.span.start : found.span.end] = " " * (
                found.span.end - found.span.start
            )
        return "".join(re.findall(f"[{HAN}]", "".join(rest)))

    def group(self, text: str) -> RosterGroup:
        entries = tuple(self._entry(found, text) for found in self.read())
        return RosterGroup(entries, self.role, self.declared, self.order)

    def _append(self, folded: str, start: int) -> None:
        self.folded += folded
        self.offsets.extend(range(start, start + len(folded)))

    def _entry(self, found: names.Found, text: str) -> RosterEntry:
        note = re.compile(rf"\s*{_BRACKETS.pattern}").match(self.folded, found.span.end)
        end = note.end() if note else found.span.end
        span = Span(self.offsets[found.span.start], self.offsets[end - 1] + 1)
        printed = (
            text[self.offsets[place]]
            for place in range(found.span.start, found.span.end)
        )
        entry = RosterEntry(
            name="".join(char for char in printed if not char.isspace()),
            surface=text[span.start : span.end],
            span=span,
        )
        return _annotated(entry, note[1]) if note else entry


class _Drafter:
    """Sorts the lines of a block into groups of names and notes."""

    def __init__(self, text: str, folded: str, claims: Sequence[str] = ()) -> None:
        self._text = text
        self._folded = folded
        self._drafts: list[_Draft] = []
        self._notes: list[str] = []
        self._claims = [*claims]  # notes that speak of names still to come
        self._total: int | None = None
        self._order: Order | None = None

    def draft(
        self, lines: Sequence[Span]
    ) -> tuple[list[_Draft], list[str], int | None]:
        for line in lines:
            start = line.start
            for part in self._folded[line.start : line.end].split("\n"):
                self._line(part, start)
                start += len(part) + 1
        if self._claims and len(self._drafts) == 1:
            # Said below the names, it is said of them all the same.
            draft = self._drafts[0]
            draft.declared = draft.declared or _count(self._claims)
            draft.order = draft.order or _order(self._claims)
        drafts = [draft for draft in self._drafts if draft.read()]
        return drafts, self._notes, self._total

    def _line(self, line: str, start: int) -> None:
        if not line.strip():
            return
        if _BRACKETED.fullmatch(line) and not _entry_note(line):
            self._note(line, start)
        elif match := _heads_group(line):
            self._open(match, start)
        elif self._holds_names(line):
            self._names(line, start)
        else:
            self._note(line, start)

    def _note(self, line: str, start: int) -> None:
        self._notes.append(self._text[start : start + len(line)].strip())
        self._claims.append(line)

    def _open(self, head: re.Match[str], start: int) -> None:
        """Opens a group; what was claimed before it and names nobody yet is claimed
        for all groups."""
        if self._total is None and self._claims:
            self._total = _count(self._claims)
        if not self._drafts:
            self._order = _order(self._claims)
        order = _order(self._claims) or self._order
        self._claims = []
        printed = head[0][: head.start("rest") - head.start()].strip(" \t　:：")
        draft = _Draft(re.sub(r"\s", "", head["role"]))
        draft.declared = _count([printed[len(head["role"]) :]])
        draft.order = _order([printed, head["rest"]]) or order
        self._drafts.append(draft)
        if _BRACKETED.fullmatch(head["rest"]):
            self._note(head["rest"], start + head.start("rest"))
        elif head["rest"].strip():
            self._rest(head["rest"], start + head.start("rest"))

    def _rest(self, rest: str, start: int) -> None:
        """What follows a role on its line: names, perhaps with a further role."""
        inner = _role_inside().search(rest)
        if inner is None:
            self._drafts[-1].add(rest, start)
            return
        self._drafts[-1].add(rest[: inner.start()], start)
        self._line(rest[inner.start() :], start + inner.start())

    def _names(self, line: str, start: int) -> None:
        count, order = _count(self._claims), _order(self._claims)
        self._claims = []
        if not self._drafts:
            self._drafts.append(_Draft())
        elif self._drafts[-1].folded and (count or order):
            # 以下按姓氏笔画为序: said of the names below, not of those above
            self._drafts.append(_Draft(self._drafts[-1].role))
        draft = self._drafts[-1]
        draft.declared, draft.order = draft.declared or count, draft.order or order
        draft.add(line, start)

    def _holds_names(self, line: str) -> bool:
        """Whether names fill a line, by what is read and how much it is like names;
        one that the line above breaks off in is read with its beginning."""
        if _entry_note(line):
            return True
        if re.search("[！？“”]|。.", line):
            return False
        tail = self._drafts[-1].masked[-6:] + "\n" if self._drafts else ""
        masked = tail + _masked(line)
        found = [each for each in names.read_names(masked) if each.span.end > len(tail)]
        written = _han(masked[len(tail) :])
        covered = sum(
            _han(masked[max(each.span.start, len(tail)) : each.span.end])
            for each in found
        )
        likely = sum(names.is_name(each.name) for each in found)
        if self._just_opened() and covered == written and all(map(_has_form, found)):
            return bool(found)
        if len(found) == 1:
            return covered == written and likely == 1
        return bool(found) and covered >= 0.75 * written and likely >= len(found) / 2

    def _just_opened(self) -> bool:
        return bool(self._drafts) and not self._drafts[-1].folded


def _masked(line: str) -> str:
    """The line with a mark for each character in brackets, that no name reaches over;
    brackets that break over the line's end count too."""
    return _BRACKETS_OF_LINE.sub(lambda match: "、" * len(match[0]), line)


def _han(text: str) -> int:
    return len(re.findall(f"[{HAN}]", text))


def _has_form(found: names.Found) -> bool:
    return names.name_score(found.name) > names.NO_NAME


def _heads_group(line: str) -> re.Match[str] | None:
    """A line that opens a group: 委员:…, 大会秘书长, 主席团成员(60人), 秘书长 王岚."""
    colon = re.match(
        f"{_NUMBERING}(?P<role>[{HAN}][{HAN}A-Z、\\s]{{0,24}}?)\\s*"
        f"(?:{_BRACKETS.pattern})?\\s*[:：](?P<rest>.*)$",
        line,
    )
    if colon:
        return colon if _may_hold(colon["rest"]) else None
    counted = re.match(
        f"\\s*{_NUMBERING}(?P<role>[{HAN}]{{2,20}}?)\\s*"
        f"[(（](?:[^()（）]*[，,])?{_COUNT.pattern}[^()（）]*[)）]\\s*(?P<rest>)$",
        line,
    )
    if counted and not (
        names.is_name(counted["role"]) or counted["role"].endswith("名单")
    ):
        return counted
    return _bare_role().fullmatch(line) or _role_and_names().fullmatch(line)


def _may_hold(rest: str) -> bool:
    """Whether the text after a colon can be a group's: nothing, notes or names."""
    masked = _masked(rest)
    if inner := _role_inside().search(masked):
        masked = masked[: inner.start()]
    found = names.read_names(masked)
    return sum(_han(each.name) for each in found) >= 0.8 * _han(masked)


def _lean_to_total(drafts: list[_Draft], total: int | None) -> None:
    """Lets the count claimed for all groups choose the reading of the longest one."""
    if total is None or not drafts:
        return
    sizes = [len(draft.read()) for draft in drafts]
    longest = max(range(len(drafts)), key=sizes.__getitem__)
    if sum(sizes) != total and drafts[longest].declared is None:
        wanted = sizes[longest] + total - sum(sizes)
        reading = names.read_names(drafts[longest].masked, count=wanted)
        if len(reading) == wanted:
            drafts[longest].expected = wanted


def _annotated(entry: RosterEntry, note: str) -> RosterEntry:
    """The entry with what its brackets say: （女，蒙古族）（解放军）."""
    other: list[str] = []
    for word in re.split(r"[、，,;；/\s]+", note.strip()):
        if word in ("男", "女"):
            entry = replace(entry, gender=word)
        elif word in _peoples():
            entry = replace(entry, ethnicity=word)
        elif word:
            other.append(word)
    return replace(entry, qualifier="，".join(other) or None)


def _entry_note(line: str) -> bool:
    """Whether brackets alone on a line speak of the name before them."""
    words = re.split(r"[、，,\s()（）]+", line.strip(" \t　()（）"))
    return all(word in ("男", "女") or word in _peoples() for word in words)


def _count(claims: Iterable[str]) -> int | None:
    for claim in claims:
        for bracket in _BRACKETS.findall(claim) or [claim]:
            if match := _COUNT.search(_ADOPTED.sub("", bracket)):
                return _number(match[1])
    return None


def _order(claims: Iterable[str]) -> Order | None:
    """The first order claimed: 按得票多少为序，得票相等的按姓氏笔画 is by votes."""
    for claim in claims:
        places = [
            (match.start(), order)
            for pattern, order in _ORDERS
            if (match := pattern.search(claim))
        ]
        if places:
            return min(places)[1]
    return None


def _count_audits(
    groups: tuple[RosterGroup, ...], total: int | None
) -> Iterator[Audit]:
    for group in groups:
        if group.declared is not None:
            yield _count_audit(group.role, group.declared, len(group.entries))
    if total is not None:
        yield _count_audit(None, total, sum(len(group.entries) for group in groups))


def _count_audit(role: str | None, declared: int, read: int) -> Audit:
    where, of = (f"{role}：", f"{role}: ") if role else ("", "")
    met = Message(
        f"{where}标明{declared}人，读出{declared}人。",
        f"{of}{declared} names declared and read.",
    )
    missed = Message(
        f"{where}标明{declared}人，读出{read}人，请对照原版。",
        f"{of}{declared} names declared, {read} read; compare with the page.",
    )
    return Audit("count", declared == read, met if declared == read else missed)


def _stroke_audits(groups: tuple[RosterGroup, ...]) -> Iterator[Audit]:
    for group in groups:
        if group.order is Order.STROKE and len(group.entries) > 1:
            breaks = _out_of_order(group.entries)
            yield Audit("stroke", not breaks, _stroke_message(breaks), breaks)


def _stroke_message(breaks: tuple[str, ...]) -> Message:
    if not breaks:
        return Message("符合姓氏笔画顺序。", "In the order of strokes.")
    listed = "、".join(breaks)
    return Message(
        f"标明按姓氏笔画排列，但{listed}不在应有的位置，疑有误植。",
        f"Said to be in the order of strokes, but {listed} stands out of place.",
    )


def _out_of_order(entries: Sequence[RosterEntry]) -> tuple[str, ...]:
    """The fewest names whose removal leaves the surnames in order; between equals,
    those that stand apart from their namesakes. What has no known strokes is passed
    over."""
    known = [entry for entry in entries if entry.name[0] in _strokes()]
    ranks = sorted({_strokes()[entry.name[0]] for entry in known})
    kept: list[tuple[float, tuple[int, ...]]] = [(0.0, ())] * len(ranks)
    for place, entry in enumerate(known):
        rank = ranks.index(_strokes()[entry.name[0]])
        score, before = max(kept[: rank + 1])
        neighbours = known[max(0, place - 1) : place] + known[place + 1 : place + 2]
        together = any(other.name[0] == entry.name[0] for other in neighbours)
        kept[rank] = (score + (1.001 if together else 1.0), (*before, place))
    stay = max(kept, default=(0.0, ()))[1]
    return tuple(
        entry.name for place, entry in enumerate(known) if place not in set(stay)
    )


def _warnings(audits: Iterable[Audit], drafts: Iterable[_Draft]) -> Iterator[Notice]:
    for audit in audits:
        if not audit.ok:
            yield Notice(f"roster-{audit.kind}", audit.message)
    for draft in drafts:
        if unread := draft.unread():
            yield Notice(
                "roster-unread",
                Message(
                    f"名单中“{unread}”未能读成姓名。",
                    f"In the list, “{unread}” could not be read as names.",
                ),
            )


def _meeting(text: str | None) -> str | None:
    match = _MEETING.match(text or "")
    return match[0] if match else None


def _date(printed: str) -> dt.date | None:
    days = dates.read_range(printed)
    return days[0] if days else None


def _number(printed: str) -> int:
    """The value of a number in digits or Chinese numerals.

    >>> [_number(text) for text in ("60", "二十七", "二百零五")]
    [60, 27, 205]
    """
    if printed.isdecimal():
        return int(printed)
    digits = {str(value): value for value in range(10)}
    digits |= {char: value for value, char in enumerate("零一二三四五六七八九")}
    digits |= {"〇": 0, "○": 0, "两": 2}
    if not set(printed) & set("十百千"):
        return int("".join(str(digits.get(char, char)) for char in printed))
    total = figure = 0
    for char in printed:
        unit = {"十": 10, "百": 100, "千": 1000}.get(char)
        if unit:
            total, figure = total + (figure or 1) * unit, 0
        else:
            figure = digits.get(char, 0)
    return total + figure


@cache
def _strokes() -> dict[str, tuple[int, int]]:
    """Character → strokes and the kind of the first one."""
    rows = (line.split("\t") for line in lines_of("strokes.tsv"))
    return {
        char: (int(total), _STROKE_KINDS.index(kind))
        for total, kind, chars in rows
        for char in chars
    }


@cache
def _peoples() -> frozenset[str]:
    return frozenset(word for line in lines_of("peoples.txt") for word in line.split())


@cache
def _role_words() -> str:
    words = [word for line in lines_of("roster_roles.txt") for word in line.split()]
    # 委    员 is padded like a name.
    spaced = (r"\s*".join(word) for word in sorted(words, key=len, reverse=True))
    return "|".join(spaced)


@cache
def _bare_role() -> re.Pattern[str]:
    return re.compile(
        f"\\s*{_NUMBERING}(?P<role>[{HAN}、]{{0,14}}?(?:{_role_words()}))\\s*"
        f"(?:{_BRACKETS.pattern}\\s*)*(?:[，,]?(?:{_COUNT.pattern}))?\\s*(?P<rest>)"
    )


@cache
def _role_and_names() -> re.Pattern[str]:
    return re.compile(f"\\s*(?P<role>{_role_words()})\\s+(?P<rest>[{HAN}].*)")


@cache
def _role_inside() -> re.Pattern[str]:
    return re.compile(
        f"(?<=[\\s。；;，,、])(?:{_role_words()})\\s*(?:{_BRACKETS.pattern})?[:：]"
    )
