"""Results in, every check with its counts out: what was looked at and found in order, too."""

from collections import Counter
from collections.abc import Iterator

from analyzer.report.phrases import count, sentence
from analyzer.report.section import Column, ColumnKind, Link, Row, Section, leave_out
from analyzer.report.wording import OFFLINE
from analyzer.results.records import Results

_SHIPPED = "Failed by the rule as shipped"

COLUMNS = (
    Column("Rule", 12),
    Column("Title", 44),
    Column("Applies to", 24),
    Column("From a dump", 10),
    Column("Objects tested", 9, ColumnKind.NUMBER),
    Column("Failed", 9, ColumnKind.NUMBER),
    Column("of these reported under another rule", 13, ColumnKind.NUMBER),
    Column(_SHIPPED, 12, ColumnKind.NUMBER),
    Column("Passed", 9, ColumnKind.NUMBER),
    Column("Not evaluable", 11, ColumnKind.NUMBER),
    Column("Not applicable", 11, ColumnKind.NUMBER),
    Column("Reason when not evaluated, or where reported", 56),
    Column("Rule page", 12),
)


def section(results: Results) -> Section:
    """Return every check with its counts, those included that no dump can decide."""
    rows = (*_made(results), *_not_made(results))
    live = len(rows) - len(results.checks)
    unchanged = all(check.originally_failed is None for check in results.checks)
    columns, shown = leave_out(COLUMNS, lambda: iter(rows), (_SHIPPED,) if unchanged else ())
    more = (
        f" {count(live, 'check')} that only a running server can decide were not made."
        if live
        else ""
    )
    return Section(
        key="checks",
        title="Checks run",
        intro=(
            f"{count(len(results.checks), 'check')} made, those without a finding included.{more}"
        ),
        columns=columns,
        rows=shown,
        count=len(rows),
        table="tblChecks",
    )


def _made(results: Results) -> Iterator[Row]:
    rules = {rule.id: rule for rule in results.rules}
    leaders = _leaders(results)
    for check in results.checks:
        rule = rules.get(check.rule)
        yield (
            check.rule,
            check.title,
            rule.applies_to if rule else "",
            OFFLINE.get(rule.offline, rule.offline) if rule else "",
            check.tested,
            check.failed,
            check.reported_elsewhere,
            check.originally_failed,
            check.passed,
            check.not_evaluable,
            check.not_applicable,
            "\n".join((*check.reasons, *leaders.get(check.rule, ()))),
            Link(check.rule, "rules", check.rule),
        )


def _leaders(results: Results) -> dict[str, list[str]]:
    """Say of each rule under which others its failures are reported, and how often."""
    numbers = Counter(
        (rule, finding.rule) for finding in results.findings for rule in finding.covers
    )
    leaders: dict[str, list[str]] = {}
    for (rule, leader), number in numbers.items():
        leaders.setdefault(rule, []).append(f"Reported under {leader} on {number:,}.")
    return leaders


def _not_made(results: Results) -> Iterator[Row]:
    """Yield the rules that only a live system can decide."""
    made = {check.rule for check in results.checks}
    for rule in results.rules:
        if rule.offline == "no" and rule.id not in made:
            reason = f"Not checkable from a dump. {sentence(rule.offline_note)}".strip()
            link = Link(rule.id, "rules", rule.id)
            yield rule.id, rule.title, rule.applies_to, "No", 0, 0, 0, None, 0, 0, 0, reason, link
