"""Results in, what could not be read out, and what to know about the files."""

from collections.abc import Iterator

from analyzer.report.phrases import count, line_or_byte
from analyzer.report.section import Column, ColumnKind, Row, Section
from analyzer.report.tones import TONES
from analyzer.report.wording import SETTING_STATE
from analyzer.results.records import Listener, ObjectRecord, Results, UnreadableRecord

KEY = "parse-log"
COLUMNS = (
    Column("Level", 10, ColumnKind.WORD, tones=TONES),
    Column("File", 30),
    Column("Line", 10, ColumnKind.NUMBER),
    Column("To line", 10, ColumnKind.NUMBER),
    Column("Message", 60),
    Column("What was done", 36),
    Column("Effect on results", 40),
)


def section(results: Results) -> Section:
    """Return whatever could not be read, and the warnings about the files."""
    rows = tuple(_log_rows(results))
    return Section(
        key=KEY,
        title="Parse log",
        intro=(
            f"{count(len(rows), 'entry', 'entries')}: what could not be read, and what to know"
            " about the files."
        ),
        columns=COLUMNS,
        rows=lambda: iter(rows),
        count=len(rows),
        table="tblLog",
        empty="Everything was read",
    )


def _log_rows(results: Results) -> Iterator[Row]:
    """Yield the log: unreadable records, values that were lost, warnings about files."""
    yield from map(_unreadable, results.unreadable)
    yield from _lost_values(results)
    for source in results.inputs:
        for warning in source.warnings:
            yield "Note", source.path, None, None, warning, "Read as it is", "See message"


def _unreadable(record: UnreadableRecord) -> Row:
    return (
        "Warning",
        record.file,
        line_or_byte(record.line, record.offset),
        record.last_line,
        record.reason,
        "Left out; everything else was read",
        "What it says about an Exchange object is missing",
    )


def _lost_values(results: Results) -> Iterator[Row]:
    records: tuple[Listener | ObjectRecord, ...] = (*results.listeners, *results.objects)
    for record in records:
        for name, setting in record.settings.items():
            if setting.state in ("lost", "undecodable"):
                yield (
                    "Warning",
                    record.source.file,
                    setting.line,
                    setting.last_line,
                    f"{name}: {setting.reason or SETTING_STATE[setting.state]}",
                    "The value is kept as evidence, without a meaning",
                    "Checks on this setting fail or are not evaluable",
                )
