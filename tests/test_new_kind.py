"""A kind of object nobody knew: one row of the table and a rule file, and it is everywhere."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

PROGRAM = Path(__file__).with_name("invented_kind.py")
SERVER = (
    "CN=EX01,CN=Servers,CN=AG1,CN=Administrative Groups,CN=Contoso,"
    "CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com"
)
# The second coach has no class and is recognised by the containers above it.
DUMP = f"""\
dn: CN=1,CN=SMTP,CN=Protocols,{SERVER}
objectClass: protocolCfgSMTPServer
cn: 1
msExchSmtpRelayForAuth: TRUE

dn: CN=Royal Mail,CN=Stables,CN=Protocols,{SERVER}
objectClass: top
objectClass: inventedMailCoach
cn: Royal Mail
inventedHorses: 4

dn: CN=Night Coach,CN=Stables,CN=Protocols,{SERVER}
cn: Night Coach
inventedHorses: 2
"""
RULE = """\
[[rule]]
id = "MC-01"
title = "Horses"
object_class = "inventedMailCoach"
attribute = "inventedHorses"
kind = "weakness"
severity = "high"
finding = "The mail coach has too few horses"
condition = "at_least"
argument = 4
not_set = "failed"
why = "Two horses do not pull a loaded coach uphill."
check = "Harness two more."
confidence = "confirmed"
sources = ["A coachman"]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the dump, the rule, and all outputs of an audit."""
    folder = tmp_path_factory.mktemp("kind")
    (folder / "rules").mkdir()
    (folder / "rules" / "coaches.toml").write_text(RULE)
    (folder / "dump.ldf").write_text(DUMP)
    outputs = [f"--output=results.{ending}" for ending in ("json", "xlsx", "html", "csv")]
    run = command(folder, "audit", "dump.ldf", "--rules=rules", *outputs, "--evidence=all")
    (folder / "audit.txt").write_text(run)
    return folder


def command(folder: Path, *arguments: str) -> str:
    """Run the program with the invented kind; return both of its streams."""
    done = subprocess.run(
        [sys.executable, str(PROGRAM), *arguments],
        cwd=folder,
        env={**os.environ, "XDG_STATE_HOME": str(folder), "NO_COLOR": "1", "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_it_is_found_in_the_frames(folder: Path) -> None:
    frames = json.loads(command(folder, "frame", "dump.ldf"))
    first = ["organization", "administrative_group", "server", "name", "file", "line"]
    assert frames["columns"][:7] == [*first, "inventedHorses"]
    assert frames["dtype"] == "Int64"
    assert frames["names"] == ["Royal Mail", "Night Coach"]
    assert frames["texts"] == ["4 horses", "2 horses"]


def test_it_is_found_in_the_results(folder: Path) -> None:
    results = json.loads((folder / "results.json").read_text())
    coaches = [record for record in results["objects"] if record["kind"] == "mail_coach"]
    assert [(coach["name"], coach["server"]) for coach in coaches] == [
        ("Royal Mail", "EX01"), ("Night Coach", "EX01"),
    ]  # fmt: skip
    assert coaches[1]["settings"]["inventedHorses"]["value"] == 2
    states = {
        evaluation["dn"].partition(",")[0]: evaluation["state"]
        for evaluation in results["evaluations"]
        if evaluation["rule"] == "MC-01"
    }
    assert states == {"CN=Royal Mail": "passed", "CN=Night Coach": "failed"}


def test_its_finding_is_found_in_the_csv_file(folder: Path) -> None:
    with (folder / "results.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if "MC-01" in row.values()]
    assert len(rows) == 1
    assert any("Night Coach" in value for value in rows[0].values())


def test_it_is_found_in_the_workbook(folder: Path) -> None:
    workbook = openpyxl.load_workbook(folder / "results.xlsx")
    assert "Mail coaches" in workbook.sheetnames
    cells = [str(cell) for row in workbook["Mail coaches"].values for cell in row if cell]
    assert any("Royal Mail" in cell for cell in cells)
    assert any("2 horses" in cell for cell in cells)
    findings = [str(cell) for row in workbook["Findings"].values for cell in row if cell]
    assert any("too few horses" in cell for cell in findings)


def test_it_is_found_on_the_page(folder: Path) -> None:
    page = (folder / "results.html").read_text()
    for text in ("Mail coaches", "Royal Mail", "Night Coach", "4 horses", "too few horses"):
        assert text in page


def test_it_is_found_on_the_terminal(folder: Path) -> None:
    assert "2 mail coaches" in command(folder, "inspect", "dump.ldf")
    assert "2 mail coaches" in (folder / "audit.txt").read_text()
    assert "MC-01" in command(folder, "rules", "list", "--rules=rules")
