"""Templates, the site's wording in both languages, and static files.

Hides Jinja (autoescape on, undefined names are errors), the catalogue `wording.toml`
and how a static file's address follows its content. A template gets the fields of its
view's context dataclass, `say`, `links`, `asset` (the address of a static file) and
`parts`, the pieces that pages are built of, and nothing else.
"""

import dataclasses
import datetime as dt
import hashlib
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context as TemplateContext
from markupsafe import Markup, escape

from indexer import Lang

try:
    # What `escape` does to a text, in a tenth of its time: no Markup is made of it.
    from markupsafe._speedups import _escape_inner as _escape_text
except ImportError:  # before MarkupSafe 3, or where it has no wheel
    _escape_text = escape

_HERE: Final = Path(__file__).parent
_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class Context(Protocol):
    """A dataclass whose fields are what one template shows."""

    __dataclass_fields__: ClassVar[dict[str, Any]]  # Any: how typeshed spells it


class Addresses(Protocol):
    """What templates need of the link maker."""

    lang: Lang

    def to(
        self, route: str, query: Mapping[str, str] | None = None, /, **parts: str
    ) -> str: ...

    def person(self, name: str) -> str: ...

    def in_lang(self, lang: Lang) -> str: ...


@dataclasses.dataclass(frozen=True, slots=True)
class Asset:
    """A static file; `digest` is part of its address, so it may be cached for ever."""

    name: str
    body: bytes
    media_type: str
    digest: str


@dataclasses.dataclass(frozen=True, slots=True)
class Wording:
    """The site's own sentences in one language; `papers` are papers' names by id."""

    lang: Lang
    sentences: Mapping[str, str]
    papers: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The sentence of a key such as `results.total`, its {names} filled in."""
        sentence = self.sentences[key]
        return sentence.format_map(values) if values else sentence

    def page(self, label: str) -> str:
        """A page's label as people say it.

        >>> say = Renderer({}).wording("zh")
        >>> say.page("01"), say.page("A02")
        ('第1版', 'A02版')
        """
        if label.isdecimal():
            return self("page.number", label=label.lstrip("0") or label)
        return self("page.letters", label=label)

    def paper(self, id: str) -> str:
        """A paper's name as printed, else its id."""
        return self.papers.get(id, id)

    def weekday(self, date: dt.date) -> str:
        return self(f"weekday.{date.isoweekday()}")

    def listed(self, items: tuple[str, ...]) -> str:
        return self("site.list").join(items)


class _DirectContext(TemplateContext):
    """Calls what a template calls. Jinja asks of each whether it takes the context,
    which nothing here does: two hundred calls a page."""

    def call(
        self,
        called: Callable[..., Any],
        *given: Any,
        _loop_vars: object = None,  # for those who take the context
        _block_vars: object = None,
        **named: Any,
    ) -> Any:  # Any: whatever is called gives
        return called(*given, **named)


class _Code(CodeGenerator):
    """Has every value escaped by the environment, and attributes read as Python reads
    them, since no template asks a mapping for its keys by a dot: a page has four
    hundred of the one and six hundred of the other."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write("environment.escaped(")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        self.write("(")
        self.visit(node.node, frame)
        self.write(f").{node.attr}")

    def enter_frame(self, frame: Frame) -> None:
        """Have a block gather what it prints, and give all of it at once: its two
        hundred pieces would come through three generators each."""
        super().enter_frame(frame)
        if frame.block_frame and frame.buffer is None:
            self.buffer(frame)

    def leave_frame(self, frame: Frame, with_python_scope: bool = False) -> None:
        if frame.block_frame:
            self.writeline(f"yield concat({frame.buffer})")
        super().leave_frame(frame, with_python_scope)


class Environment(jinja2.Environment):
    context_class = _DirectContext
    code_generator_class = _Code

    @staticmethod
    def escaped(value: object) -> str:
        """A value as a page prints it; what macros give is markup already."""
        if type(value) is str:
            return _escape_text(value)
        return value if isinstance(value, Markup) else escape(value)


class Renderer:
    """Makes pages from templates; reads templates, wording and static files once."""

    def __init__(self, papers: Mapping[str, str]) -> None:
        self._assets = {
            path.name: _read_asset(path) for path in (_HERE / "static").iterdir()
        }
        self._wording = _read_wording(papers)
        self._templates = _templates()
        # Pieces of every page, made ready once for a language.
        parts = self._templates.get_template("parts.html")
        self._parts = {
            lang: parts.make_module({"say": say}) for lang, say in self._wording.items()
        }

    def wording(self, lang: Lang) -> Wording:
        return self._wording[lang]

    def html(self, template: str, context: Context, links: Addresses) -> str:
        """The page of a template and its context."""
        shown = {
            field.name: getattr(context, field.name)
            for field in dataclasses.fields(context)
        }

        def asset(name: str) -> str:
            return links.to("static", digest=self._assets[name].digest, name=name)

        return self._templates.get_template(template).render(
            shown,
            say=self.wording(links.lang),
            links=links,
            asset=asset,
            parts=self._parts[links.lang],
        )

    def asset(self, digest: str, name: str) -> Asset | None:
        """The static file of that very content."""
        asset = self._assets.get(name)
        return asset if asset and asset.digest == digest else None


def number(value: float) -> str:
    """A number for people.

    >>> number(3148), number(1.84)
    ('3,148', '1.8')
    """
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def _day(date: dt.date) -> str:
    return date.isoformat()


@cache
def _templates() -> Environment:
    """The templates, each compiled when it is first shown in this process: .2 s for
    `parts.html` alone."""
    environment = Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number, day=_day)
    return environment


def _read_wording(papers: Mapping[str, str]) -> dict[Lang, Wording]:
    table = tomllib.loads((_HERE / "wording.toml").read_text("utf-8"))
    sentences: dict[Lang, dict[str, str]] = {"zh": {}, "en": {}}
    for section, named in table.items():
        for name, (zh, en) in named.items():
            sentences["zh"][f"{section}.{name}"] = zh
            sentences["en"][f"{section}.{name}"] = en
    return {lang: Wording(lang, told, papers) for lang, told in sentences.items()}


def _read_asset(path: Path) -> Asset:
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:12]
    return Asset(path.name, body, _MEDIA_TYPES[path.suffix], digest)
