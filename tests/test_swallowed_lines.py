"""Lines of attributes that became part of other values: whichever it is, none is missed."""

import pytest
from msgspec.structs import replace

from analyzer.directory import kinds
from analyzer.directory.values import State
from analyzer.dump.entry import Attribute, Entry, Notation, Source
from analyzer.dump.reading import Reading
from analyzer.entry_settings import ShownByInput, settings_of
from analyzer.inventory import WANTED

LONG_NAMES = [
    (kind, row.name) for kind in kinds.KINDS for row in kind.own_attributes if len(row.name) >= 8
]


@pytest.mark.parametrize(("kind", "name"), LONG_NAMES, ids=str)
def test_the_line_of_an_attribute_inside_another_value_is_seen(kind, name, build):
    reading = Reading(build.inventory(build.virtual_server()).objects[0].input, (), ())
    for spelled in (name, name.upper(), f"x{name}"):
        value = f"some text{spelled} : 7".encode()
        host = Attribute("info", (b"first", value), 3, 4, Notation.PLAIN)
        entry = Entry("CN=a,DC=com", {"info": host}, Source("a.ldf", 1, 5))
        settings = settings_of(kind, entry, ShownByInput(reading, WANTED))
        assert settings[name].state is State.LOST, spelled
        encoded = {"info": replace(host, notation=Notation.BASE64)}
        plain = settings_of(kind, replace(entry, fields=encoded), ShownByInput(reading, WANTED))
        assert plain[name].state is not State.LOST
