"""The text, type and format of a cell in, its value out: text, a whole number, or a date as text.

Types by ECMA-376 part 1, 18.18.11; formats by 18.8.30 and 18.8.31.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from analyzer.verify.xml_parts import PartError

MOST_FORMATS = 100_000
"""Formats of cells; Excel takes 65,490."""

_TRUTH = {"1": "TRUE", "0": "FALSE"}
_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
# Literal text, characters behind a backslash, and colours or countries are no part of a date.
_NO_LETTERS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
_EPOCH_1904 = datetime(1904, 1, 1, tzinfo=UTC)
_LAST_DAY = 2_958_465
"""9999-12-31, counted from 1899-12-30."""


class NumberFormats:
    """Which formats of a workbook show a number as a date; takes the elements of its styles."""

    def __init__(self) -> None:
        """Start with the formats that every program knows."""
        self._dates = set(_BUILT_IN_DATES)
        self._cells: list[int] = []
        self._in_cells = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""
        if name == "numFmt":
            code = _NO_LETTERS.sub("", attributes.get("formatCode", ""))
            if re.search("[ymdhs]", code, re.IGNORECASE) and "general" not in code.lower():
                self._dates.add(_number(attributes.get("numFmtId", "")))
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            if len(self._cells) >= MOST_FORMATS:
                raise PartError(f"more than {MOST_FORMATS:,} formats of cells")
            self._cells.append(_number(attributes.get("numFmtId", "")))

    def text(self, text: str) -> None:
        """Take text, of which styles have none."""

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == "cellXfs":
            self._in_cells = False

    def is_date(self, style: str) -> bool:
        """Tell whether cells of the format with that number show dates."""
        at = _number(style or "0")
        return 0 <= at < len(self._cells) and self._cells[at] in self._dates


class CellValues:
    """What cells hold, by the strings and formats of their workbook."""

    def __init__(self, strings: list[str], formats: NumberFormats, *, from_1904: bool) -> None:
        """Take the shared strings, the formats, and whether days are counted from 1904 on."""
        self._strings, self._formats = strings, formats
        self._epoch = _EPOCH_1904 if from_1904 else _EPOCH

    def value(self, text: str, kind: str, style: str) -> str | int:
        """Return what a cell of that type and format holds."""
        if kind == "s":
            at = _number(text)
            if not 0 <= at < len(self._strings):
                raise PartError(f"there is no shared string {text!r:.40}")
            return self._strings[at]
        if kind == "b":
            return _TRUTH.get(text, text)
        if kind != "n":
            return text
        try:
            number = float(text)
        except ValueError:
            return text
        if self._formats.is_date(style) and 0 < number < _LAST_DAY:
            return self._moment(number)
        return int(number) if number.is_integer() else text

    def _moment(self, days: float) -> str:
        """Return a date, with its time where it has one, as ISO 8601."""
        moment = self._epoch + timedelta(seconds=round(days * 86_400))
        return f"{moment:%Y-%m-%d}" if not days % 1 else f"{moment:%Y-%m-%d %H:%M:%S}"


def _number(text: str) -> int:
    """Return a whole number, -1 for anything else."""
    return int(text) if text.isdecimal() and len(text) < 12 else -1
