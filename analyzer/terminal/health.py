"""A dump in, the report on its health out: what is odd in each file, and what to ask for."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from analyzer.directory import kinds
from analyzer.directory.syntaxes import BLANKS_AROUND, SPREADSHEET_WORD
from analyzer.directory.values import State
from analyzer.dump.entry import Unreadable
from analyzer.dump.input_warnings import describe_places
from analyzer.dump.reading import ExportScope, Input, Reading
from analyzer.dump.tally import position_of
from analyzer.inventory import DirectoryObject
from analyzer.open_dump import Dump
from analyzer.relay.receive_settings import DESCRIPTOR
from analyzer.report.export_command import (
    EXAMPLE,
    command_for,
    configuration_of,
    descriptor_command,
)
from analyzer.report.moments import moment
from analyzer.report.phrases import place
from analyzer.terminal.sizes_and_places import place_of
from analyzer.visible_text import one_line

_SHOWN = 20
_TOOLS = {"ldapsearch": "ldapsearch", "ldbsearch": "ldapsearch", "studio": "ldapsearch"}
# Exchange 2000 brought the first objects of this kind.
_FIRST_YEAR = 1999


def health_report(dump: Dump) -> Iterator[str]:
    """Yield the lines of the report, file by file."""
    for reading in dump.readings:
        objects = [
            exchange_object
            for exchange_object in dump.inventory.objects
            if exchange_object.input == reading.input
        ]
        yield from _file_report(reading, objects)
        yield ""
    for reading in dump.readings:
        yield from _what_to_ask(reading, dump.inventory.objects)


def _file_report(reading: Reading, objects: list[DirectoryObject]) -> Iterator[str]:
    source = reading.input
    yield (
        f"{one_line(source.path)}: {source.entries:,} records, {source.relevant_entries:,} of "
        f"interest, {len(reading.unreadable)} unreadable"
    )
    notes = [
        *map(_unreadable_line, reading.unreadable[:_SHOWN]),
        *_more(len(reading.unreadable), "unreadable records or values"),
        *_form_notes(source),
        *source.warnings,
        *_first(list(_lost_values(objects)), "lost values"),
        *_respelled_values(objects),
        *_first(list(_clock_notes(objects, source)), "odd times"),
        *_first(list(_dn_notes(objects)), "notes on names"),
    ]
    for note in notes:
        yield f"  ! {one_line(note)}"
    if not notes:
        yield "  nothing odd"


def _unreadable_line(part: Unreadable) -> str:
    return f"{place(part.file, part.line, part.last_line, part.offset)}: {part.reason}"


def _first(notes: list[str], what: str) -> list[str]:
    return [*notes[:_SHOWN], *_more(len(notes), what)]


def _more(number: int, what: str) -> list[str]:
    return [f"and {number - _SHOWN} more {what}"] if number > _SHOWN else []


def _form_notes(source: Input) -> Iterator[str]:
    if source.export_scope is ExportScope.LIMITED:
        yield "limited export: only chosen attributes; what is absent may be set all the same"
    if source.line_ends == "mixed":
        yield "line ends of both kinds: the file was edited, or put together from several"
    if source.format == "csv":
        yield "CSV cannot tell an empty relay list (everybody may relay) from none"
    context = source.naming_context
    if context and not context.lower().startswith("cn=configuration,"):
        yield f"this is not the configuration partition but {context}"


def _lost_values(objects: Iterable[DirectoryObject]) -> Iterator[str]:
    places: dict[tuple[str, str, str], list[int]] = {}
    word = "line"
    for exchange_object in objects:
        for name, setting in exchange_object.settings.items():
            if setting.state in (State.LOST, State.UNDECODABLE):
                key = (name, setting.text, setting.reason)
                at = position_of(exchange_object.entry) if setting.line is None else setting.line
                word = "line" if exchange_object.entry.source.offset is None else "offset"
                places.setdefault(key, []).append(at)
    for (name, state, reason), where in places.items():
        yield f"{name} is {state} ({describe_places(where, word)}): {reason}"


def _respelled_values(objects: Iterable[DirectoryObject]) -> Iterator[str]:
    """Yield one line for all values that another program than the exporting one wrote anew."""
    settings = [setting for obj in objects for setting in obj.settings.values()]
    for said, what in (
        (BLANKS_AROUND, "values stand between blanks, which were left out"),
        (SPREADSHEET_WORD, "Booleans stand in the words of a spreadsheet's language"),
    ):
        lines = [setting.line or 0 for setting in settings if said in setting.reason]
        if lines:
            where = describe_places(dict.fromkeys(lines))
            yield f"{what} ({where}): the file was copied or edited"


def _clock_notes(objects: Iterable[DirectoryObject], source: Input) -> Iterator[str]:
    exported = moment(source.modified)
    for exchange_object in objects:
        created, changed = (_time(exchange_object, name) for name in ("whenCreated", "whenChanged"))
        where = place_of(exchange_object.entry.source)
        if created and changed and changed < created:
            yield f"{where}: changed ({changed:%Y-%m-%d}) before it was created"
        for time in filter(None, (created, changed)):
            if time.year < _FIRST_YEAR:
                yield f"{where}: dated {time:%Y-%m-%d}, before Exchange 2000"
            if exported and time > exported + timedelta(days=1):
                yield f"{where}: dated {time:%Y-%m-%d}, later than the file itself"


def _time(exchange_object: DirectoryObject, name: str) -> datetime | None:
    setting = exchange_object.settings.get(name)
    return moment(str(setting.value)) if setting and setting.state is State.SET else None


def _dn_notes(objects: Iterable[DirectoryObject]) -> Iterator[str]:
    for exchange_object in objects:
        for note in exchange_object.notes:
            yield f"{place_of(exchange_object.entry.source)}: {note}"


def _what_to_ask(reading: Reading, objects: Iterable[DirectoryObject]) -> Iterator[str]:
    source = reading.input
    own = [exchange_object for exchange_object in objects if exchange_object.input is source]
    reasons = list(_shortcomings(reading, own))
    if not reasons:
        yield f"{one_line(source.path)}: no better export is needed."
        return
    yield f"{one_line(source.path)}: a better export would help ({'; '.join(reasons)}). Ask for:"
    yield ""
    tools = dict.fromkeys(("ldifde", _TOOLS.get(source.dialect, "ldifde")))
    command = descriptor_command if _lacks_descriptors(own) else command_for
    for tool in tools:
        yield f"    {command(tool, source.naming_context)}"
    if command is descriptor_command:
        yield "  or take a snapshot with AD Explorer, which holds the security descriptors"
    if configuration_of(source.naming_context):
        yield ""
        return
    yield f"  with the name of the forest in place of {EXAMPLE}, which could not be told"
    yield ""


def _lacks_descriptors(objects: Iterable[DirectoryObject]) -> bool:
    """Tell whether a receive connector stands here without what its verdict rests on."""
    return any(
        each.settings[DESCRIPTOR].state is not State.SET
        for each in objects
        if each.kind is kinds.RECEIVE_CONNECTOR
    )


def _shortcomings(reading: Reading, objects: list[DirectoryObject]) -> Iterator[str]:
    source = reading.input
    states = [
        setting.state
        for exchange_object in objects
        for setting in exchange_object.settings.values()
    ]
    if not source.relevant_entries:
        yield "no Exchange object in it"
    if source.export_scope is ExportScope.LIMITED:
        yield "limited export"
    if State.LOST in states:
        yield "values lost by the tool"
    if not source.binary_exported:
        yield "no relay lists"
    if source.format == "csv":
        yield "CSV"
    if reading.unreadable:
        yield "unreadable parts"
    if _lacks_descriptors(objects):
        yield "no security descriptors, so that nobody knows who may relay"
    if any("cut" in warning or "size limit" in warning for warning in source.warnings):
        yield "it may be cut"
