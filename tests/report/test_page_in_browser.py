"""The page as a browser shows it: Debian's Chromium, driven by Playwright, checked by axe-core."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from rendered import page_of
from report_builder import HOSTILE, empty, evidence_for, finding, hostile, realistic

import analyzer
from analyzer.report.page.html_table import AT_ONCE
from analyzer.report.paper import Paper
from analyzer.results.records import Results

SAMPLE = Path(__file__).parents[2] / "samples" / "contoso-2003.ldf"
CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox",  # continuous integration runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PAPER = Paper(client="Contoso Ltd", engagement="2026-117", marking="Confidential")

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="Debian's package chromium is missing"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=30_000)  # a busy or slow machine is no failure
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield opened
        opened.close()


class Opened:
    """A page by `file://`, and whatever it said or asked for."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.said: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", lambda dialog: self.said.append(dialog.message))
        page.on("request", lambda request: self.requests.append(request.url))

    def rows(self, section: str) -> Locator:
        return self.page.locator(f"#{section} .scroll tbody tr:visible")

    def column(self, section: str, number: int) -> list[str]:
        # What is out of sight is not laid out, and has no inner text.
        self.page.locator(f"#{section} .scroll").scroll_into_view_if_needed()
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
        )
        cells = self.rows(section).locator(f"> :nth-child({number})")
        return [text.split("\n")[0] for text in cells.all_inner_texts()]

    def choice(self, section: str, label: str) -> Locator:
        return self.tools(section).locator(f"label:text-matches('^{label}') select")

    def tools(self, section: str) -> Locator:
        return self.page.locator(f"#{section} .tools")


Open = Callable[..., Opened]


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Write the page of some results and open it, with the options of a browser context."""

    def open_results(
        results: Results, target: str = "", paper: Paper = PAPER, **options: object
    ) -> Opened:
        file = tmp_path / "report.html"
        file.write_bytes(page_of(results, paper))
        opened = Opened(browser.new_context(**options).new_page(), file.as_uri())
        opened.page.goto(opened.address + target)
        return opened

    yield open_results
    for context in browser.contexts:
        context.close()


def many(rows: int) -> Results:
    """Return an audit with that many rows of evidence, and the first of their findings."""
    findings = tuple(finding(number, "VS-03", "EX01", str(number)) for number in range(1, rows + 1))
    return replace(realistic(), findings=findings[:10], evidence=tuple(map(evidence_for, findings)))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_opens_without_a_word_and_asks_for_nothing(open_page: Open, scheme: str) -> None:
    opened = open_page(realistic(), color_scheme=scheme)

    expect(opened.page.get_by_role("heading", level=1)).to_have_text(
        "Exchange SMTP relay audit: Contoso Org"
    )
    for link in opened.page.locator("nav a").all():
        link.click()
    assert opened.said == []
    assert opened.requests == [opened.address]


def test_the_page_refuses_foreign_style_script_and_connection(open_page: Open) -> None:
    opened = open_page(realistic())

    opened.page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "document.title = 'taken over'";
            const image = document.createElement("img");
            image.src = "http://192.0.2.1/picture.png";
            document.body.append(script, image);
        }"""
    )

    assert opened.page.title() == "Exchange SMTP relay audit: Contoso Org"
    assert len([text for text in opened.said if "Content Security Policy" in text]) == 2


def test_a_filter_leaves_the_rows_that_hold_every_word(open_page: Open) -> None:
    opened = open_page(realistic())
    search = opened.tools("findings").get_by_role("searchbox")

    search.fill("authentication ex02")

    expect(opened.rows("findings")).to_have_count(1)
    assert opened.column("findings", 1) == ["F-00000003"]
    expect(opened.tools("findings").get_by_role("status")).to_have_text("1 matching of 7 rows")
    expect(opened.rows("evidence")).to_have_count(7)
    search.fill("")
    expect(opened.rows("findings")).to_have_count(7)


def test_a_word_column_can_be_narrowed_to_one_word(open_page: Open) -> None:
    opened = open_page(realistic())
    choice = opened.choice("findings", "Severity")

    assert choice.locator("option").all_text_contents() == [
        "All", "Critical", "High", "Medium", "Low",
    ]  # fmt: skip
    choice.select_option("High")

    assert opened.column("findings", 1) == ["F-00000002", "F-00000003"]


def test_a_head_sorts_up_then_down_then_as_it_was(open_page: Open) -> None:
    opened = open_page(realistic())
    head = opened.page.locator("#findings thead th", has_text="Server").first
    before = opened.column("findings", 4)

    head.get_by_role("button").focus()
    opened.page.keyboard.press("Enter")
    assert opened.column("findings", 4) == [
        "(no server)", "EX01", "EX02", "EX02", "EX03", "EX04", "EX04",
    ]  # fmt: skip
    expect(head).to_have_attribute("aria-sort", "ascending")

    opened.page.keyboard.press("Enter")
    assert opened.column("findings", 4) == [
        "EX04", "EX04", "EX03", "EX02", "EX02", "EX01", "(no server)",
    ]  # fmt: skip
    expect(head).to_have_attribute("aria-sort", "descending")

    opened.page.keyboard.press("Enter")
    assert opened.column("findings", 4) == before
    assert head.get_attribute("aria-sort") is None


def test_severities_sort_by_weight_and_numbers_by_size(open_page: Open) -> None:
    opened = open_page(realistic())

    severity = opened.page.locator("#findings thead th", has_text="Severity")
    severity.get_by_role("button").click()
    severity.get_by_role("button").click()
    assert opened.column("findings", 2) == [
        "Low", "Low", "Low", "Medium", "High", "High", "Critical",
    ]  # fmt: skip

    covered = opened.page.locator("#relay-exposure thead th", has_text="Addresses covered")
    column = covered.evaluate("head => head.cellIndex") + 1
    covered.get_by_role("button").click()
    assert opened.column("relay-exposure", column) == ["0", "65,792", "4,294,967,295", "Unknown"]


def test_without_scripts_everything_is_there_to_read(open_page: Open) -> None:
    opened = open_page(many(AT_ONCE + 20), java_script_enabled=False)

    assert opened.rows("evidence").count() == AT_ONCE + 20
    assert opened.page.locator(".tools, thead button").count() == 0
    fingerprint = opened.page.locator("#findings thead th", has_text="Fingerprint")
    expect(fingerprint).to_be_hidden()
    opened.page.get_by_label("Show the detail columns of Findings").check()
    expect(fingerprint).to_be_visible()


def test_a_long_table_is_leafed_through(open_page: Open) -> None:
    opened = open_page(many(2 * AT_ONCE + 20))
    tools = opened.tools("evidence")

    expect(opened.rows("evidence")).to_have_count(AT_ONCE)
    expect(tools.get_by_role("status")).to_have_text("rows 1 to 500 of 1020 rows")
    tools.get_by_role("button", name="Next rows").click()
    tools.get_by_role("button", name="Next rows").click()
    expect(opened.rows("evidence")).to_have_count(20)
    expect(tools.get_by_role("button", name="Next rows")).to_be_disabled()
    tools.get_by_role("searchbox").fill("e-0999")
    expect(opened.rows("evidence")).to_have_count(1)


def test_a_link_brings_its_row_into_view_though_it_is_filtered_away(open_page: Open) -> None:
    opened = open_page(many(2 * AT_ONCE + 20), "#evidence-E-0700")
    expect(opened.page.locator("#evidence-E-0700")).to_be_in_viewport()

    opened.tools("evidence").get_by_role("searchbox").fill("no such row")
    expect(opened.rows("evidence")).to_have_count(0)
    opened.page.locator("#findings-F-00000003").get_by_role("link", name="E-0003").click()

    expect(opened.page.locator("#evidence-E-0003")).to_be_in_viewport()
    assert opened.page.evaluate("document.querySelector(':target').id") == "evidence-E-0003"


def test_paper_gets_what_the_filter_shows_and_no_controls(open_page: Open) -> None:
    everything = Paper(print_all=True)
    opened = open_page(many(AT_ONCE + 20), paper=everything, color_scheme="dark")
    opened.tools("findings").get_by_role("searchbox").fill("f-00000003")
    expect(opened.rows("findings")).to_have_count(1)

    opened.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    opened.page.emulate_media(media="print", color_scheme="dark")

    expect(opened.rows("findings")).to_have_count(1)
    expect(opened.rows("evidence")).to_have_count(AT_ONCE + 20)
    expect(opened.tools("findings")).to_be_hidden()
    background = "getComputedStyle(document.body).backgroundColor"
    assert opened.page.evaluate(background) == "rgb(255, 255, 255)"


def test_paper_gets_the_print_set_without_what_is_for_the_screen(open_page: Open) -> None:
    opened = open_page(realistic())
    opened.page.emulate_media(media="print")

    shown = opened.page.locator("main > section:visible")
    assert shown.evaluate_all("all => all.map((section) => section.id)") == [
        "summary", "relay-exposure", "findings-by-rule", "action-plan", "scope-method",
        "checks-in-short",
    ]  # fmt: skip
    heads = opened.page.locator("#relay-exposure thead th:visible").all_inner_texts()
    assert "Verdict" in heads
    assert "Smart host" not in heads


def test_a_phone_shows_the_verdict_without_scrolling_sideways(open_page: Open) -> None:
    opened = open_page(realistic(), viewport={"width": 390, "height": 844}, is_mobile=True)

    assert opened.page.evaluate("document.documentElement.scrollWidth") == 390
    box = opened.page.locator(".headline").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 390
    assert box["y"] < 844


@pytest.mark.parametrize("scripts", [True, False])
def test_a_server_is_told_on_one_spot(open_page: Open, scripts: bool) -> None:
    opened = open_page(realistic(), java_script_enabled=scripts)
    server = opened.page.locator("#server-pages details", has_text="EX03").first

    server.locator("summary").click()

    expect(server.get_by_text("F-00000001").first).to_be_visible()
    expect(server.locator("caption")).to_have_count(4)


def test_a_link_to_a_server_opens_it(open_page: Open) -> None:
    opened = open_page(realistic())

    opened.rows("findings").get_by_role("link", name="EX03").first.click()

    expect(opened.page.locator("#server-pages details[open] h3")).to_have_text("EX03")


def test_findings_can_be_narrowed_by_server_kind_severity_and_rule(open_page: Open) -> None:
    opened = open_page(realistic())
    for label, word, rows in (("Server", "EX02", 2), ("Kind", "Weakness", 1)):
        opened.choice("findings", label).select_option(word)
        expect(opened.rows("findings")).to_have_count(rows)
    for label in ("Severity", "Rule"):
        expect(opened.choice("findings", label)).to_have_count(1)


def test_findings_can_be_narrowed_by_one_of_their_controls(open_page: Open) -> None:
    opened = open_page(realistic())
    control = opened.choice("findings", "Controls")
    expect(control.locator("option")).to_have_text(["All", "ISO A.8.20", "NIST SC-7"])
    control.select_option("NIST SC-7")
    expect(opened.rows("findings")).to_have_count(
        sum(finding.rule == "RL-01" for finding in realistic().findings)
    )


def test_the_sample_is_printed_on_eight_pages(open_page: Open) -> None:
    opened = open_page(analyzer.audit(analyzer.read_dump(SAMPLE)))
    document = opened.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", document)) <= 8


def test_hostile_values_are_text(open_page: Open) -> None:
    opened = open_page(hostile())

    text = opened.page.locator("#evidence").text_content() or ""
    assert "<b>&amp;</b><!-- ]]> <script>alert(1)</script>" in text
    assert '=HYPERLINK("http://evil.example/","click")' in text
    assert "right\\u202eexe.txt\\u202c zero\\u200bwidth \\ufeffbom" in text
    assert "lone \\ud800 surrogate \\udfff end" in text
    assert HOSTILE[24] in text
    assert opened.page.locator("script").count() == 1
    assert opened.page.locator("a[href*=evil], img, iframe, form").count() == 0
    assert opened.said == []
    assert opened.requests == [opened.address]


@pytest.mark.parametrize(
    ("made", "scheme"),
    # The dark scheme changes colours, which do not depend on what the texts are.
    [
        *((made, "light") for made in (realistic, empty, hostile)),
        (realistic, "dark"),
        (empty, "dark"),
    ],
)
def test_axe_finds_no_violation(open_page: Open, made: Callable[[], Results], scheme: str) -> None:
    # The content policy would refuse the styles that axe-core itself brings along.
    opened = open_page(made(), color_scheme=scheme, bypass_csp=True)

    opened.page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    report = opened.page.evaluate(
        "axe.run(document, {resultTypes: ['violations'], rules: {region: {enabled: true}}})"
    )

    assert [
        (rule["id"], [node["html"][:200] for node in rule["nodes"][:3]])
        for rule in report["violations"]
    ] == []
