"""A stream of LDIF in, its tally or all its entries out."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from analyzer.dump.encoding import is_utf8_text
from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.framing import BOM, Block, Region, blocks, regions, single_records
from analyzer.dump.ldif_reader import Trailer, read_block
from analyzer.dump.processes import in_processes
from analyzer.dump.scan import Found, LdifScan, count_records
from analyzer.dump.tally import SAMPLE, TAIL, Tally

MAX_LINES = 1 << 20
"""Most lines of a record that is read."""


def tally_ldif(
    chunks: Iterator[bytes],
    file: str,
    tally: Tally,
    to_utf8: Callable[[bytes], bytes],
    max_record: int,
    scan: LdifScan | None,
    jobs: int = 1,
) -> None:
    """Count the records of a stream of UTF-8 or 8-bit text and keep the wanted entries.

    Args:
        chunks: the text.
        file: its name, for the sources.
        tally: takes the counts, the entries and the damage.
        to_utf8: turns a line that is no UTF-8 into UTF-8.
        max_record: bytes of the largest record that is read.
        scan: finds the blocks that have to be parsed; None parses all.
        jobs: processes that read; 1 reads it all in this one.

    Raises:
        ReadError: one of the processes ended early.
    """
    reader = _RegionReader(file, to_utf8, max_record, scan)
    whole, line = regions(chunks, max_record), 1
    for region in whole:
        line += reader.read(region, line, tally)
        if jobs > 1 and tally.sampled >= SAMPLE:
            break

    def part(item: tuple[Region, int]) -> Tally:
        found = Tally(tally.wanted, sampled=SAMPLE)
        reader.read(*item, found)
        return found

    for found in in_processes(part, _numbered(whole, line), jobs, file):
        tally.add(found)


def _numbered(whole: Iterable[Region], line: int) -> Iterator[tuple[Region, int]]:
    """Yield regions with the number of the first line of each."""
    for region in whole:
        yield region, line
        line += region.line_feeds()


class _RegionReader(NamedTuple):
    """Reads the regions of one file."""

    file: str
    to_utf8: Callable[[bytes], bytes]
    max_record: int
    scan: LdifScan | None

    def read(self, region: Region, line: int, tally: Tally) -> int:
        """Add what is in a region that begins on a line; return how many lines it has."""
        tally.tail = (tally.tail + region.last(TAIL))[-TAIL:]
        if region.skipped:
            last_line = line + region.content - 1
            self._too_large(region.data, line, tally, last_line)
            return region.lines
        # An export is judged by its first entries, whatever they are.
        if self.scan is None or region.final or tally.sampled < SAMPLE:
            found = _all_of(region)
        else:
            found = self.scan.find(region)
        tally.utf8 = tally.utf8 and (found.ascii or is_utf8_text(region.data))
        tally.entries += found.records
        for block in _limited(found.blocks, self.max_record):
            if is_too_large(block.data, self.max_record):
                self._too_large(block.data, line + block.line, tally)
            else:
                self._parse(block.data, line + block.line, tally, final=region.final)
        if region.final and region.data and not region.data.endswith(b"\n"):
            note = "the file does not end with a line end; it may be cut"
            tally.notes[note] = [line + found.lines]
        return found.lines

    def _parse(self, data: bytes, line: int, tally: Tally, *, final: bool) -> None:
        for item in read_block(data, line, self.file, self.to_utf8, final=final):
            if isinstance(item, Trailer):
                tally.trailer = tally.trailer or item.result_code is not None
                tally.size_limit_hit = tally.size_limit_hit or item.result_code == 4
            else:
                tally.take(item)

    def _too_large(self, data: bytes, line: int, tally: Tally, last_line: int = 0) -> None:
        """Report a block above the limit; `last_line` is given where `data` is only its start."""
        tally.entries += bool(last_line and count_records(data))
        line, data = _from_dn(data, line)
        last_line = last_line or line + data.rstrip(b"\n").count(b"\n")
        reason = f"a record larger than the limit of {self.max_record} bytes or {MAX_LINES} lines"
        tally.report(Unreadable(self.file, line, last_line, reason))


def _all_of(region: Region) -> Found:
    data = region.data
    return Found(count_records(data), data.count(b"\n"), data.isascii(), blocks(data, 0))


def _limited(found: Iterable[Block], max_record: int) -> Iterator[Block]:
    """Yield the blocks, those above the limits record by record."""
    for block in found:
        if is_too_large(block.data, max_record):
            yield from single_records(block)
        else:
            yield block


def is_too_large(data: bytes, max_record: int) -> bool:
    """Tell whether a block is above the limits; every line of it costs some hundred bytes."""
    return len(data) > max_record or (len(data) > MAX_LINES and data.count(b"\n") > MAX_LINES)


def _from_dn(data: bytes, line: int) -> tuple[int, bytes]:
    """Return a record without the comments above it, and its line."""
    first = next(single_records(Block(data, line)))
    if first.data.lower().startswith((b"dn:", BOM + b"dn:")):
        return line, data
    rest = data[len(first.data) :]
    return (line + first.data.count(b"\n"), rest) if rest else (line, data)


def all_ldif(
    chunks: Iterator[bytes], file: str, to_utf8: Callable[[bytes], bytes], max_record: int
) -> Iterator[Entry]:
    """Yield every readable entry of a stream."""
    line = 1
    for region in regions(chunks, max_record):
        if region.skipped:
            line += region.lines
            continue
        for block in _limited(blocks(region.data, line), max_record):
            if is_too_large(block.data, max_record):
                continue
            for item in read_block(block.data, block.line, file, to_utf8, final=region.final):
                if isinstance(item, Entry):
                    yield item
        line += region.data.count(b"\n")
