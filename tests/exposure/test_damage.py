"""Damage inside a file never makes a verdict milder, nor a check pass: each line, each way."""

import pytest

from . import forest as made
from .conftest import Judge, understated

RECORDS = made.forest()
TARGETS = [record for record in RECORDS if ",CN=SMTP," in record.dn]


def around(record: made.Record, lines: list[bytes], end: bytes = b"\r\n") -> bytes:
    """A record and what stands beside it, with the lines of the record replaced."""
    parts = []
    for other in made.beside(record, RECORDS):
        text = lines if other is record else made.ldif_lines(other)
        parts.append(end.join([*text, b"", b""]))
    return b"".join(parts)


def without_colon(line: bytes) -> list[bytes]:
    return [line.replace(b":", b" ")]


def with_wide_colon(line: bytes) -> list[bytes]:
    return [line.replace(b":", "\uff1a".encode(), 1)]


def with_semicolon(line: bytes) -> list[bytes]:
    return [line.replace(b":", b";:", 1)]


def with_quote(line: bytes) -> list[bytes]:
    return [b'"' + line]


def with_blank_before(line: bytes) -> list[bytes]:
    return [b" " + line]


def with_bare_return(line: bytes) -> list[bytes]:
    return [b"\r" + line]


def with_value_on_next_line(line: bytes) -> list[bytes]:
    name, colons, value = line.partition(b":: ") if b":: " in line else line.partition(b": ")
    return [name + colons, value]


def with_bad_base64(line: bytes) -> list[bytes]:
    name = line.partition(b":")[0]
    return [name + b":: =%%="]


def with_cut_value(line: bytes) -> list[bytes]:
    return [line[: len(line) * 2 // 3]]


def with_comment(line: bytes) -> list[bytes]:
    return [b"#" + line]


def with_url(line: bytes) -> list[bytes]:
    return [line.partition(b":")[0] + b":< file:///c:/value.bin"]


def with_options(line: bytes) -> list[bytes]:
    name, colon, rest = line.partition(b":")
    return [name + b";x-old" + colon + rest]


def with_no_break_space(line: bytes) -> list[bytes]:
    return [line + "\u00a0".encode()]


def with_quoting_marks(line: bytes) -> list[bytes]:
    return [b"> " + line]


def with_nothing(line: bytes) -> list[bytes]:
    return [line.partition(b":")[0] + b":"]


LOSSES = [
    without_colon,
    with_wide_colon,
    with_semicolon,
    with_quote,
    with_blank_before,
    with_bare_return,
    with_value_on_next_line,
    with_bad_base64,
    with_cut_value,
    with_url,
    with_options,
    with_no_break_space,
    with_quoting_marks,
]


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.__name__)
@pytest.mark.parametrize("record", TARGETS, ids=lambda record: record.dn.split(",")[3])
def test_any_line_of_a_virtual_server_damaged(judge: Judge, record: made.Record, loss) -> None:
    whole = made.ldif(made.beside(record, RECORDS))
    truth = judge(whole)
    lines = made.ldif_lines(record)
    for at in range(1, len(lines)):
        damaged = around(record, [*lines[:at], *loss(lines[at]), *lines[at + 1 :]])
        assert damaged != whole
        assert understated(truth, judge(damaged)) == [], lines[at]


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.__name__)
def test_the_dn_line_damaged(judge: Judge, loss) -> None:
    for record in TARGETS:
        truth = judge(made.ldif(made.beside(record, RECORDS)))
        lines = made.ldif_lines(record)
        damaged = judge(around(record, [*loss(lines[0]), *lines[1:]]))
        assert understated(truth, damaged) == []


@pytest.mark.parametrize("record", TARGETS, ids=lambda record: record.dn.split(",")[3])
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_a_file_cut_at_every_line_of_its_last_record(
    judge: Judge, record: made.Record, end: bytes
) -> None:
    """Cut behind a line end, and in the middle of a line."""
    records = made.beside(record, RECORDS)
    truth = judge(made.ldif(records, end))
    lines = made.ldif_lines(record)
    head = made.ldif([other for other in records if other is not record], end)
    assert len(head) < len(made.ldif(records, end))
    for at in range(1, len(lines) + 1):
        whole_lines = end.join(lines[:at]) + end
        for text in (head + whole_lines, head + whole_lines[: -len(end) - 2]):
            assert understated(truth, judge(text)) == [], lines[at - 1]


@pytest.mark.parametrize("record", TARGETS, ids=lambda record: record.dn.split(",")[3])
def test_a_cut_record_without_its_list_is_not_decided(judge: Judge, record: made.Record) -> None:
    whole = record.having(**{made.LIST: None, "zz": b"end"})
    lines = made.ldif_lines(whole)[:-1]
    text = made.ldif([other for other in RECORDS if other is not record])
    results = judge(text + b"\r\n".join(lines) + b"\r\n")
    listener = next(one for one in results.virtual_servers if one.dn == record.dn)
    assert listener.settings[made.LIST].state == "lost"
    assert listener.relay.verdict == "unknown" or listener.relay.confidence == "assumed"


CLASSES = [
    [],
    [b""],
    [b"top", b"protocolCfg"],
    [b"http://schema/protocolCfgSMTPServer"],
    [b"1.2.840.113556.1.5.7000.62.5002"],
    ["protocolCfgSMTPServer\u00a0".encode()],
    [b"protocolCfgSMTPServer;x"],
    [b"top", b"protocolCfg", b"protocolCfgSMTP"],
]


@pytest.mark.parametrize("classes", CLASSES, ids=str)
def test_odd_classes_in_the_place_of_a_virtual_server(judge: Judge, classes) -> None:
    truth = judge(made.ldif(RECORDS))
    for record in TARGETS:
        odd = record.without("objectClass")
        odd = made.Record(odd.dn, (*(("objectClass", value) for value in classes), *odd.pairs))
        damaged = judge(made.ldif([odd if other is record else other for other in RECORDS]))
        assert understated(truth, damaged) == []


CHANGES = [
    b"changetype: modify\r\nreplace: msExchSmtpRelayIpList\r\nmsExchSmtpRelayIpList:: "
    + b"AAAA\r\n-\r\n",
    b"changetype: modify\r\ndelete: msExchSmtpRelayIpList\r\n-\r\n",
    b"changetype: modify\r\nreplace: msExchSmtpRelayForAuth\r\n"
    + b"msExchSmtpRelayForAuth: TRUE\r\n-\r\n",
]


@pytest.mark.parametrize("change", CHANGES, ids=["list", "no-list", "for-auth"])
@pytest.mark.parametrize("before", [True, False])
def test_a_change_record_leaves_nothing_decided(judge: Judge, change: bytes, before: bool) -> None:
    whole = made.ldif(RECORDS)
    for record in TARGETS:
        text = b"dn: " + record.dn.encode() + b"\r\n" + change + b"\r\n"
        results = judge(text + whole if before else whole + text)
        listener = next(one for one in results.virtual_servers if one.dn == record.dn)
        assert listener.relay.confidence == "assumed" or listener.relay.verdict == "unknown"
        assert any("change" in note for note in listener.notes)


@pytest.mark.parametrize("name", [made.LIST, made.FOR_AUTH, made.FLAGS])
def test_csv_rows_shorter_than_the_header(judge: Judge, name: str) -> None:
    truth = judge(made.csvde(RECORDS))
    columns = [c for r in RECORDS for c in r.names() if c != name]
    table = made.csvde(RECORDS, [*dict.fromkeys(columns), name]).split(b"\r\n")
    for at in range(1, len(table) - 1):
        short = [*table[:at], table[at].rpartition(b",")[0], *table[at + 1 :]]
        results = judge(b"\r\n".join(short))
        assert understated(truth, results) == []


@pytest.mark.parametrize("other", ["{}", "{};binary", "{}_OID"])
@pytest.mark.parametrize("milder_first", [True, False])
def test_two_columns_for_the_list(judge: Judge, other: str, milder_first: bool) -> None:
    """The list stands twice: the real one, and one that lets nobody through."""
    oid = "1.2.840.113556.1.4.7000.102.5048"
    second = oid if "OID" in other else other.format(made.LIST)
    truth = judge(made.csvde(RECORDS))
    names = list(dict.fromkeys(n for r in RECORDS for n in r.names() if n != made.LIST))
    columns = [*names, made.LIST, second]
    harmless = made.csv_cell([made.grant("10.9.9.9/32")])
    lines = [",".join(["DN", *columns])]
    for record in RECORDS:
        values = {n: [v for k, v in record.pairs if k == n] for n in names}
        cells = [made.csv_cell(values[n][-1:] if n == "objectClass" else values[n]) for n in names]
        real = made.csv_cell([v for k, v in record.pairs if k == made.LIST])
        pair = [harmless, real] if milder_first else [real, harmless]
        lines.append(
            ",".join(f'"{cell}"' for cell in [record.dn, *cells, *(pair if real else ["", ""])])
        )
    results = judge("\r\n".join(lines).encode() + b"\r\n")
    assert understated(truth, results) == []


def test_a_record_of_carriage_returns_inside_a_file_of_line_feeds(judge: Judge) -> None:
    truth = judge(made.ldif(RECORDS, b"\n"))
    for record in TARGETS:
        parts = [
            b"\r".join([*made.ldif_lines(other), b"", b""])
            if other is record
            else made.ldif([other], b"\n")
            for other in RECORDS
        ]
        assert understated(truth, judge(b"".join(parts))) == []


def test_parts_of_a_split_file_are_read_as_one(judge: Judge) -> None:
    whole = made.ldif(RECORDS)
    truth = judge(whole)
    for at in range(1, len(whole), 997):
        damaged = judge(whole[:at], whole[at:])
        assert understated(truth, damaged) == [], whole[at - 40 : at]
