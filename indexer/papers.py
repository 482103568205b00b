"""What a paper's `paper.toml` says, which names mean that paper, and when a paper can
have appeared. Only the readers of a corpus use this."""

import datetime as dt
import tomllib
from dataclasses import dataclass


class PaperError(ValueError):
    """A paper.toml says something in the wrong way; the text tells what."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A newspaper: `id` is its folder's name and its name in every unit; `name` and
    `short` are what it is called in print."""

    id: str
    name: str | None = None
    city: str | None = None
    short: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def id_of(self, name: str | None) -> str:
        """The paper that an article of this folder belongs to, given how it names it.

        >>> paper = Paper("linjiang-ribao", "临江日报", short=("临报",))
        >>> paper.id_of("临报"), paper.id_of(None), paper.id_of("新桥晚报")
        ('linjiang-ribao', 'linjiang-ribao', '新桥晚报')
        """
        if name is None or name == self.name or name in self.short:
            return self.id
        return name


def parse_paper(id: str, text: str) -> Paper:
    """The paper of a `paper.toml`; raises PaperError where it breaks TOML or a type.
    Keys that mean nothing here are kept by name in `unknown`.

    >>> parse_paper("linjiang-ribao", 'name = "临江日报"\\nnmae = "临报"').unknown
    ('nmae',)
    """
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise PaperError(f"TOML: {error}") from error
    return Paper(
        id=id,
        name=_text(table, "name"),
        city=_text(table, "city"),
        short=_texts(table, "short"),
        unknown=tuple(sorted(table.keys() - {"name", "city", "short"})),
    )


def issue_date(year: int, month: int, day: int) -> dt.date:
    """The date of an issue; raises ValueError where no newspaper can have appeared.

    >>> issue_date(2024, 12, 25)
    datetime.date(2024, 12, 25)
    """
    if not 1600 <= year < 2200:
        raise ValueError(f"year {year}")
    return dt.date(year, month, day)


def _text(table: dict[str, object], key: str) -> str | None:
    value = table.get(key)
    if value is None or isinstance(value, str):
        return value
    raise PaperError(f"{key}: a text in quotes is expected")


def _texts(table: dict[str, object], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise PaperError(f"{key}: a list of texts is expected")
