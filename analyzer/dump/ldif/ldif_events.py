"""LDIF in, events out: regions are cut, what matters in each is chosen and parsed."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from msgspec.structs import replace

from analyzer.dump.code_pages import ForeignWords
from analyzer.dump.encoding import is_utf8, without_folds
from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.events import End, Event, PassedOver
from analyzer.dump.ldif.block_scan import LdifScan, all_blocks
from analyzer.dump.ldif.record_blocks import BOM, Block, blocks, single_records
from analyzer.dump.ldif.record_parser import Trailer, read_block
from analyzer.dump.ldif.regions import Region, regions
from analyzer.dump.ldif.search_comments import (
    TAIL,
    Asked,
    asked_in,
    is_closed,
    missing_end,
)
from analyzer.dump.opened import Opened
from analyzer.dump.processes import in_processes
from analyzer.dump.read_options import Plan
from analyzer.dump.wanted import exported_by, is_wanted

MAX_LINES = 1 << 18
"""Most lines of a record that is read."""
_LAST_REGIONS = 4
"""The last record stands in one of so many regions, or so far from the end that it is whole."""
_DN_LINE = re.compile(rb"(?im)^(?:\xef\xbb\xbf)?dn:")


class _RegionFacts(NamedTuple):
    """What was learnt of a region; the last event of each, seen by `read_ldif` only."""

    lines: int
    utf8: bool = True
    result_codes: frozenset[int] = frozenset()
    unended_line: int | None = None
    foreign: tuple[bytes, ...] = ()


class _Searches(NamedTuple):
    """What searches asked for that begin or end in a region; before the events of its records."""

    asked: tuple[Asked, ...]


def read_ldif(source: Opened, plan: Plan) -> Iterator[Event]:
    """Yield what stands in LDIF.

    Raises:
        ReadError: one of the processes ended early.
    """
    learnt = _Learnt(source)
    held: list[Event] = []
    for event in _events(source, plan, learnt):
        # The last entry waits for the end of the file, which may show that it is cut.
        if isinstance(event, Entry) or (held and _stands_behind(event, held[0])):
            yield from held
            held = []
        if held or isinstance(event, Entry):
            held.append(event)
        else:
            yield event
    if held and isinstance(held[0], Entry):
        held[0] = learnt.at_the_end(held[0])
    yield from held
    yield learnt.end()


def _stands_behind(event: Event, entry: Event) -> bool:
    """Tell whether an event is about lines behind those of an entry."""
    if not isinstance(event, Unreadable) or not isinstance(entry, Entry):
        return False
    return event.record or (event.line or 0) > (entry.source.last_line or 0)


def _events(source: Opened, plan: Plan, learnt: "_Learnt") -> Iterator[Event]:
    """Yield what stands in the regions, in their order."""
    reader = _RegionReader(source.path, plan, utf8=source.is_converted)
    cut, line, handed_over = learnt.kept_of(regions(source.text(), plan.max_record)), 1, 0
    for region in cut:
        # An export is judged by its first entries, whatever they are.
        whole = plan.everything or handed_over < plan.sample
        for event in learnt.events(reader.read(region, line, whole=whole)):
            handed_over += isinstance(event, Entry)
            yield event
        line = learnt.lines + 1
        if plan.jobs > 1 and handed_over >= plan.sample:
            break
    # After that the regions may be read in any order, by as many processes as there are.
    shares = in_processes(reader.share, _numbered(cut, line), plan.jobs, source.path)
    yield from learnt.events(chain.from_iterable(shares))


class _Learnt:
    """Adds up what was learnt of the regions."""

    def __init__(self, source: Opened) -> None:
        self._source = source
        self.lines = 0
        """Lines of the regions that were read."""
        self._utf8 = True
        self._foreign = ForeignWords()
        self._result_codes: frozenset[int] = frozenset()
        self._unended_line: int | None = None
        self._tail = b""
        # The search that a region begins in, and those that begin or end in it.
        self._asked = [Asked(0, None)]
        self._last: deque[Region] = deque(maxlen=_LAST_REGIONS)

    def kept_of(self, cut: Iterable[Region]) -> Iterator[Region]:
        """Pass regions on, the last bytes of the text kept."""
        for region in cut:
            tail = region.last(TAIL)
            self._tail = (self._tail + tail)[-TAIL:]
            # Of a record above the limit only the start is here, and it is told for itself.
            if region.skipped:
                self._last.clear()
            else:
                self._last.append(region)
            yield region

    def events(self, read: Iterable["Event | _Searches | _RegionFacts"]) -> Iterator[Event]:
        """Pass on what was read, each entry with what its search asked for."""
        for event in read:
            if isinstance(event, _RegionFacts):
                self._add(event)
            elif isinstance(event, _Searches):
                self._asked = [self._asked[-1], *event.asked]
            elif isinstance(event, Entry):
                yield self._with_names(event)
            else:
                yield event

    def _with_names(self, entry: Entry) -> Entry:
        at = entry.source.line or 0
        names = next(search.names for search in reversed(self._asked) if search.line <= at)
        return entry if names is None else replace(entry, requested=names)

    def _add(self, facts: _RegionFacts) -> None:
        self.lines += facts.lines
        self._utf8 = self._utf8 and facts.utf8
        self._foreign.add(facts.foreign)
        self._result_codes |= facts.result_codes
        self._unended_line = facts.unended_line or self._unended_line

    def at_the_end(self, entry: Entry) -> Entry:
        """Return the last entry, marked if it is the last record and the file may be cut in it."""
        if not self._is_last_record(entry):
            return entry
        if self._source.detected.dialect == "other":
            return replace(entry, may_be_cut=not is_closed(self._tail))
        return replace(
            entry, cut=entry.cut or self._unended_line is not None or bool(self._missing())
        )

    def _is_last_record(self, entry: Entry) -> bool:
        """Tell whether no dn line stands behind an entry; only what matters is an event."""
        text = b"".join(region.data for region in self._last)
        lines_behind = self.lines - (entry.source.last_line or 0)
        above = text.count(b"\n") - lines_behind
        rest = text.split(b"\n", above)[-1] if above > 0 else text
        return _DN_LINE.search(rest) is None

    def _missing(self) -> str:
        return missing_end(self._source.detected.dialect, self._source.head, self._tail)

    def end(self) -> End:
        return End(
            utf8=self._utf8,
            foreign=self._foreign.words,
            unended_line=self._unended_line,
            result_codes=self._result_codes,
            missing=self._missing(),
        )


def _numbered(cut: Iterable[Region], line: int) -> Iterator[tuple[Region, int]]:
    """Yield regions with the number of the first line of each."""
    for region in cut:
        yield region, line
        line += region.line_feeds()


class _RegionReader:
    """Reads the regions of one file, each without a look at the others."""

    def __init__(self, file: str, plan: Plan, *, utf8: bool) -> None:
        self._file, self._plan = file, plan
        self._foreign = ForeignWords()
        self._scan = None
        if plan.scanning:
            self._scan = LdifScan(plan.wanted, plan.max_record, utf8=utf8, any_byte=plan.any_byte)

    def share(self, numbered: tuple[Region, int]) -> list[Event | _Searches | _RegionFacts]:
        """Read a region in a process of its own."""
        return list(self.read(*numbered, whole=False))

    def read(
        self, region: Region, line: int, *, whole: bool
    ) -> Iterator[Event | _Searches | _RegionFacts]:
        """Yield what stands in a region that begins on a line; with `whole` every entry."""
        if region.skipped:
            yield self._too_large(region.data, line, line + region.content - 1)
            open_line = line + region.lines if region.open_end else None
            yield _RegionFacts(region.lines, unended_line=open_line)
            return
        # The scan needs a line end behind all it looks at, which the final region may lack.
        if self._scan is None or region.final or whole:
            chosen = all_blocks(region)
        else:
            chosen = self._scan.choose(region)
        if chosen.marked and (asked := asked_in(region.data, line)):
            yield _Searches(asked)
        passed_over = chosen.passed_over
        result_codes: set[int] = set()
        for event in self._parse(chosen.blocks, line, final=region.final):
            if isinstance(event, Trailer):
                result_codes.update(event.result_codes)
            elif not isinstance(event, Entry) or whole or self._matters(event):
                yield event
            else:
                passed_over += 1
        # One event for all of them: an object for each would cost more than the scan.
        if passed_over:
            yield PassedOver(passed_over)
        ended = not region.final or not region.data or region.data.endswith(b"\n")
        known = len(self._foreign.words)
        utf8 = chosen.utf8 or not self._look_at_foreign(region, chosen.lines)
        yield _RegionFacts(
            chosen.lines,
            utf8,
            frozenset(result_codes),
            None if ended else line + chosen.lines,
            self._foreign.words[known:],
        )

    def _look_at_foreign(self, region: Region, lines: int) -> bool:
        """Look at text that is no UTF-8 in a region; return whether there is any.

        Blocks above the limit are left out: how much of one is at hand is chance.
        """
        if self._foreign.is_full:
            return True
        limit = self._plan.max_record
        texts = iter((region.data,))
        # No block of a small region is above it, so that there is no need to look for them.
        if len(region.before) + region.end > limit or lines > MAX_LINES:
            read = (block.data for block in _limited(blocks(region.data, 0), limit))
            texts = (text for text in read if not is_too_large(text, limit))
        found = False
        for text in map(without_folds, texts):
            if not is_utf8(text):
                found = True
                self._foreign.look_at(text)
        return found

    def _parse(
        self, chosen: Iterable[Block], line: int, *, final: bool
    ) -> Iterator[Entry | Unreadable | Trailer]:
        limit, to_utf8 = self._plan.max_record, self._plan.to_utf8
        for block in _limited(chosen, limit):
            if is_too_large(block.data, limit):
                yield self._too_large(block.data, line + block.line)
            else:
                yield from read_block(
                    block.data,
                    line + block.line,
                    self._file,
                    to_utf8,
                    final=final,
                    unparted=block.unparted,
                )

    def _matters(self, entry: Entry) -> bool:
        """Tell whether an entry says more of the file than that it has one more record."""
        wanted = self._plan.wanted
        return bool(
            entry.notes
            or is_wanted(entry.dn, entry.get("objectclass"), wanted)
            or exported_by(entry, wanted)
        )

    def _too_large(self, data: bytes, line: int, last_line: int = 0) -> Unreadable:
        """Report a block above the limit; `last_line` is given where `data` is only its start."""
        line, data = _from_dn(data, line)
        last_line = last_line or line + data.rstrip(b" \t\r\n").count(b"\n")
        limit = self._plan.max_record
        reason = f"a record larger than the limit of {limit} bytes or {MAX_LINES} lines"
        return Unreadable(self._file, line, last_line, reason, record=_begins_record(data))


def _limited(chosen: Iterable[Block], max_record: int) -> Iterator[Block]:
    """Yield the blocks, those above the limits record by record.

    Without empty lines between them a whole region of small records is one block.
    """
    for block in chosen:
        if is_too_large(block.data, max_record):
            yield from single_records(block)
        else:
            yield block


def is_too_large(data: bytes, max_record: int) -> bool:
    """Tell whether a block is above the limits; every line of it costs some hundred bytes."""
    return len(data) > max_record or (len(data) > MAX_LINES and data.count(b"\n") > MAX_LINES)


def _begins_record(data: bytes) -> bool:
    return data.removeprefix(BOM)[:3].lower() == b"dn:"


def _from_dn(data: bytes, line: int) -> tuple[int, bytes]:
    """Return a record without the comments above it, and its line."""
    first = next(single_records(Block(data, line)))
    if _begins_record(first.data):
        return line, data
    # The limit was met by the record, not by the comments that happen to stand above it.
    rest = data[len(first.data) :]
    return (line + first.data.count(b"\n"), rest) if rest else (line, data)
