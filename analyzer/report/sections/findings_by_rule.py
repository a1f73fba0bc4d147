"""Results in, the findings by rule out: each rule once, with every object that it concerns."""

from collections.abc import Iterator, Sequence

from analyzer.report.counts import open_findings
from analyzer.report.phrases import count, first_sentence
from analyzer.report.rule_groups import RuleGroup, group_by_rule, objects_in_words, why_of
from analyzer.report.section import Column, ColumnKind, Link, Row, Section, leave_out
from analyzer.report.sections import finding_list
from analyzer.report.tones import TONES
from analyzer.report.wording import FINDING_KIND, SEVERITY
from analyzer.results.records import Results

KEY = "findings-by-rule"
COLUMNS = (
    Column("Rule", 8),
    Column("Severity", 9, ColumnKind.WORD, tones=TONES),
    Column("What was found", 50),
    Column("On", 9),
    Column("Objects", 54),
    Column("Why it matters", 56),
    Column("Kind", 12, screen_only=True),
    Column("Original severity", 9, ColumnKind.WORD, tones=TONES, screen_only=True),
)


def section(results: Results) -> Section:
    """Return the rules with open findings, the most severe first."""
    groups = group_by_rule(results)
    unchanged = not any(finding.original_severity for finding in open_findings(results))
    columns, rows = leave_out(
        COLUMNS, lambda: _rows(groups), ("Original severity",) if unchanged else ()
    )
    return Section(
        key=KEY,
        title="Findings by rule",
        intro=(
            f"{count(len(open_findings(results)), 'open finding')} under"
            f" {count(len({group.first.rule for group in groups}), 'rule')}, the most severe first,"
            " each with its objects."
        ),
        columns=columns,
        rows=rows,
        count=len(groups),
        table="tblByRule",
        empty="No findings",
        anchors=tuple(group.key for group in groups),
        in_print_set=True,
    )


def _rows(groups: Sequence[RuleGroup]) -> Iterator[Row]:
    for group in groups:
        first = group.first
        yield (
            Link(first.rule, "rules", first.rule),
            SEVERITY[group.severity],
            group.title,
            Link(group.share, finding_list.KEY, first.id),
            objects_in_words(group.findings),
            first_sentence(why_of(group)),
            FINDING_KIND[first.kind],
            group.original_severity and SEVERITY[group.original_severity],
        )
