"""Where bytes come from: files, folders, globs, standard input, gzip, zip, pipes; their damage."""

import errno
import gzip
import hashlib
import io
import sys
import threading
import zipfile
from pathlib import Path
from typing import IO

import pytest
from readers import read, read_all

from analyzer.dump import members
from analyzer.errors import ReadError

LDIF = b"dn: CN=1,CN=SMTP,CN=Protocols,DC=a\nobjectClass: protocolCfgSMTPServer\ncn: 1\n\n"
MANY = b"".join(LDIF.replace(b"CN=1", b"CN=%d" % number, 1) for number in range(5_000))


def zipped(path: Path, files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_name_of_a_file_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(LDIF)
    assert read(path).input.format == "ldif"


def test_hash_and_size_are_those_of_the_stored_file(tmp_path: Path) -> None:
    packed = gzip.compress(MANY)
    path = tmp_path / "dump"
    path.write_bytes(packed)
    found = read(path).input
    assert (found.bytes, found.sha256) == (len(packed), hashlib.sha256(packed).hexdigest())
    assert found.entries == 5_000


def test_gzip_of_several_members_and_padding_is_one_stream(tmp_path: Path) -> None:
    path = tmp_path / "dump.gz"
    path.write_bytes(gzip.compress(LDIF) + b"\0" * 700_000 + gzip.compress(LDIF) + b"\0" * 10)
    reading = read(path)
    assert (reading.input.entries, reading.unreadable) == (2, ())


def test_gzip_of_thousands_of_tiny_members_is_one_stream(tmp_path: Path) -> None:
    path = tmp_path / "dump.gz"
    path.write_bytes(gzip.compress(LDIF) * 2_000)
    assert read(path).input.entries == 2_000


def test_cut_gzip_gives_what_is_there_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "dump.gz"
    packed = gzip.compress(MANY)
    path.write_bytes(packed[: len(packed) // 2])
    reading = read(path)
    assert 0 < reading.input.entries < 5_000
    assert any("cut" in item.reason for item in reading.unreadable)
    assert any("cut" in warning for warning in reading.input.warnings)


def test_damaged_gzip_gives_what_stands_before_the_damage(tmp_path: Path) -> None:
    path = tmp_path / "dump.gz"
    packed = bytearray(gzip.compress(MANY))
    packed[len(packed) // 2 : len(packed) // 2 + 40] = b"\xff" * 40
    path.write_bytes(packed)
    reading = read(path)
    assert reading.input.entries > 500
    assert any("gzip file is damaged" in item.reason for item in reading.unreadable)


def test_gzip_with_a_wrong_checksum_gives_all_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "dump.gz"
    packed = bytearray(gzip.compress(LDIF * 3))
    packed[-8] ^= 1
    path.write_bytes(packed)
    reading = read(path)
    assert reading.input.entries == 3
    assert any("gzip file is damaged" in item.reason for item in reading.unreadable)


def test_gzip_of_nothing_but_damage_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "dump.gz"
    path.write_bytes(b"\x1f\x8bgarbage")
    with pytest.raises(ReadError, match="gzip file is damaged"):
        read(path)


def test_gzip_bomb_is_read_to_the_limit_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "RATIO_FREE", 1 << 20)
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(LDIF + b"# comment\n" * 2_000_000))
    reading = read(path)
    assert any("far more than its size" in item.reason for item in reading.unreadable)


def test_gzip_inside_gzip_is_named_and_refused(tmp_path: Path) -> None:
    path = tmp_path / "dump.gz"
    path.write_bytes(gzip.compress(gzip.compress(LDIF)))
    with pytest.raises(ReadError, match="gzip file inside an archive"):
        read(path)


def test_zip_gives_one_input_for_each_member(tmp_path: Path) -> None:
    path = zipped(tmp_path / "dumps.zip", {"a.ldf": LDIF, "b/c.txt": LDIF * 2, "empty/": b""})
    inputs = [reading.input for reading in read_all(path)]
    assert [found.path for found in inputs] == [f"{path}!a.ldf", f"{path}!b/c.txt"]
    assert [found.entries for found in inputs] == [1, 2]
    assert inputs[0].sha256 == hashlib.sha256(LDIF).hexdigest()


def test_zip_members_that_are_no_dumps_are_named_and_passed_over(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"x.ldf": LDIF}).read_bytes()
    files = {
        "good.ldf": LDIF,
        "note.txt": b"hello",
        "inner.zip": inner,
        "c.gz": gzip.compress(LDIF),
    }
    readings = read_all(zipped(tmp_path / "dumps.zip", files))
    assert len(readings) == 1
    told = {item.file.rpartition("!")[2]: item.reason for item in readings[0].unreadable}
    assert set(told) == {"note.txt", "inner.zip", "c.gz"}
    assert "zip archive inside an archive" in told["inner.zip"]
    assert "gzip file inside an archive" in told["c.gz"]


def test_names_of_zip_members_are_never_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = {path.name for path in tmp_path.parent.iterdir()}
    path = zipped(
        tmp_path / "slip.zip", {"../outside.ldf": LDIF, "/etc/passwd": LDIF, "C:\\x": LDIF}
    )
    readings = read_all(path)
    assert [reading.input.entries for reading in readings] == [1, 1, 1]
    assert {path.name for path in tmp_path.parent.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["slip.zip"]


def test_zip_member_without_a_name_is_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "dumps.zip", {"QQQ": LDIF, "b.ldf": LDIF}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"QQQ", b"\0QQ"))
    readings = read_all(path)
    assert [reading.input.entries for reading in readings if reading.entries][-1] == 1


def test_encrypted_zip_member_is_named_and_passed_over(tmp_path: Path) -> None:
    path = zipped(tmp_path / "dumps.zip", {"a.ldf": LDIF, "b.ldf": LDIF})
    data = bytearray(path.read_bytes())
    directory = data.rfind(b"PK\x01\x02")
    data[directory + 8] |= 1
    path.write_bytes(data)
    (reading,) = read_all(path)
    assert [(i.file.rpartition("!")[2], "encrypted" in i.reason) for i in reading.unreadable] == [
        ("b.ldf", True)
    ]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip_methods_without_a_limit_are_refused(method: int, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="packed by method"):
        read_all(zipped(tmp_path / "dumps.zip", {"a.ldf": LDIF}, method))


def test_zip_bomb_is_refused_by_its_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "RATIO_FREE", 1 << 20)
    path = zipped(tmp_path / "bomb.zip", {"a.ldf": LDIF, "b.ldf": b"\n" * (1 << 22)})
    (reading,) = read_all(path)
    assert "zip bomb" in reading.unreadable[0].reason


def test_many_members_are_a_bomb_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MAX_UNPACKED", 3 * len(LDIF))
    path = zipped(tmp_path / "bomb.zip", {f"{number}.ldf": LDIF for number in range(5)})
    readings = read_all(path)
    assert (len(readings), len(readings[0].unreadable)) == (3, 2)


def test_zip_member_with_a_wrong_checksum_is_read_and_reported(tmp_path: Path) -> None:
    path = zipped(tmp_path / "dumps.zip", {"a.ldf": LDIF}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"cn: 1", b"cn: 2"))
    (reading,) = read_all(path)
    assert reading.entries[0].attributes["cn"] == (b"2",)
    assert any("checksum" in item.reason for item in reading.unreadable)


def test_cut_zip_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "dumps.zip", {"a.ldf": MANY})
    path.write_bytes(path.read_bytes()[:3_000])
    with pytest.raises(ReadError, match="zip archive cannot be read"):
        read_all(path)


def test_zip_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no file"):
        read_all(zipped(tmp_path / "dumps.zip", {"folder/": b""}))


def test_office_document_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="Office document"):
        read_all(zipped(tmp_path / "dumps.xlsx", {"[Content_Types].xml": b"<x/>"}))


def test_standard_input_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(LDIF))))
    (reading,) = read_all("-")
    assert (reading.input.path, reading.input.entries) == ("-", 1)


def test_closed_standard_input_is_an_error_of_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(ReadError, match="standard input is closed"):
        read_all("-")


def test_interrupt_while_the_hashing_thread_starts_is_an_interrupt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "dump.ldf"
    path.write_bytes(b"dn: CN=a,DC=b\ncn: a\n\n" * 50_000)

    def interrupted(_: threading.Thread) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        read(path)


def test_folder_gives_the_dumps_below_it_and_names_the_rest(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "b.txt").write_bytes(LDIF)
    (tmp_path / "a.ldf").write_bytes(LDIF * 2)
    (tmp_path / "readme").write_bytes(b"hello")
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04broken")
    readings = read_all(tmp_path)
    assert [reading.input.entries for reading in readings] == [2, 1]
    assert [Path(i.file).name for i in readings[0].unreadable] == ["broken.zip", "readme"]


def test_file_without_permission_in_a_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.ldf").write_bytes(LDIF)
    (tmp_path / "b.ldf").write_bytes(LDIF)
    really_open = Path.open

    def refuse(path: Path, mode: str = "r") -> IO[bytes]:
        if path.name == "b.ldf":
            raise PermissionError(errno.EACCES, "Permission denied")
        return really_open(path, mode)

    monkeypatch.setattr(Path, "open", refuse)
    (reading,) = read_all(tmp_path)
    assert "permission denied" in reading.unreadable[0].reason


def test_glob_gives_the_matching_files(tmp_path: Path) -> None:
    for name in ("a1.ldf", "a2.ldf", "b.ldf"):
        (tmp_path / name).write_bytes(LDIF)
    assert len(read_all(tmp_path / "a*.ldf")) == 2


def test_file_whose_name_looks_like_a_glob_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "a[1].ldf").write_bytes(LDIF)
    (tmp_path / "a1.ldf").write_bytes(LDIF * 2)
    assert read(tmp_path / "a[1].ldf").input.entries == 1


@pytest.mark.parametrize("path", ["", "no/such/file", "nothing*here", "a\0b", "x" * 5_000])
def test_path_that_names_nothing_is_refused(path: str) -> None:
    with pytest.raises(ReadError):
        read_all(path)


def test_time_of_change_beyond_all_years_is_unknown() -> None:
    assert members._utc(1e18) == ""
    assert members._utc(0) == "1970-01-01T00:00:00Z"
