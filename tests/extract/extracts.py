"""Extracts of samples, made in memory, and what an audit says of dump and extract."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import analyzer
from analyzer.extract.evidence_file import extract
from analyzer.extract.extract_options import ExtractOptions
from analyzer.extract.name_mapping import NameMapping
from analyzer.extract.redaction import Redactor
from analyzer.results.records import Results

SAMPLES = Path(__file__).parents[2] / "samples"
DUMPS = sorted(
    path
    for folder in (SAMPLES, SAMPLES / "dialects", SAMPLES / "quirks", SAMPLES / "fabrikam")
    for path in folder.iterdir()
    if path.suffix in (".ldf", ".ldif", ".csv", ".dat")
)

Make = Callable[..., Path]


def text_of(*dumps: Path, mapping: NameMapping | None = None, **chosen: bool) -> bytes:
    """Return the extract of dumps; a mapping has it redacted."""
    options = ExtractOptions(redactor=Redactor(mapping) if mapping else None, **chosen)
    return b"".join(extract(analyzer.read_dump(*dumps), options))


def results_of(*dumps: Path) -> Results:
    return analyzer.audit(analyzer.read_dump(*dumps))


@cache
def results_of_sample(dump: Path) -> Results:
    """Return the results of a file that no test changes."""
    return results_of(dump)


def findings_of(results: Results) -> list[tuple[str, ...]]:
    """Return the findings, their places in the dump apart."""
    return sorted(
        (
            *(each.fingerprint, each.rule, each.severity, each.status, each.dn),
            re.sub(r" at [^,)]+", "", each.found_text),
        )
        for each in results.findings
    )


def counts_of(results: Results) -> list[tuple[object, ...]]:
    """Return what was tested how often with which outcome, and every verdict: nothing by name."""
    checks = [
        (c.rule, c.tested, c.failed, c.passed, c.not_evaluable, c.not_applicable)
        for c in results.checks
    ]
    verdicts = [
        (v.relay.verdict, v.relay.confidence, v.relay.mode, len(v.relay.addresses), v.number)
        for v in results.virtual_servers
    ]
    connectors = [
        (
            *(c.relay.verdict, c.relay.confidence, c.relay.mode, c.relay.covers),
            *(c.relay.anonymous_may_relay, c.relay.authenticated_may_relay),
            *(c.relay.externally_secured, c.relay.addresses_covered, len(c.relay.addresses)),
            *(c.permission_groups, c.enabled, c.bindings, c.exchange_version),
            tuple((grant.right, grant.effect, grant.inherited) for grant in c.relay.grants),
        )
        for c in results.receive_connectors
    ]
    domains = [(d.type, d.default) for d in results.accepted_domains]
    controls = [(h.control, h.state) for h in results.hardening]
    severities = sorted((f.rule, f.severity, f.kind) for f in results.findings)
    states = [
        (name, setting.state)
        for each in results.described
        for name, setting in each.settings.items()
    ]
    return [*checks, *verdicts, *connectors, *domains, *controls, *severities, *states]
