"""Results in, the findings as a CSV table out, safe to open in a spreadsheet program."""

import csv
import io
from collections.abc import Iterator

from analyzer.report.phrases import criterion, rules_by_attribute, setting_label
from analyzer.results.records import FindingRecord, Results, RuleRecord
from analyzer.visible_text import visible

HEADERS = (
    "id",
    "severity",
    "kind",
    "status",
    "rule",
    "title",
    "organization",
    "administrative_group",
    "server",
    "virtual_server",
    "setting",
    "attribute",
    "criterion",
    "default",
    "found",
    "default_basis",
    "why",
    "recommendation",
    "dn",
    "file",
    "line",
    "last_line",
    "raw",
    "entry_sha256",
    "fingerprint",
    "assumed",
    "differs_from_default",
    "rules_reported_here",
    "objects",
    "change",
    "previous_severity",
    "previous",
    "change_reason",
    "waiver",
    "original_severity",
)

# OWASP, CSV injection: = + - @ TAB CR; with LF and NUL (ASVS 1.2.10), and the full-width forms
# that spreadsheet programs of East Asian locales read as the same signs.
_STARTS_A_FORMULA = tuple("=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20")


def dump_csv(results: Results, *, raw: bool = False) -> bytes:
    """Return the findings as CSV: UTF-8 with BOM, RFC 4180, CRLF.

    With a baseline its findings that are gone, or cannot be compared, stand behind those of now;
    their status says so.

    A cell that a spreadsheet program could take for a formula gets an apostrophe in front, and
    hidden characters are shown as escapes; `raw` leaves every text as it is, for programs.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(HEADERS)
    for row in _rows(results):
        writer.writerow([cell if raw else guard(cell) for cell in row])
    return buffer.getvalue().encode("utf-8-sig", "backslashreplace")


def guard(cell: str) -> str:
    """Return a cell that no spreadsheet program takes for a formula."""
    shown = visible(cell)
    return f"'{shown}" if cell.lstrip(" ").startswith(_STARTS_A_FORMULA) else shown


def _rows(results: Results) -> Iterator[list[str]]:
    rules = {rule.id: rule for rule in results.rules}
    labels = rules_by_attribute(results)
    for finding in results.findings:
        yield [_text(value) for value in _row(finding, rules.get(finding.rule), labels)]
    for change, gone in (
        ("resolved", results.resolved),
        ("not_comparable", results.not_comparable),
    ):
        for finding in gone:
            row = _row(finding, rules.get(finding.rule), labels)
            texts = dict(zip(HEADERS, map(_text, row), strict=True))
            texts |= {"status": change, "change": change, "change_reason": finding.why}
            yield list(texts.values())


def _row(
    finding: FindingRecord, rule: RuleRecord | None, labels: dict[str, RuleRecord]
) -> tuple[str | int | None, ...]:
    return (
        finding.id,
        finding.severity,
        finding.kind,
        finding.status,
        finding.rule,
        finding.title,
        finding.organization,
        finding.administrative_group,
        finding.server,
        finding.virtual_server,
        rule.label if rule and rule.label else setting_label(labels, finding.attribute),
        finding.attribute,
        criterion(finding, rule),
        finding.default_text,
        finding.found_text,
        finding.default_basis,
        finding.consequence or (rule.why if rule else ""),
        rule.recommendation if rule else "",
        finding.dn,
        finding.evidence.file,
        finding.evidence.line,
        finding.evidence.last_line,
        finding.evidence.raw,
        finding.evidence.entry_sha256,
        finding.fingerprint,
        "yes" if finding.assumed else "no",
        ", ".join(finding.differing),
        ", ".join(finding.covers),
        "\n".join(finding.objects),
        finding.change,
        finding.previous_severity,
        finding.previous_text,
        finding.change_reason,
        finding.waiver,
        finding.original_severity,
    )


def _text(value: str | int | None) -> str:
    return "" if value is None else str(value)
