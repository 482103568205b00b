"""Documents as they were given: blocks, their dictionary, and merging both."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from indexer.arrays import open_arrays
from indexer.arrays.stored import Stored, StoredWriter, write_merged

DOCUMENTS = [
    f'{{"id":"{n}","body":"青浔镇第{n * 7919 % 1000}号告示，今日张贴。"}}'.encode()
    for n in range(1500)
]


def written(path: Path, documents: Sequence[bytes], dictionary: bytes = b"") -> Stored:
    writer = StoredWriter(path, dictionary)
    for document in documents:
        writer.add(document)
    writer.finish()
    return Stored(open_arrays(path).arrays)


def documents_of(held: Stored) -> list[bytes]:
    return [held.document(number) for number in range(len(held.places))]


@pytest.mark.parametrize("size", [0, 1, 99, 100, 1000, 1500])
def test_documents_come_back_as_they_were(tmp_path: Path, size: int) -> None:
    held = written(tmp_path / "a", DOCUMENTS[:size])
    assert documents_of(held) == DOCUMENTS[:size]
    assert bool(held.dictionary) == (size >= 100)


def test_what_gives_no_dictionary_is_kept_without(tmp_path: Path) -> None:
    held = written(tmp_path / "a", [b""] * 1200)
    assert (held.dictionary, documents_of(held)) == (b"", [b""] * 1200)


def test_a_dictionary_handed_on_is_used_from_the_first(tmp_path: Path) -> None:
    first = written(tmp_path / "a", DOCUMENTS)
    later = written(tmp_path / "b", DOCUMENTS[:20], first.dictionary)
    alone = written(tmp_path / "c", DOCUMENTS[:20])
    assert later.dictionary == first.dictionary
    assert len(later.block(0)) < len(alone.block(0)) / 2
    assert documents_of(later) == DOCUMENTS[:20]


def test_merged_segments_keep_the_dictionary_of_the_largest(tmp_path: Path) -> None:
    parts = [
        written(tmp_path / "a", DOCUMENTS[:40]),
        written(tmp_path / "b", DOCUMENTS[40:1200]),
        written(tmp_path / "c", DOCUMENTS[1200:]),
    ]
    live = [np.arange(len(part.places)) % 5 != 3 for part in parts]
    write_merged(tmp_path / "m", list(zip(parts, live, strict=True)))
    merged = Stored(open_arrays(tmp_path / "m").arrays)
    assert merged.dictionary == parts[1].dictionary
    kept = np.flatnonzero(np.concatenate(live)).tolist()
    assert documents_of(merged) == [DOCUMENTS[number] for number in kept]


def test_many_threads_read_at_once(tmp_path: Path) -> None:
    held = written(tmp_path / "a", DOCUMENTS)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(held.document, [*range(1500)] * 4))
    assert found == DOCUMENTS * 4
