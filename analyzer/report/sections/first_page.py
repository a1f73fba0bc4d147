"""Results and sections in, the first page of the report out."""

from collections.abc import Sequence

from analyzer.report.counts import check_states, severity_counts
from analyzer.report.moments import age_in_days
from analyzer.report.paper import Paper
from analyzer.report.phrases import count, count_listeners, name_listeners
from analyzer.report.section import ColumnKind, Link, Row, Section
from analyzer.report.sections import action_plan, finding_list
from analyzer.report.sections.headline import headline
from analyzer.report.sections.parse_log import log_rows
from analyzer.report.sections.server_ranking import chart_in_words, rank_servers
from analyzer.report.summary import BlockColumn, Summary, SummaryBlock
from analyzer.report.tones import TONES
from analyzer.report.wording import CHECK_STATE, SEVERITY
from analyzer.results.records import Results
from analyzer.visible_text import one_line

_TOP_ACTIONS = 5
_PAIR = (BlockColumn("Topic"), BlockColumn("Text"))


def summarize(
    results: Results, paper: Paper, sections: Sequence[Section], optional: Sequence[str]
) -> Summary:
    """Return the summary.

    `sections` are those the report holds, for its contents; of the `optional` ones, by title, the
    contents say so when they are left out.
    """
    servers, chart = rank_servers(results)
    return Summary(
        title=title(results),
        headline=headline(results),
        engagement=_engagement(results, paper),
        severities=_severities(results),
        checks=_checks(results),
        servers=servers,
        actions=_actions(results),
        quality=_quality(results),
        contents=_contents(sections, optional),
        sign_off=_sign_off(paper),
        chart=chart,
        chart_title="Open findings by severity for each server",
        chart_text=chart_in_words(servers, chart),
        counters=(*finding_list.COUNTERS, *action_plan.COUNTERS),
    )


def title(results: Results) -> str:
    """Return the title of the report."""
    names = {listener.organization for listener in results.listeners if listener.organization}
    if len(names) == 1:
        return f"Exchange SMTP relay audit: {one_line(names.pop())}"
    return "Exchange SMTP relay audit"


def latest_change(results: Results) -> str:
    """Return the newest time of change of any object seen, ISO 8601 in UTC; empty when unknown."""
    times = [server.when_changed for server in results.servers]
    times += [evidence.when_changed for evidence in results.evidence]
    return max((text for text in times if text), default="")


def _engagement(results: Results, paper: Paper) -> SummaryBlock:
    tool = results.tool
    rows: tuple[Row, ...] = (
        ("Client", paper.client),
        ("Engagement", paper.engagement),
        ("Subject", f"{name_listeners(results.listeners)} of Exchange, relay and access"),
        ("State of the directory", latest_change(results)[:10] or "date unknown"),
        ("Scope", paper.scope_label or count_listeners(results.listeners)),
        ("Marking", paper.marking),
        ("Prepared by", paper.prepared_by),
        ("Prepared on", results.run.started.replace("T", " ").replace("Z", " UTC")),
        ("Program, rule set", f"{tool.name} {tool.version}, rules {tool.catalogue_version}"),
        ("Report ID", results.run.report_id),
    )
    return SummaryBlock("Engagement", _PAIR, rows)


def _severities(results: Results) -> SummaryBlock:
    still_open, waived = (
        severity_counts(finding for finding in results.findings if finding.status == status)
        for status in ("open", "waived")
    )
    rows: list[Row] = [(word, still_open[key], waived[key]) for key, word in SEVERITY.items()]
    rows.append(("All", sum(still_open.values()), sum(waived.values())))
    columns = (
        BlockColumn("Severity", ColumnKind.WORD, TONES),
        BlockColumn("Open", ColumnKind.NUMBER),
        BlockColumn("Waived", ColumnKind.NUMBER),
    )
    # A column of noughts says nothing: it appears when there is a waiver.
    shown = len(columns) if any(waived.values()) else len(columns) - 1
    rows = [row[:shown] for row in rows]
    return SummaryBlock("Findings by severity", columns[:shown], tuple(rows))


def _checks(results: Results) -> SummaryBlock:
    states = check_states(results)
    rows: list[Row] = [(word, states[key]) for key, word in CHECK_STATE.items()]
    rows.append(("All", sum(states.values())))
    live = sum(rule.offline == "no" for rule in results.rules)
    return SummaryBlock(
        f"{count(len(results.checks), 'check')} on all objects",
        (
            BlockColumn("State", ColumnKind.WORD, TONES),
            BlockColumn("Results", ColumnKind.NUMBER),
        ),
        tuple(rows),
        f"{count(live, 'check')} more only a running server can decide." if live else "",
    )


def _actions(results: Results) -> SummaryBlock:
    actions = action_plan.plan(results)
    rows: tuple[Row, ...] = tuple(
        (
            Link(action.id, action_plan.KEY, action.id),
            action.horizon,
            SEVERITY[action.severity],
            len(action.findings),
            action.text,
        )
        for action in actions[:_TOP_ACTIONS]
    )
    left = len(actions) - len(rows)
    columns = (
        BlockColumn("Action ID"),
        BlockColumn("Horizon", ColumnKind.WORD, TONES),
        BlockColumn("Severity", ColumnKind.WORD, TONES),
        BlockColumn("Findings", ColumnKind.NUMBER),
        BlockColumn("Action"),
    )
    return SummaryBlock(
        "Top five actions",
        columns,
        rows,
        f"{count(left, 'more action')} on Action plan." if left else "",
        empty="No action needed",
    )


def _quality(results: Results) -> SummaryBlock:
    limited = sum(source.export_scope == "limited" for source in results.inputs)
    states: list[str] = [
        setting.state for listener in results.listeners for setting in listener.settings.values()
    ]
    damaged = states.count("lost") + states.count("undecodable")
    missing = states.count("not_exported")
    scope = (
        "Full" if not limited else f"Limited in {limited} of {count(len(results.inputs), 'file')}"
    )
    rows: tuple[Row, ...] = (
        ("Age", _age(results)),
        ("Export", scope),
        ("Records not read", f"{len(results.unreadable):,}"),
        ("Values lost", f"{damaged:,} of {len(states):,} lost in the export or not decodable"),
        ("Values not exported", f"{missing:,} of {len(states):,}, neither passed nor failed"),
        ("Parse log", count(sum(1 for _ in log_rows(results)), "entry", "entries")),
    )
    columns = (BlockColumn("Topic"), BlockColumn("Finding"))
    return SummaryBlock("How far the dump can be relied on", columns, rows)


def _age(results: Results) -> str:
    """Return how old the dump is by what it holds, or else by the oldest file."""
    days = age_in_days(latest_change(results), results.run.started)
    if days is not None:
        return f"{count(max(days, 0), 'day')} since the last change seen"
    files = [source.modified for source in results.inputs if source.modified]
    days = age_in_days(min(files), results.run.started) if files else None
    return f"file {count(max(days, 0), 'day')} old" if days is not None else "Unknown"


def _contents(sections: Sequence[Section], optional: Sequence[str]) -> SummaryBlock:
    rows: list[Row] = [
        (Link(section.title, section.key), section.count if section.count else "none")
        for section in sections
    ]
    present = {section.title for section in sections}
    rows += [(name, "none") for name in optional if name not in present]
    return SummaryBlock("Contents", (BlockColumn("Sheet"), BlockColumn("Rows")), tuple(rows))


def _sign_off(paper: Paper) -> SummaryBlock:
    headers = ("Role", "Name", "Initials", "Date", "Conclusion")
    rows: tuple[Row, ...] = (
        ("Prepared", paper.prepared_by, None, None, None),
        ("Reviewed", paper.reviewer, None, None, None),
        ("Client response", None, None, None, None),
    )
    return SummaryBlock("Sign-off", tuple(map(BlockColumn, headers)), rows)
