"""The smart hosts of a send connector in, one text each out: one value holds all of them."""

from collections.abc import Iterable


def split_smart_hosts(values: Iterable[str]) -> tuple[str, ...]:
    """Return the hosts of all values, which commas separate."""
    parts = (part.strip() for value in values for part in value.split(","))
    return tuple(part for part in parts if part)
