"""What a browser or cache has already is not made again: weak ETags that are known
before an answer is, and 304 for whoever has it.

An answer depends on the generation of the index, on what was asked and whom (some
addresses name the host), on the day, and on the program with all that it read when it
was started, for which the folder stands that each start makes anew for all of its
workers. So a search whose answer is known already is not searched for.
"""

import datetime as dt
import hashlib
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_web.site import OpenIndex

# Never the same, private, or for ever anyway.
_UNTAGGED: Final = (
    *("/static/", "/admin", "/api/v1/admin", "/api/v1/status"),
    *("/healthz", "/readyz"),
)


class Unchanged:
    """Tells the tag of every answer that a cache may ask about again, and answers 304
    where the tag is the one that is asked about. What is `no-store` gets none."""

    def __init__(self, app: ASGIApp, index: OpenIndex, started: str) -> None:
        self.app, self._index, self._started = app, index, started

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        tag = self._tag_of(scope) if scope["type"] == "http" else None
        if tag is None:
            await self.app(scope, receive, send)
            return
        if tag in _asked_about(scope):
            await send(_not_modified(tag))
            await send({"type": "http.response.body"})
            return

        async def send_tagged(message: Message) -> None:
            if message["type"] == "http.response.start" and _may_be_kept(message):
                message["headers"] = [*message["headers"], (b"etag", tag)]
            await send(message)

        await self.app(scope, receive, send_tagged)

    def _tag_of(self, scope: Scope) -> bytes | None:
        """The tag of what is asked for; None while it is not certain which generation
        would answer."""
        if scope["method"] not in ("GET", "HEAD"):
            return None
        path: str = scope["path"]
        engine = self._index.opened
        if engine is None or path.startswith(_UNTAGGED):
            return None
        generation = engine.generation()
        if generation is None:
            return None
        parts = (self._started, generation, dt.date.today().isoformat(), path)
        said = "\n".join(parts).encode("utf-8", "surrogatepass")
        whole = b"\n".join((said, scope["query_string"], _host(scope)))
        digest = hashlib.blake2b(whole, digest_size=12).hexdigest()
        return f'W/"{digest}"'.encode()


def _host(scope: Scope) -> bytes:
    """Whom an absolute address names: scheme, host and where the site is mounted."""
    named = (value for name, value in scope["headers"] if name == b"host")
    root = scope.get("root_path", "")
    return f"{scope['scheme']} {root} ".encode() + next(named, b"")


def _asked_about(scope: Scope) -> list[bytes]:
    """The tags of If-None-Match, as ours are written."""
    values = [value for name, value in scope["headers"] if name == b"if-none-match"]
    tags = b",".join(values).split(b",")
    return [b"W/" + tag.strip().removeprefix(b"W/") for tag in tags]


def _may_be_kept(message: Message) -> bool:
    names = {name for name, _ in message["headers"]}
    return message["status"] == 200 and b"cache-control" not in names


def _not_modified(tag: bytes) -> Message:
    headers = [(b"etag", tag), (b"vary", b"Accept-Encoding")]
    return {"type": "http.response.start", "status": 304, "headers": headers}
