"""What became of the checks of a report, as a table and a sentence."""

from analyzer.terminal.text_table import TextTable, make_table
from analyzer.verify.verification import Verification


def verification_table(verification: Verification) -> TextTable:
    """Return one row per check, in the order of looking."""
    return make_table(
        ("Check", "Result", "Detail"),
        [
            (point.name, _result(ok=point.ok, checked=point.checked), point.detail)
            for point in verification.points
        ],
    )


def verdict(verification: Verification) -> str:
    """Return the outcome in one sentence."""
    points = verification.points
    failed = sum(not point.ok for point in points)
    if failed:
        return f"{failed} of {len(points)} checks failed: the report does not agree."
    unchecked = sum(not point.checked for point in points)
    rest = f"; {unchecked} not checked, name the dumps with --input" if unchecked else ""
    return f"Everything that was checked agrees{rest}."


def _result(*, ok: bool, checked: bool) -> str:
    if not checked:
        return "not checked"
    return "ok" if ok else "FAILED"
