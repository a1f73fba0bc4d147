"""No output takes the place of a file that is read, whatever it is called: evidence is kept."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "contoso-2003.ldf"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("results") / "results.json"
    done = subprocess.run(
        [sys.executable, "-m", "analyzer", "audit", str(SAMPLE), "-q", "-o", str(path)],
        cwd=ROOT,
        check=True,
    )
    assert done.returncode == 0
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, results: Path) -> Path:
    """Return a folder in which files of each kind have a second name that outputs may have."""
    monkeypatch.chdir(tmp_path)
    dumps = tmp_path / "dumps"
    (dumps / "sub").mkdir(parents=True)
    shutil.copy(SAMPLE, dumps / "x.csv")
    shutil.copy(SAMPLE, dumps / "sub" / "y.json")
    with zipfile.ZipFile(dumps / "z.csv", "w") as archive:
        archive.write(SAMPLE, "x.ldf")
    (tmp_path / "link.csv").symlink_to(dumps / "x.csv")
    (tmp_path / "hard.json").hardlink_to(dumps / "x.csv")
    (tmp_path / "again").symlink_to(dumps)
    shutil.copy(results, tmp_path / "results.json")
    (tmp_path / "results.csv").hardlink_to(tmp_path / "results.json")
    (tmp_path / "logo.png").write_bytes(b"\x89PNG")
    (tmp_path / "logo.csv").hardlink_to(tmp_path / "logo.png")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "own.toml").write_text("")
    (tmp_path / "rules.json").symlink_to(tmp_path / "rules" / "own.toml")
    (tmp_path / "exchange-analyzer.toml").write_text("[audit]\n")
    (tmp_path / "settings.csv").hardlink_to(tmp_path / "exchange-analyzer.toml")
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ["audit", "dumps", "-o", "dumps/x.csv"],
        ["audit", "dumps", "-o", "new.json", "-o", "dumps/sub/y.json"],
        ["audit", "dumps/*", "-o", "dumps/x.csv"],
        ["audit", "dumps/**/*", "-o", "dumps/sub/y.json"],
        ["audit", "dumps/z.csv", "-o", "again/z.csv"],
        ["audit", "dumps", "-o", "dumps/z.csv"],
        ["audit", "link.csv", "-o", "dumps/x.csv"],
        ["audit", "dumps/x.csv", "-o", "link.csv"],
        ["audit", "dumps/x.csv", "-o", "hard.json"],
        ["audit", "hard.json", "-o", "again/../dumps/./x.csv"],
        ["report", "results.json", "-o", "results.csv"],
        ["report", "results.json", "-o", "./results.json"],
        ["report", "results.json", "--logo", "logo.png", "-o", "logo.csv"],
        ["audit", "dumps/x.csv", "--logo", "logo.png", "-o", "logo.csv"],
        ["audit", "dumps/x.csv", "--rules", "rules", "-o", "rules.json"],
        ["audit", "dumps/x.csv", "-o", "settings.csv"],
        ["report", "results.json", "-o", "settings.csv"],
    ],
    ids=" ".join,
)
def test_an_output_that_is_read_is_refused_and_nothing_is_written(run, folder, arguments):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for more in ([], ["--overwrite"]):
        finished = run(*arguments, *more)
        assert finished.status == 2
        assert "replace" in finished.err
        assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "arguments",
    [
        ["inspect", "dumps"],
        ["relay", "dumps/x.csv"],
        ["audit", "dumps/x.csv", "-o", "-"],
        ["verify", "results.json", "--input", "hard.json"],
    ],
)
def test_what_is_printed_is_not_added_to_a_file_that_is_read(folder, arguments):
    command = [sys.executable, "-m", "analyzer", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for stream in ("stdout", "stderr"):
        with (folder / "dumps" / "x.csv").open("ab") as dump:
            done = subprocess.run(
                command, **{stream: dump}, cwd=folder, env=environment, check=False
            )
        assert done.returncode == 2
        if stream == "stdout":
            assert (folder / "dumps" / "x.csv").read_bytes() == SAMPLE.read_bytes()


def test_what_is_printed_may_go_to_a_new_file_beside_the_inputs(folder):
    with (folder / "dumps" / "told.txt").open("wb") as told:
        done = subprocess.run(
            [sys.executable, "-m", "analyzer", "inspect", "dumps"],
            stdout=told,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
        )
    assert done.returncode == 0


def test_standard_input_from_a_file_is_read_too(folder):
    with (folder / "dumps" / "x.csv").open("rb") as dump:
        done = subprocess.run(
            [sys.executable, "-m", "analyzer", "audit", "-", "--overwrite", "-o", "hard.json"],
            stdin=dump,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
        )
    assert done.returncode == 2
    assert (folder / "hard.json").read_bytes() == SAMPLE.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["report", "pipe", "-o", "new.csv"], 3),
        (["verify", "pipe"], 3),
        (["report", "/dev/zero", "-o", "new.csv"], 3),
        (["audit", "dumps/x.csv", "--logo", "pipe", "-o", "new.xlsx"], 3),
        (["audit", "dumps/x.csv", "--logo", "/dev/zero", "-o", "new.xlsx"], 3),
        (["audit", "dumps/x.csv", "--rules", "piped"], 6),
        (["rules", "check", "piped"], 6),
    ],
)
def test_a_pipe_or_a_device_in_the_place_of_a_file_is_refused_at_once(
    run, folder, arguments, status
):
    os.mkfifo(folder / "pipe")
    (folder / "piped").mkdir()
    os.mkfifo(folder / "piped" / "a.toml")
    finished = run(*arguments)
    assert (finished.status, "no ordinary file" in finished.err) == (status, True)


def test_a_pipe_in_the_place_of_the_settings_is_refused_at_once(run, folder):
    (folder / "exchange-analyzer.toml").unlink()
    os.mkfifo(folder / "exchange-analyzer.toml")
    finished = run("audit", "dumps/x.csv")
    assert (finished.status, "no ordinary file" in finished.err) == (6, True)


@pytest.mark.parametrize(
    ("name", "arguments", "status"),
    [
        ("results.json", ["report", "results.json", "-o", "new.csv"], 3),
        ("results.json", ["verify", "results.json"], 3),
        ("exchange-analyzer.toml", ["audit", "dumps/x.csv"], 6),
        ("rules/own.toml", ["audit", "dumps/x.csv", "--rules", "rules"], 6),
        ("logo.png", ["audit", "dumps/x.csv", "--logo", "logo.png", "-q", "-o", "new.xlsx"], 3),
    ],
)
def test_a_gigabyte_of_nothing_is_beyond_a_limit_that_is_told(run, folder, name, arguments, status):
    os.truncate(folder / name, 1 << 30)
    finished = run(*arguments)
    assert finished.status == status
    assert "larger than" in finished.err
    assert len(finished.err.splitlines()) == 1
