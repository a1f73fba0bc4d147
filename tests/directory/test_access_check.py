"""Which entry decides over a right: order, inheritance, object types."""

import pytest

from analyzer.directory.access_check import deciding_entries
from analyzer.directory.security_descriptor import Ace

RIGHT = "5c82f031-4e4c-4326-88e1-8c4f0cad9de5"
OTHER = "a18293f1-0685-4540-aa63-e32df421b3a2"
WHO = "S-1-5-7"


def ace(kind=5, mask=0x100, flags=0, right=RIGHT, who=WHO):
    return Ace(kind, who, mask, flags, right)


@pytest.mark.parametrize(
    ("entry", "counts"),
    [
        (ace(), True),
        (ace(kind=6), True),
        (ace(kind=0, right=None), True),
        (ace(kind=1, right=None), True),
        (ace(right=None), True),  # of the object form, but for all rights
        (ace(kind=0, right=None, mask=0x10000000), True),
        (ace(mask=0x10000000), True),
        (ace(kind=0, right=None, mask=0xF01FF), True),
        (ace(flags=0x10), True),
        (ace(flags=0x12), True),
        (ace(flags=0x08), False),
        (ace(flags=0x1A), False),
        (ace(right=OTHER), False),
        (ace(right=OTHER, mask=0x10000000), False),
        (ace(mask=0x30), False),
        (ace(kind=0, right=None, mask=0xF00FF), False),
        (ace(kind=2, right=None), False),
        (ace(kind=7), False),
        (ace(kind=9, right=None), False),
    ],
)
def test_an_entry_counts_by_mask_type_and_object_type(entry, counts):
    assert (WHO in deciding_entries([entry], RIGHT)) is counts


def test_the_first_entry_that_counts_decides_for_each_sid():
    entries = [
        ace(flags=0x08),
        ace(right=OTHER),
        ace(kind=6),
        ace(),
        ace(who="S-1-1-0"),
        ace(kind=1, right=None, who="S-1-1-0"),
    ]
    assert deciding_entries(entries, RIGHT) == {WHO: 2, "S-1-1-0": 4}
