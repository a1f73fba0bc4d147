"""A rule of the catalogue in, its record for readers out."""

from functools import lru_cache

from analyzer.catalogue.condition_table import RELAY_CONDITIONS, in_words
from analyzer.catalogue.profile import original_argument
from analyzer.catalogue.rule import FindingKind, Remedy, Rule, RuleChange
from analyzer.catalogue.sources import most_authoritative_first
from analyzer.judge.documented_defaults import describe_default
from analyzer.results.records import ProfileRecord, RuleRecord


# Rules do not change once they are made, and a fleet or a library judges many dumps by them.
@lru_cache(maxsize=1024)
def rule_record(rule: Rule) -> RuleRecord:
    """Describe a rule for readers."""
    remedy = rule.remedy or _back_to_default(rule)
    original = rule.original or rule
    return RuleRecord(
        id=rule.id,
        title=rule.title,
        kind=rule.kind,
        severity=rule.severity,
        object_class=", ".join(dict.fromkeys(kind.object_class for kind in rule.kinds)),
        attribute=", ".join(clause.attribute for clause in rule.clauses),
        label=rule.label,
        default_text=describe_default(rule),
        condition=in_words(rule),
        why=rule.why,
        recommendation=rule.check,
        where_to_set=rule.where_to_set,
        sources=most_authoritative_first(rule.sources),
        confidence=rule.confidence,
        disagreements=rule.disagreements,
        offline=rule.offline,
        offline_note=rule.offline_note,
        origin=rule.origin,
        not_set=rule.clauses[0].not_set,
        references=_references(rule),
        finding=rule.finding,
        where_confirmed=rule.where_confirmed,
        remedy_attribute=remedy.attribute_type.name if remedy else "",
        remedy_value=_plain(remedy) if remedy else None,
        remedy_bits=remedy.bits if remedy else 0,
        command=rule.command,
        verify=rule.verify,
        severity_reason=_severity_reason(rule),
        applies_to=", ".join(kind.heading for kind in rule.kinds),
        on_relay=not RELAY_CONDITIONS.isdisjoint(clause.condition for clause in rule.clauses),
        original_severity=original.severity if original.severity != rule.severity else None,
        original_condition=in_words(original) if original.clauses != rule.clauses else "",
        switched_off=rule.switched_off,
    )


def profile_record(change: RuleChange, rule: Rule) -> ProfileRecord:
    """Describe what a profile changes about a rule."""
    return ProfileRecord(
        rule=change.rule,
        severity=change.severity,
        original_severity=(rule.original or rule).severity,
        argument=change.argument,
        original_argument=original_argument(rule),
        off=change.off,
        reason=change.reason,
        file=change.file,
        line=change.line,
    )


def _references(rule: Rule) -> tuple[str, ...]:
    """Return the controls that a rule supports; one that holds a control names that first."""
    return (rule.id, *rule.references) if rule.control else rule.references


def _severity_reason(rule: Rule) -> str:
    """Return why a rule has its severity, and why less where an object is graded."""
    return " ".join(
        filter(None, (rule.severity_reason, *(grade.severity_reason for grade in rule.grades)))
    )


def _back_to_default(rule: Rule) -> Remedy | None:
    """Return the remedy of a rule whose default is no value; others depend on the version."""
    clause = rule.clauses[0]
    if rule.kind is FindingKind.NON_DEFAULT and clause.condition == "is_absent":
        return Remedy(clause.attribute_type, clear=True)
    return None


def _plain(remedy: Remedy) -> bool | int | str | tuple[str, ...] | None:
    value = remedy.value
    return tuple(map(str, value)) if isinstance(value, tuple) else value
