"""Results in, the report out: every section in the order an auditor reads them.

A new section is a module in `sections/` and its line here.
"""

from functools import partial

from analyzer.report.carry_over import carry_over
from analyzer.report.paper import Paper
from analyzer.report.phrases import name_listeners
from analyzer.report.review import Review
from analyzer.report.section import Section
from analyzer.report.sections import (
    action_plan,
    change_list,
    checks_in_short,
    checks_run,
    connector_list,
    domain_list,
    evidence_list,
    finding_list,
    findings_by_rule,
    hardening_list,
    input_files,
    object_list,
    parse_log,
    receive_connector_list,
    relay_exposure,
    relay_ranges,
    rule_list,
    scope_and_method,
    server_list,
    settings_matrix,
    settings_overview,
    waiver_list,
)
from analyzer.report.sections.first_page import summarize
from analyzer.report.sections.management_letter import management_letter
from analyzer.report.sections.server_pages import server_pages
from analyzer.report.summary import Imprint, Report
from analyzer.results.document import input_manifest_sha256, results_sha256
from analyzer.results.records import Results

_OPTIONAL = (
    relay_exposure.TITLE,
    relay_ranges.TITLE,
    connector_list.TITLE,
    settings_matrix.TITLE,
    evidence_list.TITLE,
)
"""Sections that may be left out; the contents then say `none`."""


def compose_report(
    results: Results,
    paper: Paper,
    evidence_scope: str = "findings",
    review: Review | None = None,
) -> Report:
    """Word the whole report; nothing of it is laid out yet.

    `evidence_scope` is `findings` (what findings and passed relay checks rest on), `all` or `none`.
    `review` is what reviewers entered in last time's workbook.
    """
    sections = compose_sections(results, paper, evidence_scope)
    if review is not None:
        sections = carry_over(sections, review)
    summary = summarize(results, paper, sections, _OPTIONAL)
    return Report(
        summary,
        sections,
        partial(server_pages, results),
        partial(management_letter, results, paper, summary),
        _imprint(results),
    )


def compose_sections(
    results: Results, paper: Paper, evidence_scope: str = "findings"
) -> tuple[Section, ...]:
    """Return every table of the report after the summary; those without data are left out."""
    return (
        *relay_exposure.sections(results),
        findings_by_rule.section(results),
        finding_list.section(results),
        *change_list.sections(results),
        action_plan.section(results),
        *waiver_list.sections(results),
        scope_and_method.section(results, paper),
        checks_in_short.section(results),
        *relay_ranges.sections(results),
        server_list.section(results),
        *connector_list.sections(results),
        *receive_connector_list.sections(results),
        *domain_list.sections(results),
        *settings_matrix.sections(results),
        *settings_overview.sections(results),
        *object_list.sections(results),
        checks_run.section(results),
        *hardening_list.sections(results),
        *evidence_list.sections(results, evidence_scope),
        input_files.section(results),
        parse_log.section(results),
        rule_list.section(results),
    )


def _imprint(results: Results) -> Imprint:
    tool = results.tool
    return Imprint(
        report_id=results.run.report_id,
        made=results.run.started,
        program=tool.name,
        program_version=tool.version,
        rule_set_version=tool.catalogue_version,
        rule_set_sha256=tool.catalogue_sha256,
        inputs=len(results.inputs),
        inputs_sha256=input_manifest_sha256(results.inputs),
        results_sha256=results_sha256(results),
        subject=f"Exchange {name_listeners(results.listeners)}, relay and access",
    )
