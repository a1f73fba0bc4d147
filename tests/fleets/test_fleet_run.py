"""A folder of dumps of all sorts: each is audited for itself, and the overview adds up."""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from python_calamine import CalamineWorkbook

import analyzer
from analyzer.fleets.fleet_run import FleetFrames, frames_of

from . import small_fleets
from .small_fleets import SAMPLES, Fleet, small_dump

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "analyzer" / "results" / "fleet.schema.json").read_text())
SEVERITIES = ("critical", "high", "medium", "low", "info")


def document(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "fleet.json").read_text())


def rows_of(file: Path, sheet: str) -> list[dict[str, Any]]:
    rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_name(sheet).to_python()
    at = next(at for at, row in enumerate(rows) if at > 3 and row[0] and row[1])
    return [dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 :]]


class Mixed:
    """A fleet of good, damaged and hostile dumps, audited once."""

    def __init__(self, folder: Path, frames: FleetFrames) -> None:
        self.folder, self.frames = folder, frames
        self.told = document(folder / "out")
        self.by_label = {dump["label"]: dump for dump in self.told["dumps"]}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Mixed:
    folder = tmp_path_factory.mktemp("fleet")
    dumps = folder / "in"
    dumps.mkdir()
    for name in ("contoso-2003.ldf", "contoso-csvde.csv", "contoso-snapshot.dat"):
        shutil.copy(SAMPLES / name, dumps)
    shutil.copy(SAMPLES / "fabrikam" / "fabrikam.ldf", dumps)
    for number in range(4):
        (dumps / f"small{number}.ldf").write_text(small_dump(f"small{number}"))
    (dumps / "odd.ldf").write_text(small_dump("odd", relay="FALSE", hops=77))
    (dumps / "damaged.ldf").write_text(small_dump("damaged") + "dn: CN=x\ncn:: %%%\n\nnonsense\n")
    (dumps / "readme.txt").write_text("no dump at all")
    (dumps / "empty.ldf").write_text("")
    (dumps / "bomb.ldf.gz").write_bytes(gzip.compress(b"\0" * (100 << 20)))
    (dumps / "link.ldf").symlink_to("/etc/hostname")
    frames: list[FleetFrames] = []
    out = folder / "out"
    small_fleets.run(dumps, to=out, jobs=2, look=lambda tables: frames.append(frames_of(tables)))
    return Mixed(folder, frames[0])


def test_every_dump_is_done_or_failed_with_its_reason(mixed: Mixed) -> None:
    failed = {each["label"]: each["reason"] for each in mixed.told["dumps"] if each["reason"]}
    assert set(failed) == {"readme.txt", "empty.ldf", "bomb.ldf.gz", "link.ldf"}
    assert failed["readme.txt"].startswith("this is neither LDIF nor CSV")
    assert failed["link.ldf"].startswith("a link")
    assert {each["status"] for each in mixed.told["dumps"]} == {"done", "failed"}
    assert mixed.told["totals"]["dumps"] == len(mixed.told["dumps"]) == 14
    assert not (mixed.folder / "out" / "readme.txt").exists()


def test_the_document_keeps_to_its_schema(mixed: Mixed) -> None:
    jsonschema.validate(mixed.told, SCHEMA)


@pytest.mark.parametrize("name", ["contoso-2003.ldf", "fabrikam.ldf", "damaged.ldf"])
def test_an_audit_in_a_fleet_is_that_of_the_dump_alone(name: str, mixed: Mixed) -> None:
    alone = analyzer.audit(analyzer.read_dump(mixed.folder / "in" / name))
    record = mixed.by_label[name]
    results = json.loads((mixed.folder / "out" / record["results"]).read_text())
    assert [each["fingerprint"] for each in results["findings"]] == [
        each.fingerprint for each in alone.findings
    ]
    counts = Counter(each.severity for each in alone.findings)
    assert record["findings"] == {severity: counts[severity] for severity in SEVERITIES}
    verdicts = Counter(each.relay.verdict for each in alone.listeners if not each.left_by)
    assert {key: number for key, number in record["relay"].items() if number} == dict(verdicts)
    assert record["sha256"] == alone.inputs[0].sha256
    assert record["unreadable"] == len(alone.unreadable)


def test_dumps_of_one_forest_are_its_history_and_count_once(mixed: Mixed) -> None:
    (contoso,) = [each for each in mixed.told["forests"] if len(each["dumps"]) > 1]
    assert sorted(contoso["dumps"]) == [
        "contoso-2003.ldf",
        "contoso-csvde.csv",
        "contoso-snapshot.dat",
    ]
    of_contoso = [mixed.by_label[label] for label in contoso["dumps"]]
    assert [each["counted"] for each in of_contoso].count(True) == 1
    counted = [each for each in mixed.told["dumps"] if each["counted"]]
    assert len(counted) == mixed.told["totals"]["forests"] == 8
    for severity in SEVERITIES:
        total = sum(each["findings"][severity] for each in counted)
        assert mixed.told["totals"]["findings"][severity] == total
    for verdict, number in mixed.told["totals"]["relay"].items():
        assert number == sum(each["relay"][verdict] for each in counted)


def test_rules_are_counted_by_forests(mixed: Mixed) -> None:
    by_rule: Counter[str] = Counter()
    for each in mixed.told["dumps"]:
        if each["counted"]:
            results = json.loads((mixed.folder / "out" / each["results"]).read_text())
            by_rule.update({finding["rule"] for finding in results["findings"]})
    assert {each["rule"]: each["forests"] for each in mixed.told["rules"]} == dict(by_rule)


def test_the_workbook_shows_the_same_numbers(mixed: Mixed) -> None:
    file = mixed.folder / "out" / "fleet.xlsx"
    overview = rows_of(file, "Overview")
    assert [row["Dump"] for row in overview] == [each["label"] for each in mixed.told["dumps"]]
    critical = sum(row["Critical"] or 0 for row in overview if row["Counts"] == "Yes")
    assert critical == mixed.told["totals"]["findings"]["critical"]
    exposure = rows_of(file, "Relay exposure")
    assert len(exposure) == sum(mixed.told["totals"]["relay"].values())
    verdicts = [row["Verdict"].removesuffix(" (assumed)") for row in exposure]
    order = ["Open", "Cannot tell", "Restricted by address", "Authenticated only", "Closed"]
    assert verdicts == sorted(verdicts, key=order.index)
    assert {row["Dump"] for row in rows_of(file, "Failures")} == {
        each["label"] for each in mixed.told["dumps"] if each["status"] == "failed"
    }
    assert len(rows_of(file, "History")) == 3


def test_what_most_forests_have_alike_shows_who_has_not(mixed: Mixed) -> None:
    odd = rows_of(mixed.folder / "out" / "fleet.xlsx", "Odd ones out")
    hops = [row for row in odd if row["Setting"] == "msExchSmtpMaxHopCount"]
    assert ("odd.ldf", "77", "30") in {
        (row["Dump"], row["Value here"], row["Usual value"]) for row in hops
    }


def test_the_page_links_to_each_dump(mixed: Mixed) -> None:
    page = (mixed.folder / "out" / "fleet.html").read_text()
    assert 'href="./odd.ldf/results.json"' in page
    assert "2 of 8 forests have a listener through which anybody" in page


def test_frames_have_the_rows_of_the_document(mixed: Mixed) -> None:
    frames = mixed.frames
    assert list(frames.dumps.index) == list(mixed.by_label)
    assert frames.dumps["findings_critical"].sum() == sum(
        each["findings"].get("critical", 0) for each in mixed.told["dumps"]
    )
    counted = frames.findings[frames.findings["counted"]]
    assert len(counted) == sum(mixed.told["totals"]["findings"].values())


def test_parquet_holds_what_the_frames_hold(mixed: Mixed) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(mixed.folder / "out" / "fleet.parquet").to_pydict()
    assert table["label"] == list(mixed.by_label)
    findings = parquet.read_table(mixed.folder / "out" / "fleet-findings.parquet")
    assert findings.num_rows == len(mixed.frames.findings)


def test_the_library_returns_both_frames(two: Path, tmp_path: Path) -> None:
    frames = analyzer.fleet(two, output=tmp_path / "out", jobs=1)
    assert list(frames.dumps.index) == ["alpha.ldf", "beta.ldf"]
    assert set(frames.findings["label"]) == {"alpha.ldf", "beta.ldf"}


@pytest.fixture
def two(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("alpha", "beta"):
        (folder / f"{name}.ldf").write_text(small_dump(name))
    return folder


def test_what_has_not_changed_is_kept_and_the_rest_audited(
    two: Path, tmp_path: Path, fleet: Fleet
) -> None:
    out = tmp_path / "out"
    fleet(two, to=out)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("results.json")}
    (two / "beta.ldf").write_text(small_dump("beta", relay="FALSE"))
    (two / "gamma.ldf").write_text(small_dump("gamma"))
    assert fleet(two, to=out).kept == 1
    after = {path.parent.name: path.stat().st_mtime_ns for path in out.rglob("results.json")}
    same = {path.parent.name for path, time in before.items() if after[path.parent.name] == time}
    assert same == {"alpha.ldf"}
    assert len(after) == 3


def test_other_options_or_force_audit_again(two: Path, tmp_path: Path, fleet: Fleet) -> None:
    out = tmp_path / "out"
    fleet(two, to=out)
    assert fleet(two, to=out).kept == 2
    assert fleet(two, to=out, gateway="smtp.example.com").kept == 0
    assert fleet(two, to=out, gateway="smtp.example.com", force=True).kept == 0


def test_half_a_results_file_is_not_kept(two: Path, tmp_path: Path, fleet: Fleet) -> None:
    out = tmp_path / "out"
    fleet(two, to=out)
    file = out / "alpha.ldf" / "results.json"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert fleet(two, to=out).kept == 1
    assert json.loads(file.read_text())["findings"] == json.loads(whole)["findings"]


def test_reports_asked_for_later_are_made_from_kept_audits(
    two: Path, tmp_path: Path, fleet: Fleet
) -> None:
    out = tmp_path / "out"
    fleet(two, to=out)
    assert fleet(two, to=out, each=("html", "csv")).kept == 2
    assert {path.name for path in (out / "beta.ldf").iterdir()} == {
        "results.json",
        "report.html",
        "report.csv",
    }
    assert 'href="./beta.ldf/report.html"' in (out / "fleet.html").read_text()


WAIVERS = """\
[[waiver]]
id = "W-1"
rule = "VS-01"
reason = "No client of it has to log on."
approved_by = "A. Client"
approved_on = 2026-01-15
expires = 2026-12-31
[waiver.applies_to]
server = "EX01"
"""


def test_waivers_and_baselines_of_the_list(tmp_path: Path, fleet: Fleet) -> None:
    for name in ("alpha", "beta"):
        (tmp_path / f"{name}.ldf").write_text(small_dump(name, relay="FALSE"))
    (tmp_path / "old.ldf").write_text(small_dump("beta"))
    (tmp_path / "waivers.toml").write_text(WAIVERS)
    rows = "path,client,waivers,baseline\nalpha.ldf,Alpha,waivers.toml,\nbeta.ldf,Beta,,old.ldf\n"
    (tmp_path / "dumps.csv").write_text(rows)
    inputs, out = f"@{tmp_path}/dumps.csv", tmp_path / "out"
    fleet(inputs, to=out, as_of="2026-06-01")
    alpha, beta = document(out)["dumps"]
    assert (alpha["waived"], alpha["changes"]) == (1, {})
    assert beta["waived"] == 0
    assert beta["changes"]["new"] > 0
    assert document(out)["totals"]["changes"] == beta["changes"]
    assert fleet(inputs, to=out, as_of="2026-06-01").kept == 2
    (tmp_path / "waivers.toml").write_text(WAIVERS.replace("EX01", "EX02"))
    (tmp_path / "old.ldf").write_text(small_dump("beta", relay="FALSE"))
    assert fleet(inputs, to=out, as_of="2026-06-01").kept == 0
    alpha, beta = document(out)["dumps"]
    assert (alpha["waived"], beta["changes"]["new"]) == (0, 0)
    (row, _) = rows_of(out / "fleet.xlsx", "Overview")
    assert {"Client", "Since the baseline"} <= row.keys()


def test_waivers_that_expire_are_judged_again(two: Path, tmp_path: Path, fleet: Fleet) -> None:
    (tmp_path / "waivers.toml").write_text(WAIVERS)
    (two / "alpha.ldf").write_text(small_dump("alpha", relay="FALSE"))
    chosen = {"to": tmp_path / "out", "waivers": (str(tmp_path / "waivers.toml"),)}
    waived = []
    for day in ("2026-12-31", "2027-01-01"):
        assert fleet(two, as_of=day, **chosen).kept == 0
        waived.append(document(tmp_path / "out")["dumps"][0]["waived"])
    assert waived == [1, 0]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "analyzer", "fleet", *arguments]


def by_cli(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command(*arguments),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_exit_statuses(two: Path, tmp_path: Path, run: Callable[..., Any]) -> None:
    (two / "no-dump.txt").write_text("hello")
    assert run("fleet", "in", "-o", "out", "--strict").status == 4
    assert run("fleet", "in", "-o", "out", "--fail-on", "info").status == 1
    assert run("fleet", "in/no-dump.txt", "-o", "out2").status == 3
    assert run("fleet", "none", "-o", "out3").status == 3
    assert run("fleet", "in").status == 2
    (tmp_path / "file").write_text("")
    assert run("fleet", "in", "-o", "file").status == 5


NO_SOCKET = """\
import socket

def refuse(*arguments, **named):
    raise AssertionError("a socket was opened")

socket.socket.__init__ = socket.create_connection = socket.getaddrinfo = refuse
"""


def test_a_fleet_of_this_computer_opens_no_socket(two: Path, tmp_path: Path) -> None:
    """Neither here nor in the processes that audit: all load `sitecustomize` when they start."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(NO_SOCKET)
    done = subprocess.run(
        command("in", "-o", "out", "--each", "html"),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{tmp_path / 'site'}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert document(tmp_path / "out")["totals"]["done"] == 2


@pytest.mark.parametrize("signal_sent", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_that_was_killed_goes_on_where_it_was(
    signal_sent: signal.Signals, tmp_path: Path
) -> None:
    number = 24
    (tmp_path / "in").mkdir()
    for at in range(number):
        (tmp_path / "in" / f"d{at:02}.ldf").write_text(small_dump(f"d{at}"))
    out = tmp_path / "out"
    first = subprocess.Popen(
        command("in", "-o", "out", "--jobs", "1"),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.DEVNULL,
    )
    while first.poll() is None and len(list(out.glob("*/results.json"))) < 5:
        time.sleep(0.005)
    first.send_signal(signal_sent)
    first.wait()
    done = list(out.glob("*/results.json"))
    for file in done:
        json.loads(file.read_text())
    assert not (out / "fleet.json").exists()
    times = {file: file.stat().st_mtime_ns for file in done}
    again = by_cli(tmp_path, "in", "-o", "out")
    assert again.returncode == 0
    assert document(out)["totals"]["done"] == number
    assert {file: file.stat().st_mtime_ns for file in done} == times
    with suppress(AssertionError):
        assert len(done) < number
