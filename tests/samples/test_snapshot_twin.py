"""A snapshot and an LDIF of the same directory give the same results, but for lines and offsets."""

import gzip
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import analyzer
from analyzer.results.records import Results

SAMPLES = Path(__file__).parents[2] / "samples"
SNAPSHOT = SAMPLES / "contoso-snapshot.dat"


def results_of(path: Path) -> Results:
    return analyzer.audit(analyzer.read_dump(path))


@pytest.fixture(scope="module")
def snapshot() -> Results:
    return results_of(SNAPSHOT)


@pytest.fixture(scope="module")
def twin() -> Results:
    return results_of(SAMPLES / "contoso-2003.ldf")


def test_the_input_is_a_snapshot_of_the_configuration_partition(snapshot: Results) -> None:
    (source,) = snapshot.inputs
    assert (source.format, source.dialect, source.encoding) == (
        "snapshot",
        "adexplorer",
        "utf-16-le",
    )
    assert source.export_scope == "full"
    assert source.naming_context == "CN=Configuration,DC=contoso,DC=com"
    assert source.line_ends == ""
    assert snapshot.unreadable == ()


def test_settings_and_verdicts_are_those_of_the_twin(snapshot: Results, twin: Results) -> None:
    others = {each.dn.casefold(): each for each in twin.virtual_servers}
    assert len(snapshot.virtual_servers) == len(others)
    for mine in snapshot.virtual_servers:
        other = others[mine.dn.casefold()]
        assert mine.relay == other.relay
        for name, setting in mine.settings.items():
            if name in ("whenCreated", "whenChanged", "uSNChanged"):
                continue
            theirs = other.settings[name]
            assert (name, setting.state, setting.value, setting.text) == (
                name,
                theirs.state,
                theirs.value,
                theirs.text,
            )
            assert setting.line is None


def test_findings_and_fingerprints_are_those_of_the_twin(snapshot: Results, twin: Results) -> None:
    mine = {(each.fingerprint, each.found_text, each.title) for each in snapshot.findings}
    assert mine == {(each.fingerprint, each.found_text, each.title) for each in twin.findings}
    assert all(each.evidence.offset for each in snapshot.findings)
    assert all(each.evidence.line is None for each in snapshot.findings)


def test_every_entry_comes_out() -> None:
    entries = list(analyzer.read_dump(SNAPSHOT).entries)
    assert len(entries) == results_of(SNAPSHOT).inputs[0].entries
    classes = {entry.texts("objectClass")[-1] for entry in entries if entry.get("objectClass")}
    assert {"protocolCfgSMTPServer", "displaySpecifier"} <= classes


@pytest.mark.parametrize("form", ["gz", "zip"])
def test_inside_an_archive_it_reads_the_same(snapshot: Results, tmp_path: Path, form: str) -> None:
    packed = tmp_path / f"packed.{form}"
    if form == "gz":
        packed.write_bytes(gzip.compress(SNAPSHOT.read_bytes()))
    else:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(SNAPSHOT, "forest.dat")
    found = results_of(packed)
    assert [each.fingerprint for each in found.findings] == [
        each.fingerprint for each in snapshot.findings
    ]


def run(*arguments: object, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "analyzer", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, **options)


def test_from_standard_input_it_reads_the_same() -> None:
    done = run("inspect", "-", input=SNAPSHOT.read_bytes())
    assert done.returncode == 0
    assert b"snapshot, adexplorer, utf-16-le" in done.stdout


@pytest.mark.parametrize("report", ["r.json", "r.xlsx"])
def test_the_evidence_is_read_back_by_its_offset(tmp_path: Path, report: str) -> None:
    output = tmp_path / report
    assert run("audit", SNAPSHOT, "-o", output).returncode == 0
    done = run("verify", output, "--input", SNAPSHOT)
    assert done.returncode == 0, done.stdout
    assert b"read back as recorded" in done.stdout


@pytest.mark.parametrize("bytes_kept", [0x426, 30_000, 90_000])
def test_a_cut_snapshot_is_refused_with_one_line_or_told(tmp_path: Path, bytes_kept: int) -> None:
    cut = tmp_path / "cut.dat"
    cut.write_bytes(SNAPSHOT.read_bytes()[:bytes_kept])
    done = run("audit", cut, "-o", tmp_path / "r.json")
    assert done.returncode in (0, 3)
    assert b"Traceback" not in done.stderr
    if done.returncode == 3:
        assert len(done.stderr.strip().splitlines()) == 1


# Of groups and extended rights the names are wanted, and nothing else of them is looked at.
@pytest.mark.parametrize("leaf", ["displaySpecifier", "group", "controlAccessRight"])
def test_an_object_of_another_class_in_the_place_of_a_listener_is_told_as_in_ldif(
    tmp_path: Path, leaf: str
) -> None:
    sys.path.append(str(SAMPLES))
    from generator import csv_writers, ldif_writers
    from generator.organization import organization
    from generator.snapshot_writer import snapshot
    from generator.tree import Item

    # As where the offset of a class is damaged: it leads to that of an object before.
    items = [
        Item(item.dn, {**item.attributes, "objectClass": ("top", leaf)})
        if item.dn.startswith("CN=1,CN=SMTP,CN=Protocols,CN=EX01,")
        else item
        for item in organization()
    ]
    written, text, table = (tmp_path / f"damaged.{end}" for end in ("dat", "ldf", "csv"))
    written.write_bytes(snapshot(items).data)
    text.write_bytes(ldif_writers.ldifde(items).encode("cp1252", "\r\n"))
    table.write_bytes(csv_writers.csvde(items).encode("utf-16-le", "\r\n"))
    told = []
    for path in (written, text, table):
        (source,) = analyzer.read_dump(path).inputs
        (warning,) = (each for each in source.warnings if "in the place of" in each)
        told.append(warning.rpartition(" (")[0])
        place = "offset" if path is written else "line"
        assert warning.rpartition(" (")[2].startswith(f"{place} ")
        assert source.relevant_entries == results_of(path).inputs[0].relevant_entries
    assert told[0] == told[1] == told[2]
    assert "but of the class" in told[0]


def test_receive_connectors_are_those_of_their_twin(tmp_path: Path) -> None:
    sys.path.append(str(SAMPLES))
    from generator.fabrikam import organization
    from generator.snapshot_writer import snapshot

    path = tmp_path / "fabrikam.dat"
    path.write_bytes(snapshot(organization()).data)
    mine, theirs = results_of(path), results_of(SAMPLES / "fabrikam" / "fabrikam.ldf")
    assert len(mine.receive_connectors) == 15
    for one, other in zip(mine.receive_connectors, theirs.receive_connectors, strict=True):
        assert (one.dn, one.relay, one.permission_groups) == (
            other.dn,
            other.relay,
            other.permission_groups,
        )
    assert {(each.fingerprint, each.found_text) for each in mine.findings} == {
        (each.fingerprint, each.found_text) for each in theirs.findings
    }
