"""Roles as they are printed beside names."""

import pytest

from indexer.roles import offices_of, roles_beside


def beside(text: str, name: str) -> list[str]:
    start = text.index(name)
    return [role.text for role in roles_beside(text, start, start + len(name))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("在市人大代表、某轴承公司董事长王岚看来,", ["市人大代表、某轴承公司董事长"]),
        ("12月23日,“浔江有约”记者对话市人大代表王岚。", ["市人大代表"]),
        ("”市政协委员王岚说。", ["市政协委员"]),
        ("和平区区长王岚到场。", ["和平区区长"]),
        ("采访市人大代表、表彰办公室主任王岚。", ["市人大代表、表彰办公室主任"]),
        ("青浔市教育与技能司负责人王岚说", ["青浔市教育与技能司负责人"]),
        ("与市长王岚谈到", ["市长"]),
        ("龚小舟和副市长王岚到场", ["副市长"]),
        ("总统阿伦索和外长王岚到场", ["外长"]),
        ("他来到人大宪法和法律委员会主任王岚家", ["人大宪法和法律委员会主任"]),
        ("买了苹果、香梨、农民王岚说。", ["农民"]),
        ("（记者丁一）市长王岚今天表示", ["市长"]),
        ("全县“爱水、护水”活动小组组长王岚说", ["“爱水、护水”活动小组组长"]),
        ("称他们的“院长王岚”来过", ["院长"]),
        ("他致函市政协委员王岚", ["市政协委员"]),
        ("外媒援引水利部部长王岚的话", ["水利部部长"]),
        ("如果市长王岚到场", ["市长"]),
        ("王岚市长今天到场。", ["市长"]),
        ("王岚（市中心医院副院长）说", ["市中心医院副院长"]),
        ("王岚，市中心医院副院长，生于1970年。", ["市中心医院副院长"]),
        ("任命王岚（女）为市卫生局副局长；", ["市卫生局副局长"]),
        ("王岚同志到场。", []),
        ("高速公路王岚", []),
    ],
)  # fmt: skip
def test_a_role_reaches_as_far_as_it_is_one(text: str, expected: list[str]) -> None:
    assert beside(text, "王岚") == expected


def test_two_writings_of_a_body_have_one_form() -> None:
    long = offices_of("青浔市第七届人民代表大会常务委员会副主任")
    short = offices_of("青浔市七届人大常委会副主任")
    assert long == short
    assert long[0].unit == "青浔市人大"


def test_what_describes_somebody_is_no_unit() -> None:
    first, second = offices_of("我国首位女航天员、女航天员")
    assert first == second
    assert [office.unit for office in offices_of("著名作家、原局长")] == ["", ""]
    assert offices_of("县水利局原局长") == offices_of("县水利局局长")
