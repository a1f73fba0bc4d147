"""Which listener takes a session, and what becomes of it."""

from ipaddress import ip_address

import pytest

from analyzer.dump.reading import ExportScope
from analyzer.relay.forest import know_forest
from analyzer.relay.session import trace_sessions

from . import descriptors as sd
from .descriptors import ANONYMOUS, RELAY, SUBMIT, USERS, allow, descriptor

BINDINGS = "msExchSmtpReceiveBindings"
RANGES = "msExchSmtpReceiveRemoteIPRanges"
RELAYS = {"nTSecurityDescriptor": descriptor(allow(ANONYMOUS, RELAY, SUBMIT))}
BY_LOGON = {"nTSecurityDescriptor": descriptor(allow(USERS, *sd.USERS_SET))}
NOBODY = {"nTSecurityDescriptor": descriptor()}
EVERYWHERE = ["0.0.0.0-255.255.255.255", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]
BOTH = ["0.0.0.0:25", "[::]:25"]


@pytest.fixture
def trace(later):
    def run(*entries, address="10.1.2.3", port=25, **how):
        inventory = later.inventory(*entries, **how)
        return trace_sessions(ip_address(address), port, inventory, know_forest(inventory))

    return run


def row(session):
    listener = session.listener.name if session.listener else None
    return session.server_name, listener, session.may_relay, session.confidence


@pytest.fixture
def default(later):
    return later.connector(
        "Default Frontend EX16", **{RANGES: EVERYWHERE, BINDINGS: BOTH}, **BY_LOGON
    )


@pytest.mark.parametrize(
    ("address", "listener", "may_relay"),
    [
        ("10.1.2.2", "Default Frontend EX16", False),
        ("10.1.2.3", "Relay", True),
        ("10.1.2.6", "Relay", True),
        ("10.1.2.7", "Default Frontend EX16", False),
        ("::ffff:10.1.2.3", "Relay", True),
        ("192.0.2.255", "Default Frontend EX16", False),
        ("192.0.3.0", "Relay", True),
        ("192.0.3.255", "Relay", True),
        ("192.0.4.0", "Default Frontend EX16", False),
        ("2001:db8::ffff", "Relay", True),
        ("2001:db8::1:0", "Default Frontend EX16", False),
        ("0.0.0.0", "Default Frontend EX16", False),
        ("255.255.255.255", "Default Frontend EX16", False),
    ],
)
def test_the_most_specific_range_takes_the_session(
    later, trace, default, address, listener, may_relay
):
    ranges = ["10.1.2.3-10.1.2.6", "192.0.3.77/24", "2001:db8::/112"]
    relay = later.connector("Relay", **{RANGES: ranges, BINDINGS: BOTH}, **RELAYS)
    sessions = trace(default, relay, address=address)
    assert [row(each) for each in sessions] == [("EX16", listener, may_relay, "decided")]


def test_stored_ranges_count_not_merged_ones(later, trace):
    wide = later.connector("A", **{RANGES: ["10.0.0.0/8", "10.1.2.3"]}, **NOBODY)
    narrow = later.connector("B", **{RANGES: ["10.1.2.0/24"]}, **RELAYS)
    assert row(*trace(wide, narrow)) == ("EX16", "A", False, "decided")
    assert row(*trace(wide, narrow, address="10.1.2.4")) == ("EX16", "B", True, "decided")
    assert row(*trace(wide, narrow, address="10.1.3.4")) == ("EX16", "A", False, "decided")


def test_a_disabled_connector_takes_no_session(later, trace, default):
    relay = later.connector("Relay", msExchSmtpReceiveEnabled=False, **RELAYS)
    assert row(*trace(default, relay)) == ("EX16", "Default Frontend EX16", False, "decided")


@pytest.mark.parametrize(
    ("bindings", "address", "port", "takes"),
    [
        (["0.0.0.0:25"], "10.1.2.3", 25, True),
        (["0.0.0.0:25"], "10.1.2.3", 587, False),
        (["0.0.0.0:587", "0.0.0.0:25"], "10.1.2.3", 25, True),
        (["192.168.10.5:25"], "10.1.2.3", 25, True),
        (["[::]:25"], "10.1.2.3", 25, False),
        (["[::]:25"], "fd00::1", 25, True),
        (["[fd00::5]:25"], "fd00::1", 25, True),
        (["0.0.0.0:25"], "fd00::1", 25, False),
        (["0.0.0.0:25"], "::ffff:10.1.2.3", 25, True),
    ],
)
def test_a_binding_is_for_a_port_and_a_family(later, trace, bindings, address, port, takes):
    relay = later.connector(**{BINDINGS: bindings, RANGES: EVERYWHERE}, **RELAYS)
    (session,) = trace(relay, address=address, port=port)
    if takes:
        assert row(session) == ("EX16", "Anonymous Relay", True, "decided")
    else:
        assert row(session) == ("EX16", None, False, "decided")
        assert f"on port {port}" in session.reason


@pytest.mark.parametrize("bindings", [None, ["any"], ["0.0.0.0"]])
def test_without_bindings_a_connector_listens_on_any_port(later, trace, bindings):
    relay = later.connector(**{BINDINGS: bindings}, **RELAYS)
    (session,) = trace(relay, port=2525)
    assert row(session) == ("EX16", "Anonymous Relay", True, "assumed")
    assert "any port" in session.reason


def test_a_tie_takes_the_first_dn_and_names_the_others(later, trace):
    second = later.connector("B Relay", **{RANGES: ["10.1.2.0/24"]}, **RELAYS)
    third = later.connector("C Relay", **{RANGES: ["10.1.2.0-10.1.2.255"]}, **RELAYS)
    first = later.connector("A Relay", **{RANGES: ["10.1.2.7/24"]}, **NOBODY)
    (session,) = trace(second, third, first)
    assert row(session) == ("EX16", "A Relay", False, "assumed")
    assert "B Relay, C Relay" in session.reason


def test_ranges_that_are_not_known_may_be_more_specific(later, trace, default):
    unknown = later.connector("Other", **{RANGES: ["?"]}, **RELAYS)
    scoped = later.connector("Scoped", **{RANGES: ["10.1.2.0/24"]}, **NOBODY)
    (session,) = trace(default, scoped, unknown)
    assert row(session) == ("EX16", "Scoped", False, "assumed")
    assert "Other" in session.reason
    (alone,) = trace(unknown)
    assert row(alone) == ("EX16", "Other", True, "assumed")


def test_nobody_can_tell_without_a_descriptor(later, trace):
    (session,) = trace(later.connector())
    assert row(session) == ("EX16", "Anonymous Relay", None, "decided")
    assert session.reasons[0].startswith("Not known")


def test_an_address_outside_of_all_ranges_reaches_nobody(later, trace):
    (session,) = trace(later.connector(**RELAYS), address="203.0.113.7")
    assert row(session) == ("EX16", None, False, "decided")
    assert session.kind.key == "receive_connector"


def test_one_row_a_server_and_one_a_virtual_server_of_before(later, build, trace):
    entries = (
        later.server("EX16"),
        build.server("EX03", version="2003"),
        build.virtual_server(
            server="EX03",
            msExchSmtpRelayIpList=build.relay_list(grant=["10.1.2.3/32"]),
        ),
        build.virtual_server(number=2, server="EX03", adminDisplayName="Second"),
        build.virtual_server(number=3, server="EX03", msExchServerBindings=["10.0.0.1:2525:"]),
        later.connector("Relay", **RELAYS),
        later.connector("Relay", "EX19", **NOBODY),
    )
    assert [row(each) for each in trace(*entries)] == [
        ("EX16", "Relay", True, "decided"),
        ("EX03", "Default SMTP Virtual Server", True, "decided"),
        ("EX03", "Second", False, "decided"),
        ("EX19", "Relay", False, "decided"),
    ]
    assert [row(each) for each in trace(*entries, port=2525)] == [
        ("EX16", None, False, "decided"),
        ("EX03", "Default SMTP Virtual Server", False, "decided"),
        ("EX19", None, False, "decided"),
    ]


@pytest.mark.parametrize("bindings", [None, ["?"]])
def test_a_virtual_server_without_bindings_listens_on_any_port(build, trace, bindings):
    (session,) = trace(build.virtual_server(msExchServerBindings=bindings), port=2525)
    assert row(session) == ("EX01", "Default SMTP Virtual Server", False, "assumed")


@pytest.mark.parametrize(
    ("bindings", "address", "takes"),
    [
        ([":25:"], "fd00::1", True),
        (["10.0.0.1:25:"], "fd00::1", False),
        (["[::]:25:"], "fd00::1", True),
    ],
)
def test_a_virtual_server_listens_for_a_family_too(build, trace, bindings, address, takes):
    (session,) = trace(build.virtual_server(msExchServerBindings=bindings), address=address)
    assert (session.listener is not None) is takes


def test_virtual_servers_of_later_servers_are_leftovers(later, build, trace):
    leftover = build.virtual_server(
        server="EX16",
        group=later.server("EX16").dn.partition("CN=Servers,")[2],
        msExchSmtpRelayIpList=build.relay_list(grant=["0.0.0.0/0"]),
    )
    assert [row(x) for x in trace(later.server("EX16"), leftover, later.connector(**NOBODY))] == [
        ("EX16", "Anonymous Relay", False, "decided")
    ]
    # Without the server object its connectors tell as much.
    assert [row(x) for x in trace(leftover, later.connector(**NOBODY))] == [
        ("EX16", "Anonymous Relay", False, "decided")
    ]
    assert [row(x) for x in trace(later.server("EX16"), leftover)] == [
        ("EX16", None, False, "assumed")
    ]


def test_a_server_without_listeners_and_an_edge_server(later, trace):
    edge = later.server("EDGE1", msExchCurrentServerRoles=64)
    mailbox = later.server(
        "EX10", serial="Version 14.3 (Build 30123.4)", msExchCurrentServerRoles=2
    )
    assert [row(each) for each in trace(edge, mailbox)] == [
        ("EDGE1", None, None, "decided"),
        ("EX10", None, False, "assumed"),
    ]


def test_limited_exports_are_answered_with_what_is_there(later, trace):
    bare = {"msExchSmtpReceiveEnabled": None, "msExchSMTPReceiveInboundSecurityFlag": None}
    relay = later.connector(**{BINDINGS: None, RANGES: None}, **bare, **RELAYS)
    (session,) = trace(relay, scope=ExportScope.LIMITED)
    assert row(session) == ("EX16", "Anonymous Relay", True, "assumed")
