"""A dump full of active text goes through the command; in every output it is text and no more."""

import base64
import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import ldap.dn
import pytest
from lxml import etree

from analyzer.catalogue import load_catalogue
from analyzer.cli import main
from analyzer.directory import kinds

ROOT = Path(__file__).parents[2]
MARK = "h0stile"
TEXTS = (
    f'=HYPERLINK("http://198.51.100.7/{MARK}","click")',
    f"+{MARK}|' /C calc'!A0",
    f"-2+3+{MARK}",
    f"@SUM({MARK})",
    f"\t={MARK}",
    f"\r={MARK}",
    f"=>{MARK}",
    f"\uff1d{MARK}",
    f"#REF!{MARK}",
    f"nul\x00 bell\x07 vt\x0b us\x1f del\x7f nel\x85 {MARK}",
    f"\x1b]0;{MARK}\x07\x1b[2J\x9b31m[red]{MARK}[/red][link=http://198.51.100.7/]x[/link]",
    f"right\u202eexe.{MARK}\u202c\u2066 zero\u200bwidth \ufeffbom",
    f"non\ufffe char\uffff {MARK}",
    f'"><script>{MARK}</script><{MARK} onload="x">]]><!-- &amp; <?x ?>',
    f"_x000D_ _x003D_ {MARK}",
    f"{{{{7*7}}}} {{% raw %}} ${{{MARK}}} %s %(x)s",
    f"javascript:{MARK}",
    f"file:///etc/{MARK} \\\\198.51.100.7\\{MARK}",
    f"a\r\nb\rc\n={MARK}",
    f'",={MARK}\n=1+1,"',
    MARK + "x" * 40_000,
)
LONE_SURROGATES = f"\ud800{MARK}\udfff"
ACTIVE = tuple("=+-@\t\r\n\0#\uff1d\uff0b\uff0d\uff20")
OUTPUTS = ("out.xlsx", "out.html", "out.json", "out.csv")
SERVERS = (
    "CN=Servers,CN=AG,CN=Administrative Groups,CN=%s,CN=Microsoft Exchange,"
    "CN=Services,CN=Configuration,DC=x"
)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
LONGEST = 32_767


def attributes() -> Iterator[str]:
    """Yield every attribute of a virtual server; what is no text is then of the wrong syntax."""
    for row in kinds.VIRTUAL_SERVER.attributes:
        if not row.secret and row.name not in ("objectClass", "distinguishedName", "objectGUID"):
            yield row.name


def octets(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()


def dump() -> bytes:
    """Return one virtual server for each text, with the text in every name and every value."""
    records = []
    for number, text in enumerate(TEXTS):
        # A return in a DN is what a lost line end leaves there: such a record is not read.
        name = ldap.dn.escape_dn_chars(re.sub(r"[\0\r]", "", text)[:60])
        server = f"CN=EX{number},{SERVERS % name}"
        place = f"CN={number},CN=SMTP,CN=Protocols,{server}"
        # The longest text in all of them would be most of the time this takes.
        chosen = list(attributes())[: 8 if len(text) > LONGEST else None]
        values = "".join(f"{name}:: {octets(text)}\n" for name in chosen)
        records += [
            f"dn:: {octets(server)}\nobjectClass: msExchExchangeServer\ncn:: {octets(text)}\n",
            f"dn:: {octets(place)}\nobjectClass: protocolCfgSMTPServer\n{values}",
            f"dn: CN=bad,,\ndescription:: {octets(text)}\n",
        ]
    return "\n".join([*records, f"no dn: {MARK}\n={MARK}\n"]).encode()


def wide_dump() -> bytes:
    """Return a dump in UTF-16 with half a character in its values."""
    lines = "".join(
        f"{name}: {LONE_SURROGATES}\n" for name in attributes() if name not in ("cn", "name")
    )
    place = f"CN=1,CN=SMTP,CN=Protocols,CN=E,{SERVERS % 'Org'}"
    text = f"dn: {place}\nobjectClass: protocolCfgSMTPServer\ncn: 1\n{lines}\n"
    return text.encode("utf-16", "surrogatepass")


Run = Callable[..., str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the dump and what the command makes of it."""
    work = tmp_path_factory.mktemp("text")
    (work / "=[b]dump[_b].ldf").write_bytes(dump())
    (work / "wide.ldf").write_bytes(wide_dump())
    arguments = [part for name in OUTPUTS for part in ("-o", name)]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "analyzer", "audit", "-v", "--evidence", "all"),
            *(
                "--client",
                TEXTS[13],
                "--marking",
                TEXTS[0],
                "--engagement",
                "&G&F" + TEXTS[10].replace("\0", ""),
            ),
            *("=[b]dump[_b].ldf", "wide.ldf", *arguments),
        ],
        cwd=work,
        env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(work / "state")},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (work / "shown").write_bytes(done.stdout + done.stderr)
    return work


@pytest.fixture(scope="module")
def sheets(folder: Path) -> dict[str, etree._Element]:
    with zipfile.ZipFile(folder / "out.xlsx") as archive:
        assert archive.testzip() is None
        return {
            name: etree.fromstring(archive.read(name))
            for name in archive.namelist()
            if name.endswith(("xml", "rels"))
        }


def test_only_the_live_counters_of_the_workbook_are_formulas(
    sheets: dict[str, etree._Element],
) -> None:
    found = [
        (name, node.text or "") for name, root in sheets.items() for node in root.iter(f"{MAIN}f")
    ]
    assert {name for name, _ in found} == {"xl/worksheets/sheet1.xml"}
    assert all(
        re.fullmatch(r"COUNT(?:A|IF)\('[A-Z][a-z ]+'![A-Z]+\d+:[A-Z]+\d+(?:,\"Done\")?\)", text)
        for _, text in found
    )
    assert {node.get("t") for root in sheets.values() for node in root.iter(f"{MAIN}c")} <= {
        None,
        "inlineStr",
    }


def test_text_of_the_dump_is_in_cells_and_nowhere_else_in_the_workbook(
    sheets: dict[str, etree._Element],
) -> None:
    cells = 0
    for name, root in sheets.items():
        for node in root.iter():
            if (
                node.tag != f"{MAIN}tableColumn"
            ):  # repeats the text of the cell at the column's head
                assert MARK not in " ".join(node.attrib.values()), (name, node.tag)
            if MARK in (node.text or "") and name.startswith("xl/worksheets/"):
                places = [item.tag.removeprefix(MAIN) for item in (node, *node.iterancestors())]
                assert places[:3] == ["t", "is", "c"] or "headerFooter" in places
                cells += places[0] == "t"
    assert cells > 500


def test_no_cell_is_too_long_or_holds_what_the_format_forbids(
    sheets: dict[str, etree._Element],
) -> None:
    for root in sheets.values():
        for node in root.iter(f"{MAIN}t"):
            text = node.text or ""
            assert len(text.encode("utf-16-le")) // 2 <= LONGEST
            assert not CONTROL.search(text.replace("\t", " "))


def test_active_text_of_the_workbook_is_marked_as_text(sheets: dict[str, etree._Element]) -> None:
    styles = sheets["xl/styles.xml"].find(f"{MAIN}cellXfs")
    assert styles is not None
    prefixed = {at for at, style in enumerate(styles) if style.get("quotePrefix") in ("1", "true")}
    active = 0
    for root in sheets.values():
        for cell in root.iter(f"{MAIN}c"):
            text = "".join(node.text or "" for node in cell.iter(f"{MAIN}t"))
            if text.startswith(ACTIVE[:4]) and MARK in text:
                assert int(cell.get("s", "0")) in prefixed, text
                active += 1
    assert active > 20


def test_outside_links_of_the_workbook_are_sources_of_rules(
    sheets: dict[str, etree._Element],
) -> None:
    sources = {source for rule in load_catalogue().rules for source in rule.sources}
    links = [
        node.get("Target", "")
        for name, root in sheets.items()
        for node in root.iter()
        if name.endswith(".rels") and node.get("TargetMode") == "External"
    ]
    assert links
    assert {link for link in links if not any(link in source for source in sources)} == set()


@pytest.mark.parametrize("raw", [False, True], ids=["guarded", "raw"])
def test_csv_cells_are_guarded_unless_raw_text_is_asked_for(
    raw: bool, folder: Path, run: Run
) -> None:
    run("report", "out.json", "--overwrite", "-o", "again.csv", *(["--csv-raw"] if raw else []))
    data = (folder / "again.csv").read_bytes()
    cells = [
        cell
        for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        for cell in row
    ]
    assert sum(MARK in cell for cell in cells) > 500
    assert bool([cell for cell in cells if cell.lstrip(" ").startswith(ACTIVE[:8])]) == raw


def test_page_has_no_element_attribute_or_link_of_the_dump(folder: Path) -> None:
    tags: dict[str, int] = {}
    texts = 0

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags[tag] = tags.get(tag, 0) + 1
            for name, value in attrs:
                assert not name.startswith("on")
                if name in ("href", "src", "style", "action", "id", "class"):
                    assert MARK not in (value or ""), (tag, name)

        def handle_data(self, data: str) -> None:
            nonlocal texts
            texts += MARK in data

    page = (folder / "out.html").read_bytes().decode("utf-8", "strict")
    Reader(convert_charrefs=True).feed(page)
    assert MARK not in tags
    assert (tags["script"], tags.get("iframe", 0), tags.get("base", 0)) == (1, 0, 0)
    assert texts > 500
    assert not CONTROL.search(page.replace("\t", " "))


def test_json_is_utf_8_and_keeps_every_text_as_it_was(folder: Path) -> None:
    data = (folder / "out.json").read_bytes()
    document = json.loads(data.decode("utf-8", "strict"))
    raw = {item["raw"] for item in document["evidence"]}
    raw |= {item["evidence"]["raw"] for item in document["findings"] if item["evidence"]}
    assert set(TEXTS) <= raw
    assert "{{7*7}}" in data.decode()


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command in the folder and gives all it showed."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))

    def command(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["exchange-analyzer", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        shown = capfd.readouterr()
        assert end.value.code in (0, 1, None), shown.err
        return shown.out + shown.err

    return command


def test_no_control_character_of_the_dump_is_shown(folder: Path, run: Run) -> None:
    dumps = ("=[b]dump[_b].ldf", "wide.ldf")
    shown = [(folder / "shown").read_text()]
    shown += [run("inspect", *dumps), run("inspect", "--health", *dumps), run("relay", *dumps)]
    shown += [run("relay", "--ip", "192.0.2.1", *dumps)]
    given = [part for name in dumps for part in ("--input", name)]
    shown += [run("verify", name, *given) for name in ("out.json", "out.xlsx")]
    for text in shown:
        assert not CONTROL.search(text)
    assert f"[red]{MARK}[/red]" in shown[0] + shown[3]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("command", ["relay", "audit -v"])
def test_terminal_gets_no_sequence_of_the_dump(command: str, folder: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "analyzer", *command.split(), "=[b]dump[_b].ldf", "wide.ldf"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": "200"},
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = b"".join(iter(lambda: _read(ours), b"")).decode()
        os.close(ours)
    assert process.returncode == 0
    left = re.sub(r"\x1b\[(?:[\d;]*m|\?25[lh]|\d*[AK]|2K)|\r", "", shown)
    assert not CONTROL.search(left)
    assert "\x1b[2J" not in shown
    assert f"[red]{MARK}" in re.sub(r"\s", "", left)


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, 65_536)
    except OSError:  # Linux reports the end of a terminal so
        return b""
