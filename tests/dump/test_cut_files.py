"""A file that is cut gives the records before the cut and says that it may be cut."""

from pathlib import Path

import pytest
from mutations import SAMPLES
from readers import read, simple

from analyzer.dump.reading import Reading
from analyzer.errors import ReadError

SUMMARY = b"\n# search result\nsearch: 2\nresult: 0 Success\n\n# numResponses: 2\n# numEntries: 1\n"
SAMPLE = SAMPLES / "contoso-2003.ldf"
DUMPS = sorted(
    path
    for path in (*SAMPLES.glob("*.*"), *(SAMPLES / "dialects").iterdir())
    if path.suffix in (".ldf", ".ldif", ".csv")
)


def says_cut(reading: Reading) -> bool:
    texts = (*reading.input.warnings, *(item.reason for item in reading.unreadable))
    return any("cut" in text for text in texts)


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.name)
def test_whole_sample_is_not_said_to_be_cut(path: Path) -> None:
    assert not says_cut(read(path))


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.name)
def test_cut_sample_gives_a_prefix_of_its_entries_and_says_so(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    whole = read(path, parse_all=True)
    cut = tmp_path / "cut"
    for place in range(1, 12):
        size = len(data) * place // 12 // 2 * 2 - 2
        # Behind a row nothing shows that there were more of them.
        while path.suffix == ".csv" and data[:size].endswith((b"\n", b"\n\0")):
            size -= 2
        cut.write_bytes(data[:size])
        try:
            reading = read(cut)
        except ReadError:
            assert size < 4_000
            continue
        kept = len(reading.entries)
        last = reading.entries[-1:]
        assert [simple(e) for e in reading.entries[: kept - 1]] == [
            simple(e) for e in whole.entries[: max(kept - 1, 0)]
        ]
        assert [e.dn for e in last] == [e.dn for e in whole.entries[kept - 1 : kept] if kept]
        assert reading.input.entries <= whole.input.entries
        assert says_cut(reading), size


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (b"\r\n\r\n", False),
        (b"\r\n", True),
        (b"", True),
        (b"\r\nms", True),
        (b"\r\n\r\ndn: CN=b,DC=", True),
        (b"\r\n\r\ndn: CN=b,DC=x\r\nchangetype: add\r\n", True),
    ],
)
def test_end_of_an_ldifde_file_tells_whether_it_is_whole(
    end: bytes, said: bool, tmp_path: Path
) -> None:
    path = tmp_path / "dump"
    path.write_bytes(b"dn: CN=a,DC=x\r\nchangetype: add\r\ncn: a" + end)
    assert says_cut(read(path)) is said


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (SUMMARY, False),
        (SUMMARY + b"\n", False),
        (b"\n", True),
        (b"", True),
    ],
)
def test_end_of_an_ldapsearch_file_tells_whether_it_is_whole(
    end: bytes, said: bool, tmp_path: Path
) -> None:
    path = tmp_path / "dump"
    path.write_bytes(b"# extended LDIF\n#\n# LDAPv3\n#\n\n# a\ndn: CN=a,DC=x\ncn: a\n" + end)
    assert says_cut(read(path)) is said


def test_value_of_a_wanted_entry_that_the_cut_may_have_shortened_is_marked(tmp_path: Path) -> None:
    path = tmp_path / "dump"
    path.write_bytes(b"dn: CN=1,CN=SMTP,CN=Protocols,DC=x\nmsExchSmtpRelayIpList:: QUFBQU")
    (entry,) = read(path).entries
    assert entry.cut
    assert entry.fields["msexchsmtprelayiplist"].damaged


def test_attributes_behind_the_cut_may_be_missing_not_unset(tmp_path: Path) -> None:
    path = tmp_path / "dump"
    path.write_bytes(b"dn: CN=1,CN=SMTP,CN=Protocols,DC=x\ncn: 1\nmsExchSmtpRel")
    (entry,) = read(path).entries
    assert entry.cut
