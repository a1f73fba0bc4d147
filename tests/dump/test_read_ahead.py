"""Threads beside the scan: all they make arrives, in order, and none outlives its input."""

import hashlib
import itertools
import mmap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from analyzer.dump import hashing
from analyzer.dump.hashing import HashingReader
from analyzer.dump.members import find_members
from analyzer.dump.read_ahead import ReadAhead
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
def mapped(file: Path, most: int) -> Iterator[tuple[HashingReader, mmap.mmap]]:
    (member,) = find_members([str(file)])
    with file.open("rb") as stream:
        reader = HashingReader(stream, member, None, most)
        reader.read()
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as view:
            yield reader, view
        reader.close()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(BIG)
    return path


def test_a_mapped_file_is_hashed_whole_beside(file, monkeypatch):
    monkeypatch.setattr(hashing, "_MAPPED_CHUNK", 1_000)
    with mapped(file, len(BIG)) as (reader, view):
        with reader.hashing(view):
            assert view[:256] == BIG[:256]
        assert reader.bytes == len(BIG)
        assert reader.close() == hashlib.sha256(BIG).hexdigest()


def test_a_map_can_be_let_go_when_reading_it_fails(file):
    def read_damaged(reader: HashingReader, view: mmap.mmap) -> None:
        with reader.hashing(view):
            raise ReadError("dump", "damaged")

    with mapped(file, len(BIG)) as (reader, view):
        with pytest.raises(ReadError, match="damaged"):
            read_damaged(reader, view)
        view.close()  # which fails where the thread still holds it


def test_a_mapped_file_above_the_limit_is_refused(file):
    with mapped(file, len(BIG) - 1) as (reader, view):
        with pytest.raises(ReadError, match="max-input-size"), reader.hashing(view):
            pass
        view.close()
