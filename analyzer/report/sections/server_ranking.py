"""Results in, the servers that want most attention out: a block of the summary, and its chart."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from analyzer.report.counts import (
    ServerKey,
    count_differences,
    findings_by_server,
    in_use,
    server_key,
    servers_of,
    severity_counts,
    weight,
    worst_relay,
)
from analyzer.report.phrases import count, verdict_in_words
from analyzer.report.section import ColumnKind, Row
from analyzer.report.summary import BlockColumn, ChartSeries, SummaryBlock
from analyzer.report.tones import TONES
from analyzer.report.wording import SEVERITY
from analyzer.results.records import FindingRecord, Results
from analyzer.visible_text import one_line

_MOST_SERVERS = 15
_ELSEWHERE = "Not tied to a server"


class _Ranked(NamedTuple):
    """A server, or whatever is tied to none."""

    name: str
    listeners: int
    findings: Sequence[FindingRecord]
    relay: str


def rank_servers(results: Results) -> tuple[SummaryBlock, tuple[ChartSeries, ...]]:
    """Return the servers that want most attention, and the chart with a bar for each."""
    ranked, left = _ranked(results)
    counts = [severity_counts(server.findings) for server in ranked]
    rows: list[Row] = [
        (
            server.name,
            server.listeners,
            *numbers.values(),
            count_differences(server.findings),
            server.relay,
        )
        for server, numbers in zip(ranked, counts, strict=True)
    ]
    block = SummaryBlock(
        "Servers, most findings first",
        _columns(results),
        tuple(rows),
        f"{count(left, 'more server')} on Servers." if left else "",
        empty="No servers",
    )
    chart = tuple(
        ChartSeries(word, TONES[word], tuple(numbers[severity] for numbers in counts))
        for severity, word in SEVERITY.items()
    )
    return block, chart


def _columns(results: Results) -> tuple[BlockColumn, ...]:
    return (
        BlockColumn("Server"),
        BlockColumn(
            "Listeners" if results.receive_connectors else "Virtual servers", ColumnKind.NUMBER
        ),
        *(BlockColumn(word, ColumnKind.NUMBER) for word in SEVERITY.values()),
        BlockColumn("Differs", ColumnKind.NUMBER),
        BlockColumn("Relay verdict", ColumnKind.WORD, TONES),
    )


def _ranked(results: Results) -> tuple[list[_Ranked], int]:
    """Return the servers with most weight first, and how many were left out."""
    findings = findings_by_server(results)
    listeners = Counter(
        server_key(listener.organization, listener.server) for listener in in_use(results)
    )
    servers = [
        (server_key(server.organization, server.name), server) for server in servers_of(results)
    ]
    servers.sort(key=lambda pair: -weight(findings.get(pair[0], ())))
    ranked = [
        _Ranked(
            one_line(server.name),
            listeners[key],
            findings.get(key, ()),
            _relay(results, key),
        )
        for key, server in servers[:_MOST_SERVERS]
    ]
    known = {key for key, _ in servers}
    loose = [finding for key, group in findings.items() if key not in known for finding in group]
    if loose:
        ranked.append(_Ranked(_ELSEWHERE, 0, loose, ""))
    return ranked, max(len(servers) - _MOST_SERVERS, 0)


def _relay(results: Results, key: ServerKey) -> str:
    relay = worst_relay(
        listener
        for listener in results.listeners
        if server_key(listener.organization, listener.server) == key
    )
    return "None" if relay is None else verdict_in_words(relay)


def chart_in_words(servers: SummaryBlock, chart: Sequence[ChartSeries]) -> str:
    """Return what the chart shows, for readers who do not see it."""
    parts = []
    for at, row in enumerate(servers.rows[:_MOST_SERVERS]):
        numbers = ", ".join(
            f"{series.word} {series.values[at]}" for series in chart if series.values[at]
        )
        parts.append(f"{row[0]}: {numbers or 'none'}")
    return "Stacked bars, open findings by severity for each server. " + "; ".join(parts) + "."
