"""Results in, what the audit found in a few sentences out, made from counts."""

from collections.abc import Iterator, Sequence

from analyzer.directory import kinds
from analyzer.directory.networks import is_private
from analyzer.report.counts import (
    AcceptedListeners,
    count_differences,
    count_stricter_differences,
    differing_findings,
    in_use,
    is_assumed,
    left_behind,
    listed_networks,
    switched_off,
    was_audited,
)
from analyzer.report.export_command import command_for, descriptor_command
from analyzer.report.phrases import (
    capital,
    count,
    count_listeners,
    in_words,
    list_names,
    listener_kinds,
    name_of_listener,
    noun_of,
    population,
)
from analyzer.report.wording import ACCEPTED
from analyzer.results.object_keys import ObjectKeys
from analyzer.results.records import Listener, Results

_NAMED = 6
_INSIDE = " (on private addresses only)"


def headline(results: Results) -> str:
    """Return what the audit found: who may relay, what differs, what could not be judged."""
    reason = why_nothing(results)
    if reason:
        return f"Nothing could be audited: {reason}. {better_export(results)}"
    sentences = (
        *_relay(results),
        _differences(results),
        _not_evaluated(results),
        _switched_off(results),
        *_without_descriptors(results),
    )
    return " ".join(filter(None, sentences))


def why_nothing(results: Results) -> str:
    """Return why no check gave an answer; empty where some did."""
    if was_audited(results):
        return ""
    if results.listeners or results.servers or results.connectors:
        return "the dump does not hold the settings that the checks need"
    contexts = [source.naming_context or "" for source in results.inputs]
    other = next((name for name in contexts if name and not _is_configuration(name)), "")
    if other:
        return (
            f"the dump holds {other}, and Exchange keeps its settings in the configuration"
            " partition"
        )
    return f"no Exchange object was found in {count(len(results.inputs), 'input file')}"


def better_export(results: Results) -> str:
    """Return the command for a dump that can be audited."""
    context = next(
        (source.naming_context for source in results.inputs if source.naming_context), ""
    )
    return f"Ask for a new export of whole objects: {command_for('ldifde', context)}"


def _is_configuration(naming_context: str) -> bool:
    return naming_context.lower().startswith("cn=configuration,")


def _relay(results: Results) -> Iterator[str]:
    """Yield who may relay, the most exposed first; what is only assumed is told apart."""
    listeners = in_use(results)
    if any(listener.kind_of_object is kinds.RECEIVE_CONNECTOR for listener in listeners):
        yield f"Examined: {population(listeners)}."
    undecided = _with_verdict(listeners, "unknown")
    if not listeners:
        looked_for = " or ".join(kind.singular for kind in listener_kinds(()))
        yield f"No {looked_for} was found, so that nobody knows from this dump who may relay."
    elif len(undecided) == len(listeners):
        yield f"Who may relay through {_all_of(listeners)} cannot be told from this dump."
    else:
        accepted = AcceptedListeners(results)
        yield from _decided(listeners, accepted)
        if undecided:
            yield f"{capital(in_words(len(undecided)))} could not be decided: {_names(undecided)}."
        yield from _assumed_to_be_closed(listeners)
        yield from _accepted(_with_verdict(listeners, "open", "listed"), accepted)
    yield from _aside(results)
    yield from _leftovers(results)


def _with_verdict(listeners: Sequence[Listener], *verdicts: str) -> list[Listener]:
    return [
        listener
        for listener in listeners
        if listener.relay is not None and listener.relay.verdict in verdicts
    ]


def _assumed(listeners: Sequence[Listener]) -> list[Listener]:
    return [listener for listener in listeners if is_assumed(listener)]


def _accepted(exposed: Sequence[Listener], accepted: AcceptedListeners) -> Iterator[str]:
    """Say what it means that a waiver covers some of the exposed ones: nothing for a stranger."""
    number = sum(accepted.has(listener) for listener in exposed)
    if number:
        verb = "is" if number == 1 else "are"
        which = "this" if len(exposed) == 1 else f"the {len(exposed):,} that relay for others"
        who = capital(which) if len(exposed) == 1 else f"{capital(in_words(number))} of {which}"
        yield f"{who} {verb} accepted by a waiver, which closes nothing."


def _decided(listeners: Sequence[Listener], accepted: AcceptedListeners) -> Iterator[str]:
    """Yield who lets anybody relay, who is assumed to, and who lets listed hosts."""
    everybody = _with_verdict(listeners, "open")
    perhaps = _assumed(everybody)
    certain = [listener for listener in everybody if not is_assumed(listener)]
    yield _open(certain, listeners, accepted)
    if perhaps:
        yield (
            f"{_more(len(perhaps), len(everybody) > len(perhaps))}"
            f" {'is' if len(perhaps) == 1 else 'are'} assumed to, because the dump does not show"
            f" all that decides it: {_open_names(perhaps, accepted)}."
        )
    listed = _with_verdict(listeners, "listed")
    if listed:
        assumed = len(_assumed(listed))
        doubt = f"; {in_words(assumed)} assumed" if assumed else ""
        yield (
            f"{_more(len(listed), bool(everybody))} {_relays(len(listed))} for listed hosts"
            f" ({_reach(listed)}{doubt})."
        )


def _assumed_to_be_closed(listeners: Sequence[Listener]) -> Iterator[str]:
    closed = _with_verdict(listeners, "authenticated", "closed")
    assumed = len(_assumed(closed))
    if assumed:
        yield (
            f"Of the {len(closed):,} that relay only for hosts that log on, or for nobody,"
            f" {in_words(assumed)} {'is' if assumed == 1 else 'are'} assumed."
        )


def _all_of(listeners: Sequence[Listener]) -> str:
    return f"the only {noun_of(listeners)}" if len(listeners) == 1 else count_listeners(listeners)


def _aside(results: Results) -> Iterator[str]:
    """Say how many objects replication left over, which no other number counts."""
    aside = [listener for listener in left_behind(results) if listener.left_by != "upgrade"]
    if aside:
        number = len(aside)
        yield (
            f"{capital(in_words(number))} more {'is' if number == 1 else 'are'} left over from"
            f" replication and {'is' if number == 1 else 'are'} not counted."
        )


def _leftovers(results: Results) -> Iterator[str]:
    """Say how many virtual servers stand on servers that take no mail through them."""
    number = sum(listener.left_by == "upgrade" for listener in results.listeners)
    if number:
        only = number == 1
        noun = "server is" if only else "servers are"
        yield (
            f"{capital(in_words(number))} SMTP virtual {noun} left over on servers of Exchange 2007"
            f" or later, which take no mail through {'it' if only else 'them'}, and"
            f" {'is' if only else 'are'} not counted."
        )


def _without_descriptors(results: Results) -> Iterator[str]:
    """Say once that rights are missing, and which command brings them."""
    missing = [
        connector
        for connector in results.receive_connectors
        if not connector.left_by and connector.permission_groups is None
    ]
    if missing:
        every = len(missing) == len(results.receive_connectors)
        which = "any receive connector" if every else count(len(missing), "receive connector")
        context = next(
            (source.naming_context for source in results.inputs if source.naming_context), ""
        )
        dialect = next((source.dialect for source in results.inputs), "")
        tool = "ldapsearch" if dialect == "ldapsearch" else "ldifde"
        yield (
            f"The dump does not show the security descriptor of {which}, in which stands who may"
            f" relay. Ask for it with: {descriptor_command(tool, context or '')}"
        )


def _open(
    open_now: Sequence[Listener], listeners: Sequence[Listener], accepted: AcceptedListeners
) -> str:
    number, only = len(open_now), f"The only {noun_of(listeners)}"
    # Of several kinds the numbers of each stand in the sentence before.
    several = len(listener_kinds(listeners)) > 1
    everything = f"{len(listeners):,} listeners" if several else count_listeners(listeners)
    if not open_now:
        nobody = f"None of {everything} is" if len(listeners) > 1 else f"{only} is not"
        return f"{nobody} seen to relay for anybody."
    who = f"{capital(in_words(number))} of {everything}" if len(listeners) > 1 else only
    return f"{who} {_relays(number)} for anybody: {_open_names(open_now, accepted)}."


def _open_names(listeners: Sequence[Listener], accepted: AcceptedListeners) -> str:
    """Name those that relay for anybody; which no stranger can connect to, which are accepted."""
    names = [
        name_of_listener(listener)
        + (_INSIDE if listener.relay is not None and listener.relay.private_listener else "")
        + (ACCEPTED if accepted.has(listener) else "")
        for listener in listeners
    ]
    return list_names(names, _NAMED)


def _more(number: int, after_others: bool) -> str:
    return capital(in_words(number)) + (" more" if after_others else "")


def _relays(number: int) -> str:
    return "relays" if number == 1 else "relay"


def _names(listeners: Sequence[Listener]) -> str:
    return list_names([name_of_listener(listener) for listener in listeners], _NAMED)


def _reach(listed: Sequence[Listener]) -> str:
    """Say how many addresses are listed, each once, and whether strangers can have them."""
    networks = listed_networks(listed)
    parts = []
    for version, noun, plural in ((4, "address", "addresses"), (6, "IPv6 network", "")):
        alike = [network for network in networks if network.version == version]
        # Nobody can make anything of how many addresses an IPv6 network holds.
        sizes = [(1 if version == 6 else each.num_addresses, is_private(each)) for each in alike]
        total, public = sum(size for size, _ in sizes), sum(size for size, own in sizes if not own)
        if total:
            which = "all private" if not public else f"{public:,} of them public"
            if total in (1, public):
                which = "private" if not public else "public" if total == 1 else "all public"
            parts.append(f"{count(total, noun, plural)}, {which}")
    return "; ".join(parts) or "no address"


def _differences(results: Results) -> str:
    keys = ObjectKeys(results)
    known = {keys.of_record(listener) for listener in in_use(results)}
    # What is accepted differs all the same.
    findings = [
        finding
        for finding in differing_findings(results.findings)
        if keys.of_finding(finding) in known
    ]
    if not known:
        return ""
    differing = count_differences(findings)
    if not differing:
        return "No setting differs from its default."
    stricter = count_stricter_differences(findings)
    affected = len(set(map(keys.of_finding, findings)))
    side = f", {stricter:,} of these on the stricter side" if stricter else ""
    verb = "differs" if differing == 1 else "differ"
    where = f" on {affected:,} of them" if len(known) > 1 else ""
    return f"{count(differing, 'setting')} {verb} from default{where}{side}."


def _switched_off(results: Results) -> str:
    number = len(switched_off(results))
    verb = "was" if number == 1 else "were"
    return f"{count(number, 'check')} {verb} switched off by the client." if number else ""


def _not_evaluated(results: Results) -> str:
    partly = sum(check.not_evaluable > 0 for check in results.checks)
    if not partly:
        made = len(results.checks) - len(switched_off(results))
        return f"All {count(made, 'check')} could be evaluated."
    return f"{partly} of {count(len(results.checks), 'check')} could not be fully evaluated."
