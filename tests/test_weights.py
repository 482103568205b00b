"""What is learnt of the words of questions."""

from pathlib import Path

import numpy as np
import pytest

from indexer import documents, open_engine
from indexer.archive import Article
from indexer.relevance import Question
from indexer.weighing import parts_of
from tests.bench.asked import learnt, weight
from tests.bench.judged import Query
from tests.bench.refining import Example, examples, refined

ASKED = [
    f"{name}是什么时候修的" for name in ("老桥", "码头", "钟楼", "水塔", "灯塔")
] * 3
SHIPS = [f"渡轮第{n}号由谁驾驶，什么颜色" for n in "一二三四五六七八九十"] * 2
PRINTED = ("渡轮停航。", "老桥修好了。", "钟楼的时候到了。")
ARTICLES = {
    "bridge": "浔江大桥通车，全长一千二百米，一般车辆都可以过桥。",
    "fish": "鳜鱼丰收，一般价格比去年好，渔民说可以。",
}


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


def test_what_each_text_gives_and_the_rest_are_the_whole_score(tmp_path: Path) -> None:
    asked = [
        Query("浔江大桥一般多长", (("bridge", 1),)),
        Query("鳜鱼一般什么价格", (("fish", 1),)),
        Query("量子望远镜", (("fish", 1),)),  # nothing of it is printed
    ]
    with open_engine(tmp_path, writable=True) as engine:
        engine.replace(
            documents.of(Article(id, "article", id, body))
            for id, body in ARTICLES.items()
        )
        with engine._reading() as (_, snapshot):
            found = list(examples(snapshot, asked, {}))
            assert [int(example.right.sum()) for example in found] == [1, 1]
            for query, example in zip(asked, found, strict=False):
                uniform = parts_of(query.text).weighed({})
                question = Question(uniform, snapshot.pool)
                docs = question.chosen().docs
                whole = question.scores(docs, snapshot.closeness)
                given = example.given.sum(axis=1) + example.beside
                assert sorted(given) == pytest.approx(sorted(whole))


def test_what_many_questions_bear_out_moves_further() -> None:
    given = np.array([[2.0, 0, 1], [0, 2, 1]])
    example = Example(("长", "般", "桥"), given, np.zeros(2), np.array([True, False]))
    began = {"长": 0.5, "般": 0.5, "桥": 0.5, "水": 0.5}
    few, many = (refined([example] * held, began) for held in (1, 200))
    assert 0.5 < few["长"] < many["长"] <= 1
    assert 0.5 > few["般"] > many["般"] >= 0
    assert [many["桥"], many["水"]] == pytest.approx([0.5, 0.5], abs=0.01)
