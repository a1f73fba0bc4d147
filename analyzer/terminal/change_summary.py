"""Compared results in, the lines on the screen that say what changed out."""

from collections import Counter
from collections.abc import Iterator, Sequence

from analyzer.report.phrases import count, name_of, name_of_subject
from analyzer.report.wording import DIRECTION, SEVERITY, VERDICT
from analyzer.results.records import ChangedRelay, FindingRecord, Results
from analyzer.terminal.audit_summary import MarkedLine
from analyzer.visible_text import one_line, shorten

_FEW = 5


def change_lines(results: Results, *, everything: bool = False) -> Iterator[MarkedLine]:
    """Yield how much changed since the baseline, the worst of it, and what cannot be told."""
    baseline = results.baseline
    if baseline is None:
        return
    changes = Counter(finding.change for finding in results.findings)
    unknown = changes["not_comparable"] + len(results.not_comparable)
    yield MarkedLine(
        f"Since {baseline.report_id or 'the baseline'} of {baseline.made[:10]}: "
        f"{changes['new']} new   {changes['changed']} changed   {changes['unchanged']} unchanged"
        f"   {len(results.resolved)} resolved   |  {unknown} not comparable"
        f"  |  {count(len(results.changed_settings), 'setting')} changed without a finding"
    )
    limit = None if everything else _FEW
    for relay in results.changed_relay[:limit]:
        yield _relay_line(relay)
    for word in ("new", "changed"):
        alike = [finding for finding in results.findings if finding.change == word]
        yield from _finding_lines(word, alike, limit)
    yield from _reasons(results, limit)
    yield MarkedLine("")


def _relay_line(relay: ChangedRelay) -> MarkedLine:
    before = VERDICT[relay.before] if relay.before else "not there"
    after = VERDICT[relay.after] if relay.after else "not there"
    name = one_line(name_of(relay.server, relay.name))
    tone = "critical" if relay.direction == "worsened" else ""
    return MarkedLine(
        f"relay of {name}: was {before}, is {after}", DIRECTION[relay.direction].upper(), tone
    )


def _finding_lines(
    word: str, findings: Sequence[FindingRecord], limit: int | None
) -> Iterator[MarkedLine]:
    for finding in findings[:limit]:
        was = f" (was {shorten(finding.previous_text, 60)})" if finding.previous_text else ""
        title = shorten(one_line(finding.title), 100)
        severity = SEVERITY[finding.severity].upper()
        subject = shorten(name_of_subject(finding), 60)
        text = f"{severity}  {subject}: {title}{was}  {finding.rule}"
        yield MarkedLine(text, word.upper(), finding.severity)
    if limit is not None and len(findings) > limit:
        yield MarkedLine(f"{len(findings) - limit} more {word}, see Changes")


def _reasons(results: Results, limit: int | None) -> Iterator[MarkedLine]:
    """Yield why findings cannot be compared, each reason once with the number of them."""
    reasons = Counter(
        [
            *(each.change_reason for each in results.findings if each.change == "not_comparable"),
            *(each.why for each in results.not_comparable),
        ]
    )
    for reason, number in reasons.most_common(limit):
        text = f"{count(number, 'finding')} not comparable: {shorten(one_line(reason), 200)}"
        yield MarkedLine(text, "!", "warning")
    if limit is not None and len(reasons) > limit:
        yield MarkedLine(f"{len(reasons) - limit} more reasons, see Changes", "!", "warning")
