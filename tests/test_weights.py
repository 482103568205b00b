"""What is learnt of the words of questions."""

from tests.bench.weights import learnt, weight

ASKED = [
    f"{name}是什么时候修的" for name in ("老桥", "码头", "钟楼", "水塔", "灯塔")
] * 3
SHIPS = [f"渡轮第{n}号由谁驾驶，什么颜色" for n in "一二三四五六七八九十"] * 2
PRINTED = ("渡轮停航。", "老桥修好了。", "钟楼的时候到了。")


def test_words_of_asking_weigh_little() -> None:
    weights = learnt([ASKED, SHIPS], PRINTED)
    assert weights["什么"] < 0.2
    assert "老桥" not in weights


def test_the_subject_of_one_set_is_not_learnt() -> None:
    assert "渡轮" in learnt([SHIPS], PRINTED)
    assert "渡轮" not in learnt([ASKED, SHIPS], PRINTED)


def test_what_is_asked_oftener_than_printed_weighs_less() -> None:
    assert weight(50, 1000, 0.0001) < weight(50, 1000, 0.05) == weight(50, 1000, 0.5)
    assert weight(500, 1000, 1) < weight(50, 1000, 1) < 1
