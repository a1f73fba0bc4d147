"""Objects of Exchange 2007 and later: recognised in LDIF and CSV, told apart from older ones."""

import base64

import pytest

from analyzer import read_dump
from analyzer.directory import kinds
from analyzer.relay.forest import know_forest
from analyzer.relay.judges import judge_relay

CONFIGURATION = "CN=Configuration,DC=contoso,DC=com"
ORGANIZATION = f"CN=Contoso Org,CN=Microsoft Exchange,CN=Services,{CONFIGURATION}"
OLD = f"CN=AG1,CN=Administrative Groups,{ORGANIZATION}"
NEW = f"CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,{ORGANIZATION}"
NEW_ROUTING = f"CN=Exchange Routing Group (DWBGZMFD01QNBJR),CN=Routing Groups,{NEW}"
PROTOCOLS = f"CN=Protocols,CN=EX16,CN=Servers,{NEW}"
CONNECTOR = f"CN=Relay,CN=SMTP Receive Connectors,{PROTOCOLS}"
# ANONYMOUS LOGON may relay: header, owner BUILTIN\Administrators, one entry of the object form.
DESCRIPTOR = bytes.fromhex(
    "01000480 14000000 00000000 00000000 24000000"
    "0102 000000000005 20000000 20020000"
    "0400 3000 0100 0000"
    "05 00 2800 00010000 01000000 31f0825c4c4e264388e18c4f0cad9de5"
    "0101 000000000005 07000000"
)


def ldif(*records: tuple[str, list[str]]) -> bytes:
    return "\r\n".join(
        "\r\n".join([f"dn: {dn}", "changetype: add", *lines, ""]) for dn, lines in records
    ).encode()


def objects(tmp_path, text: bytes, name: str = "dump.ldf"):
    path = tmp_path / name
    path.write_bytes(text)
    return read_dump(path).inventory


def kind_of(tmp_path, dn: str, *lines: str) -> str:
    (obj,) = objects(tmp_path, ldif((dn, ["cn: x", *lines]))).objects
    return obj.kind.key


SMTP = "objectClass: msExchRoutingSMTPConnector"


@pytest.mark.parametrize(
    ("dn", "lines", "kind"),
    [
        (CONNECTOR, ["objectClass: msExchSmtpReceiveConnector"], "receive_connector"),
        (CONNECTOR.lower(), ["objectClass: MSEXCHSMTPRECEIVECONNECTOR"], "receive_connector"),
        (CONNECTOR, [], "receive_connector"),
        (f"CN=1,CN=SMTP,{PROTOCOLS}", [], "virtual_server"),
        (f"CN=contoso.com,CN=Accepted Domains,CN=Transport Settings,{ORGANIZATION}",
         ["objectClass: msExchAcceptedDomain"], "accepted_domain"),
        (f"CN=Transport Settings,{ORGANIZATION}",
         ["objectClass: msExchContainer", "objectClass: msExchTransportSettings"],
         "transport_settings"),
        # One class, two kinds: by attributes, and by the routing group of 2007.
        (f"CN=Internet,CN=Connections,CN=RG1,CN=Routing Groups,{OLD}", [SMTP], "smtp_connector"),
        (f"CN=Internet,CN=Connections,CN=RG1,CN=Routing Groups,{OLD}",
         [SMTP, "msExchSmtpSmartHost: mail.contoso.com", "msExchSmtpOutboundSecurityFlag: 0"],
         "smtp_connector"),
        (f"CN=Internet,CN=Connections,CN=RG1,CN=Routing Groups,{OLD}",
         [SMTP, "msExchSmtpSendPort: 25"], "send_connector"),
        (f"CN=Internet,CN=Connections,CN=RG1,CN=Routing Groups,{OLD}",
         [SMTP, "MSEXCHSMTPSENDENABLED: TRUE"], "send_connector"),
        (f"CN=Internet,CN=Connections,{NEW_ROUTING}", [SMTP, "routingList: SMTP:*;1"],
         "send_connector"),
    ],
)  # fmt: skip
def test_an_object_is_recognised(tmp_path, dn, lines, kind):
    assert kind_of(tmp_path, dn, *lines) == kind


def test_the_container_of_receive_connectors_is_none(tmp_path):
    inventory = objects(tmp_path, ldif((f"CN=SMTP Receive Connectors,{PROTOCOLS}", ["cn: x"])))
    assert inventory.objects == ()


FIELDS = {
    "objectClass": "msExchSmtpReceiveConnector",
    "msExchSmtpReceiveEnabled": "TRUE",
    "msExchSmtpReceiveBindings": "0.0.0.0:25;[::]:25",
    "msExchSmtpReceiveRemoteIPRanges": "10.1.2.0/24;192.0.2.5",
    "msExchSMTPReceiveInboundSecurityFlag": "1",
}
LINES = [f"{name}: {value}" for name, joined in FIELDS.items() for value in joined.split(";")]


@pytest.mark.parametrize("tool", ["ldifde", "ldapsearch", "csvde"])
def test_the_verdict_is_the_same_from_every_tool(tmp_path, tool):
    octets = base64.b64encode(DESCRIPTOR).decode()
    if tool == "csvde":
        row = [f'"{CONNECTOR}"', *FIELDS.values(), f"X'{DESCRIPTOR.hex()}'"]
        text = ",".join(["DN", *FIELDS, "nTSecurityDescriptor"]) + "\r\n" + ",".join(row) + "\r\n"
        inventory = objects(tmp_path, text.encode(), "dump.csv")
    else:
        record = [*LINES, f"nTSecurityDescriptor:: {octets}"]
        if tool == "ldapsearch":
            folded = "\n".join(f"{line[:76]}\n {line[76:]}" if len(line) > 76 else line
                               for line in (f"dn: {CONNECTOR}", *record))  # fmt: skip
            inventory = objects(tmp_path, f"version: 1\n\n{folded}\n\n".encode())
        else:
            inventory = objects(tmp_path, ldif((CONNECTOR, record)))
    (connector,) = inventory.objects
    relay = judge_relay(connector, know_forest(inventory))
    assert (relay.verdict, relay.confidence) == ("listed", "assumed")  # without Submit
    assert list(map(str, relay.networks)) == ["10.1.2.0/24", "192.0.2.5/32"]
    assert (connector.server, connector.name) == ("EX16", "Relay")


def test_rights_and_groups_of_the_dump_are_known(tmp_path):
    right = f"CN=ms-Exch-SMTP-Submit,CN=Extended-Rights,{CONFIGURATION}"
    guid = "11111111-2222-3333-4444-555555555555"
    sid = base64.b64encode(bytes.fromhex("0102000000000005200000000f270000")).decode()
    inventory = objects(
        tmp_path,
        ldif(
            (right, ["objectClass: controlAccessRight", f"rightsGuid: {guid}"]),
            (
                "CN=ExchangeLegacyInterop,OU=Groups,DC=contoso,DC=com",
                ["objectClass: group", f"objectSid:: {sid}"],
            ),
            (CONNECTOR, LINES),
        ),
    )
    forest = know_forest(inventory)
    (connector,) = inventory.of(kinds.RECEIVE_CONNECTOR)
    assert forest.rights_of(connector).names[guid] == "ms-Exch-SMTP-Submit"
    assert forest.name_of("S-1-5-32-9999") == "ExchangeLegacyInterop"
    assert forest.legacy_servers == {"S-1-5-32-9999"}
    assert forest.name_of("S-1-5-32-9998") == "S-1-5-32-9998"
    assert forest.name_of("S-1-5-7") == "ANONYMOUS LOGON"


def test_auxiliary_kinds_are_shown_to_nobody():
    assert {kind.key for kind in kinds.KINDS if kind.is_auxiliary} == {"extended_right", "group"}
