"""One host and one virtual server: may it relay, and why."""

from ipaddress import IPv4Address

import pytest

from analyzer.relay.forest import Forest
from analyzer.relay.judges import may_relay

NO_FOREST = Forest({}, {}, frozenset())

GRANTED = {"grant": ["10.1.0.0/16"]}
DENIED = {"deny": ["10.1.0.0/16"]}
BOTH = {"deny": ["10.1.0.0/16"], "grant": ["10.1.2.0/24"]}
LOGON = {"msExchSmtpRelayForAuth": True}
NO_LOGON = {"msExchSmtpRelayForAuth": False}
LOGON_UNKNOWN = {"msExchSmtpRelayForAuth": "?"}
NO_ANONYMOUS = {"msExchAuthenticationFlags": 6}


@pytest.mark.parametrize(
    ("networks", "settings", "answer", "why"),
    [
        (GRANTED, LOGON, "yes", "in 10.1.0.0/16, which may relay"),
        ({"grant": ["0.0.0.0/0"]}, NO_ANONYMOUS, "after logging on", "anonymous access is off"),
        ({"grant": ["10.2.0.0/16"]}, LOGON, "after logging on", "hosts that log on may relay"),
        ({"grant": ["10.2.0.0/16"]}, NO_LOGON, "no", "logging on does not help"),
        ({"grant": ["10.2.0.0/16"]}, LOGON_UNKNOWN, "after logging on", "is not known"),
        (GRANTED, NO_ANONYMOUS | NO_LOGON, "after logging on", "anonymous access is off"),
        ({"deny": ["0.0.0.0/0"]}, NO_LOGON, "no", "which is excepted"),
        (DENIED, NO_LOGON, "no", "in 10.1.0.0/16, which is excepted"),
        (BOTH, NO_LOGON, "yes", "but in 10.1.2.0/24, which is granted"),
        ({"deny": ["10.2.0.0/16"]}, LOGON, "yes", "everybody else may relay"),
        ({"deny": ["10.2.0.0/16"]}, NO_ANONYMOUS, "after logging on", "anonymous access is off"),
        (None, NO_LOGON, "no", "no address is on the relay list"),
    ],
)
def test_the_answer_follows_list_and_logon(build, networks, settings, answer, why):
    relay_list = None if networks is None else build.relay_list(**networks)
    entry = build.virtual_server(msExchSmtpRelayIpList=relay_list, **settings)
    told = may_relay(IPv4Address("10.1.2.3"), build.inventory(entry).objects[0], NO_FOREST)
    assert told.answer == answer
    assert why in told.why


def test_nobody_can_tell_without_the_list(build):
    entry = build.virtual_server(msExchSmtpRelayIpList=build.lost())
    told = may_relay(IPv4Address("10.1.2.3"), build.inventory(entry).objects[0], NO_FOREST)
    assert told.answer == "cannot tell"
    assert told.why == told.relay.reasons[0]


def test_the_stored_form_of_nobody_holds_no_host(build):
    entry = build.virtual_server(msExchSmtpRelayIpList=build.relay_list(grant=["0.0.0.0/32"]))
    told = may_relay(IPv4Address("0.0.0.0"), build.inventory(entry).objects[0], NO_FOREST)
    assert told.answer == "after logging on"
