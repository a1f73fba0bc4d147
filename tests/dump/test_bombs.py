"""Small bombs: what is above a limit is refused with its reason, and what is below is read."""

import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from readers import csv_tally, ldif_tally

import analyzer
from analyzer import ReadError, inventory
from analyzer.dump import archive_limits, fault_limit, fault_runs, read_options, tally
from analyzer.dump.csv import csv_events
from analyzer.dump.ldif import record_parser
from analyzer.inventory import WANTED
from bench import bombs

ROOT = Path(__file__).parents[2]
PLAIN = b"dn: CN=%d,DC=x\ncn: x\n\n"


@pytest.fixture
def few_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fault_limit, "MAX_FAULTS", 1_000)
    monkeypatch.setattr(fault_runs, "LONGEST_RUN", 1_000)


@pytest.mark.parametrize(
    "data",
    [
        bombs.COLUMNS + b'"\n' * 3_000,
        bombs.COLUMNS + b"x,\n" * 3_000,
        bombs.COLUMNS + b"".join(b'a,"%d\n' % number for number in range(3_000)),
        PLAIN % 1 + b"cn: a\n\n" * 3_000,
        b"dn: CN=a\nchangetype: modify\n\n" * 3_000,
        PLAIN % 1 + b"dn: CN=a\n" + b"x\n" * 3_000,
    ],
    ids=["quotes", "short rows", "unlike rows", "no dn", "changes", "no attributes"],
)
def test_file_that_is_faults_above_all_is_refused(
    data: bytes, few_faults: None, tmp_path: Path
) -> None:
    path = tmp_path / "dump"
    path.write_bytes(data)
    with pytest.raises(ReadError, match="no dump as a tool exports it"):
        _ = analyzer.read_dump(path).inputs


def test_file_of_many_faults_among_whole_records_is_read(few_faults: None, tmp_path: Path) -> None:
    path = tmp_path / "dump"
    text = b"dn: CN=%d,DC=x\ndescription: " + b"x" * 100 + b"\n\nchanged\n\n"
    path.write_bytes(b"".join(text % number for number in range(3_000)))
    dump = analyzer.read_dump(path)
    assert (dump.inputs[0].entries, len(dump.unreadable)) == (3_000, 3_000)


def test_no_change_record_is_left_out_since_it_may_open_a_relay(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tally, "MAX_LISTED", 20)
    path = tmp_path / "dump"
    change = PLAIN % 2 + b"dn: CN=1,DC=x\nchangetype: modify\nreplace: cn\ncn: 2\n-\n\n"
    path.write_bytes(PLAIN % 1 + change * 20)
    assert len(analyzer.read_dump(path).unreadable) == 20
    path.write_bytes(PLAIN % 1 + change * 21)
    with pytest.raises(ReadError, match="more than 20 change records"):
        _ = analyzer.read_dump(path).inputs


def test_record_of_many_lines_that_are_none_is_one_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_parser, "MAX_DAMAGE", 100)
    found = ldif_tally(PLAIN % 1 + b"dn: CN=2,DC=x\n" + b"y\n" * 101 + b"\n" + PLAIN % 3)
    (fault,) = found.unreadable
    assert fault.reason == "a record of more than 100 lines that cannot be read"
    assert (fault.line, fault.last_line, fault.record, len(found.kept)) == (4, 105, True, 2)


def test_row_of_too_many_attributes_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_events, "MAX_ATTRIBUTES", 10)
    names = b",".join(b"a%d" % number for number in range(20))
    found = csv_tally(b"DN," + names + b"\nCN=1" + b",x" * 20 + b"\nCN=2,x" + b"," * 19 + b"\n")
    assert [fault.reason for fault in found.unreadable] == ["a row of more than 10 attributes"]
    assert [entry.dn for entry in found.kept] == ["CN=2"]


def test_of_a_wide_table_only_cells_that_somebody_looks_at_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(csv_events, "MAX_COLUMNS", 4)
    data = b"DN,cn,unknown,path,authorizedPassword\nCN=1,a,b,C:\\x,d\n"
    (entry,) = csv_tally(data, wanted=WANTED, sample=1).first_dns
    assert entry == "CN=1"
    held = csv_tally(
        data.replace(b"CN=1,a", b'"CN=1,CN=SMTP,CN=Protocols,DC=x",a'), wanted=WANTED
    ).kept
    assert set(held[0].fields) == {"cn", "path", "authorizedpassword"}


def test_of_a_wide_record_only_attributes_that_somebody_looks_at_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tally, "MAX_COLUMNS", 2)
    data = b"dn: CN=1,CN=SMTP,CN=Protocols,DC=x\ncn: a\nunknown: b\nauthorizedPassword: d\n\n"
    (entry,) = ldif_tally(data, wanted=WANTED).kept
    assert set(entry.fields) == {"cn", "authorizedpassword"}


def test_more_networks_than_lists_have_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bombs._relay_list(tmp_path / "dump", 101)
    monkeypatch.setattr(inventory, "MAX_NETWORKS", 101)
    assert len(analyzer.read_dump(tmp_path / "dump").inventory.objects) == 1
    monkeypatch.setattr(inventory, "MAX_NETWORKS", 100)
    with pytest.raises(ReadError, match="more than 100 networks"):
        _ = analyzer.read_dump(tmp_path / "dump").inventory


@pytest.mark.parametrize("ending", ["ldf", "csv"])
def test_more_wanted_objects_than_there_can_be_are_refused(
    ending: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tally.check_wanted, "__defaults__", (100,))
    path = tmp_path / f"dump.{ending}"
    if ending == "ldf":
        bombs._virtual_servers(path, 200)
    else:
        row = '"CN=%d,' + bombs._DN[5:] + '",protocolCfgSMTPServer,TRUE\n'
        bombs._lines(path, bombs.COLUMNS, row, 200)
    with pytest.raises(ReadError, match="more than 100 Exchange objects"):
        _ = analyzer.read_dump(path).inputs


def test_more_objects_than_an_organization_has_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(inventory, "MAX_OBJECTS", 100)
    bombs._virtual_servers(tmp_path / "dump", 101)
    with pytest.raises(ReadError, match="more than 100 are no organization's"):
        _ = analyzer.read_dump(tmp_path / "dump").inventory
    assert read_options.MAX_WANTED >= inventory.MAX_OBJECTS


def test_archive_of_too_many_members_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(11):
            archive.writestr(f"{number}.ldf", PLAIN % number)
    assert len(analyzer.read_dump(path).inputs) == 11
    monkeypatch.setattr(archive_limits, "MAX_MEMBERS", 10)
    with pytest.raises(ReadError, match="11 members; more than 10 are not read"):
        _ = analyzer.read_dump(path).inputs


@pytest.mark.parametrize("comment", [b"", b"x", b"x" * 65_535])
def test_archive_of_a_long_directory_is_not_even_listed(
    comment: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.ldf", PLAIN % 1)
        archive.comment = comment
    assert len(analyzer.read_dump(path).inputs) == 1
    monkeypatch.setattr(archive_limits, "_MAX_DIRECTORY", 40)
    monkeypatch.setattr(zipfile.ZipFile, "infolist", lambda _: pytest.fail("it was listed"))
    with pytest.raises(ReadError, match="its directory takes 51 bytes"):
        _ = analyzer.read_dump(path).inputs


def test_long_directory_of_a_big_archive_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.ldf", PLAIN % 1)
    data = path.read_bytes()
    end = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, 5 << 20, 0)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(data) - 22, 1)
    path.write_bytes(data[:-22] + end + locator + data[-22:])
    assert "5242880 bytes" in archive_limits.directory_excess(path)


def test_members_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    bombs._overlapping(path, 3)
    with pytest.raises(ReadError, match="two members share their bytes"):
        _ = analyzer.read_dump(path).inputs


def test_records_without_empty_lines_are_passed_over_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "dump.ldf"
    with path.open("wb") as file:
        for number in range(100_000):
            file.write(b"dn: CN=%d,DC=x\ncn: x\n" % number)
            if number % 1_000 == 500:
                file.write(b"version: 1\n# page\n")
    expected = analyzer.read_dump(path, options=analyzer.ReadOptions(parse_all=True, jobs=1))
    found = analyzer.read_dump(path)
    assert found.inputs == expected.inputs
    assert found.inputs[0].entries == 100_000


def test_bombs_are_measured_from_outside(tmp_path: Path) -> None:
    bombs._repeated(tmp_path / "dump", PLAIN % 1, b"cn: a\n\n", 2_000)
    # The peak of a child counts from that of its parent, and these tests may have grown.
    measure = (
        "import sys; from pathlib import Path; from bench import bombs; folder = Path(sys.argv[1]);"
        "print(*bombs.cost_of(folder / 'dump', folder)[2:4])"
    )
    command = [sys.executable, "-c", measure, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    mebibytes, status = done.stdout.split()
    assert status == "0"
    assert 10 < float(mebibytes) < bombs.TOO_MUCH
