"""Records of LDIF by hand: bytes in, entries, lines and damage out."""

import base64
import hashlib

import pytest
from readers import ldif_tally, lines, simple

from analyzer.dump.entry import Notation

A, B = "CN=a,DC=example", "CN=b,DC=example"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"dn: CN=a,DC=example\ncn: a\n\n", [(A, {"cn": (b"a",)})]),
        (b"dn: CN=a,DC=example\ncn: a", [(A, {"cn": (b"a",)})]),
        (b"dn: CN=a,DC=example\r\ncn: a\r\n\r\n", [(A, {"cn": (b"a",)})]),
        (b"DN: CN=a,DC=example\nCN: a\n", [(A, {"cn": (b"a",)})]),
        (b"dn:CN=a,DC=example\ncn:a\n", [(A, {"cn": (b"a",)})]),
        (b"dn:   CN=a,DC=example\ncn:   a\n", [(A, {"cn": (b"a",)})]),
        (b"dn: CN=a,DC=example\ncn: a  \n", [(A, {"cn": (b"a  ",)})]),
        (b"dn: CN=a,DC=example\ncn:\ninfo::\n", [(A, {"cn": (b"",), "info": (b"",)})]),
        (b"dn: CN=a,DC=example\ncn: a\nCn: b\n", [(A, {"cn": (b"a", b"b")})]),
        (b"dn: CN=a,DC=example\ncn: a\nsn: s\ncn: b\n", [(A, {"cn": (b"a", b"b"), "sn": (b"s",)})]),
        (b"dn: CN=a,DC=exa\n mple\ncn: a\n b\n", [(A, {"cn": (b"ab",)})]),
        (b"dn: CN=a,DC=exa\n\tmple\ncn: a\n\tb\n", [(A, {"cn": (b"ab",)})]),
        (b"dn: CN=a,DC=example\ncn: \n a\n", [(A, {"cn": (b"a",)})]),
        (b"dn: CN=a,DC=example\ncn\n : a\n", [(A, {"cn": (b"a",)})]),
        (b"dn: CN=a,DC=example\ncn: a\0b\n", [(A, {"cn": (b"a\0b",)})]),
        (b"dn: CN=a,DC=example\ncn:: QQBi\n", [(A, {"cn": (b"A\0b",)})]),
        (b"dn:: Q049YSxEQz1leGFtcGxl\ncn: a\n", [(A, {"cn": (b"a",)})]),
        (b"dn: CN=a,DC=example\ncn;lang-de: a\n", [(A, {"cn;lang-de": (b"a",)})]),
        (b"dn: CN=a,DC=example\nchangetype: add\n", [(A, {"changetype": (b"add",)})]),
        (b"dn: CN=a,DC=example\nchangetype: ADD \n", [(A, {"changetype": (b"ADD ",)})]),
        (b"dn:\ncn: a\n", [("", {"cn": (b"a",)})]),
        (b"\xef\xbb\xbfdn: CN=a,DC=example\ncn: a\n", [(A, {"cn": (b"a",)})]),
        (b"dn: <GUID=1a>;<SID=1b>;CN=a,DC=example\ncn: a\n", [(A, {"cn": (b"a",)})]),
        (b"dn: CN=a,DC=example\n# no\n  no\ncn: a\n", [(A, {"cn": (b"a",)})]),
        (b"dn: CN=a,DC=example\ncn: a\n# no\n b\n", [(A, {"cn": (b"a",)})]),
        (b"dn: CN=a,DC=example\ninfo: \xfc\n", [(A, {"info": ("ü".encode(),)})]),
        (b"dn: CN=a,DC=example\ninfo: \x81\x80\n", [(A, {"info": ("\x81€".encode(),)})]),
        (b"dn: CN=a,DC=example\ninfo: \xc3\n \xbc\n", [(A, {"info": ("ü".encode(),)})]),
        (b"dn: CN=\xfc,DC=example\ncn: a\n", [("CN=ü,DC=example", {"cn": (b"a",)})]),
        (b"dn: CN=a\\, b,DC=example\ncn: a\n", [("CN=a\\, b,DC=example", {"cn": (b"a",)})]),
        (b'dn: CN="a, b",DC=example\ncn: a\n', [('CN="a, b",DC=example', {"cn": (b"a",)})]),
    ],
)
def test_a_record_reads_as(data: bytes, expected: list[object]) -> None:
    assert [simple(entry) for entry in ldif_tally(data).kept] == expected


@pytest.mark.parametrize(
    ("data", "places"),
    [
        (b"dn: CN=a,DC=example\ncn: a\n\ndn: CN=b,DC=example\ncn: b\n", [(A, 1, 2), (B, 4, 5)]),
        (b"\n\n# c\ndn: CN=a,DC=example\ncn: a\n\n\n\n", [(A, 4, 5)]),
        (b"version: 1\n\ndn: CN=a,DC=example\ncn: a\n", [(A, 3, 4)]),
        (b"version: 1\ndn: CN=a,DC=example\ncn: a\n", [(A, 2, 3)]),
        (b"dn: CN=a,DC=example\ncn: a\n# tail\n\n", [(A, 1, 2)]),
        (
            b"dn: CN=a,DC=example\ncn: a\n \n \t\ndn: CN=b,DC=example\ncn: b\n",
            [(A, 1, 2), (B, 5, 6)],
        ),
        (b"dn: CN=a,DC=example\ncn: a\ndn: CN=b,DC=example\ncn: b\n", [(A, 1, 2), (B, 3, 4)]),
        (
            b"dn: CN=a,DC=example\ncn: a\nversion: 1\ndn: CN=b,DC=example\ncn: b\n",
            [(A, 1, 2), (B, 4, 5)],
        ),
        (
            b"dn: CN=a,DC=example\ncn: a\n\xef\xbb\xbfdn: CN=b,DC=example\ncn: b\n",
            [(A, 1, 2), (B, 3, 4)],
        ),
        (
            b"dn: CN=a,DC=example\ncn: a\n b\n c\n\ndn: CN=b,DC=example\ncn: b\n",
            [(A, 1, 4), (B, 6, 7)],
        ),
        (
            b"dn: CN=a,DC=example\r\ncn: a\n\r\n\ndn: CN=b,DC=example\ncn: b\n",
            [(A, 1, 2), (B, 5, 6)],
        ),
    ],
)
def test_records_stand_on_their_lines(data: bytes, places: list[object]) -> None:
    kept = ldif_tally(data).kept
    assert [(e.dn, e.source.line, e.source.last_line) for e in kept] == places


@pytest.mark.parametrize(
    ("data", "entries", "damage"),
    [
        (
            b"dn: CN=a,DC=example\ncn:: %%%\nsn: s\n",
            1,
            [((2, 2), "value of cn is not valid base64")],
        ),
        (
            b"dn: CN=a,DC=example\ncn:: YQ\nsn: s\n",
            1,
            [((2, 2), "value of cn is not valid base64")],
        ),
        (b"dn: CN=a,DC=example\nno mark\nsn: s\n", 1, [((2, 2), "without colon")]),
        (b"dn: CN=a,DC=example\nx y: z\nsn: s\n", 1, [((2, 2), "no attribute name")]),
        (b"dn: CN=a,DC=example\nsn: s\n-\n", 1, [((3, 3), "'-'")]),
        (b"dn: CN=a,DC=example\na b\nc d\ne f\nsn: s\n", 1, [((2, 4), "without colon")]),
        (b"dn: CN=a,DC=example\na b\nsn: s\ne f\n", 1, [((2, 2), "colon"), ((4, 4), "colon")]),
        (b"cn: a\nsn: s\n\ndn: CN=b,DC=example\ncn: b\n", 1, [((1, 2), "a record without dn")]),
        (b"dn: CN=b,DC=example\ncn: b\n\nstray\n\n", 1, [((4, 4), "a record without dn")]),
        (b"dn: a,,b\ncn: a\n\n", 0, [((1, 2), "the dn is not valid")]),
        (b"dn: CN=a\0b\ncn: a\n\n", 0, [((1, 2), "the dn is not valid")]),
        (b"dn:< file:///etc/passwd\ncn: a\n\n", 0, [((1, 2), "URL")]),
        (b"dn:: %%%\ncn: a\n\n", 0, [((1, 2), "the dn is not valid base64")]),
        (b"dn:: /w==\ncn: a\n\n", 0, [((1, 2), "not UTF-8")]),
        (
            b"dn: CN=a\nchangetype: modify\nadd: cn\ncn: x\n-\n\n",
            0,
            [((1, 5), "changetype modify")],
        ),
        (b"dn: CN=a\nchangetype: delete\n\n", 0, [((1, 2), "changetype delete")]),
        (b"dn: CN=a,DC=example\ncn: a\n\ndn: CN=b,DC=exa", 1, [((4, 4), "cut")]),
        (b"dn: CN=a,DC=example\ncn: a\nobj", 1, [((3, 3), "without colon")]),
        (b"ref: ldap://x/\n\nsearch: 2\nresult: 0 Success\n\ndn: CN=a\ncn: a\n", 1, []),
        (b"search: 2\nresult: 0 x\ncontrol: 1.2 false AA==\n\ndn: CN=a\n\n", 1, []),
    ],
)
def test_damage_costs_a_value_or_a_record(
    data: bytes, entries: int, damage: list[tuple[tuple[int, int], str]]
) -> None:
    tally = ldif_tally(data)
    assert len(tally.kept) == entries
    assert lines(tally.unreadable) == [place for place, _ in damage]
    for item, (_, words) in zip(tally.unreadable, damage, strict=True):
        assert words in item.reason


def test_entries_are_counted_by_their_dn_lines_readable_or_not() -> None:
    tally = ldif_tally(
        b"dn: CN=a\ncn: a\n\ndn: a,,b\ncn: b\n\ndn: CN=c\nchangetype: delete\n\nref: x\n\n"
    )
    assert (tally.entries, len(tally.kept), len(tally.unreadable)) == (3, 1, 2)


def test_notation_and_lines_of_an_attribute_are_those_of_its_first_value() -> None:
    (entry,) = ldif_tally(b"dn: CN=a\ncn: a\nInfo:: YWJj\n ZGVm\ninfo: x\n").kept
    found = entry.fields["info"]
    assert (found.name, found.line, found.last_line) == ("Info", 3, 4)
    assert found.notation is Notation.BASE64
    assert found.values == (b"abcdef", b"x")


def test_url_is_lost_and_never_opened() -> None:
    (entry,) = ldif_tally(b"dn: CN=a\ninfo:< file:///etc/hostname\ncn: a\n").kept
    found = entry.fields["info"]
    assert (found.values, found.notation) == ((), Notation.URL)
    assert "never opened" in found.lost
    assert found.raw == "file:///etc/hostname"


def test_hash_of_an_entry_is_that_of_its_lines_in_the_file() -> None:
    text = b"dn: CN=a\r\ncn: a\r\n b\r\n"
    (entry,) = ldif_tally(b"# comment\r\n" + text + b"\r\n").kept
    assert entry.sha256 == hashlib.sha256(text).hexdigest()


def test_hash_of_an_entry_without_final_line_end_takes_what_is_there() -> None:
    (entry,) = ldif_tally(b"dn: CN=a\ncn: a").kept
    assert entry.sha256 == hashlib.sha256(b"dn: CN=a\ncn: a").hexdigest()


def test_base64_name_overrules_a_dn_that_is_no_utf8() -> None:
    name = base64.b64encode("CN=ž,DC=example".encode())
    (entry,) = ldif_tally(b"dn: CN=\x9e,DC=example\ndistinguishedName:: " + name + b"\n").kept
    assert entry.dn == "CN=ž,DC=example"


def test_base64_name_does_not_overrule_a_dn_that_is_utf8() -> None:
    name = base64.b64encode(b"CN=other,DC=example")
    (entry,) = ldif_tally(b"dn: CN=a,DC=example\ndistinguishedName:: " + name + b"\n").kept
    assert entry.dn == A


def test_only_a_part_of_the_values_is_noted() -> None:
    (entry,) = ldif_tally(b"dn: CN=a\nmember;range=0-1499: CN=b\n").kept
    assert [note for note in entry.notes if "member;range=0-1499" in note]
    (entry,) = ldif_tally(b"dn: CN=a\nmember;range=1500-*: CN=b\n").kept
    assert entry.notes == ()


def test_attribute_in_thousands_of_spellings_is_one() -> None:
    names = [
        "".join(c.upper() if number >> i & 1 else c for i, c in enumerate("abcdefghijkl"))
        for number in range(4096)
    ]
    (entry,) = ldif_tally(b"dn: CN=a\n" + b"".join(f"{n}: {n}\n".encode() for n in names)).kept
    assert entry.fields["abcdefghijkl"].values == tuple(name.encode() for name in names)


def test_dn_that_makes_regular_expressions_explode_is_judged_at_once() -> None:
    parts = b"+".join([b"cn=a"] * 40)
    tally = ldif_tally(b"dn: " + parts + b",\ncn: a\n\ndn: CN=b\ncn: b\n")
    assert lines(tally.unreadable) == [(1, 2)]
    assert [entry.dn for entry in tally.kept] == ["CN=b"]


def test_search_result_tells_of_a_size_limit() -> None:
    tally = ldif_tally(b"dn: CN=a\n\nsearch: 2\nresult: 4 Size limit exceeded\n")
    assert tally.end.result_codes == {4}
    tally = ldif_tally(b"dn: CN=a\n\nsearch: 2\nresult: 0 Success\n")
    assert tally.end.result_codes == {0}
