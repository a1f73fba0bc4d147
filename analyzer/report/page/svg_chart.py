"""A block of the summary in, the geometry of its stacked bars out: findings by severity."""

from collections.abc import Sequence
from typing import NamedTuple

from analyzer.report.section import plain
from analyzer.report.summary import ChartSeries, SummaryBlock
from analyzer.visible_text import shorten

LABELS = 130
"""Where the bars begin, in the drawing's own units."""
BARS = 190
"""Length of the longest bar."""
ROW = 24
WIDTH = 480

_NAME_LENGTH = 20
_GAP = 8


class Segment(NamedTuple):
    """One severity of one bar."""

    tone: str
    x: int
    width: int


class Bar(NamedTuple):
    """One row of the block: its name, its segments, the same as initials and numbers."""

    name: str
    y: int
    segments: tuple[Segment, ...]
    words: str
    words_x: int


class Drawing(NamedTuple):
    """The whole chart; empty when nothing is open."""

    bars: tuple[Bar, ...]
    width: int
    height: int


def draw_chart(block: SummaryBlock, chart: Sequence[ChartSeries]) -> Drawing:
    """Return the bars in the order of the rows of a block of the summary."""
    names = [plain(row[0]) for row in block.rows]
    totals = [sum(series.values[at] for series in chart) for at in range(len(names))]
    longest = max(totals, default=0)
    if not longest:
        return Drawing((), WIDTH, 0)
    bars = tuple(_bar(chart, at, name, longest) for at, name in enumerate(names))
    return Drawing(bars, WIDTH, ROW * len(bars))


def _bar(chart: Sequence[ChartSeries], at: int, name: str, longest: int) -> Bar:
    segments, words = [], []
    done = 0
    for word, tone, values in chart:
        if values[at]:
            # Both edges are rounded alike, so that neighbours meet.
            start, end = (LABELS + BARS * edge // longest for edge in (done, done + values[at]))
            segments.append(Segment(tone, start, end - start))
            words.append(f"{word[0]}\u00a0{values[at]:,}")
            done += values[at]
    end = LABELS + BARS * done // longest
    return Bar(
        shorten(name, _NAME_LENGTH), ROW * at, tuple(segments), ", ".join(words) or "None",
        end + _GAP,
    )  # fmt: skip
