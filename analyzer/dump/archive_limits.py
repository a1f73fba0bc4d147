"""A zip archive in, why it is not opened out: too many members, or members that share their bytes.

What stands in the directory at the end of an archive is held in memory, a member in a kilobyte; so
its size is looked at before it is read. The bytes of a member belong to it alone in all archives
but those made to unpack one piece of data a thousand times.
"""

import re
import struct
import zipfile
from collections.abc import Sequence
from itertools import pairwise
from typing import IO

MAX_MEMBERS = 10_000
_MAX_DIRECTORY = 4 << 20
"""Bytes of the directory: 400 for each of so many members."""
_LOCAL_HEADER = 30
_END = struct.Struct("<4s4H2LH")
_MARK = re.compile(rb"PK\x05\x06")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = 20
_LONGEST_COMMENT = 0xFFFF


def directory_excess(stream: IO[bytes]) -> str:
    """Return why the directory of an open archive is not read; empty when it is.

    Raises:
        OSError: the file cannot be read.
    """
    size = _directory_size(stream)
    if size > _MAX_DIRECTORY:
        return f"its directory takes {size} bytes; more than {MAX_MEMBERS} members are not read"
    return ""


def member_excess(members: Sequence[zipfile.ZipInfo]) -> str:
    """Return why the members of an archive are not read; empty when they are."""
    if len(members) > MAX_MEMBERS:
        return f"{len(members)} members; more than {MAX_MEMBERS} are not read"
    ordered = sorted(members, key=lambda info: info.header_offset)
    for before, after in pairwise(ordered):
        end = before.header_offset + _LOCAL_HEADER + before.compress_size
        if after.header_offset < end and before.compress_size:
            return "two members share their bytes, as in an archive made to unpack without end"
    return ""


def _directory_size(stream: IO[bytes]) -> int:
    """Return the largest size of a directory that anything at the end of an archive tells."""
    length = stream.seek(0, 2)
    start = max(0, length - _END.size - _LONGEST_COMMENT)
    stream.seek(start)
    tail = stream.read()
    size = 0
    # Which of several marks is the end is for zipfile to say: a comment may hold them too.
    for match in _MARK.finditer(tail, 0, max(0, len(tail) - _END.size + 4)):
        size = max(size, int(_END.unpack_from(tail, match.start())[5]))
        size = max(size, _size_64(stream, start + match.start()))
    return size


def _size_64(stream: IO[bytes], end: int) -> int:
    """Return the size that another end tells before this one, where four bytes do not hold it."""
    place = end - _LOCATOR_64 - _END_64.size
    if place < 0:
        return 0
    stream.seek(place)
    data = stream.read(_END_64.size)
    return int(_END_64.unpack(data)[8]) if data.startswith(b"PK\6\6") else 0
