"""The notebooks: stored without outputs, uses public names only, runs from start to end."""

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import analyzer

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
each_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)


def cells_of(notebook: Path) -> list[dict[str, Any]]:
    return json.loads(notebook.read_text())["cells"]


def code_of(notebook: Path) -> list[dict[str, Any]]:
    return [cell for cell in cells_of(notebook) if cell["cell_type"] == "code"]


@each_notebook
def test_it_is_stored_without_outputs(notebook: Path) -> None:
    assert all(
        cell["outputs"] == [] and cell["execution_count"] is None for cell in code_of(notebook)
    )


@each_notebook
def test_its_first_cell_holds_the_parameters(notebook: Path) -> None:
    assert cells_of(notebook)[0]["metadata"]["tags"] == ["parameters"]


@each_notebook
def test_it_uses_nothing_but_public_names(notebook: Path) -> None:
    for node in ast.walk(
        ast.parse("\n".join("".join(cell["source"]) for cell in code_of(notebook)))
    ):
        if isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
            assert names <= {"analyzer", "pandas", "matplotlib.pyplot", "tempfile"}
        assert not isinstance(node, ast.ImportFrom)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "analyzer":
            assert node.attr in analyzer.__all__


def test_they_run(tmp_path: Path) -> None:
    # A process of its own: the kernel's own warnings are no business of these tests.
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "--nbmake", *map(str, NOTEBOOKS)),
            *("-p", "no:cacheprovider", "-o", "filterwarnings=default", "--nbmake-timeout=300"),
            f"--basetemp={tmp_path / 'run'}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert f"{len(NOTEBOOKS)} passed" in done.stdout
