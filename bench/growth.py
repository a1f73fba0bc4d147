"""Measure how time and memory grow with hostile input: each construct at size n and at 4 n.

    python bench/growth.py [NAME ...] [--bytes MIB]

Every row is one construct: seconds and peak memory of reading it and judging it, for a quarter of
the size and for the whole. Time that grows with the size in a straight line gives a factor near 4;
a factor above 8 is marked, as is a peak above 300 MiB that is no fixed multiple of one record.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

_SERVERS = (
    "CN=EX01,CN=Servers,CN=Group,CN=Administrative Groups,CN=Org,CN=Microsoft Exchange,"
    "CN=Services,CN=Configuration,DC=example,DC=com"
)
_DN = f"CN=1,CN=SMTP,CN=Protocols,{_SERVERS}".encode()
_HEAD = b"dn: " + _DN + b"\nobjectClass: protocolCfgSMTPServer\ncn: 1\n"
_PLAIN = b"dn: CN=x,DC=example,DC=com\ncn: x\n\n"
_COLUMNS = b"DN,objectClass,msExchSmtpRelayForAuth\n"
_ROW = b'"' + _DN + b'",protocolCfgSMTPServer,TRUE\n'

TOO_STEEP = 8.0
TOO_MUCH = 300


def _repeated(piece: bytes, size: int) -> bytes:
    return piece * (size // len(piece))


def _numbered(form: str, size: int) -> bytes:
    pieces, length, number = [], 0, 0
    while length < size:
        piece = (form % number).encode()
        pieces.append(piece)
        length += len(piece)
        number += 1
    return b"".join(pieces)


def _spelled(name: str, size: int) -> bytes:
    """Return lines that spell one attribute name in ever new mixtures of letter case."""
    lines, length, number = [], 0, 0
    while length < size:
        bits = number
        letters = []
        for letter in name:
            letters.append(letter.upper() if bits & 1 else letter.lower())
            bits >>= 1
        lines.append(f"{''.join(letters)}: v\n".encode())
        length += len(lines[-1])
        number += 1
    return b"".join(lines)


CONSTRUCTS: dict[str, Callable[[int], bytes]] = {
    # DNs
    "dn-joined-parts": lambda n: b"dn: " + b"cn=a+" * (n // 5) + b",\ncn: a\n\n",
    "dn-many-small-bombs": lambda n: _repeated(b"dn: " + b"cn=a+" * 26 + b",\ncn: a\n\n", n),
    "dn-escaped-commas": lambda n: b"dn: cn=" + b"a\\," * (n // 3) + b"\ncn: a\n\n",
    "dn-many-with-escapes": lambda n: _repeated(b"dn: CN=" + b"a\\," * 22 + b"x\ncn: a\n\n", n),
    "dn-long-but-read": lambda n: _repeated(b"dn: " + b"cn=a," * 12_000 + b"dc=x\ncn: a\n\n", n),
    "dn-quotes": lambda n: b'dn: cn="' + b'\\"' * (n // 2) + b"\ncn: a\n\n",
    "dn-wanted-place-and-long": lambda n: _repeated(
        b"dn: CN=1," + b"CN=a," * 12_000 + b"CN=SMTP,CN=Protocols,DC=x\ncn: 1\n\n", n
    ),
    "dn-base64": lambda n: b"dn:: " + b"QUFB" * (n // 4) + b"\ncn: a\n\n",
    "dn-extended": lambda n: b"dn: " + b"<GUID=1>;" * (n // 9) + b"CN=a\ncn: a\n\n",
    # Records
    "continuation-lines": lambda n: _HEAD + b"info: x\n" + b" y\n" * (n // 3),
    "empty-continuation-lines": lambda n: _HEAD + b"info: x\n" + b" \n" * (n // 2) + b" y\n",
    "values": lambda n: _HEAD + _repeated(b"msExchServerBindings: :25:\n", n),
    "attributes": lambda n: _HEAD + _numbered("a%d: v\n", n),
    "options": lambda n: _HEAD + _numbered("msExchServerBindings;o%d: :25:\n", n),
    "ranges": lambda n: _HEAD + _numbered("member;range=0-%d: CN=a\n", n),
    "spellings": lambda n: _HEAD + _spelled("msExchServerBindingsLonger", n),
    "spellings-of-known": lambda n: _HEAD + _spelled("msExchSmtpSmartHost", n),
    "one-value": lambda n: _HEAD + b"info: " + b"x" * n + b"\n\n",
    "one-base64-value": lambda n: _HEAD + b"info:: " + b"QUFB" * (n // 4) + b"\n\n",
    "one-value-of-known": lambda n: _HEAD + b"msExchSmtpSmartHost: " + b"x" * n + b"\n\n",
    "relay-list": lambda n: _HEAD + b"msExchSmtpRelayIpList:: " + b"QUFB" * (n // 4) + b"\n\n",
    "bad-base64": lambda n: _HEAD + _repeated(b"cn:: %%%\n", n),
    "lines-without-colon": lambda n: _HEAD + _repeated(b"no colon in this line\n", n),
    "records-without-dn": lambda n: _PLAIN + _repeated(b"cn: a\n\n", n),
    "change-records": lambda n: _repeated(b"dn: CN=a\nchangetype: modify\n\n", n),
    "urls": lambda n: _HEAD + _repeated(b"cn:< file:///etc/passwd\n", n),
    "wanted-records": lambda n: _numbered(
        "dn: CN=%d,CN=SMTP,CN=Protocols," + _SERVERS + "\nobjectClass: protocolCfgSMTPServer\n"
        "cn: 1\n\n",
        n,
    ),
    "same-record-again": lambda n: _repeated(_HEAD + b"\n", n),
    "records-without-blank-line": lambda n: _repeated(_HEAD, n),
    "decoys": lambda n: _PLAIN + _HEAD + _repeated(b"info: protocolCfgSMTPServer\n", n),
    "dn-lines": lambda n: _repeated(b"dn:\n", n),
    # Lines
    "newlines": lambda n: b"\n" * n,
    "newlines-before": lambda n: b"\n" * n + _PLAIN,
    "returns": lambda n: _PLAIN + b"\r" * n,
    "blanks": lambda n: b" " * n,
    "blank-lines": lambda n: _PLAIN + _repeated(b"   \n", n),
    "blank-line-long": lambda n: _PLAIN + b" " * n + b"\n" + _PLAIN,
    "nuls": lambda n: _PLAIN + b"\0" * n + b"\n\n" + _PLAIN,
    "nuls-before": lambda n: b"\0" * n + b"\n\n" + _PLAIN,
    "comments": lambda n: _repeated(b"# comment\n", n) + _PLAIN,
    "comment-folds": lambda n: (
        b"version: 1\n# comment\n" + _repeated(b" more\n", n) + b"\n" + _PLAIN
    ),
    "comments-inside": lambda n: _HEAD + _repeated(b"# comment\n", n),
    "one-giant-line": lambda n: b"dn: " + b"x" * n,
    "giant-line-after": lambda n: _PLAIN + b"x" * n,
    "bytes-of-no-encoding": lambda n: _PLAIN + _repeated(bytes(range(128, 256)), n),
    "cp1252-values": lambda n: _HEAD + _repeated(b"info: \xfc\xe4\x81\n", n),
    # CSV
    "csv-columns": lambda n: (
        b"DN,"
        + _numbered("a%d,", n // 2)
        + b"z\n"
        + b'"CN=a"'
        + b"," * (_numbered("a%d,", n // 2).count(b",") + 1)
        + b"\n"
    ),
    "csv-row-of-100000-cells": lambda n: _COLUMNS + _repeated(b"CN=a" + b"," * 100_000 + b"\n", n),
    "csv-odd-quote-then-empty-lines": lambda n: _COLUMNS + b'"\n' + b"\n" * n,
    "csv-odd-quotes": lambda n: _COLUMNS + _repeated(b'CN=a,"\n', n),
    "csv-odd-quotes-far-apart": lambda n: _COLUMNS + _repeated(b'CN=a,"\n' + b"CN=a,b,c\n" * 99, n),
    "csv-three-quotes": lambda n: _COLUMNS + _repeated(b'"""\n', n),
    "csv-quotes": lambda n: _COLUMNS + b'"' * n + b"\n",
    "csv-cell": lambda n: _COLUMNS + b'"' + _DN + b'",protocolCfgSMTPServer,' + b"x" * n + b"\n",
    "csv-semicolons": lambda n: (
        _COLUMNS + b'"' + _DN + b'",protocolCfgSMTPServer,' + b"x;" * (n // 2) + b"\n"
    ),
    "csv-backslashes": lambda n: (
        _COLUMNS + b'"' + _DN + b'",protocolCfgSMTPServer,' + b"\\" * n + b";\n"
    ),
    "csv-newlines-in-cell": lambda n: (
        _COLUMNS + b'"' + _DN + b'",protocolCfgSMTPServer,"' + b"\n" * n + b'"\n'
    ),
    "csv-hex": lambda n: (
        _COLUMNS + b'"' + _DN + b"\",protocolCfgSMTPServer,X'" + b"41" * (n // 2) + b"'\n"
    ),
    "csv-wanted-rows": lambda n: _COLUMNS + _repeated(_ROW, n),
    "csv-rows-without-dn": lambda n: _COLUMNS + _repeated(b",a,b\n", n),
}

_CHILD = r"""
import json, re, resource, sys, time
import analyzer
from analyzer.errors import AnalyzerError
started = time.perf_counter()
outcome = ""
try:
    dump = analyzer.read_dump(sys.argv[1])
    source = dump.inputs[0]
    outcome = f"{source.entries} entries, {len(dump.unreadable)} unreadable"
    if sys.argv[2] == "audit":
        analyzer.audit(dump)
except AnalyzerError as error:
    outcome = str(error).rpartition("/")[2][:60]
seconds = time.perf_counter() - started
peak = int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read()).group(1))
children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([seconds, max(peak, children) / 1024, outcome]))
"""


def measure(data: bytes, work: str) -> tuple[float, float, str]:
    """Return the seconds, the peak in MiB and the outcome of reading some bytes from a file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "dump")
        file.write_bytes(data)
        done = subprocess.run(
            [sys.executable, "-c", _CHILD, str(file), work],
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
    if done.returncode:
        return 0.0, 0.0, (done.stderr.strip().splitlines() or ["ended"])[-1][:60]
    seconds, peak, outcome = json.loads(done.stdout)
    return seconds, peak, outcome


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--mib", type=int, default=16, help="size of the larger file")
    parser.add_argument("--read-only", action="store_true", help="read, do not judge")
    options = parser.parse_args()
    size = options.mib << 20
    work = "read" if options.read_only else "audit"
    print(f"{'construct':32} {'s, n':>8} {'s, 4 n':>8} {'factor':>7} {'MiB, n':>7} {'MiB, 4 n':>8}")
    for name in options.names or CONSTRUCTS:
        small = measure(CONSTRUCTS[name](size // 4), work)
        large = measure(CONSTRUCTS[name](size), work)
        factor = large[0] / max(small[0], 0.02)
        marks = ("  STEEP" if factor > TOO_STEEP else "") + ("  BIG" if large[1] > TOO_MUCH else "")
        print(
            f"{name:32} {small[0]:8.2f} {large[0]:8.2f} {factor:7.1f} {small[1]:7.0f}"
            f" {large[1]:8.0f}  {large[2]}{marks}",
            flush=True,
        )


if __name__ == "__main__":
    main()
