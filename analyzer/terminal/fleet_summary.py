"""What a fleet came to in, the lines that follow it on the screen out."""

from collections.abc import Iterator

from analyzer.fleets.fleet_run import FleetOutcome
from analyzer.report.phrases import count
from analyzer.report.wording import SEVERITY, VERDICT
from analyzer.terminal.audit_summary import MarkedLine


def fleet_lines(outcome: FleetOutcome, output: str) -> Iterator[MarkedLine]:
    """Yield how many dumps were audited, what all of them show, and where it is written."""
    consolidated = outcome.consolidated
    totals = consolidated.totals
    done = f"{count(totals.done, 'dump')} of {count(totals.forests, 'forest')} audited"
    if outcome.kept:
        done += f", {outcome.kept:,} of them kept from an earlier run"
    yield MarkedLine(f"{done}.")
    if totals.failed:
        failed = count(totals.failed, "dump")
        yield MarkedLine(f"{failed} could not be audited; see Failures.", "!", "warning")
    relay = ", ".join(f"{totals.relay[key]:,} {word.lower()}" for key, word in VERDICT.items())
    yield MarkedLine(f"Listeners, each forest counted once: {relay}.")
    findings = ", ".join(
        f"{totals.findings[key]:,} {word.lower()}" for key, word in SEVERITY.items()
    )
    yield MarkedLine(f"Open findings: {findings}.")
    if consolidated.left_out:
        yield MarkedLine(consolidated.left_out, "!", "warning")
    yield MarkedLine(
        f"Wrote {', '.join(consolidated.outputs)} and each dump's results in {output}."
    )
