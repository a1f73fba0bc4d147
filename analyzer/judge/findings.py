"""Failed rules in, findings for readers out: one for each rule and object."""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from analyzer.catalogue.condition_table import OBJECT_CONDITIONS
from analyzer.catalogue.rule import FindingKind, Rule, Severity
from analyzer.directory.values import Setting, State, Value
from analyzer.judge.check_verdict import CheckVerdict
from analyzer.judge.documented_defaults import default_of
from analyzer.judge.subject import Failure, Subject
from analyzer.results.records import FindingEvidence, FindingRecord

_SEVERITIES = list(Severity)
_DN = "distinguishedName"
_LONGEST_IN_TITLE = 120


class _Found(NamedTuple):
    """What the object holds: value, the same for readers, and as it stands in the dump."""

    value: Value
    text: str
    raw: str | None
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
    identity = "\n".join((rule.id, object_id, attribute.lower()))
    return Failure(rule, subject, verdict, attribute, hashlib.sha256(identity.encode()).hexdigest())


def make_finding(failure: Failure, evidence_id: str) -> FindingRecord:
    """Describe one failure."""
    rule, subject, verdict, attribute, fingerprint = failure
    failing = subject.object
    found = _found(subject, attribute)
    default, default_text = default_of(rule, subject.owner.edition)
    return FindingRecord(
        id=failure.finding_id,
        fingerprint=fingerprint,
        rule=rule.id,
        kind=rule.kind,
        severity=rule.severity,
        title=_title(rule, found.text, found.state, default_text),
        dn=failing.dn,
        organization=failing.organization,
        administrative_group=failing.administrative_group,
        server=failing.server,
        virtual_server=failing.name if failing.kind.is_named else None,
        attribute=attribute,
        found=found.value,
        found_text=found.text,
        default=default,
        default_text=default_text,
        default_basis=rule.default_basis,
        status="open",
        evidence=_evidence(subject, attribute, found),
        evidence_id=evidence_id,
        consequence=verdict.detail,
        method=_method(rule, verdict, found),
    )


def _order(failure: Failure) -> tuple[int, str, int, str, str, str]:
    failing = failure.subject.object
    return (
        _SEVERITIES.index(failure.rule.severity),
        (failing.server or "").casefold(),
        failing.number or 0,
        failure.attribute,
        failure.rule.id,
        failing.names.normalised,
    )


def _found(subject: Subject, attribute: str) -> _Found:
    setting = subject.object.settings.get(attribute)
    if setting is None:
        dn = subject.object.dn if attribute == _DN else None
        return _Found(dn, dn or "none", dn, None)
    return _Found(setting.value, _found_text(setting), setting.raw, setting.state)


def _found_text(setting: Setting) -> str:
    if setting.state is State.UNDECODABLE and setting.raw is not None:
        return f"{setting.raw} (undecodable: {setting.reason})"
    return setting.text or ("not set" if setting.state is State.NOT_SET else '""')


# A forest repeats its deviations on many servers.
@lru_cache(maxsize=1024)
def _title(rule: Rule, found_text: str, state: State | None, default_text: str) -> str:
    """Say what is wrong; only a deviation from a default leaves it to the reader whether it is."""
    shown = _short(found_text) if state is State.SET else ""
    if state is State.UNDECODABLE:
        shown = "a value that cannot be decoded"
    is_neutral = rule.kind is FindingKind.NON_DEFAULT
    if is_neutral and not rule.finding:
        return (
            f"{rule.title}: {shown or 'not set'} instead of the documented default "
            f"{default_text}; confirm intent"
        )
    if state is State.NOT_SET and rule.defaults:
        return f"{rule.title}: not set; an installation stores {default_text}"
    sentence = f"{rule.finding} ({shown})" if shown else rule.finding
    return f"{sentence}; confirm intent" if is_neutral else sentence


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST_IN_TITLE else plain[: _LONGEST_IN_TITLE - 1] + "…"


def _evidence(subject: Subject, attribute: str, found: _Found) -> FindingEvidence:
    source = subject.object.entry.source
    setting = subject.object.settings.get(attribute)
    line, last_line = source.line, source.last_line
    if setting is not None and setting.line is not None:
        line, last_line = setting.line, setting.last_line
    return FindingEvidence(
        file=source.file,
        line=line,
        last_line=last_line,
        raw=found.raw,
        entry_sha256=subject.object.entry.sha256,
        offset=source.offset,
    )


def _method(rule: Rule, verdict: CheckVerdict, found: _Found) -> str:
    """Tell whether a finding rests on one value, on several, or on an assumption."""
    if verdict.assumed or found.state is State.UNDECODABLE:
        return "inferred"
    if len(rule.clauses) > 1 or rule.clauses[0].condition in OBJECT_CONDITIONS:
        return "derived"
    return "direct"
