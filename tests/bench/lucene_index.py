"""Lucene, where a JDK of 21 or later and Maven are found: `Lucene.java` run by that JDK
from its source, its libraries fetched by Maven once."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from tests.bench.peer import Answer, Maker, Plan
from tests.bench.questions import Question
from tests.bench.texts import Text

_VERSION: Final = "10.2.2"
_LIBRARIES: Final = Path(tempfile.gettempdir()) / f"baosou-bench-lucene-{_VERSION}"
_SOURCE: Final = Path(__file__).with_name("Lucene.java")
_WARM_UP: Final = 10  # untimed rounds of each list before its first timed one


def build(folder: Path, texts: Iterable[Text], plan: Plan) -> None:
    """Hand texts to a JVM as they come."""
    shape = (plan.size, plan.segments, plan.deleted)
    process = _start("build", folder, *map(str, shape))
    assert process.stdin  # it is a pipe
    for text in texts:
        process.stdin.write(f"{text.day}\t{text.words}\n")
    process.communicate()
    if process.returncode:
        raise RuntimeError("Lucene did not build its index; see above")


class LuceneIndex:
    """A Peer in a JVM of its own, which keeps the time itself."""

    def __init__(self, folder: Path) -> None:
        self._process = _start("ask", folder)
        self._warm: set[str] = set()

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        asked = questions[0].asked
        for _ in range(0 if asked in self._warm else _WARM_UP):
            self._ask(questions)
        self._warm.add(asked)
        return self._ask(questions)

    def close(self) -> None:
        self._process.communicate()

    def _ask(self, questions: Sequence[Question]) -> list[Answer]:
        given, taken = self._process.stdin, self._process.stdout
        assert given
        assert taken
        if self._process.poll() is not None:
            raise RuntimeError("Lucene's JVM ended; see above")
        given.write("".join(_line(question) for question in questions) + "\n")
        given.flush()
        return [_answer(taken.readline()) for _ in questions]


def available() -> bool:
    """Whether there is what it takes to run Lucene here."""
    return _java() is not None and shutil.which("mvn") is not None


LUCENE: Final = Maker("Lucene", build, LuceneIndex)

_POM: Final = """<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>baosou</groupId><artifactId>bench</artifactId><version>1</version>
<dependencies>{}</dependencies></project>
"""
_DEPENDENCY: Final = (
    "<dependency><groupId>org.apache.lucene</groupId>"
    "<artifactId>{}</artifactId><version>{}</version></dependency>"
)


def _start(task: str, folder: Path, *rest: str) -> "subprocess.Popen[str]":
    java = _java()
    assert java  # callers ask available() first
    path = f"{_libraries()}/*"
    flags = ("-Xmx3g", "--add-modules", "jdk.incubator.vector")
    command = (java, *flags, "-cp", path, str(_SOURCE), task, str(folder), *rest)
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8"
    )


@cache
def _java() -> str | None:
    """A JDK's java of version 21 or later: JAVA_HOME's, then the system's."""
    homes = [os.environ.get("JAVA_HOME", ""), *map(str, _homes())]
    candidates = [f"{home}/bin/java" for home in homes if home]
    return next((java for java in (*candidates, "java") if _is_new(java)), None)


def _homes() -> Iterator[Path]:
    yield from sorted(Path("/usr/lib/jvm").glob("*"), reverse=True)


def _is_new(java: str) -> bool:
    if not shutil.which(java):
        return False
    said = subprocess.run([java, "--version"], capture_output=True, text=True).stdout
    version = said.split()[1].split(".")[0] if len(said.split()) > 1 else "0"
    return version.isdecimal() and int(version) >= 21


def _libraries() -> Path:
    """The folder of Lucene's jars, filled by Maven when it is first needed."""
    if not _LIBRARIES.is_dir():
        with tempfile.TemporaryDirectory(dir=_LIBRARIES.parent) as folder:
            names = ("lucene-core", "lucene-facet", "lucene-analysis-common")
            wanted = (_DEPENDENCY.format(name, _VERSION) for name in names)
            Path(folder, "pom.xml").write_text(_POM.format("".join(wanted)), "utf-8")
            goal = ("dependency:copy-dependencies", f"-DoutputDirectory={folder}/jars")
            subprocess.run(("mvn", "-q", "-B", *goal), cwd=folder, check=True)
            Path(folder, "jars").rename(_LIBRARIES)
    return _LIBRARIES


def _line(question: Question) -> str:
    parts = " ".join(question.parts)
    return f"{question.asked}\t{question.since}\t{question.until}\t{parts}\n"


def _answer(line: str) -> Answer:
    """What `Lucene.java` printed for one question.

    >>> _answer("7\\t1200\\t 2023:3 2024:4\\n").detail
    ((2023, 3), (2024, 4))
    """
    total, nanoseconds, shown = line.rstrip("\n").split("\t")
    detail: list[int | tuple[int, int]] = []
    for item in shown.split():
        value, _, count = item.partition(":")
        detail.append((int(value), int(count)) if count else int(value))
    return Answer(int(total), int(nanoseconds), tuple(detail))
