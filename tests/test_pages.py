"""Pages of an invented paper, one for each thing that newspaper pages do."""

import datetime as dt
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import pages
from indexer.archive import Article, Page, Roster, Span, SplitPage, Unit
from indexer.layout import Role, read_layout

LONG = (
    "浔河两岸的稻田已经收割完毕,村里的晒谷场上铺满了金黄的谷子,"
    "老人们坐在树下说着今年的收成。"
)
OTHER = (
    "港口新添的四台桥吊昨日完成调试,第一艘集装箱船靠上了三号泊位,装卸用了不到六个小时。"
)


def split(text: str) -> SplitPage:
    return pages.split(Page("linjiang-ribao", dt.date(2024, 12, 25), "01", text))


def articles(text: str) -> list[Article]:
    return [unit for unit in split(text).units if isinstance(unit, Article)]


def titles(text: str) -> list[str | None]:
    return [unit.headline for unit in split(text).units]


def test_a_banner_is_the_section_of_every_unit() -> None:
    page = split(f"临江两会特别报道\n\n稻子熟了\n\n本报记者 沈小舟\n\n{LONG}")
    assert page.sections == ("临江两会特别报道",)
    assert [unit.section for unit in page.units] == ["临江两会特别报道"]


@pytest.mark.parametrize(
    ("line", "section"),
    [
        ("15 体育 2026年4月30日 星期四", ("体育",)),
        ("2026年4月27日 星期一 第08版", ()),
        ("A02 人物·健康 2026年4月27日 星期一", ("人物·健康",)),
        ("03 要闻", ("要闻",)),
        ("第1版()\n专栏：", ()),
        ("第3版(国际)\n专栏：国际", ("国际",)),
    ],
)
def test_a_running_head_is_no_unit(line: str, section: tuple[str, ...]) -> None:
    page = split(f"{line}\n\n稻子熟了\n\n本报记者 沈小舟\n\n{LONG}")
    assert page.sections == section
    assert len(page.units) == 1
    assert page.unclaimed == ()


def test_a_headline_cut_by_a_space_is_joined() -> None:
    [article] = articles(
        f"临江市第九届人民代表大会 第四次会议议程\n\n一、{LONG}\n二、{OTHER}"
    )
    assert article.headline == "临江市第九届人民代表大会第四次会议议程"


def test_a_dash_opens_a_deck() -> None:
    [article] = articles(
        f"把桥修到家门口 ——访市交通局局长罗一鸣\n\n本报记者 沈小舟\n\n{LONG}"
    )
    assert (article.headline, article.deck) == (
        "把桥修到家门口",
        "——访市交通局局长罗一鸣",
    )


def test_a_kicker_ends_with_a_name() -> None:
    [article] = articles(
        "市人大代表、临江织造有限公司 董事长沈小舟 一根丝织出新产业\n\n"
        f"临江日报全媒体记者/王岚\n\n{LONG}"
    )
    assert article.kicker == "市人大代表、临江织造有限公司董事长沈小舟"
    assert article.headline == "一根丝织出新产业"
    assert article.persons == ("沈小舟",)


def test_an_undivided_headline_is_said_to_be_doubtful() -> None:
    [article] = articles(f"稻子熟了 粮仓满了\n\n本报记者 沈小舟\n\n{LONG}")
    assert article.headline == "稻子熟了 粮仓满了"
    assert [notice.code for notice in article.warnings] == ["headline-parts"]


TWO_HEADLINES = (
    "市人大代表沈小舟 让稻田长出鱼来\n\n\n"
    "市政协委员罗一鸣 让港口学会思考\n\n\n"
    "罗一鸣。临江日报全媒体记者/王岚 摄\n\n临江日报全媒体记者/孙晴\n\n"
    f"罗一鸣说,港口要学会思考。{OTHER}\n\n{OTHER}“港口会自己思考。”罗一鸣说。\n\n\n"
    "沈小舟。临江日报全媒体记者/王岚 摄\n\n临江日报全媒体记者/方远\n\n"
    f"沈小舟认为,稻田里可以长出鱼来。{LONG}\n\n{LONG}“稻田也养鱼。”沈小舟说。"
)


def test_two_headlines_before_two_texts_are_matched_by_the_names() -> None:
    first, second = articles(TWO_HEADLINES)
    assert (first.kicker, first.reporters) == ("市人大代表沈小舟", ("方远",))
    assert (second.kicker, second.reporters) == ("市政协委员罗一鸣", ("孙晴",))
    assert [caption.text for caption in first.captions] == ["沈小舟。"]
    assert [notice.code for notice in first.warnings] == ["headline-order"]


def test_reporters_stand_in_print_order() -> None:
    [article] = articles(f"稻子熟了\n\n临江日报全媒体记者/沈小舟 罗一鸣\n\n{LONG}")
    assert article.reporters == ("沈小舟", "罗一鸣")
    assert article.body == LONG


def test_a_dateline_stays_at_the_head_of_the_body() -> None:
    [article] = articles(f"稻子熟了\n\n新华社临江9月25日电(记者沈小舟) {LONG}")
    assert (article.source, article.place, article.dated) == (
        "新华社临江9月25日电",
        "临江",
        "9月25日",
    )
    assert article.reporters == ("沈小舟",)
    assert article.body.startswith("新华社临江9月25日电(记者沈小舟)")


def test_a_column_break_inside_a_word_is_joined() -> None:
    text = f"大桥通车\n\n本报记者 沈小舟\n\n{LONG}大桥建成通\n\n车。{OTHER}\n\n{LONG}"
    [article] = articles(text)
    assert article.paragraphs == (f"{LONG}大桥建成通车。{OTHER}", LONG)


def test_a_caption_is_lifted_out_of_a_broken_paragraph() -> None:
    [article] = articles(
        f"大桥通车\n\n本报记者 沈小舟\n\n{LONG}大桥把两岸融\n\n\n\n"
        f"沈小舟。临江日报全媒体记者/王岚 摄\n\n合在一起。{OTHER}\n\n{LONG}"
    )
    assert article.paragraphs[0] == f"{LONG}大桥把两岸融合在一起。{OTHER}"
    assert [(c.text, c.photographer) for c in article.captions] == [
        ("沈小舟。", "王岚")
    ]


def test_a_caption_may_have_its_credit_on_a_line_of_its_own() -> None:
    [article] = articles(
        f"大桥通车\n\n本报记者 沈小舟\n{LONG}\n{OTHER}大桥把两岸融\n\n"
        f"图为罗一鸣(左)在桥上。\n通讯员/王岚 摄\n\n合在一起。\n{LONG}"
    )
    assert article.paragraphs[1] == f"{OTHER}大桥把两岸融合在一起。"
    assert [c.photographer for c in article.captions] == ["王岚"]


def wrap(paragraph: str, width: int, indent: str) -> str:
    line = indent + paragraph
    return "\n".join(line[i : i + width] for i in range(0, len(line), width))


@pytest.mark.parametrize("indent", ["　　", ""])
@pytest.mark.parametrize("width", [17, 22, 28])
def test_hard_wrapped_lines_become_paragraphs(width: int, indent: str) -> None:
    paragraphs = [f"{LONG}谷子晒了三天。", f"{OTHER}船走了。", f"{LONG}{OTHER}"]
    body = "\n".join(wrap(paragraph, width, indent) for paragraph in paragraphs)
    [article] = articles(f"稻子熟了\n\n本报记者 沈小舟\n{body}")
    assert "".join(article.paragraphs) == "".join(paragraphs)
    if indent:
        assert article.paragraphs == tuple(paragraphs)


def test_an_agenda_counts_its_items_and_knows_who_adopted_it() -> None:
    [article] = articles(
        "临江市第九届人民代表大会第四次会议议程\n\n"
        "(2024年12月24日临江市第九届人民代表大会第四次会议预备会议通过)\n\n"
        "一、听取和审议政府工作报告;\n二、补选临江市第九届人民代表大会常\n"
        "务委员会主任、副主任、委员;\n三、其他。"
    )
    assert article.items == 3
    assert article.paragraphs[2].endswith("人民代表大会常务委员会主任、副主任、委员;")
    assert article.adopted_on == dt.date(2024, 12, 24)
    assert article.adopted_by == "临江市第九届人民代表大会第四次会议预备会议"


ROSTER = (
    "临江市第九届人民代表大会 第四次会议副秘书长名单\n\n(6人)\n\n"
    "(2024年12月24日临江市第九届人民代表大会第四次会议主席团第一次会议通过)\n\n"
    "兰 钧 林 岳 谭跃云\n邹展昭(女) 张 荔(女) 何若谷"
)


def test_a_roster_is_read_as_names() -> None:
    [roster] = split(ROSTER).units
    assert isinstance(roster, Roster)
    assert roster.headline == "临江市第九届人民代表大会第四次会议副秘书长名单"
    assert [entry.name for entry in roster.entries] == [
        *("兰钧", "林岳", "谭跃云", "邹展昭", "张荔", "何若谷")
    ]
    assert [audit.ok for audit in roster.audits] == [True]
    assert roster.adopted_on == dt.date(2024, 12, 24)


def test_a_page_may_hold_nothing_but_a_list_with_roles() -> None:
    [roster] = split(
        "临江市选举委员会名单\n现在播送临江市选举委员会名单\n(共6人)\n主任：贺小满\n"
        "副主任：李源清 王继耐\n委员：(按姓氏笔画为序)\n王一帆 文江南 兰钧"
    ).units
    assert isinstance(roster, Roster)
    assert roster.headline == "临江市选举委员会名单"
    assert [group.role for group in roster.groups] == ["主任", "副主任", "委员"]
    assert len(roster.entries) == 6


def test_a_list_may_stand_without_a_headline() -> None:
    [roster] = split("王一帆 文江南 兰钧 何若谷\n谭跃云 邹展昭 张荔 林岳").units
    assert isinstance(roster, Roster)
    assert roster.headline is None
    assert len(roster.entries) == 8


def test_an_advertisement_is_a_unit_of_its_own() -> None:
    *_, ad = split(
        f"稻子熟了\n\n本报记者 沈小舟\n\n{LONG}\n\n广告接待热线\n28835396"
    ).units
    assert isinstance(ad, Article)
    assert (ad.kind, ad.headline, ad.body) == ("ad", "广告接待热线", "28835396")


def test_who_made_the_page_is_no_unit() -> None:
    page = split(f"稻子熟了\n\n本报记者 沈小舟\n\n{LONG}\n\n本版责编：张　晔　杨笑雨")
    assert [credit.name for credit in page.credits] == ["张晔", "杨笑雨"]
    assert len(page.units) == 1
    assert page.unclaimed == ()


@pytest.mark.parametrize("mark", ["(下转第三版)", "（下转02版）"])
def test_a_text_that_goes_on_elsewhere_says_so(mark: str) -> None:
    [article] = articles(f"稻子熟了\n\n本报记者 沈小舟\n\n{OTHER}\n\n{LONG}{mark}")
    assert [notice.code for notice in article.warnings] == ["continued"]
    assert article.paragraphs == (OTHER, LONG)


@pytest.mark.parametrize("declared", [5, 6])
def test_a_count_in_a_roster_s_headline_is_claimed_for_all_groups(
    declared: int,
) -> None:
    [roster] = split(
        f"大会主席团名单（共{declared}名）\n\n主席团常务主席（3名）\n王岚 毛小东 方静\n"
        "秘书长（2名）\n张小舟 李一鸣\n"
    ).units
    assert isinstance(roster, Roster)
    assert roster.headline == f"大会主席团名单（共{declared}名）"
    assert [group.role for group in roster.groups] == ["主席团常务主席", "秘书长"]
    assert [audit.ok for audit in roster.audits] == [True, True, declared == 5]


@pytest.mark.parametrize(
    "text",
    [
        f"稻子熟了\n\n（上接第1版）{OTHER}\n{LONG}",
        f"稻子熟了\n\n（紧接A01版）\n{OTHER}\n{LONG}",
        f"稻子熟了\n\n◀◀上接1版 {OTHER}\n{LONG}",
        f"（上接第一版）\n\n稻子熟了\n\n{OTHER}\n{LONG}",
        f"稻子熟了\n\n本报记者 沈小舟\n\n{OTHER}\n{LONG}▶▶下转2版",
        f"稻子熟了\n\n本报记者 沈小舟\n\n{OTHER}\n{LONG}（紧转第二版）",
    ],
)
def test_marks_of_a_text_that_runs_over_pages_are_no_text(text: str) -> None:
    [article] = articles(text)
    assert article.headline == "稻子熟了"
    assert article.paragraphs == (OTHER, LONG)
    assert [notice.code for notice in article.warnings] == ["continued"]


def test_a_text_in_the_midst_of_its_pages_says_both() -> None:
    [article] = articles(f"稻子熟了\n\n（上接第1版）{OTHER}\n{LONG}（下转第3版）")
    assert article.paragraphs == (OTHER, LONG)
    said = [notice.message.zh for notice in article.warnings]
    assert ["上接第1版" in said[0], "下转第3版" in said[1]] == [True, True]


def test_subheads_stay_in_the_body() -> None:
    body = f"{LONG}\n粮食增产\n{LONG}\n港口增效\n{OTHER}"
    [article] = articles(f"稻子熟了\n\n本报记者 沈小舟\n{body}")
    assert article.paragraphs == (LONG, "粮食增产", LONG, "港口增效", OTHER)


def test_pictures_under_a_headline_are_its_text() -> None:
    [article] = articles("图片新闻\n\n图为工人在新桥上铺设路面。本报记者 王岚 摄\n")
    assert article.headline == "图片新闻"
    assert article.body == "图为工人在新桥上铺设路面。本报记者 王岚 摄"


@pytest.mark.parametrize("gap", ["\n\n", "\n\n\n"])
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_articles_are_told_apart_in_every_setting(gap: str, between: str) -> None:
    first = between.join(["本报记者 沈小舟", LONG, LONG])
    second = between.join([f"本报讯(记者罗一鸣){OTHER}", OTHER])
    text = gap.join(["稻子熟了", first, "港口添了新桥吊", second])
    assert titles(text) == ["稻子熟了", "港口添了新桥吊"]
    assert [len(article.paragraphs) for article in articles(text)] == [2, 2]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "一", "28835396", "\ud800\udfff x \ud800"]
)
def test_anything_is_a_page(text: str) -> None:
    page = split(text)
    assert len(page.units) <= 1
    assert _left(page) == "".join(text.split())


def test_a_text_without_a_headline_is_kept_with_a_warning() -> None:
    [article] = articles(f"{LONG}\n{OTHER}")
    assert article.headline is None
    assert article.paragraphs == (LONG, OTHER)
    assert [notice.code for notice in article.warnings] == ["no-headline"]


@pytest.mark.parametrize("megabytes", [1, pytest.param(10, marks=pytest.mark.long)])
def test_megabytes_of_noise_take_seconds(megabytes: int) -> None:
    parts = {"啊b1 。\n": 900, "x": 600_000, "\n": 900, "王 李、": 90_000}
    noise = "".join(part * times * megabytes for part, times in parts.items())
    started = time.process_time()
    assert len(split(noise).units) >= 1
    assert time.process_time() - started < 3 * megabytes


PIECES = st.sampled_from(
    [
        *("\n", "\n\n", "\n\n\n\n", LONG, OTHER, "稻子熟了", "本报记者 沈小舟"),
        *(
            "沈小舟。本报记者/王岚 摄",
            "(6人)",
            "兰 钧 林 岳 谭跃云",
            "广告热线 28835396",
        ),
        *("——访罗一鸣", "本版责编：张　晔", "03 要闻", "一、审议报告;", "通", "车。 "),
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=30).map("".join))


@given(TEXTS)
def test_every_character_is_somewhere_and_only_once(text: str) -> None:
    page = split(text)
    taken = sorted(_taken(page), key=lambda span: span.start)
    assert all(left.end <= right.start for left, right in pairwise(taken))
    assert all(text[span.start : span.end].strip() for span in page.unclaimed)
    assert _left(page) == "".join(text.split())


@given(TEXTS)
def test_spans_hold_the_print_of_their_fields(text: str) -> None:
    for unit in split(text).units:
        for field in ("kicker", "headline", "deck", "body"):
            value = getattr(unit, field, None)
            printed = "".join(_print(text, unit, field))
            assert "".join((value or "").split()) == "".join(printed.split())


@given(TEXTS)
def test_ids_count_from_one_in_print_order(text: str) -> None:
    units = split(text).units
    assert [unit.id for unit in units] == [
        f"linjiang-ribao.2024-12-25.01.{number}" for number in range(1, len(units) + 1)
    ]


def _print(text: str, unit: Unit, field: str) -> list[str]:
    return [
        text[span.start : span.end]
        for item in unit.spans
        if item.field == field
        for span in item.spans
    ]


def _taken(page: SplitPage) -> list[Span]:
    """The spans of the units and what is left over."""
    spans = [span for unit in page.units for item in unit.spans for span in item.spans]
    return [*spans, *page.unclaimed]


def _left(page: SplitPage) -> str:
    """The page's characters, spaces apart, that a unit, a banner, a credit or nothing
    took."""
    aside = {Role.BANNER, Role.CREDIT, Role.FURNITURE}
    spans = [
        *_taken(page),
        *(
            run
            for placed in read_layout(page.page.text)
            if placed.role in aside
            for run in placed.piece.runs
        ),
    ]
    covered = {place for span in spans for place in range(span.start, span.end)}
    kept = (char for place, char in enumerate(page.page.text) if place in covered)
    return "".join("".join(kept).split())
