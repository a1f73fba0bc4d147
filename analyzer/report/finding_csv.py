"""Results in, the findings as a CSV table out, safe to open in a spreadsheet program."""

import csv
import io
from collections.abc import Iterator

from analyzer.report.wording import criterion, rules_by_attribute, setting_label
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
)

# OWASP, CSV injection: = + - @ TAB CR; with LF and NUL (ASVS 1.2.10), and the full-width forms
# that spreadsheet programs of East Asian locales read as the same signs.
_STARTS_A_FORMULA = tuple("=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20")


def dump_csv(results: Results, *, raw: bool = False) -> bytes:
    """Return the findings as CSV: UTF-8 with BOM, RFC 4180, CRLF.

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
    for item in results.findings:
        yield [_text(value) for value in _row(item, rules.get(item.rule), labels)]


def _row(
    item: FindingRecord, rule: RuleRecord | None, labels: dict[str, RuleRecord]
) -> tuple[str | int | None, ...]:
    return (
        item.id,
        item.severity,
        item.kind,
        item.status,
        item.rule,
        item.title,
        item.organization,
        item.administrative_group,
        item.server,
        item.virtual_server,
        rule.label if rule and rule.label else setting_label(labels, item.attribute),
        item.attribute,
        criterion(item, rule),
        item.default_text,
        item.found_text,
        item.default_basis,
        item.consequence or (rule.why if rule else ""),
        rule.recommendation if rule else "",
        item.dn,
        item.evidence.file,
        item.evidence.line,
        item.evidence.last_line,
        item.evidence.raw,
        item.evidence.entry_sha256,
        item.fingerprint,
    )


def _text(value: str | int | None) -> str:
    return "" if value is None else str(value)
