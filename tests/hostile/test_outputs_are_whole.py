"""Killed at any moment, on a full disk, with a locked target: the old file or the whole new one."""

import hashlib
import json
import os
import resource
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.cli import main

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "quirks" / "mixed-line-ends.ldif"
OUTPUTS = ("out.xlsx", "out.json", "out.csv", "out.html")
OLD = b"the old file\n"
KILLER = """
# Loads everything once; then for each number on standard input a child audits a dump, and is killed
# at that event of those in which a file is opened for writing, moved or removed, or at that byte.
import os, resource, signal, sys
sys.argv = ["exchange-analyzer", *sys.argv[1:]]
from analyzer.cli import main
import analyzer.report.workbook.workbook_file, analyzer.report.page.html_page
import openpyxl, jinja2, msgspec
for line in sys.stdin:
    what, number = line.split()
    child = os.fork()
    if child == 0:
        left = int(number)
        def watch(event, args):
            global left
            flags = args[2] if event == "open" and isinstance(args[2], int) else 0
            writing = flags & (os.O_WRONLY | os.O_RDWR)
            if what == "event" and (writing or event in ("os.rename", "os.remove", "os.unlink")):
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(watch)
        if what == "byte":
            # Without a handler of Python's the signal of a file that grows too large kills.
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (left, left))
        sys.stderr = open(os.devnull, "w")
        main()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(status, flush=True)
"""


def start_killer(folder: Path) -> "subprocess.Popen[str]":
    outputs = [part for name in OUTPUTS for part in ("-o", name)]
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            KILLER,
            "audit",
            str(SAMPLE),
            "--overwrite",
            "--reproducible",
            *outputs,
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(folder / "state")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def kill_at(killer: "subprocess.Popen[str]", what: str, number: int) -> int:
    assert killer.stdin is not None
    assert killer.stdout is not None
    killer.stdin.write(f"{what} {number}\n")
    killer.stdin.flush()
    return int(killer.stdout.readline())


def put_old(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()
    for name in OUTPUTS:
        (folder / name).write_bytes(OLD)


def digests(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in OUTPUTS}


@pytest.mark.skipif(sys.platform != "linux", reason="needs fork and limits of Linux")
def test_killed_at_any_point_leaves_each_target_old_or_whole(tmp_path: Path) -> None:
    with start_killer(tmp_path) as killer:
        put_old(tmp_path)
        old = digests(tmp_path)
        assert kill_at(killer, "event", 1_000_000) == 0
        new = digests(tmp_path)
        assert all(new[name] != old[name] for name in OUTPUTS)
        points = [("event", number) for number in range(0, 28, 2)]
        points += [("byte", number) for number in (0, 1, 3_000, 20_000)]
        ends = set()
        for what, number in points:
            put_old(tmp_path)
            status = kill_at(killer, what, number)
            found = digests(tmp_path)
            ends.add(tuple(found[name] == new[name] for name in OUTPUTS))
            for name in OUTPUTS:
                assert found[name] in (old[name], new[name]), (what, number, name)
            assert status in (0, -signal.SIGKILL, -signal.SIGXFSZ)
            if status == 0:
                assert found == new
        assert (False,) * 4 in ends
        assert (True,) * 4 in ends
        killer.communicate()


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def command(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["exchange-analyzer", "audit", str(SAMPLE), *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0), capfd.readouterr().err

    return command


@pytest.mark.parametrize("limit", [300, 2_000, 6_000])
@pytest.mark.parametrize("name", OUTPUTS)
def test_full_disk_gives_5_and_leaves_the_old_file_alone(
    name: str, limit: int, run: Run, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(OLD)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        status, errors = run("-q", "--overwrite", "-o", name)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    if name == "out.csv" and limit > 300 and status == 0:
        return
    assert (status, len(errors.splitlines())) == (5, 1), errors
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {name: OLD}


def test_one_target_that_fails_leaves_all_of_them_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out.json").write_bytes(OLD)
    (tmp_path / "folder.xlsx").mkdir()
    status, _ = run("-q", "--overwrite", "-o", "out.json", "-o", "folder.xlsx")
    assert status == 5
    assert (tmp_path / "out.json").read_bytes() == OLD
    assert {path.name for path in tmp_path.iterdir()} == {"out.json", "folder.xlsx"}


@pytest.mark.parametrize("name", ["folder", "no/such/folder/out.json", "out.json/below.json"])
def test_target_that_cannot_be_gives_an_error_and_nothing_else(
    name: str, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "out.json").write_bytes(OLD)
    status, errors = run("-q", "--overwrite", "-o", name if "." in name else f"{name}/")
    assert status in (2, 5), errors
    assert {path.name for path in tmp_path.iterdir()} == {"folder", "out.json"}


@pytest.mark.parametrize("call", ["replace", "open", "fsync"])
def test_refusal_of_the_system_leaves_the_old_file(
    call: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As root no folder is read-only, and only Windows locks: the system's answer is played."""
    (tmp_path / "out.json").write_bytes(OLD)
    really_open = Path.open

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    def open_to_read(path: Path, mode: str = "r", *rest: object, **more: object) -> object:
        return refuse() if "x" in mode else really_open(path, mode, *rest, **more)

    if call == "open":
        monkeypatch.setattr(Path, "open", open_to_read)
    else:
        monkeypatch.setattr(*((Path, "replace") if call == "replace" else (os, "fsync")), refuse)
    status, errors = run("-q", "--overwrite", "-o", "out.json")
    assert (status, len(errors.splitlines())) == (5, 1)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"out.json": OLD}


def test_existing_file_is_kept_without_overwrite(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out.json").write_bytes(OLD)
    assert run("-q", "-o", "out.json", "-o", "out.csv")[0] == 5
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"out.json": OLD}


def test_input_is_never_overwritten_by_an_output(run: Run, tmp_path: Path) -> None:
    dump = tmp_path / "dump.json"
    dump.write_bytes(SAMPLE.read_bytes())
    status, _ = run(str(dump), "-q", "--overwrite", "-o", "dump.json")
    assert status in (2, 5)
    assert dump.read_bytes() == SAMPLE.read_bytes()


def test_same_input_gives_the_same_findings_in_the_same_order(run: Run, tmp_path: Path) -> None:
    documents = []
    for number in range(2):
        assert run("-q", "-o", f"{number}.json", "-o", f"{number}.xlsx")[0] == 0
        found = json.loads((tmp_path / f"{number}.json").read_bytes())
        documents.append({name: found[name] for name in found if name != "run"})
        assert zipfile.ZipFile(tmp_path / f"{number}.xlsx").testzip() is None
    assert documents[0] == documents[1]
