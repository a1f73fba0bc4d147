"""The controls of hardening frameworks and judged objects in, out who meets them and who does not.

A control is applied to the versions and the role of its product only. Nothing here counts as a
finding; `analyzer.judge.run` makes findings of the frameworks that were asked for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from analyzer.catalogue.profile import judged_rules, why_not_judged
from analyzer.catalogue.rule import Control, Facing, Offline, Outcome, Role, Rule
from analyzer.directory import kinds
from analyzer.directory.kinds import KindOfObject
from analyzer.directory.values import State
from analyzer.inventory import DirectoryObject
from analyzer.judge.check_verdict import (
    CheckVerdict,
    list_names,
    not_applicable,
    not_evaluable,
)
from analyzer.judge.evaluate import judge_clauses
from analyzer.judge.subject import Subject
from analyzer.judge.surroundings import texts_of
from analyzer.results.records import HardeningRecord

_ROLES = "msExchCurrentServerRoles"
_EDGE_ROLE = 64
_DESCRIPTOR = "nTSecurityDescriptor"
_ADDRESS_SPACES = "routingList"
_NOT_OF_FACING = {
    Facing.INTERNET: not_applicable("the control is for connectors that face the Internet"),
    Facing.INTERNAL: not_applicable("the control is for connectors that do not face the Internet"),
}


class Judged(NamedTuple):
    """One control on one object of its product."""

    rule: Rule
    subject: Subject
    verdict: CheckVerdict


def apply_controls(rules: Iterable[Rule], subjects: Sequence[Subject]) -> Iterator[Judged]:
    """Judge the objects of each product by its controls, control by control."""
    controls = [
        (rule, rule.control)
        for rule in judged_rules(rules)
        if rule.control and rule.offline is not Offline.NO
    ]
    by_kind = _by_kind(subjects, {kind for rule, _ in controls for kind in rule.kinds})
    servers = _servers(subject.object for subject in subjects)
    for rule, control in controls:
        of_product = [server for server in servers if _has_product(server, rule, control)]
        product = {server.names.normalised for server in of_product}
        own = set(map(id, of_product))
        for kind in rule.kinds if product else ():
            for subject, about in by_kind[kind]:
                # A server is asked itself: another one of its DN may be of another product.
                is_other = kind is kinds.SERVER and id(subject.object) not in own
                if not product.isdisjoint(about) and not is_other:
                    yield Judged(rule, subject, _judge(rule, control, subject))


def hardening_records(
    rules: Iterable[Rule], judged: Iterable[Judged], objects: Iterable[DirectoryObject]
) -> Iterator[HardeningRecord]:
    """Describe what the controls say, in their order; those of absent products are left out.

    A control that only a live server answers, or of which the dump holds no object, has one record.
    """
    by_rule: dict[str, list[Judged]] = {}
    for each in judged:
        by_rule.setdefault(each.rule.id, []).append(each)
    servers = _servers(objects)
    for rule in rules:
        if rule.control is None:
            continue
        of_product = [server for server in servers if _has_product(server, rule, rule.control)]
        if rule.id in by_rule:
            yield from (_record(rule, rule.control, each) for each in by_rule[rule.id])
        elif of_product:
            yield _without_object(rule, rule.control, of_product)


def _servers(objects: Iterable[DirectoryObject]) -> Sequence[DirectoryObject]:
    return [each for each in objects if each.kind is kinds.SERVER]


def _by_kind(
    subjects: Iterable[Subject], wanted: Set[KindOfObject]
) -> Mapping[KindOfObject, Sequence[tuple[Subject, frozenset[str]]]]:
    """Return the objects of the kinds, each with the normalised DNs of the servers it is about."""
    by_kind: dict[KindOfObject, list[tuple[Subject, frozenset[str]]]] = {
        kind: [] for kind in wanted
    }
    for subject in subjects:
        if subject.object.kind in wanted:
            servers = subject.around.mail_flow.servers_of(subject.object)
            about = frozenset(server.names.normalised for server in servers)
            by_kind[subject.object.kind].append((subject, about))
    return by_kind


def _has_product(server: DirectoryObject, rule: Rule, control: Control) -> bool:
    """Tell whether a server is of the version and the role that a control is for."""
    if server.exchange_version not in rule.versions:
        return False
    roles = server.settings[_ROLES].value
    is_edge = isinstance(roles, int) and bool(roles & _EDGE_ROLE)
    return control.role is Role.ANY or is_edge is (control.role is Role.EDGE)


def _judge(rule: Rule, control: Control, subject: Subject) -> CheckVerdict:
    if control.facing is not Facing.ANY:
        faces = _faces_internet(subject)
        if faces is None:
            return not_evaluable("whether the connector faces the Internet is not known")
        if faces is not (control.facing is Facing.INTERNET):
            return _NOT_OF_FACING[control.facing]
    return judge_clauses(rule, subject)


def _faces_internet(subject: Subject) -> bool | None:
    """Tell whether a connector sends to every domain, or takes sessions of every address."""
    connector = subject.object
    if connector.kind is kinds.RECEIVE_CONNECTOR:
        listening = subject.around.mail_flow.listening(connector)
        return listening.facts.ranges.is_everything if listening.facts.ranges_known else None
    if connector.settings[_ADDRESS_SPACES].state not in (State.SET, State.NOT_SET):
        return None
    return any(_is_everything(space) for space in texts_of(connector, _ADDRESS_SPACES))


def _is_everything(space: str) -> bool:
    """Tell whether an address space, `type:space;cost`, is that of all SMTP domains."""
    kind, _, rest = space.partition(":")
    return kind.strip().upper() == "SMTP" and rest.partition(";")[0].strip() == "*"


def _record(rule: Rule, control: Control, judged: Judged) -> HardeningRecord:
    held = judged.subject.object
    verdict = judged.verdict
    attribute = verdict.attribute or rule.attribute
    return replace(
        _of_control(rule, control),
        dn=held.dn,
        server=held.server,
        listener=held.name if held.kind.is_named else None,
        attribute=attribute,
        found_text=_found_text(judged.subject, attribute),
        state=verdict.outcome,
        reason=verdict.reason or verdict.detail or None,
    )


def _without_object(
    rule: Rule, control: Control, servers: Sequence[DirectoryObject]
) -> HardeningRecord:
    is_live = rule.offline is Offline.NO
    reason = why_not_judged(rule) or f"the dump holds no {rule.kinds[0].singular} of the product"
    if control.role is Role.EDGE and kinds.RECEIVE_CONNECTOR in rule.kinds:
        reason = f"{reason}; an Edge server keeps its own in its AD LDS"
    names = list_names(server.server or "" for server in servers)
    return replace(
        _of_control(rule, control),
        attribute="" if is_live else rule.attribute,
        reason=f"{reason} (servers: {names})",
    )


@lru_cache(maxsize=1024)
def _of_control(rule: Rule, control: Control) -> HardeningRecord:
    """Return what is the same on all objects of which a control speaks, and on none."""
    return HardeningRecord(
        rule=rule.id,
        framework=control.framework,
        product=control.product,
        control=control.control,
        vulnerability=control.vulnerability,
        category=control.category,
        title=rule.title,
        requirement=control.requirement,
        threshold=control.threshold,
        dn="",
        server=None,
        listener=None,
        attribute="",
        found_text="",
        state=Outcome.NOT_EVALUABLE,
        reason=None,
        contradiction=" ".join(control.contradictions),
        offline=rule.offline,
    )


def _found_text(subject: Subject, attribute: str) -> str:
    """Return what the object holds; of a descriptor the permission groups that it stands for."""
    setting = subject.object.settings[attribute]
    if attribute != _DESCRIPTOR:
        return setting.text
    listening = subject.around.mail_flow.listening(subject.object)
    groups = listening.facts.permission_groups
    return setting.text if groups is None else ", ".join(groups) or "none"
