"""How to search: a form with every field, and what the query box understands, each with
an example to try."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from indexer import Sort
from search_web.listing import Box, Link
from search_web.params import KINDS
from search_web.site import visit_of

# What can be typed: the name of its explanation, and an example.
EXAMPLES: Final = (
    ("all", "大桥 通车"),
    ("phrase", "“政府工作报告”"),
    ("either", "大桥 或 公交"),
    ("without", "大桥 非 通车"),
    ("together", "(大桥 或 公交) 通车"),
    ("headline", "标题:报告"),
    ("body", "正文:通车"),
    ("person", "人物:周密"),
    ("reporter", "记者:周密"),
    ("section", "版名:要闻"),
    ("page", "版次:1"),
    ("date", "日期:2025-01"),
    ("range", "日期:2024-12-01..2025-01-31"),
    ("said", "市长 说 大桥"),
    ("speaker", "说话人:不明"),
    ("question", "大桥什么时候通车"),
    ("pinyin", "daqiao"),
)


@dataclass(frozen=True, slots=True)
class Example:
    """An example as a link to its results, and what it shows."""

    link: Link
    meaning: str


@dataclass(frozen=True, slots=True)
class GuidePage:
    """What guide.html shows. `kinds`, `papers` and `sorts` are choices of the form:
    the value of each in place of an address."""

    box: Box
    kinds: tuple[Link, ...]
    papers: tuple[Link, ...]
    sorts: tuple[Link, ...]
    examples: tuple[Example, ...]


def guide(request: Request) -> Response:
    """The form and the examples."""
    visit = visit_of(request)
    say = visit.say
    page = GuidePage(
        box=Box(),
        kinds=tuple(Link(say(f"kind.{kind}"), kind) for kind in KINDS),
        papers=tuple(
            Link(say.paper(paper.value), paper.value)
            for paper in visit.engine.status().papers
        ),
        sorts=tuple(Link(say(f"results.{sort}"), sort.value) for sort in Sort),
        examples=tuple(
            Example(
                Link(typed, visit.links.to("search", {"q": typed})),
                say(f"guide.{name}"),
            )
            for name, typed in EXAMPLES
        ),
    )
    return visit.page("guide.html", page)
