"""Where audits are made: on this computer, or on the workers of a Dask cluster.

Either is an executor of `concurrent.futures`, which both the standard library and
`distributed.Client` provide, so that there is one way to hand out orders and to wait for them.
What runs is `audit_apart` on any of them.
"""

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from analyzer.errors import ReadError, UsageError
from analyzer.fleets.worker_pool import release_workers, start_workers, stop_workers
from analyzer.platform_calls import cores
from analyzer.small_files import read_small_file
from analyzer.toml_text import parse_toml

_LARGEST_FILE = 1 << 20
_KEYS = ("scheduler", "scheduler-file", "tls-ca-file", "tls-cert", "tls-key")
_PATIENCE = 30
"""Seconds to wait for the scheduler."""


class Cluster(NamedTuple):
    """A Dask cluster that exists already."""

    scheduler: str = ""
    """Address, such as `tcp://192.0.2.1:8786` or `tls://...`."""
    scheduler_file: str = ""
    """File in which the scheduler wrote its address, in the place of that."""
    tls_ca_file: str = ""
    tls_cert: str = ""
    tls_key: str = ""


class Crew(NamedTuple):
    """Whoever takes orders."""

    executor: Executor
    hands: int
    """How many dumps are audited at the same time."""


def read_cluster(file: str) -> Cluster:
    """Return the cluster that a TOML file describes.

    Raises:
        ReadError: the file cannot be read, or has an unknown key.
    """
    try:
        document = parse_toml(read_small_file(Path(file), _LARGEST_FILE))
    except OSError as error:
        reason = f"cannot be read: {(error.strerror or '').lower()}"
        raise ReadError(file, reason) from error
    except ValueError as error:
        raise ReadError(file, str(error)) from error
    for key, value in document.items():
        if key not in _KEYS or not isinstance(value, str):
            raise ReadError(file, f"unknown key {key!r:.60}; expected {', '.join(_KEYS)}")
    return Cluster(**{key.replace("-", "_"): str(value) for key, value in document.items()})


@contextmanager
def crew_of(cluster: Cluster | None, jobs: int | None) -> Iterator[Crew]:
    """Have a crew at work: that of a cluster, or so many processes of this computer.

    Raises:
        ReadError: the scheduler does not answer.
        UsageError: `distributed` is not installed.
    """
    with _local(jobs or cores()) if cluster is None else _distributed(cluster) as crew:
        yield crew


@contextmanager
def _local(jobs: int) -> Iterator[Crew]:
    start_workers()
    # A thread waits for each process: the work is done there.
    executor = ThreadPoolExecutor(jobs, thread_name_prefix="audit")
    try:
        yield Crew(executor, jobs)
    finally:
        # The order matters where the run is interrupted: a thread waits until its process ends.
        executor.shutdown(wait=False, cancel_futures=True)
        stop_workers()
        executor.shutdown(wait=True)


@contextmanager
def _distributed(cluster: Cluster) -> Iterator[Crew]:
    try:
        from distributed import Client
        from distributed.security import Security
    except ImportError:
        raise UsageError(
            'a cluster needs Dask: install "exchange-analyzer[fleet]"', "--scheduler"
        ) from None
    where = cluster.scheduler or cluster.scheduler_file
    security = Security(
        tls_ca_file=cluster.tls_ca_file or None,
        tls_client_cert=cluster.tls_cert or None,
        tls_client_key=cluster.tls_key or None,
        require_encryption=bool(cluster.tls_ca_file),
    )
    named = {"scheduler_file": where} if cluster.scheduler_file else {"address": where}
    try:
        client = Client(**named, security=security, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = f"the scheduler does not answer ({type(error).__name__})"
        raise ReadError(where, reason) from error
    with client:
        hands = sum(client.nthreads().values())
        # Not `pure`: a dump may have changed since it was audited last.
        executor = client.get_executor(pure=False)
        try:
            yield Crew(executor, max(hands, 1))
        finally:
            executor.shutdown(wait=False)
            # Whoever is not there any more has no process either.
            with suppress(Exception):
                client.run(release_workers)
