"""Text → terms, for the index and for a query, by the same rules.

Knows how text is folded (width, case, traditional → simplified, one character for one,
so that offsets hold) or read as `simplified`, which characters can be searched, and how
words are cut. Hides
jieba, rjieba and OpenCC. A run of Han characters is cut into dictionary words along
the likeliest path; any other run of letters and digits is one word. Engines index
`index_terms` for ranking and `characters` for matching; readers' words become
`query_terms`. `cut_together` gives an index the terms of many texts as arrays: 60 µs
a text of 400 characters, where a call for each takes 110 and another 80 to number them.
"""

import re
import sys
import tempfile
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from importlib.metadata import version
from itertools import chain, count
from typing import Any, Final, TypeAlias
from unicodedata import normalize

import msgspec
import numpy as np
import opencc
from numpy.typing import NDArray

from indexer import names
from indexer.wordlists import lines_of

try:
    from rjieba import Jieba as RustJieba
except ImportError:  # no wheel for this machine: jieba cuts the same words, slower
    RustJieba = None  # type: ignore[assignment, misc]  # a class where there is one

_HAN = (
    "\u3005\u3007\u3040-\u3098\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"  # not ・
    "\u3100-\u312f\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af"
)
# Both cutters know words of the characters in _CUTTABLE only; of the other Han
# characters, each is a word of its own.
_CUTTABLE = "\u4e00-\u9fd5"
_RUNS = re.compile(f"[{_CUTTABLE}]+|[{_HAN}]|[^\\W_{_HAN}]+")
_ONE_HAN = re.compile(f"[{_HAN}]")
_HAN_RUN = re.compile(f"[{_HAN}]+")
_GAP_WORDS = re.compile(f"\x00|{_RUNS.pattern}")
_FIRST_CUTTABLE, _CUTTABLES = 0x4E00, 0x51D6
# From here on no character is punctuation that is in every line.
_RARE = 0x3021
# The codes of a text as 32-bit numbers, the form of arrays.
_CODES = "utf-32-le"
# Stands behind each of several texts; the code of no folded character.
_END = "\x00"
# Any: arrays of several types.
_Array: TypeAlias = NDArray[Any]
# As t2s, and as Hong Kong prints more: 衞 is 卫.
_FOLDED = "hk2s"
# 著 is 着 in Taiwan, but in 著名.
_SIMPLIFIED = ("tw2t", _FOLDED)
_TRADITIONAL = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000))
# What is typed is folded character by character: arrays begin to pay at this length.
_SHORT = 48
# Function words that given names are made of, too: 沈清和.
_NAME_CHARACTERS = "和与之"


class Term(msgspec.Struct, frozen=True, gc=False):
    """A folded word and its place in the text as printed."""

    text: str
    start: int
    end: int


class Characters(msgspec.Struct, frozen=True):
    """The searchable characters of a text, folded, and the offset of each, in an array
    since few of many are asked for."""

    text: str
    offsets: "array[int]"


@dataclass(frozen=True, slots=True)
class Together:
    """What several texts print, end to end: `words` as numbers in `vocabulary`, and
    `characters`, the searchable ones, as code points with a 0 behind each text. The
    ends of each text in both are in `word_ends` and `character_ends`. Both are as
    narrow as they can be, 16 bits as a rule: they go from process to process."""

    vocabulary: tuple[str, ...]
    words: _Array
    word_ends: NDArray[np.int64]
    characters: _Array
    character_ends: NDArray[np.int64]


class QueryTerm(msgspec.Struct, frozen=True):
    """What one part of a query looks for: `text` folded, only searchable characters.

    `whole_word` for letters and digits, which match as whole words (AI is not in
    WAIT), printed in one run; Han text matches wherever it is printed, with `numbers`
    where the same text prints each of these as a whole word (7届 is not in 17届).
    """

    text: str
    whole_word: bool = False
    numbers: tuple[str, ...] = ()


def fold(text: str) -> str:
    """The text with width, case and traditional forms folded; never longer or shorter.

    >>> fold("ＡＩＴ工廠，數控")
    'ait工厂,数控'
    """
    if len(text) <= _SHORT:
        return text.translate(_folding().one_by_one)
    return _text_of(np.abs(_folding().codes(text)))


def simplified(text: str) -> str:
    """The text in simplified characters, as long as it is; the text itself where none
    is traditional, as nearly always: that takes 2 µs for 400 characters.

    Words tell what a character is in it, which they can't where it is folded.

    >>> simplified("他藉口瞭望，笑著說：「著名的乾隆」")
    '他借口瞭望，笑着说：「著名的乾隆」'
    """
    if not _traditional().search(text):
        return text
    return _HAN_RUN.sub(lambda run: _simplified_run(run[0]), text)


def characters(text: str) -> Characters:
    """The searchable characters: letters and digits of any script, nothing else.

    >>> characters("兰　钧、Ｃ60")
    Characters(text='兰钧c60', offsets=array('q', [0, 2, 4, 5, 6]))
    """
    if len(text) <= _SHORT:
        return _few_characters(fold(text))
    codes = _folding().codes(text)
    (offsets,) = (codes > 0).nonzero()
    at = array("q", offsets.astype(np.int64, copy=False).tobytes())
    return Characters(_text_of(codes.take(offsets)), at)


def searchable_before(text: str, offsets: Sequence[int]) -> list[int]:
    """How many of the searchable characters stand before each of some offsets.

    >>> searchable_before("兰　钧、Ｃ60", [0, 2, 7])
    [0, 1, 5]
    """
    (places,) = (_folding().codes(text) > 0).nonzero()
    counts: list[int] = places.searchsorted(offsets).tolist()
    return counts


def characters_of_each(texts: Sequence[str]) -> list[str]:
    """The texts of `characters` for many short texts, folded in one call: in a third of
    the time that a call each takes.

    >>> characters_of_each(["兰　钧", "", "Ｃ60"])
    ['兰钧', '', 'c60']
    """
    if not texts:
        return []
    codes = _folding().codes("\n".join([text.replace("\n", " ") for text in texts]))
    kept = codes[(codes > 0) | (codes == -ord("\n"))]
    return _text_of(np.abs(kept)).split("\n")


def index_terms(text: str) -> tuple[Term, ...]:
    """The words of a text in print order.

    >>> [term.text for term in index_terms("建设互联网医院，2024年")]
    ['建设', '互联网', '医院', '2024', '年']
    """
    return _few_terms(text) if len(text) <= _SHORT else tuple(_cut(fold(text)))


def cut_together(texts: Sequence[str]) -> Together:
    """The texts of `index_terms` and of `characters` for several texts, without their
    places: what indexing needs.

    >>> cut = cut_together(["互联网医院，2024年", "医院"])
    >>> [cut.vocabulary[word] for word in cut.words], cut.word_ends.tolist()
    (['互联网', '医院', '2024', '年', '医院'], [4, 5])
    >>> "".join(map(chr, cut.characters.tolist()))
    '互联网医院2024年\\x00医院\\x00'
    """
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    ends = np.cumsum(lengths + 1) - 1
    joined = " ".join(texts).replace(_END, " ") + " "
    codes = _folding().codes(joined)
    codes[ends] = ord(_END)
    searchable = codes > 0
    searchable[ends] = True
    vocabulary, words = _numbered(np.abs(codes), searchable)
    marks = np.flatnonzero(words == _MARK)
    return Together(
        vocabulary,
        words[words != _MARK].astype(np.min_scalar_type(len(vocabulary))),
        marks - np.arange(len(marks)),
        codes[searchable].astype(np.min_scalar_type(codes.max())),
        np.cumsum(searchable, dtype=np.int64)[ends],
    )


@lru_cache(maxsize=1024)  # a search asks twice: to match, and to mark
def query_terms(text: str) -> tuple[QueryTerm, ...]:
    """What an unquoted run of a query looks for, all of which a unit must print.

    Single characters that stand together are looked for together, which keeps names
    whole; so is a run that looks like a name, and a figure: numbers and the single
    characters that count them. Lone function words between others are dropped.

    >>> [term.text for term in query_terms("沈清和的产业链")]
    ['沈清和', '产业链']
    >>> [term.text for term in query_terms("2024-12-25")]
    ['20241225']
    """
    words = tuple(word for word in index_terms(text) if _is_searchable(word.text))
    if len(words) == 1:  # as most runs are
        return (QueryTerm(words[0].text, whole_word=not is_han(words[0].text[0])),)
    if numbers := _numbers_of_figure(words):
        return (QueryTerm("".join(word.text for word in words), numbers=numbers),)
    if _is_name(words):
        return (QueryTerm("".join(word.text for word in words)),)
    terms = tuple(_fused(words))
    kept = tuple(term for term in terms if term.text not in _function_words())
    return kept or terms


@lru_cache(maxsize=1024)
def phrase_term(text: str) -> QueryTerm:
    """What a quoted run looks for: its characters, printed in a row."""
    return QueryTerm(characters(text).text)


def fingerprint() -> dict[str, str]:
    """What the terms of an index depend on, by name."""
    folded = f"{_FOLDED} {version('opencc')}, {len(_old_forms())} old forms"
    return {"jieba": version("jieba"), "opencc": folded}


def is_han(character: str) -> bool:
    """Whether a character is of the scripts that are printed without spaces, whose
    words end anywhere."""
    return _ONE_HAN.match(character) is not None


@lru_cache(
    maxsize=1024
)  # what is typed is cut to match it, and to tell if it is a word
def _few_terms(text: str) -> tuple[Term, ...]:
    return tuple(_cut(fold(text)))


def _few_characters(folded: str) -> Characters:
    if folded.isalnum():
        return Characters(folded, array("q", range(len(folded))))
    offsets = [at for at, character in enumerate(folded) if character.isalnum()]
    return Characters("".join(filter(str.isalnum, folded)), array("q", offsets))


def _is_searchable(word: str) -> bool:
    """Whether `characters` leaves anything of a word: not of code points that no
    character has."""
    return any(character.isalnum() for character in word)


# The numbers of what is no word: a gap between Han characters, the end of a text.
_GAP: Final = 0
_MARK: Final = 1


def _numbered(
    codes: _Array, searchable: _Array
) -> tuple[tuple[str, ...], NDArray[np.uint32]]:
    """The words of folded codes as numbers in a vocabulary, and _MARK for each _END.

    The cutter gets all Han characters in one call, with a line break for each gap
    between them, which it gives back as a word; only gaps with anything in them are
    looked at one by one.
    """
    cuttable = codes.astype(np.uint32) - np.uint32(_FIRST_CUTTABLE) < _CUTTABLES
    edges = np.flatnonzero(np.diff(cuttable, prepend=True, append=True))
    starts, ends = edges[::2], edges[1::2]
    kept = cuttable.copy()
    kept[starts] = True
    lines = codes[kept]
    lines[~cuttable[kept]] = ord("\n")
    known = defaultdict(count(2).__next__, {"\n": _GAP, _END: _MARK})
    words = _numbers(known, _cutter()(_text_of(lines)))
    filled = ~cuttable & (searchable | (codes >= _RARE))
    before = np.append(0, np.cumsum(filled))
    some = before[ends] > before[starts]
    text = _text_of(codes)
    places = zip(starts[some].tolist(), ends[some].tolist(), strict=True)
    gaps = (text[start:end] for start, end in places)
    held = [_short(gap) if len(gap) <= 12 else _uncut(gap) for gap in gaps]
    sizes = np.zeros(len(starts), np.int64)
    sizes[some] = np.fromiter(map(len, held), np.int64, len(held))
    uncut = _numbers(known, list(chain.from_iterable(held)))
    return tuple(known), _filled(words, sizes, uncut)


def _numbers(known: dict[str, int], words: Sequence[str]) -> NDArray[np.uint32]:
    # An array of Python's takes a list in a quarter less time than NumPy's `fromiter`.
    held = array("I", list(map(known.__getitem__, words)))
    return np.frombuffer(held, np.uint32)


def _filled(words: _Array, sizes: _Array, held: _Array) -> NDArray[np.uint32]:
    """The words, each gap replaced by the numbers that it holds, `sizes` of them."""
    gaps = words == _GAP
    counts = np.ones(len(words), np.int64)
    counts[gaps] = sizes
    inside = np.repeat(gaps, counts)
    filled = np.repeat(words, counts)
    filled[inside] = held
    return filled


@lru_cache(maxsize=1 << 14)  # few marks and numbers are most of them
def _short(gap: str) -> list[str]:
    return _uncut(gap)


def _uncut(gap: str) -> list[str]:
    return _GAP_WORDS.findall(gap)


def _cut(folded: str) -> Iterator[Term]:
    cut = _cutter()
    for run in _RUNS.finditer(folded):
        start = run.start()
        for word in cut(run.group()) if _is_cuttable(run.group()) else [run.group()]:
            yield Term(word, start, start + len(word))
            start += len(word)


def _is_cuttable(run: str) -> bool:
    return _CUTTABLE[0] <= run[0] <= _CUTTABLE[-1]


def _numbers_of_figure(words: tuple[Term, ...]) -> tuple[str, ...]:
    """What must be whole words of a figure; none where words are not one."""
    whole = tuple(word.text for word in words if not is_han(word.text[0]))
    if len(words) < 2 or not any(map(_has_digit, whole)):
        return ()
    counted = (len(word.text) == 1 for word in words if is_han(word.text[0]))
    return tuple(dict.fromkeys(whole)) if all(counted) else ()


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _fused(terms: tuple[Term, ...]) -> Iterator[QueryTerm]:
    """Neighbouring single Han characters become one term."""
    pending: list[Term] = []
    for term in terms:
        if len(term.text) == 1 and is_han(term.text):
            if pending and pending[-1].end != term.start:
                yield from _joined(pending)
                pending = []
            pending.append(term)
            continue
        yield from _joined(pending)
        pending = []
        yield QueryTerm(term.text, whole_word=not is_han(term.text[0]))
    yield from _joined(pending)


def _joined(singles: list[Term]) -> Iterator[QueryTerm]:
    """One term of single characters, less the function words at its ends."""
    text = "".join(term.text for term in singles)
    while len(text) > 1 and _is_function_word(text[-1], text):
        text = text[:-1]
    while len(text) > 1 and _is_function_word(text[0], text):
        text = text[1:]
    if text:
        yield QueryTerm(text)


def _is_function_word(character: str, text: str) -> bool:
    """Whether a character at an end of a run only joins it to its neighbours."""
    if character not in _function_words():
        return False
    return character not in _NAME_CHARACTERS or not names.is_name(text)


def _is_name(words: tuple[Term, ...]) -> bool:
    """Whether the dictionary cut a name apart: 文江南 into 文, 江南."""
    text = "".join(word.text for word in words)
    single = any(
        len(word.text) == 1 and word.text not in _function_words() for word in words
    )
    return len(words) > 1 and len(text) <= 4 and single and names.is_name(text)


@cache
def _function_words() -> frozenset[str]:
    return frozenset(w for line in lines_of("function_words.txt") for w in line.split())


@cache
def _folding() -> "_Folding":
    return _Folding(opencc.OpenCC(_FOLDED).convert)


@cache
def _simplifiers() -> tuple[Callable[[str], str], ...]:
    return tuple(opencc.OpenCC(name).convert for name in _SIMPLIFIED)


@cache
def _traditional() -> re.Pattern[str]:
    """A character that is in traditional texts alone, or nearly: not 后, nor 夥, which
    GB 2312 has, the standard of simplified texts."""
    each = [chr(code) for block in _TRADITIONAL for code in block]
    pairs = zip(each, _simplified_run("\n".join(each)).split("\n"), strict=True)
    changed = (one for one, other in pairs if one != other)
    return re.compile(f"[{''.join(c for c in changed if not _is_gb2312(c))}]")


def _is_gb2312(character: str) -> bool:
    return bool(character.encode("gb2312", "ignore"))


def _simplified_run(run: str) -> str:
    for simplify in (_of_today, *_simplifiers()):
        other = simplify(run)
        run = other if len(other) == len(run) else run
    return run


class _Folding:
    """The folded code of every character, negative where it can't be searched.

    A table of arrays folds a text three times as fast as `str.translate`. A character
    is worked out when first met: 0 stands for those that were not.
    """

    def __init__(self, simplify: Callable[[str], str]) -> None:
        self._steps = (_narrow, _of_today, simplify, str.lower)
        self._table: NDArray[np.int32] = np.zeros(sys.maxunicode + 1, "<i4")
        self.one_by_one = _OneByOne(self.fold)

    def codes(self, text: str) -> NDArray[np.int32]:
        """The folded codes of a text, one for each character."""
        codes = np.frombuffer(text.encode(_CODES, "surrogatepass"), "<i4")
        folded = self._table.take(codes)
        if np.count_nonzero(folded) == len(folded):  # faster than all()
            return folded
        for code in np.unique(codes[folded == 0]).tolist():
            character = self.fold(chr(code))
            sign = 1 if character.isalnum() else -1
            self._table[code] = sign * ord(character)
        return self._table.take(codes)

    def fold(self, character: str) -> str:
        """A character folded, which stays one."""
        for step in () if _is_surrogate(character) else self._steps:
            folded = step(character)
            # Only what stays one character: offsets must hold.
            character = folded if len(folded) == 1 else character
        return character


class _OneByOne(dict[int, str]):
    """The fold of each character that was met, for `str.translate`."""

    def __init__(self, fold: Callable[[str], str]) -> None:
        super().__init__()
        self._fold = fold

    def __missing__(self, code: int) -> str:
        self[code] = folded = self._fold(chr(code))
        return folded


def _text_of(codes: NDArray[np.int32]) -> str:
    return codes.tobytes().decode(_CODES, "surrogatepass")


def _narrow(character: str) -> str:
    return normalize("NFKC", character)


def _of_today(text: str) -> str:
    return text.translate(_old_forms())


@cache
def _old_forms() -> dict[int, str]:
    pairs = (pair for line in lines_of("old_forms.txt") for pair in line.split())
    return {ord(pair[0]): pair[1] for pair in pairs}


def _is_surrogate(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"


@cache
def _cutter() -> Callable[[str], list[str]]:
    return jieba_cutter() if RustJieba is None else rust_cutter()


def rust_cutter() -> Callable[[str], list[str]]:
    """The likeliest path through the dictionary, without guessing unknown words.

    Guessed words depend on their surroundings, and a query stands without them.
    """
    tokenizer = RustJieba()
    return lambda text: tokenizer.cut(text, hmm=False)


def jieba_cutter() -> Callable[[str], list[str]]:
    """The same cut by jieba itself, for machines without rjieba.

    The tokenizer is our own, and its cache goes to a folder that is private and short-
    lived: jieba loads whatever stands in the shared temporary folder.
    """
    jieba = import_module("jieba")  # a tenth of a second that others need not wait
    tokenizer = jieba.Tokenizer()
    jieba.setLogLevel("WARNING")
    with tempfile.TemporaryDirectory() as folder:
        tokenizer.tmp_dir = folder
        tokenizer.initialize()
    return lambda text: tokenizer.lcut(text, HMM=False)
