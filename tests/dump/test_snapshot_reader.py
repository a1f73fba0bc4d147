"""Snapshots in, the entries that an LDIF of the same forest gives."""

import hashlib
import mmap
import struct
from pathlib import Path

import pytest
from mutations import SAMPLES
from readers import EVERYTHING, simple
from snapshots import (
    EXAMPLE,
    EXAMPLE_ATTRIBUTES,
    FIRST,
    Events,
    Item,
    an_object,
    block_of_text,
    contoso,
    contoso_forest,
    made,
    organization,
    patched,
    snapshot,
)

from analyzer.dump.entry import Attribute, Notation, Source, Unreadable
from analyzer.dump.read_options import ReadOptions
from analyzer.dump.read_paths import iter_entries
from analyzer.dump.snapshot import open_snapshot, read_object, read_objects
from analyzer.dump.snapshot.blocks import Decoder, StoredValues, ValueBlocks
from analyzer.dump.wanted import Wanted
from analyzer.inventory import WANTED

CLASS = (1, block_of_text("top", "x"))


def values_of(block: bytes, ads_type: int, syntax: int = 0) -> tuple[bytes, ...]:
    attributes = (*EXAMPLE_ATTRIBUTES[:2], ("x", ads_type, syntax))
    found = Events(made(an_object(CLASS, (2, block)), attributes, count=1))
    assert found.damage == []
    (entry,) = found.entries
    return entry.attributes.get("x", ())


def test_example_of_the_format_notes() -> None:
    found = Events(made(EXAMPLE))
    assert found.damage == []
    assert found.end == (2, (), ())
    first, second = found.entries
    assert simple(first) == (
        "CN=a",
        {
            "distinguishedname": (b"CN=a",),
            "objectclass": (b"top", b"x"),
            "showinadvancedviewonly": (b"TRUE",),
        },
    )
    assert simple(second) == (
        "CN=b",
        {
            "distinguishedname": (b"CN=b",),
            "objectclass": (b"top", b"x"),
            "msexchsmtprelayforauth": (b"TRUE",),
            "msexchmaxincomingconnections": (b"-1",),
            "whencreated": (b"20031214081502.0Z",),
            "usncreated": (b"5006",),
            "msexchsmtprelayiplist": (b"\x18\0\0\x80",),
            "wellknownobjects": (b"B:4:ABCD:CN=k",),
        },
    )


def test_entry_tells_its_offset_and_the_hash_of_its_bytes() -> None:
    _, entry = Events(made(EXAMPLE)).entries
    assert entry.source == Source("f", None, None, 0x490)
    assert entry.sha256 == hashlib.sha256(EXAMPLE[0x52:]).hexdigest()
    attribute = entry.fields["usncreated"]
    assert attribute == Attribute("uSNCreated", attribute.values, None, None, Notation.SNAPSHOT)


@pytest.mark.parametrize("ads_type", [1, 2, 3, 4, 5, 12])
def test_text_is_utf_8_whatever_kind_of_text_it_is(ads_type: int) -> None:
    block = block_of_text("Zürich", "", "\U0001f600\ufffd", " x ")
    assert values_of(block, ads_type) == (
        "Zürich".encode(),
        b"",
        "\U0001f600\ufffd".encode(),
        b" x ",
    )


@pytest.mark.parametrize(
    ("ads_type", "code", "numbers", "values"),
    [
        (6, "3I", (0, 1, 7), (b"FALSE", b"TRUE", b"TRUE")),
        (7, "2i", (-2147483643, 2147483647), (b"-2147483643", b"2147483647")),
        (10, "2q", (2**63 - 1, -36_000_000_000), (b"9223372036854775807", b"-36000000000")),
        (9, "8H", (1601, 1, 1, 1, 0, 0, 0, 0), (b"16010101000000.0Z",)),
        (9, "8H", (2024, 2, 4, 29, 23, 59, 59, 999), (b"20240229235959.0Z",)),
    ],
)
def test_numbers_and_times_are_printed_as_ldifde_does(
    ads_type: int, code: str, numbers: tuple[int, ...], values: tuple[bytes, ...]
) -> None:
    block = struct.pack(f"<I{code}", len(values), *numbers)
    assert values_of(block, ads_type) == values


@pytest.mark.parametrize(("ads_type", "syntax"), [(8, 11), (8, 14), (25, 9)])
def test_octets_stay_as_they_are(ads_type: int, syntax: int) -> None:
    block = struct.pack("<4I", 3, 2, 0, 1) + b"\xff\0\1"
    assert values_of(block, ads_type, syntax) == (b"\xff\0", b"", b"\1")


@pytest.mark.parametrize(("ads_type", "syntax"), [(8, 21), (27, 19)])
def test_a_name_behind_octets_is_no_part_of_their_length(ads_type: int, syntax: int) -> None:
    names = ["CN=k\0".encode("utf-16-le"), "CN=l\n\0".encode("utf-16-le")]
    block = struct.pack("<3I", 2, 2, 1) + b"\xab\xcd" + names[0] + b"\x09" + names[1]
    assert values_of(block, ads_type, syntax) == (b"B:4:ABCD:CN=k", b"B:2:09:CN=l\\0A")


@pytest.mark.parametrize(("ads_type", "syntax"), [(28, 20), (28, 17), (0, 0), (99, 1)])
def test_values_that_the_tool_does_not_store_are_lost(ads_type: int, syntax: int) -> None:
    attributes = (*EXAMPLE_ATTRIBUTES[:2], ("x", ads_type, syntax))
    lost, unset = Events(
        made(
            an_object(CLASS, (2, struct.pack("<I", 3))) + an_object(CLASS, (2, bytes(4))),
            attributes,
        )
    ).entries
    assert lost.fields["x"].lost
    assert lost.fields["x"].values == ()
    assert "x" not in unset.fields


def test_attribute_without_values_is_not_set() -> None:
    assert values_of(struct.pack("<I", 0), 4) == ()


def test_line_feed_in_a_dn_is_escaped_and_one_in_a_text_is_not() -> None:
    attributes = (*EXAMPLE_ATTRIBUTES[:2], ("cn", 3, 7))
    data = made(an_object(CLASS, (2, block_of_text("a\nb")), dn="CN=a\nb"), attributes, count=1)
    (entry,) = Events(data).entries
    assert entry.dn == "CN=a\\0Ab"
    assert entry.attributes["distinguishedname"] == (b"CN=a\\0Ab",)
    assert entry.attributes["cn"] == (b"a\nb",)


def test_tree_of_the_samples_gives_the_values_of_its_ldif() -> None:
    path = str(SAMPLES / "contoso-2003-unicode.ldf")
    from_ldif = {entry.dn: entry for entry in iter_entries([path], EVERYTHING, ReadOptions())}
    found = Events(contoso().data)
    assert found.damage == []
    assert found.end.objects == len(found.entries) == len(from_ldif)
    for entry in found.entries:
        twin = from_ldif[entry.dn].attributes
        del twin["changetype"]
        assert entry.attributes == twin
        assert entry.source.offset == contoso().offsets[entry.dn]


def test_only_what_is_wanted_is_handed_over_and_all_is_counted() -> None:
    everything, some = Events(contoso_forest().data), Events(contoso_forest().data, WANTED)
    assert some.end == everything.end
    assert some.end.objects == 89
    assert 0 < len(some.entries) < len(everything.entries) == 89
    assert {entry.dn for entry in some.entries} < {entry.dn for entry in everything.entries}
    classes = {entry.texts("objectClass")[-1].lower() for entry in some.entries}
    assert classes <= WANTED.classes


def test_class_that_was_passed_over_is_known_by_its_bytes_wherever_it_stands(monkeypatch) -> None:
    decoded: list[int] = []
    decode = ValueBlocks.decode

    def counted(self: ValueBlocks, decoder: Decoder, at: int) -> StoredValues:
        decoded.append(at)
        return decode(self, decoder, at)

    monkeypatch.setattr(ValueBlocks, "decode", counted)
    longer = (1, block_of_text("top", "xy"))
    wanted = (1, block_of_text("top", "protocolCfgSMTPServer"))
    place = "CN=1,CN=SMTP,CN=Protocols,CN=E,CN=Configuration,DC=x"
    dull = [an_object(CLASS, dn=f"CN={number}") for number in range(50)]
    others = [an_object(longer, dn="CN=b"), an_object(wanted, dn="CN=c")]
    in_place = an_object(CLASS, dn=place)
    data = made(b"".join([*dull, *others, in_place, *dull]), count=103)
    found = Events(data, WANTED)
    assert [entry.dn for entry in found.entries] == ["CN=c", place]
    assert found.damage == []
    assert found.end.objects == 103
    # The first of a kind, and what differs in class or place; not each of the hundred.
    assert len(decoded) < 20


def test_object_above_the_limit_is_told_though_its_class_is_known_by_its_bytes() -> None:
    large = an_object(CLASS, (2, b"\1\0\0\0" + bytes(1_000)), dn="CN=b")
    data = made(an_object(CLASS) + large + an_object(CLASS), count=3)
    found = Events(data, WANTED, max_object=500)
    assert found.reasons == [f"an object of {len(large)} bytes, more than the limit of 500"]
    assert found.end.objects == 3


def test_snapshot_says_what_it_is_before_its_objects_are_read() -> None:
    found = open_snapshot(contoso_forest().data, "f")
    assert found.server == "dc01.contoso.com"
    assert found.description == "an invented forest"
    assert str(found.taken) == "2005-01-12 10:40:00+00:00"
    assert found.count == 89
    assert found.configuration_context == "CN=Configuration,DC=contoso,DC=com"
    assert found.warnings == ()


def test_partitions_are_named_in_their_order() -> None:
    assert Events(contoso_forest().data, WANTED).end.partitions == (
        "CN=Schema,CN=Configuration,DC=contoso,DC=com",
        "CN=Configuration,DC=contoso,DC=com",
        "DC=contoso,DC=com",
    )


def test_object_without_class_is_wanted_by_its_place_and_is_no_damage() -> None:
    dn = "CN=1,CN=SMTP,CN=Protocols,CN=E,CN=Configuration,DC=x"
    data = made(an_object(dn=dn) + an_object(dn="CN=Deleted Objects,DC=x"))
    found = Events(data, WANTED)
    assert [entry.dn for entry in found.entries] == [dn]
    assert found.damage == []
    assert len(Events(data).entries) == 2


def test_container_that_is_not_counted_is_no_entry() -> None:
    found = Events(made(EXAMPLE + an_object(dn="CN=MicrosoftDNS")))
    assert [entry.dn for entry in found.entries] == ["CN=a", "CN=b"]
    assert found.end.warnings == ()


def test_objects_beyond_the_count_are_read_and_the_count_is_doubted() -> None:
    found = Events(made(EXAMPLE + an_object(CLASS, dn="CN=c")))
    assert [entry.dn for entry in found.entries] == ["CN=a", "CN=b", "CN=c"]
    assert found.end.warnings == ("the header counts 2 objects, 3 were found and read",)


def test_class_in_another_row_and_a_name_in_another_row_are_found() -> None:
    head = struct.pack("<II", 32 + 18 + len(CLASS[1]) + 8, 3)
    rows = struct.pack("<IiIiIi", 2, 32, 1, 40, 0, 40 + len(CLASS[1]))
    data = made(head + rows + struct.pack("<II", 1, 1) + CLASS[1] + block_of_text("CN=a"), count=1)
    wanted = Wanted(frozenset({"x"}), frozenset())
    for found in (Events(data), Events(data, wanted)):
        assert found.damage == []
        assert found.entries[0].dn == "CN=a"
        assert found.entries[0].attributes["showinadvancedviewonly"] == (b"TRUE",)


def test_chosen_attributes_alone_are_decoded() -> None:
    events = read_objects(open_snapshot(made(EXAMPLE), "f"), EVERYTHING, only={"usncreated"})
    entries = list(events)[:2]
    assert [(e.dn, e.attributes) for e in entries] == [
        ("CN=a", {}),
        ("CN=b", {"usncreated": (b"5006",)}),
    ]


def test_mapped_file_gives_the_same_as_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(contoso_forest().data)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        mapped = list(read_objects(open_snapshot(view, "f"), EVERYTHING))
    assert mapped == list(read_objects(open_snapshot(contoso_forest().data, "f"), EVERYTHING))


def test_values_are_shared_over_many_partitions_of_the_file() -> None:
    """Enough objects that the reader forgets the blocks it decoded first."""
    items = [
        Item(
            f"CN={number},DC=x",
            {
                "objectClass": ("top", "x" if number % 2 else "y"),
                "description": ("same",),
                "cn": (str(number) + "x" * 1_000,),
            },
        )
        for number in range(2_000)
    ]
    data = snapshot(items).data
    assert len(data) > 4_000_000
    found = Events(data)
    assert found.damage == []
    assert [entry.texts("cn") for entry in found.entries] == [
        item.attributes["cn"] for item in items
    ]
    assert {entry.texts("description") for entry in found.entries} == {("same",)}
    half = Events(data, Wanted(frozenset({"y"}), frozenset()))
    assert len(half.entries) == 1_000
    assert half.end.objects == 2_000


def test_offset_of_an_entry_leads_back_to_it() -> None:
    found = open_snapshot(contoso_forest().data, "f")
    for entry in Events(contoso_forest().data).entries:
        assert entry.source.offset is not None
        assert list(read_object(found, entry.source.offset)) == [entry]


@pytest.mark.parametrize("offset", [-1, 0, FIRST + 1, FIRST + 8, 69_583, 69_591, 10**9])
def test_offset_of_no_object_is_told(offset: int) -> None:
    (event,) = read_object(open_snapshot(contoso_forest().data, "f"), offset)
    assert event == Unreadable("f", None, None, "no object begins at this offset", offset)


def test_unknown_version_is_read_and_told() -> None:
    data = patched(made(EXAMPLE), 10, "I", 0x20001)
    assert "0x00020001" in open_snapshot(data, "f").warnings[0]
    assert len(Events(data).entries) == 2


def test_every_object_of_the_organisation_stands_where_the_writer_put_it() -> None:
    assert contoso().offsets["CN=Configuration,DC=contoso,DC=com"] == FIRST
    assert len(organization()) == len(Events(contoso().data).entries)


def test_sample_is_what_the_generator_writes() -> None:
    assert (SAMPLES / "contoso-snapshot.dat").read_bytes() == contoso_forest().data
