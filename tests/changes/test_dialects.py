"""One forest as every tool writes it: what one export shows and another does not is no change."""

from pathlib import Path

import pytest

import analyzer
from analyzer.results.records import Results

SAMPLES = Path(__file__).parents[2] / "samples"
DIALECTS = (
    *("csvde-saved-by-spreadsheet.csv", "csvde-without-octets.csv", "jxplorer.ldif"),
    *("ldapsearch-LLL.ldif", "ldapsearch-two-attributes.ldif", "ldifde-one-attribute.ldf"),
    *("ldifde-without-octets.ldf", "powershell-5.csv", "powershell-7-joined.csv", "studio.ldif"),
    "studio-binary-mangled.csv",
)
WITH_GUIDS = (
    "csvde-saved-by-spreadsheet.csv",
    "jxplorer.ldif",
    "ldapsearch-LLL.ldif",
    "studio.ldif",
)
"""The fingerprints of the others rest on DNs."""


def audit_of(path: Path) -> Results:
    return analyzer.audit(analyzer.read_dump(path))


@pytest.fixture(scope="module")
def whole() -> Results:
    return audit_of(SAMPLES / "contoso-2003.ldf")


def no_change(results: Results) -> None:
    assert {finding.change for finding in results.findings} <= {"unchanged", "not_comparable"}
    assert results.resolved == ()
    assert results.changed_settings == ()
    assert {relay.direction for relay in results.changed_relay} <= {"not_comparable"}
    for finding in results.findings:
        assert bool(finding.change_reason) or finding.change == "unchanged"
    assert all(finding.why for finding in results.not_comparable)


@pytest.mark.parametrize("name", DIALECTS)
def test_a_dialect_against_a_full_export_changes_nothing(whole, name):
    other = audit_of(SAMPLES / "dialects" / name)
    for old, new in ((whole, other), (other, whole)):
        results = analyzer.compare(old, new)
        no_change(results)
        # Each finding of the baseline is told: as one of now, or as one that cannot be compared.
        present = {finding.fingerprint for finding in results.findings}
        gone = {finding.fingerprint for finding in results.not_comparable}
        assert not present & gone
        if name in WITH_GUIDS:
            assert {finding.fingerprint for finding in old.findings} <= present | gone


@pytest.mark.parametrize("name", ["fabrikam-csvde.csv", "fabrikam-limited.ldf"])
def test_receive_connectors_change_nothing_either(name):
    whole = audit_of(SAMPLES / "fabrikam" / "fabrikam.ldf")
    other = audit_of(SAMPLES / "fabrikam" / name)
    no_change(analyzer.compare(whole, other))
    no_change(analyzer.compare(other, whole))
