"""The command as a process of its own: pipes, signals, terminals."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SNAPSHOT = Path(__file__).parents[2] / "samples" / "contoso-snapshot.dat"
COMMAND = [sys.executable, "-m", "analyzer"]


@pytest.fixture(autouse=True)
def _own_log_folder(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


def test_a_reader_that_closes_the_pipe_is_no_error(sample):
    process = subprocess.Popen(
        [*COMMAND, "audit", sample, "-o", "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.read(10)
    process.stdout.close()
    assert process.wait() == 0
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()


def test_messages_that_nobody_reads_do_not_stop_the_report(sample, tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    target = tmp_path / "report.json"
    done = subprocess.run([*COMMAND, "audit", sample, "-o", target], stderr=writing, check=False)
    os.close(writing)
    assert done.returncode == 0
    assert target.exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")  # noqa: PTH110 (a device)
@pytest.mark.parametrize(
    "command", [["relay", "SAMPLE"], ["--help"], ["audit", "SAMPLE", "-o", "-"]]
)
def test_a_full_disk_behind_standard_output_gives_5(sample, command):
    arguments = [sample if item == "SAMPLE" else item for item in command]
    with open("/dev/full", "wb") as full:  # noqa: PTH123 (a device)
        done = subprocess.run(
            [*COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 5
    assert "error: standard output: no space left on device" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def heeded_signals():
    """Have processes heed SIGINT even where the tests run behind `&`, which has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeded_signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_reading_gives_130_and_leaves_no_output(tmp_path, number):
    process = subprocess.Popen(
        [*COMMAND, "audit", "-", "-o", tmp_path / "report.json"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    process.stdin.write(b"dn: CN=x,DC=y\ncn: x\n\n" * 40_000)
    process.stdin.flush()
    process.send_signal(number)
    process.stdin.close()  # a read that began before the signal would wait for ever
    assert process.wait() == 130
    assert process.stderr.read() == b"error: interrupted\n"
    process.stderr.close()
    assert list(tmp_path.iterdir()) == []


def test_standard_input_is_a_dump(sample):
    with open(sample, "rb") as stream:  # noqa: PTH123 (a handle for the process)
        done = subprocess.run(
            [*COMMAND, "inspect", "-"], stdin=stream, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0
    assert "Found 20 SMTP virtual servers" in done.stdout


def test_colour_needs_a_terminal_and_obeys_no_color(sample):
    pty = pytest.importorskip("pty")
    outputs = {}
    for name, extra in (("plain", {"NO_COLOR": "1"}), ("coloured", {})):
        environment = {**os.environ, "TERM": "xterm", **extra}
        if not extra:
            environment.pop("NO_COLOR", None)
        main_end, other_end = pty.openpty()
        command = [*COMMAND, "audit", sample, "--no-progress"]
        with subprocess.Popen(command, stderr=other_end, env=environment) as process:
            os.close(other_end)
            outputs[name] = read_all(main_end)
        assert process.returncode == 0
    assert b"\x1b[31m" in outputs["coloured"]
    assert b"\x1b" not in outputs["plain"]
    assert b"CRITICAL" in outputs["plain"]


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


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], "ldap pandas openpyxl rich numpy jinja2 lxml pydantic"),
        (
            ["inspect", "SAMPLE"],
            "pandas openpyxl rich numpy jinja2 lxml pydantic multiprocessing",
        ),
        (
            ["audit", "SAMPLE", "-o", "r.json"],
            "pandas openpyxl rich numpy jinja2 lxml pydantic multiprocessing json csv"
            " analyzer.terminal.waiver_tables analyzer.report.section",
        ),
        (
            ["audit", "SNAPSHOT", "-o", "r.json"],
            "pandas openpyxl rich numpy jinja2 lxml pydantic multiprocessing json csv"
            " ldif urllib.request tempfile random",
        ),
        (["audit", "SAMPLE", "-o", "r.xlsx"], "pandas rich jinja2 pydantic"),
    ],
)
def test_what_a_command_does_not_need_is_not_loaded(sample, tmp_path, arguments, heavy):
    files = {"SAMPLE": sample, "SNAPSHOT": str(SNAPSHOT)}
    words = [files.get(item, item) for item in arguments]
    code = (
        f"import sys\nfrom analyzer.cli import main\nsys.argv = ['x', *{words!r}]\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"sys.exit(' '.join(set({heavy!r}.split()) & sys.modules.keys()) or 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_do_not_stop_the_report(sample, tmp_path, closed):
    target = tmp_path / "report.json"
    line = f'"$@" {closed}'
    done = subprocess.run(
        ["sh", "-c", line, "sh", *COMMAND, "audit", sample, "-o", target],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert target.exists()
