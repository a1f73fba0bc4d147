"""Security descriptors: known bytes, damaged bytes, and winacl as a second reader."""

import contextlib
import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from winacl.dtyp.security_descriptor import SECURITY_DESCRIPTOR

from analyzer.directory.extended_rights import EXTENDED_RIGHTS
from analyzer.directory.principals import well_known_name
from analyzer.directory.security_descriptor import (
    AccessList,
    Ace,
    AceKind,
    SecurityDescriptor,
    decode_security_descriptor,
    describe,
    encode_security_descriptor,
    guid_to_text,
)

ADMINISTRATORS = "S-1-5-32-544"
ANONYMOUS = "S-1-5-7"
DOMAIN_ADMINS = "S-1-5-21-1004336348-1177238915-682003330-512"
ANY_RECIPIENT = "5c82f031-4e4c-4326-88e1-8c4f0cad9de5"

KNOWN = bytes.fromhex(
    "01000484 14000000 24000000 00000000 30000000"  # owner at 20, group at 36, access list at 48
    "0102 000000000005 20000000 20020000"
    "0101 000000000005 12000000"
    "0400 4c00 0200 0000"  # 76 bytes, two entries
    "05 00 2c00 00010000 01000000 31f0825c 4c4e 2643 88e1 8c4f0cad9de5"
    "0101 000000000005 07000000 00000000"  # four bytes of padding: the entry size counts
    "01 18 1800 ff010f00 0102 000000000005 20000000 21020000"
)


def known(**changes):
    """The known descriptor with some bytes replaced: `at20="02"`."""
    changed = bytearray(KNOWN)
    for place, text in changes.items():
        at, new = int(place.removeprefix("at")), bytes.fromhex(text)
        changed[at : at + len(new)] = new
    return bytes(changed)


def test_known_descriptor():
    decoded = decode_security_descriptor(KNOWN)
    assert decoded == SecurityDescriptor(
        ADMINISTRATORS,
        "S-1-5-18",
        AccessList.LISTED,
        (
            Ace(5, ANONYMOUS, 0x100, 0, ANY_RECIPIENT),
            Ace(1, "S-1-5-32-545", 0xF01FF, 0x18),
        ),
    )
    first, second = decoded.entries
    assert (first.kind, well_known_name(first.trustee)) == (AceKind.ALLOW, "ANONYMOUS LOGON")
    assert (first.inherited, first.inherit_only) == (False, False)
    assert (second.kind, second.inherited, second.inherit_only) == (AceKind.DENY, True, True)


def test_description_has_a_line_for_each_entry_and_shows_masks_raw():
    entry = Ace(6, DOMAIN_ADMINS, 0x30, 0, None, "bf967aba-0de6-11d0-a285-00aa003049e2")
    descriptor = decode_security_descriptor(KNOWN)
    entries = (
        *descriptor.entries,
        entry,
        Ace(5, "S-1-5-21-1-2-3-1104", 1, 0, str(uuid.UUID(int=7))),
    )
    shown = SecurityDescriptor(
        descriptor.owner, descriptor.group, AccessList.LISTED, (*entries, Ace(9))
    )
    assert describe(shown).split("\n") == [
        r"owner S-1-5-32-544 (BUILTIN\Administrators)",
        "group S-1-5-18 (SYSTEM)",
        "allow S-1-5-7 (ANONYMOUS LOGON), mask 0x00000100, ms-Exch-SMTP-Accept-Any-Recipient",
        r"deny S-1-5-32-545 (BUILTIN\Users), mask 0x000f01ff, for child objects only, inherited",
        f"deny {DOMAIN_ADMINS} (Domain Admins), mask 0x00000030, "
        "for objects of class bf967aba-0de6-11d0-a285-00aa003049e2",
        "allow S-1-5-21-1-2-3-1104, mask 0x00000001, 00000000-0000-0000-0000-000000000007",
        "other: entry type 9, not read",
    ]


@pytest.mark.parametrize(
    ("header", "access", "line"),
    [
        ("01000080 00000000 00000000 00000000 00000000", AccessList.NOT_INCLUDED, "not included"),
        ("01000480 00000000 00000000 00000000 00000000", AccessList.UNRESTRICTED, "unrestricted"),
        (
            "01000480 00000000 00000000 00000000 14000000 0200 0800 0000 0000",
            AccessList.LISTED,
            "empty",
        ),
    ],
)
def test_no_list_an_empty_list_and_a_missing_list_differ(header, access, line):
    decoded = decode_security_descriptor(bytes.fromhex(header))
    assert decoded == SecurityDescriptor(access=access)
    assert describe(decoded).split("\n") == [
        "owner not included",
        "group not included",
        f"access list {line}",
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "truncated: 0 bytes, the header alone takes 20"),
        (KNOWN[:19], "truncated: 19 bytes"),
        (known(at0="02"), "unknown revision 2"),
        (known(at2="0404"), "control word 0x0404 does not say self-relative"),
        (known(at4="13000000"), "wild pointer: owner at byte 19"),
        (known(at8="ffffffff"), "wild pointer: group at byte 4294967295"),
        (known(at16="7c000000"), "wild pointer: access list at byte 124 of 124"),
        (known(at16="7b000000"), "8 bytes wanted at byte 123, their room ends at 124"),
        (known(at20="02"), "SID at byte 20 has revision 2"),
        (known(at21="10"), "SID at byte 20 has revision 1 and 16 sub-authorities"),
        (known(at4="70000000", at112="0105"), "20 bytes wanted at byte 120"),
        (known(at50="4d00"), "access list of 77 bytes at byte 48"),
        (known(at50="0700"), "access list of 7 bytes"),
        (known(at52="0300"), "announces 3 entries, it holds 2"),
        (known(at58="0000"), "entry of 0 bytes at byte 56"),
        (known(at58="0300"), "entry of 3 bytes at byte 56"),
        (known(at58="ffff"), "entry of 65535 bytes at byte 56, its list ends at 124"),
        (known(at58="0600"), "4 bytes wanted at byte 60, their room ends at 62"),
        (known(at58="1400"), "16 bytes wanted at byte 68, their room ends at 76"),
        (known(at58="1c00"), "8 bytes wanted at byte 84, their room ends at 84"),
        (known(at64="03000000"), "8 bytes wanted at byte 100, their room ends at 100"),
    ],
)
def test_odd_descriptor_is_refused(data, reason):
    with pytest.raises(ValueError, match=re.escape(reason)):
        decode_security_descriptor(data)


def test_other_entry_types_are_skipped_by_size():
    decoded = decode_security_descriptor(known(at56="09"))
    assert [entry.kind for entry in decoded.entries] == [AceKind.OTHER, AceKind.DENY]
    assert decoded.entries[0] == Ace(9)


def test_names_of_trustees():
    exchange = "S-1-9-1419165041-1139599005-3936102811-1022490595"
    assert well_known_name("S-1-1-0") == "Everyone"
    assert well_known_name(DOMAIN_ADMINS) == "Domain Admins"
    assert well_known_name(f"{exchange}-23") == "Exchange externally secured servers"
    assert well_known_name("S-1-5-21-512") == ""
    assert well_known_name("S-1-5-21-1-2-3-1512") == ""
    assert well_known_name("") == ""


def test_rights_are_keyed_by_guid_text():
    assert all(str(uuid.UUID(guid)) == guid for guid in EXTENDED_RIGHTS)
    assert EXTENDED_RIGHTS[ANY_RECIPIENT] == "ms-Exch-SMTP-Accept-Any-Recipient"


def test_sid_and_guid_texts():
    header = bytes.fromhex("01000080 14000000 00000000 00000000 00000000")
    for octets, text in (
        ("0101 000000000005 07000000", ANONYMOUS),
        ("0101 010000000000 07000000", "S-1-0x010000000000-7"),
        ("0100 0000ffffffff", "S-1-4294967295"),
    ):
        assert decode_security_descriptor(header + bytes.fromhex(octets)).owner == text
    assert guid_to_text(bytes.fromhex("31f0825c4c4e264388e18c4f0cad9de5")) == ANY_RECIPIENT


@given(st.uuids())
def test_the_text_of_a_guid_is_that_of_the_standard_library(guid):
    assert guid_to_text(guid.bytes_le) == str(guid)


def test_bytes_that_are_no_guid_are_refused():
    with pytest.raises(ValueError, match="not 16 bytes"):
        guid_to_text(bytes(15))


def test_entry_of_another_type_cannot_be_encoded():
    with pytest.raises(ValueError, match="type 9"):
        encode_security_descriptor(SecurityDescriptor(access=AccessList.LISTED, entries=(Ace(9),)))


sids = st.builds(
    lambda authority, subs: "-".join(map(str, ["S-1", authority, *subs])),
    st.integers(0, 15),
    st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=15),
)
guids = st.none() | st.uuids().map(str)
masks = st.integers(0, 2**32 - 1)
plain_entries = st.builds(Ace, st.sampled_from([0, 1]), sids, masks, st.integers(0, 31))
object_entries = st.builds(
    Ace, st.sampled_from([5, 6]), sids, masks, st.integers(0, 31), guids, guids
)
listed_descriptors = st.builds(
    SecurityDescriptor,
    sids,
    sids,
    st.just(AccessList.LISTED),
    st.lists(plain_entries | object_entries, max_size=8).map(tuple),
)
descriptors = listed_descriptors | st.builds(
    SecurityDescriptor,
    sids | st.just(""),
    sids | st.just(""),
    st.sampled_from([AccessList.UNRESTRICTED, AccessList.NOT_INCLUDED]),
)


@given(descriptors)
def test_encoded_descriptors_decode_to_themselves(descriptor):
    assert decode_security_descriptor(encode_security_descriptor(descriptor)) == descriptor


@given(listed_descriptors)
def test_winacl_reads_the_same(descriptor):
    other = SECURITY_DESCRIPTOR.from_bytes(encode_security_descriptor(descriptor))
    assert (str(other.Owner), str(other.Group)) == (descriptor.owner, descriptor.group)
    assert [read_by_winacl(entry) for entry in other.Dacl.aces] == list(descriptor.entries)


@pytest.mark.parametrize(
    "sddl",
    [
        "O:BAG:SYD:(A;;0x100;;;AN)(D;;0x1;;;WD)",
        "O:BAG:BAD:AI(A;CIID;0xf01ff;;;BA)(A;;0x20;;;AU)(D;;0x30;;;S-1-5-21-1-2-3-1104)",
        f"O:SYG:SYD:(OA;;CR;{ANY_RECIPIENT};;AN)(OD;CI;CR;{ANY_RECIPIENT};;AU)",
    ],
)
def test_descriptors_written_by_winacl_are_read_as_winacl_reads_them(sddl):
    data = SECURITY_DESCRIPTOR.from_sddl(sddl, domain_sid="S-1-5-21-1-2-3").to_bytes()
    other = SECURITY_DESCRIPTOR.from_bytes(data)
    decoded = decode_security_descriptor(data)
    assert (decoded.owner, decoded.group) == (str(other.Owner), str(other.Group))
    assert list(decoded.entries) == [read_by_winacl(entry) for entry in other.Dacl.aces]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    with contextlib.suppress(ValueError):
        assert describe(decode_security_descriptor(data))


@given(descriptors, st.data())
def test_changed_or_cut_descriptors_are_read_or_refused(descriptor, data):
    changed = bytearray(encode_security_descriptor(descriptor))
    changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(changed[: data.draw(st.integers(0, len(changed)))])
    with contextlib.suppress(ValueError):
        assert describe(decode_security_descriptor(cut))


def read_by_winacl(entry):
    guids = (getattr(entry, "ObjectType", None), getattr(entry, "InheritedObjectType", None))
    return Ace(
        entry.AceType.value,
        str(entry.Sid),
        entry.Mask,
        int(entry.AceFlags),
        *(str(guid).lower() if guid else None for guid in guids),
    )
