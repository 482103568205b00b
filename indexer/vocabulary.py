"""What a corpus knows of its own words: the cities of its papers, and words that mean
the same there, from a `synonyms.txt` that its keepers may edit.

`corpus` reads it, engines are handed it, `rewrites` uses it.
"""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`cities` as printed with 市 or 县; each of `synonyms` holds words that mean the
    same."""

    cities: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, ...], ...] = ()


NO_VOCABULARY: Final = Vocabulary()


def parse_synonyms(text: str) -> tuple[tuple[str, ...], ...]:
    """The groups of a `synonyms.txt`: a line holds words joined by =, and a # begins a
    remark. A line without = says nothing.

    >>> parse_synonyms("# 医院\\n一医院 = 河口市第一医院 ＝ 市一医院\\n")
    (('一医院', '河口市第一医院', '市一医院'),)
    """
    lines = (line.partition("#")[0] for line in text.removeprefix("\ufeff").split("\n"))
    groups = (tuple(filter(None, map(str.strip, _EQUAL.split(x)))) for x in lines)
    return tuple(group for group in groups if len(group) > 1)


_EQUAL: Final = re.compile("[=＝]")
