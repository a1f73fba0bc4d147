"""What a rule may look at: one object, its relay verdict, and the objects around it."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from analyzer.catalogue.rule import Outcome, Rule
from analyzer.directory import kinds
from analyzer.directory.address_list import AddressList
from analyzer.directory.editions import Edition
from analyzer.directory.names import parse_names
from analyzer.directory.values import Setting, State
from analyzer.inventory import DirectoryObject, Inventory
from analyzer.relay.virtual_server import judge_relay
from analyzer.results.records import RelayRecord


class Verdict(NamedTuple):
    """What one rule, or one clause of it, says about one object."""

    outcome: Outcome
    reason: str | None = None
    """Why the object could not be judged; None when it passed or failed."""
    attribute: str = ""
    """Attribute that failed, where a rule looks at several."""
    detail: str = ""
    """What is known about this failure beyond the rule's own text."""
    assumed: bool = False


PASSED = Verdict(Outcome.PASSED)
FAILED = Verdict(Outcome.FAILED)


def not_evaluable(reason: str) -> Verdict:
    """Return the verdict on an object that the dump does not let anybody judge."""
    return Verdict(Outcome.NOT_EVALUABLE, reason)


def not_applicable(reason: str) -> Verdict:
    """Return the verdict on an object that the rule does not speak about."""
    return Verdict(Outcome.NOT_APPLICABLE, reason)


class Group(NamedTuple):
    """An administrative group."""

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

    by_bridgehead: Mapping[str, tuple[Connector, ...]]
    """By normalised DN of a virtual server."""
    by_server: Mapping[str, tuple[Connector, ...]]
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
    groups_with_servers: frozenset[Group]
    virtual_servers: Mapping[Group, Sequence[DirectoryObject]]
    small_business_server: bool
    _peers: dict[tuple[str, Group], Peers] = field(default_factory=dict)

    def peers(self, attribute: str, group: Group) -> Peers:
        """Return what the virtual servers of a group hold in one attribute."""
        key = (attribute, group)
        if key not in self._peers:
            self._peers[key] = _count(
                item.settings[attribute] for item in self.virtual_servers[group]
            )
        return self._peers[key]


class Owner(NamedTuple):
    """What a condition on one value may know of the object that holds it."""

    edition: Edition
    number: int | None


@dataclass(frozen=True, slots=True)
class Subject:
    """One object under judgement."""

    item: DirectoryObject
    owner: Owner
    relay: RelayRecord | None
    """Of a virtual server."""
    around: Surroundings


class Failure(NamedTuple):
    """One rule that one object fails."""

    rule: Rule
    subject: Subject
    verdict: Verdict
    attribute: str
    """What the finding is about."""
    fingerprint: str
    """What identifies the finding across exports: neither value nor line counts."""

    @property
    def finding_id(self) -> str:
        """Number of the finding."""
        return f"F-{self.fingerprint[:8]}"


def survey(inventory: Inventory, *, small_business_server: bool) -> Surroundings:
    """Collect what rules compare with, once for a run."""
    return Surroundings(
        servers={item.names.normalised: item for item in inventory.of(kinds.SERVER)},
        routes=_routes([_connector(item) for item in inventory.objects if item.kind.is_connector]),
        groups_with_servers=frozenset(
            group
            for item in inventory.objects
            if item.server is not None and (group := group_of(item)) is not None
        ),
        virtual_servers=_by_group(inventory.of(kinds.VIRTUAL_SERVER)),
        small_business_server=small_business_server,
    )


def make_subject(item: DirectoryObject, around: Surroundings) -> Subject:
    """Return an object with what is known about it and around it."""
    relay = judge_relay(item) if item.kind.is_listener else None
    edition = Edition(item.exchange_version, around.small_business_server)
    owner = Owner(edition, item.number)
    return Subject(item, owner, relay, around)


def group_of(item: DirectoryObject) -> Group | None:
    """Return the administrative group of an object; None outside of one."""
    if item.administrative_group is None:
        return None
    return Group(item.organization, item.administrative_group)


def comparable(setting: Setting) -> Hashable:
    """Return a form of the value that is equal for equal settings; None when it is not set.

    Raises LookupError when the value is not known.
    """
    if setting.state is State.NOT_SET:
        return None
    if setting.state is not State.SET:
        raise LookupError(setting.attribute.name)
    if isinstance(setting.decoded, AddressList):
        listed = setting.decoded
        return (listed.mode, frozenset(listed.networks), frozenset(listed.also_granted))
    return setting.value.strip().casefold() if isinstance(setting.value, str) else setting.value


def texts_of(item: DirectoryObject, attribute: str) -> tuple[str, ...]:
    """Return the values of a text or DN attribute; empty when it is not set."""
    value = item.settings[attribute].value
    if isinstance(value, tuple):
        return tuple(str(part) for part in value)
    return () if value is None else (str(value),)


def _count(settings: Iterable[Setting]) -> Peers:
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
        texts.setdefault(value, setting.text or "not set")
    return Peers(values.total(), values.most_common(2), unknown, texts)


def _by_group(items: Iterable[DirectoryObject]) -> dict[Group, list[DirectoryObject]]:
    groups: dict[Group, list[DirectoryObject]] = defaultdict(list)
    for item in items:
        group = group_of(item)
        if group is not None:
            groups[group].append(item)
    return groups


def _routes(connectors: Sequence[Connector]) -> Routes:
    by_bridgehead: dict[str, tuple[Connector, ...]] = defaultdict(tuple)
    by_server: dict[str, tuple[Connector, ...]] = defaultdict(tuple)
    for connector in connectors:
        for dn in connector.bridgeheads:
            by_bridgehead[dn] += (connector,)
        for dn in connector.servers:
            by_server[dn] += (connector,)
    smtp = [connector for connector in connectors if connector.is_smtp]
    return Routes(
        by_bridgehead=dict(by_bridgehead),
        by_server=dict(by_server),
        known=frozenset(connector.normalised for connector in connectors),
        doubts=tuple(
            f"{item.unknown} of the connector {item.dn} is not known"
            for item in smtp
            if item.unknown
        ),
        has_smtp_connector=bool(smtp),
    )


def _connector(item: DirectoryObject) -> Connector:
    bridgeheads = [parse_names(dn) for dn in texts_of(item, "msExchSourceBridgeheadServersDN")]
    spaces = texts_of(item, "routingList")
    needed = ("msExchSourceBridgeheadServersDN", "routingList")
    known = (State.SET, State.NOT_SET)
    return Connector(
        dn=item.dn,
        normalised=item.names.normalised,
        bridgeheads=frozenset(found.normalised for found in bridgeheads),
        servers=frozenset(found.server_dn for found in bridgeheads if found.server_dn),
        is_smtp=item.kind is kinds.SMTP_CONNECTOR,
        carries_smtp=any(space.strip().upper().startswith("SMTP:") for space in spaces),
        unknown=next((name for name in needed if item.settings[name].state not in known), ""),
    )
