"""Who is asked to have said what: 兰钧 说 大桥, 兰钧说大桥, 谁 说 大桥.

Reads queries only; whether there is such a speaker, and what was said, is for an index
to know. A verb of saying must be a word of its own: nobody speaks in 小说 改编.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from indexer import query, terms

# Verbs of saying as readers type them, longer ones first.
_VERBS: Final = (
    *("说过", "说道", "说了", "谈到", "谈过", "提到", "表示", "认为", "指出", "强调"),
    *("介绍", "坦言", "透露", "说", "谈", "讲", "称"),
)
# Nouns too: 代表 建议 办理 are keywords.
_IN_RUNS: Final = ("建议", "呼吁", "回忆", *_VERBS)
VERB: Final = re.compile("|".join(_IN_RUNS))
_ANYBODY: Final = ("谁", "哪位", "有人")
_ANYTHING: Final = ("什么", "了什么", "过什么", "些什么", "了些什么", "啥", "了啥")
_LEAST: Final = 2  # characters of a speaker that a run begins with


@dataclass(frozen=True, slots=True)
class Saying:
    """A question for who said what; `who` is None for anybody (谁 说 …), `said` None
    for anything (兰钧 说了什么). `run` is all of it where it is typed as one: print may
    say just so."""

    who: str | None
    said: query.Node | None
    run: str = ""

    def tree(self, field: Literal["speaker", "role"]) -> query.Node:
        """The quotes it asks for; a name speaks, or somebody in a role."""
        by = [query.Filter(field, self.who)] if self.who else []
        said = [self.said] if self.said else []
        found = query.all_of([query.Filter("kind", "quote"), *by, *said])
        assert found is not None
        return found


def saying(tree: query.Node | None) -> Saying | None:
    """Who is asked to have said what, where a query reads like that.

    >>> saying(query.parse("兰钧 说 大桥").tree)
    Saying(who='兰钧', said=Words(text='大桥'), run='')
    >>> saying(query.parse("谁 说过 大桥 通车").tree).said
    And(nodes=(Words(text='大桥'), Words(text='通车')))
    >>> saying(query.parse("兰钧说大桥").tree)
    Saying(who='兰钧', said=Words(text='大桥'), run='兰钧说大桥')
    >>> saying(query.parse("小说 改编").tree) is None
    True
    """
    match tree:
        case query.And((query.Words(who) | query.Phrase(who) as first, *rest)):
            who = terms.simplified(who)
            return _spaced(who, rest, whole=isinstance(first, query.Phrase))
        case query.Words(run):
            return next(_in_run(run), None)
    return None


def _spaced(who: str, rest: list[query.Node], *, whole: bool) -> Saying | None:
    """Of parts: 兰钧 说 大桥, 兰钧 说大桥; 兰钧说 大桥 unless the first is `whole`."""
    typed = rest[0].text if isinstance(rest[0], query.Words) else ""
    second = terms.simplified(typed)
    if second in _VERBS:
        rest = rest[1:]
    elif behind := next(
        (e for s, e in _verbs(second) if not s and _asks(second[e:])), 0
    ):
        rest = [query.Words(typed[behind:]), *rest[1:]]
    elif not whole:
        ends = (start for start, end in _verbs(who) if end == len(who))
        who = who[: next(ends, 0)]
    else:
        return None
    said = query.all_of(rest)
    if said is None or not _asks(who):
        return None
    return Saying(_speaker(who), _said(said))


def _in_run(run: str) -> Iterator[Saying]:
    """Of one run: 兰钧说大桥."""
    text = terms.simplified(run)
    for start, end in _verbs(text, _IN_RUNS):
        who, said = text[:start], run[end:]
        if _asks(said) and (who in _ANYBODY or len(_asks(who)) >= _LEAST):
            yield Saying(_speaker(who), _said(query.Words(said)), run)


def _verbs(text: str, verbs: tuple[str, ...] = _VERBS) -> Iterator[tuple[int, int]]:
    """Where verbs of saying stand that begin and end where words do."""
    if not VERB.search(text):  # as in most queries
        return
    words = terms.index_terms(text)
    ends = {word.end for word in words}
    for start in (word.start for word in words):
        verb = next((verb for verb in verbs if text.startswith(verb, start)), "")
        if verb and start + len(verb) in ends:
            yield start, start + len(verb)


def _asks(text: str) -> str:
    """What of a text can be searched."""
    return terms.characters(text).text


def _speaker(who: str) -> str | None:
    return None if who in _ANYBODY else who


def _said(node: query.Node) -> query.Node | None:
    """What is said; None where any of it is asked for."""
    anything = isinstance(node, query.Words) and (
        terms.simplified(node.text) in _ANYTHING
    )
    return None if anything else node
