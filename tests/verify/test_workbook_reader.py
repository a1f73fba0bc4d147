"""A workbook that somebody made to do harm: what it costs is what was read of it."""

import resource
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from report_builder import realistic
from workbooks import Parts, shared, sheet, sheet_of, text_cell, with_parts

from analyzer.errors import ReadError
from analyzer.report import write_reports
from analyzer.verify import workbook_reader, xml_parts
from analyzer.verify.workbook_reader import WantedTable, read_workbook

TABLES = {
    "Inputs": WantedTable(("File", "Bytes")),
    "Evidence": WantedTable(("Evidence ID", "Raw value(s)")),
}
HEADER = b'<row r="5">' + text_cell("A5", "Evidence ID") + text_cell("B5", "Raw value(s)")
HEADER += b"</row>"
TOO_MANY = [b"<sst>", *[b"<si><t>a</t></si>" * 10_000] * 101, b"</sst>"]
LAUGHS = b"".join(
    b'<!ENTITY %c "%s">' % (98 + number, b"&%c;" % (97 + number) * 10) for number in range(9)
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "sound.xlsx"
    write_reports(realistic(), [path], evidence="all")
    return path


def evidence(sound: Path, *rows: bytes) -> Parts:
    return {sheet_of(sound, "Raw value(s)"): sheet(*rows)}


def blanks(size: int, piece: bytes = b" ") -> Iterable[bytes]:
    return [piece * (1 << 20)] * (size >> 20)


BOMBS = {
    "one cell in row 2,000,000,000": (
        lambda sound: evidence(sound, HEADER, b'<row r="2000000000"><c><v>1</v></c></row>'),
        "a row has the number '2000000000'",
    ),
    "a row of a million digits": (
        lambda sound: evidence(sound, b'<row r="' + b"9" * 1_000_000 + b'"/>'),
        "a row has the number",
    ),
    "rows that go back": (
        lambda sound: evidence(sound, HEADER, b'<row r="5"/>'),
        "a row has the number '5'",
    ),
    "a far column": (
        lambda sound: evidence(sound, HEADER, b'<row r="6"><c r="XFE6"><v>1</v></c></row>'),
        "a cell has the address 'XFE6'",
    ),
    "millions of shared strings": (
        lambda sound: shared(sound, *TOO_MANY),
        "more than 1,000,000 shared strings",
    ),
    "a string that is not there": (
        lambda sound: evidence(sound, b'<row r="5"><c t="s"><v>7</v></c></row>'),
        "there is no shared string '7'",
    ),
    "billion laughs": (
        lambda sound: shared(
            sound, b'<!DOCTYPE x [<!ENTITY a "ha">', LAUGHS, b"]><sst><si><t>&j;</t></si></sst>"
        ),
        "declares a document type",
    ),
    "an entity that is a file": (
        lambda sound: shared(
            sound,
            b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
            b"<sst><si><t>&e;</t></si></sst>",
        ),
        "declares a document type",
    ),
    "a cell of 100 MB": (
        lambda sound: evidence(
            sound,
            HEADER,
            b'<row r="6"><c r="A6" t="inlineStr"><is><t>',
            *blanks(100 << 20, b"x"),
            b"</t></is></c></row>",
        ),
        "a cell holds more than 262,144 characters",
    ),
    "a tag without end": (
        lambda sound: evidence(sound, b'<row r="', *blanks(64 << 20), b'"/>'),
        "a tag is longer than 1,048,576 bytes",
    ),
    "elements within each other": (
        lambda sound: evidence(sound, b"<a>" * 1_000_000),
        "more than 64 elements",
    ),
    "a part that is missing": (
        lambda sound: {"_rels/.rels": b"<Relationships/>"},
        "no workbook that can be read",
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_in_one_line_and_costs_little(
    name: str, sound: Path, tmp_path: Path
) -> None:
    parts, reason = BOMBS[name]
    path = with_parts(sound, tmp_path / "bomb.xlsx", parts(sound))

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ReadError) as refused:
        read_workbook(path, TABLES)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

    assert reason in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1
    assert len(str(refused.value)) < 300 + len(str(path))
    # The list of a million texts takes 8 MB.
    assert grown < 60_000  # KB


@pytest.mark.parametrize(
    ("module", "limit", "value", "reason"),
    [
        (xml_parts, "MOST_ELEMENTS", 500, "more than 500 elements"),
        (workbook_reader, "MOST_CELLS", 50, "more than 50 cells"),
        (workbook_reader, "MOST_TEXT", 100, "more than 100 characters"),
        (workbook_reader, "LAST_ROW", 5, "a row has the number '6'"),
    ],
)
def test_each_limit_is_told(
    module: object,
    limit: str,
    value: int,
    reason: str,
    sound: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, limit, value)
    with pytest.raises(ReadError, match=reason):
        read_workbook(sound, TABLES)


def test_what_all_parts_unpack_to_is_counted_together(sound: Path) -> None:
    with sound.open("rb") as stream:
        parts = xml_parts.PartReader(stream, sound.stat().st_size, most=10_000)
        parts.relations("")
        with pytest.raises(xml_parts.PartError, match="unpacks to more than 10,000 bytes"):
            parts.read(sheet_of(sound, "Raw value(s)"), workbook_reader._Properties())


def test_a_table_of_a_hundred_thousand_parts_is_not_read(sound: Path, tmp_path: Path) -> None:
    path = tmp_path / "parts.xlsx"
    path.write_bytes(sound.read_bytes())
    with zipfile.ZipFile(path, "a") as package:
        for number in range(30_000):
            package.writestr(f"{number:05}", b"")
    with pytest.raises(ReadError, match="table of parts is longer"):
        read_workbook(path, TABLES)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused(sound: Path, tmp_path: Path) -> None:
    path = tmp_path / "twice.xlsx"
    path.write_bytes(sound.read_bytes())
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("xl/workbook.xml", b"<workbook/>")
    with pytest.raises(ReadError, match="two of its parts have one name"):
        read_workbook(path, TABLES)


def test_what_a_spreadsheet_program_saves_is_read_alike(sound: Path, tmp_path: Path) -> None:
    strings = (
        b'<sst xmlns:p="x"><p:si><p:t>Evidence ID</p:t></p:si><si><t>Raw value(s)</t></si>'
        b"<si><r><t>two </t></r><r><t>runs</t></r><rPh><t>aloud</t></rPh></si>"
        b"<si><t>a_x000D_b _x005F_x0041_ _x001B_[2J</t></si></sst>"
    )
    rows = (
        b'<row r="5"><c r="A5" t="s"><v>0</v></c><c r="B5" t="s"><v>1</v></c></row>',
        b'<row><c t="s"><v>2</v></c><c t="s"><v>3</v></c></row>',
        b'<row r="9"><c r="B9"><v>1500</v></c><c t="str"><f>A1</f><v>x</v></c></row>',
        b'<row><c t="inlineStr"><is><t>a note</t></is></c></row>',
        b"<row><c><v>1.5</v></c><c><v>1e999</v></c></row>",
    )
    path = with_parts(
        sound, tmp_path / "saved.xlsx", {**shared(sound, strings), **evidence(sound, *rows)}
    )
    assert [row.cells for row in read_workbook(path, TABLES).rows["Evidence"]] == [
        {"Evidence ID": "two runs", "Raw value(s)": "a\rb _x0041_ \x1b[2J"},
        {"Raw value(s)": 1500},
        {"Evidence ID": "1.5", "Raw value(s)": "1e999"},
    ]
