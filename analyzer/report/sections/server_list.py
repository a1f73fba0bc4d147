"""Results in, the table of servers out."""

from collections import Counter
from collections.abc import Iterator, Sequence

from analyzer.report.counts import findings_by_server, server_key, servers_of, severity_counts
from analyzer.report.phrases import count, place_of
from analyzer.report.section import Column, ColumnGroup, ColumnKind, Link, Row, Section
from analyzer.report.sections import server_pages
from analyzer.report.wording import SEVERITY
from analyzer.results.records import Results, ServerRecord

COLUMNS = (
    Column("Server", 18),
    Column("Organisation", 22),
    Column("Administrative group", 26),
    Column("Exchange version", 24),
    Column("Roles", 20),
    Column("Findings", 12),
    Column("Virtual servers", 9, ColumnKind.NUMBER),
    Column("Connectors", 11, ColumnKind.NUMBER),
    *(Column(word, 9, ColumnKind.NUMBER) for word in SEVERITY.values()),
    Column("Last changed", 16, ColumnKind.TIME),
    Column("Completeness", 24),
    Column("Notes", 36),
    Column("Object DN", 50, group=ColumnGroup.DETAIL),
    Column("Source", 30, group=ColumnGroup.DETAIL),
)


def section(results: Results) -> Section:
    """Return the servers with their number of open findings per severity."""
    servers = servers_of(results)
    return Section(
        key="servers",
        title="Servers",
        intro=(
            f"{count(len(servers), 'server')} with the number of open findings on each, connectors"
            " counted where they are carried."
        ),
        columns=_columns(results),
        rows=lambda: _rows(results, servers),
        count=len(servers),
        table="tblServers",
        empty="No servers",
    )


def _columns(results: Results) -> tuple[Column, ...]:
    if not results.receive_connectors:
        return COLUMNS
    at = [column.header for column in COLUMNS].index("Connectors")
    own = Column("Receive connectors", 11, ColumnKind.NUMBER)
    return (*COLUMNS[:at], own, *COLUMNS[at:])


def _rows(results: Results, servers: Sequence[ServerRecord]) -> Iterator[Row]:
    findings = findings_by_server(results)
    shows = bool(results.receive_connectors)
    own_connectors = Counter(
        server_key(connector.organization, connector.server)
        for connector in results.receive_connectors
        if not connector.left_by
    )
    for server in servers:
        own = findings.get(server_key(server.organization, server.name), ())
        counts = severity_counts(own)
        version = f"Exchange {server.exchange_version}" if server.exchange_version else "Unknown"
        yield (
            server_pages.link_to(server.organization, server.name),
            server.organization,
            server.administrative_group,
            f"{version}\n{server.version_text}" if server.version_text else version,
            server.roles,
            Link(count(len(own), "finding"), "findings", own[0].id) if own else "None",
            server.virtual_servers,
            *((own_connectors[server_key(server.organization, server.name)],) if shows else ()),
            server.connectors,
            *counts.values(),
            server.when_changed,
            "In the dump" if server.in_dump else "Known by name only; its own object is missing",
            "\n".join(server.notes),
            server.dn,
            place_of(server.source),
        )
