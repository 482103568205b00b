"""A rebuild is one stream from corpus to engine: the same for any number of jobs,
incremental by content, and all or nothing."""

import json
import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from indexer.archive import Article, Unit
from indexer.corpus import InputNotice
from indexer.documents import Document, decode
from indexer.errors import BaosouError, CorpusEmpty, CorpusMissing, InputRefused
from indexer.rebuild import Event, Progress, RebuildReport, rebuild
from indexer.search import (
    Holdings,
    IndexStatus,
    People,
    SearchRequest,
    SearchResponse,
    Suggestion,
    UpdateReport,
)
from indexer.splitting import Split, read_units


class Shelf:
    """An engine that keeps its documents in a dictionary and can't search."""

    def __init__(self, *, fail_after: int | None = None) -> None:
        self.documents: dict[str, Document] = {}
        self.written = 0
        self.fail_after = fail_after

    def update(self, documents: Iterable[Document]) -> UpdateReport:
        before, after = self.documents, dict(self._taken(documents))
        digests = {id: document.digest for id, document in after.items()}
        same = {id for id in before if digests.get(id) == before[id].digest}
        kept = before.keys() & after.keys()
        self.documents, self.written = after, self.written + 1
        return UpdateReport(
            str(self.written),
            added=len(after) - len(kept),
            changed=len(kept) - len(same),
            removed=len(before) - len(kept),
            unchanged=len(same),
        )

    def replace(self, documents: Iterable[Document]) -> UpdateReport:
        taken = dict(self._taken(documents))
        self.documents = {}
        return self.update(taken.values())

    def _taken(self, documents: Iterable[Document]) -> Iterator[tuple[str, Document]]:
        for number, document in enumerate(documents):
            if number == self.fail_after:
                raise OSError("disk full")
            yield document.id, document

    def get(self, id: str) -> Unit | None:
        return decode(self.documents[id].stored) if id in self.documents else None

    def search(
        self, request: SearchRequest, *, seconds: float | None = None
    ) -> SearchResponse:
        raise NotImplementedError

    def batches(self, request: SearchRequest) -> Iterator[SearchResponse]:
        raise NotImplementedError

    def suggest(self, text: str, limit: int = 10) -> tuple[Suggestion, ...]:
        raise NotImplementedError

    def alike(self, text: str, *, limit: int = 10) -> Iterator[Article]:
        raise NotImplementedError

    def generation(self) -> str | None:
        raise NotImplementedError

    def holdings(self, *, limit: int, offset: int = 0) -> Holdings:
        raise NotImplementedError

    def people(self, text: str = "", *, limit: int = 50, offset: int = 0) -> People:
        raise NotImplementedError

    def status(self) -> IndexStatus:
        raise NotImplementedError

    def close(self) -> None:
        self.documents = {}


def line(id: str, **fields: object) -> str:
    record = {"id": id, "title": "新桥通车", "body": "青禾县新桥今日通车。", **fields}
    return json.dumps(record, ensure_ascii=False) + "\n"


def write(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def large(root: Path) -> None:
    """A corpus that is worth worker processes: 5 MB, with a few bad lines in it."""
    body = "青禾县新桥今日通车，两岸居民往来更加方便。" * 40
    for name in ("a", "b"):
        lines = [line(f"{name}{n}", body=body + str(n)) for n in range(1000)]
        lines[500] = "{\n"
        write(root, f"{name}.jsonl", "".join(lines))
    write(root, "c.jsonl", line("a7") + line("last"))


def changes(report: RebuildReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.removed, report.unchanged


def test_a_rebuild_counts_what_it_read(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", line("1") + line("2", kind="ad") + "{\n" + line("3"))
    report = rebuild(tmp_path, Shelf())
    assert (report.files, report.units) == (1, 3)
    counted = [(kind.value, kind.count) for kind in report.kinds]
    assert counted == [("article", 2), ("ad", 1)]
    assert [refused.line for refused in report.refused] == [3]
    assert report.seconds >= 0


def test_only_what_differs_is_changed(tmp_path: Path) -> None:
    shelf = Shelf()
    write(tmp_path, "a.jsonl", line("same") + line("edited") + line("gone"))
    assert changes(rebuild(tmp_path, shelf)) == (3, 0, 0, 0)
    write(tmp_path, "a.jsonl", line("same") + line("edited", page=2) + line("new"))
    assert changes(rebuild(tmp_path, shelf)) == (1, 1, 1, 1)
    assert changes(rebuild(tmp_path, shelf)) == (0, 0, 0, 3)


def test_a_full_rebuild_starts_anew(tmp_path: Path) -> None:
    shelf = Shelf()
    write(tmp_path, "a.jsonl", line("1"))
    rebuild(tmp_path, shelf)
    assert changes(rebuild(tmp_path, shelf, full=True)) == (1, 0, 0, 0)


def test_the_first_of_two_equal_ids_wins(tmp_path: Path) -> None:
    shelf = Shelf()
    write(tmp_path, "a.jsonl", line("1", title="先"))
    write(tmp_path, "b.jsonl", line("2") + line("1", title="后"))
    report = rebuild(tmp_path, shelf)
    (refused,) = report.refused
    assert (Path(refused.path).name, refused.line) == ("b.jsonl", 2)
    assert "a.jsonl" in refused.reason.zh
    assert shelf.documents["1"].title == "先"
    assert report.units == 2


def test_the_second_of_two_equal_pages_is_refused_whole(tmp_path: Path) -> None:
    shelf = Shelf()
    page = "新桥今日通车\n\n　　青禾县新桥今日通车，两岸居民往来更加方便。\n"
    write(tmp_path, "1/qinghe/2024-12-25/01.txt", page)
    write(tmp_path, "2/qinghe/2024-12-25/01.txt", page * 2)
    report = rebuild(tmp_path, shelf)
    assert [Path(refused.path).parts[-4] for refused in report.refused] == ["2"]
    assert len(shelf.documents) == report.units


def test_every_event_is_told_in_order(tmp_path: Path) -> None:
    size = write(tmp_path, "a.jsonl", line("1") + "{\n").stat().st_size
    write(tmp_path, "photo.png", "")
    events: list[Event] = []
    rebuild(tmp_path, Shelf(), progress=events.append)
    kinds = [type(event) for event in events]
    assert kinds == [InputNotice, InputRefused, Progress]
    assert events[-1] == Progress(size, size)


def test_nothing_is_published_when_nothing_could_be_read(tmp_path: Path) -> None:
    shelf = Shelf()
    write(tmp_path, "a.jsonl", "{\n{\n")
    with pytest.raises(BaosouError, match="没有一篇能读入"):
        rebuild(tmp_path, shelf)
    assert shelf.written == 0


@pytest.mark.parametrize(("name", "error"), [("", CorpusEmpty), ("no", CorpusMissing)])
def test_no_corpus_publishes_nothing(
    tmp_path: Path, name: str, error: type[BaosouError]
) -> None:
    shelf = Shelf()
    with pytest.raises(error):
        rebuild(tmp_path / name, shelf, full=True)
    assert shelf.written == 0


def taken_of(document: Document) -> tuple[Document, bytes, list[str], bytes]:
    """A document with what an index takes of its text."""
    assert document.cuts is not None
    cuts = document.cuts.of([document.place])
    words = [cuts.vocabulary[number] for number in cuts.words.tolist()]
    alone = replace(document, cuts=None, place=0)
    return alone, cuts.zones, words, cuts.characters.tobytes()


@pytest.mark.long
def test_any_number_of_jobs_gives_the_same(tmp_path: Path) -> None:
    large(tmp_path)
    one, three = Shelf(), Shelf()
    alone, spread = rebuild(tmp_path, one), rebuild(tmp_path, three, jobs=3)
    assert list(map(taken_of, one.documents.values())) == list(
        map(taken_of, three.documents.values())
    )
    assert [str(r) for r in alone.refused] == [str(r) for r in spread.refused]
    assert len(alone.refused) == 3
    assert alone.kinds == spread.kinds
    assert alone.files == spread.files == 3


@pytest.mark.long
@pytest.mark.parametrize("threads", [0, 1], ids=["forked", "spawned"])
def test_workers_read_the_same_however_they_start(tmp_path: Path, threads: int) -> None:
    large(tmp_path)
    alone, spread, ended = Shelf(), Shelf(), threading.Event()
    beside = [threading.Thread(target=ended.wait) for _ in range(threads)]
    for thread in beside:
        thread.start()
    try:
        rebuild(tmp_path, spread, jobs=2)
    finally:
        ended.set()
        for thread in beside:
            thread.join()
    rebuild(tmp_path, alone)
    assert list(map(taken_of, spread.documents.values())) == list(
        map(taken_of, alone.documents.values())
    )


def test_a_dead_worker_is_an_error_and_never_a_loss(tmp_path: Path) -> None:
    large(tmp_path)
    shelf = Shelf()

    def kill_the_workers(event: Event) -> None:
        for worker in multiprocessing.active_children():
            worker.kill()

    with pytest.raises(BaosouError, match="意外退出"):
        rebuild(tmp_path, shelf, jobs=2, progress=kill_the_workers)
    assert shelf.written == 0


def test_an_engine_error_ends_the_workers(tmp_path: Path) -> None:
    large(tmp_path)
    with pytest.raises(OSError, match="disk full"):
        rebuild(tmp_path, Shelf(fail_after=100), jobs=2)


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    large(tmp_path)
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from indexer.rebuild import rebuild\n"
        "from tests.test_rebuild import Shelf\n"
        "if __name__ == '__main__':\n"
        "    def wait(event):\n"
        "        print('reading', flush=True)\n"
        "        time.sleep(60)\n"
        "    rebuild(Path(sys.argv[1]), Shelf(), jobs=2, progress=wait)\n"
    )
    script = write(tmp_path / ".code", "run.py", code)
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.Popen(
        [sys.executable, script, tmp_path], stdout=subprocess.PIPE, env=environ
    )
    assert run.stdout is not None
    assert run.stdout.readline() == b"reading\n"
    run.kill()
    run.wait()
    # The pipe closes when the last process that holds it has ended.
    assert run.stdout.read() == b""
    run.stdout.close()


def test_a_page_that_the_rules_choke_on_is_refused_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def choke(page: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("indexer.pages.split", choke)
    write(tmp_path, "a.jsonl", line("1"))
    write(tmp_path, "qinghe/2024-12-25/01.txt", "新桥通车")
    (refused,) = rebuild(tmp_path, Shelf()).refused
    assert "RecursionError" in refused.reason.en


def test_units_are_read_without_an_engine(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", line("1") + "{\n")
    article, refused = read_units(tmp_path)
    assert isinstance(article, Split)
    assert [unit.id for unit in article.units] == ["1"]
    assert isinstance(refused, InputRefused)


def test_a_loose_page_has_neither_paper_nor_date(tmp_path: Path) -> None:
    page = "新桥今日通车\n\n　　青禾县新桥今日通车，两岸居民往来更加方便。\n"
    path = write(tmp_path, "loose/scan.txt", page)
    (split,) = read_units(path, undated=True)
    assert isinstance(split, Split)
    assert [unit.id for unit in split.units] == ["scan.1"]
    assert [(unit.paper, unit.date) for unit in split.units] == [(None, None)]
    assert "no-place" in [warning.code for warning in split.units[0].warnings]
