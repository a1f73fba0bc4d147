"""Invented addresses have the relations of the original ones, and special ones stay."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.directory.address_list import (
    decode_address_list,
    encode_address_list,
    replace_addresses,
)
from analyzer.directory.networks import is_private
from analyzer.extract.name_mapping import NameMapping
from analyzer.extract.prefix_addresses import PrefixAddresses
from analyzer.extract.redacted_text import TextRedactor

MAPPING = NameMapping(bytes(range(32)))
ADDRESSES = PrefixAddresses(MAPPING)
TEXT = TextRedactor(MAPPING, ADDRESSES)


def shared(one: IPv4Address | IPv6Address, other: IPv4Address | IPv6Address) -> int:
    return one.max_prefixlen - (int(one) ^ int(other)).bit_length()


@given(st.ip_addresses(v=4), st.ip_addresses(v=4))
def test_two_addresses_share_as_many_bits_as_before(one: IPv4Address, other: IPv4Address) -> None:
    assert shared(ADDRESSES.address(one), ADDRESSES.address(other)) == shared(one, other)


@given(st.ip_addresses(v=6), st.ip_addresses(v=6))
def test_so_do_those_of_ipv6(one: IPv6Address, other: IPv6Address) -> None:
    assert shared(ADDRESSES.address(one), ADDRESSES.address(other)) == shared(one, other)


@given(st.ip_addresses(v=4))
def test_private_addresses_stay_private_and_public_ones_public(address: IPv4Address) -> None:
    mapped = ADDRESSES.address(address)
    assert is_private(IPv4Network(mapped)) == is_private(IPv4Network(address))


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0",
        "127.0.0.1",
        "255.255.255.255",
        "255.255.255.0",
        "::",
        "::1",
    ],
)
def test_what_means_the_same_everywhere_stays(text: str) -> None:
    assert str(ADDRESSES.address(ip_address(text))) == text


def test_hosts_do_not_stay_what_they_are() -> None:
    hosts = [IPv4Address(f"10.1.{number}.3") for number in range(256)]
    assert not any(ADDRESSES.address(host) == host for host in hosts)
    mapped = ADDRESSES.address(IPv6Address("::ffff:10.1.2.3"))
    assert mapped.ipv4_mapped == ADDRESSES.address(IPv4Address("10.1.2.3"))


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("198.51.100.1", "198.51.100.0/24"),
        ("203.0.113.200", "203.0.113.0/24"),
        ("2001:db8::7", "2001:db8::/32"),
    ],
)
def test_hosts_of_documents_become_others_of_the_same_network(host: str, network: str) -> None:
    other = ADDRESSES.address(ip_address(host))
    assert other in ip_network(network)
    assert str(other) != host


@given(st.ip_addresses(v=4), st.integers(0, 5000))
def test_a_span_becomes_networks_of_as_many_addresses(first: IPv4Address, more: int) -> None:
    last = IPv4Address(min(int(first) + more, (1 << 32) - 1))
    networks = [ip_network(text) for text in ADDRESSES.span(first, last)]
    assert sum(network.num_addresses for network in networks) == int(last) - int(first) + 1


def test_a_list_is_encoded_again_with_the_same_groups() -> None:
    networks = [IPv4Network("10.1.2.0/24"), IPv4Network("10.1.2.7/32"), IPv4Network("0.0.0.0/32")]
    value = encode_address_list(grant=networks)
    other = decode_address_list(replace_addresses(value, ADDRESSES.network))
    assert [network.prefixlen for network in other.networks] == [24, 32, 32]
    assert other.networks[1].subnet_of(other.networks[0])
    assert other.networks[2] == networks[2]
    assert other.networks[0] == ADDRESSES.network(networks[0])


@pytest.mark.parametrize(
    "text",
    [":25:", "[::]:25:", "0.0.0.0:25:", "SMTP:*;1", "15,30,60,240", "GSSAPI,NTLM"],
)
def test_text_of_settings_that_names_nobody_stays(text: str) -> None:
    assert TEXT.text(text) == text


def test_addresses_sids_and_guids_in_text_are_replaced() -> None:
    sid, guid = "S-1-5-21-11-22-33-512", "0e9e4972-9aa4-0b57-ad9c-fde3d98a7f3c"
    text = f"10.1.2.3:25: {sid} {guid} fd00::1:7 S-1-5-32-544"
    other = TEXT.text(text)
    for part in ("10.1.2.3", "11-22-33", guid, "fd00::1:7"):
        assert part not in other
    assert other.endswith(" S-1-5-32-544")
    assert ":25: S-1-5-21-" in other
    assert "-512 " in other


def test_default_names_of_connectors_stay_with_the_new_name_of_the_server() -> None:
    new = TEXT.name("EX16")
    assert TEXT.free("Default Frontend EX16") == f"Default Frontend {new}"
    assert TEXT.free("Client EX16") == f"Client {new}"
    assert TEXT.free("Default SMTP Virtual Server") == "Default SMTP Virtual Server"
    assert "Relay" not in TEXT.free("Anonymous Relay for EX16")
