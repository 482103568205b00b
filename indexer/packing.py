"""An article's quotes as the index stores them: rows of few bytes.

The words are in the body already, and so are most of the places around them: what a row
keeps is where they stand, counted from where the quote begins. `packed` and `unpacked`
undo each other for every quote.
"""

from typing import Any, Final, TypeAlias

from indexer.archive import Quote

_KINDS: Final = ("direct", "indirect")
_HOWS: Final = ("name", "pronoun", "noun", "collective", "implied")
_FIELDS: Final = ("speaker", "role", "cue", "said_on", "place", "occasion")
_CODES: Final = {
    word: code for words in (_KINDS, _HOWS, _FIELDS) for code, word in enumerate(words)
}

Row: TypeAlias = list[Any]  # Any: JSON


def packed(quotes: tuple[Quote, ...], id: str, body: str) -> list[Row]:
    """The quotes of the article of that id and body, a row each.

    >>> said = Quote("a.q1", "direct", "桥通了", 4, 7, cue="说")
    >>> packed((said,), "a", "有人说“桥通了”")
    [[4, 3, 0, None, None, '说']]
    """
    return [_row(quote, f"{id}.q{n}", body) for n, quote in enumerate(quotes, 1)]


def unpacked(rows: list[Row], id: str, body: str) -> list[dict[str, Any]]:
    """The quotes as JSON objects, complete.

    >>> unpacked([[4, 3, 0, None, None, "说"]], "a", "有人说“桥通了”")[0]["text"]
    '桥通了'
    """
    return [_quote(row, f"{id}.q{n}", body) for n, row in enumerate(rows, 1)]


def _row(quote: Quote, id: str, body: str) -> Row:
    start, end = quote.start, quote.end
    evidence: list[int] = []
    for item in quote.evidence:
        spans = item.spans
        if len(spans) == 1:  # as nearly all
            at = spans[0].start
            evidence += (_CODES[item.field], 1, at - start, spans[0].end - at)
            continue
        evidence += (_CODES[item.field], len(spans))
        for span in spans:
            evidence += (span.start - start, span.end - span.start)
    row = [
        start,
        end - start,
        _CODES[quote.kind],
        quote.speaker,
        quote.role,
        quote.cue,
        [[s.surface, s.name, s.role, _CODES[s.how]] for s in quote.speakers] or None,
        evidence or None,
    ]
    same = quote.text == body[start:end] and quote.id == id
    if not same or quote.unknown or quote.said_on or quote.place or quote.occasion:
        row += (
            quote.unknown,
            quote.said_on.isoformat() if quote.said_on else None,
            quote.place,
            quote.occasion,
            None if quote.text == body[start:end] else quote.text,
            None if quote.id == id else quote.id,
        )
    while row[-1] is None:
        row.pop()
    return row


def _quote(row: Row, id: str, body: str) -> dict[str, Any]:
    row = [*row, *[None] * (14 - len(row))]
    start, length, kind, speaker, role, cue, speakers, evidence = row[:8]
    unknown, said_on, place, occasion, text, other = row[8:]
    end = start + length
    return {
        "id": id if other is None else other,
        "kind": _KINDS[kind],
        "text": body[start:end] if text is None else text,
        "start": start,
        "end": end,
        "speaker": speaker,
        "role": role,
        "cue": cue,
        "speakers": [
            {"surface": surface, "name": name, "role": office, "how": _HOWS[how]}
            for surface, name, office, how in speakers or ()
        ],
        "said_on": said_on,
        "place": place,
        "occasion": occasion,
        "unknown": unknown,
        "evidence": _evidence(evidence or [], start),
    }


def _evidence(numbers: list[int], start: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    rest = iter(numbers)
    for field in rest:
        spans = []
        for _ in range(next(rest)):
            first = start + next(rest)
            spans.append({"start": first, "end": first + next(rest)})
        found.append({"field": _FIELDS[field], "spans": spans})
    return found
