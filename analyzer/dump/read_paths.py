"""Paths in, readings out, in order; big files side by side in processes of their own."""

from collections.abc import Iterator, Sequence
from functools import partial

from msgspec.structs import replace

from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.members import Member, find_members
from analyzer.dump.processes import PAYS_FROM, Worker
from analyzer.dump.read_member import entries_of, read_member
from analyzer.dump.read_options import MAX_WANTED_IN_ALL, ReadOptions
from analyzer.dump.reading import Reading
from analyzer.dump.split_parts import apart, with_parts_joined
from analyzer.dump.tally import check_wanted
from analyzer.dump.wanted import Wanted, is_auxiliary
from analyzer.errors import ReadError
from analyzer.platform_calls import can_fork, cores


def read_inputs(
    paths: Sequence[str | Member], wanted: Wanted, options: ReadOptions | None = None
) -> list[Reading]:
    """Read dumps and keep their wanted entries.

    Raises:
        ReadError: a path names nothing, a named file is no dump, or there is more than any has.
    """
    readings: list[Reading] = []
    passed_over: list[tuple[Unreadable, ReadError]] = []
    wanted_entries = 0
    for member, outcome in _read_members(paths, wanted, options or ReadOptions()):
        if isinstance(outcome, Reading):
            readings += apart(outcome, member, wanted)
            wanted_entries += sum(
                not is_auxiliary(entry.dn, entry.get("objectclass"), wanted)
                for entry in outcome.entries
            )
            check_wanted(member.path, wanted_entries, MAX_WANTED_IN_ALL)
        elif member.named:
            raise outcome
        else:
            passed_over.append((Unreadable(member.path, None, None, outcome.reason), outcome))
    if not readings:
        raise passed_over[0][1] if passed_over else ReadError("-", "no input was named")
    skipped = tuple(unreadable for unreadable, _ in passed_over)
    return [replace(readings[0], unreadable=readings[0].unreadable + skipped), *readings[1:]]


def iter_entries(
    paths: Sequence[str | Member], wanted: Wanted, options: ReadOptions
) -> Iterator[Entry]:
    """Yield every readable entry of every input, in order.

    Raises:
        ReadError: a path names nothing, or a named file is no dump.
    """
    for member in with_parts_joined(find_members(paths)):
        try:
            yield from entries_of(member, wanted, options)
        except ReadError:
            if member.named:
                raise


def _read_members(
    paths: Sequence[str | Member], wanted: Wanted, options: ReadOptions
) -> Iterator[tuple[Member, Reading | ReadError]]:
    jobs = (options.jobs or cores()) if can_fork() else 1
    apart: list[tuple[Member, Worker[Member, Reading]]] = []
    spread = jobs > 1 and sum(_is_big(member) for member in find_members(paths)) > 1
    read = partial(read_member, wanted=wanted, options=replace(options, jobs=1, progress=None))
    try:
        for member in with_parts_joined(find_members(paths)):
            if spread and _is_big(member):
                if len(apart) >= jobs:
                    yield _joined(*apart.pop(0), options)
                worker: Worker[Member, Reading] = Worker(read, member.path)
                worker.send(member)
                apart.append((member, worker))
                continue
            while apart:
                yield _joined(*apart.pop(0), options)
            try:
                outcome: Reading | ReadError = read_member(member, wanted, options)
            except ReadError as error:
                outcome = error
            yield member, outcome
        while apart:
            yield _joined(*apart.pop(0), options)
    finally:
        for _, worker in apart:
            worker.stop()


def _is_big(member: Member) -> bool:
    return member.file is not None and not member.refused and member.size >= PAYS_FROM


def _joined(
    member: Member, worker: Worker[Member, Reading], options: ReadOptions
) -> tuple[Member, Reading | ReadError]:
    try:
        reading = worker.result()
    except ReadError as error:
        return member, error
    finally:
        worker.stop()
    if options.progress is not None:
        options.progress(member.path, member.size, member.size)
    return member, reading
