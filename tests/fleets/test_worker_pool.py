"""Processes that hang, grow or are lost: each costs its dump alone, and no more."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from analyzer.fleets import worker_pool
from analyzer.fleets.audit_order import AuditOrder
from analyzer.fleets.worker_pool import audit_apart, start_workers, stop_workers

from .small_fleets import judging, small_dump


@pytest.fixture
def order(tmp_path: Path) -> AuditOrder:
    (tmp_path / "a.ldf").write_text(small_dump("alpha"))
    start_workers()
    path = str(tmp_path / "a.ldf")
    return AuditOrder("a", "", (path,), 1000, str(tmp_path / "out"), judging())


@pytest.fixture(autouse=True)
def no_process_stays() -> object:
    yield
    stop_workers()
    assert worker_pool._POOL._idle == []
    assert worker_pool._POOL._busy == set()


def idle_process() -> int:
    (process,) = worker_pool._POOL._idle
    return process._process.pid


def test_a_process_stays_for_the_next_dump(order: AuditOrder) -> None:
    assert audit_apart(order).reason == ""
    first = idle_process()
    assert audit_apart(order).kept
    assert idle_process() == first


def test_a_dump_that_takes_too_long_is_given_up(order: AuditOrder) -> None:
    audit_apart(order)
    os.kill(idle_process(), signal.SIGSTOP)
    limited = AuditOrder("a", "", order.paths, 1, order.folder, judging(time_limit=1))
    assert audit_apart(limited).reason == "it takes more than 1 seconds (--time-limit)"
    assert audit_apart(order).kept


def test_a_dump_whose_process_is_lost_is_tried_again(order: AuditOrder) -> None:
    audit_apart(order)
    lost = idle_process()
    os.kill(lost, signal.SIGSTOP)
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(audit_apart(order)))
    thread.start()
    time.sleep(0.2)
    os.kill(lost, signal.SIGKILL)
    thread.join()
    assert outcomes[0].reason == ""
    assert idle_process() != lost


def test_a_dump_that_ends_every_process_is_given_up(
    order: AuditOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    assert audit_apart(order).reason.startswith("it ended its process 3 times (")


def test_a_dump_that_takes_too_much_memory_is_told_so(order: AuditOrder, tmp_path: Path) -> None:
    long_value = b"description: " + b"x" * (64 << 20) + b"\n\n"
    (tmp_path / "b.ldf").write_bytes(small_dump("beta").rstrip().encode() + b"\n" + long_value)
    limit = 100 << 20
    changed = judging(memory_limit=limit, max_record=256 << 20)
    big = AuditOrder("b", "", (str(tmp_path / "b.ldf"),), 1, order.folder, changed)
    assert audit_apart(big).reason == "it takes more than 100 MiB of memory (--memory-limit)"
    small = AuditOrder("a", "", order.paths, 1, order.folder, changed)
    assert audit_apart(small).reason == ""


def test_a_worker_of_another_version_or_with_other_rules_refuses(order: AuditOrder) -> None:
    other = replace(order, judging=replace(order.judging, version="0.0.1"))
    assert "this worker runs version" in audit_apart(other).reason
    other = replace(order, judging=replace(order.judging, catalogue_sha256="0" * 64))
    assert "the rules of this worker are others" in audit_apart(other).reason
