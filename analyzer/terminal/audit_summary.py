"""Results in, the lines that follow an audit on the screen out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from analyzer.report.counts import check_states, open_findings, severity_counts
from analyzer.report.phrases import count, name_of, place
from analyzer.report.text import one_line, shorten
from analyzer.report.wording import SEVERITY
from analyzer.results.records import FindingRecord, InputRecord, Results
from analyzer.terminal.text_table import size_in_words

_TOP = 10
_FEW = 5
_WIDTH = 80
"""Characters of a title."""
_NAMED_FIRST = ("msExchSmtpRelayForAuth", "msExchSmtpRelayIpList")


class Line(NamedTuple):
    """A line; the mark in front carries the colour and says the same in words."""

    text: str
    mark: str = ""
    tone: str = ""
    """`critical`, `high`, `medium`, `low`, `info`, `warning` or empty."""


def summary(results: Results, *, everything: bool = False) -> Iterator[Line]:
    """Yield what was read, what was found and what could not be judged.

    Args:
        results: of the audit.
        everything: all findings, warnings and unreadable records instead of the first ones.
    """
    for source in results.inputs:
        yield Line(_input_line(source))
    yield Line(_objects_line(results))
    yield from _warnings(results, None if everything else _FEW)
    yield Line("")
    yield Line(_counts_line(results))
    found = open_findings(results)
    shown = found if everything else found[:_TOP]
    width = max((len(_who(item)) for item in shown), default=0)
    for item in shown:
        where = place(item.evidence.file, item.evidence.line, None, item.evidence.offset)
        title = one_line(item.title) if everything else shorten(item.title, _WIDTH)
        text = f"{_who(item):<{width}}  {title}  {one_line(where)}"
        yield Line(text, f"{SEVERITY[item.severity].upper():<8}", item.severity)
    if len(found) > len(shown):
        yield Line(f"{len(found) - len(shown)} more; -v shows them all here")
    yield Line("")


def written_line(results: Results, outputs: Sequence[str]) -> str:
    """Return the last line of a run."""
    number = count(len(results.findings), "finding")
    wrote = f"Wrote {', '.join(outputs)} ({number})." if outputs else "Wrote nothing (no -o given)."
    return f"{wrote} Report ID {results.run.report_id}. Nothing left this computer."


def _input_line(source: InputRecord) -> str:
    return one_line(
        f"Read {source.path}: {size_in_words(source.bytes)}, "
        f"{count(source.entries, 'entry', 'entries')}, {source.dialect}, {source.encoding}, "
        f"{source.export_scope} export"
    )


def _objects_line(results: Results) -> str:
    kinds = Counter(item.kind for item in results.connectors)
    versions = Counter(item.exchange_version or "unknown" for item in results.servers)
    which = ", ".join(f"{version}: {versions[version]}" for version in sorted(versions))
    parts = [
        count(len(results.virtual_servers), "SMTP virtual server"),
        count(kinds["smtp"], "SMTP connector"),
        count(kinds["routing_group"], "routing group connector"),
        count(len(results.servers), "Exchange server") + (f" ({which})" if which else ""),
    ]
    return f"Found {', '.join(parts)}"


def _warnings(results: Results, limit: int | None) -> Iterator[Line]:
    lines = [
        *(f"{source.path}: {text}" for source in results.inputs for text in source.warnings),
        *(
            f"{place(item.file, item.line, item.last_line, item.offset)}: {item.reason}"
            for item in results.unreadable
        ),
    ]
    for line in lines[:limit]:
        yield Line(one_line(line), "!", "warning")
    if limit is not None and len(lines) > limit:
        yield Line(f"{len(lines) - limit} more in the Parse log", "!", "warning")
    yield from _not_exported(results)


def _not_exported(results: Results) -> Iterator[Line]:
    missing = {
        name
        for server in results.virtual_servers
        for name, setting in server.settings.items()
        if setting.state == "not_exported"
    }
    undecided = {item.rule for item in results.checks if item.not_evaluable}
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
        yield Line(
            f"not exported: {', '.join(order[:_FEW])}{more}; {count(len(affected), 'check')} "
            "not evaluable. See: exchange-analyzer export-help ldifde",
            "!",
            "warning",
        )


def _counts_line(results: Results) -> str:
    counts = severity_counts(open_findings(results))
    states = check_states(results)
    parts = [f"{SEVERITY[severity]} {number}" for severity, number in counts.items()]
    return (
        f"{'   '.join(parts)}   |  passed {states['passed']}"
        f"  |  not evaluable {states['not_evaluable']}"
    )


def _who(item: FindingRecord) -> str:
    return shorten(name_of(item.server, item.virtual_server), 48)
