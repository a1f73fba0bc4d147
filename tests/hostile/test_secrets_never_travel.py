"""Planted secrets are in no output, no message, no frame, however the dump writes them."""

import base64
import hashlib
import io
import sys
import zipfile
from pathlib import Path

import pytest

import analyzer
from analyzer import ReadOptions
from analyzer.cli import main

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


TRACES = traces()


def bytes_of(path: Path) -> bytes:
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def found_in(data: bytes) -> list[str]:
    lowered = data.lower()
    return [name for name, trace in TRACES.items() if trace in data or trace.lower() in lowered]


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
