"""A dump in, the report on its health out: what is odd in each file, and what to ask for."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from analyzer.directory.values import State
from analyzer.dump.entry import Unreadable
from analyzer.dump.reading import ExportScope, Input, Reading
from analyzer.dump.tally import describe_lines
from analyzer.inventory import DirectoryObject
from analyzer.open_dump import Dump
from analyzer.report.moments import moment
from analyzer.report.phrases import place
from analyzer.report.text import one_line
from analyzer.terminal.export_help import EXAMPLE, command_for, configuration_of
from analyzer.terminal.text_table import place_of

_SHOWN = 20
_TOOLS = {"ldapsearch": "ldapsearch", "ldbsearch": "ldapsearch", "studio": "ldapsearch"}
# Exchange 2000 brought the first objects of this kind.
_FIRST_YEAR = 1999


def health_report(dump: Dump) -> Iterator[str]:
    """Yield the lines of the report, file by file."""
    for reading in dump.readings:
        items = [item for item in dump.inventory.objects if item.input is reading.input]
        yield from _file_report(reading, items)
        yield ""
    for reading in dump.readings:
        yield from _what_to_ask(reading, dump.inventory.objects)


def _file_report(reading: Reading, items: list[DirectoryObject]) -> Iterator[str]:
    found = reading.input
    yield (
        f"{one_line(found.path)}: {found.entries:,} records, {found.relevant_entries:,} of "
        f"interest, {len(reading.unreadable)} unreadable"
    )
    notes = [
        *map(_unreadable_line, reading.unreadable[:_SHOWN]),
        *_more(len(reading.unreadable), "unreadable records or values"),
        *_form_notes(found),
        *found.warnings,
        *_first(list(_lost_values(items)), "lost values"),
        *_first(list(_clock_notes(items, found)), "odd times"),
        *_first(list(_dn_notes(items)), "notes on names"),
    ]
    for note in notes:
        yield f"  ! {one_line(note)}"
    if not notes:
        yield "  nothing odd"


def _unreadable_line(item: Unreadable) -> str:
    return f"{place(item.file, item.line, item.last_line, item.offset)}: {item.reason}"


def _first(notes: list[str], what: str) -> list[str]:
    return [*notes[:_SHOWN], *_more(len(notes), what)]


def _more(number: int, what: str) -> list[str]:
    return [f"and {number - _SHOWN} more {what}"] if number > _SHOWN else []


def _form_notes(found: Input) -> Iterator[str]:
    if found.export_scope is ExportScope.LIMITED:
        yield "limited export: only chosen attributes; what is absent may be set all the same"
    if found.encoding == "cp1252" and found.format == "csv":
        yield "text that is no UTF-8 was read as cp1252"
    if found.line_ends == "mixed":
        yield "line ends of both kinds: the file was edited, or put together from several"
    if found.format == "csv":
        yield "CSV cannot tell an empty relay list (everybody may relay) from none"
    context = found.naming_context
    if context and not context.lower().startswith("cn=configuration,"):
        yield f"this is not the configuration partition but {context}"


def _lost_values(items: Iterable[DirectoryObject]) -> Iterator[str]:
    lines: dict[tuple[str, str, str], list[int | None]] = {}
    for item in items:
        for name, setting in item.settings.items():
            if setting.state in (State.LOST, State.UNDECODABLE):
                key = (name, setting.text, setting.reason)
                lines.setdefault(key, []).append(setting.line)
    for (name, state, reason), where in lines.items():
        yield f"{name} is {state} ({describe_lines(where)}): {reason}"


def _clock_notes(items: Iterable[DirectoryObject], found: Input) -> Iterator[str]:
    exported = moment(found.modified)
    for item in items:
        created, changed = (_time(item, name) for name in ("whenCreated", "whenChanged"))
        where = place_of(item.entry.source)
        if created and changed and changed < created:
            yield f"{where}: changed ({changed:%Y-%m-%d}) before it was created"
        for time in filter(None, (created, changed)):
            if time.year < _FIRST_YEAR:
                yield f"{where}: dated {time:%Y-%m-%d}, before Exchange 2000"
            if exported and time > exported + timedelta(days=1):
                yield f"{where}: dated {time:%Y-%m-%d}, later than the file itself"


def _time(item: DirectoryObject, name: str) -> datetime | None:
    setting = item.settings.get(name)
    return moment(str(setting.value)) if setting and setting.state is State.SET else None


def _dn_notes(items: Iterable[DirectoryObject]) -> Iterator[str]:
    for item in items:
        for note in item.notes:
            yield f"{place_of(item.entry.source)}: {note}"


def _what_to_ask(reading: Reading, objects: Iterable[DirectoryObject]) -> Iterator[str]:
    found = reading.input
    items = [item for item in objects if item.input is found]
    reasons = list(_shortcomings(reading, items))
    if not reasons:
        yield f"{one_line(found.path)}: no better export is needed."
        return
    yield f"{one_line(found.path)}: a better export would help ({'; '.join(reasons)}). Ask for:"
    yield ""
    tools = dict.fromkeys(("ldifde", _TOOLS.get(found.dialect, "ldifde")))
    for tool in tools:
        yield f"    {command_for(tool, found.naming_context)}"
    if configuration_of(found.naming_context):
        yield ""
        return
    yield f"  with the name of the forest in place of {EXAMPLE}, which could not be told"
    yield ""


def _shortcomings(reading: Reading, items: list[DirectoryObject]) -> Iterator[str]:
    found = reading.input
    states = [setting.state for item in items for setting in item.settings.values()]
    if not found.relevant_entries:
        yield "no Exchange object in it"
    if found.export_scope is ExportScope.LIMITED:
        yield "limited export"
    if State.LOST in states:
        yield "values lost by the tool"
    if not found.binary_exported:
        yield "no relay lists"
    if found.format == "csv":
        yield "CSV"
    if reading.unreadable:
        yield "unreadable parts"
    if any("cut" in warning or "size limit" in warning for warning in found.warnings):
        yield "it may be cut"
