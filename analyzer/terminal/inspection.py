"""What is in the files of a dump, without verdicts: facts of each file, coverage of attributes."""

from collections import Counter
from collections.abc import Iterator

from analyzer.directory import kinds
from analyzer.directory.values import State
from analyzer.dump.reading import Input
from analyzer.inventory import DirectoryObject
from analyzer.open_dump import Dump
from analyzer.report.text import one_line
from analyzer.terminal.text_table import Table, make_table, size_in_words

_STATES = (State.SET, State.NOT_SET, State.NOT_EXPORTED, State.LOST, State.UNDECODABLE)


def describe_input(found: Input) -> Iterator[str]:
    """Yield what is known of one file, a line each."""
    yield one_line(found.path)
    ends = f", {found.line_ends} line ends" if found.line_ends else ""
    yield f"  form            {found.format}, {found.dialect}, {found.encoding}{ends}"
    yield f"  size            {size_in_words(found.bytes)} ({found.bytes:,} bytes)"
    yield f"  SHA-256         {found.sha256}"
    yield f"  changed         {found.modified or 'not known'}"
    yield f"  entries         {found.entries:,}, of interest {found.relevant_entries:,}"
    yield f"  scope           {found.export_scope} export"
    yield f"  partition       {one_line(found.naming_context) or 'cannot be told'}"
    for warning in found.warnings:
        yield f"  ! {one_line(warning)}"


def count_objects(dump: Dump) -> str:
    """Return how many objects of each kind the dump holds, as one sentence."""
    counts = Counter(item.kind for item in dump.inventory.objects)
    shown = [kind for kind in kinds.KINDS if counts[kind] and not kind.is_auxiliary]
    parts = [kind.count(counts[kind]) for kind in shown]
    if not counts[kinds.VIRTUAL_SERVER]:
        parts.insert(0, "no SMTP virtual server")
    return "Found " + ", ".join(parts)


def coverage(dump: Dump) -> Table:
    """Return for each attribute how many virtual servers have it in each state.

    Attributes without a value on any of them are left to `uncovered`.
    """
    rows = [
        (name, *(counts[state] or "" for state in _STATES))
        for name, counts in _states(dump.inventory.of(kinds.VIRTUAL_SERVER)).items()
        if _has_value(counts)
    ]
    return make_table(("Attribute", "set", "not set", "not exported", "lost", "undecodable"), rows)


def uncovered(dump: Dump) -> Iterator[str]:
    """Yield the attributes without a value on any virtual server, by the reason for it."""
    states = _states(dump.inventory.of(kinds.VIRTUAL_SERVER))
    empty = {name: counts for name, counts in states.items() if not _has_value(counts)}
    unset = [name for name, counts in empty.items() if counts[State.NOT_SET]]
    missing = [name for name, counts in empty.items() if not counts[State.NOT_SET]]
    if unset:
        yield f"Exported, but set on none ({len(unset)}): {', '.join(unset)}"
    if missing:
        yield f"Not exported ({len(missing)}): {', '.join(missing)}"


def _states(items: tuple[DirectoryObject, ...]) -> dict[str, Counter[State]]:
    counts: dict[str, Counter[State]] = {}
    for item in items:
        for name, setting in item.settings.items():
            counts.setdefault(name, Counter())[setting.state] += 1
    return counts


def _has_value(counts: Counter[State]) -> bool:
    return bool(counts[State.SET] or counts[State.LOST] or counts[State.UNDECODABLE])
