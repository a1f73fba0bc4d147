"""Inputs in, an audit of every dump and the outputs on all of them out."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from analyzer.catalogue import Catalogue, load_catalogue
from analyzer.errors import OutputError, ReadError
from analyzer.fleets.audit_order import AuditOrder, AuditOutcome, Judging
from analyzer.fleets.consolidation import Consolidated, collect, write_outputs
from analyzer.fleets.crews import Cluster, crew_of
from analyzer.fleets.dump_list import list_dumps
from analyzer.fleets.fleet_parquet import (
    dump_columns,
    dump_rows,
    finding_columns,
    finding_rows,
)
from analyzer.fleets.fleet_tables import Tables, open_tables
from analyzer.fleets.run_orders import Watch, run_orders
from analyzer.fleets.store_access import check_url, is_url
from analyzer.fleets.stores import output_folder
from analyzer.report.paper import Paper
from analyzer.results.records import ToolRecord
from analyzer.version import __version__

if TYPE_CHECKING:
    from analyzer.dataframes import DataFrame


class FleetPlan(Struct, frozen=True):
    """What is to be audited, how, and where."""

    inputs: tuple[str, ...]
    output: str
    """The folder that everything goes to: a path or a URL."""
    judging: Judging
    catalogue: Catalogue
    paper: Paper
    cluster: Cluster | None = None
    """None for processes of this computer."""
    jobs: int | None = None
    """So many processes; None for one a core."""


class FleetFrames(NamedTuple):
    """What a fleet came to, as DataFrames."""

    dumps: "DataFrame"
    """One row a dump, by its label."""
    findings: "DataFrame"
    """One row a finding of every dump; `counted` tells those of the dump that counts."""


class FleetOutcome(NamedTuple):
    """What a run came to."""

    consolidated: Consolidated
    kept: int
    """Audits of earlier runs that were kept."""


def run_fleet(
    plan: FleetPlan,
    *,
    watch: Watch | None = None,
    look: Callable[[Tables], None] = lambda _: None,
) -> FleetOutcome:
    """Audit every dump, and write the outputs on all of them.

    `look` gets the tables that these are written from; they end with the run.

    Raises:
        ReadError: an input names nothing, there is no dump, or a cluster does not answer.
        OutputError: the folder or an output on all dumps cannot be written.
        UsageError: an input or URL is refused, or a package is missing.
    """
    started = datetime.now(UTC)
    check_url(plan.output)
    orders = _orders(plan)
    _check_output(plan.output)
    with crew_of(plan.cluster, plan.jobs) as crew:
        outcomes = {outcome.label: outcome for outcome in run_orders(orders, crew, watch)}
    with open_tables() as tables:
        consolidated = _consolidate(plan, orders, outcomes, started, tables)
        look(tables)
    kept = sum(outcome.kept for outcome in outcomes.values())
    return FleetOutcome(consolidated, kept)


def _orders(plan: FleetPlan) -> list[AuditOrder]:
    orders = [
        AuditOrder(
            label=dump.label,
            client=dump.client,
            paths=_for_workers(dump.paths, plan),
            size=dump.size,
            folder=_whole_path(plan.output),
            judging=plan.judging,
            refused=dump.refused,
            waivers=_for_workers(dump.waivers, plan),
            baseline="".join(_for_workers(filter(None, [dump.baseline]), plan)),
        )
        for dump in list_dumps(plan.inputs, plan.output)
    ]
    if not orders:
        raise ReadError(plan.inputs[0], "no dump was found")
    return orders


def _for_workers(names: Iterable[str], plan: FleetPlan) -> tuple[str, ...]:
    """Return paths as workers find them; those of a cluster run in folders of their own."""
    return tuple(map(_whole_path, names)) if plan.cluster else tuple(names)


def _whole_path(name: str) -> str:
    return name if is_url(name) else str(Path(name).absolute())


def _check_output(output: str) -> None:
    """Look whether the folder can be written to, before any work is done for it."""
    if is_url(output):
        return
    try:
        Path(output).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(output, f"the folder cannot be made: {reason}") from error


def _consolidate(
    plan: FleetPlan,
    orders: Sequence[AuditOrder],
    outcomes: dict[str, AuditOutcome],
    started: datetime,
    tables: Tables,
) -> Consolidated:
    folder = output_folder(plan.output)
    forests = collect(tables, orders, outcomes, folder)
    judging, catalogue = plan.judging, plan.catalogue
    each = next((form for form in ("html", "xlsx", "docx") if form in judging.each), "")
    return write_outputs(
        tables,
        forests,
        folder,
        tool=ToolRecord("exchange-analyzer", judging.version, catalogue.version, catalogue.sha256),
        started=started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        arguments=judging.arguments(),
        link_to=f"report.{each}" if each else "results.json",
        paper=plan.paper,
    )


def frames_of(tables: Tables) -> FleetFrames:
    """Return the dumps and their findings; of big fleets they fill the memory."""
    from analyzer.dataframes import frame_of_rows

    return FleetFrames(
        frame_of_rows(list(dump_rows(tables)), dump_columns(), index="label"),
        frame_of_rows(list(finding_rows(tables)), finding_columns()),
    )


def audit_fleet(
    inputs: Sequence[str],
    output: str,
    *,
    rules: Sequence[str],
    jobs: int | None,
    scheduler: str,
    each: Sequence[str],
    small_business_server: bool,
    gateway: str,
    frameworks: Sequence[str],
    profile: str,
    waivers: Sequence[str],
    force: bool,
    time_limit: int,
    memory_limit: int,
) -> FleetFrames:
    """Audit a fleet as the library does it; see `analyzer.fleet`."""
    catalogue = load_catalogue([Path(folder) for folder in rules])
    judging = Judging(
        version=__version__,
        catalogue_sha256=catalogue.sha256,
        rules=tuple(map(_whole_path, rules)) if scheduler else tuple(rules),
        small_business_server=small_business_server,
        gateway=gateway,
        frameworks=tuple(frameworks),
        profile=_whole_path(profile) if profile and scheduler else profile,
        waivers=tuple(map(_whole_path, waivers)) if scheduler else tuple(waivers),
        each=tuple(each),
        force=force,
        time_limit=time_limit,
        memory_limit=memory_limit,
    )
    cluster = Cluster(scheduler) if scheduler else None
    plan = FleetPlan(tuple(inputs), output, judging, catalogue, Paper(), cluster, jobs)
    frames: list[FleetFrames] = []
    run_fleet(plan, look=lambda tables: frames.append(frames_of(tables)))
    return frames[0]
