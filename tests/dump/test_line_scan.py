"""The compiled way through lines: what has to be parsed is chosen, the ordinary is passed over."""

import base64
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from readers import LIMIT

from analyzer.dump.distinguished_names import MAX_DN, is_dn
from analyzer.dump.ldif.block_scan import LdifScan
from analyzer.dump.ldif.regions import Region
from analyzer.dump.line_scan import CsvWalk, LdifWalk, ParentStarts, Words
from analyzer.dump.wanted import is_wanted
from analyzer.inventory import WANTED

CLASSES, PARENTS = Words(WANTED.classes), ParentStarts(WANTED.parents)
SCAN = LdifScan(WANTED, LIMIT)
RECORD = b"dn: CN=a,DC=x\nobjectClass: top\ncn: a\n\n"
parts_of_dns = st.sampled_from(
    [*'==,, a9-+\\;#"<>._é\t\x7f', "CN", "CN=a", "SMTP", ",CN=SMTP,CN=Protocols,DC=x"]
)
dns = st.lists(parts_of_dns, max_size=12).map("".join)


def is_chosen(record: bytes) -> bool:
    """Tell whether a record among ordinary ones is chosen, and nothing beside it."""
    text = RECORD + record + b"\n" + RECORD
    chosen = [block.data for block in SCAN.choose(Region(text)).blocks]
    assert RECORD[:-1] not in chosen
    return bool(chosen)


def ldif_walk(text: bytes, start: int, end: int) -> LdifWalk:
    return LdifWalk(text, start, end, Words([]), Words([]), ParentStarts([]), max_block=1_000)


def rows_of(text: bytes) -> list[tuple[int, int]]:
    walk = CsvWalk(
        text,
        CLASSES,
        PARENTS,
        delimiter=b",",
        dn_column=0,
        class_columns=b"\0\1",
        max_row=1_000,
        max_dn=MAX_DN,
    )
    return walk.rows()


def row_is_chosen(row: bytes) -> bool:
    return bool(rows_of(row + b"\n"))


def has_to_be_read(dn: str) -> bool:
    return not is_dn(dn) or is_wanted(dn, None, WANTED)


@given(dns)
@example("CN=a,9C=b")
@example("CN=1,CN=SMTP , CN=Protocols,DC=x")
@example("CN=a,CN=SMTP,CN=Protocols,DC=x")
def test_dn_that_libldap_refuses_or_in_a_wanted_place_is_chosen(dn: str) -> None:
    if has_to_be_read(dn.lstrip(" ")):
        assert is_chosen(f"dn: {dn}\ncn: a\n".encode())
    if has_to_be_read(dn):
        assert row_is_chosen(b'"%s",top' % dn.encode().replace(b'"', b'""'))
        assert '"' in dn or "," in dn or row_is_chosen(b"%s,top" % dn.encode())


@given(dns, st.integers(1, 60))
def test_fold_in_a_dn_hides_nothing(dn: str, at: int) -> None:
    line = f"dn: {dn}"
    if has_to_be_read(dn.lstrip(" ")):
        assert is_chosen(f"{line[: at + 3]}\n {line[at + 3 :]}\ncn: a\n".encode())


@given(st.binary(max_size=200), st.integers(1, 80))
def test_base64_is_passed_over(value: bytes, width: int) -> None:
    line = b"a:: " + base64.b64encode(value)
    lines = [line[:4], *re.findall(rb".{1,%d}" % width, line[4:])]
    assert not is_chosen(b"dn: CN=a\n" + b"\n ".join(lines) + b"\n")


@given(st.binary(min_size=1, max_size=40), st.data())
def test_base64_with_a_letter_too_many_too_few_or_of_no_base64_is_chosen(
    value: bytes, data: st.DataObject
) -> None:
    text = base64.b64encode(value)
    at = data.draw(st.integers(1, len(text) - 1))
    put = data.draw(st.sampled_from([b"", b"AA", b"%", b" A", b"\rA", b"\n%"]))
    assert is_chosen(b"dn: CN=a\na:: " + (text[:at] + put + text[at + 1 :]) + b"\n")


@pytest.mark.parametrize(
    "record",
    [
        b"dn: CN=a b (c) {d}/e,OU-x=f@g,DC=x\nchangetype: add\nobjectClass: user\ncn: a\n",
        b"dn: CN=a,CN=SMTP-old,CN=Protocols,DC=x\nobjectclass:top\n",
        b"# comment\n  more of it\ndn: CN=a\r\ncn:\r\nb:x\r\ninfo: protocolCfgSMTPServer\n",
        b"dn: CN=a\nlong: x\n  y\n\tz\nurl:< file:///etc/passwd\nb::\n",
        b"dn: CN=a\na: \xc3\xbc \xfc \0\r x\ndn: CN=b\n",
        b"# only a comment\n",
        b"\r\n",
    ],
)
def test_ordinary_record_is_passed_over(record: bytes) -> None:
    assert not is_chosen(record)


@pytest.mark.parametrize(
    "record",
    [
        b"dn: CN=a\nOBJECTCLASS:  PROTOCOLcfgSMTPServer\n",
        b"dn: CN=a\nobjectClass:: dG9w\n",
        b"dn: CN=a\nobjectClass: to\n p\n",
        b"dn: CN=a\nobjectClass:\n",
        b"dn: CN=a\nobjectClass: a.b\n",
        b"dn: CN=a\nmsexchsmtpRELAYforauth: TRUE\n",
        b"dn: CN=a\nchangetype: delete\n",
        b"dn: CN=a\nchangetype: addx\n",
        b"dn: CN=a\nchangetype:: YWRk\n",
        b"dn: CN=a\na;binary: x\n",
        b"dn: CN=a\na b: x\n",
        b"dn: CN=a\nab\n c: x\n",
        b"dn: CN=a\n-\n",
        b"dn: CN=a\n: x\n",
        b"dn: CN=a\n \nb: x\n",
        b"dn: CN=a\n\r\r\nb: x\n",
        b"dn:: Q049YQ==\ncn: a\n",
        b"dn:< file:///x\n",
        b"dn:\n",
        b"\xef\xbb\xbfdn: CN=a\n",
        b" folded\ndn: CN=a\n",
        b"version: 1\n",
        b"cn: a\n",
        b"dn: CN=a\nb: " + b"x" * 65_536 + b"\n",
    ],
)
def test_any_other_record_is_chosen(record: bytes) -> None:
    assert is_chosen(record)


def test_records_passed_over_lines_and_ascii_are_told_of_a_part() -> None:
    text = b"\xff" + RECORD + b"\xef\xbb\xbfDN: CN=b\n\xc3\xbc: x\n" + RECORD
    walk = ldif_walk(text, 1, 1 + len(RECORD))
    assert walk.blocks() == []
    assert (walk.passed_over, walk.lines, walk.ascii) == (1, 4, True)
    walk = ldif_walk(text, 1 + len(RECORD), len(text))
    (block,) = walk.blocks()
    assert text[block[0] : block[1]] == text[1 + len(RECORD) :]
    assert (walk.passed_over, walk.lines, walk.ascii) == (0, 6, False)


def test_place_that_no_line_end_bounds_is_refused() -> None:
    for start, end, error in ((0, 3, ValueError), (0, 99, IndexError), (-1, 4, IndexError)):
        with pytest.raises(error):
            ldif_walk(b"a: b\n", start, end)
    with pytest.raises(ValueError, match="line feed"):
        rows_of(b"a")


def test_words_too_long_to_be_kept_are_refused() -> None:
    with pytest.raises(ValueError, match="range"):
        Words(["x" * 256])
