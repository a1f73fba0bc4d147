"""The text of a row in, the height that shows all of it and no more out."""

import re
from functools import lru_cache

LINE_HEIGHT = 12.75
_TALLEST = 409.0
"""Points; a row cannot be taller (Excel specifications and limits)."""
_SEEN = 8_000
"""Characters beyond which a cell is taller than a row can be."""
_PADDING = 75
"""What a column's width holds beside its text, in hundredths of a digit."""
_BOLD = 1.03

# The advance widths of Calibri (and Carlito, its metric twin) in hundredths of its digit, which is
# the unit of column widths; read from the fonts' own tables. Letters without a row take 105.
_ADVANCES = {
    45: "'ijl ", 50: ",.I", 55: ":;`", 60: "()-[]f{}", 65: "!Jt", 70: "r", 75: "/\\s", 80: '"z',
    85: "Lcx", 90: "?FSZkvy|", 95: "ETYag", 100: "#$*+0123456789<=>PX^_e~", 110: "V", 115: "A",
    120: "D", 125: "GHNU", 130: "O", 135: "&Q", 140: "%w", 160: "m", 170: "M", 175: "@W",
}  # fmt: skip
_BLANK, _OTHER, _WIDE = 45, 105, 110
_TABLE = bytes(
    next((advance for advance, letters in _ADVANCES.items() if chr(code) in letters), _OTHER)
    for code in range(256)
)
# A line ends after a blank or a hyphen; a longer word is cut where the cell ends.
_WORD = re.compile(r"[^ -]*(?:-+|(?= )|$)")


def lines_of(text: str, width: float, *, bold: bool = False) -> int:
    """Return how many lines text takes in a column of `width` characters.

    Programs that do not fit rows to their text when they open a file show what the file says.
    """
    if len(text) * 2 < width and "\n" not in text:
        return 1
    return _lines(text[:_SEEN], width, bold)


@lru_cache(maxsize=4096)
def _lines(text: str, width: float, bold: bool) -> int:
    room = (width * 100 - _PADDING) / (_BOLD if bold else 1)
    return sum(_lines_of_part(part, room) for part in text.split("\n"))


def _lines_of_part(part: str, room: float) -> int:
    if _advance_of(part) <= room:
        return 1
    lines, used = 1, 0.0
    for word in filter(None, _WORD.findall(part)):
        size = _advance_of(word)
        if used and used + size > room:
            lines, used = lines + 1, 0.0
        over = int(size // room)
        lines, used = lines + over, used + size - over * room
        used += _BLANK * (not word.endswith("-"))
    return lines


def _advance_of(text: str) -> int:
    """Return how far text reaches, in hundredths of a digit."""
    advance = sum(text.encode("latin-1", "replace").translate(_TABLE))
    # Other scripts are replaced by "?" above; theirs are up to two digits wide.
    return advance if text.isascii() else advance + _WIDE * sum(map("\u2e80".__le__, text))


def height_of(lines: int) -> float:
    """Return the height in points of a row with so many lines; 0 leaves it as it is."""
    return min(lines * LINE_HEIGHT + 1, _TALLEST) if lines > 1 else 0
