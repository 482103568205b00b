"""Where the sentences, clauses and noun phrases of a text begin, and what leads a
clause.

Knows what ends each of them in print, what stands between a subject and its verb
(高兴地, 24日, 就供水问题), and what a noun phrase begins with (这位, 一名).
"""

import re
from functools import cache, lru_cache

from indexer.wordlists import rows_of

BLANK = "\x00"  # stands for what is said in marks
# It begins with the mark, which is rare and found fast.
_HALF_WIDTH = re.compile("[.．](?<=[\u3400-\u9fff”’\"')）%].)(?![0-9A-Za-z０-９])")

# 本报讯（记者王岚）
_SIGNED = re.compile(
    "[^。！？\n（(]{0,30}[（(][^（）()。]{0,12}?记者[^（）()。]{1,40}[）)]"
)

_ENDS = f"。！？!?；;：:\n{BLANK}"
_SKIP = "”』」，,、 　"
# From the last end of a sentence: what is greedy looks for it backwards.
_OPENING = re.compile(f"(?s:.*[{_ENDS}])?[{_SKIP}]*")
SENTENCE_END = re.compile(f"[。！？!?\n：:{BLANK}]")
_CLAUSE = re.compile(f"{_OPENING.pattern}()(?:(?s:.*)(?:，|,|——))?")
_COMMA = re.compile("，|,|——+")
_LAST_COMMA = re.compile("(?s:.*)(?:，|,|——)")
STOPS = re.compile(f"[，,。！？!?；;：:、\\s“”（）()《》{BLANK}]")
_CUT = re.compile(
    ".*(?:[把让给说]|被(?![告害访])|到(?!底|场|会)|来(?!自|访|宾|信)|过(?!去|程)|着(?!名|力|重)|了(?!解)|"
    "问(?!题)|听(?!众)|见(?!面|习|证)|对(?!外|口)|(?<!方)向|据|由|当(?!地|局|事|选)|"
    "在(?!场|座|校|岗|职|读|线|野|任)|(?<![因认成])为(?!首|主)|"
    "这时|随后|当时|今天|昨天|一旁|旁边)"
)
_LOOSE = re.compile(f"{STOPS.pattern}|[和与同跟及的]|{_CUT.pattern}")
_DETERMINED = re.compile(
    "(?:[这那该某]|另一|其中一?|有的?|几|两|一些|不少|许多|很多|[一二三四五六七八九十]+)"
    "(?:[位名个些群对]|名叫)|该|一个|(?:来自|身穿|年轻|年近|年过)"
)
_LEAD = re.compile(
    "(?:据|而|但|但是|不过|对此|为此|同时|此外|另外|其实|最近|日前|近日|今天|昨天|当时|"
    "这时|此时|随后|后来|于是|因此|所以|正如|诚如|就像|在|由|以(?![色军方])|并|还|也(?!门)|又|则)*"
)
_DAY = re.compile("[0-9０-９]{1,2}日$")
_TOPIC = re.compile("(?:针对|围绕|通过|在|就|对|向|于|从|给|用|为)(?=..)")
_REMEMBERED = 1 << 12  # clauses whose leads are kept
LONG = 4_000  # characters of an article that may hold an endless sentence
_SENTENCE = 1_000  # and of a sentence at most
_STOP = re.compile("[。！？!?\n]")
_ENDLESS = re.compile(f"[^。！？!?\n]{{{_SENTENCE}}}")
PHRASE = 24  # characters of a noun phrase at most, before its last word


def with_full_stops(text: str) -> str:
    """The text with 。 for its half-width full stops and for the bracket that ends a
    byline, its length kept.

    >>> with_full_stops("本报讯（记者方静）增长2.5%.王岚说,好.")
    '本报讯（记者方静。增长2.5%。王岚说,好。'
    """
    if signed := _SIGNED.match(text):
        text = f"{text[: signed.end() - 1]}。{text[signed.end() :]}"
    return _HALF_WIDTH.sub("。", text) if "." in text or "．" in text else text


def with_every_end(text: str) -> str:
    """The text, its length kept, with 。 at a comma or where there is none in runs that
    no sentence is as long as.

    Steps that look for a sentence's end from each of its clauses took half an hour for
    a megabyte of 他说，他说，. No article of less than LONG characters is looked at.
    """
    if len(text) < LONG or max(map(len, _STOP.split(text))) < _SENTENCE:
        return text
    return _ENDLESS.sub(_ended, text)


def _ended(run: re.Match[str]) -> str:
    place = max(run[0].rfind(comma, _SENTENCE // 2) for comma in "，,；;")
    place = place if place >= 0 else len(run[0]) - 1
    return f"{run[0][:place]}。{run[0][place + 1 :]}"


def sentence_start(text: str, end: int, limit: int = 160) -> int:
    """Where the sentence begins that text[:end] ends in.

    >>> sentence_start("桥通了。 王岚说", 8)
    5
    """
    opening = _OPENING.match(text, max(0, end - limit), end)
    return opening.end() if opening else end


def clause_start(text: str, end: int, limit: int = 160) -> tuple[int, int]:
    """Where the sentence and its last clause begin that text[:end] ends in.

    >>> clause_start("桥通了。会后，王岚说", 9)
    (4, 7)
    """
    opening = _CLAUSE.match(text, max(0, end - limit), end)
    return (opening.end(1), opening.end()) if opening else (end, end)


def clauses_in(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The clauses of text[start:end], without the commas between them.

    >>> clauses_in("会后，王岚——说", 0, 8)
    [(0, 2), (3, 5), (7, 8)]
    """
    found = []
    for comma in _COMMA.finditer(text, start, end):
        if comma.start() > start:
            found.append((start, comma.start()))
        start = comma.end()
    if start < end:
        found.append((start, end))
    return found


def last_clause(text: str, start: int, end: int) -> tuple[int, int]:
    """The last of the clauses of text[start:end], an empty one where there are none.

    >>> last_clause("会后，王岚说", 0, 6), last_clause("会后，", 0, 3)
    ((3, 6), (0, 2))
    """
    comma = _LAST_COMMA.match(text, start, end)
    first = comma.end() if comma else start
    if first < end:
        return first, end
    clauses = clauses_in(text, start, end)
    return clauses[-1] if clauses else (end, end)


def phrase_start(text: str, clause: int, head: int) -> int:
    """Where the noun phrase begins whose last word begins at `head`, in a clause.

    >>> phrase_start("昨天来了一位老大爷", 0, 6)
    4
    """
    clause = max(clause, head - PHRASE)
    for stop in STOPS.finditer(text, clause, head):
        if stop[0] not in "“”《》":
            clause = stop.end()
    cut = _CUT.match(text, clause, head)
    match = _DETERMINED.search(text, clause, head)
    # What stands between is a clause that describes the head, or goes before it.
    if match and not (
        cut and match.start() < cut.end() and "的" not in text[cut.end() : head]
    ):
        return match.start()
    return cut.end() if cut else clause


def phrase_before(text: str, head: int) -> int:
    """`phrase_start` in the clause that the head stands in."""
    start = sentence_start(text, head)
    for comma in _COMMA.finditer(text, start, head):
        start = comma.end()
    return phrase_start(text, start, head)


def is_loose(gap: str) -> bool:
    """Whether what stands between two words is more than titles are made of."""
    return _LOOSE.search(gap) is not None


def is_cut(phrase: str) -> bool:
    """Whether a phrase holds what ends a clause in front of it: 到场后, 随后."""
    return _CUT.match(phrase) is not None


def without_lead(text: str, start: int, end: int) -> int:
    """Where a clause begins without what joins it to the one before (但, 随后)."""
    lead = _LEAD.match(text, start, end)
    return lead.end() if lead else start


@lru_cache(maxsize=_REMEMBERED)
def bare(clause: str) -> str:
    """What leads a clause, without what stands between it and its verb.

    >>> [bare(text) for text in ("龚小舟高兴地", "镇政府就供水问题", "方静24日也")]
    ['龚小舟', '镇政府', '方静']
    """
    adverbs, sizes = _adverbs(), _adverb_sizes()
    while clause:
        last, ending = clause[-1], 0
        for size in sizes.get(last, ()):
            if clause[-size:] in adverbs:
                ending = size
                break
        if last == "日" and (day := _DAY.search(clause, max(0, len(clause) - 3))):
            ending = len(day[0])
        elif last == "地":
            known = clause[-3:-1] in adverbs  # 认真地, else 语重心长地
            ending = 3 if known or len(clause) < 7 else 5
        elif last == "的" and len(clause) > 5:
            ending = 5
        if not ending:
            break
        clause = clause[:-ending]
    topic = _TOPIC.search(clause, 2)
    return bare(clause[: topic.start()]) if topic else clause


@cache
def _adverbs() -> frozenset[str]:
    return frozenset(rows_of("speakers.txt")["adverb"])


@cache
def _adverb_sizes() -> dict[str, tuple[int, ...]]:
    """How long the adverbs are that end with a character, the longest first."""
    sizes: dict[str, set[int]] = {}
    for word in _adverbs():
        sizes.setdefault(word[-1], set()).add(len(word))
    return {last: tuple(sorted(each, reverse=True)) for last, each in sizes.items()}
