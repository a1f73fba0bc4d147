"""A stream of LDIF in, its tally or all its entries out."""

from collections.abc import Callable, Iterator

from analyzer.dump.encoding import is_utf8_text
from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.framing import blocks, count_lines, regions
from analyzer.dump.ldif_reader import Trailer, read_block
from analyzer.dump.scan import LdifScan, count_records
from analyzer.dump.tally import SAMPLE, Tally


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
        for block in found:
            if len(block.data) > max_record:
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


def _too_large(
    data: bytes, line: int, file: str, tally: Tally, max_record: int, last_line: int = 0
) -> None:
    """Report a block above the limit; `last_line` is given where `data` is only its start."""
    tally.entries += bool(last_line and count_records(data))
    last_line = last_line or line + data.rstrip(b"\n").count(b"\n")
    reason = f"a record larger than the limit of {max_record} bytes"
    tally.unreadable.append(Unreadable(file, line, last_line, reason))


def all_ldif(
    chunks: Iterator[bytes], file: str, to_utf8: Callable[[bytes], bytes], max_record: int
) -> Iterator[Entry]:
    """Yield every readable entry of a stream."""
    for region in regions(chunks, max_record):
        if region.skipped:
            continue
        for block in blocks(region.data, region.line):
            if len(block.data) > max_record:
                continue
            for item in read_block(block.data, block.line, file, to_utf8, final=region.final):
                if isinstance(item, Entry):
                    yield item
