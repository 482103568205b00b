"""Load on a site: clients that keep their connections and ask path after path.

The clients are wrk's, in its two threads, where wrk is found; otherwise our own, which
take more of the machine that they share with the site. Raises RuntimeError when an
answer is not 200.
"""

import asyncio
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, takewhile
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import numpy as np

_PARTS: Final = (50, 95, 99)
_SCRIPT: Final = Path(__file__).with_name("load.lua")


@dataclass(frozen=True, slots=True)
class Timing:
    """Answers in so many seconds, and how many milliseconds 50, 95 and 99 of a hundred
    took at most."""

    answers: int
    seconds: float
    percentiles: tuple[float, ...]


def tool() -> str | None:
    """The program that load is put on with, if it is installed."""
    return shutil.which("wrk")


def load(
    url: str,
    paths: Sequence[str],
    *,
    clients: int,
    seconds: float,
    wrk: str | None,
) -> Timing:
    """Ask for some seconds, by wrk if one is given; the paths are begun anew when they
    run out."""
    if wrk:
        return _load_by_wrk(wrk, url, paths, clients, seconds)
    ends = time.perf_counter() + seconds
    in_time = takewhile(lambda _: time.perf_counter() < ends, cycle(paths))
    return asyncio.run(_ask(url, in_time, clients))


def ask_each(url: str, paths: Sequence[str], *, clients: int) -> Timing:
    """Ask each path once, by our own clients."""
    return asyncio.run(_ask(url, iter(paths), clients))


def timing_of(milliseconds: Sequence[float], seconds: float) -> Timing:
    """The summary of what each answer took.

    >>> timing_of([1.0] * 98 + [2.0, 3.0], 0.5)
    Timing(answers=100, seconds=0.5, percentiles=(1.0, 1.0, 2.01))
    """
    parts = np.percentile(milliseconds, _PARTS)
    rounded = tuple(round(float(part), 3) for part in parts)
    return Timing(len(milliseconds), seconds, rounded)


def _load_by_wrk(
    wrk: str, url: str, paths: Sequence[str], clients: int, seconds: float
) -> Timing:
    with tempfile.TemporaryDirectory(prefix="baosou-load-") as folder:
        asked = Path(folder, "paths")
        asked.write_text("\n".join(paths), "ascii")
        command = [wrk, "-t2", f"-c{clients}", f"-d{max(1, round(seconds))}s"]
        done = subprocess.run(
            [*command, "-s", str(_SCRIPT), url, "--", str(asked)],
            capture_output=True,
            text=True,
        )
    told = done.stdout.splitlines()
    if done.returncode or not told or not told[-1].startswith("{"):
        raise RuntimeError(f"wrk failed: {done.stderr or done.stdout}")
    summary = json.loads(told[-1])
    if summary["failures"]:
        raise RuntimeError(f"{summary['failures']} requests failed")
    return Timing(summary["answers"], summary["seconds"], tuple(summary["percentiles"]))


async def _ask(url: str, paths: Iterator[str], clients: int) -> Timing:
    """Clients that each take the next path when they have an answer."""
    started = time.perf_counter()
    taken = await asyncio.gather(*(_client(url, paths) for _ in range(clients)))
    seconds = time.perf_counter() - started
    return timing_of([one for each in taken for one in each], seconds)


async def _client(url: str, paths: Iterator[str]) -> list[float]:
    """The milliseconds of each path, asked on one connection."""
    host, port = urlsplit(url).hostname or "", urlsplit(url).port or 80
    reader, writer = await asyncio.open_connection(host, port)
    taken: list[float] = []
    try:
        for path in paths:
            started = time.perf_counter()
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            await _read_answer(reader)
            taken.append((time.perf_counter() - started) * 1e3)
    finally:
        writer.close()
        await writer.wait_closed()
    return taken


async def _read_answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"not a 200: {head.splitlines()[0].decode()}")
    await reader.readexactly(_length(head))


def _length(head: bytes) -> int:
    lines = head.lower().splitlines()
    named = next(line for line in lines if line.startswith(b"content-length:"))
    return int(named.split(b":")[1])
