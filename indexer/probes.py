"""What was put into an index and must be found in it before it is published: every name
that rosters, bylines and captions print, and runs of text.

An index that misses what it was given is worse than none. What is kept is bounded:
beyond MOST_NAMES names and MOST_TEXTS documents it is an even sample, the same for the
same documents. Literal search finds a name typed plainly, padded or in quotes, since a
query asks for no more than its characters.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final
from zlib import crc32

from indexer import terms
from indexer.cuts import PASSAGE_END, Cuts
from indexer.documents import ZONES, Document
from indexer.errors import IndexDamaged
from indexer.whoosh_index import Snapshot
from indexer.whoosh_query import literal

# One takes some .05 ms: a quarter of a second for all, whatever the archive's size.
MOST_NAMES: Final = 1 << 12
MOST_TEXTS: Final = 1 << 8
_LONGEST_RUN: Final = 40
_NAME: Final = 12  # characters that a foreign name may have
_SIGNED: Final = frozenset(map(ZONES.index, ("bylines", "captions")))
_BODY: Final = ZONES.index("body")
_EVERY: Final = 1 << 32  # hashes are below it


class Probes:
    """Takes documents as they are put in; then looks for them in what was built."""

    def __init__(self) -> None:
        self._names = _Sample(MOST_NAMES)
        self._texts = _Sample(MOST_TEXTS)
        self._quotes = _Sample(MOST_TEXTS)

    def add(self, document: Document) -> None:
        """Keep what a document that is `cut` prints, as far as it is sampled."""
        cuts = document.cuts
        assert cuts is not None
        for name in (*_named(document), *_signed(cuts, document.place)):
            if self._names.wants(name, _hash_of_name(name)):
                text = terms.characters(name).text
                # Metadata may name people whom the text does not print.
                if any(text in printed for _, printed in cuts.printed(document.place)):
                    self._names.keep(name, (text, document.id))
        hashed = _hash(document.id)
        if self._texts.wants(document.id, hashed):
            printed = cuts.printed(document.place)
            runs = "\n".join(_runs(printed, hashed))
            self._texts.keep(document.id, (runs, document.id))
        if document.quotes and self._quotes.wants(document.id, hashed):
            said = document.quotes[-1]
            body = dict(cuts.printed(document.place)).get(_BODY, "")
            run = body[said.start : said.end][:_LONGEST_RUN]
            self._quotes.keep(document.id, (run, document.id))

    def names(self) -> tuple[str, ...]:
        """The names that are kept, as searched for."""
        return tuple(name for name, _ in self._names.kept())

    def check(self, snapshot: Snapshot) -> None:
        """Raise IndexDamaged for the first of them that is not found."""
        for characters, id in self._names.kept():
            _check(snapshot, characters, id)
        for runs, id in self._texts.kept():
            for run in runs.split("\n"):
                _check(snapshot, run, id)
        for run, id in self._quotes.kept():
            _check_quote(snapshot, run, id)


class _Sample:
    """At most so many keys with what they hold: those of the smallest hashes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._below = _EVERY
        self._kept: dict[str, tuple[str, str]] = {}

    def wants(self, key: str, hashed: int) -> bool:
        return hashed < self._below and key not in self._kept

    def keep(self, key: str, held: tuple[str, str]) -> None:
        self._kept[key] = held
        while len(self._kept) > self._most:
            self._below //= 2
            self._kept = {k: v for k, v in self._kept.items() if _hash(k) < self._below}

    def kept(self) -> Iterator[tuple[str, str]]:
        yield from self._kept.values()


def _hash(key: str) -> int:
    return crc32(key.encode("utf-8", "surrogatepass"))


_hash_of_name: Final = lru_cache(maxsize=1 << 14)(_hash)  # who is named is named again


def _named(document: Document) -> tuple[str, ...]:
    return (*document.persons, *document.reporters)


def _signed(cuts: Cuts, document: int) -> Iterator[str]:
    """What bylines print, and who took a picture: passages of their own."""
    if _SIGNED.isdisjoint(cuts.zones_of(document)):
        return
    for zone, characters in cuts.printed(document):
        if zone in _SIGNED:
            passages = characters.split(PASSAGE_END)
            yield from (passage for passage in passages if 0 < len(passage) <= _NAME)


def _runs(printed: Iterable[tuple[int, str]], seed: int) -> Iterator[str]:
    """A run of each zone's longest passage, of a length and at a place by a seed."""
    for _, characters in printed:
        passage = max(characters.split(PASSAGE_END), key=len)
        if passage:
            size = min(2 + seed % (_LONGEST_RUN - 1), len(passage))
            start = seed % (len(passage) - size + 1)
            yield passage[start : start + size]


def _check(snapshot: Snapshot, characters: str, id: str) -> None:
    if not characters:
        return
    asked = literal(characters, scored=False)
    found = snapshot.searcher.matches(asked, scored=False).docs
    if snapshot.document(id) not in found:
        raise _missed(characters, id)


def _check_quote(snapshot: Snapshot, characters: str, id: str) -> None:
    """Look for the words of an article's quote among all quotes."""
    articles = snapshot.ledger.articles[snapshot.ledger.printed(characters) > 0]
    if characters and snapshot.document(id) not in articles:
        raise _missed(characters, id)


def _missed(characters: str, id: str) -> IndexDamaged:
    return IndexDamaged(
        f"新建的索引里找不到 {id} 的“{characters}”，没有发布。请重试或报告这个问题。",
        f"The new index misses “{characters}” of {id}; it was not published. "
        "Try again, or report this.",
    )
