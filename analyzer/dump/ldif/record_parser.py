"""One block of LDIF in, entries out: python-ldap's `ldif` parses every record, `ldap.dn` every DN.

The framing before it is ours: comments dropped, lines unfolded, text in another code page turned
into UTF-8, and one record at a time handed over, so that a bad record costs one record and a bad
value costs one value.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from itertools import chain, pairwise
from typing import NamedTuple

from analyzer.dump.distinguished_names import is_dn, without_extension
from analyzer.dump.entry import Attribute, Entry, Notation, Source, Unreadable
from analyzer.dump.fault_runs import joined
from analyzer.dump.ldif.ldif_values import (
    LONE_DASH,
    AttributeLines,
    Limits,
    about_whom,
    attribute_lines,
    fields_of,
    from_base64,
    is_base64,
    legal_name,
)
from analyzer.dump.ldif.record_blocks import BOM
from analyzer.dump.ldif.unfolding import RECODED, UnfoldedLines, mended, recode, unfold
from analyzer.dump.quoting import quoted_dn, shown_change, shown_name
from analyzer.dump.read_options import MAX_ATTRIBUTES

_OUTSIDE_RECORDS = (b"version:", b"search:", b"result:", b"ref:", b"control:", b"text:")
MAX_DAMAGE = 10_000
"""Most lines of a record that cannot be read."""
_OF_CHANGES = frozenset({"add", "delete", "replace", "newrdn", "newsuperior"})
CUT_DN = "the dn line holds only the begin of distinguishedName, which is taken"
NO_DN = "a record without dn"
INSIDE = f"{NO_DN}; if this is a part of a split file, give all its parts, in their order"


class _RecordPlace(NamedTuple):
    """Where a record stands among the unfolded lines, and in the file."""

    file: str
    start: int
    end: int
    sha256: str
    cut: bool
    """Whether the file ends with the record, without a line end."""
    unparted: bool
    """Whether the next record follows without an empty line."""


class Trailer(NamedTuple):
    """Lines around the records: a version, a referral, the result of a search."""

    result_codes: tuple[int, ...]
    """The LDAP result code that the lines tell, if they tell one."""


def read_block(
    data: bytes,
    line: int,
    file: str,
    to_utf8: Callable[[bytes], bytes],
    *,
    final: bool = False,
    unparted: bool = False,
) -> Iterator[Entry | Unreadable | Trailer]:
    """Yield the entries of a block, and what could not be read of it.

    Args:
        data: the lines of the block, as they stand in the file.
        line: number of its first line.
        file: name of the file, for the sources.
        to_utf8: turns the bytes of a line that is no UTF-8 into UTF-8.
        final: True when nothing follows the block in the file.
        unparted: True when another record follows the block without an empty line.
    """
    physical = data.split(b"\n")
    # Only the last block of a file can lack its line end; its hash must do without one too.
    open_end = physical[-1] != b""
    # Concatenated files have a byte order mark before a record in the middle.
    unmarked = [text.removeprefix(BOM) for text in physical] if BOM in data else physical
    mending = mended(data, unmarked, line)
    lines = unfold(mending.numbered if mending else enumerate(unmarked, line))
    if not data.isascii():
        recode(lines.texts, to_utf8)
    starts = [i for i, text in enumerate(lines.texts) if text[:3].lower() == b"dn:"]
    first = starts[0] if starts else len(lines.texts)
    if first and _is_header(lines.texts[:first]):
        yield Trailer(_result_codes(lines.texts[:first]))
    elif first:
        about = about_whom(lines.texts[:first])
        reason = INSIDE if lines.firsts[0] == 1 else NO_DN
        yield Unreadable(file, lines.firsts[0], lines.lasts[first - 1], reason, dn=about)
    for start, end in pairwise([*starts, len(lines.texts)]):
        last = end
        # ldapsearch -LL repeats `version: 1` before the next page, with no empty line around it.
        if end < len(lines.texts) and lines.texts[end - 1][:8].lower() == b"version:":
            last -= 1
        begin, stop = lines.firsts[start] - line, lines.lasts[last - 1] - line + 1
        cut = open_end and stop == len(physical)
        text = b"\n".join(physical[begin:stop])
        digest = hashlib.sha256(text if cut else text + b"\n").hexdigest()
        follows = last == end < len(lines.texts) or (unparted and last == len(lines.texts))
        place = _RecordPlace(file, start, last, digest, cut and final, follows)
        notes = mending.notes if mending else {}
        told = (notes[n] for n in range(begin + line, stop + line) if n in notes)
        yield from _read_record(lines, place, tuple(dict.fromkeys(told)))


def _is_header(texts: list[bytes]) -> bool:
    """Tell whether lines before the first dn line are those of the tool, not of a record."""
    # ldapsearch closes with `search:` and `result:`, and goes on in lines of any other name.
    if texts[0].lower().startswith((b"search:", b"result:")):
        return True
    return all(text.lower().startswith(_OUTSIDE_RECORDS) for text in texts)


def _result_codes(texts: list[bytes]) -> tuple[int, ...]:
    codes = [match for text in texts if (match := re.match(rb"result: (\d{1,3})\b", text))]
    return tuple(int(code.group(1)) for code in codes[:1])


def _read_record(
    lines: UnfoldedLines, place: _RecordPlace, notes: tuple[str, ...]
) -> Iterator[Entry | Unreadable]:
    """Yield the entry between two dn lines and what is damaged in it, or why there is none.

    What makes a record unreadable is told once for all of it. The DN comes first: without it no
    fault in a value can be told of anything.
    """
    file, start, end = place.file, place.start, place.end
    first, last = lines.firsts[start], lines.lasts[end - 1]
    dn, reason = _dn_of(lines.texts[start], folded=lines.lasts[start] > first)
    if place.cut and end - start == 1:
        # Even the DN may end in the middle, and a shorter DN is one too.
        dn, reason = None, "the file is cut: it ends inside this record"
    if dn is None:
        about = about_whom(lines.texts[start:end])
        yield Unreadable(file, first, last, reason, record=True, dn=about)
        return
    limits = Limits(MAX_ATTRIBUTES, MAX_DAMAGE)
    attributes = attribute_lines(lines, slice(start + 1, end), file, limits, cut=place.cut)
    if excess := _excess_of(attributes):
        faults = len(attributes.damage) + 1
        yield Unreadable(file, first, last, excess, record=True, dn=dn, faults=faults)
        return
    fields = fields_of(attributes, lines)
    change = _change_of(fields)
    if change is not None:
        reason = f"changetype {change}: a change record, not content"
        changed = _changed_by(change, fields, attributes.damage)
        yield Unreadable(file, first, last, reason, record=True, dn=dn, changed=changed)
        return
    if lines.texts[start].startswith(RECODED, 3):
        dn = _dn_from_base64(fields, dn)
    elif len(longer := _longer_dn(fields, dn)) > len(dn):
        dn, notes = longer, (*notes, CUT_DN)
    damage = attributes.damage
    yield Entry(
        dn,
        fields,
        Source(file, first, last),
        place.sha256,
        (*notes, *_notes_on(fields)),
        cut=place.cut and bool(damage) and damage[-1].last_line == last,
        damaged=bool(damage),
        may_be_cut=place.cut or place.unparted,
    )
    yield from joined(damage)


def _excess_of(attributes: AttributeLines) -> str:
    """Return what a record has too much of, so that it is not read on."""
    if len(attributes.places) > MAX_ATTRIBUTES:
        return f"a record of more than {MAX_ATTRIBUTES} attributes"
    if len(attributes.damage) > MAX_DAMAGE:
        return f"a record of more than {MAX_DAMAGE} lines that cannot be read"
    return ""


def _change_of(fields: dict[str, Attribute]) -> str | None:
    """Return how a record changes an object; None for content, which ldifde writes as `add`."""
    changetype = fields.get("changetype")
    if changetype is None:
        return None
    # What cannot be read changes something only where the lines of a change stand beside it.
    if not any(changetype.values) or changetype.lost or changetype.damaged:
        return "unknown" if _OF_CHANGES & fields.keys() else None
    if {value.strip().lower() for value in changetype.values} == {b"add"}:
        return None
    return shown_change(changetype.values)


def _changed_by(
    change: str, fields: dict[str, Attribute], damage: list[Unreadable]
) -> frozenset[str]:
    """Return the attributes that a change record names, none when it may change everything."""
    # RFC 2849 closes each of the changes of a record by a line `-`, which is no attribute.
    if "modify" not in change or any(fault.reason != LONE_DASH for fault in damage):
        return frozenset()
    named = (fields[key].values for key in ("add", "delete", "replace") if key in fields)
    names = [legal_name(value.strip()) for value in chain(*named)]
    # What is no name may be a line that became part of another.
    if None in names:
        return frozenset()
    return frozenset(name.lower().partition(";")[0] for name in names if name)


def _notes_on(fields: dict[str, Attribute]) -> tuple[str, ...]:
    """Return a note for each slice of values that is not the last (MS-ADTS, range retrieval)."""
    return tuple(
        f"{shown_name(name)}: only a part of the values was exported"
        for name in fields
        if ";range=" in name and not name.endswith("-*")
    )


def _dn_of(line: bytes, *, folded: bool) -> tuple[str | None, str]:
    """Return the DN of a dn line, or None and why there is none."""
    spec, rest = line[3:4], line[4:]
    if spec == b"<":
        return None, "the dn is a URL, which is never opened"
    if spec == b":":
        if not is_base64(rest):
            return None, "the dn is not valid base64"
        try:
            text = from_base64(rest).decode()
        except UnicodeDecodeError:
            return None, "the dn is base64 of something that is not UTF-8"
    else:
        text = line[3:].removeprefix(RECODED).decode().lstrip(" ")
    text = without_extension(text)
    if not is_dn(text):
        # What a fold brought may be another line, which lost its line end.
        return None, "the dn is not valid" + ("" if folded else quoted_dn(text))
    return text, ""


def _longer_dn(fields: dict[str, Attribute], dn: str) -> str:
    """Return the DN of distinguishedName where the dn line is the begin of it."""
    named = fields.get("distinguishedname")
    if named is None or named.damaged or len(named.values) != 1:
        return dn
    text = named.values[0].decode("utf-8", "replace")
    is_longer = len(text) > len(dn) and text.startswith(dn)
    return text if is_longer and is_dn(text) else dn


def _dn_from_base64(fields: dict[str, Attribute], dn: str) -> str:
    """Return the DN of a base64 distinguishedName: it is right where a raw dn line may not be.

    ldifde writes the dn line in the code page of its machine and the attribute in base64 of UTF-8.
    One that is empty or damaged says nothing: many records would become one.
    """
    named = fields.get("distinguishedname")
    if named is None or named.notation is not Notation.BASE64 or len(named.values) != 1:
        return dn
    text = named.values[0].decode("utf-8", "replace")
    damaged = not text or "\N{REPLACEMENT CHARACTER}" in text
    return dn if damaged or not is_dn(text) else text
