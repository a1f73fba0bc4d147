"""Checking a report again: what holds out, what does not, what was not given."""

import base64
import encodings.aliases
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzer.catalogue import load_catalogue
from analyzer.dump.encoding import check_encoding
from analyzer.dump.read_options import ReadOptions
from analyzer.dump.read_paths import read_inputs
from analyzer.errors import AnalyzerError, ReadError
from analyzer.inventory import WANTED, build_inventory
from analyzer.judge.run import run_audit
from analyzer.report import write_reports
from analyzer.results.document import iter_json
from analyzer.results.records import Results
from analyzer.verify.report_check import verify_report
from analyzer.verify.verification import MOST_NAMED, Verification
from analyzer.version import __version__

BASE = (
    "CN=Protocols,CN=EX01,CN=Servers,CN=First,CN=Administrative Groups,CN=Contoso,"
    "CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com"
)
SECRET = "Wanderlust-77"
ODD_NAME = "=1+1 _x0041_ \x0b \u202e end"
DUMP = f"""\
dn: CN=1,CN=SMTP,{BASE}
changetype: add
objectClass: top
objectClass: protocolCfgSMTPServer
cn: 1
adminDisplayName:: {base64.b64encode(ODD_NAME.encode()).decode()}
msExchSmtpRelayForAuth: FALSE
msExchSmtpMaxHopCount: 15
msExchSmtpSmartHost: relay.contoso
 .example
msExchSmtpOutboundSecurityPassword: {SECRET}

dn: CN=2,CN=SMTP,{BASE}
changetype: add
objectClass: top
objectClass: protocolCfgSMTPServer
cn: 2
msExchSmtpRelayForAuth: TRUE
msExchSmtpBadMailDirectory: {"b" * 40_000}
"""

Report = Callable[..., Path]


def audit(dumps: Sequence[Path], encoding: str | None = None) -> Results:
    options = ReadOptions(encoding=encoding)
    readings = read_inputs([str(dump) for dump in dumps], WANTED, options)
    return run_audit(
        build_inventory(readings),
        inputs=[reading.input for reading in readings],
        unreadable=[item for reading in readings for item in reading.unreadable],
        catalogue=load_catalogue(),
        started=datetime(2026, 11, 24, 10, tzinfo=UTC),
        version=__version__,
    )


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "contoso.ldf"
    path.write_bytes(DUMP.encode())
    return path


@pytest.fixture
def results(dump: Path) -> Results:
    return audit([dump])


@pytest.fixture
def report(tmp_path: Path) -> Report:
    def write(results: Results, suffix: str) -> Path:
        path = tmp_path / f"report{suffix}"
        write_reports(results, [path], overwrite=True, evidence="all")
        return path

    return write


def failed(verification: Verification) -> dict[str, str]:
    return {point.name: point.detail for point in verification.points if not point.ok}


def unchecked(verification: Verification) -> list[str]:
    return [point.name for point in verification.points if not point.checked]


@pytest.mark.parametrize("suffix", [".json", ".xlsx"])
def test_a_report_and_its_dump_hold_out(
    report: Report, results: Results, dump: Path, suffix: str
) -> None:
    twin = report(results, ".json")

    inputs = [dump] if suffix == ".json" else [dump, twin]
    verification = verify_report(report(results, suffix), inputs)

    assert failed(verification) == {}
    assert unchecked(verification) == []
    assert verification.ok
    told = {point.name: point.detail for point in verification.points}
    count = len(results.evidence)
    assert told[f"evidence in {dump}"] == f"{count} of {count} values read back as recorded"
    assert told["program version"] == __version__


@pytest.mark.parametrize("suffix", [".json", ".xlsx"])
def test_a_dump_is_known_by_its_hash_whatever_its_name(
    report: Report, results: Results, dump: Path, tmp_path: Path, suffix: str
) -> None:
    moved = dump.rename(tmp_path / "renamed.txt")

    verification = verify_report(report(results, suffix), [moved])

    assert failed(verification) == {}
    assert f"input {dump}" in [point.name for point in verification.points]


@pytest.mark.parametrize("suffix", [".json", ".xlsx"])
def test_what_is_not_given_is_not_checked_and_does_not_fail(
    report: Report, results: Results, dump: Path, suffix: str
) -> None:
    verification = verify_report(report(results, suffix))

    assert verification.ok
    assert f"input {dump}" in unchecked(verification)
    assert ("results" in unchecked(verification)) == (suffix == ".xlsx")


@pytest.mark.parametrize("suffix", [".json", ".xlsx"])
def test_a_dump_that_was_changed_is_named(
    report: Report, results: Results, dump: Path, suffix: str
) -> None:
    path = report(results, suffix)
    dump.write_bytes(DUMP.replace("FALSE", "TRUE").encode())

    verification = verify_report(path, [dump])

    assert "recorded for this name" in failed(verification)[f"input {dump}"]
    assert not verification.ok


def test_a_strange_dump_is_named(report: Report, results: Results, tmp_path: Path) -> None:
    other = tmp_path / "other.ldf"
    other.write_bytes(b"dn: DC=example\nobjectClass: domain\n")

    verification = verify_report(report(results, ".json"), [other])

    assert "of no recorded input" in failed(verification)[f"input {other}"]


def test_every_tampered_line_of_evidence_is_named(
    report: Report, results: Results, dump: Path
) -> None:
    relay = next(item for item in results.evidence if item.raw == "FALSE")
    assert (relay.attribute, relay.line, relay.last_line) == ("msExchSmtpRelayForAuth", 7, 7)
    tampered = {
        "raw": (replace(relay, raw="TRUE"), "the value is FALSE, recorded TRUE"),
        "line": (replace(relay, line=9, last_line=9), "it stands at line:7"),
        "hash": (replace(relay, entry_sha256="00" * 32), "the entry has the SHA-256"),
        "object": (replace(relay, dn="CN=nobody"), "the object is not in the file"),
    }
    for changed, words in tampered.values():
        evidence = tuple(changed if item is relay else item for item in results.evidence)
        for suffix in (".json", ".xlsx"):
            path = report(replace(results, evidence=evidence), suffix)

            found = failed(verify_report(path, [dump]))

            assert words in found[f"{relay.id} msExchSmtpRelayForAuth"]


NO_ENCODINGS = (
    *("nonsense", "rot13", "zip", "hex_codec", "idna", "punycode", "undefined", "unicode_escape"),
    *("raw_unicode_escape", "\0", "\ud800", "", " ", "x" * 100_000),
)


@pytest.mark.parametrize("encoding", NO_ENCODINGS, ids=lambda name: ascii(name)[:20])
def test_what_is_no_encoding_of_text_is_told_and_the_evidence_checked(
    report: Report, results: Results, dump: Path, encoding: str
) -> None:
    odd = replace(results, inputs=(replace(results.inputs[0], encoding=encoding),))
    for suffix in (".json", ".xlsx"):
        verification = verify_report(report(odd, suffix), [dump])
        (wrong,) = failed(verification).items()
        assert wrong[0] == f"encoding of {dump}"
        assert "is no encoding of text files; it is utf-8" in wrong[1]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16", "utf-32", "cp037", "utf-7"])
def test_a_wrong_encoding_is_told_and_not_the_dump_blamed(
    report: Report, results: Results, dump: Path, encoding: str
) -> None:
    dump.write_bytes(DUMP.replace("relay.contoso", "relay+AEE-.é").encode())
    results = audit([dump])
    odd = replace(results, inputs=(replace(results.inputs[0], encoding=encoding),))
    for suffix in (".json", ".xlsx"):
        assert set(failed(verify_report(report(odd, suffix), [dump]))) <= {f"encoding of {dump}"}
    # A file of ASCII and little else is UTF-7 too.
    if encoding != "utf-7":
        told = failed(verify_report(report(odd, ".json"), [dump]))[f"encoding of {dump}"]
        assert "in which the file is no dump" in told


@pytest.mark.parametrize("encoding", sorted(set(encodings.aliases.aliases.values())))
def test_verify_takes_the_encodings_that_audit_takes(
    report: Report, results: Results, dump: Path, encoding: str
) -> None:
    odd = replace(results, inputs=(replace(results.inputs[0], encoding=encoding),))
    verification = verify_report(report(odd, ".json"), [dump])
    try:
        check_encoding(encoding)
    except LookupError:
        assert "no encoding of text files" in failed(verification)[f"encoding of {dump}"]
    else:
        assert "no encoding of text files" not in str(verification)


def test_a_report_of_thousands_of_inputs_is_looked_up_once_each(
    report: Report, results: Results, tmp_path: Path
) -> None:
    claimed = [
        replace(results.inputs[0], path=f"{number}.ldf", sha256=f"{number:064x}")
        for number in range(5_000)
    ]
    verification = verify_report(report(replace(results, inputs=tuple(claimed)), ".json"))
    told = [point.name for point in verification.points if point.name.startswith("input ")]
    assert len(told) == MOST_NAMED
    assert f"{5_000 - MOST_NAMED:,} more inputs" in unchecked(verification)


def test_a_line_that_goes_on_is_read_back_whole(
    report: Report, results: Results, dump: Path
) -> None:
    host = replace(
        results.evidence[0], id="E-9999", dn=f"CN=1,CN=SMTP,{BASE}",
        attribute="msExchSmtpSmartHost", raw="relay.contoso.example", line=9, last_line=10,
    )  # fmt: skip
    kept = next(item for item in results.evidence if item.dn == host.dn)
    host = replace(host, entry_sha256=kept.entry_sha256)

    path = report(replace(results, evidence=(*results.evidence, host)), ".json")

    assert failed(verify_report(path, [dump])) == {}


@pytest.mark.parametrize("attribute", ["adminDisplayName", "msExchSmtpBadMailDirectory"])
def test_odd_and_long_values_read_back_from_a_workbook(
    report: Report, results: Results, dump: Path, attribute: str
) -> None:
    raw, number = {
        "adminDisplayName": (ODD_NAME, 1),
        "msExchSmtpBadMailDirectory": ("b" * 40_000, 2),
    }[attribute]
    kept = next(i for i in results.evidence if i.dn == f"CN={number},CN=SMTP,{BASE}")
    line = 6 if number == 1 else 19
    odd = replace(kept, id="E-9999", attribute=attribute, raw=raw, line=line, last_line=line)

    path = report(replace(results, evidence=(*results.evidence, odd)), ".xlsx")

    assert failed(verify_report(path, [dump])) == {}


def test_a_cell_changed_by_hand_is_found(report: Report, results: Results, dump: Path) -> None:
    path = report(results, ".xlsx")
    edit(path, "SHA-256 of the list of files", str(results.inputs[0].sha256), "ab" * 32)

    found = failed(verify_report(path, [dump]))

    assert set(found) == {"list of inputs", f"input {dump}"}


def edit(path: Path, mark: str, old: str, new: str) -> None:
    """Replace a text in the sheet that holds the mark."""
    made = io.BytesIO()
    with zipfile.ZipFile(path) as package, zipfile.ZipFile(made, "w") as copy:
        for part in package.infolist():
            data = package.read(part)
            if mark.encode() in data and part.filename.startswith("xl/worksheets"):
                data = data.replace(old.encode(), new.encode())
            copy.writestr(part, data)
    path.write_bytes(made.getvalue())


def test_another_program_or_rule_set_is_said(report: Report, results: Results) -> None:
    tool = replace(
        results.tool, version="0.0.1", catalogue_version="0.9", catalogue_sha256="0" * 64
    )

    for suffix in (".json", ".xlsx"):
        found = failed(verify_report(report(replace(results, tool=tool), suffix)))
        assert found["program version"].startswith("made by 0.0.1, this is ")
        assert found["rule set"].startswith(f"made with 0.9, SHA-256 {'0' * 64}; here")


def test_results_that_contradict_themselves_fail(report: Report, results: Results) -> None:
    less = replace(results, findings=results.findings[1:])
    found = failed(verify_report(report(less, ".json")))
    assert set(found) == {"findings"}
    assert results.findings[0].rule in found["findings"]

    check = replace(results.checks[0], passed=results.checks[0].passed + 1)
    wrong = replace(results, checks=(check, *results.checks[1:]))
    assert set(failed(verify_report(report(wrong, ".json")))) == {"counts per rule"}

    first = results.findings[0]
    for changed in (
        replace(first, evidence_id="E-9999"),
        replace(first, evidence=replace(first.evidence, raw="TRUE")),
        replace(first, evidence=replace(first.evidence, last_line=9999)),
    ):
        wrong = replace(results, findings=(changed, *results.findings[1:]))
        assert set(failed(verify_report(report(wrong, ".json")))) == {"evidence of findings"}


def test_a_workbook_and_another_json_do_not_match(
    report: Report, results: Results, tmp_path: Path
) -> None:
    twin = tmp_path / "twin.json"
    twin.write_bytes(b"".join(iter_json(results)))
    other = replace(results, run=replace(results.run, started="2027-01-01T00:00:00Z"))

    assert failed(verify_report(report(results, ".xlsx"), [twin])) == {}
    found = failed(verify_report(report(other, ".xlsx"), [twin]))

    assert set(found) == {f"results in {twin}"}


def test_the_encoding_of_the_audit_is_used_again(report: Report, dump: Path) -> None:
    dump.write_bytes(DUMP.replace("relay.contoso", "relay.\u043a\u043e\u043d").encode("cp1251"))
    results = audit([dump], encoding="cp1251")

    for suffix in (".json", ".xlsx"):
        assert failed(verify_report(report(results, suffix), [dump])) == {}


def test_members_of_an_archive_are_read_back(report: Report, dump: Path, tmp_path: Path) -> None:
    archive = tmp_path / "dumps.zip"
    with zipfile.ZipFile(archive, "w") as package:
        package.write(dump, "contoso.ldf")
    results = audit([archive])

    verification = verify_report(report(results, ".json"), [archive])

    assert failed(verification) == {}
    assert unchecked(verification) == []


def test_a_secret_is_in_no_line(report: Report, results: Results, dump: Path) -> None:
    path = report(results, ".json")
    document = json.loads(path.read_text("utf-8"))
    row = dict(document["evidence"][0], id="E-9999", attribute="msExchSmtpOutboundSecurityPassword")
    row["raw"] = "guess"
    document["evidence"].append(row)
    path.write_text(json.dumps(document), "utf-8")

    verification = verify_report(path, [dump])

    assert "E-9999 msExchSmtpOutboundSecurityPassword" in failed(verification)
    assert SECRET not in str(verification)


def test_what_is_no_report_is_refused(tmp_path: Path) -> None:
    empty_archive = io.BytesIO()
    zipfile.ZipFile(empty_archive, "w").close()
    path = tmp_path / "report.xlsx"
    for data in (b"", b"PK", b"PK\x03\x04" + bytes(40), b"{}", b"[1]", empty_archive.getvalue()):
        path.write_bytes(data)
        with pytest.raises(ReadError, match=r"report\.xlsx"):
            verify_report(path)
    with pytest.raises(ReadError, match="cannot be read"):
        verify_report(tmp_path / "missing.json")
    with pytest.raises(ReadError, match="cannot be read"):
        verify_report(tmp_path)


def test_a_workbook_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")

    with pytest.raises(ReadError, match="no workbook that can be read"):
        verify_report(path)


def test_a_dump_that_is_missing_is_an_error(report: Report, results: Results) -> None:
    with pytest.raises(ReadError):
        verify_report(report(results, ".json"), [Path("no-such-file.ldf")])


@pytest.fixture
def whole_reports(report: Report, results: Results) -> list[bytes]:
    return [report(results, suffix).read_bytes() for suffix in (".json", ".xlsx")]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_damage_ends_in_a_verification_or_an_error_of_ours(
    whole_reports: list[bytes], tmp_path: Path, data: st.DataObject
) -> None:
    damaged = bytearray(data.draw(st.sampled_from(whole_reports)))
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged"
    path.write_bytes(bytes(damaged[: data.draw(st.integers(1, len(damaged)))]))

    try:
        verification = verify_report(path)
    except AnalyzerError:
        return
    assert verification.points


def edited(results: Results, **changes: object) -> Results:
    """Change fields of the first virtual server's record, as somebody with an editor would."""
    first, *others = results.virtual_servers
    return replace(results, virtual_servers=(replace(first, **changes), *others))


def milder(results: Results, setting: str, **changes: object) -> Results:
    settings = dict(results.virtual_servers[0].settings)
    settings[setting] = replace(settings[setting], **changes)
    return edited(results, settings=settings)


def test_a_verdict_that_does_not_follow_is_seen(report: Report, results: Results) -> None:
    relay = results.virtual_servers[0].relay
    assert relay is not None
    for changes in ({"verdict": "closed"}, {"confidence": "decided"}, {"basic": False}):
        changed = edited(results, relay=replace(relay, **changes))
        points = failed(verify_report(report(changed, ".json")))
        if changed == results:
            continue
        assert set(points) == {"relay verdicts"}
        assert points["relay verdicts"].startswith("do not agree: CN=1,")


def test_a_setting_that_is_not_the_evidence_is_seen(report: Report, results: Results) -> None:
    changed = milder(results, "msExchSmtpRelayForAuth", state="not_set", value=None, raw=None)
    assert "settings" in failed(verify_report(report(changed, ".json")))


def test_octets_that_no_dump_can_have_given_are_seen(report: Report, results: Results) -> None:
    changed = milder(results, "msExchSmtpRelayIpList", state="set", value="zz", raw="zz")
    assert "verdicts" in failed(verify_report(report(changed, ".json")))


@pytest.mark.parametrize("where", ["finding", "rule"])
def test_a_severity_that_is_not_the_rule_s_is_seen(
    report: Report, results: Results, where: str
) -> None:
    if where == "finding":
        first, *others = results.findings
        changed = replace(results, findings=(replace(first, severity="info"), *others))
    else:
        rules = [replace(rule, severity="info") for rule in results.rules if rule.id == "VS-01"]
        kept = [rule for rule in results.rules if rule.id != "VS-01"]
        changed = replace(results, rules=(*rules, *kept))
    assert set(failed(verify_report(report(changed, ".json")))) == {"severities"}


def test_a_failure_that_was_taken_out_everywhere_is_seen(report: Report, results: Results) -> None:
    gone = next(finding for finding in results.findings if finding.rule == "VS-01")
    evaluations = tuple(
        replace(each, state="passed") if (each.rule, each.dn) == (gone.rule, gone.dn) else each
        for each in results.evaluations
    )
    checks = tuple(
        replace(check, failed=check.failed - 1, passed=check.passed + 1)
        if check.rule == gone.rule
        else check
        for check in results.checks
    )
    findings = tuple(finding for finding in results.findings if finding != gone)
    changed = replace(results, evaluations=evaluations, checks=checks, findings=findings)
    points = failed(verify_report(report(changed, ".json")))
    assert set(points) == {"tests"}
    assert "VS-01 on CN=1," in points["tests"]


def test_verdicts_are_not_checked_with_other_rules(
    report: Report, results: Results, tmp_path: Path
) -> None:
    other = replace(results, tool=replace(results.tool, catalogue_sha256="0" * 64))
    verification = verify_report(report(other, ".json"))
    assert "verdicts" in unchecked(verification)
    assert set(failed(verification)) == {"rule set"}
