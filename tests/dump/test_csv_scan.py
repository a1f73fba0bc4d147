"""The scan of CSV: what it passes over, what it has read."""

import pytest
from readers import csv_tally, shape

from analyzer.dump.csv.csv_layout import CsvFormat
from analyzer.dump.csv.row_scan import CsvScan
from analyzer.dump.detect import detect
from analyzer.dump.distinguished_names import MAX_DN
from analyzer.dump.encoding import fallback
from analyzer.dump.read_options import SAMPLE
from analyzer.inventory import WANTED

LIMIT = 200_000
MIDDLE = b"cn;dn;objectClass\n"


def chosen(header: bytes, text: bytes) -> list[int]:
    found = detect("f", header)
    assert found.csv is not None
    csv_format = CsvFormat(found.csv, found.dialect, "f", fallback(None), LIMIT)
    chosen = set(range(text.count(b"\n")))
    for run in CsvScan(WANTED, csv_format, any_byte=True).passed(text):
        first = text.count(b"\n", 0, run.start)
        chosen -= set(range(first, first + run.lines))
        assert text.count(b"\n", run.start, run.end) == run.lines
    return sorted(chosen)


@pytest.mark.parametrize(
    ("header", "line"),
    [
        (b"DN,objectClass,cn\n", b'"CN=a,DC=x",top,a'),
        (b"DN,objectClass,cn\n", b'"CN=a,DC=x","top","a ""b"", c"'),
        (b"DN,objectClass,cn\n", b'"CN=a,DC=x","",""'),
        (b"DN,objectClass,cn\n", b'"CN=a (b) {c}/d,o-u=x@y",top,' + b"x" * 100_000),
        (b"DN,objectClass,cn\n", b'"CN=a,DC=x",top'),
        (b"DN,objectClass,cn\n", b'"CN=a,DC=x",top,\xfc'),
        (b"DN\tobjectClass\tcn\n", b"CN=a,DC=x\ttop\ta"),
        (MIDDLE, b'"a;b";"CN=a,DC=x";top'),
        (MIDDLE, b"a;CN=a,DC=x;top"),
        (MIDDLE, b"a;CN=a,DC=x"),
        (b"cn,dn\n", b'a,"CN=a,DC=x"'),
        (b"sep=!\ndn!cn\n", b'"CN=a,DC=x"!a'),
        (b"DN,objectClass,cn\n", b'"CN=a,DC=x",top,"a\nb\r\n""\n\n"'),
        (b"cn,dn,a\n", b'"\n,""x","CN=a,DC=x","\n"'),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_ordinary_row_is_passed_over(header: bytes, line: bytes, end: bytes) -> None:
    assert chosen(header, (line + end) * 70) == []


@pytest.mark.parametrize(
    ("header", "line"),
    [
        (b"DN,objectClass\n", b'"CN=a,DC=x",PROTOCOLcfgSMTPServer'),
        (b"DN,objectClass\n", b'"CN=a,CN=SMTP , CN=Protocols,DC=x",'),
        (b"DN,objectClass\n", b'"CN=a,DC=x",a,b'),
        (b"DN,objectClass\n", b'"CN=a,DC=x","a'),
        (b"DN,objectClass\n", b'"CN=a,DC=x",a"b"'),
        (b"DN,objectClass\n", b'"CN=a,DC=x","b"a'),
        (b"DN,objectClass\n", b'"CN=a,DC=x",a\rb'),
        (b"DN,objectClass\n", b'"CN=a,DC=x",a\r\r'),
        (b"DN,objectClass\n", b'"CN=a,DC=x",' + b"x" * LIMIT),
        (b"DN,objectClass\n", b'"CN=' + b"x" * MAX_DN + b'",top'),
        (b"DN,objectClass\n", b'"CN=a,,DC=x",top'),
        (b"DN,objectClass\n", b'"CN=a+b,DC=x",top'),
        (b"DN,objectClass\n", b'"CN=a""b",top'),
        (b"DN,objectClass\n", b"CN,top"),
        (b"DN,objectClass\n", b",top"),
        (b"DN,objectClass\n", b""),
        (MIDDLE, b"a;CN=,DC=x;top"),
        (MIDDLE, b"a;CN=" + b"x" * MAX_DN + b";top"),
        (MIDDLE, b"a;;top"),
        (MIDDLE, b"a"),
        (b"sep=-\nDN-cn\n", b"CN-a"),
        (b"sep=-\nDN-objectClass-cn\n", b'"CN=a,DC=x"-protocolCfgSMTPServer-a'),
    ],
)
def test_any_other_row_is_read(header: bytes, line: bytes) -> None:
    sep = b"" if header.startswith(b"sep") else header[2:3] if header[:2] == b"DN" else b";"
    plain = b'"CN=a,DC=x"\n' if sep != b";" else b'a;"CN=a,DC=x"\n'
    assert chosen(header, plain * 3 + line + b"\n" + plain) == [3]


@pytest.mark.parametrize(
    "row",
    [
        b'"CN=a,DC=x",protocolCfgSMTPServer,"a\nb"',
        b'"CN=a,DC=x","top\nb",a',
        b'"CN=a\n,DC=x",top,a',
        b'"CN=a,DC=x","top","a\rb"',
        b'"CN=a,DC=x",top,"a\nb',
        b'"CN=a,DC=x",top,"a\nb"c',
        b'"CN=a,DC=x",top,a,"b\nc"',
        b'"CN=a,DC=x",top,"%s"' % (b"\n" * 1025),
    ],
)
def test_row_of_several_lines_that_has_to_be_read_is_chosen(row: bytes) -> None:
    text = row + b'\n"CN=a,DC=x",top,b\n'
    assert chosen(b"DN,objectClass,cn\n", text) == list(range(row.count(b"\n") + 1))


def test_row_of_several_lines_that_lacks_a_cell_is_chosen() -> None:
    assert chosen(b"DN,objectClass,cn,a\n", b'"CN=a,DC=x",top,"a\nb"\n') == [0, 1]


def test_stray_quote_changes_no_other_line() -> None:
    # A single RDN has to be read: it may be all that is left of a DN without its quotes.
    plain, bare = b'"CN=a,DC=x","top"\n', b"CN=a,top\n"
    stray, wide = b'"CN=a,DC=x","top\n', b"CN=a,top,x\n"
    text = plain + stray + plain + bare + wide + stray + wide + plain + bare
    assert chosen(b"DN,objectClass\n", text) == [1, 3, 4, 5, 6, 8]


def test_last_line_without_line_end_is_read() -> None:
    rows = b"".join(b"CN=%d,top\n" % number for number in range(2 * SAMPLE))
    data = b"DN,objectClass\n" + rows[:-1]
    found = csv_tally(data, scanning=True, wanted=WANTED)
    assert shape(found) == shape(csv_tally(data, wanted=WANTED))
    assert "may be cut" in "".join(found.notes)


def test_naming_context_comes_from_as_many_readable_rows_as_without_the_scan() -> None:
    plain, configuration = b'"CN=a,DC=x",top\n', b'"CN=a,CN=Configuration,DC=y",top\n'
    data = b"DN,objectClass\n" + plain * (SAMPLE - 1) + b"x,top\n" + configuration * 9
    found = csv_tally(data, scanning=True, wanted=WANTED)
    assert found.naming_context() == "CN=Configuration,DC=y"
