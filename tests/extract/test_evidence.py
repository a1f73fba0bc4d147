"""An extract is the dump as far as an audit rests on it: audited again, it says the same."""

from pathlib import Path

import pytest
from extracts import DUMPS, SAMPLES, Make, counts_of, findings_of, results_of, results_of_sample

from analyzer.extract.name_mapping import NameMapping


@pytest.mark.parametrize("dump", DUMPS, ids=lambda path: path.name)
def test_audited_again_it_gives_the_same(dump: Path, make: Make) -> None:
    before, after = results_of_sample(dump), results_of(make(dump))
    assert counts_of(after) == counts_of(before)
    assert findings_of(after) == findings_of(before)


@pytest.mark.parametrize("dump", DUMPS, ids=lambda path: path.name)
def test_redacted_it_gives_the_same_counts(dump: Path, make: Make) -> None:
    before, after = results_of_sample(dump), results_of(make(dump, mapping=NameMapping()))
    assert counts_of(after) == counts_of(before)


PAIRS = [
    ("contoso-2003.ldf", "dialects/ldifde-one-attribute.ldf"),
    ("dialects/ldifde-one-attribute.ldf", "contoso-csvde.csv"),
    ("quirks/no-objectclass.ldif", "contoso-snapshot.dat"),
    ("contoso-2003.ldf", "contoso-csvde.csv"),
    ("contoso-2003.ldf", "contoso-2003.ldf"),
]


@pytest.mark.parametrize("names", PAIRS, ids=" and ".join)
def test_several_dumps_of_different_scope_become_one(names: tuple[str, str], make: Make) -> None:
    dumps = [SAMPLES / name for name in names]
    before, after = results_of(*dumps), results_of(make(*dumps))
    assert counts_of(after) == counts_of(before)
    assert findings_of(after) == findings_of(before)


def test_an_extract_of_an_extract_is_its_own_evidence(make: Make) -> None:
    first = make(SAMPLES / "dialects" / "csvde-without-octets.csv")
    again = make(first, name="again.ldif")
    assert findings_of(results_of(again)) == findings_of(results_of(first))
    assert counts_of(results_of(again)) == counts_of(results_of(first))


def test_change_records_make_its_verdicts_as_doubtful(make: Make) -> None:
    text = make(SAMPLES / "quirks" / "changetype-modify.ldif").read_text()
    assert "changetype: modify\nreplace: msExchSmtpRelayForAuth\n" in text


def test_names_of_change_records_are_those_that_are_known(make: Make, tmp_path: Path) -> None:
    dn = "dn: CN=1,CN=SMTP,CN=Protocols,CN=EX,CN=Servers,CN=A,CN=Administrative Groups,CN=O"
    dn += ",CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=b\n"
    dump = tmp_path / "dump.ldif"
    dump.write_text(
        f"{dn}objectClass: protocolCfgSMTPServer\nmsExchSmtpRelayForAuth: TRUE\n\n"
        f"{dn}changetype: modify\nreplace: MSEXCHSMTPRELAYFORAUTH\n-\nadd: hunter2\n-\n\n"
    )
    text = make(dump).read_text()
    assert "\nreplace: anAttributeOfNoInterest\nreplace: msExchSmtpRelayForAuth\n" in text
    before, after = results_of(dump), results_of(make(dump))
    changed = [note.attributes for note in before.virtual_servers[0].changes]
    assert changed == [("an attribute", "msexchsmtprelayforauth")]
    assert [note.attributes for note in after.virtual_servers[0].changes] == changed
    assert counts_of(after) == counts_of(before)
    # What is no name may be a line that became part of another, so that all may be changed.
    dump.write_text(dump.read_text().replace("add: hunter2", "add: hunter2: x\nreplace: b"))
    assert [note.attributes for note in results_of(dump).virtual_servers[0].changes] == [()]
    assert "hunter2" not in make(dump).read_text()


def test_what_could_not_be_read_is_an_unknown_peer_still(make: Make, tmp_path: Path) -> None:
    record = "dn: CN={},CN=SMTP,CN=Protocols,CN=EX,CN=Servers,CN=A,CN=Administrative Groups,CN=O"
    record += ",CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=b\n"
    record += "objectClass: protocolCfgSMTPServer\nmsExchSmtpRelayForAuth: TRUE\n\n"
    dump = tmp_path / "dump.ldif"
    dump.write_text(record.format(1) + record.format("#zz") + record.format(2))
    before, after = results_of(dump), results_of(make(dump))
    assert len(after.unreadable) == len(before.unreadable) == 1
    assert counts_of(after) == counts_of(before)
