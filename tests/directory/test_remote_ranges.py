"""Remote ranges of receive connectors: every form, both families, against ipaddress."""

import contextlib
import re
from ipaddress import IPv4Address, IPv4Network, IPv6Network, collapse_addresses, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.directory.attributes import AttributeType, Syntax
from analyzer.directory.remote_ranges import EVERYWHERE, RemoteRange, parse_range, read_ranges
from analyzer.directory.values import State, decode
from analyzer.dump.entry import Attribute, Notation

ALL_IPV6 = "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"


def cidrs(*texts: str) -> list[str]:
    return [str(network) for network in read_ranges(texts).networks]


@pytest.mark.parametrize(
    ("text", "networks"),
    [
        ("192.0.2.5", ["192.0.2.5/32"]),
        ("0.0.0.0", ["0.0.0.0/32"]),
        ("10.1.2.0-10.1.2.255", ["10.1.2.0/24"]),
        ("10.1.2.3-10.1.2.3", ["10.1.2.3/32"]),
        ("10.1.2.1 - 10.1.2.6", ["10.1.2.1/32", "10.1.2.2/31", "10.1.2.4/31", "10.1.2.6/32"]),
        ("10.1.2.0/24", ["10.1.2.0/24"]),
        ("10.1.2.3/24", ["10.1.2.0/24"]),
        ("10.1.2.3/32", ["10.1.2.3/32"]),
        ("10.1.2.3/0", ["0.0.0.0/0"]),
        ("10.1.2.0(255.255.255.0)", ["10.1.2.0/24"]),
        ("10.1.2.77 (255.255.255.192)", ["10.1.2.64/26"]),
        ("10.1.2.3(0.0.0.0)", ["0.0.0.0/0"]),
        ("10.1.2.3(255.255.255.255)", ["10.1.2.3/32"]),
        (" \t10.1.2.0/24\u00a0", ["10.1.2.0/24"]),
        ("0.0.0.0-255.255.255.255", ["0.0.0.0/0"]),
        ("2001:db8::1", ["2001:db8::1/128"]),
        ("2001:DB8::/64", ["2001:db8::/64"]),
        ("2001:db8::7/64", ["2001:db8::/64"]),
        ("fd00::-fd00::1", ["fd00::/127"]),
        (ALL_IPV6, ["::/0"]),
        ("::/0", ["::/0"]),
    ],
)
def test_every_form_is_read(text, networks):
    assert cidrs(text) == networks


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "'' is no address, range or network"),
        ("10.1.2", "is no address"),
        ("10.1.2.256", "is no address"),
        ("10.01.2.3", "is no address"),
        ("mail.contoso.com", "is no address"),
        ("*", "is no address"),
        ("10.1.2.9-10.1.2.1", "10.1.2.9-10.1.2.1 is reversed"),
        ("fd00::2-fd00::1", "fd00::2-fd00::1 is reversed"),
        ("10.1.2.1-", "'' is no address"),
        ("10.1.2.1-10.1.2.2-10.1.2.3", "is no address"),
        ("10.1.2.1-fd00::1", "from one family of addresses to the other"),
        ("10.1.2.0/33", "10.1.2.0/33 has a prefix of more than the bits"),
        ("fd00::/129", "fd00::/129 has a prefix of more than the bits"),
        ("10.1.2.0/", "is no address"),
        ("10.1.2.0/-1", "is no address"),
        ("10.1.2.0/\u0662\u0664", "is no address"),
        ("10.1.2.0/255.255.255.0", "is no address"),
        ("10.1.2.0(255.0.255.0)", "the mask 255.0.255.0 has gaps"),
        ("10.1.2.0(0.0.0.255)", "the mask 0.0.0.255 has gaps"),
        ("10.1.2.0(24)", "'24' is no address"),
        ("10.1.2.0(ffff::)", "has a mask, which only IPv4 has"),
        ("fd00::(255.255.255.0)", "has a mask, which only IPv4 has"),
        ("fe80::1%3", "'fe80::1%3' has a zone"),
        ("10.1.2.1,10.1.2.2", "is no address"),
    ],
)
def test_what_is_no_range_is_refused(text, reason):
    with pytest.raises(ValueError, match=re.escape(reason)):
        parse_range(text)


def test_overlapping_and_adjacent_ranges_are_merged_in_the_order_of_addresses():
    ranges = read_ranges(
        ("2001:db8::1", "192.0.2.5", "10.1.3.0/24", "10.1.2.0-10.1.2.200", "10.1.2.128/25")
    )
    assert list(map(str, ranges.networks)) == ["10.1.2.0/23", "192.0.2.5/32", "2001:db8::1/128"]
    assert ranges.addresses == 512 + 1 + 1
    assert not ranges.is_everything


def test_the_example_of_the_contract_covers_257_addresses():
    assert read_ranges(("192.0.2.5", "10.1.2.0/24")).addresses == 257


@pytest.mark.parametrize(
    ("texts", "everything"),
    [
        (("0.0.0.0-255.255.255.255",), True),
        ((ALL_IPV6,), True),
        (("10.1.2.3", "::/0"), True),
        (("128.0.0.0/1", "0.0.0.0/1"), True),
        (("0.0.0.0-127.255.255.255", "128.0.0.0-255.255.255.254"), False),
        (("0.0.0.1-255.255.255.255",), False),
        (("::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",), False),
    ],
)
def test_everything_is_all_of_one_family(texts, everything):
    assert read_ranges(texts).is_everything is everything


def test_everywhere_is_both_families():
    assert list(map(str, EVERYWHERE.networks)) == ["0.0.0.0/0", "::/0"]
    assert EVERYWHERE.addresses == 2**32 + 2**128
    assert EVERYWHERE.is_everything


def test_the_most_specific_stored_range_is_found_although_ranges_merge():
    ranges = read_ranges(("10.0.0.0/8", "10.1.2.0/24", "10.1.2.3-10.1.2.6"))
    assert list(map(str, ranges.networks)) == ["10.0.0.0/8"]
    sizes = {
        text: smallest and smallest.size
        for text in ("10.1.2.2", "10.1.2.3", "10.1.2.6", "10.1.2.7", "10.1.3.0", "11.0.0.0")
        if (smallest := ranges.smallest_with(ip_address(text))) or True
    }
    assert sizes == {
        "10.1.2.2": 256,
        "10.1.2.3": 4,
        "10.1.2.6": 4,
        "10.1.2.7": 256,
        "10.1.3.0": 2**24,
        "11.0.0.0": None,
    }


def test_the_families_have_no_address_in_common():
    assert read_ranges(("0.0.0.0/0",)).smallest_with(ip_address("::1")) is None
    assert read_ranges(("::/0",)).smallest_with(ip_address("0.0.0.1")) is None


REMOTE = AttributeType("msExchSmtpReceiveRemoteIPRanges", Syntax.REMOTE_RANGE, "x", multi=True)


def setting(*values: bytes):
    return decode(REMOTE, Attribute("x", values, 1, 1, Notation.PLAIN), exported=True)


def test_a_setting_keeps_the_values_as_stored():
    read = setting(b"10.1.2.0/24 ", b"192.0.2.5")
    assert (read.state, read.value) == (State.SET, ("10.1.2.0/24 ", "192.0.2.5"))


@pytest.mark.parametrize("odd", [b"10.1.2.9-10.1.2.1", b"", b"\xff", b"everybody"])
def test_one_odd_value_makes_the_setting_undecodable(odd):
    read = setting(b"10.1.2.0/24", odd)
    assert (read.state, read.value) == (State.UNDECODABLE, None)
    assert read.reason
    assert read.raw is not None


numbers = st.integers(0, 2**32 - 1) | st.integers(0, 2**12)
pairs = st.tuples(numbers, numbers).map(sorted)
networks = st.builds(
    lambda number, prefix: IPv4Network((number, prefix), strict=False), numbers, st.integers(0, 32)
)
networks_ipv6 = st.builds(
    lambda number, prefix: IPv6Network((number, prefix), strict=False),
    st.integers(0, 2**128 - 1),
    st.integers(0, 128),
)


@given(st.lists(networks | networks_ipv6, max_size=8))
def test_networks_collapse_as_ipaddress_collapses_them(given_networks):
    expected = [
        network
        for version in (4, 6)
        for network in collapse_addresses(n for n in given_networks if n.version == version)
    ]
    ranges = read_ranges(tuple(map(str, given_networks)))
    assert list(ranges.networks) == expected
    assert ranges.addresses == sum(network.num_addresses for network in expected)


@given(st.lists(pairs, min_size=1, max_size=6), numbers)
def test_an_address_is_in_the_networks_when_it_is_in_a_range(bounds, number):
    ranges = read_ranges(tuple(f"{IPv4Address(a)}-{IPv4Address(b)}" for a, b in bounds))
    address = IPv4Address(number)
    expected = [b - a + 1 for a, b in bounds if a <= number <= b]
    smallest = ranges.smallest_with(address)
    assert (smallest.size if smallest else None) == min(expected, default=None)
    assert any(address in network for network in ranges.networks) is bool(expected)


@given(networks, st.data())
def test_host_bits_and_masks_count_for_nothing(network, data):
    inside = data.draw(
        st.integers(int(network.network_address), int(network.broadcast_address)).map(IPv4Address)
    )
    expected = RemoteRange(4, int(network.network_address), int(network.broadcast_address))
    assert parse_range(f"{inside}/{network.prefixlen}") == expected
    assert parse_range(f"{inside}({network.netmask})") == expected
    assert parse_range(f"{network.network_address}-{network.broadcast_address}") == expected


@given(st.text(max_size=40) | st.text("0123456789abcdef.:-/() ", max_size=40))
def test_any_text_is_a_range_or_refused(text):
    with contextlib.suppress(ValueError):
        read = parse_range(text)
        assert 0 <= read.first <= read.last < 2 ** (32 if read.version == 4 else 128)
