"""Results and sections in, the first page of the report out."""

from collections.abc import Sequence

from analyzer.report.counts import (
    ServerKey,
    check_states,
    findings_by_server,
    server_key,
    servers_of,
    severity_counts,
    weight,
    worst_verdict,
)
from analyzer.report.paper import Paper
from analyzer.report.section import Block, Link, Row, Section, Summary
from analyzer.report.sections.action_plan import plan
from analyzer.report.sections.order import OPTIONAL
from analyzer.report.sections.provenance import log_lines
from analyzer.report.wording import (
    CHECK_STATE,
    SEVERITY,
    VERDICT,
    age_in_days,
    count,
    headline,
)
from analyzer.results.records import Results
from analyzer.visible_text import one_line

MOST_SERVERS = 15
TOP_ACTIONS = 5
ELSEWHERE = "Not tied to a server"


def summarize(results: Results, paper: Paper, sections: Sequence[Section]) -> Summary:
    """Return the summary; `sections` are those the report holds, for its contents."""
    servers, chart = _servers(results)
    return Summary(
        title=title(results),
        headline=headline(results),
        engagement=_engagement(results, paper),
        severities=_severities(results),
        checks=_checks(results),
        servers=servers,
        actions=_actions(results),
        quality=Block("How far the dump can be relied on", ("Topic", "Finding"), _quality(results)),
        contents=_contents(sections),
        sign_off=Block(
            "Sign-off",
            ("Role", "Name", "Initials", "Date", "Conclusion"),
            (
                ("Prepared", paper.prepared_by, None, None, None),
                ("Reviewed", paper.reviewer, None, None, None),
                ("Client response", None, None, None, None),
            ),
        ),
        chart=chart,
        chart_text=_chart_text(servers, chart),
    )


def title(results: Results) -> str:
    """Return the title of the report."""
    names = dict.fromkeys(
        item.organization for item in results.virtual_servers if item.organization
    )
    if len(names) == 1:
        return f"Exchange SMTP relay audit: {one_line(next(iter(names)))}"
    return "Exchange SMTP relay audit"


def latest_change(results: Results) -> str:
    """Return the newest time of change of any object seen, ISO 8601 in UTC; empty when unknown."""
    times = [item.when_changed for item in results.servers]
    times += [item.when_changed for item in results.evidence]
    return max((text for text in times if text), default="")


def _engagement(results: Results, paper: Paper) -> Block:
    tool = results.tool
    scope = paper.scope_label or count(len(results.virtual_servers), "SMTP virtual server")
    rows: tuple[Row, ...] = (
        ("Client", paper.client),
        ("Engagement", paper.engagement),
        ("Subject", "SMTP virtual servers of Exchange, relay and access"),
        ("State of the directory", latest_change(results)[:10] or "date unknown"),
        ("Scope", scope),
        ("Marking", paper.marking),
        ("Prepared by", paper.prepared_by),
        ("Prepared on", results.run.started.replace("T", " ").replace("Z", " UTC")),
        ("Program, rule set", f"{tool.name} {tool.version}, rules {tool.catalogue_version}"),
        ("Report ID", results.run.report_id),
    )
    return Block("Engagement", ("Topic", "Text"), rows)


def _severities(results: Results) -> Block:
    still_open = severity_counts(item for item in results.findings if item.status == "open")
    waived = severity_counts(item for item in results.findings if item.status == "waived")
    rows: list[Row] = [(word, still_open[key], waived[key]) for key, word in SEVERITY.items()]
    rows.append(("All", sum(still_open.values()), sum(waived.values())))
    return Block("Findings by severity", ("Severity", "Open", "Waived"), tuple(rows))


def _checks(results: Results) -> Block:
    states = check_states(results)
    rows: list[Row] = [(word, states[key]) for key, word in CHECK_STATE.items()]
    rows.append(("All", sum(states.values())))
    live = sum(rule.offline == "no" for rule in results.rules)
    note = f"{count(live, 'check')} more only a running server can decide." if live else ""
    return Block(
        f"{count(len(results.checks), 'check')} on all objects",
        ("State", "Results"),
        tuple(rows),
        note,
    )


def _servers(results: Results) -> tuple[Block, dict[str, tuple[int, ...]]]:
    findings = findings_by_server(results)
    known: list[tuple[ServerKey, str, int]] = [
        (server_key(item.organization, item.name), item.name, item.virtual_servers)
        for item in servers_of(results)
    ]
    listed = {key for key, _, _ in known}
    loose = [item for key, group in findings.items() if key not in listed for item in group]
    known.sort(key=lambda row: -weight(findings.get(row[0], ())))
    shown = known[:MOST_SERVERS]
    rows: list[Row] = []
    columns: list[dict[str, int]] = []
    for key, name, number in shown:
        group = findings.get(key, [])
        counts = severity_counts(group)
        verdict = worst_verdict(
            item
            for item in results.virtual_servers
            if server_key(item.organization, item.server) == key
        )
        differing = sum(item.kind == "non-default" for item in group)
        columns.append(counts)
        rows.append(
            (
                one_line(name),
                number,
                *counts.values(),
                differing,
                VERDICT.get(verdict or "", "None"),
            )
        )
    if loose:
        counts = severity_counts(loose)
        columns.append(counts)
        differing = sum(item.kind == "non-default" for item in loose)
        rows.append((ELSEWHERE, 0, *counts.values(), differing, ""))
    left = len(known) - len(shown)
    note = f"{count(left, 'more server')} on Servers." if left else ""
    headers = ("Server", "Virtual servers", *SEVERITY.values(), "Non-default", "Relay verdict")
    chart = {
        word: tuple(counts[severity] for counts in columns) for severity, word in SEVERITY.items()
    }
    return Block("Servers, most findings first", headers, tuple(rows), note), chart


def _actions(results: Results) -> Block:
    actions = plan(results)
    rows: tuple[Row, ...] = tuple(
        (
            Link(item.id, "action-plan", item.id),
            item.horizon,
            SEVERITY[item.severity],
            len(item.findings),
            item.text,
        )
        for item in actions[:TOP_ACTIONS]
    )
    left = len(actions) - len(rows)
    note = f"{count(left, 'more action')} on Action plan." if left else ""
    return Block(
        "Top five actions", ("Action ID", "Horizon", "Severity", "Findings", "Action"), rows, note
    )


def _quality(results: Results) -> tuple[Row, ...]:
    limited = sum(item.export_scope == "limited" for item in results.inputs)
    settings: list[str] = [
        setting.state for item in results.virtual_servers for setting in item.settings.values()
    ]
    damaged = settings.count("lost") + settings.count("undecodable")
    missing = settings.count("not_exported")
    scope = (
        "Full" if not limited else f"Limited in {limited} of {count(len(results.inputs), 'file')}"
    )
    return (
        ("Age", _age(results)),
        ("Export", scope),
        ("Records not read", f"{len(results.unreadable):,}"),
        ("Values lost", f"{damaged:,} of {len(settings):,} lost in the export or not decodable"),
        ("Values not exported", f"{missing:,} of {len(settings):,}, neither passed nor failed"),
        ("Parse log", count(sum(1 for _ in log_lines(results)), "entry", "entries")),
    )


def _age(results: Results) -> str:
    changed = latest_change(results)
    days = age_in_days(changed, results.run.started)
    if days is not None:
        return f"{count(max(days, 0), 'day')} since the last change seen"
    files = [item.modified for item in results.inputs if item.modified]
    days = age_in_days(min(files), results.run.started) if files else None
    return f"file {count(max(days, 0), 'day')} old" if days is not None else "Unknown"


def _contents(sections: Sequence[Section]) -> Block:
    rows: list[Row] = [
        (Link(item.title, item.key), item.count if item.count else "none") for item in sections
    ]
    present = {item.title for item in sections}
    rows += [(name, "none") for name in OPTIONAL if name not in present]
    return Block("Contents", ("Sheet", "Rows"), tuple(rows))


def _chart_text(servers: Block, chart: dict[str, tuple[int, ...]]) -> str:
    parts = []
    for at, row in enumerate(servers.rows[:MOST_SERVERS]):
        numbers = ", ".join(f"{word} {values[at]}" for word, values in chart.items() if values[at])
        parts.append(f"{row[0]}: {numbers or 'none'}")
    return "Stacked bars, open findings by severity for each server. " + "; ".join(parts) + "."
