"""The layers of the package: who may import what, and that nothing reaches for the network."""

import ast
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

import analyzer

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "analyzer"
MODULES = sorted(PACKAGE.rglob("*.py"))
SAMPLES = sorted(
    path
    for path in (ROOT / "samples").rglob("*")
    if path.suffix in (".ldf", ".ldif", ".csv") and path.is_file()
)

LAYERS = (
    ("errors", "version"),
    ("dump",),
    ("directory",),
    ("inventory",),
    ("dataframes", "proof"),
    ("open_dump",),
    ("catalogue",),
    ("relay",),
    ("results",),
    ("judge",),
    ("report",),
    ("verify",),
    ("",),  # analyzer/__init__.py, the public names
    ("settings", "crash_log", "options"),
    ("arguments", "terminal"),
    ("cli",),
    ("__main__",),
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

ONLY_HERE = {
    "ldap": ("dump/", "directory/names.py"),
    "ldif": ("dump/",),
    "openpyxl": ("report/workbook/", "verify/workbook_reader.py"),
    "pandas": ("dataframes.py",),
    "jinja2": ("report/",),
    "typer": ("cli.py", "options.py"),
    "rich": ("cli.py",),
}
NETWORK = {"socket", "ssl", "urllib", "http", "ftplib", "smtplib", "requests", "asyncio"}


def name_of(path: Path) -> str:
    """Return where a module stands in the package."""
    return path.relative_to(PACKAGE).as_posix()


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of every module that a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} imports relatively"
            yield node.module or ""
            if node.module == "analyzer":
                yield from (f"analyzer.{alias.name}" for alias in node.names)


def layer_of(module: str) -> str:
    """Return the layer of a module of ours, given by its full name."""
    part = [*module.split("."), ""][1]
    return part if part in LEVEL else ""


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_one_way(path):
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py").replace("__init__", "")
    assert own in LEVEL, f"{own} has no layer; add it to LAYERS"
    for module in imports(path):
        if module.split(".")[0] == "analyzer" and not (own == "" and module == "analyzer"):
            assert LEVEL[layer_of(module)] <= LEVEL[own], f"{own} imports {module}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_foreign_libraries_stay_where_they_belong(path):
    for module in imports(path):
        places = ONLY_HERE.get(module.split(".")[0])
        assert places is None or name_of(path).startswith(places), module


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_imports_anything_of_the_network(path):
    assert not {module.split(".")[0] for module in imports(path)} & NETWORK


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_command_line_prints_and_exits(path):
    if name_of(path) == "cli.py":
        return
    nodes = ast.walk(ast.parse(path.read_text()))
    calls = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
    assert not calls & {"print", "sys.exit", "exit", "quit", "os._exit", "typer.echo"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_begins_with_what_it_is(path):
    text = ast.get_docstring(ast.parse(path.read_text()))
    assert text
    assert len(text.splitlines()[0]) <= 100


@pytest.fixture
def without_network(monkeypatch):
    """Break everything that could open a connection."""

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("something opened a socket")

    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_no_sample_makes_us_open_a_socket(path, tmp_path, without_network):
    dump = analyzer.read_dump(path)
    analyzer.write_report(analyzer.audit(dump), tmp_path / "r.json", tmp_path / "r.csv")
    assert sum(1 for _ in dump.entries) > 0


def test_no_report_makes_us_open_a_socket(tmp_path, without_network):
    dump = analyzer.read_dump(ROOT / "samples" / "contoso-2003.ldf")
    results = analyzer.audit(dump)
    analyzer.write_report(results, tmp_path / "r.xlsx", tmp_path / "r.html")
    assert len(dump.virtual_servers()) == 20
