"""Failed rules in, findings for readers out: one for each rule and object."""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from analyzer.catalogue.condition_table import OBJECT_CONDITIONS
from analyzer.catalogue.rule import Default, FindingKind, Rule, Severity
from analyzer.directory.attributes import AttributeType
from analyzer.directory.values import Setting, State, Value, decode
from analyzer.dump.entry import Attribute, Notation
from analyzer.judge.subject import Failure, Owner, Subject, Verdict
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


def make_failure(rule: Rule, subject: Subject, verdict: Verdict) -> Failure:
    """Return a failure with what its finding is about."""
    attribute = verdict.attribute or rule.attribute
    item = subject.item.guid.lower() if subject.item.guid else subject.item.names.normalised
    identity = "\n".join((rule.id, item, attribute.lower()))
    return Failure(rule, subject, verdict, attribute, hashlib.sha256(identity.encode()).hexdigest())


def make_finding(failure: Failure, evidence_id: str) -> FindingRecord:
    """Describe one failure."""
    rule, subject, verdict, attribute, fingerprint = failure
    item = subject.item
    found = _found(subject, attribute)
    default, default_text = _default(rule, subject.owner)
    return FindingRecord(
        id=failure.finding_id,
        fingerprint=fingerprint,
        rule=rule.id,
        kind=rule.kind,
        severity=rule.severity,
        title=_title(rule, found.text, found.state, default_text),
        dn=item.dn,
        organization=item.organization,
        administrative_group=item.administrative_group,
        server=item.server,
        virtual_server=item.name if item.kind.is_named else None,
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


def describe_default(rule: Rule) -> str:
    """Return all documented defaults of a rule in words."""
    if rule.default_text or not rule.defaults:
        return rule.default_text
    texts = [f"{value_text(rule, item)}{_scope(item)}" for item in rule.defaults]
    return "; ".join(texts) + _also(rule)


def value_text(rule: Rule, default: Default) -> str:
    """Return a default as the value of the attribute is shown elsewhere."""
    values = default.value if isinstance(default.value, tuple) else (default.value,)
    return ", ".join(_as_setting(rule.clauses[0].attribute_type, value) for value in values)


def _as_setting(attribute_type: AttributeType, value: bool | int | str) -> str:
    raw = str(value).upper() if isinstance(value, bool) else str(value)
    attribute = Attribute(attribute_type.name, (raw.encode(),), None, None, Notation.PLAIN)
    return decode(attribute_type, attribute, exported=True).text


def _order(failure: Failure) -> tuple[int, str, int, str, str, str]:
    item = failure.subject.item
    return (
        _SEVERITIES.index(failure.rule.severity),
        (item.server or "").casefold(),
        item.number or 0,
        failure.attribute,
        failure.rule.id,
        failure.subject.item.names.normalised,
    )


def _found(subject: Subject, attribute: str) -> _Found:
    setting = subject.item.settings.get(attribute)
    if setting is None:
        dn = subject.item.dn if attribute == _DN else None
        return _Found(dn, dn or "none", dn, None)
    return _Found(setting.value, _found_text(setting), setting.raw, setting.state)


def _found_text(setting: Setting) -> str:
    if setting.state is State.UNDECODABLE and setting.raw is not None:
        return f"{setting.raw} (undecodable: {setting.reason})"
    return setting.text or ("not set" if setting.state is State.NOT_SET else '""')


@lru_cache(maxsize=1024)
def _default(rule: Rule, owner: Owner) -> tuple[bool | int | str | tuple[str, ...] | None, str]:
    version = owner.edition.version
    defaults = rule.defaults_for(owner.edition)
    if len(defaults) == 1:
        value = defaults[0].value
        plain = tuple(map(str, value)) if isinstance(value, tuple) else value
        return plain, rule.default_text or value_text(rule, defaults[0]) + _also(rule)
    if not defaults:
        return None, rule.default_text
    known = " or ".join(f"{value_text(rule, item)}{_scope(item)}" for item in defaults)
    if version is None:
        return None, f"{known}; depends on the Exchange version, which the dump does not reveal"
    return None, f"{known}; none documented for Exchange {version}"


def _scope(default: Default) -> str:
    if default.small_business_server:
        return " (Small Business Server)"
    return f" (Exchange {', '.join(default.versions)})" if default.versions else ""


def _also(rule: Rule) -> str:
    others = ", ".join(map(str, rule.also_documented))
    return f" (also documented: {others})" if others else ""


@lru_cache(maxsize=1024)
def _title(rule: Rule, found_text: str, state: State | None, default_text: str) -> str:
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
    source = subject.item.entry.source
    setting = subject.item.settings.get(attribute)
    line, last_line = source.line, source.last_line
    if setting is not None and setting.line is not None:
        line, last_line = setting.line, setting.last_line
    return FindingEvidence(
        file=source.file,
        line=line,
        last_line=last_line,
        raw=found.raw,
        entry_sha256=subject.item.entry.sha256,
        offset=source.offset,
    )


def _method(rule: Rule, verdict: Verdict, found: _Found) -> str:
    if verdict.assumed or found.state is State.UNDECODABLE:
        return "inferred"
    if len(rule.clauses) > 1 or rule.clauses[0].condition in OBJECT_CONDITIONS:
        return "derived"
    return "direct"
