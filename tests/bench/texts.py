"""The texts that every engine indexes: real articles, or paragraphs put together anew.

A text is one field: title and body, cut into our own terms once. It is kept as words
joined by spaces; without the spaces it is its searchable characters. The texts of one
size lie in a file, a line each, so that a million need no memory.
"""

import json
import lzma
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from indexer import terms

NEWS: Final = Path(__file__).parents[3] / "shared/data/news_100k.jsonl.xz"


@dataclass(frozen=True, slots=True)
class Article:
    """What the shared data holds of an article; `date` is empty where unknown."""

    id: str
    date: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Text:
    """One document: its number from 0, its day as YYYYMMDD (0 unknown), its words."""

    number: int
    day: int
    words: str

    @property
    def year(self) -> int:
        return self.day // 10000

    @property
    def characters(self) -> str:
        """The searchable characters joined by spaces."""
        return " ".join(self.words.replace(" ", ""))


def read_articles(path: Path, count: int | None = None) -> Iterator[Article]:
    """The first `count` articles of a JSONL file, plain or compressed by xz."""
    with lzma.open(path) if path.suffix == ".xz" else path.open("rb") as lines:
        for number, line in enumerate(lines):
            if number == count:
                return
            row = json.loads(line)
            yield Article(row["id"], row["date"] or "", row["title"], row["body"])


def texts_of(articles: Iterable[Article]) -> Iterator[Text]:
    """The texts of articles as they are."""
    for number, article in enumerate(articles):
        words = words_of(f"{article.title}\n{article.body}")
        yield Text(number, day_of(article.date), words)


def recombined(articles: Iterable[Article], count: int, seed: str) -> Iterator[Text]:
    """`count` texts of as many paragraphs as real ones have, each paragraph real, each
    day one of a real article."""
    chance = random.Random(seed)
    days: list[int] = []
    lengths: list[int] = []
    paragraphs: list[str] = []
    for article in articles:
        parts = [article.title, *article.body.split("\n")]
        cut = [words for part in parts if (words := words_of(part))]
        days.append(day_of(article.date))
        lengths.append(len(cut))
        paragraphs += cut
    for number in range(count):
        chosen = chance.choices(paragraphs, k=chance.choice(lengths))
        yield Text(number, chance.choice(days), " ".join(chosen))


def words_of(text: str) -> str:
    """The index terms of a text joined by spaces.

    >>> words_of("建设互联网医院，2024年")
    '建设 互联网 医院 2024 年'
    """
    return " ".join([term.text for term in terms.index_terms(text)])


def day_of(date: str) -> int:
    """A date as a number that sorts; 0 for none.

    >>> day_of("2024-12-25")
    20241225
    """
    return int(date.replace("-", "")) if date else 0


def write_texts(path: Path, texts: Iterable[Text]) -> int:
    """Keep texts in a file and say how many there were."""
    count = 0
    with path.open("w", encoding="utf-8") as lines:
        for text in texts:
            lines.write(f"{text.day}\t{text.words}\n")
            count += 1
    return count


def read_texts(path: Path) -> Iterator[Text]:
    """The texts of a file that `write_texts` wrote."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines):
            day, words = line.rstrip("\n").split("\t")
            yield Text(number, int(day), words)


def chosen(path: Path, numbers: Sequence[int]) -> list[Text]:
    """The texts of these numbers, in the order of the file."""
    wanted = set(numbers)
    return [text for text in read_texts(path) if text.number in wanted]
