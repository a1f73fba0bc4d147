"""Results in, the waivers out: what the client has accepted, who approved it, and until when."""

from collections.abc import Iterator

from analyzer.report.counts import day_of, waived_findings
from analyzer.report.moments import age_in_days
from analyzer.report.phrases import capital, count, place
from analyzer.report.section import Cell, Column, ColumnKind, Link, Links, Row, Section
from analyzer.report.tones import TONES
from analyzer.results.records import Results, WaiverRecord
from analyzer.visible_text import one_line
from analyzer.waivers.waiving import is_expired, is_in_force

KEY = "waivers"
_SOON = 30
"""Days before the expiry from which it is shown."""
_NAMED = 3
"""Findings of a waiver that are named one by one."""
_SUBJECTS = ("server", "listener", "object", "finding")

COLUMNS = (
    Column("Waiver ID", 10),
    Column("State", 14, ColumnKind.WORD, tones=TONES),
    Column("Rule", 8),
    Column("Applies to", 30),
    Column("Reason", 44),
    Column("Approved by", 16),
    Column("Approved on", 11),
    Column("Expires", 11),
    Column("Findings", 8, ColumnKind.NUMBER),
    Column("Ticket", 12),
    Column("Note", 24),
    Column("Findings covered", 13, screen_only=True),
    Column("File and line", 24, screen_only=True),
)


def sections(results: Results) -> tuple[Section, ...]:
    """Return the waivers in the order of their files; nothing where there are none."""
    if not results.waivers:
        return ()
    waived = len(waived_findings(results))
    return (
        Section(
            key=KEY,
            title="Waivers",
            intro=(
                f"{count(len(results.waivers), 'waiver')}, by which {count(waived, 'finding')}"
                f" {'is' if waived == 1 else 'are'} accepted on {day_of(results)}: left out of the"
                " counts, but found all the same."
            ),
            columns=COLUMNS,
            rows=lambda: _rows(results),
            count=len(results.waivers),
            table="tblWaivers",
            anchors=tuple(waiver.id for waiver in results.waivers),
            in_print_set=True,
        ),
    )


def state_in_words(waiver: WaiverRecord, day: str) -> str:
    """Return how far a waiver has come on a day; one that was not applied yet counts as active."""
    if is_expired(waiver, day):
        return "Expired"
    left = age_in_days(day, waiver.expires)
    if left is not None and left <= _SOON:
        return f"Expires in ≤{_SOON} days"
    return "Active" if is_in_force(waiver, day) else "Not in force"


def applies_to_in_words(waiver: WaiverRecord) -> str:
    """Return what a waiver is about, a line for each that has to fit."""
    parts = ((key, getattr(waiver.applies_to, key)) for key in _SUBJECTS)
    return "\n".join(f"{key}: {text}" for key, text in parts if text)


def _rows(results: Results) -> Iterator[Row]:
    day = day_of(results)
    known = {finding.id for finding in results.findings}
    for waiver in results.waivers:
        yield (
            waiver.id,
            "Unused" if waiver.state == "unused" else state_in_words(waiver, day),
            Link(waiver.rule, "rules", waiver.rule),
            applies_to_in_words(waiver),
            waiver.reason,
            waiver.approved_by,
            waiver.approved_on,
            waiver.expires or "never",
            len(waiver.findings),
            waiver.ticket,
            capital(waiver.note),
            _findings(waiver, known),
            one_line(place(waiver.file, waiver.line, None)),
        )


def _findings(waiver: WaiverRecord, known: set[str]) -> Cell:
    links = tuple(Link(each, "findings", each) for each in waiver.findings if each in known)
    rest = len(links) - _NAMED
    more = (Link(f"and {rest:,} more", "findings"),) if rest > 0 else ()
    return Links((*links[:_NAMED], *more)) if links else "None"
