"""Results in, the findings by rule out: each rule once, with every object that it concerns."""

from collections.abc import Iterator, Sequence

from analyzer.report.counts import open_findings
from analyzer.report.phrases import count, name_of, sentence
from analyzer.report.section import Column, ColumnKind, Link, Row, Section
from analyzer.report.sections import finding_list
from analyzer.report.tones import TONES
from analyzer.report.wording import FINDING_KIND, SEVERITY
from analyzer.results.records import CheckRecord, FindingRecord, Results, RuleRecord
from analyzer.visible_text import one_line

COLUMNS = (
    Column("Rule", 8),
    Column("Severity", 9, ColumnKind.WORD, tones=TONES),
    Column("What was found", 42),
    Column("On", 9),
    Column("Objects", 60),
    Column("Why it matters", 56),
    Column("Kind", 12, screen_only=True),
)


def section(results: Results) -> Section:
    """Return the rules with open findings, the most severe first."""
    groups = by_rule(results)
    return Section(
        key="findings-by-rule",
        title="Findings by rule",
        intro=(
            f"{count(len(open_findings(results)), 'open finding')} under"
            f" {count(len(groups), 'rule')}, the most severe first, each with its objects."
        ),
        columns=COLUMNS,
        rows=lambda: _rows(results, groups),
        count=len(groups),
        table="tblByRule",
        empty="No findings",
        anchors=tuple(group[0].rule for group in groups),
        in_print_set=True,
    )


def by_rule(results: Results) -> list[Sequence[FindingRecord]]:
    """Return the open findings of each rule, the most severe rules first."""
    groups: dict[str, list[FindingRecord]] = {}
    for finding in open_findings(results):
        groups.setdefault(finding.rule, []).append(finding)
    order = list(SEVERITY)
    return sorted(
        groups.values(),
        key=lambda group: (min(order.index(finding.severity) for finding in group), -len(group)),
    )


def objects_in_words(findings: Sequence[FindingRecord]) -> str:
    """Return every object that some findings concern, those of a server together."""
    servers: dict[str, list[str]] = {}
    for finding in findings:
        names = servers.setdefault(name_of(finding.server), [])
        if finding.virtual_server:
            names.append(one_line(finding.virtual_server))
    return "; ".join(
        f"{server} / {', '.join(dict.fromkeys(names))}" if names else server
        for server, names in servers.items()
    )


def _rows(results: Results, groups: Sequence[Sequence[FindingRecord]]) -> Iterator[Row]:
    rules = {rule.id: rule for rule in results.rules}
    checks = {check.rule: check for check in results.checks}
    for group in groups:
        first = group[0]
        rule = rules.get(first.rule)
        severity = min((finding.severity for finding in group), key=list(SEVERITY).index)
        yield (
            Link(first.rule, "rules", first.rule),
            SEVERITY[severity],
            _title(group, rule),
            Link(_share(group, checks.get(first.rule)), finding_list.KEY, first.id),
            objects_in_words(group),
            sentence(rule.why if rule is not None else first.consequence or ""),
            FINDING_KIND[first.kind],
        )


def _title(group: Sequence[FindingRecord], rule: RuleRecord | None) -> str:
    """Return the title that all findings share, or else that of the rule."""
    titles = {finding.title for finding in group}
    if len(titles) == 1 or rule is None:
        return group[0].title
    return f"{rule.label}: {sentence(rule.title)}" if rule.label else sentence(rule.title)


def _share(group: Sequence[FindingRecord], check: CheckRecord | None) -> str:
    tested = check.tested if check is not None else 0
    return f"{len(group):,} of {tested:,}" if tested else f"{len(group):,}"
