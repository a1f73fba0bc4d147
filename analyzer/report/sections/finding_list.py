"""Results in, the table of findings out."""

from collections.abc import Iterator, Mapping

from analyzer.report.phrases import (
    attributes_of,
    count,
    criterion,
    original_condition_in_words,
    place,
    recommendation,
    rules_by_attribute,
    sentence,
    setting_label,
)
from analyzer.report.section import (
    CarriedTable,
    Cell,
    Column,
    ColumnGroup,
    ColumnKind,
    Link,
    Row,
    RowTest,
    Section,
    leave_out,
)
from analyzer.report.sections import server_pages, waiver_list
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
    Column("Finding", 60),
    Column("Server", 13, filter=True),
    Column("Virtual server / connector", 21),
    Column("Found", 22),
    Column("Default", 22),
    Column("Reviewer decision", 15, group=ColumnGroup.REVIEWER, choices="Decisions"),
    Column("Why it matters", 88, below="Finding"),
    Column("Kind", 13, filter=True),
    Column("Status", 9, ColumnKind.WORD, tones=STATUS_TONES),
    Column("Change", 12, ColumnKind.WORD, tones=TONES),
    Column("Waiver", 10),
    Column("Original severity", 9, ColumnKind.WORD, tones=TONES),
    Column("Setting", 28),
    Column("Rule", 8, filter=True),
    Column("Evidence", 9),
    Column("Controls", 30, filter=True, several=True),
    Column("Tick mark", 9, group=ColumnGroup.REVIEWER, choices="TickMarks"),
    Column("Reviewer comment", 40, group=ColumnGroup.REVIEWER),
    Column("Reviewer", 12, group=ColumnGroup.REVIEWER),
    Column("Reviewed on", 12, group=ColumnGroup.REVIEWER, date=True),
    Column("Criterion", 44, group=ColumnGroup.DETAIL, below="Finding"),
    Column("Original criterion", 44, group=ColumnGroup.DETAIL, below="Finding"),
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


CARRIED = CarriedTable(
    title="Findings",
    columns=COLUMNS,
    key="Fingerprint",
    compared=("Found", "Raw value"),
    about=("Finding ID", "Finding"),
    dated="Reviewed on",
)


def section(results: Results) -> Section:
    """Return the findings in the order of the results, with blank columns for a reviewer."""
    total = len(results.findings)
    columns, rows = leave_out(COLUMNS, lambda: _rows(results), set(_without_content(results)))
    return Section(
        key=KEY,
        title=CARRIED.title,
        intro=(
            f"{count(total, 'finding')}, the most severe rules first, a row an object: what was"
            " measured against, what was found, why it matters and what to do."
        ),
        reviewer_note="Violet columns are for the reviewer.",
        columns=columns,
        rows=rows,
        count=total,
        table="tblFindings",
        empty="No findings",
        anchors=tuple(finding.id for finding in results.findings),
        frozen=2,
        set_aside=RowTest("Status", STATUS["waived"]),
        carried=CARRIED,
    )


def _without_content(results: Results) -> Iterator[str]:
    """Yield the headers of the columns that would be empty, nothing being waived or changed."""
    if results.baseline is None:
        yield "Change"
    if not _waivers(results):
        yield "Waiver"
    if not any(finding.original_severity for finding in results.findings):
        yield "Original severity"
    if not any(rule.original_condition for rule in results.rules):
        yield "Original criterion"


def _waivers(results: Results) -> Mapping[str, Link]:
    """Return the waiver of each waived finding, and of each that one has opened again."""
    expired = {
        finding_id: Link(f"{waiver.id} (expired)", waiver_list.KEY, waiver.id)
        for waiver in results.waivers
        if waiver.state == "expired"
        for finding_id in waiver.findings
    }
    waived = {
        finding.id: Link(finding.waiver, waiver_list.KEY, finding.waiver)
        for finding in results.findings
        if finding.waiver
    }
    return expired | waived


def _rows(results: Results) -> Iterator[Row]:
    waivers = _waivers(results)
    rules = {rule.id: rule for rule in results.rules}
    labels = rules_by_attribute(results)
    for finding in results.findings:
        yield _row(finding, rules.get(finding.rule), labels, waivers.get(finding.id))


def _row(
    finding: FindingRecord,
    rule: RuleRecord | None,
    labels: dict[str, RuleRecord],
    waiver: Link | None,
) -> Row:
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
        waiver,
        SEVERITY[finding.original_severity] if finding.original_severity else None,
        label,
        Link(finding.rule, "rules", finding.rule),
        evidence if finding.evidence_id else "see Source",
        ", ".join(rule.references) if rule is not None else None,
        *(None,) * 4,
        criterion(finding, rule),
        original_condition_in_words(rule) if rule is not None else "",
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
