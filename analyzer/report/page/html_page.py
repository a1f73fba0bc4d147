"""A report in, the page out: one HTML file with the sections and the numbers of the workbook.

The file holds all it needs. Its Content-Security-Policy allows the one style sheet and the one
script in it, by their hashes, and nothing from anywhere else.
"""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from analyzer.report.page.html_cells import block_cells
from analyzer.report.page.html_markup import SCREEN_ONLY, block_row_markup
from analyzer.report.page.html_table import AT_ONCE, ids_of, table_of
from analyzer.report.page.page_limits import MOST_SERVERS, fit_page
from analyzer.report.page.svg_chart import draw_chart
from analyzer.report.paper import Logo, Paper, read_logo
from analyzer.report.section import Section
from analyzer.report.summary import Imprint, Report
from analyzer.report.tones import PALETTE
from analyzer.report.wording import RANKED
from analyzer.visible_text import visible


def write_page(report: Report, paper: Paper, stream: BinaryIO) -> None:
    """Write the page as UTF-8; equal reports and letterheads give equal bytes.

    Raises:
        ReadError: the logo cannot be read.
    """
    summary = report.summary
    servers = report.servers(MOST_SERVERS)
    sections = fit_page(report.sections)
    row_ids = {section.key: ids_of(section.key, section.anchors) for section in sections}
    row_ids[servers.key] = ids_of(servers.key, servers.anchors)
    logo = read_logo(paper.logo) if paper.logo is not None else None
    page = _template("page.html").stream(
        title=summary.title,
        summary=summary,
        chart=draw_chart(summary.servers, summary.chart),
        change_chart=draw_chart(summary.changes, summary.change_chart),
        servers=servers,
        screen_only=SCREEN_ONLY,
        server_ids=row_ids[servers.key],
        cells_of=lambda block: block_cells(block, row_ids),
        tables=[table_of(section, row_ids, print_all=paper.print_all) for section in sections],
        paper=paper,
        logo=_data_address(logo) if logo else "",
        imprint=report.imprint,
        **_looks(sections),
    )
    page.enable_buffering(1000)
    page.dump(stream, "utf-8")


def write_table_page(
    title: str,
    headline: str,
    sections: Sequence[Section],
    imprint: Imprint,
    paper: Paper,
    stream: BinaryIO,
) -> None:
    """Write a page of tables alone, below one sentence, as UTF-8."""
    shown = fit_page(sections)
    row_ids = {section.key: ids_of(section.key, section.anchors) for section in shown}
    page = _template("tables.html").stream(
        title=title,
        headline=headline,
        screen_only=SCREEN_ONLY,
        tables=[table_of(section, row_ids, print_all=paper.print_all) for section in shown],
        paper=paper,
        logo="",
        imprint=imprint,
        **_looks(shown),
    )
    page.enable_buffering(1000)
    page.dump(stream, "utf-8")


def _looks(sections: Sequence[Section]) -> dict[str, object]:
    """Return what style and script of any page are made from."""
    return {
        "palette": PALETTE,
        "widths": sorted({column.width for section in sections for column in section.columns}),
        "order": "|".join(RANKED),
        "at_once": AT_ONCE,
    }


def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["block_row"] = block_row_markup
    environment.filters["csp_hash"] = _csp_hash
    environment.filters["css_text"] = _css_text
    return environment.get_template(name)


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
