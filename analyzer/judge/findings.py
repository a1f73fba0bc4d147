"""Causes in, findings for readers out: one for each, in the order in which they are read."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from analyzer.catalogue.condition_table import OBJECT_CONDITIONS
from analyzer.catalogue.rule import FindingKind, Rule, Severity, Support
from analyzer.directory.names import name_left_behind
from analyzer.directory.values import Setting, State, Value
from analyzer.inventory import DirectoryObject
from analyzer.judge.causes import Cause
from analyzer.judge.check_verdict import CheckVerdict
from analyzer.judge.documented_defaults import (
    default_for_title,
    default_of,
    is_recommended,
    is_stricter,
)
from analyzer.judge.subject import Failure, Subject, fingerprint_of
from analyzer.judge.title_words import value_in_words
from analyzer.proof import NAME
from analyzer.results.records import EvidenceRecord, FindingEvidence, FindingRecord

# Python 3.11 takes ten times as long for a member of an enumeration as for a name.
_UNDECODABLE = State.UNDECODABLE
_SEVERITIES = list(Severity)
_KINDS = (
    FindingKind.WEAKNESS,
    FindingKind.HARDENING,
    FindingKind.INCONSISTENT,
    FindingKind.NON_DEFAULT,
    FindingKind.STRICTER,
    FindingKind.INFORMATION,
)
"""In the order in which they stand among findings of one severity."""
_NAMED_SERVERS = 8
_SAID = ("", "0", "TRUE", "FALSE")
_DEFAULT = {
    Support.CONFIRMED: "the documented default",
    Support.INFERRED: "the inferred default",
    Support.UNCONFIRMED: "the unconfirmed default",
}


class _Held(Struct, frozen=True, gc=False):
    """What the object holds: value, and the same for readers."""

    value: Value
    text: str
    state: State | None
    """None for what is no setting of the object, such as its name."""


class Weight(NamedTuple):
    """How much a failure matters, and what it means."""

    severity: Severity
    kind: FindingKind


class WeighedCause(NamedTuple):
    """What one finding tells, and how much it matters."""

    cause: Cause
    weight: Weight


def sort_causes(causes: Iterable[Cause]) -> list[WeighedCause]:
    """Return them so that they read by rule: worst first, then by kind, rule and object."""
    return sorted([WeighedCause(cause, _weight(cause.lead)) for cause in causes], key=_order)


def make_failure(rule: Rule, subject: Subject, verdict: CheckVerdict, evaluation: int) -> Failure:
    """Return a failure with what its finding is about."""
    attribute = verdict.attribute or rule.attribute
    failing = subject.object
    object_id = failing.guid.lower() if failing.guid else failing.names.normalised
    # Neither value nor line, so that a finding is known again in the next export; the GUID, where
    # there is one, survives that the object is renamed or moved.
    fingerprint = fingerprint_of(rule, object_id, attribute)
    return Failure(rule, subject, verdict, attribute, fingerprint, evaluation)


# Objects fail the same rules by the same values. Typed, because to Python True is equal to 1.
@lru_cache(maxsize=1024, typed=True)
def weigh(
    rule: Rule, state: State | None, found: Value, default: Value, private_listener: bool
) -> Weight:
    """Return how much it matters that an object fails a rule with this value, or without one.

    What is stricter than the default, or advised, is no defect.
    """
    if is_stricter(rule, state, found, default):
        return Weight(Severity.INFO, FindingKind.STRICTER)
    if is_recommended(rule, state, found):
        return Weight(Severity.INFO, FindingKind.INFORMATION)
    grade = rule.grade_for(state, found, private_listener=private_listener)
    return Weight(rule.severity if grade is None else grade.severity, rule.kind)


def make_finding(
    weighed: WeighedCause, evidence: EvidenceRecord, judged: Sequence[str]
) -> FindingRecord:
    """Describe one cause, proved by a row of evidence.

    `judged` names the servers that were looked at, for a finding on a whole organisation.
    """
    cause, weight = weighed
    lead = cause.lead
    rule, subject, verdict, attribute = lead.rule, lead.subject, lead.verdict, lead.attribute
    failing = subject.object
    held = _held(subject, attribute)
    default, default_text = default_of(rule, subject.owner)
    on_organization = cause.on_organization
    return FindingRecord(
        id=cause.finding_id,
        fingerprint=cause.fingerprint,
        rule=rule.id,
        kind=weight.kind,
        severity=weight.severity,
        title=_title_of(cause, judged, weight.kind),
        dn=failing.dn,
        organization=failing.organization,
        administrative_group=None if on_organization else failing.administrative_group,
        server=None if on_organization else failing.server,
        virtual_server=None if on_organization else _name_of(failing),
        attribute=attribute,
        found=held.value,
        found_text=_found_text(cause) if on_organization else held.text,
        default=default,
        default_text=default_text,
        default_basis=rule.default_basis,
        status="open",
        evidence=_proof(evidence),
        evidence_id=evidence.id,
        consequence=verdict.detail,
        method=_method(rule, verdict, held),
        assumed=verdict.assumed,
        covers=tuple(covered.rule.id for covered in cause.covered),
        differing=cause.differing,
        objects=tuple(one.subject.object.dn for one in cause.failures) if on_organization else (),
        original_severity=_original_severity(lead, weight.severity),
    )


def _weight(failure: Failure) -> Weight:
    rule, subject = failure.rule, failure.subject
    held = _held(subject, failure.attribute)
    default, _ = default_of(rule, subject.owner)
    return weigh(rule, held.state, held.value, default, _is_private(subject))


def _is_private(subject: Subject) -> bool:
    return subject.relay is not None and subject.relay.private_listener


def _original_severity(failure: Failure, severity: Severity) -> Severity | None:
    """Return the severity by the rule as it is shipped, where a profile makes it another one."""
    if failure.rule.original is None:
        return None
    shipped = _weight(replace(failure, rule=failure.rule.original)).severity
    return None if shipped is severity else shipped


def _order(weighed: WeighedCause) -> tuple[int, int, str, str, int, str, str]:
    lead, weight = weighed.cause.lead, weighed.weight
    failing = lead.subject.object
    return (
        _SEVERITIES.index(weight.severity),
        _KINDS.index(weight.kind),
        lead.rule.id,
        (failing.server or "").casefold(),
        failing.number or 0,
        lead.attribute,
        failing.names.normalised,
    )


def _name_of(failing: DirectoryObject) -> str | None:
    """Return the name of an object beside that of its server; what replication left says so."""
    if not failing.kind.is_named:
        return None
    return name_left_behind(failing.name, failing.names.left_by)


def _held(subject: Subject, attribute: str) -> _Held:
    setting = subject.object.settings.get(attribute)
    if setting is None:
        dn = subject.object.dn if attribute == NAME else None
        return _Held(dn, dn or "none", None)
    text = setting.text or '""'
    if setting.state is _UNDECODABLE and setting.raw is not None:
        text = f"{setting.raw} (undecodable: {setting.reason})"
    return _Held(setting.value, text, setting.state)


def _found_text(cause: Cause) -> str:
    """Return what the objects of an organisation hold, each text once."""
    held = (_held(failure.subject, failure.attribute).text for failure in cause.failures)
    return "; ".join(dict.fromkeys(held))


def _title_of(cause: Cause, judged: Sequence[str], kind: FindingKind) -> str:
    lead, verdict = cause.lead, cause.lead.verdict
    if cause.on_organization:
        title = _organization_title(cause, judged)
    else:
        setting = lead.subject.object.settings.get(lead.attribute)
        title = _title(lead.rule, lead.subject, setting, kind)
        if verdict.briefly:
            title = f"{title}; {verdict.briefly}"
    return f"Assumed: {title[:1].lower()}{title[1:]}" if verdict.assumed else title


def _organization_title(cause: Cause, judged: Sequence[str]) -> str:
    servers = [failure.subject.object.server or "" for failure in cause.failures]
    names = list(dict.fromkeys(filter(None, servers)))
    more = len(names) - _NAMED_SERVERS
    named = ", ".join(names[:_NAMED_SERVERS]) + (f" and {more} more" if more > 0 else "")
    all_of_them = len(set(judged) | set(names))
    noun = "server" if all_of_them == 1 else "servers"
    return f"{cause.lead.rule.finding}: {named} ({len(names)} of {all_of_them} {noun})"


def _title(rule: Rule, subject: Subject, setting: Setting | None, kind: FindingKind) -> str:
    """Say what is wrong; only a deviation from a default leaves it to the reader whether it is."""
    shown = "" if setting is None else value_in_words(setting)
    state = None if setting is None else setting.state
    value = None if setting is None else setting.value
    grade = rule.grade_for(state, value, private_listener=_is_private(subject))
    if grade is not None:
        return grade.finding
    return _sentence(rule, shown, state, default_for_title(rule, subject.owner), kind)


# A forest repeats its deviations on many servers.
@lru_cache(maxsize=1024)
def _sentence(
    rule: Rule, shown: str, state: State | None, default_text: str, kind: FindingKind
) -> str:
    is_neutral = rule.kind is FindingKind.NON_DEFAULT
    if is_neutral and not rule.finding:
        default = _DEFAULT[rule.confidence]
        value = shown or ("another value" if state is State.SET else "not set")
        if kind is FindingKind.STRICTER:
            return f"{rule.title}: {value}, stricter than {default} ({default_text})"
        advice = "recommended" if kind is FindingKind.INFORMATION else "confirm intent"
        return f"{rule.title}: {value} instead of {default} ({default_text}); {advice}"
    if state is State.NOT_SET and rule.defaults:
        return f"{rule.title}: not set; an installation stores {default_text}"
    # The sentence has said already whether it is off, or none.
    sentence = f"{rule.finding} ({shown})" if shown not in _SAID else rule.finding
    if kind is FindingKind.STRICTER:
        return f"{sentence}; stricter than the default"
    return f"{sentence}; confirm intent" if is_neutral else sentence


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
    if verdict.assumed or held.state is _UNDECODABLE:
        return "inferred"
    if len(rule.clauses) > 1 or rule.clauses[0].condition in OBJECT_CONDITIONS:
        return "derived"
    return "direct"
