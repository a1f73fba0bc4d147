"""Threads beside the scan: all they make arrives, in order, and none outlives its work."""

import hashlib
import itertools
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from analyzer.dump import begun_hash
from analyzer.dump.begun_hash import BegunHash, begin_hash
from analyzer.dump.hashing import HashingReader
from analyzer.dump.members import find_members
from analyzer.dump.read_ahead import ReadAhead
from analyzer.dump.snapshot.structs import MAGIC
from analyzer.errors import ReadError

BIG = bytes(range(256)) * 4_096


@pytest.fixture(autouse=True)
def _no_thread_is_left():
    before = threading.active_count()
    yield
    assert threading.active_count() == before


def test_pieces_arrive_in_order_and_end():
    thread = ReadAhead()
    assert list(thread.read(iter(range(1_000)))) == list(range(1_000))
    thread.close()


def test_an_error_arrives_behind_the_pieces_before_it():
    def pieces():
        yield 1
        raise ReadError("dump", "cannot be read")

    thread, read = ReadAhead(), []
    with pytest.raises(ReadError, match="cannot be read"):
        read.extend(thread.read(pieces()))
    thread.close()
    # `extend` of a list keeps what it took before the error.
    assert read == [1]


def test_a_thread_ends_though_there_is_more():
    thread = ReadAhead()
    assert next(thread.read(itertools.count(1))) == 1
    thread.close()


@contextmanager
def reading(
    file: Path, most: int = len(BIG), begun: BegunHash | None = None
) -> Iterator[HashingReader]:
    (member,) = find_members([str(file)])
    with file.open("rb") as stream:
        reader = HashingReader(stream, member, None, most, begun)
        reader.read()
        yield reader
        reader.close()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(BIG)
    return path


def test_a_mapped_file_is_hashed_whole_beside(file, monkeypatch):
    monkeypatch.setattr(begun_hash, "_PIECE", 1_000)
    with reading(file) as reader:
        with reader.mapped() as view:
            assert view[:256] == BIG[:256]
        assert reader.bytes == len(BIG)
        assert reader.close() == hashlib.sha256(BIG).hexdigest()


def test_a_map_is_let_go_when_reading_it_fails(file):
    with reading(file) as reader:
        with pytest.raises(ReadError, match="damaged"), reader.mapped() as view:
            raise ReadError("dump", "damaged")
        assert view.closed


def test_a_mapped_file_above_the_limit_is_refused(file):
    with (
        reading(file, len(BIG) - 1) as reader,
        pytest.raises(ReadError, match="max-input-size"),
        reader.mapped(),
    ):
        pass


def begun_with(file: Path) -> BegunHash:
    with file.open("rb") as stream:
        return BegunHash(stream)


def test_a_hash_that_was_begun_before_is_taken(file, monkeypatch):
    begun = begun_with(file)
    with reading(file, begun=begun) as reader:
        # Nothing but the first bytes is hashed here.
        monkeypatch.setattr(HashingReader, "_feed", lambda *_: pytest.fail("hashed again"))
        with reader.mapped() as view:
            assert view is begun.view
        assert reader.bytes == len(BIG)
        assert reader.close() == hashlib.sha256(BIG).hexdigest()


def test_a_hash_begun_of_a_file_above_the_limit_is_refused(file):
    with (
        reading(file, len(BIG) - 1, begun_with(file)) as reader,
        pytest.raises(ReadError, match="max-input-size"),
        reader.mapped(),
    ):
        pass


def test_the_hash_of_another_file_is_not_taken(file, tmp_path):
    other = tmp_path / "other"
    other.write_bytes(BIG[::-1])
    with reading(file, begun=begun_with(other)) as reader:
        with reader.mapped():
            pass
        assert reader.close() == hashlib.sha256(BIG).hexdigest()


def test_a_file_that_is_changed_while_it_is_read_is_hashed_again(file):
    with reading(file, begun=begun_with(file)) as reader:
        with reader.mapped():
            with file.open("r+b") as stream:
                stream.write(b"changed")
            os.utime(file, ns=(0, 0))
        assert reader.close() == hashlib.sha256(b"changed" + BIG[7:]).hexdigest()


def test_only_a_long_snapshot_that_stands_alone_is_begun(tmp_path, monkeypatch):
    snapshot, text = tmp_path / "s.dat", tmp_path / "t.ldf"
    snapshot.write_bytes(MAGIC + BIG)
    text.write_bytes(BIG)
    assert begin_hash([str(snapshot)]) is None
    monkeypatch.setattr(begun_hash, "_PAYS_FROM", len(BIG))
    begun = begin_hash([str(snapshot)])
    assert begun is not None
    with snapshot.open("rb") as stream:
        assert begun.digest(stream) == hashlib.sha256(MAGIC + BIG).hexdigest()
    begun.close()
    for paths in ([], [str(text)], [str(snapshot)] * 2, [str(tmp_path)], ["-"], ["none\0"], ["*"]):
        assert begin_hash(paths) is None
