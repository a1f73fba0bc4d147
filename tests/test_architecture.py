"""The layers of the package, its names, who may import what, and that nothing uses the network."""

import ast
import io
import re
import socket
import tokenize
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import analyzer

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "analyzer"
MODULES = sorted(PACKAGE.rglob("*.py"))
SAMPLES = sorted(
    path
    for path in (ROOT / "samples").rglob("*")
    if path.suffix in (".ldf", ".ldif", ".csv", ".dat") and path.is_file()
)

LAYERS = (
    ("errors", "version", "visible_text", "platform_calls"),
    ("small_files", "toml_text", "crash_log"),
    ("dump",),
    ("directory",),
    ("inventory", "entry_settings"),
    ("dataframes", "proof", "namesakes"),
    ("open_dump",),
    ("catalogue",),
    ("relay",),
    ("results",),
    ("judge", "waivers"),
    ("report",),
    ("verify", "extract"),
    ("changes",),
    ("reviewed",),
    ("fleets",),
    ("",),  # analyzer/__init__.py, the public names
    ("diagnosis",),
    ("terminal", "demonstration"),
    ("option_forms",),
    ("options",),
    ("settings", "printing"),
    ("output_check",),
    ("arguments",),
    ("cli",),
    ("__main__",),
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

ONLY_HERE = {
    "ldap": (),
    "_ldap": ("dump/distinguished_names.py",),
    "ldif": ("dump/",),
    "openpyxl": ("report/workbook/",),
    "docx": ("report/letter/",),
    "chardet": ("dump/code_pages.py",),
    "pandas": ("dataframes.py",),
    "jinja2": ("report/",),
    "typer": ("cli.py", "options.py", "printing.py"),
    "rich": ("printing.py",),
    "xml": ("verify/xml_parts.py",),
    "dataclasses": (),  # Structs of msgspec take a twentieth of the time to make
    "tomli": ("toml_text.py",),
    "fsspec": ("fleets/store_access.py",),
    "distributed": ("fleets/crews.py",),
    "pyarrow": ("fleets/fleet_parquet.py",),
    "sqlite3": ("fleets/fleet_tables.py",),
    "subprocess": ("fleets/worker_pool.py",),
}
PRINTING = {"print", "typer.echo", "typer.secho", "input"}
EXITING = {"sys.exit", "exit", "quit", "os._exit"}
STREAMS = {"sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__"}
HARD = ("printing.py", "verify/xml_parts.py")
"""Modules whose cleverness needs its reasons beside it."""
POSIX_MODULES = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "posix", "syslog"}
ASKING = {"sys.platform", "os.name", "platform.system"}
NOT_ON_WINDOWS = re.compile(
    r"os\.(fork\w*|wait\w*|\w*[ug]id|getlogin|getpg\w+|setsid|kill\w*|uname|mkfifo|mknod|l?chown"
    r"|fchmod|fchown|lchmod|fdatasync|sync|nice|pipe2|sendfile|posix_\w+|sched_\w+|sysconf\w*"
    r"|getloadavg|get_blocking|WEXIT\w+|O_(NOFOLLOW|NONBLOCK|CLOEXEC|DIRECTORY|SYNC|NOCTTY|TMPFILE))"
    r"|signal\.(SIG(KILL|HUP|ALRM|CHLD|PIPE|USR[12]|QUIT)|alarm|setitimer|pthread_\w+|sigwait\w*)"
)
"""Python's documents say of each whether Windows has it."""
TELLING = ("crash_log.py", "diagnosis/installation.py")
"""Modules that tell the name of the system to a person, and do nothing else with it."""
NETWORK = {"socket", "ssl", "urllib", "http", "ftplib", "smtplib", "requests", "asyncio"}


def name_of(path: Path) -> str:
    """Return where a module stands in the package."""
    return path.relative_to(PACKAGE).as_posix()


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    """Return all that a module consists of, itself first."""
    return list(ast.walk(ast.parse(path.read_text())))


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of every module that a module imports, anywhere in it."""
    for node in nodes_of(path):
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
def test_one_module_asks_for_the_system_and_calls_what_only_some_have(path):
    names = {ast.unparse(node) for node in nodes_of(path) if isinstance(node, ast.Attribute)}
    special = {name for name in names if name in ASKING or NOT_ON_WINDOWS.fullmatch(name)}
    allowed = {"platform.system"} if name_of(path) in TELLING else set()
    assert name_of(path) == "platform_calls.py" or special <= allowed
    modules = {module.split(".")[0] for module in imports(path)}
    assert name_of(path) == "platform_calls.py" or not modules & POSIX_MODULES


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_one_module_prints_and_one_exits(path):
    nodes = nodes_of(path)
    calls = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
    streams = {ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)} & STREAMS
    assert name_of(path) == "printing.py" or not calls & PRINTING | streams
    assert name_of(path) == "cli.py" or not calls & EXITING


@pytest.mark.parametrize(
    "path",
    [p for p in MODULES if name_of(p).startswith(("dump/", "directory/", "inventory"))],
    ids=name_of,
)
def test_text_of_a_dump_is_quoted_by_one_module(path):
    """A reason that quotes what it met quotes a password one day; see `dump/quoting.py`."""
    nodes = nodes_of(path)
    assert not [n for n in nodes if isinstance(n, ast.FormattedValue) and n.conversion == ord("r")]
    calls = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
    assert not calls & {"repr", "ascii"}


def test_each_module_name_stands_once():
    folders = [folder.parent for folder in PACKAGE.rglob("*/__init__.py")]
    names = [path.stem for path in (*MODULES, *folders) if not path.stem.startswith("__")]
    assert [name for name, number in Counter(names).items() if number > 1] == []


def test_no_attribute_of_the_package_is_a_function_in_the_place_of_a_module():
    public = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in MODULES}
    assert not public & set(analyzer.__all__)


def types_of(path: Path) -> Iterator[str]:
    """Yield the names of the classes and of the aliases of types that a module defines."""
    for node in nodes_of(path):
        if isinstance(node, ast.ClassDef):
            yield node.name.lstrip("_")
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id.lstrip("_")
            if re.fullmatch(r"[A-Z][A-Za-z]*[a-z][A-Za-z]*", name):
                yield name


def test_each_type_name_means_one_thing():
    names = Counter(name for path in MODULES for name in set(types_of(path)))
    assert [name for name, number in names.items() if number > 1] == []


def comments_in(path: Path) -> int:
    """Return how many lines hold a comment."""
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text()).readline)
    return sum(token.type == tokenize.COMMENT for token in tokens)


@pytest.mark.parametrize("name", HARD)
def test_modules_that_do_hard_things_say_why(name):
    path = PACKAGE / name
    lines = [line for line in path.read_text().splitlines() if line.strip()]
    assert 0.03 <= comments_in(path) / len(lines) <= 0.08


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_begins_with_what_it_is(path):
    text = ast.get_docstring(nodes_of(path)[0])
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
