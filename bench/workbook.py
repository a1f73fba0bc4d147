"""Time and memory of a big workbook, against XlsxWriter writing the same cells without styles.

    python bench/workbook.py [VIRTUAL_SERVERS] [EVIDENCE_ROWS]

Each side runs in a process of its own; printed are seconds, peak memory, and the ratio.
"""

import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from analyzer.report import Paper
from analyzer.report.compose import compose_report, compose_sections
from analyzer.report.section import Cell, plain
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


def write_ours(results: Results, target: Path) -> None:
    """Write the whole workbook: styles, links, formats, tables, validations."""
    from analyzer.report.workbook.workbook_file import write_workbook

    with target.open("wb") as stream:
        write_workbook(compose_report(results, Paper(), "all"), Paper(), stream)


def write_plain(results: Results, target: Path) -> None:
    """Write the text and numbers of the same tables, nothing else, in constant memory."""
    import xlsxwriter

    workbook = xlsxwriter.Workbook(str(target), {"constant_memory": True})
    for section in compose_sections(results, Paper(), "all"):
        sheet = workbook.add_worksheet(section.title)
        for at, row in enumerate(section.rows()):
            for column, value in enumerate(row):
                _write_cell(sheet, at, column, value)
    workbook.close()


def write_nothing(results: Results, target: Path) -> None:
    """Make the results only: what both sides hold in memory before they begin."""


def _write_cell(sheet: object, row: int, column: int, value: Cell) -> None:
    if isinstance(value, int):
        sheet.write_number(row, column, value)
    elif value is not None:
        sheet.write_string(row, column, plain(value)[:32_767])


def _measure(
    write: Callable[[Results, Path], None], sizes: tuple[int, int], answers: multiprocessing.Queue
) -> None:
    results = make_results(*sizes)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "big.xlsx")
        start = time.perf_counter()
        write(results, target)
        seconds = time.perf_counter() - start
        size = target.stat().st_size if target.exists() else 0
    answers.put((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, size / 2**20))


def main() -> None:
    """Run all sides and print one line of JSON for each."""
    sizes = (int((*sys.argv[1:], 1000)[0]), int((*sys.argv[2:], 50_000)[0]))
    context = multiprocessing.get_context("spawn")
    seconds = {}
    for write in (write_nothing, write_plain, write_ours):
        answers = context.Queue()
        process = context.Process(target=_measure, args=(write, sizes, answers))
        process.start()
        seconds[write], memory, size = answers.get()
        process.join()
        line = {
            "side": write.__name__,
            "seconds": round(seconds[write], 2),
            "peak_mib": round(memory),
            "file_mib": round(size, 1),
        }
        print(json.dumps(line))
    print(json.dumps({"ratio": round(seconds[write_ours] / seconds[write_plain], 2)}))


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


if __name__ == "__main__":
    main()
