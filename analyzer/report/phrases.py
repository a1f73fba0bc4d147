"""Records in, the phrases out by which every part of the report speaks of them."""

import re
from collections.abc import Iterable, Mapping, Sequence

from analyzer.directory.kinds import KINDS, RECEIVE_CONNECTOR, KindOfObject
from analyzer.directory.names import name_left_behind
from analyzer.relay.verdict import Relay
from analyzer.report.wording import ASSUMED, CLEAR_TEXT, NO_SERVER, SETTING_STATE, VERDICT
from analyzer.results.records import (
    FindingRecord,
    Listener,
    RelayRecord,
    Results,
    RuleRecord,
    SettingRecord,
    SourceRecord,
)
from analyzer.visible_text import one_line

_NUMBERS = (
    *("none", "one", "two", "three", "four", "five"),
    *("six", "seven", "eight", "nine", "ten"),
)
_CONFIRM_INTENT = "Differs from default; confirm intent."
_STRICTER = "Stricter than the default; nothing to mend if it is intended."


def count(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: `1 server`, `2 servers`, `1,000 entries`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def yes_no(value: bool | None) -> str:
    """Return `Yes`, `No` or `Unknown`."""
    return "Unknown" if value is None else "Yes" if value else "No"


def capital(text: str) -> str:
    """Return text with a capital at the start."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """Return text with a capital at the start and a full stop at the end."""
    line = text.strip()
    if not line:
        return ""
    end = "" if line[-1] in ".!?…" else "."
    return capital(line) + end


def first_sentence(text: str) -> str:
    """Return the first sentence of some prose."""
    end = re.search(r"(?<=[.!?])\s", text)
    return sentence(text[: end.start()] if end else text)


def listener_kinds(listeners: Iterable[Listener]) -> tuple[KindOfObject, ...]:
    """Return the kinds that occur among some listeners; where there are none, all there could be.

    What the report says of an audit that found nothing names what it looked for.
    """
    seen = {listener.kind_of_object for listener in listeners}
    return tuple(kind for kind in KINDS if kind in seen) or tuple(
        kind for kind in KINDS if kind.is_listener
    )


def count_listeners(listeners: Sequence[Listener]) -> str:
    """Return how many there are of each kind: `7 SMTP virtual servers`."""
    return " and ".join(
        count(
            sum(listener.kind_of_object is kind for listener in listeners),
            kind.singular,
            kind.plural,
        )
        for kind in listener_kinds(listeners)
    )


def population(listeners: Sequence[Listener]) -> str:
    """Return how many there are of each kind and on how many servers, where these have several.

    Such as `12 receive connectors on 4 servers; 2 SMTP virtual servers`; a server has one virtual
    server as a rule, and many receive connectors.
    """
    own = [one for one in listeners if one.kind_of_object is RECEIVE_CONNECTOR]
    if not own:
        return count_listeners(listeners)
    servers = {(one.organization, (one.server or "").lower()) for one in own}
    others = [one for one in listeners if one.kind_of_object is not RECEIVE_CONNECTOR]
    text = f"{count_listeners(own)} on {count(len(servers), 'server')}"
    return f"{text}; {count_listeners(others)}" if others else text


def aside_in_words(listeners: Sequence[Listener]) -> str:
    """Return how many listeners count for nothing, and why; empty where all count."""
    upgraded = sum(listener.left_by == "upgrade" for listener in listeners)
    replicated = sum(bool(listener.left_by) for listener in listeners) - upgraded
    parts = []
    if replicated:
        parts.append(f"{count(replicated, 'object')} left behind by replication")
    if upgraded:
        parts.append(f"{count(upgraded, 'SMTP virtual server')} left over from an upgrade")
    return " and ".join(parts)


def name_listeners(listeners: Iterable[Listener]) -> str:
    """Return what they are called, in the plural: `SMTP virtual servers`."""
    return " and ".join(kind.plural for kind in listener_kinds(listeners))


def noun_of(listeners: Iterable[Listener]) -> str:
    """Return what one of them is called; a word for all where they are of several kinds."""
    first, *others = listener_kinds(listeners)
    return "listener" if others else first.short or first.singular


def name_of(server: str | None, listener: str | None = None) -> str:
    """Return `EX01` or `EX01 / Default SMTP Virtual Server` on one line."""
    parts = [server or NO_SERVER] + ([listener] if listener else [])
    return " / ".join(one_line(part) for part in parts)


def verdict_word(relay: Relay | RelayRecord) -> str:
    """Return who may relay in a word or two; passwords not known to be protected count as read."""
    readable = relay.basic is not False and relay.tls_required is not True
    if relay.verdict == "authenticated" and readable:
        return CLEAR_TEXT
    return VERDICT[relay.verdict]


def verdict_in_words(relay: RelayRecord) -> str:
    """Return who may relay in a word or two, saying so where it is assumed."""
    return verdict_word(relay) + (ASSUMED if relay.confidence == "assumed" else "")


def name_listener(listener: Listener) -> str | None:
    """Return the name of a listener; what replication left behind says so."""
    return name_left_behind(listener.name, listener.left_by)


def name_of_listener(listener: Listener) -> str:
    """Return `EX01 / Default SMTP Virtual Server`."""
    return name_of(listener.server, name_listener(listener))


def name_of_subject(finding: FindingRecord) -> str:
    """Return what a finding is about: an object, or a whole organisation."""
    if finding.objects:
        return one_line(finding.organization or "The organisation")
    # An object without server is named by itself, such as a connector.
    if finding.server is None and finding.virtual_server:
        return one_line(finding.virtual_server)
    return name_of(finding.server, finding.virtual_server)


def in_words(number: int) -> str:
    """Return a number as it stands in a sentence: the small ones as words."""
    return _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"


def list_names(names: Sequence[str], most: int) -> str:
    """Return the first names and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def place(file: str, line: int | None, last: int | None, offset: int | None = None) -> str:
    """Return `file:line`, `file:line-last` or the offset in a snapshot."""
    if line is None:
        return file if offset is None else f"{file}, byte {offset:,}"
    return f"{file}:{line}" if last in (None, line) else f"{file}:{line}-{last}"


def place_of(source: SourceRecord | None) -> str:
    """Return where an object stands; empty for one that is only known by name."""
    if source is None:
        return ""
    return place(source.file, source.line, source.last_line, source.offset)


def line_or_byte(line: int | None, offset: int | None) -> int | str | None:
    """Return the line, or where a snapshot has none the byte."""
    return f"byte {offset:,}" if line is None and offset is not None else line


def setting_label(rules: Mapping[str, RuleRecord], attribute: str) -> str:
    """Return the reader's name of a setting; `rules` maps attributes to a rule on them."""
    rule = rules.get(attribute.lower())
    return rule.label if rule is not None and rule.label else attribute


def rules_by_attribute(results: Results) -> dict[str, RuleRecord]:
    """Map each attribute, in lower case, to the first rule that has a label for it."""
    labelled: dict[str, RuleRecord] = {}
    # A rule on several attributes names them all; one on a single attribute labels it better.
    for rule in sorted(results.rules, key=lambda rule: len(attributes_of(rule))):
        for attribute in attributes_of(rule):
            if rule.label:
                labelled.setdefault(attribute.lower(), rule)
    return labelled


def attributes_of(rule: RuleRecord) -> list[str]:
    """Return the attributes that a rule looks at."""
    return [name for name in rule.attribute.split(", ") if name]


def condition_in_words(rule: RuleRecord) -> str:
    """Return the test of a rule with the reader's name of the setting for the attribute's."""
    return _for_readers(rule.condition, rule)


def original_condition_in_words(rule: RuleRecord) -> str:
    """Return the test of a rule as it is shipped; empty where the profile leaves it alone."""
    return _for_readers(rule.original_condition, rule)


def _for_readers(text: str, rule: RuleRecord) -> str:
    names = attributes_of(rule)
    if rule.label and len(names) == 1:
        text = text.replace(names[0], f"“{rule.label}”")
    return sentence(text)


def setting_text(setting: SettingRecord | None) -> str:
    """Return a setting for readers: its value, or in brackets why there is none."""
    if setting is None:
        return ""
    if setting.state == "set":
        return setting.text if setting.text else "(empty)"
    state = SETTING_STATE.get(setting.state, setting.state)
    # Some settings carry a text of their own for having no value, such as "(none)": not twice.
    says_more = setting.text.strip("() ").lower() not in ("", state, setting.state)
    return f"({state}: {setting.text})" if says_more else f"({state})"


def criterion(finding: FindingRecord, rule: RuleRecord | None) -> str:
    """Return what the setting was measured against."""
    if rule is not None and rule.original_condition:
        return condition_in_words(rule)
    if finding.kind in ("non-default", "stricter") or rule is None or not rule.condition:
        return "The documented default after installation"
    return condition_in_words(rule)


def recommendation(finding: FindingRecord, rule: RuleRecord | None) -> str:
    """Return what to do: for a neutral finding check the intent first."""
    advice = rule.recommendation if rule is not None else ""
    # Advice that begins like our own sentence takes its place.
    asks_itself = advice.lower().startswith("differs from default")
    parts = []
    if finding.kind == "stricter":
        parts.append(_STRICTER)
    elif finding.kind == "non-default" and not asks_itself:
        parts.append(_CONFIRM_INTENT)
    if advice:
        parts.append(sentence(advice))
    if rule is not None and rule.where_to_set:
        parts.append(f"Where to set it: {sentence(rule.where_to_set)}")
    return "\n".join(parts)
