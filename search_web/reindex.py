"""At most one rebuild at a time, as a subprocess: `python -m indexer index`, the very
command of the shell.

Hides the subprocess and where its state is kept: in files of one folder that all web
workers share, so any of them can tell how the run stands. A lock file says whether it
still runs; the index's own lock guards against rebuilds from a shell.
"""

import datetime as dt
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import msgspec
from filelock import FileLock, Timeout

from indexer import Message, Settings

State: TypeAlias = Literal["idle", "running", "done", "failed", "interrupted"]
_TAIL: Final = 65_536
_OUTCOMES: Final = {
    0: Message("索引已更新。", "The index is up to date."),
    1: Message(
        "索引已更新，但有的输入被拒绝，见 report。",
        "The index is up to date, but some inputs were refused: see report.",
    ),
    4: Message(
        "另一个进程正在写索引。等它结束后再试。",
        "Another process is writing to the index. Try again when it is done.",
    ),
}


@dataclass(frozen=True, slots=True)
class Run:
    """The running or last rebuild. `progress` and `report` are what the command printed
    as JSON; `message` says how it ended."""

    state: State = "idle"
    started_at: dt.datetime | None = None
    finished_at: dt.datetime | None = None
    full: bool = False
    progress: dict[str, Any] | None = None  # Any: the command's JSON
    report: dict[str, Any] | None = None
    exit_code: int | None = None
    message: Message | None = None


class RebuildRunning(Exception):
    """A rebuild that this site started has not ended yet."""


def index_command(settings: Settings) -> list[str]:
    """The shell command that brings the index up to date with the corpus."""
    command = [sys.executable, "-m", "indexer", "index", str(settings.corpus)]
    return [*command, "--index", str(settings.index)]


class _Note(msgspec.Struct, frozen=True):
    """What is written down of a run, and changed once when it ends."""

    started_at: dt.datetime
    full: bool
    finished_at: dt.datetime | None = None
    exit_code: int | None = None


class Reindexer:
    """Starts rebuilds and tells how the last one stands; `folder` holds its files."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings, self._folder = settings, folder
        self._process: subprocess.Popen[bytes] | None = None
        self._follower: threading.Thread | None = None

    def start(self, *, full: bool) -> Run:
        """Start a rebuild; raises RebuildRunning while one runs, in any worker."""
        lock = self._lock()
        try:
            # A moment: another worker may just be looking whether it is free.
            lock.acquire(timeout=0.1, poll_interval=0.01)
        except Timeout as error:
            raise RebuildRunning from error
        note = _Note(dt.datetime.now(dt.UTC), full)
        try:
            self._process = self._spawn(full=full)
            self._write(note)
        except BaseException:
            lock.release()
            raise
        self._follower = threading.Thread(
            target=self._follow, args=(self._process, note, lock), daemon=True
        )
        self._follower.start()
        return self.latest()

    def latest(self) -> Run:
        """The run that was started last, idle when there was none."""
        note = self._read()
        if note is None:
            return Run()
        return Run(
            state=self._state(note),
            started_at=note.started_at,
            finished_at=note.finished_at,
            full=note.full,
            progress=_last_record(self._folder / "errors"),
            report=_last_record(self._folder / "output"),
            exit_code=note.exit_code,
            message=None if note.exit_code is None else self._outcome(note.exit_code),
        )

    def close(self) -> None:
        """End a run of this process; the index keeps its last whole generation."""
        if self._process and self._follower:
            self._process.terminate()
            self._follower.join(timeout=5)

    def _lock(self) -> FileLock:
        # Taken by the request's thread, given back by the follower's.
        return FileLock(self._folder / "lock", thread_local=False)

    def _spawn(self, *, full: bool) -> subprocess.Popen[bytes]:
        command = [*index_command(self._settings), "--json"]
        command += ["--full"] if full else []
        kept = {k: v for k, v in os.environ.items() if k != "BAOSOU_ADMIN_TOKEN"}
        output, errors = self._folder / "output", self._folder / "errors"
        with output.open("wb") as stdout, errors.open("wb") as stderr:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                env={**kept, "PYTHONUTF8": "1"},
            )

    def _follow(
        self, process: subprocess.Popen[bytes], note: _Note, lock: FileLock
    ) -> None:
        code = process.wait()
        ended = dt.datetime.now(dt.UTC)
        self._write(_Note(note.started_at, note.full, ended, code))
        lock.release()

    def _state(self, note: _Note) -> State:
        if note.exit_code is not None:
            return "done" if note.exit_code in (0, 1) else "failed"
        lock = self._lock()
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return "running"
        lock.release()
        # It may have ended between reading the note and trying the lock.
        again = self._read()
        if again is None or again.exit_code is None:
            return "interrupted"
        return self._state(again)

    def _outcome(self, code: int) -> Message:
        said = _tail(self._folder / "errors").strip().splitlines()
        last = next((line for line in reversed(said) if not line.startswith("{")), "")
        failed = f"重建失败（退出码 {code}）。{last}"
        return _OUTCOMES.get(
            code, Message(failed, f"The rebuild failed (exit code {code}). {last}")
        )

    def _write(self, note: _Note) -> None:
        aside = self._folder / "note.new"
        aside.write_bytes(msgspec.json.encode(note))
        aside.replace(self._folder / "note")

    def _read(self) -> _Note | None:
        try:
            return msgspec.json.decode((self._folder / "note").read_bytes(), type=_Note)
        except FileNotFoundError:
            return None


def _tail(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        return file.read().decode("utf-8", "replace")


def _last_record(path: Path) -> dict[str, Any] | None:
    """The last whole JSON object among the lines of a file."""
    for line in reversed(_tail(path).splitlines()):
        try:
            return msgspec.json.decode(line, type=dict[str, Any])
        except msgspec.DecodeError:
            continue
    return None
