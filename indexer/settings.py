"""Settings, read once from the environment where a command starts, and handed down from
there."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import ConfigurationError
from indexer.messages import Lang


@dataclass(frozen=True, slots=True)
class Settings:
    """`admin_token` opens the admin API when set; `lang` is the language of the command
    line; `memory` is how many megabytes of an index in the making are gathered before
    they are spilt to disk."""

    index: Path = Path("index")
    corpus: Path = Path("corpus")
    admin_token: str | None = None
    lang: Lang = "zh"
    jobs: int = 1
    memory: int = 768


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from BAOSOU_INDEX, BAOSOU_CORPUS, BAOSOU_ADMIN_TOKEN, BAOSOU_JOBS,
    BAOSOU_MEMORY and LANG.

    >>> read_settings({"BAOSOU_INDEX": "/var/lib/baosou"}).index.name
    'baosou'
    """
    return Settings(
        index=Path(environ.get("BAOSOU_INDEX") or "index"),
        corpus=Path(environ.get("BAOSOU_CORPUS") or "corpus"),
        admin_token=environ.get("BAOSOU_ADMIN_TOKEN") or None,
        lang="en" if environ.get("LANG", "").startswith("en") else "zh",
        jobs=_positive(
            "BAOSOU_JOBS",
            environ.get("BAOSOU_JOBS") or str(min(os.cpu_count() or 1, 8)),
        ),
        memory=_positive("BAOSOU_MEMORY", environ.get("BAOSOU_MEMORY") or "768"),
    )


def _positive(name: str, text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ConfigurationError(
            f"{name} 应为正整数，现为“{text}”。请改正后重试。",
            f"{name} must be a whole number above 0, not {text!r}. Correct it.",
        )
    return int(text)
