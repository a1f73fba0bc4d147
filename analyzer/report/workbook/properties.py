"""What the file says about itself: document properties, the hashes among them."""

from datetime import UTC, datetime

from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty

from analyzer.report.paper import Paper
from analyzer.report.wording import moment
from analyzer.results.document import input_manifest_sha256, results_sha256
from analyzer.results.records import Results
from analyzer.visible_text import shorten

LANGUAGE = "en"
_LONGEST = 200


def set_properties(
    workbook: Workbook, results: Results, paper: Paper, title: str, *, reproducible: bool
) -> None:
    """Set the built-in and the custom properties of the workbook."""
    core = workbook.properties
    core.title = shorten(title, _LONGEST)
    core.subject = "Exchange SMTP virtual servers, relay and access"
    core.creator = core.lastModifiedBy = shorten(paper.prepared_by or results.tool.name, _LONGEST)
    core.category = "Audit"
    core.keywords = "Exchange, SMTP, relay, audit"
    core.description = shorten(
        f"Made by {results.tool.name} {results.tool.version} from"
        f" {len(results.inputs)} input file(s).",
        _LONGEST,
    )
    core.language = LANGUAGE
    started = moment(results.run.started) or datetime(2000, 1, 1, tzinfo=UTC)
    core.created = started.replace(tzinfo=None)
    now = started if reproducible else datetime.now(UTC)
    core.modified = now.replace(tzinfo=None, microsecond=0)
    for name, value in _custom(results, paper):
        workbook.custom_doc_props.append(StringProperty(name=name, value=shorten(value, _LONGEST)))


def _custom(results: Results, paper: Paper) -> tuple[tuple[str, str], ...]:
    return (
        ("ReportID", results.run.report_id),
        ("ToolVersion", results.tool.version),
        ("RuleSetVersion", results.tool.catalogue_version),
        ("RuleSetSHA256", results.tool.catalogue_sha256),
        ("InputManifestSHA256", input_manifest_sha256(results.inputs)),
        ("ResultsSHA256", results_sha256(results)),
        ("GeneratedUTC", results.run.started),
        ("Marking", paper.marking),
        ("Language", LANGUAGE),
    )
