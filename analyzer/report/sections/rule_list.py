"""Results in, the table of rules out: what each compares with what, and who documents it."""

import re
from functools import cache

from analyzer.catalogue import load_catalogue
from analyzer.catalogue.sources import most_authoritative_first, name_of_source
from analyzer.report.phrases import (
    condition_in_words,
    count,
    original_condition_in_words,
    sentence,
)
from analyzer.report.section import (
    Cell,
    Column,
    ColumnGroup,
    ColumnKind,
    Row,
    Section,
    Url,
    leave_out,
)
from analyzer.report.tones import TONES
from analyzer.report.wording import FINDING_KIND, OFFLINE, SEVERITY
from analyzer.results.records import Results, RuleRecord

COLUMNS = (
    Column("Rule", 12),
    Column("Title", 28),
    Column("Kind", 13),
    Column("Severity", 10, ColumnKind.WORD, tones=TONES),
    Column("Original severity", 10, ColumnKind.WORD, tones=TONES),
    Column("Why this severity", 34, below="Title"),
    Column("Setting", 20),
    Column("Applies to", 17),
    Column("Default", 19),
    Column("Test in words", 28, below="Title"),
    Column("Original test", 28, below="Title"),
    Column("Switched off because", 24, below="Title"),
    Column("When there is no value", 12),
    Column("Why", 34, below="Title"),
    Column("Recommendation", 34, below="Title"),
    Column("Where to set it", 26, below="Title"),
    Column("Source", 28),
    Column("Controls", 30, filter=True, several=True),
    Column("Sources disagree", 26, below="Title"),
    Column("From a dump", 9),
    Column("Attribute", 30, group=ColumnGroup.DETAIL),
    Column("What a dump cannot tell", 30, group=ColumnGroup.DETAIL),
    Column("Confidence", 14, group=ColumnGroup.DETAIL),
    Column("All sources", 60, group=ColumnGroup.DETAIL),
    Column("Rule set", 16, group=ColumnGroup.DETAIL),
)

_OF_PROFILE = ("Original severity", "Original test", "Switched off because")

_ADDRESS = re.compile(r"https?://[^\s<>\"/:?#]+[^\s<>\"]*")
_PLACE = "the place in the console is not confirmed"
_NOT_SET = {"failed": "Fails", "passed": "Passes", "not_evaluable": "Cannot be judged"}


def section(results: Results) -> Section:
    """Return every rule of the catalogue in words, with its sources."""
    unchanged = () if results.profile else _OF_PROFILE
    columns, rows = leave_out(COLUMNS, lambda: map(_row, results.rules), unchanged)
    return Section(
        key="rules",
        title="Rules",
        intro=(
            f"{count(len(results.rules), 'rule')} of rule set {results.tool.catalogue_version}:"
            " what each compares with what, and where that is documented."
        ),
        columns=columns,
        rows=rows,
        count=len(results.rules),
        table="tblRules",
        anchors=tuple(rule.id for rule in results.rules),
    )


def _row(rule: RuleRecord) -> Row:
    return (
        rule.id,
        rule.title,
        FINDING_KIND.get(rule.kind, rule.kind),
        SEVERITY.get(rule.severity, rule.severity),
        SEVERITY[rule.original_severity] if rule.original_severity else None,
        rule.severity_reason,
        rule.label,
        rule.applies_to,
        rule.default_text,
        condition_in_words(rule),
        original_condition_in_words(rule),
        sentence(rule.switched_off),
        _NOT_SET.get(rule.not_set, rule.not_set),
        sentence(rule.why),
        sentence(rule.recommendation),
        rule.where_to_set,
        _source(rule),
        ", ".join(rule.references),
        "\n".join(rule.disagreements),
        OFFLINE.get(rule.offline, rule.offline),
        rule.attribute,
        rule.offline_note,
        rule.confidence if rule.where_confirmed else f"{rule.confidence}; {_PLACE}",
        "\n".join(map(_named, rule.sources)),
        rule.origin,
    )


def _named(source: str) -> str:
    """Return an address behind the name of what stands there; other text as it is."""
    return f"{name_of_source(source)}: {source}" if _ADDRESS.match(source) else source


def _source(rule: RuleRecord) -> Cell:
    """Return who documents the rule, as a link to the page where it is one of our own catalogue."""
    if not rule.sources:
        return None
    # Results come from a file too, which may call any rule and any address built-in.
    source = _own_sources().get(rule.id)
    address = _ADDRESS.search(source) if source == rule.sources[0] else None
    if address is None:
        return rule.sources[0]
    # The whole address does not fit, and is under All sources.
    return Url(name_of_source(address.group()), address.group())


@cache
def _own_sources() -> dict[str, str]:
    """Return the source that leads of each rule that ships with the program, by its id."""
    return {
        rule.id: most_authoritative_first(rule.sources)[0]
        for rule in load_catalogue().rules
        if rule.sources
    }
