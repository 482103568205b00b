"""What readers type, and how it must be read."""

import datetime as dt
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from indexer import query
from indexer.query import And, Dates, Filter, Node, Not, Or, Phrase, Within, Words
from indexer.tokens import MAX_CHARACTERS, MAX_DEPTH

A, B, C = Words("改革"), Words("开放"), Words("创新")
DAY = dt.date(2024, 12, 25)

READINGS = {
    "one word": ("改革", A),
    "white space is and": ("改革 开放", And((A, B))),
    "ideographic space": ("改革\u3000开放", And((A, B))),
    "and in words": ("改革 且 开放 AND 创新", And((A, B, C))),
    "and in signs": ("改革&&开放", And((A, B))),
    "or in words": ("改革 或 开放 OR 创新", Or((A, B, C))),
    "or in signs": ("改革|开放 || 创新", Or((A, B, C))),
    "not in words": ("改革 非 开放 NOT 创新", And((A, Not(B), Not(C)))),
    "not in signs": ("改革 -开放 !创新", And((A, Not(B), Not(C)))),
    "full-width operators": (
        "改革 －开放 ｜ ＮＯＴ 创新",
        Or((And((A, Not(B))), Not(C))),
    ),
    "operator inside a word": (
        "或者 非洲 而且",
        And((Words("或者"), Words("非洲"), Words("而且"))),
    ),
    "lower-case and": (
        "rock and roll",
        And((Words("rock"), Words("and"), Words("roll"))),
    ),
    "hyphen inside a word": ("AIT-2000", Words("AIT-2000")),
    "dash of its own": ("改革 - 开放", And((A, B))),
    "only negative": ("非 改革", Not(A)),
    "twice negative": ("非 -改革", A),
    "not before and before or": ("改革 或 -开放 创新", Or((A, And((Not(B), C))))),
    "brackets": ("（改革 或 开放）创新", And((Or((A, B)), C))),
    "needless brackets": ("((改革))", A),
    "negated brackets": ("-(改革 或 开放)", Not(Or((A, B)))),
    "the same twice": ("改革 改革", A),
    "Chinese quotes": ("“改革 开放”", Phrase("改革 开放")),
    "corner quotes": ("「改革」『开放』", And((Phrase("改革"), Phrase("开放")))),
    "straight quotes": ('"改革"＂开放＂', And((Phrase("改革"), Phrase("开放")))),
    "mixed quotes": ('“改革" 开放', And((Phrase("改革"), B))),
    "backward quotes": ("”改革”", Phrase("改革")),
    "quotes in quotes": ("“他说“改革”好”", Phrase("他说“改革”好")),
    "single quotes": ("‘改革’ '开放'", And((Phrase("改革"), Phrase("开放")))),
    "apostrophes": (
        "Xi’an don't '98",
        And((Words("Xi’an"), Words("don't"), Words("'98"))),
    ),
    "or between quotes": ("“改革”或“开放”", Or((Phrase("改革"), Phrase("开放")))),
    "operators in quotes": ("“改革 或 开放”", Phrase("改革 或 开放")),
    "book title marks": ("《改革》", Words("《改革》")),
    "padded name": ("兰 钧", Phrase("兰钧")),
    "padded name of three": ("通车 欧 阳 峰", And((Words("通车"), Phrase("欧阳峰")))),
    "four single characters": ("东 西 南 北", And(tuple(map(Words, "东西南北")))),
    "single characters with and": ("兰 且 军", And((Words("兰"), Words("军")))),
    "single characters listed": ("兰 、 军", And((Words("兰"), Words("军")))),
    "negated padded name": ("-兰 钧", Not(Phrase("兰钧"))),
    "zone": ("标题:改革 TITLE：开放", And((Within("title", A), Within("title", B)))),
    "zone of a phrase": ("图片说明:“改革”", Within("caption", Phrase("改革"))),
    "zone of brackets": (
        "肩题:(改革 -开放)",
        And((Within("kicker", A), Not(Within("kicker", B)))),
    ),
    "negated zone": ("-正文:改革", Not(Within("body", A))),
    "negation in a zone": ("正文:-改革", Not(Within("body", A))),
    "operator as a value": ("标题:非", Within("title", Words("非"))),
    "space after the colon": ("名单： 改革", Within("names", A)),
    "space before the colon": ("名单 ：改革", Within("names", A)),
    "other names of fields": (
        "作者:邝明宁 type:名单 摄影:“改革”",
        And(
            (
                Filter("reporter", "邝明宁"),
                Filter("kind", "roster"),
                Within("caption", Phrase("改革")),
            )
        ),
    ),
    "small operators": ("改革 or “开放” and (创新)", Or((A, And((Phrase("开放"), C))))),
    "small not": ("改革 not 开放", And((A, Not(B)))),
    "conjunctions": ("改革 或者 “开放” 以及 (创新)", Or((A, And((Phrase("开放"), C))))),
    "a conjunction": ("改革 与 开放", And((A, B))),
    "a conjunction in a name": ("袁 和 平", Phrase("袁和平", padded=True)),
    "a conjunction in a word": ("改革和开放", Words("改革和开放")),
    "small words": ("Romeo and 改革", And(tuple(map(Words, ("Romeo", "and", "改革"))))),
    "small operator as a value": (
        "标题:or 改革",
        And((Within("title", Words("or")), A)),
    ),
    "field of another field": ("标题:(正文:改革)", Within("body", A)),
    "field name as a value": ("标题:正文:改革", Within("title", Words("正文:改革"))),
    "field name inside a word": ("副标题:改革", Words("副标题:改革")),
    "unknown field": ("C60:改革", Words("C60:改革")),
    "reporter": ("记者:邝明宁", Filter("reporter", "邝明宁")),
    "reporter set wide": ("记者:尚 彬", Filter("reporter", "尚彬")),
    "people": (
        "人物:(甲 或 “乙”)",
        Or((Filter("person", "甲"), Filter("person", "乙"))),
    ),
    "page": ("版次:第一版", Filter("page", "1")),
    "page with letters": ("版：ａ０２版", Filter("page", "A02")),
    "kind": (
        "类型:名单 KIND:Ad",
        And((Filter("kind", "roster"), Filter("kind", "ad"))),
    ),
    "section and paper": (
        "栏目:要闻 报:临江日报",
        And((Filter("section", "要闻"), Filter("paper", "临江日报"))),
    ),
    "date": ("日期:２０２４年12月25日", Dates(DAY, DAY)),
    "range of dates": ("时间：2024-12-25..", Dates(DAY, None)),
    "dates in brackets": (
        "日期:(2024-12-25.. -“2024-12-25”)",
        And((Dates(DAY, None), Not(Dates(DAY, DAY)))),
    ),
    "only white space": (" \u3000\t", None),
    "nothing": ("", None),
    "only punctuation": ("。！ *", None),
    "control characters": ("改\u200b革\x00开\ufeff放\ud800", And((A, B))),
}

ODD = {
    "unclosed quote": ("改革 “开放", And((A, Phrase("开放"))), "引号"),
    "unopened quote": ("改革” 开放", And((A, B)), "引号"),
    "empty quotes": ("改革 “，”", A, "空的"),
    "empty brackets": ("改革 ()", A, "空的"),
    "unclosed bracket": ("(改革 或 (开放", Or((A, B)), "括号"),
    "unopened bracket": ("改革) 或 开放", Or((A, B)), "括号"),
    "or at the end": ("改革 或", A, "“或”"),
    "or at the beginning": ("OR 改革", A, "“OR”"),
    "and twice": ("改革 且 且 开放", And((A, B)), "“且”"),
    "not of nothing": ("改革 非 且 开放", And((A, B)), "“非”"),
    "field of nothing": ("改革 标题:", A, "“标题：”"),
    "field before a field": ("标题: 正文:改革", Within("body", A), "“标题：”"),
    "only an operator": ("非", Phrase("非"), "普通文字"),
    "only operators": ("且 或", And((Phrase("且"), Phrase("或"))), "普通文字"),
    "only a field": ("标题:", Phrase("标题:"), "普通文字"),
    "wildcard": ("改革*", Words("改革*"), "通配符"),
    "wildcard inside": ("改?革", Words("改?革"), "通配符"),
    "no date": ("日期:昨天", Words("日期：昨天"), "日期"),
    "no such day": ("日期:2024-02-30", Words("日期：2024-02-30"), "日期"),
    "no kind": ("类型:“社论”", Phrase("类型：社论"), "类型"),
    "too deep": ("((((((改革 或 开放))))))", Or((A, B)), "括号超过 5 层"),
}


@pytest.mark.parametrize(("text", "tree"), READINGS.values(), ids=READINGS)
def test_query_is_read_as(text: str, tree: Node | None) -> None:
    parsed = query.parse(text)
    assert parsed.tree == tree
    assert not parsed.notes


@pytest.mark.parametrize(("text", "tree", "note"), ODD.values(), ids=ODD)
def test_odd_syntax_is_read_and_noted(text: str, tree: Node, note: str) -> None:
    parsed = query.parse(text)
    assert parsed.tree == tree
    assert any(note in message.zh for message in parsed.notes)


@pytest.mark.parametrize("text", ["真的吗?", "what?", "啊 * 啊啊", "什么？"])
def test_question_mark_at_the_end_is_no_wildcard(text: str) -> None:
    assert not query.parse(text).notes


def test_reading_is_said_in_both_languages() -> None:
    parsed = query.parse("改革 标题：开放 | -创新 记者：邝明宁")
    assert parsed.reading is not None
    assert parsed.reading.zh == (
        "理解为：（改革 且 标题：开放） 或 （非 创新 且 记者：邝明宁）"
    )
    assert parsed.reading.en == (
        "Read as: (改革 AND title:开放) OR (NOT 创新 AND reporter:邝明宁)"
    )


def test_single_word_needs_no_reading() -> None:
    assert query.parse(" 改革 ").reading is None
    assert query.parse("").reading is None


def test_padded_name_is_told_in_the_reading() -> None:
    reading = query.parse("兰 钧").reading
    assert reading is not None
    assert reading.zh == "理解为：“兰钧”"


RUNS = {
    "陆非云",
    "韩非",
    "非攻",
    "且末",
    "文或武",
    "江上非寻常一日",
    "老街或新城两相宜",
}


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        pytest.param("陆 非 云", Phrase("陆非云"), id="a name set wide"),
        pytest.param("陆　非　云", Phrase("陆非云"), id="with wide spaces"),
        pytest.param("韩 非", Phrase("韩非"), id="at the end"),
        pytest.param("非 攻", Phrase("非攻"), id="at the beginning"),
        pytest.param("且 末 改革", And((Phrase("且末"), A)), id="beside a word"),
        pytest.param("改革 -(文 或 武)", And((A, Not(Phrase("文或武")))), id="denied"),
        pytest.param("记者:陆 非 云", Filter("reporter", "陆非云"), id="in a field"),
        pytest.param(
            "江上 非 寻常一日",
            And((Words("江上"), Words("非"), Words("寻常一日"))),
            id="a pasted headline",
        ),
        pytest.param(
            "老街 或 新城 两相宜",
            And((Words("老街"), Words("或"), Words("新城"), Words("两相宜"))),
            id="with more than 或 joins",
        ),
    ],
)
def test_operators_are_characters_where_print_has_them(typed: str, tree: Node) -> None:
    assert query.parse(typed, RUNS.__contains__).tree == tree


@pytest.mark.parametrize(
    "typed",
    [
        "陆 非 风",
        "云 非 陆",
        "陆 NOT 云",
        "老街 或 新城",
        "“陆” 非 “云”",
        "非",
        "改革 非 攻坚",
    ],
)
def test_operators_are_none_elsewhere(typed: str) -> None:
    known = {*RUNS, "陆NOT云", "老街或新城", "非"}
    assert query.parse(typed, known.__contains__) == query.parse(typed)


def test_padding_is_a_guess_and_marks_are_none() -> None:
    tree = query.parse("兰 钧 “通车”").tree
    assert query.plain(tree) == ("兰钧 通车", (Phrase("通车"),))


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("老街“微改造”添新景", "老街微改造添新景"),
        ("老街「微改造」", "老街微改造"),
        ("“微改造”添新景", "微改造添新景"),
        ("“微改造”", ""),
        ("老街 “微改造” 新景", ""),
        ("老街(“微改造”)", ""),
        ("老街微改造", ""),
    ],
)
def test_marks_amid_words_are_print(typed: str, printed: str) -> None:
    assert query.pasted(typed) == printed


def test_leaves_are_the_texts_that_are_not_denied() -> None:
    tree = query.parse("改革 标题:“开放” -(创新 -“通车”) 记者:邝明宁 日期:2024").tree
    assert query.leaves(tree) == (A, Phrase("开放"), Phrase("通车"))
    assert query.leaves(None) == ()


def test_joining_keeps_the_shape_of_trees() -> None:
    assert query.all_of([A, And((B, A))]) == And((A, B))
    assert query.any_of([Or((A, B)), And((A, B))]) == Or((A, B, And((A, B))))
    assert query.any_of([B]) == B
    assert query.all_of([]) is None
    assert query.negated(query.negated(A)) == A


def test_long_query_is_cut_with_a_note() -> None:
    parsed = query.parse("改" * 300)
    assert parsed.tree == Words("改" * MAX_CHARACTERS)
    assert "256" in parsed.notes[0].zh
    assert not query.parse("改" * 256).notes


def test_many_words_are_cut_with_a_note() -> None:
    parsed = query.parse("(" + " 或 ".join(f"a{n}" for n in range(40)) + ") -b")
    assert parsed.tree == Or(tuple(Words(f"a{n}") for n in range(32)))
    assert [note.zh for note in parsed.notes] == ["检索项超过 32 个，只用前 32 个。"]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 2000 + "改革",
        "-" * 2000,
        "“" * 2000,
        "'a" * 2000,
        "a*?" * 999,
        "标题:-" * 999,
        "{a TO " * 999,
        "|(" * 999,
        "改 " * 9999,
    ],
)
def test_hostile_query_is_read_at_once(text: str) -> None:
    started = time.perf_counter()
    query.parse(text)
    assert time.perf_counter() - started < 0.1


SYNTAX = st.sampled_from(
    [
        *"()（）“”\"'‘’「」『』-－!|&:：*?，。",
        " ",
        " ",
        "且",
        " 或 ",
        " 非 ",
        "AND",
        " NOT ",
        "标题:",
        "记者：",
        "日期:",
        "类型:",
        "版:",
        "2024",
        "-12",
        "..",
        "改革",
        "兰",
        "军",
        "C60",
        "\u200b",
        "\ud83d",
        "𠮷",
    ]
)


def size(node: Node | None) -> tuple[int, int]:
    """Leaves, and levels of nesting."""
    if isinstance(node, And | Or):
        sizes = [size(child) for child in node.nodes]
        return sum(leaves for leaves, _ in sizes), 1 + max(
            levels for _, levels in sizes
        )
    if isinstance(node, Not):
        leaves, levels = size(node.node)
        return leaves, levels + 1
    return int(node is not None), 0


@given(st.one_of(st.text(), st.lists(SYNTAX, max_size=200).map("".join)))
def test_any_text_is_read_within_the_caps(text: str) -> None:
    parsed = query.parse(text)
    leaves, levels = size(parsed.tree)
    assert leaves <= query.MAX_LEAVES
    # A bracket nests at most an any, an all and a denial.
    assert levels <= 3 * (MAX_DEPTH + 1)
    assert all(
        any(c.isalnum() for c in leaf.text) for leaf in query.leaves(parsed.tree)
    )


@given(st.one_of(st.text(), st.lists(SYNTAX, max_size=60).map("".join)))
def test_reading_has_both_languages_or_none(text: str) -> None:
    parsed = query.parse(text)
    assert (parsed.reading is None) == isinstance(parsed.tree, Words | None)


TEXT = st.text("改革开放创新abcXY0129𠮷", min_size=2, max_size=6)
PHRASE = st.text("改革 开放，或(非)-“'a", min_size=1, max_size=9).map(
    lambda text: f"改{' '.join(text.split())}"
)
DAYS = st.dates(dt.date(1000, 1, 1), dt.date(2999, 12, 31))
LEAF: st.SearchStrategy[Node] = st.one_of(
    st.builds(Words, TEXT),
    st.builds(Phrase, PHRASE),
    st.builds(Within, st.sampled_from(["title", "names"]), st.builds(Words, TEXT)),
    st.builds(Filter, st.sampled_from(["person", "paper"]), st.one_of(TEXT, PHRASE)),
    st.builds(Filter, st.just("kind"), st.sampled_from(["ad", "quote"])),
    st.builds(
        lambda day, days: Dates(day, day + days),
        DAYS,
        st.timedeltas(dt.timedelta(), dt.timedelta(days=99)),
    ),
    st.builds(Dates, DAYS, st.none()),
)
TREE = st.recursive(
    LEAF,
    lambda node: st.one_of(
        st.lists(node, min_size=2, max_size=3).map(query.all_of),
        st.lists(node, min_size=2, max_size=3).map(query.any_of),
        node.map(query.negated),
    ).map(lambda joined: joined or A),
    max_leaves=8,
)


@given(TREE, st.sampled_from(["zh", "en"]))
def test_rendered_query_reads_the_same(tree: Node, lang: str) -> None:
    text = query.render(tree, "en" if lang == "en" else "zh")
    assume(len(text) <= MAX_CHARACTERS)
    assert query.parse(text).tree == tree


@given(
    st.one_of(
        st.text("大桥通车且或非说 ", max_size=30),
        st.text("大桥A1“”", max_size=8).map("“{}”".format),
        st.integers(30, 34).map(lambda size: " ".join(["大桥", "通车"] * size)),
    )
)
def test_plain_queries_are_read_as_tokens_are(text: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(query, "_plainly_read", lambda _: None)
        by_tokens = query.parse(text)
    assert query.parse(text) == by_tokens
