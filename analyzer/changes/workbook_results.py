"""A workbook of ours in, as much of its results as its sheets hold out.

Somebody worked with it since, and somebody else may have sent it: only what reads as we write it is
taken, and what the sheets lack (settings, the state of each check) stays missing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from analyzer.catalogue.rule import FindingKind, Offline, Severity
from analyzer.directory import kinds
from analyzer.directory.names import parse_names
from analyzer.directory.values import State
from analyzer.dump.reading import ExportScope
from analyzer.errors import ReadError
from analyzer.relay.verdict import Confidence, RelayVerdict
from analyzer.report.review import SheetRow
from analyzer.report.wording import (
    ASSUMED,
    CLEAR_TEXT,
    FINDING_KIND,
    METHOD,
    OFFLINE,
    SETTING_STATE,
    SEVERITY,
    STATUS,
    VERDICT,
)
from analyzer.results.records import (
    SCHEMA_VERSION,
    CheckRecord,
    EvidenceRecord,
    FindingEvidence,
    FindingRecord,
    InputRecord,
    Listener,
    ReceiveConnectorRecord,
    ReceiveRelayRecord,
    RelayRecord,
    Results,
    RuleRecord,
    RunRecord,
    SourceRecord,
    ToolRecord,
    VirtualServerRecord,
)
from analyzer.verify.workbook_reader import WantedTable, read_workbook

_NAMES_OF_LISTENERS = ("Virtual server", "Receive connector", "Listener")
_COLUMNS = {
    "Relay exposure": (
        *("Server", *_NAMES_OF_LISTENERS, "Verdict", "Addresses covered", "Evidence"),
        *("Authenticated may relay", "Basic logon", "TLS required"),
    ),
    "Inputs": (
        *("File", "Bytes", "SHA-256", "Encoding, line ends", "Entries", "Relevant objects"),
        *("Export scope", "Naming context", "Warnings"),
    ),
    "Checks run": (
        *("Rule", "Title", "Objects tested", "Failed", "Passed", "Not evaluable"),
        *("Not applicable", "of these reported under another rule"),
    ),
    "Rules": (
        *("Rule", "Title", "Kind", "Severity", "Setting", "Applies to", "Default"),
        *("Test in words", "When there is no value", "Attribute", "From a dump", "Rule set"),
    ),
    "Evidence": (
        *("Evidence ID", "Object DN", "Attribute", "Present?", "Raw value(s)", "Decoded"),
        *("File", "Entry SHA-256", "objectGUID", "objectClass"),
    ),
}
_NOT_SET = {"Fails": "failed", "Passes": "passed", "Cannot be judged": "not_evaluable"}
_CLASSES = {kind.heading: kind.object_class for kind in reversed(kinds.KINDS)}
_LEFT_OVER = " (left over from an upgrade)"
_ON_ORGANIZATION = "(organisation)"
_DIGEST = re.compile("[0-9a-f]{64}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_UNKNOWN_TIME = "1980-01-01T00:00:00Z"
_NOTE = "read back from a workbook, which holds neither the settings nor the state of each check"


class _ProofRow(NamedTuple):
    """The row of evidence of an object."""

    dn: str
    file: str
    object_class: str
    guid: str | None


def results_of_workbook(path: Path) -> Results:
    """Read back the findings, checks, rules, inputs and relay verdicts of a workbook.

    Raises:
        ReadError: the file is no workbook of ours, or a sheet lost its header or a column.
    """
    tables = {title: WantedTable(columns) for title, columns in _COLUMNS.items()}
    # Reviewers sort and move what is on this sheet.
    workbook = read_workbook(path, {**tables, "Findings": WantedTable(key="Fingerprint")})
    properties = workbook.properties
    rows = {title: [row.cells for row in table] for title, table in workbook.rows.items()}
    if "ResultsSHA256" not in properties:
        raise ReadError(str(path), "no report of this program: it has no ResultsSHA256 property")
    rules = tuple(map(_rule, filter(_has_rule, rows["Rules"])))
    checks = tuple(map(_check, filter(_has_rule, rows["Checks run"])))
    evidence = tuple(map(_evidence, rows["Evidence"]))
    proofs = {row.id: _ProofRow(row.dn, row.file, row.object_class, row.guid) for row in evidence}
    findings = tuple(_findings(rows["Findings"], {rule.id: rule for rule in rules}, path))
    _check_sheets(path, checks, rows["Checks run"], findings)
    made = properties.get("GeneratedUTC", "")
    return Results(
        schema_version=SCHEMA_VERSION,
        tool=ToolRecord(
            "exchange-analyzer",
            properties.get("ToolVersion", ""),
            properties.get("RuleSetVersion", ""),
            _digest(properties.get("RuleSetSHA256", "")),
        ),
        run=RunRecord(
            properties.get("ReportID", ""),
            made if _MOMENT.fullmatch(made) else _UNKNOWN_TIME,
            (),
        ),
        inputs=tuple(map(_input, rows["Inputs"])),
        virtual_servers=tuple(
            each
            for each in _listeners(rows["Relay exposure"], proofs)
            if isinstance(each, VirtualServerRecord)
        ),
        findings=findings,
        evaluations=(),
        checks=checks,
        unreadable=(),
        evidence=evidence,
        rules=rules,
        receive_connectors=tuple(
            each
            for each in _listeners(rows["Relay exposure"], proofs)
            if isinstance(each, ReceiveConnectorRecord)
        ),
    )


def _check_sheets(
    path: Path,
    checks: Sequence[CheckRecord],
    rows: Sequence[SheetRow],
    findings: Sequence[FindingRecord],
) -> None:
    """Refuse a workbook of which a sheet cannot be read: nothing is taken for no findings."""
    if not checks:
        why = "sheet Checks run has no row that can be read; keep its header, as row 5, and names"
        raise ReadError(str(path), why)
    elsewhere = sum(_number(row, "of these reported under another rule") for row in rows)
    if sum(check.failed for check in checks) > elsewhere and not findings:
        why = (
            "sheet Findings has no row that can be read; keep its header row and the column"
            " Fingerprint"
        )
        raise ReadError(str(path), why)


def _findings(
    rows: Sequence[SheetRow], rules: Mapping[str, RuleRecord], path: Path
) -> Iterator[FindingRecord]:
    severities, finding_kinds, statuses, methods = map(
        _key_by_word, (SEVERITY, FINDING_KIND, STATUS, METHOD)
    )
    for row in rows:
        fingerprint = _text(row, "Fingerprint")
        # Rows of the reviewer's own have none.
        if not _DIGEST.fullmatch(fingerprint):
            continue
        rule = rules.get(_text(row, "Rule"))
        severity = severities.get(_text(row, "Severity"), rule.severity if rule else "")
        kind = finding_kinds.get(_text(row, "Kind"), rule.kind if rule else "")
        if not severity or not kind:
            raise ReadError(str(path), f"finding {_text(row, 'Finding ID')!r:.40}: no severity")
        on_organization = _text(row, "Server") == _ON_ORGANIZATION
        dn = _text(row, "Object DN")
        raw = row.get("Raw value")
        yield FindingRecord(
            id=f"F-{fingerprint[:8]}",
            fingerprint=fingerprint,
            rule=_text(row, "Rule"),
            kind=FindingKind(kind),
            severity=Severity(severity),
            title=_text(row, "Finding"),
            dn=dn,
            organization=_text(row, "Organisation") or None,
            administrative_group=_text(row, "Administrative group") or None,
            server=None if on_organization else _text(row, "Server") or None,
            virtual_server=_text(row, "Virtual server / connector") or None,
            attribute=_text(row, "Attribute"),
            found=None,
            found_text=_text(row, "Found"),
            default=None,
            default_text=_text(row, "Default"),
            default_basis=_text(row, "Default basis"),
            status="waived" if statuses.get(_text(row, "Status")) == "waived" else "open",
            evidence=FindingEvidence(
                file=_text(row, "Source"),
                line=None,
                last_line=None,
                raw=None if raw is None else str(raw),
                entry_sha256=_digest(_text(row, "Entry SHA-256")),
            ),
            evidence_id=_text(row, "Evidence"),
            method=methods.get(_text(row, "Method"), "direct"),
            assumed=_text(row, "Assumed") == "Yes",
            covers=tuple(filter(None, _text(row, "Rules reported here").split(", "))),
            objects=(dn,) if on_organization else (),
        )


def _listeners(rows: Sequence[SheetRow], proofs: Mapping[str, _ProofRow]) -> Iterator[Listener]:
    """Yield the listeners of which evidence tells the DN."""
    for row in rows:
        proof = proofs.get(_text(row, "Evidence"))
        word = _text(row, "Verdict")
        words = {**_key_by_word(VERDICT), CLEAR_TEXT: "authenticated"}
        verdict = words.get(word.removesuffix(ASSUMED))
        if proof is None or verdict is None:
            continue
        names = parse_names(proof.dn)
        name = next((_text(row, header) for header in _NAMES_OF_LISTENERS if header in row), None)
        left_over = "upgrade" if name and name.endswith(_LEFT_OVER) else ""
        covered = row.get("Addresses covered")
        relay = RelayRecord(
            verdict=RelayVerdict(verdict),
            confidence=Confidence.ASSUMED if word.endswith(ASSUMED) else Confidence.DECIDED,
            authenticated_may_relay=_yes_no(row, "Authenticated may relay"),
            mode=None,
            addresses=(),
            reasons=(_NOTE,),
            basic=_yes_no(row, "Basic logon"),
            tls_required=_yes_no(row, "TLS required"),
            addresses_covered=covered if isinstance(covered, int) and covered >= 0 else None,
        )
        yield _listener(proof, name, names.left_by or left_over, relay)


def _listener(proof: _ProofRow, name: str | None, left_by: str, relay: RelayRecord) -> Listener:
    names = parse_names(proof.dn)
    source = SourceRecord(proof.file, None, None)
    if proof.object_class == kinds.RECEIVE_CONNECTOR.object_class:
        return ReceiveConnectorRecord(
            dn=proof.dn,
            organization=names.organization,
            administrative_group=names.administrative_group,
            server=names.server,
            name=name,
            exchange_version=None,
            enabled=None,
            bindings=(),
            remote_ranges=(),
            permission_groups=None,
            settings={},
            source=source,
            relay=ReceiveRelayRecord(
                **{field: getattr(relay, field) for field in RelayRecord.__struct_fields__}
            ),
            guid=proof.guid,
            left_by=left_by,
        )
    return VirtualServerRecord(
        dn=proof.dn,
        organization=names.organization,
        administrative_group=names.administrative_group,
        server=names.server,
        number=names.number,
        name=name,
        exchange_version=None,
        settings={},
        source=source,
        relay=relay,
        guid=proof.guid,
        left_by=left_by,
    )


def _input(row: SheetRow) -> InputRecord:
    scope = _text(row, "Export scope").lower()
    return InputRecord(
        path=_text(row, "File"),
        bytes=_number(row, "Bytes"),
        sha256=_digest(_text(row, "SHA-256")),
        format="workbook",
        dialect="other",
        encoding=_text(row, "Encoding, line ends").partition(",")[0],
        entries=_number(row, "Entries"),
        relevant_entries=_number(row, "Relevant objects"),
        export_scope=ExportScope.FULL if scope == "full" else ExportScope.LIMITED,
        naming_context=_text(row, "Naming context") or None,
        warnings=(_NOTE, *_text(row, "Warnings").splitlines()),
    )


def _check(row: SheetRow) -> CheckRecord:
    return CheckRecord(
        rule=_text(row, "Rule"),
        title=_text(row, "Title"),
        tested=_number(row, "Objects tested"),
        failed=_number(row, "Failed"),
        passed=_number(row, "Passed"),
        not_evaluable=_number(row, "Not evaluable"),
        not_applicable=_number(row, "Not applicable"),
        reported_elsewhere=_number(row, "of these reported under another rule"),
    )


def _rule(row: SheetRow) -> RuleRecord:
    classes = [_CLASSES.get(word, word) for word in _text(row, "Applies to").split(", ")]
    kind = _key_by_word(FINDING_KIND).get(_text(row, "Kind"), FindingKind.WEAKNESS.value)
    severity = _key_by_word(SEVERITY).get(_text(row, "Severity"), Severity.INFO.value)
    not_set = _text(row, "When there is no value")
    return RuleRecord(
        id=_text(row, "Rule"),
        title=_text(row, "Title"),
        kind=FindingKind(kind),
        severity=Severity(severity),
        object_class=", ".join(classes),
        attribute=_text(row, "Attribute"),
        label=_text(row, "Setting"),
        default_text=_text(row, "Default"),
        condition=_text(row, "Test in words"),
        why="",
        recommendation="",
        where_to_set="",
        sources=(),
        confidence="",
        disagreements=(),
        offline=Offline(_key_by_word(OFFLINE).get(_text(row, "From a dump"), "partial")),
        offline_note="",
        origin=_text(row, "Rule set"),
        not_set=_NOT_SET.get(not_set, not_set),
    )


def _evidence(row: SheetRow) -> EvidenceRecord:
    present = _text(row, "Present?")
    state = "set" if present == "Yes" else _key_by_word(SETTING_STATE).get(present, "not_set")
    raw = row.get("Raw value(s)")
    return EvidenceRecord(
        id=_text(row, "Evidence ID"),
        findings=(),
        dn=_text(row, "Object DN"),
        guid=_text(row, "objectGUID") or None,
        object_class=_text(row, "objectClass"),
        attribute=_text(row, "Attribute"),
        state=State(state),
        raw=None if raw is None else str(raw),
        text=_text(row, "Decoded"),
        notation="",
        file=_text(row, "File"),
        line=None,
        last_line=None,
        entry_sha256=_digest(_text(row, "Entry SHA-256")),
    )


def _has_rule(row: SheetRow) -> bool:
    return bool(row.get("Rule"))


def _key_by_word(words: Mapping[str, str]) -> dict[str, str]:
    return {word: key for key, word in words.items()}


def _text(row: SheetRow, header: str) -> str:
    return str(row.get(header, ""))


def _yes_no(row: SheetRow, header: str) -> bool | None:
    return {"Yes": True, "No": False}.get(_text(row, header))


def _number(row: SheetRow, header: str) -> int:
    value = row.get(header)
    return value if isinstance(value, int) and 0 <= value < 1 << 63 else 0


def _digest(text: str) -> str:
    return text if _DIGEST.fullmatch(text) else ""
