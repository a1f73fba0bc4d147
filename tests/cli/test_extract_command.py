"""The command `extract`: its files are whole or not there, and what was named is never replaced."""

import json
import shutil
from pathlib import Path

import pytest


def test_the_extract_is_written_and_audited_like_the_dump(run, sample):
    done = run("extract", sample, "-o", "e.ldif")
    assert (done.status, done.out) == (0, "")
    assert "Wrote e.ldif. Nothing left this computer." in done.err
    assert run("audit", sample, "-o", "a.json", "--fail-on", "info").status == 1
    assert run("audit", "e.ldif", "-o", "b.json", "--fail-on", "info").status == 1
    first, again = (json.loads(Path(name).read_text()) for name in ("a.json", "b.json"))
    assert again["checks"] == first["checks"]
    assert run("verify", "b.json", "--input", "e.ldif").status == 0


def test_standard_output_holds_the_extract_alone(run, sample):
    done = run("extract", sample, "-o", "-")
    run("extract", sample, "-o", "e.ldif")
    assert done.out == Path("e.ldif").read_text()


def test_it_reads_standard_input(run, sample, monkeypatch):
    with Path(sample).open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert run("extract", "-", "-o", "e.ldif").status == 0
    assert "# source: -:502, entry" in Path("e.ldif").read_text()


def test_the_mapping_is_kept_apart_and_used_again(run, sample):
    assert run("extract", sample, "--redact", "--mapping", "m.json", "-o", "a.ldif").status == 0
    assert "contoso" in Path("m.json").read_text()
    assert "contoso" not in Path("a.ldif").read_text().lower()
    assert run("extract", sample, "--redact", "--mapping", "m.json", "-o", "b.ldif").status == 0
    assert Path("a.ldif").read_bytes() == Path("b.ldif").read_bytes()


def test_descriptors_stay_out_when_asked(run, sample):
    assert run("extract", sample, "--all", "--no-descriptors", "-o", "e.ldif").status == 0
    assert "\nnTSecurityDescriptor:" not in Path("e.ldif").read_text()


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ((), 2, "name one output"),
        (("-o", "a", "-o", "b"), 2, "name one output"),
        (("-o", "config.ldf"), 2, "an output would replace it"),
        (("-o", "there.ldif"), 5, "exists already"),
        (("-o", "gone/e.ldif"), 5, "does not exist"),
        (("-o", "e.ldif", "--mapping", "m.json"), 2, "with --redact only"),
        (("-o", "e.ldif", "--redact", "--mapping", "e.ldif"), 2, "named twice"),
        (("-o", "e.ldif", "--redact", "--mapping", "there.ldif"), 3, "no mapping file"),
        (("-o", "e.ldif", "--redact", "--mapping", "gone/m.json"), 5, "does not exist"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(run, sample, arguments, status, message):
    shutil.copy(sample, "config.ldf")
    Path("there.ldif").write_text("{}")
    before = sorted(Path().iterdir())
    done = run("extract", "config.ldf", *arguments)
    assert done.status == status
    assert message in " ".join(done.err.split())
    assert [path for path in sorted(Path().iterdir()) if path.name != "state"] == before
    assert Path("there.ldif").read_text() == "{}"


def test_a_file_of_a_folder_of_dumps_is_not_replaced(run, sample):
    Path("dumps").mkdir()
    shutil.copy(sample, "dumps/config.ldf")
    done = run("extract", "dumps", "-o", "dumps/config.ldf", "--overwrite")
    assert done.status == 2
    assert Path("dumps/config.ldf").read_bytes() == Path(sample).read_bytes()


def test_what_could_not_be_read_is_told(run):
    Path("odd.ldif").write_text("dn: CN=a,DC=b\ncn: a\n\ndn: no dn\ncn: b\n\n")
    assert "1 records or values" in run("extract", "odd.ldif", "-o", "e.ldif").err
