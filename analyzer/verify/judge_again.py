"""Results and rules in, out whether the verdicts follow from the settings that are recorded.

The settings themselves are compared with the evidence, and that with the dump: so whoever changes a
verdict has to change the dump as well.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from analyzer.catalogue.profile import apply_changes, judged_rules
from analyzer.catalogue.rule import Catalogue, Rule, RuleChange
from analyzer.directory.values import State
from analyzer.errors import CatalogueError
from analyzer.inventory import Inventory
from analyzer.judge.evaluate import evaluate, rests_on_its_object
from analyzer.judge.findings import weigh
from analyzer.judge.object_records import relay_record
from analyzer.judge.rule_records import profile_record, rule_record
from analyzer.judge.subject import Subject, make_subject
from analyzer.judge.surroundings import survey
from analyzer.report.counts import day_of
from analyzer.report.phrases import count
from analyzer.results.object_keys import ObjectKey, ObjectKeys
from analyzer.results.records import (
    EvidenceRecord,
    FindingRecord,
    ProfileRecord,
    RelayRecord,
    Results,
    SettingRecord,
)
from analyzer.verify.recorded_objects import recorded_inventory
from analyzer.verify.verification import Point, listed, quote, unchecked
from analyzer.waivers.waiving import apply_waivers, without_waivers

_NOT_COMPARED = frozenset({"reasons", "names"})
"""Words for readers, and what no verdict rests on."""

_COMPARED = ("condition", "on_relay", "original_severity", "original_condition", "switched_off")

_Evaluated = tuple[str, str, str]
"""Of an evaluation: rule, DN, outcome."""


def judge_again(results: Results, catalogue: Catalogue) -> Iterator[Point]:
    """Check severities, settings, relay verdicts and the states of rules."""
    if results.tool.catalogue_sha256 != catalogue.sha256:
        yield unchecked("verdicts", "the rules are not those of the report")
        return
    try:
        catalogue = apply_changes(catalogue, tuple(map(_change, results.profile)))
    except CatalogueError as error:
        yield Point("profile", False, f"cannot be that of a client: {quote(str(error))}")
        return
    rules = {rule.id: rule for rule in catalogue.rules}
    yield _severities(results, rules)
    yield _rules(results, rules)
    yield _settings(results)
    try:
        inventory = recorded_inventory(results)
    except (ValueError, LookupError) as error:
        why = f"what is recorded was never read from a dump: {error}"
        yield Point("verdicts", False, f"do not agree: {' '.join(why.split())}")
        return
    yield from _verdicts(results, inventory, judged_rules(rules.values()))


def check_waivers(results: Results) -> Iterator[Point]:
    """Check that what is waived is what the recorded waivers fit, if anything is."""
    if not results.waivers and not any(_is_waived(finding) for finding in results.findings):
        return
    waivers = [replace(waiver, state="unused", findings=()) for waiver in results.waivers]
    again = apply_waivers(without_waivers(results), waivers, day=day_of(results))
    wrong = [
        finding.id
        for finding, same_again in zip(results.findings, again.findings, strict=True)
        if (finding.status, finding.waiver) != (same_again.status, same_again.waiver)
    ]
    wrong += [
        waiver.id
        for waiver, same_again in zip(results.waivers, again.waivers, strict=True)
        if (waiver.state, waiver.findings) != (same_again.state, same_again.findings)
    ]
    yield listed("waivers", wrong, f"{count(len(results.waivers), 'waiver')} accept what is waived")


def _is_waived(finding: FindingRecord) -> bool:
    return finding.status == "waived" or bool(finding.waiver)


def _change(recorded: ProfileRecord) -> RuleChange:
    return RuleChange(
        rule=recorded.rule,
        severity=recorded.severity,
        argument=recorded.argument,
        off=recorded.off,
        reason=recorded.reason,
        file=recorded.file,
        line=recorded.line,
    )


def _rules(results: Results, rules: Mapping[str, Rule]) -> Point:
    """Check that tests are those of the rules, and what the profile changes is beside the shipped.

    The changes themselves are the client's: nothing but the profile proves them.
    """
    wrong = [
        recorded.rule
        for recorded in results.profile
        if profile_record(_change(recorded), rules[recorded.rule]) != recorded
    ]
    for record in results.rules:
        again = rule_record(rules[record.id]) if record.id in rules else record
        if any(getattr(again, name) != getattr(record, name) for name in _COMPARED):
            wrong.append(record.id)
    changed = len(results.profile)
    return listed("rules", wrong, f"as shipped, but for {changed:,}" if changed else "as shipped")


def _severities(results: Results, rules: Mapping[str, Rule]) -> Point:
    states = {row.id: row.state for row in results.evidence}
    keys = ObjectKeys(results)
    private = {
        keys.of_record(listener)
        for listener in results.listeners
        if listener.relay is not None and listener.relay.private_listener
    }
    wrong = [
        f"{finding.id} ({finding.rule})"
        for finding in results.findings
        if finding.rule not in rules
        or not _has_severity(
            finding,
            rules[finding.rule],
            states.get(finding.evidence_id),
            private_listener=keys.of_finding(finding) in private,
        )
    ]
    wrong += [
        record.id
        for record in results.rules
        if record.id not in rules or record.severity is not rules[record.id].severity
    ]
    return listed("severities", wrong, "those of the rules")


def _has_severity(
    finding: FindingRecord, rule: Rule, state: State | None, *, private_listener: bool
) -> bool:
    """Tell whether the severity of a finding is the rule's, and the shipped one beside it, too."""
    severity, shipped = (
        weigh(each, state, finding.found, finding.default, private_listener).severity
        for each in (rule, rule.original or rule)
    )
    original = None if shipped is severity else shipped
    return (finding.severity, finding.original_severity) == (severity, original)


def _settings(results: Results) -> Point:
    """Check that the settings of the objects are those of the evidence, which the dump proves."""
    keys = ObjectKeys(results)
    recorded: dict[ObjectKey, Mapping[str, SettingRecord]] = {
        keys.of_record(record): record.settings for record in results.described
    }
    wrong = [
        row.id for row in results.evidence if not _is_recorded(row, keys.of_evidence(row), recorded)
    ]
    return listed("settings", wrong, "those of the evidence")


def _is_recorded(
    row: EvidenceRecord,
    key: ObjectKey,
    recorded: Mapping[ObjectKey, Mapping[str, SettingRecord]],
) -> bool:
    """Tell whether an object holds what its row of evidence says, if any object is recorded."""
    settings = recorded.get(key)
    if settings is None:
        # Of a DN that several objects have, evidence is of one of these.
        return isinstance(key, str)
    setting = settings.get(row.attribute)
    return setting is None or _is_same(setting, row)


def _is_same(setting: SettingRecord, row: EvidenceRecord) -> bool:
    return (setting.state, setting.raw) == (row.state, row.raw)


def _verdicts(results: Results, inventory: Inventory, rules: Iterable[Rule]) -> Iterator[Point]:
    around = survey(inventory, gateway=results.run.gateway)
    small = results.run.small_business_server
    subjects = [
        make_subject(judged, around, small_business_server=small) for judged in inventory.objects
    ]
    # The recorded objects stand in the order of the records, listeners first.
    wrong = [
        f"{record.dn} ({', '.join(differences)})"
        for record, subject in zip(results.listeners, subjects, strict=False)
        if (differences := _differences(record.relay, subject))
    ]
    yield listed("relay verdicts", wrong, f"{count(len(results.listeners), 'verdict')} follow")
    yield _states(results, subjects, [rule for rule in rules if rests_on_its_object(rule)])


def _differences(recorded: RelayRecord | None, subject: Subject) -> list[str]:
    """Return the parts of a verdict that do not follow from the settings."""
    if recorded is None or subject.relay is None:
        return ["verdict"]
    again = relay_record(subject.relay)
    return [
        name
        for name in RelayRecord.__struct_fields__
        if name not in _NOT_COMPARED and getattr(recorded, name) != getattr(again, name)
    ]


def _states(results: Results, subjects: Iterable[Subject], rules: Iterable[Rule]) -> Point:
    again: Counter[_Evaluated] = Counter()
    for subject in subjects:
        for rule in rules:
            if subject.object.kind in rule.kinds:
                outcome = evaluate(rule, subject).outcome
                again[rule.id, subject.object.dn, outcome] += 1
    judged = {(rule, dn) for rule, dn, _ in again}
    recorded = Counter(
        (each.rule, each.dn, str(each.state))
        for each in results.evaluations
        if (each.rule, each.dn) in judged
    )
    wrong = dict.fromkeys(
        f"{rule} on {dn}" for rule, dn, _ in (recorded - again) + (again - recorded)
    )
    return listed("tests", list(wrong), f"{again.total():,} follow from the settings")
