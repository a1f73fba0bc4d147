"""The samples are reproducible, and their bytes are those of the tools they imitate."""

import csv
import io
import itertools
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[2] / "samples"
DIALECTS = SAMPLES / "dialects"
QUIRKS = SAMPLES / "quirks"

# Worked out by hand from the layout, not with the encoder: the two examples of the format notes.
GRANT_TWO_HOSTS = (
    "18000080200000803c00008044000080010000004c00000000000000000000000100000002000000"
    "020000000300000004000000000000004c00008000000000000000000000000000000000ffffffff"
    "0a0102030a010204"
)
DENY_ONE_HOST = (
    "18000080340000803c00008044000080010000004c000000010000000100000002000000020000000"
    "4000000000000004c000080000000000000000000000000000000000000000000000000ffffffffc0"
    "000207"
)


SNAPSHOT_TRUTH = SAMPLES / "contoso-snapshot.expected.json"


def lines_of(path: Path, codec: str) -> list[str]:
    return path.read_bytes().decode(codec).split("\n")


def test_regenerating_the_samples_gives_the_committed_bytes(tmp_path: Path) -> None:
    root = SAMPLES.parent
    command = [sys.executable, str(SAMPLES / "generate.py"), str(tmp_path)]
    subprocess.run(command, check=True, cwd=root, env={"PYTHONPATH": str(root)})
    printed = {
        str(path.relative_to(tmp_path)): path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    assert len(printed) > 90
    differing = [name for name, data in printed.items() if (SAMPLES / name).read_bytes() != data]
    assert differing == []


def test_every_committed_dump_is_printed_by_the_generator_and_has_its_truth_beside_it() -> None:
    dumps = [
        path
        for folder in (SAMPLES, DIALECTS)
        for path in folder.iterdir()
        if path.suffix in (".ldf", ".ldif", ".csv", ".dat")
    ]
    assert len(dumps) == 29
    assert [path.name for path in dumps if not path.with_suffix(".expected.json").exists()] == []
    assert [path.name for path in SAMPLES.rglob("*") if path.stat().st_size > 400_000] == []


def test_ldifde_ansi_has_crlf_only_and_raw_windows_1252_only_in_dn_lines() -> None:
    data = (SAMPLES / "contoso-2003.ldf").read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n") == data.count(b"\r")
    assert data.endswith(b"\r\n\r\n")
    eight_bit = [line for line in data.split(b"\r\n") if not line.isascii()]
    assert eight_bit
    assert all(line.startswith(b"dn: ") for line in eight_bit)
    assert b"CN=Erste Gruppe Z\xfcrich," in eight_bit[-1]


def test_ldifde_never_folds_the_dn_and_puts_a_long_value_on_the_next_line() -> None:
    lines = lines_of(SAMPLES / "contoso-2003.ldf", "cp1252")
    assert max(len(line) for line in lines if line.startswith("dn: ")) > 200
    folded = [number for number, line in enumerate(lines) if line.startswith(" ")]
    assert {len(lines[number].rstrip("\r")) for number in folded} <= set(range(2, 80))
    heads = [lines[number - 1] for number in folded if not lines[number - 1].startswith(" ")]
    assert all(re.fullmatch(r"[A-Za-z]+::? \r", head) for head in heads)
    records = "\n".join(lines).split("\r\n\r\n")
    assert all(re.match(r"dn: .*\r\nchangetype: add\r\nobjectClass: top", r) for r in records[:-1])


def test_ldifde_unicode_is_utf_16_with_its_mark_and_plain_text() -> None:
    data = (SAMPLES / "contoso-2003-unicode.ldf").read_bytes()
    assert data[:2] == b"\xff\xfe"
    assert data[2:4] == "d".encode("utf-16-le")
    text = data[2:].decode("utf-16-le")
    assert "cn: Erste Gruppe Zürich\r\n" in text
    assert "classDisplayName: ユーザー\r\n" in text


def test_ldapsearch_folds_at_78_columns_and_comments_at_79() -> None:
    lines = lines_of(SAMPLES / "contoso-ldapsearch.ldif", "ascii")
    folded = {
        len(before)
        for before, line in itertools.pairwise(lines)
        if line.startswith(" ") and not before.startswith(("#", "CNF:"))
    }
    assert folded == {78}
    comments = {
        len(before)
        for before, line in itertools.pairwise(lines)
        if line.startswith(" ") and before.startswith("#")
    }
    assert comments == {79}
    assert lines[:3] == ["# extended LDIF", "#", "# LDAPv3"]
    assert lines[-6:-3] == ["search: 2", "result: 0 Success", ""]
    assert lines[-3:] == ["# numResponses: 85", "# numEntries: 84", ""]


def test_ldapsearch_writes_a_conflict_object_into_its_comment_with_the_line_feed() -> None:
    text = (SAMPLES / "contoso-ldapsearch.ldif").read_text("ascii")
    assert re.search(r"\n# 2\nCNF:[0-9a-f-]{36}, SMTP, Protocols, ZRH-EX2.*\n .*\n.*\ndn:: ", text)


def test_ldapsearch_repeats_the_version_between_pages() -> None:
    text = (DIALECTS / "ldapsearch-paged-LL.ldif").read_text("ascii")
    assert text.count("version: 1\n\n") == 4
    assert text.count("\n\n# pagedresults: cookie=BwAAAAAAAAA=\nversion: 1\n\ndn: ") == 1
    quiet = (DIALECTS / "ldapsearch-paged-LLL.ldif").read_text("ascii")
    assert "version:" not in quiet
    assert "\n\n# pagedresults: cookie=BwAAAAAAAAA=\ndn: " in quiet
    chatty = (DIALECTS / "ldapsearch-paged.ldif").read_text("ascii")
    assert chatty.count("# extended LDIF\n") == chatty.count("result: 0 Success\n") == 4
    # The BER control value as OpenLDAP prints it: a sequence of size 0 and the cookie.
    assert "control: 1.2.840.113556.1.4.319 false MA0CAQAECAcAAAAAAAAA\n" in chatty
    assert "control: 1.2.840.113556.1.4.319 false MAUCAQAEAA==\n" in chatty


def test_ldapsearch_modes_leave_out_what_the_mode_leaves_out() -> None:
    one = (DIALECTS / "ldapsearch-L.ldif").read_text("ascii")
    assert one.startswith("version: 1\n\n#\n# LDAPv3\n")
    assert "\n# search result\n\n# numResponses: 28\n# numEntries: 27\n" in one
    two = (DIALECTS / "ldapsearch-LL.ldif").read_text("ascii")
    assert two.startswith("version: 1\n\ndn: ")
    assert "#" not in two
    assert (DIALECTS / "ldapsearch-LLL.ldif").read_text("ascii").startswith("dn: ")
    assert "\n " not in (DIALECTS / "ldapsearch-no-wrap.ldif").read_text("ascii")


def test_ldbsearch_writes_the_dn_raw_and_sorts_the_attributes() -> None:
    text = (DIALECTS / "ldbsearch.ldif").read_text("utf-8")
    assert text.startswith("# record 1\ndn: CN=EX01,CN=Servers,")
    assert "dn: CN=1,CN=SMTP,CN=Protocols,CN=ZRH-EX1,CN=Servers,CN=Erste Gruppe Zürich," in text
    assert text.endswith("\n# returned 27 records\n# 27 entries\n# 0 referrals\n")
    record = text.split("# record 2\n")[1].split("\n\n")[0]
    names = re.findall(r"^([A-Za-z]+):", record, re.M)[1:-1]
    assert names == sorted(names, key=str.lower)


def test_studio_leaves_a_tail_of_two_characters_on_the_line() -> None:
    text = (DIALECTS / "studio.ldif").read_bytes()
    assert text.startswith(b"version: 1\r\n\r\ndn: ")
    lines = text.decode("ascii").split("\r\n")
    lengths = {len(before) for before, line in itertools.pairwise(lines) if line.startswith(" ")}
    assert lengths == {76}
    assert max(map(len, lines)) <= 78
    assert min(len(line) for line in lines if line.startswith(" ")) > 3


def test_jxplorer_folds_base64_only() -> None:
    lines = lines_of(DIALECTS / "jxplorer.ldif", "ascii")
    assert lines[0] == "version: 1"
    assert lines[1].startswith("dn: CN=EX01,")
    heads = [
        before
        for before, line in itertools.pairwise(lines)
        if line.startswith(" ") and not before.startswith(" ")
    ]
    assert {len(head) for head in heads} == {76}
    assert all(":: " in head for head in heads)


@pytest.mark.parametrize(
    ("name", "codec", "start"),
    [
        ("contoso-csvde.csv", "cp1252", ["DN", "objectClass", "cn", "distinguishedName"]),
        ("dialects/csvde-unicode.csv", "utf-16", ["DN", "objectClass", "cn", "serialNumber"]),
    ],
)
def test_csvde_has_columns_by_first_occurrence_and_the_leaf_class(
    name: str, codec: str, start: list[str]
) -> None:
    text = (SAMPLES / name).read_bytes().decode(codec)
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert header[:4] == start
    assert {len(row) for row in rows} == {len(header)}
    assert rows[-1][1] in ("msExchRoutingSMTPConnector", "protocolCfgSMTPServer")
    assert not any("\\\\" in row[0] or ";" in row[1] for row in rows)


def test_csvde_joins_and_escapes_values() -> None:
    text = (SAMPLES / "contoso-csvde.csv").read_bytes().decode("cp1252")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    partner = next(row for row in rows if row["adminDisplayName"] == "Partner relay\\; two hosts")
    assert partner["msExchSmtpRelayIpList"] == f"X'{GRANT_TWO_HOSTS}'"
    assert partner["msExchSmtpQueueDirectory"].startswith("C:\\\\Program Files\\\\")
    two = next(row for row in rows if row["adminDisplayName"] == "Scanner und Drucker")
    assert two["msExchServerBindings"] == "192.168.30.5:25:;192.168.30.5:2525:"
    group = next(row for row in rows if row["cn"] == "Sales, EMEA")
    assert group["DN"].startswith("CN=Sales\\, EMEA,")
    assert group["distinguishedName"].startswith("CN=Sales\\\\, EMEA,")
    assert ',protocolCfgSMTPServer,1,"CN=1,' in text
    single = (DIALECTS / "csvde-single-backslash.csv").read_bytes().decode("cp1252")
    assert "C:\\Program Files\\Exchsrvr\\Mailroot" in single
    assert "\\\\" not in single
    assert "Partner relay\\; two hosts" in single


def test_spreadsheet_separates_with_semicolons_and_quotes_what_holds_one() -> None:
    text = (DIALECTS / "csvde-saved-by-spreadsheet.csv").read_bytes().decode("cp1252")
    assert text.startswith("DN;objectClass;cn;serialNumber;")
    assert '"192.168.30.5:25:;192.168.30.5:2525:"' in text
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert len({len(row) for row in rows}) == 1


def test_studio_csv_loses_octets_as_a_word_or_as_mangled_text() -> None:
    word = (DIALECTS / "studio-binary-as-word.csv").read_bytes().decode("cp1252")
    assert word.startswith("dn,objectClass,cn,adminDisplayName,")
    assert word.count(',"BINARY"\r\n') == 7
    assert '"top|protocolCfg|protocolCfgSMTP|protocolCfgSMTPServer"' in word
    mangled = (DIALECTS / "studio-binary-mangled.csv").read_bytes().decode("utf-8")
    assert "BINARY" not in mangled
    assert mangled.count("\N{REPLACEMENT CHARACTER}") > 7


def test_powershell_5_writes_types_instead_of_values_and_question_marks() -> None:
    data = (DIALECTS / "powershell-5.csv").read_bytes()
    assert data.startswith(b'#TYPE Microsoft.ActiveDirectory.Management.ADObject\r\n"adminD')
    assert b"CN=Erste Gruppe Z?rich" in data
    assert data.count(b'"Microsoft.ActiveDirectory.Management.ADPropertyValueCollection"') >= 20
    header = data.split(b"\r\n")[1].decode("ascii").replace('"', "").split(",")
    assert header == sorted(header, key=str.lower)
    assert "msExchSmtpRelayIpList" not in header
    assert b'"False"' in data


def test_powershell_7_writes_no_type_line_and_leaves_absent_values_unquoted() -> None:
    text = (DIALECTS / "powershell-7.csv").read_bytes().decode("utf-8")
    assert text.startswith('"DistinguishedName","ObjectClass",')
    assert text.count('"System.Byte[]"') == 7
    assert ',"True",\r\n' in text
    assert "CN=Erste Gruppe Zürich" in text


def test_limited_exports_hold_the_dn_and_the_chosen_attributes() -> None:
    lines = lines_of(DIALECTS / "ldifde-one-attribute.ldf", "cp1252")
    names = {line.split(":")[0] for line in lines if line.strip()}
    assert names == {"dn", "changetype", "msExchSmtpRelayForAuth"}
    text = (DIALECTS / "ldapsearch-two-attributes.ldif").read_text("ascii")
    assert set(re.findall(r"^([A-Za-z]+):", text, re.M)) == {
        *("dn", "msExchSmtpRelayForAuth", "msExchSmtpRelayIpList")
    }


def test_relay_lists_are_the_bytes_worked_out_by_hand() -> None:
    text = (DIALECTS / "csvde-single-backslash.csv").read_bytes().decode("cp1252")
    assert f"X'{GRANT_TWO_HOSTS}'" in text
    assert f"X'{DENY_ONE_HOST}'" in text


def test_every_kind_of_object_of_the_tree_is_in_the_sample_of_make_report() -> None:
    text = (SAMPLES / "contoso-2003.ldf").read_bytes().decode("cp1252")
    counts = {
        name: text.count(f"\r\nobjectClass: {name}\r\n")
        for name in (
            *("msExchOrganizationContainer", "msExchAdminGroup", "msExchExchangeServer"),
            *("protocolCfgSMTPServer", "protocolCfgSharedServer", "msExchMessageDeliveryConfig"),
            *("msExchRoutingGroup", "msExchRoutingSMTPConnector", "msExchRoutingGroupConnector"),
        )
    }
    assert list(counts.values()) == [1, 3, 7, 20, 7, 1, 2, 2, 1]


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("utf8-bom.ldif", b"\xef\xbb\xbfdn: "),
        ("utf16be.ldf", b"\xfe\xff\x00d\x00n"),
        ("utf16le-no-bom.ldf", b"d\x00n\x00:\x00"),
        ("dn-in-capitals.ldif", b"DN: "),
        ("fold-width-3.ldif", b"dn:\n  C\n N=\n"),
        ("extended-dn-guid-sid.ldif", b"dn: <GUID="),
    ],
)
def test_quirks_start_with_their_oddity(name: str, start: bytes) -> None:
    assert (QUIRKS / name).read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("utf8-bom-mid-file.ldif", b"\n\n\xef\xbb\xbfversion: 1\n"),
        ("tab-continuation.ldif", b"\n\t"),
        ("mixed-line-ends.ldif", b"top\r\nobjectClass: protocolCfg\n"),
        ("blank-separator-with-spaces.ldif", b"\n   \ndn: "),
        ("two-exports-glued-without-blank-line.ldif", b"FALSE\ndn: "),
        ("cp1252-dn-with-base64-distinguishedname.ldf", b"Z\xfcrich"),
        ("url-value.ldif", b"msExchSmtpRelayIpList:< file:///"),
        ("relay-list-zero-length.ldif", b"\nmsExchSmtpRelayIpList:\n"),
        ("range-option.ldif", b"\nmsExchServerBindings;range=0-1:: "),
        ("line-without-colon.ldif", b"\nthis line has no mark after its name\n"),
        ("bad-base64-value.ldif", b":: GAAAg%%%\n"),
    ],
)
def test_quirks_hold_their_oddity(name: str, part: bytes) -> None:
    assert part in (QUIRKS / name).read_bytes()


def test_no_final_newline_means_none() -> None:
    assert (QUIRKS / "no-final-newline.ldif").read_bytes().endswith(b"FALSE")
    assert (QUIRKS / "truncated-last-record.ldif").read_bytes().endswith(b"RelayFor")


def test_wide_and_long_csv_is_wider_and_longer_than_readers_expect() -> None:
    header, _, authority, _ = (QUIRKS / "csvde-wide-and-long.csv").read_text("ascii").splitlines()
    assert header.count(",") == 1099
    assert max(map(len, authority.split(","))) > 131_072


@pytest.mark.parametrize(
    "path",
    sorted(set(SAMPLES.rglob("*.expected.json")) - {SNAPSHOT_TRUTH}),
    ids=lambda path: path.name.split(".")[0],
)
def test_lines_of_the_truth_point_at_the_object_and_its_attributes(path: Path) -> None:
    truth = json.loads(path.read_text("utf-8"))
    (dump,) = (other for other in path.parent.glob(path.name.replace(".expected.json", ".[lc]*")))
    codec = truth["input"]["encoding"].replace("utf-16-le", "utf-16")
    lines = lines_of(dump, codec)
    assert len(truth["virtual_servers"]) == 20
    for server in truth["virtual_servers"]:
        first = lines[server["line"] - 1]
        number = str(server.get("number", "2\\0ACNF:"))
        if dump.suffix == ".csv":
            assert f"CN={number}" in "\n".join(lines[server["line"] - 1 : server["last_line"]])
            continue
        assert re.match(r"dn:: Q049M|dn: CN=\d", first)
        assert lines[server["last_line"]].strip() == ""
        assert lines[server["last_line"] - 1].strip() != ""
        for name, setting in server["settings"].items():
            if setting["state"] == "set":
                assert lines[setting["line"] - 1].startswith(f"{name}:")


def test_offsets_of_the_truth_point_at_the_object() -> None:
    data = (SAMPLES / "contoso-snapshot.dat").read_bytes()
    servers = json.loads(SNAPSHOT_TRUTH.read_text("utf-8"))["virtual_servers"]
    assert len(servers) == 20
    for server in servers:
        size = int.from_bytes(data[server["offset"] : server["offset"] + 4], "little")
        text = server["dn"].encode("utf-16-le")
        assert text in data[server["offset"] : server["offset"] + size]
