"""Results in, the table of connectors out: where mail goes from here."""

from collections.abc import Iterator, Mapping, Sequence

from analyzer.report.phrases import count, place_of
from analyzer.report.section import Column, ColumnGroup, Row, Section
from analyzer.report.wording import CONNECTOR_KIND, SETTING_STATE
from analyzer.results.records import ConnectorRecord, Listener, Results

TITLE = "Connectors"
COLUMNS = (
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
    Column("Object DN", 50, group=ColumnGroup.DETAIL),
    Column("Source", 30, group=ColumnGroup.DETAIL),
)


def sections(results: Results) -> tuple[Section, ...]:
    """Return the connectors, if there are any."""
    if not results.connectors:
        return ()
    names = {listener.dn: _name(listener) for listener in results.listeners}
    return (
        Section(
            key="connectors",
            title=TITLE,
            intro=(
                f"{count(len(results.connectors), 'connector')}: where mail goes from here, through"
                " which virtual servers, and for whom."
            ),
            columns=COLUMNS,
            rows=lambda: _rows(results.connectors, names),
            count=len(results.connectors),
            table="tblConnectors",
        ),
    )


def _name(listener: Listener) -> str:
    return f"{listener.server or ''} / {listener.name or listener.number}".strip(" /")


def _rows(connectors: Sequence[ConnectorRecord], names: Mapping[str, str]) -> Iterator[Row]:
    for connector in connectors:
        account = SETTING_STATE.get(connector.outbound_account, connector.outbound_account)
        yield (
            connector.name,
            CONNECTOR_KIND.get(connector.kind, connector.kind),
            connector.organization,
            connector.administrative_group,
            connector.routing_group,
            "\n".join(names.get(dn, dn) for dn in connector.bridgeheads),
            connector.smart_host,
            "\n".join(connector.address_spaces),
            "\n".join(connector.restrictions),
            account.capitalize(),
            connector.dn,
            place_of(connector.source),
        )
