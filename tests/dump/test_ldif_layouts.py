"""One set of records, printed in any layout, reads back the same with its line numbers."""

import base64
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from readers import ldif_tally

NAMES = ("cn", "objectClass", "adminDisplayName", "msExchServerBindings", "info", "whenCreated")
COMMENTS = ("", "# one", "#", "# dn: CN=no,DC=example", "# protocolCfgSMTPServer\n  folded\n dn: x")


class Value(NamedTuple):
    name: str
    octets: bytes


class Made(NamedTuple):
    dn: str
    values: tuple[Value, ...]


class Layout(NamedTuple):
    """How records are printed; numbers are used as sources of choices."""

    width: int
    tab: bool
    line_end: str
    mixed: bool
    choices: tuple[int, ...]
    separators: tuple[str, ...]
    version: bool
    bom: bool
    final_line_end: bool


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\n\r\0"),
    max_size=40,
)
OCTETS = st.one_of(TEXTS.map(str.encode), st.binary(max_size=40), st.just(b":25:"), st.just(b""))
NAME_PARTS = st.text("abcXYZ019 äöü", min_size=1, max_size=12).map(str.strip).filter(bool)
MADE = st.builds(
    Made,
    st.lists(NAME_PARTS, min_size=1, max_size=4).map(
        lambda names: ",".join(f"CN={name}" for name in names) + ",DC=example"
    ),
    st.lists(st.builds(Value, st.sampled_from(NAMES), OCTETS), min_size=1, max_size=6).map(tuple),
)
LAYOUTS = st.builds(
    Layout,
    width=st.sampled_from((3, 4, 7, 20, 76, 78, 10_000)),
    tab=st.booleans(),
    line_end=st.sampled_from(("\n", "\r\n")),
    mixed=st.booleans(),
    choices=st.lists(st.integers(0, 1000), min_size=8, max_size=8).map(tuple),
    separators=st.lists(
        st.sampled_from(("\n", "\n\n", "\r\n", "\n# c\n\n", "\nversion: 1\n\n", "\nref: x\n\n")),
        min_size=4,
        max_size=4,
    ).map(tuple),
    version=st.booleans(),
    bom=st.booleans(),
    final_line_end=st.booleans(),
)


def _cut(text: bytes, width: int) -> list[bytes]:
    return [text[at : at + width] for at in range(0, len(text), width)]


def is_plain(octets: bytes) -> bool:
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        return False
    # python-ldap takes white space of any kind off the start of a plain value.
    begins_well = text.lstrip() == text and text[:1] not in (":", "<")
    return begins_well and not any(byte in octets for byte in b"\n\r\0")


class Printer:
    """Prints records by a layout and keeps the line on which everything stands."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._asked = 0
        self.out = bytearray(b"\xef\xbb\xbf" if layout.bom else b"")

    @property
    def line(self) -> int:
        return self.out.count(b"\n") + 1

    def choose(self, among: int) -> int:
        self._asked += 1
        return self._layout.choices[self._asked % len(self._layout.choices)] % among

    def end_line(self) -> None:
        ends = ("\n", "\r\n")
        end = ends[self.choose(2)] if self._layout.mixed else self._layout.line_end
        self.out += end.encode()

    def print_line(self, text: bytes) -> None:
        width = max(self._layout.width, text.find(b":") + 1)
        pieces = [text[:width], *_cut(text[width:], self._layout.width - 1)]
        if not pieces[-1].strip(b" \t"):
            # A last line of blanks would be a separator.
            pieces[-2:] = [b"".join(pieces[-2:])]
        self.out += pieces[0]
        for piece in pieces[1:]:
            self.end_line()
            self.out += (b"\t" if self._layout.tab else b" ") + piece
        self.end_line()

    def print_attribute(self, name: str, octets: bytes) -> None:
        spelling = self._layout.choices[len(name) % 8] % 3
        spelled = (name, name.lower(), name.upper())[spelling].encode()
        blank = (b" ", b"")[self.choose(2)]
        if is_plain(octets) and self.choose(3):
            ends_in_blank = not octets or octets.endswith((b" ", b"\t"))
            self.print_line(spelled + b":" + (b" " if ends_in_blank else blank) + octets)
        else:
            self.print_line(spelled + b":: " + base64.b64encode(octets))

    def print_dn(self, dn: str) -> None:
        spelled = (b"dn", b"DN", b"Dn")[self.choose(3)]
        if self.choose(4):
            self.print_line(spelled + b": " + dn.encode())
        else:
            self.print_line(spelled + b":: " + base64.b64encode(dn.encode()))

    def print_comment(self) -> None:
        comment = COMMENTS[self.choose(len(COMMENTS))]
        if comment:
            self.out += comment.encode()
            self.end_line()


def printed(records: list[Made], layout: Layout) -> tuple[bytes, list[tuple[object, ...]]]:
    printer = Printer(layout)
    if layout.version:
        printer.out += b"version: 1\n\n"
    expected: list[tuple[object, ...]] = []
    for number, record in enumerate(records):
        printer.print_comment()
        first = printer.line
        printer.print_dn(record.dn)
        values: dict[str, tuple[bytes, ...]] = {}
        places: dict[str, int] = {}
        for value in record.values:
            if printer.choose(3) == 0:
                printer.print_comment()
            key = value.name.lower()
            places.setdefault(key, printer.line)
            printer.print_attribute(value.name, value.octets)
            last = printer.line - 1
            values[key] = (*values.get(key, ()), value.octets)
        expected.append((record.dn, first, last, values, places))
        printer.out += layout.separators[number % len(layout.separators)].encode()
    data = bytes(printer.out)
    return (data if layout.final_line_end else data.rstrip(b"\r\n")), expected


@settings(max_examples=150, deadline=None)
@given(st.lists(MADE, min_size=1, max_size=4), LAYOUTS)
def test_any_layout_reads_back(records: list[Made], layout: Layout) -> None:
    data, expected = printed(records, layout)
    tally = ldif_tally(data)
    found = [
        (
            entry.dn,
            entry.source.line,
            entry.source.last_line,
            entry.attributes,
            {key: attribute.line for key, attribute in entry.fields.items()},
        )
        for entry in tally.kept
    ]
    assert tally.unreadable == []
    assert found == expected
    assert tally.entries == len(records)
