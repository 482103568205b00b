"""Requests as they come over the wire, where no application has a say."""

import http.client
import socket
import threading
import time

import pytest
import uvicorn
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

pytest.importorskip("httptools", reason="needs httptools")

from search_web.wire import BoundedProtocol


async def nothing(
    scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
) -> None:
    raise AssertionError("never asked")


def test_whom_there_is_no_room_for_is_told_when_to_come_back() -> None:
    config = uvicorn.Config(
        nothing,
        http=BoundedProtocol,
        limit_concurrency=1,
        lifespan="off",
        log_level="critical",
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()
        connection.close()
        server.should_exit = True
        thread.join(10)
    assert answer.status == 503
    assert answer.getheader("retry-after") == "5"
    assert answer.getheader("connection") == "close"
