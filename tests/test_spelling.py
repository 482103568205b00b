"""What was meant by a word that finds nothing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.spelling import Mistake, Spelling, Word, write_spelling

WORDS = (
    Word("龚云舟", 4, is_name=True),
    Word("龚云丹", 2, is_name=True),
    Word("覃海", 2, is_name=True),
    Word("产业链", 30),
    Word("未来", 60),
    Word("人工智能", 50),
    Word("c60", 3),
)


@pytest.fixture(scope="module")
def spelling(tmp_path_factory: pytest.TempPathFactory) -> Spelling:
    path = tmp_path_factory.mktemp("words") / "spelling.arrays"
    write_spelling(path, WORDS)
    return Spelling(path)


def meant_by(spelling: Spelling, typed: str) -> tuple[str, ...]:
    return tuple(near.word for near in spelling.near(typed))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("龚云洲", "龚云舟", id="homophone"),
        pytest.param("公芸周", "龚云舟", id="all homophones"),
        pytest.param("末来", "未来", id="look-alike"),
        pytest.param("龚云", "龚云舟", id="left out"),
        pytest.param("产业业链", "产业链", id="added"),
        pytest.param("产链业", "产业链", id="swapped"),
        pytest.param("来未", "未来", id="swapped of two"),
        pytest.param("人工只能", "人工智能", id="homophone in a long word"),
        pytest.param("G60", "c60", id="letters"),
        pytest.param("C6O", "c60", id="letter for digit"),
        pytest.param("秦海", "覃海", id="a surname's reading"),
        pytest.param("谈海", "覃海", id="its other reading"),
        pytest.param("產業链条", "产业链", id="traditional"),
    ],
)
def test_the_nearest_word_is_meant(spelling: Spelling, typed: str, meant: str) -> None:
    assert meant_by(spelling, typed)[0] == meant


def test_what_is_right_is_not_corrected_to_itself(spelling: Spelling) -> None:
    assert "未来" not in meant_by(spelling, "未来")


def test_words_are_known_in_any_writing(spelling: Spelling) -> None:
    assert all(spelling.knows(word.text) for word in WORDS)
    assert spelling.knows("產業鏈")
    assert not any(map(spelling.knows, ("", "产业", "产链业", "龚云", "云舟", "海")))


@pytest.mark.parametrize(
    ("typed", "word", "mistake"),
    [
        ("龚云洲", "龚云舟", Mistake.SLIP),
        ("龚舟云", "龚云舟", Mistake.SLIP),
        ("末来", "未来", Mistake.SLIP),
        ("工智能", "人工智能", Mistake.LEFT_OUT),
        ("龚云仲", "龚云舟", Mistake.FAR),
        ("龙云舟", "龚云舟", Mistake.SLIP),
        ("产业年", "产业链", Mistake.LOOSE),
        ("龚龚云舟", "龚云舟", Mistake.FAR),
    ],
)
def test_a_mistake_is_a_slip_or_further(
    spelling: Spelling, typed: str, word: str, mistake: Mistake
) -> None:
    assert dict(spelling.near(typed))[word] == mistake


@pytest.mark.parametrize("typed", ["", "海", "完全不同的词", "一" * 40])
def test_what_is_near_to_nothing_means_nothing(spelling: Spelling, typed: str) -> None:
    assert meant_by(spelling, typed) == ()


@given(word=st.sampled_from([w.text for w in WORDS]), place=st.integers(0, 9))
def test_any_one_wrong_character_is_found(
    spelling: Spelling, word: str, place: int
) -> None:
    place %= len(word)
    typed = word[:place] + "囍" + word[place + 1 :]
    assert word in meant_by(spelling, typed)


def test_no_words_mean_nothing(tmp_path: Path) -> None:
    write_spelling(tmp_path / "none", ())
    assert meant_by(Spelling(tmp_path / "none"), "龚云舟") == ()
