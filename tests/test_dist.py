"""The parts of `make dist` that can be tried without building anything."""

import importlib.util
import io
import os
import re
import tarfile
import tomllib
from pathlib import Path

import pytest

from analyzer.version import __version__

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def dist():
    spec = importlib.util.spec_from_file_location("dist", ROOT / "scripts" / "dist.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_wheel_for_every_system_differs_in_the_compiled_module_only(dist, tmp_path):
    text = (ROOT / "pyproject.toml").read_text()
    (tmp_path / "pyproject.toml").write_text(text)
    dist.without_extension(tmp_path)
    before, after = tomllib.loads(text), tomllib.loads((tmp_path / "pyproject.toml").read_text())
    (module,) = before["tool"]["setuptools"].pop("ext-modules")
    assert module["optional"] is True
    assert before == after


def test_a_source_distribution_depends_on_its_files_only(dist, tmp_path):
    packed = []
    for number, mode in ((1, 0o600), (2, 0o644)):
        archive = tmp_path / f"{number}.tar.gz"
        with tarfile.open(archive, "w:gz") as made:
            for name in ("b", "a") if number == 1 else ("a", "b"):
                member = tarfile.TarInfo(name)
                member.size, member.mode, member.mtime = 1, mode, number
                member.uid = member.gid = number
                made.addfile(member, io.BytesIO(name.encode()))
        dist.with_fixed_times(archive, 1_700_000_000)
        packed.append(archive.read_bytes())
        with tarfile.open(archive) as read:
            assert [(m.name, m.mode, m.mtime) for m in read] == [
                ("a", 0o644, 1_700_000_000),
                ("b", 0o644, 1_700_000_000),
            ]
    assert packed[0] == packed[1]


def test_two_builds_that_differ_are_told(dist, tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.whl").write_text(name)
    with pytest.raises(SystemExit, match=r"differ: .*a\.whl"):
        dist.compare(tmp_path / "first", tmp_path / "second")


def test_the_version_has_a_date_in_the_changelog():
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert re.search(rf"(?m)^## \[{re.escape(__version__)}\] - \d{{4}}-\d\d-\d\d$", changelog)


def test_the_container_runs_as_nobody_and_names_no_registry():
    text = (ROOT / "Containerfile").read_text()
    images = re.findall(r"(?m)^FROM (\S+)", text)
    assert all(re.fullmatch(r"[a-z]+:[a-z0-9.-]+", image) for image in images)
    (user,) = re.findall(r"(?m)^USER (\d+):\d+$", text)
    assert int(user) > 0
    for copied in re.findall(r"(?m)^COPY (?!--from)(.*) \S+$", text):
        assert all((ROOT / name).exists() for name in copied.split())


def test_what_is_run_can_be_run():
    for script in (ROOT / "scripts").glob("*.sh"):
        assert os.access(script, os.X_OK), script.name
