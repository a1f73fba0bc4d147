"""The listeners of two audits in, of which somebody else may relay now out, the worsened first."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, get_args

from msgspec.structs import replace

from analyzer.changes.comparison import Comparison
from analyzer.changes.found_values import not_shown, vanished_relay
from analyzer.changes.sides import Side
from analyzer.relay.verdict import Confidence, RelayVerdict
from analyzer.results.object_keys import ObjectKey, guid_of_record
from analyzer.results.records import ChangedRelay, DirectionWord, Listener, RelayRecord

_EXPOSURE = (
    RelayVerdict.OPEN,
    RelayVerdict.LISTED,
    RelayVerdict.AUTHENTICATED,
    RelayVerdict.CLOSED,
)


class _ListenerVerdict(NamedTuple):
    """A listener and who may relay through it."""

    listener: Listener
    relay: RelayRecord


def changed_relay(comparison: Comparison) -> tuple[ChangedRelay, ...]:
    """Return the listeners whose verdict changed, appeared or went."""
    old, new = _listeners(comparison.old), _listeners(comparison.new)
    # A workbook shows the first ranges of a list only.
    lists = not (comparison.old.from_workbook or comparison.new.from_workbook)
    changes: list[ChangedRelay] = []
    for key, now in new.items():
        old_key = comparison.matches.old_of.get(key)
        before = old.get(old_key) if old_key is not None else None
        if before is None or old_key is None:
            changes.append(_appeared(now, key, comparison))
        elif (change := _changed(before, now, lists=lists)) is not None:
            changes.append(_in_poorer_dump(change, old_key, key, comparison))
    changes += [
        _gone(before, key, comparison)
        for key, before in old.items()
        if comparison.matches.new_of.get(key) not in new
    ]
    changes.sort(key=_order)
    return tuple(changes)


def _listeners(side: Side) -> dict[ObjectKey, _ListenerVerdict]:
    """Return the listeners that count, by their keys: what was left behind serves nobody."""
    return {
        side.key_of(listener.dn, guid_of_record(listener)): _ListenerVerdict(
            listener, listener.relay
        )
        for listener in side.results.listeners
        if listener.relay is not None and not listener.left_by
    }


def _changed(
    before: _ListenerVerdict, now: _ListenerVerdict, *, lists: bool
) -> ChangedRelay | None:
    old, new = before.relay, now.relay
    direction = _direction(old, new) or (_with_list(old, new) if lists else None)
    if not direction:
        return None
    return ChangedRelay(
        dn=now.listener.dn,
        previous_dn=before.listener.dn,
        organization=now.listener.organization,
        server=now.listener.server,
        name=now.listener.name,
        direction=direction,
        before=old.verdict,
        after=new.verdict,
        previous_confidence=old.confidence,
        confidence=new.confidence,
        addresses_covered_before=old.addresses_covered,
        addresses_covered=new.addresses_covered,
        added=tuple(_without(new.addresses, old.addresses)) if lists else (),
        removed=tuple(_without(old.addresses, new.addresses)) if lists else (),
        why=_why(old, new),
    )


def _in_poorer_dump(
    change: ChangedRelay, old_key: ObjectKey, key: ObjectKey, comparison: Comparison
) -> ChangedRelay:
    """Take back what is the reading of a dump that shows less than the other one."""
    missing = vanished_relay(key, comparison.new) or vanished_relay(old_key, comparison.old)
    if not missing and change.direction == "worsened" and change.confidence == Confidence.ASSUMED:
        missing = not_shown(old_key, key, comparison, now=True)
    if not missing:
        return change
    why = "; ".join(filter(None, (f"{missing} is shown by one of the two dumps only", change.why)))
    return replace(change, direction="not_comparable", why=why)


def _direction(old: RelayRecord, new: RelayRecord) -> DirectionWord | None:
    """Return where a verdict went; None where it stayed.

    What cannot be told any more is neither better nor worse, and what is only assumed proves
    nothing to be better. More addresses, or more ways to relay, are worse though the word be the
    same.
    """
    if RelayVerdict.UNKNOWN in (old.verdict, new.verdict):
        return None if old.verdict is new.verdict else "not_comparable"
    for before, now in (
        (-_EXPOSURE.index(old.verdict), -_EXPOSURE.index(new.verdict)),
        (old.addresses_covered, new.addresses_covered),
        (old.authenticated_may_relay, new.authenticated_may_relay),
        (_in_clear(old), _in_clear(new)),
    ):
        if before is not None and now is not None and before != now:
            if now > before:
                return "worsened"
            is_assumed = Confidence.ASSUMED in (old.confidence, new.confidence)
            return "not_comparable" if is_assumed else "improved"
    return None


def _in_clear(relay: RelayRecord) -> bool | None:
    """Tell whether those who may relay log on by passwords that can be read; None if not known."""
    if relay.verdict is not RelayVerdict.AUTHENTICATED:
        return None
    if relay.basic is None or relay.tls_required is None:
        return None
    return relay.basic and not relay.tls_required


def _with_list(old: RelayRecord, new: RelayRecord) -> DirectionWord | None:
    is_same = set(old.addresses) == set(new.addresses) and old.mode == new.mode
    return None if is_same else "changed"


def _without(texts: Sequence[str], others: Sequence[str]) -> Iterator[str]:
    known = set(others)
    return (text for text in texts if text not in known)


def _why(old: RelayRecord, new: RelayRecord) -> str:
    """Return what a verdict alone does not say: that one of the two is not certain, or in clear."""
    was_in_clear, is_in_clear = _in_clear(old), _in_clear(new)
    if None not in (was_in_clear, is_in_clear) and was_in_clear is not is_in_clear:
        return f"passwords can{'' if is_in_clear else 'not'} be read on their way now"
    for when, relay in (("now", new), ("in the baseline", old)):
        if relay.verdict is RelayVerdict.UNKNOWN or relay.confidence is Confidence.ASSUMED:
            return f"{when}: {'; '.join(relay.reasons)}"
    return ""


def _appeared(now: _ListenerVerdict, key: ObjectKey, comparison: Comparison) -> ChangedRelay:
    doubt = comparison.why_absent(key)
    return ChangedRelay(
        dn=now.listener.dn,
        previous_dn="",
        organization=now.listener.organization,
        server=now.listener.server,
        name=now.listener.name,
        direction="not_comparable" if doubt else "appeared",
        before=None,
        after=now.relay.verdict,
        confidence=now.relay.confidence,
        addresses_covered=now.relay.addresses_covered,
        why=doubt,
    )


def _gone(before: _ListenerVerdict, key: ObjectKey, comparison: Comparison) -> ChangedRelay:
    new_key = comparison.matches.new_of.get(key)
    gone_for, doubt = comparison.why_gone(key) if new_key is None else ("it was deleted", "")
    return ChangedRelay(
        dn=before.listener.dn,
        previous_dn=before.listener.dn,
        organization=before.listener.organization,
        server=before.listener.server,
        name=before.listener.name,
        direction="not_comparable" if doubt else "gone",
        before=before.relay.verdict,
        after=None,
        previous_confidence=before.relay.confidence,
        addresses_covered_before=before.relay.addresses_covered,
        why=doubt or gone_for,
    )


def _order(change: ChangedRelay) -> tuple[int, int, str]:
    verdict = change.after or change.before or RelayVerdict.UNKNOWN
    ranks = list(RelayVerdict)
    return (
        get_args(DirectionWord).index(change.direction),
        ranks.index(verdict),
        change.dn.casefold(),
    )
