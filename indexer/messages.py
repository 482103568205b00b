"""A sentence for people in both languages of the interface, Chinese first; whoever
prints it picks one."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Lang: TypeAlias = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Message:
    """The same sentence twice.

    >>> Message("没有索引。", "There is no index.").text("en")
    'There is no index.'
    """

    zh: str
    en: str

    def text(self, lang: Lang = "zh") -> str:
        return self.en if lang == "en" else self.zh

    def __str__(self) -> str:
        return self.zh
