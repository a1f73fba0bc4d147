"""The notebook: stored without outputs, uses public names only, runs from start to end."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import analyzer

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "walkthrough.ipynb"
CELLS = json.loads(NOTEBOOK.read_text())["cells"]
CODE = [cell for cell in CELLS if cell["cell_type"] == "code"]


def test_it_is_stored_without_outputs():
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in CODE)


def test_its_first_cell_holds_the_parameters():
    assert CELLS[0]["metadata"]["tags"] == ["parameters"]


def test_it_uses_nothing_but_public_names():
    for node in ast.walk(ast.parse("\n".join("".join(cell["source"]) for cell in CODE))):
        if isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
            assert names <= {"analyzer", "pandas", "matplotlib.pyplot"}
        assert not isinstance(node, ast.ImportFrom)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "analyzer":
            assert node.attr in analyzer.__all__


def test_it_runs(tmp_path):
    # A process of its own: the kernel's own warnings are no business of these tests.
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "--nbmake", str(NOTEBOOK)),
            *("-p", "no:cacheprovider", "-o", "filterwarnings=default", "--nbmake-timeout=300"),
            f"--basetemp={tmp_path / 'run'}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
