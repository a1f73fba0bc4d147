"""Files that are read whole: ordinary ones, up to a size, and TOML that can be quoted."""

import os
import time
from pathlib import Path

import pytest

from analyzer.small_files import read_small_file
from analyzer.toml_text import DEEPEST, parse_toml


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"12345")
    assert read_small_file(file, 5) == b"12345"
    with pytest.raises(OSError, match="larger than 4 bytes"):
        read_small_file(file, 4)


def test_what_is_no_ordinary_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), Path("/dev/null")):
        with pytest.raises(OSError, match="no ordinary file"):
            read_small_file(path, 5)
    with pytest.raises(IsADirectoryError):
        read_small_file(tmp_path, 5)
    with pytest.raises(OSError, match="no name of a file"):
        read_small_file(Path("a\0b"), 5)
    with pytest.raises(FileNotFoundError):
        read_small_file(tmp_path / "missing", 5)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a = 9223372036854775808", "more than 64 bits"),
        ("a = [[{b = 0x" + "f" * 9_000 + "}]]", "more than 64 bits"),
        ("a = " + "9" * 5_000, "not valid TOML"),
        ("a = " + "[" * 5_000, "not valid TOML"),
        ("a" + ".a" * 40 + " = 1", f"more than {DEEPEST} deep"),
        ("a = " + "[" * 40 + "]" * 40, f"more than {DEEPEST} deep"),
        ("a" + ".a" * 500_000 + " = 1", "too many dots"),
        (("a" + ".a" * 1_000 + " = 1\n") * 500, "too many dots"),
        ("a = \x00", "not valid TOML"),
    ],
)
def test_toml_that_could_not_be_quoted_or_takes_long_is_refused_soon(
    text: str, reason: str
) -> None:
    clock = time.perf_counter()
    with pytest.raises(ValueError, match=reason) as refused:
        parse_toml(text.encode())
    assert time.perf_counter() - clock < 5
    assert len(str(refused.value)) < 300


def test_toml_of_ordinary_numbers_and_depth_is_read() -> None:
    assert parse_toml(b"\xef\xbb\xbfa = [9223372036854775807, {b.c = -1}]") == {
        "a": [2**63 - 1, {"b": {"c": -1}}]
    }
    with pytest.raises(ValueError, match="not UTF-8 at byte 4"):
        parse_toml(b"a = \xff")
