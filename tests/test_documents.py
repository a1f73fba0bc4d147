"""The documents agree with the program: help, commands, exit statuses, examples, links."""

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

import analyzer
from analyzer import cli
from analyzer.catalogue import check_folder
from analyzer.catalogue.condition_table import VALUE_CONDITIONS
from analyzer.report import FORMATS
from analyzer.report.export_command import command_for
from analyzer.settings import merge

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
DOCUMENTS = [ROOT / "README.md", *ROOT.glob("[CS]*.md"), *sorted((ROOT / "docs").glob("*.md"))]
SAMPLE = ROOT / "samples" / "contoso-2003.ldf"


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks of a language."""
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", text)


def command(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run the command as in a terminal 80 columns wide."""
    environment = {**os.environ, "COLUMNS": "80", "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-m", "analyzer", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("block", blocks(README, "console"), ids=lambda block: block.split("\n")[0])
def test_help_in_the_readme_is_that_of_the_program(block):
    first, _, rest = block.partition("\n")
    done = command(*shlex.split(first.removeprefix("$ exchange-analyzer ")))
    assert done.returncode == 0
    assert words(rest) == words(done.stdout)


def test_the_manual_page_is_made_of_the_help():
    made = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "man_page.py")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert (ROOT / "docs" / "exchange-analyzer.1").read_text() == made, "make man"


def words(text: str) -> list[str]:
    """Return the words of a help text; typer's versions align them in their own ways."""
    return re.sub(r"<[^>]*>|[\[\].]", "", text).split()


def test_every_exit_status_is_in_the_readme_and_no_other():
    table = README.split("## Exit status")[1].split("##")[0]
    documented = {int(number) for number in re.findall(r"(?m)^\| (\d+) \|", table)}
    statuses = (
        cli.FINDINGS,
        cli.USAGE,
        cli.BAD_INPUT,
        cli.INCOMPLETE,
        cli.BAD_OUTPUT,
        cli.BAD_RULES,
        cli.INTERNAL,
        cli.INTERRUPTED,
    )
    assert documented == {0, *statuses}


@pytest.mark.parametrize("tool", ["ldifde", "csvde", "ldapsearch"])
def test_the_export_commands_in_the_readme_are_those_of_export_help(tool):
    assert f"    {command_for(tool)}\n" in README


FOLLOW_UP = blocks((ROOT / "docs" / "follow-up.md").read_text(), "toml")


def examples() -> list[str]:
    """Return the commands of the readme's examples and of the documents on rules and results."""
    lines = "".join(blocks(README, "sh")).splitlines()
    for name in ("rules.md", "results.md", "follow-up.md"):
        found = re.findall(r"(?m)^    (exchange-analyzer .*)$", (ROOT / "docs" / name).read_text())
        lines += [line.split(" | ")[0] for line in found]
    return lines


def test_the_examples_run_in_their_order(tmp_path, run):
    shutil.copy(SAMPLE, tmp_path / "config.ldf")
    (tmp_path / "dumps").mkdir()
    shutil.copy(SAMPLE, tmp_path / "dumps")
    (tmp_path / "my-rules").mkdir()
    rules = blocks((ROOT / "docs" / "rules.md").read_text(), "toml")[0]
    (tmp_path / "my-rules" / "mine.toml").write_text(rules)
    for name, text in zip(("waivers", "profile"), FOLLOW_UP, strict=True):
        (tmp_path / f"{name}.toml").write_text(text)
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    for line in examples():
        if line.startswith("export PATH="):
            continue
        words = shlex.split(line, comments=True)
        for before, output in pairwise(words):
            if before == "-o":
                (tmp_path / output).unlink(missing_ok=True)
        (tmp_path / "report.xlsx").unlink(missing_ok=True)
        done = run(*words[1:])
        assert done.status == 0, f"{line}: {done.err}"


def test_the_library_example_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    for block in blocks(README, "python"):
        exec(compile(ast.parse(block), "README.md", "exec"), {})
    assert "EX02 Application relay open" in capsys.readouterr().out
    assert (tmp_path / "report.xlsx").exists()


def test_the_example_of_a_follow_up_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copy(SAMPLE, tmp_path / "config.ldf")
    for name, text in zip(("waivers", "profile"), FOLLOW_UP, strict=True):
        (tmp_path / f"{name}.toml").write_text(text)
    assert command("audit", "config.ldf", "-o", "last.xlsx", folder=tmp_path).returncode == 0
    (block,) = blocks((ROOT / "docs" / "follow-up.md").read_text(), "python")
    exec(compile(ast.parse(block), "follow-up.md", "exec"), {})
    assert re.search(r"RL-01 +EX02 +W-001", capsys.readouterr().out)
    assert (tmp_path / "follow-up.xlsx").exists()


def test_the_settings_file_in_the_readme_is_valid(tmp_path):
    (text,) = blocks(README, "toml")
    file = tmp_path / "exchange-analyzer.toml"
    file.write_text(text)
    assert merge({}, {}, file).text("client") == "Contoso Ltd"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_inside_the_project_leads_somewhere(document):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text()):
        if "://" not in target:
            assert (document.parent / target).exists(), target


def test_the_targets_of_make_are_those_in_the_documents():
    makefile = (ROOT / "Makefile").read_text()
    for document in DOCUMENTS:
        for target in re.findall(r"(?:^    |`)make ([a-z-]+)", document.read_text(), re.MULTILINE):
            assert re.search(rf"(?m)^{target}:", makefile), f"{document.name}: make {target}"


def test_ci_runs_make_test_and_nothing_else():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert lines[-1] == "make test"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_rules_in_the_documents_are_valid(tmp_path):
    rule, grades, by_version, by_connector, control = blocks(
        (ROOT / "docs" / "rules.md").read_text(), "toml"
    )
    assert tomllib.loads(by_version)["rule"]["defaults"][1]["versions"] == ["2003"]
    plain = rule.replace("protocolCfgSMTPServer", "msExchSmtpReceiveConnector").replace(
        "msExchSmtpMaxHopCount", "msExchSmtpReceiveMaxHopCount"
    )
    files = {
        "a.toml": f"{rule}\n{grades}",
        "b.toml": plain.replace("MINE-01", "MINE-02") + by_connector,
        "c.toml": rule.replace("MINE-01", "MINE-03")
        .replace('"weakness"', '"hardening"')
        .replace("severity =", 'versions = ["2003"]\nseverity =')
        + control,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    checked = check_folder(tmp_path)
    assert [rule.id for rule in checked] == ["MINE-01", "MINE-02", "MINE-03"]
    assert checked[0].grades[0].severity == "low"


def test_every_condition_on_a_value_is_in_the_documents():
    text = (ROOT / "docs" / "rules.md").read_text()
    documented = set(re.findall(r"(?m)^\| `([a-z0-9_]+)` \|", text))
    assert documented == VALUE_CONDITIONS.keys() - {"no_documented_default"}


@pytest.mark.parametrize(
    "method",
    ["virtual_servers", "virtual_server_states", "servers", "connectors", "organizations"],
)
def test_the_first_columns_of_each_table_are_in_the_documents(method):
    text = (ROOT / "docs" / "dataframes.md").read_text()
    (row,) = re.findall(rf"(?m)^\| `{method}\(\)` \|[^|]*\| (.*) \|$", text)
    if method == "virtual_server_states":
        method = "virtual_servers"
        (row,) = re.findall(rf"(?m)^\| `{method}\(\)` \|[^|]*\| (.*) \|$", text)
    frame = getattr(analyzer.read_dump(SAMPLE), method)()
    names = re.findall("`([a-z_]+)`", row)
    assert list(frame.columns[: len(names)]) == names
    assert not [name for name in frame.columns[len(names) :] if "_" in name]


def test_every_output_format_is_in_the_readme():
    assert set(re.findall(r"(?m)^\| `(\.[a-z]+)` \|", README)) == set(FORMATS)


PACKAGE = ROOT / "analyzer"
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()


def on_the_map() -> set[str]:
    """Return the folders and modules that the map names, as paths without endings."""
    (tree,) = [block for block in blocks(ARCHITECTURE, "") if block.startswith("analyzer/\n")]
    folders: list[str] = []
    named: set[str] = set()
    for line in tree.splitlines()[1:]:
        depth = (len(line) - len(line.lstrip())) // 2 - 1
        del folders[depth:]
        for name in re.split(" {2,}", line.strip())[0].split():
            named.add("".join([*folders, name.rstrip("/")]))
            if name.endswith("/"):
                folders.append(name)
    return named


def test_the_map_names_every_folder_and_module_and_no_other():
    modules = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".pyx")]
    paths = {path.relative_to(PACKAGE).with_suffix("").as_posix() for path in modules}
    expected = {path.removesuffix("/__init__") for path in paths}
    assert on_the_map() == expected


def test_every_file_that_the_map_names_exists():
    named = set(re.findall(r"`([a-z_/]+(?:/|\.[a-z]+))`", ARCHITECTURE))
    assert len(named) > 30
    assert [n for n in named if not ((PACKAGE / n).exists() or (ROOT / n).exists())] == []


@pytest.mark.parametrize(
    ("name", "file"), re.findall(r"`(\w+)`\s+\(`([a-z_/]+\.py)`\)", ARCHITECTURE)
)
def test_every_step_of_the_walk_is_where_the_map_says(name, file):
    tree = ast.parse((PACKAGE / file).read_text())
    definitions = ast.FunctionDef | ast.ClassDef
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, definitions)}
