"""The measure of ranking: what its figures mean, and that it runs on invented texts."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

pytest.importorskip("tantivy", reason="tantivy is not installed (extra bench)")

from tests.bench import judged, rankers, ranking, report
from tests.bench.judged import Query
from tests.bench.texts import Article

TOWNS = ("青浔", "柳渡", "石桥", "白塘", "云溪", "麦港")
THINGS = ("图书馆", "养老院", "自来水厂", "足球场", "渡口", "菜市场")
ROWS = [
    {
        "id": f"{town}-{thing}",
        "date": "2024-05-01",
        "title": f"{town}的{thing}今天重新开放",
        "body": f"记者从{town}获悉，修了两年的{thing}今天开门。居民在门口排起长队。",
    }
    for town in TOWNS
    for thing in THINGS
]


def test_means_are_of_the_first_answer_and_of_all_grades() -> None:
    queries = [Query("甲", (("a", 1),)), Query("乙", (("b", 2), ("c", 1)))]
    answers: ranking.Answers = {"甲": (["x", "y"], 1.0), "乙": (["x", "c", "b"], 3.0)}
    score = ranking.score(queries, answers)
    assert (score.mrr, score.hit1, score.hit10, score.mean) == (0.25, 0.0, 0.5, 2.0)
    assert score.error == pytest.approx(0.25 / 2**0.5)
    gained = (1 / 1.58496 + 2 / 2) / (2 + 1 / 1.58496)
    assert score.ndcg == pytest.approx(gained / 2, abs=1e-4)


def test_what_comes_eleventh_is_not_found() -> None:
    ids = [str(number) for number in range(11)]
    assert ranking.reciprocal(Query("", (("10", 1),)), ids) == 0
    assert ranking.reciprocal(Query("", (("9", 1),)), ids) == 0.1


def test_an_article_printed_twice_answers_for_the_other() -> None:
    articles = [_article(row) for row in ROWS]
    again = Article("again", "", articles[0].title, "另一版的正文，字句不同。")
    (headlines, *_) = judged.known_items([*articles, again], 36, "seed")
    asked = next(q for q in headlines.queries if q.grades[0][0] == articles[0].id)
    assert asked.folded(["again", articles[0].id]) == [articles[0].id]


def test_known_items_are_typed_from_their_article() -> None:
    articles = [_article(row) for row in ROWS]
    texts = {article.id: f"{article.title}\n{article.body}" for article in articles}
    drawn = judged.known_items(articles, 10, "seed")
    assert drawn == judged.known_items(articles, 10, "seed")
    for name, queries in ((one.name, one.queries) for one in drawn):
        for query in queries:
            (found,) = (texts[id] for id, _ in query.grades)
            assert set(query.text.replace(" ", "")) <= set(found), name


def test_everyone_is_asked_and_found_right(tmp_path: Path) -> None:
    arguments = _written(tmp_path)
    result = CliRunner().invoke(ranking.main, arguments, catch_exceptions=False)
    tables = result.stdout.split("\n\n")[:2]
    assert "36 documents" in tables[1]
    assert "18 documents" in tables[0]
    for table in tables:
        rows = table.strip().splitlines()[2:]
        assert len(rows) == 4 + len(rankers.ABLATIONS)
        assert all("| 1.000 ± .000 | 1.000 |" in row for row in rows)
    assert (tmp_path / "README.md").read_text("utf-8").count(tables[1].strip()) == 1
    again = CliRunner().invoke(ranking.main, arguments, catch_exceptions=False)
    assert _peers(again.stdout) == _peers(result.stdout) != []


def test_tables_go_between_marks_of_their_name() -> None:
    text = "<!-- peers --><!-- peers -->\n<!-- ranking -->old<!-- ranking -->"
    put = report.inserted(text, "new\n", "ranking")
    assert put.endswith("\n<!-- ranking -->\n\nnew\n<!-- ranking -->")


def _article(row: dict[str, str]) -> Article:
    return Article(row["id"], row["date"], row["title"], row["body"])


def _written(folder: Path) -> list[str]:
    """The arguments that measure a set of half of the rows among the other half."""
    queries = [{"id": r["id"], "query": r["title"][:-6]} for r in ROWS[:18]]
    (folder / "towns").mkdir()
    for path, rows in (
        ("news.jsonl", ROWS[18:]),
        ("towns/docs.jsonl", ROWS[:18]),
        ("towns/queries.jsonl", queries),
    ):
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        (folder / path).write_text("\n".join(lines), "utf-8")
    grades = "".join(f"{row['id']}\t0\t{row['id']}\t1\n" for row in queries)
    (folder / "towns/qrels.tsv").write_text(grades, "utf-8")
    (folder / "README.md").write_text("<!-- ranking -->\n<!-- ranking -->\n", "utf-8")
    options = {"news": "news.jsonl", "work": "work", "readme": "README.md"}
    named = [f"--{name}={folder / path}" for name, path in options.items()]
    return [str(folder / "towns"), "--ablation", *named]


def _peers(shown: str) -> list[str]:
    """The rows of those whose answers are kept, their times too."""
    return [row for row in shown.splitlines() if "jieba" in row or "pairs" in row]
