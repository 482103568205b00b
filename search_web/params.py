"""The query string ↔ SearchRequest, both ways, and every link of the site.

Hides parameter names (`from` and `to` are `since` and `until`), what a bad value means,
and how a path is put together. API and pages have the same parameters; a value that
can't be read is a Fault, which the API answers with 422 and a page with a note.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal
from urllib.parse import parse_qsl, quote, quote_plus, urlencode

from starlette.requests import Request

from indexer import (
    MAX_LIMIT,
    Hit,
    Lang,
    Message,
    SearchRequest,
    Sort,
    Wanted,
    read_range,
)

KINDS: Final = ("article", "roster", "quote", "ad")
SPEECH: Final = ("direct", "indirect")
_SPEECH: Final[dict[str, Literal["direct", "indirect"]]] = {
    "direct": "direct",
    "indirect": "indirect",
}
MAX_OFFSET: Final = 1_000_000_000
# Every link of a page repeats it. The engine reads 256 characters and says so.
MAX_TYPED: Final = 512
MAX_WITHIN: Final = 4_096
FILTERS: Final = (
    "kind",
    "speech",
    "paper",
    "page",
    "section",
    "person",
    "speaker",
    "role",
    "reporter",
)
# What the address of a result has beside the query.
WALK: Final = ("within", "at")
WANTED: Final = ("name", "gender", "ethnicity", "role")
_LONGEST_WANTED: Final = 40
_NAMES: Final = ("q", *FILTERS, "from", "to", "sort", "limit", "offset", "exact")
_CHOSEN: Final = ("kind", "speech")  # of a few values
_USUAL: Final = SearchRequest()


@dataclass(frozen=True, slots=True)
class Fault:
    """A parameter whose value can't be used, and why."""

    field: str
    message: Message


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query string asks for; each faulty parameter counts as not given."""

    request: SearchRequest
    faults: tuple[Fault, ...] = ()


def read_search(
    given: Mapping[str, str],
    *,
    usual: int = 10,
    most: int = MAX_LIMIT,
    timeline: bool = False,
) -> Asked:
    """The search that these parameters ask for; empty parameters count as not given.
    `usual` is the limit where none is given, `most` the highest.

    >>> read_search({"q": "通车", "from": "２０２４", "kind": ""}).request.since
    datetime.date(2024, 1, 1)
    >>> read_search({"sort": "best"}).faults[0].field
    'sort'
    """
    values = {name: typed(value) for name, value in given.items() if value.strip()}
    faults: list[Fault] = []
    filters = {name: values.get(name) for name in FILTERS if name not in _CHOSEN}
    speech = _choice(values, "speech", SPEECH, faults)
    request = SearchRequest(
        values.get("q", ""),
        kind=_choice(values, "kind", KINDS, faults),
        since=_day(values, "from", faults),
        until=_day(values, "to", faults),
        sort=Sort(_choice(values, "sort", tuple(Sort), faults) or Sort.RELEVANCE),
        limit=_whole(values, "limit", usual, most, faults),
        offset=_whole(values, "offset", 0, MAX_OFFSET, faults),
        exact=_choice(values, "exact", ("1", "0"), faults) == "1",
        speech=_SPEECH.get(speech or ""),
        timeline=timeline,
        **filters,
    )
    return Asked(request, tuple(faults))


def read_result(given: Mapping[str, str]) -> tuple[SearchRequest, int] | None:
    """The search that led to a unit, and which of its results that is, from 1; 0 where
    that is not told. The unit's address has the query as `q`, what else was asked as
    `within`, and the number as `at`: rosters have parameters of the same names.

    >>> read_result({"q": "通车", "within": "kind=ad&sort=newest", "at": "3"})[1]
    3
    """
    query, within = given.get("q", ""), given.get("within", "")[:MAX_WITHIN]
    at = _whole({"at": given.get("at", "")}, "at", 0, MAX_OFFSET, [])
    if not (query.strip() or within or at):
        return None
    return read_search({**dict(parse_qsl(within)), "q": query}).request, at


def read_screen(
    given: Mapping[str, str], *, usual: int
) -> tuple[int, int, tuple[Fault, ...]]:
    """The limit and offset that parameters ask for; what can't be read is a fault and
    counts as not given.

    >>> limit, offset, faults = read_screen({"offset": "60", "limit": "all"}, usual=20)
    >>> limit, offset, [fault.field for fault in faults]
    (20, 60, ['limit'])
    """
    faults: list[Fault] = []
    values = {name: typed(value) for name, value in given.items() if value.strip()}
    limit = _whole(values, "limit", usual, MAX_LIMIT, faults)
    offset = _whole(values, "offset", 0, MAX_OFFSET, faults)
    return limit, offset, tuple(faults)


def read_wanted(given: Mapping[str, str]) -> Wanted:
    """The entries of rosters that parameters ask for.

    >>> read_wanted({"name": " 兰 军 ", "gender": "女"})
    Wanted(name='兰 军', gender='女', ethnicity='', role='')
    """
    asked = {name: typed(given.get(name, ""))[:_LONGEST_WANTED] for name in WANTED}
    return Wanted(**{name: value.strip() for name, value in asked.items()})


def search_params(request: SearchRequest) -> dict[str, str]:
    """The parameters that ask for this request; what is empty or usual is left out.

    >>> search_params(SearchRequest("通车", since=dt.date(2024, 1, 1), offset=10))
    {'q': '通车', 'from': '2024-01-01', 'offset': '10'}
    """
    named = {"q": request.query} if request.query else {}
    for name in FILTERS:
        if value := getattr(request, name):
            named[name] = value
    if request.since:
        named["from"] = str(request.since)
    if request.until:
        named["to"] = str(request.until)
    if request.sort is not _USUAL.sort:
        named["sort"] = request.sort.value
    if request.limit != _USUAL.limit:
        named["limit"] = str(request.limit)
    if request.offset:
        named["offset"] = str(request.offset)
    if request.exact:
        named["exact"] = "1"
    return named


def typed(text: str) -> str:
    """What was typed, as far as a page can carry it: controls become spaces, half
    surrogates U+FFFD, and MAX_TYPED characters are enough.

    >>> typed("通" + chr(0) + "车" + chr(0xD800))
    '通 车\ufffd'
    """
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text[:MAX_TYPED])
    return re.sub("[\ud800-\udfff]", "\ufffd", plain)


def lang_of(request: Request) -> Lang:
    """The language that the address asks for: Chinese unless `lang=en`."""
    return "en" if request.query_params.get("lang") == "en" else "zh"


class Links:
    """Addresses inside the site, in the language of the page that prints them. They
    never name the host, so a forged Host header goes nowhere. `paths` are those of the
    routes by name, such as `/papers/{paper}`; Starlette's `url_path_for` walks through
    all routes for each address, and a page has two hundred."""

    def __init__(self, request: Request, paths: Mapping[str, str]) -> None:
        self.lang = lang_of(request)
        # One slash: "//host" at the start of a link would leave the site.
        self._here = "/" + request.scope["path"].lstrip("/")
        self._query = request.query_params
        self._root: str = request.scope.get("root_path", "")
        self._paths = paths

    def to(
        self, route: str, query: Mapping[str, str] | None = None, /, **parts: str
    ) -> str:
        """The address of a route; `parts` fill its path."""
        path = self._paths[route]
        if parts:
            path = path.format_map({key: _in_path(part) for key, part in parts.items()})
        return self._with_query(self._root + path, query or {})

    def search(self, request: SearchRequest) -> str:
        """The results of a request; quotations have a page of their own."""
        named = search_params(request)
        if request.kind != "quote":
            return self.to("search", named)
        return self.to("quotes", {n: v for n, v in named.items() if n != "kind"})

    def filtered(self, request: SearchRequest, field: str) -> Callable[[str], str]:
        """How a value of a filter, a date, a year, an order or an offset becomes the
        address of that search with it. All the rest is encoded once: a page has up to
        fifty values of a field."""
        slots = {field: _SLOT}
        if field == "date":
            slots = {"from": _SLOT, "to": _SLOT}
        if field == "year":
            slots = {"from": f"{_SLOT}-01-01", "to": f"{_SLOT}-12-31"}
        named = {**search_params(request), **slots}
        quotes = request.kind == "quote" and field != "kind"
        route = "quotes" if quotes else "search"
        kept = [n for n in _NAMES if n in named and not (quotes and n == "kind")]
        whole = self.to(route, {name: named[name] for name in kept})
        parts = whole.split(_in_query(_SLOT))
        return lambda value: _in_query(value).join(parts)

    def search_json(self, request: SearchRequest) -> str:
        return self.to("api_search", search_params(request))

    def results(self, request: SearchRequest, form: str) -> str:
        """All results of a request as a file."""
        return self.files(request)(form)

    def files(self, request: SearchRequest) -> Callable[[str], str]:
        """How the form of a file becomes its address, for all results of a request."""
        named = search_params(request)
        kept = {n: v for n, v in named.items() if n not in ("limit", "offset")}
        parts = self.to("api_results", kept, form=_SLOT).split(_in_path(_SLOT))
        return lambda form: form.join(parts)

    def unit(self, kind: str, id: str, query: str = "") -> str:
        """The page of an article or roster; with a query its words are marked. A quote
        leads to its article."""
        asked = {"q": query} if query.strip() else {}
        return self.to(_shown_as(kind), asked, id=_shown_by(kind, id))

    def units(self) -> Callable[[str, str], str]:
        """How the kind and id of each of many units become what `unit` gives."""
        parts = {
            route: self.to(route, id=_SLOT).split(_in_path(_SLOT))
            for route in ("article", "roster")
        }
        return lambda kind, id: _in_path(_shown_by(kind, id)).join(
            parts[_shown_as(kind)]
        )

    def hits(self, request: SearchRequest) -> Callable[[Hit, int], str]:
        """How each result of a request, and which it is from 1, become what
        `read_result` reads: the address of a page that leads on to the next. A
        quotation leads to its paragraph."""
        named = search_params(replace(request, offset=0))
        query = named.pop("q", "")
        within = urlencode(named, errors="replace")
        asked = {"q": query} if query.strip() else {}
        asked |= {"within": within} if within else {}
        asked["at"] = _SLOT
        parts = {
            route: self.to(route, asked, id=_SLOT).split(_in_path(_SLOT))
            for route in ("article", "roster")
        }

        def address(hit: Hit, at: int) -> str:
            start, middle, end = parts[_shown_as(hit.kind)]
            anchor = f"#p{hit.spoken.paragraph}" if hit.spoken else ""
            shown = _in_path(_shown_by(hit.kind, hit.id))
            return f"{start}{shown}{middle}{at}{end}{anchor}"

        return address

    def canonical(self, kind: str, id: str) -> str:
        """The one address of a unit's page, in whatever language it is asked for."""
        path = self._paths[_shown_as(kind)]
        return self._root + path.format(id=_in_path(_shown_by(kind, id)))

    def person(self, name: str) -> str:
        return self.to("person", name=name)

    def page(self, paper: str | None, date: dt.date | None, label: str | None) -> str:
        """The page of an issue, or "" when a unit does not say where it was printed."""
        if not (paper and date and label) or "/" in paper + label:
            return ""
        day = date.isoformat()
        return self.to("page", paper=paper, date=day, label=label)

    def issue(self, paper: str | None, date: dt.date | None) -> str:
        """The issue, or "" when there is none to speak of."""
        if not (paper and date) or "/" in paper:
            return ""
        return self.to("issue", paper=paper, date=date.isoformat())

    def paper(self, paper: str, until: dt.date | None = None) -> str:
        """The newest month of a paper, or the newest that begins no later than
        `until`."""
        if "/" in paper:
            return ""
        to = {"to": until.isoformat()} if until else {}
        return self.to("paper", to, paper=paper)

    def in_lang(self, lang: Lang) -> str:
        """This very page in that language."""
        query = {name: value for name, value in self._query.items() if name != "lang"}
        path = quote(self._here, errors="replace")
        return _joined(path, {**query, "lang": "en"} if lang == "en" else query)

    def _with_query(self, path: str, query: Mapping[str, str]) -> str:
        return _joined(path, {**query, "lang": "en"} if self.lang == "en" else query)


def read_day(text: str, *, last: bool) -> dt.date | None:
    """A day as readers write it; of a month or year the first day or the last.

    >>> read_day("２０２４年２月", last=True)
    datetime.date(2024, 2, 29)
    >>> read_day("2024-02-30", last=False) is None
    True
    """
    days = read_range(unicodedata.normalize("NFKC", text))
    return days[last] if days else None


# No request has this character: see `typed`.
_SLOT: Final = "\0"


def _shown_as(kind: str) -> str:
    """The route of a unit's page."""
    return "roster" if kind == "roster" else "article"


def _shown_by(kind: str, id: str) -> str:
    """The id of the unit that is shown: of a quote its article."""
    return id.rpartition(".q")[0] if kind == "quote" else id


def _choice(
    values: Mapping[str, str],
    name: str,
    allowed: tuple[str, ...],
    faults: list[Fault],
) -> str | None:
    value = values.get(name)
    if value is None or value in allowed:
        return value
    listed = "、".join(str(item) for item in allowed)
    faults.append(
        _fault(
            name,
            value,
            f"可用的值：{listed}",
            f"Use one of: {listed.replace('、', ', ')}",
        )
    )
    return None


def _day(values: Mapping[str, str], name: str, faults: list[Fault]) -> dt.date | None:
    value = values.get(name)
    if value is None:
        return None
    day = read_day(value, last=name == "to")
    if day is None:
        example = "2024-12-25"
        faults.append(
            _fault(name, value, f"日期请写作 {example}", f"Write a date as {example}")
        )
    return day


def _whole(
    values: Mapping[str, str], name: str, usual: int, most: int, faults: list[Fault]
) -> int:
    value = values.get(name)
    if value is None:
        return usual
    plain = unicodedata.normalize("NFKC", value).strip()
    match = re.fullmatch(r"([+-]?)(\d+)", plain)
    if not match:
        faults.append(_fault(name, value, "请写整数", "Write a whole number"))
        return usual
    sign, digits = match.groups()
    # Twelve digits are past every cap; int() refuses 4,300.
    return 0 if sign == "-" else min(int(digits.lstrip("0")[:12] or "0"), most)


def _fault(name: str, value: str, zh: str, en: str) -> Fault:
    shown = value if len(value) <= 40 else value[:40] + "…"
    return Fault(
        name,
        Message(
            f"参数 {name} 的值“{shown}”无法使用。{zh}。",
            f"Parameter {name} can't be “{shown}”. {en}.",
        ),
    )


def _joined(path: str, query: Mapping[str, str]) -> str:
    if not query:
        return path
    pairs = [f"{_in_query(name)}={_in_query(text)}" for name, text in query.items()]
    return f"{path}?{'&'.join(pairs)}"


# The same papers, dates, people and words stand in most answers.
@lru_cache(maxsize=2048)
def _in_query(text: str) -> str:
    return quote_plus(text, errors="replace")


@lru_cache(maxsize=2048)
def _in_path(text: str) -> str:
    return quote(text, safe=":")
