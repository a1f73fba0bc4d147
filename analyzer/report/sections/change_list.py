"""Compared results in, what changed since the baseline out: findings, relay verdicts, settings."""

from collections import Counter
from collections.abc import Iterator, Sequence

from analyzer.report.counts import severity_counts
from analyzer.report.phrases import (
    count,
    in_words,
    name_of,
    place,
    rules_by_attribute,
    setting_label,
    setting_text,
)
from analyzer.report.section import Cell, Column, ColumnGroup, ColumnKind, Link, Row, Section
from analyzer.report.sections import finding_list, server_pages
from analyzer.report.summary import BlockColumn, ChartSeries, SummaryBlock
from analyzer.report.tones import TONES
from analyzer.report.wording import CHANGE, CONFIDENCE, DIRECTION, SEVERITY, VERDICT
from analyzer.results.records import (
    BaselineRecord,
    ChangedRelay,
    ChangedSetting,
    FindingRecord,
    GoneFinding,
    Results,
    RuleRecord,
    SettingRecord,
)

TITLE = "Changes"
KEY = "changes"
_LISTED = ("new", "changed", "not_comparable", "resolved")
_SHOWN_NETWORKS = 8
_NOT_THERE = "Not there"

COLUMNS = (
    Column("Change", 14, ColumnKind.WORD, tones=TONES),
    Column("Finding ID", 11),
    Column("Severity", 9, ColumnKind.WORD, tones=TONES),
    Column("Severity before", 9, ColumnKind.WORD, tones=TONES),
    Column("Finding", 62),
    Column("Server", 11, filter=True),
    Column("Virtual server / connector", 21),
    Column("Setting", 26),
    Column("Before", 24),
    Column("After", 24),
    Column("Why", 70, below="Finding"),
    Column("Rule", 8, filter=True),
    Column("Evidence after", 12),
    Column("Evidence before", 30, group=ColumnGroup.DETAIL),
    Column("Attribute", 30, group=ColumnGroup.DETAIL),
    Column("Organisation", 20, group=ColumnGroup.DETAIL),
    Column("Object DN", 50, group=ColumnGroup.DETAIL),
    Column("Fingerprint", 34, group=ColumnGroup.DETAIL),
)
_RELAY_COLUMNS = (
    Column("Change", 14, ColumnKind.WORD, tones=TONES),
    Column("Server", 12, filter=True),
    Column("Listener", 26),
    Column("Before", 20, ColumnKind.WORD, tones=TONES),
    Column("After", 20, ColumnKind.WORD, tones=TONES),
    Column("Addresses before", 14, ColumnKind.NUMBER),
    Column("Addresses after", 14, ColumnKind.NUMBER),
    Column("Added to the list", 20),
    Column("Taken off the list", 20),
    Column("Confidence before", 11),
    Column("Confidence after", 11),
    Column("Why", 60, below="Listener"),
    Column("Object DN", 50, group=ColumnGroup.DETAIL),
    Column("Object DN before", 50, group=ColumnGroup.DETAIL),
)
_SETTING_COLUMNS = (
    Column("Server", 12, filter=True),
    Column("Object", 26),
    Column("Setting", 30),
    Column("Before", 40),
    Column("After", 40),
    Column("Attribute", 32),
    Column("Organisation", 20, group=ColumnGroup.DETAIL),
    Column("Object DN", 50, group=ColumnGroup.DETAIL),
    Column("Object DN before", 50, group=ColumnGroup.DETAIL),
)


def sections(results: Results) -> tuple[Section, ...]:
    """Return what changed; nothing without a baseline."""
    if results.baseline is None:
        return ()
    return (
        _finding_changes(results, results.baseline),
        _relay_changes(results),
        _setting_changes(results),
    )


def in_short(results: Results) -> str:
    """Return in a sentence what changed; empty without a baseline."""
    baseline = results.baseline
    if baseline is None:
        return ""
    numbers = Counter(change for change, _ in _all(results))
    parts = [
        f"{in_words(numbers[change])} {words}"
        for change, words in (
            ("new", "new"),
            ("changed", "changed"),
            ("resolved", "resolved"),
            ("not_comparable", "not to be compared"),
        )
        if numbers[change]
    ]
    since = f"the audit of {baseline.made[:10]}" if baseline.made else "the baseline"
    worse = sum(change.direction == "worsened" for change in results.changed_relay)
    relay = f"; who may relay got worse on {count(worse, 'listener')}" if worse else ""
    return f"Since {since}: findings {', '.join(parts) or 'unchanged'}{relay}."


def summary_block(results: Results) -> tuple[SummaryBlock, tuple[ChartSeries, ...], str]:
    """Return the counts for the first page, their chart, and the chart in words."""
    columns = (
        BlockColumn("Findings", ColumnKind.WORD, TONES),
        BlockColumn("All", ColumnKind.NUMBER),
        *(BlockColumn(word, ColumnKind.NUMBER) for word in SEVERITY.values()),
    )
    title = "Since the baseline"
    if results.baseline is None:
        return SummaryBlock(title, columns, (), empty="No baseline to compare with"), (), ""
    findings: dict[str, list[FindingRecord]] = {change: [] for change in CHANGE}
    for change, finding in _all(results):
        findings[change].append(finding)
    counts = {change: severity_counts(group) for change, group in findings.items()}
    rows: list[Row] = [
        (CHANGE[change], len(findings[change]), *numbers.values())
        for change, numbers in counts.items()
    ]
    chart = tuple(
        ChartSeries(word, TONES[word], tuple(numbers[severity] for numbers in counts.values()))
        for severity, word in SEVERITY.items()
    )
    words = ", ".join(f"{CHANGE[change]} {len(group)}" for change, group in findings.items())
    text = f"Stacked bars, findings by severity for each change since the baseline: {words}."
    worse = sum(change.direction == "worsened" for change in results.changed_relay)
    note = f"{_name(results.baseline)}. Relay verdicts worsened: {worse:,}."
    return SummaryBlock(title, columns, tuple(rows), note), chart, text


def _name(baseline: BaselineRecord) -> str:
    made = f" of {baseline.made[:10]}" if baseline.made else ""
    return f"Baseline: report {baseline.report_id or 'without ID'}{made} ({baseline.source})"


def _all(results: Results) -> Iterator[tuple[str, FindingRecord]]:
    for finding in results.findings:
        if finding.change:
            yield finding.change, finding
    for finding in results.resolved:
        yield "resolved", finding
    for finding in results.not_comparable:
        yield "not_comparable", finding


def _finding_changes(results: Results, baseline: BaselineRecord) -> Section:
    listed = [pair for pair in _all(results) if pair[0] in _LISTED]
    severities = list(SEVERITY)
    listed.sort(key=lambda pair: (_LISTED.index(pair[0]), severities.index(pair[1].severity)))
    unchanged = sum(finding.change == "unchanged" for finding in results.findings)
    files = ", ".join(source.path for source in baseline.inputs[:3])
    return Section(
        key=KEY,
        title=TITLE,
        intro=(
            f"{count(len(listed), 'finding')} that changed or cannot be compared; {unchanged:,}"
            f" unchanged. {_name(baseline)}{': ' + files if files else ''}."
            " Resolved: the check passes now, or the object is gone for certain."
        ),
        columns=COLUMNS,
        rows=lambda: _finding_rows(results, listed),
        count=len(listed),
        table="tblChanges",
        empty="Nothing changed",
        frozen=2,
    )


def _finding_rows(results: Results, listed: Sequence[tuple[str, FindingRecord]]) -> Iterator[Row]:
    labels = rules_by_attribute(results)
    known = {rule.id for rule in results.rules}
    for change, finding in listed:
        yield _finding_row(change, finding, labels, known)


def _finding_row(
    change: str, finding: FindingRecord, labels: dict[str, RuleRecord], known: set[str]
) -> Row:
    is_gone = isinstance(finding, GoneFinding)
    proof = finding.evidence
    where = place(proof.file, proof.line, proof.last_line, proof.offset)
    severity = SEVERITY[finding.severity]
    before = SEVERITY[finding.previous_severity or finding.severity]
    evidence: Cell = Link(finding.evidence_id, "evidence", finding.evidence_id)
    had_before = is_gone or change == "changed"
    return (
        CHANGE[change],
        finding.id if is_gone else Link(finding.id, finding_list.KEY, finding.id),
        None if is_gone else severity,
        (severity if is_gone else before) if had_before else None,
        finding.title,
        "(organisation)"
        if finding.objects
        else finding.server
        if is_gone
        else server_pages.link_to(finding.organization, finding.server),
        finding.virtual_server,
        setting_label(labels, finding.attribute),
        finding.found_text if is_gone else finding.previous_text,
        None if is_gone else finding.found_text,
        finding.why if isinstance(finding, GoneFinding) else finding.change_reason,
        Link(finding.rule, "rules", finding.rule) if finding.rule in known else finding.rule,
        None if is_gone else evidence if finding.evidence_id else where,
        where if is_gone else None,
        finding.attribute,
        finding.organization,
        finding.dn,
        finding.fingerprint,
    )


def _relay_changes(results: Results) -> Section:
    changes = results.changed_relay
    worse = sum(change.direction == "worsened" for change in changes)
    return Section(
        key="relay-changes",
        title="Relay changes",
        intro=(
            f"{count(len(changes), 'listener')} whose relay verdict or list is not that of the"
            f" baseline, {worse:,} worsened, these first."
        ),
        columns=_RELAY_COLUMNS,
        rows=lambda: map(_relay_row, changes),
        count=len(changes),
        table="tblRelayChanges",
        empty="No relay verdict changed",
        frozen=3,
    )


def _relay_row(change: ChangedRelay) -> Row:
    return (
        DIRECTION[change.direction],
        change.server,
        change.name,
        VERDICT[change.before] if change.before else _NOT_THERE,
        VERDICT[change.after] if change.after else _NOT_THERE,
        change.addresses_covered_before,
        change.addresses_covered,
        _networks(change.added),
        _networks(change.removed),
        CONFIDENCE[change.previous_confidence] if change.previous_confidence else None,
        CONFIDENCE[change.confidence] if change.confidence else None,
        change.why,
        change.dn,
        change.previous_dn,
    )


def _networks(networks: Sequence[str]) -> str:
    shown = list(networks[:_SHOWN_NETWORKS])
    rest = len(networks) - len(shown)
    return "\n".join([*shown, *([f"and {rest:,} more"] if rest else [])])


def _setting_changes(results: Results) -> Section:
    changes = results.changed_settings
    return Section(
        key="changed-settings",
        title="Changed settings",
        intro=(
            f"{count(len(changes), 'setting')} that changed without being the matter of a finding,"
            " and objects that were moved or renamed. Only what both sides show is compared."
        ),
        columns=_SETTING_COLUMNS,
        rows=lambda: _setting_rows(results),
        count=len(changes),
        table="tblChangedSettings",
        empty="No setting changed",
        frozen=2,
    )


def _setting_rows(results: Results) -> Iterator[Row]:
    labels = rules_by_attribute(results)
    for change in results.changed_settings:
        yield (
            change.server,
            change.name or name_of(change.server),
            setting_label(labels, change.attribute),
            _value(change, before=True),
            _value(change, before=False),
            change.attribute,
            change.organization,
            change.dn,
            change.previous_dn,
        )


def _value(change: ChangedSetting, *, before: bool) -> str:
    state = change.previous_state if before else change.state
    text = change.before if before else change.after
    return setting_text(SettingRecord(state, text, text, None))
