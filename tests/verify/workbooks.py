"""Workbooks made to do harm: a sound one in, the same with some of its parts replaced out."""

import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

NAMESPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "xl/_rels/workbook.xml.rels"
STRINGS = "xl/sharedStrings.xml"
_SHARES = (
    b'<Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    b'sharedStrings" Target="sharedStrings.xml" Id="shared"/></Relationships>'
)

Parts = Mapping[str, bytes | Iterable[bytes]]


def with_parts(sound: Path, target: Path, parts: Parts) -> Path:
    """Write a copy of a workbook with other parts; the pieces of a part follow each other."""
    with (
        zipfile.ZipFile(sound) as package,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for name in package.namelist():
            if name not in parts:
                copy.writestr(name, package.read(name))
        for name, pieces in parts.items():
            with copy.open(name, "w", force_zip64=True) as part:
                part.writelines([pieces] if isinstance(pieces, bytes) else pieces)
    return target


def sheet_of(sound: Path, mark: str) -> str:
    """Return the name of the sheet that holds a text."""
    with zipfile.ZipFile(sound) as package:
        sheets = [name for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
        return next(name for name in sheets if mark.encode() in package.read(name))


def sheet(*rows: bytes) -> list[bytes]:
    """Return the pieces of a sheet."""
    return [b"<worksheet ", NAMESPACE, b"><sheetData>", *rows, b"</sheetData></worksheet>"]


def text_cell(address: str, text: str) -> bytes:
    """Return a cell of text."""
    return f'<c r="{address}" t="inlineStr"><is><t>{text}</t></is></c>'.encode()


def shared(sound: Path, *pieces: bytes) -> dict[str, bytes | Iterable[bytes]]:
    """Return the parts that give a workbook shared strings."""
    with zipfile.ZipFile(sound) as package:
        relations = package.read(RELATIONS).replace(b"</Relationships>", _SHARES)
    return {RELATIONS: relations, STRINGS: pieces}
