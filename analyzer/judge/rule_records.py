"""A rule of the catalogue in, its record for readers out."""

from analyzer.catalogue.condition_table import in_words
from analyzer.catalogue.rule import Rule
from analyzer.judge.documented_defaults import describe_default
from analyzer.results.records import RuleRecord


def rule_record(rule: Rule) -> RuleRecord:
    """Describe a rule for readers."""
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
        sources=rule.sources,
        confidence=rule.confidence,
        disagreements=rule.disagreements,
        offline=rule.offline,
        offline_note=rule.offline_note,
        origin=rule.origin,
        not_set=rule.clauses[0].not_set,
        references=rule.references,
    )
