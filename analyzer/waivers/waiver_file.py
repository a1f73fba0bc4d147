"""TOML files of `[[waiver]]` tables in, checked waivers out; anything odd is a CatalogueError.

A waiver must never hold for more than was meant: so it names its rule, says by at least one key
what it applies to, and nothing in it that is not understood is passed over.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from os import PathLike
from pathlib import Path

from analyzer.catalogue.placed_tables import PlacedTable, read_tables
from analyzer.catalogue.profile import known_rule
from analyzer.catalogue.rule import Catalogue, Rule
from analyzer.catalogue.rule_fields import Misfit, RuleTable, read_text, refuse_unknown
from analyzer.results.records import AppliesTo, WaiverRecord

_TEXTS = ("id", "rule", "reason", "approved_by", "ticket")
_DATES = ("approved_on", "expires")
_KEYS = frozenset({*_TEXTS, *_DATES, "applies_to"})
SUBJECTS = ("server", "listener", "object", "finding")
"""The keys of `[waiver.applies_to]`."""
NO_EXPIRY = "has no expiry: it never ends"
LONGEST_PATTERN = 2_000
"""Characters of what a waiver applies to; a DN has some 300."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def load_waivers(
    paths: Iterable[str | PathLike[str]], catalogue: Catalogue
) -> tuple[WaiverRecord, ...]:
    """Return the waivers of some files, in their order.

    Raises:
        CatalogueError: a file cannot be read, or something in it is no waiver for these rules; file
            and line are named.
    """
    rules = {rule.id: rule for rule in catalogue.rules}
    waivers: dict[str, WaiverRecord] = {}
    for placed in (placed for path in paths for placed in read_tables(Path(path), "waiver")):
        try:
            waiver = _read_waiver(placed, rules, waivers)
        except Misfit as misfit:
            raise placed.error(misfit, str(placed.table.get("id", ""))[:60]) from misfit
        waivers[waiver.id.casefold()] = waiver
    return tuple(waivers.values())


def _read_waiver(
    placed: PlacedTable, rules: Mapping[str, Rule], others: Mapping[str, WaiverRecord]
) -> WaiverRecord:
    table = placed.table
    refuse_unknown(table, _KEYS)
    waiver_id = read_text(table, "id")
    if other := others.get(waiver_id.casefold()):
        raise Misfit(f"the id is that of the waiver in {other.file}:{other.line}", "id")
    waiver = WaiverRecord(
        id=waiver_id,
        rule=known_rule(read_text(table, "rule"), rules, "rule").id,
        applies_to=_read_subjects(table),
        reason=read_text(table, "reason"),
        approved_by=read_text(table, "approved_by", ""),
        approved_on=_read_day(table, "approved_on"),
        expires=_read_day(table, "expires"),
        ticket=read_text(table, "ticket", ""),
        file=placed.file,
        line=placed.line,
    )
    if waiver.expires and waiver.expires < waiver.approved_on:
        reason = f"expires on {waiver.expires}, before it is approved on {waiver.approved_on}"
        raise Misfit(reason, "expires")
    return waiver


def _read_subjects(table: RuleTable) -> AppliesTo:
    subjects = table.get("applies_to")
    if subjects is None:
        raise Misfit(f"applies_to is missing; say it with one of {', '.join(SUBJECTS)}")
    if not isinstance(subjects, dict):
        raise Misfit("applies_to is no table; write [waiver.applies_to]", "applies_to")
    try:
        refuse_unknown(subjects, frozenset(SUBJECTS))
        texts = {key: _read_pattern(subjects, key) for key in subjects}
    except Misfit as misfit:
        raise Misfit(f"applies_to: {misfit}", f"applies_to.{misfit.key}") from misfit
    if not texts:
        reason = f"applies_to is empty; say it with one of {', '.join(SUBJECTS)}"
        raise Misfit(reason, "applies_to")
    return AppliesTo(**texts)


def _read_pattern(subjects: RuleTable, key: str) -> str:
    # Blanks are kept: they may be part of a name.
    text = subjects[key]
    if not isinstance(text, str) or not text.strip() or "\0" in text:
        raise Misfit(f"{key} is {text!r:.60}, expected text", key)
    if len(text) > LONGEST_PATTERN:
        raise Misfit(f"{key} is longer than {LONGEST_PATTERN:,} characters", key)
    return text


def _read_day(table: RuleTable, key: str) -> str:
    """Return a date as ISO 8601, be it a date of TOML or a text; empty when it is missing."""
    value = table.get(key, "")
    if value == "":
        return ""
    # A time is a date to Python, too.
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return parse_day(value, key).isoformat()


def parse_day(value: object, key: str) -> date:
    """Return the date that a text is, such as 2026-11-24; raises Misfit when it is none."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise Misfit(f"{key} is {value!r:.60}, and there is no such day", key) from error
    raise Misfit(f"{key} is {str(value)!r:.60}, expected a date such as 2026-11-24", key)


def warnings_on(waivers: Sequence[WaiverRecord]) -> Iterator[str]:
    """Yield what is no error and yet should be looked at, with file and line."""
    for waiver in waivers:
        if not waiver.expires:
            yield f"{place_in_words(waiver)} {NO_EXPIRY}"
        if not waiver.approved_by:
            yield f"{place_in_words(waiver)} names nobody who has approved it"


def place_in_words(waiver: WaiverRecord) -> str:
    """Return a waiver behind its file and line: `waivers.toml:14: waiver W-007`."""
    where = waiver.file if waiver.line is None else f"{waiver.file}:{waiver.line}"
    return f"{where}: waiver {waiver.id}"
