"""Results in, the receive connectors out: who may connect, and what each side may do."""

from collections.abc import Iterator, Sequence

from analyzer.report.phrases import count, name_listener, place_of, setting_text, yes_no
from analyzer.report.section import Column, ColumnGroup, Row, Section
from analyzer.report.wording import NO_SERVER
from analyzer.results.records import ReceiveConnectorRecord, Results

TITLE = "Receive connectors"
_FLAGS = "msExchSMTPReceiveInboundSecurityFlag"
COLUMNS = (
    Column("Server", 18),
    Column("Connector", 28),
    Column("Exchange version", 12),
    Column("Enabled", 9),
    Column("Address and port", 22),
    Column("Who may connect", 30),
    Column("Permission groups", 26),
    Column("Authentication", 30),
    Column("Anonymous may relay", 12),
    Column("Externally secured", 12),
    Column("Who holds the right to relay", 50),
    Column("Notes", 36),
    Column("Object DN", 50, group=ColumnGroup.DETAIL),
    Column("Source", 30, group=ColumnGroup.DETAIL),
)


def sections(results: Results) -> tuple[Section, ...]:
    """Return the receive connectors, if there are any."""
    connectors = results.receive_connectors
    if not connectors:
        return ()
    return (
        Section(
            key="receive-connectors",
            title=TITLE,
            intro=(
                f"{count(len(connectors), 'receive connector')}: who may connect to each, and with"
                " which rights."
            ),
            columns=COLUMNS,
            rows=lambda: _rows(connectors),
            count=len(connectors),
            table="tblReceiveConnectors",
            frozen=2,
        ),
    )


def _rows(connectors: Sequence[ReceiveConnectorRecord]) -> Iterator[Row]:
    for connector in connectors:
        relay, groups = connector.relay, connector.permission_groups
        yield (
            connector.server or NO_SERVER,
            name_listener(connector),
            connector.exchange_version,
            yes_no(connector.enabled),
            "\n".join(connector.bindings),
            "\n".join(connector.remote_ranges),
            "Not in this dump" if groups is None else "\n".join(groups) or "None",
            setting_text(connector.settings.get(_FLAGS)),
            yes_no(relay.anonymous_may_relay) if relay else None,
            yes_no(relay.externally_secured) if relay else None,
            "\n".join(_grants(connector)),
            "\n".join(connector.notes),
            connector.dn,
            place_of(connector.source),
        )


def _grants(connector: ReceiveConnectorRecord) -> Iterator[str]:
    for grant in connector.relay.grants if connector.relay else ():
        name = grant.name if grant.name == grant.sid else f"{grant.name} ({grant.sid})"
        yield f"{grant.effect} {name}{', inherited' if grant.inherited else ''}"
