"""An order, its outcome and what its results say in, rows for the tables of a fleet out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from analyzer.directory import kinds
from analyzer.fleets.audit_order import AuditOrder, AuditOutcome
from analyzer.relay.verdict import RelayVerdict
from analyzer.results.fleet_records import DumpRecord
from analyzer.results.results_digest import AuditDigest, DigestListener

VERDICTS = tuple(verdict.value for verdict in RelayVerdict)
"""Most exposed first."""
CHANGES = ("new", "changed", "unchanged", "not_comparable")
_UNKNOWN = "unknown"
_VALUE_STATES = {"set", "not_set"}
_LONGEST_VALUE = 500


class _Severities(NamedTuple):
    """How many findings there are of which severity, and of which sort."""

    open: dict[str, int]
    stricter: int
    waived: int


def dump_record(order: AuditOrder, outcome: AuditOutcome, audit: AuditDigest | None) -> DumpRecord:
    """Return what is told of a dump; `audit` is None where it failed."""
    if audit is None:
        return DumpRecord(
            label=order.label,
            client=order.client,
            path=order.path,
            sha256=outcome.sha256,
            status="failed",
            reason=outcome.reason,
            results="",
            bytes=order.size,
        )
    used = [each for each in _listeners(audit) if not each.left_by and each.relay is not None]
    verdicts = Counter(each.relay.verdict for each in used if each.relay is not None)
    findings = _severities(audit)
    changes = [server.when_changed for server in audit.servers]
    changes += [evidence.when_changed for evidence in audit.evidence]
    return DumpRecord(
        label=order.label,
        client=order.client,
        path=order.path,
        sha256=audit.inputs[0].sha256,
        status="done",
        reason="",
        results=f"{order.label}/results.json",
        bytes=sum(source.bytes for source in audit.inputs),
        naming_context=next(filter(None, (each.naming_context for each in audit.inputs)), ""),
        organizations=_organizations(audit),
        date=max(filter(None, changes), default=""),
        servers=dict(Counter(each.exchange_version or _UNKNOWN for each in audit.servers)),
        virtual_servers=len(audit.virtual_servers),
        receive_connectors=len(audit.receive_connectors),
        relay={verdict: verdicts[verdict] for verdict in VERDICTS},
        left_behind=sum(bool(each.left_by) for each in _listeners(audit)),
        assumed=sum(each.relay.confidence == "assumed" for each in used if each.relay is not None),
        worst=next((verdict for verdict in VERDICTS if verdicts[verdict]), ""),
        findings=findings.open,
        stricter=findings.stricter,
        waived=findings.waived,
        changes=_changes(audit),
        not_evaluable=sum(check.not_evaluable for check in audit.checks),
        unreadable=len(audit.unreadable),
    )


def _severities(audit: AuditDigest) -> _Severities:
    still = [finding for finding in audit.findings if finding.status == "open"]
    counts = Counter(finding.severity for finding in still)
    severities = ("critical", "high", "medium", "low", "info")
    return _Severities(
        {severity: counts[severity] for severity in severities},
        sum(finding.kind == "stricter" for finding in still),
        sum(finding.status == "waived" for finding in audit.findings),
    )


def _changes(audit: AuditDigest) -> dict[str, int]:
    """Count what became of the findings since the baseline; nothing where there is none."""
    if audit.baseline is None:
        return {}
    counts = Counter(each.change for each in audit.findings if each.status == "open")
    numbers = {change: counts[change] for change in CHANGES}
    return {**numbers, "resolved": len(audit.resolved)}


def _listeners(audit: AuditDigest) -> tuple[DigestListener, ...]:
    return audit.virtual_servers + audit.receive_connectors


def _organizations(audit: AuditDigest) -> tuple[str, ...]:
    named = [listener.organization for listener in _listeners(audit)]
    named += [server.organization for server in audit.servers]
    return tuple(dict.fromkeys(name for name in named if name))


def guids_of(audit: AuditDigest) -> set[str]:
    """Return the objectGUIDs by which a forest is recognised, whatever its names."""
    others = (*audit.send_connectors, *audit.accepted_domains, *audit.evidence)
    guids = [listener.guid for listener in _listeners(audit)] + [other.guid for other in others]
    return {guid for guid in guids if guid}


def finding_rows_of(number: int, audit: AuditDigest) -> Iterator[Sequence[object]]:
    """Yield the findings of a dump, by its number."""
    for each in audit.findings:
        yield (
            number,
            each.severity,
            each.kind,
            each.rule,
            each.title,
            each.organization,
            each.server,
            each.virtual_server,
            each.dn,
            each.attribute,
            each.found_text,
            each.default_text,
            each.status,
            each.assumed,
        )


def listener_rows_of(number: int, audit: AuditDigest) -> Iterator[Sequence[object]]:
    """Yield who may relay through each listener that counts."""
    for kind, listeners in _by_kind(audit):
        for each in listeners:
            if each.relay is not None and not each.left_by:
                relay = each.relay
                covered = relay.addresses_covered
                yield (
                    number,
                    VERDICTS.index(relay.verdict),
                    kind,
                    each.organization,
                    each.server,
                    each.name,
                    each.exchange_version,
                    relay.verdict,
                    relay.confidence,
                    # Of IPv6 there are more addresses than a whole number of SQLite counts.
                    None if covered is None else str(covered),
                    None if covered is None else float(covered),
                    relay.covers,
                    relay.authenticated_may_relay,
                    relay.anonymous,
                    each.dn,
                )


def setting_rows_of(number: int, audit: AuditDigest) -> Iterator[Sequence[object]]:
    """Yield how many listeners of a dump have which value of which setting."""
    for kind, listeners in _by_kind(audit):
        values = Counter(
            (name, setting.text[:_LONGEST_VALUE])
            for each in listeners
            if not each.left_by
            for name, setting in each.settings.items()
            if setting.state in _VALUE_STATES
        )
        for (name, text), times in values.items():
            yield number, kind, name, text, times


def _by_kind(audit: AuditDigest) -> Iterator[tuple[str, tuple[DigestListener, ...]]]:
    yield kinds.VIRTUAL_SERVER.key, audit.virtual_servers
    yield kinds.RECEIVE_CONNECTOR.key, audit.receive_connectors
