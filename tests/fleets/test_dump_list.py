"""Inputs of a fleet become dumps with labels that no other has, fit to be names of folders."""

import zipfile
from pathlib import Path

import pytest

from analyzer.errors import ReadError, UsageError
from analyzer.fleets.dump_list import ListedDump, list_dumps

from .small_fleets import small_dump


def listed(tmp_path: Path, *inputs: object) -> list[ListedDump]:
    return list_dumps([str(one) for one in inputs], str(tmp_path / "out"))


def labels(tmp_path: Path, *inputs: object) -> list[str]:
    return [dump.label for dump in listed(tmp_path, *inputs)]


@pytest.fixture
def clients(tmp_path: Path) -> Path:
    folder = tmp_path / "clients"
    for name in ("alpha/2019/config.ldf", "beta/config.ldf", "gamma.ldf"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(small_dump(name.partition("/")[0]))
    return folder


def test_each_file_below_a_folder_is_a_dump(clients: Path, tmp_path: Path) -> None:
    expected = ["alpha_2019_config.ldf", "beta_config.ldf", "gamma.ldf"]
    assert labels(tmp_path, clients) == expected


def test_a_folder_below_the_named_one_is_that_of_a_client(clients: Path, tmp_path: Path) -> None:
    assert [dump.client for dump in listed(tmp_path, clients)] == ["alpha", "beta", ""]
    with zipfile.ZipFile(clients / "delta.zip", "w") as archive:
        archive.writestr("2019/config.ldf", small_dump("delta"))
    assert [dump.client for dump in listed(tmp_path, clients)] == ["alpha", "beta", "", ""]
    assert [dump.client for dump in listed(tmp_path, clients / "beta")] == [""]


def test_each_match_of_a_pattern_is_a_dump(clients: Path, tmp_path: Path) -> None:
    assert labels(tmp_path, clients / "*.ldf", clients / "b*" / "*.ldf") == [
        "gamma.ldf",
        "config.ldf",
    ]


def test_each_member_of_an_archive_is_a_dump(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("alpha/config.ldf", small_dump("alpha"))
        archive.writestr("beta.ldf", small_dump("beta"))
    assert labels(tmp_path, tmp_path / "all.zip") == ["alpha_config.ldf", "beta.ldf"]


def test_parts_of_one_file_are_one_dump(tmp_path: Path) -> None:
    data = small_dump("alpha").encode()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "config.001").write_bytes(data[:300])
    (tmp_path / "in" / "config.002").write_bytes(data[300:])
    (dump,) = listed(tmp_path, tmp_path / "in")
    assert [Path(path).name for path in dump.paths] == ["config.001", "config.002"]
    assert dump.size == len(data)


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "..", "a\nb\x1b[31m", "CON", "con.ldf", "c:\\x", "'=1+1"],
)
def test_names_of_members_are_never_paths(name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr(name, small_dump("alpha"))
    (label,) = labels(tmp_path, tmp_path / "bad.zip")
    assert Path(label).name == label
    assert not label.startswith((".", "=", "'"))
    assert label.isprintable()
    assert not label.lower().startswith("con")


def test_labels_that_would_be_alike_get_digits_whatever_their_capitals(tmp_path: Path) -> None:
    for name in ("a/Config.ldf", "b/config.LDF", "c/other.ldf"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(small_dump("alpha"))
    inputs = [tmp_path / "a" / "*", tmp_path / "b" / "*", tmp_path / "c" / "*"]
    first, second, third = labels(tmp_path, *inputs)
    assert first.startswith("Config.ldf-")
    assert second.startswith("config.LDF-")
    assert third == "other.ldf"
    assert labels(tmp_path, *reversed(inputs)) == [third, second, first]


def test_a_dump_named_twice_is_one_dump(clients: Path, tmp_path: Path) -> None:
    assert len(listed(tmp_path, clients, clients / "gamma.ldf")) == 3


def test_a_list_names_dumps_from_its_own_folder_on(clients: Path, tmp_path: Path) -> None:
    (clients / "dumps.txt").write_text("# ours\n\ngamma.ldf\nbeta\nnone.ldf\n")
    dumps = listed(tmp_path, f"@{clients / 'dumps.txt'}")
    assert [dump.label for dump in dumps] == ["gamma.ldf", "config.ldf", "none.ldf"]
    assert [dump.refused for dump in dumps] == ["", "", "no such file or folder"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_names_client_and_label(separator: str, clients: Path, tmp_path: Path) -> None:
    rows = [
        ("Client", "label", "Path", "note"),
        ("Alpha Ltd", "", "alpha", "all of them"),
        ("Beta Ltd", "beta-2020", "beta/config.ldf", ""),
        ("", "", "", ""),
    ]
    text = "\ufeff" + "".join(separator.join(row) + "\r\n" for row in rows)
    (clients / "dumps.csv").write_text(text)
    dumps = listed(tmp_path, f"@{clients / 'dumps.csv'}")
    assert dumps == listed(tmp_path, clients / "dumps.csv")
    assert [(dump.client, dump.label) for dump in dumps] == [
        ("Alpha Ltd", "Alpha_Ltd_2019_config.ldf"),
        ("Beta Ltd", "beta-2020"),
    ]


def test_a_dump_of_csv_is_no_list(tmp_path: Path) -> None:
    (tmp_path / "dump.csv").write_text("DN,objectClass,label,path\nCN=x,top,,\n")
    assert labels(tmp_path, tmp_path / "dump.csv") == ["dump.csv"]


def test_what_the_command_line_names_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no such file"):
        listed(tmp_path, tmp_path / "none.ldf")
    with pytest.raises(ReadError, match="no such file"):
        listed(tmp_path, "@none.txt")
    with pytest.raises(UsageError):
        listed(tmp_path, "-")


def test_outputs_of_an_earlier_run_are_no_dumps(tmp_path: Path) -> None:
    (tmp_path / "a.ldf").write_text(small_dump("alpha"))
    (tmp_path / "out" / "a.ldf").mkdir(parents=True)
    (tmp_path / "out" / "a.ldf" / "results.json").write_text("{}")
    assert labels(tmp_path, tmp_path) == ["a.ldf"]
    with pytest.raises(UsageError, match="folder of the outputs"):
        listed(tmp_path, tmp_path / "out" / "a.ldf" / "results.json")
