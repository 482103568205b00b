"""A file of named arrays: written front to back, opened by memory map.

Layout: magic (8 bytes), the arrays (little-endian, one dimension, each at a multiple of
64 bytes), a directory in JSON, and 24 bytes that say where the directory is: its start
and length (uint64), its CRC-32 and the format version (uint32). Opening reads nothing
but the directory, and nothing in a file can run. Whether the arrays are those that were
written is for the manifest of the generation, which has the SHA-256 of every file.
"""

import mmap
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, NamedTuple, Self, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexDamaged

FORMAT_VERSION: Final = 4

# Any: arrays of several types in one file, told apart by their names.
Array: TypeAlias = NDArray[Any]
Arrays: TypeAlias = Mapping[str, Array]

_MAGIC: Final = b"BAOSOU\x00A"
_TAIL: Final = struct.Struct("<QQII")
_ALIGNED: Final = 64


@dataclass(frozen=True, slots=True)
class _Place:
    """An array's NumPy type, length in elements, and first byte."""

    type: str
    length: int
    start: int


class _Begun(NamedTuple):
    """An array that is being written: its name, none at first, type and first byte."""

    name: str
    type: np.dtype[Any]
    start: int


@dataclass(frozen=True, slots=True)
class _Directory:
    arrays: dict[str, _Place]
    about: dict[str, Any] = field(default_factory=dict)  # Any: a JSON object


@dataclass(frozen=True, slots=True)
class ArrayFile:
    """The arrays of an opened file, read-only, and facts that its writer noted."""

    arrays: dict[str, Array]
    about: dict[str, Any]
    mapped: mmap.mmap

    def release(self, part: int, parts: int) -> None:
        """Count the pages of one of so many equal parts, from 0, no longer as this
        process's memory. They stay where the system caches files, and come back when
        looked at again."""
        size, page = len(self.mapped), mmap.PAGESIZE
        first, end = (size * n // parts // page * page for n in (part, part + 1))
        length = (size if part + 1 == parts else end) - first
        if length and hasattr(mmap, "MADV_DONTNEED"):  # not on Windows
            self.mapped.madvise(mmap.MADV_DONTNEED, first, length)


class ArrayWriter:
    """Writes arrays one after another; the file is complete once this is left."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("xb")
        self._file.write(_MAGIC)
        self._end = len(_MAGIC)
        self._directory = _Directory({})
        self._begun = _Begun("", np.dtype(np.uint8), 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._finish()
        self._file.close()

    def put(self, name: str, array: Array) -> None:
        """Write an array under its name."""
        self.begin(name, array.dtype)
        self.append(array)

    def begin(self, name: str, dtype: Any) -> None:
        """Begin an array that comes in parts and need never be whole in memory."""
        self._close_array()
        self._write(b"\x00" * (-self._end % _ALIGNED))
        self._begun = _Begun(name, np.dtype(dtype).newbyteorder("<"), self._end)

    def append(self, part: Array) -> None:
        """Write the next part of the array that was begun last."""
        self._write(np.ascontiguousarray(part, self._begun.type).view(np.uint8).data)

    def abandon(self) -> None:
        """Close a file that will never be complete."""
        self._file.close()

    def about(self, **facts: Any) -> None:
        """Note facts that JSON can hold."""
        self._directory.about.update(facts)

    def append_bytes(self, part: bytes) -> None:
        """Write the next part of an array of bytes: many short ones in a fifth of the
        time that arrays of them take."""
        assert self._begun.type == np.uint8
        self._write(part)

    def _close_array(self) -> None:
        """Enter the array that was begun last, which is complete."""
        name, kind, start = self._begun
        if name:
            length = (self._end - start) // kind.itemsize
            self._directory.arrays[name] = _Place(kind.str, length, start)

    def _write(self, data: bytes | memoryview) -> None:
        self._file.write(data)
        self._end += len(data)

    def _finish(self) -> None:
        self._close_array()
        encoded = msgspec.json.encode(self._directory)
        tail = (self._end, len(encoded), zlib.crc32(encoded), FORMAT_VERSION)
        self._file.write(encoded + _TAIL.pack(*tail))


def open_arrays(path: Path) -> ArrayFile:
    """Map a file's arrays; raises IndexDamaged."""
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        directory = _directory(mapped)
        arrays = {n: _mapped(mapped, place) for n, place in directory.arrays.items()}
    except (OSError, ValueError, msgspec.DecodeError, struct.error) as error:
        raise IndexDamaged(
            f"索引文件 {path} 已损坏。请运行 baosou index --full 重建。",
            f"The index file {path} is damaged. Run `baosou index --full`.",
        ) from error
    return ArrayFile(arrays, directory.about, mapped)


def _directory(mapped: mmap.mmap) -> _Directory:
    start, length, checksum, version = _TAIL.unpack(mapped[-_TAIL.size :])
    encoded = mapped[start : start + length]
    if mapped[:8] != _MAGIC or version != FORMAT_VERSION:
        raise ValueError("another format")
    if zlib.crc32(encoded) != checksum:
        raise ValueError("directory damaged")
    return msgspec.json.decode(encoded, type=_Directory)


def _mapped(mapped: mmap.mmap, place: _Place) -> Array:
    return np.frombuffer(mapped, place.type, place.length, place.start)
