"""Measure reading, judging and writing beside other work on the same files: python -m bench."""

import argparse
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from compileall import compile_dir
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path

from bench import snapshot
from bench.connectors import receive_connectors
from bench.inputs import EVERY, as_utf16, csvde, ldifde, make
from bench.measure import Figures, measure
from bench.mixes import MIXES, SERVERS_PER_GB, mixed

ROOT = Path(__file__).parent.parent
DATA = ROOT / "bench" / "data"
PAGE = ROOT / "docs" / "performance.md"
SEED = 20051118
CSV_COLUMNS = 400

_HASH = (
    "import hashlib,sys; print(hashlib.file_digest(open(sys.argv[1],'rb'),'sha256').hexdigest())"
)
_PARSER = (
    "import sys,ldif\n"
    "class Parser(ldif.LDIFParser):\n"
    "    def handle(self, dn, entry): pass\n"
    "Parser(open(sys.argv[1],'rb')).parse()"
)
_CSV = "import sys,csv\nfor row in csv.reader(open(sys.argv[1],newline='',encoding='cp1252')): pass"
# With memory kept and cycles looked for as the command line has it.
_READ = """
import gc, sys, analyzer
gc.set_threshold(1_000_000, 50, 50)
bytes(31 << 20)
analyzer.read_dump(sys.argv[1]).readings
"""
_IMPORTS = "import pandas, openpyxl"
_FEW = 10
"""Objects beside which only the start of the program costs time."""


def main() -> None:
    """Build the inputs, measure, print the table and write it into the documents."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", type=int, default=100, help="MB of the ldifde file")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seed", type=int, default=SEED, help="seed of the mixes")
    options.add_argument(
        "--mix",
        type=_shares,
        action="append",
        metavar="NAME[=SHARE],...",
        help=f"in place of each mix alone, a file of several: {', '.join(MIXES)}",
    )
    options.add_argument(
        "--servers", type=int, default=SERVERS_PER_GB, help="virtual servers per GB of each mix"
    )
    options.add_argument("--only", nargs="+", default=[], help="names of tables, for the eye alone")
    chosen = options.parse_args()
    megabytes, rounds = chosen.size, chosen.rounds
    compile_dir(ROOT / "analyzer", quiet=1)  # as the set-up and every first run do
    tables: dict[str, Callable[[], str]] = {
        "ldif": lambda: _ldif(megabytes, rounds),
        "mixes": lambda: _mixes(chosen),
        "growth": lambda: _growth(megabytes, rounds),
        "whole": lambda: _whole(rounds),
        "dense": lambda: _dense(rounds),
        "connectors": lambda: _connectors(rounds),
        "extract": lambda: _extract(rounds),
        "snapshot": lambda: _snapshot(rounds),
        **{f"csvde-{size}": partial(_csvde, size, rounds) for size in sorted({100, megabytes})},
        "writing": lambda: _writing(rounds),
        "large": _large,
        "small": lambda: _small(rounds),
    }
    text = "\n".join(table() for name, table in tables.items() if name in (chosen.only or tables))
    if not chosen.only:
        text = _head(megabytes, rounds) + text
        PAGE.write_text(text, encoding="utf-8")
    print(text)


def _writing(rounds: int) -> str:
    # What it loads would be counted as memory of every process that is started after it.
    from bench import workbook

    return workbook.table(rounds)


def _shares(text: str) -> dict[str, float]:
    """Read the shares of a file, each 1 unless it is given."""
    pairs = (part.partition("=")[::2] for part in text.split(","))
    shares = {name: float(share or 1) for name, share in pairs}
    if (
        len({MIXES[name].encoding for name in shares if name in MIXES}) != 1
        or shares.keys() - MIXES
    ):
        raise argparse.ArgumentTypeError(f"mixes of one encoding among {', '.join(MIXES)}")
    return shares


def _python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", code, *arguments]


def _audit(file: Path, ending: str = "json", *more: str) -> list[str]:
    out = DATA / f"out.{ending}"
    return [
        *(sys.executable, "-m", "analyzer", "audit", str(file), "-o", str(out)),
        *("--overwrite", "--no-progress", "-q", *more),
    ]


def _ldif(megabytes: int, rounds: int) -> str:
    file = make(DATA / f"ldifde-{megabytes}.ldf", ldifde(megabytes * 1_000_000, SEED))
    wide = make(DATA / f"utf16-{megabytes}.ldf", as_utf16(file))
    commands = {
        "SHA-256 by hashlib": _python(_HASH, str(file)),
        "audit to JSON": _audit(file),
        "audit to JSON, two processes": _audit(file, "json", "--jobs", "2"),
        "audit to workbook": _audit(file, "xlsx"),
        "grep -c": ["grep", "-c", "-i", "protocolCfgSMTPServer", str(file)],
        "python-ldap LDIFParser, empty handler": _python(_PARSER, str(file)),
    }
    figures = measure(commands, rounds)
    beside = measure(
        {"SHA-256 of the UTF-16 file": _python(_HASH, str(wide)), "UTF-16, audit": _audit(wide)},
        rounds,
    )
    sizes = {name: wide.stat().st_size for name in beside}
    return _table(
        f"ldifde, {megabytes} MB",
        figures | beside,
        "SHA-256 by hashlib",
        {name: file.stat().st_size for name in figures} | sizes,
    )


def _mixes(chosen: argparse.Namespace) -> str:
    lines = [
        f"## Mixes of LDIF, {chosen.size} MB each",
        "",
        "| mix | SHA-256 | read | ratio | audit to JSON | ratio | CPU: hash, read, JSON | MiB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    reading, judging = {}, {}
    for shares in chosen.mix or [{name: 1.0} for name in MIXES]:
        name = ", ".join(mix if share == 1 else f"{mix}={share:g}" for mix, share in shares.items())
        file = make(
            DATA / "mix.ldf", mixed(chosen.size * 1_000_000, chosen.seed, shares, chosen.servers)
        )
        commands = {
            "hash": _python(_HASH, str(file)),
            "read": _python(_READ, str(file)),
            "json": _audit(file),
        }
        figures = measure(commands, chosen.rounds)
        file.unlink()  # a dozen of them would fill a disk
        base, read, audit = figures.values()
        reading[name], judging[name] = read.time / base.time, audit.time / base.time
        lines.append(
            f"| {name} | {base.time:.2f} | {read.time:.2f} | {reading[name]:.2f} "
            f"| {audit.time:.2f} | {judging[name]:.2f} "
            f"| {base.cpu:.2f}, {read.cpu:.2f}, {audit.cpu:.2f} | {audit.memory:.0f} |"
        )
    slow, slower = max(reading, key=reading.__getitem__), max(judging, key=judging.__getitem__)
    return "\n".join(
        [
            *lines,
            "",
            f"Each with {chosen.servers} virtual servers per GB (`bench/mixes.py`). Worst of"
            f" reading: {slow}, {reading[slow]:.2f}; of the audit: {slower}, {judging[slower]:.2f}."
            " Goals at 1 GB: 1.5 and 1.8.",
            "",
        ]
    )


def _growth(megabytes: int, rounds: int) -> str:
    steps = sorted({10, 100, megabytes})
    files = {
        f"audit to JSON, {n} MB": make(DATA / f"ldifde-{n}.ldf", ldifde(n * 1_000_000, SEED))
        for n in steps
    }
    base = next(iter(files))
    if megabytes > 100:
        # Memory goes by the objects of interest: as many of them in more of everything else.
        thin = ldifde(megabytes * 1_000_000, SEED, every=EVERY * megabytes // 100)
        name = f"{megabytes} MB with the virtual servers of 100 MB"
        files[name] = make(DATA / f"thin-{megabytes}.ldf", thin)
    figures = measure({name: _audit(file) for name, file in files.items()}, rounds)
    return _table("Growth", figures, base, {name: files[name].stat().st_size for name in files})


def _whole(rounds: int) -> str:
    file = make(DATA / "ldifde-100.ldf", ldifde(100_000_000, SEED))
    base = "python-ldap LDIFParser, empty handler"
    commands = {
        base: _python(_PARSER, str(file)),
        "--parse-all, one process": _audit(file, "json", "--parse-all", "--jobs", "1"),
        "--parse-all, as many as cores": _audit(file, "json", "--parse-all"),
    }
    figures = measure(commands, rounds)
    sizes = dict.fromkeys(figures, file.stat().st_size)
    return _table("Every record parsed, 100 MB", figures, base, sizes)


def _dense(rounds: int) -> str:
    file = make(DATA / "dense-10.ldf", ldifde(10_000_000, SEED, every=1))
    few = make(DATA / "dense-few.ldf", islice(ldifde(10**9, SEED, every=1), _FEW))
    base = "python-ldap LDIFParser, dense"
    commands = {base: _python(_PARSER, str(file)), **_of_many_and_few(file, few)}
    figures = measure(commands, rounds)
    sizes = dict.fromkeys((base, "read", "audit to JSON"), file.stat().st_size)
    table = _table("Dense: every record a virtual server, 10 MB", figures, base, sizes)
    number = file.read_bytes().count(b"dn: ")
    return f"{table}\n{_each(figures, number)}, goal 0.3.\n"


def _large() -> str:
    number = 20_000
    servers = islice(ldifde(10**12, SEED, every=1), number)
    file = make(DATA / f"servers-{number}.ldf", servers)
    base = "read, one process"
    commands = {
        base: _python(_READ, str(file)),
        "audit to workbook": _audit(file, "xlsx"),
        "audit to page": _audit(file, "html"),
    }
    figures = measure(commands, 1)
    sizes = dict.fromkeys(figures, file.stat().st_size)
    table = _table(f"{number:,} virtual servers in one report, once", figures, base, sizes)
    written = "; ".join(
        f"{name}: {(DATA / f'out.{name}').stat().st_size / 2**20:.0f} MiB"
        for name in ("xlsx", "html")
    )
    return f"{table}\nGoal: under 600 MiB. Written: {written}.\n"


def _connectors(rounds: int) -> str:
    number = 10_000
    file = make(DATA / f"connectors-{number}.ldf", receive_connectors(number, SEED))
    few = make(DATA / "connectors-few.ldf", receive_connectors(_FEW, SEED))
    base = "python-ldap LDIFParser, connectors"
    commands = {base: _python(_PARSER, str(file)), **_of_many_and_few(file, few)}
    figures = measure(commands, rounds)
    sizes = dict.fromkeys((base, "read", "audit to JSON"), file.stat().st_size)
    table = _table(f"{number:,} receive connectors with descriptors", figures, base, sizes)
    return f"{table}\n{_each(figures, number)}, goal 0.5; memory: under 300 MiB.\n"


def _of_many_and_few(many: Path, few: Path) -> dict[str, list[str]]:
    """Return what tells the cost of an object: with a few of them it is all start-up."""
    return {
        "read": _python(_READ, str(many)),
        "audit to JSON": _audit(many),
        f"read, {_FEW} of them": _python(_READ, str(few)),
        f"audit to JSON, {_FEW} of them": _audit(few),
    }


def _each(figures: Mapping[str, Figures], number: int) -> str:
    _, read, audit, read_few, audit_few = (row.cpu for row in figures.values())
    with_start = 1000 * (audit - read) / number
    beyond = 1000 * (audit - read - (audit_few - read_few)) / (number - _FEW)
    return (
        f"Beyond reading: {beyond:.2f} ms of CPU for each of {number:,}"
        f" ({with_start:.2f} with the start of the program)"
    )


def _extract(rounds: int) -> str:
    file = make(DATA / "ldifde-100.ldf", ldifde(100_000_000, SEED))
    base = "audit to JSON, 100 MB"
    extract = [
        *(sys.executable, "-m", "analyzer", "extract", str(file), "--overwrite"),
        *("-o", str(DATA / "out.ldif"), "--no-progress", "-q"),
    ]
    figures = measure({base: _audit(file), "extract": extract}, rounds)
    sizes = dict.fromkeys(figures, file.stat().st_size)
    table = _table("Extract of the evidence, ldifde, 100 MB", figures, base, sizes)
    return f"{table}\nGoal: at most 1.3 times the audit.\n"


def _snapshot(rounds: int) -> str:
    file, big = snapshot.made(200), snapshot.made(2000)
    base = "SHA-256 of the snapshot"
    figures = measure(
        {
            base: _python(_HASH, str(file)),
            "audit to JSON, snapshot": _audit(file),
            "audit to JSON, 20 MB": _audit(snapshot.made(20)),
        },
        rounds,
    )
    figures |= measure({"plain struct-by-struct parse": _python(snapshot.PLAIN, str(file))}, 1)
    sizes = dict.fromkeys(figures, file.stat().st_size)
    sizes["audit to JSON, 20 MB"] = snapshot.made(20).stat().st_size
    table = _table("AD Explorer snapshot, 200 MB", figures, base, sizes)
    beside = "; ".join(
        f"{megabytes} MB: {snapshot.memory_of(one)} MiB"
        for megabytes, one in ((20, snapshot.made(20)), (2000, big))
    )
    goals = (
        "Goals: at most 1.5 times the hash, at least ten times as fast as the plain parse; memory"
        " under 100 MiB and equal within 10 % for 20 MB and 2 GB"
    )
    return f"{table}\n{goals}. Beside the mapped pages of the file: {beside}.\n"


def _csvde(megabytes: int, rounds: int) -> str:
    size = megabytes * 1_000_000
    file = make(DATA / f"csvde-{megabytes}.csv", csvde(size, CSV_COLUMNS, SEED))
    quoted = make(DATA / f"quoted-{megabytes}.csv", csvde(size, CSV_COLUMNS, SEED, "\r\n"))
    tables = []
    for title, one in (("csvde", file), ("csvde, quoted line ends", quoted)):
        base = f"csv.reader, {megabytes} MB x {CSV_COLUMNS} columns"
        commands = {base: _python(_CSV, str(one)), f"audit to JSON, {title}": _audit(one)}
        figures = measure(commands, rounds)
        sizes = dict.fromkeys(figures, one.stat().st_size)
        title = f"{title}, {megabytes} MB x {CSV_COLUMNS} columns"
        tables.append(_table(title, figures, base, sizes))
    return "\n".join(tables)


def _small(rounds: int) -> str:
    file = make(DATA / "small.ldf", ldifde(36_000, SEED, every=10))
    figures = measure(
        {
            "import pandas, openpyxl": _python(_IMPORTS),
            "36 KB to workbook, cold process": _audit(file, "xlsx"),
            "--help": [sys.executable, "-m", "analyzer", "--help"],
            "inspect": [sys.executable, "-m", "analyzer", "inspect", str(file)],
        },
        max(rounds, 5),
    )
    return _table("Start-up", figures, "import pandas, openpyxl", {})


def _table(title: str, figures: dict[str, Figures], base: str, sizes: dict[str, int]) -> str:
    lines = [
        f"## {title}",
        "",
        "| work | seconds | ratio | CPU seconds | ratio | MB/s | peak RSS, MiB |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, taken in figures.items():
        speed = f"{sizes[name] / taken.time / 1e6:.0f}" if name in sizes else ""
        ratio, cpu_ratio = taken.time / figures[base].time, taken.cpu / figures[base].cpu
        lines.append(
            f"| {name} | {taken.time:.2f} | {ratio:.2f} | {taken.cpu:.2f} | {cpu_ratio:.2f} "
            f"| {speed} | {taken.memory:.0f} |"
        )
    return "\n".join([*lines, ""])


def _head(megabytes: int, rounds: int) -> str:
    cores = len(os.sched_getaffinity(0))
    when = datetime.now(UTC).strftime("%Y-%m-%d")
    return (
        "# Performance\n\n"
        f"Written by `make bench SIZE={megabytes}` on {when}: {_processor()}, {cores} cores, "
        f"Python {platform.python_version()}, medians of {rounds} rounds, files in the page cache. "
        "Every row is a whole process; the ratio is to the first row of its table. "
        "Files are made from a fixed seed by `bench/inputs.py`.\n\n"
    )


def _processor() -> str:
    lscpu = shutil.which("lscpu")
    if lscpu is None:
        return platform.machine()
    text = subprocess.run([lscpu], capture_output=True, text=True, check=True).stdout
    names = [line.partition(":")[2].strip() for line in text.splitlines() if "Model name" in line]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    main()
