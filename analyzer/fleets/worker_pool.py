"""An order in, its outcome out, made by a process of its own that may hang, grow or be lost.

The same on this computer and on a worker of a cluster: a dump that kills its process takes nothing
else with it. Processes are started by name, not forked: whoever calls has threads. They stay for
the next order, so that only the first one pays for the start.
"""

import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from analyzer.fleets.audit_order import AuditOrder, AuditOutcome
from analyzer.fleets.audit_worker import order_line, outcome_of

TRIES = 3
"""How often a dump is tried whose process ends without a word: it may not be the dump's fault."""
_ROOT = Path(__file__).parents[2]


class _AuditProcess:
    """A process that audits one dump after the other."""

    def __init__(self, memory_limit: int) -> None:
        self.memory_limit = memory_limit
        places = [str(_ROOT), os.environ.get("PYTHONPATH", "")]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "analyzer.fleets.audit_worker", str(memory_limit)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, places)),
                # As in `cli.main`: no settings of libldap, no threads that spin.
                "LDAPNOINIT": "1",
                "OPENBLAS_NUM_THREADS": "1",
            },
        )

    def audit(self, order: AuditOrder) -> AuditOutcome | None:
        """Return the outcome; None when the process ended without one."""
        limit = order.judging.time_limit
        late = threading.Event()

        def end() -> None:
            late.set()
            self._process.kill()

        timer = threading.Timer(limit, end)
        timer.daemon = True
        timer.start()
        try:
            line = self._answer(order_line(order))
        finally:
            timer.cancel()
        if line.endswith(b"\n"):
            return outcome_of(line)
        if late.is_set():
            reason = f"it takes more than {limit} seconds (--time-limit)"
            return AuditOutcome(order.label, reason, last=True)
        return None

    def _answer(self, line: bytes) -> bytes:
        orders, outcomes = self._process.stdin, self._process.stdout
        if orders is None or outcomes is None:
            return b""
        try:
            orders.write(line)
            orders.flush()
            return outcomes.readline()
        except (OSError, ValueError):  # it has ended, or was stopped meanwhile
            return b""

    def end(self) -> None:
        """End it; whoever waits for its answer sees that."""
        self._process.kill()

    def stop(self) -> str:
        """End it, and return how it ended."""
        self._process.kill()
        status = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what it was sent too late
                    pipe.close()
        return f"signal {-status}" if status < 0 else f"status {status}"


class _WorkerPool:
    """The processes that wait for an order, and those that work on one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[_AuditProcess] = []
        self._busy: set[_AuditProcess] = set()
        self._stopped = False

    def audit(self, order: AuditOrder) -> AuditOutcome:
        """Have a dump audited; if its process is lost, twice more in another one."""
        how = ""
        for _ in range(TRIES):
            process = self._take(order.judging.memory_limit)
            outcome = process.audit(order)
            if outcome is not None and not outcome.last:
                self._give_back(process)
                return outcome
            how = self._done_with(process)
            if outcome is not None:
                return outcome
            if self._stopped:
                break
        return AuditOutcome(order.label, f"it ended its process {TRIES} times ({how})")

    def start(self) -> None:
        """Take orders, also after having been stopped."""
        self._stopped = False

    def stop(self) -> None:
        """End all processes, also those that work on an order."""
        with self._lock:
            self._stopped = True
            idle, self._idle = self._idle, []
            for process in self._busy:
                process.end()
        for process in idle:
            process.stop()

    def release(self) -> None:
        """End the processes that wait for an order."""
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            process.stop()

    def _take(self, memory_limit: int) -> _AuditProcess:
        with self._lock:
            process = self._idle.pop() if self._idle else None
        if process is not None and process.memory_limit != memory_limit:
            process.stop()
            process = None
        process = process or _AuditProcess(memory_limit)
        with self._lock:
            self._busy.add(process)
        return process

    def _give_back(self, process: _AuditProcess) -> None:
        with self._lock:
            self._busy.discard(process)
            if not self._stopped:
                self._idle.append(process)
                return
        process.stop()

    def _done_with(self, process: _AuditProcess) -> str:
        with self._lock:
            self._busy.discard(process)
        return process.stop()


_POOL = _WorkerPool()


def audit_apart(order: AuditOrder) -> AuditOutcome:
    """Audit a dump in a process of its own, which this process keeps for the next one."""
    return _POOL.audit(order)


def start_workers() -> None:
    """Take orders, also after having been stopped."""
    _POOL.start()


def stop_workers() -> None:
    """End the processes; a dump that is being audited fails."""
    _POOL.stop()


def release_workers() -> None:
    """End the processes that wait for an order; whoever else works here keeps its own."""
    _POOL.release()
