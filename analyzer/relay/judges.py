"""A listener in, who may relay through it out: the one place that knows whose judge is which."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from analyzer.directory import kinds
from analyzer.directory.kinds import KindOfObject
from analyzer.inventory import DirectoryObject
from analyzer.relay import virtual_server, words
from analyzer.relay.verdict import Confidence, Relay, RelayVerdict


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
    """Return who may relay through a listener; of several copies the worst one counts."""
    judge = JUDGES[listener.kind].judge
    if not listener.copies:
        return judge(listener)
    relays = [judge(copy) for copy in listener.copies]
    worst = min(relays, key=lambda relay: list(RelayVerdict).index(relay.verdict))
    others = Counter(relay.verdict for relay in relays if relay is not worst)
    sentence = words.worst_of_copies(len(relays), [str(verdict) for verdict in others])
    changes = (words.changed(change.text) for change in listener.changes)
    return replace(
        worst,
        confidence=Confidence.ASSUMED,
        reasons=(sentence, *worst.reasons, *changes),
        doubt=worst.doubt or sentence,
    )
