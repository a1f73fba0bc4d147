"""Results in, a table of its own out for each kind of object that has no section of its own."""

import re
from collections.abc import Iterator, Sequence

from analyzer.report.counts import open_differences
from analyzer.report.phrases import (
    capital,
    count,
    place_of,
    rules_by_attribute,
    setting_label,
    setting_text,
)
from analyzer.report.section import (
    DIFFERS_FROM_DEFAULT,
    Column,
    ColumnGroup,
    ColumnKind,
    Marked,
    Row,
    Section,
)
from analyzer.report.sections.settings_matrix import compared_settings
from analyzer.results.object_keys import ObjectKeys
from analyzer.results.records import ObjectRecord, Results
from analyzer.visible_text import shorten, tell_apart

_IDENTITY = (
    Column("Name", 26),
    Column("Server", 18),
    Column("Organisation", 20),
    Column("Administrative group", 24),
)
_DETAILS = (
    Column("Notes", 36),
    Column("Object DN", 50, group=ColumnGroup.DETAIL),
    Column("Source", 30, group=ColumnGroup.DETAIL),
)


def sections(results: Results) -> tuple[Section, ...]:
    """Return one table for each kind, a row an object, a column a setting."""
    kinds: dict[str, list[ObjectRecord]] = {}
    for record in results.objects:
        kinds.setdefault(record.kind, []).append(record)
    return tuple(
        _section(results, objects, number) for number, objects in enumerate(kinds.values(), start=1)
    )


def _section(results: Results, objects: Sequence[ObjectRecord], number: int) -> Section:
    attributes = compared_settings(objects)
    return Section(
        key=f"objects-{number}",
        title=_title(objects[0].plural),
        intro=(
            f"{count(len(objects), 'object')} with {count(len(attributes), 'setting')}."
            f" {DIFFERS_FROM_DEFAULT} differs from default."
        ),
        columns=(*_IDENTITY, *_setting_columns(results, attributes), *_DETAILS),
        rows=lambda: _rows(results, objects, attributes),
        count=len(objects),
        table=f"tblObjects{number}",
        wide=True,
    )


def _title(plural: str) -> str:
    """Return a name that a sheet can have (Excel specifications and limits), whatever it holds."""
    return re.sub(r"[\[\]:*?/\\']", " ", shorten(capital(plural), 31))


def _setting_columns(results: Results, attributes: Sequence[str]) -> Iterator[Column]:
    """Return a column for each setting, by the reader's name where only one setting bears it."""
    rules = rules_by_attribute(results)
    labels = [setting_label(rules, attribute) for attribute in attributes]
    names = [
        label if labels.count(label) == 1 else attribute
        for label, attribute in zip(labels, attributes, strict=True)
    ]
    taken = [column.header for column in (*_IDENTITY, *_DETAILS)]
    return (Column(name, 20, ColumnKind.MARKED) for name in tell_apart(names, taken))


def _rows(
    results: Results, objects: Sequence[ObjectRecord], attributes: Sequence[str]
) -> Iterator[Row]:
    keys = ObjectKeys(results)
    differences = open_differences(results, keys)
    for record in objects:
        key = keys.of_record(record)
        yield (
            record.name,
            record.server,
            record.organization,
            record.administrative_group,
            *(
                Marked(
                    setting_text(record.settings.get(attribute)),
                    differs_from_default=(key, attribute.lower()) in differences,
                )
                for attribute in attributes
            ),
            "\n".join(record.notes),
            record.dn,
            place_of(record.source),
        )
