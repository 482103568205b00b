"""The site as an ASGI application: the route table, the headers of every answer, the
limits of every request, and how errors are told.

Pages get errors as pages, everything else as `application/problem+json`.
"""

import gc
import http
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import anyio.to_thread
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from indexer import Engine, IndexUnusable, SearchTooSlow, Settings
from indexer import Message as Sentence
from search_web import (
    admin,
    api,
    browsing,
    exports,
    guide,
    opensearch,
    people,
    reading,
    rosters,
    sitemaps,
    variants,
    verifying,
    views,
)
from search_web.caching import Unchanged
from search_web.listing import Box
from search_web.reindex import Reindexer
from search_web.rendering import Renderer
from search_web.site import Guesses, OpenIndex, Refusal, Site, visit_of
from search_web.verifying import MAX_SHEET

MAX_BODY: Final = 65_536
MAX_ADDRESS: Final = 32_768
# Searches at once in a worker; the others wait their turn. They share one interpreter,
# so more threads only make every search as slow as the slowest: with Starlette's own
# forty the 99th percentile at 16 clients is 35 ms instead of 26.
SEARCHES_AT_ONCE: Final = 4
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What error.html shows."""

    box: Box
    status: int
    title: str
    detail: str


def create_app(
    settings: Settings,
    open_engine: Callable[[], Engine],
    *,
    runs: Path,
    papers: Mapping[str, str],
) -> Starlette:
    """The site over an index. `open_engine` is called when the index is first needed;
    the folder `runs` holds the state of rebuilds, shared by all workers of one start
    and by no other; `papers` are the names of papers by id."""
    routes, index = _routes(), OpenIndex(open_engine)
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(_Headers),
            Middleware(_Limits),
            Middleware(Unchanged, index, runs.name),
            Middleware(_Compression),
        ],
        exception_handlers={
            HTTPException: _refused,
            IndexUnusable: _unready,
            SearchTooSlow: _unready,
            Exception: _broken,
        },
        lifespan=_lifespan,
    )
    app.router.redirect_slashes = False
    app.state.site = Site(
        settings,
        {route.name: route.path_format for route in routes},
        index,
        Renderer(papers),
        Reindexer(settings, runs),
        Guesses(),
    )
    return app


def _routes() -> list[Route]:
    return [
        # Routes are tried in turn: what is asked most comes first.
        Route("/search", views.search, name="search"),
        Route("/api/v1/search", api.search, name="api_search"),
        Route("/api/v1/suggest", api.suggest, name="api_suggest"),
        Route("/", views.home, name="home"),
        Route("/quotes", views.quotes, name="quotes"),
        Route("/articles/{id:path}/variants", variants.page, name="variants"),
        Route("/articles/{id:path}", reading.article, name="article"),
        Route("/rosters", rosters.rosters, name="rosters"),
        Route("/rosters/compare", rosters.comparison, name="compare"),
        Route("/rosters/{id:path}/csv", rosters.table, name="roster_csv"),
        Route("/rosters/{id:path}", rosters.roster, name="roster"),
        Route("/persons", people.people, name="people"),
        Route("/persons/{name:path}", people.person, name="person"),
        Route("/calendar", browsing.calendar, name="calendar"),
        Route("/papers", browsing.papers, name="papers"),
        Route("/papers/{paper}", browsing.paper, name="paper"),
        Route("/papers/{paper}/{date}", browsing.issue, name="issue"),
        Route("/papers/{paper}/{date}/{label}", browsing.page, name="page"),
        Route("/help", guide.guide, name="guide"),
        Route("/verify", verifying.page, methods=["GET", "POST"], name="verify"),
        Route("/admin", admin.admin, name="admin"),
        Route("/opensearch.xml", opensearch.description, name="opensearch"),
        Route("/robots.txt", sitemaps.robots, name="robots"),
        Route("/sitemap.xml", sitemaps.sitemap, name="sitemap"),
        Route("/sitemap-{number:int}.xml", sitemaps.part, name="sitemap_part"),
        Route("/opensearch/suggest", opensearch.completions, name="completions"),
        Route("/static/{digest}/{name}", _static, name="static"),
        Route("/api/v1/quotes", api.quotes, name="api_quotes"),
        Route("/api/v1/search.{form}", exports.results, name="api_results"),
        Route(
            "/api/v1/articles/{id:path}/citation.{form}",
            exports.citation,
            name="article_citation",
        ),
        Route(
            "/api/v1/rosters/{id:path}/citation.{form}",
            exports.citation,
            name="roster_citation",
        ),
        Route(
            "/api/v1/articles/{id:path}/variants", variants.answer, name="api_variants"
        ),
        Route(
            "/api/v1/quotes/{id:path}/citation.{form}",
            exports.citation,
            name="quote_citation",
        ),
        Route("/api/v1/articles/{id:path}", api.article, name="api_article"),
        Route("/api/v1/rosters", api.rosters, name="api_rosters"),
        Route("/api/v1/rosters/compare", api.comparison, name="api_compare"),
        Route("/api/v1/rosters/{id:path}", api.roster, name="api_roster"),
        Route("/api/v1/persons", api.people, name="api_people"),
        Route("/api/v1/persons/{name:path}", api.person, name="api_person"),
        Route("/api/v1/verify", verifying.answer, methods=["POST"], name="api_verify"),
        Route("/api/v1/status", api.status, name="api_status"),
        Route("/api/v1/admin/reindex", admin.Reindex, name="api_reindex"),
        Route("/openapi.json", api.openapi, name="openapi"),
        Route("/healthz", api.health, name="health"),
        Route("/readyz", api.ready, name="ready"),
    ]


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    site: Site = app.state.site
    anyio.to_thread.current_default_thread_limiter().total_tokens = SEARCHES_AT_ONCE
    await run_in_threadpool(site.index.warm_up)
    # What is loaded by now stays. Left out of the collector's rounds it no longer stops
    # searches: the 99th percentile of pages falls from 104 ms to 63 on a busy machine.
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
    await run_in_threadpool(site.reindexer.close)
    await run_in_threadpool(site.index.close)


def _static(request: Request) -> Response:
    """A file of static/, for ever: its address changes with its content."""
    parts = request.path_params
    asset = visit_of(request).site.renderer.asset(parts["digest"], parts["name"])
    if asset is None:
        raise HTTPException(404)
    cached = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(asset.body, headers=cached, media_type=asset.media_type)


_TITLES: Final = {
    400: Sentence("请求有误", "Bad request"),
    401: Sentence("需要令牌", "Token needed"),
    403: Sentence("未开放", "Closed"),
    404: Sentence("没有找到", "Not found"),
    405: Sentence("不支持这种请求", "Method not allowed"),
    409: Sentence("正在进行", "Already running"),
    411: Sentence("须写明长度", "Length required"),
    413: Sentence("内容过大", "Content too large"),
    414: Sentence("地址过长", "Address too long"),
    422: Sentence("参数有误", "Unusable parameters"),
    429: Sentence("尝试过多", "Too many tries"),
    500: Sentence("站点出错", "Something broke"),
    503: Sentence("暂时无法检索", "Not ready"),
}
_DETAILS: Final = {
    404: Sentence("这个地址没有内容。", "There is nothing at this address."),
    405: Sentence(
        "这个地址不接受这种请求。", "This address does not take that method."
    ),
    500: Sentence("出错的细节已记录。请稍后再试。", "It was logged. Try again later."),
}


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error, Refusal):
        return _told(request, error)
    title = _TITLES.get(error.status_code, Sentence(error.detail, error.detail))
    sentence = _DETAILS.get(error.status_code, title)
    headers = error.headers
    return _told(request, Refusal(error.status_code, sentence, headers=headers))


async def _unready(request: Request, error: Exception) -> Response:
    assert isinstance(error, IndexUnusable | SearchTooSlow)
    headers = {"Retry-After": "30"}
    return _told(request, Refusal(503, error.message, headers=headers))


async def _broken(request: Request, error: Exception) -> Response:
    """The last resort. Starlette sends it past all middleware and then raises the error
    again for the log."""
    answer = _told(request, Refusal(500, _DETAILS[500]))
    answer.raw_headers.extend(_headers_for(request.url.path))
    return answer


def _told(request: Request, refusal: Refusal) -> Response:
    """The refusal as a page or, outside of pages, as problem+json."""
    visit, status = visit_of(request), refusal.status_code
    detail = refusal.message.text(visit.lang)
    phrase = http.HTTPStatus(status).phrase
    title = _TITLES.get(status, Sentence(phrase, phrase)).text(visit.lang)
    if _is_page(request.scope["path"]):
        context = ErrorPage(Box(), status, title, detail)
        answer: Response = visit.page("error.html", context, status=status)
    else:
        answer = api.problem(status, title, detail, refusal.faults, visit.lang)
    answer.headers.update(refusal.headers or {})
    return answer


def _is_page(path: str) -> bool:
    machine = ("/healthz", "/readyz", "/openapi.json", "/api")
    return path not in machine and not path.startswith("/api/")


_RAW: Final = [(name.lower().encode(), text.encode()) for name, text in HEADERS.items()]
_COMPRESSED: Final = 1024  # bytes of an answer that is worth it
_LENGTH: Final = b"content-length"
_VARIES: Final = (b"vary", b"Accept-Encoding")
_RAW_PRIVATE: Final = [*_RAW, (b"cache-control", b"no-store")]


def _headers_for(path: str) -> list[tuple[bytes, bytes]]:
    private = path.startswith(("/admin", "/api/v1/admin"))
    return _RAW_PRIVATE if private else _RAW


class _Headers:
    """Gives every answer the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = _headers_for(scope["path"])
                message["headers"] = [*message["headers"], *ours]
            await send(message)

        await self.app(scope, receive, send_with_headers)


class _Compression(GZipMiddleware):
    """Compresses large answers for whoever takes that. Others are told at once that the
    answer would be another for those, and cost 25 µs less than Starlette's own way."""

    def __init__(self, app: ASGIApp) -> None:
        # Level 9 takes more than twice as long and saves a twentieth.
        super().__init__(app, minimum_size=_COMPRESSED, compresslevel=2)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and any(map(_takes_gzip, scope["headers"])):
            await super().__call__(scope, receive, send)
            return

        async def send_varied(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_large(message):
                message["headers"] = [*message["headers"], _VARIES]
            await send(message)

        await self.app(scope, receive, send_varied)


def _takes_gzip(header: tuple[bytes, bytes]) -> bool:
    return header[0] == b"accept-encoding" and b"gzip" in header[1]


def _is_large(message: Message) -> bool:
    """Whether an answer is long enough to be compressed, or of unknown length."""
    sizes = (int(text) for name, text in message["headers"] if name == _LENGTH)
    return next(sizes, _COMPRESSED) >= _COMPRESSED


class _Limits:
    """Refuses requests that are larger than any that the site has a use for."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = _too_large(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self.app(scope, receive, send)
            return
        answer = _told(Request(scope), refusal)
        answer.headers["Connection"] = "close"
        await answer(scope, receive, send)


def _too_large(scope: Scope) -> Refusal | None:
    """A body without a stated length is refused too; only the form that takes a CSV
    reads a large one."""
    size = len(scope["path"]) + len(scope["query_string"])
    if size > MAX_ADDRESS:
        said = Sentence(
            "地址过长。请缩短检索词。", "The address is too long: ask less."
        )
        return Refusal(414, said)
    headers = dict(reversed(scope["headers"]))  # of several the first counts
    if b"transfer-encoding" in headers:
        return Refusal(411, Sentence("请求须写明长度。", "State the body's length."))
    length: bytes = headers.get(b"content-length", b"0")
    most = MAX_SHEET if scope["path"] == "/verify" else MAX_BODY
    if not (length.isdigit() and int(length[:12]) <= most):
        return Refusal(413, Sentence("请求内容过大。", "The body is too large."))
    return None
