"""Results and sections in, the first page of the report out."""

from collections import Counter
from collections.abc import Sequence

from analyzer.report.counts import (
    STRICTER,
    AcceptedListeners,
    check_states,
    count_assumed,
    count_stricter,
    in_use,
    is_assumed,
    left_behind,
    severity_counts,
    was_audited,
)
from analyzer.report.moments import age_in_days, age_in_words
from analyzer.report.paper import Paper
from analyzer.report.phrases import (
    aside_in_words,
    count,
    list_names,
    listener_kinds,
    name_listeners,
    name_of_listener,
    population,
    verdict_word,
)
from analyzer.report.rule_groups import RuleGroup, group_by_rule, objects_in_words
from analyzer.report.section import ColumnKind, Link, Row, Section
from analyzer.report.sections import (
    action_plan,
    change_list,
    finding_list,
    findings_by_rule,
    parse_log,
)
from analyzer.report.sections.headline import headline
from analyzer.report.sections.server_ranking import chart_in_words, rank_servers
from analyzer.report.summary import BlockColumn, Summary, SummaryBlock
from analyzer.report.tones import TONES
from analyzer.report.wording import (
    ACCEPTED,
    ASSUMED,
    CHECK_STATE,
    FINDING_KIND,
    SEVERITY,
    VERDICT,
    VERDICT_WORDS,
)
from analyzer.results.records import Results
from analyzer.visible_text import one_line

_TOP_ACTIONS = 5
_TOP_RULES = 5
_NAMED_LISTENERS = 6
_NOTHING = "Nothing could be audited"
_PAIR = (BlockColumn("Topic"), BlockColumn("Text"))


def summarize(
    results: Results, paper: Paper, sections: Sequence[Section], optional: Sequence[str]
) -> Summary:
    """Return the summary.

    `sections` are those the report holds, for its contents; of the `optional` ones, by title, the
    contents say so when they are left out.
    """
    servers, chart = rank_servers(results)
    changes, change_chart, change_words = change_list.summary_block(results)
    return Summary(
        title=title(results),
        headline=" ".join(filter(None, (headline(results), change_list.in_short(results)))),
        engagement=_engagement(results, paper),
        verdicts=_verdicts(results),
        severities=_severities(results),
        checks=_checks(results),
        changes=changes,
        servers=servers,
        rules=_rules(results),
        actions=_actions(results),
        quality=_quality(results, sections),
        contents=_contents(sections, optional),
        sign_off=_sign_off(paper),
        chart=chart,
        chart_title="Open findings by server",
        chart_text=chart_in_words(servers, chart),
        change_chart=change_chart,
        change_chart_text=change_words,
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
        ("Scope", paper.scope_label or population(in_use(results))),
        ("Marking", paper.marking),
        ("Prepared by", paper.prepared_by),
        ("Prepared on", results.run.started.replace("T", " ").replace("Z", " UTC")),
        ("Program, rule set", f"{tool.name} {tool.version}, rules {tool.catalogue_version}"),
        ("Report ID", results.run.report_id),
    )
    return SummaryBlock("Engagement", _PAIR, rows)


def _verdicts(results: Results) -> SummaryBlock:
    """Return the card that says who may relay, with what is only assumed told apart."""
    listeners = in_use(results)
    accepted = AcceptedListeners(results)
    rows: list[Row] = []
    for word in VERDICT_WORDS:
        alike = [
            listener
            for listener in listeners
            if listener.relay is not None and verdict_word(listener.relay) == word
        ]
        if alike or word == VERDICT["open"]:
            names = [
                name_of_listener(listener)
                + (ASSUMED if is_assumed(listener) else "")
                + (ACCEPTED if accepted.has(listener) else "")
                for listener in alike
            ]
            assumed = sum(map(is_assumed, alike))
            rows.append((word, len(alike), assumed, list_names(names, _NAMED_LISTENERS)))
    aside = aside_in_words(left_behind(results))
    return SummaryBlock(
        "Who may relay",
        (
            BlockColumn("Verdict", ColumnKind.WORD, TONES),
            BlockColumn("Number", ColumnKind.NUMBER),
            BlockColumn("Assumed", ColumnKind.NUMBER),
            BlockColumn("Which"),
        ),
        tuple(rows) if listeners else (),
        f"Not counted: {aside}." if aside else "",
        empty=f"No {' or '.join(kind.singular for kind in listener_kinds(()))} in the dump",
    )


def _severities(results: Results) -> SummaryBlock:
    groups = [
        [finding for finding in results.findings if finding.status == status]
        for status in ("open", "waived")
    ]
    counts = [severity_counts(group) for group in groups]
    rows: list[Row] = [
        (word, *(numbers[key] for numbers in counts)) for key, word in SEVERITY.items()
    ]
    rows.append((FINDING_KIND[STRICTER], *map(count_stricter, groups)))
    rows.append(("All", *map(len, groups)))
    if any(finding.assumed for group in groups for finding in group):
        rows.append(("of which assumed", *map(count_assumed, groups)))
    columns = (
        BlockColumn("Severity", ColumnKind.WORD, TONES),
        BlockColumn("Open", ColumnKind.NUMBER),
        BlockColumn("Waived", ColumnKind.NUMBER),
    )
    # A column of noughts says nothing: it appears when there is a waiver.
    shown = len(columns) if groups[-1] else len(columns) - 1
    return SummaryBlock("Findings by severity", columns[:shown], tuple(row[:shown] for row in rows))


def _rules(results: Results) -> SummaryBlock:
    groups = [
        group
        for group in group_by_rule(results)
        if group.severity != "info" and group.first.kind != STRICTER
    ]
    rows: tuple[Row, ...] = tuple(
        (
            Link(group.first.rule, findings_by_rule.KEY, group.key),
            SEVERITY[group.severity],
            group.share,
            _found_on(group),
        )
        for group in groups[:_TOP_RULES]
    )
    left = len(group_by_rule(results)) - len(rows)
    return SummaryBlock(
        "Findings by rule",
        (
            BlockColumn("Rule"),
            BlockColumn("Severity", ColumnKind.WORD, TONES),
            BlockColumn("On"),
            BlockColumn("What was found, and where"),
        ),
        rows,
        f"{count(left, 'more rule')} on Findings by rule." if left else "",
        empty="No findings" if was_audited(results) else _NOTHING,
    )


def _found_on(group: RuleGroup) -> str:
    """Return what was found and where; the objects of an organisation stand in its title."""
    if group.first.objects:
        return group.title
    return f"{group.title}: {objects_in_words(group.findings)}"


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
        f"{live:,} need a live server." if live else "",
    )


def _actions(results: Results) -> SummaryBlock:
    actions = action_plan.plan(results)
    rows: tuple[Row, ...] = tuple(
        (
            Link(action.id, action_plan.KEY, action.id),
            action.horizon,
            SEVERITY[action.severity],
            len(action.findings),
            f"{action.text} ({action.group})" if action.group else action.text,
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
        empty="No action needed" if was_audited(results) else _NOTHING,
    )


def _quality(results: Results, sections: Sequence[Section]) -> SummaryBlock:
    logged = next(section.count for section in sections if section.key == parse_log.KEY)
    limited = sum(source.export_scope == "limited" for source in results.inputs)
    states: Counter[str] = Counter(
        setting.state for listener in results.listeners for setting in listener.settings.values()
    )
    damaged = states["lost"] + states["undecodable"]
    missing = states["not_exported"]
    scope = (
        "Full" if not limited else f"Limited in {limited} of {count(len(results.inputs), 'file')}"
    )
    rows: tuple[Row, ...] = (
        ("Age", _age(results)),
        ("Export", scope),
        ("Records not read", f"{len(results.unreadable):,}"),
        ("Values lost", f"{damaged:,} of {states.total():,} lost in the export or not decodable"),
        ("Values not exported", f"{missing:,} of {states.total():,}, neither passed nor failed"),
        ("Parse log", count(logged, "entry", "entries")),
    )
    columns = (BlockColumn("Topic"), BlockColumn("Finding"))
    return SummaryBlock("How far the dump can be relied on", columns, rows)


def _age(results: Results) -> str:
    """Return how old the dump is by what it holds, or else by the oldest file."""
    now = results.run.as_of or results.run.started
    days = age_in_days(latest_change(results), now)
    if days is not None:
        return f"{age_in_words(days)} since the last change seen"
    files = [source.modified for source in results.inputs if source.modified]
    days = age_in_days(min(files), now) if files else None
    return f"the file is {age_in_words(days)} old" if days is not None else "Unknown"


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
