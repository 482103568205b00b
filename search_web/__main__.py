"""The `baosou` command: all commands of the indexer, and `serve`.

Settings are read here, once; worker processes get them through the environment. Hides
uvicorn: how an address is claimed, when it answers, how it is given back.
"""

import copy
import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

import click
import uvicorn
from starlette.applications import Starlette

from indexer import (
    ConfigurationError,
    CorpusMissing,
    IndexMissing,
    Message,
    PortBusy,
    Settings,
    open_engine,
    paper_names,
    read_settings,
    read_vocabulary,
)
from indexer.commands import Session, run, shared_options
from indexer.commands import cli as indexer_cli
from search_web.app import create_app
from search_web.reindex import index_command

_RUNS: Final = "BAOSOU_RUNS"
_SECONDS_TO_FINISH: Final = 5
# httptools has no wheel on some systems; uvicorn's own h11 serves there.
_HTTP: Final = "search_web.wire:BoundedProtocol" if find_spec("httptools") else "h11"
_SECONDS_TO_SWITCH: Final = 0.0005
_MOST_CONNECTIONS: Final = 1_000
# Windows refuses a port that is in use with EACCES as well.
_BUSY: Final = {errno.EADDRINUSE, *((errno.EACCES,) if os.name == "nt" else ())}


@click.command("serve", short_help="启动网站 · serve the site")
@click.argument("corpus", required=False, type=click.Path(path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="地址 · address")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8000,
    show_default=True,
    help="端口，0 为任选 · port, 0 for any that is free",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="进程数 · processes",
)
@shared_options
@click.pass_obj
def serve_command(
    session: Session, corpus: Path | None, host: str, port: int, workers: int
) -> int:
    """启动网站；还没有索引时先建索引。

    Serve the site; builds the index first when there is none.
    """
    if corpus and not corpus.exists():
        raise CorpusMissing(
            f"找不到语料“{corpus}”。请给出语料文件夹的路径。",
            f"There is no corpus at {corpus}. Name its folder.",
        )
    settings = replace(session.settings, corpus=corpus or session.settings.corpus)
    serve_site(settings, host=host, port=port, workers=workers)
    return 0


# The indexer's own group stays as it is.
cli = copy.copy(indexer_cli)
cli.commands = {**indexer_cli.commands, "serve": serve_command}


def main() -> NoReturn:
    """The console command."""
    sys.exit(run(cli, "baosou"))


def worker_app() -> Starlette:
    """The site of one worker process, as uvicorn asks for it."""
    # A search is many short steps of NumPy. After each it waits for the interpreter, by
    # default up to 5 ms while another thread keeps it: longer than it takes itself.
    sys.setswitchinterval(_SECONDS_TO_SWITCH)
    settings = read_settings()
    runs = Path(os.environ[_RUNS])
    return create_app(
        settings,
        lambda: open_engine(
            settings.index, vocabulary=read_vocabulary(settings.corpus)
        ),
        runs=runs,
        papers=paper_names(settings.corpus),
    )


def serve_site(settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Serve until told to stop. Raises PortBusy or ConfigurationError for an address
    that can't be had, IndexUnusable for an index that can't be opened."""
    with _claimed(host, port) as port:
        signal.signal(signal.SIGTERM, _leave)
        _ensure_index(settings)
    with tempfile.TemporaryDirectory(prefix="baosou-") as runs:
        os.environ[_RUNS] = runs
        os.environ["BAOSOU_INDEX"] = str(settings.index)
        os.environ["BAOSOU_CORPUS"] = str(settings.corpus)
        announcing = threading.Thread(
            target=_announce, args=(host, port, settings), daemon=True
        )
        announcing.start()
        uvicorn.run(
            "search_web.__main__:worker_app",
            factory=True,
            http=_HTTP,
            host=host,
            port=port,
            workers=workers,
            log_level="warning",
            access_log=False,
            server_header=False,
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_graceful_shutdown=_SECONDS_TO_FINISH,
        )


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    """SIGTERM ends like Ctrl+C does, so that temporary files are cleaned up. uvicorn
    raises the signal again when it is done."""
    sys.exit(0)


@contextmanager
def _claimed(host: str, port: int) -> Iterator[int]:
    """Hold the address while the index is being built, so that a busy port is told at
    once; gives the real port where 0 was asked."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        claim = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise _unusable(host, port, error) from error
    with claim:
        if os.name == "posix":
            # Elsewhere this option would let two programs share the port.
            claim.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            claim.bind(address)
        except OSError as error:
            raise _unusable(host, port, error) from error
        yield claim.getsockname()[1]


def _unusable(host: str, port: int, error: OSError) -> ConfigurationError:
    if error.errno in _BUSY:
        return PortBusy(
            f"端口 {port} 已被占用。用 --port 换一个，或先停掉占用它的程序。",
            f"Port {port} is busy. Choose another with --port, or stop the program "
            "that has it.",
        )
    reason = error.strerror or str(error)
    return ConfigurationError(
        f"无法在 {host}:{port} 上提供服务：{reason}。用 --host、--port 换一个地址。",
        f"Can't serve at {host}:{port}: {reason}. Choose another address with --host "
        "and --port.",
    )


def _ensure_index(settings: Settings) -> None:
    """Build the index where there is none, with the shell's own command; its messages
    and progress are ours. Ends with its exit code when it fails."""
    try:
        engine = open_engine(settings.index)
    except IndexMissing:
        code = subprocess.call(index_command(settings), stdout=sys.stderr)
        if code not in (0, 1):
            sys.exit(code)
        return
    status, corpus = engine.status(), settings.corpus
    engine.close()
    found = status.documents
    if status.degraded:
        click.echo(status.degraded.text(settings.lang), err=True)
    said = Message(
        f"使用已有的索引 {settings.index}（{found:,} 篇）。语料有变时请运行"
        f" baosou index {corpus}。",
        f"Serving the index at {settings.index} ({found:,} units). When the corpus "
        f"changes, run baosou index {corpus}.",
    )
    click.echo(said.text(settings.lang), err=True)


def _announce(host: str, port: int, settings: Settings) -> None:
    """Print the address once the site answers there."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    while not _answers(shown, port):
        time.sleep(0.05)
    url = f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"
    said = Message(
        f"报搜已启动：{url} （按 Ctrl+C 停止）",
        f"Baosou is serving at {url} (Ctrl+C stops it)",
    )
    click.echo(said.text(settings.lang))


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    main()
