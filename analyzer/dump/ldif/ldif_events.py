"""LDIF in, events out: regions are cut, what matters in each is chosen and parsed."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from analyzer.dump.encoding import is_utf8_text
from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.events import End, Event, PassedOver
from analyzer.dump.ldif.block_scan import LdifScan, all_blocks
from analyzer.dump.ldif.record_blocks import BOM, Block, single_records
from analyzer.dump.ldif.record_parser import Trailer, read_block
from analyzer.dump.ldif.regions import Region, regions
from analyzer.dump.ldif.search_comments import TAIL, missing_end, requested_scope
from analyzer.dump.opened import Opened
from analyzer.dump.processes import in_processes
from analyzer.dump.read_options import Plan
from analyzer.dump.wanted import exported_by, is_wanted

MAX_LINES = 1 << 18
"""Most lines of a record that is read."""


class _RegionFacts(NamedTuple):
    """What was learnt of a region; the last event of each, seen by `read_ldif` only."""

    lines: int
    utf8: bool = True
    result_codes: frozenset[int] = frozenset()
    unended_line: int | None = None


def read_ldif(source: Opened, plan: Plan) -> Iterator[Event]:
    """Yield what stands in LDIF.

    Raises:
        ReadError: one of the processes ended early.
    """
    reader = _RegionReader(source.path, plan)
    learnt = _Learnt()
    cut, line, handed_over = learnt.tails(regions(source.text(), plan.max_record)), 1, 0
    for region in cut:
        # An export is judged by its first entries, whatever they are.
        whole = plan.everything or handed_over < plan.sample
        for event in reader.read(region, line, whole=whole):
            if isinstance(event, _RegionFacts):
                learnt.add(event)
                line += event.lines
            else:
                handed_over += isinstance(event, Entry)
                yield event
        if plan.jobs > 1 and handed_over >= plan.sample:
            break
    # After that the regions may be read in any order, by as many processes as there are.
    shares = in_processes(reader.share, _numbered(cut, line), plan.jobs, source.path)
    for share in shares:
        for event in share:
            if isinstance(event, _RegionFacts):
                learnt.add(event)
            else:
                yield event
    yield learnt.end(source)


class _Learnt:
    """Adds up what was learnt of the regions."""

    def __init__(self) -> None:
        self._utf8 = True
        self._result_codes: frozenset[int] = frozenset()
        self._unended_line: int | None = None
        self._tail = b""

    def tails(self, cut: Iterable[Region]) -> Iterator[Region]:
        """Pass regions on, the last bytes of the text kept."""
        for region in cut:
            self._tail = (self._tail + region.last(TAIL))[-TAIL:]
            yield region

    def add(self, facts: _RegionFacts) -> None:
        self._utf8 = self._utf8 and facts.utf8
        self._result_codes |= facts.result_codes
        self._unended_line = facts.unended_line

    def end(self, source: Opened) -> End:
        return End(
            utf8=self._utf8,
            unended_line=self._unended_line,
            requested=requested_scope(source.head),
            result_codes=self._result_codes,
            missing=missing_end(source.detected.dialect, source.head, self._tail),
        )


def _numbered(cut: Iterable[Region], line: int) -> Iterator[tuple[Region, int]]:
    """Yield regions with the number of the first line of each."""
    for region in cut:
        yield region, line
        line += region.line_feeds()


class _RegionReader:
    """Reads the regions of one file, each without a look at the others."""

    def __init__(self, file: str, plan: Plan) -> None:
        self._file, self._plan = file, plan
        self._scan = LdifScan(plan.wanted, plan.max_record) if plan.scanning else None

    def share(self, numbered: tuple[Region, int]) -> list[Event | _RegionFacts]:
        """Read a region in a process of its own."""
        return list(self.read(*numbered, whole=False))

    def read(self, region: Region, line: int, *, whole: bool) -> Iterator[Event | _RegionFacts]:
        """Yield what stands in a region that begins on a line; with `whole` every entry."""
        if region.skipped:
            yield self._too_large(region.data, line, line + region.content - 1)
            yield _RegionFacts(region.lines)
            return
        # The scan needs a line end behind all it looks at, which the final region may lack.
        if self._scan is None or region.final or whole:
            chosen = all_blocks(region)
        else:
            chosen = self._scan.choose(region)
        passed_over = chosen.passed_over
        result_codes: set[int] = set()
        for event in self._parse(chosen.blocks, line, final=region.final):
            if isinstance(event, Trailer):
                result_codes.update(event.result_codes)
            elif whole or not isinstance(event, Entry) or self._matters(event):
                yield event
            else:
                passed_over += 1
        # One event for all of them: an object for each would cost more than the scan.
        if passed_over:
            yield PassedOver(passed_over)
        ended = not region.final or not region.data or region.data.endswith(b"\n")
        yield _RegionFacts(
            chosen.lines,
            chosen.ascii or is_utf8_text(region.data),
            frozenset(result_codes),
            None if ended else line + chosen.lines,
        )

    def _parse(
        self, chosen: Iterable[Block], line: int, *, final: bool
    ) -> Iterator[Entry | Unreadable | Trailer]:
        limit, to_utf8 = self._plan.max_record, self._plan.to_utf8
        for block in _limited(chosen, limit):
            if is_too_large(block.data, limit):
                yield self._too_large(block.data, line + block.line)
            else:
                yield from read_block(
                    block.data, line + block.line, self._file, to_utf8, final=final
                )

    def _matters(self, entry: Entry) -> bool:
        """Tell whether an entry says more of the file than that it has one more record."""
        wanted = self._plan.wanted
        return bool(
            entry.notes
            or is_wanted(entry.dn, entry.fields.get("objectclass"), wanted)
            or exported_by(entry, wanted)
        )

    def _too_large(self, data: bytes, line: int, last_line: int = 0) -> Unreadable:
        """Report a block above the limit; `last_line` is given where `data` is only its start."""
        line, data = _from_dn(data, line)
        last_line = last_line or line + data.rstrip(b"\n").count(b"\n")
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
