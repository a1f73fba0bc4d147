"""Results in, the action plan out: what to do, a row an action and an owner's group of objects."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from analyzer.report.change_commands import (
    Change,
    ObjectsToday,
    change_for,
    commands_for,
    is_set_in_shell,
    own_command,
    shell_command,
    value_today,
)
from analyzer.report.counts import STRICTER, left_behind, open_findings, was_audited
from analyzer.report.phrases import (
    count,
    first_sentence,
    name_of_subject,
    place,
    recommendation,
    setting_label,
)
from analyzer.report.section import (
    CarriedTable,
    Column,
    ColumnGroup,
    ColumnKind,
    Link,
    Links,
    Row,
    RowTest,
    Section,
)
from analyzer.report.summary import LiveCounter
from analyzer.report.tones import STATUS_TONES, TONES
from analyzer.report.wording import SEVERITY
from analyzer.results.records import FindingRecord, Results, RuleRecord
from analyzer.visible_text import one_line

_HORIZON = {"critical": "Now", "high": "Now", "medium": "Next", "low": "Later", "info": "Later"}
_EFFORT = {"non-default": "Low", "weakness": "Medium", "inconsistent": "Medium"}
_NO_ACTION = ("information", STRICTER)
"""Kinds of finding that nothing has to be done about."""
_OWNER_SIZED = 30
"""Objects in one action at most: as many lines as a row can be high, a few hundred characters each
for the change."""
_NOT_STARTED = "Not started"
_BY_HAND = "No command: no value can be named that fits every organisation."
_UNPUBLISHED = "No command: the stored form of this setting is not published; use the console."
_OCTETS = ("msexchsmtprelayiplist", "msexchipsecurity", "msexchsubmitrelaysd")
_WHERE_ALSO = "The raw value stands in the dump at"

KEY = "action-plan"
COUNTERS = (
    LiveCounter("Actions with an owner", KEY, "Owner"),
    LiveCounter("Actions done", KEY, "Status", "Done"),
)

COLUMNS = (
    Column("Action ID", 9),
    Column("Horizon", 8, ColumnKind.WORD, tones=TONES, choices="Horizons"),
    Column("Highest severity", 9, ColumnKind.WORD, tones=TONES),
    Column("Action", 58),
    Column("Group", 18),
    Column("Objects", 51),
    Column("Effort", 8, choices="Efforts"),
    Column("Owner", 14, group=ColumnGroup.REVIEWER),
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
    Column("Findings", 9, ColumnKind.NUMBER, screen_only=True),
    # Unfolded by whoever carries it out: so long that the plan could not be overlooked with them.
    Column("Steps", 58, group=ColumnGroup.DETAIL, below="Action"),
    Column("Command", 60, group=ColumnGroup.DETAIL, below="Action"),
    Column("How to check", 40, group=ColumnGroup.DETAIL, below="Action"),
    Column("How to go back", 46, group=ColumnGroup.DETAIL, below="Action"),
    Column("Risk of the change", 36, group=ColumnGroup.DETAIL, below="Action"),
    Column("Finding IDs", 12, group=ColumnGroup.DETAIL),
)
CARRIED = CarriedTable(
    title="Action plan",
    columns=COLUMNS,
    key="Finding IDs",
    compared=("Finding IDs",),
    about=("Action ID", "Action"),
    start=_NOT_STARTED,
    proposals={"Horizon": "Highest severity", "Effort": "Highest severity"},
)


class Action(Struct, frozen=True):
    """What to do about the open findings of one rule in one administrative group."""

    id: str
    horizon: str
    text: str
    severity: str
    findings: tuple[FindingRecord, ...]
    group: str
    """Administrative group, whose owner carries it out; empty outside of one."""
    effort: str
    steps: str
    command: str
    check: str
    back: str
    risk: str


def plan(results: Results) -> list[Action]:
    """Return the actions, the most pressing first, those of one rule together."""
    rules = {rule.id: rule for rule in results.rules}
    objects = ObjectsToday(results)
    keys = objects.keys
    groups: dict[str, dict[tuple[str | None, str | None], list[FindingRecord]]] = {}
    unused = {keys.of_record(listener) for listener in left_behind(results)}
    for finding in open_findings(results):
        if _asks_for_one(finding) and keys.of_finding(finding) not in unused:
            owner = finding.organization, finding.administrative_group
            groups.setdefault(finding.rule, {}).setdefault(owner, []).append(finding)
    actions = []
    for rule_id, owners in groups.items():
        parts = [part for findings in owners.values() for part in _owner_sized(findings)]
        for number, part in enumerate(parts, start=1):
            action_id = f"A-{rule_id}" if len(parts) == 1 else f"A-{rule_id}-{number}"
            actions.append(_action(action_id, part, rules.get(rule_id), objects))
    # Sorting is stable: within a severity the order is that of the findings.
    return sorted(actions, key=lambda action: list(SEVERITY).index(action.severity))


def _asks_for_one(finding: FindingRecord) -> bool:
    """Tell whether anything is to be done; of severity info is what needs no action."""
    return finding.kind not in _NO_ACTION and finding.severity != "info"


def _owner_sized(findings: Sequence[FindingRecord]) -> Iterator[Sequence[FindingRecord]]:
    """Yield parts that somebody can carry out, and whose commands fit into a cell."""
    for start in range(0, len(findings), _OWNER_SIZED):
        yield findings[start : start + _OWNER_SIZED]


def section(results: Results) -> Section:
    """Return the action plan with blank columns for owner, date and response."""
    actions = plan(results)
    return Section(
        key=KEY,
        title=CARRIED.title,
        intro=(
            f"{count(len(actions), 'action')}, the most pressing first, one for each administrative"
            " group; note today's values before the change."
        ),
        reviewer_note=(
            "Violet columns are for the people who carry them out; effort and horizon are"
            " proposals to be edited."
        ),
        columns=COLUMNS,
        rows=lambda: _rows(actions),
        count=len(actions),
        table="tblActions",
        empty="No action needed" if was_audited(results) else "Nothing could be audited",
        anchors=tuple(action.id for action in actions),
        # The columns to fill in are for the people who carry it out: they belong on paper.
        in_print_set=True,
        printed=(ColumnGroup.MAIN, ColumnGroup.REVIEWER),
        carried=CARRIED,
    )


def _rows(actions: Sequence[Action]) -> Iterator[Row]:
    for action in actions:
        yield (
            action.id,
            action.horizon,
            SEVERITY[action.severity],
            action.text,
            action.group,
            Links(
                tuple(
                    Link(name_of_subject(finding), "findings", finding.id)
                    for finding in action.findings
                )
            ),
            action.effort,
            None,
            None,
            _NOT_STARTED,
            None,
            None,
            len(action.findings),
            action.steps,
            action.command,
            action.check,
            action.back,
            action.risk,
            "\n".join(finding.id for finding in action.findings),
        )


def _action(
    action_id: str,
    findings: Sequence[FindingRecord],
    rule: RuleRecord | None,
    objects: ObjectsToday,
) -> Action:
    first = findings[0]
    severity = min((finding.severity for finding in findings), key=list(SEVERITY).index)
    changes = {
        finding.id: change_for(
            finding, rule, objects.settings_of(finding), name=objects.name_of(finding)
        )
        for finding in findings
        if rule is not None
    }
    return Action(
        id=action_id,
        horizon=_HORIZON[severity],
        text=_text(first, rule),
        severity=severity,
        findings=tuple(findings),
        group=one_line(first.administrative_group or first.organization or ""),
        effort=_effort(first, rule),
        steps=recommendation(first, rule),
        command=_command(findings, rule, changes, objects),
        check=_check(first, rule),
        back="\n".join(_back(finding, changes.get(finding.id), objects) for finding in findings),
        risk=_risk(first.attribute),
    )


def _effort(first: FindingRecord, rule: RuleRecord | None) -> str:
    """Return the effort; what holds for a whole organisation and has no switch is a project."""
    if first.objects and first.kind == "weakness" and rule is not None and not rule.where_to_set:
        return "High"
    return _EFFORT.get(first.kind, "Low")


def _command(
    findings: Sequence[FindingRecord],
    rule: RuleRecord | None,
    changes: Mapping[str, Change | None],
    objects: ObjectsToday,
) -> str:
    lead = "Only where it is not intended. " if findings[0].kind == "non-default" else ""
    if rule is not None and (rule.command or is_set_in_shell(rule)):
        commands = [
            own_command(rule, finding, objects.holders_of(finding))
            if rule.command
            else shell_command(rule, finding)
            for finding in findings
        ]
        text = "\n".join(filter(None, commands))
        return f"{lead.strip()}\n{text}".strip() if text else _BY_HAND
    possible = [change for change in changes.values() if change is not None]
    if possible:
        return lead + commands_for(possible)
    return _UNPUBLISHED if findings[0].attribute.lower() in _OCTETS else _BY_HAND


def _check(first: FindingRecord, rule: RuleRecord | None) -> str:
    again = f"Export again and audit the new dump: {first.rule} has passed on these objects."
    return f"{rule.verify}\n{again}" if rule is not None and rule.verify else again


def _back(finding: FindingRecord, change: Change | None, objects: ObjectsToday) -> str:
    """Return the value of today, which is the way back."""
    if finding.objects:
        return "A migration is planned with its own way back."
    attribute = change.attribute if change is not None else finding.attribute
    today = one_line(value_today(finding, attribute, objects.settings_of(finding)))
    text = f"{objects.name_of(finding)}: {attribute} back to {today}"
    if attribute.lower() not in _OCTETS:
        return text
    proof = finding.evidence
    where = one_line(place(proof.file, proof.line, proof.last_line, proof.offset))
    return f"{text}. {_WHERE_ALSO} {where}"


def _text(first: FindingRecord, rule: RuleRecord | None) -> str:
    label = setting_label({first.attribute.lower(): rule} if rule else {}, first.attribute)
    if rule is not None and rule.original_condition:
        return f"{label}: {first_sentence(rule.recommendation)}"
    if first.kind == "non-default":
        return f"Confirm that the value of “{label}” is intended, or return it to the default."
    if first.kind == "inconsistent":
        return f"Bring “{label}” to one value within the group, or record why they differ."
    if rule is None or not rule.recommendation:
        return first.title
    return f"{label}: {first_sentence(rule.recommendation)}"


def _risk(attribute: str) -> str:
    """Return what may stop working; attributes of one subject have a word of it in their names."""
    name = attribute.lower()
    if name == "serialnumber":
        return "A migration is a project of its own: mailboxes, routing and clients depend on it."
    if "relay" in name or "iplist" in name or "ipsecurity" in name:
        return (
            "Hosts and applications that relay through it today may be refused."
            " List them from the SMTP logs before the change."
        )
    if "authentication" in name or "ssl" in name or "secure" in name:
        return (
            "TLS needs a certificate on the server, and clients and partner servers that log on the"
            " old way may fail to connect."
            " Test with one of them first."
        )
    if "binding" in name or "smarthost" in name or "domainname" in name:
        return "Mail flow depends on it. Test routing in both directions right after the change."
    return "Low. Note the present value first, so that it can be put back."
