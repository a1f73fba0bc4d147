"""Results in, the table of findings out."""

from collections.abc import Iterator

from analyzer.report.phrases import (
    attributes_of,
    count,
    criterion,
    place,
    recommendation,
    rules_by_attribute,
    sentence,
    setting_label,
)
from analyzer.report.section import (
    Cell,
    Column,
    ColumnGroup,
    ColumnKind,
    Link,
    Row,
    RowTest,
    Section,
)
from analyzer.report.summary import LiveCounter
from analyzer.report.tones import STATUS_TONES, TONES
from analyzer.report.wording import FINDING_KIND, METHOD, NO_SERVER, SEVERITY, STATUS
from analyzer.results.records import FindingRecord, Results, RuleRecord

KEY = "findings"
COUNTERS = (LiveCounter("Findings decided", KEY, "Reviewer decision"),)

COLUMNS = (
    Column("Finding ID", 12),
    Column("Severity", 10, ColumnKind.WORD, tones=TONES),
    Column("Kind", 13),
    Column("Finding", 36),
    Column("Server", 12),
    Column("Virtual server / connector", 19),
    Column("Setting", 20),
    Column("Criterion", 24, below="Finding"),
    Column("Default", 17),
    Column("Found", 19),
    Column("Why it matters", 36, below="Finding"),
    Column("Recommendation", 38, below="Finding"),
    Column("Status", 9, ColumnKind.WORD, tones=STATUS_TONES),
    Column("Evidence", 10),
    Column("Rule", 12),
    Column("Tick mark", 9, group=ColumnGroup.REVIEWER, choices="TickMarks"),
    Column("Reviewer decision", 18, group=ColumnGroup.REVIEWER, choices="Decisions"),
    Column("Reviewer comment", 40, group=ColumnGroup.REVIEWER),
    Column("Reviewer", 12, group=ColumnGroup.REVIEWER),
    Column("Reviewed on", 12, group=ColumnGroup.REVIEWER, date=True),
    Column("Attribute", 30, group=ColumnGroup.DETAIL),
    Column("Raw value", 34, group=ColumnGroup.DETAIL),
    Column("Default basis", 26, group=ColumnGroup.DETAIL),
    Column("Method", 11, group=ColumnGroup.DETAIL),
    Column("Source", 30, group=ColumnGroup.DETAIL),
    Column("Organisation", 20, group=ColumnGroup.DETAIL),
    Column("Administrative group", 24, group=ColumnGroup.DETAIL),
    Column("Object DN", 50, group=ColumnGroup.DETAIL),
    Column("Entry SHA-256", 34, group=ColumnGroup.DETAIL),
    Column("Fingerprint", 34, group=ColumnGroup.DETAIL),
)


def section(results: Results) -> Section:
    """Return the findings in the order of the results, with blank columns for a reviewer."""
    total = len(results.findings)
    return Section(
        key=KEY,
        title="Findings",
        intro=(
            f"{count(total, 'finding')}, most severe first: what was measured against, what was"
            " found, why it matters and what to do."
        ),
        reviewer_note="Violet columns are for the reviewer.",
        columns=COLUMNS,
        rows=lambda: _rows(results),
        count=total,
        table="tblFindings",
        empty="No findings",
        anchors=tuple(finding.id for finding in results.findings),
        set_aside=RowTest("Status", STATUS["waived"]),
    )


def _rows(results: Results) -> Iterator[Row]:
    rules = {rule.id: rule for rule in results.rules}
    labels = rules_by_attribute(results)
    for finding in results.findings:
        yield _row(finding, rules.get(finding.rule), labels)


def _row(finding: FindingRecord, rule: RuleRecord | None, labels: dict[str, RuleRecord]) -> Row:
    own = rule is not None and rule.label and finding.attribute in attributes_of(rule)
    label = rule.label if own and rule else setting_label(labels, finding.attribute)
    proof = finding.evidence
    source = place(proof.file, proof.line, proof.last_line, proof.offset)
    evidence: Cell = Link(finding.evidence_id, "evidence", finding.evidence_id)
    return (
        finding.id,
        SEVERITY[finding.severity],
        FINDING_KIND[finding.kind],
        finding.title,
        finding.server or NO_SERVER,
        finding.virtual_server,
        label,
        criterion(finding, rule),
        finding.default_text,
        finding.found_text,
        finding.consequence or sentence(rule.why if rule is not None else ""),
        recommendation(finding, rule),
        STATUS.get(finding.status, finding.status),
        evidence if finding.evidence_id else "see Source",
        Link(finding.rule, "rules", finding.rule),
        *(None,) * 5,
        finding.attribute,
        proof.raw,
        finding.default_basis,
        METHOD.get(finding.method, finding.method),
        source,
        finding.organization,
        finding.administrative_group,
        finding.dn,
        proof.entry_sha256,
        finding.fingerprint,
    )
