"""The conditions on an object as a whole: its place, its peers, its connectors, its servers."""

from collections.abc import Callable, Hashable, Mapping

from analyzer.catalogue.rule import Clause, Rule
from analyzer.directory.names import normalise_dn, parse_names
from analyzer.dump.reading import ExportScope
from analyzer.judge.subject import (
    FAILED,
    PASSED,
    Subject,
    Verdict,
    comparable,
    group_of,
    not_applicable,
    not_evaluable,
    texts_of,
)
from analyzer.judge.value_tests import unusable

ObjectTest = Callable[[Rule, Clause, Subject], Verdict]

# Exchange 2007 keeps its servers apart under these two names, the same in every organisation.
_OWN_GROUP = "fydibohf23spdlt"
_OWN_ROUTING_GROUP = "dwbgzmfd01qnbjr"
_TCP_NAME = "ncacn_ip_tcp:"


def _matches_server_fqdn(_: Rule, clause: Clause, subject: Subject) -> Verdict:
    """Compare the name in greetings with the TCP name of the server object."""
    number = subject.item.number
    if number is None:
        return not_evaluable("the number of the virtual server is not known")
    if number != 1:
        return not_applicable("the rule speaks of the default virtual server (number 1) only")
    setting = subject.item.settings[clause.attribute]
    if verdict := unusable(clause, setting):
        return verdict
    server = subject.around.servers.get(subject.item.names.server_dn)
    if server is None:
        return not_evaluable("the server object is not in the dump; add it to the export")
    names = [
        text[len(_TCP_NAME) :].strip().casefold()
        for text in texts_of(server, "networkAddress")
        if text.casefold().startswith(_TCP_NAME)
    ]
    if not names:
        return not_evaluable("the server object has no TCP name (networkAddress) in this dump")
    if str(setting.value).strip().casefold() in names:
        return PASSED
    return FAILED._replace(detail=f"The server object names itself {names[0]}.")


def _same_as_peers(_: Rule, clause: Clause, subject: Subject) -> Verdict:
    """Compare with what most virtual servers of the administrative group hold."""
    group = group_of(subject.item)
    if group is None:
        return not_applicable("the virtual server stands outside an administrative group")
    peers = subject.around.peers(clause.attribute, group)
    if peers.known + peers.unknown == 1:
        return not_applicable("the only virtual server of its administrative group")
    try:
        value = comparable(subject.item.settings[clause.attribute])
    except LookupError:
        return not_evaluable(f"{clause.attribute} is not known and cannot be compared")
    if peers.known == 1:
        return not_evaluable(f"{clause.attribute} of the other virtual servers is not known")
    (common, most), *others = peers.common
    if others and others[0][1] == most:
        return FAILED._replace(detail=f"The group has no common value: {_values(peers.texts)}.")
    if value == common:
        return PASSED
    return FAILED._replace(
        detail=f"{most} of {peers.known} virtual servers have: {peers.texts[common]}."
    )


def _has_internet_route(_: Rule, clause: Clause, subject: Subject) -> Verdict:
    """Look for an SMTP connector whose bridgehead is a virtual server of this server."""
    server_dn = subject.item.names.server_dn
    if not server_dn:
        return not_evaluable("the virtual server stands outside the server tree")
    connectors = subject.around.routes.by_server.get(server_dn, ())
    if any(connector.is_smtp and connector.carries_smtp for connector in connectors):
        return PASSED
    doubt = _doubt_about_route(subject)
    return not_evaluable(doubt) if doubt else FAILED


def _valid_routing_master(_: Rule, clause: Clause, subject: Subject) -> Verdict:
    """Check that the master of a routing group is a server of the dump or a deleted one."""
    if _OWN_ROUTING_GROUP in (subject.item.names.cn or "").casefold():
        return not_applicable("routing groups of Exchange 2007 are exempt")
    setting = subject.item.settings[clause.attribute]
    if verdict := unusable(clause, setting):
        return verdict
    master = parse_names(str(setting.value))
    if "DEL:" in str(setting.value) or master.normalised in subject.around.servers:
        return PASSED
    if subject.item.input.export_scope is ExportScope.LIMITED:
        return not_evaluable("the dump does not hold all objects; the server may exist")
    return FAILED


def _members_in_own_group(_: Rule, clause: Clause, subject: Subject) -> Verdict:
    """Check that no Exchange 2007 server is a member of a routing group of earlier versions."""
    if _OWN_ROUTING_GROUP in (subject.item.names.cn or "").casefold():
        return PASSED
    members = {*map(parse_names, texts_of(subject.item, clause.attribute))}
    members |= {
        server.names
        for server in subject.around.servers.values()
        for home in texts_of(server, "msExchHomeRoutingGroup")
        if parse_names(home).normalised == subject.item.names.normalised
    }
    if not members:
        return unusable(clause, subject.item.settings[clause.attribute]) or PASSED
    strangers = [
        member.cn
        for member in members
        if _OWN_GROUP in (member.administrative_group or "").casefold()
    ]
    if not strangers:
        return PASSED
    return FAILED._replace(detail=f"Members: {', '.join(sorted(map(str, strangers)))}.")


def _servers_container_present(_: Rule, __: Clause, subject: Subject) -> Verdict:
    """Check that the administrative group of a routing group holds servers."""
    return PASSED if group_of(subject.item) in subject.around.groups_with_servers else FAILED


def _not_conflict_or_deleted(_: Rule, __: Clause, subject: Subject) -> Verdict:
    """Check that replication left no conflict or deletion mark in the name."""
    if not (subject.item.names.conflict or subject.item.names.deleted):
        return PASSED
    return FAILED._replace(
        detail="Deleted object." if subject.item.names.deleted else "Replication conflict."
    )


def _doubt_about_route(subject: Subject) -> str:
    routes = subject.around.routes
    backlinks = texts_of(subject.item, "msExchBridgeheadedLocalConnectorsDNBL")
    missing = [dn for dn in backlinks if normalise_dn(dn) not in routes.known]
    if missing:
        return f"the connector {missing[0]} is not in the dump"
    if routes.doubts:
        return routes.doubts[0]
    if not routes.has_smtp_connector and subject.item.input.export_scope is ExportScope.LIMITED:
        return "the dump holds no connectors and not all objects; export the whole partition"
    return ""


def _values(texts: Mapping[Hashable, str]) -> str:
    return "; ".join(sorted(texts.values()))


OBJECT_TESTS: Mapping[str, ObjectTest] = {
    "matches_server_fqdn": _matches_server_fqdn,
    "same_as_peers": _same_as_peers,
    "has_internet_route": _has_internet_route,
    "valid_routing_master": _valid_routing_master,
    "members_in_own_group": _members_in_own_group,
    "servers_container_present": _servers_container_present,
    "not_conflict_or_deleted": _not_conflict_or_deleted,
}
