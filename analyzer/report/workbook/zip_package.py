"""The ZIP package of a workbook: parts written once, already as they are to be.

A pass over the finished file would compress everything twice; here each part is put right on its
way in: descriptions of pictures, dates, the order of content types.
"""

import zipfile
from collections.abc import Mapping
from typing import IO, BinaryIO

from lxml import etree
from openpyxl.xml.constants import SHEET_DRAWING_NS

from analyzer.report.zip_members import zip_member
from analyzer.visible_text import shorten


class Package(zipfile.ZipFile):
    """A package that sheets are streamed into and that openpyxl writes the other parts to."""

    def __init__(self, stream: BinaryIO, descriptions: Mapping[str, str], company: str) -> None:
        """`descriptions` maps `Chart 1` and so on, and `Image`, to what they show, in words."""
        super().__init__(stream, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self._descriptions, self._company = descriptions, company

    def open_part(self, name: str) -> IO[bytes]:
        """Open a part for writing, one at a time; it may grow to 2 GiB.

        Excel offers to repair a package with ZIP64 headers, so there are none.
        """
        return self.open(zip_member(name), "w")

    def abandon(self) -> None:
        """Leave the package unfinished: the table of its parts is never written."""
        # Closing would fail while a part is open, and hide what went wrong.
        self.fp = None

    def write(  # type: ignore[override]  # openpyxl calls it with these two only
        self, filename: object, arcname: str
    ) -> None:
        """Do nothing for a sheet, which was streamed into the package before.

        Raises:
            KeyError: the part is not there.
        """
        self.getinfo(arcname)

    def writestr(  # type: ignore[override]  # openpyxl calls it with these two only
        self, name: str, data: str | bytes
    ) -> None:
        """Write a part."""
        raw = data.encode() if isinstance(data, str) else data
        if name.startswith("xl/drawings/drawing"):
            raw = _described(raw, self._descriptions)
        elif name.startswith("xl/charts/"):
            # Left out by openpyxl, and LibreOffice takes that for the format of the cells.
            raw = raw.replace(
                b'<numFmt formatCode="0;;;"/>', b'<numFmt formatCode="0;;;" sourceLinked="0"/>'
            )
        elif name == "docProps/app.xml" and self._company:
            raw = _with_company(raw, self._company)
        elif name == "[Content_Types].xml":
            raw = _in_order(raw)
        super().writestr(zip_member(name), raw, zipfile.ZIP_DEFLATED)


def _described(raw: bytes, descriptions: Mapping[str, str]) -> bytes:
    root = etree.fromstring(raw)
    for node in root.iter(f"{{{SHEET_DRAWING_NS}}}cNvPr"):
        name = node.get("name") or ""
        text = descriptions.get(name) or descriptions.get(name.split(" ")[0])
        if text:
            node.set("descr", text)
    return _bytes(root)


def _with_company(raw: bytes, company: str) -> bytes:
    # openpyxl writes this part without asking for the values of the workbook.
    root = etree.fromstring(raw)
    node = etree.Element(f"{{{etree.QName(root).namespace}}}Company")
    node.text = shorten(company, 200)
    for version in root.findall("{*}AppVersion"):
        version.addprevious(node)
    return _bytes(root)


def _in_order(raw: bytes) -> bytes:
    # openpyxl collects them in a set, whose order changes from run to run.
    root = etree.fromstring(raw)
    root[:] = sorted(
        root, key=lambda node: (node.tag, node.get("Extension", ""), node.get("PartName", ""))
    )
    return _bytes(root)


def _bytes(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
