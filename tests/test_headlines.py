"""Printed headline lines → kicker, headline, deck."""

import pytest

from indexer.archive import Span
from indexer.headlines import parse_headline


def parts(*lines: str) -> tuple[str | None, str, str | None]:
    text, spans = "\n".join(lines), []
    start = 0
    for line in lines:
        spans.append(Span(start, start + len(line)))
        start += len(line) + 1
    parsed = parse_headline(text, spans)
    kicker = parsed.kicker.text if parsed.kicker else None
    deck = parsed.deck.text if parsed.deck else None
    return kicker, parsed.headline.text, deck


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("读者来信", "请给盲道让条路"), ("读者来信", "请给盲道让条路", None)),
        (
            ("云浦市人大常委会公告", "（第三号）"),
            (None, "云浦市人大常委会公告", "（第三号）"),
        ),
        (
            ("渔家新唱 浪花里的歌声（文化观察）",),
            ("渔家新唱", "浪花里的歌声（文化观察）", None),
        ),
        (
            ("渔家新唱浪花里的歌声 （文化观察）",),
            (None, "渔家新唱浪花里的歌声（文化观察）", None),
        ),
        (("扩大开放、 深化合作",), (None, "扩大开放、深化合作", None)),
        (
            ("大桥明日通车", "两岸往来只要八分钟"),
            ("大桥明日通车", "两岸往来只要八分钟", None),
        ),
    ],
    ids=["column", "number", "tag", "tag apart", "pause mark", "short line"],
)
def test_parts(
    lines: tuple[str, ...], expected: tuple[str | None, str, str | None]
) -> None:
    assert parts(*lines) == expected
