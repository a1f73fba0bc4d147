"""The compiled way through lines: what has to be parsed is chosen, the ordinary is passed over."""

import base64
import random
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mutations import mutated, piece
from readers import LIMIT

from analyzer.dump.distinguished_names import MAX_DN, is_dn
from analyzer.dump.encoding import fallback, is_utf8, is_utf8_text
from analyzer.dump.ldif.block_scan import LdifScan
from analyzer.dump.ldif.regions import Region
from analyzer.dump.line_scan import WIDTHS, CsvWalk, LdifWalk, Starts, Words, utf8_of
from analyzer.dump.wanted import is_wanted
from analyzer.inventory import WANTED

CLASSES, PARENTS = Words(WANTED.classes), Starts(WANTED.parents)
SCAN = LdifScan(WANTED, LIMIT)
SCAN_OF_8_BIT = LdifScan(WANTED, LIMIT, any_byte=True)
RECORD = b"dn: CN=a,DC=x\nobjectClass: top\ncn: a\n\n"
parts_of_dns = st.sampled_from(
    [*'==,, a9-+\\;#"<>._é\u017f\xa0\t\x7f', "CN", "CN=a", "SMTP", ",CN=SMTP,CN=Protocols,DC=x"]
)
CHARACTERS = [
    *(b"a", b"a" * 61, b"\n", b"\n ", b"\r\n ", b"\xc3\xbc", b"\xe3\x81\x82", b"\xed\x95\x9c"),
    *(b"\xf0\x9f\x92\xa9", b"\xf4\x8f\xbf\xbf", b"\xe0\xa0\x80", b"\xef\xbf\xbf"),
    *(b"\xc3", b"\xe3", b"\xe3\x81", b"\x82", b"\xf0\x9f", b"\x92", b"\xc0\x80", b"\xc1", b"\xff"),
    *(
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xf5\x80\x80\x80",
        b"\xe0\x80\x80",
        b"\xf0\x80\x80\x80",
    ),
]
dns = st.lists(parts_of_dns, max_size=12).map("".join)


def is_chosen(record: bytes, scan: LdifScan = SCAN) -> bool:
    """Tell whether a record among ordinary ones is chosen, and nothing beside it."""
    text = RECORD + record + b"\n" + RECORD
    chosen = [block.data for block in scan.choose(Region(text)).blocks]
    assert RECORD[:-1] not in chosen
    return bool(chosen)


def ldif_walk() -> LdifWalk:
    return LdifWalk(
        Words([]), Words([]), Starts([]), Starts(["# x"]), max_block=1_000, max_lines=9, utf8=False
    )


def runs_of(text: bytes, *, any_byte: bool = False) -> list[tuple[int, int, int, int]]:
    walk = CsvWalk(
        text,
        CLASSES,
        PARENTS,
        delimiter=b",",
        dn_column=0,
        class_columns=b"\0\1",
        max_row=1_000,
        max_dn=MAX_DN,
        any_byte=any_byte,
    )
    return walk.runs()


def row_is_chosen(row: bytes, *, any_byte: bool = False) -> bool:
    return not runs_of(row + b"\n", any_byte=any_byte)


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
        quoted = b'"%s",top' % dn.encode().replace(b'"', b'""')
        assert row_is_chosen(quoted)
        assert row_is_chosen(quoted, any_byte=True)
        assert '"' in dn or "," in dn or row_is_chosen(b"%s,top" % dn.encode())


@given(dns)
@example("CN=\xdf\x81,DC=x")
def test_8_bit_dn_that_libldap_refuses_or_in_a_wanted_place_is_chosen(dn: str) -> None:
    text = dn.replace("\u017f", "\xdf").encode("latin-1")
    dn_line = b"dn: " + text + b"\xfc,CN=a\ncn: a\n"
    row = b'"' + text.replace(b'"', b'""') + b'\xfc,CN=a",top'
    assert is_chosen(dn_line)
    assert row_is_chosen(row)
    if has_to_be_read(fallback(None)(text + b"\xfc,CN=a").decode()):
        assert row_is_chosen(row, any_byte=True)
    if has_to_be_read(fallback(None)(text + b"\xfc,CN=a").decode().lstrip(" ")):
        assert is_chosen(dn_line, SCAN_OF_8_BIT)
    # It is the other one that counts, where it is valid; in base64 it is the right one.
    named = b"distinguishedName:: " + base64.b64encode(dn.encode())
    if has_to_be_read(dn.lstrip(" ")):
        assert is_chosen(b"dn: CN=\xfc\n" + named + b"\n", SCAN_OF_8_BIT)


def test_8_bit_text_is_passed_over_where_any_byte_is_a_letter() -> None:
    for record in (
        b"dn: CN=Gr\xfc\xdfe,DC=x\ncn: Gr\xfc\xdfe\n",
        b"dn: CN=Gr\xfc\n \xdfe\\,\x81 \xa0,DC=x\ndistinguishedName:: Q049R3LDvMOfZSxEQz14\n",
    ):
        assert not is_chosen(record, SCAN_OF_8_BIT)
        assert is_chosen(record)
    row = b'"CN=Gr\xfc\xdfe\\, \xa0 ,DC=x",top'
    assert row_is_chosen(row)
    assert not row_is_chosen(row, any_byte=True)
    assert row_is_chosen(row.replace(b"\xa0", b"|"), any_byte=True)
    for line in (b"dn:: Q049/w==\n", b"dn: CN=\xff\ndistinguishedName:: Q049/w==\n"):
        assert is_chosen(line, SCAN_OF_8_BIT)


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
        b"dn: CN=a\nobjectClass: to\n p\nob\r\n jectC\n lass: t\n op\nchangetype:\n  ad\n d\n",
        b"dn: CN=a\na;binary: x\nb;lang-de;x:: QUJD\n",
        b"dn: CN=a\nab\n c: x\nb\n :\n : QUJD\nc:\r\n : QUJD\n",
        b"dn:: Q049w7w=\ncn: a\n",
        b"dn:\n : Q0\n 49w7w=\ncn: a\n",
        "dn: CN=\u00fc\u65e5 ,OU=\U0001f4a9\ncn: a\n".encode(),
        rb"dn: CN=a\,b\2B\+c\\,DC=x" + b"\ncn: a\n",
        rb"dn: CN=a\0ADEL:01234567-0123-0123-0123-0123456789ab,DC=x" + b"\ncn: a\n",
        b"dn: CN=a,DC=x\ndistinguishedName: CN=a,DC=x\n",
        b"dn: CN=a,DC=x\ndistinguishedName:: Q049YSxEQz14\n",
        b"dn: CN=a,DC=x\ndistinguishedName: CN=b,DC=x,DC=y\n",
        b"dn: CN=a\ncRL:: " + b"QUJD\n " * 65_000 + b"QUJD\n",
    ],
)
def test_ordinary_record_is_passed_over(record: bytes) -> None:
    assert not is_chosen(record)


@pytest.mark.parametrize(
    "record",
    [
        b"dn: CN=a\nOBJECTCLASS:  PROTOCOLcfgSMTPServer\n",
        b"dn: CN=a\nobjectClass:: dG9w\n",
        b"dn: CN=a\nobjectClass:\n",
        b"dn: CN=a\nobjectClass: a.b\n",
        b"dn: CN=a\nmsexchsmtpRELAYforauth: TRUE\n",
        b"dn: CN=a\nchangetype: delete\n",
        b"dn: CN=a\nchangetype: addx\n",
        b"dn: CN=a\nchangetype:: YWRk\n",
        b"dn: CN=a\na b: x\n",
        b"dn: CN=a\n-\n",
        b"dn: CN=a\n: x\n",
        b"dn: CN=a\n \nb: x\n",
        b"dn: CN=a\n\r\r\nb: x\n",
        b"dn:< file:///x\n",
        b"dn:: Q049YQ\n",
        b"dn:: Q049/w==\n",
        b"dn:: IENOPWE=\n",
        b"d\n n: CN=a\n",
        b"dn: CN=\xfc\n",
        b"dn: CN=\xe2\x84\xaa\n",
        b"dn: CN=\xc4\xb0\n",
        b"dn: CN=a\\FF\n",
        b"dn: CN=a:b\n",
        b"dn: CN=a\\0ADEL:b\nobjectClass: protocolCf\n gSMTPServer\n",
        b"dn: CN=a\nmsExchSmtp\n RelayForAuth: TRUE\n",
        b"dn: CN=a\nmsExchSmtpRelayForAuth;x: TRUE\n",
        b"dn: CN=a\nchange\n type: mod\n ify\n",
        b"dn: CN=a\na;range=0-1: x\n",
        b"dn: CN=a\na;: x\n",
        b"dn: CN=a\na;;b: x\n",
        b"dn: CN=a\na;b\n c: x\n",
        b"dn: CN=a\na;b:: QUJ\n",
        b"dn: CN=a\na:\n : QUJ\n",
        b"dn: CN=a\na\n b\n",
        b"dn: CN=a\ndistinguishedName: CN=a,DC=x\n",
        b"dn: CN=a\ndistinguishedName:: Q049YSxEQz14\n",
        b"dn: CN=a\ndistinguished\n Name:: Q049YSxEQ\n z14\n",
        b"dn:: Q049w7w=\ndistinguishedName: CN=\xfc,DC=x\n",
        b"dn:\n",
        b"\xef\xbb\xbfdn: CN=a\n",
        b" folded\ndn: CN=a\n",
        b"version: 1\n",
        b"cn: a\n",
        b"dn: CN=" + b"a" * 65_536 + b"\ncn: a\n",
        b"dn: CN=a\n" + b"b:\n" * 65_536,
    ],
)
def test_any_other_record_is_chosen(record: bytes) -> None:
    assert is_chosen(record)


def test_records_passed_over_and_lines_are_told_of_a_part() -> None:
    text = b"\xff" + RECORD + b"\xef\xbb\xbfDN: CN=b\n\xc3\xbc: x\n" + RECORD
    walk = ldif_walk()
    assert walk.blocks(text, 1, 1 + len(RECORD)) == []
    assert (walk.passed_over, walk.lines) == (1, 4)
    (block,) = walk.blocks(text, 1 + len(RECORD), len(text))
    assert text[block[0] : block[1]] == text[1 + len(RECORD) :]
    assert (walk.passed_over, walk.lines) == (0, 6)


@given(st.lists(st.sampled_from(CHARACTERS), max_size=40))
@example([b"a" * 62, b"\xe3\x81", b"\x82"])
@example([b"\xf0\x9f", b"\n \x92", b"\r\n \xa9"])
def test_what_is_told_to_be_utf8_is_utf8(parts: list[bytes]) -> None:
    text = b"".join(parts) + b"\n"
    walk = ldif_walk()
    walk.blocks(text, 0, len(text))
    if walk.utf8:
        assert is_utf8_text(text)
    elif is_utf8(text):
        pytest.fail("it is UTF-8 without any fold")


def test_block_of_more_bytes_or_lines_than_may_be_is_chosen() -> None:
    for record, found in (
        (b"b: " + b"x" * 980, 0),
        (b"b: " + b"x" * 990, 1),
        (b"b:\n" * 8, 0),
        (b"b:\n" * 9, 1),
    ):
        text = b"dn: CN=a\n" + record.removesuffix(b"\n") + b"\n"
        assert len(ldif_walk().blocks(text, 0, len(text))) == found


def test_place_that_no_line_end_bounds_is_refused() -> None:
    for start, end, error in ((0, 3, ValueError), (0, 99, IndexError), (-1, 4, IndexError)):
        with pytest.raises(error):
            ldif_walk().blocks(b"a: b\n", start, end)
    with pytest.raises(ValueError, match="line feed"):
        runs_of(b"a")


def test_words_too_long_to_be_kept_are_refused() -> None:
    with pytest.raises(ValueError, match="range"):
        Words(["x" * 256])


@pytest.mark.parametrize("seed", range(40))
def test_every_width_sees_the_same(seed: int) -> None:
    rnd = random.Random(seed)
    for _ in range(40):
        text = mutated(rnd, piece(rnd, "ldif"), "ldif") + b"\n"
        start = min(rnd.choice((0, rnd.randrange(len(text)))), text.rfind(b"\n", 0, -1) + 1)
        seen = []
        for width in WIDTHS:
            walk = LdifWalk(
                Words(WANTED.attributes), CLASSES, PARENTS, Starts(["# requesting: "]),
                max_block=3_000, max_lines=40, utf8=False, width=width,
            )  # fmt: skip
            blocks = walk.blocks(text, start, len(text))
            # Once more, with the names known.
            assert walk.blocks(text, start, len(text)) == blocks
            seen.append((blocks, walk.passed_over, walk.lines, walk.utf8, walk.marked))
        assert seen == seen[:1] * len(WIDTHS)
        assert walk.lines == text.count(b"\n", start)
        assert all(text.count(b"\n", start, begin) == line for begin, _, line in blocks)


@given(
    st.lists(st.text(max_size=30) | st.text("\x7f\x80\u07ff\u0800\uffff\U0001f4a9ab"), max_size=9)
)
def test_utf16_becomes_utf8_at_every_width(parts: list[str]) -> None:
    text = "".join(parts)
    for width in WIDTHS:
        assert utf8_of(text.encode("utf-16-le"), False, width) == text.encode()
        assert utf8_of(text.encode("utf-16-be"), True, width) == text.encode()


@given(st.text(max_size=30), st.sampled_from("\ud800\udbff\udc00\udfff"), st.text(max_size=30))
def test_half_of_a_letter_is_told_at_every_width(before: str, half: str, behind: str) -> None:
    text = (before + half + behind).encode("utf-16-le", "surrogatepass")
    for width in WIDTHS:
        assert utf8_of(text, False, width) is None
