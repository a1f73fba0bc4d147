"""The objects of a dump in, what rules compare one of them with out: peers, servers, connectors."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from analyzer.directory import kinds
from analyzer.directory.address_list import AddressList
from analyzer.directory.names import normalise_dn, parse_names
from analyzer.directory.values import Setting, State
from analyzer.inventory import DirectoryObject, Inventory

_BRIDGEHEADS = "msExchSourceBridgeheadServersDN"
_ADDRESS_SPACES = "routingList"
_HOME = "msExchHomeRoutingGroup"
_LISTED = 20
"""How many different values of a group are named."""
_LONGEST_TEXT = 400


class AdministrativeGroup(NamedTuple):
    """An administrative group, told apart from those of its name in other organisations."""

    organization: str | None
    name: str


class Peers(NamedTuple):
    """One attribute over the virtual servers of one administrative group."""

    known: int
    """On how many the value is known."""
    common: Sequence[tuple[Hashable, int]]
    """The two most common values and how often they occur; None for those without one."""
    unknown: int
    texts: Mapping[Hashable, str]
    """For readers, long ones cut: every virtual server that deviates repeats them."""
    listed: str
    """The first few of those."""


@dataclass(frozen=True, slots=True)
class Connector:
    """A connector with its bridgeheads."""

    dn: str
    normalised: str
    bridgeheads: frozenset[str]
    """Normalised DNs of virtual servers."""
    servers: frozenset[str]
    """Normalised DNs of the servers these stand on."""
    is_smtp: bool
    carries_smtp: bool
    """Whether an address space of SMTP is among its own."""
    unknown: str
    """Attribute that is needed and not known; empty when both are."""


class Routes(NamedTuple):
    """The connectors of the dump, by what they stand on."""

    by_bridgehead: Mapping[str, Sequence[Connector]]
    """By normalised DN of a virtual server."""
    by_server: Mapping[str, Sequence[Connector]]
    """By normalised DN of a server."""
    known: frozenset[str]
    """Normalised DNs of all connectors."""
    doubts: tuple[str, ...]
    """Why an SMTP connector may carry mail of servers that it does not name here."""
    has_smtp_connector: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The other objects of the dump, as far as rules compare with them."""

    servers: Mapping[str, DirectoryObject]
    """By normalised DN."""
    routes: Routes
    groups_with_servers: frozenset[AdministrativeGroup]
    virtual_servers: Mapping[AdministrativeGroup, Sequence[DirectoryObject]]
    homed: Mapping[str, Sequence[DirectoryObject]]
    """The servers of a routing group by its normalised DN, as they name it themselves."""
    _peers: dict[tuple[str, AdministrativeGroup], Peers] = field(default_factory=dict)

    def peers(self, attribute: str, group: AdministrativeGroup) -> Peers:
        """Return what the virtual servers of a group hold in one attribute."""
        # Every virtual server of a group asks the same, so that counting anew would be quadratic.
        key = (attribute, group)
        if key not in self._peers:
            peers = self.virtual_servers[group]
            self._peers[key] = _count_values(peer.settings[attribute] for peer in peers)
        return self._peers[key]


def survey(inventory: Inventory) -> Surroundings:
    """Collect what rules compare with, once for a run."""
    connectors = [_connector(each) for each in inventory.objects if each.kind.is_connector]
    on_servers = (group_of(each) for each in inventory.objects if each.server is not None)
    return Surroundings(
        servers={server.names.normalised: server for server in inventory.of(kinds.SERVER)},
        routes=_routes(connectors),
        groups_with_servers=frozenset(group for group in on_servers if group is not None),
        virtual_servers=_by_group(inventory.of(kinds.VIRTUAL_SERVER)),
        homed=_by_home(inventory.of(kinds.SERVER)),
    )


def group_of(member: DirectoryObject) -> AdministrativeGroup | None:
    """Return the administrative group of an object; None outside of one."""
    if member.administrative_group is None:
        return None
    return AdministrativeGroup(member.organization, member.administrative_group)


def comparable(setting: Setting) -> Hashable:
    """Return a form of the value that is equal for equal settings; None when it is not set.

    Raises LookupError when the value is not known.
    """
    if setting.state is State.NOT_SET:
        return None
    if setting.state is not State.SET:
        raise LookupError(setting.attribute.name)
    # Two servers may store one list in another order.
    if isinstance(setting.decoded, AddressList):
        listed = setting.decoded
        return (listed.mode, frozenset(listed.networks), frozenset(listed.also_granted))
    return setting.value.strip().casefold() if isinstance(setting.value, str) else setting.value


def texts_of(holder: DirectoryObject, attribute: str) -> tuple[str, ...]:
    """Return the values of a text or DN attribute; empty when it is not set."""
    value = holder.settings[attribute].value
    if isinstance(value, tuple):
        return tuple(map(str, value))
    return () if value is None else (str(value),)


def _count_values(settings: Iterable[Setting]) -> Peers:
    values: Counter[Hashable] = Counter()
    texts: dict[Hashable, str] = {}
    unknown = 0
    for setting in settings:
        try:
            value = comparable(setting)
        except LookupError:
            unknown += 1
            continue
        values[value] += 1
        texts.setdefault(value, _cut(setting.text or "not set"))
    return Peers(values.total(), values.most_common(2), unknown, texts, _list(texts.values()))


def _list(texts: Iterable[str]) -> str:
    """Name the values that a group has in common, the first few of many."""
    ordered = sorted(texts)
    more = len(ordered) - _LISTED
    return "; ".join(ordered[:_LISTED]) + (f"; and {more} more" if more > 0 else "")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 3]}..."


def _by_home(servers: Iterable[DirectoryObject]) -> dict[str, list[DirectoryObject]]:
    homed: dict[str, list[DirectoryObject]] = defaultdict(list)
    for server in servers:
        for home in {normalise_dn(home) for home in texts_of(server, _HOME)}:
            homed[home].append(server)
    return homed


def _by_group(
    members: Iterable[DirectoryObject],
) -> dict[AdministrativeGroup, list[DirectoryObject]]:
    groups: dict[AdministrativeGroup, list[DirectoryObject]] = defaultdict(list)
    for member in members:
        group = group_of(member)
        if group is not None:
            groups[group].append(member)
    return groups


def _routes(connectors: Sequence[Connector]) -> Routes:
    by_bridgehead: dict[str, list[Connector]] = defaultdict(list)
    by_server: dict[str, list[Connector]] = defaultdict(list)
    for connector in connectors:
        for dn in connector.bridgeheads:
            by_bridgehead[dn].append(connector)
        for dn in connector.servers:
            by_server[dn].append(connector)
    smtp = [connector for connector in connectors if connector.is_smtp]
    return Routes(
        by_bridgehead=dict(by_bridgehead),
        by_server=dict(by_server),
        known=frozenset(connector.normalised for connector in connectors),
        doubts=tuple(
            f"{connector.unknown} of the connector {connector.dn} is not known"
            for connector in smtp
            if connector.unknown
        ),
        has_smtp_connector=bool(smtp),
    )


def _connector(connector: DirectoryObject) -> Connector:
    bridgeheads = [parse_names(dn) for dn in texts_of(connector, _BRIDGEHEADS)]
    spaces = texts_of(connector, _ADDRESS_SPACES)
    unknown = (
        name
        for name in (_BRIDGEHEADS, _ADDRESS_SPACES)
        if connector.settings[name].state not in (State.SET, State.NOT_SET)
    )
    return Connector(
        dn=connector.dn,
        normalised=connector.names.normalised,
        bridgeheads=frozenset(bridgehead.normalised for bridgehead in bridgeheads),
        servers=frozenset(names.server_dn for names in bridgeheads if names.server_dn),
        is_smtp=connector.kind is kinds.SMTP_CONNECTOR,
        carries_smtp=any(space.strip().upper().startswith("SMTP:") for space in spaces),
        unknown=next(unknown, ""),
    )
