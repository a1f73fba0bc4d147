"""Waivers in, a table of them and what is doubtful about them for the screen out."""

from collections.abc import Iterator, Sequence

from analyzer.report.sections.waiver_list import applies_to_in_words, state_in_words
from analyzer.results.records import WaiverRecord
from analyzer.terminal.text_table import TextTable, make_table
from analyzer.visible_text import one_line, shorten
from analyzer.waivers.waiver_file import place_in_words, warnings_on
from analyzer.waivers.waiving import is_expired

_WIDTH = 60


def waivers_table(waivers: Sequence[WaiverRecord], day: str) -> TextTable:
    """Return one row per waiver, with its state on a day."""
    return make_table(
        ("Id", "Rule", "Applies to", "Approved by", "Expires", "State", "Reason"),
        [
            (
                shorten(waiver.id, _WIDTH),
                waiver.rule,
                shorten(applies_to_in_words(waiver), _WIDTH),
                shorten(waiver.approved_by, _WIDTH),
                waiver.expires or "never",
                state_in_words(waiver, day),
                shorten(waiver.reason, _WIDTH),
            )
            for waiver in waivers
        ],
    )


def doubts_about(waivers: Sequence[WaiverRecord], day: str) -> Iterator[str]:
    """Yield what is no error in waivers and yet should be looked at, with file and line."""
    for text in warnings_on(waivers):
        yield one_line(text)
    for waiver in waivers:
        if is_expired(waiver, day):
            yield one_line(f"{place_in_words(waiver)} expired on {waiver.expires}")


def outcome_of_waivers(waivers: Sequence[WaiverRecord]) -> Iterator[str]:
    """Yield what came of the waivers that did not do what they are for, or have no end."""
    for waiver in waivers:
        if waiver.note:
            yield one_line(f"{place_in_words(waiver)} {waiver.note}")
