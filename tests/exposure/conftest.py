"""Judges bytes as a user would, and compares exposures."""

from collections.abc import Callable
from functools import lru_cache

import pytest

import analyzer
from analyzer.results.records import Results

MILDER = ("open", "listed", "authenticated", "closed")
"""Verdicts, the milder the later; `unknown` says that nobody can tell and is never milder."""

Judge = Callable[..., Results]


@pytest.fixture(scope="session")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """Audit files of these bytes, given in this order."""
    folder = tmp_path_factory.mktemp("judged")

    @lru_cache(maxsize=64)  # the truth is asked for between any few damages
    def run(*texts: bytes) -> Results:
        paths = []
        for at, text in enumerate(texts):
            path = folder / f"dump-{at}.txt"
            path.write_bytes(text)
            paths.append(path)
        return analyzer.audit(analyzer.read_dump(*paths))

    return run


def relays(results: Results) -> dict[str, tuple[str, str]]:
    """Return verdict and confidence by name of the server, upper case."""
    return {
        str(listener.server).upper(): (listener.relay.verdict, listener.relay.confidence)
        for listener in results.virtual_servers
        if listener.relay is not None
    }


def understated(truth: Results, damaged: Results) -> list[str]:
    """Return what the damaged dump makes milder than the truth, in words; empty when nothing.

    A verdict may only be milder when it is marked as assumed; a check that failed may not pass; an
    object may only be missing where something is listed as unreadable or warned of.
    """
    wrong = []
    before, after = relays(truth), relays(damaged)
    told = bool(damaged.unreadable) or any(source.warnings for source in damaged.inputs)
    for server, (verdict, _) in before.items():
        if server not in after:
            if not told:
                wrong.append(f"{server} is gone without a word")
            continue
        now, confidence = after[server]
        milder = now != "unknown" and MILDER.index(now) > MILDER.index(verdict)
        if milder and confidence == "decided":
            wrong.append(f"{server}: {verdict} became {now}, decided")
    failed = {
        (evaluation.rule, evaluation.dn.casefold())
        for evaluation in truth.evaluations
        if evaluation.state == "failed"
    }
    passed = {
        (evaluation.rule, evaluation.dn.casefold())
        for evaluation in damaged.evaluations
        if evaluation.state == "passed"
    }
    also_failed = {
        (evaluation.rule, evaluation.dn.casefold())
        for evaluation in damaged.evaluations
        if evaluation.state == "failed"
    }
    wrong += [f"{rule} passes on {dn}" for rule, dn in sorted((failed & passed) - also_failed)]
    return wrong
