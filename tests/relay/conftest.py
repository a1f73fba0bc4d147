"""A server of 2016 with receive connectors, and what the dump says about rights and groups."""

from dataclasses import dataclass
from typing import Any

import pytest

from analyzer.directory import kinds
from analyzer.dump.entry import Entry
from analyzer.inventory import Inventory
from analyzer.relay.forest import Forest, know_forest
from analyzer.relay.judges import judge_relay
from analyzer.relay.receive_settings import ReceiveConnector, read_receive_connector
from analyzer.relay.verdict import Relay

GROUP_2007 = (
    "CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,CN=Contoso Org,"
    "CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com"
)


@dataclass(frozen=True)
class Judged:
    """A connector with all that is known of it."""

    relay: Relay
    facts: ReceiveConnector
    forest: Forest

    @property
    def verdict(self) -> tuple[str, str]:
        return self.relay.verdict, self.relay.confidence


@dataclass(frozen=True)
class Build2016:
    """Makes entries of Exchange 2007 and later."""

    build: Any

    def server(self, name: str = "EX16", serial: str = "Version 15.1 (Build 32507.6)", **more):
        dn = f"CN={name},CN=Servers,{GROUP_2007}"
        return self.build.entry(dn, "msExchExchangeServer", serialNumber=[serial], **more)

    def connector(self, name: str = "Anonymous Relay", server: str = "EX16", **changes) -> Entry:
        values = {
            "msExchSmtpReceiveEnabled": True,
            "msExchSmtpReceiveBindings": ["0.0.0.0:25"],
            "msExchSmtpReceiveRemoteIPRanges": ["10.1.2.0/24", "192.0.2.5"],
            "msExchSMTPReceiveInboundSecurityFlag": 31,
        }
        dn = (
            f"CN={name},CN=SMTP Receive Connectors,CN=Protocols,CN={server},CN=Servers,{GROUP_2007}"
        )
        return self.build.entry(dn, "msExchSmtpReceiveConnector", **{**values, **changes})

    def right(self, name: str, guid: str, forest: str = "DC=contoso,DC=com") -> Entry:
        dn = f"CN={name},CN=Extended-Rights,CN=Configuration,{forest}"
        return self.build.entry(dn, "controlAccessRight", rightsGuid=guid, validAccesses=256)

    def group(self, name: str, sid: bytes) -> Entry:
        dn = f"CN={name},OU=Microsoft Exchange Security Groups,DC=contoso,DC=com"
        return self.build.entry(dn, "group", objectSid=sid)

    def inventory(self, *entries: Entry, **how) -> Inventory:
        return self.build.inventory(*entries, **how)

    def judge(self, *others: Entry, how: dict | None = None, **changes) -> Judged:
        """Judge one connector with these changes."""
        inventory = self.inventory(self.connector(**changes), *others, **(how or {}))
        (connector,) = inventory.of(kinds.RECEIVE_CONNECTOR)
        forest = know_forest(inventory)
        return Judged(
            judge_relay(connector, forest), read_receive_connector(connector, forest), forest
        )


@pytest.fixture(scope="session")
def later(build) -> Build2016:
    return Build2016(build)
