"""Objects to pandas DataFrames."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import analyzer
from analyzer.directory import kinds
from analyzer.dump.entry import Attribute, Entry, Notation, Source, Unreadable
from analyzer.dump.reading import ExportScope, Input, Reading
from analyzer.open_dump import Dump
from analyzer.results.records import Results

ROOT = "CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com"
ORGANIZATION = rf"CN=Contoso\, Org,{ROOT}"
GROUP = f"CN=AG1,CN=Administrative Groups,{ORGANIZATION}"
SERVER = f"CN=EX01,CN=Servers,{GROUP}"
FIRST = f"CN=1,CN=SMTP,CN=Protocols,{SERVER}"
SECOND = f"CN=2,CN=SMTP,CN=Protocols,{SERVER}"
CONNECTIONS = f"CN=Connections,CN=RG1,CN=Routing Groups,{GROUP}"

INPUT = Input(
    "contoso.ldf",
    1,
    "",
    "",
    "ldif",
    "ldifde",
    "utf-8",
    "LF",
    1,
    1,
    ExportScope.LIMITED,
    "",
    (),
    {"msexchsmtpsmarthost": frozenset()},
)


def entry(dn: str, object_class: str, line: int = 10, **values: bytes | tuple[bytes, ...]) -> Entry:
    fields = {}
    for name, value in {"objectClass": object_class.encode(), **values}.items():
        several = value if isinstance(value, tuple) else (value,)
        fields[name.lower()] = Attribute(name, several, line, line, Notation.PLAIN)
    return Entry(dn, fields, Source("contoso.ldf", line, line))


ENTRIES = (
    entry(ORGANIZATION, "msExchOrganizationContainer", msExchMixedMode=b"TRUE"),
    entry(
        f"CN=Message Delivery,CN=Global Settings,{ORGANIZATION}",
        "msExchMessageDeliveryConfig",
        delivContLength=b"10240",
    ),
    entry(
        SERVER,
        "msExchExchangeServer",
        serialNumber=b"Version 6.5 (Build 7638.2: Service Pack 2)",
        messageTrackingEnabled=b"FALSE",
    ),
    entry(
        FIRST,
        "protocolCfgSMTPServer",
        line=20,
        adminDisplayName=b"Default SMTP Virtual Server",
        msExchSmtpRelayForAuth=b"FALSE",
        msExchAuthenticationFlags=b"7",
        msExchServerBindings=(b":25:", b"192.168.10.5:2525:"),
        msExchSmtpOutboundSecurityPassword=b"hunter2",
        msExchPolicyOptionList=b"\x00\xff",
        uSNChanged=b"9007199254740993",
        whenChanged=b"20031014081502.0Z",
    ),
    entry(
        SECOND,
        "protocolCfgSMTPServer",
        line=30,
        msExchSmtpRelayForAuth=b"yes",
        objectGUID=bytes(16),
    ),
    entry(
        f"CN=Internet,{CONNECTIONS}",
        "msExchRoutingSMTPConnector",
        msExchSourceBridgeheadServersDN=FIRST.encode(),
        routingList=b"SMTP:*;1",
    ),
    entry(f"CN=To RG2,{CONNECTIONS}", "msExchRoutingGroupConnector", cost=b"1"),
)
SAMPLE = Path(__file__).parents[1] / "samples" / "contoso-2003.ldf"
SETTING_DTYPES = {
    "dn": "string",
    "kind": "string",
    "attribute": "string",
    "state": "string",
    "value": "object",
    "text": "string",
    "file": "string",
    "line": "Int64",
}
UNREADABLE = Unreadable("contoso.ldf", 50, 52, "no DN")


def dump(*entries: Entry) -> Dump:
    return Dump(lambda: [Reading(INPUT, entries, (UNREADABLE,))], lambda: iter(entries))


@pytest.fixture(scope="module")
def contoso() -> Dump:
    return dump(*ENTRIES)


def test_the_files_are_read_once_for_all_tables_and_not_before() -> None:
    calls = []

    def read() -> list[Reading]:
        calls.append(1)
        return [Reading(INPUT, ENTRIES, (UNREADABLE,))]

    one = Dump(read, lambda: iter(ENTRIES))
    assert calls == []
    one.virtual_servers()
    one.servers()
    assert one.inputs == (INPUT,)
    assert one.unreadable == (UNREADABLE,)
    assert len(calls) == 1


def test_entries_are_read_while_iterating() -> None:
    seen = []

    def read() -> Iterator[Entry]:
        for one in ENTRIES:
            seen.append(one.dn)
            yield one

    walk = iter(Dump(list, read).entries)
    assert seen == []
    assert next(walk) == ENTRIES[0]
    assert seen == [ORGANIZATION]


def test_virtual_servers_have_one_row_each(contoso: Dump) -> None:
    table = contoso.virtual_servers()
    assert list(table.index) == [FIRST, SECOND]
    assert table.index.name == "dn"
    assert list(table.columns[:8]) == [
        "organization",
        "administrative_group",
        "server",
        "number",
        "name",
        "exchange_version",
        "file",
        "line",
    ]
    assert list(table.columns[8:]) == [row.name for row in kinds.VIRTUAL_SERVER.attributes]
    first = table.loc[FIRST]
    assert first["organization"] == "Contoso, Org"
    assert (first["administrative_group"], first["server"]) == ("AG1", "EX01")
    assert (first["number"], first["name"]) == (1, "Default SMTP Virtual Server")
    assert (first["exchange_version"], first["file"], first["line"]) == ("2003", "contoso.ldf", 20)


@pytest.mark.parametrize(
    ("column", "dtype"),
    [
        ("server", "string"),
        ("number", "Int64"),
        ("line", "Int64"),
        ("msExchSmtpRelayForAuth", "boolean"),
        ("msExchAuthenticationFlags", "Int64"),
        ("uSNChanged", "Int64"),
        ("msExchSmtpSmartHost", "string"),
        ("whenChanged", "string"),
        ("msExchSmtpRelayIpList", "string"),
        ("msExchSmtpOutboundSecurityPassword", "string"),
        ("msExchServerBindings", "object"),
        ("msExchPolicyOptionList", "object"),
    ],
)
def test_columns_have_the_type_of_their_syntax(contoso: Dump, column: str, dtype: str) -> None:
    assert contoso.virtual_servers()[column].dtype == dtype
    assert dump().virtual_servers()[column].dtype == dtype


def test_cells_hold_typed_values(contoso: Dump) -> None:
    first = contoso.virtual_servers().loc[FIRST]
    assert not first["msExchSmtpRelayForAuth"]
    assert first["msExchAuthenticationFlags"] == 7
    assert first["msExchServerBindings"] == [":25:", "192.168.10.5:2525:"]
    assert first["msExchPolicyOptionList"] == ["00ff"]
    assert first["uSNChanged"] == 9007199254740993
    assert first["whenChanged"] == "2003-10-14T08:15:02Z"


def test_cells_without_a_usable_value_are_missing(contoso: Dump) -> None:
    table = contoso.virtual_servers()
    assert table["msExchSmtpRelayForAuth"].isna().tolist() == [False, True]
    assert table["msExchSmtpSmartHost"].isna().all()
    assert table.loc[SECOND, "msExchServerBindings"] is None
    assert table["objectGUID"].tolist()[1] == "00" * 16


def test_secrets_are_set_or_not_set(contoso: Dump) -> None:
    table = contoso.virtual_servers()
    assert table["msExchSmtpOutboundSecurityPassword"].tolist() == ["set", "not set"]
    assert table["msExchEncryptedPassword"].isna().all()
    assert "hunter2" not in table.to_csv()


def test_the_table_of_states_has_the_same_shape(contoso: Dump) -> None:
    table, states = contoso.virtual_servers(), contoso.virtual_server_states()
    assert states.index.equals(table.index)
    assert states.columns.equals(table.columns)
    assert (states.dtypes == "string").all()


def test_states_tell_why_a_cell_is_missing(contoso: Dump) -> None:
    states = contoso.virtual_server_states()
    assert states["msExchSmtpRelayForAuth"].tolist() == ["set", "undecodable"]
    assert states["msExchSmtpSmartHost"].tolist() == ["not_set", "not_set"]
    assert states["msExchSmtpRelayIpList"].tolist() == ["not_exported", "not_exported"]
    assert states["msExchServerBindings"].tolist() == ["set", "not_set"]
    assert states["number"].tolist() == ["set", "set"]


def test_servers_have_their_attributes(contoso: Dump) -> None:
    table = contoso.servers()
    (dn,) = table.index
    row = table.loc[dn]
    assert (row["server"], row["exchange_version"]) == ("EX01", "2003")
    assert table["messageTrackingEnabled"].tolist() == [False]
    assert row["serialNumber"] == ["Version 6.5 (Build 7638.2: Service Pack 2)"]


def test_connectors_of_both_classes_share_a_table(contoso: Dump) -> None:
    table = contoso.connectors()
    assert table["kind"].tolist() == ["smtp_connector", "routing_group_connector"]
    assert table["name"].tolist() == ["Internet", "To RG2"]
    assert table["routing_group"].tolist() == ["RG1", "RG1"]
    assert table["msExchSourceBridgeheadServersDN"].tolist() == [[FIRST], None]
    assert table["cost"].dtype == "Int64"
    assert table["cost"].tolist()[1] == 1


def test_organizations_have_the_limits_of_their_global_settings(contoso: Dump) -> None:
    table = contoso.organizations()
    assert table["organization"].tolist() == ["Contoso, Org"]
    assert table["msExchMixedMode"].tolist() == [True]
    assert table["delivContLength"].tolist() == [10240]


@pytest.mark.parametrize(
    "name", ["virtual_servers", "virtual_server_states", "servers", "connectors", "organizations"]
)
def test_an_empty_dump_gives_empty_tables_of_the_same_columns(contoso: Dump, name: str) -> None:
    empty: pd.DataFrame = getattr(dump(), name)()
    full: pd.DataFrame = getattr(contoso, name)()
    assert len(empty) == 0
    assert empty.dtypes.equals(full.dtypes)
    assert empty.index.dtype == full.index.dtype
    assert empty.index.name == "dn"


def test_every_kind_has_a_table_of_its_own_by_its_key(contoso: Dump) -> None:
    for kind in kinds.KINDS:
        table = contoso.objects(kind.key)
        names = [*kind.identity, "file", "line", *(row.name for row in kind.attributes)]
        assert list(table.columns) == names
        assert list(table.index) == [item.dn for item in contoso.inventory.of(kind)]
    with pytest.raises(ValueError, match="'mailbox'; there are virtual_server, server"):
        contoso.objects("mailbox")


def test_the_long_table_has_every_setting_of_every_object(contoso: Dump) -> None:
    settings = contoso.settings()
    assert len(settings) == sum(len(item.settings) for item in contoso.inventory.objects)
    assert dict(settings.dtypes.astype(str)) == SETTING_DTYPES
    first = settings[settings["dn"] == FIRST].set_index("attribute")
    relay = first.loc["msExchSmtpRelayForAuth"]
    assert (relay["kind"], relay["state"], relay["value"]) == ("virtual_server", "set", False)
    assert (relay["text"], relay["file"], relay["line"]) == ("FALSE", "contoso.ldf", 20)
    assert first.loc["msExchServerBindings", "value"] == [":25:", "192.168.10.5:2525:"]
    assert first.loc["msExchSmtpSmartHost", "state"] == "not_set"
    assert first.loc["msExchSmtpRelayIpList", "text"] == "not exported"
    assert pd.isna(first.loc["msExchSmtpRelayIpList", "line"])


def test_the_long_table_shows_no_secret(contoso: Dump) -> None:
    settings = contoso.settings()
    password = settings[settings["attribute"] == "msExchSmtpOutboundSecurityPassword"]
    assert set(password["state"]) == {"set", "not_set"}
    assert password["value"].isna().all()
    assert "hunter2" not in settings.to_csv()


def test_an_empty_dump_has_an_empty_long_table() -> None:
    settings = dump().settings()
    assert len(settings) == 0
    assert dict(settings.dtypes.astype(str)) == SETTING_DTYPES


@pytest.fixture(scope="module")
def results() -> Results:
    return analyzer.audit(analyzer.read_dump(SAMPLE))


def test_findings_are_a_table_by_their_number(results: Results) -> None:
    table = results.findings_frame()
    assert table.index.name == "id"
    assert table.index.tolist() == [finding.id for finding in results.findings]
    assert table.index.is_unique
    assert table["found"].tolist() == [finding.found_text for finding in results.findings]
    dtypes = dict(table.dtypes.astype(str))
    assert dtypes.pop("line") == "Int64"
    assert set(dtypes.values()) == {"string"}


def test_who_may_relay_is_a_table_of_the_listeners(results: Results) -> None:
    table = results.relay_frame()
    assert table.index.tolist() == [listener.dn for listener in results.listeners]
    assert set(table["kind"]) == {"virtual_server"}
    for listener, (_, row) in zip(results.listeners, table.iterrows(), strict=True):
        assert listener.relay is not None
        assert (row["verdict"], row["server"]) == (listener.relay.verdict, listener.server)
        assert tuple(row["addresses"]) == listener.relay.addresses
        assert pd.isna(row["anonymous"]) is (listener.relay.anonymous is None)
    assert table["tls_required"].dtype == "boolean"
    assert table["addresses_covered"].dtype == "Int64"


def test_results_without_objects_have_the_same_columns(results: Results) -> None:
    empty = analyzer.audit(dump())
    for full, none in (
        (results.findings_frame(), empty.findings_frame()),
        (results.relay_frame(), empty.relay_frame()),
    ):
        assert len(none) == 0
        assert none.dtypes.equals(full.dtypes)


def test_tables_work_with_ordinary_pandas_questions(contoso: Dump) -> None:
    table = contoso.virtual_servers()
    suspicious = table[~table["msExchSmtpRelayForAuth"].fillna(True)]
    assert suspicious.index.tolist() == [FIRST]
