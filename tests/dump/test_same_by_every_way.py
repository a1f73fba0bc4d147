"""Chunks, scan, processes and archives change nothing: the results are those of parsing it all."""

import gzip
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from mutations import SAMPLES, folded, header, lines_of_ldif, mutated, piece, table
from readers import LIMIT, csv_tally, ldif_tally, read, shape

from analyzer.dump import distinguished_names, hashing, opened, read_member, read_options, tally
from analyzer.dump.csv import row_scan
from analyzer.dump.encoding import fallback
from analyzer.dump.ldif.block_scan import ChosenBlocks, LdifScan
from analyzer.dump.ldif.regions import Region
from analyzer.dump.processes import Worker
from analyzer.dump.reading import Reading
from analyzer.errors import ProcessError, ReadError, places_of
from analyzer.inventory import WANTED

TAIL = b"\n\ndn: CN=z,DC=z\ncn: z\n"
DUMPS = sorted(path for path in SAMPLES.rglob("*") if path.suffix in (".ldf", ".ldif", ".csv"))


@pytest.mark.parametrize("seed", range(12))
def test_chunks_do_not_change_ldif(seed: int) -> None:
    rnd = random.Random(seed)
    for _ in range(25):
        data = mutated(rnd, piece(rnd, "ldif"), "ldif") + TAIL
        expected = shape(ldif_tally(data, chunk=len(data), wanted=WANTED))
        for chunk in (rnd.choice((1, 2, 3, 7)), rnd.choice((64, 200, 1_000, 5_000))):
            if chunk < 8 and len(data) > 20_000:
                continue
            assert shape(ldif_tally(data, chunk=chunk, wanted=WANTED)) == expected, data


@pytest.mark.parametrize("seed", range(12))
def test_scan_finds_all_that_parsing_ldif_finds(seed: int) -> None:
    rnd = random.Random(100 + seed)
    for _ in range(40):
        data = (
            mutated(rnd, piece(rnd, "ldif"), "ldif")
            + rnd.choice((b"", b"\n\n", b"\r\n\r\n"))
            + TAIL
        )
        expected = shape(ldif_tally(data, wanted=WANTED, sample=0))
        for chunk in (len(data), rnd.choice((64, 200, 1_000))):
            assert shape(ldif_tally(data, chunk, WANTED, scanning=True, sample=0)) == expected, data


@pytest.mark.parametrize("seed", range(12))
def test_scan_finds_all_among_lines_in_any_order(seed: int) -> None:
    rnd = random.Random(400 + seed)
    for _ in range(150):
        data = lines_of_ldif(rnd) + rnd.choice((b"", b"\n\n", b"\r\n\r\n")) + TAIL
        expected = shape(ldif_tally(data, wanted=WANTED, sample=0))
        for chunk in (len(data), rnd.choice((16, 64, 200))):
            assert shape(ldif_tally(data, chunk, WANTED, scanning=True, sample=0)) == expected, data


@pytest.mark.parametrize("seed", range(12))
def test_scan_finds_all_in_folds_anywhere(seed: int) -> None:
    rnd = random.Random(500 + seed)
    for _ in range(100):
        data = folded(rnd) + rnd.choice((b"", b"\n\n", b"\r\n\r\n")) + TAIL
        expected = shape(ldif_tally(data, wanted=WANTED, sample=0))
        for chunk in (len(data), rnd.choice((16, 64, 200))):
            assert shape(ldif_tally(data, chunk, WANTED, scanning=True, sample=0)) == expected, data


@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_scan_finds_a_change_record_that_is_folded_behind_add(end: bytes) -> None:
    record = [b"dn: CN=a,DC=b", b"changetype: add", b" ition", b"cn: a", b"", b""]
    found = ldif_tally(end.join(record) + TAIL, wanted=WANTED, scanning=True, sample=0)
    assert [item.reason for item in found.unreadable] == [
        "changetype of an unknown kind: a change record, not content"
    ]


def test_dn_line_that_is_cut_is_told_with_the_scan_too() -> None:
    cut = b"dn: CN=1,CN=SMTP\ndistinguishedName: CN=1,CN=SMTP,CN=Protocols,DC=b\n"
    found = ldif_tally(cut + TAIL, wanted=WANTED, scanning=True, sample=0)
    assert [entry.dn for entry in found.kept] == ["CN=1,CN=SMTP,CN=Protocols,DC=b"]
    assert "begin of distinguishedName" in "".join(found.notes)


@pytest.mark.parametrize("between", [b" 1\n", b"# comment\n", b" 1\n# comment\n  of it\n"])
def test_version_line_belongs_to_the_record_behind_it(between: bytes) -> None:
    data = b"dn: CN=a\ncn: a\nversion:\n" + between + b"dn: CN=b\ncn: b\n"
    for chunk in (1, 16, len(data)):
        kept = ldif_tally(data, chunk).kept
        assert [(entry.dn, list(entry.fields)) for entry in kept] == [
            ("CN=a", ["cn"]),
            ("CN=b", ["cn"]),
        ]


@pytest.mark.parametrize("comments", [1, 15, 16, 17, 40])
def test_scan_looks_behind_comments(comments: int) -> None:
    record = b"# comment\n  more of it\n" * comments + b"%s\ncn: a\n\n"
    data = b"".join(record % line for line in (b"dn: CN=a,DC=b", b"no dn", b"")) + TAIL
    tally_ = ldif_tally(data, wanted=WANTED, scanning=True, sample=0)
    assert shape(tally_) == shape(ldif_tally(data, wanted=WANTED, sample=0))
    assert (tally_.entries, len(tally_.unreadable)) == (2, 2)


@pytest.mark.parametrize("seed", range(12))
def test_scan_and_chunks_do_not_change_csv(seed: int) -> None:
    rnd = random.Random(200 + seed)
    for _ in range(30):
        data = piece(rnd, "csv")
        data = mutated(rnd, data, "csv", keep=len(header(data)))
        expected = shape(csv_tally(data, chunk=len(data), wanted=WANTED, sample=0))
        assert shape(csv_tally(data, rnd.choice((64, 200, 999)), WANTED, sample=0)) == expected, (
            data
        )
        for chunk in (len(data), rnd.choice((64, 200, 1_000))):
            assert shape(csv_tally(data, chunk, WANTED, scanning=True, sample=0)) == expected, data


@pytest.mark.parametrize("sample", [0, 3])
@pytest.mark.parametrize("seed", range(12))
def test_scan_finds_all_that_parsing_any_kind_of_csv_finds(
    seed: int, sample: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (row_scan, distinguished_names):
        monkeypatch.setattr(module, "MAX_DN", 40)
    rnd = random.Random(400 + seed)
    for _ in range(40):
        data, keep = table(rnd)
        data = mutated(rnd, data, "csv", most=rnd.choice((1, 1, 4)), keep=keep)
        limit = rnd.choice((LIMIT, LIMIT, 100))
        for chunk in (len(data), rnd.choice((1, 63, 64, 65, 200))):
            expected = csv_tally(data, chunk, WANTED, limit, sample=sample)
            scanned = csv_tally(data, chunk, WANTED, limit, scanning=True, sample=sample)
            assert shape(scanned) == shape(expected), data


def without_paths(reading: Reading) -> Reading:
    """Return a reading as it would be of a file by another name."""
    source = replace(reading.input, path="", bytes=0, sha256="", modified="")
    entries = tuple(replace(e, source=replace(e.source, file="")) for e in reading.entries)
    unreadable = tuple(replace(item, file="") for item in reading.unreadable)
    return Reading(source, entries, unreadable)


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.name)
def test_gzip_of_a_sample_reads_as_the_sample(path: Path, tmp_path: Path) -> None:
    packed = tmp_path / "dump"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert without_paths(read(packed)) == without_paths(read(path))


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.name)
def test_small_files_read_the_same_with_and_without_parsing_it_all(path: Path) -> None:
    assert read(path, parse_all=True) == read(path)


def big_dump(end: str, encoding: str) -> bytes:
    """Return a dump of some thousand records, with some damage and some virtual servers in it."""
    rnd = random.Random(end + encoding)
    records = []
    for number in range(9_000):
        records.append(
            f"dn: CN=Größe {number},CN=Configuration,DC=example\nobjectClass: top\ncn: {'x' * 60}\n"
        )
        what = rnd.randrange(900)
        if what == 0:
            records.append("dn: CN=bad,,\ncn: bad\n")
        elif what == 1:
            records.append("no dn in this one\n")
        elif what == 2:
            records.append("dn: CN=m\nchangetype: modify\nadd: cn\ncn: x\n-\n")
        elif what < 6:
            records.append(
                f"dn: CN={number},CN=SMTP,CN=Protocols,CN=E,CN=Servers,DC=example\n"
                "objectClass: top\nobjectClass: protocolCfg\n SMTPServer\n"
                f"msExchSmtpMaxHopCount: {number}\n"
            )
    return "\n".join([*records, ""]).replace("\n", end).encode(encoding)


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_big_file_reads_the_same_by_one_process_by_several_and_by_parsing_it_all(
    end: str, encoding: str, tmp_path: Path
) -> None:
    path = tmp_path / "big.ldf"
    path.write_bytes(big_dump(end, encoding))
    assert path.stat().st_size > read_member.HEAD_BYTES
    expected = read(path, parse_all=True)
    assert (len(expected.entries), len(expected.unreadable)) > (10, 10)
    assert read(path, jobs=1) == expected
    for jobs in (2, 3):
        assert read(path, jobs=jobs) == expected
        assert read(path, jobs=jobs, parse_all=True) == expected


def test_big_file_reads_the_same_where_the_scan_is_not_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "big.ldf"
    path.write_bytes(big_dump("\n", "utf-8"))
    expected = read(path)
    monkeypatch.setattr(read_options, "scan_is_compiled", lambda: False)
    assert read(path) == expected


@pytest.mark.parametrize(
    ("options", "cores", "processes"),
    [
        ({}, 4, 0),
        ({"parse_all": True}, 4, 4),
        ({"parse_all": True}, 1, 0),
        ({"parse_all": True, "jobs": 1}, 4, 0),
        ({"jobs": 2}, 4, 2),
    ],
)
def test_processes_share_one_file_where_all_of_it_is_parsed(
    options: dict[str, object],
    cores: int,
    processes: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[str] = []

    class Counted(Worker[object, object]):
        def __init__(self, work: Callable[[object], object], name: str) -> None:
            started.append(name)
            super().__init__(work, name)

    path = tmp_path / "big.ldf"
    path.write_bytes(big_dump("\n", "utf-8"))
    expected = read(path)
    monkeypatch.setattr(hashing, "CHUNK", 1 << 16)
    monkeypatch.setattr(read_options, "PAYS_FROM", 1 << 20)
    monkeypatch.setattr(read_options, "cores", lambda: cores)
    monkeypatch.setattr("analyzer.dump.processes.Worker", Counted)
    assert read(path, **options) == expected
    assert started == [str(path)] * processes


def test_process_that_is_killed_is_told_with_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "big.ldf"
    path.write_bytes(big_dump("\n", "utf-8"))
    here = os.getpid()

    def choose_or_die(self: LdifScan, region: Region) -> ChosenBlocks:
        return choose(self, region) if os.getpid() == here else os._exit(9)

    choose = LdifScan.choose
    monkeypatch.setattr(LdifScan, "choose", choose_or_die)
    with pytest.raises(ReadError, match=r"big\.ldf: a reading process ended early"):
        read(path, jobs=2)


@pytest.mark.parametrize("seed", range(3))
def test_regions_of_a_damaged_file_add_up_to_the_whole(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rnd = random.Random(300 + seed)
    data = b"".join(mutated(rnd, piece(rnd, "ldif"), "ldif", most=4) + b"\n\n" for _ in range(40))
    path = tmp_path / "damaged.ldf"
    path.write_bytes(b"version: 1\n\n" + b"dn: CN=a,DC=b\ncn: a\n\n" * 60 + data)
    for module in (opened, read_member):
        monkeypatch.setattr(module, "HEAD_BYTES", 1 << 12)
    monkeypatch.setattr(hashing, "CHUNK", 1 << 13)
    expected = read(path, parse_all=True)
    for jobs in (1, 2, 4):
        assert read(path, jobs=jobs) == expected
        assert read(path, jobs=jobs, parse_all=True) == expected


def test_damage_above_what_is_listed_is_counted_the_same_by_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally, "MAX_LISTED", 20)
    for module in (opened, read_member):
        monkeypatch.setattr(module, "HEAD_BYTES", 1 << 12)
    monkeypatch.setattr(hashing, "CHUNK", 1 << 12)
    path = tmp_path / "dump.ldf"
    path.write_bytes(b"dn: CN=a,DC=b\ncn: a\n\n" * 60 + b"dn: a,,b\n\n" * 2_000)
    expected = read(path, parse_all=True)
    last = expected.unreadable[-1]
    assert (len(expected.unreadable), last.line, last.last_line) == (21, 221, 4_179)
    assert "1980 more" in last.reason
    assert read(path, jobs=4) == expected


def test_crash_in_a_process_is_told_without_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "big.ldf"
    path.write_bytes(big_dump("\n", "utf-8"))

    def fail(self: LdifScan, region: Region) -> ChosenBlocks:
        raise KeyError("Passw0rd!")

    monkeypatch.setattr(LdifScan, "choose", fail)
    with pytest.raises(ProcessError, match="KeyError in a reading process") as raised:
        read(path, jobs=2)
    told = "\n".join(places_of(raised.value))
    assert "test_same_by_every_way.py" in told
    assert "in test_crash_in_a_process_is_told_without_data.<locals>.fail" in told
    assert "Passw0rd" not in told + str(raised.value) + "".join(capfd.readouterr())


def test_the_fallback_of_8_bit_text_is_cp1252_with_all_bytes() -> None:
    assert fallback(None)(bytes(range(128, 256))).decode()[:4] == "€\x81\u201aƒ"
    assert fallback("utf-8")(b"a\xff").decode() == "a\\xff"
