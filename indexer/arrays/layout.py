"""What an index keeps of each field, read off a Whoosh schema.

The arrays keep existence, frequency and positions; whatever else a Whoosh format can
hold (character offsets, boosts, vectors) is refused before anything is written.
"""

from dataclasses import dataclass
from typing import Any, Final, Self

from whoosh import columns, fields, formats

from indexer.errors import ConfigurationError

# Whoosh's formats whose postings arrays can hold.
_KNOWN: Final = (formats.Existence, formats.Frequency, formats.Positions)
# Its columns: of numbers, and of bytes.
_COLUMNS: Final = (
    columns.NumericColumn,
    columns.BitColumn,
    columns.VarBytesColumn,
    columns.FixedBytesColumn,
    columns.RefBytesColumn,
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Fields by what is kept of them. `terms` have posting lists; of these `scored`
    have lengths and `positions` places; `numbers` and `values` are columns. `text` is
    whether characters are kept for literal search. The terms of `ranges` are their
    numbers: (field, bits of a number, bits by which each tier is coarser)."""

    terms: tuple[str, ...]
    scored: frozenset[str] = frozenset()
    positions: frozenset[str] = frozenset()
    numbers: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    text: bool = False
    ranges: tuple[tuple[str, int, int], ...] = ()

    @classmethod
    def of(
        cls, schema: Any, *, values: tuple[str, ...] = (), text: bool = False
    ) -> Self:
        """The layout of a schema; `values` are columns beside those it names. Raises
        ConfigurationError for a field that arrays can't hold."""
        indexed = {name: field for name, field in schema.items() if field.indexed}
        for name, field in schema.items():
            _check(name, field)
        kinds = {n: f.column_type for n, f in schema.items() if f.column_type}
        numbers = {n for n, kind in kinds.items() if _is_numeric(kind)}
        return cls(
            terms=tuple(sorted(indexed)),
            scored=frozenset(n for n, f in indexed.items() if f.scorable),
            positions=frozenset(
                n for n, f in indexed.items() if f.format.supports("positions")
            ),
            numbers=tuple(sorted(numbers)),
            values=tuple(sorted({*kinds, *values} - numbers)),
            text=text,
            ranges=tuple(
                (name, field.bits, field.shift_step or field.bits)
                for name, field in indexed.items()
                if name in numbers and isinstance(field, fields.NUMERIC)
            ),
        )

    def number(self, field: str) -> int:
        """The number that a field has in keys of the lexicon."""
        return self.terms.index(field)


def _is_numeric(column: Any) -> bool:
    return isinstance(column, columns.NumericColumn | columns.BitColumn)


def _check(name: str, field: Any) -> None:
    kind = _unknown(field)
    if kind:
        raise ConfigurationError(
            f"字段 {name} 要存 {kind}，数组索引存不了。请改用 Positions 或 Frequency。",
            f"The field {name} asks for {kind}, which arrays do not hold. "
            "Use Positions or Frequency.",
        )


def _unknown(field: Any) -> str | None:
    """What a field asks for that arrays do not hold."""
    column = field.column_type
    if field.vector:
        return "vectors"
    if isinstance(field, fields.SpellField):
        return "separate spelling"
    if column and type(column) not in _COLUMNS:
        return type(column).__name__
    if not field.indexed:
        return None
    if type(field.format) not in _KNOWN:
        return type(field.format).__name__
    return "boosts" if field.format.field_boost != 1 else None
