"""Members in, the same with the parts of a split file put together; its reading, part by part, out.

A file that `split` or a mail program cut up is one export: a part that begins inside a record goes
with the file before it, if that lacks its end and the names follow on each other (`dump.001` and
`dump.002`, `xaa` and `xab`). Everything else is read for itself: to put two halves of different
records together would make a record that never was.
"""

import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from analyzer.dump.entry import Attribute, Entry, Source, Unreadable
from analyzer.dump.hashing import CHUNK
from analyzer.dump.ldif.search_comments import is_closed
from analyzer.dump.members import Member, find_members
from analyzer.dump.reading import Input, Reading
from analyzer.dump.wanted import Wanted
from analyzer.dump.whole_records import Signature, names_of, signature_of

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_LOOKED_AT = 4_096
_BEGIN = re.compile(rb"(?i)(?:\xef\xbb\xbf|\xff\xfe)?(?:dn:|version:|#)")
_BEGIN_OF_DUMP = (b"dn:", b"version:", b"#")
_LINE = re.compile(rb"[A-Za-z0-9_][A-Za-z0-9_.;=*-]*:|[ \t]|-?\r?\n|#")
_NUMBERS = re.compile(r"(\d+)")
_LETTERS = 26


class _FilePart(NamedTuple):
    """One part of a file and where it lies in the whole."""

    path: str
    bytes: int
    sha256: str
    modified: str
    above: int
    """Line feeds of the parts before it."""
    begins_a_line: bool


def with_parts_joined(members: Iterator[Member]) -> Iterator[Member]:
    """Yield the members, those that are the parts of one file as one."""
    together: list[Member] = []
    for member in members:
        if together and _continues(together, member):
            together.append(member)
            continue
        if together:
            yield _joined(together)
        together = [member] if _is_plain(member) else []
        # The members of an archive are open only until the next one is asked for.
        if not together:
            yield member
    if together:
        yield _joined(together)


def parts_together(paths: Sequence[str]) -> list[list[str]]:
    """Return paths, each in a list of its own but for the parts of one file.

    Raises:
        ReadError: a path names nothing, or an archive cannot be listed.
    """
    groups: list[list[str]] = []
    together: list[Member] = []
    for path in paths:
        found = list(find_members([path]))
        if together and len(found) == 1 and _continues(together, found[0]):
            groups[-1].append(path)
            together += found
        else:
            groups.append([path])
            together = found if len(found) == 1 else []
    return groups


def apart(reading: Reading, member: Member, wanted: Wanted) -> list[Reading]:
    """Return the reading of a member, for each of its parts if it has any.

    A record stands in the part in which it begins; its lines count on beyond the end of that.
    """
    if not member.parts:
        return [reading]
    parts = list(_parts(member.parts, reading.input.encoding))
    exported = _exported(reading, wanted)
    return [_reading_of(reading, parts, number, exported) for number in range(len(parts))]


def _joined(together: list[Member]) -> Member:
    first = together[0]
    if len(together) == 1:
        return first
    parts = tuple(together)
    size = sum(part.size for part in parts)
    return replace(first, size=size, file=None, parts=parts, _open=lambda: _chained(parts))


def _chained(parts: Sequence[Member]) -> IO[bytes]:
    return io.BufferedReader(_ChainOfParts(parts), CHUNK)


class _ChainOfParts(io.RawIOBase):
    """The bytes of several files, one after the other."""

    def __init__(self, parts: Sequence[Member]) -> None:
        self._files = ExitStack()
        self._streams = [self._files.enter_context(part.open()) for part in parts]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        room = memoryview(buffer).cast("B")
        while self._streams:
            data = self._streams[0].read(len(room))
            if data:
                room[: len(data)] = data
                return len(data)
            del self._streams[0]
        return 0

    def close(self) -> None:
        self._files.close()
        super().close()


def _continues(together: Sequence[Member], member: Member) -> bool:
    """Tell whether a file goes on where the last one of some parts ends."""
    last, first = together[-1], together[0]
    if not (_is_plain(last) and _is_plain(member) and _follows(last.path, member.path)):
        return False
    with suppress(OSError):
        # A tail that begins inside a record proves nothing alone: the first part must be a dump,
        # the last one before it must be open, and the names must count on. Dumps of two forests
        # that were joined by mistake would be one file with records that nobody exported.
        begin, _ = _ends_of(first.path)
        if not any(begin.lower().startswith(word[: len(begin)]) for word in _BEGIN_OF_DUMP):
            return False
        end, head = _ends_of(last.path)[1], _ends_of(member.path)[0]
        return not is_closed(end) and _begins_inside(head, ended=end.endswith(b"\n"))
    return False


def _is_plain(member: Member) -> bool:
    return member.file is not None and not member.refused and member.size > 0


def _ends_of(path: str) -> tuple[bytes, bytes]:
    """Return the first and the last bytes of a file; in UTF-16 every other one of them is zero."""
    with Path(path).open("rb") as stream:
        head = stream.read(_LOOKED_AT)
        stream.seek(max(0, stream.seek(0, io.SEEK_END) - _LOOKED_AT))
        tail = stream.read()
    marked = head.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe")
    return marked.replace(b"\0", b""), tail.replace(b"\0", b"")


def _begins_inside(head: bytes, *, ended: bool) -> bool:
    """Tell whether a file begins inside a record; `ended` is the line that it may begin in."""
    if _BEGIN.match(head):
        return False
    first, feed, rest = head.partition(b"\n")
    if not first.strip(b"\r") and ended:
        return False
    if ended and not _LINE.match(first + feed):
        return False
    # `split -b` cuts anywhere: the first line may be the rest of one, so the second one decides.
    return not rest or (bool(_LINE.match(rest)) and not (not first.strip() and rest[:1] in b"\r\n"))


def _follows(path: str, other: str) -> bool:
    """Tell whether one name is that of the part behind the other: by a number, or by letters."""
    one, next_one = Path(path), Path(other)
    if one.parent != next_one.parent:
        return False
    before, after = _NUMBERS.split(one.name), _NUMBERS.split(next_one.name)
    changed = [at for at, pair in enumerate(zip(before, after, strict=False)) if len(set(pair)) > 1]
    if len(before) != len(after) or len(changed) != 1:
        return False
    old, new = before[changed[0]], after[changed[0]]
    if old.isdecimal():
        return int(new) == int(old) + 1
    return len(old) == len(new) and _letters(new, old) == 1


def _letters(new: str, old: str) -> int:
    """Return how much further one name of letters is than another, counted as `split` counts."""
    value = 0
    for a, b in zip(new.lower(), old.lower(), strict=True):
        if a != b and not (a.isascii() and b.isascii() and a.isalpha() and b.isalpha()):
            return 0
        value = value * _LETTERS + ord(a) - ord(b)
    return value


def _parts(members: Sequence[Member], encoding: str) -> Iterator[_FilePart]:
    """Yield what is known of each part, read once more for its hash and its lines."""
    above, begins_a_line = 0, True
    for member in members:
        digest, size, feeds, last = hashlib.sha256(), 0, 0, b""
        # The parts were hashed as one file; each has to be proved by a hash of its own.
        with Path(member.path).open("rb") as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                feeds += _line_feeds(chunk, encoding)
                last = chunk[-4:].replace(b"\0", b"")[-1:]
        yield _FilePart(
            member.path, size, digest.hexdigest(), member.modified, above, begins_a_line
        )
        above, begins_a_line = above + feeds, last == b"\n"


def _line_feeds(chunk: bytes, encoding: str) -> int:
    if not encoding.startswith("utf-16"):
        return chunk.count(b"\n")
    # A part may begin in the middle of a character; the bytes of a line feed are told by the zero.
    return chunk.count(b"\n\0" if encoding == "utf-16-le" else b"\0\n")


def _exported(reading: Reading, wanted: Wanted) -> dict[str, frozenset[Signature]]:
    """Return what occurs in the whole file, for each part to know."""
    exported = {name: set(signatures) for name, signatures in reading.input.exported.items()}
    for entry in reading.entries:
        for name in names_of(entry):
            exported.setdefault(name, set()).add(signature_of(entry, wanted))
    return {name: frozenset(signatures) for name, signatures in exported.items()}


def _reading_of(
    reading: Reading,
    parts: Sequence[_FilePart],
    number: int,
    exported: dict[str, frozenset[Signature]],
) -> Reading:
    part = parts[number]

    def here(line: int | None) -> bool:
        return _number_of(parts, line) == number

    entries = [_moved(entry, part) for entry in reading.entries if here(entry.source.line)]
    return replace(
        reading,
        input=_input_of(reading.input, parts, number, len(entries), exported),
        entries=tuple(entries),
        unreadable=tuple(_told_of(u, part) for u in reading.unreadable if here(u.line)),
        changes=tuple(_told_of(u, part) for u in reading.changes if here(u.line)),
        in_place=0 if number else reading.in_place,
    )


def _number_of(parts: Sequence[_FilePart], line: int | None) -> int:
    """Return the part in which a line of the whole begins."""
    begun = [
        at
        for at, part in enumerate(parts)
        if (line or 0) > part.above + (0 if part.begins_a_line else 1)
    ]
    return begun[-1] if begun else 0


def _input_of(
    whole: Input,
    parts: Sequence[_FilePart],
    number: int,
    entries: int,
    exported: dict[str, frozenset[Signature]],
) -> Input:
    part = parts[number]
    if number:
        warnings: tuple[str, ...] = (
            f"part {number + 1} of {len(parts)} of one file, read together with {parts[0].path}, "
            "which has the counts and the warnings of all",
        )
    else:
        joined = f"the first of {len(parts)} parts of one file, read together with the others"
        warnings = (*whole.warnings, joined)
    return replace(
        whole,
        path=part.path,
        bytes=part.bytes,
        sha256=part.sha256,
        modified=part.modified,
        entries=entries if number else whole.entries,
        relevant_entries=entries,
        warnings=warnings,
        exported=exported,
    )


def _moved(entry: Entry, part: _FilePart) -> Entry:
    source = entry.source
    place = Source(part.path, _less(source.line, part), _less(source.last_line, part))
    fields = {key: _moved_attribute(value, part) for key, value in entry.fields.items()}
    return replace(entry, source=place, fields=fields)


def _moved_attribute(attribute: Attribute, part: _FilePart) -> Attribute:
    line, last_line = _less(attribute.line, part), _less(attribute.last_line, part)
    return replace(attribute, line=line, last_line=last_line)


def _told_of(unreadable: Unreadable, part: _FilePart) -> Unreadable:
    line, last_line = _less(unreadable.line, part), _less(unreadable.last_line, part)
    return replace(unreadable, file=part.path, line=line, last_line=last_line)


def _less(line: int | None, part: _FilePart) -> int | None:
    return None if line is None else line - part.above
