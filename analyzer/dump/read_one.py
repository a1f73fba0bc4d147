"""One stream in, its reading out: what it is, its wanted entries, its damage."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from analyzer.dump.csv_input import all_csv, tally_csv
from analyzer.dump.csv_reader import CsvFormat
from analyzer.dump.detect import ASK_FOR, HEAD_BYTES, Detected, detect, is_blank
from analyzer.dump.encoding import fallback, utf8_chunks
from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.ldif_input import all_ldif, tally_ldif
from analyzer.dump.processes import PAYS_FROM, can_fork, cores
from analyzer.dump.reading import Input, Reading, Wanted
from analyzer.dump.scan import CsvScan, LdifScan, available
from analyzer.dump.stream import STDIN, HashingReader, Member, Progress, content
from analyzer.dump.tally import Tally, announces_summary, describe_lines, requested_scope
from analyzer.errors import ReadError

MAX_RECORD = 64 << 20
"""Bytes of the largest record that is read unless the caller says otherwise."""
HEAD_LIMIT = 16 << 20
"""Bytes up to which the end of the header of a CSV file is looked for."""
_CLOSED = re.compile(rb"\n\r?\n\Z|^(?:#|search:|result:|pagedresults:)[^\n]*\n\Z", re.MULTILINE)
_SUMMARY = re.compile(rb"(?m)^# (?:num(?:Responses|Entries)|\d+ (?:entries|referrals))")
_LINES_BEFORE_HEADER = 2


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How dumps are to be read."""

    encoding: str | None = None
    """Codec that overrules the detected one."""
    parse_all: bool = False
    """Parse every record instead of those that a scan of the bytes finds."""
    max_record: int = MAX_RECORD
    """Bytes of the largest record that is read."""
    jobs: int | None = None
    """Processes that read; None has several read several big files, or one that is parsed whole."""
    progress: Progress | None = None


def read_member(member: Member, wanted: Wanted, options: ReadOptions) -> Reading:
    """Read one stream.

    Raises:
        ReadError: it is refused, cannot be opened, or is no dump.
    """
    if member.refused:
        raise ReadError(member.path, member.refused)
    with member.open() as stream:
        reader = HashingReader(stream, member, options.progress)
        try:
            head, chunks = _peek(content(reader, member))
            detected = detect(member.path, head, options.encoding)
            tally = Tally(wanted)
            _tally(
                utf8_chunks(chunks, detected.encoding, detected.bom),
                member,
                detected,
                tally,
                options,
                scanning=len(head) >= HEAD_BYTES and not options.parse_all and available(),
            )
        finally:
            sha256 = reader.close()
    return _reading(member, detected, head, tally, sha256, reader.bytes, options)


def entries_of(member: Member, wanted: Wanted, options: ReadOptions) -> Iterator[Entry]:
    """Yield every readable entry of one stream.

    Raises:
        ReadError: it is refused, cannot be opened, or is no dump.
    """
    if member.refused:
        raise ReadError(member.path, member.refused)
    with member.open() as stream:
        head, chunks = _peek(content(HashingReader(stream, member, options.progress), member))
        detected = detect(member.path, head, options.encoding)
        text = utf8_chunks(chunks, detected.encoding, detected.bom)
        if detected.csv is None:
            yield from all_ldif(text, member.path, fallback(options.encoding), options.max_record)
            return
        csv_format = _csv_format(member.path, detected, options)
        if member.path == STDIN:
            yield from all_csv(text, csv_format, doubled=False)
            return
        tally = Tally(wanted)
        doubled = tally_csv(text, csv_format, tally, None)
    with member.open() as stream:
        chunks = content(HashingReader(stream, member, options.progress), member)
        text = utf8_chunks(chunks, detected.encoding, detected.bom)
        yield from all_csv(text, csv_format, doubled=doubled)


def _peek(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    first: list[bytes] = []
    size, lines = 0, 0
    for chunk in chunks:
        first.append(chunk)
        size += len(chunk)
        lines += chunk.count(b"\n")
        if size >= HEAD_BYTES and (lines > _LINES_BEFORE_HEADER or size >= HEAD_LIMIT):
            break
    head = b"".join(first)
    whole = head if head.count(b"\n", 0, HEAD_BYTES) <= _LINES_BEFORE_HEADER else head[:HEAD_BYTES]
    return whole, chain(first, chunks)


def _csv_format(file: str, detected: Detected, options: ReadOptions) -> CsvFormat:
    assert detected.csv is not None
    return CsvFormat(
        detected.csv, detected.dialect, file, fallback(options.encoding), options.max_record
    )


def _tally(
    text: Iterator[bytes],
    member: Member,
    detected: Detected,
    tally: Tally,
    options: ReadOptions,
    *,
    scanning: bool,
) -> None:
    if detected.csv is not None:
        csv_format = _csv_format(member.path, detected, options)
        csv_scan = CsvScan(tally.wanted, csv_format) if scanning else None
        tally_csv(text, csv_format, tally, csv_scan)
        return
    scan = LdifScan(tally.wanted, options.max_record) if scanning else None
    jobs = _jobs(options, member.size, scanning=scanning)
    to_utf8 = fallback(options.encoding)
    tally_ldif(text, member.path, tally, to_utf8, options.max_record, scan, jobs)


def _jobs(options: ReadOptions, size: int, *, scanning: bool) -> int:
    """Return how many processes read one file of LDIF.

    Scanning takes little longer than hashing, which no number of processes makes faster.
    """
    if not can_fork():
        return 1
    return options.jobs or (1 if scanning or size < PAYS_FROM else cores())


def _reading(
    member: Member,
    detected: Detected,
    head: bytes,
    tally: Tally,
    sha256: str,
    size: int,
    options: ReadOptions,
) -> Reading:
    if is_blank(head) and not (tally.entries or tally.unreadable):
        raise ReadError(member.path, f"the file is empty; {ASK_FOR}")
    encoding = detected.encoding
    if encoding == "utf-8" and not tally.utf8 and options.encoding is None:
        encoding = "cp1252"
    found = Input(
        path=member.path,
        bytes=size,
        sha256=sha256,
        modified=member.modified,
        format=detected.format,
        dialect=detected.dialect,
        encoding=encoding,
        line_ends=_line_ends(head[:HEAD_BYTES]),
        entries=tally.entries,
        relevant_entries=len(tally.kept),
        export_scope=tally.scope(requested_scope(head)),
        naming_context=tally.naming_context(),
        warnings=(),
        exported=frozenset(tally.exported),
        binary_exported=not tally.binary_left_out(),
    )
    found = replace(found, warnings=tuple(_warnings(found, member, tally, head)))
    damage = [Unreadable(member.path, None, None, problem) for problem in member.problems]
    return Reading(found, tuple(tally.kept), (*tally.damage(), *damage))


def _warnings(found: Input, member: Member, tally: Tally, head: bytes) -> Iterator[str]:
    yield from member.problems
    if not tally.kept:
        holds = f"it holds {found.naming_context}" if found.naming_context else "it holds no entry"
        yield f"no {tally.wanted.what} object in this file; {holds}"
    for note, lines in tally.notes.items():
        yield f"{note} ({describe_lines(lines)})"
    if tally.size_limit_hit:
        yield "the search hit a size limit (result 4); the export is incomplete"
    elif tally.entries == 1000 and not tally.trailer:
        yield "exactly 1000 entries and no trailer: an export without paging may be cut there"
    if found.encoding == "cp1252" and found.format == "ldif":
        yield "text that is no UTF-8 was read as cp1252; --encoding overrules it"
    if not found.binary_exported:
        yield "no octet string in this export (-n or -m?); such values count as not exported"
    yield from _missing_end(found, tally, head)
    cut = [entry.source.line for entry in tally.kept if entry.cut]
    if cut:
        yield f"the file is cut inside a wanted entry ({describe_lines(cut)})"


def _missing_end(found: Input, tally: Tally, head: bytes) -> Iterator[str]:
    """Yield what the tool that wrote a file would have written at its end."""
    if found.format != "ldif" or found.dialect == "other":
        return
    if tally.tail.endswith(b"\n") and not _CLOSED.search(tally.tail):
        yield f"no empty line at the end, as {found.dialect} writes one; the file may be cut"
    elif announces_summary(found.dialect, head) and not _SUMMARY.search(tally.tail):
        yield f"the summary that {found.dialect} writes at the end is missing; the file may be cut"


def _line_ends(head: bytes) -> str:
    text = head.replace(b"\0", b"")
    crlf, lf = text.count(b"\r\n"), text.count(b"\n")
    if crlf == lf:
        return "CRLF" if lf else ""
    return "mixed" if crlf else "LF"
