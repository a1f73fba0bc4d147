"""Results in, the action plan out: the open findings grouped by what to do about them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analyzer.report.counts import open_findings
from analyzer.report.phrases import count, recommendation, sentence, setting_label
from analyzer.report.section import Column, ColumnGroup, ColumnKind, Link, Row, RowTest, Section
from analyzer.report.summary import LiveCounter
from analyzer.report.tones import STATUS_TONES, TONES
from analyzer.report.wording import NO_SERVER, SEVERITY
from analyzer.results.records import FindingRecord, Results, RuleRecord
from analyzer.visible_text import one_line

_HORIZON = {"critical": "Now", "high": "Now", "medium": "Next", "low": "Later", "info": "Later"}
_EFFORT = {"non-default": "Low", "weakness": "Medium", "inconsistent": "Medium"}
_NAMED_SERVERS = 6

KEY = "action-plan"
COUNTERS = (
    LiveCounter("Actions with an owner", KEY, "Owner"),
    LiveCounter("Actions done", KEY, "Status", "Done"),
)

COLUMNS = (
    Column("Action ID", 9),
    Column("Horizon", 8, ColumnKind.WORD, tones=TONES, choices="Horizons"),
    Column("Highest severity", 9, ColumnKind.WORD, tones=TONES),
    Column("Action", 40),
    Column("Servers", 18),
    Column("Steps", 68, below="Action"),
    Column("Effort", 8, choices="Efforts"),
    Column("Owner", 13, group=ColumnGroup.REVIEWER),
    Column(
        "Due date",
        11,
        group=ColumnGroup.REVIEWER,
        date=True,
        alarm_unless=RowTest("Status", "Done"),
    ),
    Column(
        "Status",
        14,
        ColumnKind.WORD,
        ColumnGroup.REVIEWER,
        tones=STATUS_TONES,
        choices="ActionStates",
        screen_only=True,
    ),
    Column("Management response", 32, group=ColumnGroup.REVIEWER, screen_only=True),
    Column("Done on", 12, group=ColumnGroup.REVIEWER, date=True, screen_only=True),
    Column("Risk of the change", 36, below="Action", screen_only=True),
    Column("Findings", 9, ColumnKind.NUMBER, screen_only=True),
    Column("Findings link", 12, screen_only=True),
)


@dataclass(frozen=True, slots=True)
class Action:
    """What to do about all open findings of one rule."""

    id: str
    horizon: str
    text: str
    severity: str
    findings: tuple[FindingRecord, ...]
    servers: tuple[str, ...]
    effort: str
    steps: str
    risk: str


def plan(results: Results) -> list[Action]:
    """Return the actions, the most pressing first."""
    rules = {rule.id: rule for rule in results.rules}
    groups: dict[str, list[FindingRecord]] = {}
    for finding in open_findings(results):
        if finding.kind != "information":
            groups.setdefault(finding.rule, []).append(finding)
    actions = [_action(group, rules.get(rule_id)) for rule_id, group in groups.items()]
    order = list(SEVERITY)
    return sorted(
        actions, key=lambda action: (order.index(action.severity), -len(action.findings), action.id)
    )


def section(results: Results) -> Section:
    """Return the action plan with blank columns for owner, date and response."""
    actions = plan(results)
    return Section(
        key=KEY,
        title="Action plan",
        intro=f"{count(len(actions), 'action')}, the most pressing first.",
        reviewer_note=(
            "Violet columns are for the people who carry them out; effort and horizon are"
            " proposals to be edited."
        ),
        columns=COLUMNS,
        rows=lambda: _rows(actions),
        count=len(actions),
        table="tblActions",
        empty="No action needed",
        anchors=tuple(action.id for action in actions),
        # The columns to fill in are for the people who carry it out: they belong on paper.
        in_print_set=True,
        printed=(ColumnGroup.MAIN, ColumnGroup.REVIEWER),
    )


def _rows(actions: Sequence[Action]) -> Iterator[Row]:
    for action in actions:
        first = action.findings[0].id
        yield (
            action.id,
            action.horizon,
            SEVERITY[action.severity],
            action.text,
            _names(action.servers),
            action.steps,
            action.effort,
            None,
            None,
            "Not started",
            None,
            None,
            action.risk,
            len(action.findings),
            Link(first, "findings", first),
        )


def _action(group: list[FindingRecord], rule: RuleRecord | None) -> Action:
    first = group[0]
    severity = min((finding.severity for finding in group), key=list(SEVERITY).index)
    return Action(
        id=f"A-{first.rule}",
        horizon=_HORIZON[severity],
        text=_text(first, rule),
        severity=severity,
        findings=tuple(group),
        servers=tuple(dict.fromkeys(finding.server or NO_SERVER for finding in group)),
        effort=_EFFORT.get(first.kind, "Low"),
        steps=recommendation(first, rule),
        risk=_risk(first.attribute),
    )


def _text(first: FindingRecord, rule: RuleRecord | None) -> str:
    label = setting_label({first.attribute.lower(): rule} if rule else {}, first.attribute)
    if first.kind == "non-default":
        return f"Confirm that the value of “{label}” is intended, or return it to the default."
    if first.kind == "inconsistent":
        return f"Bring “{label}” to one value on all virtual servers, or record why they differ."
    if rule is None or not rule.recommendation:
        return first.title
    return f"{label}: {_first_sentence(rule.recommendation)}"


def _first_sentence(text: str) -> str:
    end = re.search(r"(?<=[.!?])\s", text)
    return sentence(text[: end.start()] if end else text)


def _risk(attribute: str) -> str:
    """Return what may stop working; attributes of one subject have a word of it in their names."""
    name = attribute.lower()
    if "relay" in name or "iplist" in name or "ipsecurity" in name:
        return (
            "Hosts and applications that relay through this virtual server today may be refused."
            " List them from the SMTP logs before the change."
        )
    if "authentication" in name or "ssl" in name or "secure" in name:
        return (
            "Clients and partner servers that log on the old way may fail to connect."
            " Test with one virtual server first."
        )
    if "binding" in name or "smarthost" in name or "domainname" in name:
        return "Mail flow depends on it. Test routing in both directions right after the change."
    return "Low. Note the present value first, so that it can be put back."


def _names(servers: Sequence[str]) -> str:
    shown = [one_line(name) for name in servers[:_NAMED_SERVERS]]
    rest = len(servers) - len(shown)
    return ", ".join(shown) + (f" and {rest:,} more" if rest else "")
