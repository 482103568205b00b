"""A hit shows what its unit prints of the query, and where."""

import datetime as dt

from indexer import documents, hits, query
from indexer.archive import Article, Caption, Credit, Roster, RosterEntry, RosterGroup
from indexer.search import Hit
from indexer.snippets import Piece, Snippet

BRIDGE = Article(
    "p.2024-12-25.01.1",
    "article",
    "大桥通车",
    "大桥通车\n云州大桥今日\n通车，市民高兴。",
    paper="p",
    date=dt.date(2024, 12, 25),
    page="01",
    reporters=("兰钧",),
    credits=(Credit("文江南", "摄"),),
    captions=(Caption("车队驶过云州大桥。"),),
)
NAMES = Roster(
    "p.2024-12-25.01.2",
    "委员名单",
    (
        RosterGroup(
            (RosterEntry("兰钧", "兰　钧"), RosterEntry("方芸", "方 芸")), "委员"
        ),
    ),
)


def hit(unit: Article | Roster, words: str) -> Hit:
    wanted = hits.needles(query.parse(words).tree)
    (found,) = hits.hits_of([(as_shown(unit), 1.5)], wanted)
    return found


def as_shown(unit: Article | Roster) -> documents.Shown:
    return documents.shown(documents.of(unit).stored)


def marked(snippet: Snippet) -> list[str]:
    return [piece.text for piece in snippet if piece.mark]


def zones(found: Hit) -> list[str]:
    return [reason.zh for reason in found.why]


def test_hit_shows_the_unit() -> None:
    found = hit(BRIDGE, "市民")
    assert (found.id, found.kind, found.title) == (BRIDGE.id, "article", "大桥通车")
    assert (found.paper, found.date, found.page) == ("p", BRIDGE.date, "01")
    assert (found.reporters, found.score) == (("兰钧",), 1.5)


def test_title_is_marked_and_not_shown_again() -> None:
    found = hit(BRIDGE, "大桥")
    assert found.marked_title == (Piece("大桥", mark=True), Piece("通车"))
    text = "".join(piece.text for piece in found.snippet)
    assert text == "云州大桥今日 通车，市民高兴。 车队驶过云州大桥。"
    assert marked(found.snippet) == ["大桥", "大桥"]


def test_why_names_the_zones_that_print_it() -> None:
    assert zones(hit(BRIDGE, "大桥")) == ["标题", "正文", "图片说明"]
    assert zones(hit(BRIDGE, "兰钧")) == ["署名"]
    assert zones(hit(BRIDGE, "高铁")) == []


def test_a_quoted_run_over_a_line_break_is_found_but_marked_in_no_line() -> None:
    found = hit(BRIDGE, '"今日通车"')
    assert zones(found) == ["正文"]
    assert marked(found.snippet) == []


def test_signatures_are_no_part_of_the_excerpt() -> None:
    assert marked(hit(BRIDGE, "文江南").snippet) == []


def test_names_of_a_roster_are_marked_as_printed() -> None:
    found = hit(NAMES, "兰钧")
    assert marked(found.snippet) == ["兰　钧"]
    assert zones(found) == ["名单"]


def test_nothing_is_found_across_two_names() -> None:
    assert zones(hit(NAMES, '"钧方"')) == []


def test_negated_words_are_not_marked() -> None:
    assert marked(hit(BRIDGE, "通车 -大桥").marked_title) == ["通车"]


def test_empty_query_marks_nothing() -> None:
    found = hit(BRIDGE, "")
    assert (marked(found.marked_title), found.why) == ([], ())


def test_a_unit_without_what_was_typed_has_another_form() -> None:
    unit = Article("p.1", "article", "通车", "第十六届代表，今日通车。")
    typed = hits.needles(query.parse("第16届 通车").tree)
    wanted = hits.needles(query.parse("第十六届 通车").tree)
    (found,) = hits.hits_of([(as_shown(unit), 1.0)], wanted, typed=typed)
    (as_typed,) = hits.hits_of([(as_shown(unit), 1.0)], wanted, typed=wanted)
    assert zones(found) == ["标题", "正文", "其他写法"]
    assert zones(as_typed) == ["标题", "正文"]


def test_what_is_typed_and_not_looked_for_is_not_marked() -> None:
    unit = Article("p.1", "article", "通车", "大桥今日通车。")
    typed = hits.needles(query.parse("今日 通车").tree)
    wanted = hits.needles(query.parse("通车").tree)
    (found,) = hits.hits_of([(as_shown(unit), 1.0)], wanted, typed=typed)
    assert marked(found.snippet) == ["通车"]
    assert zones(found) == ["标题", "正文"]
