"""The error family. Each message is a sentence that says what is wrong and what to do
next; no user can cause a traceback.

BaosouError                      exit code 1
  InputRefused one corpus input: path, line, reason; counted by a rebuild, never fatal
  there ConfigurationError 2 usage, or configuration that can't be read
    CorpusMissing                2
    CorpusEmpty                  2
    PortBusy                     2
  IndexUnusable                  3
    IndexMissing                 3
    IndexOfOtherVersion          3
    IndexDamaged                 3
  IndexLocked                    4   another writer holds the lock
  SearchTooSlow                  1   a search was given up at its deadline
"""

from functools import partial
from pathlib import Path

from indexer.messages import Message


class BaosouError(Exception):
    """Anything that a user can cause or mend, said in Chinese and English; `exit_code`
    is the command line's.

    >>> BaosouError("没有索引。", "There is no index.").message.text("en")
    'There is no index.'
    """

    exit_code = 1

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.message = Message(zh, en)


class InputRefused(BaosouError):
    """One input of the corpus could not be taken; everything else still is. `line`
    counts from 1.

    >>> str(InputRefused("corpus/a.jsonl", "不是合法的 JSON", "not valid JSON", line=7))
    'corpus/a.jsonl:7: 不是合法的 JSON'
    """

    def __init__(
        self, path: str | Path, zh: str, en: str, *, line: int | None = None
    ) -> None:
        self.path, self.line, self.reason = str(path), line, Message(zh, en)
        place = f"{path}:{line}" if line else str(path)
        super().__init__(f"{place}: {zh}", f"{place}: {en}")

    def __reduce__(self) -> tuple[object, ...]:
        # It comes back from worker processes, and an exception is pickled by its args.
        make = partial(InputRefused, line=self.line)
        return make, (self.path, self.reason.zh, self.reason.en)


class ConfigurationError(BaosouError):
    """The command can't start as it was asked to."""

    exit_code = 2


class CorpusMissing(ConfigurationError):
    """There is no folder or file at the corpus path."""


class CorpusEmpty(ConfigurationError):
    """The corpus holds nothing that can be indexed."""


class PortBusy(ConfigurationError):
    """Another program listens on the address that `serve` was given."""


class IndexUnusable(BaosouError):
    """There is no index that this version can open."""

    exit_code = 3


class IndexMissing(IndexUnusable):
    """Nothing has been indexed at the index path yet."""


class IndexOfOtherVersion(IndexUnusable):
    """The index was written by another version of the schema, the dictionaries or the
    libraries."""


class IndexDamaged(IndexUnusable):
    """A file of the index is not what its manifest says."""


class SearchTooSlow(BaosouError):
    """A search was not answered before its deadline and was given up."""


class IndexLocked(BaosouError):
    """Another process is writing to the index."""

    exit_code = 4
