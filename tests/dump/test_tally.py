"""What a reading tells of its file as a whole: scope, partition, warnings."""

from pathlib import Path

import pytest
from readers import read

from analyzer.dump.reading import ExportScope, Reading

WHOLE = (
    "instanceType: 4\nobjectCategory: CN=x\nwhenCreated: 20031014081502.0Z\nuSNCreated: 8290\n"
    "name: 1\nobjectGUID:: AAECAw==\nmsExchLogType: 0\n"
)
COLUMNS = "objectClass,instanceType,objectCategory,name,whenCreated,uSNCreated,objectGUID"
SUMMARY = "# search result\n\n# numResponses: 2\n# numEntries: 1\n"
ALL = "# LDAPv3\n# requesting: ALL\n#\n\n"
SERVER = "dn: CN=1,CN=SMTP,CN=Protocols,CN=E,CN=Configuration,DC=a\n"


def reading_of(tmp_path: Path, text: str) -> Reading:
    path = tmp_path / "dump"
    path.write_text(text, newline="")
    return read(path)


def warnings_of(tmp_path: Path, text: str) -> str:
    return "\n".join(reading_of(tmp_path, text).input.warnings)


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        (f"{SERVER}objectClass: protocolCfgSMTPServer\n{WHOLE}\n", "full"),
        (
            f"{SERVER}objectClass: protocolCfgSMTPServer\nmsExchSmtpRelayForAuth: TRUE\n\n",
            "limited",
        ),
        (f"{SERVER}{WHOLE}\n", "full"),
        (f"{SERVER}{WHOLE.replace('msExchLogType', 'cn')}\n", "limited"),
        (f"{SERVER}{WHOLE.replace('instanceType', 'cn')}\n", "limited"),
        (f"{SERVER}{WHOLE.replace('name: 1', 'cn: 1')}\n", "limited"),
        (f"{SERVER}{WHOLE}a line without colon\n\n", "limited"),
        (f"{ALL}{SERVER}msExchSmtpRelayForAuth: TRUE\n\n{SUMMARY}", "full"),
        (f"{ALL}{SERVER}msExchSmtpRelayForAuth: TRUE\n\n", "limited"),
        (f"{ALL}{SERVER}cn: 1\n\n{SUMMARY}", "limited"),
        (f"{ALL}{SERVER}{WHOLE}\n{SUMMARY}{SERVER}cn: 1\n\n", "limited"),
        (f"# LDAPv3\n# requesting: cn ref\n#\n\n{SERVER}objectClass: top\n{WHOLE}\n", "limited"),
        (f"DN,{COLUMNS},msExchLogType\n", "full"),
        (f"DN,{COLUMNS}\n", "limited"),
        (f'DN,objectClass,whenCreated,uSNCreated,cn\n"{SERVER[4:-1]}",top,2,3,4\n', "limited"),
        (f'DN,objectClass,cn\n"{SERVER[4:-1]}",top,1\n', "limited"),
        (f'DN,whenCreated,uSNCreated\n"{SERVER[4:-1]}",2,3\n', "limited"),
    ],
)
def test_scope_is_told_by_the_request_or_by_what_is_there(
    text: str, scope: str, tmp_path: Path
) -> None:
    assert reading_of(tmp_path, text).input.export_scope is ExportScope(scope)


@pytest.mark.parametrize(
    ("dn", "context"),
    [
        ("CN=a,CN=Services,CN=Configuration,DC=x,DC=y", "CN=Configuration,DC=x,DC=y"),
        ("CN=a,CN=Schema,CN=Configuration,DC=x", "CN=Schema,CN=Configuration,DC=x"),
        ("cn=a,cn=configuration,dc=x", "cn=configuration,dc=x"),
        ("OU=a,DC=x,DC=y", "DC=x,DC=y"),
        ("CN=a,O=Org", "O=Org"),
        ("DC=x", "DC=x"),
        ("", ""),
    ],
)
def test_partition_is_the_end_of_the_names(dn: str, context: str, tmp_path: Path) -> None:
    assert reading_of(tmp_path, f"dn: {dn}\ncn: a\n\n").input.naming_context == context


def test_configuration_partition_comes_first(tmp_path: Path) -> None:
    text = "dn: OU=a,DC=x\ncn: a\n\ndn: CN=b,CN=Configuration,DC=x\ncn: b\n\n"
    assert reading_of(tmp_path, text).input.naming_context == "CN=Configuration,DC=x"


def test_dump_without_exchange_names_what_it_holds(tmp_path: Path) -> None:
    assert "it holds OU=a" not in (found := warnings_of(tmp_path, "dn: OU=a,DC=x\nou: a\n\n"))
    assert "no Exchange object in this file; it holds DC=x" in found


def test_thousand_entries_without_trailer_may_be_cut(tmp_path: Path) -> None:
    text = "".join(f"dn: CN={number},DC=x\ncn: a\n\n" for number in range(1000))
    assert "exactly 1000 entries" in warnings_of(tmp_path, text)
    assert "exactly" not in warnings_of(tmp_path, text + "search: 2\nresult: 0 Success\n")
    assert "size limit" in warnings_of(
        tmp_path, text + "search: 2\nresult: 4 Size limit exceeded\n"
    )


def test_export_without_octet_strings_is_told(tmp_path: Path) -> None:
    text = f"{SERVER}{WHOLE.replace('objectGUID:: AAECAw==', 'uSNChanged: 1')}\n"
    reading = reading_of(tmp_path, text)
    assert not reading.input.binary_exported
    assert any("octet string" in warning for warning in reading.input.warnings)


@pytest.mark.parametrize(
    ("ends", "shown"),
    [(("\n", "\n"), "LF"), (("\r\n", "\r\n"), "CRLF"), (("\n", "\r\n"), "mixed")],
)
def test_line_ends_are_told(ends: tuple[str, str], shown: str, tmp_path: Path) -> None:
    text = f"dn: CN=a,DC=x{ends[0]}cn: a{ends[1]}{ends[0]}"
    assert reading_of(tmp_path, text).input.line_ends == shown


def test_attributes_that_occur_anywhere_count_as_exported(tmp_path: Path) -> None:
    text = f"{SERVER}cn: 1\n\ndn: CN=b,DC=x\nmsExchSmtpRelayForAuth: TRUE\n\n"
    assert "msexchsmtprelayforauth" in reading_of(tmp_path, text).input.exported
    text = f"{SERVER}cn: 1\n\ndn: CN=b,DC=x\nmsExchSmtpRelayIpList;range=0-9: a\n\n"
    assert "msexchsmtprelayiplist" in reading_of(tmp_path, text).input.exported
