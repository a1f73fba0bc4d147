"""What a rule may look at: one object, its relay verdict, and the objects around it."""

import hashlib

from msgspec import Struct
from msgspec.structs import replace

from analyzer.catalogue.rule import Rule
from analyzer.directory import kinds
from analyzer.directory.default_connectors import default_connector_of
from analyzer.directory.editions import Edition
from analyzer.inventory import DirectoryObject
from analyzer.judge.check_verdict import CheckVerdict
from analyzer.judge.surroundings import Surroundings
from analyzer.relay import words
from analyzer.relay.judges import judge_relay
from analyzer.relay.verdict import Relay, RelayVerdict
from analyzer.relay.virtual_server import is_leftover

_OF_AN_ORGANIZATION = (kinds.SEND_CONNECTOR, kinds.ACCEPTED_DOMAIN, kinds.TRANSPORT_SETTINGS)
"""Kinds of which no object has a version of its own."""
_MADE_BY_SETUP = (kinds.RECEIVE_CONNECTOR, kinds.SEND_CONNECTOR)


class Owner(Struct, frozen=True, gc=False):
    """What a condition on one value may know of the object that holds it."""

    edition: Edition
    number: int | None
    connector: str = ""
    """Which connector of the installation it is; empty for any other object."""
    is_leftover: bool = False
    """Whether it is a virtual server of a server that takes no mail through it."""


class Subject(Struct, frozen=True):
    """One object under judgement."""

    object: DirectoryObject
    owner: Owner
    relay: Relay | None
    """Of a listener."""
    around: Surroundings


class Failure(Struct, frozen=True, gc=False):
    """One rule that one object fails."""

    rule: Rule
    subject: Subject
    verdict: CheckVerdict
    attribute: str
    """What the finding is about."""
    fingerprint: str
    """What identifies the finding across exports: neither value nor line counts."""
    evaluation: int
    """Position of its record among those of all that was evaluated."""


def fingerprint_of(rule: Rule, owner: str, attribute: str) -> str:
    """Return what identifies a finding about an attribute of an object, or of an organisation."""
    identity = "\n".join((rule.id, owner, attribute.lower()))
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()


def organization_id(failure: Failure) -> str:
    """Return what identifies the finding that stands for all objects of an organisation."""
    names = failure.subject.object.names
    owner = names.organization_dn or (failure.subject.object.organization or "").casefold()
    return fingerprint_of(failure.rule, owner, failure.attribute)


def same_finding_id(fingerprint: str) -> str:
    """Return the number of a finding, the same in every export."""
    return f"F-{fingerprint[:8]}"


def make_subject(
    judged: DirectoryObject, around: Surroundings, *, small_business_server: bool
) -> Subject:
    """Return an object with what is known about it and around it."""
    version = judged.exchange_version
    if judged.kind in _OF_AN_ORGANIZATION:
        version = around.mail_flow.version_of(judged)
    connector = ""
    if judged.kind in _MADE_BY_SETUP:
        connector = default_connector_of(judged.names.cn, judged.server, version)
    left = judged.kind is kinds.VIRTUAL_SERVER and is_leftover(judged)
    owner = Owner(Edition(version, small_business_server), judged.number, connector, left)
    relay = _judge_relay(judged, around) if judged.kind.is_listener else None
    return Subject(judged, owner, relay, around)


def _judge_relay(listener: DirectoryObject, around: Surroundings) -> Relay:
    """Judge a listener, and name the connectors on it that may let more hosts relay."""
    relay = judge_relay(listener, around.forest)
    caveats = tuple(
        words.connector_may_grant(connector.dn, connector.smtp_spaces)
        for connector in around.routes.by_bridgehead.get(listener.names.normalised, ())
        if connector.is_smtp and connector.smtp_spaces
    )
    if relay.verdict is RelayVerdict.OPEN or not caveats:
        return relay
    return replace(relay, reasons=(*relay.reasons, *caveats))
