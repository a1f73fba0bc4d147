"""Results in, the sections of the report out, in the order an auditor reads them."""

from analyzer.report.paper import Paper
from analyzer.report.section import Section
from analyzer.report.sections import (
    action_plan,
    evidence_sheets,
    finding_list,
    provenance,
    relay_exposure,
    scope_and_method,
    servers,
    settings_matrix,
)
from analyzer.results.records import Results


def sections(
    results: Results, paper: Paper, evidence_scope: str = "findings"
) -> tuple[Section, ...]:
    """Describe every table of the report after the summary; those without data are left out.

    `evidence_scope` is `findings` (what findings and passed relay checks rest on), `all` or `none`.
    """
    parts = [
        scope_and_method.section(results, paper),
        finding_list.section(results),
        *relay_exposure.sections(results),
        action_plan.section(results),
        servers.section(results),
        *servers.connector_sections(results),
        *settings_matrix.sections(results),
        provenance.checks_section(results),
        *evidence_sheets.sections(results, evidence_scope),
        provenance.inputs_section(results),
        provenance.log_section(results),
        provenance.rules_section(results),
    ]
    return tuple(parts)


OPTIONAL = ("Relay exposure", "Relay ranges", "Connectors", "Settings matrix", "Evidence")
"""Sections that may be left out; the contents then say `none`."""
