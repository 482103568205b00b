"""What the words of a question are worth, learnt from example questions.

    python -m tests.bench.weights [--readers FOLDER] [--news FILE] [--out FILE]

writes `indexer/words/query_weights.txt`. What many questions hold says little of what
is asked: a text of n questions, c of which print it, weighs ln((n+1)/(c+1)) / ln(n+1),
less where questions print it oftener than news does, as 什么 and 怎么 are: divided by
1 + ½ ln(P(question) / P(article)). Words, pairs of characters and single characters
are all texts. What one set of questions alone asks about is its subject, so a text has
to be asked in every set; only weights that matter are kept.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from math import log
from pathlib import Path
from typing import Final

from indexer import weighing
from tests.bench.texts import NEWS, read_articles

SHARED: Final = Path(__file__).parents[3] / "shared/data/ranking"
OUT: Final = Path(__file__).parents[2] / "indexer/words/query_weights.txt"
ARTICLES: Final = 20_000
_FEWEST: Final = 12  # documents that are asked about so: fewer may share a subject
_FEWEST_OF_A_SET: Final = 3
_LEAST_PRINTED: Final = 1 / ARTICLES
_MOST: Final = 0.8  # what weighs more is worth about as much as what no question holds


def learnt(sets: Sequence[list[str]], articles: Iterable[str]) -> dict[str, float]:
    """The weights of the texts that questions hold, below 1; each text of a set is all
    that is asked about one document."""
    counts = [Counter(t for asked in one for t in texts_of(asked)) for one in sets]
    asked, questions = sum(counts, Counter()), sum(map(len, sets))
    common = {
        text: count
        for text, count in asked.items()
        if count >= _FEWEST and all(one[text] >= _FEWEST_OF_A_SET for one in counts)
    }
    printed, size = Counter[str](), 0
    for article in articles:
        size += 1
        printed.update(texts_of(article) & common.keys())
    found = {
        text: weight(count, questions, printed[text] / max(size, 1))
        for text, count in common.items()
    }
    return {text: value for text, value in found.items() if value <= _MOST}


def weight(count: int, questions: int, printed: float) -> float:
    """The weight of a text that `count` of the questions hold, and this share of
    articles; see above."""
    worth = log((questions + 1) / (count + 1)) / log(questions + 1)
    excess = log(count / questions / max(printed, _LEAST_PRINTED))
    return worth / (1 + max(excess, 0) / 2)


def texts_of(text: str) -> set[str]:
    """The words, pairs and characters of a text."""
    parts = weighing.parts_of(text)
    grains = (*parts.words, *parts.pairs, *parts.characters)
    return {part.text for part in grains}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--readers", type=Path, default=SHARED)
    parser.add_argument("--sets", nargs="*", help="folders of it; all by default")
    parser.add_argument("--news", type=Path, default=NEWS)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    folders = sorted(file.parent for file in given.readers.glob("*/queries.jsonl"))
    chosen = [f for f in folders if not given.sets or f.name in given.sets]
    sets = [_questions(folder) for folder in chosen]
    articles = (a.title + "\n" + a.body for a in read_articles(given.news, ARTICLES))
    found = learnt(sets, articles)
    ordered = sorted(found.items(), key=lambda pair: (pair[1], pair[0]))
    lines = [f"{text}\t{value:.2f}\n" for text, value in ordered]
    given.out.write_text("".join(lines), "utf-8")
    print(f"questions about {sum(map(len, sets))} documents, {len(lines)} weights")


def _questions(folder: Path) -> list[str]:
    """What is asked about each document of a set, a line for each question."""
    rows = (folder / "qrels.tsv").read_text("utf-8").splitlines()
    about = {query: document for query, _, document, _ in map(str.split, rows)}
    asked: dict[str, list[str]] = {}
    for line in (folder / "queries.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        asked.setdefault(about[row["id"]], []).append(row["query"])
    return ["\n".join(questions) for questions in asked.values()]


if __name__ == "__main__":
    main()
