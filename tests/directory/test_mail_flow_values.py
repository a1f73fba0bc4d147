"""Small values of Exchange 2007 and later: types of domains, smart hosts, endpoints, SIDs."""

from ipaddress import ip_address

import pytest

from analyzer.directory.accepted_domains import is_default, type_of
from analyzer.directory.attributes import AttributeType, Syntax
from analyzer.directory.bindings import Endpoint, parse_endpoint
from analyzer.directory.smart_hosts import split_smart_hosts
from analyzer.directory.values import State, decode
from analyzer.dump.entry import Attribute, Notation


@pytest.mark.parametrize(
    ("flags", "kind", "default"),
    [
        (0, "authoritative", False),
        (4, "authoritative", True),
        (8, "authoritative", False),
        (1, "external_relay", False),
        (2, "internal_relay", False),
        (6, "internal_relay", True),
        (3, None, False),
        (None, None, None),
    ],
)
def test_type_and_default_of_a_domain(flags, kind, default):
    assert (type_of(flags), is_default(flags)) == (kind, default)


def test_smart_hosts_are_split_at_commas():
    values = ("mail1.contoso.com, [192.0.2.7]", "mail3.contoso.com,")
    assert split_smart_hosts(values) == ("mail1.contoso.com", "[192.0.2.7]", "mail3.contoso.com")


@pytest.mark.parametrize(
    ("text", "address", "port"),
    [
        ("0.0.0.0:25", "0.0.0.0", 25),
        ("[::]:25", "::", 25),
        (":::25", "::", 25),
        ("[2001:db8::1]:587", "2001:db8::1", 587),
        (" 10.1.2.3:2525 ", "10.1.2.3", 2525),
    ],
)
def test_an_endpoint_is_split_from_the_right(text, address, port):
    assert parse_endpoint(text) == Endpoint(ip_address(address).version, address, port)


@pytest.mark.parametrize("text", ["", ":25", "25", "0.0.0.0", "0.0.0.0:0", "mail:25", ":25:"])
def test_other_text_is_no_endpoint(text):
    assert parse_endpoint(text) is None


SID = AttributeType("objectSid", Syntax.SID, "SID")
OCTETS = bytes.fromhex(
    "0105 000000000005 15000000 1ceadc3b 1bd72b46 caefa628 5f040000".replace(" ", "")
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (OCTETS, "S-1-5-21-1004333596-1177278235-682029002-1119"),
        (b"S-1-5-21-1-2-3-1119", "S-1-5-21-1-2-3-1119"),
        (bytes.fromhex("010100000000000507000000"), "S-1-5-7"),
    ],
)
def test_a_sid_is_octets_or_text(value, text):
    setting = decode(SID, Attribute("x", (value,), 1, 1, Notation.PLAIN), exported=True)
    assert (setting.state, setting.value) == (State.SET, text)


@pytest.mark.parametrize("value", [b"", OCTETS[:-1], OCTETS + b"\0", b"S-1-x", b"S-2-5-7"])
def test_what_is_no_sid_is_undecodable(value):
    setting = decode(SID, Attribute("x", (value,), 1, 1, Notation.PLAIN), exported=True)
    assert setting.state is State.UNDECODABLE
