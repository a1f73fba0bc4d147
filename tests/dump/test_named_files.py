"""What paths lead to: links inside a folder are listed, what never ends is refused at once."""

import os
import socket
from pathlib import Path

import pytest

import analyzer
from analyzer import ReadError, ReadOptions
from analyzer.dump.named_files import files_behind

LDIF = b"dn: CN=a,DC=x\ncn: a\n\n"


def names(path: Path | str) -> list[str]:
    return [file.path.name for file in files_behind(str(path)) if not file.refused]


def refused(path: Path | str) -> dict[str, str]:
    return {file.path.name: file.refused for file in files_behind(str(path)) if file.refused}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a dump, a link out of it, a link to itself, and a pipe."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.ldf").write_bytes(LDIF)
    inside = tmp_path / "inside"
    (inside / "loop").mkdir(parents=True)
    (inside / "a.ldf").write_bytes(LDIF)
    (inside / "loop" / "b.ldf").write_bytes(LDIF)
    (inside / "passwd").symlink_to(outside / "secret.ldf")
    (inside / "elsewhere").symlink_to(outside)
    for number in range(20):
        (inside / "loop" / f"again{number}").symlink_to(inside / "loop")
    os.mkfifo(inside / "pipe")
    return inside


def test_links_and_pipes_inside_a_folder_are_listed_not_read(folder: Path) -> None:
    assert names(folder) == ["a.ldf", "b.ldf"]
    told = refused(folder)
    assert {"passwd", "elsewhere", "again0", "pipe"} <= set(told)
    assert "link" in told["passwd"]
    assert "named pipe" in told["pipe"]
    dump = analyzer.read_dump(folder)
    assert [Path(source.path).name for source in dump.inputs] == ["a.ldf", "b.ldf"]
    assert {Path(each.file).name for each in dump.unreadable} >= {"passwd", "elsewhere", "pipe"}


@pytest.mark.parametrize("pattern", ["loop/**", "**", "**/**/**", "l*/*", "*/**/*.ldf"])
def test_a_glob_over_links_that_point_to_themselves_ends(folder: Path, pattern: str) -> None:
    found = list(files_behind(str(folder / pattern)))
    assert len(found) < 50
    assert "secret.ldf" not in {file.path.name for file in found if not file.refused}


def test_two_stars_stand_for_any_folders(folder: Path) -> None:
    assert names(folder / "**" / "*.ldf") == ["a.ldf", "b.ldf"]
    assert names(folder / "l*" / "[ab].ldf") == ["b.ldf"]


def test_a_link_that_is_named_itself_is_read(folder: Path) -> None:
    assert names(folder / "passwd") == ["passwd"]
    assert names(folder / "elsewhere") == ["secret.ldf"]


def test_hidden_files_are_matched_where_the_pattern_says_so(tmp_path: Path) -> None:
    (tmp_path / ".hidden.ldf").write_bytes(LDIF)
    (tmp_path / "seen.ldf").write_bytes(LDIF)
    assert names(tmp_path / "*.ldf") == ["seen.ldf"]
    assert names(tmp_path / ".*.ldf") == [".hidden.ldf"]


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ReadError, match="named pipe"):
        list(files_behind(str(pipe)))
    with pytest.raises(ReadError, match="device"):
        list(files_behind("/dev/zero"))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        with pytest.raises(ReadError, match="socket"):
            list(files_behind(str(tmp_path / "socket")))


def test_an_input_above_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "dump.ldf"
    path.write_bytes(LDIF * 50_000)
    options = ReadOptions(max_input=1 << 20)
    with pytest.raises(ReadError, match="larger than the limit of 1048576 bytes"):
        _ = analyzer.read_dump(path, options=options).inputs
