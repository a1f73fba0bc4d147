"""Nothing leaves, nothing is fetched: no socket, no URL, no file beside the inputs and outputs."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DUMP = b"""\
dn: CN=1,CN=SMTP,CN=Protocols,CN=EX01,CN=Servers,CN=Configuration,DC=example,DC=com
objectClass: protocolCfgSMTPServer
cn: 1
adminDisplayName: =HYPERLINK("http://198.51.100.7/x","a")
description:< file:///etc/passwd
msExchSmtpRelayIpList:< http://198.51.100.7/list
msExchSmtpSmartHost: \\\\198.51.100.7\\share\\x
msExchSmtpBadMailDirectory: ../../etc/shadow
msExchSmtpFullyQualifiedDomainName:< ftp://198.51.100.7/

dn:< file:///etc/passwd
objectClass: protocolCfgSMTPServer

"""
GUARD = """
import socket, sys
def refuse(*args, **kwargs):
    raise AssertionError("a socket was opened")
socket.socket.__init__ = refuse
socket.create_connection = socket.getaddrinfo = refuse
seen = open(sys.argv.pop(1), "w")
def watch(event, args):
    net = ("socket.", "urllib.", "http.", "ftplib.")
    if event.startswith((*net, "subprocess.", "os.system", "os.exec")):
        raise AssertionError(event)
    if event == "open" and isinstance(args[0], (str, bytes)):
        print(args[0] if isinstance(args[0], str) else args[0].decode(), file=seen)
sys.addaudithook(watch)
sys.argv[0] = "exchange-analyzer"
from analyzer.cli import main
main()
"""
OUTPUTS = ("out.xlsx", "out.json", "out.csv", "out.html")
OPENED = re.compile(r'^(?:\d+ +)?open(?:at)?\((?:AT_FDCWD, )?"([^"]*)", ([A-Z_|]+).*= (-?\d+)')


def arguments() -> list[str]:
    return ["audit", "dump.ldf", *(part for name in OUTPUTS for part in ("-o", name))]


def environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(folder),
        "TZ": "UTC",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    work = tmp_path / "work"
    work.mkdir()
    (work / "dump.ldf").write_bytes(DUMP)
    return work


def is_of_python(path: Path) -> bool:
    """Tell whether a path belongs to Python, its libraries, or the system's own tables."""
    places = [*sysconfig.get_paths().values(), sys.prefix, sys.base_prefix, str(ROOT / "analyzer")]
    system = ("/lib", "/usr/lib", "/usr/local/lib", "/usr/share/zoneinfo", "/usr/share/locale")
    kernel = ("/proc", "/sys", "/dev", "/etc/ld.so", "/etc/localtime", "/etc/mime.types")
    names = (
        "/etc/hosts",
        "/etc/host.conf",
        "/etc/resolv.conf",
        "/etc/nsswitch.conf",
        "/etc/gai.conf",
    )
    texts = (*places, *system, *kernel, *names, *(entry for entry in sys.path if entry))
    return str(path).startswith(tuple(texts))


def check_opened(opened: set[str], folder: Path) -> None:
    ours = {folder / name for name in ("dump.ldf", *OUTPUTS)}
    foreign = set()
    for name in opened:
        path = Path(os.path.normpath(folder / name))
        part_of_output = path.parent == folder and path.name.startswith(
            tuple(f".{n}." for n in OUTPUTS)
        )
        if path in ours or path == folder or part_of_output or is_of_python(path):
            continue
        foreign.add(str(path))
    assert foreign == set()


def test_audit_opens_no_socket_and_no_file_beside_its_own(folder: Path, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    done = subprocess.run(
        [sys.executable, "-c", GUARD, str(seen), *arguments()],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert all((folder / name).stat().st_size for name in OUTPUTS)
    opened = set(seen.read_text().splitlines())
    assert "dump.ldf" in opened
    check_opened({name for name in opened if name != "exchange-analyzer.toml"}, folder)
    assert {path.name for path in folder.iterdir()} == {"dump.ldf", *OUTPUTS}


@pytest.mark.skipif(
    not shutil.which("strace") and not os.environ.get("CI"), reason="strace is not installed"
)
def test_kernel_saw_no_socket_and_no_file_beside_its_own(folder: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    calls = "trace=open,openat,socket,connect,execve"
    strace = [str(shutil.which("strace")), "-f", "-qq", "-s", "4096", "-e", calls, "-o", str(trace)]
    done = subprocess.run(
        [*strace, sys.executable, "-m", "analyzer", *arguments()],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    if "ptrace" in done.stderr:
        pytest.skip("tracing is not permitted here")
    assert done.returncode == 0, done.stderr
    lines = trace.read_text(errors="replace").splitlines()
    # libldap asks for the full name of this machine when it is loaded, before any dump is opened.
    first = next(i for i, line in enumerate(lines) if '"dump.ldf", O_' in line)
    assert [line for line in lines[first:] if "socket(" in line or "connect(" in line] == []
    assert len([line for line in lines if "execve(" in line]) == 1
    found = [match for line in lines if (match := OPENED.match(line))]
    opened = {match[1] for match in found if int(match[3]) >= 0}
    assert "dump.ldf" in opened
    check_opened(opened, folder)
    written = {match[1] for match in found if "O_WRONLY" in match[2] or "O_RDWR" in match[2]}
    assert {Path(name).name[:4] for name in written} <= {".out", "null"}
