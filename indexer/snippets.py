"""Stored text and what was looked for → a snippet: pieces of the text as printed, some
of them marked."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of printed text; `mark` where it is what the reader looked for."""

    text: str
    mark: bool = False


Snippet: TypeAlias = tuple[Piece, ...]
