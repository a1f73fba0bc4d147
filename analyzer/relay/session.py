"""An address and a port in, which listener of each server takes the session and what it may do out.

A server of 2007 or later has many receive connectors on one port: the one with the most specific
remote range that holds the address takes the session, a disabled one never ("Receive connectors",
Microsoft). Of the servers before, every virtual server on the port takes sessions of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from msgspec import Struct

from analyzer.directory import kinds
from analyzer.directory.bindings import parse_binding, parse_endpoint
from analyzer.directory.editions import is_later_than_2003
from analyzer.directory.kinds import KindOfObject
from analyzer.directory.networks import Address
from analyzer.inventory import DirectoryObject, Inventory
from analyzer.namesakes import stand_in
from analyzer.relay import session_words as words
from analyzer.relay.forest import Forest
from analyzer.relay.judges import may_relay
from analyzer.relay.receive_settings import (
    BINDINGS,
    RANGES,
    ReceiveConnector,
    read_receive_connector,
)
from analyzer.relay.receive_words import ranges_assumed
from analyzer.relay.verdict import Answer, Confidence, HostAnswer

_BINDINGS = "msExchServerBindings"
_SECURE_BINDINGS = "msExchSecureBindings"
_ROLES = "msExchCurrentServerRoles"
_EDGE_ROLE = 64
_ANSWERS = tuple(Answer)
"""The worst one first."""


class Session(Struct, frozen=True):
    """What becomes of one session: a row of the answer."""

    server: DirectoryObject | None
    """None where the dump holds its listeners alone."""
    server_name: str | None
    kind: KindOfObject
    """Of the listeners of this server."""
    listener: DirectoryObject | None
    """None where none takes the session."""
    answer: Answer
    confidence: Confidence
    reasons: tuple[str, ...]

    @property
    def may_relay(self) -> bool | None:
        """Whether the host may relay without logging on; None where the dump cannot tell."""
        return None if self.answer is Answer.CANNOT_TELL else self.answer is Answer.YES

    @property
    def reason(self) -> str:
        """All reasons as one text."""
        return " ".join(self.reasons)


class _Server(NamedTuple):
    """One server with its listeners."""

    server: DirectoryObject | None
    """Of several of its DN, one that stands for whichever is meant."""
    may_be_edge: bool
    name: str | None
    receive_connectors: Sequence[DirectoryObject]
    virtual_servers: Sequence[DirectoryObject]


class _Taker(NamedTuple):
    """A receive connector that takes sessions from the address on the port."""

    listener: DirectoryObject
    facts: ReceiveConnector
    range_size: int
    """How many addresses its most specific range with the address has."""
    binding_known: bool


def trace_sessions(
    address: Address, port: int, inventory: Inventory, forest: Forest
) -> tuple[Session, ...]:
    """Return what becomes of a session from an address to a port of each server of the dump."""
    address = unmapped(address)
    return tuple(
        session
        for server in _servers(inventory)
        for session in _sessions(server, address, port, forest)
    )


def unmapped(address: Address) -> Address:
    """Return the IPv4 address that one of IPv6 stands for, and any other as it is."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _servers(inventory: Inventory) -> Iterator[_Server]:
    """Yield the servers in the order in which they or their first listeners stand in the dump."""
    servers: dict[str, list[DirectoryObject]] = {}
    wanted = (kinds.SERVER, kinds.RECEIVE_CONNECTOR, kinds.VIRTUAL_SERVER)
    for obj in inventory.objects:
        if obj.kind in wanted:
            names = obj.names
            # What stands outside of the server tree is told by itself.
            alone = obj.kind is kinds.SERVER or not names.server_dn
            servers.setdefault(names.normalised if alone else names.server_dn, []).append(obj)
    for parts in servers.values():
        by_kind = {kind: [obj for obj in parts if obj.kind is kind] for kind in wanted}
        own = by_kind[kinds.SERVER]
        yield _Server(
            stand_in(own) if own else None,
            any(map(_is_edge, own)),
            parts[0].server,
            by_kind[kinds.RECEIVE_CONNECTOR],
            by_kind[kinds.VIRTUAL_SERVER],
        )


def _sessions(server: _Server, address: Address, port: int, forest: Forest) -> Iterator[Session]:
    versions = [
        obj.exchange_version for obj in (server.server, *server.virtual_servers) if obj is not None
    ]
    # The virtual servers of such a server are leftovers that take no mail.
    if server.receive_connectors or any(map(is_later_than_2003, versions)):
        yield _by_receive_connector(server, address, port, forest)
        return
    sessions = list(_by_virtual_servers(server, address, port, forest))
    yield from sessions or [_nobody(server, kinds.VIRTUAL_SERVER, port)]


def _by_receive_connector(server: _Server, address: Address, port: int, forest: Forest) -> Session:
    # The fewest addresses first, then the DN, so that a tie has the same answer in every run.
    candidates = sorted(
        _candidates(server.receive_connectors, address, port, forest),
        key=lambda each: (each.range_size, each.listener.names.normalised),
    )
    if not candidates:
        return _nobody(server, kinds.RECEIVE_CONNECTOR, port)
    first, (answer, why, relay) = _taken(candidates, address, forest)
    others = [each for each in candidates if each is not first]
    doubts = tuple(_doubts(first, others))
    assumed = doubts or relay.confidence is Confidence.ASSUMED
    return Session(
        server=server.server,
        server_name=server.name,
        kind=kinds.RECEIVE_CONNECTOR,
        listener=first.listener,
        answer=answer,
        confidence=Confidence.ASSUMED if assumed else Confidence.DECIDED,
        reasons=tuple(dict.fromkeys((why, *relay.reasons, *doubts))),
    )


def _candidates(
    connectors: Iterable[DirectoryObject], address: Address, port: int, forest: Forest
) -> Iterator[_Taker]:
    for connector in connectors:
        facts = read_receive_connector(connector, forest)
        smallest = facts.ranges.smallest_with(address)
        listens = _listens(facts.bindings or (), address, port)
        # What is not known keeps a connector in: it may be the one that takes the session.
        if facts.enabled is not False and smallest is not None and listens is not False:
            yield _Taker(connector, facts, smallest.size, listens is not None)


def _taken(
    candidates: Sequence[_Taker], address: Address, forest: Forest
) -> tuple[_Taker, HostAnswer]:
    """Return the first of some connectors and its answer; of several of its DN, the worst one."""
    first = candidates[0]
    place = first.range_size, first.listener.names.normalised
    answers = [
        (each, may_relay(address, each.listener, forest))
        for each in candidates
        if (each.range_size, each.listener.names.normalised) == place
    ]
    return min(answers, key=lambda pair: _ANSWERS.index(pair[1].answer))


def _doubts(first: _Taker, others: Sequence[_Taker]) -> Iterator[str]:
    """Yield why another connector may take the session after all."""
    settings = first.listener.settings
    if not first.binding_known:
        yield words.bindings_not_known(settings[BINDINGS])
    if not first.facts.ranges_known:
        yield ranges_assumed(settings[RANGES])
    # The shell refuses two connectors of the same binding and range, ADSI does not.
    ties = [other.listener for other in others if other.range_size == first.range_size]
    if ties:
        yield words.tie(first.listener, ties)
    # Ranges that are not known count as everything, and so come last; the true ones may be narrow.
    unknown = [other.listener for other in others if not other.facts.ranges_known]
    if unknown:
        yield words.ranges_of_others_not_known(unknown)


def _listens(bindings: Iterable[str], address: Address, port: int) -> bool | None:
    """Tell whether a binding is for the port and the family of an address; None without bindings.

    Which local address the host connects to is not known, so that each of its family counts.
    """
    endpoints = [endpoint for text in bindings if (endpoint := parse_endpoint(text))]
    if not endpoints:
        return None
    return any(
        endpoint.port == port and endpoint.version == address.version for endpoint in endpoints
    )


def _by_virtual_servers(
    server: _Server, address: Address, port: int, forest: Forest
) -> Iterator[Session]:
    for virtual_server in server.virtual_servers:
        # Every virtual server has bindings of its own, and remote addresses choose none of them.
        listens = _virtual_server_listens(virtual_server, address, port)
        if listens is False:
            continue
        answer, why, relay = may_relay(address, virtual_server, forest)
        doubts = () if listens else (words.bindings_not_known(virtual_server.settings[_BINDINGS]),)
        assumed = doubts or relay.confidence is Confidence.ASSUMED
        yield Session(
            server=server.server,
            server_name=server.name,
            kind=kinds.VIRTUAL_SERVER,
            listener=virtual_server,
            answer=answer,
            confidence=Confidence.ASSUMED if assumed else Confidence.DECIDED,
            reasons=(why, *doubts),
        )


def _virtual_server_listens(
    virtual_server: DirectoryObject, address: Address, port: int
) -> bool | None:
    """Tell whether a binding, with or without TLS, is for the port; None without usable ones."""
    texts = [virtual_server.settings[name].value or () for name in (_BINDINGS, _SECURE_BINDINGS)]
    bindings = [parse_binding(str(text)) for value in texts for text in _as_tuple(value)]
    usable = [binding for binding in bindings if binding]
    if not usable:
        return None
    return any(
        binding.port == port and _is_of_family(binding.address, address) for binding in usable
    )


def _as_tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _is_of_family(local: str, address: Address) -> bool:
    """Tell whether a local address may be the other end of a connection from an address."""
    try:
        return ip_address(local.strip("[]")).version == address.version
    except ValueError:
        return True  # none is all of them, and what is no address may be any


def _nobody(server: _Server, kind: KindOfObject, port: int) -> Session:
    """Return the row of a server of which no listener takes the session."""
    # A server without any listener in the dump is not one without listeners.
    later = kind is kinds.RECEIVE_CONNECTOR
    if server.receive_connectors if later else server.virtual_servers:
        return _row(server, kind, Answer.NO, Confidence.DECIDED, words.none_takes(kind, port))
    if server.may_be_edge:
        return _row(server, kind, Answer.CANNOT_TELL, Confidence.DECIDED, words.EDGE)
    return _row(server, kind, Answer.NO, Confidence.ASSUMED, words.no_listener(kind))


def _row(
    server: _Server, kind: KindOfObject, answer: Answer, confidence: Confidence, reason: str
) -> Session:
    return Session(server.server, server.name, kind, None, answer, confidence, (reason,))


def _is_edge(server: DirectoryObject) -> bool:
    roles = server.settings[_ROLES].value
    return isinstance(roles, int) and bool(roles & _EDGE_ROLE)
