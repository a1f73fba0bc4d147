"""The text of a row in, the height that shows all of it out."""

import math
from functools import lru_cache

_LINE_HEIGHT = 12.8
_TALLEST = 409.0
"""Points; a row cannot be taller (Excel specifications and limits)."""
_LONG = 80
"""Characters from which lines are estimated rather than laid out word by word."""
_SEEN = 8_000
"""Characters beyond which a cell is taller than a row can be."""


def lines_of(text: str, width: int, *, bold: bool = False) -> int:
    """Estimate how many lines text takes in a column of `width` characters.

    Programs that do not fit rows to their text when they open a file (LibreOffice without a
    window) show what the file says; the estimate is generous rather than exact.
    """
    room = width - 0.7
    if len(text) <= room * 0.9 and "\n" not in text:
        return 1
    return _lines_of_long(text[:_SEEN], room, 1.1 if bold else 1.0)


@lru_cache(maxsize=1024)
def _lines_of_long(text: str, room: float, scale: float) -> int:
    return sum(_lines_of_part(part, room, scale) for part in text.split("\n"))


def _lines_of_part(part: str, room: float, scale: float) -> int:
    units = _units(part) * scale
    if " " not in part or units <= room:
        return max(1, math.ceil(units * 1.03 / room))
    if len(part) > _LONG:
        # Letters are narrower than digits; breaking at words costs more the narrower the column.
        return math.ceil(units * (0.86 + 3 / room) / room)
    # Letters are a little narrower than digits.
    lines, used = 1, 0.0
    for word in part.split(" "):
        size = _units(word) * scale * 0.94
        if used and used + size > room:
            lines, used = lines + 1, 0.0
        over = max(math.ceil(size / room) - 1, 0)
        lines, used = lines + over, used + size - over * room + 1
    return lines


def _units(text: str) -> float:
    # A digit is the unit of width: capitals take about a fifth more, other scripts up to two.
    capitals = sum(map(str.isupper, text))
    return len(text) + capitals * 0.2 + (len(text.encode("utf-8", "replace")) - len(text)) / 2


def height_of(lines: int) -> float:
    """Return the height in points of a row with so many lines; 0 leaves it as it is."""
    return min(lines * _LINE_HEIGHT + 2, _TALLEST) if lines > 1 else 0
