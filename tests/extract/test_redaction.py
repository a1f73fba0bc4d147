"""No name is left in a redacted extract; what they were is in the mapping alone."""

import base64
import re
import uuid
from functools import cache
from io import BytesIO
from pathlib import Path

import ldif
import pytest
from extracts import DUMPS, SAMPLES, Make, counts_of, results_of, text_of

import analyzer
from analyzer.directory.names import parse_names
from analyzer.extract.name_mapping import NameMapping, load_mapping

KEY = bytes(range(32))
DOMAIN_SID = re.compile(rb"\x01\x05\0\0\0\0\0\x05\x15\0\0\0(.{12})", re.DOTALL)
KEPT = re.compile(r"(?i)com|\d*|\*|default smtp virtual server|nc[a-z_]+:")
"""What names nobody."""


@cache
def redacted(dump: Path) -> bytes:
    return text_of(dump, mapping=NameMapping(KEY))


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
                    *entry.texts("authorizedUser"),
                    *entry.texts("msExchSmtpOutboundSecurityUserName"),
                    *entry.texts("msExchAcceptedDomainName"),
                    *entry.texts("msExchSmtpSmartHost"),
                    *entry.texts("msExchSMTPReceiveConnectorFQDN"),
                )
            }
            names |= set(re.findall(r"(?i)\bdc=([^,]+)", entry.dn))
            guid = entry.get("objectGUID")
            if guid and len(guid.values[0]) == 16:
                names.add(str(uuid.UUID(bytes_le=guid.values[0])))
    return {name for name in names if not KEPT.fullmatch(name)}


def octets_in(dump: Path) -> set[bytes]:
    """Return the GUIDs of a dump, and the three numbers of the domain in each SID."""
    octets: set[bytes] = set()
    for entry in analyzer.read_dump(dump).entries:
        for name in ("objectGUID", "objectSid", "nTSecurityDescriptor"):
            attribute = entry.get(name)
            for value in attribute.values if attribute else ():
                octets |= {value} if name == "objectGUID" else set(DOMAIN_SID.findall(value))
    return {each for each in octets if len(each) >= 12}


def addresses_in(dump: Path) -> set[str]:
    """Return the addresses in the ranges of a dump but for those of everybody and nobody."""
    texts = (
        text
        for entry in analyzer.read_dump(dump).entries
        for text in entry.texts("msExchSmtpReceiveRemoteIPRanges")
    )
    found = {part for text in texts for part in re.split(r"[-/()]", text) if not part.isdigit()}
    everybody = {"0.0.0.0", "128.0.0.0", "255.255.255.255", "::", "ffff:" * 7 + "ffff"}
    return found - everybody - {"203.0.113.0", ""}  # a whole network for documentation stays it


def parts_of(text: bytes) -> list[bytes]:
    """Return an extract, its lines unfolded, and what base64 hides in it."""
    unfolded = text.replace(b"\n ", b"")
    parts = [text, unfolded]
    parts += map(base64.b64decode, re.findall(rb"(?m):: (.*)$", unfolded))
    stated = re.findall(rb"(?m)x-exchange-analyzer:[a-z_]+,([^,\n]*)", unfolded)
    return parts + list(map(base64.urlsafe_b64decode, stated))


def all_forms(text: bytes) -> str:
    """Return all that can be read in an extract."""
    parts = parts_of(text)
    readable = [part.decode("utf-8", "replace") for part in parts]
    readable += [part[start:].decode("utf-16-le", "replace") for part in parts for start in (0, 1)]
    return "\n".join(readable).casefold()


@pytest.mark.parametrize("dump", DUMPS, ids=lambda path: path.name)
def test_no_name_is_left_in_any_form(dump: Path) -> None:
    names = names_in(dump)
    text = all_forms(redacted(dump))
    assert [name for name in names if name.casefold() in text] == []


@pytest.mark.parametrize("dump", DUMPS, ids=lambda path: path.name)
def test_no_guid_sid_or_address_is_left_in_any_form(dump: Path) -> None:
    text = redacted(dump)
    parts, words = parts_of(text), set(re.split(r"[^0-9a-f:.]+", all_forms(text)))
    for octets in octets_in(dump):
        forms = (octets, octets.hex().encode(), octets.hex().upper().encode())
        assert not any(form in part for form in forms for part in parts)
    assert addresses_in(dump) & words == set()


def test_what_is_looked_for_is_there() -> None:
    dump = SAMPLES / "fabrikam" / "fabrikam.ldf"
    assert {"fab-ex16", "fabrikam", "partner.example"} <= {n.casefold() for n in names_in(dump)}
    assert {"10.20.31.0", "192.0.2.5", "2001:db8:7::25"} <= addresses_in(dump)
    parts = parts_of(text_of(dump))
    assert len(octets_in(dump)) > 30
    assert sum(any(octets in part for part in parts) for octets in octets_in(dump)) > 20


@pytest.mark.parametrize("name", ["contoso-snapshot.dat", "fabrikam/fabrikam.ldf"])
def test_no_name_is_left_in_an_extract_of_every_entry(name: str) -> None:
    dump = SAMPLES / name
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
        # Of rights and groups an extract holds what verdicts need of them.
        assert entry.get("name", entry["cn"]) == entry["cn"]


def test_counts_are_those_of_the_dump_for_several_inputs(make: Make) -> None:
    dumps = [SAMPLES / "contoso-2003.ldf", SAMPLES / "quirks" / "relay-list-by-two-masks.ldif"]
    before = results_of(*dumps)
    assert counts_of(results_of(make(*dumps, mapping=NameMapping(KEY)))) == counts_of(before)
