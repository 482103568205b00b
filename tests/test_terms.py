"""Folding, searchable characters, words, and what a query looks for."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import terms
from indexer.terms import QueryTerm


@given(st.text())
def test_folding_keeps_length(text: str) -> None:
    assert len(terms.fold(text)) == len(text)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = terms.fold(text)
    assert terms.fold(once) == once


@pytest.mark.parametrize(
    ("printed", "folded"),
    [
        ("ＡＩＴ　工厂", "ait 工厂"),
        ("數控精密刀具", "数控精密刀具"),
        ("（２０２４）", "(2024)"),
        ("衞生", "卫生"),
        ("靑潯縣鄕長", "青浔县乡长"),
        ("İstanbul", "İstanbul"),
        ("𠮷野", "𠮷野"),
        ("\U0002f804", "你"),
        ("\ud800", "\ud800"),
    ],
    ids=[
        "width",
        "traditional",
        "brackets",
        "Hong Kong",
        "old forms",
        "longer",
        "plane 2",
        "compat",
        "surrogate",
    ],
)
def test_folds_as_documented(printed: str, folded: str) -> None:
    assert terms.fold(printed) == folded


@given(st.text() | st.text("說著名乾隆衞生夥后後於a\ud800"))
def test_simplifying_keeps_length(text: str) -> None:
    assert len(terms.simplified(text)) == len(text)


@pytest.mark.parametrize("text", ["著名作家在皇后大街瞭望", "乾隆", "於是", "abc"])
def test_what_simplified_texts_print_too_is_left_alone(text: str) -> None:
    assert terms.simplified(text) is text


@given(st.text())
def test_characters_sit_on_the_printed_text(text: str) -> None:
    found = terms.characters(text)
    folded = terms.fold(text)
    assert [folded[i] for i in found.offsets] == list(found.text)
    assert found.text.isalnum() or not found.text


@given(
    st.lists(
        st.text() | st.text("江城大学生ＡＩab12_，。 \u3000·・—王娴數々\0\n\ud800")
    )
)
def test_texts_cut_together_give_the_same_terms(texts: list[str]) -> None:
    cut = terms.cut_together(texts)
    words = [cut.vocabulary[number] for number in cut.words.tolist()]
    held = [words[a:b] for a, b in pairwise([0, *cut.word_ends.tolist()])]
    assert held == [[t.text for t in terms.index_terms(text)] for text in texts]
    printed = "".join(map(chr, cut.characters.tolist()))
    found = [printed[a:b] for a, b in pairwise([0, *cut.character_ends.tolist()])]
    assert found == [f"{terms.characters(text).text}\0" for text in texts]


@given(st.text(alphabet="江城大学生ＡＩab12，。 \u3000—王娴"))
def test_words_cover_every_searchable_character_once(text: str) -> None:
    words = terms.index_terms(text)
    assert "".join(word.text for word in words) == terms.characters(text).text
    assert all(terms.fold(text)[w.start : w.end] == w.text for w in words)


def test_letters_and_digits_are_one_word_and_end_at_han() -> None:
    words = [word.text for word in terms.index_terms("C60创新走廊第3期")]
    assert words == ["c60", "创新", "走廊", "第", "3", "期"]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("互联网医院", ["互联网", "医院"]),
        ("袁和", ["袁和"]),
        ("沈清和的产业链", ["沈清和", "产业链"]),
        ("兰钧的建议", ["兰钧", "建议"]),
        ("改革的开放", ["改革", "开放"]),
        ("和", ["和"]),
        ("𠮷野家", ["𠮷野家"]),
        ("ＡＩ工厂", ["ai", "工厂"]),
        ("……", []),
    ],
)
def test_query_terms(typed: str, wanted: list[str]) -> None:
    assert [term.text for term in terms.query_terms(typed)] == wanted


def test_a_name_that_the_dictionary_cuts_apart_stays_whole() -> None:
    assert [term.text for term in terms.query_terms("文江南")] == ["文江南"]


def test_only_letters_and_digits_match_as_whole_words() -> None:
    assert [term.whole_word for term in terms.query_terms("AI工厂")] == [True, False]


def test_rjieba_and_jieba_cut_alike(prose: str) -> None:
    pytest.importorskip("rjieba")
    slow, fast = terms.jieba_cutter(), terms.rust_cutter()
    runs = [run for run in prose.split() if run]
    assert [slow(run) for run in runs] == [fast(run) for run in runs]


def test_jieba_loads_no_cache_from_the_shared_temporary_folder(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    planted = f"{tmp_path}/jieba.cache"
    with open(planted, "wb") as file:
        file.write(b"not a cache")
    assert terms.jieba_cutter()("互联网医院") == ["互联网", "医院"]


@pytest.mark.parametrize("dot", "·・•‧\u3099\ufadf")
def test_what_is_not_searchable_is_not_looked_for(dot: str) -> None:
    wanted = terms.query_terms(f"阿卜杜勒{dot}拉赫曼")
    printed = terms.characters(f"阿卜杜勒{dot}拉赫曼").text
    assert wanted
    assert all(term.text in printed for term in wanted)


@pytest.mark.parametrize(
    ("typed", "wanted", "numbers"),
    [
        ("2024-12-25", "20241225", ("2024", "12", "25")),
        ("第7届", "第7届", ("7",)),
        ("1月1日", "1月1日", ("1",)),
        ("AC-130", "ac130", ("ac", "130")),
    ],
)
def test_a_figure_is_one_term(
    typed: str, wanted: str, numbers: tuple[str, ...]
) -> None:
    assert terms.query_terms(typed) == (QueryTerm(wanted, numbers=numbers),)


@pytest.mark.parametrize("typed", ["2024", "15路公交", "C60科创走廊", "七届", "A-B"])
def test_what_is_no_figure(typed: str) -> None:
    assert not any(term.numbers for term in terms.query_terms(typed))
