"""A waiver to be completed by people in, its `[[waiver]]` table as TOML out."""

import json
from collections.abc import Iterator

from analyzer.results.records import WaiverRecord
from analyzer.visible_text import one_line, visible
from analyzer.waivers.waiver_file import SUBJECTS

_TO_COMPLETE = "  # to be completed"


def waiver_text(waiver: WaiverRecord, comment: str = "") -> str:
    """Return the table of a waiver; what is empty and ought not to be says so."""
    return "\n".join(_lines(waiver, comment)) + "\n"


def _lines(waiver: WaiverRecord, comment: str) -> Iterator[str]:
    if comment:
        yield f"# {one_line(comment)}"
    yield "[[waiver]]"
    yield f"id = {_quoted(waiver.id)}"
    yield f"rule = {_quoted(waiver.rule)}"
    for key, text in (("reason", waiver.reason), ("approved_by", waiver.approved_by)):
        yield f"{key} = {_quoted(text)}{'' if text else _TO_COMPLETE}"
    for key, day in (("approved_on", waiver.approved_on), ("expires", waiver.expires)):
        yield f"{key} = {day}" if day else f'{key} = ""{_TO_COMPLETE}'
    if waiver.ticket:
        yield f"ticket = {_quoted(waiver.ticket)}"
    yield "[waiver.applies_to]"
    for key in SUBJECTS:
        if text := getattr(waiver.applies_to, key):
            yield f"{key} = {_quoted(text)}"


def _quoted(text: str) -> str:
    # Without control characters the escapes of JSON are those of TOML, too.
    return json.dumps(visible(text), ensure_ascii=False)
