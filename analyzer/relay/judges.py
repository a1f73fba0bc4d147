"""A listener in, who may relay through it out: the one place that knows whose judge is which."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from analyzer.directory import kinds
from analyzer.directory.kinds import KindOfObject
from analyzer.directory.networks import Address
from analyzer.inventory import DirectoryObject
from analyzer.relay import receive_connector, virtual_server, words
from analyzer.relay.for_address import answer_by_list
from analyzer.relay.forest import Forest
from analyzer.relay.local_addresses import listens_privately
from analyzer.relay.verdict import Confidence, HostAnswer, Relay, RelayVerdict


class Judge(NamedTuple):
    """How one kind of listener is judged."""

    judge: Callable[[DirectoryObject, Forest], Relay]
    """Never raises: what is missing or cannot be read is a verdict too."""
    evidence: tuple[str, ...]
    """Attributes the verdict rests on, whatever it is."""
    answer: Callable[[Address, Relay], HostAnswer] = answer_by_list
    """What the verdict means for one host that can connect."""


JUDGES: Mapping[KindOfObject, Judge] = {
    kinds.VIRTUAL_SERVER: Judge(virtual_server.judge_virtual_server, virtual_server.EVIDENCE),
    kinds.RECEIVE_CONNECTOR: Judge(
        receive_connector.judge_receive_connector,
        receive_connector.EVIDENCE,
        receive_connector.answer_by_rights,
    ),
}
"""One row for each kind of listener in the table of kinds."""


def judge_relay(listener: DirectoryObject, forest: Forest) -> Relay:
    """Return who may relay through a listener; of several copies the worst one counts."""
    judge = JUDGES[listener.kind].judge
    if not listener.copies:
        return _placed(judge(listener, forest), private=listens_privately(listener))
    relays = [judge(copy, forest) for copy in listener.copies]
    worst = min(relays, key=lambda relay: list(RelayVerdict).index(relay.verdict))
    others = Counter(relay.verdict for relay in relays if relay is not worst)
    sentence = words.worst_of_copies(len(relays), [str(verdict) for verdict in others])
    changes = (words.changed(change.text) for change in listener.changes)
    private = all(map(listens_privately, (listener, *listener.copies)))
    placed = _placed(worst, private=private)
    return replace(
        placed,
        confidence=Confidence.ASSUMED,
        reasons=(sentence, *placed.reasons, *changes),
        doubt=worst.doubt or sentence,
    )


def _placed(relay: Relay, *, private: bool) -> Relay:
    """Return a verdict with where the listener is; who relays for anybody gives it as a reason."""
    if not private:
        return relay
    inside = relay.verdict is RelayVerdict.OPEN
    reasons = (*relay.reasons, words.PRIVATE_LISTENER) if inside else relay.reasons
    return replace(relay, private_listener=True, reasons=reasons)


def may_relay(address: Address, listener: DirectoryObject, forest: Forest) -> HostAnswer:
    """Return whether a host with this address may relay through a listener that it connects to."""
    return JUDGES[listener.kind].answer(address, judge_relay(listener, forest))
