"""Results in, the action plan out: the open findings grouped by what to do about them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analyzer.report.counts import open_findings
from analyzer.report.section import Column, Group, Kind, Link, Row, Section
from analyzer.report.wording import (
    NO_SERVER,
    SEVERITY,
    count,
    recommendation,
    sentence,
    setting_label,
)
from analyzer.results.records import FindingRecord, Results, RuleRecord
from analyzer.visible_text import one_line

_HORIZON = {"critical": "Now", "high": "Now", "medium": "Next", "low": "Later", "info": "Later"}
_EFFORT = {"non-default": "Low", "weakness": "Medium", "inconsistent": "Medium"}
_NAMED_SERVERS = 6

COLUMNS = (
    Column("Action ID", 12),
    Column("Horizon", 9, Kind.WORD, choices="Horizons"),
    Column("Action", 40),
    Column("Highest severity", 10, Kind.WORD),
    Column("Findings", 9, Kind.NUMBER),
    Column("Servers", 20),
    Column("Effort", 9, choices="Efforts"),
    Column("Steps", 46),
    Column("Risk of the change", 36),
    Column("Findings link", 12),
    Column("Owner", 14, group=Group.REVIEWER),
    Column("Due date", 12, group=Group.REVIEWER, date=True),
    Column("Status", 14, Kind.WORD, Group.REVIEWER, choices="ActionStates"),
    Column("Management response", 32, group=Group.REVIEWER),
    Column("Done on", 12, group=Group.REVIEWER, date=True),
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
    for item in open_findings(results):
        if item.kind != "information":
            groups.setdefault(item.rule, []).append(item)
    found = [_action(group, rules.get(rule_id)) for rule_id, group in groups.items()]
    order = list(SEVERITY)
    return sorted(
        found, key=lambda item: (order.index(item.severity), -len(item.findings), item.id)
    )


def section(results: Results) -> Section:
    """Return the action plan with blank columns for owner, date and response."""
    actions = plan(results)
    return Section(
        key="action-plan",
        title="Action plan",
        intro=(
            f"{count(len(actions), 'action')}, the most pressing first. Violet columns are for the"
            " people who carry them out; effort and horizon are proposals to be edited."
        ),
        columns=COLUMNS,
        rows=lambda: _rows(actions),
        count=len(actions),
        table="tblActions",
        empty="No action needed",
        anchors=tuple(item.id for item in actions),
    )


def _rows(actions: Sequence[Action]) -> Iterator[Row]:
    for item in actions:
        first = item.findings[0].id
        yield (
            item.id,
            item.horizon,
            item.text,
            SEVERITY[item.severity],
            len(item.findings),
            _names(item.servers),
            item.effort,
            item.steps,
            item.risk,
            Link(first, "findings", first),
            None,
            None,
            "Not started",
            None,
            None,
        )


def _action(group: list[FindingRecord], rule: RuleRecord | None) -> Action:
    first = group[0]
    severity = min((item.severity for item in group), key=list(SEVERITY).index)
    return Action(
        id=f"A-{first.rule}",
        horizon=_HORIZON[severity],
        text=_text(first, rule),
        severity=severity,
        findings=tuple(group),
        servers=tuple(dict.fromkeys(item.server or NO_SERVER for item in group)),
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
