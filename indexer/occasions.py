"""When, where and on what occasion something was said, as far as the text says it.

No search asks for it, so it is worked out when an article is read, not when it is
indexed: that saves a sixth of what finding quotations costs.

Knows how news prints days (昨天, 24日, 去年12月7日) and counts them from the dateline
or the issue, what stands for a place of speech (在青浔市会见), and names of occasions
(座谈会, 接受采访). Text without any of it gives nothing.
"""

import datetime as dt
import re
import unicodedata
from functools import lru_cache
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from indexer.archive import Article, FieldSpans, Quote, Span, Unit
from indexer.clauses import SENTENCE_END, sentence_start, with_full_stops
from indexer.dates import with_digits
from indexer.speech import marks_in, without_speech
from indexer.terms import simplified
from indexer.wordlists import any_of


class Occasion(Struct, frozen=True):
    """What a sentence says of the day, place and occasion of a speech, with where."""

    said_on: dt.date | None = None
    place: str | None = None
    name: str | None = None
    evidence: tuple[FieldSpans, ...] = ()

    def filled(self, other: "Occasion") -> "Occasion":
        """This, with what only the other says."""
        if not other.evidence:
            return self
        if not self.evidence:
            return other
        known = {spans.field for spans in self.evidence}
        more = (spans for spans in other.evidence if spans.field not in known)
        return Occasion(
            self.said_on or other.said_on,
            self.place or other.place,
            self.name or other.name,
            (*self.evidence, *more),
        )


NOWHERE = Occasion()
_Unit = TypeVar("_Unit", bound=Unit)


def with_occasions(unit: _Unit) -> _Unit:
    """The unit; an article with when, where and on what occasion its quotes were said.

    >>> said = Quote("a.q1", "indirect", "桥通了", 5, 8, evidence=(
    ...     FieldSpans("speaker", (Span(2, 4),)), FieldSpans("cue", (Span(4, 5),))))
    >>> body, day = "昨日王岚说桥通了", dt.date(2024, 12, 25)
    >>> article = Article("a", "article", None, body, date=day, quotes=(said,))
    >>> with_occasions(article).quotes[0].said_on
    datetime.date(2024, 12, 24)
    """
    if not isinstance(unit, Article) or not unit.quotes:
        return unit
    body = with_full_stops(simplified(unit.body))
    told = without_speech(body, marks_in(body))
    sentences = _Sentences(unit.body, told, today_of(body[:60], unit.date))
    return replace(unit, quotes=tuple(map(sentences.placed, unit.quotes)))


class _Sentences:
    """The sentences of an article: `told` is its body as it is read, without what is
    said in marks, `today` the day that 今天 means in it."""

    def __init__(self, body: str, told: str, today: dt.date | None) -> None:
        self._body = body
        self._told = told
        self._today = today
        self._first: dict[str, tuple[int, Occasion]] = {}

    def placed(self, quote: Quote) -> Quote:
        """The quote with its occasion: what the words around it say, else what was said
        of the first one on which its speaker appears."""
        found = self._beside(quote)
        if quote.speakers and (name := quote.speakers[0].name):
            if name not in self._first:
                self._first[name] = self._appearance(simplified(name))
            place, first = self._first[name]
            found = found.filled(first) if place < quote.start else found
        if not found.evidence:
            return quote
        spans = {item.field: item.spans[0] for item in found.evidence}
        printed = {f: self._body[span.start : span.end] for f, span in spans.items()}
        return replace(
            quote,
            said_on=found.said_on,
            place=printed.get("place"),
            occasion=printed.get("occasion"),
            evidence=(*quote.evidence, *found.evidence),
        )

    def _beside(self, quote: Quote) -> Occasion:
        """What the sentence says that names the speaker, up to the cue."""
        spans = {item.field: item.spans for item in quote.evidence}
        if "speaker" not in spans:
            return NOWHERE
        start = sentence_start(self._told, spans["speaker"][0].start)
        end = max(span.end for at in ("speaker", "cue") for span in spans.get(at, ()))
        return occasion_in(self._told, start, end, self._today)

    def _appearance(self, name: str) -> tuple[int, Occasion]:
        """Where a person first appears speaking, and on what occasion."""
        text = self._told
        place = text.find(name)
        for _ in range(3):
            if place < 0:
                break
            start = sentence_start(text, place)
            stop = SENTENCE_END.search(text, place)
            end = stop.start() if stop else len(text)
            if _SPEAKING.search(text, start, end):
                found = occasion_in(text, start, end, self._today)
                if found.evidence:
                    return place, found
            place = text.find(name, end)
        return len(text), NOWHERE


def today_of(body: str, issue: dt.date | None) -> dt.date | None:
    """The day that 今天 means: that of the dateline (新华社北京1月19日电), else the
    issue's.

    >>> today_of("新华社青浔1月19日电 今天，", dt.date(2024, 1, 20))
    datetime.date(2024, 1, 19)
    >>> today_of("新华社青浔十七日电 今天，", dt.date(1963, 8, 18))
    datetime.date(1963, 8, 17)
    """
    if issue is None or not ("日电" in body or "日讯" in body):
        return issue
    dateline = _DATELINE.match(body)
    if dateline is None:
        return issue
    return _resolved(dateline[1], issue) or issue


def occasion_in(text: str, start: int, end: int, today: dt.date | None) -> Occasion:
    """What text[start:end], a sentence in which somebody speaks, says of when, where
    and on what occasion.

    >>> text = "24日，镇长龚小舟在青浔市召开的座谈会上说"
    >>> found = occasion_in(text, 0, len(text), dt.date(2024, 12, 25))
    >>> found.said_on, found.place, found.name
    (datetime.date(2024, 12, 24), '青浔市', '座谈会')
    """
    evidence = []
    day, day_span = _day(text, start, end, today)
    if day_span:
        evidence.append(FieldSpans("said_on", (day_span,)))
    where = text.find("在", start, end)
    place = _PLACE.search(text, where, end) if where >= 0 else None
    if place:
        evidence.append(FieldSpans("place", (Span(*place.span(1)),)))
    occasion = _OCCASION.search(text, start, end)
    if not (day_span or place or occasion):
        return NOWHERE
    found = (occasion.lastindex or 0) if occasion else 0
    if occasion:
        evidence.append(FieldSpans("occasion", (Span(*occasion.span(found)),)))
    return Occasion(
        day,
        place[1] if place else None,
        occasion[found] if occasion else None,
        tuple(evidence),
    )


_DIGIT = "0-9０-９"
_DATE = re.compile(
    f"(?:(?:[{_DIGIT}]{{4}}|[一二][一二三四五六七八九〇零○]{{3}}|今|去|前)年)?"
    f"(?:(?<![{_DIGIT}年])|(?<=年))"
    f"(?:(?:[{_DIGIT}]{{1,2}}|[一二三四五六七八九十]{{1,2}}|本|上个?)月"
    f"(?:[{_DIGIT}]{{1,2}}|[一二三四五六七八九十廿卅]{{1,3}})[日号]"
    f"|[{_DIGIT}]{{1,2}}[日号]|[今昨前][天日晚晨夜](?![年报时]))"
)
_LONGEST_DATE = 14
_PARTS = re.compile(r"(?:(\d{4}|[今去前])年)?(?:(\d{1,2}|本|上个?)月)?(\d{1,2})[日号]")
# What a date has. Each branch begins with a character, so that it is found fast.
_DAY_HINT = re.compile(
    f"(?:日|号)(?<=[{_DIGIT}一二三四五六七八九十].)"
    "|今[天日晚晨夜]|昨[天日晚晨夜]|前[天日晚晨夜]"
)
_NOT_THEN = re.compile(
    "的|发生|以来|起|以前|以后|之前|之后|前|至|到|出生|出版|成立|电|讯|[-—~～、]"
)
_FROM = ("就", "于", "对", "自", "从", "至", "截止", "到", "与", "和", "是")
_DATELINE = re.compile(
    f"(?:[^\n。，]{{0,16}}?)((?:(?:[{_DIGIT}]{{1,2}}|[一二三四五六七八九十]{{1,2}})月)?"
    f"(?:[{_DIGIT}]{{1,2}}|[一二三四五六七八九十廿卅]{{1,3}})日)(?:电|讯)"
)
_PLACES = (
    "省|市|县|区|镇|乡|村|州|国|洲|京|岛|湾|馆|厅|堂|院|校|厂|站|宫|中心|大学|酒店|广场|基地|机场|会堂|"
    "北京|上海|华盛顿|纽约|伦敦|巴黎|东京|莫斯科|日内瓦|布鲁塞尔|香港|澳门|台北"
)
_PLACE = re.compile(
    f"在([^，,。；：:、“”\\s在的和与上中时]{{1,14}}?{any_of(_PLACES.split('|'))})"
    "(?=举行|召开|会见|接受|出席|主持|表示|说|指出|强调|对|向|就|同|与|发表|参加|考察|调研|"
    "视察|会晤|会谈|宣布|告诉|介绍)"
)
_GATHERINGS = (
    "会议|大会|全会|常委会|论坛|峰会|座谈会|发布会|记者会|招待会|研讨会|报告会|茶话会|新闻会|"
    "见面会|交流会|推介会|动员会|总结会|现场会|听证会|仪式|典礼|宴会|晚会|活动"
)
_SPEECHES = "讲话|贺词|贺电|贺信|致辞|演讲|报告|声明|会谈|发言|文章|信|电话"
_GATHERING = any_of(_GATHERINGS.split("|"))
_EVENT = any_of(f"{_GATHERINGS}|{_SPEECHES}".split("|"))
_OCCASION = re.compile(
    f"在([^，,。；：:“”\\s在的]{{0,24}}?{_EVENT})(?:会)?(?:上|中(?![心国方央])|里|期间)"
    f"|在[^，,。；：:“”\\s]{{1,20}}的([^，,。；：:“”\\s在的]{{0,16}}?{_GATHERING})上"
    "|接受[^，,。；：:\\s]{0,16}?(?:采访|专访|访谈)|会见[^，,。；：:\\s]{2,24}?(?=时)"
)
_SPEAKINGS = (
    "采访|专访|讲话|发言|致辞|演讲|会见|会谈|会晤|座谈|对话|发布会|记者会|论坛|表示|指出|"
    "强调|介绍|说|谈|调研|考察|报告"
)
_SPEAKING = re.compile(any_of(_SPEAKINGS.split("|")))
_DAYS_BACK = {"今": 0, "昨": 1, "前": 2}


def _day(
    text: str, start: int, end: int, today: dt.date | None
) -> tuple[dt.date | None, Span | None]:
    if today is None:
        return None, None
    for hint in reversed(list(_DAY_HINT.finditer(text, start, end))):
        # No date is sought in all of a sentence: they begin in too many ways.
        first, last = hint.start() - _LONGEST_DATE, hint.end() + 1
        for match in _DATE.finditer(text, max(start, first), min(last, end)):
            if not match.start() <= hint.start() < match.end():
                continue
            if _NOT_THEN.match(text, match.end()) or text.endswith(
                _FROM, start, match.start()
            ):
                continue
            if day := _resolved(match[0], today):
                return day, Span(*match.span())
    return None, None


def _resolved(printed: str, today: dt.date) -> dt.date | None:
    """The day that is meant, the last one before it where the year is left out."""
    if printed[0] in _DAYS_BACK and printed[1:2] != "年":
        return today - dt.timedelta(days=_DAYS_BACK[printed[0]])
    parts = _parts_of(printed)
    try:
        return _dated(*parts, today) if parts else None
    except ValueError:
        return None


@lru_cache(maxsize=1 << 12)
def _parts_of(printed: str) -> tuple[str | None, str | None, int] | None:
    """The year and month of a date as far as they are printed, and its day."""
    match = _PARTS.fullmatch(with_digits(unicodedata.normalize("NFKC", printed)))
    return (match[1], match[2], int(match[3])) if match else None


def _dated(year: str | None, month: str | None, day: int, today: dt.date) -> dt.date:
    this = today.replace(day=1)
    last = (this - dt.timedelta(days=1)).replace(day=1)
    if month is None or not month.isdigit():
        back = (month or "").startswith("上") or (month is None and day > today.day + 1)
        return (last if back else this).replace(day=day)
    years = {"今": today.year, "去": today.year - 1, "前": today.year - 2}
    if year:
        return dt.date(years.get(year) or int(year), int(month), day)
    found = dt.date(today.year, int(month), day)
    late = found > today + dt.timedelta(days=1)
    return dt.date(today.year - 1, int(month), day) if late else found
