"""Results in, what was checked, read and applied out: checks, inputs, parse log, rules."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from analyzer.report.section import Cell, Column, Group, Kind, Link, Row, Section, Url
from analyzer.report.wording import (
    DIALECT,
    KIND,
    OFFLINE,
    SETTING_STATE,
    SEVERITY,
    condition_in_words,
    count,
    sentence,
)
from analyzer.results.document import input_manifest_sha256
from analyzer.results.records import Results, RuleRecord

CHECK_COLUMNS = (
    Column("Rule", 12),
    Column("Title", 44),
    Column("Applies to", 24),
    Column("From a dump", 10),
    Column("Objects tested", 9, Kind.NUMBER),
    Column("Failed", 9, Kind.NUMBER),
    Column("Passed", 9, Kind.NUMBER),
    Column("Not evaluable", 11, Kind.NUMBER),
    Column("Not applicable", 11, Kind.NUMBER),
    Column("Reason when not evaluated", 56),
    Column("Rule page", 12),
)

INPUT_COLUMNS = (
    Column("File", 30),
    Column("Bytes", 17, Kind.NUMBER),
    Column("SHA-256", 34),
    Column("Modified", 16, Kind.TIME),
    Column("Detected format", 18),
    Column("Encoding, line ends", 14),
    Column("Entries", 11, Kind.NUMBER),
    Column("Relevant objects", 10, Kind.NUMBER),
    Column("Export scope", 10),
    Column("Naming context", 34),
    Column("Warnings", 44),
    Column("Role", 10),
    Column("Supplied by", 20, group=Group.REVIEWER),
    Column("Exported on", 12, group=Group.REVIEWER, date=True),
    Column("Export command", 40, group=Group.REVIEWER),
)

LOG_COLUMNS = (
    Column("Level", 10, Kind.WORD),
    Column("File", 30),
    Column("Line", 10, Kind.NUMBER),
    Column("To line", 10, Kind.NUMBER),
    Column("Message", 60),
    Column("What was done", 36),
    Column("Effect on results", 40),
)

RULE_COLUMNS = (
    Column("Rule", 12),
    Column("Title", 28),
    Column("Kind", 13),
    Column("Severity", 10, Kind.WORD),
    Column("Setting", 20),
    Column("Applies to", 17),
    Column("Default", 19),
    Column("Test in words", 28),
    Column("When there is no value", 12),
    Column("Why", 34),
    Column("Recommendation", 34),
    Column("Where to set it", 26),
    Column("Source", 28),
    Column("Sources disagree", 26),
    Column("From a dump", 9),
    Column("Attribute", 30, group=Group.DETAIL),
    Column("What a dump cannot tell", 30, group=Group.DETAIL),
    Column("Confidence", 14, group=Group.DETAIL),
    Column("All sources", 60, group=Group.DETAIL),
    Column("Rule set", 16, group=Group.DETAIL),
)

_ADDRESS = re.compile(r"https?://(?P<host>[^\s<>\"/:?#]+)[^\s<>\"]*")
_NOT_SET = {"failed": "Fails", "passed": "Passes", "not_evaluable": "Cannot be judged"}
LIVE_ONLY = "Not checkable from a dump"


def checks_section(results: Results) -> Section:
    """Return every check with its counts, those included that no dump can decide."""
    rows = _check_rows(results)
    live = len(rows) - len(results.checks)
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
        columns=CHECK_COLUMNS,
        rows=lambda: iter(rows),
        count=len(rows),
        table="tblChecks",
        locked=True,
    )


def inputs_section(results: Results) -> Section:
    """Return the files that were read, with the hash of each and of the list."""
    return Section(
        key="inputs",
        title="Inputs",
        intro=(
            f"{count(len(results.inputs), 'file')} read. SHA-256 of the list of files:"
            f" {input_manifest_sha256(results.inputs)}."
        ),
        columns=INPUT_COLUMNS,
        rows=lambda: _input_rows(results),
        count=len(results.inputs),
        table="tblInputs",
        locked=True,
    )


class LogLine(NamedTuple):
    """One thing that went wrong, or is worth knowing, about the reading."""

    level: str
    file: str
    line: Cell
    last_line: int | None
    message: str
    done: str
    effect: str


def log_section(results: Results) -> Section:
    """Return whatever could not be read, and the warnings about the files."""
    lines = tuple(log_lines(results))
    return Section(
        key="parse-log",
        title="Parse log",
        intro=(
            f"{count(len(lines), 'entry', 'entries')}: what could not be read, and what to know"
            " about the files."
        ),
        columns=LOG_COLUMNS,
        rows=lambda: iter(lines),
        count=len(lines),
        table="tblLog",
        empty="Everything was read",
    )


def log_lines(results: Results) -> Iterator[LogLine]:
    """Return the log: unreadable records, values that were lost, warnings about files."""
    for item in results.unreadable:
        line: Cell = item.line
        if line is None and item.offset is not None:
            line = f"byte {item.offset:,}"
        yield LogLine(
            "Warning",
            item.file,
            line,
            item.last_line,
            item.reason,
            "Left out; everything else was read",
            "What it says about an Exchange object is missing",
        )
    for server in results.virtual_servers:
        for name, setting in server.settings.items():
            if setting.state in ("lost", "undecodable"):
                why = setting.reason or SETTING_STATE[setting.state]
                yield LogLine(
                    "Warning",
                    server.source.file,
                    setting.line,
                    setting.last_line,
                    f"{name}: {why}",
                    "The value is kept as evidence, without a meaning",
                    "Checks on this setting fail or are not evaluable",
                )
    for source in results.inputs:
        for warning in source.warnings:
            yield LogLine("Note", source.path, None, None, warning, "Read as it is", "See message")


def rules_section(results: Results) -> Section:
    """Return every rule of the catalogue in words, with its sources."""
    return Section(
        key="rules",
        title="Rules",
        intro=(
            f"{count(len(results.rules), 'rule')} of rule set {results.tool.catalogue_version}:"
            " what each compares with what, and where that is documented."
        ),
        columns=RULE_COLUMNS,
        rows=lambda: (_rule_row(rule) for rule in results.rules),
        count=len(results.rules),
        table="tblRules",
        anchors=tuple(rule.id for rule in results.rules),
        locked=True,
    )


def _check_rows(results: Results) -> list[Row]:
    rules = {rule.id: rule for rule in results.rules}
    made = {check.rule for check in results.checks}
    rows: list[Row] = []
    for check in results.checks:
        rule = rules.get(check.rule)
        rows.append(
            (
                check.rule,
                check.title,
                _applies(rule),
                OFFLINE.get(rule.offline, rule.offline) if rule else "",
                check.tested,
                check.failed,
                check.passed,
                check.not_evaluable,
                check.not_applicable,
                "\n".join(check.reasons),
                Link(check.rule, "rules", check.rule),
            )
        )
    for rule in results.rules:
        if rule.offline == "no" and rule.id not in made:
            reason = f"{LIVE_ONLY}. {sentence(rule.offline_note)}".strip()
            link = Link(rule.id, "rules", rule.id)
            rows.append((rule.id, rule.title, _applies(rule), "No", 0, 0, 0, 0, 0, reason, link))
    return rows


def _applies(rule: RuleRecord | None) -> str:
    classes = rule.object_class.split(", ") if rule else []
    return ", ".join(dict.fromkeys(OBJECTS.get(name, name) for name in classes))


OBJECTS = {
    "protocolCfgSMTPServer": "SMTP virtual server",
    "msExchExchangeServer": "Exchange server",
    "msExchRoutingSMTPConnector": "SMTP connector",
    "msExchRoutingGroupConnector": "Routing group connector",
    "msExchRoutingGroup": "Routing group",
    "msExchOrganizationContainer": "Organisation",
    "msExchMessageDeliveryConfig": "Message delivery, global settings",
}
"""Reader's name of an object class."""


def _input_rows(results: Results) -> Iterator[Row]:
    for item in results.inputs:
        ends = f"{item.encoding}, {item.line_ends}" if item.line_ends else item.encoding
        yield (
            item.path,
            item.bytes,
            item.sha256,
            item.modified,
            DIALECT.get(item.dialect, f"{item.format.upper()}, other"),
            ends,
            item.entries,
            item.relevant_entries,
            item.export_scope.capitalize(),
            item.naming_context,
            "\n".join(item.warnings),
            "Current",
            None,
            None,
            None,
        )


def _rule_row(rule: RuleRecord) -> Row:
    return (
        rule.id,
        rule.title,
        KIND.get(rule.kind, rule.kind),
        SEVERITY.get(rule.severity, rule.severity),
        rule.label,
        _applies(rule),
        rule.default_text,
        condition_in_words(rule),
        _NOT_SET.get(rule.not_set, rule.not_set),
        sentence(rule.why),
        sentence(rule.recommendation),
        rule.where_to_set,
        _source(rule),
        "\n".join(rule.disagreements),
        OFFLINE.get(rule.offline, rule.offline),
        rule.attribute,
        rule.offline_note,
        rule.confidence,
        "\n".join(rule.sources),
        rule.origin,
    )


def _source(rule: RuleRecord) -> Cell:
    if not rule.sources:
        return None
    found = _ADDRESS.search(rule.sources[0])
    # Only what ships with the product is trusted to be a link; own rules stay text.
    if found is None or rule.origin != "built-in":
        return rule.sources[0]
    # The host says who documents it; the whole address does not fit, and is under All sources.
    return Url(found["host"], found.group())
