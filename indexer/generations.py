"""Complete index builds (generations) under one folder, and which of them is current.

`<index>/<generation>/` holds a build's files and a MANIFEST.json with the size and
sha256 of each; `<index>/CURRENT` names the generation and its manifest's hash, and is
replaced atomically once everything it names is on disk. A live generation is never
changed. Hides locking, fsync, checking and collecting; knows nothing of what the files
mean. Used by engines.
"""

import datetime as dt
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from filelock import FileLock, Timeout

from indexer.errors import (
    BaosouError,
    ConfigurationError,
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    IndexOfOtherVersion,
    IndexUnusable,
)

MANIFEST: Final = "MANIFEST.json"
CURRENT: Final = "CURRENT"
LOCK: Final = "LOCK"
_BUILDING: Final = ".building"
_ID: Final = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of a generation; `size` in bytes."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation consists of. `fingerprint` names the schema, dictionaries and
    libraries that wrote it; a build that differs in any can't read it."""

    generation: str
    built_at: dt.datetime
    documents: int
    fingerprint: dict[str, str]
    files: dict[str, FileEntry]


@dataclass(frozen=True, slots=True)
class Generation:
    """A checked generation and its folder."""

    folder: Path
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Pointer:
    """What CURRENT says."""

    generation: str
    manifest_sha256: str
    previous: str | None = None


def read_pointer(index: Path) -> Pointer:
    """What is current; raises IndexMissing or IndexDamaged."""
    try:
        return msgspec.json.decode((index / CURRENT).read_bytes(), type=Pointer)
    except (FileNotFoundError, NotADirectoryError):
        raise IndexMissing(
            f"{index} 里还没有索引。请先运行 baosou index。",
            f"There is no index in {index}. Run `baosou index` first.",
        ) from None
    except (OSError, msgspec.DecodeError) as error:
        raise _damaged(index / CURRENT) from error


def pointer_stamp(index: Path) -> tuple[int, ...]:
    """What differs whenever CURRENT was written anew: every search asks, for a
    twentieth of what reading it takes. Raises OSError where there is none."""
    seen = os.stat(f"{index}/{CURRENT}")  # a Path would take twice as long
    return seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


def open_current(index: Path, fingerprint: dict[str, str]) -> Generation:
    """The current generation, every file checked against its manifest.

    Raises IndexMissing, IndexOfOtherVersion or IndexDamaged.
    """
    while True:
        pointer = read_pointer(index)
        try:
            return _open(index, pointer, fingerprint)
        except IndexDamaged:
            # A writer may have published twice and collected what we were reading.
            if read_pointer(index) == pointer:
                raise


def open_standby(index: Path, fingerprint: dict[str, str]) -> Generation | None:
    """The newest generation that is whole, for when the current one is damaged.

    No pointer vouches for its manifest, so that one says which generation it is of; its
    files are checked against it all the same.
    """
    held = filter(_is_generation, index.iterdir())
    for folder in sorted(held, key=_age, reverse=True):
        with suppress(IndexUnusable, OSError):
            encoded = (folder / MANIFEST).read_bytes()
            pointer = Pointer(folder.name, hashlib.sha256(encoded).hexdigest())
            found = _open(index, pointer, fingerprint)
            if found.manifest.generation == folder.name:
                return found
    return None


@contextmanager
def writing(index: Path) -> Iterator[None]:
    """Hold the index's only write lock; raises IndexLocked when another does.

    The lock is the operating system's and goes with the process, however it ends.
    Leftovers of writers that were killed are collected first.
    """
    _make_folder(index)
    lock = FileLock(index / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise IndexLocked(
            f"另一个进程正在写 {index}。请等它结束后再试。",
            f"Another process is writing to {index}. Try again when it has finished.",
        ) from None
    try:
        _collect(index)
        yield
    finally:
        lock.release()


@contextmanager
def building(index: Path, base: Generation | None = None) -> Iterator[Path]:
    """A folder to build a generation in, holding `base`'s files when given.

    Files are shared with the base by hard link, so they may be replaced or removed but
    never written into. Unless it was published the folder is gone afterwards.
    """
    folder = index / f"{_new_id()}{_BUILDING}"
    folder.mkdir()
    try:
        if base:
            for name in base.manifest.files:
                _share(base.folder / name, folder / name)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(
    index: Path,
    folder: Path,
    *,
    documents: int,
    fingerprint: dict[str, str],
    check: Callable[[Path], None],
) -> Generation:
    """Make a finished build the current generation, durably; keep the one before.

    `check` may refuse the build in its folder by raising; it changes nothing there.
    Raises OSError when the disk refuses. The generation before is then still current;
    not where a BaosouError says that the new one is and may not outlast a power cut.
    """
    name = folder.name.removesuffix(_BUILDING)
    # Hashing files and bringing them to disk needs no interpreter lock, a check does.
    with ThreadPoolExecutor(1) as beside:
        settled = beside.submit(_settled, sorted(folder.iterdir()))
        check(folder)
        files = settled.result()
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    manifest = Manifest(name, now, documents, fingerprint, files)
    encoded = msgspec.json.format(msgspec.json.encode(manifest))
    (folder / MANIFEST).write_bytes(encoded)
    _sync(folder / MANIFEST)
    _sync_folder(folder)
    final = folder.rename(index / name)
    _sync_folder(index)
    sha256 = hashlib.sha256(encoded).hexdigest()
    _point(index, Pointer(name, sha256, _current_name(index)))
    _collect(index)
    return Generation(final, manifest)


def size_of(generation: Generation) -> int:
    """Bytes on disk."""
    return sum(entry.size for entry in generation.manifest.files.values())


def _open(index: Path, pointer: Pointer, fingerprint: dict[str, str]) -> Generation:
    folder = index / pointer.generation
    manifest = _read_manifest(folder / MANIFEST, pointer.manifest_sha256)
    if manifest.fingerprint != fingerprint:
        raise IndexOfOtherVersion(
            f"{index} 的索引由另一版本写成。请运行 baosou index --full 重建。",
            f"The index in {index} was written by another version. "
            "Run `baosou index --full` to rebuild it.",
        )
    # Hashing runs without the interpreter lock: half the time on two cores.
    with ThreadPoolExecutor(max_workers=4) as pool:
        largest = sorted(manifest.files.items(), key=lambda item: -item[1].size)
        checks = [pool.submit(_check_file, folder / n, entry) for n, entry in largest]
        for check in checks:
            check.result()
    return Generation(folder, manifest)


def _read_manifest(path: Path, sha256: str) -> Manifest:
    try:
        encoded = path.read_bytes()
        if hashlib.sha256(encoded).hexdigest() != sha256:
            raise _damaged(path)
        return msgspec.json.decode(encoded, type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise _damaged(path) from error


def _check_file(path: Path, entry: FileEntry) -> None:
    try:
        # Cheap first: most damage changes the size.
        if path.stat().st_size != entry.size or _entry(path) != entry:
            raise _damaged(path)
    except OSError as error:
        raise _damaged(path) from error


def _settled(paths: Sequence[Path]) -> dict[str, FileEntry]:
    """What there is to say of files, all of which are on disk then."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        entries = pool.map(_settle, paths)
        return {path.name: entry for path, entry in zip(paths, entries, strict=True)}


def _settle(path: Path) -> FileEntry:
    _sync(path)
    return _entry(path)


def _entry(path: Path) -> FileEntry:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return FileEntry(path.stat().st_size, digest)


def _damaged(path: Path) -> IndexDamaged:
    return IndexDamaged(
        f"索引文件 {path} 已损坏。请运行 baosou index --full 重建。",
        f"The index file {path} is damaged. Run `baosou index --full` to rebuild it.",
    )


def _make_folder(index: Path) -> None:
    try:
        index.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"不能建立索引文件夹 {index}：{error.strerror}。请换一处或改权限。",
            f"Can't make the index folder {index}: {error.strerror}. "
            "Choose another place or change its permissions.",
        ) from error


def _age(folder: Path) -> tuple[str, int]:
    """What is greater the later a generation was built: its id, which has seconds, and
    when its manifest was written."""
    built, _, _ = folder.name.partition("-")
    try:
        return built, (folder / MANIFEST).stat().st_mtime_ns
    except OSError:
        return built, 0


def _new_id() -> str:
    return f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def _share(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # a file system without hard links
        shutil.copy2(source, target)


def _current_name(index: Path) -> str | None:
    try:
        return read_pointer(index).generation
    except IndexUnusable:
        return None


def _point(index: Path, pointer: Pointer) -> None:
    temporary = index / f"{CURRENT}{_BUILDING}"
    temporary.write_bytes(msgspec.json.encode(pointer))
    _sync(temporary)
    temporary.replace(index / CURRENT)
    try:
        _sync_folder(index)
    except OSError as error:
        raise _unconfirmed(error) from error


def _unconfirmed(error: OSError) -> BaosouError:
    return BaosouError(
        f"新的索引已经启用，但磁盘没有确认写完（{error.strerror}），断电后可能退回上一版。"
        "请检查磁盘，再运行 baosou index --full。",
        "The new index is in use, but the disk did not confirm it "
        f"({error.strerror}): a power cut may bring the one before back. Check the "
        "disk, then run `baosou index --full`.",
    )


def _collect(index: Path) -> None:
    """Remove builds that were never finished and generations two or more back.

    Without a readable pointer only unfinished builds go: what else is there may be
    all that is left. What can't be removed yet (open on Windows) goes the next time.
    """
    for path in index.glob(f"*{_BUILDING}"):
        _remove(path)
    try:
        pointer = read_pointer(index)
    except IndexUnusable:
        return
    kept = pointer.generation, pointer.previous
    for path in filter(_is_generation, index.iterdir()):
        if path.name not in kept:
            _remove(path)


def _is_generation(path: Path) -> bool:
    return _ID.fullmatch(path.name) is not None


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
        return
    path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make renames durable; Windows has no such call and does it by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
