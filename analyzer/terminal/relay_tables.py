"""Who may relay, as tables: for everybody, and for one address."""

from collections import Counter
from collections.abc import Iterable, Sequence

from analyzer.directory import kinds
from analyzer.directory.address_list import Mode
from analyzer.directory.kinds import KindOfObject
from analyzer.directory.names import name_left_behind
from analyzer.directory.networks import Address
from analyzer.inventory import DirectoryObject
from analyzer.open_dump import Dump
from analyzer.relay.forest import know_forest
from analyzer.relay.judges import judge_relay
from analyzer.relay.session import Session, trace_sessions
from analyzer.relay.verdict import Answer, Relay, RelayVerdict
from analyzer.relay.virtual_server import left_by
from analyzer.report.phrases import name_of, verdict_word
from analyzer.report.wording import VERDICT_RANK
from analyzer.terminal.sizes_and_places import place_of
from analyzer.terminal.text_table import TextTable, make_table

_ANSWERS = tuple(Answer)
_YES_NO = {True: "yes", False: "no", None: "not known"}


def has_listeners(dump: Dump) -> bool:
    """Tell whether a dump holds an object that accepts mail."""
    return any(each.kind.is_listener for each in dump.inventory.objects)


def none_listens() -> str:
    """Return what is told of a dump without any."""
    names = " or ".join(kind.singular for kind in kinds.KINDS if kind.is_listener)
    return f"there is no {names} in this dump"


def relay_table(dump: Dump) -> TextTable:
    """Return one row per listener, the most exposed first."""
    forest = know_forest(dump.inventory)
    listeners = [each for each in dump.inventory.objects if each.kind.is_listener]
    judged = [(listener, judge_relay(listener, forest)) for listener in listeners]
    judged.sort(key=lambda pair: VERDICT_RANK.index(pair[1].verdict))
    return make_table(
        (_heading(listeners), "Relay", "Confidence", "Without logging on", "Logged on", "Where"),
        [
            (
                name_of(listener.server, name_left_behind(listener.name, left_by(listener))),
                verdict_word(relay),
                relay.confidence,
                _without_logon(relay),
                _YES_NO[relay.authenticated_may_relay],
                place_of(listener.entry.source),
            )
            for listener, relay in judged
        ],
    )


def address_answer(dump: Dump, address: Address, port: int) -> tuple[TextTable, str]:
    """Return one row per server and session, may this host relay and why, and a sentence."""
    sessions = sorted(
        trace_sessions(address, port, dump.inventory, know_forest(dump.inventory)),
        key=lambda session: _ANSWERS.index(session.answer),
    )
    listeners = [session.listener for session in sessions if session.listener]
    table = make_table(
        (_heading(listeners), "May relay", "Confidence", "Why", "Where"),
        [
            (
                _name_of(session),
                session.answer,
                session.confidence,
                session.reasons[0],
                place_of(session.listener.entry.source) if session.listener else "",
            )
            for session in sessions
        ],
    )
    return table, _address_sentence(address, listeners, sessions)


def _name_of(session: Session) -> str:
    if session.listener is None:
        return session.server_name or "a server that is not in the dump"
    return name_of(session.listener.server, session.listener.name)


def _address_sentence(
    address: Address, listeners: Sequence[DirectoryObject], sessions: Sequence[Session]
) -> str:
    """Return the answer over all sessions in one sentence."""
    counts = Counter(session.answer for session in sessions if session.listener)
    names = " and ".join(kind.plural for kind in _kinds_of(listeners)) or "servers"
    return (
        f"{address} may relay without logging on through {counts[Answer.YES]} of {len(listeners)} "
        f"{names}, after logging on through {counts[Answer.AFTER_LOGON]}; "
        f"{counts[Answer.CANNOT_TELL]} cannot be told."
    )


def notes_on(dump: Dump) -> list[str]:
    """Return what had to be decided about the records of the listeners, a line each."""
    return [
        f"{name_of(listener.server, listener.name)} ({place_of(listener.entry.source)}): {note}"
        for listener in dump.inventory.objects
        if listener.kind.is_listener
        for note in listener.notes
    ]


def _kinds_of(listeners: Sequence[DirectoryObject]) -> Iterable[KindOfObject]:
    return dict.fromkeys(listener.kind for listener in listeners)


def _heading(listeners: Sequence[DirectoryObject]) -> str:
    # All of them speak SMTP: a column need not say so.
    names = (kind.singular.removeprefix("SMTP ") for kind in _kinds_of(listeners))
    return (" or ".join(names) or "server").capitalize()


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
