"""What `compare`, `--baseline` and `--fail-on new` read, write and end with."""

import csv
import json
from pathlib import Path

import openpyxl
import pytest

VALUE = b"msExchSmtpRelayForAuth: TRUE"
FIRST_OF_EX01 = b"dn: CN=1,CN=SMTP,CN=Protocols,CN=EX01,"


@pytest.fixture
def worse(sample, tmp_path) -> str:
    """Return the dump of a year later: the first virtual server of EX01 fails VS-01 now."""
    data = Path(sample).read_bytes()
    at = data.index(VALUE, data.index(FIRST_OF_EX01))
    path = tmp_path / "worse.ldf"
    path.write_bytes(data[:at] + VALUE.replace(b"TRUE", b"FALSE") + data[at + len(VALUE) :])
    return str(path)


def results_in(path: str) -> dict:
    return json.loads(Path(path).read_bytes())


@pytest.fixture
def olds(run, sample) -> dict[str, str]:
    """Return last time's audit in each form that it may have."""
    run("audit", sample, "-q", "-o", "old.json", "-o", "old.xlsx")
    return {"results": "old.json", "workbook": "old.xlsx", "dump": sample}


@pytest.mark.parametrize("source", ["results", "workbook", "dump"])
def test_audit_compares_with_each_form_of_baseline(run, worse, olds, source):
    finished = run("audit", worse, "-o", "new.json", "--baseline", olds[source])
    results = results_in("new.json")
    assert results["baseline"]["source"] == source
    assert [
        (f["rule"], f["change"]) for f in results["findings"] if f["change"] != "unchanged"
    ] == [("VS-01", "new")]
    # Whoever logs on may no longer relay, which RL-04 and RL-07 had told.
    assert [f["rule"] for f in results["resolved"]] == ["RL-04", "RL-07"]
    assert [r["direction"] for r in results["changed_relay"]] == ["improved"]
    # VS-09 failed before, too, and was told by RL-04.
    assert "1 new   0 changed   73 unchanged   2 resolved" in finished.err


@pytest.mark.parametrize("ending", ["json", "xlsx", "html", "csv", "sarif"])
def test_compare_writes_each_format(run, worse, olds, ending):
    finished = run("compare", olds["results"], worse, "-o", f"changes.{ending}")
    assert finished.status == 0
    assert Path(f"changes.{ending}").stat().st_size > 1000


def test_the_workbook_has_a_sheet_of_changes_a_column_and_counts(run, worse, olds):
    run("audit", worse, "-q", "-o", "new.xlsx", "--baseline", olds["results"])
    book = openpyxl.load_workbook("new.xlsx")
    rows = list(book["Changes"].iter_rows(min_row=6, values_only=True))
    assert [(row[0], row[11]) for row in rows] == [
        ("New", "VS-01"),
        ("Resolved", "RL-04"),
        ("Resolved", "RL-07"),
    ]
    headers = [cell.value for cell in book["Findings"][5]]
    at = headers.index("Change")
    words = [row[at] for row in book["Findings"].iter_rows(min_row=6, values_only=True)]
    assert words.count("New") == 1
    assert set(words) == {"New", "Unchanged"}
    cells = {cell.value: cell for row in book["Summary"].iter_rows() for cell in row}
    assert "Since the baseline" in cells
    assert cells["Resolved"].offset(column=1).value == 2
    assert len(book["Summary"]._charts) == 2


def test_without_a_baseline_nothing_is_said_of_changes(run, sample):
    run("audit", sample, "-q", "-o", "new.xlsx", "-o", "new.json")
    book = openpyxl.load_workbook("new.xlsx")
    assert "Changes" not in book.sheetnames
    assert "Change" not in [cell.value for cell in book["Findings"][5]]
    results = results_in("new.json")
    assert results["baseline"] is None
    assert {f["change"] for f in results["findings"]} == {""}


def test_the_page_shows_counts_chart_and_changes(run, worse, olds):
    run("audit", worse, "-q", "-o", "new.html", "--baseline", olds["results"])
    page = Path("new.html").read_text()
    assert 'id="change-chart-text"' in page
    assert "Since the baseline" in page
    assert ">Relay changes<" in page
    # RL-04 and RL-07 of the sample told that whoever logs on may relay.
    assert ": findings one new, two resolved." in page


def test_the_table_of_findings_ends_with_those_that_are_gone(run, worse, olds):
    run("compare", olds["dump"], worse, "-q", "-o", "new.csv")
    with Path("new.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["rule"], row["change"], row["status"]) for row in rows[-2:]] == [
        ("RL-04", "resolved", "resolved"),
        ("RL-07", "resolved", "resolved"),
    ]


def test_report_renders_the_comparison_again(run, worse, olds):
    run("audit", worse, "-q", "-o", "new.json", "-o", "new.html", "--baseline", olds["results"])
    run("report", "new.json", "-q", "-o", "again.html")
    assert Path("again.html").read_bytes() == Path("new.html").read_bytes()


def test_fail_on_new_counts_new_findings_alone(run, sample, worse, olds):
    arguments = ("-q", "--fail-on", "new", "--baseline", olds["results"])
    assert run("audit", sample, *arguments).status == 0
    assert run("audit", worse, *arguments).status == 1
    assert run("compare", olds["results"], worse, "-q", "--fail-on", "new").status == 1
    assert run("compare", worse, sample, "-q", "--fail-on", "new").status == 1
    finished = run("audit", sample, "-q", "--fail-on", "new")
    assert finished.status == 2
    assert "--baseline" in finished.err


def test_no_output_takes_the_place_of_a_baseline(run, sample, olds):
    before = Path("old.json").read_bytes()
    finished = run("audit", sample, "-o", "old.json", "--overwrite", "--baseline", "old.json")
    assert finished.status == 2
    finished = run("compare", "old.json", sample, "-o", "old.json", "--overwrite")
    assert finished.status == 2
    assert Path("old.json").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.json", b"{}", "schema_version"),
        ("b.json", b"{ not", "not JSON"),
        ("c.xlsx", b"PK\3\4" + bytes(26) + b"[Content_Types].xml", "no workbook that can be read"),
        ("d.txt", b"Dear client,\n", ""),
        ("missing.json", None, "missing.json"),
    ],
)
def test_what_is_no_audit_is_an_error_of_the_input(run, sample, name, data, reason):
    if data is not None:
        Path(name).write_bytes(data)
    for command in (("audit", sample, "--baseline", name), ("compare", name, sample)):
        finished = run(*command, "-o", "new.json")
        assert finished.status == 3
        assert reason in finished.err
        assert not Path("new.json").exists()


def test_reproducible_comparisons_are_equal_bytes(run, worse, olds):
    for name in ("a", "b"):
        outputs = ("-o", f"{name}.xlsx", "-o", f"{name}.sarif")
        run("compare", olds["dump"], worse, "-q", "--reproducible", *outputs)
    assert Path("a.xlsx").read_bytes() == Path("b.xlsx").read_bytes()
    assert Path("a.sarif").read_bytes() == Path("b.sarif").read_bytes()
