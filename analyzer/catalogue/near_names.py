"""A name that nobody knows in, the known one that was most likely meant out."""

import difflib
import re
from collections.abc import Iterable


def near_name(wanted: str, known: Iterable[str]) -> str:
    """Return the known name most like `wanted`; empty when none is."""
    near = difflib.get_close_matches(wanted[:100], tuple(known), n=1)
    return near[0] if near else ""


def near_rule(wanted: str, rule_ids: Iterable[str]) -> str:
    """Return the id of a rule most like `wanted`, dashes and zeros apart; empty when none is."""
    ids = {_plain(rule_id): rule_id for rule_id in rule_ids}
    return ids.get(near_name(_plain(wanted[:100]), ids), "")


def _plain(rule_id: str) -> str:
    """Return an id without what people leave out: dashes, zeros in front of the number."""
    return re.sub(r"[^A-Z0-9]|(?<![0-9])0+(?=[0-9])", "", rule_id.upper())
