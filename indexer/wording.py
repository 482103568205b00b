"""Which pieces of a page speak of the same things, by the characters they share.

Knows words cut by a column's end, the runs of characters that two texts have in
common, and what those say about a new article. `layout` weighs it with how lines look.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from indexer import names, terms

# Log-odds of a new article by the number of three-character runs that the text before
# and the text after have in common.
_TURNS = (2.6, 0.6, 0.6, 0.1, -0.8, -0.9, -1.2, -1.9)
_HAN_RUN = re.compile(f"[{names.HAN}]+")


class Wording:
    """The wording of a page's pieces; places are indexes into `texts`."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._pairs = {a + b for text in texts for a, b in pairwise(text)}
        self._runs: dict[tuple[int, int], frozenset[str]] = {}
        self._turns: dict[int, float] = {}
        self._announcing: dict[int, float] = {}

    def runs_on(self, left: int, right: int) -> float:
        """The evidence that a word stands across the end of one piece and the
        beginning of another."""
        a, b = self._texts[left][-8:], self._texts[right][:8]
        score = 1.0 if a[-1] + b[0] in self._pairs else 0.0
        return score + (2.5 if _word_crosses(a, b) else -0.7)

    def turns(self, i: int) -> float:
        """The evidence that the text after a piece speaks of other things than that
        before it."""
        if i not in self._turns:
            before, after = self._said(i - 4, i, 3), self._said(i + 1, i + 5, 3)
            known = len(before) > 30 and len(after) > 30
            shared = min(len(before & after), len(_TURNS) - 1)
            self._turns[i] = _TURNS[shared] if known else 0.0
        return self._turns[i]

    def announces(self, i: int) -> float:
        """The evidence that a line's words are those of the text after it, not before
        it."""
        if i not in self._announcing:
            head = self._said(i, i + 1, 2)
            before, after = self._said(i - 4, i, 2), self._said(i + 1, i + 4, 2)
            shared = len(head & after) - len(head & before)
            self._announcing[i] = 1.2 if shared > 5 else -0.8 if shared < 2 else 0.0
        return self._announcing[i]

    def answers(self, head: int, i: int) -> float:
        """The evidence that the text from a piece on is that of a headline further
        up."""
        shared = self._said(head, head + 1, 2) & self._said(i, i + 3, 2)
        return min(3.0, 0.6 * len(shared)) - 0.6

    def _said(self, start: int, end: int, length: int) -> frozenset[str]:
        """The runs of characters of the pieces from `start` to `end`."""
        found: set[str] = set()
        for i in range(max(0, start), min(max(0, end), len(self._texts))):
            if (i, length) not in self._runs:
                self._runs[i, length] = _runs(self._texts[i], length)
            found |= self._runs[i, length]
        return frozenset(found)


def _runs(text: str, length: int) -> frozenset[str]:
    """Runs of that many Han characters, of the beginning of a text."""
    return frozenset(
        run[i : i + length]
        for run in _HAN_RUN.findall(text[:400])
        for i in range(len(run) - length + 1)
    )


def _word_crosses(tail: str, head: str) -> bool:
    cut = len(tail)
    return any(term.start < cut < term.end for term in terms.index_terms(tail + head))
