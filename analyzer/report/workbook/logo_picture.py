"""The logo on the summary."""

from openpyxl.drawing.image import Image

from analyzer.report.paper import Logo
from analyzer.report.workbook.sheet_stream import StreamedSheet

_HIGHEST, _WIDEST = 62, 230
"""Pixels that the rows above the first block leave."""


class _Picture(Image):  # type: ignore[misc]  # openpyxl has no types
    """A picture that is already read: openpyxl's own would need Pillow to find its size."""

    def __init__(self, logo: Logo) -> None:
        scale = min(_HIGHEST / logo.height, _WIDEST / logo.width, 1)
        self.width = max(round(logo.width * scale), 1)
        self.height = max(round(logo.height * scale), 1)
        self.format = logo.format
        self._bytes = logo.data

    def _data(self) -> bytes:
        return self._bytes


def place_logo(sheet: StreamedSheet, logo: Logo, column: str) -> None:
    """Put the logo at the top of a column."""
    picture = _Picture(logo)
    picture.anchor = f"{column}1"
    sheet.add_image(picture)
