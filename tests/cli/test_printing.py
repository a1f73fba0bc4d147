"""The one way to print: what the terminal gets, whoever wrote it."""

import base64
import fcntl
import io
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import termios
import warnings
import zipfile
from pathlib import Path

import pytest

from analyzer import audit, printing, read_dump, write_report
from analyzer.errors import ReadError
from analyzer.printing import VisibleStream
from analyzer.report import write_reports
from analyzer.results.document import load_json

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "contoso-2003.ldf"
HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m[red]x[/red]\u202egnp\u200b"
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u202a-\u202e\u2066\ud800-\udfff\U000e0041]"
)
STRANGE = (
    "\x1b]0;owned\x07\x1b[2J\x9b31m a\rFAKE \x85\u202e\u2066\u2028FAKE\nFAKE\ud800\U000e0041\x7f"
)
"""Escapes, ends of lines, marks of direction, half a character and a tag."""
OURS = re.compile(r"\x1b\[[0-9;]*m|\r?\x1b\[(?:\?25[lh]|2K|1A)|\r\n")
"""Colours, and the movements of the progress bar."""


@pytest.fixture
def terminal(monkeypatch, tmp_path):
    """Return a function that runs the command on a terminal and returns what that received."""
    pty = pytest.importorskip("pty")
    monkeypatch.chdir(tmp_path)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm",
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    environment.pop("NO_COLOR", None)

    def command(*arguments: str | bytes) -> str:
        main_end, other_end = pty.openpty()
        fcntl.ioctl(other_end, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
        with subprocess.Popen(
            [sys.executable, "-m", "analyzer", *arguments],
            stdout=other_end,
            stderr=other_end,
            stdin=subprocess.DEVNULL,
            env=environment,
        ):
            os.close(other_end)
            return read_all(main_end).decode("utf-8", "surrogateescape")

    return command


@pytest.mark.parametrize(
    "command",
    [
        ["audit"],
        ["inspect"],
        ["relay"],
        ["relay", "--ip", "203.0.113.7"],
        ["rules", "list"],
        ["rules", "show", "VS-09"],
    ],
    ids=" ".join,
)
def test_eighty_columns_break_no_word_and_squeeze_no_path(terminal, tmp_path, command):
    folder = tmp_path / "dumps-of-the-client"
    folder.mkdir()
    shutil.copy(SAMPLE, folder / "contoso-2003.ldf")
    names = ["dumps-of-the-client/contoso-2003.ldf", "--no-progress"]
    names = names if command[0] != "rules" else []

    narrow = OURS.sub("", terminal(*command, *names).replace("\r\n", "\n"))
    piped = subprocess.run(
        [sys.executable, "-m", "analyzer", *command, *names],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    shown, whole = set(narrow.split()), set((piped.stdout + piped.stderr).split())
    # The rule below the head of a table is drawn, not written.
    assert {word for word in shown if "─" not in word} <= whole
    for line in narrow.splitlines():
        assert len(line) <= 80 or len(line.split()) == 1


def read_all(terminal: int) -> bytes:
    data = b""
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # the other end was closed
            chunk = b""
        if not chunk:
            os.close(terminal)
            return data
        data += chunk


def hidden(shown: str) -> list[str]:
    """Return what is not visible in it, but for what the program itself wrote to a terminal."""
    return HIDDEN.findall(OURS.sub("", shown))


def test_whoever_writes_to_a_guarded_stream_writes_visible_text():
    behind = io.StringIO()
    stream = VisibleStream(behind)
    print(HOSTILE, "a\rb", "\ud800", file=stream)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        stream.write(warnings.formatwarning(HOSTILE, UserWarning, "f.py", 1))
    assert not HIDDEN.search(behind.getvalue())
    assert r"\x1b]0;owned\x07" in behind.getvalue()
    assert behind.getvalue().count("a\nb \\ud800\n") == 1


def test_there_is_no_way_past_a_guarded_stream_for_bytes():
    assert not hasattr(VisibleStream(io.StringIO()), "buffer")


@pytest.mark.parametrize(
    "arguments",
    [
        [HOSTILE],
        ["audit", f"--{HOSTILE}"],
        ["audit", HOSTILE],
        ["audit", "x", "--fail-on", HOSTILE],
        ["audit", "x", "--encoding", HOSTILE],
        ["audit", "x", "-o", HOSTILE],
        ["audit", "--show-config", "--client", HOSTILE],
        ["relay", "x", "--ip", HOSTILE],
        ["report", HOSTILE, "-o", "r.csv"],
        ["report", "r.json", HOSTILE],
        ["verify", HOSTILE],
        ["rules", HOSTILE],
        ["rules", "show", HOSTILE],
        ["rules", "check", HOSTILE],
        ["export-help", HOSTILE],
        [b"audit", b"--x\xff\x1b[2J"],
    ],
)
def test_what_the_command_line_quotes_of_its_arguments_is_visible(terminal, arguments):
    shown = terminal(*arguments)
    assert not hidden(shown)


def test_tables_messages_and_the_progress_bar_of_a_hostile_dump_are_visible(terminal, tmp_path):
    name = base64.b64encode(HOSTILE.encode()).decode()
    place = (
        "CN=1,CN=SMTP,CN=Protocols,CN=EX01,CN=Servers,CN=AG,CN=Administrative Groups,CN=Org,"
        "CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com"
    )
    dump = tmp_path / f"{HOSTILE}.ldf".replace("/", "")
    dump.write_text(
        f"dn: {place}\nobjectClass: protocolCfgSMTPServer\nadminDisplayName:: {name}\n"
        f"msExchSmtpRelayForAuth:: {name}\n"
    )
    for command in (["audit", "-v"], ["inspect"], ["inspect", "--health"], ["relay"]):
        shown = terminal(*command, dump.name)
        assert "EX01" in shown or "inspect" in command
        assert not hidden(shown)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Return a folder with a dump, its results, some of each kind, and its workbook."""
    folder = tmp_path_factory.mktemp("sound")
    sample = (ROOT / "samples" / "contoso-2003.ldf").read_bytes()
    (folder / "dump.ldf").write_bytes(sample)
    audited = audit(read_dump(folder / "dump.ldf"))
    few = {
        name: value[:4] if isinstance(value := getattr(audited, name), tuple) else value
        for name in audited.__struct_fields__
    }
    write_report(type(audited)(**few), folder / "r.json")
    write_reports(audited, [folder / "r.xlsx"], evidence="all")
    return folder


def leaves(node, path=()):
    """Yield the place of each string of a document, the names in mappings of settings too."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, (*path, key))
    elif isinstance(node, list):
        for at, value in enumerate(node):
            yield from leaves(value, (*path, at))
    elif isinstance(node, str):
        yield path


def put(document, path, text):
    """Put a text into a document and return what stood there."""
    for step in path[:-1]:
        document = document[step]
    before = document[path[-1]]
    document[path[-1]] = text
    return before


def with_strange_text(file):
    """Return results with strange text in every string that takes it, and those that do not."""
    document = json.loads(file.read_bytes())
    kinds = {}
    for path in leaves(document):
        shape = tuple("*" if isinstance(step, int) else step for step in path)
        kinds.setdefault(shape, []).append(path)
    refused = []
    for paths in kinds.values():
        before = [put(document, path, STRANGE) for path in paths]
        try:
            load_json(json.dumps(document).encode())
        except ReadError:
            refused.append(paths[0])
            for path, text in zip(paths, before, strict=True):
                put(document, path, text)
    for record in document["virtual_servers"]:
        record["settings"][STRANGE] = next(iter(record["settings"].values()))
    return document, refused


def test_every_string_of_a_strange_results_file_is_visible(terminal, sound, tmp_path):
    document, refused = with_strange_text(sound / "r.json")
    assert document["run"]["report_id"] == document["rules"][0]["title"] == STRANGE
    (tmp_path / "r.json").write_text(json.dumps(document))
    outputs = [part for name in ("o.xlsx", "o.html", "o.csv", "o.json") for part in ("-o", name)]
    commands = [
        ["report", "r.json", *outputs],
        ["report", "r.json", "-o", "-"],
        ["verify", "r.json"],
        ["verify", "r.json", "--input", str(sound / "dump.ldf")],
        ["verify", "o.xlsx", "--input", str(sound / "dump.ldf"), "--input", "r.json"],
        ["verify", str(sound / "r.xlsx"), "--input", "r.json"],
    ]
    for command in commands:
        shown = terminal(*command)
        assert "internal error" not in shown
        assert not hidden(shown), command
        if command[0] == "report":
            assert not re.search(r"(?m)^FAKE", shown)
    # Words of a closed list and forms such as hashes: what is told of them is one line.
    assert refused
    wrong = json.loads((sound / "r.json").read_bytes())
    documents = []
    for path in refused:
        before = put(wrong, path, STRANGE)
        documents.append(json.dumps(wrong).encode())
        put(wrong, path, before)
    for document in (documents[0], documents[-1]):
        (tmp_path / "wrong.json").write_bytes(document)
        shown = terminal("report", "wrong.json", "-o", "never.csv")
        assert not hidden(shown)
        # A long one is wrapped at the width of the terminal, and goes on indented.
        assert len(shown.replace("\r\n  ", " ").splitlines()) == 1
    for document in documents:
        with pytest.raises(ReadError) as error:
            load_json(document)
        assert not HIDDEN.search(str(error.value))
        assert len(str(error.value).splitlines()) == 1


def test_json_on_a_terminal_means_the_same_as_in_a_file(terminal, sound, tmp_path):
    document, _ = with_strange_text(sound / "r.json")
    (tmp_path / "r.json").write_text(json.dumps(document))
    shown = terminal("report", "r.json", "-q", "-o", "-")
    terminal("report", "r.json", "-q", "-o", "file.json")
    assert json.loads(shown) == json.loads((tmp_path / "file.json").read_bytes())


def test_every_string_of_a_strange_workbook_is_visible(terminal, sound, tmp_path):
    escaped = "_x001B_]0;owned_x0007_ a&#13;FAKE _x009B_31m_xD800_ \u202e\u2066\u2028\U000e0041\x7f"
    changed = tmp_path / "r.xlsx"
    with zipfile.ZipFile(sound / "r.xlsx") as package, zipfile.ZipFile(changed, "w") as copy:
        for name in package.namelist():
            text = package.read(name).decode()
            if name.startswith("xl/worksheets/sheet"):
                # Without their headers the tables would not be read at all.
                head, gap, rows = text.partition('<row r="6"')
                text = head + gap + re.sub(r"(<t[^>]*>)[^<]*", rf"\1{escaped}", rows)
            elif name == "docProps/custom.xml":
                text = re.sub(r"(<vt:lpwstr[^>]*>)[^<]*", rf"\1{escaped}", text)
            copy.writestr(name, text)
    for command in (
        ["verify", "r.xlsx"],
        ["verify", "r.xlsx", "--input", str(sound / "dump.ldf")],
        ["verify", "r.xlsx", "--input", str(sound / "r.json")],
    ):
        shown = terminal(*command)
        assert "checks failed" in shown
        assert not hidden(shown), command


def test_without_a_console_the_streams_are_the_null_device(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    with printing.standard_streams():
        printing.show("x")
        printing.say("x")
