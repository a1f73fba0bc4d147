"""A listener in, who may relay through it out: the one place that knows whose judge is which."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from analyzer.directory import kinds
from analyzer.directory.kinds import KindOfObject
from analyzer.inventory import DirectoryObject
from analyzer.relay import virtual_server
from analyzer.relay.verdict import Relay


class Judge(NamedTuple):
    """How one kind of listener is judged."""

    judge: Callable[[DirectoryObject], Relay]
    """Never raises: what is missing or cannot be read is a verdict too."""
    evidence: tuple[str, ...]
    """Attributes the verdict rests on, whatever it is."""


JUDGES: Mapping[KindOfObject, Judge] = {
    kinds.VIRTUAL_SERVER: Judge(virtual_server.judge_virtual_server, virtual_server.EVIDENCE),
}
"""One row for each kind of listener in the table of kinds."""


def judge_relay(listener: DirectoryObject) -> Relay:
    """Return who may relay through a listener."""
    return JUDGES[listener.kind].judge(listener)
