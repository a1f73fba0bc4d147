"""What the person who issues the report says about it: client, marking, logo, paper size."""

import struct
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from analyzer.errors import ReadError
from analyzer.small_files import read_small_file

LARGEST_LOGO = 4 * 1024 * 1024


class Paper(Struct, frozen=True):
    """The report's letterhead; every field may stay empty."""

    client: str = ""
    engagement: str = ""
    """Reference of the engagement."""
    prepared_by: str = ""
    reviewer: str = ""
    marking: str = ""
    """Confidentiality marking, printed in the header of every page."""
    scope_label: str = ""
    """Short name of what was examined."""
    logo: Path | None = None
    """A PNG or JPEG file."""
    paper: str = "a4"
    """`a4` or `letter`."""
    print_all: bool = False
    """Every table on paper, not only the print set."""


class Logo(NamedTuple):
    """A picture and its size in pixels."""

    data: bytes
    format: str
    """`png` or `jpeg`."""
    width: int
    height: int


def read_logo(path: Path) -> Logo:
    """Read a logo and its size.

    Raises:
        ReadError: the file is missing, too big, or neither PNG nor JPEG.
    """
    try:
        data = read_small_file(path, LARGEST_LOGO)
    except OSError as error:
        raise ReadError(str(path), f"the logo cannot be read: {error.strerror}") from error
    size = _png_size(data) or _jpeg_size(data)
    if size is None or 0 in size:
        raise ReadError(str(path), "the logo is neither PNG nor JPEG")
    return Logo(data, "png" if data.startswith(b"\x89PNG") else "jpeg", *size)


def _png_size(data: bytes) -> tuple[int, int] | None:
    # Signature, then the header chunk: length, "IHDR", width, height (W3C PNG, 11.2.1).
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR" or len(data) < 24:
        return None
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    # Segments: FF, marker, length; the frame header holds height and width (ITU T.81, B.2.2).
    if data[:2] != b"\xff\xd8":
        return None
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None
