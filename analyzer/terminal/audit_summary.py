"""Results in, the lines that follow an audit on the screen out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from analyzer.directory import kinds
from analyzer.directory.kinds import KindOfObject
from analyzer.dump import read_options
from analyzer.report.counts import (
    STRICTER,
    check_states,
    count_stricter,
    in_use,
    left_behind,
    open_findings,
    severity_counts,
    waived_findings,
)
from analyzer.report.phrases import (
    aside_in_words,
    count,
    listener_kinds,
    name_of_listener,
    name_of_subject,
    place,
)
from analyzer.report.rule_groups import RuleGroup, group_by_rule
from analyzer.report.sections.headline import headline
from analyzer.report.wording import SEVERITY
from analyzer.results.records import InputRecord, Results
from analyzer.terminal.sizes_and_places import size_in_words
from analyzer.visible_text import one_line, shorten

_TOP = 10
_FEW = 5
_NAMED_FIRST = ("msExchSmtpRelayForAuth", "msExchSmtpRelayIpList")


class MarkedLine(NamedTuple):
    """A line; the mark in front carries the colour and says the same in words."""

    text: str
    mark: str = ""
    tone: str = ""
    """`critical`, `high`, `medium`, `low`, `info`, `warning` or empty."""


def summary(results: Results, *, everything: bool = False) -> Iterator[MarkedLine]:
    """Yield what was read, what was found and what could not be judged.

    Args:
        results: of the audit.
        everything: all findings, warnings and unreadable records instead of the first ones.
    """
    for source in results.inputs:
        yield MarkedLine(_input_line(source))
    yield MarkedLine(_objects_line(results))
    yield from _warnings(results, None if everything else _FEW)
    yield MarkedLine("")
    yield MarkedLine(one_line(headline(results)))
    yield MarkedLine("")
    yield MarkedLine(_counts_line(results))
    groups = group_by_rule(results)
    shown = groups if everything else groups[:_TOP]
    for group in shown:
        yield from _rule_lines(group, None if everything else _FEW)
    if len(groups) > len(shown):
        yield MarkedLine(f"{len(groups) - len(shown)} more rules; -v shows them all here")
    yield MarkedLine("")


def written_line(results: Results, outputs: Sequence[str]) -> str:
    """Return the last line of a run."""
    number = count(len(results.findings), "finding")
    wrote = f"Wrote {', '.join(outputs)} ({number})." if outputs else "Wrote nothing (no -o given)."
    return f"{wrote} Report ID {results.run.report_id}. Nothing left this computer."


def timing_lines(reading: float, total: float) -> Iterator[str]:
    """Yield how long a run took, in seconds, and what would make it faster."""
    yield f"Reading took {reading:.2f} s of {total:.2f} s in all."
    if not read_options.scan_is_compiled():
        yield "The scan of big files is not compiled: every record was parsed."


def _input_line(source: InputRecord) -> str:
    return one_line(
        f"Read {source.path}: {size_in_words(source.bytes)}, "
        f"{count(source.entries, 'entry', 'entries')}, {source.dialect}, {source.encoding}, "
        f"{source.export_scope} export"
    )


def _objects_line(results: Results) -> str:
    counts = Counter(listener.kind_of_object.key for listener in in_use(results))
    counts.update(f"{connector.kind}_connector" for connector in results.connectors)
    counts[kinds.SEND_CONNECTOR.key] = len(results.send_connectors)
    counts[kinds.ACCEPTED_DOMAIN.key] = len(results.accepted_domains)
    counts.update(further.kind for further in results.objects)
    counts[kinds.SERVER.key] = len(results.servers)
    versions = Counter(server.exchange_version or "unknown" for server in results.servers)
    which = ", ".join(f"{version}: {versions[version]}" for version in sorted(versions))
    parts = [
        kind.count(counts[kind.key]) + (f" ({which})" if kind is kinds.SERVER else "")
        for kind in sorted(kinds.KINDS, key=_place)
        if counts[kind.key]
    ]
    if not in_use(results):
        parts.insert(0, f"no {' or '.join(kind.singular for kind in listener_kinds(()))}")
    aside = aside_in_words(left_behind(results))
    more = f"; {aside}" if aside else ""
    return f"Found {', '.join(parts)}{more}"


def _place(kind: KindOfObject) -> int:
    """Return where a kind stands in the line: what routes mail, servers, all others."""
    if kind.is_listener or kind.is_connector:
        return 0
    return 1 if kind is kinds.SERVER else 2


def _warnings(results: Results, limit: int | None) -> Iterator[MarkedLine]:
    lines = [
        *(f"{source.path}: {text}" for source in results.inputs for text in source.warnings),
        *(
            f"{place(part.file, part.line, part.last_line, part.offset)}: {part.reason}"
            for part in results.unreadable
        ),
        *(
            f"{place(at.file, at.line, None, at.offset)}: {name_of_listener(listener)}: {note}"
            for listener in results.listeners
            for note in listener.notes
            for at in (listener.source,)
        ),
    ]
    for line in lines[:limit]:
        yield MarkedLine(one_line(line), "!", "warning")
    if limit is not None and len(lines) > limit:
        yield MarkedLine(f"{len(lines) - limit} more in the Parse log", "!", "warning")
    yield from _not_exported(results)
    for change in results.profile:
        if change.off:
            where = place(change.file, change.line, None)
            text = f"{where}: rule {change.rule} is switched off: {change.reason}"
            yield MarkedLine(one_line(text), "!", "warning")
    if results.waivers:
        from analyzer.terminal.waiver_tables import outcome_of_waivers

        for text in outcome_of_waivers(results.waivers):
            yield MarkedLine(text, "!", "warning")


def _not_exported(results: Results) -> Iterator[MarkedLine]:
    missing = {
        name
        for listener in results.listeners
        for name, setting in listener.settings.items()
        if setting.state == "not_exported"
    }
    undecided = {check.rule for check in results.checks if check.not_evaluable}
    affected = [
        rule
        for rule in results.rules
        if rule.id in undecided and missing.intersection(rule.attribute.split(", "))
    ]
    names = dict.fromkeys(
        name for rule in affected for name in rule.attribute.split(", ") if name in missing
    )
    if affected:
        order = sorted(names, key=lambda name: name not in _NAMED_FIRST)
        more = f" and {len(order) - _FEW} more" if len(order) > _FEW else ""
        yield MarkedLine(
            f"not exported: {', '.join(order[:_FEW])}{more}; {count(len(affected), 'check')} "
            "not evaluable. See: exchange-analyzer export-help ldifde",
            "!",
            "warning",
        )


def _counts_line(results: Results) -> str:
    counts = severity_counts(open_findings(results))
    states = check_states(results)
    findings = open_findings(results)
    waived = len(waived_findings(results))
    assumed = severity_counts(finding for finding in findings if finding.assumed)
    parts = [
        f"{SEVERITY[severity]} {number}"
        + (f" ({assumed[severity]} assumed)" if assumed[severity] else "")
        for severity, number in counts.items()
    ]
    return (
        f"{'   '.join(parts)}   |  stricter than default {count_stricter(findings)}"
        + (f"  |  waived {waived}" if waived else "")
        + f"  |  passed {states['passed']}"
        f"  |  not evaluable {states['not_evaluable']}"
    )


def _rule_lines(group: RuleGroup, limit: int | None) -> Iterator[MarkedLine]:
    """Yield a rule once, and below it its objects with the places to jump to."""
    mark = STRICTER if group.first.kind == STRICTER else group.severity
    word = "STRICTER" if mark == STRICTER else SEVERITY[group.severity].upper()
    share = f" (on {group.share})" if len(group.findings) > 1 else ""
    title = one_line(f"{group.title}{share}")
    yield MarkedLine(f"{title}  {group.first.rule}", f"{word:<8}", group.severity)
    for finding in group.findings[:limit]:
        evidence = finding.evidence
        where = one_line(place(evidence.file, evidence.line, None, evidence.offset))
        yield MarkedLine(f"- {shorten(name_of_subject(finding), 60)}  {where}")
    if limit is not None and len(group.findings) > limit:
        yield MarkedLine(f"- {len(group.findings) - limit} more")
