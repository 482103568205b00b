"""Bylines, datelines, signatures, captions and the credits of a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.archive import Credit
from indexer.bylines import (
    parse_byline,
    parse_caption,
    parse_page_credits,
    parse_signature,
)


@pytest.mark.parametrize(
    ("text", "reporters"),
    [
        ("临江日报全媒体记者/王岚 沈一鸣", ("王岚", "沈一鸣")),
        ("本报记者　王　岚", ("王岚",)),
        ("本报记者  龚小舟  青河晚报记者  沈一鸣", ("龚小舟", "沈一鸣")),
        ("（记者 王 小 岚）", ("王小岚",)),
        ("（本报记者龚小舟、沈一鸣、王岚）", ("龚小舟", "沈一鸣", "王岚")),
        (
            "（江北日报全媒记者 龚小舟 通讯员 王岚 沈一鸣 摄）",
            ("龚小舟", "王岚", "沈一鸣"),
        ),
        ("新华社记者龚小舟本报记者沈一鸣", ("龚小舟", "沈一鸣")),
        ("本报驻埃及记者龚小舟", ("龚小舟",)),
        ("文/图 王岚", ("王岚",)),
        ("王 岚（本报记者）", ("王岚",)),
        ("本报记者 沈一鸣 临江报道", ("沈一鸣",)),
        ("□本报记者 沈一鸣", ("沈一鸣",)),
        ("实习生 王岚 记者 沈一鸣", ("王岚", "沈一鸣")),
        ("龚小舟沈一鸣", ("龚小舟", "沈一鸣")),
        ("记者王岚和沈一鸣", ("王岚", "沈一鸣")),
        ("本报记者 张和平 与 沈一鸣", ("张和平", "沈一鸣")),
        ("龚小舟/文 沈一鸣/图", ("龚小舟",)),
        ("本报记者 龚小舟 通讯员 沈一鸣 文/图", ("龚小舟", "沈一鸣")),
        ("青河新闻记者 龚小舟", ("龚小舟",)),
        ("临江日报·青河客户端记者 龚小舟", ("龚小舟",)),
        ("通讯员 龚小舟 沈一鸣 报道", ("龚小舟", "沈一鸣")),
        ("【本报讯】（记者龚小舟）", ("龚小舟",)),
        ("本报讯 记者 龚小舟 通讯员 沈一鸣", ("龚小舟", "沈一鸣")),
        ("临江市第一中学 龚小舟", ("龚小舟",)),
    ],
)
def test_who_signed(text: str, reporters: tuple[str, ...]) -> None:
    byline = parse_byline(text)
    assert byline is not None
    assert byline.score > 0
    assert byline.reporters == reporters


@pytest.mark.parametrize("office", ["穗妇宣", "建萱", "粤公宣"])
def test_an_office_that_signs_as_correspondent_is_no_person(office: str) -> None:
    byline = parse_byline(f"（通讯员 {office} 记者 龚小舟）")
    assert byline is not None
    assert byline.reporters == ("龚小舟",)


def test_a_reporter_keeps_role_and_house() -> None:
    byline = parse_byline("临江日报全媒体记者/王岚")
    assert byline is not None
    assert byline.credits == (Credit("王岚", "全媒体记者", "临江日报"),)


@pytest.mark.parametrize(
    ("text", "source", "place", "dated", "reporters"),
    [
        ("临江日报讯(记者/王岚) 昨日", "临江日报讯", None, None, ("王岚",)),
        ("（青浔社临江八日电）昨日", "青浔社临江八日电", "临江", "八日", ()),
        ("【本报专讯】昨日", "本报专讯", None, None, ()),
        ("本报临江廿三日急电", "本报临江廿三日急电", "临江", "廿三日", ()),
        ("本报讯（龚小舟 记者 王岚）3月", "本报讯", None, None, ("龚小舟", "王岚")),
        (
            "新华社福州3月7日电 （记者龚小舟 王岚）路通了",
            "新华社福州3月7日电",
            "福州",
            "3月7日",
            ("龚小舟", "王岚"),
        ),
        (
            "本报北京12月31日讯新华社记者龚小舟、本报记者王岚报道：今天",
            "本报北京12月31日讯",
            "北京",
            "12月31日",
            ("龚小舟", "王岚"),
        ),
        ("据新华社北京5月9日电  今天", "据新华社北京5月9日电", "北京", "5月9日", ()),
        ("本报讯作为产粮大县", "本报讯", None, None, ()),
    ],
)
def test_the_head_of_a_text(
    text: str,
    source: str,
    place: str | None,
    dated: str | None,
    reporters: tuple[str, ...],
) -> None:
    byline = parse_byline(text)
    assert byline is not None
    assert (byline.source, byline.place, byline.dated) == (source, place, dated)
    assert byline.reporters == reporters


def test_the_length_leads_to_the_first_word_of_the_text() -> None:
    text = "临江日报讯(记者/王岚) 昨日,桥通了。"
    byline = parse_byline(text)
    assert byline is not None
    assert text[byline.length :] == "昨日,桥通了。"


@pytest.mark.parametrize(
    "prose",
    [
        "记者从市交通局获悉,新桥昨日通车。",
        "记者王岚从市交通局获悉",
        "本报电视台联合采访组走进乡村。",
        "他是一名记者。",
        "三高四新",
        "江上渡船更稳 两岸往来更忙",
        "(一)",
    ],
)
def test_prose_and_headings_are_no_bylines(prose: str) -> None:
    byline = parse_byline(prose)
    assert byline is None or byline.score <= 0


def test_padding_speaks_for_a_name_and_a_plain_word_does_not() -> None:
    padded, plain = parse_byline("江  南"), parse_byline("江南")
    assert padded is not None
    assert padded.score > 0
    assert plain is None or plain.score < 0


@pytest.mark.parametrize(
    ("text", "start", "people"),
    [
        ("桥通了。(龚小舟王岚)", 4, ["龚小舟", "王岚"]),
        ("桥通了。（王岚参与采写）", 4, ["王岚"]),
        ("桥通了。（新华社记者王岚摄）", 4, ["王岚"]),
        ("路好走。（作者为临江大学教授，本报记者王岚采访整理）", 4, ["王岚"]),
        ("路好走。（本报开罗1月5日电）", 4, []),
    ],
)
def test_brackets_that_sign_a_text(text: str, start: int, people: list[str]) -> None:
    signature = parse_signature(text)
    assert signature is not None
    assert signature.start == start
    assert [credit.name for credit in signature.credits] == people


@pytest.mark.parametrize(
    "text",
    ["路好走(见图)", "他来自临江(今青河)。", "（作者为临江大学校长）", "桥通了。"],
)
def test_other_brackets_sign_nothing(text: str) -> None:
    assert parse_signature(text) is None


@pytest.mark.parametrize(
    ("line", "text", "photographer"),
    [
        ("龚小舟。临江日报全媒体记者/王岚 摄", "龚小舟。", "王岚"),
        ("本报记者 王岚 摄", "", "王岚"),
        ("新桥通车。王　岚摄（人民视觉）", "新桥通车。", "王岚"),
        ("新桥通车。沈一鸣摄(新华社发)", "新桥通车。", "沈一鸣"),
        ("图为新桥。通讯员/沈一鸣 摄", "图为新桥。", "沈一鸣"),
        ("图为新桥。(沈一鸣摄)", "图为新桥。", "沈一鸣"),
        ("图为新桥。临江市交通局供图", "图为新桥。", "临江市交通局"),
        ("新桥夜景 沈一鸣 摄", "新桥夜景", "沈一鸣"),
        ("图为新桥。(龚小舟王岚摄影报道)", "图为新桥。", "龚小舟、王岚"),
        ("图为新桥。（新华社发）", "图为新桥。", None),
        ("新桥。资料图片", "新桥。", None),
        ("新桥。新华社发（王岚摄）", "新桥。", "王岚"),
        ("新桥。图源：临江发布", "新桥。", "临江发布"),
        ("（图片由受访者提供）", "", "受访者"),
        ("摄影：王岚 沈一鸣", "", "王岚、沈一鸣"),
    ],
)
def test_captions(line: str, text: str, photographer: str | None) -> None:
    caption = parse_caption(line)
    assert caption is not None
    assert (caption.caption.text, caption.caption.photographer) == (text, photographer)


@pytest.mark.parametrize(
    "line", ["零下三十摄氏度。", "图片新闻", "本报记者 王岚", "桥通了。"]
)
def test_lines_without_a_picture_are_no_captions(line: str) -> None:
    assert parse_caption(line) is None


def test_the_credits_of_a_page() -> None:
    credits = parse_page_credits("责任编辑/王岚 版式/沈一鸣 校对：方 远")
    assert credits is not None
    assert [(each.role, each.name) for each in credits] == [
        ("责任编辑", "王岚"),
        ("版式", "沈一鸣"),
        ("校对", "方远"),
    ]


def test_contacts_and_marks_around_page_credits_are_passed_over() -> None:
    credits = parse_page_credits("■责任编辑：王岚 摄影：方媛 电话：28880000")
    assert credits is not None
    assert [each.name for each in credits] == ["王岚", "方媛"]


@pytest.mark.parametrize(
    "line", ["编辑部的故事", "设计之都", "本报记者 王岚", "策划一场演出", "摄影：王岚"]
)
def test_other_lines_are_no_page_credits(line: str) -> None:
    assert parse_page_credits(line) is None


@given(
    st.text(
        alphabet="记者本报通讯员王岚摄(（）)/：:、 　讯电北京3月7日。图供", max_size=40
    )
)
def test_any_line_can_be_asked(line: str) -> None:
    byline, signature = parse_byline(line), parse_signature(line)
    parse_caption(line)
    parse_page_credits(line)
    for read in filter(None, (byline, signature)):
        assert 0 <= read.start <= read.start + read.length <= len(line)
