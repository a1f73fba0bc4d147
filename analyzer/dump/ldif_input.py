"""A stream of LDIF in, its tally or all its entries out."""

from collections.abc import Callable, Iterable, Iterator

from analyzer.dump.encoding import is_utf8_text
from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.framing import BOM, Block, Region, blocks, regions, single_records
from analyzer.dump.ldif_reader import Trailer, read_block
from analyzer.dump.scan import Found, LdifScan, count_records
from analyzer.dump.tally import SAMPLE, TAIL, Tally
from analyzer.dump.threads import side_by_side

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
        jobs: threads that scan.
    """
    line = 1
    for region, scanned in _scanned(regions(chunks, max_record), scan, jobs):
        tally.tail = (tally.tail + region.last(TAIL))[-TAIL:]
        if region.skipped:
            last_line = line + region.content - 1
            _too_large(region.data, line, file, tally, max_record, last_line)
            line += region.lines
            continue
        # An export is judged by its first entries, whatever they are.
        found = scanned if scanned and tally.sampled >= SAMPLE else _all_of(region)
        tally.utf8 = tally.utf8 and (found.ascii or is_utf8_text(region.data))
        tally.entries += found.records
        for block in _limited(found.blocks, max_record):
            if is_too_large(block.data, max_record):
                _too_large(block.data, line + block.line, file, tally, max_record)
            else:
                _read(block.data, line + block.line, file, tally, to_utf8, final=region.final)
        line += found.lines
        if region.final and region.data and not region.data.endswith(b"\n"):
            tally.notes["the file does not end with a line end; it may be cut"] = [line]


def _scanned(
    whole: Iterator[Region], scan: LdifScan | None, jobs: int
) -> Iterator[tuple[Region, Found | None]]:
    """Yield the regions in order with what has to be parsed of them; None is for all of it."""
    if scan is None:
        return ((region, None) for region in whole)

    def find(region: Region) -> Found | None:
        return None if region.skipped or region.final else scan.find(region)

    return side_by_side(find, whole, jobs)


def _all_of(region: Region) -> Found:
    data = region.data
    return Found(count_records(data), data.count(b"\n"), data.isascii(), blocks(data, 0))


def _read(
    data: bytes,
    line: int,
    file: str,
    tally: Tally,
    to_utf8: Callable[[bytes], bytes],
    *,
    final: bool,
) -> None:
    for item in read_block(data, line, file, to_utf8, final=final):
        if isinstance(item, Trailer):
            tally.trailer = tally.trailer or item.result_code is not None
            tally.size_limit_hit = tally.size_limit_hit or item.result_code == 4
        else:
            tally.take(item)


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


def _too_large(
    data: bytes, line: int, file: str, tally: Tally, max_record: int, last_line: int = 0
) -> None:
    """Report a block above the limit; `last_line` is given where `data` is only its start."""
    tally.entries += bool(last_line and count_records(data))
    line, data = _from_dn(data, line)
    last_line = last_line or line + data.rstrip(b"\n").count(b"\n")
    reason = f"a record larger than the limit of {max_record} bytes or {MAX_LINES} lines"
    tally.report(Unreadable(file, line, last_line, reason))


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
