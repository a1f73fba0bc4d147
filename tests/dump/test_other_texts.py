"""Files that people send in place of a dump, or that were one before a mail or an editor."""

import base64
import gzip
import io
import quopri
import tarfile
from pathlib import Path

import pytest
from readers import read

from analyzer.dump.detect import HEAD_BYTES, detect
from analyzer.errors import ReadError

DN = "CN=1,CN=SMTP,CN=Protocols,CN=EX01,CN=Servers,CN=AG,CN=Administrative Groups,CN=Org,DC=a,DC=b"
LDIF = f"""dn: {DN}
changetype: add
objectClass: top
objectClass: protocolCfgSMTPServer
cn: 1
msExchSmtpRelayForAuth: FALSE
msExchServerBindings: :25:

dn: {DN.replace("CN=1", "CN=2")}
changetype: add
objectClass: protocolCfgSMTPServer
cn: 2

"""
CSV = f'DN,objectClass,cn\r\n"{DN}",protocolCfgSMTPServer,1\r\n"{DN}",protocolCfgSMTPServer,2\r\n'


def before_lines(prefix: str, text: str = LDIF) -> str:
    return "".join(prefix + line for line in text.splitlines(keepends=True))


def numbered(text: str = LDIF) -> str:
    return "".join(f"{n:>6}\t{line}" for n, line in enumerate(text.splitlines(keepends=True), 1))


FORMAT_LIST = f"""


DistinguishedName               : {DN}
msExchSmtpRelayForAuth          : False
msExchServerBindings            : {{:25:}}
Name                            : 1
ObjectClass                     : protocolCfgSMTPServer


"""
LDP = f"""ld = ldap_open("dc1", 389);
Expanding base '{DN}'...
Result <0>: (null)
Matched DNs:
Getting 1 entries:
>> Dn: {DN}
\t4> objectClass: top; protocolCfg; protocolCfgSMTP; protocolCfgSMTPServer;
\t1> cn: 1;
"""
NEWER_LDP = f"""Dn: {DN}
\tcn: 1;
\tobjectClass (4): top; protocolCfg; protocolCfgSMTP; protocolCfgSMTPServer;
-----------
"""
ADFIND = f"""
AdFind V01.52.00cpp Joe Richards

Using server: dc1.a.b:389

dn:{DN}
>objectClass: top
>objectClass: protocolCfgSMTPServer
>cn: 1

1 Objects returned
"""
DSQUERY = f"""objectClass: top
objectClass: protocolCfgSMTPServer
cn: 1
distinguishedName: {DN}
msExchSmtpRelayForAuth: FALSE
"""
DSQUERY_TABLE = f"  distinguishedName    cn\r\n  {DN}    1\r\n"
MAIL = "From: a@b.example\r\nSubject: dump\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n"


def quoted_printable(text: str) -> str:
    return quopri.encodestring(text.encode()).decode()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (LDIF.replace("\n", "\r"), "carriage return"),
        ("version: 1\r\r" + LDIF.replace("\n", "\r"), "carriage return"),
        (LDIF.replace("\n", "\r") + "\n", "carriage return"),
        (CSV.replace("\r\n", "\r"), "carriage return"),
        ("{\\rtf1\\ansi\\ansicpg1252 \\f0 " + LDIF.replace("\n", "\\par\n") + "}", "RTF"),
        (before_lines("> "), "quoted in a mail"),
        (before_lines(">"), "quoted in a mail"),
        (before_lines("> > "), "quoted in a mail"),
        (before_lines("| "), "quoted in a mail"),
        ("Here is the file:\n\n" + before_lines("> "), "quoted in a mail"),
        (before_lines("> ", CSV), "quoted in a mail"),
        (before_lines("    "), "indented"),
        (before_lines("\t"), "indented"),
        (before_lines("    ", CSV), "indented"),
        (before_lines("  ", "# extended LDIF\n#\n\n" + LDIF), "indented"),
        (before_lines("+"), "difference of two files"),
        (numbered(), "numbered"),
        (before_lines("config.ldf:17:"), "numbered"),
        (FORMAT_LIST, "Format-List"),
        (LDP, "LDP"),
        (NEWER_LDP, "LDP"),
        (ADFIND, "AdFind"),
        (DSQUERY, "dsquery"),
        (DSQUERY_TABLE, "dsquery"),
        (f'"{DN}"\r\n"{DN}"\r\n', "dsquery"),
        (CSV.partition("\n")[2], "join the parts"),
        (CSV.partition("\n")[2][40:] + CSV.partition("\n")[2], "join the parts"),
        (MAIL + "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted_printable(LDIF),
         "quoted-printable"),
        (quoted_printable(LDIF), "quoted-printable"),
        (quoted_printable(CSV), "quoted-printable"),
        (MAIL + "Content-Transfer-Encoding: base64\r\n\r\n"
         + base64.encodebytes(LDIF.encode()).decode(), "a mail"),
        ("-----BEGIN PGP MESSAGE-----\n\nhQEM\n", "PGP"),
        ("begin 644 config.ldf\nM9&XZ($-.\n", "uuencoded"),
        ("[1, 2]", "JSON"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_it_is_refused_in_one_line_that_names_it_and_says_what_to_do(
    text: str, words: str, encoding: str, tmp_path: Path
) -> None:
    path = tmp_path / "dump"
    path.write_bytes(text.encode(encoding))
    with pytest.raises(ReadError) as caught:
        read(path)
    assert words in caught.value.reason
    assert ";" in caught.value.reason
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        LDIF,
        LDIF.replace("\n", "\r\n"),
        LDIF.replace("\n", "\r\r\n"),
        CSV,
        "# extended LDIF\n#\n# LDAPv3\n#\n\n" + LDIF,
        "version: 1\n\n" + LDIF,
        "dn: CN=3D Printers,DC=a\ncn: 3D Printers\n\n",
        "dn: CN=a,DC=b\ndescription: dn: CN=x\n >> Dn: no\n\n",
        f'DN,info\r\n"{DN}","one\rtwo\rthree\rfour\rfive"\r\n',
        "DistinguishedName,cn\r\nCN=a,a\r\n",
        "dn: CN=a\ninfo: distinguishedName: none\n\n",
    ],
)
def test_what_only_resembles_such_a_text_is_read(text: str) -> None:
    assert detect("f", text.encode()).format in ("ldif", "csv")


def tar(name: str, data: bytes, form: int = tarfile.GNU_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", ["config.ldf", "dn: config.ldf"])
def test_tar_is_refused(form: int, packed: bool, name: str, tmp_path: Path) -> None:
    data = tar(name, LDIF.encode() * 50, form)
    path = tmp_path / "dump.tar"
    path.write_bytes(gzip.compress(data) if packed else data)
    with pytest.raises(ReadError, match="tar archive, not a dump; unpack it first"):
        read(path)


def test_tar_of_the_oldest_kind_is_told_by_its_checksum() -> None:
    header = bytearray(tar("config.ldf", b"dn: CN=a\n")[:512])
    header[257:265] = bytes(8)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    with pytest.raises(ReadError, match="tar archive"):
        detect("f", bytes(header) + LDIF.encode())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x" * 2_000_000, "neither LDIF nor CSV"),
        (b"#" * 2_000_000, "neither LDIF nor CSV"),
        (b'[{"dn":"CN=a"}' + b',{"a":[1,2]}' * 200_000 + b"]", "JSON"),
        (b"# a\n" * 200 + b"x" * 2_000_000, "neither LDIF nor CSV"),
        (b"# a\n" * 300_000 + b"plain words\n" * 10, "no Exchange"),
    ],
)
def test_million_bytes_without_a_record_are_no_dump(
    data: bytes, words: str, tmp_path: Path
) -> None:
    assert len(data) > HEAD_BYTES
    path = tmp_path / "dump"
    path.write_bytes(data)
    if words == "no Exchange":  # Comments may go on for longer than is looked at.
        assert read(path).input.entries == 0
        return
    with pytest.raises(ReadError, match=words):
        read(path)
