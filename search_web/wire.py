"""HTTP/1 as httptools reads it, a third faster for an answer than h11; what
`search_web.__main__` hands to uvicorn where httptools is installed.

Hides the one thing that h11 bounds and httptools does not: how long a request's head
may be. uvicorn keeps all of a head until it ends. And hides that an address may be
typed as it is read: `curl 'http://localhost:8000/search?q=通车'` sends it so, which the
standard forbids and both parsers refuse.
"""

import re
from typing import Final

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, Scope
from uvicorn.protocols.http.flow_control import service_unavailable
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD: Final = 131_072
_NOT_ASCII: Final = re.compile(rb"[\x80-\xff]")


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol; hangs up when a head goes on beyond MAX_HEAD bytes, and
    tells whom it has no room for when to come back."""

    _in_head = False
    _between = True  # requests
    _head = 0

    def data_received(self, data: bytes) -> None:
        if self._between and not data.isascii():
            data = escaped(data)
        super().data_received(data)
        self._head = self._head + len(data) if self._in_head else 0
        if self._head > MAX_HEAD:
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._between = True, False

    def on_headers_complete(self) -> None:
        self._in_head = False
        most = self.limit_concurrency
        if most is not None and max(len(self.connections), len(self.tasks)) >= most:
            # The answer closes the connection.
            self.app, self.limit_concurrency = _full, None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._between = True
        super().on_message_complete()


def escaped(request: bytes) -> bytes:
    """A request with the address in its first line as it should have been sent.

    >>> escaped("GET /search?q=通 HTTP/1.1\\r\\n\\r\\n通".encode())[:25]
    b'GET /search?q=%E9%80%9A H'
    """
    line, end, rest = request.partition(b"\r\n")
    return _NOT_ASCII.sub(lambda byte: b"%%%02X" % ord(byte[0]), line) + end + rest


async def _full(
    scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
) -> None:
    """uvicorn's own 503, with the time after which to try again."""

    async def send_with_time(message: ASGISendEvent) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"retry-after", b"5")]
        await send(message)

    await service_unavailable(scope, receive, send_with_time)
