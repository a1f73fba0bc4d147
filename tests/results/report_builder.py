"""A made-up audit: two sites of an invented organisation, with values nobody wishes for."""

from collections.abc import Mapping

from msgspec.structs import replace

from analyzer.results.records import (
    CheckRecord,
    ConnectorRecord,
    EvaluationRecord,
    EvidenceRecord,
    FindingEvidence,
    FindingRecord,
    InputRecord,
    RelayRecord,
    Results,
    RuleRecord,
    RunRecord,
    ServerRecord,
    SettingRecord,
    SourceRecord,
    ToolRecord,
    UnreadableRecord,
    Value,
    VirtualServerRecord,
)

FILE = "contoso.ldf"
ORGANIZATION = "Contoso Org"
GROUP = "First Administrative Group"

HOSTILE = (
    '=HYPERLINK("http://evil.example/","click")',
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "#REF!",
    "#N/A",
    "=>",
    "=====",
    "nul\x00 bell\x07 vt\x0b us\x1f del\x7f nel\x85",
    "right\u202eexe.txt\u202c zero\u200bwidth \ufeffbom",
    "lone \ud800 surrogate \udfff end",
    "non\ufffe char\uffff",
    "<b>&amp;</b><!-- ]]> <script>alert(1)</script>",
    "_x000D_ literal _x0041_ and _x005F_",
    "  blanks at both ends  ",
    "two\r\nlines\rand\nmore",
    "\uff1d1+1 full width",
    "-1",
    "1E5",
    "00123",
    "https://evil.example/ file:///etc/passwd mailto:a@b",
    "{{7*7}} ${7*7} {% raw %}",
    "x" * 40_000,
    "\U0001f600" * 20_000,
    '&L&"Arial"&72Header',
    "' OR 1=1",
    "",
)


def setting(text: str, value: Value = None, state: str = "set", line: int = 10) -> SettingRecord:
    shown = value if value is not None else text
    return SettingRecord(
        state,
        shown if state == "set" else None,
        text if state == "set" else "",
        line,
        line,
        text,
    )


def dn_of(server: str, number: int = 1) -> str:
    return (
        f"CN={number},CN=SMTP,CN=Protocols,CN={server},CN=Servers,CN={GROUP},"
        f"CN=Administrative Groups,CN={ORGANIZATION},CN=Microsoft Exchange,CN=Services,"
        "CN=Configuration,DC=contoso,DC=example"
    )


def virtual_server(
    server: str,
    number: int = 1,
    name: str = "Default SMTP Virtual Server",
    relay: RelayRecord | None = None,
    settings: Mapping[str, SettingRecord] | None = None,
    group: str = GROUP,
) -> VirtualServerRecord:
    standard = {
        "msExchSmtpRelayForAuth": setting("TRUE", True, line=48219),
        "msExchSmtpRelayIpList": setting("(none)", state="not_set"),
        "msExchAuthenticationFlags": setting("Anonymous, Basic, Windows", 7),
        "msExchServerBindings": setting("all addresses, port 25", (":25:",)),
        "msExchSmtpMaxHopCount": setting("30", 30),
        "msExchSmtpMaxOutgoingConnections": setting("1000", 1000),
        "msExchSmtpMaxRecipients": setting("64000", 64000),
        "msExchSmtpSmartHost": setting("", state="not_set"),
        "msExchSmtpOutboundSecurityPassword": setting("", state="not_exported"),
        "msExchSmtpBadMailDirectory": setting(r"C:\Program Files\Exchsrvr\Mailroot\vsi 1\BadMail"),
    }
    return VirtualServerRecord(
        dn=dn_of(server, number),
        organization=ORGANIZATION,
        administrative_group=group,
        server=server,
        number=number,
        name=name,
        exchange_version="2003",
        settings={**standard, **(settings or {})},
        source=SourceRecord(FILE, 48201, 48244),
        relay=relay or RELAY_AUTHENTICATED,
        guid="3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        entry_sha256="ab" * 32,
    )


RELAY_AUTHENTICATED = RelayRecord(
    "authenticated",
    "decided",
    True,
    "only_listed",
    (),
    ("The list is not set, and those who log on may relay.",),
    anonymous=True,
    basic=True,
    tls_required=False,
    addresses_covered=0,
    covers="none",
)
RELAY_LISTED = replace(
    RELAY_AUTHENTICATED,
    verdict="listed",
    addresses=("10.1.0.0/16", "10.1.2.3/32", "192.0.2.0/24", "10.1.2.0/24", "2001:db8::/32"),
    names=("partner.example",),
    reasons=("Hosts on the list may relay without logging on.",),
    addresses_covered=65_792,
    covers="public",
)
RELAY_OPEN = replace(
    RELAY_AUTHENTICATED,
    verdict="open",
    confidence="assumed",
    mode="all_except",
    addresses=("203.0.113.9/32",),
    reasons=(
        "Every host may relay except those on the list.",
        "Assumed: the anonymous bit is taken as set, as after installation.",
    ),
    addresses_covered=4_294_967_295,
    covers="everything",
)
RELAY_UNKNOWN = replace(
    RELAY_AUTHENTICATED,
    verdict="unknown",
    confidence="assumed",
    authenticated_may_relay=None,
    mode=None,
    reasons=("The list was lost by the export tool.",),
    anonymous=None,
    addresses_covered=None,
    covers="",
)


def rule(
    rule_id: str,
    attribute: str,
    kind: str,
    severity: str,
    label: str,
    references: tuple[str, ...] = (),
    **more: str,
) -> RuleRecord:
    return RuleRecord(
        id=rule_id,
        title=more.get("title", f"{label} is not at its documented value"),
        kind=kind,
        severity=severity,
        object_class=more.get("object_class", "protocolCfgSMTPServer"),
        attribute=attribute,
        label=label,
        default_text=more.get("default_text", "TRUE"),
        condition=more.get("condition", f"{label} is TRUE"),
        why=more.get(
            "why",
            "the setting decides which hosts this listener passes mail on for; a changed value"
            " means that somebody rewrote the relay policy by hand",
        ),
        recommendation=more.get(
            "recommendation", "ask the owner whether the value is meant, and record the answer"
        ),
        where_to_set="SMTP virtual server Properties > Access tab > Relay",
        sources=(
            "https://technet.microsoft.com/en-us/library/aa996739(v=exchg.80).aspx",
            "KB 321757",
        ),
        confidence="documented",
        disagreements=("KB 321757 says 100, the article also says 500.",),
        offline=more.get("offline", "yes"),
        offline_note=more.get("offline_note", ""),
        origin=more.get("origin", "built-in"),
        not_set="failed",
        references=references,
        severity_reason=more.get("severity_reason", ""),
        applies_to="SMTP virtual server",
    )


RULES = (
    rule("VS-01", "msExchSmtpRelayForAuth", "non-default", "low", "Relay for authenticated hosts"),
    rule(
        "VS-09",
        "msExchAuthenticationFlags",
        "weakness",
        "high",
        "Authentication methods",
        default_text="7 (Anonymous, Basic, Windows)",
        condition="Basic authentication is off, or TLS is required",
        why="Basic authentication sends passwords in clear text unless TLS protects them",
        recommendation="require TLS before Basic authentication, or switch the latter off",
    ),
    rule(
        "RL-01",
        "msExchSmtpRelayIpList",
        "weakness",
        "critical",
        "Relay list",
        ("ISO A.8.20", "NIST SC-7"),
        severity_reason="Strangers can misuse it now.",
        default_text="(not set)",
        condition="the list does not let every host relay",
        why="anybody who can connect can send mail to the whole world through this server",
        recommendation="limit the list to the hosts that need it",
        title="Every host may relay",
    ),
    rule(
        "VS-03", "msExchSmtpMaxHopCount", "non-default", "low", "Maximum hop count",
        default_text="30",
    ),
    rule(
        "VS-22",
        "",
        "weakness",
        "high",
        "",
        title="The server accepts mail for a foreign domain",
        offline="no",
        offline_note="Only a dialogue with the running server shows it",
    ),
    rule("OWN-01", "msExchSmtpBadMailDirectory", "inconsistent", "medium", "Bad mail folder",
         origin="rules/own.toml"),
)  # fmt: skip
_RULES = {item.id: item for item in RULES}


def finding(
    number: int, rule_id: str, server: str | None, found: str, **more: str | None
) -> FindingRecord:
    its_rule = _RULES[rule_id]
    fingerprint = f"{number:064x}"
    dn = more.get("dn") or dn_of(server or "EX99")
    return FindingRecord(
        id=f"F-{number:08x}",
        fingerprint=fingerprint,
        rule=rule_id,
        kind=its_rule.kind,
        severity=its_rule.severity,
        title=more.get("title") or f"{its_rule.label} of this virtual server is {found}.",
        dn=dn,
        organization=ORGANIZATION,
        administrative_group=GROUP,
        server=server,
        virtual_server="Default SMTP Virtual Server",
        attribute=its_rule.attribute,
        found=found,
        found_text=found,
        default=None,
        default_text=its_rule.default_text,
        default_basis="Exchange 2003, KB 321757",
        status=more.get("status") or "open",
        evidence=FindingEvidence(FILE, 48219, 48219, more.get("raw") or found, "ab" * 32),
        evidence_id=f"E-{number:04d}",
        differing=(its_rule.attribute,) if its_rule.kind == "non-default" else (),
    )


def evidence_for(item: FindingRecord) -> EvidenceRecord:
    return EvidenceRecord(
        id=item.evidence_id,
        findings=(item.id,),
        dn=item.dn,
        guid="3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        object_class="protocolCfgSMTPServer",
        attribute=item.attribute,
        state="set",
        raw=item.evidence.raw,
        text=item.found_text,
        notation="plain",
        file=item.evidence.file,
        line=item.evidence.line,
        last_line=item.evidence.last_line,
        entry_sha256=item.evidence.entry_sha256,
        when_created="2003-05-01T08:00:00Z",
        when_changed="2011-02-03T04:05:06Z",
        usn_changed="123456",
    )


SERVERS = ("EX01", "EX02", "EX03", "EX04")


def realistic() -> Results:
    """Return an audit as a client would get it."""
    found = (
        finding(1, "RL-01", "EX03", "all except 203.0.113.9"),
        finding(2, "VS-09", "EX01", "Anonymous, Basic, Windows"),
        finding(3, "VS-09", "EX02", "Anonymous, Basic, Windows"),
        finding(4, "OWN-01", "EX04", r"D:\BadMail"),
        finding(5, "VS-01", "EX02", "FALSE", dn=dn_of("EX02")),
        finding(6, "VS-03", "EX04", "15", status="waived"),
        finding(7, "VS-03", None, "10"),
    )
    servers = (
        virtual_server("EX01"),
        virtual_server(
            "EX02", relay=RELAY_LISTED,
            settings={"msExchSmtpRelayForAuth": setting("FALSE", False, line=5)},
        ),
        virtual_server("EX03", relay=RELAY_OPEN),
        virtual_server(
            "EX04", relay=RELAY_UNKNOWN,
            settings={
                "msExchSmtpMaxHopCount": setting("15", 15),
                "msExchSmtpRelayIpList": setting("System.Byte[]", state="lost"),
                "msExchSmtpBadMailDirectory": setting(r"D:\BadMail"),
            },
        ),
    )  # fmt: skip
    reasons = {"VS-09": ("The number of mailboxes is not in a dump.",)}
    checks = tuple(
        CheckRecord(
            item.id,
            item.title,
            4,
            sum(one.rule == item.id for one in found),
            4 - sum(one.rule == item.id for one in found) - (item.id in reasons),
            int(item.id in reasons),
            0,
            reasons.get(item.id, ()),
        )
        for item in RULES
        if item.offline != "no"
    )
    return Results(
        schema_version=1,
        tool=ToolRecord("exchange-analyzer", "0.1.0", "2026.1", "cd" * 32),
        run=RunRecord(
            "7F3A-91C2-00AB", "2026-11-24T10:00:00Z", ("audit", FILE, "-o", "contoso.xlsx")
        ),
        inputs=(
            InputRecord(
                FILE, 48_211_034, "ef" * 32, "ldif", "ldifde", "utf-16-le", 61_214, 12, "full",
                "CN=Configuration,DC=contoso,DC=example", ("File ends without a line break.",),
                "CRLF", "2019-05-03T12:00:00Z",
            ),
        ),
        virtual_servers=servers,
        findings=found,
        evaluations=tuple(EvaluationRecord(one.rule, one.dn, "failed", None) for one in found),
        checks=checks,
        unreadable=(UnreadableRecord(FILE, 5120, 5133, "value of cn is not valid base64"),),
        servers=tuple(
            ServerRecord(
                f"CN={name}", ORGANIZATION, GROUP, name, "2003",
                "Version 6.5 (Build 7638.2: Service Pack 2)", "", True, 1, 0,
                "2011-02-03T04:05:06Z", {}, SourceRecord(FILE, 47000, 47100),
            )
            for name in SERVERS
        ),
        connectors=(
            ConnectorRecord(
                "CN=Internet", "smtp", "Internet", ORGANIZATION, GROUP, "First Routing Group",
                (dn_of("EX01"), dn_of("EX02")), "smtp.provider.example", ("SMTP:*;1",),
                ("Only members of Sales may send",), "not_set", {},
                SourceRecord(FILE, 52000, 52040),
            ),
        ),
        evidence=tuple(evidence_for(one) for one in found),
        rules=RULES,
    )  # fmt: skip


def hostile() -> Results:
    """Return an audit in which every text that comes from a dump is meant to do harm."""
    base = realistic()
    found = []
    for number, text in enumerate(HOSTILE, start=1):
        item = finding(number, "VS-01", "EX01", text, raw=text)
        found.append(
            replace(
                item,
                title=text,
                server=text[:200],
                virtual_server=text,
                found=text,
                default_text=text,
                dn=text,
                evidence=replace(item.evidence, raw=text, file=text[:100]),
            )
        )
    servers = tuple(
        replace(
            virtual_server(text[:200], settings={"msExchSmtpSmartHost": setting(text)}),
            dn=f"{number}{text}"[:300],
            organization=text[:200],
            administrative_group=text[:200],
            name=text,
            relay=replace(
                RELAY_LISTED, names=(text,), addresses=(text[:50],), reasons=(text,),
                connection_control=text,
            ),
        )
        for number, text in enumerate(HOSTILE)
    )  # fmt: skip
    return replace(
        base,
        run=replace(base.run, arguments=HOSTILE),
        inputs=tuple(
            replace(base.inputs[0], path=text[:100], naming_context=text, warnings=(text,))
            for text in HOSTILE
        ),
        findings=tuple(found),
        virtual_servers=servers,
        unreadable=tuple(UnreadableRecord(text[:90], 1, 2, text) for text in HOSTILE),
        evidence=tuple(evidence_for(item) for item in found),
        servers=tuple(
            replace(base.servers[0], name=text[:200], organization=text[:200], notes=(text,))
            for text in HOSTILE
        ),
        connectors=tuple(
            replace(base.connectors[0], name=text, smart_host=text, address_spaces=(text,))
            for text in HOSTILE
        ),
        rules=(
            *base.rules,
            replace(base.rules[-1], id="=OWN", title=HOSTILE[0], sources=HOSTILE[22:23]),
        ),
    )


def empty() -> Results:
    """Return an audit of a dump without any Exchange object."""
    base = realistic()
    return replace(
        base,
        virtual_servers=(),
        findings=(),
        evaluations=(),
        checks=tuple(
            replace(item, tested=0, failed=0, passed=0, not_evaluable=0) for item in base.checks
        ),
        unreadable=(),
        servers=(),
        connectors=(),
        evidence=(),
    )
