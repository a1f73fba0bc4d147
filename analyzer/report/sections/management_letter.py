"""Results in, the letter to the client's management out: two pages, with the report's numbers."""

from collections.abc import Iterator, Sequence

from analyzer.report.counts import in_use, waived_findings, was_audited
from analyzer.report.paper import Paper
from analyzer.report.phrases import count, count_listeners, list_names, name_of_subject
from analyzer.report.section import ColumnKind
from analyzer.report.sections import action_plan
from analyzer.report.sections.action_plan import Action
from analyzer.report.summary import BlockColumn, Letter, LetterPart, Summary, SummaryBlock
from analyzer.report.wording import CHOICE_LISTS, SEVERITY
from analyzer.results.records import Results

_MOST_ACTIONS = 6
_NAMED = 3


def management_letter(results: Results, paper: Paper, summary: Summary) -> Letter:
    """Word the letter; what it says of who may relay is what the first page says."""
    # Client and marking stand at the head of every page.
    at_head = (paper.client, paper.marking)
    facts = tuple(row for row in summary.engagement.rows if row[1] and row[1] not in at_head)
    return Letter(
        title=summary.title,
        facts=SummaryBlock(summary.engagement.title, summary.engagement.columns, facts),
        parts=(
            LetterPart("What was examined", (_examined(results),)),
            LetterPart(
                "Verdict",
                (summary.headline, *_accepted(results)),
                (summary.verdicts, _severities(summary)),
            ),
            LetterPart(summary.rules.title, blocks=(summary.rules,)),
            LetterPart("What to do first", (_plan_in_words(results),), steps=_first(results)),
            LetterPart("What is not known", _unknown(results), (summary.quality,)),
            LetterPart("What comes with this letter", (_enclosed(),)),
        ),
        sign_off=summary.sign_off,
    )


def _examined(results: Results) -> str:
    servers = {(listener.organization, listener.server) for listener in in_use(results)}
    entries = sum(source.entries for source in results.inputs)
    routes = len(results.connectors) + len(results.send_connectors)
    also = f" and {count(routes, 'connector')}" if routes else ""
    return (
        f"An export of the directory with {count(entries, 'entry', 'entries')} in"
        f" {count(len(results.inputs), 'file')} was read, offline and in full. In it"
        f" {count_listeners(in_use(results))} on {count(len(servers), 'server')}{also}"
        " were examined, all of them, with"
        f" {count(len(results.checks), 'check')}. Each compares a setting with the documented"
        " default or recommendation; above all it was asked who may send mail to others through"
        " these servers (relay)."
    )


def _accepted(results: Results) -> Iterator[str]:
    """Say what the numbers below leave out."""
    waived = len(waived_findings(results))
    if waived:
        verb = "is" if waived == 1 else "are"
        yield (
            f"{count(waived, 'finding')} {verb} accepted by waivers of the client and not counted"
            " below; the sheet Waivers names each with its reason, who approved it and until when."
        )


def _severities(summary: Summary) -> SummaryBlock:
    """Return the findings by severity in one row, which takes less of a page than a column."""
    rows = summary.severities.rows
    return SummaryBlock(
        summary.severities.title,
        tuple(BlockColumn(str(row[0]), ColumnKind.NUMBER) for row in rows),
        (tuple(row[1] for row in rows),),
    )


def _plan_in_words(results: Results) -> str:
    actions = action_plan.plan(results)
    if not actions:
        return (
            "Nothing: no open finding asks for an action."
            if was_audited(results)
            else "Have the directory exported again; nothing could be audited in this one."
        )
    horizons = [
        f"{sum(action.horizon == word for action in actions):,} {word.lower()}"
        for word in CHOICE_LISTS["Horizons"]
    ]
    return (
        f"The action plan of the workbook has {count(len(actions), 'action')}"
        f" ({', '.join(horizons)}). These come first:"
    )


def _first(results: Results) -> tuple[str, ...]:
    """Return the most pressing actions, each once for all groups that have to take it."""
    together: dict[str, list[Action]] = {}
    for action in action_plan.plan(results):
        together.setdefault(action.text, []).append(action)
    steps = [_step(text, actions) for text, actions in together.items()]
    return tuple(steps[:_MOST_ACTIONS])


def _step(text: str, actions: Sequence[Action]) -> str:
    names: dict[str, dict[str, None]] = {}
    for action in actions:
        for finding in action.findings:
            names.setdefault(finding.severity, {})[name_of_subject(finding)] = None
    where = (
        f"{word}: {list_names(list(names[severity]), _NAMED)}"
        for severity, word in SEVERITY.items()
        if severity in names
    )
    return f"{text} {'; '.join(where)}."


def _unknown(results: Results) -> tuple[str, ...]:
    partly = sum(check.not_evaluable > 0 for check in results.checks)
    live = sum(rule.offline == "no" for rule in results.rules)
    return (
        f"{count(partly, 'check')} could not be made on every object, because the export lacks"
        f" what they need; {live:,} more need a running server. Neither counts as passed.",
        "An export shows the directory at one point in time. The running servers keep a copy of"
        " these settings that may differ, and firewalls or mail filters in front of them are not"
        " in it. A server that is open by its settings may therefore be out of reach, and the"
        " other way round: have it tested, with consent, from outside.",
    )


def _enclosed() -> str:
    return (
        "The workbook holds every finding with the file and line that it rests on, the action plan"
        " with owners and dates to fill in, and all checks that were made. It can be verified"
        " against the export at any time; integrity rests on the hashes in it."
    )
