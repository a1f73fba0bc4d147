"""Planted secrets are in no output, no message, no frame, however the dump writes them."""

import base64
import hashlib
import io
import sys
import zipfile
from pathlib import Path

import pytest
from msgspec.structs import replace

import analyzer
from analyzer import ReadOptions
from analyzer.cli import main
from analyzer.dataframes import frame_of_objects, frame_of_settings
from analyzer.directory.kinds import VIRTUAL_SERVER

SECRET = "Pl4nted-S3cret+Qx"
ATTRIBUTES = (
    "msExchSmtpOutboundSecurityPassword",
    "msExchEncryptedPassword",
    "msExchSecurityPassword",
    "authorizedPassword",
    "msExchSmtpLdapPassword",
)
DN = "CN=%d,CN=SMTP,CN=Protocols,CN=EX01,CN=Servers,CN=Configuration,DC=example,DC=com"
OUTPUTS = ("out.xlsx", "out.json", "out.csv", "out.html")


def base64_of(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


WIDE = SECRET.encode("utf-16-le")
FORMS = {
    "plain": f"{{}}: {SECRET}",
    "in capitals": f"{{}}: {SECRET}",
    "base64": f"{{}}:: {base64_of(SECRET)}",
    "base64 of UTF-16": f"{{}}:: {base64_of(WIDE)}",
    "hexadecimal": f"{{}}: {SECRET.encode().hex()}",
    "with option": f"{{}};x-secret: {SECRET}",
    "folded": f"{{}}: {SECRET[:5]}\n {SECRET[5:]}",
    "several values": f"{{}}: {SECRET}\n{{}}: {SECRET}",
    "damaged base64": f"{{}}:: {base64_of(SECRET)}%%%",
    "cut base64": f"{{}}:: {base64_of(SECRET)[:-1]}",
    "URL": f"{{}}:< file:///{SECRET}",
    "without colon": f"{{}} {SECRET}",
    "wrong name": f"{{}} x: {SECRET}",
    "text of another code page": f"{{}}: {SECRET}\xfc",
    "blank before colon": f"{{}} : {SECRET}",
}


def traces() -> dict[str, bytes]:
    """Return every way in which the secret may show."""
    octets = SECRET.encode()
    wide, big = WIDE, SECRET.encode("utf-16-be")
    found = {
        "plain": octets,
        "UTF-16LE": wide,
        "UTF-16BE": big,
        "reversed": octets[::-1],
        "repr of UTF-16": repr(wide)[2:-1].encode(),
        "NULs shown": SECRET.replace("", "\\x00")[4:-4].encode(),
    }
    for name, data in (("plain", octets), ("UTF-16LE", wide)):
        found[f"hex of {name}"] = data.hex().encode()
        found[f"HEX of {name}"] = data.hex().upper().encode()
        for shift in range(3):
            # The middle of the base64 text is the same wherever the secret stands in it.
            text = base64.b64encode(b"\0" * shift + data)[4:-4]
            found[f"base64 of {name}, shifted by {shift}"] = text
        for digest in ("md5", "sha1", "sha256"):
            found[f"{digest} of {name}"] = hashlib.new(digest, data).hexdigest().encode()
    return found


LOWERED = {name: trace.lower() for name, trace in traces().items()}
"""In lower case, as is what they are looked for in: so they are found in either case."""


def bytes_of(path: Path) -> bytes:
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def found_in(data: bytes) -> list[str]:
    lowered = data.lower()
    return [name for name, trace in LOWERED.items() if trace in lowered]


def ldif(form: str) -> bytes:
    records = []
    for number, attribute in enumerate(ATTRIBUTES, 1):
        name = attribute.upper() if form == "in capitals" else attribute
        records.append(
            f"dn: {DN % number}\nobjectClass: protocolCfgSMTPServer\ncn: {number}\n"
            f"msExchSmtpRelayForAuth: TRUE\n{FORMS[form].format(name, name)}\n"
            "msExchSmtpMaxHopCount: x\n\n"
        )
    return "".join(records).encode("latin-1")


def csv_files() -> dict[str, bytes]:
    header = "DN,objectClass," + ",".join(ATTRIBUTES)
    row = f'"{DN % 1}",protocolCfgSMTPServer,'
    quoted = f'"{SECRET}"'
    hexed = f"X'{SECRET.encode().hex()}'"
    return {
        "csvde": f"{header}\r\n{row}{','.join([SECRET] * 5)}\r\n".encode(),
        "csvde hexadecimal": f"{header}\r\n{row}{','.join([hexed] * 5)}\r\n".encode(),
        "csvde UTF-16": f"{header}\r\n{row}{','.join([SECRET] * 5)}\r\n".encode("utf-16"),
        "csvde several": f"{header}\r\n{row}{','.join([SECRET + ';' + SECRET] * 5)}\r\n".encode(),
        "too many cells": f"{header}\r\n{row}{','.join([SECRET] * 9)}\r\n".encode(),
        "stray quote": f'{header}\r\n{row}"{SECRET},{SECRET}\r\n{row}{SECRET}\r\n'.encode(),
        "cut": f"{header}\r\n{row}{SECRET},{SECRET[:-1]}".encode(),
        "studio": f"dn,{header[3:]}\n{row}{','.join([quoted] * 5)}\n".encode(),
    }


NEIGHBOURS = (
    "changetype: add",
    "objectClass: protocolCfgSMTPServer",
    "cn: 1",
    "adminDisplayName: Default",
    f"distinguishedName: {DN % 1}",
    "distinguishedName:: " + base64_of(DN % 1),
    "msExchSmtpMaxHopCount: 15",
    "msExchSmtpRelayForAuth: TRUE",
    "msExchSmtpRelayIpList:: " + base64_of(b"\x18\0\0\x80"),
    "objectGUID:: " + base64_of(bytes(16)),
    "whenChanged: 20050101000000.0Z",
    "msExchSmtpSmartHost:< file:///x",
    "serialNumber: Version 6.5",
    "description: text",
    "# comment",
    "-",
)
"""Lines behind which a password line may be folded, or lose its line end."""
PASSWORD_LINES = {
    "plain": f"msExchSmtpOutboundSecurityPassword: {SECRET}",
    "base64": f"msExchSmtpOutboundSecurityPassword:: {base64_of(SECRET)}",
    "with option": f"authorizedPassword;x-a: {SECRET}",
    "in capitals": f"MSEXCHENCRYPTEDPASSWORD: {SECRET}",
    "hexadecimal": f"msExchSmtpLdapPassword: {SECRET.encode().hex()}",
}
JOINTS = {"folded": "\n ", "folded by a tab": "\n\t", "behind a return": "\r", "glued": ""}


def moved_lines() -> dict[str, bytes]:
    """Return records in which the line of a password has moved to another place."""
    lines = [f"dn: {DN % 1}", *NEIGHBOURS]
    moved = {}
    for joint, between in JOINTS.items():
        for form, line in PASSWORD_LINES.items():
            for number, neighbour in enumerate(lines):
                text = [*lines[:number], neighbour + between + line, *lines[number + 1 :]]
                # The other neighbours of one name would hide what this one holds.
                text = [each for each in text if each.split(":")[0] != neighbour.split(":")[0]]
                text.insert(number, neighbour + between + line)
                head = [] if number == 0 else [lines[0]]
                text = [*head, *(each for each in text if not each.startswith("dn: "))]
                if number == 0:
                    text.insert(0, neighbour + between + line)
                data = "\n".join(text) + f"\n\ndn: {DN % 2}\nobjectClass: x\n\n"
                moved[f"{joint}, {form}, at {neighbour[:24]}"] = data.encode()
    bare = f"msExchSmtpOutboundSecurityPassword: {SECRET}\n"
    tail = f"dn: {DN % 2}\nobjectClass: protocolCfgSMTPServer\ncn: 2\n\n"
    return moved | {
        "before the dn line": f"{bare}dn: {DN % 1}\ncn: 1\n\n{tail}".encode(),
        "in a dn line": f"dn: {SECRET}\ncn: 1\n\n{tail}".encode(),
        "in a dn line of base64": f"dn:: {base64_of(SECRET)}\ncn: 1\n\n{tail}".encode(),
        "in a dn line, a return": f"dn: a\r{bare}cn: 1\n\n{tail}".encode(),
        "in a changetype": f"dn: {DN % 1}\nchangetype: {SECRET}\n\n{tail}".encode(),
        "folded in a changetype": f"dn: {DN % 1}\nchangetype: add\n {SECRET}\n\n{tail}".encode(),
        "folded in a wrong dn": f"dn: CN=1,,\n {SECRET}\n\n{tail}".encode(),
        "as a name": f"dn: {DN % 1}\n{SECRET[:7]}:: %%%\n\n{tail}".encode(),
        "between records": f"{tail}{SECRET}\n\n {SECRET}\n\n{tail}".encode(),
        "cut in front": f"{SECRET[3:]}{SECRET}\n\n{tail}".encode(),
        "cut behind": f"{tail}dn: {DN % 1}\ncn: 1\n {bare[:-1]}".encode(),
        "cut inside a dn": f"{tail}dn: {SECRET}".encode(),
    }


COLUMNS = {
    "DN": f'"{DN % 1}"',
    "objectClass": "protocolCfgSMTPServer",
    "cn": "1",
    "msExchSmtpMaxHopCount": "15",
    "adminDisplayName": "Default",
    "msExchSmtpOutboundSecurityPassword": SECRET,
    "msExchSmtpRelayForAuth": "TRUE",
    "msExchSmtpMaxRecipients": "64000",
}


def shifted_rows() -> dict[str, bytes]:
    """Return tables in which the cells of one row have moved, with the columns in every order."""
    tables = {}
    names = list(COLUMNS)
    for turn in range(len(names)):
        order = names[turn:] + names[:turn]
        row = [COLUMNS[name] for name in order]
        for delimiter in ",;\t":
            good = delimiter.join(order), delimiter.join(row)
            for by in (1, 2):
                for name, cells in {
                    "left": row[by:] + [""] * by,
                    "right": [""] * by + row[:-by],
                    "short": row[by:],
                    "long": [""] * by + row,
                    "turned": row[by:] + row[:by],
                    "left from the third on": row[:2] + row[2 + by :] + [""] * by,
                }.items():
                    text = "\n".join([*good, delimiter.join(cells), good[1], ""])
                    tables[f"{name} by {by}, from {order[0]}, {delimiter!r}"] = text.encode()
    header, row = ",".join(names), ",".join(COLUMNS.values())
    glued = f"msExchSmtpOutboundSecurityPassword: {SECRET}"
    return tables | {
        "a line in a cell": f'{header}\n{row}\n"{DN % 2}",,"1\n{glued}",,,,,\n'.encode(),
        "a line in the DN": f'{header}\n{row}\n"{DN % 2}\n{glued}",,,,,,,\n'.encode(),
        "a line in the class": f'{header}\n{row}\n"{DN % 2}","x\r{glued}",,,,,,\n'.encode(),
        "no quote at the end": f'{header}\n{row}\n"{DN % 2},x,"{SECRET}\n{row}\n'.encode(),
        "a type in place of it": f"{header}\n{row},System.{SECRET}\n{row}\n".encode(),
    }


NO_DUMPS = {
    "CSV without DN": f"Name,{SECRET[:7]},msExchEncryptedPassword\na,b,{SECRET}\n",
    "CSV without header": f"Alice,{SECRET[:7]},{SECRET.replace('+', '')}\na,b,{SECRET}\n",
    "only the password": f"msExchSmtpOutboundSecurityPassword: {SECRET}\n",
    "nothing else": SECRET,
}
MOVED = {
    **{f"LDIF, {name}": data for name, data in moved_lines().items()},
    **{f"CSV, {name}": data for name, data in shifted_rows().items()},
}


CASES = {
    **{f"LDIF, {form}": ldif(form) for form in FORMS},
    **{
        f"LDIF in UTF-16, {form}": ldif(form).decode("latin-1").encode("utf-16")
        for form in ("plain", "base64")
    },
    **{f"CSV, {name}": data for name, data in csv_files().items()},
}


@pytest.mark.parametrize("name", CASES)
def test_secret_is_in_no_output_and_in_no_message(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "dump").write_bytes(CASES[name])
    for command in (
        ["audit", "-v", "--evidence", "all"],
        ["inspect"],
        ["inspect", "--health"],
        ["relay"],
    ):
        outputs = [part for o in OUTPUTS for part in ("-o", o)] if command[0] == "audit" else []
        monkeypatch.setattr(sys, "argv", ["exchange-analyzer", *command, "dump", *outputs])
        with pytest.raises(SystemExit) as end:
            main()
        shown = capfd.readouterr()
        assert end.value.code in (0, 1, None), shown.err
        assert found_in((shown.out + shown.err).encode()) == []
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "dump"]
    assert {path.name for path in written} >= set(OUTPUTS)
    for path in written:
        assert (path.name, found_in(bytes_of(path))) == (path.name, [])


@pytest.mark.parametrize("name", CASES)
def test_secret_is_in_no_object_no_frame_and_no_result(name: str, tmp_path: Path) -> None:
    path = tmp_path / "dump"
    path.write_bytes(CASES[name])
    dump = analyzer.read_dump(path, options=ReadOptions(parse_all=True))
    frames = (
        dump.virtual_servers(),
        dump.virtual_server_states(),
        dump.servers(),
        dump.connectors(),
    )
    texts = [frame.to_json() + frame.to_csv() for frame in frames]
    texts += [
        repr(dump.inventory),
        repr(dump.inputs),
        repr(dump.unreadable),
        repr(analyzer.audit(dump)),
    ]
    assert found_in("\n".join(texts).encode("utf-8", "backslashreplace")) == []


def told_by(path: Path, monkeypatch: pytest.MonkeyPatch, *command: str) -> int:
    """Run a command on a file and return its status."""
    monkeypatch.setattr(sys, "argv", ["exchange-analyzer", *command, str(path)])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


@pytest.mark.parametrize("kind", ["LDIF", "CSV"])
def test_secret_that_moved_is_in_no_result(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "dump"
    told, objects = [], []
    for name, data in MOVED.items():
        if not name.startswith(kind):
            continue
        path.write_bytes(data)
        dump = analyzer.read_dump(path)
        # The rules are the catalogue's own words, whatever the dump says.
        results = replace(analyzer.audit(dump), rules=())
        texts = [
            repr(results),
            repr(dump.inventory.objects),
            *(f"{each.reason}" for each in dump.unreadable),
        ]
        objects += dump.inventory.objects
        if found := found_in("\n".join(texts).encode("utf-8", "backslashreplace")):
            told.append((name, found))
    assert told == []
    # The frames of all these dumps at once: one of each takes as long as its audit.
    servers = [each for each in objects if each.kind is VIRTUAL_SERVER]
    assert len(servers) > 100
    for frame in (frame_of_objects(servers, [VIRTUAL_SERVER]), frame_of_settings(objects)):
        assert found_in(frame.to_csv().encode("utf-8", "backslashreplace")) == []


@pytest.mark.parametrize("name", list(MOVED)[::53])
def test_secret_that_moved_is_in_no_output(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = tmp_path / "dump"
    path.write_bytes(MOVED[name])
    outputs = [part for o in OUTPUTS for part in ("-o", o)]
    told_by(path, monkeypatch, "audit", "-v", "--evidence", "all", *outputs)
    for command in (("inspect",), ("inspect", "--health"), ("relay",)):
        told_by(path, monkeypatch, *command)
    shown = capfd.readouterr()
    assert found_in((shown.out + shown.err).encode()) == []
    written = [file for file in tmp_path.rglob("*") if file.is_file() and file != path]
    assert [(file.name, found) for file in written if (found := found_in(bytes_of(file)))] == []


@pytest.mark.parametrize("name", NO_DUMPS)
def test_what_is_no_dump_is_not_quoted(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = tmp_path / "dump"
    path.write_text(NO_DUMPS[name])
    assert told_by(path, monkeypatch, "inspect") == 3
    shown = capfd.readouterr()
    assert not {SECRET, SECRET[:7], SECRET.replace("+", "")} & set(
        (shown.out + shown.err).replace(",", " ").split()
    )
    assert found_in((shown.out + shown.err).encode()) == []


def test_no_reason_quotes_a_name_that_may_be_a_password(tmp_path: Path) -> None:
    path = tmp_path / "dump"
    path.write_bytes(MOVED["LDIF, as a name"])
    reasons = [each.reason for each in analyzer.read_dump(path).unreadable]
    assert reasons == ["value of an attribute is not valid base64"]


def test_secret_is_said_to_be_set(tmp_path: Path) -> None:
    path = tmp_path / "dump"
    path.write_bytes(ldif("plain"))
    column = analyzer.read_dump(path).virtual_servers()["msExchSmtpOutboundSecurityPassword"]
    assert column.iloc[0] == "set"
    assert column.iloc[1:].isna().all() or set(column.iloc[1:]) == {"not set"}


def test_unforeseen_error_does_not_tell_the_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError(f"value {SECRET} and {SECRET.encode()!r}")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(analyzer, "audit", fail)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ldif("plain"))))
    monkeypatch.setattr(sys, "argv", ["exchange-analyzer", "audit", "-", "-o", "out.json"])
    with pytest.raises(SystemExit) as end:
        main()
    shown = capfd.readouterr()
    assert end.value.code == 70
    logs = [path for path in (tmp_path / "state").rglob("*") if path.is_file()]
    assert len(logs) == 1
    assert found_in((shown.out + shown.err).encode() + logs[0].read_bytes()) == []
    assert not (tmp_path / "out.json").exists()


def test_the_search_finds_what_it_looks_for() -> None:
    for form in (SECRET, SECRET.encode().hex(), base64_of("ab" + SECRET), SECRET.upper()):
        assert found_in(b"x" + form.encode() + b"x")
    assert found_in(WIDE)
