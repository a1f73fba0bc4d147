"""Hand-made directory objects for the tests of rules, and the command run in this process."""

import hashlib
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Network
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, settings
from msgspec.structs import replace

from analyzer.catalogue import Catalogue, load_catalogue
from analyzer.cli import main
from analyzer.directory.address_list import encode_address_list
from analyzer.dump.entry import Attribute, Entry, Notation, Source
from analyzer.dump.reading import ExportScope, Input, Reading
from analyzer.inventory import Inventory, build_inventory
from analyzer.judge.run import run_audit
from analyzer.results.records import FindingRecord, Results

# Slow and busy machines are no failure. On top of what Hypothesis chooses by itself, which is
# another profile where CI is set.
settings.register_profile(
    "any machine", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

ORGANIZATION = "CN=Contoso Org,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com"
GROUP = f"CN=AG1,CN=Administrative Groups,{ORGANIZATION}"
ROUTING_GROUP = f"CN=RG1,CN=Routing Groups,{GROUP}"
STARTED = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)

Value = bytes | str | int | bool | list[str] | None

# What KB 321757 lists, with the name and paths of a first virtual server on EX01.
DEFAULTS: dict[str, Value] = {
    "adminDisplayName": "Default SMTP Virtual Server",
    "msExchAccessSSLFlags": 0,
    "msExchAuthenticationFlags": 7,
    "msExchIncomingConnectionTimeout": 1500,
    "msExchLogType": 0,
    "msExchMaxIncomingConnections": 2000000000,
    "msExchNTAuthenticationProviders": "GSSAPI,NTLM",
    "msExchServerAutoStart": True,
    "msExchServerBindings": [":25:"],
    "msExchSmtpBadMailDirectory": "C:\\Exchsrvr\\Mailroot\\vsi 1\\BadMail",
    "msExchSmtpDoMasquerade": False,
    "msExchSmtpFullyQualifiedDomainName": "ex01.contoso.com",
    "msExchSmtpInboundCommandSupportOptions": 7697601,
    "msExchSmtpLocalQueueDelayNotification": 720,
    "msExchSmtpLocalQueueExpirationTimeout": 2880,
    "msExchSmtpMaxHopCount": 30,
    "msExchSmtpMaxMessageSize": 0,
    "msExchSmtpMaxOutboundMsgPerDomain": 20,
    "msExchSmtpMaxOutgoingConnections": 1000,
    "msExchSmtpMaxOutgoingConnectionsPerDomain": 100,
    "msExchSmtpMaxRecipients": 64000,
    "msExchSmtpMaxSessionSize": 0,
    "msExchSmtpOutboundSecurityFlag": 0,
    "msExchSmtpOutgoingConnectionTimeout": 600,
    "msExchSmtpOutgoingPort": 25,
    "msExchSmtpQueueDirectory": "D:\\Exchsrvr\\Mailroot\\vsi 1\\Queue",
    "msExchSmtpRelayForAuth": True,
    "msExchSmtpRemoteQueueDelayNotification": 720,
    "msExchSmtpRemoteQueueExpirationTimeout": 2880,
    "msExchSmtpRemoteQueueRetries": "15,30,60,240",
    "msExchSmtpSmartHostType": 0,
}
SERIALS = {
    "2000": "Version 6.0 (Build 6249.4: Service Pack 3)",
    "2003": "Version 6.5 (Build 7638.2: Service Pack 2)",
    "2007": "Version 8.1 (Build 30240.6)",
    "2010": "Version 14.3 (Build 30123.4)",
    "2013": "Version 15.0 (Build 31497.2)",
    "2016": "Version 15.1 (Build 32507.6)",
    "2019": "Version 15.2 (Build 31544.4)",
}


def server_dn(name: str, group: str = GROUP) -> str:
    return f"CN={name},CN=Servers,{group}"


def virtual_server_dn(number: int | str = 1, server: str = "EX01", group: str = GROUP) -> str:
    return f"CN={number},CN=SMTP,CN=Protocols,{server_dn(server, group)}"


@dataclass(frozen=True)
class Build:
    """Makes entries and audits them."""

    catalogue: Catalogue

    server_dn = staticmethod(server_dn)
    virtual_server_dn = staticmethod(virtual_server_dn)
    organization, group, routing_group = ORGANIZATION, GROUP, ROUTING_GROUP

    @staticmethod
    def relay_list(*, grant: Iterable[str] = (), deny: Iterable[str] = ()) -> bytes:
        return encode_address_list(grant=map(IPv4Network, grant), deny=map(IPv4Network, deny))

    @staticmethod
    def lost(reason: str = "System.Byte[]") -> Attribute:
        return Attribute("", (), 3, 3, Notation.CSV, lost=reason, raw="System.Byte[]")

    @staticmethod
    def state(results: Results, rule: str, dn: str | None = None) -> str:
        """Return the one state of a rule, on the object of that DN or the only one it judges."""
        found = [x for x in results.evaluations if x.rule == rule and dn in (None, x.dn)]
        assert len(found) == 1, found
        return found[0].state

    @staticmethod
    def reason(results: Results, rule: str) -> str:
        reasons = [item.reason for item in results.evaluations if item.rule == rule]
        assert len(reasons) == 1
        return reasons[0] or ""

    @staticmethod
    def finding(results: Results, rule: str) -> FindingRecord:
        findings = [item for item in results.findings if item.rule == rule]
        assert len(findings) == 1
        return findings[0]

    def entry(self, dn: str, object_class: str, **values: Value | Attribute) -> Entry:
        classes = Attribute("objectClass", (object_class.encode(),), 2, 2, Notation.PLAIN)
        fields = {"objectclass": classes}
        for line, (name, value) in enumerate(values.items(), start=3):
            if isinstance(value, Attribute):
                fields[name.lower()] = replace(value, name=name)
            elif value is not None:
                fields[name.lower()] = Attribute(name, _raw(value), line, line, Notation.PLAIN)
        return Entry(dn, fields, Source("contoso.ldf", 1, 90), sha256="ab" * 32)

    def virtual_server(
        self,
        *,
        number: int | str = 1,
        server: str = "EX01",
        group: str = GROUP,
        **changes: Value | Attribute,
    ) -> Entry:
        """Make one as installed by Exchange 2003; None takes an attribute away."""
        dn = virtual_server_dn(number, server, group)
        return self.entry(dn, "protocolCfgSMTPServer", **{**DEFAULTS, **changes})

    def server(
        self, name: str = "EX01", version: str = "2003", group: str = GROUP, **changes: Value
    ) -> Entry:
        values: dict[str, Value] = {
            "serialNumber": [SERIALS[version]],
            "networkAddress": [f"ncacn_ip_tcp:{name.lower()}.contoso.com", f"netbios:{name}"],
            "messageTrackingEnabled": True,
        }
        return self.entry(server_dn(name, group), "msExchExchangeServer", **{**values, **changes})

    def connector(self, name: str = "Internet", **changes: Value) -> Entry:
        values: dict[str, Value] = {
            "msExchSourceBridgeheadServersDN": [virtual_server_dn()],
            "routingList": ["SMTP:*;1"],
            "dLMemDefault": 1,
            "msExchSmtpOutboundSecurityFlag": 0,
        }
        dn = f"CN={name},CN=Connections,{ROUTING_GROUP}"
        return self.entry(dn, "msExchRoutingSMTPConnector", **{**values, **changes})

    def inventory(
        self,
        *entries: Entry,
        scope: ExportScope = ExportScope.FULL,
        input_format: str = "ldif",
        exported: Iterable[str] = (),
    ) -> Inventory:
        if scope is ExportScope.FULL and input_format == "ldif":
            entries = tuple(map(_exported_whole, entries))
        return build_inventory([Reading(_input(scope, input_format, exported), entries)])

    def results(
        self,
        *entries: Entry,
        scope: ExportScope = ExportScope.FULL,
        input_format: str = "ldif",
        exported: Iterable[str] = (),
        small_business_server: bool = False,
        gateway: str = "",
        catalogue: Catalogue | None = None,
        version: str = "0.1.0",
        frameworks: tuple[str, ...] = (),
    ) -> Results:
        return run_audit(
            self.inventory(*entries, scope=scope, input_format=input_format, exported=exported),
            inputs=[_input(scope, input_format, exported)],
            unreadable=[],
            catalogue=catalogue or self.catalogue,
            small_business_server=small_business_server,
            gateway=gateway,
            frameworks=frameworks,
            started=STARTED,
            version=version,
        )


@pytest.fixture(scope="session")
def build() -> Build:
    return Build(load_catalogue())


class Finished(NamedTuple):
    """What a run of the command left behind."""

    status: int
    out: str
    err: str


@pytest.fixture
def run(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[..., Finished]]:
    """Return a function that runs the command in an empty folder with nothing in its settings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    handler = signal.getsignal(signal.SIGTERM)

    def command(*arguments: str) -> Finished:
        monkeypatch.setattr(sys, "argv", ["exchange-analyzer", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capfd.readouterr()
        return Finished(int(end.value.code or 0), out, err)

    yield command
    signal.signal(signal.SIGTERM, handler)


def _raw(value: Value) -> tuple[bytes, ...]:
    match value:
        case bytes():
            return (value,)
        case bool():
            return (str(value).upper().encode(),)
        case list():
            return tuple(part.encode() for part in value)
        case _:
            return (str(value).encode(),)


def _input(scope: ExportScope, input_format: str, exported: Iterable[str]) -> Input:
    return Input(
        path="contoso.ldf",
        bytes=1,
        sha256="cd" * 32,
        modified="",
        format=input_format,
        dialect="csvde" if input_format == "csv" else "ldifde",
        encoding="utf-8",
        line_ends="CRLF",
        entries=1,
        relevant_entries=1,
        export_scope=scope,
        naming_context="CN=Configuration,DC=contoso,DC=com",
        warnings=(),
        exported={name.lower(): frozenset() for name in exported},
    )


def _exported_whole(entry: Entry) -> Entry:
    """Return an entry as a search for all attributes gives it.

    It has a GUID, and one of the attributes of Exchange that its objects have.
    """
    guid = hashlib.md5(entry.dn.encode(), usedforsecurity=False).digest()
    field = Attribute("objectGUID", (guid,), None, None, Notation.BASE64)
    version = Attribute("msExchMinAdminVersion", (b"-2147453113",), None, None, Notation.PLAIN)
    fields = {"objectguid": field, "msexchminadminversion": version, **entry.fields}
    return replace(entry, fields=fields, requested=frozenset({"*"}))
