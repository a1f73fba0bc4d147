"""Results and waivers in, results with the waived findings told apart out.

The checks and the relay verdicts stay as they are: a waiver accepts what was found, it does not
make it good. Wherever it is open whether a waiver fits, it does not.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from analyzer.catalogue.rule import Outcome
from analyzer.directory.names import normalise_dn
from analyzer.results.records import FindingRecord, Results, WaiverRecord
from analyzer.waivers.waiver_file import NO_EXPIRY

_Fitting = tuple[WaiverRecord, list[FindingRecord]]
"""A waiver and the findings that it fits."""


def apply_waivers(results: Results, waivers: Sequence[WaiverRecord], *, day: str) -> Results:
    """Return results in which the findings are waived that waivers in force on a day fit."""
    decisions = _decide(results.findings, waivers)
    # By identity: objects that are several times in a dump have findings of one fingerprint.
    waived: dict[int, str] = {}
    for waiver, fitting in decisions:
        if is_in_force(waiver, day):
            for finding in fitting:
                waived.setdefault(id(finding), waiver.id)
    return replace(
        results,
        findings=tuple(
            replace(finding, status="waived", waiver=waived[id(finding)])
            if id(finding) in waived
            else finding
            for finding in results.findings
        ),
        waivers=tuple(
            _outcome(waiver, fitting, waived, day, results) for waiver, fitting in decisions
        ),
    )


def without_waivers(results: Results) -> Results:
    """Return results as they were before their waivers were applied."""
    return replace(
        results,
        findings=tuple(
            replace(finding, status="open", waiver="")
            if finding.status == "waived" or finding.waiver
            else finding
            for finding in results.findings
        ),
        waivers=(),
    )


def is_in_force(waiver: WaiverRecord, day: str) -> bool:
    """Tell whether a waiver is approved and has not expired on a day, ISO 8601."""
    return waiver.approved_on <= day and not is_expired(waiver, day)


def is_expired(waiver: WaiverRecord, day: str) -> bool:
    """Tell whether the last day of a waiver is over."""
    return bool(waiver.expires) and waiver.expires < day


def fits(waiver: WaiverRecord, finding: FindingRecord) -> bool:
    """Tell whether a waiver is about a finding: by its rule, and by all that it applies to.

    One finding on a whole organisation has no server and no listener; the DNs of all its objects
    have to fit.
    """
    wanted = waiver.applies_to
    tests = (
        (wanted.server, _names(finding.server)),
        (wanted.listener, _names(finding.virtual_server)),
        (wanted.finding, (finding.id, finding.fingerprint)),
    )
    given = [(pattern, texts) for pattern, texts in tests if pattern]
    if finding.rule != waiver.rule or not (given or wanted.object):
        return False
    if wanted.object and not all(
        _is_object(wanted.object, dn) for dn in finding.objects or (finding.dn,)
    ):
        return False
    return all(any(matches(pattern, text) for text in texts) for pattern, texts in given)


def matches(pattern: str, text: str) -> bool:
    """Tell whether a text is a pattern, or fits it: `*` is any text, `?` any one character.

    Capitals do not count, as in the directory.
    """
    if pattern == text:
        return True
    wanted, name = pattern.casefold(), text.casefold()
    at = position = 0
    star, resume = -1, 0
    # Back to the last asterisk only, so that work is at most the product of the two lengths.
    while position < len(name):
        if at < len(wanted) and wanted[at] == "*":
            star, resume, at = at, position, at + 1
        elif at < len(wanted) and wanted[at] in ("?", name[position]):
            at, position = at + 1, position + 1
        elif star >= 0:
            at, resume = star + 1, resume + 1
            position = resume
        else:
            return False
    return not wanted[at:].strip("*")


def _names(name: str | None) -> tuple[str, ...]:
    return () if name is None else (name,)


def _is_object(pattern: str, dn: str) -> bool:
    return matches(pattern, dn) or normalise_dn(pattern) == normalise_dn(dn)


def _decide(
    findings: Iterable[FindingRecord], waivers: Iterable[WaiverRecord]
) -> Sequence[_Fitting]:
    of_rule: dict[str, list[FindingRecord]] = {}
    for finding in findings:
        of_rule.setdefault(finding.rule, []).append(finding)
    return [
        (waiver, [finding for finding in of_rule.get(waiver.rule, ()) if fits(waiver, finding)])
        for waiver in waivers
    ]


def _outcome(
    waiver: WaiverRecord,
    fitting: Sequence[FindingRecord],
    waived: Mapping[int, str],
    day: str,
    results: Results,
) -> WaiverRecord:
    """Return a waiver with what came of it."""
    if is_expired(waiver, day):
        reopened = tuple(each.id for each in fitting if id(each) not in waived)
        return replace(
            waiver, state="expired", findings=reopened, note=_expired(waiver, len(reopened))
        )
    if not is_in_force(waiver, day):
        note = f"not in force: approved on {waiver.approved_on}, after {day}"
        return replace(waiver, state="unused", findings=(), note=note)
    if not fitting:
        note = f"fits no finding{_why_none(waiver, results)}"
        return replace(waiver, state="unused", findings=(), note=note)
    note = "" if waiver.expires else NO_EXPIRY
    ids = tuple(finding.id for finding in fitting)
    return replace(waiver, state="used", findings=ids, note=note)


def _expired(waiver: WaiverRecord, number: int) -> str:
    which = "its finding is" if number == 1 else f"its {number:,} findings are"
    again = f"; {which} open again" if number else "; it fits no finding that is open"
    return f"expired on {waiver.expires}{again}"


def _why_none(waiver: WaiverRecord, results: Results) -> str:
    """Return why the rule of a waiver has no finding, where that is not that nothing fails it."""
    for rule in results.rules:
        if rule.id == waiver.rule and rule.switched_off:
            return ": its rule is switched off by the profile"
    told = {finding.id: finding for finding in results.findings}
    leaders = dict.fromkeys(
        told[each.reported_under].rule
        for each in results.evaluations
        if each.rule == waiver.rule and each.state is Outcome.FAILED and each.reported_under in told
    )
    others = [rule for rule in leaders if rule != waiver.rule]
    return f"; failures of its rule are told under {', '.join(others)}" if others else ""
