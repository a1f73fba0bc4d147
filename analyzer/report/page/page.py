"""Results in, the page out: one HTML file with the sections and the numbers of the workbook.

The file holds all it needs. Its Content-Security-Policy allows the one style sheet and the one
script in it, by their hashes, and nothing from anywhere else.
"""

import base64
import hashlib
from io import BytesIO
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from analyzer.report.page.page_chart import draw_chart
from analyzer.report.page.page_table import AT_ONCE, block_cell, ids_of, table_of
from analyzer.report.paper import Logo, Paper, read_logo
from analyzer.report.sections.first_page import summarize
from analyzer.report.sections.order import sections
from analyzer.report.wording import LISTS, PALETTE, SEVERITY, VERDICT, VERDICT_RANK
from analyzer.results.document import input_manifest_sha256, results_sha256
from analyzer.results.records import Results
from analyzer.visible_text import visible

_ORDER = (*SEVERITY.values(), *(VERDICT[key] for key in VERDICT_RANK), *LISTS["Horizons"])
"""Words in the order in which a column of them is sorted."""


def write_page(results: Results, paper: Paper) -> bytes:
    """Return the page, UTF-8; equal results and letterhead give equal bytes.

    Raises:
        ReadError: the logo cannot be read.
    """
    report = sections(results, paper)
    places = {section.key: ids_of(section) for section in report}
    summary = summarize(results, paper, report)
    logo = read_logo(paper.logo) if paper.logo is not None else None
    stream = _template().stream(
        summary=summary,
        blocks={
            name: [[block_cell(block, at, cell, places) for at, cell in enumerate(row)]
                   for row in block.rows]
            for name, block in (
                ("engagement", summary.engagement),
                ("severities", summary.severities),
                ("checks", summary.checks),
                ("servers", summary.servers),
                ("actions", summary.actions),
                ("quality", summary.quality),
                ("sign_off", summary.sign_off),
            )
        },
        chart=draw_chart(summary),
        tables=[table_of(section, places) for section in report],
        paper=paper,
        logo=_data_address(logo) if logo else "",
        run=results.run,
        tool=results.tool,
        results_hash=results_sha256(results),
        inputs_hash=input_manifest_sha256(results.inputs),
        palette=PALETTE,
        widths=sorted({column.width for section in report for column in section.columns}),
        order="|".join(_ORDER),
        at_once=AT_ONCE,
    )  # fmt: skip
    stream.enable_buffering(1000)
    page = BytesIO()
    stream.dump(page, "utf-8")
    return page.getvalue()


def _template() -> Template:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["csp_hash"] = _csp_hash
    environment.filters["css_text"] = _css_text
    return environment.from_string(Path(__file__).with_name("page.html").read_text("utf-8"))


def _finalize(value: object) -> object:
    # Whatever the template puts out passes here: no hidden character reaches the page. Markup, a
    # child of str, is the template's own text.
    return visible(value) if type(value) is str else value


def _csp_hash(text: str) -> str:
    """Return the source expression for an inline element (W3C CSP 3, section 2.3.1)."""
    digest = hashlib.sha256(str(text).encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _css_text(text: str) -> str:
    # Every character but plain letters and digits as an escape (CSS Syntax 3, section 4.3.7), so
    # that no text can end the string, the rule or the style sheet.
    return "".join(
        char if char.isascii() and char.isalnum() else f"\\{ord(char):06x}"
        for char in visible(text)
    )


def _data_address(logo: Logo) -> str:
    return f"data:image/{logo.format};base64,{base64.b64encode(logo.data).decode()}"
