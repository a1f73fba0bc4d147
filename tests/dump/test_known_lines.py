"""Lines that were read before read as they did, and only those without a fault are kept."""

from pathlib import Path

import pytest

from analyzer.dump.entry import Notation
from analyzer.dump.ldif import ldif_values
from analyzer.dump.ldif.known_lines import KnownLine, KnownLines
from analyzer.dump.ldif.record_parser import read_block

SAMPLES = Path(__file__).parent.parent.parent / "samples"
DUMPS = sorted(
    str(file.relative_to(SAMPLES))
    for file in SAMPLES.rglob("*")
    if file.suffix in (".ldf", ".ldif") and file.read_bytes()[:2] != b"\xff\xfe"
)


def read(data):
    return list(read_block(data, 1, "a.ldf", lambda text: text.decode("cp1252").encode()))


@pytest.fixture
def memory(monkeypatch):
    known = KnownLines()
    monkeypatch.setattr(ldif_values, "_KNOWN", known)
    return known


@pytest.mark.parametrize("dump", DUMPS)
def test_a_dump_reads_the_same_when_its_lines_are_known(dump, memory):
    data = (SAMPLES / dump).read_bytes().replace(b"\x81", b"")
    first = read(data)
    assert read(data) == first


def test_values_keep_their_order_where_some_lines_are_known(memory):
    read(b"dn: CN=a\ncn: two\ncn:: Zm91cg==\n")
    (entry,) = read(b"dn: CN=a\ncn: one\ncn: two\ncn: three\ncn:: Zm91cg==\n")
    assert entry.fields["cn"].values == (b"one", b"two", b"three", b"four")
    assert (entry.fields["cn"].line, entry.fields["cn"].notation) == (2, Notation.PLAIN)


def test_each_line_is_known_by_its_own_notation(memory):
    read(b"dn: CN=a\ncn: one\ncn:: dHdv\n")
    (entry,) = read(b"dn: CN=a\ncn:: dHdv\n")
    assert entry.fields["cn"].notation is Notation.BASE64


def test_a_spelling_is_known_as_it_stands(memory):
    read(b"dn: CN=a\nCN: one\n")
    (entry,) = read(b"dn: CN=a\ncn: two\nCN: one\n")
    assert entry.fields["cn"].values == (b"two", b"one")


@pytest.mark.parametrize("line", [b"cn:: QUFB=", b"cn:< file:///etc/passwd", b"cn: TR"])
def test_a_line_with_a_fault_is_told_again(line, memory):
    """The last one is damaged where the file ends with it, without a line end."""
    data = b"dn: CN=a\nsn: x\n" + line
    faults = [list(read_block(data, 1, "a.ldf", bytes, final=True)) for _ in range(2)]
    assert faults[0] == faults[1]
    assert faults[0][0].fields["cn"].lost or faults[0][0].fields["cn"].damaged
    assert memory.get(line) is None


def test_lines_of_late_are_kept_and_old_ones_dropped(monkeypatch):
    monkeypatch.setattr("analyzer.dump.ldif.known_lines._MOST", 2)
    lines = KnownLines()
    line = KnownLine("cn", Notation.PLAIN, (b"x",))
    for text in (b"cn: 1", b"cn: 2", b"cn: 3"):
        lines.learn(text, line)
    assert lines.get(b"cn: 1") is line  # met again, and so kept
    lines.learn(b"cn: 4", line)
    lines.learn(b"cn: 5", line)
    known = {text for text in (b"cn: 1", b"cn: 2", b"cn: 5") if lines.get(text)}
    assert b"cn: 5" in known
    assert b"cn: 2" not in known


def test_a_long_line_is_not_kept():
    lines = KnownLines()
    lines.learn(b"x" * 1000, KnownLine("cn", Notation.PLAIN, (b"x",)))
    assert lines.get(b"x" * 1000) is None
