"""A Whoosh index whose segments are arrays, and which pickles nothing.

Any Whoosh searcher reads it, and Whoosh's own writer adds to it: what plain Whoosh
keeps in a pickle of its own objects is here the schema, which the caller gives, and
`toc.json`. Deleting and merging is for the index writer of arrays, not for this one.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from whoosh import index
from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import EmptyReader, MultiReader, SegmentReader
from whoosh.writing import SegmentWriter

from indexer.arrays.codec_read import ArraysDocuments, ArraysTerms
from indexer.arrays.codec_write import DocumentsWriter, SegmentInMaking, TermsWriter
from indexer.arrays.layout import Layout
from indexer.arrays.segment import Segment
from indexer.arrays.toc import TOC, SegmentEntry, open_segments, read_toc, write_toc
from indexer.errors import ConfigurationError


class ArraysIndex(index.Index):  # type: ignore[misc]  # whoosh has no types
    """The index in a folder, of which `toc.json` says which segments it has; none yet
    where there is no such file. Raises IndexDamaged and IndexOfOtherVersion."""

    indexname = "arrays"

    def __init__(self, folder: Path, schema: Any) -> None:
        self.folder = folder
        self.schema = schema
        self.storage = FileStorage(str(folder))

    def is_empty(self) -> bool:
        return not self.segments()

    def segments(self) -> tuple[Segment, ...]:
        """The segments that the index has now, opened."""
        return open_segments(self.folder) if (self.folder / TOC).exists() else ()

    def reader(self, reuse: Any = None) -> Any:
        """A Whoosh reader of the index as it is now."""
        return reader_of(self.segments(), self.schema)

    def writer(self, **options: Any) -> "ArraysWriter":
        """Whoosh's writer, which adds one segment; options are SegmentWriter's."""
        return ArraysWriter(self, **options)

    def lock(self, name: str) -> Any:
        return self.storage.lock(f"{self.indexname}_{name}")

    def _read_toc(self) -> index.TOC:
        """What SegmentWriter asks an index for."""
        segments = [ArraysSegment(segment) for segment in self.segments()]
        return index.TOC(self.schema, segments, 0)


class ArraysWriter(SegmentWriter):  # type: ignore[misc]  # whoosh has no types
    """Whoosh's writer without its pickles: it adds documents, as one new segment.
    Raises ConfigurationError for what arrays do not hold and what it does not do; then
    nothing has changed."""

    def __init__(self, ix: ArraysIndex, **options: Any) -> None:
        self._folder = ix.folder
        codec = AddingCodec(ix.folder, ix.schema)
        super().__init__(ix, codec=codec, compound=False, **options)

    def add_field(self, fieldname: str, fieldspec: Any, **options: Any) -> NoReturn:
        raise _undone()

    def remove_field(self, fieldname: str) -> NoReturn:
        raise _undone()

    def delete_document(self, docnum: int, delete: bool = True) -> NoReturn:
        raise _undone()

    def commit(self, **options: Any) -> None:
        try:
            super().commit(**options)
        finally:
            if not self.is_closed:
                self.cancel()

    def _merge_segments(
        self, mergetype: object, optimize: object, merge: object
    ) -> list["ArraysSegment"]:
        if mergetype or optimize or self.mergetype or self.optimize:
            raise _undone()
        return list(self.segments)

    def _close_segment(self) -> None:
        """Nothing stays of a segment that was not finished."""
        open_ = [w for w in (self.perdocwriter, self.fieldwriter) if not w.is_closed]
        for writer in open_:
            writer.abandon()
        if open_:
            for path in self._folder.glob(f"{self.newsegment.segment_id()}.*"):
                path.unlink()
        self.pool.cleanup()

    def _commit_toc(self, segments: Sequence[base.Segment]) -> None:
        if self.newsegment in segments:
            held = read_toc(self._folder) if (self._folder / TOC).exists() else ()
            fresh = SegmentEntry(self.newsegment.segment_id())
            write_toc(self._folder, (*held, fresh))


def reader_of(segments: Sequence[Segment], schema: Any) -> Any:
    """A Whoosh reader of opened segments."""
    readers = [
        SegmentReader(None, schema, ArraysSegment(segment)) for segment in segments
    ]
    if not readers:
        return EmptyReader(schema)
    return readers[0] if len(readers) == 1 else MultiReader(readers)


class ArraysCodec(base.Codec):  # type: ignore[misc]  # whoosh has no types
    """What Whoosh asks of a codec to read."""

    def terms_reader(self, storage: object, segment: "ArraysSegment") -> ArraysTerms:
        return ArraysTerms(segment.arrays)

    def per_document_reader(
        self, storage: object, segment: "ArraysSegment"
    ) -> ArraysDocuments:
        return ArraysDocuments(segment.arrays)


class AddingCodec(ArraysCodec):
    """What Whoosh asks of a codec to write a segment of a schema into a folder."""

    length_stats = False  # lengths go from one writer to the other

    def __init__(self, folder: Path, schema: Any) -> None:
        self._folder = folder
        self._schema = schema
        self._layout = Layout.of(schema)  # refuses before anything is locked

    def new_segment(self, storage: object, indexname: str) -> "NewSegment":
        return NewSegment(indexname, self._folder, self._schema, self._layout)

    def per_document_writer(
        self, storage: object, segment: "NewSegment"
    ) -> DocumentsWriter:
        return DocumentsWriter(segment.making)

    def field_writer(self, storage: object, segment: "NewSegment") -> TermsWriter:
        return TermsWriter(segment.making)


class ArraysSegment(base.Segment):  # type: ignore[misc]  # whoosh has no types
    """An opened segment as Whoosh knows them."""

    def __init__(self, arrays: Segment) -> None:
        self.arrays = arrays

    def codec(self) -> ArraysCodec:
        return ArraysCodec()

    def segment_id(self) -> str:
        return self.arrays.name

    def is_compound(self) -> bool:
        return False

    def doc_count_all(self) -> int:
        return self.arrays.size

    def deleted_count(self) -> int:
        return self.arrays.size - self.arrays.documents

    def deleted_docs(self) -> Iterable[int]:
        return ArraysDocuments(self.arrays).deleted_docs()

    def is_deleted(self, docnum: int) -> bool:
        return ArraysDocuments(self.arrays).is_deleted(docnum)


class NewSegment(base.Segment):  # type: ignore[misc]  # whoosh has no types
    """The segment that a writer fills."""

    def __init__(
        self, indexname: str, folder: Path, schema: Any, layout: Layout
    ) -> None:
        super().__init__(indexname)
        self.making = SegmentInMaking(folder / self.segment_id(), schema, layout)

    def set_doc_count(self, doccount: int) -> None:
        assert doccount == self.making.size

    def doc_count_all(self) -> int:
        return self.making.size


def _undone() -> ConfigurationError:
    return ConfigurationError(
        "这个写入器只添加文档，不删除、不合并、不改字段。请用 index_writer。",
        "This writer only adds documents; it does not delete, merge or change fields. "
        "Use the index writer of arrays.",
    )
