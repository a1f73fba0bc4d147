"""The objects of a dump in, what rules compare one of them with out: peers, servers, connectors."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct, field

from analyzer.directory import kinds
from analyzer.directory.address_list import AddressList
from analyzer.directory.names import normalise_dn, parse_names
from analyzer.directory.values import Setting, State
from analyzer.inventory import DirectoryObject, Inventory
from analyzer.judge.mail_flow import MailFlow, survey_mail_flow
from analyzer.relay.forest import Forest, know_forest
from analyzer.relay.virtual_server import left_by

# Python 3.11 takes ten times as long for a member of an enumeration as for a name.
_SET, _NOT_SET = State.SET, State.NOT_SET
_BRIDGEHEADS = "msExchSourceBridgeheadServersDN"
_ADDRESS_SPACES = "routingList"
_SMART_HOST = "msExchSmtpSmartHost"
_HOME = "msExchHomeRoutingGroup"
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
    doubted: int
    """How many are not set and may have a value all the same."""
    texts: Mapping[Hashable, str]
    """For readers, long ones cut: every virtual server that deviates repeats them."""
    holders: Mapping[Hashable, Sequence[str]]
    """Names of those that hold each value."""

    @property
    def shared_by_most(self) -> bool:
        """Whether one value is held by more than half; without that nobody differs from most."""
        return bool(self.common) and self.common[0][1] * 2 > self.known

    def may_have_another(self) -> bool:
        """Tell whether what is not known could make another value the most common one."""
        (common, most), *others = self.common
        certain = most - self.doubted if common is None else most
        rival = others[0][1] if others else 0
        uncertain = self.unknown + self.doubted
        return bool(uncertain) and certain <= rival + uncertain


class Connector(Struct, frozen=True):
    """A connector with its bridgeheads."""

    dn: str
    normalised: str
    bridgeheads: frozenset[str]
    """Normalised DNs of virtual servers."""
    servers: frozenset[str]
    """Normalised DNs of the servers these stand on."""
    is_smtp: bool
    smtp_spaces: tuple[str, ...]
    """Its address spaces of SMTP, without their costs; empty for one that was deleted."""
    smart_hosts: tuple[str, ...]
    """Where it sends its mail, in one spelling."""
    is_smart_host_known: bool
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


class Surroundings(Struct, frozen=True):
    """The other objects of the dump, as far as rules compare with them."""

    servers: Mapping[str, DirectoryObject]
    """By normalised DN; where several have it, one that stands for whichever is meant."""
    routes: Routes
    groups_with_servers: frozenset[AdministrativeGroup]
    """Those that have a container for servers, be it seen or be it that something stands in it."""
    shows_servers_containers: bool
    """Whether the dump holds such containers, so that a missing one says something."""
    public_stores: Mapping[str | None, int]
    """How many public folder stores an organisation has in the dump."""
    gateway: str
    """The host that Internet mail has to leave by, as the user named it; empty when not."""
    virtual_servers: Mapping[AdministrativeGroup, Sequence[DirectoryObject]]
    homed: Mapping[str, Sequence[DirectoryObject]]
    """The servers of a routing group by its normalised DN, as they name it themselves."""
    forest: Forest
    mail_flow: MailFlow
    unread: int = 0
    """How many records that cannot be read may have been virtual servers, of whatever group."""
    _peers: dict[tuple[str, AdministrativeGroup], Peers] = field(default_factory=dict)

    def peers(self, attribute: str, group: AdministrativeGroup) -> Peers:
        """Return what the virtual servers of a group hold in one attribute."""
        # Every virtual server of a group asks the same, so that counting anew would be quadratic.
        key = (attribute, group)
        if key not in self._peers:
            peers = self.virtual_servers[group]
            self._peers[key] = _count_values(attribute, peers, self.unread)
        return self._peers[key]


def survey(inventory: Inventory, *, gateway: str = "") -> Surroundings:
    """Collect what rules compare with, once for a run."""
    forest = know_forest(inventory)
    mail_flow = survey_mail_flow(inventory, forest)
    connectors = [_connector(each) for each in inventory.objects if each.kind.is_connector]
    containers = inventory.of(kinds.SERVERS_CONTAINER)
    on_servers = (group_of(each) for each in inventory.objects if each.server is not None)
    with_servers = {*on_servers, *map(group_of, containers)}
    stores = (store.organization for store in inventory.of(kinds.PUBLIC_STORE))
    return Surroundings(
        servers=mail_flow.servers,
        routes=_routes(connectors),
        groups_with_servers=frozenset(group for group in with_servers if group is not None),
        shows_servers_containers=bool(containers),
        public_stores=Counter(stores),
        gateway=gateway,
        virtual_servers=_by_group(inventory.of(kinds.VIRTUAL_SERVER)),
        homed=_by_home(inventory.of(kinds.SERVER)),
        forest=forest,
        mail_flow=mail_flow,
        unread=inventory.unread,
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
    if setting.state is _NOT_SET:
        return None
    if setting.state is not _SET:
        raise LookupError(setting.attribute.name)
    # Two servers may store one list in another order.
    if isinstance(setting.decoded, AddressList):
        listed = setting.decoded
        if listed.denies_names:
            return setting.value  # names are not decoded: equal octets are equal lists
        return (listed.mode, frozenset(listed.networks), frozenset(listed.also_granted))
    return setting.value.strip().casefold() if isinstance(setting.value, str) else setting.value


def is_known(setting: Setting) -> bool:
    """Tell whether the dump shows the value, or that there is none, without doubt."""
    if setting.state is _NOT_SET:
        return not setting.doubt
    return setting.state is _SET


def is_certain(holder: DirectoryObject, attribute: str) -> bool:
    """Tell whether the value, or that there is none, is known and no record may change it."""
    if any(change.concerns((attribute,)) for change in holder.changes):
        return False
    return is_known(holder.settings[attribute])


def plain_host(name: str) -> str:
    """Return one spelling of a host: no brackets around an address, no dot at the end."""
    return name.strip().removeprefix("[").removesuffix("]").removesuffix(".").casefold()


def texts_of(holder: DirectoryObject, attribute: str) -> tuple[str, ...]:
    """Return the values of a text or DN attribute; empty when it is not set."""
    value = holder.settings[attribute].value
    if isinstance(value, tuple):
        return tuple(map(str, value))
    return () if value is None else (str(value),)


def addresses_of(server: DirectoryObject, protocol: str) -> list[str]:
    """Return the names by which a server is known for a protocol, in lower case.

    A value of `networkAddress` begins with the protocol, `ncacn_ip_tcp:` for the name in DNS.
    That may end in the dot of the DNS root, which is the same name (RFC 1034, section 3.1).
    """
    return [
        address[len(protocol) :].strip().casefold().removesuffix(".")
        for address in texts_of(server, "networkAddress")
        if address.casefold().startswith(protocol)
    ]


def _count_values(attribute: str, peers: Iterable[DirectoryObject], unread: int) -> Peers:
    values: Counter[Hashable] = Counter()
    texts: dict[Hashable, str] = {}
    holders: dict[Hashable, list[str]] = defaultdict(list)
    unknown, doubted = unread, 0
    for peer in peers:
        setting = peer.settings[attribute]
        try:
            value = comparable(setting)
        except LookupError:
            unknown += 1
            continue
        values[value] += 1
        doubted += bool(setting.doubt)
        texts.setdefault(value, _cut(setting.text) if setting.state is _SET else "")
        holders[value].append(f"{peer.server} / {peer.name}")
    return Peers(values.total(), values.most_common(2), unknown, doubted, texts, holders)


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
        # What replication or an upgrade left behind is in nobody's use: no majority is made of it.
        if group is not None and not left_by(member):
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


def _smart_hosts(connector: DirectoryObject) -> Iterator[str]:
    # Several hosts stand in one value, with semicolons or commas between them.
    for text in texts_of(connector, _SMART_HOST):
        yield from map(plain_host, text.replace(",", ";").split(";"))


def _smtp_spaces(spaces: Iterable[str]) -> Iterator[str]:
    for space in spaces:
        kind, _, rest = space.strip().partition(":")
        if kind.upper() == "SMTP":
            yield f"SMTP:{rest.partition(';')[0]}"


def _connector(connector: DirectoryObject) -> Connector:
    bridgeheads = [parse_names(dn) for dn in texts_of(connector, _BRIDGEHEADS)]
    spaces = texts_of(connector, _ADDRESS_SPACES)
    is_smtp = connector.kind is kinds.SMTP_CONNECTOR
    unknown = (name for name in (_BRIDGEHEADS, _ADDRESS_SPACES) if not is_certain(connector, name))
    return Connector(
        dn=connector.dn,
        normalised=connector.names.normalised,
        bridgeheads=frozenset(bridgehead.normalised for bridgehead in bridgeheads),
        servers=frozenset(names.server_dn for names in bridgeheads if names.server_dn),
        is_smtp=is_smtp,
        smtp_spaces=() if connector.names.deleted else tuple(_smtp_spaces(spaces)),
        smart_hosts=tuple(_smart_hosts(connector)) if is_smtp else (),
        is_smart_host_known=is_smtp and is_certain(connector, _SMART_HOST),
        unknown=next(unknown, ""),
    )
