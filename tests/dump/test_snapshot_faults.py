"""Snapshots with one fault each: what is whole is read, the rest is told, nothing is believed."""

import random
import struct
import time
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readers import EVERYTHING
from snapshots import (
    EXAMPLE,
    EXAMPLE_ATTRIBUTES,
    FIRST,
    Events,
    an_object,
    block_of_text,
    contoso,
    contoso_forest,
    made,
    patched,
)

from analyzer.dump.snapshot import open_snapshot, read_objects
from analyzer.errors import ReadError
from analyzer.inventory import WANTED

SECOND = 0x490
CLASS = (1, block_of_text("top", "x"))
NAMES = (*EXAMPLE_ATTRIBUTES[:2], ("x", 3, 7), ("time", 9, 15), ("octets", 8, 11))
BIG = 2**32 - 1


def refused(data: bytes) -> str:
    with pytest.raises(ReadError) as error:
        list(read_objects(open_snapshot(data, "f"), EVERYTHING))
    assert len(str(error.value).splitlines()) == 1
    return error.value.reason


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "not an AD Explorer snapshot"),
        (b"dn: CN=a\n", "not an AD Explorer snapshot"),
        (b"win-ad-XX\0" + made(EXAMPLE)[10:], "did not finish"),
        (made(EXAMPLE)[:500], "cut inside its header, after 500 bytes"),
        (made(EXAMPLE)[:FIRST], "cut before its attribute table"),
        (made(EXAMPLE)[:1300], "cut before its attribute table"),
        (made(EXAMPLE)[:2000], "attribute 4 of 9 in its table"),
        (made(EXAMPLE)[:-12], "attribute 9 of 9 in its table"),
        (patched(made(EXAMPLE), 0x42E, "Q", 0x43D), "its attribute table begins at offset 1085"),
        (patched(made(EXAMPLE), 0x42E, "Q", 2**64 - 1), "cut before its attribute table"),
        (made(EXAMPLE, ()), "does not name distinguishedname"),
        (made(EXAMPLE, EXAMPLE_ATTRIBUTES[:1]), "does not name objectclass"),
    ],
)
def test_what_cannot_be_read_at_all_is_refused_in_one_line(data: bytes, part: str) -> None:
    assert part in refused(data)


@pytest.mark.parametrize(
    ("at", "number", "part"),
    [
        (0, 2**31, "2147483648 attributes"),
        (0, BIG, "4294967295 attributes"),
        (0, 0, "does not name"),
        (4, 3, "a text of 3 bytes"),
        (4, BIG - 1, "a text of 4294967294 bytes"),
    ],
)
def test_damaged_attribute_table_is_refused(at: int, number: int, part: str) -> None:
    data = made(EXAMPLE)
    (tables,) = struct.unpack_from("<Q", data, 0x42E)
    assert part in refused(patched(data, tables + at, "I", number))


def test_file_cut_behind_its_attribute_table_loses_no_object_and_says_so() -> None:
    whole = contoso_forest()
    for size in (len(whole.data) - 1, whole.tree + 5, whole.tree, whole.tree - 100):
        data = whole.data[:size]
        assert "the file is cut" in open_snapshot(data, "f").warnings[0]
        found = Events(data)
        assert len(found.entries) == 89
        assert found.end.warnings == open_snapshot(data, "f").warnings


@pytest.mark.parametrize("tree", [0, FIRST, 2**63, 2**64 - 2])
def test_tree_that_stands_nowhere_is_harmless(tree: int) -> None:
    found = Events(patched(contoso_forest().data, 0x436, "Q", tree))
    assert len(found.entries) == 89
    assert len(found.end.warnings) == 1


@pytest.mark.parametrize("count", [3, 2**31, BIG])
def test_objects_that_the_header_counts_and_nobody_finds_are_told(count: int) -> None:
    found = Events(made(EXAMPLE, count=count))
    assert len(found.entries) == 2
    assert found.reasons == [f"the header counts {count} objects, 2 were found"]


@pytest.mark.parametrize("count", [0, 1])
def test_count_that_is_too_small_loses_no_object(count: int) -> None:
    found = Events(made(EXAMPLE, count=count))
    assert len(found.entries) == 2
    assert "2 were found and read" in found.end.warnings[0]


def start_of_fifth() -> int:
    return sorted(contoso().offsets.values())[4]


@pytest.mark.parametrize("size", [0, 1, 7, 100, 2**31, BIG])
def test_object_of_a_damaged_size_is_read_up_to_the_next_one(size: int) -> None:
    found = Events(patched(contoso().data, start_of_fifth(), "I", size))
    assert len(found.entries) == 84
    assert found.offsets == [start_of_fifth()]
    assert f"the size of this object, {size}, leads to no other" in found.reasons[0]


@pytest.mark.parametrize("more", [1, 2, 8, 400, 20_000])
def test_object_of_a_size_that_is_too_large_hides_no_other(more: int) -> None:
    at = start_of_fifth()
    (size,) = struct.unpack_from("<I", contoso().data, at)
    for wanted in (EVERYTHING, WANTED):
        found = Events(patched(contoso().data, at, "I", size + more), wanted)
        assert found.end.objects == 84
        assert found.offsets[0] == at


def test_object_of_no_interest_whose_size_is_too_large_hides_no_other() -> None:
    dn = "CN=user-Display,CN=411,CN=DisplaySpecifiers,CN=Configuration,DC=contoso,DC=com"
    at = contoso().offsets[dn]
    (size,) = struct.unpack_from("<I", contoso().data, at)
    found = Events(patched(contoso().data, at, "I", size + 9_000), WANTED)
    assert found.end.objects == 84
    assert found.entries == Events(contoso().data, WANTED).entries
    assert found.offsets == [at]


def test_bytes_that_are_no_object_are_passed_over() -> None:
    at = start_of_fifth()
    data = contoso().data[:at] + b"\xff" * 40 + contoso().data[at + 40 :]
    wanted_ones = len(Events(contoso().data, WANTED).entries)
    for wanted, entries in ((EVERYTHING, 83), (WANTED, wanted_ones)):
        found = Events(data, wanted)
        assert len(found.entries) == entries
        assert found.offsets == [at, contoso().tables]
        assert "no object begins where one has to; reading goes on at offset" in found.reasons[0]
        assert found.reasons[1] == "the header counts 84 objects, 83 were found"


def test_nothing_behind_the_damage_is_told_too() -> None:
    data = made(EXAMPLE[:0x52] + b"\xff" * 200)
    found = Events(data)
    assert len(found.entries) == 1
    assert found.reasons[0] == "no object begins where one has to; no other was found behind it"


@pytest.mark.parametrize("rows", [0, 1, 2**29, BIG])
def test_object_of_a_damaged_number_of_rows_costs_no_other(rows: int) -> None:
    found = Events(patched(contoso().data, start_of_fifth() + 4, "I", rows))
    assert {start_of_fifth()} <= set(found.offsets)
    others = [entry for entry in found.entries if entry.source.offset != start_of_fifth()]
    assert len(others) == 83
    assert all(entry.cut for entry in found.entries if entry not in others)


def test_rows_that_may_be_missing_are_told() -> None:
    found = Events(patched(made(EXAMPLE), SECOND + 4, "I", 7))
    assert found.offsets == [SECOND]
    assert found.reasons == ["8 bytes between its rows and its values: rows may be missing"]
    assert [entry.cut for entry in found.entries] == [False, True]


@pytest.mark.parametrize(
    ("number", "part"),
    [
        (9, "attribute 9 has no name"),
        (BIG, "attribute 4294967295 has no name"),
        (4, "occurs twice"),
    ],
)
def test_row_of_an_attribute_that_is_not_known_is_told(number: int, part: str) -> None:
    found = Events(patched(made(EXAMPLE), SECOND + 8 + 5 * 8, "I", number))
    assert found.offsets == [SECOND]
    assert part in found.reasons[0]
    assert [entry.cut for entry in found.entries] == [False, True]
    assert "msexchsmtprelayiplist" in found.entries[1].fields


@pytest.mark.parametrize(
    "offset", [-(2**31), 2**31 - 1, -SECOND, -0x53, 0xA2 + 8 + 1, 0, 8, 0x47, 5_000]
)
def test_value_that_stands_outside_the_objects_costs_one_attribute(offset: int) -> None:
    found = Events(patched(made(EXAMPLE), SECOND + 12 + 4 * 8, "i", offset))
    (item,) = found.damage
    assert item.offset == SECOND
    assert item.reason.startswith("value of whenCreated: ")
    entry = found.entries[1]
    assert entry.fields["whencreated"].damaged
    assert len(entry.fields) == 8
    assert not entry.cut


@pytest.mark.parametrize("row", [1, 2, 3, 4, 5, 6, 7])
@pytest.mark.parametrize("count", [2**31, BIG, 10_000])
def test_number_of_values_is_not_believed(row: int, count: int) -> None:
    data = made(EXAMPLE)
    (offset,) = struct.unpack_from("<i", data, SECOND + 12 + 8 * row)
    found = Events(patched(data, SECOND + offset, "I", count))
    assert f"{count} values are announced" in found.reasons[0]


@pytest.mark.parametrize("length", [3_000, 2**31, BIG])
def test_length_of_octets_is_not_believed(length: int) -> None:
    block = struct.pack("<3I", 2, 1, length) + b"a"
    found = Events(made(an_object(CLASS, (4, block)), NAMES, count=1))
    assert f"value of octets: a value of {length} bytes" in found.reasons[0]


@pytest.mark.parametrize("offset", [-(2**31), 2**31 - 1, -5_000, 400])
def test_text_outside_the_objects_costs_one_value(offset: int) -> None:
    block = bytearray(block_of_text("a", "b"))
    struct.pack_into("<i", block, 4, offset)
    found = Events(made(an_object(CLASS, (2, bytes(block))), NAMES, count=1))
    assert found.entries[0].attributes["x"] == (b"b",)
    assert found.reasons == ["value of x: the offset of a text leads out of the objects"]


def test_text_without_end_is_told() -> None:
    block = struct.pack("<Ii", 1, 8) + "abc".encode("utf-16-le") + b"\1" * 30
    data = made(an_object(CLASS, (2, block)), NAMES, count=1)
    (tables,) = struct.unpack_from("<Q", data, 0x42E)
    data = data[: tables - 8] + b"\1" * 8 + data[tables:]
    assert "a text that does not end" in " ".join(Events(data).reasons)


@pytest.mark.parametrize("text", ["\ud800", "a\udc00b"])
def test_lone_surrogate_reaches_no_entry(text: str) -> None:
    found = Events(made(an_object(CLASS, (2, block_of_text("a", text))), NAMES, count=1))
    attribute = found.entries[0].fields["x"]
    assert attribute.values == (b"a",)
    assert attribute.damaged == "the text is not valid UTF-16"
    assert attribute.raw == text.encode("utf-16-le", "surrogatepass").hex()
    assert len(found.damage) == 1


@pytest.mark.parametrize(
    "numbers",
    [
        (2024, 0, 0, 1, 0, 0, 0, 0),
        (2024, 13, 0, 1, 0, 0, 0, 0),
        (2023, 2, 0, 29, 0, 0, 0, 0),
        (2024, 1, 0, 1, 24, 0, 0, 0),
        (0, 1, 0, 1, 0, 0, 0, 0),
        (65535, 1, 0, 1, 0, 0, 0, 0),
    ],
)
def test_time_that_is_none_costs_one_value(numbers: tuple[int, ...]) -> None:
    block = struct.pack("<I16H", 2, *numbers, 2024, 1, 0, 1, 0, 0, 0, 0)
    found = Events(made(an_object(CLASS, (3, block)), NAMES, count=1))
    attribute = found.entries[0].fields["time"]
    assert attribute.values == (b"20240101000000.0Z",)
    assert attribute.damaged.startswith("no time: ")
    assert attribute.raw == struct.pack("<8H", *numbers).hex()


@pytest.mark.parametrize(
    ("dn", "part"),
    [
        ("", "without distinguishedName"),
        ("no dn", "the dn is not valid"),
        ("CN=a,,", "the dn is not valid"),
        ("CN=\udc00", "not valid UTF-16"),
        ("CN=" + "a" * 70_000, "the dn is not valid"),
    ],
)
def test_object_without_a_usable_name_is_listed(dn: str, part: str) -> None:
    found = Events(made(an_object(CLASS, dn=dn) + an_object(CLASS, dn="CN=b")))
    assert [entry.dn for entry in found.entries] == ["CN=b"]
    assert part in found.reasons[0]
    assert found.offsets == [FIRST]


def test_class_that_cannot_be_read_is_listed_for_every_object_that_shares_it() -> None:
    damaged = patched(made(EXAMPLE), 0x470, "I", BIG)
    found = Events(damaged, WANTED)
    assert found.offsets == [FIRST, SECOND]
    assert all(reason.startswith("objectClass: ") for reason in found.reasons)


def test_object_above_the_limit_is_listed() -> None:
    octets = (4, struct.pack("<2I", 1, 2_000) + bytes(2_000))
    found = Events(made(an_object(CLASS, octets) + an_object(CLASS), NAMES), max_object=1_000)
    assert len(found.entries) == 1
    assert found.reasons == ["an object of 2082 bytes, more than the limit of 1000"]


def test_values_above_the_limit_cost_one_attribute_of_the_object_that_shares_them() -> None:
    octets = (4, struct.pack("<2I", 1, 2_000) + bytes(2_000))
    one = an_object(CLASS, octets)
    two = patched(an_object(CLASS, (4, b""), dn="CN=b"), 8 + 8 * 2 + 4, "i", -2_008)
    found = Events(made(one + two, NAMES), max_object=1_000)
    (entry,) = found.entries
    assert entry.fields["octets"].damaged == "the object has more than 1000 bytes of values"
    assert found.offsets == [FIRST, FIRST + len(one)]


@pytest.mark.parametrize("number", range(0x20, 0x80))
def test_next_object_is_found_whatever_the_number_of_the_name(number: int) -> None:
    """The number becomes a part of a regular expression."""
    others = tuple((f"a{i}", 3, 7) for i in range(number - 1))
    attributes = (EXAMPLE_ATTRIBUTES[1], *others, EXAMPLE_ATTRIBUTES[0])
    one = struct.pack("<IIIi", 16 + 18, 1, number, 16) + block_of_text("CN=a")
    found = Events(made(one + b"\xff" * 30 + one, attributes))
    assert len(found.entries) == 2
    assert found.offsets == [FIRST + len(one)]


def test_names_that_are_none_or_come_twice_name_nothing() -> None:
    attributes = (*EXAMPLE_ATTRIBUTES[:2], ("a b", 3, 7), ("objectCLASS", 3, 7), ("", 3, 7))
    rows = [(number, block_of_text("z")) for number in (2, 3, 4)]
    found = Events(made(an_object(CLASS, *rows), attributes, count=1))
    assert list(found.entries[0].fields) == ["distinguishedname", "objectclass"]
    assert found.reasons == [
        f"attribute {number} has no name in the attribute table" for number in (2, 3, 4)
    ]


def shared_by_all() -> bytes:
    """Many objects that point at one big value."""
    big = an_object(CLASS, (2, block_of_text("y" * 1_000_000)))
    place = len(big) - 2_000_002 - 8
    objects = bytearray(big)
    for number in range(2_000):
        at = place - len(objects)
        one = bytearray(an_object(CLASS, (2, b""), dn=f"CN={number}"))
        struct.pack_into("<i", one, 8 + 8 * 2 + 4, at)
        objects += one
    return made(bytes(objects), NAMES, count=2_001)


def overlapping() -> bytes:
    """Many values that begin inside each other."""
    body = b"\4\0\0\0" * 100_000
    big = an_object(CLASS, (4, struct.pack("<2I", 1, len(body)) + body))
    objects = bytearray(big)
    for number in range(5_000):
        one = bytearray(an_object(CLASS, (4, b""), dn=f"CN={number}"))
        at = len(big) - len(body) + 4 * number - len(objects)
        struct.pack_into("<i", one, 8 + 8 * 2 + 4, at)
        objects += one
    return made(bytes(objects), NAMES, count=5_001)


def endless_texts() -> bytes:
    """Many texts that all run to the end of the objects."""
    objects = b"".join(
        an_object(CLASS, (2, struct.pack("<2i", 1, 8) + b"\1" * 100), dn="CN=a")
        for _ in range(5_000)
    )
    return made(objects.replace(b"\0\0", b"\0\1"), NAMES, count=5_000)


def objects_in_objects() -> bytes:
    """Sizes that all lead behind the end of the objects in them."""
    one = an_object(CLASS, dn="CN=a")
    data = bytearray(one * 5_000)
    for number in range(5_000):
        struct.pack_into("<I", data, number * len(one), len(data) - number * len(one) - 3)
    return made(bytes(data), NAMES, count=5_000)


def signatures_only() -> bytes:
    """Heads of objects and nothing else."""
    return made(struct.pack("<IIIi", 0, 1, 0, 16) * 30_000, NAMES, count=30_000)


def zeros_only() -> bytes:
    """Nothing behind the first object, and the number that names it is zero too."""
    return made(EXAMPLE + bytes(4_000_000), count=3)


@pytest.mark.parametrize(
    "hostile",
    [shared_by_all, overlapping, endless_texts, objects_in_objects, signatures_only, zeros_only],
)
def test_work_and_memory_stay_in_proportion_to_the_file(hostile: Callable[[], bytes]) -> None:
    data = hostile()
    start = time.process_time()
    tracemalloc.start()
    sizes = [
        sum(len(value) for values in event.attributes.values() for value in values)
        for event in read_objects(open_snapshot(data, "f"), EVERYTHING)
        if hasattr(event, "attributes")
    ]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(sizes) <= 64 * len(data) + (16 << 20)
    assert peak < 8 * len(data) + (48 << 20)
    assert time.process_time() - start < 20


def test_share_beyond_the_limit_is_told_object_by_object() -> None:
    found = Events(shared_by_all())
    assert len(found.entries) == 2_001
    assert len(found.damage) > 1_000
    assert set(found.reasons) == {
        "value of x: the objects of this file share values beyond the limit for its size"
    }


def survives(data: bytes) -> None:
    """Read it; the only error is that of the analyzer, of one line."""
    refusals = []
    for wanted in (EVERYTHING, WANTED):
        try:
            Events(data, wanted)
        except ReadError as error:
            refusals.append(str(error))
    assert all(len(refusal.splitlines()) == 1 for refusal in refusals)


@settings(max_examples=300, deadline=10_000, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.integers(1, 12), st.booleans())
def test_any_damage_is_read_told_or_refused(seed: int, changes: int, cut: bool) -> None:
    chance = random.Random(seed)
    data = bytearray(chance.choice((contoso_forest().data[:20_000], made(EXAMPLE))))
    if chance.random() < 0.7:
        data = bytearray(contoso_forest().data)
    for _ in range(changes):
        at = chance.randrange(len(data) - 8)
        kind = chance.randrange(4)
        if kind == 0:
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            number = chance.choice((0, 1, 7, 2**16, 2**31 - 1, 2**31, BIG, chance.randrange(2**32)))
            struct.pack_into("<I", data, at, number)
        elif kind == 2:
            del data[at : at + chance.randrange(1, 9)]
        else:
            other = chance.randrange(len(data))
            data[at:at] = data[other : other + chance.randrange(1, 200)]
    survives(bytes(data[: chance.randrange(len(data))] if cut else data))


@settings(max_examples=150, deadline=10_000)
@given(st.integers(0, 88), st.integers(0, 15), st.integers(0, 255))
def test_no_object_is_lost_without_a_word(number: int, place: int, value: int) -> None:
    """Sizes and rows are damaged, which lead from object to object."""
    whole = contoso_forest()
    data = bytearray(whole.data)
    data[sorted(whole.offsets.values())[number] + place] = value
    found = Events(bytes(data))
    assert found.damage or len(found.entries) == 89
    assert len(found.entries) >= 88


@settings(max_examples=200, deadline=10_000)
@given(st.binary(max_size=400), st.integers(0, 200))
def test_any_objects_are_read_told_or_refused(objects: bytes, at: int) -> None:
    survives(made(objects))
    survives(made(EXAMPLE[:at] + objects + EXAMPLE[at:]))


def test_every_byte_of_the_example_may_be_any_other() -> None:
    data = made(EXAMPLE)
    for at in range(0x426, 0x600):
        for value in (0, 1, 0x80, 0xFF):
            survives(data[:at] + bytes([value]) + data[at + 1 :])
