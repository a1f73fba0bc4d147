"""What reviewers entered in, waivers of what they decided to accept out, to be completed."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from analyzer.report.moments import moment
from analyzer.report.review import Review, SheetRow
from analyzer.report.sections import action_plan, finding_list
from analyzer.results.records import AppliesTo, WaiverRecord
from analyzer.waivers.waiver_text import waiver_text

ACCEPTED = "accepted risk"
FURTHER = ("Rule", "Server", "Virtual server / connector")
"""Columns of the findings that a waiver is made from, beside those of an entry."""
_FINGERPRINT = re.compile("[0-9a-f]{64}")


def accepted_risks(review: Review) -> Iterator[str]:
    """Yield the table of a waiver, as TOML, for each finding decided *Accepted risk*.

    So is each finding of an action of that status, unless its own row says something else. A waiver
    is about exactly one finding; who approves it, and until when, is for people to say.
    """
    responses = _accepted_actions(review)
    seen: set[str] = set()
    for _, _, cells in review.tables.get(finding_list.CARRIED.title, ()):
        fingerprint = _text(cells, finding_list.CARRIED.key)
        decision = _text(cells, "Reviewer decision").casefold()
        response = responses.get(_text(cells, "Finding ID"))
        is_accepted = decision == ACCEPTED or (not decision and response is not None)
        if is_accepted and _FINGERPRINT.fullmatch(fingerprint) and fingerprint not in seen:
            seen.add(fingerprint)
            reason = _text(cells, "Reviewer comment") or response or ""
            yield waiver_text(_waiver(cells, fingerprint, reason), _comment(cells))


def _accepted_actions(review: Review) -> Mapping[str, str]:
    """Return the findings of the actions that are accepted risks, each with the response."""
    return {
        finding: _text(cells, "Management response")
        for _, _, cells in review.tables.get(action_plan.CARRIED.title, ())
        if _text(cells, "Status").casefold() == ACCEPTED
        for finding in _text(cells, action_plan.CARRIED.key).split("\n")
    }


def _waiver(cells: SheetRow, fingerprint: str, reason: str) -> WaiverRecord:
    return WaiverRecord(
        id=f"W-{fingerprint[:8]}",
        rule=_text(cells, "Rule"),
        applies_to=AppliesTo(finding=fingerprint),
        reason=reason,
        approved_by="",
        approved_on=_day(_text(cells, "Reviewed on")),
        expires="",
        ticket="",
        file="",
        line=None,
    )


def _comment(cells: SheetRow) -> str:
    names = ("Server", "Virtual server / connector")
    where = " / ".join(filter(None, (_text(cells, name) for name in names)))
    reviewer = _text(cells, "Reviewer")
    decided = f"; decided by {reviewer}" if reviewer else ""
    about = f"{_text(cells, 'Finding ID')}: {_text(cells, 'Finding')}"
    return f"{about} ({where}){decided}" if where else f"{about}{decided}"


def _day(text: str) -> str:
    """Return the day of a date; empty for what is none."""
    time = moment(text)
    return "" if time is None else date.isoformat(time.date())


def _text(cells: SheetRow, header: str) -> str:
    return str(cells.get(header, "")).strip()
