"""Rows of XML in, a sheet of the package out, as it goes: nothing is kept in memory.

openpyxl's write-only sheet does everything around the rows (views, widths, validations, print
set-up, tables). Its own way through a cell object per value costs three times as much as writing
the row, and guesses types; here the rows come ready from `cells`. Links and conditional formats,
of which there are many, are written the same way.
"""

from collections.abc import Generator
from functools import lru_cache
from typing import IO

from openpyxl import Workbook
from openpyxl.packaging.relationship import Relationship
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.xml.constants import REL_NS

from analyzer.report.section import FileLink, Url
from analyzer.report.workbook.cells import escaped
from analyzer.visible_text import shorten, visible

MOST_LINKS = 65_530
"""Hyperlinks that one sheet may hold (Excel specifications and limits)."""
DEFAULT_HEIGHT, TITLE_HEIGHT, HEADING_HEIGHT = 12.75, 20.0, 15.0
"""Points of a row that says nothing of its height; of those with larger letters."""
_LONGEST_TIP = 255
"""Characters of the text that a link shows when it is pointed at (the same page)."""
_CHUNK = 1 << 16

_CellLink = tuple[str, str | Url | FileLink, str]
"""Address of a cell, where its link goes (an address in the workbook, or a page), its tip."""


class _Writer(WorksheetWriter):  # type: ignore[misc]  # openpyxl has no types
    """Writes straight into the package, and from plain tuples what there is much of."""

    ws: "StreamedSheet"

    def write_formatting(self) -> None:
        registered = self.ws.parent._differential_styles
        numbers: dict[int, int] = {}
        priority = 0
        parts = []
        for span, tests in self.ws.looks.items():
            parts.append(f'<conditionalFormatting sqref="{span}">')
            for test, look in tests:
                priority += 1
                # Comparing styles is slow; each of them is made but once (`styles`).
                if id(look) not in numbers:
                    numbers[id(look)] = registered.add(look)
                parts.append(
                    f'<cfRule type="expression" priority="{priority}" dxfId="{numbers[id(look)]}">'
                    f"<formula>{escaped(test)}</formula></cfRule>"
                )
            parts.append("</conditionalFormatting>")
        self._write_raw(parts)

    def write_hyperlinks(self) -> None:
        if self.ws.links:
            self._write_raw(["<hyperlinks>", *map(self._hyperlink, self.ws.links), "</hyperlinks>"])

    def _hyperlink(self, link: "_CellLink") -> str:
        reference, target, tip = link
        if isinstance(target, (Url, FileLink)):
            relation = Relationship(type="hyperlink", TargetMode="External", Target=target.address)
            self._rels.append(relation)
            where = f'xmlns:r="{REL_NS}" r:id="{relation.id}"'
        else:
            where = f'location="{_attribute(target)}"'
        return f'<hyperlink ref="{reference}" {where} tooltip="{_tip(tip)}"/>'

    def _write_raw(self, parts: list[str]) -> None:
        # What lxml holds back must come before what goes past it.
        self.xf.send(True).flush()
        self.out.write("".join(parts).encode())
        self.xf.send(None)

    def cleanup(self) -> None:
        """Leave the package alone: there is no temporary file to remove."""


class StreamedSheet(WriteOnlyWorksheet):  # type: ignore[misc]  # openpyxl has no types
    """A write-only sheet whose rows are given as XML."""

    _rows: Generator[None, str, None] | None = None
    _writer: _Writer | None = None

    def __init__(self, workbook: Workbook, title: str, out: IO[bytes]) -> None:
        """Add the sheet to the workbook; `out` takes its part of the package."""
        super().__init__(workbook, title)
        workbook._add_sheet(self)
        self.sheet_format.defaultRowHeight = DEFAULT_HEIGHT
        self._out = out
        self._pending: list[str] = []
        self._size = 0
        self.height = 0.0
        """Points of all rows so far."""
        self.links: list[_CellLink] = []
        self.looks: dict[str, list[tuple[str, DifferentialStyle]]] = {}
        """Spans of cells to the tests that give them a look, the first that holds before others."""

    def add_row(self, number: int, cells: str, height: float = 0, *, hidden: bool = False) -> None:
        """Write one row; views, widths and outline must be set before the first.

        The height in points is a start: the row still grows when somebody edits it.
        """
        look = f' ht="{height:g}"' if height else ' hidden="1"' if hidden else ""
        self._pending.append(f'<row r="{number}"{look}>{cells}</row>')
        self.height += height or (0 if hidden else DEFAULT_HEIGHT)
        self._size += len(cells)
        if self._size >= _CHUNK:
            self._flush()

    def add_link(self, reference: str, target: str | Url | FileLink, tip: str) -> bool:
        """Make a cell a link, unless the sheet holds as many as it may."""
        if len(self.links) >= MOST_LINKS:
            return False
        self.links.append((reference, target, tip))
        return True

    def add_look(self, span: str, test: str, look: DifferentialStyle) -> None:
        """Give cells a look while a test on the first of them holds, moved along for the others."""
        self.looks.setdefault(span, []).append((test, look))

    def finish(self) -> None:
        """Write what comes after the rows, and close this part of the package."""
        self._flush()
        self.close()
        self._out.close()

    def _flush(self) -> None:
        if self._rows is None:
            self._rows = self._write_rows()
            next(self._rows)
        self._rows.send("".join(self._pending))
        self._pending.clear()
        self._size = 0

    def _get_writer(self) -> _Writer:
        if self._writer is None:
            self._writer = _Writer(self, out=self._out)
            self._writer.write_top()
        return self._writer

    def _write_rows(self) -> Generator[None, str, None]:
        writer = self._get_writer()
        xf = writer.xf.send(True)
        with xf.element("sheetData"):
            # What lxml holds back must come before the rows that go past it.
            xf.flush()
            try:
                while True:
                    rows = yield
                    self._out.write(rows.encode())
            except GeneratorExit:
                pass
        writer.xf.send(None)


@lru_cache(maxsize=256)
def _tip(text: str) -> str:
    return _attribute(shorten(text, _LONGEST_TIP))


def _attribute(text: str) -> str:
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
