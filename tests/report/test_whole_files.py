"""Outputs are whole or absent."""

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import pytest
import report_builder

from analyzer.errors import OutputError
from analyzer.platform_calls import MOVES_OPEN_FILES
from analyzer.report import part_files, write_reports
from analyzer.report.whole_files import Render, write_files


def writes(data: bytes) -> Render:
    def render(stream: BinaryIO) -> None:
        stream.write(data)

    return render


def breaks(error: BaseException) -> Render:
    def render(stream: BinaryIO) -> None:
        stream.write(b"half of it")
        raise error

    return render


def test_a_new_file_gets_the_content_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_files([(tmp_path / "a.json", writes(b"whole"))])
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
    assert (tmp_path / "a.json").read_bytes() == b"whole"


def test_the_mode_of_a_new_file_follows_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_files([(tmp_path / "a.json", writes(b"x"))])
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.json").stat().st_mode) == 0o640


def test_an_existing_file_is_kept_unless_overwriting_is_asked_for(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    target.write_bytes(b"old")
    with pytest.raises(OutputError, match="exists already and was kept"):
        write_files([(target, writes(b"new"))])
    assert target.read_bytes() == b"old"
    write_files([(target, writes(b"new"))], overwrite=True)
    assert target.read_bytes() == b"new"


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_bytes(b"old")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    write_files([(tmp_path / "link.json", writes(b"new"))], overwrite=True)
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_bytes() == b"new"


def test_a_folder_as_target_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a folder"):
        write_files([(tmp_path, writes(b"x"))], overwrite=True)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"the folder .*nowhere does not exist"):
        write_files([(tmp_path / "nowhere" / "a.json", writes(b"x"))])


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), OSError(27, "too big")])
def test_a_full_disk_leaves_the_old_file_and_no_other(tmp_path: Path, error: OSError) -> None:
    target = tmp_path / "a.json"
    target.write_bytes(b"old")
    with pytest.raises(OutputError, match=error.strerror.lower()):
        write_files([(target, breaks(error))], overwrite=True)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_an_interrupt_leaves_no_temporary_file(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        write_files([(tmp_path / "a.json", breaks(KeyboardInterrupt()))])
    assert list(tmp_path.iterdir()) == []


def test_when_the_second_output_fails_the_first_is_not_moved_either(tmp_path: Path) -> None:
    first = tmp_path / "a.json"
    first.write_bytes(b"old")
    with pytest.raises(OutputError):
        write_files(
            [(first, writes(b"new")), (tmp_path / "b.json", breaks(OSError(28, "full")))],
            overwrite=True,
        )
    assert first.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [first]


def test_a_real_limit_on_file_size_breaks_no_old_workbook(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="only POSIX limits the size of files")
    target = tmp_path / "a.xlsx"
    target.write_bytes(b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(OutputError, match="cannot be written"):
            write_reports(report_builder.realistic(), [target], overwrite=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_an_unknown_extension_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    outputs = [tmp_path / "a.json", tmp_path / "a.pdf"]
    with pytest.raises(
        OutputError, match=r"expected one of \.xlsx, \.html, \.docx, \.json, \.sarif"
    ):
        write_reports(report_builder.realistic(), outputs)
    assert list(tmp_path.iterdir()) == []


def test_one_name_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="named twice"):
        write_reports(report_builder.realistic(), [tmp_path / "a.json", tmp_path / "a.json"])


def test_the_extension_decides_in_any_case(tmp_path: Path) -> None:
    write_reports(report_builder.realistic(), [tmp_path / "A.JSON", tmp_path / "a.Csv"])
    assert (tmp_path / "A.JSON").read_bytes().startswith(b"{")
    assert (tmp_path / "a.Csv").read_bytes().startswith(b"\xef\xbb\xbfid,")


LEFT = ".a.json.exchange-analyzer-0123456789ab.part"
HOLDER = """
import sys, time
from pathlib import Path
from analyzer.report.part_files import open_part
part, stream = open_part(Path(sys.argv[1]))
stream.write(b"half of it")
stream.flush()
print(part, flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(not MOVES_OPEN_FILES, reason="Windows holds open files by itself")
def test_what_a_killed_run_left_is_removed_by_the_next_and_that_of_a_living_one_is_not(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "a.json")]
    runs = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    dead, living = (Path(run.stdout.readline().strip()) for run in runs if run.stdout)
    runs[0].kill()
    runs[0].communicate()
    assert dead.read_bytes() == living.read_bytes() == b"half of it"

    write_files([(tmp_path / "other.json", writes(b"whole"))])

    assert {path.name for path in tmp_path.iterdir()} == {"other.json", living.name}
    runs[1].communicate()
    write_files([(tmp_path / "last.json", writes(b"whole"))])
    assert {path.name for path in tmp_path.iterdir()} == {"other.json", "last.json"}


def test_what_only_looks_left_behind_stays(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "evidence").write_bytes(b"x")
    outputs = tmp_path / "outputs"
    outputs.mkdir()
    (outputs / LEFT).symlink_to(elsewhere / "evidence")
    (outputs / LEFT.replace("ab.part", "ac.part")).mkdir()
    os.mkfifo(outputs / LEFT.replace("ab.part", "ad.part"))
    (outputs / LEFT.replace("ab.part", "ae.part")).hardlink_to(elsewhere / "evidence")
    (outputs / ".a.json.0123456789ab.part").write_bytes(b"of another program")
    before = {path.name for path in outputs.iterdir()}

    write_files([(outputs / "a.json", writes(b"whole"))])

    assert {path.name for path in outputs.iterdir()} == before | {"a.json"}
    assert (elsewhere / "evidence").read_bytes() == b"x"


def test_on_a_disk_without_locks_files_are_written_and_none_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part_files, "lock", lambda handle: None)
    (tmp_path / LEFT).write_bytes(b"perhaps somebody's")
    write_files([(tmp_path / "a.json", writes(b"whole"))])
    assert {path.name for path in tmp_path.iterdir()} == {"a.json", LEFT}


def test_a_file_that_another_run_took_for_left_behind_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([False, True])
    monkeypatch.setattr(part_files, "lock", lambda handle: next(answers))
    write_files([(tmp_path / "a.json", writes(b"whole"))])
    assert (tmp_path / "a.json").read_bytes() == b"whole"
