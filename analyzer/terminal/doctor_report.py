"""What was found out about the installation, as tables and as JSON."""

import json
from collections.abc import Sequence

from analyzer.diagnosis.installation import InstallationFact
from analyzer.diagnosis.self_test import SelfTestStep
from analyzer.terminal.text_table import TextTable, make_table


def installation_table(facts: Sequence[InstallationFact]) -> TextTable:
    """Return a row per fact; a problem stands behind its value."""
    return make_table(
        ("Installation", "Found"),
        [(name, f"{value} - {problem}" if problem else value) for name, value, problem in facts],
    )


def self_test_table(steps: Sequence[SelfTestStep]) -> TextTable:
    """Return a row per step of the self-test."""
    return make_table(
        ("Self-test", "Result", "Detail"),
        [(name, "ok" if ok else "FAILED", detail) for name, ok, detail in steps],
    )


def doctor_verdict(facts: Sequence[InstallationFact], steps: Sequence[SelfTestStep]) -> str:
    """Return the outcome in one sentence."""
    if not all(step.ok for step in steps):
        return "The self-test failed. Paste all of this into a report of the fault."
    if problems := sum(bool(fact.problem) for fact in facts):
        return f"The self-test passed, with {problems} of the above to put right."
    return "Everything works. None of this names you, this computer or its folders."


def is_sound(facts: Sequence[InstallationFact], steps: Sequence[SelfTestStep]) -> bool:
    """Tell whether nothing is wrong."""
    return all(step.ok for step in steps) and not any(fact.problem for fact in facts)


def doctor_document(facts: Sequence[InstallationFact], steps: Sequence[SelfTestStep]) -> bytes:
    """Return the same as a JSON document."""
    document = {
        "ok": is_sound(facts, steps),
        "installation": [fact._asdict() for fact in facts],
        "self_test": [step._asdict() for step in steps],
    }
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"
