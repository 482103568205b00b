"""Rebuilding through the admin API: the shell's own command, one at a time."""

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from indexer import Settings, open_engine
from search_web import create_app
from search_web.reindex import RebuildRunning, Reindexer

REINDEX = "/api/v1/admin/reindex"
TOKEN = {"Authorization": "Bearer geheim"}
PAGE = "云浦大桥通车\n\n本报讯（记者/章一鸣）大桥昨日通车，两岸居民步行过桥。\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = tmp_path / "corpus" / "yunpu" / "2024-12-25"
    folder.mkdir(parents=True)
    (folder / "01.txt").write_text(PAGE, "utf-8")
    return Settings(tmp_path / "index", tmp_path / "corpus", admin_token="geheim")


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


def ended(reindexer: Reindexer) -> str:
    for _ in range(600):
        state = reindexer.latest().state
        if state != "running":
            return state
        time.sleep(0.05)
    return "running"


def test_a_rebuild_runs_for_real_and_only_one_at_a_time(
    settings: Settings, runs: Path
) -> None:
    app = create_app(
        settings, lambda: open_engine(settings.index), runs=runs, papers={}
    )
    with TestClient(app) as site:
        assert site.get("/readyz").status_code == 503
        started = site.post(f"{REINDEX}?full=true", headers=TOKEN)
        assert (started.status_code, started.json()["state"]) == (202, "running")
        assert site.post(REINDEX, headers=TOKEN).status_code == 409
        run = _until_ended(site)
        assert (run["state"], run["exit_code"], run["full"]) == ("done", 0, True)
        assert run["report"]["added"] == 1
        assert run["progress"]["done"] == run["progress"]["total"]
        assert site.get("/readyz").status_code == 200
        assert site.get("/api/v1/search?q=通车").json()["total"] == 1


def test_a_run_that_fails_says_why(settings: Settings, runs: Path) -> None:
    settings.corpus.rename(settings.corpus.with_name("moved"))
    reindexer = Reindexer(settings, runs)
    reindexer.start(full=False)
    assert ended(reindexer) == "failed"
    run = reindexer.latest()
    assert run.exit_code == 2
    assert run.message
    assert str(settings.corpus) in run.message.zh


def test_every_worker_tells_the_same(settings: Settings, runs: Path) -> None:
    one, other = Reindexer(settings, runs), Reindexer(settings, runs)
    one.start(full=False)
    assert other.latest().state == "running"
    with pytest.raises(RebuildRunning):
        other.start(full=False)
    one.close()
    assert other.latest().state == "failed"
    assert other.latest().exit_code not in (0, 1)


def test_a_run_whose_worker_died_is_interrupted(settings: Settings, runs: Path) -> None:
    reindexer = Reindexer(settings, runs)
    reindexer.start(full=False)
    reindexer.close()
    note = runs / "note"
    begun = note.read_bytes().replace(b'"exit_code":-15', b'"exit_code":null')
    note.write_bytes(begun)
    assert Reindexer(settings, runs).latest().state == "interrupted"


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
def test_the_token_is_not_handed_to_the_command(
    settings: Settings, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAOSOU_ADMIN_TOKEN", "geheim")
    reindexer = Reindexer(settings, runs)
    reindexer.start(full=False)
    me = os.getpid()
    environs = []
    for pid in Path(f"/proc/{me}/task/{me}/children").read_text().split():
        with suppress(OSError):  # another test's child that has ended meanwhile
            environs.append(Path(f"/proc/{pid}/environ").read_bytes())
    reindexer.close()
    assert any(b"PYTHONUTF8=1" in environ for environ in environs)
    assert not any(b"geheim" in environ for environ in environs)


def _until_ended(site: TestClient) -> dict[str, Any]:  # Any: JSON
    for _ in range(600):
        run: dict[str, Any] = site.get(REINDEX, headers=TOKEN).json()
        if run["state"] != "running":
            return run
        time.sleep(0.05)
    raise AssertionError("the rebuild did not end")
