"""A rule of the catalogue in, its record for readers out."""

from analyzer.catalogue.condition_table import in_words
from analyzer.catalogue.rule import FindingKind, Remedy, Rule
from analyzer.catalogue.sources import most_authoritative_first
from analyzer.judge.documented_defaults import describe_default
from analyzer.results.records import RuleRecord


def rule_record(rule: Rule) -> RuleRecord:
    """Describe a rule for readers."""
    remedy = rule.remedy or _back_to_default(rule)
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
