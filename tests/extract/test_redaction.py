"""No name is left in a redacted extract; what they were is in the mapping alone."""

import base64
import re
import uuid
from io import BytesIO
from pathlib import Path

import ldif
import pytest
from extracts import DUMPS, SAMPLES, Make, counts_of, results_of, text_of

import analyzer
from analyzer.directory.names import parse_names
from analyzer.extract.name_mapping import NameMapping, load_mapping

KEY = bytes(range(32))
KEPT = re.compile(r"(?i)com|\d*|default smtp virtual server|nc[a-z_]+:")
"""What names nobody."""


def names_in(*dumps: Path) -> set[str]:
    """Return the names in dumps: of whatever stands in a DN, of hosts and domains, and GUIDs."""
    names: set[str] = set()
    for reading in analyzer.read_dump(*dumps).readings:
        for entry in reading.entries:
            parsed = parse_names(entry.dn)
            names |= {
                name or ""
                for name in (
                    parsed.organization,
                    parsed.administrative_group,
                    parsed.routing_group,
                    parsed.server,
                    *entry.texts("networkAddress"),
                    *entry.texts("msExchSmtpFullyQualifiedDomainName"),
                    *entry.texts("adminDisplayName"),
                    *entry.texts("authOrig"),
                )
            }
            names |= set(re.findall(r"(?i)\bdc=([^,]+)", entry.dn))
            guid = entry.get("objectGUID")
            if guid and len(guid.values[0]) == 16:
                names.add(str(uuid.UUID(bytes_le=guid.values[0])))
    return {name for name in names if not KEPT.fullmatch(name)}


def all_forms(text: bytes) -> str:
    """Return all that can be read in an extract: its lines unfolded, and what base64 hides."""
    unfolded = text.replace(b"\n ", b"")
    parts = [unfolded, text]
    parts += map(base64.b64decode, re.findall(rb"(?m):: (.*)$", unfolded))
    stated = re.findall(rb"(?m)x-exchange-analyzer:[a-z_]+,([^,\n]*)", unfolded)
    parts += map(base64.urlsafe_b64decode, stated)
    readable = [part.decode("utf-8", "replace") for part in parts]
    readable += [part[start:].decode("utf-16-le", "replace") for part in parts for start in (0, 1)]
    return "\n".join(readable).casefold()


@pytest.mark.parametrize("dump", DUMPS, ids=lambda path: path.name)
def test_no_name_is_left_in_any_form(dump: Path) -> None:
    names = names_in(dump)
    text = all_forms(text_of(dump, mapping=NameMapping(KEY)))
    assert [name for name in names if name.casefold() in text] == []


def test_no_name_is_left_in_an_extract_of_every_entry() -> None:
    dump = SAMPLES / "contoso-snapshot.dat"
    text = all_forms(text_of(dump, mapping=NameMapping(KEY), everything=True))
    assert [name for name in names_in(dump) if name.casefold() in text] == []
    for entry in analyzer.read_dump(dump).entries:
        guid = entry.get("objectGUID")
        if guid:
            assert guid.values[0].decode("utf-8", "replace").casefold() not in text


def test_the_input_is_not_named(make: Make) -> None:
    dump = SAMPLES / "contoso-2003.ldf"
    text = make(dump, mapping=NameMapping(KEY)).read_text()
    assert "contoso" not in text.lower()
    assert "# source: input-1:502\n" in text
    assert "SHA-256" not in text


def test_a_mapping_given_again_gives_the_same_names(make: Make, tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    mapping = load_mapping(file)
    first = make(SAMPLES / "contoso-2003.ldf", mapping=mapping).read_bytes()
    file.write_bytes(mapping.to_json())
    again = load_mapping(file)
    assert make(SAMPLES / "contoso-2003.ldf", mapping=again).read_bytes() == first
    assert again.to_json() == file.read_bytes()
    # Another form of the same forest has the same names, too.
    other = make(SAMPLES / "contoso-snapshot.dat", mapping=again)
    names = {server.server for server in results_of(other).virtual_servers}
    assert names == {
        server.server
        for server in results_of(make(SAMPLES / "contoso-2003.ldf", mapping=again)).virtual_servers
    }


def test_without_a_mapping_two_runs_tell_nothing_of_each_other() -> None:
    dump = SAMPLES / "contoso-2003.ldf"
    assert text_of(dump, mapping=NameMapping()) != text_of(dump, mapping=NameMapping())


def test_dns_keep_their_shape_and_what_every_forest_has() -> None:
    text = text_of(SAMPLES / "contoso-2003.ldf", mapping=NameMapping(KEY))
    parser = ldif.LDIFRecordList(BytesIO(text))
    parser.parse()
    listeners = [
        dn for dn, entry in parser.all_records if b"protocolCfgSMTPServer" in entry["objectClass"]
    ]
    assert len(listeners) == 20
    for dn in listeners:
        assert re.search(
            r"CN=SMTP,CN=Protocols,CN=[^,]+,CN=Servers,CN=.+,CN=Administrative Groups,CN=", dn
        )
        assert ",CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=" in dn


def test_the_name_of_an_object_is_the_last_part_of_its_dn() -> None:
    text = text_of(SAMPLES / "contoso-2003.ldf", mapping=NameMapping(KEY))
    parser = ldif.LDIFRecordList(BytesIO(text))
    parser.parse()
    for dn, entry in parser.all_records:
        assert parse_names(dn).cn == entry["cn"][0].decode()
        assert entry["name"] == entry["cn"]


def test_counts_are_those_of_the_dump_for_several_inputs(make: Make) -> None:
    dumps = [SAMPLES / "contoso-2003.ldf", SAMPLES / "quirks" / "relay-list-by-two-masks.ldif"]
    before = results_of(*dumps)
    assert counts_of(results_of(make(*dumps, mapping=NameMapping(KEY)))) == counts_of(before)
