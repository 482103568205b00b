"""Rosters: groups, notes, counts, orders and the checks of a list against itself."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import names
from indexer.archive import Order, Span
from indexer.rosters import ParsedRoster, parse_adoption, parse_roster, roster_score


def read(text: str) -> ParsedRoster:
    return parse_roster(text, lines_of(text))


def lines_of(text: str) -> list[Span]:
    spans, place = [], 0
    for line in text.split("\n"):
        spans.append(Span(place, place + len(line)))
        place += len(line) + 1
    return spans


def named(roster: ParsedRoster) -> list[str]:
    return [entry.name for entry in roster.entries]


def test_a_list_that_claims_a_wrong_count_is_read_one_way_only_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read_once = names._read  # what takes long
    readings: list[tuple[str, float]] = []

    def counting(text: str, bias: float) -> tuple[names.Found, ...]:
        readings.append((text, bias))
        return read_once(text, bias)

    monkeypatch.setattr(names, "_read", counting)
    names.read_names.cache_clear()
    lines = [f"王岚 毛小东 方静 {a}小舟" for a in "张李陈林沈吴周郑"]
    assert len(named(read("\n".join(["(999人)", *lines])))) == 32
    assert len(readings) == len(set(readings))
    assert sum(len(text) > 80 for text, _ in readings) <= 13


def test_padded_names_keep_their_surface_and_place() -> None:
    text = "(3人)\n王 岚(女) 毛小东\n方 静"
    roster = read(text)
    assert [entry.surface for entry in roster.entries] == [
        "王 岚(女)",
        "毛小东",
        "方 静",
    ]
    assert named(roster) == ["王岚", "毛小东", "方静"]
    for entry in roster.entries:
        assert entry.span is not None
        assert text[entry.span.start : entry.span.end] == entry.surface


def test_notes_say_gender_people_and_the_rest() -> None:
    roster = read("龚小舟（女，苗族） 王凯（河南） 沈一鸣(男) 罗岚（女，国家机关）")
    notes = [(each.gender, each.ethnicity, each.qualifier) for each in roster.entries]
    assert notes == [
        ("女", "苗族", None),
        (None, None, "河南"),
        ("男", None, None),
        ("女", None, "国家机关"),
    ]


def test_two_people_of_one_name_stay_two() -> None:
    assert named(read("王凯（河南） 龚小舟 王凯（解放军）")) == [
        "王凯",
        "龚小舟",
        "王凯",
    ]


def test_a_note_may_break_over_a_line() -> None:
    roster = read("龚小舟 王岚（女，\n蒙古族） 沈一鸣\n许敬\n(女) 方媛")
    assert named(roster) == ["龚小舟", "王岚", "沈一鸣", "许敬", "方媛"]
    assert roster.entries[1].ethnicity == "蒙古族"
    assert roster.entries[3].gender == "女"


def test_a_note_may_stand_on_a_line_of_its_own() -> None:
    roster = read("龚小舟 王岚\n（女，回族）\n沈一鸣")
    assert [(each.name, each.ethnicity) for each in roster.entries] == [
        ("龚小舟", None),
        ("王岚", "回族"),
        ("沈一鸣", None),
    ]


def test_sentences_among_the_names_are_notes() -> None:
    sentence = "龚小舟表示感谢。沈一鸣也到会。"
    roster = read(f"龚小舟 王岚\n{sentence}")
    assert roster.notes == (sentence,)


def test_a_name_may_break_over_a_line() -> None:
    assert named(read("龚小舟 沈一鸣 王\n岚 许敬 方媛")) == [
        "龚小舟",
        "沈一鸣",
        "王岚",
        "许敬",
        "方媛",
    ]


@pytest.mark.parametrize(
    "name", ["艾尔肯·吐尔逊", "努尔-买买提", "扎西平措", "欧阳若兰", "巴音图雅"]
)
def test_names_of_other_forms(name: str) -> None:
    assert named(read(f"龚小舟 {name}(维吾尔族) 沈一鸣")) == ["龚小舟", name, "沈一鸣"]


def test_roles_with_colons_open_groups() -> None:
    roster = read(
        "主任：龚小舟\n副主任：沈一鸣 王岚\n委    员：（按姓氏笔画）\n于明 许敬 方媛"
    )
    assert [(group.role, len(group.entries)) for group in roster.groups] == [
        ("主任", 1),
        ("副主任", 2),
        ("委员", 3),
    ]
    assert roster.groups[2].order is Order.STROKE


def test_two_roles_on_one_line() -> None:
    roster = read("主任委员：龚小舟 副主任委员：沈一鸣、王岚")
    assert [group.role for group in roster.groups] == ["主任委员", "副主任委员"]
    assert [len(group.entries) for group in roster.groups] == [1, 2]


def test_a_bare_role_line_opens_a_group() -> None:
    roster = read(
        "主席团成员(3人,按姓氏笔画排列)\n于 明 王 岚 许 敬\n\n大会秘书长\n\n龚小舟"
    )
    assert [(group.role, group.declared) for group in roster.groups] == [
        ("主席团成员", 3),
        ("大会秘书长", None),
    ]
    assert named(roster)[-1] == "龚小舟"


def test_delegations_with_counts_are_groups() -> None:
    roster = read("青河县（2人）\n龚小舟 沈一鸣\n临江区（2名）\n王岚 许敬")
    assert [(group.role, group.declared) for group in roster.groups] == [
        ("青河县", 2),
        ("临江区", 2),
    ]
    assert all(audit.ok for audit in roster.audits)


def test_a_count_before_the_roles_is_for_all_of_them() -> None:
    roster = read("(共4人)\n主任：龚小舟\n委员：沈一鸣 王岚 许敬")
    assert roster.declared == 4
    assert [(audit.kind, audit.ok) for audit in roster.audits] == [("count", True)]


def test_a_count_for_all_groups_leans_a_reading_and_is_no_group_s_own() -> None:
    roster = read("(共4人)\n主任：王岚\n委员：马明玉珍 沈一鸣")
    assert len(roster.entries) == 4
    assert [group.declared for group in roster.groups] == [None, None]
    missed = read("(共9人)\n主任：王岚\n委员：马明玉珍 沈一鸣")
    assert [audit.ok for audit in missed.audits] == [False]


def test_lines_before_the_names_are_notes() -> None:
    title = "临江市第九届人民代表大会第四次会议主席团名单"
    roster = read(
        f"{title}\n现在播送{title}\n（共2名）\n（排名不分先后）\n龚小舟 沈一鸣"
    )
    assert roster.notes == (title, f"现在播送{title}", "（共2名）", "（排名不分先后）")
    assert named(roster) == ["龚小舟", "沈一鸣"]
    assert roster.groups[0].order is Order.NONE


def test_an_order_claimed_below_the_names_is_theirs() -> None:
    roster = read("于明 王岚 许敬\n（以姓氏笔画为序）")
    assert roster.groups[0].order is Order.STROKE


def test_an_order_for_the_rest_of_a_list_parts_it() -> None:
    roster = read("委员：\n龚小舟、于明\n（以下按姓氏笔画排列）\n王岚、许敬、方媛")
    assert [(each.role, each.order) for each in roster.groups] == [
        ("委员", None),
        ("委员", Order.STROKE),
    ]


def test_names_broken_over_blank_lines_are_whole() -> None:
    assert named(read("(4人)\n龚小舟 沈一\n\n鸣 王 岚 许\n敬")) == [
        "龚小舟",
        "沈一鸣",
        "王岚",
        "许敬",
    ]


def test_a_date_at_the_end_is_no_name() -> None:
    roster = read("龚小舟 沈一鸣\n（二零一九年六月二十七日）")
    assert named(roster) == ["龚小舟", "沈一鸣"]


def test_a_count_that_is_not_met_is_a_doubt_not_an_invention() -> None:
    roster = read("(5人)\n龚小舟 沈一鸣 王岚")
    assert len(roster.entries) == 3
    assert [(audit.kind, audit.ok) for audit in roster.audits] == [("count", False)]
    assert [notice.code for notice in roster.warnings] == ["roster-count"]


@pytest.mark.parametrize(
    ("printed", "count"),
    [
        ("（205名）", 205),
        ("（共2296名）", 2296),
        ("(六十人)", 60),
        ("（二百零五名）", 205),
        ("（二〇五名）", 205),
    ],
)
def test_counts_in_any_writing(printed: str, count: int) -> None:
    roster = read(f"{printed}\n龚小舟 沈一鸣")
    assert roster.groups[0].declared == count


@pytest.mark.parametrize(
    ("printed", "order"),
    [
        ("（按姓氏笔画为序）", Order.STROKE),
        ("（按得票多少为序，得票相等的，按姓氏笔画为序）", Order.VOTES),
        ("（按姓氏拼音排列）", Order.PINYIN),
        ("（排名不分先后）", Order.NONE),
    ],
)
def test_claimed_orders(printed: str, order: Order) -> None:
    assert read(f"{printed}\n龚小舟 沈一鸣").groups[0].order is order


STROKES = "于明 王岚 方媛 石磊 许敬 李倩 沈一鸣 张帆 罗勇 赵晓 龚小舟"


def test_a_list_in_the_order_of_strokes_passes() -> None:
    roster = read(f"（按姓氏笔画为序）\n{STROKES}")
    assert [(audit.kind, audit.ok) for audit in roster.audits] == [("stroke", True)]


@pytest.mark.parametrize("place", [1, 4, 7])
def test_the_one_name_out_of_place_is_in_doubt_and_stays(place: int) -> None:
    people = STROKES.split()
    people.insert(place, "魏小川")
    roster = read("（按姓氏笔画为序）\n" + " ".join(people))
    assert [audit.names for audit in roster.audits] == [("魏小川",)]
    assert named(roster) == people


def test_equal_strokes_go_by_the_first_stroke() -> None:
    right, wrong = "李倩 肖明 何岚 沈一鸣 张帆", "张帆 沈一鸣 何岚"
    assert all(audit.ok for audit in read(f"（按姓氏笔画为序）\n{right}").audits)
    assert not all(audit.ok for audit in read(f"（按姓氏笔画为序）\n{wrong}").audits)


def test_a_list_that_claims_no_order_is_not_checked_for_one() -> None:
    assert read("龚小舟 王岚 于明").audits == ()


def test_who_adopted_it_and_when() -> None:
    line = "(2024年12月24日临江市第九届人民代表大会第四次会议主席团第一次会议通过)"
    roster = read(f"{line}\n龚小舟 沈一鸣")
    assert roster.adopted_on == dt.date(2024, 12, 24)
    assert roster.adopted_by == "临江市第九届人民代表大会第四次会议主席团第一次会议"
    assert roster.meeting == "临江市第九届人民代表大会第四次会议"


def test_adoption_in_chinese_numerals() -> None:
    adoption = parse_adoption("（二〇二四年十二月二十四日临江市人民代表大会通过）")
    assert adoption is not None
    assert adoption.on == dt.date(2024, 12, 24)
    assert parse_adoption("（二〇二四年十二月二十四日）") is None


def test_traditional_names_stay_as_printed() -> None:
    assert named(read("龔小舟 張一鳴 劉岚")) == ["龔小舟", "張一鳴", "劉岚"]


def test_a_list_scores_above_prose() -> None:
    names_block = f"（11名）\n{STROKES}"
    prose = "市长龚小舟说,临江大桥昨日通车,\n市民沈一鸣表示欢迎,张帆等到场。"
    assert roster_score(names_block, lines_of(names_block)) > 0
    assert roster_score(prose, lines_of(prose)) <= 0


@given(
    st.lists(st.sampled_from(STROKES.split()), min_size=2, max_size=30),
    st.integers(min_value=1, max_value=9),
    st.booleans(),
)
def test_a_declared_list_is_read_whole(
    people: list[str], width: int, padded: bool
) -> None:
    printed = [" ".join(name) if padded and len(name) == 2 else name for name in people]
    rows = [printed[start : start + width] for start in range(0, len(printed), width)]
    text = f"({len(people)}人)\n" + "\n".join("  ".join(row) for row in rows)
    assert named(read(text)) == people


@given(st.text(alphabet="王李毛小东方静女（）()：:、 \n委员名单3人按笔画", max_size=60))
def test_any_block_can_be_asked_and_nothing_is_invented(text: str) -> None:
    roster = parse_roster(text, lines_of(text))
    roster_score(text, lines_of(text))
    for entry in roster.entries:
        assert entry.span is not None
        printed = text[entry.span.start : entry.span.end]
        assert printed == entry.surface
        assert "".join(printed.split()).startswith(entry.name)
