"""The lock files: everything pyproject.toml asks for, at one version that fits, by its hash."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ASKED = {
    "build": PROJECT["build-system"]["requires"],
    "run": PROJECT["project"]["dependencies"],
    **PROJECT["dependency-groups"],
}
PYTHONS = ("3.11", "3.12", "3.13")


def locked(name: str) -> Iterator[tuple[Requirement, list[str]]]:
    """Yield each pinned requirement of a lock file with its hashes."""
    text = re.sub(r"(?m)^ *#.*\n", "", (ROOT / "requirements" / f"{name}.txt").read_text())
    for line in text.replace("\\\n", "").splitlines():
        requirement, *hashes = line.split(" --hash=")
        yield Requirement(requirement), [found.strip() for found in hashes]


def test_each_group_has_its_file():
    assert {path.stem for path in (ROOT / "requirements").iterdir()} == ASKED.keys()


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", ASKED)
def test_each_requirement_is_locked_within_its_range_once(name, python):
    chosen = {}
    environment = {"python_version": python, "python_full_version": f"{python}.9"}
    for pin, _ in locked(name):
        if pin.marker is None or pin.marker.evaluate(environment):
            assert canonicalize_name(pin.name) not in chosen
            (version,) = pin.specifier
            assert version.operator == "=="
            chosen[canonicalize_name(pin.name)] = version.version
    for asked in map(Requirement, ASKED[name]):
        if asked.marker is not None and not asked.marker.evaluate(environment):
            continue
        assert asked.specifier.contains(chosen[canonicalize_name(asked.name)]), (
            f"{asked}: make lock"
        )


@pytest.mark.parametrize(
    ("system", "name"),
    [("win32", "python-ldap-build-windows"), ("darwin", "python-ldap"), ("linux", "python-ldap")],
)
def test_each_system_has_one_build_of_python_ldap(system, name):
    builds = [pin for pin, _ in locked("run") if pin.name.startswith("python-ldap")]
    environment = {"sys_platform": system}
    assert [pin.name for pin in builds if pin.marker and pin.marker.evaluate(environment)] == [name]


@pytest.mark.parametrize("name", ASKED)
def test_everything_locked_has_hashes_and_no_address(name):
    for pin, hashes in locked(name):
        assert pin.url is None
        assert hashes
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", found) for found in hashes)
