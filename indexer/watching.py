"""How a long command goes on, told on stderr: a bar on a terminal, lines of JSON for
programs, and sentences for what was refused or is doubtful.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
import msgspec

from indexer.corpus import InputNotice
from indexer.errors import InputRefused
from indexer.messages import Lang, Message
from indexer.rebuild import Event, Progress
from indexer.splitting import Split
from indexer.terminal import sentence


def say(message: Message, lang: Lang) -> None:
    """A sentence on stderr."""
    click.echo(message.text(lang), err=True)


@contextmanager
def watched(lang: Lang, *, json: bool) -> Iterator[Callable[[Event], None]]:
    """Somebody to tell how a rebuild goes on: a bar on a terminal, lines of JSON for
    programs, and a sentence for each refusal and notice."""
    watcher = _Watcher(lang, json=json)
    try:
        yield watcher.hear
    finally:
        watcher.end()


class FileLines:
    """For each file that is read a line on stderr: units, doubts, characters left."""

    def __init__(self, lang: Lang, *, json: bool) -> None:
        self._lang, self._json = lang, json
        self._path: str | None = None
        self._counts = (0, 0, 0)
        self.refused = False

    def add(self, item: Split | InputRefused | InputNotice) -> None:
        if not isinstance(item, Split):
            self.end()
            self.refused = self.refused or isinstance(item, InputRefused)
            say(sentence(item), self._lang)
            return
        if item.path != self._path:
            self.end()
        self._path = item.path
        units, warnings, unclaimed = self._counts
        self._counts = (
            units + len(item.units),
            warnings + item.warnings,
            unclaimed + item.unclaimed,
        )

    def end(self) -> None:
        """Print the line of the file that was read last."""
        if self._path and not self._json:
            units, warnings, unclaimed = (f"{count:4}" for count in self._counts)
            line = Message(
                f"{units} 篇 {warnings} 处存疑 {unclaimed} 字未归入　{self._path}",
                f"{units} units {warnings} doubts {unclaimed} characters left  "
                f"{self._path}",
            )
            say(line, self._lang)
        self._path, self._counts = None, (0, 0, 0)


class _Watcher:
    def __init__(self, lang: Lang, *, json: bool) -> None:
        self._lang, self._json = lang, json
        self._bar = not json and sys.stderr.isatty()
        self._last = 0.0

    def hear(self, event: Event) -> None:
        if not isinstance(event, Progress):
            self._clear()
            say(sentence(event), self._lang)
        elif self._json or self._bar:
            self._show(event)

    def end(self) -> None:
        self._clear()

    def _show(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.done < progress.total and now - self._last < 0.2:
            return
        self._last = now
        if self._json:
            click.echo(msgspec.json.encode(progress), err=True)
            return
        click.echo(f"\r\x1b[K{self._bar_of(progress)}", err=True, nl=False)

    def _bar_of(self, progress: Progress) -> str:
        share = progress.done / progress.total if progress.total else 1.0
        if share >= 1:
            return Message("已读完，正在写入索引……", "Writing the index …").text(
                self._lang
            )
        filled = int(share * 30)
        return f"{'█' * filled}{'░' * (30 - filled)} {share:4.0%}"

    def _clear(self) -> None:
        if self._bar:
            click.echo("\r\x1b[K", err=True, nl=False)
