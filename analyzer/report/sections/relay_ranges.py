"""Results in, every entry of the relay lists out: its facts, and which others it overlaps with."""

import ipaddress
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from analyzer.directory.networks import NOBODY, Network, is_private
from analyzer.report.phrases import capital, count, name_listener, noun_of
from analyzer.report.section import Column, ColumnKind, Row, Section
from analyzer.report.sections.relay_exposure import JudgedListener, judged_listeners
from analyzer.report.wording import NO_SERVER
from analyzer.results.records import Listener, Results

TITLE = "Relay ranges"
_NAMED_OVERLAPS = 4
_MEANING = {"only_listed": "May relay", "all_except": "May not relay"}
_GRANTS_NOBODY = "Stands for nobody"


class ListedRange(NamedTuple):
    """One entry of a relay list."""

    network: str
    mask: str
    first: str
    last: str
    addresses: int | None
    """How many it stands for; None for what is no network."""
    reach: str
    overlaps: str


def sections(results: Results) -> tuple[Section, ...]:
    """Return the entries of all relay lists, if there are any."""
    judged = judged_listeners(results)
    total = sum(len(pair.relay.addresses) for pair in judged)
    if not total:
        return ()
    return (
        Section(
            key="relay-ranges",
            title=TITLE,
            intro=(
                f"{count(total, 'entry', 'entries')} of the relay lists, one a row, with those of"
                " the same list that they overlap with."
            ),
            columns=_columns([pair.listener for pair in judged]),
            rows=lambda: (row for pair in judged for row in _rows(pair)),
            count=total,
            table="tblRanges",
            frozen=2,
        ),
    )


def _columns(listeners: Sequence[Listener]) -> tuple[Column, ...]:
    return (
        Column("Server", 16),
        Column(capital(noun_of(listeners)), 26),
        Column("Network", 22),
        Column("Mask", 18),
        Column("First address", 18),
        Column("Last address", 18),
        Column("Addresses", 16, ColumnKind.NUMBER),
        Column("Meaning", 16),
        Column("Reach", 14),
        Column("Overlaps with", 34),
        Column("Evidence", 11),
    )


def _rows(judged: JudgedListener) -> Iterator[Row]:
    listener, relay, evidence, _ = judged
    meaning = _MEANING.get(relay.mode or "", "Listed")
    for entry in describe(relay.addresses):
        yield (
            listener.server or NO_SERVER,
            name_listener(listener),
            entry.network,
            entry.mask,
            entry.first,
            entry.last,
            entry.addresses,
            meaning if entry.addresses != 0 else _GRANTS_NOBODY,
            entry.reach,
            entry.overlaps,
            evidence,
        )


def describe(addresses: Sequence[str]) -> list[ListedRange]:
    """Describe each entry in the order given; text that is no network is kept as it is."""
    networks = [_network(text) for text in addresses]
    overlaps = _overlaps(networks)
    return [
        _range(text, network, overlaps.get(at, []), networks)
        for at, (text, network) in enumerate(zip(addresses, networks, strict=True))
    ]


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _overlaps(networks: Sequence[Network | None]) -> dict[int, list[int]]:
    """Map the position of each network to those that hold it or lie in it.

    Two networks overlap only when one holds the other, so in the order of their first address,
    the wider first, a stack of those still open is all there is to look at.
    """
    order = sorted(
        (network.version, int(network.network_address), network.prefixlen, at)
        for at, network in enumerate(networks)
        if network is not None and network != NOBODY
    )
    overlaps: dict[int, list[int]] = {}
    stack: list[tuple[int, int, int]] = []
    for version, start, _, at in order:
        network = networks[at]
        while stack and (stack[-1][0] != version or stack[-1][1] < start):
            stack.pop()
        # Innermost first and only as many as are named: a deep nest stays linear.
        for _, _, outer in stack[: -_NAMED_OVERLAPS - 2 : -1]:
            overlaps.setdefault(at, []).append(outer)
            overlaps.setdefault(outer, []).append(at)
        if network is not None:
            stack.append((version, int(network.broadcast_address), at))
    return overlaps


def _range(
    text: str, network: Network | None, others: Sequence[int], networks: Sequence[Network | None]
) -> ListedRange:
    if network is None:
        return ListedRange(text, "", "", "", None, "Not an address", "")
    if network == NOBODY:
        return ListedRange(text, str(network.netmask), "", "", 0, "Nobody", "")
    shown = ", ".join(str(networks[at]) for at in others[:_NAMED_OVERLAPS])
    more = " and more" if len(others) > _NAMED_OVERLAPS else ""
    return ListedRange(
        str(network),
        str(network.netmask),
        str(network.network_address),
        str(network.broadcast_address),
        network.num_addresses,
        _reach(network),
        shown + more,
    )


def _reach(network: Network) -> str:
    """Return from where the addresses can be used, the widest reach first."""
    if network.prefixlen == 0:
        return "Every address"
    if network.is_loopback:
        return "This computer"
    if network.is_link_local:
        return "Link local"
    return "Private" if is_private(network) else "Public"
