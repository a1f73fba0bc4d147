"""What reviewers entered in, waivers of what they decided to accept out, to be completed."""

import re
from collections.abc import Iterator
from datetime import date

from analyzer.report.moments import moment
from analyzer.report.review import Review, SheetRow
from analyzer.report.sections import finding_list
from analyzer.results.records import AppliesTo, WaiverRecord
from analyzer.waivers.waiver_text import waiver_text

ACCEPTED = "accepted risk"
FURTHER = ("Rule", "Server", "Virtual server / connector")
"""Columns of the findings that a waiver is made from, beside those of an entry."""
_FINGERPRINT = re.compile("[0-9a-f]{64}")


def accepted_risks(review: Review) -> Iterator[str]:
    """Yield the table of a waiver, as TOML, for each finding decided *Accepted risk*.

    A waiver is about exactly the finding that was decided on; who approves it, and until when, is
    for people to say.
    """
    seen: set[str] = set()
    for _, _, cells in review.tables.get(finding_list.CARRIED.title, ()):
        fingerprint = _text(cells, finding_list.CARRIED.key)
        is_accepted = _text(cells, "Reviewer decision").casefold() == ACCEPTED
        if is_accepted and _FINGERPRINT.fullmatch(fingerprint) and fingerprint not in seen:
            seen.add(fingerprint)
            yield waiver_text(_waiver(cells, fingerprint), _comment(cells))


def _waiver(cells: SheetRow, fingerprint: str) -> WaiverRecord:
    return WaiverRecord(
        id=f"W-{fingerprint[:8]}",
        rule=_text(cells, "Rule"),
        applies_to=AppliesTo(finding=fingerprint),
        reason=_text(cells, "Reviewer comment"),
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
