"""CSV as people have it: octets as text, DNs without quotes, columns taken out, letters lost."""

import base64
import csv
import io
from pathlib import Path

import pytest
from readers import read

from analyzer.directory.address_list import AddressList
from analyzer.dump.entry import Notation
from analyzer.inventory import build_inventory

ORG = "CN=Org,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com"
GROUP = f"CN=Sales\\, EMEA,CN=Administrative Groups,{ORG}"
LIST = bytes.fromhex(
    "18000080200000803c00008044000080010000004c0000000000000000000000010000000200000002000000"
    "0300000004000000000000004c00008000000000000000000000000000000000ffffffff0a0102030a010204"
)
GUID = bytes(range(16))
PATH = "C:\\Program Files\\Exchsrvr\\BadMail"


def dn(number: int = 1, group: str = GROUP) -> str:
    return f"CN={number},CN=SMTP,CN=Protocols,CN=EX0{number},CN=Servers,{group}"


def table(*rows: dict[str, str], quoting: int = csv.QUOTE_ALL, delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(
        out, list(rows[0]), quoting=quoting, delimiter=delimiter, lineterminator="\r\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "dump.csv"
    path.write_bytes(text.encode(encoding))
    return path


def studio(number: int, **cells: str) -> dict[str, str]:
    classes = "top|protocolCfg|protocolCfgSMTP|protocolCfgSMTPServer"
    return {"dn": dn(number), "cn": str(number), "objectClass": classes, **cells}


@pytest.mark.parametrize(
    ("written", "notation"),
    [
        (lambda octets: base64.b64encode(octets).decode(), Notation.BASE64),
        (bytes.hex, Notation.HEX),
        (lambda octets: octets.hex().upper(), Notation.HEX),
    ],
    ids=["base64", "hex", "HEX"],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("everything", [False, True])
def test_octets_of_directory_studio_are_decoded_as_it_was_told_to_write_them(
    written, notation: Notation, delimiter: str, everything: bool, tmp_path: Path
) -> None:
    # No text of the second row tells what the file does; the first one's list does.
    rows = [
        studio(1, msExchSmtpRelayIpList=written(LIST), objectGUID=written(GUID)),
        studio(2, msExchSmtpRelayIpList="", objectGUID=written(b"\1" + GUID[1:])),
        studio(3, msExchSmtpRelayIpList=written(b"\0" * 4), objectGUID=written(GUID[::-1])),
    ]
    head = table(rows[0], quoting=csv.QUOTE_NONE, delimiter="\x01").splitlines()[0]
    body = table(*rows, delimiter=delimiter).split("\r\n", 1)[1]
    path = write(tmp_path, head.replace("\x01", delimiter) + "\r\n" + body)
    reading = read(path, parse_all=everything)
    assert reading.input.dialect == "studio"
    first, second, third = build_inventory([reading]).objects
    assert reading.entries[0].attributes["msexchsmtprelayiplist"] == (LIST,)
    setting = first.settings["msExchSmtpRelayIpList"]
    assert isinstance(setting.decoded, AddressList)
    assert (setting.text, setting.notation) == ("only 10.1.2.3/32, 10.1.2.4/32", notation)
    assert setting.raw == LIST.hex()
    assert first.guid == "03020100-0504-0706-0809-0a0b0c0d0e0f"
    assert second.guid is not None
    assert third.settings["msExchSmtpRelayIpList"].raw == "00000000"
    # What is text stays text, though `1` or a name could be hex or base64 as well.
    assert reading.entries[2].attributes["cn"] == (b"3",)


@pytest.mark.parametrize("written", [base64.b64encode(GUID).decode(), GUID.hex()])
def test_a_guid_alone_tells_how_octets_are_written(written: str, tmp_path: Path) -> None:
    path = write(tmp_path, table(studio(1, objectGUID=written)).replace('"dn"', "dn", 1))
    (entry,) = read(path).entries
    assert entry.attributes["objectguid"] == (GUID,)


def test_base64_is_never_read_as_the_list_itself(tmp_path: Path) -> None:
    cut = base64.b64encode(LIST).decode()[:-3]
    path = write(tmp_path, table(studio(1, msExchSmtpRelayIpList=cut)))
    (server,) = build_inventory([read(path)]).objects
    assert server.settings["msExchSmtpRelayIpList"].state == "undecodable"


def test_dn_without_its_quotes_is_told(tmp_path: Path) -> None:
    bare = dn(group=f"CN=AG,CN=Administrative Groups,{ORG}")
    columns = ["DN", "objectClass", "cn", *(f"a{n}" for n in range(20))]
    narrow = f"DN,objectClass,cn\r\n{bare},protocolCfgSMTPServer,1\r\n"
    wide = f"{','.join(columns)}\r\n{bare},protocolCfgSMTPServer,1\r\n"
    for text, told in ((narrow, "13"), (wide, "13")):
        (fault,) = read(write(tmp_path, text)).unreadable
        assert "its DN has lost its quotes and fell apart at the commas" in fault.reason
        assert fault.reason.startswith("the row has")
        assert fault.record
        assert told


def csvde(number: int, *, doubled: bool) -> dict[str, str]:
    """Return a row as csvde writes it, the column DN aside."""
    cells = {
        "objectClass": "protocolCfgSMTPServer",
        "distinguishedName": dn(number),
        "cn": str(number),
        "msExchSmtpBadMailDirectory": PATH,
        "msExchSmtpRelayIpList": f"X'{LIST.hex()}'",
    }
    double = ("distinguishedName", "msExchSmtpBadMailDirectory") if doubled else ()
    return cells | {name: cells[name].replace("\\", "\\\\") for name in double}


@pytest.mark.parametrize("doubled", [False, True])
@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("paths", [False, True])
def test_csvde_without_its_first_column_is_read(
    doubled: bool, everything: bool, paths: bool, tmp_path: Path
) -> None:
    rows = [csvde(number, doubled=doubled) for number in range(1, 8)]
    for row in rows:
        if not paths:
            del row["msExchSmtpBadMailDirectory"]
    reading = read(write(tmp_path, table(*rows)), parse_all=everything)
    assert reading.unreadable == ()
    assert [entry.dn for entry in reading.entries] == [dn(number) for number in range(1, 8)]
    if paths:
        found = {entry.texts("msExchSmtpBadMailDirectory") for entry in reading.entries}
        assert found == {(PATH,)}


def test_backslash_in_a_name_is_doubled_where_the_file_doubles(tmp_path: Path) -> None:
    odd = dn(group=f"CN=A\\\\B,CN=Administrative Groups,{ORG}")
    for doubled in (False, True):
        row = csvde(1, doubled=False) | {"distinguishedName": odd}
        if doubled:
            row = {name: cell.replace("\\", "\\\\") for name, cell in row.items()}
        (entry,) = read(write(tmp_path, table(row))).entries
        assert entry.dn == odd


def test_letters_lost_to_question_marks_are_told(tmp_path: Path) -> None:
    lost = dn(group=f"CN=???? ?????,CN=Administrative Groups,{ORG}")
    row = {"DistinguishedName": lost, "ObjectClass": "protocolCfgSMTPServer", "CN": "1"}
    reading = read(write(tmp_path, table(row)))
    assert any("names hold ? where letters may" in text for text in reading.input.warnings)
    (server,) = build_inventory([reading]).objects
    assert any("letters that were lost" in note for note in server.notes)


def test_word_of_a_spreadsheet_is_a_boolean(tmp_path: Path) -> None:
    rows = [
        {"DN": dn(number), "objectClass": "protocolCfgSMTPServer", "msExchSmtpRelayForAuth": word}
        for number, word in enumerate(("FALSCH", "WAHR", "FALSE "), 1)
    ]
    path = write(tmp_path, table(*rows, delimiter=";", quoting=csv.QUOTE_MINIMAL), "cp1252")
    servers = build_inventory([read(path)]).objects
    settings = [server.settings["msExchSmtpRelayForAuth"] for server in servers]
    assert [setting.value for setting in settings] == [False, True, False]
    assert all(setting.reason for setting in settings)
