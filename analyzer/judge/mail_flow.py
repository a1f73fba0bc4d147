"""The objects of Exchange 2007 and later in, what rules compare one of them with out.

Receive connectors by server and by what they listen on, and what each organisation has once: its
transport settings, its accepted domains, its servers.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct, field

from analyzer.directory import kinds
from analyzer.directory.accepted_domains import is_default
from analyzer.directory.bindings import Endpoint, parse_endpoint
from analyzer.directory.editions import VERSIONS
from analyzer.directory.names import parse_names
from analyzer.directory.networks import Span, merge
from analyzer.directory.remote_ranges import RemoteRange
from analyzer.directory.values import State
from analyzer.inventory import DirectoryObject, Inventory
from analyzer.namesakes import by_dn
from analyzer.relay.forest import Forest
from analyzer.relay.receive_settings import ReceiveConnector, read_receive_connector

_FLAGS = "msExchAcceptedDomainFlags"
_SOURCES = "msExchSourceBridgeheadServersDN"


class ListeningConnector(Struct, frozen=True, eq=False):
    """One receive connector with what its settings say."""

    connector: DirectoryObject
    facts: ReceiveConnector
    endpoints: frozenset[Endpoint]
    """What it listens on; empty where that is not known."""

    @property
    def is_known(self) -> bool:
        """Whether the dump tells which sessions it takes."""
        return self.facts.ranges_known and bool(self.endpoints)

    def served(self) -> Iterator[tuple[Endpoint, RemoteRange]]:
        """Yield what it listens on with each range of the same family."""
        for endpoint in self.endpoints:
            for remote in self.facts.ranges.stored:
                if remote.version == endpoint.version:
                    yield endpoint, remote


class _Holder(NamedTuple):
    remote: RemoteRange
    connector: ListeningConnector


class Listening(Struct, frozen=True):
    """The ranges of all enabled connectors of one server that listen on one endpoint."""

    holders: Sequence[_Holder]
    """Most specific first."""
    _below: dict[int, Sequence[Span]] = field(default_factory=dict)

    def hides(self, remote: RemoteRange) -> bool:
        """Tell whether more specific ranges hold every address of a range."""
        spans = self._more_specific(remote.size)
        at = bisect_right(spans, remote.first, key=lambda span: span[0]) - 1
        return at >= 0 and spans[at][1] > remote.last

    def hiders(self, remote: RemoteRange) -> Iterator[ListeningConnector]:
        """Yield the connectors whose more specific ranges hold addresses of a range."""
        for other, connector in self.holders:
            if other.size >= remote.size:
                return
            if other.first <= remote.last and remote.first <= other.last:
                yield connector

    def _more_specific(self, size: int) -> Sequence[Span]:
        # The connectors of a server have ranges of few sizes, so the sum is made once for each.
        if size not in self._below:
            narrower = (held.remote for held in self.holders if held.remote.size < size)
            self._below[size] = merge((each.first, each.last + 1) for each in narrower)
        return self._below[size]


class ServerListeners(NamedTuple):
    """The receive connectors of one server."""

    by_endpoint: Mapping[Endpoint, Listening]
    by_range: Mapping[tuple[Endpoint, RemoteRange], Sequence[ListeningConnector]]
    unknown: Sequence[ListeningConnector]
    """Enabled ones of which the dump does not tell which sessions they take."""


class Organization(Struct, frozen=True):
    """What an organisation has once."""

    servers: Sequence[DirectoryObject]
    transport_settings: DirectoryObject | None
    default_domains: Sequence[DirectoryObject]
    domains_known: bool
    """Whether the flags of every accepted domain of the dump are known."""

    @property
    def newest_version(self) -> str | None:
        """The newest version of its servers, whose documents speak of its settings."""
        return _newest(self.servers)


_NOTHING = Organization((), None, (), domains_known=True)


class MailFlow(Struct, frozen=True):
    """The objects of Exchange 2007 and later, as far as rules compare with them."""

    receive_connectors: Mapping[int, ListeningConnector]
    """By identity: names that lost letters may be the same for two of them."""
    listeners: Mapping[str, ServerListeners]
    """By normalised DN of the server."""
    organizations: Mapping[str, Organization]
    """By normalised DN."""
    servers: Mapping[str, DirectoryObject]
    """By normalised DN; where several have it, one that stands for whichever is meant."""

    def listening(self, connector: DirectoryObject) -> ListeningConnector:
        """Return what the settings of a receive connector of the dump say."""
        return self.receive_connectors[id(connector)]

    def organization_of(self, obj: DirectoryObject) -> Organization:
        """Return the organisation that an object belongs to."""
        return self.organizations.get(obj.names.organization_dn, _NOTHING)

    def servers_of(self, obj: DirectoryObject) -> Sequence[DirectoryObject]:
        """Return the servers that an object is about: its own, its sources, or all there are."""
        if obj.names.server_dn:
            own = self.servers.get(obj.names.server_dn)
            return () if own is None else (own,)
        setting = obj.settings.get(_SOURCES)
        if setting is not None and isinstance(setting.value, tuple):
            sources = (parse_names(str(dn)) for dn in setting.value)
            known = (self.servers.get(names.server_dn or names.normalised) for names in sources)
            return [server for server in known if server is not None]
        return self.organization_of(obj).servers

    def version_of(self, obj: DirectoryObject) -> str | None:
        """Return the version whose documents speak of an object that belongs to no server."""
        return _newest(self.servers_of(obj)) or self.organization_of(obj).newest_version


def survey_mail_flow(inventory: Inventory, forest: Forest) -> MailFlow:
    """Collect what rules compare with, once for a run."""
    connectors = [
        _listening(connector, forest) for connector in inventory.of(kinds.RECEIVE_CONNECTOR)
    ]
    by_server: dict[str, list[ListeningConnector]] = defaultdict(list)
    for connector in connectors:
        by_server[connector.connector.names.server_dn].append(connector)
    servers = inventory.of(kinds.SERVER)
    return MailFlow(
        receive_connectors={id(each.connector): each for each in connectors},
        listeners={dn: _listeners(own) for dn, own in by_server.items() if dn},
        organizations=_organizations(inventory, servers),
        servers=by_dn(servers),
    )


def _listening(connector: DirectoryObject, forest: Forest) -> ListeningConnector:
    facts = read_receive_connector(connector, forest)
    endpoints = map(parse_endpoint, facts.bindings or ())
    return ListeningConnector(
        connector, facts, frozenset(each for each in endpoints if each is not None)
    )


def _listeners(connectors: Iterable[ListeningConnector]) -> ServerListeners:
    holders: dict[Endpoint, list[_Holder]] = defaultdict(list)
    by_range: dict[tuple[Endpoint, RemoteRange], list[ListeningConnector]] = defaultdict(list)
    unknown = []
    for connector in connectors:
        if connector.facts.enabled is False:
            continue
        if not connector.is_known:
            unknown.append(connector)
            continue
        for endpoint, remote in set(connector.served()):
            holders[endpoint].append(_Holder(remote, connector))
            by_range[endpoint, remote].append(connector)
    return ServerListeners(
        by_endpoint={
            endpoint: Listening(sorted(held, key=lambda holder: holder.remote.size))
            for endpoint, held in holders.items()
        },
        by_range=by_range,
        unknown=unknown,
    )


def _organizations(
    inventory: Inventory, servers: Sequence[DirectoryObject]
) -> dict[str, Organization]:
    limits = by_dn(inventory.of(kinds.TRANSPORT_SETTINGS))
    settings = {each.names.organization_dn: each for each in limits.values()}
    members: dict[str, list[DirectoryObject]] = defaultdict(list)
    for server in servers:
        members[server.names.organization_dn].append(server)
    domains: dict[str, list[DirectoryObject]] = defaultdict(list)
    for domain in inventory.of(kinds.ACCEPTED_DOMAIN):
        domains[domain.names.organization_dn].append(domain)
    return {
        dn: Organization(
            servers=members.get(dn, ()),
            transport_settings=settings.get(dn),
            default_domains=[each for each in domains.get(dn, ()) if is_default(_flags(each))],
            domains_known=all(_has_flags(each) for each in domains.get(dn, ())),
        )
        for dn in (*settings, *members, *domains)
    }


def _flags(domain: DirectoryObject) -> int | None:
    value = domain.settings[_FLAGS].value
    return value if isinstance(value, int) else None


def _has_flags(domain: DirectoryObject) -> bool:
    return domain.settings[_FLAGS].state in (State.SET, State.NOT_SET)


def _newest(servers: Iterable[DirectoryObject]) -> str | None:
    versions = {server.exchange_version for server in servers}
    return next((version for version in reversed(VERSIONS) if version in versions), None)
