"""Results in, the sections of the report out, in the order an auditor reads them."""

from analyzer.audit.results import Results
from analyzer.report import actions, evidence, exposure, findings, matrix, method, provenance
from analyzer.report import servers as server_list
from analyzer.report.paper import Paper
from analyzer.report.section import Section


def sections(
    results: Results, paper: Paper, evidence_scope: str = "findings"
) -> tuple[Section, ...]:
    """Describe every table of the report after the summary; those without data are left out.

    `evidence_scope` is `findings` (what findings and passed relay checks rest on), `all` or `none`.
    """
    parts = [
        method.section(results, paper),
        findings.section(results),
        *exposure.sections(results),
        actions.section(results),
        server_list.section(results),
        *server_list.connector_sections(results),
        *matrix.sections(results),
        provenance.checks_section(results),
        *evidence.sections(results, evidence_scope),
        provenance.inputs_section(results),
        provenance.log_section(results),
        provenance.rules_section(results),
    ]
    return tuple(parts)


OPTIONAL = ("Relay exposure", "Relay ranges", "Connectors", "Settings matrix", "Evidence")
"""Sections that may be left out; the contents then say `none`."""
