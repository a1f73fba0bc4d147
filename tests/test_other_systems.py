"""Windows, as far as it can be played: nothing that only others have, its names and its console."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path, PureWindowsPath

import pytest

import analyzer
from analyzer import platform_calls
from analyzer.dump.named_files import files_behind, split_pattern
from analyzer.errors import OutputError, ReadError
from analyzer.platform_calls import is_reserved, leads_elsewhere
from analyzer.report.whole_files import check_target
from analyzer.verify.report_check import verify_report

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "samples" / "contoso-2003.ldf"
ENDINGS = ("xlsx", "html", "docx", "json", "csv")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="plays Windows on Linux")


def run(
    *arguments: str, folder: Path, program: str = "tests/like_windows.py", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the command on a console of Windows-1252."""
    return subprocess.run(
        [
            *(sys.executable, "-X", "warn_default_encoding", "-W", "error::EncodingWarning"),
            *([str(ROOT / program)] if program else ["-m", "analyzer"]),
            *arguments,
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "cp1252", **environment},
        capture_output=True,
        check=False,
    )


def test_an_audit_gives_the_same_bytes(tmp_path: Path) -> None:
    """Wildcards come to us as they were typed, and only those of inputs are expanded."""
    arguments = ["audit", "*.ldf", "--reproducible", "--client=* %PATH% ~"]
    arguments += [word for ending in ENDINGS for word in ("-o", f"report.{ending}")]
    made = []
    for name, program in (("windows", "tests/like_windows.py"), ("linux", "")):
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy2(SAMPLE, folder / "config.ldf")
        done = run(*arguments, folder=folder, program=program)
        assert done.returncode == 0, done.stderr
        made.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert made[0].keys() == {"config.ldf", *(f"report.{ending}" for ending in ENDINGS)}
    assert made[0] == made[1]
    assert b"* %PATH% ~" in made[0]["report.html"]


def test_the_doctor_finds_all_well_without_the_compiled_scan(tmp_path: Path) -> None:
    done = run("doctor", "--format", "json", folder=tmp_path, WITHOUT_SCAN="1")
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    facts = {fact["name"]: fact["value"] for fact in found["installation"]}
    assert facts["Scan of big files"].startswith("not compiled")
    assert facts["Processor cores"].startswith("1 of ")
    assert facts["Encoding of output"].startswith("cp1252")
    assert [step["ok"] for step in found["self_test"]] == [True] * 6


def test_a_packed_snapshot_is_read_and_names_printed_in_the_code_page_of_the_console(
    tmp_path,
) -> None:
    with zipfile.ZipFile(tmp_path / "dumps.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(SAMPLE.with_name("contoso-snapshot.dat"), "config.dat")
    done = run("relay", "dumps.zip", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "ZRH-EX1 / Virtueller Standardserver für SMTP" in done.stdout.decode("cp1252")
    assert b"dumps.zip!config.dat" in done.stdout


@pytest.mark.parametrize(
    "name",
    [r"C:\dumps\config.ldf", r"\\files\audit$\config.ldf", r"\\?\C:\dumps\a b\config.ldf"],
)
def test_places_may_begin_with_drives_and_shares(name, tmp_path, monkeypatch) -> None:
    """To Linux these are names of files, so that all but opening them is as on Windows."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "analyzer" / "diagnosis" / "self_test.ldf", name)
    results = analyzer.audit(analyzer.read_dump(name))
    analyzer.write_report(results, "r.xlsx", "r.json")
    assert {row.source.file for row in results.virtual_servers} == {name}
    for report in ("r.xlsx", "r.json"):
        points = verify_report(Path(report), [Path(name), Path("r.json")]).points
        assert [point for point in points if not point.ok or not point.checked] == []


@pytest.mark.parametrize(
    ("pattern", "base", "rest"),
    [
        (r"C:\dumps\*.ldf", "C:\\dumps", ["*.ldf"]),
        (r"\\files\audit$\**\config?.ldf", "\\\\files\\audit$\\", ["**", "config?.ldf"]),
        (r"\\?\C:\a very long path\*\x.ldf", "\\\\?\\C:\\a very long path", ["*", "x.ldf"]),
        (r"\\?\C:\missing.ldf", "\\\\?\\C:\\missing.ldf", []),
        (r"C:*.ldf", "C:", ["*.ldf"]),
        ("*.ldf", ".", ["*.ldf"]),
    ],
)
def test_a_pattern_begins_behind_drive_and_share(pattern, base, rest) -> None:
    found = split_pattern(PureWindowsPath(pattern))
    assert (str(found[0]), found[1]) == (base, rest)


@pytest.mark.parametrize(
    "name",
    ["NUL", "con.xlsx", r"C:\out\AUX .json", "com1.html", "LPT¹.csv", "a.xlsx:b.xlsx", r"\\.\C:"],
)
def test_names_that_windows_keeps_are_refused_there(name, monkeypatch) -> None:
    assert not is_reserved(name)
    monkeypatch.setattr(platform_calls, "ON_WINDOWS", True)
    assert is_reserved(name)
    with pytest.raises(OutputError, match="Windows keeps this name"):
        check_target(Path(name), overwrite=True)
    with pytest.raises(ReadError, match="Windows keeps this name"):
        list(files_behind(name))


@pytest.mark.parametrize(
    "name", ["report.xlsx", r"C:\con\nullable.xlsx", r"C:r.xlsx", "COM0.csv", r"\\host\con$\a.json"]
)
def test_other_names_are_not(name, monkeypatch) -> None:
    monkeypatch.setattr(platform_calls, "ON_WINDOWS", True)
    assert not is_reserved(name)


def test_a_junction_leads_elsewhere(monkeypatch, tmp_path) -> None:
    class Status:
        st_mode = tmp_path.stat().st_mode
        st_reparse_tag = 0xA0000003  # IO_REPARSE_TAG_MOUNT_POINT, [MS-FSCC] 2.1.2.1

    monkeypatch.setattr(platform_calls.stat, "IO_REPARSE_TAG_MOUNT_POINT", 0xA0000003, False)
    assert leads_elsewhere(Status())
    assert not leads_elsewhere(tmp_path.stat())
