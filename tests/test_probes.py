"""What was put into an index is looked for in it before it is published."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from indexer import documents
from indexer.archive import Article, Caption, Quote, Roster, RosterEntry, RosterGroup
from indexer.documents import Document, cut
from indexer.errors import IndexDamaged, IndexMissing
from indexer.probes import MOST_NAMES, Probes
from indexer.whoosh_engine import open_engine
from indexer.whoosh_index import Snapshot
from indexer.whoosh_index import _batch as whole

PAGE: tuple[Article, Roster] = (
    Article(
        "p.1",
        "article",
        "大桥通车",
        "沈一鸣来到桥头。",
        reporters=("岳小川",),
        persons=("沈一鸣", "不在文中"),
        captions=(Caption("桥头", photographer="艾山·买买提"),),
    ),
    Roster("p.2", "委员名单", (RosterGroup((RosterEntry("兰钧", "兰　钧"),)),)),
)


def probes_of(*units: Article | Roster) -> Probes:
    probes = Probes()
    for document in cut([documents.of(unit) for unit in units]):
        probes.add(document)
    return probes


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    """An index of the page with another roster in place of its own."""
    other = Roster("p.2", "委员名单", (RosterGroup((RosterEntry("方芸", "方 芸"),)),))
    engine = open_engine(tmp_path, writable=True)
    report = engine.replace(documents.of(unit) for unit in (PAGE[0], other))
    return Snapshot(tmp_path / report.generation)


def test_what_is_there_passes(snapshot: Snapshot) -> None:
    probes_of(PAGE[0]).check(snapshot)


@pytest.mark.parametrize("name", ["沈一鸣", "岳小川", "艾山·买买提"])
def test_a_missed_name_is_told(snapshot: Snapshot, name: str) -> None:
    unit = Article("p.2", "article", "大桥", "桥头", reporters=(name,))
    with pytest.raises(IndexDamaged, match=name.replace("·", "")):
        probes_of(unit).check(snapshot)


def test_a_name_of_a_roster_is_told(snapshot: Snapshot) -> None:
    with pytest.raises(IndexDamaged, match="“兰钧”"):
        probes_of(*PAGE).check(snapshot)


def test_a_missed_quote_is_told(snapshot: Snapshot) -> None:
    said = Quote("p.1.q1", "direct", "来到桥头", 3, 7, "沈一鸣")
    with pytest.raises(IndexDamaged, match="来到桥头"):
        probes_of(replace(PAGE[0], quotes=(said,))).check(snapshot)


def test_what_is_kept_is_bounded() -> None:
    probes = Probes()
    persons = [f"沈{chr(0x4E00 + number)}" for number in range(2 * MOST_NAMES)]
    roster = Roster(
        "p.3", "名单", (RosterGroup(tuple(map(RosterEntry, persons, persons))),)
    )
    probes.add(*cut([documents.of(roster)]))
    assert MOST_NAMES / 4 < len(probes.names()) <= MOST_NAMES


def test_an_index_that_misses_something_is_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_text(held: list[Document]) -> object:
        empty = [documents.of(Article(d.id, "article", "空", "")) for d in held]
        return whole(cut(empty))

    monkeypatch.setattr("indexer.whoosh_index._batch", without_text)
    with pytest.raises(IndexDamaged, match="没有发布"):
        open_engine(tmp_path, writable=True).replace([documents.of(PAGE[0])])
    with pytest.raises(IndexMissing):
        open_engine(tmp_path)
