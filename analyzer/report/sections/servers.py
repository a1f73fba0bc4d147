"""Results in, the tables of servers and of connectors out."""

from collections.abc import Iterator, Sequence

from analyzer.report.counts import findings_by_server, server_key, servers_of, severity_counts
from analyzer.report.section import Column, Group, Kind, Row, Section
from analyzer.report.wording import SEVERITY, count, place
from analyzer.results.records import ConnectorRecord, Results, ServerRecord

COLUMNS = (
    Column("Server", 18),
    Column("Organisation", 22),
    Column("Administrative group", 26),
    Column("Exchange version", 24),
    Column("Roles", 20),
    Column("Virtual servers", 9, Kind.NUMBER),
    Column("Connectors", 11, Kind.NUMBER),
    *(Column(word, 9, Kind.NUMBER) for word in SEVERITY.values()),
    Column("Last changed", 16, Kind.TIME),
    Column("Completeness", 24),
    Column("Notes", 36),
    Column("Object DN", 50, group=Group.DETAIL),
    Column("Source", 30, group=Group.DETAIL),
)

CONNECTOR_COLUMNS = (
    Column("Connector", 24),
    Column("Kind", 16),
    Column("Organisation", 20),
    Column("Administrative group", 24),
    Column("Routing group", 20),
    Column("Virtual servers that carry it", 40),
    Column("Smart host", 22),
    Column("Address spaces", 28),
    Column("Restrictions", 36),
    Column("Account for the other side", 14),
    Column("Object DN", 50, group=Group.DETAIL),
    Column("Source", 30, group=Group.DETAIL),
)

_CONNECTOR_KIND = {"smtp": "SMTP", "routing_group": "Routing group"}
_ACCOUNT = {"set": "Set", "not_set": "Not set", "not_exported": "Not exported"}


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
        columns=COLUMNS,
        rows=lambda: _rows(results, servers),
        count=len(servers),
        table="tblServers",
        empty="No servers",
    )


def connector_sections(results: Results) -> tuple[Section, ...]:
    """Return the connectors, if there are any."""
    if not results.connectors:
        return ()
    names = {
        item.dn: f"{item.server or ''} / {item.name or item.number}".strip(" /")
        for item in results.virtual_servers
    }
    return (
        Section(
            key="connectors",
            title="Connectors",
            intro=(
                f"{count(len(results.connectors), 'connector')}: where mail goes from here, through"
                " which virtual servers, and for whom."
            ),
            columns=CONNECTOR_COLUMNS,
            rows=lambda: _connector_rows(results.connectors, names),
            count=len(results.connectors),
            table="tblConnectors",
        ),
    )


def _rows(results: Results, servers: Sequence[ServerRecord]) -> Iterator[Row]:
    findings = findings_by_server(results)
    for item in servers:
        counts = severity_counts(findings.get(server_key(item.organization, item.name), ()))
        version = f"Exchange {item.exchange_version}" if item.exchange_version else "Unknown"
        source = item.source
        yield (
            item.name,
            item.organization,
            item.administrative_group,
            f"{version}\n{item.version_text}" if item.version_text else version,
            item.roles,
            item.virtual_servers,
            item.connectors,
            *counts.values(),
            item.when_changed,
            "In the dump" if item.in_dump else "Known by name only; its own object is missing",
            "\n".join(item.notes),
            item.dn,
            place(source.file, source.line, source.last_line, source.offset) if source else "",
        )


def _connector_rows(connectors: Sequence[ConnectorRecord], names: dict[str, str]) -> Iterator[Row]:
    for item in connectors:
        source = item.source
        yield (
            item.name,
            _CONNECTOR_KIND.get(item.kind, item.kind),
            item.organization,
            item.administrative_group,
            item.routing_group,
            "\n".join(names.get(dn, dn) for dn in item.bridgeheads),
            item.smart_host,
            "\n".join(item.address_spaces),
            "\n".join(item.restrictions),
            _ACCOUNT.get(item.outbound_account, item.outbound_account),
            item.dn,
            place(source.file, source.line, source.last_line, source.offset),
        )
