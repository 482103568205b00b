"""What every endpoint is handed: the open index, the settings, the renderer, and who is
asking in which language.

Hides when the index is opened: at the first request that needs it and finds one, so a
site that was started without an index serves it as soon as one is built.
"""

import math
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from indexer import (
    Engine,
    IndexUnusable,
    Lang,
    Message,
    SearchRequest,
    SearchResponse,
    SearchTooSlow,
    Settings,
)
from search_web.params import Fault, Links
from search_web.reindex import Reindexer
from search_web.rendering import Context, Renderer, Wording

# Seconds of a search that may hold the event loop.
_QUICK: Final = 0.02
_GUESSES: Final = 10  # wrong tokens of one client before it has to wait
_WINDOW: Final = 60.0  # seconds that a wrong token counts
_REMEMBERED: Final = 10_000  # wrong tokens of all clients


class Refusal(HTTPException):
    """What an endpoint raises instead of answering; `faults` name the parameters that
    can't be used. Told as a page or as problem+json, in the asker's language."""

    def __init__(
        self,
        status: int,
        message: Message,
        *,
        faults: tuple[Fault, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, message.zh, dict(headers or {}))
        self.message, self.faults = message, faults


class OpenIndex:
    """One engine, opened once; until that succeeds each request tries again."""

    def __init__(self, open_engine: Callable[[], Engine]) -> None:
        self._open_engine = open_engine
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    def engine(self) -> Engine:
        """The open engine; raises IndexUnusable while there is no usable index."""
        with self._lock:
            if self._engine is None:
                self._engine = self._open_engine()
            return self._engine

    @property
    def opened(self) -> Engine | None:
        """The engine if it is open already."""
        return self._engine

    def warm_up(self) -> None:
        """Open the index now if there is one, and ask it once, which loads the
        dictionaries and what is offered, so that no reader waits for either."""
        try:
            self.engine().search(SearchRequest("报", limit=1))
            self.engine().search(SearchRequest("报", kind="quote", limit=1))
            self.engine().suggest("报")
        except IndexUnusable:
            return

    def close(self) -> None:
        with self._lock:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()


class Guesses:
    """The wrong tokens of the last minute, by client."""

    def __init__(self) -> None:
        self._wrong: deque[tuple[float, str]] = deque(maxlen=_REMEMBERED)
        self._lock = threading.Lock()

    def add(self, client: str, now: float) -> None:
        """Take note of a wrong token."""
        with self._lock:
            self._wrong.append((now, client))

    def wait(self, client: str, now: float) -> int:
        """The seconds that a client has to wait for its next try, 0 for none."""
        with self._lock:
            times = [then for then, who in self._wrong if who == client]
        ends = times[-_GUESSES] + _WINDOW if len(times) >= _GUESSES else now
        return max(0, math.ceil(ends - now))


@dataclass(frozen=True, slots=True)
class Site:
    """The parts of a running site; `paths` are those of its routes by name."""

    settings: Settings
    paths: Mapping[str, str]
    index: OpenIndex
    renderer: Renderer
    reindexer: Reindexer
    guesses: Guesses


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, with the site that answers it."""

    site: Site
    request: Request
    lang: Lang
    links: Links
    say: Wording

    @property
    def engine(self) -> Engine:
        return self.site.index.engine()

    async def found(self, request: SearchRequest) -> SearchResponse:
        """The answer to a search: on the event loop where it is quick, as nearly all
        are, since handing one to a thread costs a fifth of it; else in a thread."""
        engine = self.site.index.opened
        if engine is not None:
            with suppress(SearchTooSlow):
                return engine.search(request, seconds=_QUICK)
        return await run_in_threadpool(lambda: self.engine.search(request))

    def whole(self, path: str) -> str:
        """A path of the site with the scheme and host that were asked for."""
        url = self.request.url
        return f"{url.scheme}://{url.netloc}{path}"

    def page(
        self, template: str, context: Context, *, status: int = 200
    ) -> HTMLResponse:
        """The rendered page; half a surrogate, which no page can carry, becomes “?”."""
        html = self.site.renderer.html(template, context, self.links)
        return HTMLResponse(html.encode("utf-8", "replace"), status)


def visit_of(request: Request) -> Visit:
    """Who asks, as every endpoint needs it."""
    site = request.app.state.site
    assert isinstance(site, Site)
    links = Links(request, site.paths)
    return Visit(site, request, links.lang, links, site.renderer.wording(links.lang))


def refuse(faults: tuple[Fault, ...]) -> None:
    """Refuse a request for its faults, if it has any."""
    if faults:
        said = Message("有的参数无法使用。", "Some parameters can't be used.")
        raise Refusal(422, said, faults=faults)


def missing(zh: str, en: str) -> Refusal:
    """What an endpoint raises when the archive has no such thing."""
    return Refusal(404, Message(zh, en))
