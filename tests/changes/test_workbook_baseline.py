"""Last time's workbook as the baseline: what it proves, and what it does not."""

import shutil
from pathlib import Path

import openpyxl
import pytest
from forests import (
    SERVERS,
    audit,
    below,
    changed,
    changes_of,
    forest,
    moved,
    only,
    reasons,
    virtual_server,
    without,
)

import analyzer
from analyzer.catalogue import load_catalogue
from analyzer.changes.baselines import Baseline, kind_of_file, read_baseline
from analyzer.changes.compare_results import compare_results
from analyzer.errors import ReadError
from analyzer.results.records import Results

EX02 = f"CN=EX02,{SERVERS}"
RULES = load_catalogue()


@pytest.fixture(scope="module")
def old(tmp_path_factory) -> Results:
    return audit(tmp_path_factory.mktemp("old"), forest())


@pytest.fixture(scope="module")
def workbook(old, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("book") / "old.xlsx"
    analyzer.write_report(old, path)
    return path


def compared(workbook: Path, now: Results) -> Results:
    return compare_results(read_baseline(workbook), Baseline(now, "dump"), RULES)


def edited(workbook: Path, target: Path, edit) -> Path:
    """Save a workbook again as a reviewer does, after some change to its sheet of findings."""
    book = openpyxl.load_workbook(workbook)
    edit(book["Findings"])
    book.save(target)
    return target


def test_what_is_read_back_is_what_was_written(old, workbook):
    results = read_baseline(workbook).results
    assert results.run.report_id == old.run.report_id
    assert [f.fingerprint for f in results.findings] == [f.fingerprint for f in old.findings]
    for read, written in zip(results.findings, old.findings, strict=True):
        assert (read.id, read.rule, read.severity, read.kind, read.dn, read.attribute) == (
            *(written.id, written.rule, written.severity, written.kind),
            *(written.dn, written.attribute),
        )
        assert (read.covers, bool(read.objects)) == (written.covers, bool(written.objects))
    assert [source.sha256 for source in results.inputs] == [s.sha256 for s in old.inputs]
    assert {listener.dn: listener.relay.verdict for listener in results.listeners} == {
        listener.dn: listener.relay.verdict for listener in old.listeners
    }
    assert [(c.rule, c.failed, c.passed) for c in results.checks] == [
        (c.rule, c.failed, c.passed) for c in old.checks
    ]


def test_the_same_dump_has_no_change(workbook, tmp_path):
    results = compared(workbook, audit(tmp_path, forest()))
    assert changes_of(results) == {}
    assert not results.changed_relay


def test_what_was_mended_is_resolved(workbook, tmp_path):
    items = changed(forest(), virtual_server(2), msExchSmtpRelayForAuth="TRUE")
    results = compared(workbook, audit(tmp_path, items))
    # As with the JSON results, see test_two_dumps.
    assert changes_of(results) == {
        "new": ["RL-04 CN=2 CN=EX01"],
        "resolved": ["VS-01 CN=2 CN=EX01"],
        "gone": ["VS-09 CN=2 CN=EX01"],
    }


def test_a_renamed_server_is_the_same(workbook, tmp_path):
    items = moved(forest(), EX02, f"CN=EXNEW,{SERVERS}")
    results = compared(workbook, audit(tmp_path, items))
    assert changes_of(results) == {}
    assert not results.changed_relay


def test_a_poorer_dump_resolves_nothing(workbook, tmp_path):
    narrow = compared(workbook, audit(tmp_path / "a", below(forest(), f"CN=EX01,{SERVERS}")))
    write = only("objectClass", "cn", "distinguishedName", "objectGUID", "msExchSmtpRelayForAuth")
    limited = compared(workbook, audit(tmp_path / "b", forest(), write=write))
    for results in (narrow, limited):
        assert results.resolved == ()
        assert set(changes_of(results)) <= {"gone", "not_comparable"}


def test_a_finding_whose_row_was_deleted_from_the_workbook_is_not_called_new(workbook, tmp_path):
    now = audit(tmp_path, changed(forest(), EX02, whenChanged="20050101000000.0Z"))
    (about_server,) = [f for f in now.findings if f.rule == "SV-01"]
    book = edited(workbook, tmp_path / "less.xlsx", lambda sheet: _delete(sheet, about_server.id))
    results = compared(book, now)
    # The number of failed checks shows that a row is missing.
    (finding,) = [f for f in results.findings if f.id == about_server.id]
    assert finding.change == "not_comparable"


def _delete(sheet, finding_id: str) -> None:
    (row,) = [cell.row for cell in sheet["A"] if cell.value == finding_id]
    sheet.delete_rows(row)


def test_a_sorted_sheet_with_moved_columns_reads_the_same(workbook, tmp_path):
    def edit(sheet) -> None:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
        header, *body = ([*row[5:], *row[:5]] for row in rows)
        for at, row in enumerate([header, *reversed(body)], start=5):
            for column, value in enumerate(row, start=1):
                sheet.cell(at, column).value = value
                sheet.cell(at, column).data_type = "s" if isinstance(value, str) else "n"

    book = edited(workbook, tmp_path / "moved.xlsx", edit)
    results = compared(book, audit(tmp_path, forest()))
    assert changes_of(results) == {}


def test_a_sheet_that_lost_its_key_is_an_error_that_says_what_to_do(workbook, tmp_path):
    def edit(sheet) -> None:
        (cell,) = [cell for cell in sheet[5] if cell.value == "Fingerprint"]
        cell.value = "Hash"

    book = edited(workbook, tmp_path / "keyless.xlsx", edit)
    with pytest.raises(ReadError, match=r"sheet Findings .* column Fingerprint"):
        read_baseline(book)


def test_two_workbooks_can_be_compared(workbook, tmp_path):
    items = without(changed(forest(), virtual_server(1), msExchSmtpRelayForAuth="FALSE"), EX02)
    now = tmp_path / "now.xlsx"
    analyzer.write_report(audit(tmp_path, items), now)
    results = compare_results(read_baseline(workbook), read_baseline(now), RULES)
    changes = changes_of(results)
    assert "VS-01 CN=1 CN=EX01" in changes["new"]
    # A workbook does not say how far its dump reached: what it does not hold is not gone for that.
    assert not [name for name in changes.get("resolved", []) if "EX02" in name]
    assert "VS-01 CN=1 CN=EX02" in changes["gone"]
    assert any("it is not known whether" in reason for reason in reasons(results))
    analyzer.write_report(results, tmp_path / "changes.xlsx", tmp_path / "changes.html")


def test_files_are_told_apart_by_their_first_bytes(workbook, tmp_path):
    shutil.copy(workbook, tmp_path / "a.bin")
    (tmp_path / "b.bin").write_bytes(b'\xef\xbb\xbf {"schema_version": 1}')
    (tmp_path / "c.bin").write_bytes(b"dn: CN=x\n")
    assert [kind_of_file(tmp_path / f"{name}.bin") for name in "abc"] == [
        *("workbook", "results", "dump")
    ]
    assert kind_of_file(tmp_path) == kind_of_file(tmp_path / "missing") == "dump"
    shutil.make_archive(str(tmp_path / "dumps"), "zip", tmp_path, "c.bin")
    assert kind_of_file(tmp_path / "dumps.zip") == "dump"
