"""Other ways in which print may say what was asked."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import query
from indexer.relaxing import broader, relaxed
from indexer.rewrites import Rewriter, Rewritten
from indexer.search import SearchRequest
from indexer.vocabulary import Vocabulary

REWRITER = Rewriter(Vocabulary(("河口市",), (("三院", "河口第三医院"),)))


def rewritten(text: str, prints: str = "") -> Rewritten:
    """The query rewritten for an archive that prints this; anything, if nothing."""
    tree = query.parse(text).tree
    return REWRITER.rewritten(tree, lambda form: not prints or form in prints)


def forms(text: str, prints: str = "") -> set[str]:
    """The phrases that are searched beside what was typed."""
    tree = rewritten(text, prints).tree
    assert isinstance(tree, query.Otherwise)
    return {
        leaf.text for leaf in query.leaves(tree.also) if isinstance(leaf, query.Phrase)
    }


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("二〇二三年五月六日", "2023年5月6日"),
        ("2023-05-06", "二〇二三年五月六日"),
        ("20230506", "2023年5月6日"),
        ("2023年5月6日", "2023-05-06"),
        ("五月廿六日", "5月26日"),
        ("23年5月6日", "2023年5月6日"),
        ("98年5月6日", "1998年5月6日"),
        ("05-06", "5月6日"),
        ("5.6", "5月6日"),
        ("二〇二三年", "2023年"),
        ("2023年", "二〇二三年"),
        ("二〇二三年五月", "2023年5月"),
        ("2023-05", "2023年5月"),
        ("第21届", "第二十一届"),
        ("第二十一届", "二十一届"),
        ("3次会议", "第三次"),
        ("第12期", "第十二期"),
        ("鹭洲5号", "鹭洲五号"),
        ("鹭洲十三号", "鹭洲13号"),
        ("3中全会", "三中全会"),
        ("19大报告", "十九大"),
        ("市纪委", "市纪律检查委员会"),
        ("县人民政府", "县政府"),
        ("区政协", "政协河口区"),
        ("三院", "河口第三医院"),
        ("市人大", "人民代表大会"),
        ("市中院", "市中级人民法院"),
        ("河口工大", "工业大学"),
    ],
)
def test_other_forms_are_searched(typed: str, form: str) -> None:
    rewriter = Rewriter(Vocabulary(("河口市", "河口区"), (("三院", "河口第三医院"),)))
    tree = rewriter.rewritten(query.parse(typed).tree, lambda form: True).tree
    assert isinstance(tree, query.Otherwise)
    assert query.Phrase(form) in query.leaves(tree.also)


def test_only_forms_that_are_printed_are_searched() -> None:
    assert forms("第9届", "第九届运动会") == {"第九届", "九届"}
    assert rewritten("第9届", "无关").tree == query.Words("第9届")


def test_a_whole_number_stays_whole() -> None:
    also = rewritten("一月五日", "1月5日").tree
    assert isinstance(also, query.Otherwise)
    assert also.also == query.And((query.Phrase("1月5日"), query.Words("1月5日")))


def test_a_day_lists_what_was_printed_on_it() -> None:
    tree = rewritten("2023年5月6日", "无关").tree
    day = dt.date(2023, 5, 6)
    assert tree == query.Otherwise(query.Words("2023年5月6日"), query.Dates(day, day))


@pytest.mark.parametrize(
    "typed",
    [
        *("工人大会", "13月40日", "2023", "第〇届", "100届", "届", "-5"),
        *("5.6亿", "15.40", "3-2-1", "2023-13"),
    ],
)
def test_what_is_no_date_or_ordinal_stays(typed: str) -> None:
    assert rewritten(typed).notes == ()


def test_a_day_is_found_without_its_year_in_issues_around_it() -> None:
    tree = rewritten("2023-05-06", "5月6日").tree
    day = dt.date(2023, 5, 6)
    around = query.Dates(dt.date(2023, 2, 5), dt.date(2024, 2, 5))
    named = (query.Phrase("5月6日"), query.Words("5月6日"))
    also = query.Or((query.Dates(day, day), query.And((*named, around))))
    assert tree == query.Otherwise(query.Words("2023-05-06"), also)


class _Christmas:
    """Issues of two days; none but these."""

    def issues_of(self, month: int, day: int) -> list[dt.date]:
        return ISSUES if (month, day) == (12, 25) else []

    def ends(self) -> tuple[dt.date | None, dt.date | None]:
        return ISSUES[-1], ISSUES[0]


ISSUES = [dt.date(2024, 12, 25), dt.date(2023, 12, 25)]


def issued(text: str) -> Rewritten:
    """The query rewritten for an archive of these issues, which prints no form."""
    tree = query.parse(text).tree
    return REWRITER.rewritten(tree, lambda form: False, _Christmas())


def listed(text: str) -> list[tuple[dt.date | None, dt.date | None]]:
    """The days whose issues are searched for a query, too."""
    found: list[tuple[dt.date | None, dt.date | None]] = []
    nodes = [issued(text).tree]
    while nodes:
        match nodes.pop(0):
            case query.Otherwise(asked, also):
                nodes += [asked, also]
            case query.And(inner) | query.Or(inner):
                nodes += inner
            case query.Dates(since, until):
                found.append((since, until))
    return found


@pytest.mark.parametrize(
    "typed",
    [
        *("12月25日", "十二月廿五日", "12-25", "12.25", "１２/25", "12 月 25 日"),
        *("12月25日 大桥", "大桥 十二月 二十五日", "12月25日大桥"),
    ],
)
def test_a_day_of_any_year_is_that_of_issues(typed: str) -> None:
    assert listed(typed) == [(day, day) for day in ISSUES]
    assert "2024-12-25、2023-12-25" in issued(typed).notes[0].zh


@pytest.mark.parametrize(
    "typed",
    [
        *("2024年12月25日 大桥", "2024年12月25 大桥", "20241225 大桥"),
        *("2024 年 12 月 25 日 大桥", "二0二四年十二月廿五日 大桥"),
        *("大桥2024年12月25日", "2024-12-25", "二O二四年十二月二十五号"),
    ],
)
def test_a_day_is_that_of_its_issue(typed: str) -> None:
    assert listed(typed) == [(ISSUES[0], ISSUES[0])]


@pytest.mark.parametrize("typed", ["2024年 大桥", "2024 大桥", "二〇二四年大桥"])
def test_a_year_beside_words_is_that_of_issues(typed: str) -> None:
    assert listed(typed) == [(dt.date(2024, 1, 1), dt.date(2024, 12, 31))]


@pytest.mark.parametrize("typed", ["2024年12月 大桥", "2024-12 大桥", "大桥2024年12月"])
def test_a_month_beside_words_is_that_of_issues(typed: str) -> None:
    assert listed(typed) == [(dt.date(2024, 12, 1), dt.date(2024, 12, 31))]
    assert "见报" in issued(typed).notes[0].zh


@pytest.mark.parametrize(
    "typed",
    [
        *("2024年", "2024-12", "2024", "12月", "12.25 大桥", "3月5日 大桥", "13月40日"),
        *(
            "1998年 大桥",
            "2030 大桥",
            "12345 大桥",
            "“2024年” 大桥",
            "标题:2024年 大桥",
        ),
        "2024年老城到新城的公交线路改道",
    ],
)
def test_what_is_no_date_of_issues(typed: str) -> None:
    assert listed(typed) == []


def test_only_the_papers_own_town_may_be_left_out() -> None:
    own, other = rewritten("河口市政协", "无关"), rewritten("上游市政协", "无关")
    assert isinstance(own.tree, query.Otherwise)
    assert own.tree.also == query.Words("市政协")
    assert other.tree == query.Words("上游市政协")


def test_the_town_before_a_government_may_be_left_out() -> None:
    own = rewritten("河口市政府", "无关").tree
    assert isinstance(own, query.Otherwise)
    assert own.also == query.Words("市政府")


@pytest.mark.parametrize("typed", ["政协河口市委员会", "政协河口市第三届委员会"])
def test_a_council_is_found_by_its_short_name_where_no_town_is_known(
    typed: str,
) -> None:
    tree = Rewriter(Vocabulary()).rewritten(
        query.parse(typed).tree, lambda form: form in "市政协三届"
    )
    assert query.Phrase("市政协") in query.leaves(tree.tree)


def test_a_title_leads_to_the_person() -> None:
    assert "沈一鸣" in forms("副院长沈一鸣", "无关")


@pytest.mark.parametrize(
    "typed",
    [
        *("记者沈一鸣", "本报全媒体记者沈一鸣", "沈一鸣摄"),
        *("记者 沈一鸣", "沈一鸣 摄", "摄影 沈一鸣"),
    ],
)
def test_who_signs_is_found_by_the_name(typed: str) -> None:
    assert "沈一鸣" in forms(typed, "无关")


@pytest.mark.parametrize("typed", ["记者节", "记者 节日", "记者 沈一鸣 大桥", "编辑部"])
def test_who_signs_must_have_a_name(typed: str) -> None:
    assert rewritten(typed, "无关").notes == ()


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("沈一鸣 说 竹林", "沈一鸣"),
        ("沈一鸣说竹林", "沈一鸣"),
        ("沈一鸣表示 竹林", "沈一鸣"),
        ("方静说 竹林", "方静"),
        ("沈一鸣谈竹林", "沈一鸣"),
        ("穆兰特说竹林", "穆兰特"),
    ],
)
def test_who_says_what_needs_no_verb(typed: str, who: str) -> None:
    tree = rewritten(typed, "无关").tree
    assert isinstance(tree, query.Otherwise)
    assert tree.also == query.And((query.Phrase(who), query.Words("竹林")))


@pytest.mark.parametrize("typed", ["小说改编", "和谈进程", "方便说明", "会谈成果"])
def test_a_verb_within_a_word_speaks_for_nobody(typed: str) -> None:
    assert rewritten(typed, "无关").notes == ()


@pytest.mark.parametrize("typed", ["“第9届”", "非 第9届", "标题:“第9届”", "类型:名单"])
def test_what_is_quoted_or_denied_stays(typed: str) -> None:
    tree = query.parse(typed).tree
    assert rewritten(typed) == Rewritten(tree)


def test_forms_stay_in_their_zone() -> None:
    tree = rewritten("标题:第9届", "第九届").tree
    assert isinstance(tree, query.Otherwise)
    assert tree.also == query.Or(
        (
            query.Within("title", query.Phrase("第九届")),
            query.Within("title", query.Phrase("九届")),
        )
    )


@given(
    st.text(
        "第十二三〇0123456789年月日届次会议市政协人大河口说的- /.非且（）“”",
        max_size=30,
    )
)
def test_any_query_reads_as_it_did(text: str) -> None:
    tree = query.parse(text).tree
    found = rewritten(text).tree
    assert (tree is None) == (found is None)
    if tree is not None and found is not None:
        assert query.render(found) == query.render(tree)


def test_a_broad_event_offers_its_parts() -> None:
    request = SearchRequest("河口两会", offset=20)
    ways = list(broader(request, query.parse(request.query).tree))
    assert [way.request.query for way in ways] == ["河口人大 会议", "河口政协 会议"]
    assert ways[0].request.offset == 0


def test_less_is_asked_in_order() -> None:
    request = SearchRequest("版次:3 竹林 大桥", person="沈一鸣")
    ways = list(relaxed(request, query.parse(request.query).tree))
    asked = [(way.request.query, way.request.person) for way in ways]
    assert asked == [
        ("版次:3 竹林 大桥", None),
        ("竹林 且 大桥", "沈一鸣"),
        ("版次：3 且 竹林 且 大桥 且 类型：广告", "沈一鸣"),
        ("竹林 或 大桥", "沈一鸣"),
    ]


def test_no_query_looks_for_many_forms() -> None:
    asked: list[str] = []
    tree = query.parse("".join(f"第{n}届" for n in range(1, 50)) + "人大" * 20).tree

    def printed(form: str) -> bool:
        asked.append(form)
        return True

    REWRITER.rewritten(tree, printed)
    assert len(set(asked)) == len(asked) <= 64


def test_dates_of_a_request_are_dropped_together() -> None:
    day = dt.date(2023, 5, 6)
    request = SearchRequest("竹林", kind="roster", since=day, until=day, exact=True)
    ways = list(relaxed(request, query.parse(request.query).tree))
    assert [way.zh for way in ways] == ["去掉“类型：名单”", "去掉“日期：2023-05-06”"]
    assert ways[1].request == SearchRequest("竹林", kind="roster", exact=True)
