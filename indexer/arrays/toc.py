"""Which segments an index consists of: `toc.json` in its folder.

`{"version": 1, "segments": [{"name": "<stem>", "deletions": "<file>" or null}]}`, in
the order in which documents are numbered. Files of an index may be hard links that a
live index shares, so that none is ever written into: a new table replaces the old one.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from indexer.arrays.segment import Segment
from indexer.errors import IndexDamaged, IndexMissing, IndexOfOtherVersion

TOC: Final = "toc.json"
DELETIONS: Final = ".deletions"

_VERSION: Final = 1
_NAME: Final = re.compile(r"\w+")
_DELETIONS: Final = re.compile(rf"\w+\{DELETIONS}")


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """A segment by the stem of its files, and the file of its deletions."""

    name: str
    deletions: str | None = None


@dataclass(frozen=True, slots=True)
class _Toc:
    version: int
    segments: tuple[SegmentEntry, ...]


def read_toc(folder: Path) -> tuple[SegmentEntry, ...]:
    """The segments of an index; raises IndexMissing where nothing was written yet,
    IndexDamaged and IndexOfOtherVersion."""
    path = folder / TOC
    try:
        toc = msgspec.json.decode(path.read_bytes(), type=_Toc)
    except FileNotFoundError as error:
        raise IndexMissing(
            f"{folder} 里还没有索引。请先运行 baosou index。",
            f"There is no index in {folder} yet. Run `baosou index` first.",
        ) from error
    except (OSError, msgspec.DecodeError) as error:
        raise _damaged(path) from error
    if toc.version != _VERSION:
        raise IndexOfOtherVersion(
            f"索引 {folder} 由另一版本写成。请运行 baosou index --full 重建。",
            f"Another version wrote the index {folder}. Run `baosou index --full`.",
        )
    if not all(map(_is_valid, toc.segments)):
        raise _damaged(path)
    return toc.segments


def write_toc(folder: Path, entries: tuple[SegmentEntry, ...]) -> None:
    """Name the segments of an index, at once or not at all."""
    fresh = folder / f"{TOC}.new"
    fresh.unlink(missing_ok=True)
    fresh.write_bytes(msgspec.json.encode(_Toc(_VERSION, entries)))
    os.replace(fresh, folder / TOC)


def open_segments(folder: Path) -> tuple[Segment, ...]:
    """Map all segments of an index; raises as `read_toc` does."""
    return tuple(open_segment(folder, entry) for entry in read_toc(folder))


def open_segment(folder: Path, entry: SegmentEntry) -> Segment:
    """Map a segment as it is in an index; raises IndexDamaged."""
    deletions = folder / entry.deletions if entry.deletions else None
    return Segment(folder / entry.name, deletions)


def _is_valid(entry: SegmentEntry) -> bool:
    """Whether an entry names files of its own folder."""
    deletions = entry.deletions is None or _DELETIONS.fullmatch(entry.deletions)
    return bool(_NAME.fullmatch(entry.name) and deletions)


def _damaged(path: Path) -> IndexDamaged:
    return IndexDamaged(
        f"索引文件 {path} 已损坏。请运行 baosou index --full 重建。",
        f"The index file {path} is damaged. Run `baosou index --full`.",
    )
