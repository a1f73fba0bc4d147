"""Results in, a SARIF 2.1.0 log out: for programs that keep findings of many tools."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import NAMESPACE_URL, uuid5

from analyzer.results.document import json_line
from analyzer.results.records import (
    FindingRecord,
    GoneFinding,
    InputRecord,
    Results,
    RuleRecord,
    UnreadableRecord,
    WaiverRecord,
)

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_FINGERPRINT = "exchangeAnalyzerFinding/v1"
_LEVELS: Mapping[str, str] = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "low": "note",
    "info": "note",
}
_BASELINE_STATES: Mapping[str, str] = {
    "new": "new",
    "unchanged": "unchanged",
    "changed": "updated",
}
"""SARIF has no word for what cannot be compared: such a result has none (3.27.24)."""
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")
"""Octets of a path that stand for themselves (RFC 3986, sections 2.3 and 3.3)."""

_Object = dict[str, object]


def iter_sarif(results: Results) -> Iterator[bytes]:
    """Yield the log as UTF-8, one line per result; equal results give equal bytes."""
    run = _run(results)
    yield b'{"version": "2.1.0", "$schema": ' + json_line(_SCHEMA).rstrip() + b', "runs": [{\n'
    for name, value in run.items():
        yield json_line(name).rstrip() + b": " + json_line(value).rstrip() + b",\n"
    lead = b'"results": [\n'
    for result in _results(results):
        yield lead + json_line(result).rstrip()
        lead = b",\n"
    yield b'"results": []\n}]}\n' if lead.startswith(b'"') else b"\n]}]}\n"


def _run(results: Results) -> _Object:
    """Return the run but for its results."""
    run: _Object = {
        "tool": {"driver": _driver(results)},
        "invocations": [_invocation(results)],
        "automationDetails": {
            "id": f"exchange-analyzer/{results.run.report_id}",
            "guid": _guid(results.run.report_id),
        },
        "artifacts": [_artifact(source) for source in results.inputs],
        "language": "en",
        "columnKind": "utf16CodeUnits",
    }
    if results.baseline is not None:
        run["baselineGuid"] = _guid(results.baseline.report_id)
    return run


def _driver(results: Results) -> _Object:
    tool = results.tool
    return {
        "name": tool.name,
        "version": tool.version,
        "properties": {
            "catalogueVersion": tool.catalogue_version,
            "catalogueSha256": tool.catalogue_sha256,
        },
        "rules": [_rule(rule) for rule in results.rules],
    }


def _rule(rule: RuleRecord) -> _Object:
    sources = "".join(f"\nSource: {source}" for source in rule.sources)
    text = f"{rule.recommendation}\n{rule.where_to_set}".strip()
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why or rule.title},
        "help": {"text": f"{text}{sources}".strip() or rule.title},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"severity": rule.severity, "kind": rule.kind, "test": rule.condition},
    }


def _invocation(results: Results) -> _Object:
    return {
        "executionSuccessful": True,
        "arguments": list(results.run.arguments),
        "startTimeUtc": results.run.started,
        "toolExecutionNotifications": [_notification(one) for one in results.unreadable],
    }


def _notification(unreadable: UnreadableRecord) -> _Object:
    region = _region(unreadable.line, unreadable.last_line, unreadable.offset)
    place: _Object = {"artifactLocation": {"uri": uri_of(unreadable.file)}}
    if region:
        place["region"] = region
    return {
        "level": "warning",
        "message": {"text": unreadable.reason or "cannot be read"},
        "locations": [{"physicalLocation": place}],
    }


def _artifact(source: InputRecord) -> _Object:
    artifact: _Object = {
        "location": {"uri": uri_of(source.path)},
        "length": source.bytes,
        "roles": ["analysisTarget"],
    }
    if source.sha256:
        artifact["hashes"] = {"sha-256": source.sha256}
    return artifact


def _results(results: Results) -> Iterator[_Object]:
    """Yield the findings, then those of the baseline that are gone or cannot be compared."""
    rules = {rule.id: at for at, rule in enumerate(results.rules)}
    inputs = {source.path: at for at, source in enumerate(results.inputs)}
    waivers = {waiver.id: waiver for waiver in results.waivers}
    some_waived = any(finding.status == "waived" for finding in results.findings)
    for finding in results.findings:
        result = _result(finding, rules, inputs)
        result["level"] = _LEVELS[finding.severity]
        if finding.change in _BASELINE_STATES:
            result["baselineState"] = _BASELINE_STATES[finding.change]
        # Where one result says whether it is suppressed, all do (3.27.23).
        if some_waived:
            result["suppressions"] = _suppressions(finding, waivers)
        yield result
    for gone in results.resolved:
        result = _result(gone, rules, {})
        yield {**result, "level": _LEVELS[gone.severity], "baselineState": "absent"}
    for gone in results.not_comparable:
        # Somebody has to look; only failures have another level than none (3.27.10).
        yield {**_result(gone, rules, {}), "kind": "review", "level": "none"}


def _result(finding: FindingRecord, rules: Mapping[str, int], inputs: Mapping[str, int]) -> _Object:
    result: _Object = {
        "ruleId": finding.rule,
        "message": {"text": finding.title or finding.rule},
        "locations": [_location(finding, inputs)],
        "partialFingerprints": {_FINGERPRINT: finding.fingerprint},
        "fingerprints": {_FINGERPRINT: finding.fingerprint},
        "properties": _properties(finding),
    }
    if finding.rule in rules:
        result["ruleIndex"] = rules[finding.rule]
    return result


def _properties(finding: FindingRecord) -> _Object:
    properties: _Object = {
        "id": finding.id,
        "severity": finding.severity,
        "kind": finding.kind,
        "attribute": finding.attribute,
        "found": finding.found_text,
        "default": finding.default_text,
        "assumed": finding.assumed,
        "change": finding.change,
        "previous": finding.previous_text,
        "reason": finding.change_reason,
    }
    if isinstance(finding, GoneFinding):
        is_resolved = finding.status == "resolved"
        properties["change"] = "resolved" if is_resolved else "not_comparable"
        properties["reason"] = finding.why
    return {name: value for name, value in properties.items() if value != ""}


def _suppressions(finding: FindingRecord, waivers: Mapping[str, WaiverRecord]) -> Sequence[_Object]:
    """Return by which waiver a finding is accepted, as its file says it."""
    if finding.status != "waived":
        return []
    suppression: _Object = {"kind": "external", "status": "accepted"}
    waiver = waivers.get(finding.waiver)
    if waiver is not None:
        told = {
            "waiver": waiver.id,
            "approvedBy": waiver.approved_by,
            "approvedOn": waiver.approved_on,
            "expires": waiver.expires,
            "ticket": waiver.ticket,
        }
        suppression["justification"] = waiver.reason
        suppression["properties"] = {name: text for name, text in told.items() if text}
    return [suppression]


def _location(finding: FindingRecord, inputs: Mapping[str, int]) -> _Object:
    proof = finding.evidence
    artifact: _Object = {"uri": uri_of(proof.file)}
    if proof.file in inputs:
        artifact["index"] = inputs[proof.file]
    place: _Object = {"artifactLocation": artifact}
    region = _region(proof.line, proof.last_line, proof.offset)
    if region:
        if proof.raw is not None:
            region["snippet"] = {"text": proof.raw}
        place["region"] = region
    return {
        "physicalLocation": place,
        "logicalLocations": [
            {"fullyQualifiedName": dn, "kind": "object"} for dn in finding.objects or (finding.dn,)
        ],
    }


def _region(line: int | None, last_line: int | None, offset: int | None) -> _Object:
    if line is not None:
        return {"startLine": line, "endLine": max(last_line or line, line)}
    return {"byteOffset": offset} if offset is not None else {}


def _guid(report_id: str) -> str:
    """Return what identifies a report among others, the same each time."""
    return str(uuid5(NAMESPACE_URL, f"exchange-analyzer/{report_id}"))


def uri_of(path: str) -> str:
    """Return a path as a URI reference; an absolute one, of Windows too, as a URI of a file."""
    drive = path[:2] if path[1:3] in (":\\", ":/") else ""
    slashed = path.replace("\\", "/") if drive else path
    octets = slashed.removeprefix(drive).encode("utf-8", "surrogatepass")
    encoded = "".join(chr(octet) if octet in _UNRESERVED else f"%{octet:02X}" for octet in octets)
    if drive:
        return f"file:///{drive}{encoded}"
    return f"file://{encoded}" if encoded.startswith("/") else encoded
