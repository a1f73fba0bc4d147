"""Results in, the table of findings out."""

from collections.abc import Iterator

from analyzer.report.section import Cell, Column, Group, Kind, Link, Row, Section
from analyzer.report.wording import (
    KIND,
    METHOD,
    NO_SERVER,
    SEVERITY,
    STATUS,
    attributes_of,
    count,
    criterion,
    place,
    recommendation,
    rules_by_attribute,
    sentence,
    setting_label,
)
from analyzer.results.records import FindingRecord, Results, RuleRecord

COLUMNS = (
    Column("Finding ID", 12),
    Column("Severity", 10, Kind.WORD),
    Column("Kind", 13),
    Column("Finding", 36),
    Column("Server", 12),
    Column("Virtual server / connector", 19),
    Column("Setting", 20),
    Column("Criterion", 24),
    Column("Default", 17),
    Column("Found", 19),
    Column("Why it matters", 36),
    Column("Recommendation", 38),
    Column("Status", 9, Kind.WORD),
    Column("Evidence", 10),
    Column("Rule", 12),
    Column("Tick mark", 9, group=Group.REVIEWER, choices="TickMarks"),
    Column("Reviewer decision", 18, group=Group.REVIEWER, choices="Decisions"),
    Column("Reviewer comment", 40, group=Group.REVIEWER),
    Column("Reviewer", 12, group=Group.REVIEWER),
    Column("Reviewed on", 12, group=Group.REVIEWER, date=True),
    Column("Attribute", 30, group=Group.DETAIL),
    Column("Raw value", 34, group=Group.DETAIL),
    Column("Default basis", 26, group=Group.DETAIL),
    Column("Method", 11, group=Group.DETAIL),
    Column("Source", 30, group=Group.DETAIL),
    Column("Organisation", 20, group=Group.DETAIL),
    Column("Administrative group", 24, group=Group.DETAIL),
    Column("Object DN", 50, group=Group.DETAIL),
    Column("Entry SHA-256", 34, group=Group.DETAIL),
    Column("Fingerprint", 34, group=Group.DETAIL),
)


def section(results: Results) -> Section:
    """Return the findings in the order of the results, with blank columns for a reviewer."""
    total = len(results.findings)
    return Section(
        key="findings",
        title="Findings",
        intro=(
            f"{count(total, 'finding')}, most severe first: what was measured against, what was"
            " found, why it matters and what to do. Violet columns are for the reviewer."
        ),
        columns=COLUMNS,
        rows=lambda: _rows(results),
        count=total,
        table="tblFindings",
        empty="No findings",
        anchors=tuple(item.id for item in results.findings),
    )


def _rows(results: Results) -> Iterator[Row]:
    rules = {rule.id: rule for rule in results.rules}
    labels = rules_by_attribute(results)
    for item in results.findings:
        yield _row(item, rules.get(item.rule), labels)


def _row(item: FindingRecord, rule: RuleRecord | None, labels: dict[str, RuleRecord]) -> Row:
    own = rule is not None and rule.label and item.attribute in attributes_of(rule)
    label = rule.label if own and rule else setting_label(labels, item.attribute)
    proof = item.evidence
    source = place(proof.file, proof.line, proof.last_line, proof.offset)
    evidence: Cell = Link(item.evidence_id, "evidence", item.evidence_id)
    return (
        item.id,
        SEVERITY[item.severity],
        KIND[item.kind],
        item.title,
        item.server or NO_SERVER,
        item.virtual_server,
        label,
        criterion(item, rule),
        item.default_text,
        item.found_text,
        item.consequence or sentence(rule.why if rule is not None else ""),
        recommendation(item, rule),
        STATUS.get(item.status, item.status),
        evidence if item.evidence_id else "see Source",
        Link(item.rule, "rules", item.rule),
        *(None,) * 5,
        item.attribute,
        proof.raw,
        item.default_basis,
        METHOD.get(item.method, item.method),
        source,
        item.organization,
        item.administrative_group,
        item.dn,
        proof.entry_sha256,
        item.fingerprint,
    )
