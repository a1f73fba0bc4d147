"""Who may relay, as tables: for everybody, and for one address."""

from collections import Counter
from collections.abc import Sequence
from ipaddress import IPv4Address

from analyzer.directory.address_list import Mode
from analyzer.inventory import DirectoryObject
from analyzer.relay.forest import Forest
from analyzer.relay.judges import judge_relay, may_relay
from analyzer.relay.verdict import Answer, Relay, RelayVerdict
from analyzer.report.wording import VERDICT, VERDICT_RANK, name_of
from analyzer.terminal.text_table import Table, make_table, place_of

_ANSWERS = tuple(Answer)
_YES_NO = {True: "yes", False: "no", None: "not known"}


def relay_table(virtual_servers: Sequence[DirectoryObject], forest: Forest) -> Table:
    """Return one row per virtual server, the most exposed first."""
    judged = [(item, judge_relay(item, forest)) for item in virtual_servers]
    judged.sort(key=lambda pair: VERDICT_RANK.index(pair[1].verdict))
    return make_table(
        ("Virtual server", "Relay", "Confidence", "Without logging on", "Logged on", "Where"),
        [
            (
                name_of(item.server, item.name),
                VERDICT[relay.verdict],
                relay.confidence,
                _without_logon(relay),
                _YES_NO[relay.authenticated_may_relay],
                place_of(item.entry.source),
            )
            for item, relay in judged
        ],
    )


def address_table(
    address: IPv4Address, virtual_servers: Sequence[DirectoryObject], forest: Forest
) -> Table:
    """Return one row per virtual server: may this host relay, and why."""
    answers = [(item, may_relay(address, item, forest)) for item in virtual_servers]
    answers.sort(key=lambda pair: _ANSWERS.index(pair[1].answer))
    return make_table(
        ("Virtual server", "May relay", "Confidence", "Why", "Where"),
        [
            (
                name_of(item.server, item.name),
                found.answer,
                found.relay.confidence,
                found.why,
                place_of(item.entry.source),
            )
            for item, found in answers
        ],
    )


def address_sentence(address: IPv4Address, table: Table) -> str:
    """Return the answer over all virtual servers in one sentence."""
    counts = Counter(row[1] for row in table.rows)
    return (
        f"{address} may relay without logging on through {counts[Answer.YES]} of {len(table.rows)} "
        f"SMTP virtual servers, after logging on through {counts[Answer.AFTER_LOGON]}; "
        f"{counts[Answer.CANNOT_TELL]} cannot be told."
    )


def _without_logon(relay: Relay) -> str:
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
