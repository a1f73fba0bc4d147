"""A size in, the results of an audit of an invented organisation out."""

from analyzer.results.records import (
    CheckRecord,
    EvidenceRecord,
    FindingEvidence,
    FindingRecord,
    InputRecord,
    RelayRecord,
    Results,
    RuleRecord,
    RunRecord,
    SettingRecord,
    SourceRecord,
    ToolRecord,
    VirtualServerRecord,
)

SETTINGS = 40
FINDINGS_PER_SERVER = 5


def make_results(virtual_servers: int, evidence_rows: int) -> Results:
    """Return an audit of an invented organisation of that size."""
    servers = tuple(_server(at) for at in range(virtual_servers))
    findings = tuple(
        _finding(server, number, at * FINDINGS_PER_SERVER + number)
        for at, server in enumerate(servers)
        for number in range(FINDINGS_PER_SERVER)
    )
    evidence = tuple(
        _evidence(at, servers[at % virtual_servers], findings) for at in range(evidence_rows)
    )
    rules = tuple(_rule(number) for number in range(SETTINGS))
    return Results(
        schema_version=1,
        tool=ToolRecord("exchange-analyzer", "0", "bench", "0" * 64),
        run=RunRecord("0000-0000-0000", "2026-11-24T10:00:00Z", ("audit", "big.ldf")),
        inputs=(
            InputRecord(
                "big.ldf", 10**9, "0" * 64, "ldif", "ldifde", "utf-16-le", 10**6, 10**4, "full",
                "CN=Configuration,DC=contoso,DC=example", (),
            ),
        ),
        virtual_servers=servers,
        findings=findings,
        evaluations=(),
        checks=tuple(
            CheckRecord(rule.id, rule.title, virtual_servers, 1, 1, 0, 0) for rule in rules
        ),
        unreadable=(),
        evidence=evidence,
        rules=rules,
    )  # fmt: skip


def _dn(at: int) -> str:
    return (
        f"CN=1,CN=SMTP,CN=Protocols,CN=EX{at:04d},CN=Servers,CN=Site {at % 20},CN=Administrative"
        " Groups,CN=Contoso Org,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,"
        "DC=example"
    )


def _server(at: int) -> VirtualServerRecord:
    settings = {
        f"msExchSmtpSetting{number}": SettingRecord(
            "set", number, f"{number} minutes" if (at + number) % 7 else "none", at * 60 + number
        )
        for number in range(SETTINGS)
    }
    relay = RelayRecord(
        "listed", "decided", True, "only_listed", (f"10.{at % 250}.1.0/24", "10.0.0.0/8"), (), ()
    )
    return VirtualServerRecord(
        _dn(at), "Contoso Org", f"Site {at % 20}", f"EX{at:04d}", 1, "Default SMTP Virtual Server",
        "2003", settings, SourceRecord("big.ldf", at * 60, at * 60 + 59), relay,
    )  # fmt: skip


def _finding(server: VirtualServerRecord, number: int, at: int) -> FindingRecord:
    return FindingRecord(
        id=f"F-{at:08x}", fingerprint=f"{at:064x}", rule=f"VS-{number:02d}", kind="non-default",
        severity="low", title=f"Setting {number} of this virtual server is 30 minutes.",
        dn=server.dn, organization="Contoso Org", administrative_group=server.administrative_group,
        server=server.server, virtual_server=server.name, attribute=f"msExchSmtpSetting{number}",
        found=30, found_text="30 minutes", default=10, default_text="10 minutes",
        default_basis="Exchange 2003, KB 321757", status="open",
        evidence=FindingEvidence("big.ldf", at, at, "30", "ab" * 32), evidence_id=f"E-{at:05d}",
    )  # fmt: skip


def _evidence(
    at: int, server: VirtualServerRecord, findings: tuple[FindingRecord, ...]
) -> EvidenceRecord:
    rests = (findings[at].id,) if at < len(findings) else ()
    return EvidenceRecord(
        f"E-{at:05d}", rests, server.dn, "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "protocolCfgSMTPServer", f"msExchSmtpSetting{at % SETTINGS}", "set", f"{at}",
        f"{at} minutes", "plain", "big.ldf", at, at, f"{at:064x}", "2003-05-01T08:00:00Z",
        "2011-02-03T04:05:06Z", f"{at}",
    )  # fmt: skip


def _rule(number: int) -> RuleRecord:
    return RuleRecord(
        f"VS-{number:02d}", f"Setting {number}", "non-default", "low", "protocolCfgSMTPServer",
        f"msExchSmtpSetting{number}", f"Setting {number}", "10 minutes", "it is 10 minutes",
        "a changed value means that somebody changed it", "ask whether it is meant", "Access tab",
        ("https://example.com/rule",), "documented", (), "yes", "", "built-in",
    )  # fmt: skip
