"""Dumps and results in stores: a real SFTP server and an S3-compatible one on the loopback."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from analyzer.errors import ReadError, UsageError
from analyzer.fleets.dump_list import list_dumps
from analyzer.fleets.store_access import check_url

from .small_fleets import SAMPLES, Fleet, small_dump

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert process.poll() is None, "the server ended"
        time.sleep(0.05)
    pytest.fail("the server does not answer")


@pytest.mark.parametrize(
    "url",
    [
        "sftp://user:secret@host/x.ldf",
        "s3://key:secret@bucket/x.ldf",
        "az://container/x.ldf?sv=2020&sig=abc",
        "gs://bucket/x.ldf?X-Goog-Signature=abc",
        "https://example.com/x.ldf",
        "simplecache::s3://bucket/x.ldf",
        "ftp://example.com/x.ldf",
    ],
)
def test_urls_with_credentials_and_of_other_kinds_are_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        list_dumps([url], str(tmp_path))
    assert "secret" not in str(refused.value)
    assert "abc" not in str(refused.value)


def test_a_user_in_a_url_is_no_secret() -> None:
    check_url("sftp://auditor@files.example.com/dumps/x.ldf")


def test_file_urls_are_read_as_any_store(fleet: Fleet, tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.ldf").write_text(small_dump("alpha"))
    shutil.copy(SAMPLES / "contoso-snapshot.dat", tmp_path / "in")
    fleet(f"file://{tmp_path}/in", to=f"file://{tmp_path}/out")
    told = json.loads((tmp_path / "out" / "fleet.json").read_text())
    assert [(each["label"], each["status"]) for each in told["dumps"]] == [
        ("a.ldf", "done"),
        ("contoso-snapshot.dat", "done"),
    ]
    assert told["dumps"][0]["path"] == f"file://{tmp_path}/in/a.ldf"
    left = [path.name for path in (tmp_path / "out").rglob("*.part")]
    assert left == []


def test_a_url_that_names_nothing_says_so(tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(ReadError, match="no such file"):
        list_dumps([f"file://{tmp_path}/none.ldf"], str(tmp_path / "out"))


@pytest.fixture
def s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Start an S3-compatible server with one bucket; credentials are left to the environment."""
    pytest.importorskip("s3fs")
    pytest.importorskip("moto.server")
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for name, value in {
        "AWS_ACCESS_KEY_ID": "loopback",
        "AWS_SECRET_ACCESS_KEY": "loopback-secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": address,
        "FSSPEC_S3_ENDPOINT_URL": address,
    }.items():
        monkeypatch.setenv(name, value)
    try:
        wait_for(port, server)
        yield address
    finally:
        server.kill()
        server.wait()


def by_cli(*arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run the program; the store's own threads and warnings are no business of these tests."""
    return subprocess.run(
        [sys.executable, "-m", "analyzer", "fleet", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def in_python(code: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


PUT = """
import sys, fsspec
system = fsspec.filesystem("s3")
system.mkdir("dumps"); system.mkdir("audits")
for name in sys.argv[1:]:
    system.put_file(name, "dumps/" + name.rpartition("/")[2])
"""
GET = """
import sys, fsspec
sys.stdout.write(fsspec.filesystem("s3").cat_file(sys.argv[1]).decode())
"""


def test_s3_in_and_out(s3: str, tmp_path: Path) -> None:
    (tmp_path / "a.ldf").write_text(small_dump("alpha"))
    shutil.make_archive(str(tmp_path / "b"), "zip", tmp_path, "a.ldf")
    in_python(PUT, str(tmp_path / "a.ldf"), str(tmp_path / "b.zip"))
    for kept in ("", "2 of them kept"):
        done = by_cli("s3://dumps", "-o", "s3://audits/run", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert kept in done.stderr
    told = json.loads(in_python(GET, "audits/run/fleet.json"))
    assert {each["path"]: each["status"] for each in told["dumps"]} == {
        "s3://dumps/a.ldf": "done",
        "s3://dumps/b.zip!a.ldf": "done",
    }
    assert told["totals"]["forests"] == 1
    assert "loopback-secret" not in json.dumps(told) + done.stderr
    results = json.loads(in_python(GET, f"audits/run/{told['dumps'][0]['results']}"))
    assert results["inputs"][0]["path"] == "s3://dumps/a.ldf"


def test_what_a_store_refuses_is_told_without_its_words(
    s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = by_cli("s3://nowhere/x.ldf", "-o", "out", folder=tmp_path)
    assert done.returncode == 3
    assert "s3://nowhere/x.ldf: " in done.stderr
    assert "loopback" not in done.stderr


SSHD = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
PidFile {folder}/sshd.pid
AuthorizedKeysFile {folder}/client_key.pub
PasswordAuthentication no
StrictModes no
UsePAM no
Subsystem sftp internal-sftp
"""


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """Start OpenSSH's server as this user; its key is known by the client's own configuration."""
    pytest.importorskip("sshfs")
    sshd = shutil.which("sshd", path=f"{os.defpath}:/usr/sbin")
    if sshd is None or shutil.which("ssh-keygen") is None:
        pytest.skip("OpenSSH's server is not installed")
    home = tmp_path / "home"
    folder = home / ".ssh"
    folder.mkdir(parents=True)
    for name in ("host_key", "client_key"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(command, check=True)
    port = free_port()
    (folder / "sshd_config").write_text(SSHD.format(port=port, folder=folder))
    host_key = (folder / "host_key.pub").read_text()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {host_key}")
    (folder / "config").write_text(f"Host 127.0.0.1\n  IdentityFile {folder}/client_key\n")
    Path("/run/sshd").mkdir(exist_ok=True)
    server = subprocess.Popen(
        [sshd, "-D", "-e", "-f", str(folder / "sshd_config")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, server)
        yield port, home
    finally:
        server.kill()
        server.wait()


def test_sftp_in_and_out(
    sftp: tuple[int, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, home = sftp
    monkeypatch.setenv("HOME", str(home))
    # What fsspec has to know beside the URL stands in its own configuration.
    configuration = {"sftp": {"client_keys": [str(home / ".ssh" / "client_key")]}}
    monkeypatch.setenv("FSSPEC_CONFIG_DIR", str(tmp_path / "fsspec"))
    (tmp_path / "fsspec").mkdir()
    (tmp_path / "fsspec" / "conf.json").write_text(json.dumps(configuration))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.ldf").write_text(small_dump("alpha"))
    (tmp_path / "in" / "no-dump.txt").write_text("hello")
    base = f"sftp://127.0.0.1:{port}{tmp_path}"
    for kept in ("", "1 of them kept"):
        done = by_cli(f"{base}/in", "-o", f"{base}/out", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert kept in done.stderr
    told = json.loads((tmp_path / "out" / "fleet.json").read_text())
    assert [(each["label"], each["status"]) for each in told["dumps"]] == [
        ("a.ldf", "done"),
        ("no-dump.txt", "failed"),
    ]
    assert list((tmp_path / "out").rglob("*.part")) == []
