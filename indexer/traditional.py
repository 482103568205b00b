"""What was read of a text as if it were simplified → as the text prints it.

Rules know simplified characters alone, so texts in traditional ones are read by way of
`terms.simplified`. Hides how the printed characters are found again in what was read:
names, bylines and quotations stay as they are printed. Pages and JSONL use it.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import asdict, replace

from indexer.archive import Article, Span, Unit

_Unit = TypeVar("_Unit", bound=Unit)
_Value = TypeVar("_Value")

# Fields that no page prints, and those that take one of a few values.
_NOT_PRINTED = frozenset(
    ("id", "kind", "paper", "page", "how", "unknown", "order", "gender", "ethnicity")
) | {"audits", "warnings", "spans", "evidence"}


def as_printed(unit: _Unit, printed: "Print") -> _Unit:
    """The unit as it is printed: what it says is looked for where it stands first."""
    runs = [span for field in unit.spans for span in field.spans]
    unit = printed.within(runs).of(unit)
    if not isinstance(unit, Article):
        return unit
    said = [replace(q, text=unit.body[q.start : q.end]) for q in unit.quotes]
    return replace(unit, quotes=tuple(said))


class Print:
    """A text as it is read and as it is printed, as many characters; what is a part of
    another (`whole`) has all of that around it."""

    def __init__(self, read: str, printed: str, whole: "Print | None" = None) -> None:
        self._texts = read, printed
        self._read, self._printed = _bare(read), _bare(printed)
        self._whole = whole

    def within(self, spans: Iterable[Span]) -> "Print":
        """The part that stands there."""
        runs = [slice(span.start, span.end) for span in spans]
        read, printed = ("".join([text[run] for run in runs]) for text in self._texts)
        return Print(read, printed, self)

    def of(self, value: _Value) -> _Value:
        """A text as printed, white space apart, or a record or tuple of texts. What is
        nowhere printed in a row is given back character by character.

        >>> printed = Print("记者王岚说，余干在表厂。", "記者王嵐說，餘干在錶廠。")
        >>> printed.of(("王 岚", "余干表厂"))
        ('王 嵐', '餘干錶廠')
        """
        found: _Value = self._of(value)
        return found

    def _of(self, value: Any) -> Any:  # Any: what is made of it is of its own type
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, tuple):
            return tuple(map(self._of, value))
        if not isinstance(value, Struct):
            return value
        fields = [(f, v) for f, v in asdict(value).items() if f not in _NOT_PRINTED]
        return replace(value, **{field: self._of(held) for field, held in fields})

    def _text(self, text: str) -> str:
        bare = _bare(text)
        if bare in self._printed:
            return text
        start = self._read.find(bare)
        if start >= 0:
            characters = iter(self._printed[start : start + len(bare)])
            return "".join([c if c.isspace() else next(characters) for c in text])
        return self._whole._text(text) if self._whole else text.translate(self._first)

    @cached_property
    def _first(self) -> dict[int, str]:
        """What each character is where it is first printed."""
        pairs = zip(reversed(self._read), reversed(self._printed), strict=True)
        return {ord(read): printed for read, printed in pairs}


def _bare(text: str) -> str:
    return "".join(text.split())
