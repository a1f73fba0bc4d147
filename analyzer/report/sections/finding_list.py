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
from analyzer.report.sections import server_pages
from analyzer.report.summary import LiveCounter
from analyzer.report.tones import STATUS_TONES, TONES
from analyzer.report.wording import CHANGE, FINDING_KIND, METHOD, SEVERITY, STATUS
from analyzer.results.records import FindingRecord, Results, RuleRecord

KEY = "findings"
COUNTERS = (LiveCounter("Findings decided", KEY, "Reviewer decision"),)

# The first ones fit side by side on a screen of 1920 pixels, the reasoning the last of them and
# wide enough that a row stays low; from the criterion on they are looked up.
COLUMNS = (
    Column("Finding ID", 11),
    Column("Severity", 9, ColumnKind.WORD, tones=TONES),
    Column("Finding", 62),
    Column("Server", 11, filter=True),
    Column("Virtual server / connector", 21),
    Column("Found", 22),
    Column("Default", 22),
    Column("Reviewer decision", 15, group=ColumnGroup.REVIEWER, choices="Decisions"),
    Column("Why it matters", 88, below="Finding"),
    Column("Kind", 13, filter=True),
    Column("Status", 9, ColumnKind.WORD, tones=STATUS_TONES),
    Column("Change", 12, ColumnKind.WORD, tones=TONES),
    Column("Setting", 28),
    Column("Rule", 8, filter=True),
    Column("Evidence", 9),
    Column("Tick mark", 9, group=ColumnGroup.REVIEWER, choices="TickMarks"),
    Column("Reviewer comment", 40, group=ColumnGroup.REVIEWER),
    Column("Reviewer", 12, group=ColumnGroup.REVIEWER),
    Column("Reviewed on", 12, group=ColumnGroup.REVIEWER, date=True),
    Column("Criterion", 44, group=ColumnGroup.DETAIL, below="Finding"),
    Column("Recommendation", 92, group=ColumnGroup.DETAIL, below="Finding"),
    Column("Attribute", 30, group=ColumnGroup.DETAIL),
    Column("Raw value", 34, group=ColumnGroup.DETAIL),
    Column("Default basis", 26, group=ColumnGroup.DETAIL),
    Column("Method", 11, group=ColumnGroup.DETAIL),
    Column("Assumed", 9, group=ColumnGroup.DETAIL),
    Column("Differs from default", 26, group=ColumnGroup.DETAIL),
    Column("Rules reported here", 20, group=ColumnGroup.DETAIL),
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
            f"{count(total, 'finding')}, the most severe rules first, a row an object: what was"
            " measured against, what was found, why it matters and what to do."
        ),
        reviewer_note="Violet columns are for the reviewer.",
        columns=COLUMNS,
        rows=lambda: _rows(results),
        count=total,
        table="tblFindings",
        empty="No findings",
        anchors=tuple(finding.id for finding in results.findings),
        frozen=2,
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
        finding.title,
        "(organisation)"
        if finding.objects
        else server_pages.link_to(finding.organization, finding.server),
        finding.virtual_server,
        finding.found_text,
        finding.default_text,
        None,
        finding.consequence or sentence(rule.why if rule is not None else ""),
        FINDING_KIND[finding.kind],
        STATUS.get(finding.status, finding.status),
        CHANGE.get(finding.change),
        label,
        Link(finding.rule, "rules", finding.rule),
        evidence if finding.evidence_id else "see Source",
        *(None,) * 4,
        criterion(finding, rule),
        recommendation(finding, rule),
        finding.attribute,
        proof.raw,
        finding.default_basis,
        METHOD.get(finding.method, finding.method),
        "Yes" if finding.assumed else "No",
        ", ".join(setting_label(labels, attribute) for attribute in finding.differing),
        ", ".join(finding.covers),
        source,
        finding.organization,
        finding.administrative_group,
        finding.dn,
        proof.entry_sha256,
        finding.fingerprint,
    )
