"""An index run that is killed, at whatever moment, leaves the generation before or the
new one, whole; the next run needs no help and clears away what was left."""

import json
import multiprocessing
import os
import random
import shutil
import sys
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess as Process
from pathlib import Path

import pytest

from indexer import SearchRequest, open_engine
from indexer.commands import cli, run

if sys.platform == "win32":
    pytest.skip("kill -9 is not of this system", allow_module_level=True)

UNITS, MANY_UNITS = 150, 1500


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return tmp_path / "corpus"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


def write_edition(corpus: Path, edition: str, units: int = UNITS) -> None:
    """The same units in another edition: every one of them changes."""
    corpus.mkdir(exist_ok=True)
    body = f"青禾县新桥今日通车，两岸居民往来更加方便。本文为{edition}。"
    lines = (
        json.dumps({"id": f"n:{n}", "title": edition, "body": body * 3 + f"第{n}篇"})
        for n in range(units)
    )
    (corpus / "news.jsonl").write_text("\n".join(lines), "utf-8")


def start(corpus: Path, index: Path, *options: str) -> Process:
    """An index run in a process of its own, which has imported everything already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["indexer.commands"])
    arguments = ["index", str(corpus), "--index", str(index), "--jobs", "1", *options]
    process = context.Process(target=run_command, args=(arguments,))
    process.start()
    return process


def run_command(arguments: list[str]) -> None:
    sys.exit(run(cli, "baosou", arguments))


def finish(process: Process) -> float:
    """Let a run end by itself; the seconds it took."""
    began = time.monotonic()
    process.join(timeout=60)
    assert process.exitcode == 0
    return time.monotonic() - began


def kill(process: Process, after: float) -> None:
    time.sleep(after)
    process.kill()
    process.join()


def editions(index: Path, units: int = UNITS) -> set[str]:
    """The editions that the index holds, which must hold every unit of one."""
    with open_engine(index) as engine:
        found = {
            edition: engine.search(SearchRequest(edition, limit=0)).total
            for edition in ("甲版", "乙版")
        }
    assert sum(found.values()) == units
    return {edition for edition, total in found.items() if total}


def assert_tidy(index: Path) -> None:
    """At most two generations, the pointer and the lock; nothing else."""
    folders = [path for path in index.iterdir() if path.is_dir()]
    files = {path.name for path in index.iterdir() if path.is_file()}
    assert 1 <= len(folders) <= 2
    assert all((folder / "MANIFEST.json").exists() for folder in folders)
    assert files <= {"CURRENT", "LOCK"}


def survive_kills(corpus: Path, index: Path, *, rounds: int, units: int) -> None:
    write_edition(corpus, "甲版", units)
    usual = finish(start(corpus, index))
    moments = random.Random(rounds)
    for number in range(rounds):
        write_edition(corpus, "甲版" if number % 2 else "乙版", units)
        process = start(corpus, index, *(["--full"] if number % 3 == 0 else []))
        kill(process, after=moments.uniform(0, 1.1 * usual))
        assert len(editions(index, units)) == 1
    write_edition(corpus, "乙版", units)
    finish(start(corpus, index))
    assert editions(index, units) == {"乙版"}
    assert_tidy(index)


def test_killed_at_any_moment(corpus: Path, index: Path) -> None:
    survive_kills(corpus, index, rounds=10, units=UNITS)


@pytest.mark.long
def test_killed_at_a_hundred_moments(corpus: Path, index: Path) -> None:
    survive_kills(corpus, index, rounds=100, units=MANY_UNITS)


def index_now(corpus: Path, index: Path) -> None:
    assert run(cli, "baosou", ["index", str(corpus), "--index", str(index)]) == 0


def test_a_first_run_that_is_killed_leaves_none_and_the_next_succeeds(
    corpus: Path, index: Path
) -> None:
    write_edition(corpus, "甲版")
    kill(start(corpus, index), after=0.3)
    index_now(corpus, index)
    assert editions(index) == {"甲版"}
    assert_tidy(index)


def unfinished_build(index: Path) -> None:
    (index / "20240101T000000Z-abcdef.building").mkdir()
    (index / "20240101T000000Z-abcdef.building" / "s1.docs").write_bytes(b"half")


def unpublished_generation(index: Path) -> None:
    generation = next(path for path in index.iterdir() if path.is_dir())
    shutil.copytree(generation, index / "20240101T000000Z-abcdef")


def unmoved_pointer(index: Path) -> None:
    (index / "CURRENT.building").write_bytes(b"")


def empty_pointer(index: Path) -> None:
    (index / "CURRENT").write_bytes(b"")


def lost_file(index: Path) -> None:
    next(index.glob("*/*.docs")).unlink()


def cut_file(index: Path) -> None:
    path = next(index.glob("*/*.docs"))
    aside = path.with_suffix(".aside")
    aside.write_bytes(path.read_bytes()[:100])
    os.replace(aside, path)


@pytest.mark.parametrize(
    "leave",
    [
        unfinished_build,
        unpublished_generation,
        unmoved_pointer,
        empty_pointer,
        lost_file,
        cut_file,
    ],
)
def test_the_next_run_mends_what_a_power_cut_left(
    corpus: Path, index: Path, leave: Callable[[Path], None]
) -> None:
    write_edition(corpus, "甲版")
    index_now(corpus, index)
    leave(index)
    write_edition(corpus, "乙版")
    index_now(corpus, index)
    assert editions(index) == {"乙版"}
    assert_tidy(index)
