"""Text in the code pages of the world: what is told of it, and what is read all the same."""

import gzip
import zipfile
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readers import csv_tally, ldif_tally, read, read_all, shape

from analyzer.dump.code_pages import ForeignWords, likely_code_page, likely_double_byte

NAMES = {
    "cp1250": ["Zażółć gęślą", "Łódź", "Kraków", "Wrocław", "Poznań", "Świętokrzyskie"],
    "cp1251": ["Отдел продаж", "Москва", "Первая административная группа", "Бухгалтерия"],
    "cp1252": ["Zürich", "Geschäftsführung", "Büro Köln", "Größe", "Erste Gruppe München"],
    "cp1253": ["Αθήνα", "Θεσσαλονίκη", "Πωλήσεις", "Διαχείριση"],
    "cp1254": ["İstanbul", "Şişli", "Yönetim Grubu", "Beyoğlu", "Müşteri Hizmetleri"],
    "cp1255": ["תל אביב", "מכירות", "ירושלים", "הנהלה"],
    "cp1256": ["القاهرة", "المبيعات", "الإدارة", "الرياض"],
    "cp874": ["กรุงเทพ", "ฝ่ายขาย", "เชียงใหม่", "ผู้ดูแลระบบ"],
    "cp932": ["東京営業部", "表参道", "ソフト開発", "能力開発", "大阪支社", "予算課"],
    "gbk": ["北京", "上海销售部", "管理组", "广州"],
    "cp949": ["서울", "영업부", "관리 그룹", "부산"],
    "cp950": ["台北", "業務部", "管理群組", "成功大學", "許功蓋"],
    "cp850": ["Zürich", "Geschäftsführung", "Büro Köln", "Größe", "Äußere Straße", "Düsseldorf"],
    "cp852": ["Łódź", "Kraków", "Wrocław", "Poznań", "Świętokrzyskie", "Zażółć gęślą jaźń"],
    "cp866": ["Отдел продаж", "Москва", "Первая административная группа", "Бухгалтерия"],
}
SAME = {"cp850": ("cp850", "cp437")}
"""Code pages in which the names have the same bytes."""
ORG = "CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com"


def dn(name: str, number: int) -> str:
    group = f"CN={name},CN=Administrative Groups,CN=Org,{ORG}"
    return f"CN={number},CN=SMTP,CN=Protocols,CN=EX{number:02},CN=Servers,{group}"


def dns(names: Sequence[str], servers: int = 20) -> list[str]:
    return [dn(names[number % len(names)], number) for number in range(1, servers + 1)]


def ldif(names: Sequence[str], servers: int = 20) -> str:
    return "".join(
        f"dn: {dn}\nchangetype: add\nobjectClass: protocolCfgSMTPServer\ncn: 1\n\n"
        for dn in dns(names, servers)
    )


def table(names: Sequence[str], servers: int = 20) -> str:
    rows = [f'"{dn}",protocolCfgSMTPServer,1\r\n' for dn in dns(names, servers)]
    return "DN,objectClass,cn\r\n" + "".join(rows)


def words_of(text: bytes) -> tuple[bytes, ...]:
    words = ForeignWords()
    words.look_at(text)
    return words.words


@pytest.mark.parametrize("page", NAMES)
@pytest.mark.parametrize("form", [ldif, table])
def test_code_page_is_told_by_the_names(page: str, form, tmp_path: Path) -> None:
    text = form(NAMES[page])
    assert likely_code_page(words_of(text.encode(page))) in SAME.get(page, (page,))
    path = tmp_path / "dump"
    path.write_bytes(text.encode(page))
    reading = read(path)
    (told,) = [text for text in reading.input.warnings if "no UTF-8" in text]
    assert "--encoding" in told
    if page == "cp1252":
        assert told == "text that is no UTF-8 was read as cp1252; --encoding overrules it"
    else:
        assert any(same in told for same in SAME.get(page, (page,)))
    named = read(path, encoding=page)
    assert [entry.dn for entry in named.entries] == dns(NAMES[page])
    assert not [text for text in named.input.warnings if "no UTF-8" in text]


@pytest.mark.parametrize("page", ["cp932", "gbk", "cp949", "cp950"])
def test_double_bytes_are_told_from_two_names_on(page: str) -> None:
    names = NAMES[page]
    for number in range(len(names) - 1):
        assert likely_double_byte(words_of(table(names[number : number + 2]).encode(page))) == page


@pytest.mark.parametrize(("page", "odd"), [("cp932", "表"), ("cp932", "ソ"), ("cp950", "功")])
@pytest.mark.parametrize("form", [ldif, table])
@pytest.mark.parametrize("packing", ["plain", "gzip", "zip"])
def test_names_that_are_no_dns_in_cp1252_are_read_in_their_code_page(
    page: str, odd: str, form, packing: str, tmp_path: Path
) -> None:
    # The second byte of these letters is a backslash.
    assert odd.encode(page)[1:] == b"\\"
    data = form(NAMES[page]).encode(page)
    path = tmp_path / "dump"
    path.write_bytes(gzip.compress(data) if packing == "gzip" else data)
    if packing == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("dump", data)
    (reading,) = read_all(path)
    assert reading.unreadable == ()
    assert [entry.dn for entry in reading.entries] == dns(NAMES[page])
    assert reading.input.encoding == page
    (told,) = [text for text in reading.input.warnings if "no UTF-8" in text]
    assert f"was read as {page}" in told


def test_other_damage_is_no_reason_to_read_in_another_code_page(tmp_path: Path) -> None:
    path = tmp_path / "dump"
    path.write_bytes((ldif(NAMES["cp1252"]) + "dn: no dn\ncn: a\n\n").encode("cp1252"))
    reading = read(path)
    assert (reading.input.encoding, len(reading.unreadable)) == ("cp1252", 1)
    assert [entry.dn for entry in reading.entries] == dns(NAMES["cp1252"])


def test_katakana_alone_is_japanese() -> None:
    words = words_of("\n".join(["セントルシア", "カタール", "グリーンランド"]).encode("cp932"))
    assert likely_code_page(words) == likely_double_byte(words) == "cp932"


def test_nothing_is_taken_for_the_assumed_code_page() -> None:
    assert likely_code_page([]) == "cp1252"
    assert likely_double_byte([b"a\x81", b"\xff\xff\xff"]) == ""


@pytest.mark.parametrize(
    ("named", "right"),
    [
        ("distinguishedName::", False),
        ("distinguishedName:: ", False),
        (f"distinguishedName:: {b64encode(dn('Zürich', 1).encode()).decode()}", True),
        (f"distinguishedName:: {b64encode(dn('Zürich', 1).encode('cp1252')).decode()}", False),
    ],
)
def test_distinguished_name_in_base64_wins_where_it_says_something(
    named: str, right: bool, tmp_path: Path
) -> None:
    # As in ldifde of a machine with another code page: the dn line is in that one.
    records = "".join(
        f"dn: {dn('Zürich', number)}\nobjectClass: protocolCfgSMTPServer\n{named}\n\n"
        for number in (1, 2)
    )
    path = tmp_path / "dump"
    path.write_bytes(records.encode("cp850"))
    found = [entry.dn for entry in read(path).entries]
    as_cp1252 = [dn("Z\x81rich", number) for number in (1, 2)]
    assert found == ([dn("Zürich", 1)] * 2 if right else as_cp1252)


def test_control_characters_of_a_wrong_code_page_are_told(tmp_path: Path) -> None:
    path = tmp_path / "dump"
    path.write_bytes(table(["Zürich", "Ångström"], 2).encode("cp850"))
    warnings = read(path).input.warnings
    assert any("control characters stand among the letters (line" in text for text in warnings)
    path.write_bytes(table(["Zürich", "Ångström"], 2).encode("cp1252"))
    assert not any("control characters" in text for text in read(path).input.warnings)


FOLDED = "dn: CN=Z\xfcri\n ch,DC=a\ninfo: \xe9\xe8\n\n".encode()
MIXED = (
    b"dn: CN=a,DC=x\ncn: B\xfcro\n\n"
    + FOLDED.replace(b"\xc3\xbc", b"\xc3\n \xbc")
    + b"dn: CN=b,DC=x\ncn: B\xe9\ninfo: \xd0\n\n"
)
CSV = (
    b'DN,objectClass,cn\n"CN=a,DC=x",top,B\xfcro\n"CN=b,DC=x",top,"\xc3\n \xbc"\n'
    b'"CN=c,DC=x",top,\xd0\xff\n'
)
LONG = b"\xc3\xbc" * 100
OVERSIZED = b'DN,objectClass,cn\n"CN=a,DC=x",top,' + LONG + b'x\n"CN=b,DC=x",top,a\n'


@pytest.mark.parametrize("data", [MIXED, FOLDED, MIXED + b"dn: CN=c\ncn: \xfc"])
@pytest.mark.parametrize("scanning", [False, True])
def test_what_is_told_of_ldif_does_not_depend_on_chunks(data: bytes, scanning: bool) -> None:
    expected = shape(ldif_tally(data, len(data), scanning=scanning))
    for chunk in range(1, 65):
        assert shape(ldif_tally(data, chunk, scanning=scanning)) == expected


@pytest.mark.parametrize("data", [CSV, OVERSIZED, CSV + OVERSIZED.split(b"\n", 1)[1], CSV[:-1]])
@pytest.mark.parametrize("limit", [1 << 20, 50, 51, 52])
@pytest.mark.parametrize("scanning", [False, True])
def test_what_is_told_of_csv_does_not_depend_on_chunks(
    data: bytes, limit: int, scanning: bool
) -> None:
    expected = shape(csv_tally(data, len(data), limit=limit, scanning=scanning))
    for chunk in range(1, 65):
        assert shape(csv_tally(data, chunk, limit=limit, scanning=scanning)) == expected


PIECES = st.sampled_from(
    [
        *(b"dn: CN=a,DC=x\n", b"cn: a\n", b"\n", b" \n", b" fold\n", b"\r\n", b"\n\n", b"dn: "),
        *(b"# comment\n", b"cn: \xc3\n \xbc\n", b"cn: \xfc\n", b"x" * 90 + b"\n", b"   \n"),
        # So large that reading goes on behind them, in chunks that are smaller.
        *(b"cn: " + b"y" * 6_000 + b"\n", b"cn: " + b"\xfc" * 5_000 + b"\n"),
        b"dn: CN=b" + b"z" * 5_000 + b"\n",
    ]
)
ROWS = st.sampled_from(
    [
        *(b'"CN=a,DC=x",top,a\n', b'"CN=b,DC=x",top,\xfc\n', b'"CN=b,DC=x","\xc3\n', b'\xbc",a\n'),
        *(b"CN=c,top,a\n", b"\n", b'"', b",,\r\n", b'"CN=d,DC=x",top,' + b"\xc3\xbc" * 40 + b"\n"),
        b"\xc3\xbc" * 40,
    ]
)


@settings(max_examples=60)
@given(st.lists(PIECES, max_size=9), st.integers(1, 64), st.sampled_from([64, 1_000, 1 << 20]))
def test_any_ldif_is_told_the_same_in_chunks_of_any_size(
    parts: list[bytes], chunk: int, limit: int
) -> None:
    data = b"".join(parts)
    expected = shape(ldif_tally(data, max(1, len(data)), limit=limit))
    assert shape(ldif_tally(data, chunk, limit=limit)) == expected


@given(st.lists(ROWS, max_size=10), st.integers(1, 64), st.sampled_from([64, 100, 1 << 20]))
def test_any_csv_is_told_the_same_in_chunks_of_any_size(
    parts: list[bytes], chunk: int, limit: int
) -> None:
    data = b"DN,objectClass,cn\n" + b"".join(parts)
    expected = shape(csv_tally(data, len(data), limit=limit))
    assert shape(csv_tally(data, chunk, limit=limit)) == expected
