"""Orders in by standard input, outcomes out by standard output: a process that may be lost.

    python -m analyzer.fleets.audit_worker MEMORY

Each is one line of JSON. The process ends with its input, and by itself when a dump took more than
its memory: what that left behind is nobody's guess.
"""

import gc
import json
import os
import signal
import sys
from contextlib import suppress
from typing import BinaryIO

from msgspec import Struct, convert, to_builtins

from analyzer.fleets.audit_order import AuditOrder, AuditOutcome
from analyzer.fleets.one_audit import audit_one
from analyzer.platform_calls import end_after, limit_memory

_GRACE = 5
"""Seconds after which a process ends itself that nobody ended: whoever started it is gone."""


def order_line(order: AuditOrder) -> bytes:
    """Return an order as one line."""
    return _line(order)


def outcome_of(line: bytes) -> AuditOutcome:
    """Return the outcome that a line holds."""
    return convert(json.loads(line), AuditOutcome)


def serve(orders: BinaryIO, outcomes: BinaryIO) -> None:
    """Work on orders until there is none."""
    for line in orders:
        order = convert(json.loads(line), AuditOrder)
        end_after(order.judging.time_limit + _GRACE)
        outcome = _audited(order)
        end_after(0)
        outcomes.write(_line(outcome))
        outcomes.flush()
        if outcome.last:
            return


def _audited(order: AuditOrder) -> AuditOutcome:
    try:
        return audit_one(order)
    except MemoryError:
        size = order.judging.memory_limit >> 20
        reason = f"it takes more than {size} MiB of memory (--memory-limit)"
        return AuditOutcome(order.label, reason, last=True)


def _line(message: Struct) -> bytes:
    # Names of files may hold bytes that are no UTF-8, which the encoder of msgspec refuses.
    return json.dumps(to_builtins(message)).encode() + b"\n"


def _main() -> None:
    # Whoever ends the run with Ctrl-C ends its workers by closing their input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(100_000, 50, 50)
    limit_memory(int(sys.argv[1]))
    # Nothing that a library prints gets between the outcomes.
    with os.fdopen(os.dup(1), "wb") as outcomes, suppress(BrokenPipeError):
        os.dup2(2, 1)
        serve(sys.stdin.buffer, outcomes)


if __name__ == "__main__":
    _main()
