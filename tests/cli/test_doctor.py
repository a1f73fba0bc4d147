"""The command that tells what is installed and whether it works, without a name of the user's."""

import getpass
import importlib.metadata
import json
import re
import socket
import tomllib
from pathlib import Path

import pytest

from analyzer.diagnosis import installation as installed
from analyzer.diagnosis import self_test as tried
from analyzer.version import __version__

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def test_everything_works_and_nobody_is_named(run, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    done = run("doctor")
    assert done.status == 0, done.out
    assert re.search(rf"(?m)^exchange-analyzer +{re.escape(__version__)}$", done.out)
    assert done.out.count(" ok ") == 6
    assert "FAILED" not in done.out
    for name in (getpass.getuser(), socket.gethostname(), str(tmp_path), str(Path.home()), "/"):
        assert not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", done.out), name
    assert list(tmp_path.iterdir()) == []  # nothing is left of the self-test


def test_every_library_that_is_asked_for_is_told():
    facts = {fact.name: fact for fact in installed.installation("utf-8")}
    project = tomllib.loads(PYPROJECT.read_text())["project"]
    name_of = re.compile("[a-z0-9-]+").match
    for name in {name_of(line)[0] for line in project["dependencies"]} - {installed.UNOFFICIAL}:
        assert facts[name] == (name, importlib.metadata.version(name), "")
    for line in project["optional-dependencies"]["fleet"]:
        fact = facts[name_of(line)[0]]
        assert fact.problem == ""
        assert re.match(
            r"[0-9.]+$|not installed; it comes with exchange-analyzer\[fleet\]$", fact[1]
        )


@pytest.mark.parametrize(
    ("broken", "step", "detail"),
    [
        ("analyzer.open_dump.read_dump", "Read it whole", "ImportError at self_test.py:"),
        ("analyzer.report.write_reports", "Write the reports", "ImportError at "),
    ],
)
def test_a_failure_is_told_by_kind_and_place(run, monkeypatch, tmp_path, broken, step, detail):
    def fail(*_: object, **__: object) -> None:
        raise ImportError("/home/alice/secret.so", name="_ldap", path="/home/alice/secret.so")

    monkeypatch.setattr(broken, fail)
    done = run("doctor", "--format", "json")
    assert done.status == 1
    last = json.loads(done.out)["self_test"][-1]
    assert (last["name"], last["ok"]) == (step, False)
    assert last["detail"].startswith(detail)
    assert last["detail"].endswith(": module _ldap")
    assert "alice" not in done.out


def test_a_verdict_that_is_not_the_expected_one_fails(run, monkeypatch):
    monkeypatch.setitem(tried.VERDICTS, ("EX02", "Application relay"), "closed")
    done = run("doctor")
    assert done.status == 1
    assert "Judge it" in done.out
    assert "FAILED" in done.out
    assert "Paste all of this" in done.out


def test_another_package_with_the_module_ldif_is_told(monkeypatch):
    owners = {"ldif": ["python-ldap", "ldif"]}
    monkeypatch.setattr(importlib.metadata, "packages_distributions", lambda: owners)
    problems = [fact.problem for fact in installed.installation("utf-8") if fact.problem]
    assert problems == ["uninstall ldif, then install python-ldap again"]
