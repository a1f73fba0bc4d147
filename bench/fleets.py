"""Measure fleets: audits a second, and the overview of many: python -m bench.fleets.

The dumps are made from fixed seeds. The consolidation of more dumps than one wants to keep on a
disk is simulated: results of a real audit are read under many labels, each with GUIDs of its own.
"""

import argparse
import re
import resource
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from analyzer.catalogue import load_catalogue
from analyzer.fleets.audit_order import AuditOrder, AuditOutcome, Judging
from analyzer.fleets.consolidation import collect, write_outputs
from analyzer.fleets.fleet_run import FleetPlan, run_fleet
from analyzer.fleets.fleet_tables import open_tables
from analyzer.fleets.run_orders import FleetProgress
from analyzer.fleets.stores import LocalFolder
from analyzer.report import Paper
from analyzer.report.whole_files import Render
from analyzer.results.records import ToolRecord
from analyzer.version import __version__
from bench.inputs import ldifde, make

DATA = Path(__file__).parent / "data"
SEED = 20051118
EVERY = 15
"""One record in so many is a virtual server: six of them in 100 KB."""
_GUID_END = re.compile(rb'("guid":"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-)[0-9a-f]{12}')


def main() -> None:
    """Make the dumps, audit them, keep them, and consolidate copies of one."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--dumps", type=int, default=200)
    options.add_argument("--size", type=int, default=100_000, help="bytes of each dump")
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--copies", type=int, default=1000, help="dumps of the simulation")
    chosen = options.parse_args()
    dumps = _dumps(chosen.dumps, chosen.size)
    out = DATA / "fleet-out"
    shutil.rmtree(out, ignore_errors=True)
    print("| work | seconds | dumps/s | CPU, ms a dump | overview, seconds | peak RSS, MiB |")
    print("|---|---|---|---|---|---|")
    _run(f"audit, {chosen.jobs} processes", dumps, out, chosen.jobs)
    _run("the same again, all kept", dumps, out, chosen.jobs)
    _simulate(next(out.glob("*/results.json")), chosen.copies)


def _dumps(number: int, size: int) -> Path:
    folder = DATA / f"fleet-{number}-{size}"
    for at in range(number):
        make(folder / f"d{at:05}.ldf", ldifde(size, SEED + at, EVERY))
    return folder


def _run(name: str, dumps: Path, out: Path, jobs: int) -> None:
    catalogue = load_catalogue()
    judging = Judging(__version__, catalogue.sha256)
    last: list[float] = []
    number = len(list(dumps.iterdir()))

    def watch(_: FleetProgress) -> None:
        last[:] = [time.perf_counter()]

    start, before = time.perf_counter(), _cpu()
    plan = FleetPlan((str(dumps),), str(out), judging, catalogue, Paper(), None, jobs)
    run_fleet(plan, watch=watch)
    audits = last[0] - start
    overview = time.perf_counter() - last[0]
    _row(name, audits, number / audits, 1000 * (_cpu() - before) / number, overview)


def _simulate(results: Path, copies: int) -> None:
    catalogue = load_catalogue()
    judging = Judging(__version__, catalogue.sha256)
    folder = _Copies(results, DATA / "fleet-copies")
    start, before = time.perf_counter(), _cpu()
    orders = [AuditOrder(f"d{at}", "", (f"d{at}.ldf",), 1, "", judging) for at in range(copies)]
    outcomes = {order.label: AuditOutcome(order.label) for order in orders}
    with open_tables() as tables:
        forests = collect(tables, orders, outcomes, folder)
        collected = time.perf_counter() - start
        write_outputs(
            tables,
            forests,
            folder,
            tool=ToolRecord("exchange-analyzer", __version__, "", catalogue.sha256),
            started=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            arguments=judging.arguments(),
            link_to="results.json",
            paper=Paper(),
        )
    total = time.perf_counter() - start
    size = results.stat().st_size // 1000
    name = f"overview of {copies:,} copies, {size} KB each"
    cpu = 1000 * (_cpu() - before) / copies
    _row(name, total, copies / total, cpu, f"{total:.1f}, of which reading {collected:.1f}")


class _Copies:
    """A folder in which one results file stands under every label, with GUIDs of its own."""

    def __init__(self, results: Path, out: Path) -> None:
        self._data, self._out = results.read_bytes(), LocalFolder(str(out))

    def has(self, name: str) -> bool:
        return True

    def read(self, name: str) -> bytes | None:
        number = int(name.partition("/")[0][1:])
        return _GUID_END.sub(rb"\g<1>%012x" % number, self._data)

    def write(self, name: str, render: Render) -> None:
        self._out.write(name, render)


def _row(*cells: object) -> None:
    # Of this process alone, which hands out the orders and consolidates.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    words = (f"{cell:.1f}" if isinstance(cell, float) else str(cell) for cell in (*cells, peak))
    print(f"| {' | '.join(words)} |", file=sys.stdout, flush=True)


def _cpu() -> float:
    return sum(_seconds())


def _seconds() -> Iterator[float]:
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(who)
        yield usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
