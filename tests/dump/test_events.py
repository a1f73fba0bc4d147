"""What the reader of a format yields: one event for each record, and the end last."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from mutations import SAMPLES
from readers import pieces

from analyzer.dump.csv.csv_events import read_csv
from analyzer.dump.detect import detect
from analyzer.dump.encoding import fallback
from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.events import End, Event, PassedOver
from analyzer.dump.formats import FORMATS, events_of
from analyzer.dump.members import find_members
from analyzer.dump.opened import Opened, opened
from analyzer.dump.read_options import Plan, ReadOptions, plan_for_all
from analyzer.inventory import WANTED

LIMIT = 1 << 20
RECORD = b"dn: CN=o%d,DC=x\nobjectClass: top\ncn: a\n\n"
SERVER = b"dn: CN=1,CN=SMTP,CN=Protocols,DC=x\nobjectClass: protocolCfgSMTPServer\ncn: 1\n\n"
ROWS = b"DN,objectClass,cn\n" + b"".join(b'"CN=o%d,DC=x",top,a\n' % n for n in range(400))
SERVER_ROW = b'"CN=1,CN=SMTP,CN=Protocols,DC=x",protocolCfgSMTPServer,1\n'
FILES = sorted(
    path for path in SAMPLES.rglob("*") if path.suffix in (".ldf", ".ldif", ".csv", ".dat")
)


def events(data: bytes, *, chunk: int = 4_096, **how: object) -> list[Event]:
    plan = Plan(WANTED, fallback(None), LIMIT, **how)
    return list(events_of(Opened("f", detect("f", data), data, pieces(data, chunk)), plan))


def records(told: list[Event]) -> int:
    """Return how many records events tell of."""
    passed_over = sum(event.records for event in told if isinstance(event, PassedOver))
    whole = [event for event in told if isinstance(event, Unreadable) and event.record]
    return passed_over + len(whole) + sum(isinstance(event, Entry) for event in told)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_plan_tells_of_as_many_records_and_of_the_same_end(path: Path) -> None:
    (member,) = find_members([str(path)])
    told = []
    for plan in (
        Plan(WANTED, fallback(None), LIMIT),
        Plan(WANTED, fallback(None), LIMIT, sample=0),
        Plan(WANTED, fallback(None), LIMIT, scanning=True, sample=0),
        plan_for_all(WANTED, ReadOptions()),
    ):
        with opened(member, ReadOptions()) as (source, _):
            told.append(list(events_of(source, plan)))
    assert len({records(one_way) for one_way in told}) == 1
    assert all(isinstance(one_way[-1], End) for one_way in told)
    assert len({one_way[-1] for one_way in told}) == 1
    assert not any(isinstance(event, PassedOver) for event in told[-1])


def test_records_passed_over_are_told_by_the_batch() -> None:
    data = b"".join(RECORD % number for number in range(5_000)) + SERVER
    told = events(data, chunk=1 << 16, scanning=True, sample=0)
    entries = [event.dn for event in told if isinstance(event, Entry)]
    assert entries == ["CN=1,CN=SMTP,CN=Protocols,DC=x"]
    assert records(told) == 5_001
    assert len(told) < 10


@pytest.mark.parametrize("scanning", [False, True])
def test_the_first_entries_are_handed_over_whatever_they_are(scanning: bool) -> None:
    for data in (b"".join(RECORD % n for n in range(400)) + SERVER, ROWS + SERVER_ROW):
        told = events(data, scanning=scanning, sample=7)
        entries = [event.dn for event in told if isinstance(event, Entry)]
        assert entries[:7] == [f"CN=o{number},DC=x" for number in range(7)]
        assert entries[-1].startswith("CN=1,CN=SMTP")
        assert records(told) == 401


def test_entry_knows_what_its_own_record_shows() -> None:
    data = (
        b"dn: CN=a\nno colon here\nmember;range=0-9: b\n\n" + b"dn: CN=b\ncn: b\n\n"
        b"dn: CN=c\ncn: c\nuid"
    )
    told = events(data, everything=True)
    damaged, whole, cut = (event for event in told if isinstance(event, Entry))
    assert (damaged.damaged, damaged.cut, len(damaged.notes)) == (True, False, 1)
    assert (whole.damaged, whole.cut, whole.notes) == (False, False, ())
    assert (cut.damaged, cut.cut) == (True, True)


def test_unreadable_knows_whether_it_is_a_whole_record() -> None:
    data = b"dn: a,,b\ncn: a\n\ncn: no dn\n\ndn: CN=c\nno colon\n\n"
    told = [event for event in events(data) if isinstance(event, Unreadable)]
    assert [event.record for event in told] == [True, False, False]


def test_header_of_csv_tells_the_attributes_and_ldif_leaves_it_to_the_entries() -> None:
    end = events(ROWS)[-1]
    assert isinstance(end, End)
    assert end.columns == {"dn", "objectclass", "cn"}
    end = events(RECORD % 1)[-1]
    assert isinstance(end, End)
    assert end.columns is None


def test_every_format_that_is_detected_has_its_row() -> None:
    found = {detect(str(path), path.read_bytes()).format for path in FILES}
    assert found == set(FORMATS)


def test_csv_that_can_be_read_once_is_read_once() -> None:
    reads = 0

    def chunks() -> Iterator[bytes]:
        nonlocal reads
        reads += 1
        yield ROWS

    plan = Plan(WANTED, fallback(None), LIMIT, everything=True)
    told = list(read_csv(Opened("f", detect("f", ROWS), ROWS, chunks()), plan))
    assert (reads, records(told)) == (1, 400)
