"""What is offered while a reader types."""

from pathlib import Path

import pytest

from indexer.search import Suggestion
from indexer.suggest import Entry, Suggestions, keyed, write_suggestions

ENTRIES = (
    Entry("沈云舟", "person", 3, 739_000),
    Entry("沈一鸣", "person", 5, 739_000),
    Entry("沈雨竹", "person", 3, 739_100),
    Entry("覃海", "person", 1, 739_000),
    Entry("努尔·买买提", "person", 1, 0),
    Entry("深度", "section", 40, 739_000),
    Entry("沈水大桥通车", "headline", 1, 739_000),
    Entry("重修古桥", "headline", 1, 739_200),
)


@pytest.fixture(scope="module")
def offers(tmp_path_factory: pytest.TempPathFactory) -> Suggestions:
    path = tmp_path_factory.mktemp("offers") / "suggest.arrays"
    kinds = dict.fromkeys(entry.kind for entry in reversed(ENTRIES))
    write_suggestions(
        path, [keyed(kind, [e for e in ENTRIES if e.kind == kind]) for kind in kinds]
    )
    return Suggestions(path)


def texts(offers: Suggestions, typed: str) -> list[str]:
    return [offered.text for offered in offers.offered(typed, 10)]


def test_people_come_first_by_units_and_then_by_day(offers: Suggestions) -> None:
    assert texts(offers, "沈") == ["沈一鸣", "沈雨竹", "沈云舟", "沈水大桥通车"]


@pytest.mark.parametrize(
    "typed", ["shenyunzhou", "shen yun zhou", "Shen'yunz", "shenyun", "ｓｈｅｎｙｕｎ"]
)
def test_pinyin_finds_names_however_it_is_spaced(
    offers: Suggestions, typed: str
) -> None:
    assert texts(offers, typed) == ["沈云舟"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("沈y", ["沈一鸣", "沈雨竹", "沈云舟"]),
        ("沈yz", ["沈雨竹", "沈云舟"]),
        ("沈yunz", ["沈云舟"]),
        ("沈云z", ["沈云舟"]),
        ("shenyz", ["沈雨竹", "沈云舟"]),
        ("覃h", ["覃海"]),
        ("努尔mm", ["努尔·买买提"]),
        ("重修gu", ["重修古桥"]),
        ("沈qx", []),
        ("shenqx", []),
    ],
)
def test_what_is_typed_in_part_as_written_finds_it(
    offers: Suggestions, typed: str, found: list[str]
) -> None:
    assert texts(offers, typed) == found


def test_initials_find_names(offers: Suggestions) -> None:
    assert texts(offers, "syz") == ["沈雨竹", "沈云舟"]
    assert texts(offers, "nemmt") == ["努尔·买买提"]


@pytest.mark.parametrize("typed", ["qinh", "tanh", "th", "覃"])
def test_a_surname_is_found_by_each_of_its_readings(
    offers: Suggestions, typed: str
) -> None:
    assert "覃海" in texts(offers, typed)


def test_headlines_are_read_as_words(offers: Suggestions) -> None:
    assert texts(offers, "chongxiu") == ["重修古桥"]
    assert texts(offers, "zhongxiu") == []


def test_no_more_are_offered_than_asked_for(offers: Suggestions) -> None:
    assert offers.offered("s", 1) == (Suggestion("沈一鸣", "person", 5),)
    assert offers.offered("s", 0) == offers.offered(" 、", 9) == ()


def test_a_section_is_asked_for_as_a_field(offers: Suggestions) -> None:
    assert [offer.query for offer in offers.offered("深", 10)] == ["版名：深度"]


def test_people_are_found_by_their_whole_reading(offers: Suggestions) -> None:
    assert offers.read_as("shen yun zhou") == ("沈云舟",)
    assert offers.read_as("syz") == ("沈雨竹", "沈云舟")
    assert offers.read_as("shenyun") == offers.read_as("沈") == ()


def test_headlines_are_found_by_how_their_reading_begins(offers: Suggestions) -> None:
    assert offers.read_as("chongxiu") == ("重修古桥",)
    assert offers.read_as("cho") == ()


def test_an_index_without_text_offers_nothing(tmp_path: Path) -> None:
    write_suggestions(tmp_path / "none", ())
    assert Suggestions(tmp_path / "none").offered("a", 10) == ()


def test_people_are_listed_by_beginning_and_page(offers: Suggestions) -> None:
    def named(typed: str, limit: int = 10, offset: int = 0) -> tuple[int, list[str]]:
        found = offers.people(typed, limit, offset)
        return found.total, [each.value for each in found.people]

    assert named("", 2) == (5, ["沈一鸣", "沈雨竹"])
    assert named("", 9, 3)[1] == ["覃海", "努尔·买买提"]
    assert named("沈", 1, 1) == (3, ["沈雨竹"])
    assert named("q") == named("t") == (1, ["覃海"])
    assert named("zz") == (0, [])
