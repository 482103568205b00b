"""A question in natural language → its parts in three grains, and what each is worth.

Who asks 谁在青浔江上修了第一座桥 does not demand that an answer prints 谁: what many
questions hold says little of what is asked. The weights in `words/query_weights.txt`
are learnt from example questions by `python -m tests.bench.weights`; what is not there
weighs 1. The grains are words, pairs of neighbouring Han characters, which find what
the dictionary cuts otherwise, and single characters, which find short forms and words
in another order.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby, pairwise
from typing import Final

from indexer import terms
from indexer.wordlists import lines_of

# Parts of one run without spaces that make it a sentence, and of a whole query.
_RUN: Final = 4
_QUERY: Final = 6
# Parts of a run that are more than one word, and of a query that is no mere list.
_PHRASE: Final = 2
_LIST: Final = 4
_ASKED: Final = 2  # characters beside the word of asking
_WORTHLESS: Final = 0.55  # of a part that need not be marked in a text
_ASKS: Final = re.compile(
    r"[？?]|谁|什么|啥|哪|怎[么样]|如何|为何|何[时地处人]|几[个年月号岁次天点种代级层本门家位名集期届路分秒元块斤米]|多少"
    r"|多[久长大高远快重深]|是否|是不是|有没有|能不能|可不可以|[吗呢么]$"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A folded text that is looked for, and what it is worth, from 0 to 1."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Parts:
    """A question in three grains, each text once, in the order typed; `text` is all of
    it, folded, as `terms.characters` gives it."""

    words: tuple[Part, ...]
    pairs: tuple[Part, ...]
    characters: tuple[Part, ...]
    text: str = ""

    def weighed(self, weights: Mapping[str, float]) -> "Parts":
        """The same at other weights; what has none weighs 1."""
        words, pairs, characters = (
            _weighed((part.text for part in grain), weights)
            for grain in (self.words, self.pairs, self.characters)
        )
        return Parts(words, pairs, characters, self.text)


def asks(text: str) -> bool:
    """Whether a text asks in natural language, by a word of asking.

    >>> asks("青浔大桥是什么时候通车的"), asks("青浔大桥 通车")
    (True, False)
    """
    found = _ASKS.search(text)
    return found is not None and len(text) - len(found[0]) >= _ASKED


def beside_asking(text: str) -> str:
    """The longest part of a question without the words of asking: who asks so has the
    sentence in mind that answers.

    >>> beside_asking("谁强调发展是长治久安的经济基础？")
    '强调发展是长治久安的经济基础'
    """
    return max(_ASKS.split(text), key=len)


def is_long(text: str) -> bool:
    """Whether a text is rather a sentence than a list of keywords.

    >>> is_long("青浔大桥加固工程昨日完工"), is_long("青浔 大桥 加固 完工")
    (True, False)
    """
    sizes = _sizes(text)
    return max(sizes, default=0) >= _RUN or sum(sizes) >= _QUERY


def is_list(text: str) -> bool:
    """Whether a text is one thing that is looked for, or a few keywords, of which none
    may be left out without a word.

    >>> is_list("青浔 大桥 加固"), is_list("青浔大桥加固")
    (True, False)
    """
    sizes = _sizes(text)
    return sum(sizes) < (_PHRASE if len(sizes) == 1 else _LIST)


def is_phrase(text: str) -> bool:
    """Whether a text is more than two words, some of them run together.

    >>> is_phrase("青浔大桥加固"), is_phrase("青浔大桥"), is_phrase("青浔 大桥 加固")
    (True, False, False)
    """
    sizes = _sizes(text)
    return sum(sizes) > _PHRASE <= max(sizes, default=0)


def is_short(text: str) -> bool:
    """Whether a text may well be a word with a wrong character."""
    return sum(_sizes(text)) <= _PHRASE


@lru_cache(maxsize=256)
def parts_of(text: str) -> Parts:
    """What a question looks for.

    >>> parts = parts_of("谁修了桥")
    >>> [part.text for part in parts.pairs]
    ['谁修', '修了', '了桥']
    >>> [part.text for part in parts.characters if part.weight < 0.2]
    ['谁']
    """
    words = [term.text for term in terms.index_terms(text)]
    runs = _han_runs(terms.fold(text))
    pairs = (first + second for run in runs for first, second in pairwise(run))
    characters = (character for run in runs for character in run)
    known = _weights().fitted
    grains = _weighed(words, known), _weighed(pairs, known), _weighed(characters, known)
    return Parts(*grains, terms.characters(text).text)


def telling(text: str) -> tuple[str, ...]:
    """The words that an answer may well print, worth being marked in it.

    >>> telling("是谁加固了大桥？")
    ('加固', '大桥')
    """
    asked = _weights().asked
    words = (part.text for part in parts_of(text).words)
    return tuple(word for word in words if asked.get(word, 1.0) > _WORTHLESS)


def _sizes(text: str) -> list[int]:
    """How many parts each run of a text has; none where no part is of Han characters:
    numbers and codes are no sentence."""
    found = [terms.query_terms(run) for run in text.split()]
    if all(term.whole_word for run in found for term in run):
        return [0]
    return [len(run) for run in found]


def _weighed(texts: Iterable[str], weights: Mapping[str, float]) -> tuple[Part, ...]:
    return tuple(Part(text, weights.get(text, 1.0)) for text in dict.fromkeys(texts))


def _han_runs(folded: str) -> list[str]:
    runs = groupby(folded, terms.is_han)
    return ["".join(run) for is_han, run in runs if is_han]


@dataclass(frozen=True, slots=True)
class _Weights:
    """What texts are worth where documents are told apart, and by how seldom questions
    hold them. 是 may tell an answer, but is not worth being marked in it."""

    fitted: Mapping[str, float]
    asked: Mapping[str, float]


@cache
def _weights() -> _Weights:
    rows = [line.split("\t") for line in lines_of("query_weights.txt")]
    fitted = {text: float(weight) for text, weight, _ in rows}
    return _Weights(fitted, {text: float(weight) for text, _, weight in rows})
