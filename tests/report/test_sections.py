"""What the tables say, apart from how they look."""

import ipaddress
import re

import pytest
import report_builder
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from report_builder import (
    GROUP,
    HOSTILE,
    RELAY_AUTHENTICATED,
    RELAY_LISTED,
    RELAY_OPEN,
    dn_of,
    empty,
    finding,
    hostile,
    realistic,
    setting,
    virtual_server,
)

from analyzer.catalogue import load_catalogue
from analyzer.catalogue.sources import name_of_source
from analyzer.judge.rule_records import rule_record
from analyzer.relay.verdict import Confidence
from analyzer.report.compose import compose_report, compose_sections
from analyzer.report.counts import check_states, severity_counts
from analyzer.report.moments import moment
from analyzer.report.paper import Paper
from analyzer.report.phrases import place, setting_text, verdict_in_words
from analyzer.report.rule_groups import objects_in_words
from analyzer.report.section import Link, Section, Url, plain
from analyzer.report.sections.action_plan import plan
from analyzer.report.sections.headline import headline
from analyzer.report.sections.relay_ranges import describe
from analyzer.report.tones import LINK_INK, PALETTE, TONES
from analyzer.report.workbook.row_heights import lines_of
from analyzer.results.records import ObjectRecord


def by_title(results: object = None, evidence: str = "findings") -> dict[str, Section]:
    return {
        section.title: section
        for section in compose_sections(results or realistic(), Paper(), evidence)
    }


def cells(section: Section) -> list[dict[str, str]]:
    headers = [column.header for column in section.columns]
    return [dict(zip(headers, map(plain, row), strict=True)) for row in section.rows()]


def test_the_sections_come_in_the_order_an_auditor_reads() -> None:
    assert list(by_title()) == [
        "Relay exposure", "Findings by rule", "Findings", "Action plan", "Scope & method",
        "Checks in short", "Relay ranges", "Servers", "Connectors", "Settings matrix", "Checks run",
        "Evidence", "Inputs", "Parse log", "Rules",
    ]  # fmt: skip


def test_every_section_counts_its_own_rows_and_has_unique_headers() -> None:
    for results in (realistic(), hostile(), empty()):
        for section in compose_sections(results, Paper()):
            rows = list(section.rows())
            assert len(rows) == section.count, section.title
            assert {len(row) for row in rows} <= {len(section.columns)}
            headers = [column.header.lower() for column in section.columns]
            assert len(set(headers)) == len(headers)
            assert not section.anchors or len(section.anchors) == section.count


def test_every_link_points_to_a_row_that_exists() -> None:
    report = compose_report(realistic(), Paper(), "all")
    tables = {section.key: section.anchors for section in report.sections}
    servers = report.servers(100)
    assert servers.anchors == tuple(page.anchor for page in servers.pages())
    tables[servers.key] = servers.anchors
    links = 0
    for section in report.sections:
        for row in section.rows():
            for cell in row:
                if isinstance(cell, Link):
                    links += 1
                    assert cell.row in tables[cell.section]
    assert links > 20


def test_the_headline_counts_in_words() -> None:
    # Of the listed addresses 10.1.0.0/16 holds the two smaller ones, 192.0.2.0/24 is public.
    assert headline(realistic()) == (
        "None of 4 SMTP virtual servers is seen to relay for anybody. One is assumed to, because"
        " the dump does not show all that decides it: EX03 / Default SMTP Virtual Server. One more"
        " relays for listed hosts (65,792 addresses, 256 of them public; 1 IPv6 network, public)."
        " One could not be decided: EX04 / Default SMTP Virtual Server. 2 settings differ from"
        " default on 2 of them. 1 of 5 checks could not be fully evaluated."
    )


def test_open_relays_come_first_by_name_and_the_assumed_ones_apart() -> None:
    base = realistic()
    proved = replace(RELAY_OPEN, confidence="decided")
    left_over = replace(virtual_server("EX05", relay=proved), left_by="conflict")
    servers = (
        virtual_server("EX01", relay=proved),
        virtual_server("EX02", relay=proved),
        virtual_server("EX03", relay=RELAY_OPEN),
        left_over,
    )
    results = replace(base, virtual_servers=servers, findings=())
    assert headline(results).startswith(
        "Two of 3 SMTP virtual servers relay for anybody: EX01 / Default SMTP Virtual Server, EX02"
        " / Default SMTP Virtual Server. One more is assumed to, because the dump does not show all"
        " that decides it: EX03 / Default SMTP Virtual Server. One more is left over from"
        " replication and is not counted. No setting differs from its default."
    )
    card = compose_report(results, Paper()).summary.verdicts
    assert card.rows == (
        (
            "Open", 3, 1,
            "EX01 / Default SMTP Virtual Server, EX02 / Default SMTP Virtual Server,"
            " EX03 / Default SMTP Virtual Server (assumed)",
        ),
    )  # fmt: skip
    assert card.note == "Not counted: 1 object left behind by replication."


def test_one_virtual_server_is_spoken_of_in_the_singular() -> None:
    base = realistic()
    results = replace(base, virtual_servers=base.virtual_servers[:1], findings=())
    assert headline(results).startswith(
        "The only virtual server is not seen to relay for anybody. No setting differs from its"
        " default."
    )


def test_where_nobody_can_tell_who_may_relay_that_is_all_it_says() -> None:
    base = realistic()
    unknown = replace(base, virtual_servers=base.virtual_servers[3:], findings=())
    assert headline(unknown).startswith(
        "Who may relay through the only virtual server cannot be told from this dump. No setting"
    )
    both = replace(unknown, virtual_servers=unknown.virtual_servers * 2)
    assert headline(both).startswith("Who may relay through 2 SMTP virtual servers cannot be told")


def test_a_dump_that_nothing_can_be_audited_from_gets_no_clean_bill() -> None:
    domain = replace(realistic().inputs[0], naming_context="DC=contoso,DC=example")
    results = replace(empty(), inputs=(domain,), checks=())
    command = 'ldifde -f config.ldf -d "CN=Configuration,DC=contoso,DC=example" -p subtree -u'
    assert headline(results) == (
        "Nothing could be audited: the dump holds DC=contoso,DC=example, and Exchange keeps its"
        " settings in the configuration partition. Ask for a new export of whole objects: "
        + command
    )
    summary = compose_report(results, Paper()).summary
    assert summary.actions.empty == summary.rules.empty == "Nothing could be audited"
    assert by_title(results)["Action plan"].empty == "Nothing could be audited"


def test_checks_that_are_all_not_evaluable_are_no_audit() -> None:
    base = realistic()
    blind = tuple(
        replace(check, failed=0, passed=0, not_evaluable=check.tested) for check in base.checks
    )
    results = replace(base, checks=blind, findings=())
    assert headline(results).startswith(
        "Nothing could be audited: the dump does not hold the settings that the checks need. Ask"
    )


def test_a_finding_reads_criterion_condition_consequence_recommendation() -> None:
    headers = [column.header for column in by_title()["Findings"].columns]
    order = ["Finding", "Found", "Default", "Why it matters", "Criterion", "Recommendation"]
    assert [name for name in headers if name in order] == order
    weakness, neutral = cells(by_title()["Findings"])[1], cells(by_title()["Findings"])[4]
    assert weakness["Criterion"] == "Basic authentication is off, or TLS is required."
    assert neutral["Recommendation"].startswith("Differs from default; confirm intent.\nAsk ")
    assert neutral["Criterion"] == "The documented default after installation"


def test_the_action_plan_groups_open_findings_by_rule_and_leaves_out_waived_ones() -> None:
    actions = plan(realistic())
    assert [(action.id, action.horizon, len(action.findings)) for action in actions] == [
        ("A-RL-01", "Now", 1),
        ("A-VS-09", "Now", 2),
        ("A-OWN-01", "Next", 1),
        ("A-VS-01", "Later", 1),
        ("A-VS-03", "Later", 1),
    ]
    assert actions[1].group == GROUP
    assert actions[1].back == (
        "EX01 / Default SMTP Virtual Server: msExchAuthenticationFlags back to Anonymous, Basic,"
        " Windows\nEX02 / Default SMTP Virtual Server: msExchAuthenticationFlags back to Anonymous,"
        " Basic, Windows"
    )
    plan_rows = cells(by_title()["Action plan"])
    assert plan_rows[1]["Objects"] == (
        "EX01 / Default SMTP Virtual Server\nEX02 / Default SMTP Virtual Server"
    )


def test_each_administrative_group_has_its_own_action() -> None:
    base = realistic()
    there = replace(base.findings[2], administrative_group="Sales")
    results = replace(base, findings=(base.findings[1], there))
    assert [(action.id, action.group) for action in plan(results)] == [
        ("A-VS-09-1", GROUP),
        ("A-VS-09-2", "Sales"),
    ]


def test_what_is_stricter_or_left_behind_needs_no_action() -> None:
    base = realistic()
    stricter = replace(base.findings[4], kind="stricter")
    unused = replace(base.virtual_servers[0], left_by="conflict")
    results = replace(
        base,
        virtual_servers=(unused, *base.virtual_servers[1:]),
        findings=(stricter, replace(base.findings[1], dn=unused.dn)),
    )
    assert plan(results) == []


def test_the_most_exposed_virtual_server_comes_first() -> None:
    rows = cells(by_title()["Relay exposure"])
    assert [row["Verdict"] for row in rows] == [
        "Open (assumed)", "Cannot tell (assumed)", "Restricted by address", "Clear-text logon",
    ]  # fmt: skip
    assert rows[2]["Entries"] == "5"


@pytest.mark.parametrize(
    ("basic", "tls", "confidence", "words", "tone"),
    [
        (True, False, "decided", "Clear-text logon", "medium"),
        (True, True, "decided", "Authenticated only", "pass"),
        (False, False, "decided", "Authenticated only", "pass"),
        (None, None, "decided", "Clear-text logon", "medium"),
        (True, True, "assumed", "Authenticated only (assumed)", "unknown"),
        (True, None, "assumed", "Clear-text logon (assumed)", "unknown"),
    ],
)
def test_readable_passwords_are_not_green(
    basic: bool | None, tls: bool | None, confidence: str, words: str, tone: str
) -> None:
    relay = replace(
        RELAY_AUTHENTICATED, basic=basic, tls_required=tls, confidence=Confidence(confidence)
    )
    assert verdict_in_words(relay) == words
    assert TONES[words] == tone


def test_findings_and_rules_name_their_controls() -> None:
    tables = by_title()
    controls = {row["Rule"]: row["Controls"] for row in cells(tables["Findings"])}
    assert controls["RL-01"] == "ISO A.8.20, NIST SC-7"
    assert controls["VS-01"] == ""
    (rule,) = (row for row in cells(tables["Rules"]) if row["Rule"] == "RL-01")
    assert rule["Controls"] == controls["RL-01"]
    assert rule["Why this severity"] == "Strangers can misuse it now."


def test_ranges_that_overlap_name_each_other() -> None:
    rows = {entry.network: entry for entry in describe(RELAY_LISTED.addresses)}
    assert rows["10.1.2.3/32"].overlaps == "10.1.2.0/24, 10.1.0.0/16"
    assert rows["10.1.0.0/16"].overlaps == "10.1.2.0/24, 10.1.2.3/32"
    assert rows["192.0.2.0/24"].overlaps == ""
    assert rows["10.1.0.0/16"].mask == "255.255.0.0"
    assert rows["10.1.0.0/16"].addresses == 65_536


def test_text_that_is_no_network_stays_in_the_list() -> None:
    assert describe(["=1+1"])[0].network == "=1+1"
    assert describe(["0.0.0.0/0"])[0].reach == "Every address"


def test_private_means_the_same_here_as_in_the_verdict() -> None:
    texts = ["203.0.113.10/32", "100.64.0.0/10", "10.0.0.0/7", "172.16.0.0/12", "fd00::/8"]
    assert [entry.reach for entry in describe(texts)] == [
        "Public", "Public", "Public", "Private", "Private",
    ]  # fmt: skip


def test_the_stored_form_of_nobody_is_no_range_of_one_address() -> None:
    nobody, everybody = describe(["0.0.0.0/32", "0.0.0.0/0"])
    assert (nobody.addresses, nobody.first, nobody.reach) == (0, "", "Nobody")
    assert nobody.overlaps == everybody.overlaps == ""


@given(
    st.lists(
        st.tuples(st.integers(0, 255), st.integers(20, 32)).map(
            lambda pair: str(ipaddress.ip_network((f"10.0.{pair[0]}.{pair[0]}", pair[1]), False))
        ),
        max_size=12,
    )
)
def test_a_range_overlaps_when_the_library_says_so(texts: list[str]) -> None:
    networks = [ipaddress.ip_network(text) for text in texts]
    for at, entry in enumerate(describe(texts)):
        others = [n for n in networks[:at] + networks[at + 1 :] if n.overlaps(networks[at])]
        assert bool(entry.overlaps) == bool(others)


def test_the_matrix_marks_what_differs_from_default_and_from_the_others() -> None:
    rows = {row["Attribute"]: row for row in cells(by_title()["Settings matrix"])}
    relay = rows["msExchSmtpRelayForAuth"]
    assert relay["EX02 / Default SMTP Virtual Server"] == "*≠ FALSE"
    assert relay["EX01 / Default SMTP Virtual Server"] == "TRUE"
    assert relay["Same everywhere?"] == "No, 2 values; 3 of 4 have TRUE"
    assert rows["msExchSmtpMaxRecipients"]["Same everywhere?"] == "Yes"
    assert (
        rows["msExchSmtpBadMailDirectory"]["EX04 / Default SMTP Virtual Server"] == "≠ D:\\BadMail"
    )


def test_a_value_that_looks_like_a_mark_is_quoted() -> None:
    base = realistic()
    odd = virtual_server("EX01", settings={"msExchSmtpSmartHost": setting("* star")})
    rows = cells(by_title(replace(base, virtual_servers=(odd,)))["Settings matrix"])
    shown = {row["Attribute"]: row["EX01 / Default SMTP Virtual Server"] for row in rows}
    assert shown["msExchSmtpSmartHost"] == "“* star”"


def test_beyond_sixty_virtual_servers_each_administrative_group_has_its_own_matrix() -> None:
    servers = tuple(
        virtual_server(f"EX{at:03d}", group=f"Site {at % 2}") for at in range(100)
    ) + tuple(virtual_server(f"BIG{at:03d}", group="Big") for at in range(61))
    results = replace(realistic(), virtual_servers=servers)
    matrices = [
        section
        for section in compose_sections(results, Paper())
        if section.key.startswith("settings-matrix")
    ]
    assert [len(section.columns) - 5 for section in matrices] == [50, 50, 60, 1]
    assert len({section.table for section in matrices}) == 4


@pytest.mark.parametrize("limit", ["_MOST_LISTENERS", "_MOST_PARTS"])
def test_of_too_many_for_a_matrix_it_is_told_how_many_have_which_value(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    matrix = "analyzer.report.sections.settings_matrix"
    monkeypatch.setattr(f"{matrix}.WIDEST", 1)
    monkeypatch.setattr(f"{matrix}.{limit}", 3)
    sections = by_title()
    assert "Settings matrix" not in sections
    overview = sections["Settings overview"]
    assert "4 virtual servers, too many to stand side by side" in overview.intro
    assert "The JSON results have every setting of each" in overview.intro
    rows = {row["Attribute"]: row for row in cells(overview)}
    relay = rows["msExchSmtpRelayForAuth"]
    assert relay["Same everywhere?"] == "No, 2 values; 3 of 4 have TRUE"
    assert relay["Differ from default"] == "1"
    assert relay["Values, the most frequent first"] == "3 have TRUE\n1 has FALSE"
    assert rows["msExchSmtpMaxRecipients"]["Same everywhere?"] == "Yes"


def test_beyond_the_first_values_the_overview_counts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.report.sections.settings_matrix._MOST_LISTENERS", 60)
    servers = tuple(
        virtual_server(f"EX{at:03d}", settings={"msExchSmtpSmartHost": setting(f"host{at // 2}")})
        for at in range(61)
    )
    ghost = replace(virtual_server("EX099"), left_by="conflict")
    results = replace(realistic(), virtual_servers=(*servers, ghost))
    rows = {row["Attribute"]: row for row in cells(by_title(results)["Settings overview"])}
    lines = rows["msExchSmtpSmartHost"]["Values, the most frequent first"].split("\n")
    assert lines[:2] == ["2 have host0", "2 have host1"]
    # 30 hosts on two and one on one, of which ten are named; the one left behind does not count.
    assert lines[10:] == ["21 more values on 41", "1 left behind, not counted"]


def test_of_too_many_servers_the_page_tells_of_those_with_the_gravest_findings() -> None:
    # EX03 has a critical finding, EX02 a high one and a low one, EX01 a high one.
    servers = compose_report(realistic(), Paper()).servers(2)
    assert [page.name for page in servers.pages()] == ["EX02", "EX03"]
    assert servers.intro.startswith("4 servers, ")
    assert " Here are the 2 with the gravest findings; " in servers.intro


def test_what_every_object_has_of_its_own_is_no_setting() -> None:
    odd = virtual_server("EX01", settings={"whenChanged": setting("2011"), "cn": setting("1")})
    matrix = by_title(replace(realistic(), virtual_servers=(odd,)))["Settings matrix"]
    assert not {"whenChanged", "cn"} & {row["Attribute"] for row in cells(matrix)}


def test_two_virtual_servers_of_one_name_get_different_headers() -> None:
    servers = (virtual_server("EX01"), virtual_server("EX01"))
    matrix = by_title(replace(realistic(), virtual_servers=servers))["Settings matrix"]
    assert matrix.columns[-1].header == "EX01 / Default SMTP Virtual Server (2)"


def stores() -> tuple[ObjectRecord, ...]:
    """Return objects of a kind that no section knows."""
    server = virtual_server("EX01")
    return tuple(
        ObjectRecord(
            "mail_store", "Mail store", plural, f"CN={name}", "Contoso Org", None, "EX01", name,
            {**server.settings, "server": setting("EX01")}, server.source, ("deleted object",),
        )
        for name, plural in (("Store 1", "mail stores"), ("Store 2", "mail stores"))
    )  # fmt: skip


def test_objects_of_any_other_kind_have_a_table_of_their_own() -> None:
    base = realistic()
    differs = replace(base.findings[4], dn="CN=Store 2")
    results = replace(base, objects=stores(), findings=(differs,))
    section = by_title(results)["Mail stores"]
    first, second = cells(section)
    assert (first["Name"], first["Server"], first["Notes"]) == ("Store 1", "EX01", "deleted object")
    assert first["Relay for authenticated hosts"] == "TRUE"
    assert second["Relay for authenticated hosts"] == "* TRUE"
    # A header stands once only, whatever its capitals.
    assert first["server (2)"] == "EX01"
    assert section.intro.startswith("2 objects with 11 settings.")


def test_no_kind_of_object_spoils_a_sheet_by_its_name() -> None:
    hostile_kinds = tuple(
        replace(stores()[0], kind=f"kind {at}", plural=f"{at}{text}")
        for at, text in enumerate(HOSTILE)
    )
    parts = compose_sections(replace(realistic(), objects=hostile_kinds), Paper())
    matrices = [section.title for section in parts if section.key.startswith("objects-")]
    assert len(matrices) == len(HOSTILE)
    assert not [title for title in matrices if len(title) > 31 or set(title) & set("[]:*?/\\'")]


def test_checks_a_dump_cannot_decide_are_listed_and_never_passed() -> None:
    row = cells(by_title()["Checks run"])[-1]
    assert row["Rule"] == "VS-22"
    assert row["Passed"] == "0"
    assert row["Reason when not evaluated, or where reported"] == (
        "Not checkable from a dump. Only a dialogue with the running server shows it."
    )


def test_the_parse_log_names_records_values_and_files() -> None:
    rows = cells(by_title()["Parse log"])
    assert [row["Level"] for row in rows] == ["Warning", "Warning", "Note"]
    assert rows[0]["Line"] == "5120"
    assert "lost in the export" in rows[1]["Message"]


def test_the_scope_of_the_evidence_is_obeyed() -> None:
    base = realistic()
    idle = replace(base.evidence[0], id="E-9999", findings=(), attribute="cn")
    results = replace(base, evidence=(*base.evidence, idle))
    assert by_title(results)["Evidence"].count == 7
    assert by_title(results, "all")["Evidence"].count == 8
    assert "Evidence" not in by_title(results, "none")


def test_a_source_is_a_link_only_where_our_own_catalogue_gives_it() -> None:
    own = next(map(rule_record, load_catalogue().rules))
    assert own.id == "VS-01"
    base = realistic()
    vs01 = replace(next(rule for rule in base.rules if rule.id == "VS-01"), sources=own.sources)
    evil = ("https://evil.example/", *own.sources)
    results = replace(
        base,
        rules=(
            vs01,
            # What results call built-in, or by the id of a rule of ours, is what a stranger says.
            replace(vs01, id="VS-02", origin="built-in", sources=evil),
            replace(vs01, id="EVIL-01", origin="built-in", sources=evil),
            replace(vs01, id="EVIL-02", origin="built-in"),
            *(rule for rule in base.rules if rule.id == "OWN-01"),
        ),
    )
    rows = {plain(row[0]): row for row in by_title(results)["Rules"].rows()}
    at = [column.header for column in by_title()["Rules"].columns].index("Source")
    address = re.search(r"https?://[^ ]+", own.sources[0])
    assert rows.pop("VS-01")[at] == Url(name_of_source(address[0]), address[0])
    assert [type(row[at]) for row in rows.values()] == [str] * 4


def test_the_source_of_every_rule_of_ours_is_a_link() -> None:
    rules = tuple(map(rule_record, load_catalogue().rules))
    section = by_title(replace(realistic(), rules=rules))["Rules"]
    at = section.position("Source")
    assert [row[0] for row in section.rows() if not isinstance(row[at], Url)] == []


def test_a_cell_names_no_more_objects_than_a_row_can_show() -> None:
    findings = [finding(number, "VS-03", f"EX{number:03}", "15") for number in range(1, 201)]
    told = objects_in_words(findings)
    named = told.removesuffix(" more, see Findings").split("; ")
    assert len(told) < 2_000
    assert named[-1] == f"and {201 - len(named)}"
    assert lines_of(told, 54) * 12.75 < 409  # the tallest row there is
    assert objects_in_words(findings[:3]).count("; ") == 2


def test_the_summary_counts_what_the_sections_hold() -> None:
    results = realistic()
    report = compose_report(results, Paper(client="Contoso"))
    summary, parts = report.summary, report.sections
    assert summary.severities.rows[0] == ("Critical", 1, 0)
    assert summary.severities.rows[-1] == ("All", 6, 1)
    assert summary.checks.rows[-1] == ("All", 20)
    assert sum(sum(series.values) for series in summary.chart) == 6
    assert [row[1] for row in summary.contents.rows] == [part.count for part in parts]
    assert summary.servers.rows[0][0] == "EX03"
    assert "EX03: Critical 1" in summary.chart_text


def test_sections_without_data_are_named_as_none() -> None:
    results = empty()
    summary = compose_report(results, Paper()).summary
    named = {plain(row[0]): row[1] for row in summary.contents.rows}
    assert named["Settings matrix"] == named["Relay exposure"] == named["Evidence"] == "none"


def test_counts_cover_every_severity_and_state() -> None:
    assert list(severity_counts(())) == ["critical", "high", "medium", "low", "info"]
    assert check_states(realistic()) == {
        "failed": 7, "passed": 12, "not_evaluable": 1, "not_applicable": 0,
    }  # fmt: skip


def test_times_and_places_are_read_and_written_plainly() -> None:
    assert str(moment("20110203040506.0Z")) == "2011-02-03 04:05:06+00:00"
    assert moment("yesterday") is None
    assert place("a.ldf", 3, 3) == "a.ldf:3"
    assert place("a.ldf", 3, 9) == "a.ldf:3-9"
    assert place("a.dat", None, None, 4096) == "a.dat, byte 4,096"


def test_a_setting_without_a_value_says_why() -> None:
    assert setting_text(setting("", state="not_exported")) == "(not exported)"
    assert setting_text(setting("", state="lost")) == "(lost in the export)"
    assert setting_text(setting("")) == "(empty)"


def test_every_word_that_is_coloured_stands_in_the_palette() -> None:
    assert set(TONES.values()) <= set(PALETTE)


def contrast(first: str, second: str) -> float:
    def light(color: str) -> float:
        parts = [int(color[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(first), light(second)))
    return (high + 0.05) / (low + 0.05)


def test_every_pair_of_the_palette_has_the_contrast_of_wcag() -> None:
    for ink, paper in PALETTE.values():
        assert contrast(ink, paper) > 6.5
    assert contrast(LINK_INK, "FFFFFF") > 6.5


def test_the_builder_has_a_server_for_each_name() -> None:
    assert dn_of("EX01").startswith("CN=1,CN=SMTP,CN=Protocols,CN=EX01,")
    assert len(report_builder.SERVERS) == 4
