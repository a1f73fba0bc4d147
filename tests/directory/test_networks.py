"""Networks: what counts as private, and how many addresses they cover."""

from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.directory.networks import (
    NOBODY,
    complement,
    count,
    is_private,
    public_part,
    to_spans,
)

NETWORKS = st.builds(
    lambda address, prefix: IPv4Network((address, prefix), strict=False),
    st.one_of(
        st.integers(0, 2**32 - 1),
        st.sampled_from(["10.0.0.0", "172.16.0.0", "192.168.0.0", "127.0.0.0", "169.254.0.0"]).map(
            lambda text: int(IPv4Address(text))
        ),
    ),
    st.integers(0, 32),
)


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ("10.1.2.3/32", True),
        ("172.16.0.0/12", True),
        ("172.15.0.0/16", False),
        ("192.168.0.0/15", False),
        ("127.0.0.1/32", True),
        ("169.254.7.0/24", True),
        ("203.0.113.10/32", False),
        ("198.51.100.0/24", False),
        ("100.64.0.0/10", False),
        ("0.0.0.0/0", False),
        ("fd00::/8", True),
        ("fe80::1/128", True),
        ("::1/128", True),
        ("2001:db8::/32", False),
    ],
)
def test_only_ranges_that_no_stranger_sends_from_are_private(text: str, private: bool) -> None:
    assert is_private(ip_network(text)) is private


@given(NETWORKS)
def test_a_network_is_private_when_it_has_no_public_part(network: IPv4Network) -> None:
    if network != NOBODY:
        assert is_private(network) is not bool(public_part(to_spans([network])))


def test_nobody_has_no_address() -> None:
    assert count(to_spans([NOBODY])) == 0


NETWORKS_IPV6 = st.builds(
    lambda address, prefix: IPv6Network((address, prefix), strict=False),
    st.one_of(
        st.integers(0, 2**128 - 1),
        st.sampled_from(["::1", "fc00::", "fd12::", "fe80::", "2001:db8::"]).map(
            lambda text: int(ip_network(text).network_address)
        ),
    ),
    st.integers(0, 128),
)


@given(NETWORKS_IPV6)
def test_a_network_of_ipv6_is_private_when_it_has_no_public_part(network: IPv6Network) -> None:
    assert is_private(network) is not bool(public_part(to_spans([network]), version=6))


@given(NETWORKS_IPV6)
def test_what_a_network_leaves_out_is_all_the_rest(network: IPv6Network) -> None:
    spans = to_spans([network])
    assert count(spans) + count(complement(spans, version=6)) == 2**128
