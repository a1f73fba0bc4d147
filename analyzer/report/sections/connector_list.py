"""Results in, the table of connectors out: where mail goes from here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from analyzer.directory.names import parse_names
from analyzer.report.phrases import count, place_of
from analyzer.report.section import Column, ColumnGroup, Row, Section
from analyzer.report.wording import CONNECTOR_KIND, SETTING_STATE
from analyzer.results.records import ConnectorRecord, Listener, Results, SendConnectorRecord

TITLE = "Connectors"
_SEND = "Send connector"
_ACCOUNT = "msExchSmtpOutboundSecurityUserName"
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
    Column("Notes", 36),
    Column("Object DN", 50, group=ColumnGroup.DETAIL),
    Column("Source", 30, group=ColumnGroup.DETAIL),
)


def sections(results: Results) -> tuple[Section, ...]:
    """Return the connectors, if there are any."""
    number = len(results.connectors) + len(results.send_connectors)
    if not number:
        return ()
    names = _names(results.listeners)
    return (
        Section(
            key="connectors",
            title=TITLE,
            intro=(
                f"{count(number, 'connector')}: where mail goes from here, through"
                f" which {_carriers(results)}, and for whom."
            ),
            columns=COLUMNS,
            rows=lambda: chain(_rows(results.connectors, names), _send(results.send_connectors)),
            count=number,
            table="tblConnectors",
        ),
    )


def _carriers(results: Results) -> str:
    names = ["virtual servers"] if results.connectors or not results.send_connectors else []
    return " or ".join((*names, "servers") if results.send_connectors else names)


def _send(connectors: Sequence[SendConnectorRecord]) -> Iterator[Row]:
    for connector in connectors:
        account = connector.settings.get(_ACCOUNT)
        state = SETTING_STATE.get(account.state, account.state) if account else ""
        yield (
            connector.name,
            _SEND if connector.enabled is not False else f"{_SEND}, disabled",
            connector.organization,
            connector.administrative_group,
            connector.routing_group,
            "\n".join(parse_names(dn).cn or dn for dn in connector.servers),
            "\n".join(connector.smart_hosts),
            "\n".join(connector.address_spaces),
            "",
            state.capitalize(),
            "\n".join(connector.notes),
            connector.dn,
            place_of(connector.source),
        )


def _names(listeners: Iterable[Listener]) -> Mapping[str, str]:
    """Return the names of listeners by DN; of several of a DN those of all of them."""
    found: dict[str, dict[str, None]] = {}
    for listener in listeners:
        found.setdefault(listener.dn, {})[_name(listener)] = None
    return {dn: " or ".join(names) for dn, names in found.items()}


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
            "\n".join(connector.notes),
            connector.dn,
            place_of(connector.source),
        )
