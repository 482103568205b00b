"""Who is asked to have said what."""

import pytest

from indexer import query
from indexer.saying import Saying, saying

BRIDGE = query.Words("大桥")


def read(text: str) -> Saying | None:
    return saying(query.parse(text).tree)


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "兰钧 说 大桥",
            "兰钧说 大桥",
            "兰钧 说大桥",
            "“兰钧” 说 大桥",
            "兰 钧 说 大桥",
        ),
        *("蘭鈞 說 大桥", "蘭鈞說 大桥", "蘭鈞 說大桥"),
        *("兰钧 认为 大桥", "兰钧表示 大桥", "兰钧 称 大桥", "兰钧 说了 大桥"),
    ],
)
def test_parts_say_who_and_what(typed: str) -> None:
    assert read(typed) == Saying("兰钧", BRIDGE)


@pytest.mark.parametrize("typed", ["兰钧说大桥", "兰钧建议大桥", "兰钧谈大桥"])
def test_so_does_a_run_which_print_may_hold(typed: str) -> None:
    assert read(typed) == Saying("兰钧", BRIDGE, typed)


def test_anybody_and_anything() -> None:
    assert read("谁 说 大桥") == Saying(None, BRIDGE)
    assert read("谁说大桥") == Saying(None, BRIDGE, "谁说大桥")
    assert read("誰 說 大桥") == Saying(None, BRIDGE)
    assert read("兰钧 说 什么") == Saying("兰钧", None)
    assert read("兰钧 說 什麼") == Saying("兰钧", None)
    assert read("兰钧说了什么") == Saying("兰钧", None, "兰钧说了什么")


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "大桥",
            "兰钧 大桥",
            "兰钧 说",
            "说 大桥",
            "说大桥",
            "兰钧说",
            "",
            "兰钧 非 说",
        ),
        *(
            "小说 改编",
            "小说改编",
            "学说 创新",
            "职称 评审",
            "兰钧 说明书",
            "“兰钧说” 大桥",
        ),
        *("代表 建议 办理", "兰钧 或 说 大桥", "兰钧说！", "兰钧 说，", "，，说大桥"),
    ],
)
def test_others_say_nothing(typed: str) -> None:
    assert read(typed) is None


def test_a_saying_asks_for_quotes_by_name_or_by_role() -> None:
    asked = Saying("市长", BRIDGE)
    kind, role = query.Filter("kind", "quote"), query.Filter("role", "市长")
    assert asked.tree("role") == query.And((kind, role, BRIDGE))
    assert Saying(None, None).tree("speaker") == kind
