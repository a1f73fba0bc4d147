"""One member in, its reading or all its entries out: two consumers of the same events."""

from collections.abc import Iterator

from msgspec.structs import replace

from analyzer.dump.code_pages import likely_double_byte
from analyzer.dump.detect import ASK_FOR, HEAD_BYTES, is_blank
from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.formats import FORMATS, events_of
from analyzer.dump.hashing import HashingReader
from analyzer.dump.input_warnings import may_be_cut, warnings_of
from analyzer.dump.members import Member
from analyzer.dump.opened import Opened, opened
from analyzer.dump.read_options import ReadOptions, plan_for, plan_for_all
from analyzer.dump.reading import Input, Reading
from analyzer.dump.tally import Tally
from analyzer.dump.wanted import Wanted
from analyzer.errors import ReadError


def read_member(member: Member, wanted: Wanted, options: ReadOptions) -> Reading:
    """Read one stream; once more where another code page than the assumed one makes sense of it.

    Raises:
        ReadError: it is refused, cannot be opened, or is no dump.
    """
    reading, tally = _read(member, wanted, options)
    code_page = "" if options.encoding or member.once else _other_code_page(tally)
    if code_page:
        member.problems.clear()
        again, tally_again = _read(member, wanted, replace(options, code_page=code_page))
        if _faults(tally_again) < _faults(tally):
            return again
    return reading


def _other_code_page(tally: Tally) -> str:
    """Return the code page that may make records readable which are not; empty for none."""
    lost = any(unreadable.record for unreadable in tally.unreadable)
    return likely_double_byte(tally.end.foreign) if lost and tally.end.foreign else ""


def _faults(tally: Tally) -> int:
    return len(tally.unreadable) + tally.unlisted


def _read(member: Member, wanted: Wanted, options: ReadOptions) -> tuple[Reading, Tally]:
    """Read one stream once."""
    tally = Tally(wanted)
    with opened(member, options) as (source, hashed):
        is_long = len(source.head) >= HEAD_BYTES
        plan = plan_for(wanted, options, size=member.size, long=is_long)
        for event in events_of(source, plan):
            tally.take(event)
    if is_blank(source.head) and not (tally.entries or tally.unreadable):
        raise ReadError(member.path, f"the file is empty; {ASK_FOR}")
    read = _input(source, member, tally, options, hashed)
    read = replace(read, warnings=(*member.problems, *warnings_of(read, tally)))
    damage = [Unreadable(member.path, None, None, problem) for problem in member.problems]
    whole = Reading(
        read,
        tuple(tally.entries_kept()),
        (*tally.damage(), *damage),
        tuple(tally.changes),
        len(tally.in_place),
    )
    return whole, tally


def entries_of(member: Member, wanted: Wanted, options: ReadOptions) -> Iterator[Entry]:
    """Yield every readable entry of one stream.

    Raises:
        ReadError: it is refused, cannot be opened, or is no dump.
    """
    with opened(member, options) as (source, _):
        for event in events_of(source, plan_for_all(wanted, options)):
            if isinstance(event, Entry):
                yield event


def _input(
    source: Opened, member: Member, tally: Tally, options: ReadOptions, hashed: HashingReader
) -> Input:
    """Return what was learnt of an input, warnings aside."""
    detected = source.detected
    encoding = detected.encoding
    # `utf-8` stands for 8-bit text until it turned out to be none; see `encoding.fallback`.
    if encoding == "utf-8" and not tally.end.utf8 and options.encoding is None:
        encoding = options.code_page
    has_lines = FORMATS[detected.format].has_lines
    return Input(
        path=member.path,
        bytes=hashed.bytes,
        sha256=hashed.close(),
        modified=member.modified,
        format=detected.format,
        dialect=detected.dialect,
        encoding=encoding,
        line_ends=_line_ends(source.head[:HEAD_BYTES]) if has_lines else "",
        entries=tally.entries,
        relevant_entries=len(tally.kept),
        export_scope=tally.scope(),
        naming_context=tally.naming_context(),
        warnings=(),
        exported=tally.exported(),
        binary_exported=not tally.binary_left_out(),
        top=tally.top(),
        may_be_cut=bool(member.problems) or may_be_cut(tally),
    )


def _line_ends(head: bytes) -> str:
    text = head.replace(b"\0", b"")
    crlf, lf = text.count(b"\r\n"), text.count(b"\n")
    if crlf == lf:
        return "CRLF" if lf else ""
    return "mixed" if crlf else "LF"
