"""A big file of LDIF in, its tally out: cut at record borders into ranges that processes read."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import IO

from analyzer.dump.detect import Detected
from analyzer.dump.encoding import fallback, utf8_chunks
from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.ldif_input import tally_ldif
from analyzer.dump.processes import Task
from analyzer.dump.reading import Wanted
from analyzer.dump.scan import LdifScan
from analyzer.dump.stream import CHUNK
from analyzer.dump.tally import SAMPLE, Tally

RANGE_FROM = 64 << 20
"""Bytes of a range from which a process of its own pays."""
CUTTABLE = frozenset({"utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "cp1252"})
"""Encodings in which the bytes of an empty line stand for nothing else."""
_WINDOW = 1 << 20


def start_ranges(
    file: Path,
    size: int,
    detected: Detected,
    wanted: Wanted,
    encoding: str | None,
    max_record: int,
    parts: int,
) -> list[Task[Tally]]:
    """Start one process per range of a file; the ranges are in the order of the file."""
    points = _cut_points(file, size, parts, detected.encoding)
    scan = LdifScan(wanted)
    return [
        Task(
            partial(_tally_range, file, start, end, detected, wanted, encoding, max_record, scan),
            str(file),
        )
        for start, end in pairwise(points)
    ]


def join_ranges(tallies: list[Tally]) -> Tally | None:
    """Return the tally of the whole file; None when the first range is too small a sample."""
    whole = tallies[0]
    if whole.sampled < SAMPLE and len(tallies) > 1:
        return None
    for part in tallies[1:]:
        by = whole.lines
        whole.lines += part.lines
        whole.entries += part.entries
        whole.kept += [moved(entry, by) for entry in part.kept]
        for item in part.unreadable:
            whole.report(_moved_damage(item, by))
        if part.beyond is not None:
            whole.report(_moved_damage(part.beyond, by))
            whole.unlisted += part.unlisted - 1
        whole.exported |= part.exported
        whole.names |= part.names
        whole.sampled += part.sampled - SAMPLE
        whole.without_class += part.without_class
        whole.size_limit_hit = whole.size_limit_hit or part.size_limit_hit
        whole.trailer = whole.trailer or part.trailer
        whole.utf8 = whole.utf8 and part.utf8
        whole.tail = part.tail
        for note, lines in part.notes.items():
            there = whole.notes.setdefault(note, [])
            there += [line if line is None else line + by for line in lines]
    return whole


def moved(entry: Entry, by: int) -> Entry:
    """Return an entry whose line numbers are higher by a number of lines."""
    source = entry.source
    assert source.line is not None
    assert source.last_line is not None
    fields = {
        key: attribute._replace(
            line=None if attribute.line is None else attribute.line + by,
            last_line=None if attribute.last_line is None else attribute.last_line + by,
        )
        for key, attribute in entry.fields.items()
    }
    place = replace(source, line=source.line + by, last_line=source.last_line + by)
    return replace(entry, fields=fields, source=place)


def _moved_damage(item: Unreadable, by: int) -> Unreadable:
    if item.line is None or item.last_line is None:
        return item
    return replace(item, line=item.line + by, last_line=item.last_line + by)


def _tally_range(
    file: Path,
    start: int,
    end: int,
    detected: Detected,
    wanted: Wanted,
    encoding: str | None,
    max_record: int,
    scan: LdifScan,
) -> Tally:
    tally = Tally(wanted, sampled=SAMPLE if start else 0)
    text = utf8_chunks(_chunks(file, start, end), detected.encoding, 0 if start else detected.bom)
    tally_ldif(text, str(file), tally, fallback(encoding), max_record, scan)
    return tally


def _chunks(file: Path, start: int, end: int) -> Iterator[bytes]:
    with file.open("rb", buffering=0) as stream:
        stream.seek(start)
        left = end - start
        while left and (chunk := stream.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk


def _cut_points(file: Path, size: int, parts: int, encoding: str) -> list[int]:
    """Return offsets at which a file can be cut: 0, ends of empty lines, its size."""
    width = 2 if encoding.startswith("utf-16") else 1
    codec = encoding if width == 2 else "ascii"
    empty_lines = [text.encode(codec) for text in ("\n\r\n", "\n\n")]
    points = [0]
    with file.open("rb") as stream:
        for part in range(1, parts):
            limit = size * (part + 1) // parts
            point = _border(
                stream, size * part // parts // width * width, limit, empty_lines, width
            )
            if point is not None and points[-1] < point < size:
                points.append(point)
    return [*points, size]


def _border(
    stream: IO[bytes], start: int, limit: int, empty_lines: list[bytes], width: int
) -> int | None:
    """Return the end of the first empty line at or after `start`, None when there is none."""
    while start < limit:
        stream.seek(start)
        window = stream.read(_WINDOW)
        for empty in empty_lines:
            found = window.find(empty)
            while found >= 0 and found % width:
                found = window.find(empty, found + 1)
            if found >= 0:
                return start + found + len(empty)
        start += _WINDOW - 8
    return None
