"""Results in, who may relay through each listener out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from analyzer.directory.kinds import KINDS
from analyzer.directory.networks import ALL_ADDRESSES
from analyzer.report.counts import AcceptedListeners
from analyzer.report.phrases import (
    aside_in_words,
    capital,
    name_listener,
    noun_of,
    place_of,
    population,
    setting_text,
    verdict_in_words,
    verdict_word,
    yes_no,
)
from analyzer.report.section import (
    CarriedTable,
    Cell,
    Column,
    ColumnGroup,
    ColumnKind,
    Link,
    Links,
    Row,
    Section,
)
from analyzer.report.sections import waiver_list
from analyzer.report.sections.evidence_list import RELAY_ATTRIBUTES, relay_evidence
from analyzer.report.tones import TONES
from analyzer.report.wording import (
    CONFIDENCE,
    COVERS,
    LIST_MODE,
    NO_SERVER,
    VERDICT_WORDS,
)
from analyzer.results.object_keys import ObjectKey, ObjectKeys, title_of
from analyzer.results.records import Listener, ReceiveConnectorRecord, RelayRecord, Results

TITLE = "Relay exposure"
_SHOWN_RANGES = 8
# The settings of any kind of listener that say where it listens, and where its mail goes next.
_BINDINGS = ("msExchServerBindings", "msExchSmtpReceiveBindings")
_SMART_HOST = ("msExchSmtpSmartHost",)


class JudgedListener(NamedTuple):
    """A listener, who may relay through it, and what that rests on."""

    listener: Listener
    relay: RelayRecord
    evidence: Cell
    dn: str
    """With what tells it from the others of its DN, if there are any."""


def judged_listeners(results: Results) -> list[JudgedListener]:
    """Return the listeners whose relay was judged, the most exposed first."""
    keys = ObjectKeys(results)
    index = relay_evidence(results, keys)
    judged = [
        JudgedListener(listener, listener.relay, _evidence(listener, key, index), _dn(key))
        for listener in results.listeners
        if listener.relay is not None
        for key in (keys.of_record(listener),)
    ]
    judged.sort(
        key=lambda pair: (
            bool(pair.listener.left_by),
            VERDICT_WORDS.index(verdict_word(pair.relay)),
            pair.relay.verdict == "open" and pair.relay.private_listener,
            pair.listener.server or "",
            pair.listener.dn,
        )
    )
    return judged


def sections(results: Results) -> tuple[Section, ...]:
    """Return the exposure of every listener; nothing where relay was not judged."""
    judged = judged_listeners(results)
    if not judged:
        return ()
    listeners = [pair.listener for pair in judged]
    accepted = AcceptedListeners(results)
    mixed = _is_mixed(listeners)
    return (
        Section(
            key="relay-exposure",
            title=TITLE,
            intro=(
                f"{_population(listeners)}, the most exposed first: who may send"
                " mail to other domains through each, and what that rests on."
            ),
            columns=_columns(listeners, accepted=bool(accepted)),
            rows=lambda: (_row(each, accepted, mixed=mixed) for each in judged),
            count=len(judged),
            table="tblRelay",
            frozen=2,
            in_print_set=True,
            carried=CARRIED,
        ),
    )


def _population(listeners: Sequence[Listener]) -> str:
    """Say how many there are, and how many more were left behind."""
    used = [listener for listener in listeners if not listener.left_by]
    aside = aside_in_words(listeners)
    return f"{population(used)}{' and ' + aside if aside else ''}"


def _columns(listeners: Sequence[Listener], *, accepted: bool) -> tuple[Column, ...]:
    return (
        Column("Server", 12),
        Column(capital(noun_of(listeners)), 25),
        # One kind alone needs no column that says which it is.
        *((Column("Kind", 14),) if _is_mixed(listeners) else ()),
        Column("Address and port", 20),
        Column("Verdict", 17, ColumnKind.WORD, tones=TONES),
        *((Column("Accepted by waiver", 12),) if accepted else ()),
        Column("Relay list mode", 14),
        Column("Decoded ranges", 19),
        Column("Addresses covered", 15, ColumnKind.NUMBER),
        Column("Ranges reach", 9),
        Column("Authenticated may relay", 13),
        Column("Anonymous allowed", 11),
        Column("Basic logon", 8),
        Column("TLS required", 9),
        Column("Confidence", 10, ColumnKind.WORD, tones=TONES, screen_only=True),
        Column("Entries", 8, ColumnKind.NUMBER, screen_only=True),
        Column("Smart host", 16, screen_only=True),
        Column("Who may connect", 20, screen_only=True),
        Column("Domains on the list", 16, screen_only=True),
        Column("Evidence", 10, screen_only=True),
        Column("Decision", 18, group=ColumnGroup.REVIEWER, choices="Decisions"),
        Column("Comment", 40, group=ColumnGroup.REVIEWER),
        Column("Reasoning", 110, group=ColumnGroup.DETAIL, below="Verdict"),
        Column("Object DN", 50, group=ColumnGroup.DETAIL),
    )


def _is_mixed(listeners: Sequence[Listener]) -> bool:
    return len({listener.kind_of_object for listener in listeners}) > 1


CARRIED = CarriedTable(
    title=TITLE,
    columns=(
        *_columns((), accepted=True),
        Column("Kind", 16),
        *(Column(capital(kind.short or kind.singular), 26) for kind in KINDS if kind.is_listener),
    ),
    key="Object DN",
    compared=("Verdict", "Decoded ranges"),
    about=("Server", "Object DN"),
)


def _row(judged: JudgedListener, accepted: AcceptedListeners, *, mixed: bool) -> Row:
    listener, relay, evidence, dn = judged
    ranges = list(relay.addresses[:_SHOWN_RANGES])
    rest = len(relay.addresses) - len(ranges)
    if rest:
        ranges.append(f"and {rest:,} more, see Relay ranges")
    return (
        listener.server or NO_SERVER,
        name_listener(listener),
        *((listener.kind_of_object.heading,) if mixed else ()),
        _setting(listener, _BINDINGS),
        verdict_in_words(relay),
        *((_waivers(accepted.waivers_of(listener)),) if accepted else ()),
        LIST_MODE.get(relay.mode or "", "No list"),
        "\n".join(ranges),
        _covered(relay),
        COVERS.get(relay.covers, "Unknown"),
        yes_no(relay.authenticated_may_relay),
        yes_no(relay.anonymous),
        yes_no(relay.basic),
        yes_no(relay.tls_required),
        CONFIDENCE.get(relay.confidence, relay.confidence),
        len(relay.addresses),
        _setting(listener, _SMART_HOST),
        _who_may_connect(listener) or relay.connection_control or "Anybody",
        # How a list stores domain names is not known (directory/address_list.py).
        None,
        evidence,
        None,
        None,
        "\n".join((*relay.reasons, *_permission_groups(listener), *listener.notes)),
        dn,
    )


def _waivers(ids: Sequence[str]) -> Cell:
    return Links(tuple(Link(each, waiver_list.KEY, each) for each in ids)) if ids else None


def _covered(relay: RelayRecord) -> int | str:
    """Return how many addresses may relay; of IPv6 there are more than anybody can read."""
    number = relay.addresses_covered
    if number is not None and number > ALL_ADDRESSES:
        return "Every address" if relay.covers == "everything" else "Networks of IPv6"
    return "Unknown" if number is None else number


def _who_may_connect(listener: Listener) -> str:
    """Return the remote ranges of a receive connector; empty for other listeners."""
    if not isinstance(listener, ReceiveConnectorRecord):
        return ""
    shown = listener.remote_ranges[:_SHOWN_RANGES]
    rest = len(listener.remote_ranges) - len(shown)
    return "\n".join((*shown, *([f"and {rest:,} more"] if rest else [])))


def _permission_groups(listener: Listener) -> Iterator[str]:
    if isinstance(listener, ReceiveConnectorRecord) and listener.permission_groups is not None:
        groups = ", ".join(listener.permission_groups) or "none"
        yield f"Permission groups as the shell shows them: {groups}."


def _setting(listener: Listener, attributes: Sequence[str]) -> str:
    """Return the first of some settings that this kind of listener has."""
    texts = (setting_text(listener.settings.get(attribute)) for attribute in attributes)
    return next(filter(None, texts), "")


def _dn(key: ObjectKey) -> str:
    """Return the DN of a listener; by the line below it reviewers' entries find the right row."""
    return key if isinstance(key, str) else f"{key[0]}\n{title_of(key)}"


def _evidence(
    listener: Listener, key: ObjectKey, index: Mapping[tuple[ObjectKey, str], str]
) -> Cell:
    """Return the evidence of the verdict; without any, where the object stands in the dump."""
    for attribute in RELAY_ATTRIBUTES:
        evidence_id = index.get((key, attribute))
        if evidence_id:
            return Link(evidence_id, "evidence", evidence_id)
    return place_of(listener.source)
