"""What the file says about itself: document properties, the hashes among them."""

from datetime import UTC, datetime

from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty

from analyzer.report.moments import moment
from analyzer.report.paper import Paper
from analyzer.report.summary import Imprint
from analyzer.visible_text import shorten

LANGUAGE = "en"
_LONGEST = 200


def set_properties(
    workbook: Workbook, title: str, imprint: Imprint, paper: Paper, *, reproducible: bool
) -> None:
    """Set the built-in and the custom properties of the workbook."""
    core = workbook.properties
    core.title = shorten(title, _LONGEST)
    core.subject = imprint.subject
    core.creator = core.lastModifiedBy = shorten(paper.prepared_by or imprint.program, _LONGEST)
    core.category = "Audit"
    core.keywords = "Exchange, SMTP, relay, audit"
    core.description = shorten(
        f"Made by {imprint.program} {imprint.program_version} from {imprint.inputs} input file(s).",
        _LONGEST,
    )
    core.language = LANGUAGE
    started = moment(imprint.made) or datetime(2000, 1, 1, tzinfo=UTC)
    core.created = started.replace(tzinfo=None)
    now = started if reproducible else datetime.now(UTC)
    core.modified = now.replace(tzinfo=None, microsecond=0)
    for name, value in _custom(imprint, paper):
        workbook.custom_doc_props.append(StringProperty(name=name, value=shorten(value, _LONGEST)))


def _custom(imprint: Imprint, paper: Paper) -> tuple[tuple[str, str], ...]:
    return (
        ("ReportID", imprint.report_id),
        ("ToolVersion", imprint.program_version),
        ("RuleSetVersion", imprint.rule_set_version),
        ("RuleSetSHA256", imprint.rule_set_sha256),
        ("InputManifestSHA256", imprint.inputs_sha256),
        ("ResultsSHA256", imprint.results_sha256),
        ("GeneratedUTC", imprint.made),
        ("Marking", paper.marking),
        ("Language", LANGUAGE),
    )
