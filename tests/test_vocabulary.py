"""What a corpus knows of its own words."""

from pathlib import Path

from indexer.corpus import read, read_vocabulary
from indexer.vocabulary import NO_VOCABULARY, Vocabulary, parse_synonyms


def test_a_line_holds_words_that_mean_the_same() -> None:
    text = "\ufeff# 机构\n市三院 = 河口市第三医院 # 东城\n独自一词\n\n甲＝乙=丙\n"
    assert parse_synonyms(text) == (("市三院", "河口市第三医院"), ("甲", "乙", "丙"))


def test_cities_and_synonyms_are_read_from_a_corpus(tmp_path: Path) -> None:
    paper = tmp_path / "hekou-bao"
    paper.mkdir()
    (paper / "paper.toml").write_text('city = "河口市"', "utf-8")
    (tmp_path / "synonyms.txt").write_text("三院 = 第三医院", "utf-8")
    assert read_vocabulary(tmp_path) == Vocabulary(("河口市",), (("三院", "第三医院"),))
    assert read_vocabulary(tmp_path / "none") == NO_VOCABULARY


def test_synonyms_are_no_page_of_a_corpus(tmp_path: Path) -> None:
    issue = tmp_path / "hekou-bao" / "2024-03-01"
    issue.mkdir(parents=True)
    (issue / "01.txt").write_text("通车\n大桥今日通车。\n", "utf-8")
    (tmp_path / "synonyms.txt").write_text("甲 = 乙", "utf-8")
    assert [Path(item.path).name for item in read(tmp_path)] == ["01.txt"]
