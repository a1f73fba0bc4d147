"""The octet string of a relay or connection-control list in, networks (or why not) out.

`msExchSmtpRelayIpList` and `msExchIPSecurity` hold a small structure of little-endian 32-bit words
for which Microsoft published no layout; it was reconstructed from public samples, such as the one
in the documentation of Salt's win_smtp_server module. Every number is followed and checked, and
every byte has to be accounted for exactly once: a value that deviates anywhere is refused, because
half a list would be a wrong list.

    header   four pointers (denied addresses, granted addresses, denied names, granted names),
             the word 1, the size of everything before the data
    list     number of groups, number of entries in them; then the groups
    group    address family 2, number of data items, item size 4, 0, pointer to the data
    data     a subnet mask, then the addresses to which it applies, in network order

No sample shows how domain names are stored. A list that grants some and denies nothing is refused;
one that denies something lets all others through whatever the names are (ms524685), and is read so.
"""

import enum
import itertools
import struct
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network
from typing import NamedTuple

from msgspec import Struct

from analyzer.directory.networks import NOBODY

_HEADER = struct.Struct("<6I")
_LIST_HEAD = struct.Struct("<2I")
_GROUP = struct.Struct("<5I")
_WORD = 4
_POINTER_MARK = 0x80000000  # on every pointer of every sample; without it a word is no pointer
_VERSION = 1  # the only value seen; what it means is unknown
_IPV4 = 2  # AF_INET; no sample holds another family
_ALL_ONES = 0xFFFFFFFF
_NAME_LISTS = ("deny-name", "grant-name")
_LISTS = ("deny-address", "grant-address", *_NAME_LISTS)

_ZERO_LENGTH = (
    "zero-length value, read as 'all except the list' with nothing listed, "
    "as documented for the metabase value of the same name"
)
_NO_GROUPS = (
    "list of neither denied nor granted addresses, read as 'all except the list' with nothing "
    "listed; inferred from the grant-by-default rule of the IIsIPSecurity object (ms524685)"
)
_BOTH_LISTS = (
    "list of denied and of granted addresses, read in the worst case as 'all except the denied'; "
    "only one of them is in force and the value does not tell which (ms524685)"
)
_DENIED_NAMES = (
    "list that denies domain names, read as 'all except the list', because names are denied only "
    "where all others are granted (ms524685); the names themselves are not decoded"
)
_GRANTED_NAMES = (
    "list that denies addresses and grants domain names, read in the worst case as 'all except the "
    "denied'; only one of them is in force and the value does not tell which (ms524685)"
)
_NO_ADDRESSES = (
    "{name} list with a subnet mask and no address, read as present with nothing listed; "
    "public scripts store this form, no documentation explains it"
)


class Mode(enum.StrEnum):
    """Which hosts a list lets through."""

    ONLY_LISTED = "only_listed"
    ALL_EXCEPT = "all_except"


class AddressList(Struct, frozen=True):
    """What a relay or connection-control list says."""

    mode: Mode
    networks: tuple[IPv4Network, ...] = ()
    """Granted networks for `only_listed`, the exceptions for `all_except`, in stored order."""
    also_granted: tuple[IPv4Network, ...] = ()
    """Granted networks beside a deny list, where the worst case is `all_except`."""
    assumption: str = ""
    """The undocumented reading this rests on; empty when there is none."""
    denies_names: bool = False
    """Whether hosts of some domains are exceptions as well; which ones is not decoded."""

    @property
    def grants_nobody(self) -> bool:
        """True for a grant list that is empty or holds just 0.0.0.0, the stored form of nobody."""
        return self.mode is Mode.ONLY_LISTED and self.networks in ((), (NOBODY,))


class _Extent(NamedTuple):
    """Bytes with one meaning."""

    start: int
    end: int
    what: str


class _MaskGroup(NamedTuple):
    """Data of one mask: where it starts and how many items it has, the mask being the first."""

    start: int
    items: int


class _List(NamedTuple):
    """One of the four lists."""

    name: str
    head: _Extent
    groups: tuple[_MaskGroup, ...]
    holds_names: bool = False


def decode_address_list(data: bytes) -> AddressList:
    """Decode a list.

    Raises:
        ValueError: The value does not fit the layout; says what was found and what was expected.
    """
    if not data:
        return AddressList(Mode.ALL_EXCEPT, assumption=_ZERO_LENGTH)
    return _interpret(data, *_read_lists(data))


def encode_address_list(
    *, grant: Iterable[IPv4Network] = (), deny: Iterable[IPv4Network] = ()
) -> bytes:
    """Encode the networks, one group per subnet mask in order of appearance."""
    # The order of the samples: the four lists one behind the other, then the data of all of them.
    lists = [_by_mask(deny), _by_mask(grant), [], []]
    sizes = [_LIST_HEAD.size + _GROUP.size * len(groups) for groups in lists]
    starts = list(itertools.accumulate(sizes, initial=_HEADER.size))
    head = _HEADER.pack(*(_POINTER_MARK | start for start in starts[:4]), _VERSION, starts[4])
    data = b""
    for groups in lists:
        head += _LIST_HEAD.pack(len(groups), sum(len(words) - 1 for words in groups))
        for words in groups:
            pointer = _POINTER_MARK | starts[4] + len(data)
            head += _GROUP.pack(_IPV4, len(words), _WORD, 0, pointer)
            data += b"".join(words)
    return head + data


def replace_addresses(data: bytes, other: Callable[[IPv4Network], IPv4Network]) -> bytes:
    """Return a list with other networks of the same sizes in the places of its own.

    Bytes that may be domain names, whose layout is not known, become zeros.

    Raises:
        ValueError: The value does not fit the layout.
    """
    decode_address_list(data)
    if not data:
        return data
    lists = _read_lists(data)
    has_names = any(listed.holds_names for listed in lists)
    replaced = bytearray(len(data) if has_names else data)
    replaced[: _HEADER.size] = data[: _HEADER.size]
    for listed in lists:
        replaced[listed.head.start : listed.head.end] = data[listed.head.start : listed.head.end]
        for start, items in listed.groups:
            mask = IPv4Address(data[start : start + _WORD])
            replaced[start : start + _WORD] = mask.packed
            for at in range(start + _WORD, start + items * _WORD, _WORD):
                network = IPv4Network((data[at : at + _WORD], str(mask)))
                replaced[at : at + _WORD] = other(network).network_address.packed
    return bytes(replaced)


def _by_mask(networks: Iterable[IPv4Network]) -> list[list[bytes]]:
    """Group the addresses below their masks, each group as the words of its data."""
    groups: dict[bytes, list[bytes]] = {}
    for network in networks:
        mask = network.netmask.packed
        groups.setdefault(mask, [mask]).append(network.network_address.packed)
    return list(groups.values())


def _interpret(
    data: bytes, denied: _List, granted: _List, denied_names: _List, granted_names: _List
) -> AddressList:
    """Say what the lists mean together; the worst case where the value alone does not tell.

    A list that has groups is in force, even when they hold no address (see _NO_ADDRESSES).
    """
    exceptions, grants = _networks(data, denied), _networks(data, granted)
    # The mode is no field of its own: IPDeny counts when GrantByDefault is true, IPGrant when it is
    # false (ms524685), and the value stores the lists alone.
    denies = bool(denied.groups) or denied_names.holds_names
    if granted_names.holds_names and not denies:
        raise ValueError("grants domain names; how names are stored is unknown")
    if not denies and not granted.groups:
        return AddressList(Mode.ALL_EXCEPT, assumption=_NO_GROUPS)
    notes = [_DENIED_NAMES] if denied_names.holds_names else []
    notes += [_BOTH_LISTS] if denies and granted.groups else []
    notes += [_GRANTED_NAMES] if granted_names.holds_names else []
    notes += [
        _NO_ADDRESSES.format(name=listed.name)
        for listed in (denied, granted)
        if any(group.items == 1 for group in listed.groups)
    ]
    if denies:
        assumption = "; ".join(notes)
        names = denied_names.holds_names
        return AddressList(Mode.ALL_EXCEPT, exceptions, grants, assumption, names)
    return AddressList(Mode.ONLY_LISTED, grants, assumption="; ".join(notes))


def _read_lists(data: bytes) -> tuple[_List, ...]:
    """Follow the header to all four lists.

    Public scripts patch fixed offsets (bytes 36 and 44), which fails on a second mask: the pointers
    are what every sample agrees on.
    """
    if len(data) < _HEADER.size:
        raise ValueError(f"truncated: {len(data)} bytes, the header alone takes {_HEADER.size}")
    *pointers, version, data_start = _HEADER.unpack_from(data)
    if version != _VERSION:
        raise ValueError(f"unknown header: word at byte 16 is {version:#x}, expected {_VERSION:#x}")
    lists = [_read_list(data, at, name) for at, name in zip(pointers, _LISTS, strict=True)]
    heads = [_Extent(0, _HEADER.size, "header"), *(listed.head for listed in lists)]
    areas = [
        _Extent(group.start, group.start + group.items * _WORD, f"{listed.name} data")
        for listed in lists
        for group in listed.groups
    ]
    has_names = any(listed.holds_names for listed in lists)
    _check_tiling(heads, areas, data_start, len(data), has_names=has_names)
    return tuple(lists)


def _read_list(data: bytes, pointer: int, name: str) -> _List:
    start = _follow(pointer, _LIST_HEAD.size, len(data), f"{name} list")
    count, entries = _LIST_HEAD.unpack_from(data, start)
    if name in _NAME_LISTS:
        head = _Extent(start, start + _LIST_HEAD.size, f"{name} list")
        if bool(count) is not bool(entries) or max(count, entries) > len(data):
            raise ValueError(f"{name} list has {entries} names in {count} groups")
        return _List(name, head, (), holds_names=bool(count or entries))
    first = start + _LIST_HEAD.size
    end = first + count * _GROUP.size
    if end > len(data):
        raise ValueError(f"truncated: {name} list announces {count} groups, too many for the value")
    # The number of groups is checked against the value before anything is unpacked or allocated.
    fields = _GROUP.iter_unpack(data[first:end])
    groups = tuple(_read_group(words, len(data), name) for words in fields)
    held = sum(group.items - 1 for group in groups)  # the first item of a group is its mask
    if held != entries:
        raise ValueError(f"{name} list announces {entries} entries, its groups hold {held}")
    return _List(name, _Extent(start, end, f"{name} list"), groups)


def _read_group(words: tuple[int, ...], size: int, name: str) -> _MaskGroup:
    family, items, item_size, reserved, pointer = words
    if family != _IPV4:
        raise ValueError(f"unknown address family {family} in the {name} list, expected {_IPV4}")
    if item_size != _WORD:
        raise ValueError(f"items of {item_size} bytes in the {name} list, expected {_WORD}")
    if reserved:
        raise ValueError(f"reserved word of a {name} group is {reserved:#x}, expected 0")
    if not items:
        raise ValueError(f"{name} group without a subnet mask")
    return _MaskGroup(_follow(pointer, items * _WORD, size, f"{name} data"), items)


def _follow(pointer: int, length: int, size: int, what: str) -> int:
    """Return where a pointer leads, which has to hold so many bytes."""
    start = pointer ^ _POINTER_MARK
    if start >= _POINTER_MARK:  # the mark was not there, so it is now
        raise ValueError(f"pointer to the {what} is {pointer:#x}, mark {_POINTER_MARK:#x} missing")
    if start + length > size:
        raise ValueError(f"{what} at byte {start} takes {length} bytes, the value has {size}")
    return start


def _check_tiling(
    heads: list[_Extent], areas: list[_Extent], data_start: int, size: int, *, has_names: bool
) -> None:
    """Refuse a value whose parts overlap or leave a byte unexplained.

    This is what makes a misread value improbable: a wrong pointer or count leaves a gap. Beside
    names, which stand nobody knows where, only an overlap can be told.
    """
    extents = sorted(heads + areas)
    for before, after in itertools.pairwise(extents):
        if after.start < before.end:
            raise ValueError(f"{before.what} and {after.what} overlap at byte {after.start}")
        if after.start > before.end and not has_names:
            raise ValueError(f"nothing points to bytes {before.end} to {after.start - 1}")
    if has_names:
        return
    if extents[-1].end < size:
        raise ValueError(f"trailing bytes: nothing points to bytes {extents[-1].end} to {size - 1}")
    # Lists and data may stand in any order among themselves, but no list behind the data.
    heads_end = max(extent.end for extent in heads)
    if not heads_end == data_start == min((extent.start for extent in areas), default=size):
        raise ValueError(f"data area announced at byte {data_start}, the lists end at {heads_end}")


def _networks(data: bytes, listed: _List) -> tuple[IPv4Network, ...]:
    """Return the networks of a list: each address with the mask of its group."""
    networks: list[IPv4Network] = []
    for start, items in listed.groups:
        # Masks and addresses are in network order, unlike all words before them.
        mask, *addresses = struct.unpack_from(f">{items}I", data, start)
        host_bits = mask ^ _ALL_ONES
        if host_bits & (host_bits + 1):  # a run of ones from the right end has no bit in common
            raise ValueError(f"subnet mask {IPv4Address(mask)} is not contiguous")
        prefix = 32 - host_bits.bit_length()
        for address in addresses:
            if address & host_bits:
                # Whether the server masks both sides or never finds a match is not documented.
                raise ValueError(
                    f"{IPv4Address(address)} has bits beyond its subnet mask {IPv4Address(mask)}"
                )
            networks.append(IPv4Network((address, prefix)))
    return tuple(networks)
