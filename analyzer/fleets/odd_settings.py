"""The tables of a fleet in, the settings out that most forests have alike and a few have not."""

from typing import NamedTuple

from analyzer.fleets.fleet_tables import Tables

FEWEST = 4
"""Forests from which on there is such a thing as a usual value."""
_USUAL = 0.75
"""Share of the forests that make a value the usual one."""
MOST = 100_000
"""Rows that are told; beyond, those of fewer forests are left out."""
_VALUES = """
SELECT kind, attribute, text, COUNT(*) FROM setting
JOIN dump ON dump.number = setting.dump AND dump.counted
GROUP BY kind, attribute, text"""
_FORESTS = """
SELECT kind, attribute, COUNT(DISTINCT dump) FROM setting
JOIN dump ON dump.number = setting.dump AND dump.counted
GROUP BY kind, attribute"""
_OTHERS = """
SELECT dump.label, dump.client, setting.text, setting.listeners FROM setting
JOIN dump ON dump.number = setting.dump AND dump.counted
WHERE kind = ? AND attribute = ? AND text <> ? ORDER BY dump.number, text"""


class OddSetting(NamedTuple):
    """One value of one setting that is not the usual one."""

    kind: str
    attribute: str
    usual: str
    forests: int
    """How many forests have the usual value."""
    label: str
    client: str
    value: str
    listeners: int


def odd_settings(tables: Tables) -> list[OddSetting]:
    """Return the values that differ from what most forests have, by setting."""
    forests = {(kind, attribute): number for kind, attribute, number in tables.rows(_FORESTS)}
    usual: dict[tuple[object, object], tuple[str, int]] = {}
    for kind, attribute, text, number in tables.rows(_VALUES):
        all_of_them = forests[kind, attribute]
        if (
            isinstance(all_of_them, int)
            and isinstance(number, int)
            and all_of_them >= FEWEST
            and number >= _USUAL * all_of_them
        ):
            before = usual.get((kind, attribute))
            if before is None or number > before[1]:
                usual[kind, attribute] = str(text), number
    odd: list[OddSetting] = []
    for (kind, attribute), (text, number) in sorted(usual.items(), key=str):
        for label, client, value, listeners in tables.rows(_OTHERS, kind, attribute, text):
            odd.append(
                OddSetting(
                    str(kind),
                    str(attribute),
                    text,
                    number,
                    str(label),
                    str(client),
                    str(value),
                    listeners if isinstance(listeners, int) else 0,
                )
            )
            if len(odd) == MOST:
                return odd
    return odd
