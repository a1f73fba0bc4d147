"""Relay and connection-control lists: known values, odd values, damaged values."""

import struct
from collections import Counter
from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.directory.address_list import (
    AddressList,
    Mode,
    decode_address_list,
    encode_address_list,
)

HEADER = "18000080 20000080 3c000080 44000080 01000000 4c000000"
EMPTY = "00000000 00000000"
ONE_HOST = f"{HEADER} {EMPTY} 01000000 01000000 02000000 02000000 04000000 00000000 4c000080"
GRANT_TWO = (
    "18000080200000803c00008044000080010000004c000000000000000000000001000000020000000200000003000000"
    "04000000000000004c00008000000000000000000000000000000000ffffffff0a0102030a010204"
)
DENY_ONE = (
    "18000080340000803c00008044000080010000004c000000010000000100000002000000020000000400000000000000"
    "4c000080000000000000000000000000000000000000000000000000ffffffffc0000207"
)


def blob(*words):
    return b"".join(struct.pack("<I", word) for word in words)


def pointer(offset):
    return 0x80000000 | offset


def nets(*texts):
    return tuple(IPv4Network(text) for text in texts)


def grant_words(**changes):
    """The words of a list that grants 10.1.2.3, some of them replaced by their number."""
    words = list(struct.unpack("<21I", encode_address_list(grant=nets("10.1.2.3"))))
    for place, word in changes.items():
        words[int(place.removeprefix("w"))] = word
    return blob(*words)


def test_grant_list_of_two_hosts():
    assert decode_address_list(bytes.fromhex(GRANT_TWO)) == AddressList(
        Mode.ONLY_LISTED, nets("10.1.2.3", "10.1.2.4")
    )


def test_deny_list_of_one_host():
    assert decode_address_list(bytes.fromhex(DENY_ONE)) == AddressList(
        Mode.ALL_EXCEPT, nets("192.0.2.7")
    )


def test_list_that_the_console_stores_for_the_local_host():
    words = (24, 0, 0, 128, 32, 0, 0, 128, 60, 0, 0, 128, 68, 0, 0, 128, 1, 0, 0, 0, 76, 0, 0, 0)
    words += (0,) * 8 + (1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0)
    words += (76, 0, 0, 128) + (0,) * 16 + (255, 255, 255, 255, 127, 0, 0, 1)
    assert decode_address_list(bytes(words)) == AddressList(Mode.ONLY_LISTED, nets("127.0.0.1"))


def test_encoder_writes_the_known_values():
    assert encode_address_list(grant=nets("10.1.2.3", "10.1.2.4")).hex() == GRANT_TWO
    assert encode_address_list(deny=nets("192.0.2.7")).hex() == DENY_ONE


def test_everything_granted_is_a_grant_list():
    data = bytes.fromhex(f"{ONE_HOST} {EMPTY} {EMPTY} 00000000 00000000")
    assert decode_address_list(data) == AddressList(Mode.ONLY_LISTED, nets("0.0.0.0/0"))
    assert not decode_address_list(data).grants_nobody


def test_lone_zero_address_is_kept_and_grants_nobody():
    data = bytes.fromhex(f"{ONE_HOST} {EMPTY} {EMPTY} ffffffff 00000000")
    decoded = decode_address_list(data)
    assert decoded == AddressList(Mode.ONLY_LISTED, nets("0.0.0.0"))
    assert decoded.grants_nobody


def test_zero_address_beside_another_or_denied_is_not_nobody():
    assert not AddressList(Mode.ONLY_LISTED, nets("0.0.0.0", "10.1.2.3")).grants_nobody
    assert not AddressList(Mode.ALL_EXCEPT, nets("0.0.0.0")).grants_nobody
    assert not AddressList(Mode.ALL_EXCEPT).grants_nobody


def test_two_masks_are_two_groups():
    head = blob(pointer(24), pointer(32), pointer(80), pointer(88), 1, 96, 0, 0, 2, 3)
    groups = blob(2, 3, 4, 0, pointer(96), 2, 2, 4, 0, pointer(108), 0, 0, 0, 0)
    data = bytes.fromhex("ffffff00 0a010200 0a010300 fffffff0 c0000210")
    expected = nets("10.1.2.0/24", "10.1.3.0/24", "192.0.2.16/28")
    assert decode_address_list(head + groups + data) == AddressList(Mode.ONLY_LISTED, expected)
    assert encode_address_list(grant=expected) == head + groups + data


def test_pointers_are_followed_wherever_the_parts_lie():
    head = blob(pointer(68), pointer(40), pointer(32), pointer(24), 1, 76, 0, 0, 0, 0)
    grant = blob(1, 1, 2, 2, 4, 0, pointer(76))
    data = head + grant + blob(0, 0) + bytes.fromhex("ffffffff 0a010203")
    assert decode_address_list(data) == AddressList(Mode.ONLY_LISTED, nets("10.1.2.3"))


def test_zero_length_value_lets_everybody_through_and_says_on_what_ground():
    decoded = decode_address_list(b"")
    assert (decoded.mode, decoded.networks) == (Mode.ALL_EXCEPT, ())
    assert "zero-length value" in decoded.assumption


def test_no_groups_at_all_let_everybody_through_and_say_on_what_ground():
    data = blob(pointer(24), pointer(32), pointer(40), pointer(48), 1, 56, *[0] * 8)
    decoded = decode_address_list(data)
    assert (decoded.mode, decoded.networks) == (Mode.ALL_EXCEPT, ())
    assert "neither denied nor granted" in decoded.assumption
    assert encode_address_list() == data


def test_both_lists_are_read_in_the_worst_case():
    data = encode_address_list(deny=nets("192.0.2.7"), grant=nets("10.1.2.0/24"))
    decoded = decode_address_list(data)
    assert decoded.mode is Mode.ALL_EXCEPT
    assert decoded.networks == nets("192.0.2.7")
    assert decoded.also_granted == nets("10.1.2.0/24")
    assert "worst case" in decoded.assumption


def test_mask_without_addresses_as_scripts_store_it_lists_nobody():
    group = "01000000 00000000 02000000 01000000 04000000 00000000 4c000080"
    decoded = decode_address_list(
        bytes.fromhex(f"{HEADER} {EMPTY} {group} {EMPTY} {EMPTY} ffffffff")
    )
    assert (decoded.mode, decoded.networks) == (Mode.ONLY_LISTED, ())
    assert decoded.grants_nobody
    assert "grant-address list with a subnet mask and no address" in decoded.assumption


GRANT_ONE = encode_address_list(grant=nets("10.1.2.3"))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\0", "truncated: 1 bytes, the header alone takes 24"),
        (GRANT_ONE[:23], "truncated: 23 bytes"),
        (GRANT_ONE[:24], "deny-address list at byte 24 takes 8 bytes, the value has 24"),
        (GRANT_ONE[:-1], "grant-address data at byte 76 takes 8 bytes, the value has 83"),
        (GRANT_ONE + bytes(4), "trailing bytes: nothing points to bytes 84 to 87"),
        (grant_words(w0=24), "pointer to the deny-address list is 0x18, mark 0x80000000 missing"),
        (grant_words(w14=76), "pointer to the grant-address data is 0x4c, mark"),
        (grant_words(w3=0), "pointer to the grant-name list is 0x0, mark"),
        (grant_words(w0=pointer(4096)), "deny-address list at byte 4096"),
        (grant_words(w0=0xFFFFFFFF), "deny-address list at byte 2147483647"),
        (grant_words(w14=pointer(80)), "grant-address data at byte 80 takes 8 bytes"),
        (grant_words(w14=pointer(0)), "grant-address data and header overlap at byte 0"),
        (grant_words(w0=pointer(60)), "nothing points to bytes 24 to 31"),
        (grant_words(w2=pointer(68)), "nothing points to bytes 60 to 67"),
        (grant_words(w4=2), "word at byte 16 is 0x2, expected 0x1"),
        (grant_words(w4=0), "word at byte 16 is 0x0, expected 0x1"),
        (grant_words(w5=80), "data area announced at byte 80, the lists end at 76"),
        (grant_words(w5=0), "data area announced at byte 0, the lists end at 76"),
        (grant_words(w6=1), "deny-address"),
        (grant_words(w7=1), "deny-address list announces 1 entries, its groups hold 0"),
        (grant_words(w8=0), "grant-address list announces 1 entries, its groups hold 0"),
        (grant_words(w8=0, w9=0), "nothing points to bytes 40 to 59"),
        (grant_words(w8=0xFFFFFFFF), "announces 4294967295 groups, too many"),
        (grant_words(w9=2), "grant-address list announces 2 entries, its groups hold 1"),
        (grant_words(w9=0xFFFFFFFF), "announces 4294967295 entries"),
        (grant_words(w10=23), "unknown address family 23"),
        (grant_words(w10=0), "unknown address family 0"),
        (grant_words(w11=0), "group without a subnet mask"),
        (grant_words(w11=3), "grant-address data at byte 76 takes 12 bytes"),
        (grant_words(w9=0, w11=1), "trailing bytes: nothing points to bytes 80 to 83"),
        (grant_words(w11=0xFFFFFFFF), "takes 17179869180 bytes"),
        (grant_words(w12=16), "items of 16 bytes"),
        (grant_words(w13=1), "reserved word of a grant-address group is 0x1"),
        (grant_words(w15=1), "deny-name list has 0 names in 1 groups"),
        (grant_words(w18=2), "grant-name list has 2 names in 0 groups"),
        (grant_words(w19=0x00FF00FF), "subnet mask 255.0.255.0 is not contiguous"),
        (grant_words(w19=0xFFFFFF00), "subnet mask 0.255.255.255 is not contiguous"),
        (grant_words(w19=0x00FFFFFF), "10.1.2.3 has bits beyond its subnet mask 255.255.255.0"),
        (b"10.1.2.3, 255.255.255.255", "word at byte 16"),
    ],
)
def test_odd_value_is_refused(data, reason):
    assert reason in refusal(data)


def refusal(data):
    """Return why a value is refused."""
    with pytest.raises(ValueError, match=r"\A.+\Z") as refused:
        decode_address_list(data)
    return str(refused.value)


def test_two_groups_may_not_share_their_data():
    words = blob(pointer(24), pointer(32), pointer(80), pointer(88), 1, 96, 0, 0, 2, 2)
    words += blob(2, 2, 4, 0, pointer(96)) * 2 + blob(0, 0, 0, 0)
    reason = refusal(words + bytes.fromhex("ffffffff 0a010203"))
    assert "grant-address data and grant-address data overlap" in reason


def test_two_lists_may_not_share_their_head():
    shared, names = pointer(24), (pointer(32), pointer(40))
    reason = refusal(blob(shared, shared, *names, 1, 48, *[0] * 6))
    assert "deny-address list and grant-address list overlap at byte 24" in reason


def test_lists_may_not_lie_in_the_data_area():
    """The last empty list stands behind the data, which the size of the head contradicts."""
    words = list(struct.unpack("<21I", GRANT_ONE))
    words[3], words[5], words[14] = pointer(76), 68, pointer(68)
    reason = refusal(blob(*words[:17], *words[19:], 0, 0))
    assert "data area announced at byte 68, the lists end at 84" in reason


networks = st.builds(
    lambda address, prefix: IPv4Network((address >> (32 - prefix) << (32 - prefix), prefix)),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0, 8, 13, 16, 24, 29, 32]) | st.integers(0, 32),
)
network_lists = st.lists(networks, max_size=12)


@given(network_lists, network_lists)
def test_encoded_lists_decode_to_themselves(deny, grant):
    decoded = decode_address_list(encode_address_list(deny=deny, grant=grant))
    listed, also = (deny, grant) if deny or not grant else (grant, [])
    assert sorted(decoded.networks) == sorted(listed)
    assert sorted(decoded.also_granted) == sorted(also)
    assert decoded.mode is (Mode.ONLY_LISTED if grant and not deny else Mode.ALL_EXCEPT)
    assert bool(decoded.assumption) is (bool(deny) == bool(grant))


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    check_claims(data)


@given(st.lists(st.integers(0, 127), min_size=6, max_size=60), st.data())
def test_plausible_words_are_read_or_refused(words, data):
    """Small numbers with the pointer mark where a pointer may stand reach every check."""
    marks = data.draw(st.lists(st.booleans(), min_size=len(words), max_size=len(words)))
    value = blob(*(pointer(w) if mark else w for w, mark in zip(words, marks, strict=True)))
    check_claims(value)


@given(network_lists, network_lists, st.data())
def test_one_changed_byte_never_claims_what_is_not_there(deny, grant, data):
    changed = bytearray(encode_address_list(deny=deny, grant=grant))
    place = data.draw(st.integers(0, len(changed) - 1))
    changed[place] = data.draw(st.integers(0, 255))
    check_claims(bytes(changed))


@given(network_lists, network_lists)
def test_every_truncation_is_refused(deny, grant):
    whole = encode_address_list(deny=deny, grant=grant)
    for length in range(1, len(whole)):
        assert refusal(whole[:length])


@pytest.mark.parametrize("known", [GRANT_TWO, DENY_ONE])
def test_every_single_byte_change_of_a_known_value(known):
    whole = bytes.fromhex(known)
    first_of_data = 76
    for place in range(len(whole)):
        for value in set(range(256)) - {whole[place]}:
            changed = whole[:place] + bytes([value]) + whole[place + 1 :]
            # Before the data every byte is fixed by the others; in it only addresses are free.
            is_free = place >= first_of_data + 4
            assert check_claims(changed) is is_free, (place, value)


def test_large_list_is_read_in_full():
    hosts = [IPv4Network((number, 32)) for number in range(50_000)]
    decoded = decode_address_list(encode_address_list(grant=hosts))
    assert decoded.networks == tuple(hosts)


def check_claims(data):
    """Every network stands in the bytes, as often as it is claimed, together with its mask.

    Return whether the bytes were read; what is refused claims nothing.
    """
    try:
        decoded = decode_address_list(data)
    except ValueError:
        return False
    claimed = decoded.networks + decoded.also_granted
    stored = Counter(data[at : at + 4] for at in range(0, len(data), 4))
    masks = {network.netmask.packed for network in claimed}
    used = Counter(network.network_address.packed for network in claimed) + Counter(masks)
    assert used <= stored
    return True


def with_names(*, deny=(), grant=(), denied=0, granted=0):
    """A list of addresses beside lists of names, whose data nobody can tell apart."""
    whole = encode_address_list(deny=nets(*deny), grant=nets(*grant))
    words = list(struct.unpack(f"<{len(whole) // 4}I", whole))
    for number, names in ((2, denied), (3, granted)):
        head = (words[number] & 0x7FFFFFFF) // 4
        words[head : head + 2] = [1, names] if names else [0, 0]
    return blob(*words) + b"names.example\0"


@pytest.mark.parametrize(
    ("names", "networks", "also"),
    [
        ({"denied": 1}, (), ()),
        ({"denied": 2, "deny": ["192.0.2.7"]}, nets("192.0.2.7"), ()),
        ({"denied": 1, "grant": ["10.1.2.3"]}, (), nets("10.1.2.3")),
        ({"denied": 1, "granted": 1}, (), ()),
        ({"granted": 1, "deny": ["192.0.2.7"]}, nets("192.0.2.7"), ()),
    ],
)
def test_where_something_is_denied_names_leave_all_others_through(names, networks, also):
    listed = decode_address_list(with_names(**names))
    assert (listed.mode, listed.networks, listed.also_granted) == ("all_except", networks, also)
    assert listed.denies_names is ("denied" in names)
    assert "ms524685" in listed.assumption


@pytest.mark.parametrize("names", [{"granted": 1}, {"granted": 3, "grant": ["10.1.2.3"]}])
def test_names_that_are_granted_cannot_be_told(names):
    assert refusal(with_names(**names)) == "grants domain names; how names are stored is unknown"
