"""Verdicts that were found wrong by hand, each with the answer for one address."""

import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from . import forest as made
from .conftest import Judge


def state(results, rule: str) -> str:
    (found,) = {one.state for one in results.evaluations if one.rule == rule}
    return found


def answer(text: bytes, address: str, folder: Path) -> str:
    """Return what `relay --ip` prints of the one virtual server."""
    dump = folder / "dump.ldf"
    dump.write_bytes(text)
    command = [sys.executable, "-m", "analyzer", "relay", str(dump), "--ip", address]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize(
    ("for_auth", "verdict"), [(b"TRUE", "authenticated"), (b"FALSE", "closed")]
)
def test_an_empty_cell_for_the_list_is_not_evaluable(judge: Judge, for_auth, verdict) -> None:
    with_list = made.virtual_server("EX02", 9000, **{made.LIST: made.grant("10.1.2.3/32")})
    without = made.virtual_server("EX01", 8000, **{made.FOR_AUTH: for_auth})
    results = judge(made.csvde([without, with_list]))
    first = results.virtual_servers[0]
    assert (first.relay.verdict, first.relay.confidence) == (verdict, "assumed")
    states = {one.dn: one.state for one in results.evaluations if one.rule == "RL-01"}
    assert states[without.dn] == "not_evaluable"


def domain_list(*, deny: bool) -> bytes:
    """A list that names one domain and no address; how names are stored is not documented."""
    mark, head = 0x80000000, 24
    none = struct.pack("<2I", 0, 0)
    starts = [head, head + 8, head + 16, head + 16 + (28 if deny else 8)]
    data_at = head + 8 + 8 + 8 + 28
    named = struct.pack("<2I", 1, 1) + struct.pack("<5I", 0, 1, 0, 0, mark | data_at)
    names = named + none if deny else none + named
    header = struct.pack("<6I", *(mark | start for start in starts), 1, data_at)
    return header + none + none + names + b"example.com\0"


def test_a_list_that_denies_a_name_lets_all_others_through(judge: Judge) -> None:
    record = made.virtual_server("EX01", 8000, **{made.LIST: domain_list(deny=True)})
    results = judge(made.ldif([record]))
    (listener,) = results.virtual_servers
    assert (listener.relay.verdict, listener.relay.confidence) == ("open", "assumed")
    assert listener.relay.mode == "all_except"
    assert state(results, "RL-01") == "failed"


def test_a_list_that_grants_a_name_alone_is_never_milder_than_listed(judge: Judge) -> None:
    record = made.virtual_server("EX01", 8000, **{made.LIST: domain_list(deny=False)})
    (listener,) = judge(made.ldif([record])).virtual_servers
    assert listener.relay.verdict in ("open", "listed", "unknown")


def test_a_list_that_denies_everything_lets_nobody_through(judge: Judge, tmp_path: Path) -> None:
    for for_auth, verdict in ((b"TRUE", "authenticated"), (b"FALSE", "closed")):
        record = made.virtual_server(
            "EX01", 8000, **{made.LIST: made.deny("0.0.0.0/0"), made.FOR_AUTH: for_auth}
        )
        (listener,) = judge(made.ldif([record])).virtual_servers
        assert (listener.relay.verdict, listener.relay.confidence) == (verdict, "assumed")
        assert listener.relay.addresses_covered == 0
        assert "yes" not in answer(made.ldif([record]), "192.0.2.9", tmp_path).split("\n")[3]


def test_a_grant_without_anonymous_access_needs_a_logon(judge: Judge, tmp_path: Path) -> None:
    record = made.virtual_server(
        "EX01",
        8000,
        **{made.LIST: made.grant("10.1.2.3/32"), made.FLAGS: b"6", made.FOR_AUTH: b"FALSE"},
    )
    (listener,) = judge(made.ldif([record])).virtual_servers
    assert "without logging on" not in " ".join(listener.relay.reasons)
    assert "after logging on" in answer(made.ldif([record]), "10.1.2.3", tmp_path)


def test_no_way_to_log_on_is_told(judge: Judge) -> None:
    record = made.virtual_server("EX01", 8000, **{made.FLAGS: b"1"})
    (listener,) = judge(made.ldif([record])).virtual_servers
    assert listener.relay.verdict == "authenticated"
    assert "no logon" in " ".join(listener.relay.reasons).lower().replace("not offer", "no logon")


def test_a_connector_for_everything_is_a_caveat_of_a_closed_server(judge: Judge) -> None:
    record = made.virtual_server("OPEN", 8000, **{made.FOR_AUTH: b"FALSE"})
    results = judge(made.ldif([record, made.server("OPEN", 7000), made.connector(9000)]))
    (listener,) = results.virtual_servers
    assert (listener.relay.verdict, listener.relay.confidence) == ("closed", "decided")
    assert any("connector" in reason for reason in listener.relay.reasons)


@pytest.mark.parametrize(("was", "becomes"), [("open", "closed"), ("critical", "low")])
def test_an_edited_verdict_or_severity_is_seen(tmp_path: Path, was: str, becomes: str) -> None:
    dump, report = tmp_path / "dump.ldf", tmp_path / "results.json"
    dump.write_bytes(made.ldif(made.forest()))
    run = [sys.executable, "-m", "analyzer"]
    subprocess.run([*run, "audit", dump, "-o", report], check=True, capture_output=True)
    document = json.loads(report.read_text("utf-8"))
    for listener in document["virtual_servers"]:
        if listener["relay"]["verdict"] == was:
            listener["relay"]["verdict"] = becomes
    for finding in document["findings"]:
        if finding["severity"] == was:
            finding["severity"] = becomes
    report.write_text(json.dumps(document), "utf-8")
    done = subprocess.run([*run, "verify", report, "--input", dump], capture_output=True, text=True)
    assert done.returncode != 0
    assert "do not agree" in done.stdout + done.stderr
