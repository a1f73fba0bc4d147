"""What became of the checks of a report, as a table and a sentence."""

from analyzer.terminal.text_table import TextTable, make_table
from analyzer.verify.check import Verification


def verification_table(verification: Verification) -> TextTable:
    """Return one row per check, in the order of looking."""
    return make_table(
        ("Check", "Result", "Detail"),
        [
            (line.name, _result(ok=line.ok, checked=line.checked), line.detail)
            for line in verification.lines
        ],
    )


def verdict(verification: Verification) -> str:
    """Return the outcome in one sentence."""
    failed = sum(not line.ok for line in verification.lines)
    if failed:
        return f"{failed} of {len(verification.lines)} checks failed: the report does not agree."
    unchecked = sum(not line.checked for line in verification.lines)
    rest = f"; {unchecked} not checked, name the dumps with --input" if unchecked else ""
    return f"Everything that was checked agrees{rest}."


def _result(*, ok: bool, checked: bool) -> str:
    if not checked:
        return "not checked"
    return "ok" if ok else "FAILED"
