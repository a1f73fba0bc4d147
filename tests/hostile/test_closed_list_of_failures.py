"""From any bytes, by any entry point: entries, reasons, or an error with one line. Nothing else."""

import gzip
import io
import random
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import SAMPLES, mutated

import analyzer
from analyzer import ReadError, ReadOptions
from analyzer.cli import main
from bench.growth import CONSTRUCTS
from fuzz.targets import check_message

DUMPS = sorted(path for path in SAMPLES.rglob("*") if path.suffix in (".ldf", ".ldif", ".csv"))


def outcome(path: Path, *, judge: bool = True, **options: object) -> str:
    """Have bytes read in every way there is; any exception but ours comes through."""
    chosen = ReadOptions(**options)
    try:
        dump = analyzer.read_dump(path, options=chosen)
        for source in dump.inputs:
            assert source.entries >= source.relevant_entries
        for item in dump.unreadable:
            assert item.reason
            assert "\n" not in item.reason
            if item.line is not None:
                assert item.last_line is not None
                assert 1 <= item.line <= item.last_line
        for entry in dump.entries:
            assert (entry.source.line or 1) <= (entry.source.last_line or 1)
        if judge:
            analyzer.audit(dump)
    except ReadError as error:
        check_message(error)
        return "refused"
    return "read"


def damaged(rnd: random.Random, data: bytes) -> bytes:
    """Return bytes that were cut, flipped, moved or doubled; UTF-16 too is damaged as bytes."""
    text = bytearray(data)
    for _ in range(rnd.randrange(1, 6)):
        at, other = rnd.randrange(len(text) + 1), rnd.randrange(len(text) + 1)
        size = rnd.choice((1, 7, 80, 1_000))
        what = rnd.randrange(5)
        if what == 0:
            text[at : at + size] = bytes(rnd.randrange(256) for _ in range(min(size, 9)))
        elif what == 1:
            del text[at : at + size]
        elif what == 2:
            text[at:at] = text[other : other + size]
        elif what == 3:
            block = text[other : other + size]
            del text[other : other + size]
            text[at:at] = block
        elif at < len(text):
            text[at] ^= 1 << rnd.randrange(8)
    return bytes(text)


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.name)
def test_cut_sample_is_read_or_refused(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    cut = tmp_path / "dump"
    rnd = random.Random(path.name)
    for _ in range(6):
        cut.write_bytes(data[: rnd.randrange(len(data))])
        outcome(cut)
    cut.write_bytes(data[rnd.randrange(len(data)) :])
    outcome(cut)


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.name)
def test_damaged_sample_is_read_or_refused(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    rnd = random.Random("damage" + path.name)
    kind = "csv" if path.suffix == ".csv" else "ldif"
    found = set()
    for number in range(8):
        dump = tmp_path / "dump"
        dump.write_bytes(damaged(rnd, data) if number % 2 else mutated(rnd, data, kind))
        found.add(outcome(dump, parse_all=bool(number % 3)))
    assert "read" in found


@pytest.mark.parametrize("seed", range(30))
def test_damaged_archive_is_read_or_refused(seed: int, tmp_path: Path) -> None:
    rnd = random.Random(seed)
    for _ in range(8):
        data = rnd.choice(DUMPS).read_bytes()[:20_000]
        if rnd.random() < 0.4:
            packed = gzip.compress(data)
        else:
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w", rnd.choice((0, 8, 12, 14))) as archive:
                for name in ("a.ldf", "../b", "c\x01d")[: rnd.randrange(1, 4)]:
                    archive.writestr(name, damaged(rnd, data)[:9_000])
            packed = buffer.getvalue()
        path = tmp_path / "dump"
        path.write_bytes(packed[:4] + damaged(rnd, packed)[4:])
        outcome(path)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from(["", "dn: ", "DN,cn\n", "version: 1\n", "\ufeffdn: "])
)
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, start: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    for text in (start.encode() + data, start.encode("utf-16") + data):
        path.write_bytes(text)
        outcome(path)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "cp1252", "utf-16", "utf-16-be", "utf-7", "cp037", "shift_jis"]
)
def test_any_chosen_encoding_reads_or_refuses(encoding: str, tmp_path: Path) -> None:
    rnd = random.Random(encoding)
    path = tmp_path / "dump"
    for _ in range(12):
        path.write_bytes(damaged(rnd, rnd.choice(DUMPS).read_bytes()[:9_000]))
        outcome(path, encoding=encoding)


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_hostile_construct_is_read_or_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "dump"
    path.write_bytes(CONSTRUCTS[name](40_000))
    outcome(path)


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_hostile_construct_above_the_limit_costs_itself(name: str, tmp_path: Path) -> None:
    path = tmp_path / "dump"
    path.write_bytes(CONSTRUCTS[name](120_000))
    outcome(path, judge=False, max_record=30_000)


@pytest.mark.parametrize("seed", range(6))
def test_command_ends_with_0_or_3_and_leaves_whole_outputs_or_none(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    rnd = random.Random(500 + seed)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for number in range(6):
        data = damaged(rnd, rnd.choice(DUMPS).read_bytes())
        if number % 3 == 2:
            data = data[: rnd.randrange(60)]
        Path("dump").write_bytes(data)
        source = "-" if number % 2 else "dump"
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        arguments = ["audit", source, "-o", f"{number}.json", "-o", f"{number}.csv"]
        monkeypatch.setattr(sys, "argv", ["exchange-analyzer", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        errors = capfd.readouterr().err
        assert end.value.code in (0, 3), errors
        assert "Traceback" not in errors
        written = {path.name for path in tmp_path.iterdir() if path.name[0].isdigit()}
        assert written == ({f"{number}.json", f"{number}.csv"} if end.value.code == 0 else set())
        for path in list(tmp_path.glob("*.json")) + list(tmp_path.glob("*.csv")):
            path.unlink()
    assert not (tmp_path / "state").exists()
