"""Entries to Exchange objects."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from analyzer import read_dump
from analyzer.directory import kinds
from analyzer.directory.kinds import KindOfObject
from analyzer.directory.values import State
from analyzer.dump.entry import Attribute, Entry, Notation, Source
from analyzer.dump.reading import ExportScope, Input, Reading
from analyzer.entry_settings import ShownByInput
from analyzer.inventory import WANTED, DirectoryObject, build_inventory

SAMPLES = Path(__file__).parent.parent / "samples"
DUMPS = sorted(
    str(file.relative_to(SAMPLES))
    for file in SAMPLES.rglob("*")
    if file.suffix in (".ldf", ".ldif", ".csv", ".dat")
)

ROOT = "CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com"
GROUP = f"CN=AG1,CN=Administrative Groups,CN=Contoso Org,{ROOT}"
SERVER = f"CN=EX01,CN=Servers,{GROUP}"
VIRTUAL_SERVER = f"CN=1,CN=SMTP,CN=Protocols,{SERVER}"
CONNECTIONS = f"CN=Connections,CN=RG1,CN=Routing Groups,{GROUP}"

VIRTUAL_SERVER_CLASS = (b"top", b"protocolCfg", b"protocolCfgSMTP", b"protocolCfgSMTPServer")


def source(path: str = "contoso.ldf", **changes: object) -> Input:
    known = Input(
        path=path,
        bytes=1,
        sha256="",
        modified="",
        format="ldif",
        dialect="ldifde",
        encoding="utf-8",
        line_ends="CRLF",
        entries=1,
        relevant_entries=1,
        export_scope=ExportScope.FULL,
        naming_context="",
        warnings=(),
        exported={},
    )
    return replace(known, **changes)


def entry(dn: str, file: str = "contoso.ldf", line: int = 1, **values: object) -> Entry:
    fields = {}
    for offset, (name, value) in enumerate(values.items(), start=1):
        several = value if isinstance(value, tuple) else (value,)
        place = line + offset
        fields[name.lower()] = Attribute(name, several, place, place, Notation.PLAIN)
    return Entry(dn, fields, Source(file, line, line + len(values)))


def virtual_server(dn: str = VIRTUAL_SERVER, **values: object) -> Entry:
    return entry(dn, objectClass=VIRTUAL_SERVER_CLASS, **values)


WHOLE = dict.fromkeys(
    ("instanceType", "objectCategory", "name", "whenCreated", "uSNCreated"), b"x"
) | {"uSNChanged": b"1", "msExchLogType": b"0"}
GUID = bytes(range(16))


def objects(*entries: Entry, **changes: object) -> tuple[DirectoryObject, ...]:
    return build_inventory([Reading(source(**changes), entries)]).objects


def states(item: DirectoryObject, *names: str) -> list[State]:
    return [item.settings[name].state for name in names]


def test_no_readings_give_no_objects() -> None:
    assert build_inventory([]).objects == ()


def test_a_virtual_server_is_named_placed_and_typed() -> None:
    (item,) = objects(
        virtual_server(
            adminDisplayName=b"Default SMTP Virtual Server", msExchSmtpRelayForAuth=b"FALSE"
        )
    )
    assert (item.kind, item.object_class) == (kinds.VIRTUAL_SERVER, "protocolCfgSMTPServer")
    assert (item.dn, item.number) == (VIRTUAL_SERVER, 1)
    assert (item.organization, item.administrative_group) == ("Contoso Org", "AG1")
    assert (item.server, item.name) == ("EX01", "Default SMTP Virtual Server")
    setting = item.settings["msExchSmtpRelayForAuth"]
    assert (setting.state, setting.value, setting.line) == (State.SET, False, 4)
    assert item.notes == ()


@pytest.mark.parametrize(
    ("object_class", "kind"),
    [
        ("protocolCfgSMTPServer", kinds.VIRTUAL_SERVER),
        ("msExchExchangeServer", kinds.SERVER),
        ("msExchRoutingSMTPConnector", kinds.SMTP_CONNECTOR),
        ("msExchRoutingGroupConnector", kinds.ROUTING_GROUP_CONNECTOR),
        ("msExchRoutingGroup", kinds.ROUTING_GROUP),
        ("msExchAdminGroup", kinds.ADMINISTRATIVE_GROUP),
        ("msExchOrganizationContainer", kinds.ORGANIZATION),
        ("msExchMessageDeliveryConfig", kinds.MESSAGE_DELIVERY),
    ],
)
def test_kinds_are_recognised_by_class_in_any_letter_case(
    object_class: str, kind: KindOfObject
) -> None:
    leaf = object_class.upper().encode()
    (alone,) = objects(entry("CN=x,DC=y", objectClass=leaf))
    (among,) = objects(entry("CN=x,DC=y", OBJECTCLASS=(b"top", leaf, b"other")))
    assert alone.kind is among.kind is kind
    assert alone.object_class == object_class
    assert object_class.lower() in WANTED.classes


def test_other_classes_are_left_out_even_below_smtp() -> None:
    assert objects(entry(VIRTUAL_SERVER, objectClass=b"container")) == ()


def test_without_a_class_the_path_decides() -> None:
    (item,) = objects(entry(VIRTUAL_SERVER), entry(SERVER), entry("CN=SMTP,CN=Protocols"))
    assert (item.kind, item.number) == (kinds.VIRTUAL_SERVER, 1)


def test_a_destroyed_class_leaves_the_decision_to_the_path() -> None:
    lost = Attribute("objectClass", (), 2, 2, Notation.CSV, lost="destroyed", raw="System.Object[]")
    (item,) = objects(replace(entry(VIRTUAL_SERVER), fields={"objectclass": lost}))
    assert item.kind is kinds.VIRTUAL_SERVER


def test_a_virtual_server_outside_the_server_tree_is_kept() -> None:
    (item,) = objects(virtual_server(f"CN=abc,CN=Templates,{ROOT}"))
    assert (item.server, item.number, item.exchange_version) == (None, None, None)
    assert item.name == "abc"


def test_the_name_falls_back_to_the_common_name() -> None:
    (item,) = objects(virtual_server(adminDisplayName=b""))
    assert item.name == "1"


@pytest.mark.parametrize(
    ("serial_number", "version"),
    [
        (b"Version 6.0 (Build 4417.5: Service Pack 1)", "2000"),
        (b"Version 6.5 (Build 7638.2: Service Pack 2)", "2003"),
        (b"Version 8.3 (Build 30083.6)", "2007"),
        (b"Version 14.3 (Build 30123.4)", "2010"),
        (b"Version 15.0 (Build 31497.2)", "2013"),
        (b"Version 15.1 (Build 32507.6)", "2016"),
        (b"Version 15.2 (Build 31118.7)", "2019"),
        (b"Version 5.5 (Build 2653.23: Service Pack 4)", None),
        (b"unknown", None),
    ],
)
def test_the_version_is_that_of_the_server_object(serial_number: bytes, version: str) -> None:
    server = entry(
        SERVER.replace("CN=EX01", "cn=ex01"),
        objectClass=b"msExchExchangeServer",
        serialNumber=serial_number,
    )
    first, second = objects(virtual_server(), server)
    assert (first.exchange_version, second.exchange_version) == (version, version)
    assert second.server == "ex01"


def test_the_version_is_found_in_another_input() -> None:
    server = entry(SERVER, objectClass=b"msExchExchangeServer", serialNumber=b"Version 6.5 (Build")
    inventory = build_inventory(
        [Reading(source("a"), (virtual_server(),)), Reading(source("b"), (server,))]
    )
    assert inventory.of(kinds.VIRTUAL_SERVER)[0].exchange_version == "2003"


def test_without_its_server_the_version_is_unknown() -> None:
    (item,) = objects(virtual_server())
    assert item.exchange_version is None


def test_a_full_export_holds_every_attribute_but_the_permissions() -> None:
    (item,) = objects(virtual_server(**WHOLE, objectGUID=GUID))
    found = states(item, "msExchSmtpRelayForAuth", "msExchSmtpRelayIpList")
    assert found == [State.NOT_SET] * 2
    assert states(item, "nTSecurityDescriptor") == [State.NOT_EXPORTED]


def test_an_export_without_binary_values_holds_no_octet_strings() -> None:
    (item,) = objects(virtual_server(**WHOLE))
    octets = (
        "msExchSmtpRelayIpList",
        "msExchSubmitRelaySD",
        "objectGUID",
        "msExchEncryptedPassword",
        "msExchPolicyOptionList",
    )
    assert states(item, *octets) == [State.NOT_EXPORTED] * 5
    assert states(item, "msExchSmtpRelayForAuth", "msExchServerBindings") == [State.NOT_SET] * 2


def test_a_limited_export_holds_what_occurs_in_it() -> None:
    first, second = objects(
        entry(VIRTUAL_SERVER, msExchSmtpRelayForAuth=b"TRUE"),
        entry(VIRTUAL_SERVER.replace("CN=1", "CN=2"), msExchServerBindings=b":25:"),
        export_scope=ExportScope.LIMITED,
        exported={"msexchsmtpsmarthost": frozenset()},
    )
    names = ("msExchSmtpRelayForAuth", "msExchServerBindings", "msExchSmtpSmartHost", "cn")
    assert states(first, *names) == [
        State.SET,
        State.NOT_SET,
        State.NOT_SET,
        State.NOT_EXPORTED,
    ]
    assert states(second, *names)[:2] == [State.NOT_SET, State.SET]


def test_what_one_input_exports_says_nothing_about_another() -> None:
    limited = {"export_scope": ExportScope.LIMITED}
    other = entry(VIRTUAL_SERVER.replace("CN=1", "CN=2"), msExchSmtpSmartHost=b"x")
    inventory = build_inventory(
        [
            Reading(source("a", **limited), (entry(VIRTUAL_SERVER),)),
            Reading(source("b", **limited), (other,)),
        ]
    )
    assert states(inventory.objects[0], "msExchSmtpSmartHost") == [State.NOT_EXPORTED]


def test_nothing_is_not_set_in_a_record_that_the_end_of_the_file_cut() -> None:
    (item,) = objects(replace(virtual_server(msExchLogType=b"0"), cut=True))
    assert states(item, "msExchLogType", "msExchSmtpRelayForAuth") == [
        State.SET,
        State.LOST,
    ]
    assert "cut" in item.settings["msExchSmtpRelayForAuth"].reason


def test_attributes_with_options_are_settings_too() -> None:
    part = Attribute("msExchServerBindings;range=0-0", (b":25:",), 2, 2, Notation.PLAIN)
    (item,) = objects(
        Entry(VIRTUAL_SERVER, {"msexchserverbindings;range=0-0": part}, Source("a", 1, 2)),
        export_scope=ExportScope.LIMITED,
    )
    setting = item.settings["msExchServerBindings"]
    assert (setting.state, setting.value) == (State.SET, (":25:",))
    assert "range=0-0" in setting.reason


@pytest.mark.parametrize(("dialect", "separator"), [("csvde", ";"), ("studio", "|")])
def test_a_separator_in_a_cell_of_a_single_valued_attribute_is_part_of_it(
    dialect: str, separator: str
) -> None:
    cell = Attribute("msExchSmtpSmartHost", (b"a", b" b"), 2, 2, Notation.CSV)
    row = Entry(VIRTUAL_SERVER, {"msexchsmtpsmarthost": cell}, Source("a", 2, 2))
    (item,) = objects(row, format="csv", dialect=dialect)
    setting = item.settings["msExchSmtpSmartHost"]
    assert (setting.state, setting.value) == (State.SET, f"a{separator} b")
    assert setting.reason


def test_a_powershell_table_holds_no_attributes_but_its_columns() -> None:
    (item,) = objects(virtual_server(), format="csv", dialect="powershell")
    assert states(item, "msExchSmtpSmartHost") == [State.NOT_EXPORTED]


def test_the_guid_is_text() -> None:
    octets = bytes.fromhex("33221100554477668899aabbccddeeff")
    (item,) = objects(virtual_server(objectGUID=octets))
    assert item.guid == "00112233-4455-6677-8899-aabbccddeeff"
    (other,) = objects(virtual_server())
    assert other.guid is None


def test_secrets_do_not_reach_the_object() -> None:
    (item,) = objects(
        virtual_server(
            msExchSmtpOutboundSecurityPassword=b"hunter2",
            msExchEncryptedPassword2=b"hunter2",
            cn=b"1",
        )
    )
    assert "hunter2" not in repr(item)
    assert states(item, "msExchSmtpOutboundSecurityPassword") == [State.SET]
    assert item.names.cn == "1"


def test_conflict_and_deleted_objects_are_kept_with_a_note() -> None:
    conflict, deleted = objects(
        virtual_server(VIRTUAL_SERVER.replace("CN=1", r"CN=1\0ACNF:0011")),
        virtual_server(VIRTUAL_SERVER.replace("CN=1", r"CN=2\0ADEL:0022")),
    )
    assert "conflict" in conflict.notes[0]
    assert "deleted" in deleted.notes[0]


def test_notes_of_the_reader_are_kept() -> None:
    (item,) = objects(replace(virtual_server(), notes=("read as cp1252",)))
    assert item.notes == ("read as cp1252",)


def test_a_different_distinguished_name_is_noted() -> None:
    (same,) = objects(virtual_server(distinguishedName=VIRTUAL_SERVER.lower().encode()))
    assert same.notes == ()
    (item,) = objects(virtual_server(distinguishedName=b"CN=2,DC=x"))
    assert item.notes == ("distinguishedName differs from the DN of the record: 'CN=2,DC=x'",)


def copies(first: dict[str, object], second: dict[str, object]) -> DirectoryObject:
    """Judge two copies of a virtual server, the DN spelled differently."""
    one = virtual_server(**first)
    other = replace(
        virtual_server(VIRTUAL_SERVER.lower(), **second), source=Source("new.ldf", 40, 50)
    )
    inventory = build_inventory([Reading(source("a"), (one,)), Reading(source("b"), (other,))])
    (item,) = inventory.objects
    return item


@pytest.mark.parametrize(
    ("first", "second", "kept", "note"),
    [
        (
            {"whenChanged": b"20040101000000.0Z", "uSNChanged": b"9"},
            {"whenChanged": b"20050101000000.0Z", "uSNChanged": b"5"},
            "b",
            "another copy stands at contoso.ldf:1 and is not judged: lower whenChanged",
        ),
        (
            {"whenChanged": b"20050101000000.0Z"},
            {"whenChanged": b"20040101000000.0Z"},
            "a",
            "another copy stands at new.ldf:40 and is not judged: lower whenChanged",
        ),
        (
            {"msExchLogType": b"0"},
            {"msExchLogType": b"0"},
            "a",
            "an identical copy stands at new.ldf:40",
        ),
    ],
)
def test_the_newest_copy_is_kept_and_the_other_one_noted(
    first: dict[str, object], second: dict[str, object], kept: str, note: str
) -> None:
    item = copies(first, second)
    assert item.input.path == kept
    assert item.notes == (note,)


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        ({"uSNChanged": b"9"}, {"uSNChanged": b"10"}, State.NOT_EXPORTED),
        ({"cn": b"1"}, {"cn": b"1", "msExchLogType": b"0"}, State.SET),
        ({"msExchLogType": b"0"}, {"msExchLogType": b"1"}, State.UNDECODABLE),
    ],
)
def test_of_copies_that_nothing_tells_apart_each_is_noted(
    first: dict[str, object], second: dict[str, object], state: State
) -> None:
    """The numbers of two files are those of two domain controllers."""
    item = copies(first, second)
    assert [note[-15:] for note in item.notes] == ["t contoso.ldf:1", "s at new.ldf:40"]
    assert len(item.copies) == 2
    setting = item.settings["msExchLogType"]
    assert setting.state is state
    if state is State.UNDECODABLE:
        assert setting.reason == "copies differ: 0 at contoso.ldf:1, 1 at new.ldf:40"


def test_within_one_file_the_higher_number_is_newer() -> None:
    older = virtual_server(uSNChanged=b"9", msExchLogType=b"0")
    newer = replace(virtual_server(uSNChanged=b"10"), source=Source("contoso.ldf", 40, 50))
    (item,) = objects(older, newer)
    assert item.notes == (
        "another copy stands at contoso.ldf:1 and is not judged: lower uSNChanged",
    )
    assert item.copies == ()


def test_objects_come_in_the_order_of_the_inputs() -> None:
    found = objects(
        virtual_server(VIRTUAL_SERVER.replace("CN=1", "CN=2")),
        entry(f"CN=Internet,{CONNECTIONS}", objectClass=b"msExchRoutingSMTPConnector"),
        virtual_server(),
    )
    assert [item.name for item in found] == ["2", "Internet", "1"]
    assert [item.number for item in found] == [2, None, 1]


def test_readers_are_asked_for_virtual_server_attributes_and_paths() -> None:
    assert "msexchsmtprelayforauth" in WANTED.attributes
    assert "msexchsmtpreceiveremoteipranges" in WANTED.attributes
    assert len([name for name in WANTED.attributes if name.startswith("msexch")]) == 62 + 31
    assert "1.2.840.113556.1.4.7000.102.5048" in WANTED.attributes
    assert WANTED.parents == (
        "cn=smtp,cn=protocols,",
        "cn=smtp receive connectors,cn=protocols,",
    )


@pytest.mark.parametrize("dump", DUMPS)
def test_what_is_absent_does_not_depend_on_the_records_before(dump: str) -> None:
    """Records of the same attributes share what is said of the others."""
    for reading in read_dump(SAMPLES / dump).readings:
        shared = ShownByInput(reading, WANTED)
        for kind in (kinds.VIRTUAL_SERVER, kinds.RECEIVE_CONNECTOR, kinds.SERVER):
            for one in reading.entries:
                alone = ShownByInput(reading, WANTED).absent(kind, one)
                assert shared.absent(kind, one).values == alone.values
