"""Queries that stand for many terms: which of a segment's they are.

The terms of a field lie together, sorted: a prefix or a range of terms is a range of
their numbers, and a pattern is tried on those alone that begin as it does. Any other
such query of Whoosh's says itself which terms it means.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
from whoosh import fields, query
from whoosh.util.times import datetime_to_long

from indexer.arrays.codec import reader_of
from indexer.arrays.container import Array
from indexer.arrays.lexicon import NO_TERM, key_of
from indexer.arrays.segment import Segment

_AT_ONCE: Final = 1 << 12  # terms tried between two looks at the clock


def terms_meant(
    asked: Any, segment: Segment, schema: Any, check: Callable[[], None]
) -> Sequence[int]:
    """The numbers of the terms, ascending; a range where they lie together. `check` is
    called now and then."""
    number = segment.fields.get(asked.fieldname)
    if number is None or asked.fieldname not in schema:
        return range(0)
    field = schema[asked.fieldname]
    try:
        if isinstance(asked, query.Every):
            return range(*segment.lexicon.of_field(number))
        if isinstance(asked, query.Prefix):
            return _beginning(segment, number, field.to_bytes(asked.text))
        if isinstance(asked, query.TermRange):
            return _between(asked, segment, number, field)
        if isinstance(asked, query.NumericRange):
            return _counted(asked, segment, number, field)
    except ValueError:  # the field has no such terms
        return range(0)
    if isinstance(asked, query.Wildcard | query.Regex):
        return _like(asked, segment, number, check)
    check()
    texts = map(field.to_bytes, asked._btexts(reader_of((segment,), schema)))
    found = {segment.term(asked.fieldname, text) for text in texts} - {NO_TERM}
    return sorted(found)


def docs_of_any(segment: Segment, terms: Sequence[int]) -> Array:
    """Which documents of a segment have any of these terms (bool by number)."""
    starts, docs = segment.starts, segment.docs
    found = np.zeros(segment.size, bool)
    if isinstance(terms, range):
        every = docs[starts[terms.start] : starts[terms.stop]]
        found[every.astype(np.intp)] = True
    else:
        for term in terms:
            held = docs[starts[term] : starts[term + 1]]
            found[held.astype(np.intp)] = True
    return found


def column_ends(asked: Any, field: Any) -> tuple[Any, Any]:
    """The ends of a range of numbers or times as a column has them; None is open."""
    if isinstance(field, fields.DATETIME):
        return _plain(asked.start), _plain(asked.end)
    return _in_column(asked.start, field), _in_column(asked.end, field)


def _in_column(end: Any, field: Any) -> Any:
    """What Whoosh keeps of a number. Of a whole one that is known without asking it,
    which takes .7 µs of the 15 of a search in a period."""
    if end is None:
        return None
    whole = type(end) is int and field.numtype is int and not field.signed
    if whole and field.min_value <= end <= field.max_value:
        return end
    return field.to_column_value(end)


def _beginning(segment: Segment, field: int, text: bytes) -> range:
    return range(*segment.lexicon.with_prefix(key_of(field, text)))


def _between(asked: Any, segment: Segment, number: int, field: Any) -> range:
    """The terms from one to another; an end that is excluded may not be a term."""
    first, end = segment.lexicon.of_field(number)
    if asked.start is not None:
        first = _after(segment, number, field, asked.start, past=asked.startexcl)
    if asked.end is not None:
        end = _after(segment, number, field, asked.end, past=not asked.endexcl)
    return range(first, max(first, end))


def _counted(asked: Any, segment: Segment, number: int, field: Any) -> range:
    """The terms of whole numbers in a range. Whoosh's own choice of coarser ones finds
    too much where the range begins or ends near the least number there is."""
    low, high = (
        None if end is None else fields.NUMERIC.to_bytes(field, _plain(end))
        for end in (asked.start, asked.end)
    )
    whole = query.TermRange(
        asked.fieldname,
        b"\0" if low is None else low,
        b"\1" if high is None else high,
        asked.startexcl,
        asked.endexcl or high is None,
    )
    return _between(whole, segment, number, field)


def _plain(end: Any) -> Any:
    """A time as the number that Whoosh has for it; any other end as it is."""
    return datetime_to_long(end) if isinstance(end, datetime) else end


def _after(segment: Segment, number: int, field: Any, text: Any, *, past: bool) -> int:
    """The first term that is not below a text, and with `past` not the text either."""
    key = key_of(number, field.to_bytes(text))
    # No key lies between one and the same with a zero byte after it.
    return segment.lexicon.at_least(key + b"\0" if past else key)


def _like(
    asked: Any, segment: Segment, field: int, check: Callable[[], None]
) -> list[int]:
    """The terms that match a pattern."""
    # The query's own reading of its syntax, which has no public name.
    pattern = re.compile(asked._get_pattern())
    prefix: str = asked._find_prefix(asked.text)
    if isinstance(asked, query.Regex):
        prefix = prefix[:-1]  # "ab{0}" need not have its b
    found = []
    candidates = _beginning(segment, field, prefix.encode("utf-8", "surrogatepass"))
    for count, term in enumerate(candidates):
        if count % _AT_ONCE == 0:
            check()
        if pattern.match(segment.lexicon.term(term).decode("utf-8", "replace")):
            found.append(term)
    return found
