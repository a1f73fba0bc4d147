"""The shape of a report: the first page, the sections, and how it came about."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from msgspec import Struct

from analyzer.report.section import ColumnKind, Row, Section


class BlockColumn(NamedTuple):
    """One column of a block of the summary."""

    header: str
    kind: ColumnKind = ColumnKind.TEXT
    tones: Mapping[str, str] = {}


class SummaryBlock(Struct, frozen=True):
    """One small table of the summary."""

    title: str
    columns: tuple[BlockColumn, ...]
    rows: tuple[Row, ...]
    note: str = ""
    """A line below the table, for example how many rows were left out."""
    empty: str = "None"
    """What stands there when there is no row."""


class ChartSeries(NamedTuple):
    """The parts of one colour in all bars of the chart."""

    word: str
    tone: str
    values: tuple[int, ...]
    """One per bar."""


class LiveCounter(NamedTuple):
    """What to count in a reviewer's column, while the report is being worked with."""

    label: str
    section: str
    """Key of the section."""
    header: str
    word: str = ""
    """Counts this word only; empty: whatever is filled in."""


class Summary(Struct, frozen=True):
    """The first page: what was found, where to read on."""

    title: str
    headline: str
    engagement: SummaryBlock
    """Label, value."""
    verdicts: SummaryBlock
    """Verdict, Listeners, Assumed, Which: who may relay, the most exposed first."""
    severities: SummaryBlock
    """Severity, Open, Waived; what is stricter than the default, or assumed, stands apart."""
    checks: SummaryBlock
    """State, Checks on objects."""
    changes: SummaryBlock
    """Change, All, one column per severity; no rows without a baseline."""
    servers: SummaryBlock
    """Server, Virtual servers, one column per severity, Differs, Relay verdict."""
    rules: SummaryBlock
    """Rule, Severity, On, What was found and where: each rule once."""
    actions: SummaryBlock
    """Action, Horizon, Severity, Findings: the top five of the action plan."""
    quality: SummaryBlock
    """Label, value: how far the dump can be relied on."""
    contents: SummaryBlock
    """Section (a link), Rows."""
    sign_off: SummaryBlock
    """Role, and blank columns for people."""
    chart: tuple[ChartSeries, ...]
    """Open findings by severity, a bar for each row of `servers`."""
    chart_title: str
    chart_text: str
    """The chart in words, for readers who do not see it."""
    change_chart: tuple[ChartSeries, ...]
    """Findings by severity, a bar for each row of `changes`."""
    change_chart_text: str
    counters: tuple[LiveCounter, ...]


class ServerPage(NamedTuple):
    """One server: all that the report says of it, in one spot."""

    anchor: str
    """What a `Link` to it names."""
    name: str
    in_short: str
    blocks: tuple[SummaryBlock, ...]


class ServerPages(NamedTuple):
    """The report server by server, for renderers that have the room."""

    key: str
    """What a `Link` to one of them names as its section."""
    title: str
    intro: str
    anchors: tuple[str, ...]
    """What a `Link` names to lead to each of them."""
    pages: Callable[[], Iterator[ServerPage]]
    """One after the other, in the order of the anchors."""


class LetterPart(NamedTuple):
    """One heading of the letter with what stands under it, in this order."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    blocks: tuple[SummaryBlock, ...] = ()
    steps: tuple[str, ...] = ()
    """A numbered list."""


class Letter(NamedTuple):
    """What the client's management has to know, on two pages."""

    title: str
    facts: SummaryBlock
    """Label, value."""
    parts: tuple[LetterPart, ...]
    sign_off: SummaryBlock


class Imprint(Struct, frozen=True):
    """How the report came about, with the hashes it can be checked by."""

    report_id: str
    made: str
    """ISO 8601 in UTC, to the second."""
    program: str
    program_version: str
    rule_set_version: str
    rule_set_sha256: str
    inputs: int
    """Number of files read."""
    inputs_sha256: str
    results_sha256: str
    subject: str
    """What was audited, in a few words."""


class Report(Struct, frozen=True):
    """All that a renderer needs but the letterhead."""

    summary: Summary
    sections: tuple[Section, ...]
    servers: Callable[[int], ServerPages]
    """At most so many of them, those with the gravest findings."""
    letter: Callable[[], Letter]
    imprint: Imprint
