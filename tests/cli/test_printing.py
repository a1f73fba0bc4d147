"""The one way to print: what the terminal gets, whoever wrote it."""

import base64
import fcntl
import io
import os
import re
import shutil
import struct
import subprocess
import sys
import termios
import warnings
from pathlib import Path

import pytest

from analyzer import printing
from analyzer.printing import VisibleStream

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "contoso-2003.ldf"
HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m[red]x[/red]\u202egnp\u200b"
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\ud800-\udfff]")
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


def test_a_report_id_of_a_hostile_results_file_is_visible(terminal, tmp_path):
    sample = ROOT / "samples" / "contoso-2003.ldf"
    terminal("audit", str(sample), "-q", "-o", "r.json")
    file = tmp_path / "r.json"
    text = file.read_text()
    given = re.search(r'"report_id": ?"([^"]+)"', text)[1]
    file.write_text(text.replace(f'"{given}"', '"\\u001b]0;owned\\u0007\\u202e\\ud800"'))
    shown = terminal("report", "r.json", "-o", "again.csv")
    assert not hidden(shown)


def test_without_a_console_the_streams_are_the_null_device(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    with printing.standard_streams():
        printing.show("x")
        printing.say("x")
