"""What is in the files of a dump, without verdicts: facts of each file, coverage of attributes."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from analyzer.directory import kinds
from analyzer.directory.values import State
from analyzer.dump.reading import Input
from analyzer.inventory import DirectoryObject
from analyzer.open_dump import Dump
from analyzer.terminal.sizes_and_places import size_in_words
from analyzer.terminal.text_table import TextTable, make_table
from analyzer.visible_text import one_line

_STATES = (State.SET, State.NOT_SET, State.NOT_EXPORTED, State.LOST, State.UNDECODABLE)


class Coverage(NamedTuple):
    """Which attributes the listeners of one kind have in a dump."""

    heading: str
    table: TextTable
    """For each attribute with a value on any of them, how many have it in each state."""
    rest: tuple[str, ...]
    """The attributes without a value on any of them, by the reason for it."""


def describe_contents(dump: Dump) -> Iterator[str]:
    """Yield what is known of each file, and what objects the dump holds."""
    for source in dump.inputs:
        yield from _describe_input(source)
        yield ""
    yield _count_objects(dump)


def coverages(dump: Dump) -> Iterator[Coverage]:
    """Yield for each kind of listener which attributes its objects have."""
    for kind in kinds.KINDS:
        states = _states(dump.inventory.of(kind)) if kind.is_listener else {}
        valued = {name: counts for name, counts in states.items() if _has_value(counts)}
        if valued:
            yield Coverage(
                f"Attributes of the {kind.plural}, by how many have them",
                _coverage_table(valued),
                tuple(_without_value(states)),
            )


def _describe_input(source: Input) -> Iterator[str]:
    yield one_line(source.path)
    ends = f", {source.line_ends} line ends" if source.line_ends else ""
    yield f"  form            {source.format}, {source.dialect}, {source.encoding}{ends}"
    yield f"  size            {size_in_words(source.bytes)} ({source.bytes:,} bytes)"
    yield f"  SHA-256         {source.sha256}"
    yield f"  changed         {source.modified or 'not known'}"
    yield f"  entries         {source.entries:,}, of interest {source.relevant_entries:,}"
    yield f"  scope           {source.export_scope} export"
    yield f"  partition       {one_line(source.naming_context) or 'cannot be told'}"
    for warning in source.warnings:
        yield f"  ! {one_line(warning)}"


def _count_objects(dump: Dump) -> str:
    """Return how many objects of each kind the dump holds, as one sentence."""
    counts = Counter(
        exchange_object.kind
        for exchange_object in dump.inventory.objects
        if not exchange_object.kind.is_auxiliary
    )
    parts = [kind.count(counts[kind]) for kind in kinds.KINDS if counts[kind]]
    listening = [kind for kind in kinds.KINDS if kind.is_listener]
    if not any(counts[kind] for kind in listening):
        parts.insert(0, f"no {' or '.join(kind.singular for kind in listening)}")
    return "Found " + ", ".join(parts)


def _coverage_table(states: Mapping[str, Counter[State]]) -> TextTable:
    rows = [(name, *(counts[state] or "" for state in _STATES)) for name, counts in states.items()]
    return make_table(("Attribute", "set", "not set", "not exported", "lost", "undecodable"), rows)


def _without_value(states: Mapping[str, Counter[State]]) -> Iterator[str]:
    empty = {name: counts for name, counts in states.items() if not _has_value(counts)}
    unset = [name for name, counts in empty.items() if counts[State.NOT_SET]]
    missing = [name for name, counts in empty.items() if not counts[State.NOT_SET]]
    if unset:
        yield f"Exported, but set on none ({len(unset)}): {', '.join(unset)}"
    if missing:
        yield f"Not exported ({len(missing)}): {', '.join(missing)}"


def _states(listeners: Sequence[DirectoryObject]) -> dict[str, Counter[State]]:
    counts: dict[str, Counter[State]] = {}
    for listener in listeners:
        for name, setting in listener.settings.items():
            counts.setdefault(name, Counter())[setting.state] += 1
    return counts


def _has_value(counts: Counter[State]) -> bool:
    return bool(counts[State.SET] or counts[State.LOST] or counts[State.UNDECODABLE])
