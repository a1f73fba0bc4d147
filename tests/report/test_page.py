"""The page as text: what stands in it, what it allows, what cannot get in."""

import base64
import hashlib
import re
import struct
import zlib
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest
from msgspec.structs import replace
from rendered import page_of
from report_builder import empty, finding, hostile, realistic

from analyzer.errors import ReadError
from analyzer.report.compose import compose_sections
from analyzer.report.page.html_cells import LONG
from analyzer.report.page.html_table import AT_ONCE
from analyzer.report.paper import Paper
from analyzer.report.section import ColumnGroup, ColumnKind, plain
from analyzer.report.tones import PALETTE
from analyzer.visible_text import visible

VOID = {"meta", "input", "img", "br", "rect"}
NOBODY = Paper()


@dataclass
class Element:
    name: str
    attributes: dict[str, str | None]
    children: list["Element | str"] = field(default_factory=list)

    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    def all(self, name: str) -> list["Element"]:
        elements = [self] if self.name == name else []
        for child in self.children:
            if isinstance(child, Element):
                elements += child.all(name)
        return elements

    def every(self) -> list["Element"]:
        elements = [self]
        for child in self.children:
            if isinstance(child, Element):
                elements += child.every()
        return elements


class Tree(HTMLParser):
    """A strict reader: every element that is not void has its end tag, in order."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(page)
        self.close()
        assert self._open == [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        assert len(element.attributes) == len(attrs)
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().name == tag

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def read(page: bytes) -> Element:
    return Tree(page.decode()).root


def section_of(root: Element, key: str) -> Element:
    return next(element for element in root.all("section") if element.attributes.get("id") == key)


@pytest.mark.parametrize("results", [realistic(), hostile(), empty()])
def test_every_section_stands_on_the_page_with_every_value(results: object) -> None:
    root = read(page_of(results, NOBODY))

    report = compose_sections(results, NOBODY)
    assert [element.attributes["id"] for element in root.all("section")] == [
        "summary", *(section.key for section in report), "server-pages",
    ]  # fmt: skip
    for section in report:
        body = section_of(root, section.key).all("tbody")[0]
        rows = body.all("tr")
        if not section.count:
            assert body.text().strip() == section.empty
            continue
        assert len(rows) == section.count
        for element, row in zip(rows, section.rows(), strict=True):
            text = element.text()
            for column, cell in zip(section.columns, row, strict=True):
                if column.group is ColumnGroup.REVIEWER or column.kind is ColumnKind.TIME:
                    continue
                shown = f"{cell:,}" if isinstance(cell, int) else visible(plain(cell))
                assert shown in text, (section.key, column.header)


def test_times_are_iso_in_utc_and_to_the_minute() -> None:
    inputs = section_of(read(page_of(realistic(), NOBODY)), "inputs")

    assert "2019-05-03 12:00 UTC" in inputs.text()


def test_a_table_is_marked_up_for_those_who_hear_it() -> None:
    root = read(page_of(realistic(), NOBODY))

    assert root.all("html")[0].attributes["lang"] == "en"
    assert [element.text() for element in root.all("h1")] == [
        "Exchange SMTP relay audit: Contoso Org"
    ]
    assert [len(root.all(name)) for name in ("header", "nav", "main", "footer")] == [1, 1, 1, 1]
    skip = root.all("a")[0]
    assert (skip.text(), skip.attributes["href"]) == ("Skip to the report", "#main")
    for table in root.all("table"):
        assert table.all("caption")[0].text()
        heads = table.all("thead")[0].all("th")
        assert heads
        assert all(head.attributes["scope"] == "col" for head in heads)
        assert all(head.attributes["scope"] == "row" for head in table.all("tbody")[0].all("th"))


def test_the_policy_names_the_only_style_sheet_and_the_only_script() -> None:
    root = read(page_of(realistic(), NOBODY))

    policy = next(
        element.attributes["content"]
        for element in root.all("meta")
        if element.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    [style], [script] = root.all("style"), root.all("script")

    def digest(element: Element) -> str:
        return base64.b64encode(hashlib.sha256(element.text().encode()).digest()).decode()

    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest(style)}'; script-src"
        f" 'sha256-{digest(script)}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize("results", [realistic(), hostile()])
def test_nothing_on_the_page_points_outside_but_the_sources_of_built_in_rules(
    results: object,
) -> None:
    root = read(page_of(results, NOBODY))

    for element in root.every():
        for name, value in element.attributes.items():
            assert name != "style"
            assert not name.startswith("on")
            assert name not in ("src", "action", "srcset", "data", "poster"), element
            if name == "href" and value is not None and not value.startswith("#"):
                assert (
                    value == "https://technet.microsoft.com/en-us/library/aa996739(v=exchg.80).aspx"
                )
    assert "url(" not in root.all("style")[0].text()
    assert "@import" not in root.all("style")[0].text()


@pytest.mark.parametrize("results", [realistic(), hostile(), empty()])
def test_names_are_unique_and_every_link_inside_has_its_target(results: object) -> None:
    root = read(page_of(results, NOBODY))

    names = [element.attributes["id"] for element in root.every() if "id" in element.attributes]
    assert len(names) == len(set(names))
    targets = [element.attributes.get("href") or "" for element in root.all("a")]
    inside = {target[1:] for target in targets if target.startswith("#")}
    assert inside <= set(names)


def test_findings_evidence_and_rules_lead_to_each_other() -> None:
    root = read(page_of(realistic(), NOBODY))

    def links(section: str, row: str) -> set[str | None]:
        rows = section_of(root, section).all("tr")
        element = next(element for element in rows if element.attributes.get("id") == row)
        return {link.attributes["href"] for link in element.all("a")}

    assert links("findings", "findings-F-00000001") == {
        "#evidence-E-0001", "#rules-RL-01", "#server-pages-row2",
    }  # fmt: skip
    assert links("evidence", "evidence-E-0001") == {"#findings-F-00000001"}
    assert links("action-plan", "action-plan-A-RL-01") == {"#findings-F-00000001"}


def test_evidence_of_several_findings_has_a_link_to_each() -> None:
    base = realistic()
    both = replace(base.evidence[0], findings=("F-00000001", "F-00000002"))

    root = read(page_of(replace(base, evidence=(both,)), NOBODY))

    assert [link.attributes["href"] for link in section_of(root, "evidence").all("a")] == [
        "#findings-F-00000001", "#findings-F-00000002",
    ]  # fmt: skip


def test_an_odd_identifier_is_no_address() -> None:
    base = realistic()
    odd = replace(base.findings[0], id='F-1" onclick="x')

    root = read(page_of(replace(base, findings=(odd,)), NOBODY))

    row = section_of(root, "findings").all("tbody")[0].all("tr")[0]
    assert row.attributes == {"id": "findings-row0"}
    assert 'F-1" onclick="x' in row.text()


def test_hidden_characters_are_visible_and_the_page_is_utf_8() -> None:
    page = page_of(hostile(), NOBODY).decode()

    assert "right\\u202eexe.txt\\u202c" in page
    assert "lone \\ud800 surrogate \\udfff end" in page
    hidden = set(re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ufeff]", page))
    assert hidden == set()


def test_a_long_value_is_folded_and_whole() -> None:
    text = "v" * (LONG + 1)
    long = replace(realistic(), findings=(finding(1, "VS-01", "EX01", text, title="A"),))

    folded = section_of(read(page_of(long, NOBODY)), "findings").all("details")

    assert folded[0].all("summary")[0].text() == "v" * 120 + f"… ({LONG + 1:,} characters)"
    assert folded[0].text().endswith(text)


def test_rows_beyond_the_first_are_marked_for_the_script() -> None:
    findings = tuple(finding(number, "VS-03", "EX01", "5") for number in range(AT_ONCE + 3))

    root = read(page_of(replace(realistic(), findings=findings), NOBODY))

    rows = section_of(root, "findings").all("tbody")[0].all("tr")
    beyond = [row.attributes.get("class") for row in rows]
    assert beyond == [None] * AT_ONCE + ["beyond"] * 3


def test_tables_that_are_too_large_together_are_cut_and_say_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits = "analyzer.report.page.page_limits"
    # 7 findings and 7 values of evidence; by five rows the tables would still be too large.
    monkeypatch.setattr(f"{limits}._MOST_ROWS", (5, 3, 1))
    counts = [
        (section.count, len(section.columns)) for section in compose_sections(realistic(), NOBODY)
    ]
    by_three = sum(min(rows, 3) * columns for rows, columns in counts)
    monkeypatch.setattr(f"{limits}.MOST_CELLS", by_three)
    root = read(page_of(realistic(), NOBODY))

    findings = section_of(root, "findings")
    rows = findings.all("tbody")[0].all("tr")
    assert [row.attributes["id"] for row in rows] == [
        f"findings-F-0000000{number}" for number in (1, 2, 3)
    ]
    assert "7 findings" in findings.text()
    assert "Here are the first 3; the workbook has all of them." in findings.text()
    assert "Here are the first" not in section_of(root, "inputs").text()
    names = {element.attributes.get("id") for element in root.every()}
    targets = {element.attributes.get("href") or "" for element in root.all("a")}
    assert {target[1:] for target in targets if target.startswith("#")} <= names


def test_the_letterhead_cannot_leave_the_style_sheet() -> None:
    evil = '"; } </style><script>alert(1)</script>'
    paper = Paper(client=evil, marking=evil, engagement=evil)

    root = read(page_of(replace(realistic(), run=replace(realistic().run, report_id=evil)), paper))

    assert len(root.all("script")) == len(root.all("style")) == 1
    contents = re.findall(r"content: \"(.*)\"; font", root.all("style")[0].text())
    assert len(contents) == 3
    assert all(re.fullmatch(r"([A-Za-z0-9]|\\[0-9a-f]{6})+", text) for text in contents)
    assert evil in root.all("header")[0].text()


def test_the_paper_size_is_that_of_the_letterhead() -> None:
    assert b"size: A4 landscape" in page_of(realistic(), NOBODY)
    assert b"size: letter landscape" in page_of(realistic(), Paper(paper="letter"))


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0".join([b""] + [b"\x80" * width] * height))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def test_the_logo_is_inside_the_page(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(png(3, 2))

    [image] = read(page_of(realistic(), Paper(client="Contoso Ltd", logo=logo))).all("img")

    source = f"data:image/png;base64,{base64.b64encode(png(3, 2)).decode()}"
    assert image.attributes == {"src": source, "alt": "Logo of Contoso Ltd"}


def test_a_logo_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(b"<svg/>")

    with pytest.raises(ReadError, match="neither PNG nor JPEG"):
        page_of(realistic(), Paper(logo=logo))


def test_the_bars_say_in_words_what_they_show() -> None:
    figure = read(page_of(realistic(), NOBODY)).all("figure")[0]

    assert "EX03: Critical 1" in figure.all("desc")[0].text()
    labels = [element.text() for element in figure.all("text")]
    assert labels == [
        "EX03", "C\u00a01", "EX02", "H\u00a01, L\u00a01", "EX01", "H\u00a01", "EX04", "M\u00a01",
        "Not tied to a server", "L\u00a01",
    ]  # fmt: skip
    widths = [int(element.attributes["width"] or 0) for element in figure.all("rect")]
    # The longest bar, of 190 units, is that of the two findings of EX02.
    assert widths == [95, 95, 95, 95, 95, 95]


def test_without_findings_there_is_no_bar() -> None:
    figure = read(page_of(empty(), NOBODY)).all("figure")[0]

    assert "No open findings." in figure.text()
    assert figure.all("svg") == []


def test_equal_results_give_equal_bytes() -> None:
    assert page_of(realistic(), NOBODY) == page_of(realistic(), NOBODY)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_every_ink_has_contrast_on_every_paper_light_and_dark() -> None:
    style = read(page_of(realistic(), NOBODY)).all("style")[0].text()
    light, dark = (
        dict(re.findall(r"--([a-z-]+): #([0-9a-fA-F]{6})", block))
        for block in re.findall(r":root \{([^}]*)\}", style)
    )

    assert light.keys() == dark.keys()
    for scheme in (light, dark):
        for ink in ("ink", "muted", "link"):
            for paper in ("paper", "soft", "target"):
                assert contrast(scheme[ink], scheme[paper]) >= 4.5, (ink, paper)
        assert contrast(scheme["on-head"], scheme["head"]) >= 4.5
    for tone, (ink, paper) in PALETTE.items():
        assert contrast(ink, paper) >= 4.5, tone
