"""Objects of several objectGUIDs are different ones whatever their DNs, wherever they are shown.

Of names that lost letters to `?` two may be the same, and a server that was set up again has the DN
of the first one: bytes of such dumps in, and out that each object has its own values everywhere.
"""

import base64
import csv
import io
import json
from ipaddress import IPv4Network
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

import analyzer
from analyzer.catalogue import load_catalogue
from analyzer.changes.baselines import Baseline, read_baseline
from analyzer.changes.compare_results import compare_results
from analyzer.directory.address_list import encode_address_list
from analyzer.report import write_reports
from analyzer.report.compose import compose_report, compose_sections
from analyzer.report.counts import AcceptedListeners
from analyzer.report.paper import Paper
from analyzer.report.section import Marked, plain
from analyzer.report.sections import settings_matrix
from analyzer.report.sections.headline import headline
from analyzer.results.records import AppliesTo, Results, WaiverRecord
from analyzer.reviewed.reviewed_workbook import read_review
from analyzer.verify.report_check import verify_report
from analyzer.waivers.waiving import apply_waivers

CONFIGURATION = "CN=Configuration,DC=contoso,DC=com"
ORGANIZATION = f"CN=Org,CN=Microsoft Exchange,CN=Services,{CONFIGURATION}"
SERVER = f"CN=EX1,CN=Servers,CN=First,CN=Administrative Groups,{ORGANIZATION}"
VIRTUAL_SERVER = f"CN=Gr??e,CN=SMTP,CN=Protocols,{SERVER}"
RECEIVE_CONNECTOR = f"CN=Gr??e,CN=SMTP Receive Connectors,CN=Protocols,{SERVER}"

Values = dict[str, str | bytes]
Entries = list[tuple[str, str, int, Values]]

LISTED, OPEN = 1, 2
"""The last octets of the GUIDs, of virtual servers."""
NOT_KNOWN, TRUSTING = 3, 4
"""The same of receive connectors."""
COMMON: Values = {"msExchServerBindings": ":25:", "msExchAuthenticationFlags": "7"}
FIRST: Values = {
    **COMMON,
    "adminDisplayName": "First",
    "msExchSmtpRelayForAuth": "TRUE",
    "msExchAccessSSLFlags": "2",
    "msExchSmtpRelayIpList": encode_address_list(grant=[IPv4Network("10.1.2.3/32")], deny=[]),
    "msExchSmtpMaxHopCount": "31",
    "msExchSmtpMaxOutgoingConnections": "1000",
}
SECOND: Values = {
    **COMMON,
    "adminDisplayName": "Second",
    "msExchSmtpRelayForAuth": "FALSE",
    "msExchAccessSSLFlags": "16",
    "msExchSmtpRelayIpList": encode_address_list(grant=[], deny=[IPv4Network("192.0.2.9/32")]),
    "msExchSmtpMaxHopCount": "29",
    "msExchSmtpMaxOutgoingConnections": "900",
}
OF_2003: Values = {
    "serialNumber": "Version 6.5 (Build 7638.2: Service Pack 2)",
    "networkAddress": "ncacn_ip_tcp:ex1.contoso.com",
    "messageTrackingEnabled": "TRUE",
}
OF_2016: Values = {**OF_2003, "serialNumber": "Version 15.1 (Build 32507.6)"}
ON_PORT_25: Values = {
    "msExchSmtpReceiveBindings": "0.0.0.0:25",
    "msExchSmtpReceiveRemoteIPRanges": "10.0.0.0/8",
}
CONNECTORS: Entries = [
    (SERVER, "msExchExchangeServer", 10, OF_2016),
    *(
        (
            RECEIVE_CONNECTOR,
            "msExchSmtpReceiveConnector",
            guid,
            {
                **ON_PORT_25,
                "msExchSMTPReceiveInboundSecurityFlag": flags,
                "msExchSmtpReceiveMaxHopCount": hops,
            },
        )
        for guid, flags, hops in ((NOT_KNOWN, "1", "20"), (TRUSTING, "33", "30"))
    ),
]


def virtual_servers(first: Values = FIRST, second: Values = SECOND) -> Entries:
    return [
        (SERVER, "msExchExchangeServer", 10, OF_2003),
        (VIRTUAL_SERVER, "protocolCfgSMTPServer", LISTED, first),
        (VIRTUAL_SERVER, "protocolCfgSMTPServer", OPEN, second),
    ]


def octets_of(guid: int) -> bytes:
    return bytes(15) + bytes([guid])


def guid_text(guid: int) -> str:
    return f"00000000-0000-0000-0000-0000000000{guid:02}"


def whole(dn: str, object_class: str, guid: int, values: Values) -> Values:
    """Return what an export of whole objects gives."""
    return {
        "objectClass": object_class,
        "distinguishedName": dn,
        "instanceType": "4",
        "objectCategory": f"CN={object_class},CN=Schema,{CONFIGURATION}",
        "whenCreated": "20030101000000.0Z",
        "whenChanged": "20040101000000.0Z",
        "uSNCreated": "1",
        "uSNChanged": "2",
        "msExchMinAdminVersion": "-1",
        **({"objectGUID": octets_of(guid)} if guid else {}),
        **values,
    }


def as_ldif(path: Path, entries: Entries) -> Path:
    lines = []
    for dn, object_class, guid, values in entries:
        lines += [f"dn: {dn}", "changetype: add"]
        for name, value in whole(dn, object_class, guid, values).items():
            is_text = isinstance(value, str)
            coded = value if is_text else base64.b64encode(value).decode()
            lines.append(f"{name}{':' if is_text else '::'} {coded}")
        lines.append("")
    path.write_text("\n".join([*lines, ""]))
    return path


def as_csv(path: Path, entries: Entries) -> Path:
    rows = [{"DN": dn, **whole(dn, kind, guid, values)} for dn, kind, guid, values in entries]
    columns = dict.fromkeys(name for row in rows for name in row)
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {
                name: value if isinstance(value, str) else f"X'{value.hex()}'"
                for name, value in row.items()
            }
        )
    path.write_text(stream.getvalue(), newline="")
    return path


def audit(*dumps: Path) -> Results:
    return analyzer.audit(analyzer.read_dump(*dumps))


@pytest.fixture(params=["LDIF", "CSV", "two inputs"])
def dumps(request, tmp_path) -> list[Path]:
    """Return the two virtual servers as one dump or as two of them."""
    entries = virtual_servers()
    match request.param:
        case "LDIF":
            return [as_ldif(tmp_path / "dump.ldf", entries)]
        case "CSV":
            return [as_csv(tmp_path / "dump.csv", entries)]
    return [
        as_ldif(tmp_path / "a.ldf", entries[:2]),
        as_ldif(tmp_path / "b.ldf", [entries[0], entries[2]]),
    ]


@pytest.fixture
def results(dumps) -> Results:
    return audit(*dumps)


def name_by_row(results: Results) -> dict[str, str]:
    """Return the names of the virtual servers by the IDs of their rows of evidence."""
    names = {each.guid: each.name or "" for each in results.virtual_servers}
    return {row.id: names[row.guid] for row in results.evidence if row.guid in names}


def found(results: Results, rule: str) -> dict[str | None, str]:
    return {each.virtual_server: each.found_text for each in results.findings if each.rule == rule}


def rows_of(results: Results, title: str) -> list[dict[str, str]]:
    (section,) = [each for each in compose_sections(results, Paper()) if each.title == title]
    headers = [column.header for column in section.columns]
    return [dict(zip(headers, map(plain, row), strict=True)) for row in section.rows()]


def wrong(report: Path, *inputs: Path) -> list[str]:
    return [point.name for point in verify_report(report, inputs).points if not point.ok]


def test_each_has_its_own_settings_verdict_evidence_and_findings(results):
    first, second = results.virtual_servers
    assert (first.relay.verdict, second.relay.verdict) == ("listed", "open")
    assert first.settings["msExchSmtpMaxHopCount"].value == 31
    assert found(results, "VS-03") == {"First": "31", "Second": "29"}
    assert found(results, "VS-04") == {"Second": "900"}
    names = name_by_row(results)
    raw = {
        (names.get(row.id), row.attribute): row.raw
        for row in results.evidence
        if row.attribute in ("msExchSmtpMaxHopCount", "msExchSmtpRelayForAuth")
    }
    assert raw["First", "msExchSmtpMaxHopCount"] == "31"
    assert raw["Second", "msExchSmtpMaxHopCount"] == "29"
    assert raw["Second", "msExchSmtpRelayForAuth"] == "FALSE"
    for finding in results.findings:
        assert not finding.virtual_server or names[finding.evidence_id] == finding.virtual_server


def test_each_tells_of_its_own_settings_that_they_differ(results):
    told = {
        (each.virtual_server, attribute)
        for each in results.findings
        for attribute in each.differing
        if attribute in ("msExchSmtpMaxHopCount", "msExchSmtpRelayForAuth")
    }
    assert told == {
        ("First", "msExchSmtpMaxHopCount"),
        ("Second", "msExchSmtpMaxHopCount"),
        ("Second", "msExchSmtpRelayForAuth"),
    }
    assert " on 2 of them" in headline(results)


def test_the_first_page_names_the_one_that_is_open(results):
    assert "One of 2 SMTP virtual servers relays for anybody: EX1 / Second." in headline(results)


def test_relay_exposure_leads_to_the_evidence_of_the_row(results):
    names = name_by_row(results)
    rows = rows_of(results, "Relay exposure")
    assert [(row["Virtual server"], row["Verdict"]) for row in rows] == [
        ("Second", "Open"),
        ("First", "Restricted by address"),
    ]
    for row in rows:
        assert names[row["Evidence"]] == row["Virtual server"]
    assert [row["Object DN"] for row in rows] == [
        f"{VIRTUAL_SERVER}\nobjectGUID {guid_text(guid)}" for guid in (OPEN, LISTED)
    ]


def test_the_action_plan_computes_with_the_value_of_each(results):
    """Bit 8 goes beside the bits that each of them has (RL-04)."""
    rows = rows_of(results, "Action plan")
    commands = "\n".join(row["Command"] for row in rows)
    back = "\n".join(row["How to go back"] for row in rows)
    of_each = (("First", LISTED, 2 | 8, 31), ("Second", OPEN, 16 | 8, 29))
    for name, guid, flags, hops in of_each:
        which = f"EX1 / {name} (objectGUID {guid_text(guid)})"
        head = f"# {which}\ndn: {VIRTUAL_SERVER}\nchangetype: modify\n"
        attribute = "msExchAccessSSLFlags"
        assert f"{head}replace: {attribute}\n{attribute}: {flags}\n-" in commands
        assert f"{which}: msExchSmtpMaxHopCount back to {hops}" in back


def marked(results: Results) -> dict[str, dict[str, bool]]:
    """Return by attribute which columns of the matrix are marked as differing from default."""
    (section,) = [
        each for each in compose_sections(results, Paper()) if each.title == "Settings matrix"
    ]
    headers = [column.header for column in section.columns]
    return {
        plain(row[headers.index("Attribute")]): {
            header: cell.differs_from_default
            for header, cell in zip(headers, row, strict=True)
            if isinstance(cell, Marked)
        }
        for row in section.rows()
    }


def test_the_matrix_marks_the_one_that_differs(results):
    assert marked(results)["msExchSmtpRelayForAuth"] == {
        "EX1 / First": False,
        "EX1 / Second": True,
    }


def test_the_overview_counts_each(results, monkeypatch):
    monkeypatch.setattr(settings_matrix, "WIDEST", 1)
    monkeypatch.setattr(settings_matrix, "_MOST_LISTENERS", 1)
    differing = {
        row["Attribute"]: row["Differ from default"]
        for row in rows_of(results, "Settings overview")
    }
    assert differing["msExchSmtpRelayForAuth"] == "1"
    assert differing["msExchSmtpMaxHopCount"] == "2"


def test_the_page_of_the_server_shows_what_differs_on_each(results):
    (page,) = compose_report(results, Paper()).servers(10).pages()
    (block,) = [each for each in page.blocks if each.title == "Settings that differ from default"]
    shown = {(plain(row[0]), plain(row[3])): plain(row[2]) for row in block.rows}
    assert shown["First", "msExchSmtpMaxHopCount"] == "31"
    assert shown["Second", "msExchSmtpMaxHopCount"] == "29"
    assert ("First", "msExchSmtpRelayForAuth") not in shown


def waived(results: Results, name: str) -> Results:
    """Return results in which all is accepted of one of the virtual servers."""
    waivers = [
        WaiverRecord(
            *(f"W-{number}", each.rule, AppliesTo(finding=each.fingerprint), "why", "who"),
            *("2026-01-01", "", "", "waivers.toml", 1),
        )
        for number, each in enumerate(results.findings, start=1)
        if each.virtual_server == name
    ]
    return apply_waivers(results, waivers, day="2026-06-01")


def test_what_is_accepted_of_one_is_not_accepted_of_the_other(results):
    first, second = results.virtual_servers
    accepted = AcceptedListeners(waived(results, "Second"))
    assert accepted.has(second)
    assert not accepted.has(first)
    rows = rows_of(waived(results, "Second"), "Relay exposure")
    assert {row["Virtual server"]: bool(row["Accepted by waiver"]) for row in rows} == {
        "First": False,
        "Second": True,
    }


def test_an_entry_of_a_reviewer_stays_with_its_row(results, tmp_path):
    last, following = tmp_path / "last.xlsx", tmp_path / "next.xlsx"
    write_reports(results, [last])
    workbook = openpyxl.load_workbook(last)
    sheet = workbook["Relay exposure"]
    headers = [cell.value for cell in sheet[5]]
    at = {header: number for number, header in enumerate(headers, start=1)}
    for row in (6, 7):
        sheet.cell(row, at["Comment"]).value = f"on {sheet.cell(row, at['Virtual server']).value}"
    workbook.save(last)
    # What was open is closed, and so the rows stand in another order.
    closed = replace(results.virtual_servers[1].relay, verdict="closed")
    servers = (results.virtual_servers[0], replace(results.virtual_servers[1], relay=closed))
    write_reports(replace(results, virtual_servers=servers), [following], review=read_review(last))
    sheet = openpyxl.load_workbook(following)["Relay exposure"]
    headers = [cell.value for cell in sheet[5]]
    rows = [dict(zip(headers, row, strict=True)) for row in sheet.iter_rows(6, values_only=True)]
    assert [(row["Virtual server"], row["Comment"]) for row in rows] == [
        ("First", "on First"),
        ("Second", "on Second"),
    ]


def test_verify_finds_nothing_wrong(results, dumps, tmp_path):
    report, workbook = tmp_path / "results.json", tmp_path / "report.xlsx"
    write_reports(results, [report, workbook], evidence="all")
    assert wrong(report, *dumps) == []
    assert wrong(workbook, report, *dumps) == []


def swapped(results: Results, *fields: str) -> Results:
    """Return results in which the two virtual servers have some of each other's fields."""
    first, second = results.virtual_servers
    return replace(
        results,
        virtual_servers=tuple(
            replace(one, **{field: getattr(other, field) for field in fields})
            for one, other in ((first, second), (second, first))
        ),
    )


def test_verify_finds_what_was_swapped_between_them(results, dumps, tmp_path):
    guids = [each.guid for each in results.virtual_servers]
    other = dict(zip(guids, reversed(guids), strict=True))
    moved = replace(
        results,
        evidence=tuple(
            replace(row, guid=other.get(row.guid, row.guid)) for row in results.evidence
        ),
    )
    unnamed = replace(
        results,
        evidence=tuple(replace(row, guid=None) for row in results.evidence),
    )
    forgeries = {
        "relay verdicts": swapped(results, "relay"),
        "settings": swapped(results, "settings", "relay"),
    }
    for at, (point, forged) in enumerate(forgeries.items()):
        path = tmp_path / f"forged-{at}.json"
        write_reports(forged, [path])
        assert point in wrong(path, *dumps)
    for at, forged in enumerate((moved, unnamed)):
        path = tmp_path / f"moved-{at}.json"
        write_reports(forged, [path])
        assert "settings" in wrong(path, *dumps)
        # In two files each is the only one of its DN, and there the GUID tells as well.
        is_read_back = any(name.startswith("evidence in ") for name in wrong(path, *dumps))
        assert is_read_back or (forged is unnamed and len(dumps) > 1)


def test_the_extract_judges_the_same(results, dumps, tmp_path, run):
    path = tmp_path / "extract.ldf"
    assert run("extract", *map(str, dumps), "-o", str(path)).status == 0
    again = audit(path)
    assert [(each.fingerprint, each.found_text) for each in again.findings] == [
        (each.fingerprint, each.found_text) for each in results.findings
    ]
    assert [each.relay for each in again.virtual_servers] == [
        each.relay for each in results.virtual_servers
    ]


def test_relay_answers_for_each(dumps, run):
    answer = run("relay", *map(str, dumps), "--ip", "10.9.9.9", "--format", "json")
    rows = json.loads(answer.out)["servers"]
    assert {row["listener"]: row["may_relay"] for row in rows} == {"First": False, "Second": True}


def test_compared_with_itself_nothing_has_changed(results, dumps):
    compared = analyzer.compare(results, audit(*dumps))
    assert {each.change for each in compared.findings} == {"unchanged"}
    assert not compared.resolved
    assert not compared.not_comparable
    assert not compared.changed_settings
    assert not compared.changed_relay


def changes(compared: Results) -> dict[tuple[str, str | None], str]:
    """Return what became of the findings that are not what they were."""
    now = {(each.rule, each.virtual_server): each.change for each in compared.findings}
    gone = {(each.rule, each.virtual_server): "resolved" for each in compared.resolved}
    return {key: change for key, change in {**now, **gone}.items() if change != "unchanged"}


def test_a_change_of_one_is_told_of_it_alone(tmp_path):
    before = audit(as_ldif(tmp_path / "old.ldf", virtual_servers()))
    limits = {"msExchSmtpMaxOutgoingConnections": "1000", "msExchSmtpMaxHopCount": "28"}
    second = {**SECOND, **limits}
    dump = as_ldif(tmp_path / "new.ldf", virtual_servers(second=second))
    compared = analyzer.compare(before, audit(dump))
    assert changes(compared)["VS-03", "Second"] == "changed"
    assert changes(compared) == {("VS-03", "Second"): "changed", ("VS-04", "Second"): "resolved"}
    report, baseline = tmp_path / "new.json", tmp_path / "old.json"
    write_reports(compared, [report])
    write_reports(before, [baseline])
    assert wrong(report, dump) == []


def test_one_that_gets_open_is_told_of_it_alone(tmp_path):
    closed = {**SECOND, "msExchSmtpRelayIpList": FIRST["msExchSmtpRelayIpList"]}
    before = audit(as_ldif(tmp_path / "old.ldf", virtual_servers(second=closed)))
    compared = analyzer.compare(before, audit(as_ldif(tmp_path / "new.ldf", virtual_servers())))
    assert [(each.name, each.direction) for each in compared.changed_relay] == [
        ("Second", "worsened")
    ]


def test_one_that_goes_takes_its_own_findings_with_it(tmp_path):
    before = audit(as_ldif(tmp_path / "old.ldf", virtual_servers()))
    compared = analyzer.compare(before, audit(as_ldif(tmp_path / "new.ldf", virtual_servers()[:2])))
    gone = (*compared.resolved, *compared.not_comparable)
    assert {each.virtual_server for each in gone} == {"Second"}
    assert {each.change for each in compared.findings if each.virtual_server} == {"unchanged"}


def test_a_workbook_as_baseline_tells_them_apart(tmp_path):
    baseline = tmp_path / "old.xlsx"
    dump = as_ldif(tmp_path / "dump.ldf", virtual_servers())
    write_reports(audit(dump), [baseline], evidence="all")
    now = Baseline(audit(dump), "dump")
    compared = compare_results(read_baseline(baseline), now, load_catalogue())
    assert {each.change for each in compared.findings} == {"unchanged"}
    assert not compared.changed_relay


def test_which_of_two_an_object_without_guid_was_cannot_be_told(tmp_path):
    nameless = [(*each[:2], 0, each[3]) for each in virtual_servers()[:2]]
    before = audit(as_ldif(tmp_path / "old.ldf", nameless))
    compared = analyzer.compare(before, audit(as_ldif(tmp_path / "new.ldf", virtual_servers())))
    of_them = {each.change for each in compared.findings if each.virtual_server}
    assert of_them == {"not_comparable"}
    assert not [each for each in compared.resolved if each.virtual_server]


def test_receive_connectors_of_one_dn(tmp_path, run):
    dump = as_ldif(tmp_path / "dump.ldf", CONNECTORS)
    results = audit(dump)
    assert [each.relay.verdict for each in results.receive_connectors] == ["unknown", "listed"]
    by_guid = {row.id: row.guid for row in results.evidence}
    (hops,) = [each for each in results.findings if each.rule == "RC-18"]
    assert (hops.found, by_guid[hops.evidence_id]) == (20, guid_text(NOT_KNOWN))
    for row in rows_of(results, "Relay exposure"):
        assert row["Object DN"].endswith(by_guid[row["Evidence"]])
    report = tmp_path / "results.json"
    write_reports(results, [report])
    assert wrong(report, dump) == []
    # Both have the range: of equals by name the one that lets more hosts relay takes the session.
    for entries in (CONNECTORS, [CONNECTORS[0], *reversed(CONNECTORS[1:])]):
        as_ldif(dump, entries)
        answer = run("relay", str(dump), "--ip", "10.1.1.1", "--format", "json")
        (row,) = json.loads(answer.out)["servers"]
        assert (row["may_relay"], row["confidence"]) == (True, "assumed")


def servers(version: Values, *below: tuple[str, str, int, Values]) -> Entries:
    return [
        (SERVER, "msExchExchangeServer", 20, OF_2003),
        (SERVER, "msExchExchangeServer", 21, version),
        *below,
    ]


def test_servers_of_one_dn_are_both_there(tmp_path):
    second = {**OF_2003, "messageTrackingEnabled": "FALSE"}
    dump = as_ldif(tmp_path / "dump.ldf", servers(second, *virtual_servers()[1:]))
    results = audit(dump)
    assert [each.settings["messageTrackingEnabled"].text for each in results.servers] == [
        "TRUE",
        "FALSE",
    ]
    assert [each.exchange_version for each in results.virtual_servers] == ["2003", "2003"]
    assert len(rows_of(results, "Servers")) == 2
    report = tmp_path / "results.json"
    write_reports(results, [report])
    assert wrong(report, dump) == []
    pages = list(compose_report(results, Paper()).servers(10).pages())
    assert len({page.anchor for page in pages}) == len(pages)


def test_of_which_version_the_server_is_cannot_be_told_by_its_dn(tmp_path, run):
    """What would be left over on a server of 2016 takes mail on one of 2003: the worse counts."""
    dump = as_ldif(tmp_path / "dump.ldf", servers(OF_2016, virtual_servers()[2]))
    (virtual_server,) = audit(dump).virtual_servers
    assert virtual_server.exchange_version is None
    assert virtual_server.left_by == ""
    answer = run("relay", str(dump), "--ip", "10.1.1.1", "--format", "json")
    assert [row["may_relay"] for row in json.loads(answer.out)["servers"]] == [True]


def test_without_guids_records_of_one_dn_are_copies_of_one_object(tmp_path):
    nameless = [(*each[:2], 0, each[3]) for each in virtual_servers()]
    dump = as_ldif(tmp_path / "dump.ldf", nameless)
    results = audit(dump)
    (only,) = results.virtual_servers
    assert (only.relay.verdict, len(only.copies)) == ("open", 2)
    (row,) = rows_of(results, "Relay exposure")
    assert row["Object DN"] == VIRTUAL_SERVER
    report = tmp_path / "results.json"
    write_reports(results, [report])
    assert wrong(report, dump) == []
