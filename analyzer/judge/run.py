"""Objects and rules in, results out: who may relay, what fails, and what could not be judged."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import UTC, datetime
from operator import attrgetter

from msgspec.structs import replace

from analyzer.catalogue.profile import judged_rules, why_not_judged
from analyzer.catalogue.rule import Catalogue, Offline, Outcome, Rule
from analyzer.directory import kinds
from analyzer.directory.kinds import KindOfObject
from analyzer.dump.entry import Unreadable
from analyzer.dump.reading import Input
from analyzer.inventory import DirectoryObject, Inventory
from analyzer.judge.causes import (
    Cause,
    RuleInOrganization,
    find_causes,
    rule_in_organization,
    rules_on_organizations,
)
from analyzer.judge.check_verdict import CheckVerdict
from analyzer.judge.evaluate import evaluate
from analyzer.judge.evidence import number_evidence
from analyzer.judge.findings import make_failure, make_finding, sort_causes
from analyzer.judge.hardening import apply_controls, hardening_records
from analyzer.judge.kept_verdicts import KeptVerdicts
from analyzer.judge.object_records import (
    accepted_domain_record,
    connector_record,
    extended_right_records,
    input_record,
    object_record,
    receive_connector_record,
    send_connector_record,
    unreadable_record,
    virtual_server_record,
)
from analyzer.judge.rule_records import profile_record, rule_record
from analyzer.judge.server_records import server_records
from analyzer.judge.subject import Failure, Owner, Subject, make_subject
from analyzer.judge.surroundings import survey
from analyzer.results.records import (
    SCHEMA_VERSION,
    CheckRecord,
    EvaluationRecord,
    ProfileRecord,
    Results,
    RunRecord,
    ToolRecord,
    WaiverRecord,
)
from analyzer.waivers.waiving import apply_waivers

# Python 3.11 takes ten times as long for a member of an enumeration as for a name.
_FAILED, _PASSED = Outcome.FAILED, Outcome.PASSED
_ELSEWHERE = "reported elsewhere"
_what_is_counted = attrgetter("rule", "state", "reason", "reported_under")
_NO_OBJECT = "the dump holds no object of this kind"


def run_audit(
    inventory: Inventory,
    *,
    inputs: Sequence[Input],
    unreadable: Sequence[Unreadable],
    catalogue: Catalogue,
    small_business_server: bool = False,
    gateway: str = "",
    frameworks: Sequence[str] = (),
    waivers: Sequence[WaiverRecord] = (),
    as_of: str = "",
    arguments: Sequence[str] = (),
    started: datetime,
    version: str,
) -> Results:
    """Judge every object by every rule of its kind.

    `frameworks` are the hardening frameworks whose failed controls count as findings, some of
    `catalogue.frameworks`. `waivers` accept findings, those that have not expired on the day
    `as_of` (ISO 8601; empty: that of `started`). `started` is a time with zone, `version` that of
    the program. The same inputs, rules and waivers give the same results, but for the time.
    """
    around = survey(inventory, gateway=gateway)
    subjects = [
        make_subject(judged, around, small_business_server=small_business_server)
        for judged in inventory.objects
    ]
    controls = tuple(apply_controls(catalogue.rules, subjects))
    rules = tuple(
        rule
        for rule in catalogue.rules
        if rule.control is None or rule.control.framework in frameworks
    )
    evaluations, failures = _judge(subjects, judged_rules(rules))
    for rule, subject, verdict in controls:
        if rule.control and rule.control.framework in frameworks:
            _note(subject, [(rule, verdict)], evaluations, failures)
    looked_at = _objects_looked_at(evaluations, subjects, rules_on_organizations(failures))
    numbers = {key: len(objects) for key, objects in looked_at.items()}
    weighed = sort_causes(find_causes(failures, numbers))
    causes = [each.cause for each in weighed]
    _tell_where_reported(evaluations, causes)
    evidence = number_evidence(causes, subjects)
    moment = started.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    results = Results(
        schema_version=SCHEMA_VERSION,
        tool=ToolRecord("exchange-analyzer", version, catalogue.version, catalogue.sha256),
        run=RunRecord(
            report_id=make_report_id(
                inputs,
                catalogue,
                small_business_server,
                gateway=gateway,
                frameworks=frameworks,
                waivers=waivers,
                as_of=as_of,
            ),
            started=moment,
            arguments=tuple(arguments),
            small_business_server=small_business_server,
            gateway=gateway,
            as_of=as_of,
        ),
        inputs=tuple(map(input_record, inputs)),
        virtual_servers=tuple(
            virtual_server_record(subject)
            for subject in subjects
            if subject.object.kind is kinds.VIRTUAL_SERVER
        ),
        findings=tuple(
            make_finding(
                each,
                evidence[id(each.cause.lead.subject.object), each.cause.lead.attribute],
                _servers_of(looked_at[rule_in_organization(each.cause.lead)])
                if each.cause.on_organization
                else (),
            )
            for each in weighed
        ),
        evaluations=tuple(evaluations),
        checks=_count_checks(evaluations, rules, _failed_originally(subjects, rules)),
        unreadable=tuple(map(unreadable_record, unreadable)),
        servers=server_records(subjects, around),
        connectors=tuple(
            connector_record(subject) for subject in subjects if subject.object.kind.is_connector
        ),
        evidence=tuple(evidence.values()),
        rules=tuple(map(rule_record, rules)),
        receive_connectors=tuple(
            receive_connector_record(subject)
            for subject in subjects
            if subject.object.kind is kinds.RECEIVE_CONNECTOR
        ),
        send_connectors=tuple(
            send_connector_record(subject)
            for subject in subjects
            if subject.object.kind is kinds.SEND_CONNECTOR
        ),
        accepted_domains=tuple(
            accepted_domain_record(subject)
            for subject in subjects
            if subject.object.kind is kinds.ACCEPTED_DOMAIN
        ),
        objects=tuple(
            object_record(subject) for subject in subjects if subject.object.kind.in_results
        ),
        extended_rights=tuple(extended_right_records(inventory)),
        hardening=tuple(hardening_records(catalogue.rules, controls, inventory.objects)),
        profile=_profile_records(catalogue),
    )
    return apply_waivers(results, waivers, day=as_of or moment[:10])


def make_report_id(
    inputs: Iterable[Input],
    catalogue: Catalogue,
    small_business_server: bool,
    *,
    gateway: str = "",
    frameworks: Sequence[str] = (),
    waivers: Iterable[WaiverRecord] = (),
    as_of: str = "",
) -> str:
    """Return three groups of four digits that stand for what was judged by which rules."""
    parts = [*sorted(source.sha256 for source in inputs), catalogue.sha256]
    parts.append(f"small_business_server={small_business_server}")
    if gateway:
        parts.append(f"gateway={gateway}")
    parts += [f"framework={framework}" for framework in sorted(frameworks)]
    parts += [f"profile={replace(change, file='', line=None)}" for change in catalogue.changes]
    parts += [f"waiver={replace(waiver, file='', line=None)}" for waiver in waivers]
    if as_of:
        parts.append(f"as_of={as_of}")
    identity = "\n".join(parts).encode("utf-8", "backslashreplace")
    digits = hashlib.sha256(identity).hexdigest().upper()
    return "-".join((digits[:4], digits[4:8], digits[8:12]))


def _judge(
    subjects: Iterable[Subject], rules: Iterable[Rule]
) -> tuple[list[EvaluationRecord], list[Failure]]:
    rules_of = _rules_by_kind(rules)
    # Thousands of connectors share their version and are all made by hand.
    kept: dict[tuple[KindOfObject, Owner], KeptVerdicts] = {}
    evaluations: list[EvaluationRecord] = []
    failures: list[Failure] = []
    for subject in subjects:
        key = kind, owner = subject.object.kind, replace(subject.owner, number=None)
        verdicts = kept.get(key)
        if verdicts is None:
            verdicts = kept[key] = KeptVerdicts(rules_of.get(kind, ()), owner)
        _note(subject, verdicts.judge(subject), evaluations, failures)
    return evaluations, failures


def _note(
    subject: Subject,
    judged: Sequence[tuple[Rule, CheckVerdict]],
    evaluations: list[EvaluationRecord],
    failures: list[Failure],
) -> None:
    """Add verdicts on an object to what was evaluated, and to what failed those that did."""
    dn = subject.object.dn
    failures += [
        make_failure(rule, subject, verdict, at)
        for at, (rule, verdict) in enumerate(judged, len(evaluations))
        if verdict.outcome is _FAILED
    ]
    evaluations += [
        EvaluationRecord(rule.id, dn, verdict.outcome, verdict.reason) for rule, verdict in judged
    ]


def _tell_where_reported(evaluations: list[EvaluationRecord], causes: Iterable[Cause]) -> None:
    """Say of each failure without a finding of its own under which one it is told."""
    for cause in causes:
        for failure in cause.failures[1:]:
            told = evaluations[failure.evaluation]
            evaluations[failure.evaluation] = replace(told, reported_under=cause.finding_id)


def _failed_originally(subjects: Iterable[Subject], rules: Iterable[Rule]) -> Mapping[str, int]:
    """Count the objects that fail the tests which a profile changes or switches off, as shipped."""
    shipped = [
        rule.original or rule
        for rule in rules
        if rule.switched_off or (rule.original and rule.original.clauses != rule.clauses)
    ]
    rules_of = _rules_by_kind(shipped)
    failed = Counter({rule.id: 0 for rule in shipped if rule.control is None})
    for subject in subjects:
        for rule in rules_of.get(subject.object.kind, ()):
            failed[rule.id] += evaluate(rule, subject).outcome is Outcome.FAILED
    return failed


def _profile_records(catalogue: Catalogue) -> tuple[ProfileRecord, ...]:
    rules = {rule.id: rule for rule in catalogue.rules}
    return tuple(profile_record(change, rules[change.rule]) for change in catalogue.changes)


def _objects_looked_at(
    evaluations: Iterable[EvaluationRecord], subjects: Iterable[Subject], rules: Set[str]
) -> Mapping[RuleInOrganization, Sequence[DirectoryObject]]:
    """Return the objects that each of some rules could judge, by rule and organisation."""
    # Organisation and server, which is what is asked of them, are the same for all of one DN.
    objects = {subject.object.dn: subject.object for subject in subjects}
    looked_at: dict[RuleInOrganization, list[DirectoryObject]] = defaultdict(list)
    for evaluation in evaluations:
        if evaluation.rule in rules and evaluation.state in (_FAILED, _PASSED):
            judged = objects[evaluation.dn]
            looked_at[evaluation.rule, judged.organization].append(judged)
    return looked_at


def _servers_of(objects: Iterable[DirectoryObject]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.server for each in objects if each.server is not None))


def _rules_by_kind(rules: Iterable[Rule]) -> Mapping[KindOfObject, Sequence[Rule]]:
    """Sort out the rules that a dump can decide, which are all that is counted.

    Controls are judged apart, being for the objects of their product alone.
    """
    by_kind: dict[KindOfObject, list[Rule]] = defaultdict(list)
    for rule in rules:
        if rule.offline is not Offline.NO and rule.control is None:
            for kind in rule.kinds:
                by_kind[kind].append(rule)
    return by_kind


def _count_checks(
    evaluations: Iterable[EvaluationRecord],
    rules: Iterable[Rule],
    originally: Mapping[str, int],
) -> tuple[CheckRecord, ...]:
    counts: Counter[tuple[str, str]] = Counter()
    # Dictionaries as ordered sets: reasons stand in the order in which they were found.
    reasons: dict[str, dict[str, None]] = defaultdict(dict)
    same = Counter(map(_what_is_counted, evaluations))
    for (rule_id, state, reason, elsewhere), count in same.items():
        counts[rule_id, state] += count
        if elsewhere:
            counts[rule_id, _ELSEWHERE] += count
        if reason:
            reasons[rule_id][reason] = None
    return tuple(_check(rule, counts, reasons[rule.id], originally.get(rule.id)) for rule in rules)


def _check(
    rule: Rule,
    counts: Mapping[tuple[str, str], int],
    reasons: Iterable[str],
    originally: int | None,
) -> CheckRecord:
    failed, passed, not_evaluable, not_applicable = (
        counts.get((rule.id, outcome), 0) for outcome in Outcome
    )
    tested = failed + passed + not_evaluable + not_applicable
    why_none = why_not_judged(rule) or _NO_OBJECT
    return CheckRecord(
        rule=rule.id,
        title=rule.title,
        tested=tested,
        failed=failed,
        passed=passed,
        not_evaluable=not_evaluable,
        not_applicable=not_applicable,
        reasons=tuple(reasons) if tested else (why_none,),
        reported_elsewhere=counts.get((rule.id, _ELSEWHERE), 0),
        originally_failed=originally,
    )
