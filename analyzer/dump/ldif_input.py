"""A stream of LDIF in, its tally or all its entries out."""

from collections.abc import Callable, Iterator

from analyzer.dump.encoding import is_utf8_text
from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.framing import BOM, Block, blocks, count_lines, regions, single_records
from analyzer.dump.ldif_reader import Trailer, read_block
from analyzer.dump.scan import LdifScan, count_records
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
) -> None:
    """Count the records of a stream of UTF-8 or 8-bit text and keep the wanted entries.

    Args:
        chunks: the text.
        file: its name, for the sources.
        tally: takes the counts, the entries and the damage.
        to_utf8: turns a line that is no UTF-8 into UTF-8.
        max_record: bytes of the largest record that is read.
        scan: finds the blocks that have to be parsed; None parses all.
    """
    count = count_lines if scan is None else scan.count_lines
    for region in regions(chunks, max_record, count):
        tally.tail = (tally.tail + region.data[-TAIL:])[-TAIL:]
        if region.skipped:
            _too_large(region.data, region.line, file, tally, max_record, region.last_line)
            continue
        tally.utf8 = tally.utf8 and is_utf8_text(region.data)
        if scan is None or region.final or tally.sampled < SAMPLE:
            tally.entries += count_records(region.data)
            found = blocks(region.data, region.line)
        else:
            records, found = scan.blocks(region)
            tally.entries += records
        for block in _limited(found, max_record):
            if is_too_large(block.data, max_record):
                _too_large(block.data, block.line, file, tally, max_record)
            else:
                _read(block.data, block.line, file, tally, to_utf8, final=region.final)
        if region.final:
            tally.lines = region.line - 1 + region.data.count(b"\n")
        if region.final and region.data and not region.data.endswith(b"\n"):
            line = region.line + region.data.count(b"\n")
            tally.notes["the file does not end with a line end; it may be cut"] = [line]


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


def _limited(found: Iterator[Block], max_record: int) -> Iterator[Block]:
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
    for region in regions(chunks, max_record):
        if region.skipped:
            continue
        for block in _limited(blocks(region.data, region.line), max_record):
            if is_too_large(block.data, max_record):
                continue
            for item in read_block(block.data, block.line, file, to_utf8, final=region.final):
                if isinstance(item, Entry):
                    yield item
