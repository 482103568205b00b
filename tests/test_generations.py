"""Publishing: whole or not at all, checked, locked, collected."""

import errno
import json
import multiprocessing
from pathlib import Path

import pytest

from indexer import generations
from indexer.errors import (
    BaosouError,
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    IndexOfOtherVersion,
)
from indexer.generations import Generation

FINGERPRINT = {"schema": "1"}


def publish(index: Path, text: str, base: Generation | None = None) -> Generation:
    with generations.writing(index), generations.building(index, base) as folder:
        (folder / "postings").unlink(missing_ok=True)
        (folder / "postings").write_text(text)
        return generations.publish(
            index, folder, documents=1, fingerprint=FINGERPRINT, check=lambda _: None
        )


def current_text(index: Path) -> str:
    generation = generations.open_current(index, FINGERPRINT)
    return (generation.folder / "postings").read_text()


def publish_and_fail(index: Path) -> None:
    with generations.writing(index), generations.building(index) as folder:
        (folder / "postings").write_text("half")
        raise RuntimeError


def folders(index: Path) -> list[str]:
    return sorted(path.name for path in index.iterdir() if path.is_dir())


def test_what_is_published_is_current(tmp_path: Path) -> None:
    publish(tmp_path, "one")
    publish(tmp_path, "two")
    assert current_text(tmp_path) == "two"


def test_the_generation_before_is_kept_and_older_ones_collected(tmp_path: Path) -> None:
    names = [publish(tmp_path, str(n)).manifest.generation for n in range(4)]
    assert folders(tmp_path) == sorted(names[2:])


def test_a_build_that_fails_leaves_nothing_and_the_old_one_current(
    tmp_path: Path,
) -> None:
    publish(tmp_path, "old")
    before = folders(tmp_path)
    with pytest.raises(RuntimeError):
        publish_and_fail(tmp_path)
    assert folders(tmp_path) == before
    assert current_text(tmp_path) == "old"


def test_a_build_that_is_refused_is_not_published(tmp_path: Path) -> None:
    def refuse(_: Path) -> None:
        raise IndexDamaged("缺一篇", "one is missing")

    with (
        pytest.raises(IndexDamaged),
        generations.writing(tmp_path),
        generations.building(tmp_path) as folder,
    ):
        generations.publish(
            tmp_path, folder, documents=1, fingerprint=FINGERPRINT, check=refuse
        )
    with pytest.raises(IndexMissing):
        generations.read_pointer(tmp_path)


def test_a_disk_that_fails_once_all_is_published_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = generations._sync_folder

    def failing(folder: Path) -> None:
        if (tmp_path / generations.CURRENT).exists():
            raise OSError(errno.EIO, "Input/output error")
        sync(folder)

    monkeypatch.setattr(generations, "_sync_folder", failing)
    with pytest.raises(BaosouError, match="新的索引已经启用"):
        publish(tmp_path, "new")
    assert current_text(tmp_path) == "new"


def test_leftovers_of_a_killed_writer_are_collected(tmp_path: Path) -> None:
    publish(tmp_path, "old")
    (tmp_path / "20240101T000000Z-abcdef.building").mkdir()
    (tmp_path / "20240101T000000Z-abcdef").mkdir()
    (tmp_path / "CURRENT.building").write_text("{")
    with generations.writing(tmp_path):
        pass
    assert len(folders(tmp_path)) == 1
    assert not (tmp_path / "CURRENT.building").exists()


def test_a_base_is_shared_and_never_changed(tmp_path: Path) -> None:
    old = publish(tmp_path, "old")
    publish(tmp_path, "new", old)
    assert (old.folder / "postings").read_text() == "old"


def test_no_index_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="baosou index"):
        generations.open_current(tmp_path / "none", FINGERPRINT)


def test_an_index_of_another_version_is_told(tmp_path: Path) -> None:
    publish(tmp_path, "one")
    with pytest.raises(IndexOfOtherVersion, match="--full"):
        generations.open_current(tmp_path, {"schema": "2"})


@pytest.mark.parametrize(
    "damage", ["flip", "truncate", "remove", "manifest", "pointer"]
)
def test_damage_is_noticed(tmp_path: Path, damage: str) -> None:
    generation = publish(tmp_path, "postings of a page")
    postings = generation.folder / "postings"
    match damage:
        case "flip":
            postings.write_text("postings of a pagf")
        case "truncate":
            postings.write_text("postings")
        case "remove":
            postings.unlink()
        case "manifest":
            path = generation.folder / generations.MANIFEST
            path.write_text(
                json.dumps({**json.loads(path.read_text()), "documents": 2})
            )
        case "pointer":
            (tmp_path / generations.CURRENT).write_text("{")
    with pytest.raises(IndexDamaged, match="--full"):
        generations.open_current(tmp_path, FINGERPRINT)


def test_a_damaged_pointer_does_not_cost_the_generations(tmp_path: Path) -> None:
    publish(tmp_path, "one")
    (tmp_path / generations.CURRENT).write_text("{")
    with generations.writing(tmp_path):
        pass
    assert len(folders(tmp_path)) == 1


def hold(index: Path, held: "multiprocessing.synchronize.Event") -> None:
    with generations.writing(index):
        held.set()
        multiprocessing.Event().wait(60)


def test_a_second_writer_is_told_and_a_killed_one_holds_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    held = context.Event()
    writer = context.Process(target=hold, args=(tmp_path, held))
    writer.start()
    assert held.wait(30)
    with pytest.raises(IndexLocked), generations.writing(tmp_path):
        pass
    writer.kill()
    writer.join()
    with generations.writing(tmp_path):
        pass
