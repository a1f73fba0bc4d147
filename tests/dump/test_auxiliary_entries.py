"""Objects that only name what stands in others: handed over, reduced, and counted nowhere."""

from analyzer import read_dump
from analyzer.directory import kinds
from analyzer.dump.read_options import ReadOptions
from analyzer.relay.forest import know_forest

RIGHT = """dn: CN=ms-Exch-SMTP-Submit,CN=Extended-Rights,CN=Configuration,DC=contoso,DC=com
objectClass: top
objectClass: controlAccessRight
cn: ms-Exch-SMTP-Submit
displayName: Submit Messages to Server
rightsGuid: a18293f1-0685-4540-aa63-e32df421b3a2
validAccesses: 256

"""
GROUP = """dn: CN=Exchange Servers,OU=Microsoft Exchange Security Groups,DC=contoso,DC=com
objectClass: top
objectClass: group
cn: Exchange Servers
member: CN=EX1,CN=Computers,DC=contoso,DC=com
objectSid:: AQUAAAAAAAUVAAAAAQAAAAIAAAADAAAAXwQAAA==

"""
WITHOUT_SID = "dn: CN=List,DC=contoso,DC=com\nobjectClass: group\ncn: List\nmember: CN=A\n\n"


def write(tmp_path, text):
    path = tmp_path / "dump.ldf"
    path.write_text(text)
    return read_dump(path)


def test_rights_and_groups_are_read_and_are_no_objects_of_interest(tmp_path):
    dump = write(tmp_path, RIGHT + GROUP + WITHOUT_SID)
    (source,) = dump.inputs
    assert (source.entries, source.relevant_entries) == (3, 0)
    assert any("no Exchange object" in warning for warning in source.warnings)
    (right,), (group,) = (dump.inventory.of(kind) for kind in (kinds.EXTENDED_RIGHT, kinds.GROUP))
    assert right.settings["rightsGuid"].value == "a18293f1-0685-4540-aa63-e32df421b3a2"
    (reading,) = dump.readings
    assert set(reading.entries[1].fields) == {"objectclass", "cn", "objectsid"}
    assert group.names.cn == "Exchange Servers"
    assert know_forest(dump.inventory).name_of("S-1-5-21-1-2-3-1119") == "Exchange Servers"


def test_they_stand_among_the_others_in_the_order_of_the_file(tmp_path):
    server = "dn: CN=EX1,CN=Servers,CN=G,DC=contoso,DC=com\nobjectClass: msExchExchangeServer\n\n"
    dump = write(tmp_path, GROUP + server + RIGHT)
    assert [obj.kind for obj in dump.inventory.objects] == [
        kinds.GROUP,
        kinds.SERVER,
        kinds.EXTENDED_RIGHT,
    ]
    assert dump.inputs[0].relevant_entries == 1


def test_a_scan_of_a_big_file_finds_the_same_rights_and_groups(tmp_path):
    others = "".join(
        f"dn: CN=O{number},CN=Extended-Rights,CN=Configuration,DC=contoso,DC=com\n"
        f"objectClass: controlAccessRight\ncn: O{number}\ndescription: {'x' * 200}\n\n"
        for number in range(2000)
    )
    path = tmp_path / "big.ldf"
    path.write_text(others + RIGHT + others.replace("CN=O", "CN=P") + GROUP)
    scanned = read_dump(path)
    parsed = read_dump(path, options=ReadOptions(parse_all=True))
    assert scanned.inputs == parsed.inputs
    assert scanned.inputs[0].entries == 4002
    for dump in (scanned, parsed):
        assert [obj.kind for obj in dump.inventory.objects] == [kinds.EXTENDED_RIGHT, kinds.GROUP]
