"""The query string and SearchRequest say the same, both ways."""

import datetime as dt
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from indexer import MAX_LIMIT, Hit, SearchRequest, Sort
from search_web.params import (
    FILTERS,
    KINDS,
    MAX_OFFSET,
    MAX_TYPED,
    Links,
    read_day,
    read_result,
    read_search,
    search_params,
)

PATHS = {
    "search": "/search",
    "quotes": "/quotes",
    "api_results": "/api/v1/search.{form}",
    "article": "/articles/{id}",
    "roster": "/rosters/{id}",
}
printed = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40).filter(
    lambda text: text == "" or text.strip()
)
value = printed.map(lambda text: text or None)
requests = st.builds(
    SearchRequest,
    printed,
    kind=st.sampled_from([None, *KINDS]),
    paper=value,
    page=value,
    section=value,
    person=value,
    speaker=value,
    reporter=value,
    since=st.none() | st.dates(),
    until=st.none() | st.dates(),
    sort=st.sampled_from(list(Sort)),
    limit=st.integers(0, MAX_LIMIT),
    offset=st.integers(0, MAX_OFFSET),
)


@given(requests)
def test_a_request_survives_its_own_link(request: SearchRequest) -> None:
    asked = read_search(search_params(request))
    assert asked.request == request
    assert asked.faults == ()


@given(requests, st.sampled_from(FILTERS[2:]), printed.filter(bool))
def test_a_filter_s_address_asks_for_that_value(
    request: SearchRequest, field: str, value: str
) -> None:
    links = links_of("lang=en")
    address = links.filtered(request, field)(value)
    expected = replace(request, **{field: value})  # type: ignore[arg-type]  # one name
    asked = dict(parse_qsl(urlsplit(address).query))
    if urlsplit(address).path == "/quotes":  # the page of that kind
        asked["kind"] = "quote"
    assert read_search(asked).request == expected
    assert address == links.search(expected)


def test_a_year_s_address_asks_for_its_days() -> None:
    old = SearchRequest("通车", since=dt.date(2020, 5, 1), until=dt.date(2020, 5, 2))
    year = replace(old, since=dt.date(2024, 1, 1), until=dt.date(2024, 12, 31))
    address = links_of("").filtered(old, "year")("2024")
    assert address == links_of("").search(year)


@given(requests, st.integers(1, MAX_OFFSET))
def test_a_screen_s_address_asks_for_that_offset(
    request: SearchRequest, offset: int
) -> None:
    address = links_of("lang=en").filtered(request, "offset")(str(offset))
    assert address == links_of("lang=en").search(replace(request, offset=offset))


@given(requests)
def test_a_file_s_address_asks_for_all_results(request: SearchRequest) -> None:
    usual = replace(request, limit=SearchRequest().limit, offset=0)
    address = links_of("").files(request)("csv")
    assert urlsplit(address).path == "/api/v1/search.csv"
    assert dict(parse_qsl(urlsplit(address).query)) == search_params(usual)


@given(st.sampled_from(KINDS), printed)
def test_units_have_the_address_of_each(kind: str, id: str) -> None:
    links = links_of("lang=en")
    assert links.units()(kind, id) == links.unit(kind, id)


@given(requests, st.sampled_from(["article", "roster", "ad"]), printed)
def test_the_address_of_a_result_tells_what_led_to_it(
    request: SearchRequest, kind: str, id: str
) -> None:
    hit = Hit(id, kind, "", (), (), 0.0)
    address = urlsplit(links_of("lang=en").hits(request)(hit, 3))
    given = dict(parse_qsl(address.query))
    assert address.path == links_of("").canonical(kind, id)
    assert given.pop("lang") == "en"
    assert {*given} <= {"q", "within", "at"}
    assert read_result(given) == (replace(request, offset=0), 3)


@given(st.dictionaries(st.sampled_from(["q", "within", "at"]), st.text()))
def test_whatever_led_to_a_unit_is_read(given: dict[str, str]) -> None:
    read_result(given)


@given(st.dictionaries(st.sampled_from(["q", "kind", "from", "limit"]), st.text()))
def test_whatever_is_typed_gives_a_request(given: dict[str, str]) -> None:
    read_search(given)


def test_empty_parameters_count_as_not_given() -> None:
    given = {"q": "", "kind": " ", "from": "", "limit": ""}
    assert read_search(given).request == SearchRequest()
    assert search_params(SearchRequest()) == {}


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-12-25", "2024-12-25", "2024-12-25"),
        ("２０２４－０２", "2024-02-01", "2024-02-29"),
        ("2024年2月3日", "2024-02-03", "2024-02-03"),
        ("2024", "2024-01-01", "2024-12-31"),
    ],
)
def test_a_day_is_read_as_readers_write_it(text: str, first: str, last: str) -> None:
    assert read_day(text, last=False) == dt.date.fromisoformat(first)
    assert read_day(text, last=True) == dt.date.fromisoformat(last)


@pytest.mark.parametrize(
    "text", ["", "0000", "2024-13", "2023-02-29", "昨天", "24-1-1"]
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert read_day(text, last=True) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [("kind", "news"), ("sort", "best"), ("from", "昨天"), ("limit", "many")],
)
def test_a_bad_value_is_named_and_left_out(name: str, text: str) -> None:
    asked = read_search({"q": "通车", name: text})
    assert [fault.field for fault in asked.faults] == [name]
    assert asked.request == SearchRequest("通车")
    assert text in asked.faults[0].message.zh
    assert text in asked.faults[0].message.en


@pytest.mark.parametrize(
    ("text", "limit"), [("２０", 20), ("-3", 0), ("0" * 30 + "7", 7), ("9" * 5000, 200)]
)
def test_whole_numbers_are_clamped(text: str, limit: int) -> None:
    assert read_search({"limit": text}).request.limit == limit


def test_controls_and_half_surrogates_are_cleaned() -> None:
    request = read_search({"q": "通\x00车\ud800", "person": "a\x1bb"}).request
    assert request.query == "通 车\ufffd"
    assert request.person == "a b"


def test_what_is_typed_is_cut_where_links_would_grow() -> None:
    assert len(read_search({"q": "通" * 5000}).request.query) == MAX_TYPED


def links_of(query: str) -> Links:
    scope = {"type": "http", "path": "/search", "query_string": query.encode()}
    return Links(Request(scope), PATHS)
