"""Failed rules in, findings for readers out: one for each rule and object."""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from analyzer.catalogue.condition_table import OBJECT_CONDITIONS
from analyzer.catalogue.rule import FindingKind, Rule, Severity, Support
from analyzer.directory.values import State, Value
from analyzer.judge.check_verdict import CheckVerdict
from analyzer.judge.documented_defaults import default_of
from analyzer.judge.subject import Failure, Subject
from analyzer.proof import NAME
from analyzer.results.records import EvidenceRecord, FindingEvidence, FindingRecord

_SEVERITIES = list(Severity)
_LONGEST_IN_TITLE = 120
_DEFAULT = {
    Support.CONFIRMED: "the documented default",
    Support.INFERRED: "the inferred default",
    Support.UNCONFIRMED: "the unconfirmed default",
}


class _Held(NamedTuple):
    """What the object holds: value, and the same for readers."""

    value: Value
    text: str
    state: State | None
    """None for what is no setting of the object, such as its name."""


def sort_failures(failures: Iterable[Failure]) -> list[Failure]:
    """Return them worst first, then by server, virtual server, attribute and rule."""
    return sorted(failures, key=_order)


def make_failure(rule: Rule, subject: Subject, verdict: CheckVerdict) -> Failure:
    """Return a failure with what its finding is about."""
    attribute = verdict.attribute or rule.attribute
    failing = subject.object
    object_id = failing.guid.lower() if failing.guid else failing.names.normalised
    # Neither value nor line, so that a finding is known again in the next export; the GUID, where
    # there is one, survives that the object is renamed or moved.
    identity = "\n".join((rule.id, object_id, attribute.lower()))
    return Failure(rule, subject, verdict, attribute, hashlib.sha256(identity.encode()).hexdigest())


def severity_of(rule: Rule, state: State | None, found: Value) -> Severity:
    """Return how much it matters that an object fails a rule with this value, or without one."""
    grade = rule.grade_for(state, found)
    return rule.severity if grade is None else grade.severity


def make_finding(failure: Failure, evidence: EvidenceRecord) -> FindingRecord:
    """Describe one failure, proved by a row of evidence."""
    rule, subject, verdict, attribute, fingerprint = failure
    failing = subject.object
    held = _held(subject, attribute)
    default, default_text = default_of(rule, subject.owner.edition)
    return FindingRecord(
        id=failure.finding_id,
        fingerprint=fingerprint,
        rule=rule.id,
        kind=rule.kind,
        severity=severity_of(rule, held.state, held.value),
        title=_title(rule, held, default_text),
        dn=failing.dn,
        organization=failing.organization,
        administrative_group=failing.administrative_group,
        server=failing.server,
        virtual_server=failing.name if failing.kind.is_named else None,
        attribute=attribute,
        found=held.value,
        found_text=held.text,
        default=default,
        default_text=default_text,
        default_basis=rule.default_basis,
        status="open",
        evidence=_proof(evidence),
        evidence_id=evidence.id,
        consequence=verdict.detail,
        method=_method(rule, verdict, held),
    )


def _order(failure: Failure) -> tuple[int, str, int, str, str, str]:
    failing = failure.subject.object
    held = _held(failure.subject, failure.attribute)
    return (
        _SEVERITIES.index(severity_of(failure.rule, held.state, held.value)),
        (failing.server or "").casefold(),
        failing.number or 0,
        failure.attribute,
        failure.rule.id,
        failing.names.normalised,
    )


def _held(subject: Subject, attribute: str) -> _Held:
    setting = subject.object.settings.get(attribute)
    if setting is None:
        dn = subject.object.dn if attribute == NAME else None
        return _Held(dn, dn or "none", None)
    text = setting.text or '""'
    if setting.state is State.UNDECODABLE and setting.raw is not None:
        text = f"{setting.raw} (undecodable: {setting.reason})"
    return _Held(setting.value, text, setting.state)


# A forest repeats its deviations on many servers.
@lru_cache(maxsize=1024)
def _title(rule: Rule, held: _Held, default_text: str) -> str:
    """Say what is wrong; only a deviation from a default leaves it to the reader whether it is."""
    state = held.state
    grade = rule.grade_for(state, held.value)
    if grade is not None:
        return grade.finding
    shown = _short(held.text) if state is State.SET else ""
    if state is State.UNDECODABLE:
        shown = "a value that cannot be decoded"
    is_neutral = rule.kind is FindingKind.NON_DEFAULT
    if is_neutral and not rule.finding:
        return (
            f"{rule.title}: {shown or 'not set'} instead of {_DEFAULT[rule.confidence]} "
            f"{default_text}; confirm intent"
        )
    if state is State.NOT_SET and rule.defaults:
        return f"{rule.title}: not set; an installation stores {default_text}"
    sentence = f"{rule.finding} ({shown})" if shown else rule.finding
    return f"{sentence}; confirm intent" if is_neutral else sentence


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST_IN_TITLE else plain[: _LONGEST_IN_TITLE - 1] + "…"


def _proof(evidence: EvidenceRecord) -> FindingEvidence:
    """Repeat where the evidence stands, so that a finding can be read by itself."""
    return FindingEvidence(
        file=evidence.file,
        line=evidence.line,
        last_line=evidence.last_line,
        raw=evidence.raw,
        entry_sha256=evidence.entry_sha256,
        offset=evidence.offset,
    )


def _method(rule: Rule, verdict: CheckVerdict, held: _Held) -> str:
    """Tell whether a finding rests on one value, on several, or on an assumption."""
    if verdict.assumed or held.state is State.UNDECODABLE:
        return "inferred"
    if len(rule.clauses) > 1 or rule.clauses[0].condition in OBJECT_CONDITIONS:
        return "derived"
    return "direct"
