"""The demonstration: what it writes, what it shows, and that its dumps are those of the script."""

import json
import runpy
import sys
from pathlib import Path

import openpyxl
import pytest

import analyzer
from analyzer.cli import main
from analyzer.demonstration.demo_files import COMMAND, write_demo

ROOT = Path(__file__).parents[2]
NAMES = {
    *("last-year.ldf", "this-year.ldf", "waivers.toml", "profile.toml", "last-year.json"),
    *("last-year-reviewed.xlsx", "follow-up.xlsx", "follow-up.html", "follow-up.json"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "new"
    assert set(write_demo(folder)) == NAMES
    return folder


def test_the_dumps_are_those_of_the_script(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "samples"))
    script = runpy.run_path(str(ROOT / "scripts" / "demo_dumps.py"))
    for name, data in script["make_dumps"]().items():
        assert (script["TARGET"] / name).read_bytes() == data


def test_all_files_are_written_and_nothing_else(folder):
    assert {path.name for path in folder.iterdir()} == NAMES


def test_the_follow_up_shows_every_kind_of_change(folder):
    results = json.loads((folder / "follow-up.json").read_bytes())
    changes = {finding["change"] for finding in results["findings"]}
    assert changes == {"new", "changed", "unchanged"}
    # The open relay of EX02 was closed, and OLD01 is gone.
    assert {finding["server"] for finding in results["resolved"]} == {"EX02", "OLD01"}
    assert {f["rule"] for f in results["not_comparable"]} == {"VS-09", "RL-06"}
    assert [relay["direction"] for relay in results["changed_relay"]] == [
        *("worsened", "improved", "gone", "gone")
    ]
    (worse, *_) = results["changed_relay"]
    assert (worse["server"], worse["after"], worse["added"]) == (
        *("EX01", "listed"),
        ["203.0.113.0/24"],
    )
    renamed = [c for c in results["changed_settings"] if c["attribute"] == "distinguishedName"]
    assert {change["server"] for change in renamed} == {"SALES-GW2"}
    assert [waiver["state"] for waiver in results["waivers"]] == [
        *("used", "used", "expired", "unused")
    ]


def test_what_the_reviewer_wrote_is_carried_over(folder):
    sheets = [
        openpyxl.load_workbook(folder / name)["Findings"]
        for name in ("last-year-reviewed.xlsx", "follow-up.xlsx")
    ]
    comments = []
    for sheet in sheets:
        headers = [cell.value for cell in sheet[5]]
        at = headers.index("Reviewer comment")
        rows = sheet.iter_rows(min_row=6, values_only=True)
        comments.append({row[at] for row in rows if row[at]})
    last, now = comments
    assert len(last) == 4
    # The finding of the fourth is resolved, so that its comment stands on a sheet of its own.
    assert now < last
    assert len(now) == 3
    assert "Reviewer entries" in openpyxl.load_workbook(folder / "follow-up.xlsx").sheetnames


def test_it_is_the_same_each_time(folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    write_demo(folder, overwrite=True)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_the_command_that_is_shown_makes_the_same_results(folder, monkeypatch):
    monkeypatch.chdir(folder)
    before = analyzer.results.document.load_json(Path("follow-up.json").read_bytes())
    monkeypatch.setattr(sys, "argv", [*COMMAND.split(), "-q", "--overwrite"])
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    again = analyzer.results.document.load_json(Path("follow-up.json").read_bytes())
    for part in ("resolved", "not_comparable", "changed_settings", "changed_relay", "waivers"):
        assert len(getattr(again, part)) == len(getattr(before, part))
    assert [f.change for f in again.findings] == [f.change for f in before.findings]
    write_demo(folder, overwrite=True)


def test_an_existing_file_is_kept(tmp_path, monkeypatch, capfd):
    (tmp_path / "waivers.toml").write_text("mine")
    monkeypatch.setattr(sys, "argv", ["exchange-analyzer", "demo", str(tmp_path)])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 5
    assert "waivers.toml: exists already" in capfd.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["waivers.toml"]
    assert (tmp_path / "waivers.toml").read_text() == "mine"


def test_what_is_no_folder_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(analyzer.OutputError, match="cannot be made"):
        write_demo(tmp_path / "file" / "demo")
