"""An entry in, its record of LDIF out, with the comment that says where it stood in the dump."""

from collections.abc import Iterator, Mapping

from analyzer.directory.statements import Statement, to_url
from analyzer.dump.entry import Attribute, Entry, Notation, Unreadable
from analyzer.dump.secret_lines import is_secret
from analyzer.extract.extract_options import ExtractOptions
from analyzer.extract.ldif_writer import comment, record, url_line, value_line
from analyzer.inventory import changed_attributes

DESCRIPTOR = "ntsecuritydescriptor"
_OF_THE_FORMAT = frozenset({"changetype", "control"})
"""What ldifde writes into a record that is no attribute of the object."""

_UNKNOWN = "anAttributeOfNoInterest"
"""In place of a name that is none of those that are looked at."""

Corrections = Mapping[str, Statement | bytes]
"""By schema name what to write instead of an attribute: a statement, or another value."""


def record_of(entry: Entry, options: ExtractOptions, corrections: Corrections) -> bytes:
    """Return the record of an entry."""
    corrected = {name.lower() for name in corrections}
    left_out: list[str] = []
    lines: list[bytes] = []
    redactor = options.redactor
    for key, attribute in entry.fields.items():
        plain = key.partition(";")[0]
        if is_secret(plain):
            left_out.append(attribute.name)
        elif not (plain in corrected or plain in _OF_THE_FORMAT or _is_left_out(plain, options)):
            lines += _lines_of(attribute, options)
    for name, correction in corrections.items():
        if isinstance(correction, bytes):
            lines.append(value_line(name, correction))
        else:
            lines.append(url_line(name, to_url(_shown(correction, options))))
    dn = redactor.dn(entry.dn) if redactor else entry.dn
    return record(dn, lines, _comments(entry, left_out, options))


def change_record_of(change: Unreadable, options: ExtractOptions) -> bytes:
    """Return what a change record of the dump says of its object, without the values."""
    redactor = options.redactor
    names = sorted(changed_attributes(change), key=str.lower)
    # No line `-` behind each change: a file of content may not have one, and readers refuse it.
    lines = [value_line("changetype", b"modify" if names else b"delete")]
    for name in names:
        known = name if name.isidentifier() else _UNKNOWN
        shown = redactor.attribute_name(known) if redactor else known
        lines.append(value_line("replace", shown.encode()))
    file = redactor.file(change.file) if redactor else change.file
    what = "a change record" if names else "a change record that may change all of it"
    dn = redactor.dn(change.dn) if redactor else change.dn
    return record(dn, lines, [comment(f"source: {file}:{change.line}, {what}")])


def unreadable_record(place: str) -> bytes:
    """Return a record that no reader of ours takes for an object, but for one it cannot read.

    What cannot be read may have been a listener, of which peers are judged as unknown.
    """
    told = "a record of the dump that cannot be read, and may have been one to be judged"
    # RFC 4514: a value that begins with # is hexadecimal.
    return record(f"CN=#unreadable,{place}CN=unknown", [value_line("cn", b"?")], [comment(told)])


def _is_left_out(plain: str, options: ExtractOptions) -> bool:
    return plain == DESCRIPTOR and not options.descriptors


def _lines_of(attribute: Attribute, options: ExtractOptions) -> Iterator[bytes]:
    redactor = options.redactor
    name = redactor.attribute_name(attribute.name) if redactor else attribute.name
    if attribute.notation is Notation.STATED:
        yield url_line(name, attribute.raw)
    elif attribute.lost or attribute.damaged:
        state, reason = (
            ("lost", attribute.lost) if attribute.lost else ("undecodable", attribute.damaged)
        )
        yield url_line(name, to_url(_shown(Statement(state, reason, attribute.raw), options)))
    # CSV has an empty cell for an attribute that is not set.
    elif attribute.notation is not Notation.CSV or any(attribute.values):
        values = redactor.values(attribute) if redactor else attribute.values
        for value in values:
            yield value_line(name, value)


def _shown(statement: Statement, options: ExtractOptions) -> Statement:
    """Return a statement as it may be written: reasons quote values."""
    if options.redactor and statement.state in ("lost", "undecodable"):
        return Statement(statement.state, "the reason is left out of a redacted extract")
    return statement


def _comments(entry: Entry, left_out: list[str], options: ExtractOptions) -> Iterator[bytes]:
    source, redactor = entry.source, options.redactor
    place = f"offset {source.offset}" if source.line is None else f"{source.line}"
    file = redactor.file(source.file) if redactor else source.file
    # The hash of a record would let anybody who guesses the names prove that the guess is right.
    proof = "" if redactor else f", entry SHA-256 {entry.sha256}"
    colon = " " if source.line is None else ":"
    if left_out:
        names = (redactor.attribute_name(name) if redactor else name for name in left_out)
        yield comment(f"left out, a secret: {', '.join(names)}")
    if not options.descriptors and DESCRIPTOR in entry.fields:
        yield comment("left out, as asked for: nTSecurityDescriptor")
    if not redactor:
        for note in entry.notes:
            yield comment(f"note: {note}")
    yield comment(f"source: {file}{colon}{place}{proof}")
