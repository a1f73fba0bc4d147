"""What was read of one input in, what its reader has to be warned of out."""

from collections.abc import Iterable, Iterator

from analyzer.dump.formats import FORMATS
from analyzer.dump.reading import Input
from analyzer.dump.tally import Tally

_SIZE_LIMIT_EXCEEDED = 4  # RFC 4511, 4.1.9
_PAGE = 1000
"""Objects that Active Directory gives without paging (its policy MaxPageSize)."""


def warnings_of(read: Input, tally: Tally) -> Iterator[str]:
    """Yield warnings, most serious first."""
    if not tally.kept:
        holds = f"it holds {read.naming_context}" if read.naming_context else "it holds no entry"
        yield f"no {tally.wanted.what} object in this file; {holds}"
    yield from tally.end.warnings
    for note, lines in tally.notes.items():
        yield f"{note} ({describe_lines(lines)})"
    if _SIZE_LIMIT_EXCEEDED in tally.end.result_codes:
        yield "the search hit a size limit (result 4); the export is incomplete"
    elif tally.entries == _PAGE and not tally.end.result_codes:
        yield "exactly 1000 entries and no trailer: an export without paging may be cut there"
    if read.encoding == "cp1252" and FORMATS[read.format].is_utf8:
        yield "text that is no UTF-8 was read as cp1252; --encoding overrules it"
    if not read.binary_exported:
        yield "no octet string in this export (-n or -m?); such values count as not exported"
    if tally.end.missing:
        yield f"{tally.end.missing}; the file may be cut"
    cut = [entry.source.line for entry in tally.kept if entry.cut]
    if cut:
        yield f"the file is cut inside a wanted entry ({describe_lines(cut)})"
    if tally.in_place:
        places = describe_lines(unreadable.line for unreadable in tally.in_place)
        yield f"what cannot be read may have been {tally.wanted.in_place} ({places})"


def describe_lines(lines: Iterable[int | None]) -> str:
    """Return `line 12` or `lines 12, 40 and 3 more`."""
    numbers = [str(line) for line in lines]
    shown = ", ".join(numbers[:5])
    more = f" and {len(numbers) - 5} more" if len(numbers) > 5 else ""
    return f"line{'s' if len(numbers) > 1 else ''} {shown}{more}"
