"""A real scheduler and real workers, processes of their own on the loopback address."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.errors import ReadError
from analyzer.fleets.crews import Cluster, read_cluster

from .small_fleets import run, small_dump

pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("default")
ROOT = Path(__file__).parents[2]
DUMPS = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def started(module: str, *arguments: str, folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{module}", *arguments, "--no-dashboard"],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "HOME": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list["subprocess.Popen[bytes]"]]]:
    port = str(free_port())
    address = f"tcp://127.0.0.1:{port}"
    (tmp_path / "worker").mkdir()
    here = {"folder": tmp_path / "worker"}
    scheduler = started("dask_scheduler", "--host", "127.0.0.1", "--port", port, **here)
    workers = [
        started(
            "dask_worker", address, "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1", **here
        )
        for _ in range(2)
    ]
    try:
        yield address, workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def test_a_run_outlives_a_worker(
    cluster: tuple[str, list["subprocess.Popen[bytes]"]], tmp_path: Path
) -> None:
    address, workers = cluster
    (tmp_path / "in").mkdir()
    for at in range(DUMPS):
        (tmp_path / "in" / f"d{at:02}.ldf").write_text(small_dump(f"d{at}"))
    (tmp_path / "in" / "no-dump.txt").write_text("hello")
    out = tmp_path / "out"

    def kill_one() -> None:
        while len(list(out.glob("*/results.json"))) < 5:
            time.sleep(0.01)
        workers[0].kill()

    killer = threading.Thread(target=kill_one)
    killer.start()
    outcome = run(tmp_path / "in", to=out, cluster=Cluster(address))
    killer.join()
    totals = outcome.consolidated.totals
    assert (totals.done, totals.failed) == (DUMPS, 1)
    told = json.loads((out / "fleet.json").read_text())
    assert {each["label"] for each in told["dumps"]} == {
        *(f"d{at:02}.ldf" for at in range(DUMPS)),
        "no-dump.txt",
    }
    assert workers[0].wait() < 0
    assert workers[1].poll() is None


def test_a_scheduler_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzer.fleets.crews._PATIENCE", 1)
    (tmp_path / "a.ldf").write_text(small_dump("alpha"))
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(ReadError, match="the scheduler does not answer"):
        run(tmp_path / "a.ldf", to=tmp_path / "out", cluster=Cluster(address))


def test_a_cluster_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "cluster.toml"
    file.write_text('scheduler = "tls://192.0.2.1:8786"\ntls-ca-file = "ca.pem"\n')
    assert read_cluster(str(file)) == Cluster("tls://192.0.2.1:8786", tls_ca_file="ca.pem")
    file.write_text("password = 'x'\n")
    with pytest.raises(ReadError, match="unknown key"):
        read_cluster(str(file))
