"""The closed set of conditions a rule may use: name, argument, and the test in words."""

import enum
from typing import NamedTuple

from analyzer.catalogue.rule import Argument, Clause, Offline, Rule
from analyzer.directory import kinds
from analyzer.directory.attributes import Syntax
from analyzer.directory.kinds import KindOfObject


class ArgumentType(enum.Enum):
    """What a condition wants beside the value."""

    NONE = "no argument"
    INTEGER = "a whole number"
    RANGE = "two whole numbers, the smaller first"
    TEXT = "text"
    ATTRIBUTE = "the name of another attribute of the object"
    VALUE = "a value of the attribute"
    VALUES = "a list of values of the attribute"


class ConditionType(NamedTuple):
    """One row of the table."""

    words: str
    """What must hold for an object to pass; `{argument}` is filled in."""
    argument: ArgumentType = ArgumentType.NONE
    syntaxes: frozenset[Syntax] = frozenset()
    """Attribute syntaxes it can judge; empty for any."""
    kinds: tuple[KindOfObject, ...] = ()
    """The kinds of object it can judge; empty for any."""
    own_attribute: bool = True
    """False where the rule may name an attribute that its objects do not have."""


_NUMBER = frozenset({Syntax.INTEGER, Syntax.LARGE_INTEGER})
_TEXT = frozenset({Syntax.TEXT})
_VIRTUAL_SERVER = (kinds.VIRTUAL_SERVER,)
_ROUTING_GROUP = (kinds.ROUTING_GROUP,)
_SERVER = (kinds.SERVER,)
_CONNECTORS = tuple(kind for kind in kinds.KINDS if kind.is_connector)
_RECEIVE_CONNECTOR = (kinds.RECEIVE_CONNECTOR,)
_CONNECTOR = (kinds.RECEIVE_CONNECTOR, kinds.SEND_CONNECTOR)
_LISTENER = tuple(kind for kind in kinds.KINDS if kind.is_listener)

DEFAULT_CONDITIONS = frozenset({"is_default", "bits_are_default"})
"""Those that compare with the documented defaults of the rule."""

RELAY_CONDITIONS = frozenset(
    {
        "relay_not_open",
        "public_relay_at_most",
        "relay_only_private",
        "anonymous_relay_scoped",
        "externally_secured_scoped",
        "anonymous_relay_on_own_connector",
    }
)
"""Those that fail where more hosts may relay than should."""

VALUE_CONDITIONS = {
    "is_default": ConditionType("equals the documented default"),
    "bits_are_default": ConditionType(
        "has the bits of the documented default among those of {argument}",
        ArgumentType.INTEGER,
        _NUMBER,
    ),
    "equals": ConditionType("equals {argument}", ArgumentType.VALUE),
    "one_of": ConditionType("is one of {argument}", ArgumentType.VALUES),
    "none_of": ConditionType("is none of {argument}", ArgumentType.VALUES),
    "no_wildcard": ConditionType(
        "holds no asterisk, unless it is one and no more (GL-04)", syntaxes=_TEXT
    ),
    "at_least": ConditionType("is {argument} or more", ArgumentType.INTEGER, _NUMBER),
    "at_most": ConditionType("is {argument} or less, but not 0", ArgumentType.INTEGER, _NUMBER),
    "outside": ConditionType("is not between {argument}", ArgumentType.RANGE, _NUMBER),
    "bit_clear": ConditionType("does not contain bit {argument}", ArgumentType.INTEGER, _NUMBER),
    "bits_all_set": ConditionType(
        "contains every bit of {argument}", ArgumentType.INTEGER, _NUMBER
    ),
    "bits_equal": ConditionType(
        "has, of the bits of the second number, exactly those of the first ({argument})",
        ArgumentType.RANGE,
        _NUMBER,
    ),
    "is_absent": ConditionType("has no value"),
    "is_present": ConditionType("has a value"),
    "count_at_most": ConditionType("has at most {argument} value(s)", ArgumentType.INTEGER),
    "port_present": ConditionType(
        "has a binding on TCP port {argument}", ArgumentType.INTEGER, _TEXT
    ),
    "not_on_drive": ConditionType("is a path outside drive {argument}", ArgumentType.TEXT, _TEXT),
    "path_ends_with": ConditionType("is a path that ends in {argument}", ArgumentType.TEXT, _TEXT),
    "lacks_text": ConditionType(
        "contains {argument} in none of its values", ArgumentType.TEXT, _TEXT
    ),
    "x400_ends_with_semicolon": ConditionType(
        "ends with a semicolon wherever it is an X.400 address", syntaxes=_TEXT
    ),
    "no_documented_default": ConditionType("cannot be compared: no default is documented"),
}
"""Conditions on the value of the clause's attribute; without a value `not_set` decides."""

OBJECT_CONDITIONS = {
    "live_only": ConditionType("is right on the running system", own_attribute=False),
    "matches_server_fqdn": ConditionType(
        "equals the TCP name of the server object (default virtual server only)",
        kinds=_VIRTUAL_SERVER,
    ),
    "same_as_peers": ConditionType(
        "equals what most virtual servers of the administrative group have",
        kinds=_VIRTUAL_SERVER,
    ),
    "has_internet_route": ConditionType(
        "of an SMTP connector for SMTP addresses names a virtual server of this server",
        kinds=_VIRTUAL_SERVER,
        own_attribute=False,
    ),
    "gateway_is_smart_host": ConditionType(
        "of an SMTP connector on this server is the gateway that was named",
        kinds=_VIRTUAL_SERVER,
        own_attribute=False,
    ),
    "valid_routing_master": ConditionType(
        "names a server of the dump, or one that was deleted (DEL:)",
        kinds=_ROUTING_GROUP,
    ),
    "members_in_own_group": ConditionType(
        "lists no Exchange 2007 server outside the routing group made for it",
        kinds=_ROUTING_GROUP,
    ),
    "servers_container_present": ConditionType(
        "stands in an administrative group that has a container for servers", own_attribute=False
    ),
    "no_bridgehead_enforces": ConditionType(
        "names no server that could enforce a group restriction of the connector",
        kinds=_CONNECTORS,
    ),
    "at_least_public_stores": ConditionType(
        "is not below the number of public folder stores of the organisation",
        syntaxes=_NUMBER,
        kinds=(kinds.MESSAGE_DELIVERY,),
    ),
    "version_is_not": ConditionType(
        "is not that of Exchange {argument}", ArgumentType.TEXT, kinds=_SERVER
    ),
    "not_conflict_or_deleted": ConditionType(
        "carries no conflict or deletion mark", own_attribute=False
    ),
    "relay_not_open": ConditionType("does not let everybody relay", kinds=_LISTENER),
    "relay_known": ConditionType("lets the dump tell who may relay", kinds=_LISTENER),
    "public_relay_at_most": ConditionType(
        "lists at most {argument} public addresses, and no public network of /24 or wider",
        ArgumentType.INTEGER,
        kinds=_LISTENER,
    ),
    "relay_only_private": ConditionType("lists addresses of private ranges only", kinds=_LISTENER),
    "relay_logon_protected": ConditionType(
        "offers no basic authentication without TLS while hosts that log on may relay",
        kinds=_LISTENER,
    ),
    "relay_logged": ConditionType(
        "is not 0 (no protocol log) while anybody may relay", kinds=_LISTENER
    ),
    "anonymous_relay_scoped": ConditionType(
        "does not let hosts relay that do not log on, or the remote addresses are limited",
        kinds=_RECEIVE_CONNECTOR,
    ),
    "externally_secured_scoped": ConditionType(
        "does not trust every host as externally secured, or the remote addresses are limited",
        kinds=_RECEIVE_CONNECTOR,
    ),
    "anonymous_relay_on_own_connector": ConditionType(
        "of a connector of the installation does not let hosts relay that do not log on",
        kinds=_RECEIVE_CONNECTOR,
    ),
    "permission_groups_are": ConditionType(
        "gives the permission groups {argument}", ArgumentType.TEXT, kinds=_RECEIVE_CONNECTOR
    ),
    "lacks_permission_group": ConditionType(
        "does not give the permission group {argument}",
        ArgumentType.TEXT,
        kinds=_RECEIVE_CONNECTOR,
    ),
    "covers_all_ipv4": ConditionType("covers every IPv4 address", kinds=_RECEIVE_CONNECTOR),
    "names_own_server": ConditionType(
        "is empty or a name of the server: in DNS, or its NetBIOS name", kinds=_RECEIVE_CONNECTOR
    ),
    "not_hidden_by_others": ConditionType(
        "holds an address that no more specific connector of the same binding takes",
        kinds=_RECEIVE_CONNECTOR,
    ),
    "shares_no_ranges": ConditionType(
        "holds no range that another connector of the same binding has, too",
        kinds=_RECEIVE_CONNECTOR,
    ),
    "within_organisation_limit": ConditionType(
        "is at most the limit of the organisation", kinds=_RECEIVE_CONNECTOR
    ),
    "equals_organisation_limit": ConditionType(
        "equals the limit of the organisation", kinds=_CONNECTOR
    ),
    "equals_attribute": ConditionType("equals {argument}", ArgumentType.ATTRIBUTE),
    "has_default_domain": ConditionType(
        "marks one accepted domain of the organisation as the default one",
        kinds=(kinds.ACCEPTED_DOMAIN,),
    ),
}
"""Conditions on the object as a whole; they judge an absent value themselves."""

CONDITIONS = VALUE_CONDITIONS | OBJECT_CONDITIONS
"""All conditions by name; `analyzer.judge` holds a function for each."""


def in_words(rule: Rule) -> str:
    """Return the test of a rule as one sentence."""
    if rule.offline is Offline.NO:
        return "Not checkable from a dump."
    joint = "; or " if rule.any_of else "; and "
    return "Passes when " + joint.join(_clause_in_words(clause) for clause in rule.clauses) + "."


def _clause_in_words(clause: Clause) -> str:
    words = CONDITIONS[clause.condition].words.format(argument=argument_text(clause.argument))
    return f"{clause.attribute} {words}"


def argument_text(argument: Argument) -> str:
    """Return what a condition compares with, in words."""
    if isinstance(argument, tuple):
        return " and ".join(argument_text(part) for part in argument)
    if isinstance(argument, bool):
        return str(argument).upper()
    return str(argument)
