"""What was read of one input in, what its reader has to be warned of out."""

import re
from collections.abc import Iterable, Iterator

from analyzer.dump.code_pages import LANGUAGES, likely_code_page
from analyzer.dump.encoding import ASSUMED
from analyzer.dump.entry import Entry, Notation
from analyzer.dump.reading import Input
from analyzer.dump.tally import Tally, position_of

_SIZE_LIMIT_EXCEEDED = 4  # RFC 4511, 4.1.9
_CONTROL = re.compile("[\x80-\x9f]")
_LOST_LETTER = re.compile("[?\N{REPLACEMENT CHARACTER}]")
_PAGE = 1000
"""Objects that Active Directory gives without paging (its policy MaxPageSize)."""


def warnings_of(read: Input, tally: Tally) -> Iterator[str]:
    """Yield warnings, most serious first."""
    if not tally.kept:
        holds = f"it holds {read.naming_context}" if read.naming_context else "it holds no entry"
        yield f"no {tally.wanted.what} object in this file; {holds}"
    yield from tally.end.warnings
    word = "offset" if read.format == "snapshot" else "line"
    for note, places in tally.notes.items():
        yield f"{note} ({describe_places(places, word)})"
    if _SIZE_LIMIT_EXCEEDED in tally.end.result_codes:
        yield "the search hit a size limit (result 4); the export is incomplete"
    elif _has_a_page(tally):
        yield "exactly 1000 entries and no trailer: an export without paging may be cut there"
    yield from _on_letters(read, tally)
    if not read.binary_exported:
        yield "no octet string in this export (-n or -m?); such values count as not exported"
    if tally.end.missing:
        yield f"{tally.end.missing}; the file may be cut"
    cut = [position_of(entry) for entry in tally.kept if entry.cut]
    if cut:
        yield f"the file is cut inside a wanted entry ({describe_places(cut, word)})"
    if tally.in_place:
        where = describe_places(map(position_of, tally.in_place), word)
        yield f"what cannot be read may have been {tally.wanted.in_place} ({where})"


def may_be_cut(tally: Tally) -> bool:
    """Tell whether entries may be missing at the end of an input, or for a limit of the search."""
    end = tally.end
    return bool(
        end.missing
        or end.unended_line is not None
        or _SIZE_LIMIT_EXCEEDED in end.result_codes
        or _has_a_page(tally)
        or any(entry.cut for entry in tally.kept)
    )


def _has_a_page(tally: Tally) -> bool:
    return tally.entries == _PAGE and not tally.end.result_codes


def _on_letters(read: Input, tally: Tally) -> Iterator[str]:
    """Yield what was made of text in a code page, and which letters are lost or look wrong."""
    foreign = tally.end.foreign
    if not tally.end.utf8 and read.encoding in LANGUAGES:
        yield _code_page_warning(read.encoding, likely_code_page(foreign) if foreign else ASSUMED)
    controls = [position_of(entry) for entry in tally.kept if _has_control_characters(entry)]
    if controls:
        yield (
            f"control characters stand among the letters ({describe_places(controls)}): "
            "the text is of another code page; name it with --encoding"
        )
    lost = [position_of(entry) for entry in tally.kept if _LOST_LETTER.search(entry.dn)]
    if lost and read.format != "snapshot":
        yield (
            f"names hold ? where letters may have been lost in the export ({describe_places(lost)})"
            ", and objects of several names may look like one; ask for an export in Unicode"
        )


def _code_page_warning(code_page: str, likely: str) -> str:
    if code_page != ASSUMED:
        return (
            f"text that is no UTF-8 was read as {code_page} ({LANGUAGES[code_page]}), because DNs "
            f"are not valid in {ASSUMED}; --encoding overrules it"
        )
    if likely == ASSUMED:
        return f"text that is no UTF-8 was read as {ASSUMED}; --encoding overrules it"
    return (
        f"text that is no UTF-8 was read as {ASSUMED} but looks like {likely} "
        f"({LANGUAGES[likely]}); --encoding {likely} reads it so"
    )


def _has_control_characters(entry: Entry) -> bool:
    """Tell whether letters were read as the control characters 80 to 9F of Latin-1."""
    if _CONTROL.search(entry.dn):
        return True
    # Few attributes of a record are not ASCII, and asking that first takes half the time.
    others = [each for each in entry.fields.values() if not b"".join(each.values).isascii()]
    return any(
        _CONTROL.search(value.decode("utf-8", "ignore"))
        for attribute in others
        if attribute.notation in (Notation.PLAIN, Notation.CSV)
        for value in attribute.values
    )


def describe_places(places: Iterable[int], word: str = "line") -> str:
    """Return `line 12` or `lines 12, 40 and 3 more`."""
    numbers = [str(place) for place in places]
    shown = ", ".join(numbers[:5])
    more = f" and {len(numbers) - 5} more" if len(numbers) > 5 else ""
    return f"{word}{'s' if len(numbers) > 1 else ''} {shown}{more}"
