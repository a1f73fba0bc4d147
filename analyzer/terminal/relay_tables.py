"""Who may relay, as tables: for everybody, and for one address."""

from collections import Counter
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address

from analyzer.directory import kinds
from analyzer.directory.address_list import Mode
from analyzer.directory.kinds import KindOfObject
from analyzer.inventory import DirectoryObject
from analyzer.open_dump import Dump
from analyzer.relay.for_address import may_relay
from analyzer.relay.judges import judge_relay
from analyzer.relay.verdict import Answer, Relay, RelayVerdict
from analyzer.report.phrases import name_of
from analyzer.report.wording import VERDICT, VERDICT_RANK
from analyzer.terminal.sizes_and_places import place_of
from analyzer.terminal.text_table import TextTable, make_table

_ANSWERS = tuple(Answer)
_YES_NO = {True: "yes", False: "no", None: "not known"}


def listeners_of(dump: Dump) -> tuple[DirectoryObject, ...]:
    """Return the objects of a dump that accept mail."""
    return tuple(
        exchange_object
        for exchange_object in dump.inventory.objects
        if exchange_object.kind.is_listener
    )


def none_listens() -> str:
    """Return what is told of a dump without any."""
    names = " or ".join(kind.singular for kind in kinds.KINDS if kind.is_listener)
    return f"there is no {names} in this dump"


def relay_table(listeners: Sequence[DirectoryObject]) -> TextTable:
    """Return one row per listener, the most exposed first."""
    judged = [(listener, judge_relay(listener)) for listener in listeners]
    judged.sort(key=lambda pair: VERDICT_RANK.index(pair[1].verdict))
    return make_table(
        (_heading(listeners), "Relay", "Confidence", "Without logging on", "Logged on", "Where"),
        [
            (
                name_of(listener.server, listener.name),
                VERDICT[relay.verdict],
                relay.confidence,
                _without_logon(relay),
                _YES_NO[relay.authenticated_may_relay],
                place_of(listener.entry.source),
            )
            for listener, relay in judged
        ],
    )


def address_table(address: IPv4Address, listeners: Sequence[DirectoryObject]) -> TextTable:
    """Return one row per listener: may this host relay, and why."""
    answers = [(listener, may_relay(address, listener)) for listener in listeners]
    answers.sort(key=lambda pair: _ANSWERS.index(pair[1].answer))
    return make_table(
        (_heading(listeners), "May relay", "Confidence", "Why", "Where"),
        [
            (
                name_of(listener.server, listener.name),
                answer.answer,
                answer.relay.confidence,
                answer.why,
                place_of(listener.entry.source),
            )
            for listener, answer in answers
        ],
    )


def address_sentence(
    address: IPv4Address, listeners: Sequence[DirectoryObject], table: TextTable
) -> str:
    """Return the answer over all listeners in one sentence."""
    counts = Counter(row[1] for row in table.rows)
    names = " and ".join(kind.plural for kind in _kinds_of(listeners))
    return (
        f"{address} may relay without logging on through {counts[Answer.YES]} of {len(table.rows)} "
        f"{names}, after logging on through {counts[Answer.AFTER_LOGON]}; "
        f"{counts[Answer.CANNOT_TELL]} cannot be told."
    )


def _kinds_of(listeners: Sequence[DirectoryObject]) -> Iterable[KindOfObject]:
    return dict.fromkeys(listener.kind for listener in listeners)


def _heading(listeners: Sequence[DirectoryObject]) -> str:
    # All of them speak SMTP: a column need not say so.
    names = (kind.singular.removeprefix("SMTP ") for kind in _kinds_of(listeners))
    return " or ".join(names).capitalize()


def _without_logon(relay: Relay) -> str:
    if relay.logon_first and relay.verdict is not RelayVerdict.UNKNOWN:
        return "nobody"
    listed = ", ".join(map(str, relay.networks))
    match relay.verdict:
        case RelayVerdict.OPEN:
            return f"everybody except {listed}" if _has_exceptions(relay) else "everybody"
        case RelayVerdict.LISTED:
            return f"only {listed}"
        case RelayVerdict.UNKNOWN:
            return "not known"
    return "nobody"


def _has_exceptions(relay: Relay) -> bool:
    return relay.mode is Mode.ALL_EXCEPT and bool(relay.networks)
