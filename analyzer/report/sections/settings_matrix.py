"""Results in, the settings of all listeners side by side out, with the odd ones marked."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby, islice

from analyzer.report.counts import open_differences
from analyzer.report.phrases import (
    count,
    name_listener,
    name_of,
    noun_of,
    rules_by_attribute,
    setting_label,
    setting_text,
)
from analyzer.report.section import (
    DIFFERS_FROM_DEFAULT,
    DIFFERS_FROM_PEERS,
    Column,
    ColumnGroup,
    ColumnKind,
    Marked,
    Row,
    Section,
)
from analyzer.results.object_keys import ObjectKey, ObjectKeys
from analyzer.results.records import Listener, ObjectRecord, Results, RuleRecord, SettingRecord
from analyzer.visible_text import one_line, shorten, tell_apart

TITLE = "Settings matrix"
WIDEST = 60
"""Listeners in one matrix; beyond it every administrative group has its own."""
_MOST_LISTENERS, _MOST_PARTS = 2_400, 100
"""Listeners in all matrices of a kind, and matrices: beyond it nobody finds a column any more."""

THEMES = (
    ("Access and relay", ("relay", "authentication", "anonymous", "ssl", "iplist", "ipsecurity",
                          "certificate", "secure", "restrict", "reverse", "masquerade", "ldap")),
    ("Addresses and names", ("binding", "domainname", "displayname", "localdomain", "dns")),
    ("Connections and limits", ("connection", "max", "limit", "timeout", "size")),
    ("Delivery", ("smarthost", "retry", "delay", "expire", "hop", "route", "queue", "remote",
                  "outbound", "outgoing", "dsn", "notify")),
    ("Recording and folders", ("log", "directory", "badmail", "pickup", "drop", "postmaster")),
)  # fmt: skip
"""Theme, and the parts of attribute names that belong to it; the first theme that fits is taken."""
OTHER = "Other"
NO_SETTINGS = frozenset(
    [
        "admindisplayname",
        "cn",
        "displayname",
        "distinguishedname",
        "instancetype",
        "name",
        "ntsecuritydescriptor",
        "objectcategory",
        "objectclass",
        "objectguid",
        "usnchanged",
        "usncreated",
        "whenchanged",
        "whencreated",
    ]
)
"""What every object has of its own: nothing to compare between objects."""


class KnownSettings:
    """What the results tell of settings, found out when it is asked for, once for all matrices."""

    def __init__(self, results: Results) -> None:
        """Take the results."""
        self._results = results
        self._defaults: dict[str, Mapping[str, RuleRecord]] = {}

    @cached_property
    def labels(self) -> Mapping[str, RuleRecord]:
        """Attributes in lower case to a rule that has a label for them."""
        return rules_by_attribute(self._results)

    @cached_property
    def keys(self) -> ObjectKeys:
        """What tells the objects apart."""
        return ObjectKeys(self._results)

    @cached_property
    def differences(self) -> Container[tuple[ObjectKey, str]]:
        """Object and attribute in lower case of every setting that differs from default."""
        return open_differences(self._results, self.keys)

    def default_of(self, attribute: str, listeners: Sequence[Listener]) -> str:
        """Return the documented default of a setting of listeners of one kind."""
        object_class = listeners[0].kind_of_object.object_class
        if object_class not in self._defaults:
            self._defaults[object_class] = _default_rules(self._results, object_class)
        rule = self._defaults[object_class].get(attribute.lower())
        return rule.default_text if rule else "not documented"


def sections(results: Results) -> tuple[Section, ...]:
    """Return a matrix for each kind of listener, in as many parts as its width asks for."""
    parts = [part for listeners in by_kind(results) for part in parts_of(listeners)]
    known = KnownSettings(results)
    return tuple(
        _section(known, listeners, name, number)
        for number, (listeners, name) in enumerate(parts, start=1)
    )


def by_kind(results: Results) -> Iterator[tuple[Listener, ...]]:
    """Yield the listeners of each kind."""
    for _, listeners in groupby(results.listeners, key=lambda record: record.kind_of_object):
        yield tuple(listeners)


def theme(attribute: str) -> str:
    """Return the theme that an attribute is listed under."""
    name = attribute.lower()
    for title, words in THEMES:
        if any(word in name for word in words):
            return title
    return OTHER


def compared_settings(records: Iterable[Listener | ObjectRecord]) -> list[str]:
    """Return the attributes that are worth comparing, by theme."""
    attributes = dict.fromkeys(
        name for record in records for name in record.settings if name.lower() not in NO_SETTINGS
    )
    themes = [title for title, _ in THEMES] + [OTHER]
    return sorted(attributes, key=lambda name: themes.index(theme(name)))


def parts_of(listeners: Sequence[Listener]) -> list[tuple[Sequence[Listener], str]]:
    """Return the listeners of each matrix, and its name where it is not the only one.

    There is none where they are too many to be found in matrices.
    """
    if len(listeners) <= WIDEST:
        return [(listeners, "")]
    if len(listeners) > _MOST_LISTENERS:
        return []
    parts = [(part, _part_name(part)) for part in _groups(listeners)]
    return parts if len(parts) <= _MOST_PARTS else []


def _groups(listeners: Sequence[Listener]) -> Iterator[Sequence[Listener]]:
    groups: dict[tuple[str, str], list[Listener]] = {}
    for listener in listeners:
        key = listener.organization or "", listener.administrative_group or ""
        groups.setdefault(key, []).append(listener)
    for group in groups.values():
        source = iter(group)
        while part := tuple(islice(source, WIDEST)):
            yield part


def _part_name(part: Sequence[Listener]) -> str:
    """Return the group, and where in it the part begins and ends."""
    group = part[0].administrative_group or "no administrative group"
    ends = part[0].server or "", part[-1].server or ""
    return f"{one_line(group)}, {one_line(ends[0])} to {one_line(ends[1])}"


def _section(
    known: KnownSettings, listeners: Sequence[Listener], part: str, number: int
) -> Section:
    attributes = compared_settings(listeners)
    intro = (
        f"{count(len(attributes), 'setting')} of {count(len(listeners), noun_of(listeners))}"
        f"{' (' + part + ')' if part else ''}. {DIFFERS_FROM_DEFAULT} differs from default,"
        f" {DIFFERS_FROM_PEERS} differs from most of its administrative group."
    )
    return Section(
        key="settings-matrix" if number == 1 else f"settings-matrix-{number}",
        title=f"{TITLE}: {part}" if part else TITLE if number == 1 else f"{TITLE} {number}",
        tab=f"Settings {one_line(listeners[0].administrative_group or '')}" if part else "",
        intro=intro,
        columns=(
            Column("Theme", 15),
            Column("Setting", 28),
            Column("Attribute", 30, group=ColumnGroup.DETAIL),
            Column("Default", 20),
            Column("Same everywhere?", 13),
            *(Column(header, 20, ColumnKind.MARKED) for header in tell_apart(_headers(listeners))),
        ),
        rows=_rows(known, listeners, attributes),
        count=len(attributes),
        table="tblSettings" if number == 1 else f"tblSettings{number}",
        frozen=3,
        wide=True,
    )


def _headers(listeners: Sequence[Listener]) -> Iterator[str]:
    noun = noun_of(listeners)
    for listener in listeners:
        label = name_listener(listener) or (
            f"{noun} {listener.number}" if listener.number else listener.dn
        )
        yield shorten(name_of(listener.server, label), 120)


def _rows(
    known: KnownSettings, listeners: Sequence[Listener], attributes: Sequence[str]
) -> Callable[[], Iterator[Row]]:
    def rows() -> Iterator[Row]:
        keys = [known.keys.of_record(listener) for listener in listeners]
        for attribute in attributes:
            texts = [setting_text(listener.settings.get(attribute)) for listener in listeners]
            compared = [
                (_peers_of(listener), text)
                for listener, text in zip(listeners, texts, strict=True)
                if _is_compared(listener, attribute)
            ]
            common = {
                peers: _common(Counter(text for other, text in compared if other == peers))
                for peers in dict.fromkeys(peers for peers, _ in compared)
            }
            yield (
                theme(attribute),
                setting_label(known.labels, attribute),
                attribute,
                known.default_of(attribute, listeners),
                same_everywhere(Counter(text for _, text in compared), listeners),
                *(
                    Marked(
                        text,
                        (key, attribute.lower()) in known.differences,
                        _is_compared(listener, attribute)
                        and common[_peers_of(listener)] not in (None, text),
                    )
                    for listener, key, text in zip(listeners, keys, texts, strict=True)
                ),
            )

    return rows


def _peers_of(listener: Listener) -> tuple[str | None, str | None]:
    """Return the group that a listener is compared within, as the rules on peers do."""
    return listener.organization, listener.administrative_group


def _is_compared(listener: Listener, attribute: str) -> bool:
    """Tell whether a listener that counts has something there to compare, be it nothing."""
    return not listener.left_by and is_known(listener.settings.get(attribute))


def is_known(setting: SettingRecord | None) -> bool:
    """Tell whether the dump shows what a setting is, be it that it is not set."""
    return setting is not None and setting.state in ("set", "not_set")


def _default_rules(results: Results, object_class: str) -> dict[str, RuleRecord]:
    """Map each attribute to the rule that says its default, best the one that tests for it."""
    # An attribute may be on objects of other kinds too: the rules of this one come first.
    defaults: dict[str, RuleRecord] = {}
    ordered = sorted(
        results.rules, key=lambda rule: object_class not in rule.object_class.split(", ")
    )
    for rule in ordered:
        if rule.default_text and rule.kind == "non-default":
            defaults.setdefault(rule.attribute.lower(), rule)
    for rule in ordered:
        if rule.default_text:
            defaults.setdefault(rule.attribute.lower(), rule)
    return defaults


def _common(compared: Counter[str]) -> str | None:
    """Return the value that most share; None when fewer than three are compared or none leads."""
    total = compared.total()
    if total < 3:
        return None
    text, number = compared.most_common(1)[0]
    return text if number * 2 > total else None


def same_everywhere(compared: Counter[str], listeners: Sequence[Listener]) -> str:
    """Tell whether some values, each with its number, are those of all listeners that count."""
    counted = sum(not listener.left_by for listener in listeners)
    if counted == 1:
        return "Only one"
    if not compared:
        return "Unknown"
    if len(compared) > 1:
        value, number = compared.most_common(1)[0]
        most = f"; {number} of {compared.total()} have {shorten(value, 40)}"
        return f"No, {len(compared)} values" + (most if number * 2 > compared.total() else "")
    return "Yes" if compared.total() == counted else "Yes, where known"
