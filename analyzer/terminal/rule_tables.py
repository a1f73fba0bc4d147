"""The catalogue of rules for the screen: a list, and one rule in full."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from analyzer.catalogue.controls import name_of_control
from analyzer.catalogue.near_names import near_rule
from analyzer.errors import CatalogueError
from analyzer.report.phrases import sentence
from analyzer.results.records import RuleRecord
from analyzer.terminal.text_table import TextTable, make_table
from analyzer.visible_text import one_line

_WIDTH = 79


def rules_table(rules: Iterable[RuleRecord]) -> TextTable:
    """Return one row per rule."""
    return make_table(
        ("Id", "Severity", "Kind", "Dump decides", "Title"),
        [(rule.id, rule.severity, rule.kind, rule.offline, rule.title) for rule in rules],
    )


def describe_rule(rule: RuleRecord) -> Iterator[str]:
    """Yield one rule in full, as lines."""
    yield f"{one_line(rule.id)}  {one_line(rule.title)}"
    fields = (
        ("Severity", f"{rule.severity}, {rule.kind}"),
        ("Because", rule.severity_reason),
        ("As shipped", f"severity {rule.original_severity}" if rule.original_severity else ""),
        ("Switched off", rule.switched_off),
        ("Attribute", f"{rule.attribute} of {rule.object_class}"),
        ("Label", rule.label),
        ("Default", rule.default_text),
        ("Test", sentence(rule.condition)),
        ("As shipped", sentence(rule.original_condition)),
        ("Not set", f"counts as {rule.not_set.replace('_', ' ')}" if rule.not_set else ""),
        ("From a dump", ": ".join(filter(None, (rule.offline, rule.offline_note)))),
        ("Why", rule.why),
        ("What to do", rule.recommendation),
        ("Where it is set", rule.where_to_set),
        ("Confidence", rule.confidence),
        ("Not confirmed", "" if rule.where_confirmed else "the place where it is set"),
        *(("Control", name_of_control(each)) for each in rule.references),
        *(("Disagreement", text) for text in rule.disagreements),
        *(("Source", text) for text in rule.sources),
        ("From", rule.origin),
    )
    for label, text in fields:
        if text:
            yield from _field(label, one_line(text))


def rule_named(wanted: str, rules: Sequence[RuleRecord]) -> RuleRecord:
    """Return the rule with an id, in any letter case.

    Raises:
        CatalogueError: there is none; the text names the nearest.
    """
    for rule in rules:
        if rule.id.upper() == wanted.upper():
            return rule
    near = near_rule(wanted, [rule.id for rule in rules])
    hint = f"did you mean {near}?" if near else "see: exchange-analyzer rules list"
    raise CatalogueError(f"unknown rule {wanted!r:.60}", hint)


def _field(label: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=f"  {label:<16}",
        subsequent_indent=" " * 18,
        break_long_words=False,
        break_on_hyphens=False,
    )
