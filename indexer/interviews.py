"""Interviews that print questions and answers without quotation marks.

Knows the labels at a paragraph's head: 问 and 答, 记者 and whom he asked. What is asked
is the paper's own and left out; an answer goes on to the next label.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from indexer.archive import Span


class Answer(Struct, frozen=True):
    """An answer, and the label before it: 答, or whoever answers."""

    label: Span
    said: Span

    @property
    def start(self) -> int:
        return self.said.start

    @property
    def unnamed(self) -> bool:
        return self.label.end - self.label.start == 1

    def holds(self, place: int) -> bool:
        return self.said.start <= place < self.said.end


def answers_in(text: str) -> tuple[Answer, ...]:
    """The answers of an interview in print order; none in any other text.

    >>> text = "问：几时通车？\\n答：明年。\\n先通南段。\\n问：收费吗？\\n答：不收。"
    >>> [text[each.said.start : each.said.end] for each in answers_in(text)]
    ['明年。\\n先通南段。', '不收。']
    """
    asked = sum(1 for _ in _QUESTION.finditer(text))
    if asked < 2:
        return ()
    found = tuple(_answers(text))
    # A text that merely has colons answers far less often than it asks.
    return found if 2 * len(found) >= asked else ()


# What the label of a question ends in.
ASKING: Final = tuple(last + colon for last in "问者人" for colon in "：:")
_ASKER = (
    "(?:问|[^：:\n，。]{0,8}(?:记者|主持人)|网友[^：:\n，。]{0,8}|解说|旁白|画外音)"
)
_QUESTION = re.compile(f"^[ 　]*{_ASKER}[：:]", re.MULTILINE)
_LABEL = re.compile(
    '^[ 　]*([^：:\n，。、；？！“”（）()《》\\d]{1,16})[：:][ 　]*(?![“「『"])(?=\\S)',
    re.MULTILINE,
)


def _answers(text: str) -> Iterator[Answer]:
    labels = list(_LABEL.finditer(text))
    times = Counter(label[1] for label in labels)
    answered = False  # by the one before
    for number, match in enumerate(labels):
        if _QUESTION.match(text, match.start()):
            answered = False
            continue
        asked = number and _QUESTION.match(text, labels[number - 1].start())
        # Where several are asked, each of them answers more than once.
        answered = bool(asked or (answered and times[match[1]] > 1))
        if not answered:
            continue  # a label that no question goes before
        last = number + 1 == len(labels)
        end = len(text) if last else labels[number + 1].start()
        end -= len(text[match.end() : end]) - len(text[match.end() : end].rstrip())
        yield Answer(Span(*match.span(1)), Span(match.end(), end))
