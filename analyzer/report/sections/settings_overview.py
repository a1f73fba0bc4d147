"""Results in, how many listeners have which value out: where they are too many for the matrix."""

from collections import Counter
from collections.abc import Iterator, Sequence

from analyzer.report.phrases import count, noun_of, setting_label, setting_text
from analyzer.report.section import Column, ColumnGroup, ColumnKind, Row, Section
from analyzer.report.sections.settings_matrix import (
    KnownSettings,
    by_kind,
    compared_settings,
    is_known,
    parts_of,
    same_everywhere,
    theme,
)
from analyzer.results.object_keys import ObjectKey
from analyzer.results.records import Listener, Results, SettingRecord
from analyzer.visible_text import shorten

TITLE = "Settings overview"
_MOST_VALUES, _LONGEST_VALUE = 10, 120
_NO_TEXT = "(nothing in the dump)"

COLUMNS = (
    Column("Theme", 22),
    Column("Setting", 34),
    Column("Attribute", 30, group=ColumnGroup.DETAIL),
    Column("Default", 24),
    Column("Same everywhere?", 36),
    Column("Differ from default", 11, ColumnKind.NUMBER),
    Column("Values, the most frequent first", 70),
)


def sections(results: Results) -> tuple[Section, ...]:
    """Return an overview for each kind of listener of which there is no matrix."""
    kinds = [listeners for listeners in by_kind(results) if not parts_of(listeners)]
    known = KnownSettings(results)
    return tuple(_section(known, kind, number) for number, kind in enumerate(kinds, start=1))


def _section(known: KnownSettings, listeners: Sequence[Listener], number: int) -> Section:
    attributes = compared_settings(listeners)
    again = "" if number == 1 else f"{number}"
    return Section(
        key=f"settings-overview{again}",
        title=f"{TITLE} {again}".rstrip(),
        intro=(
            f"{count(len(attributes), 'setting')} of"
            f" {count(len(listeners), noun_of(listeners))}, too many to stand side by side: how"
            " many have which value. The JSON results have every setting of each of them."
        ),
        columns=COLUMNS,
        rows=lambda: _rows(known, listeners, attributes),
        count=len(attributes),
        table=f"tblSettingsOverview{again}",
        frozen=2,
    )


def _rows(
    known: KnownSettings, listeners: Sequence[Listener], attributes: Sequence[str]
) -> Iterator[Row]:
    keys = [known.keys.of_record(listener) for listener in listeners]
    return (_row(known, listeners, keys, attribute) for attribute in attributes)


def _row(
    known: KnownSettings,
    listeners: Sequence[Listener],
    keys: Sequence[ObjectKey],
    attribute: str,
) -> Row:
    lower = attribute.lower()
    in_use = [listener for listener in listeners if not listener.left_by]
    shown, compared = Counter[str](), Counter[str]()
    settings = Counter(_text_of(one.settings.get(attribute)) for one in in_use)
    for (text, is_compared), number in settings.items():
        shown[text or _NO_TEXT] += number
        if is_compared:
            compared[text] += number
    return (
        theme(attribute),
        setting_label(known.labels, attribute),
        attribute,
        known.default_of(attribute, listeners),
        same_everywhere(compared, listeners),
        sum((key, lower) in known.differences for key in keys),
        "\n".join(_values(shown, len(listeners) - len(in_use))),
    )


def _text_of(setting: SettingRecord | None) -> tuple[str, bool]:
    """Return what a setting says, and whether it is known."""
    return setting_text(setting), is_known(setting)


def _values(values: Counter[str], left_behind: int) -> Iterator[str]:
    """Yield how many have which value, or why they show none."""
    named = values.most_common(_MOST_VALUES)
    for value, number in named:
        verb = "has" if number == 1 else "have"
        yield f"{number:,} {verb} {shorten(value, _LONGEST_VALUE)}"
    more = len(values) - len(named)
    if more:
        rest = values.total() - sum(number for _, number in named)
        yield f"{count(more, 'more value')} on {rest:,}"
    if left_behind:
        yield f"{left_behind:,} left behind, not counted"
