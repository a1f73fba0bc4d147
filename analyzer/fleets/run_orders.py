"""Orders and a crew in, outcomes out: a few orders at a time, so that the rest can wait here."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from itertools import chain, islice
from typing import NamedTuple

from analyzer.errors import ReadError
from analyzer.fleets.audit_order import AuditOrder, AuditOutcome
from analyzer.fleets.crews import Crew
from analyzer.fleets.worker_pool import audit_apart

_AHEAD = 3
"""Orders for each pair of hands: one in work, the others on their way."""


class FleetProgress(NamedTuple):
    """How far a run has come."""

    dumps: int
    of_dumps: int
    bytes: int
    of_bytes: int
    failed: int
    kept: int


Watch = Callable[[FleetProgress], None]
"""Told of the progress after every dump."""


def run_orders(
    orders: Iterable[AuditOrder], crew: Crew, watch: Watch | None = None
) -> Iterator[AuditOutcome]:
    """Yield the outcome of every order as it comes, the largest dumps first.

    Raises:
        ReadError: the scheduler of a cluster is lost.
    """
    # The largest first: else the last one begins when the others are done.
    ordered = sorted(orders, key=lambda order: -order.size)
    progress = FleetProgress(0, len(ordered), 0, sum(order.size for order in ordered), 0, 0)
    refused = [(order, _refusal(order)) for order in ordered if order.refused]
    tried = [order for order in ordered if not order.refused]
    for order, outcome in chain(refused, _outcomes(tried, crew)):
        progress = progress._replace(
            dumps=progress.dumps + 1,
            bytes=progress.bytes + order.size,
            failed=progress.failed + bool(outcome.reason),
            kept=progress.kept + outcome.kept,
        )
        if watch is not None:
            watch(progress)
        yield outcome


def _outcomes(
    orders: Iterable[AuditOrder], crew: Crew
) -> Iterator[tuple[AuditOrder, AuditOutcome]]:
    waiting = iter(orders)
    under_way: dict[Future[AuditOutcome], AuditOrder] = {}
    while True:
        for order in islice(waiting, crew.hands * _AHEAD - len(under_way)):
            under_way[crew.executor.submit(audit_apart, order)] = order
        if not under_way:
            return
        for future in wait(under_way, return_when=FIRST_COMPLETED).done:
            order = under_way.pop(future)
            yield order, _outcome(order, future)


def _refusal(order: AuditOrder) -> AuditOutcome:
    return AuditOutcome(order.label, order.refused)


def _outcome(order: AuditOrder, future: "Future[AuditOutcome]") -> AuditOutcome:
    try:
        return future.result()
    except CancelledError as error:
        raise ReadError("the cluster", "the scheduler is lost; run again to continue") from error
    except Exception as error:
        # Dask gives up on what several workers were lost with (`KilledWorker`).
        return AuditOutcome(order.label, f"its workers were lost ({type(error).__name__})")
