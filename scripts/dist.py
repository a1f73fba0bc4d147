"""Make what is released: dist.py TOOLS [FOLDER]; TOOLS is the bin folder of the release tools.

Source distribution and wheels are built twice and have to be the same bytes, on any day and in any
folder. The wheels are installed into empty environments and have to audit the sample there.
"""

import gzip
import hashlib
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIBRARY = "python-ldap"
"""What has no wheel for Linux and uses libraries of the system."""
# Nothing that names a folder of this computer: debugging information, assertions, search paths.
COMPILING = {"CFLAGS": "-g0 -DNDEBUG", "LDSHARED": "cc -shared", "LDFLAGS": "-s"}
PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
PREAMBLE = """\
import sys
if sys.version_info[:2] != ({0}, {1}):
    sys.exit("exchange-analyzer: this file is for Python {0}.{1}; others need another one")
"""


def run(*command: str | Path, folder: Path = ROOT, **environment: str) -> str:
    """Run a command and return what it printed; end with what it said where it fails."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = re.sub(r"[a-z]+://\S*", "(address)", done.stdout + done.stderr)
        sys.exit(f"{' '.join(map(str, command))} failed:\n{said}")
    return done.stdout


def epoch() -> int:
    """Return the time that everything gets: SOURCE_DATE_EPOCH, or that of the last commit."""
    given = os.environ.get("SOURCE_DATE_EPOCH") or run("git", "log", "-1", "--format=%ct")
    return int(given)


def copy_of_the_source(folder: Path) -> Path:
    """Copy what the repository holds, and nothing that lies beside it."""
    for name in run("git", "ls-files", "-z").split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def build(kind: str, source: Path, target: Path, **environment: str) -> Path:
    """Build a distribution by the build backend, with the versions of the lock file."""
    program = f"from setuptools import build_meta; print(build_meta.build_{kind}({str(target)!r}))"
    said = run(sys.executable, "-c", program, folder=source, **environment)
    return target / said.splitlines()[-1]


def with_fixed_times(archive: Path, time: int) -> None:
    """Write a source distribution again: sorted, of nobody, of one time."""
    members = []
    with tarfile.open(archive) as old:
        for member in sorted(old.getmembers(), key=lambda member: member.name):
            content = old.extractfile(member)
            members.append((member, content.read() if content else b""))
    with (
        archive.open("wb") as stream,
        gzip.GzipFile("", "wb", fileobj=stream, mtime=time) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as new,
    ):
        for member, data in members:
            plain = tarfile.TarInfo(member.name)
            plain.type, plain.size, plain.mtime = member.type, len(data), time
            plain.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            new.addfile(plain, io.BytesIO(data))


def unpacked(archive: Path, folder: Path) -> Path:
    """Unpack a source distribution."""
    with tarfile.open(archive) as source:
        source.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


def without_extension(source: Path) -> None:
    """Take the module that has to be compiled out of a copy of the source."""
    project = source / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    table = re.compile(r"(?ms)^\[\[tool\.setuptools\.ext-modules\]\]\n.*?(?=^\[)")
    changed, number = table.subn("", text)
    if number != 1:
        sys.exit("pyproject.toml: expected one table of an extension module")
    project.write_text(changed, encoding="utf-8")


def distributions(target: Path, tools: Path, time: int) -> None:
    """Build the source distribution, and of it the wheels for this system and for every system."""
    target.mkdir()
    fixed = {"SOURCE_DATE_EPOCH": str(time), **(COMPILING if sys.platform == "linux" else {})}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = build("sdist", copy_of_the_source(folder / "source"), target)
        with_fixed_times(source, time)
        native = build("wheel", unpacked(source, folder / "native"), folder, **fixed)
        if sys.platform == "linux":
            repair(native, target, tools, fixed)
        else:
            shutil.move(native, target)
        pure = unpacked(source, folder / "pure")
        without_extension(pure)
        build("wheel", pure, target, **fixed)


def repair(wheel: Path, target: Path, tools: Path, environment: dict[str, str]) -> Path:
    """Put the libraries that a wheel needs into it, and into its name which systems it runs on."""
    before = set(target.glob("*.whl"))
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    run(
        tools / "auditwheel",
        "repair",
        "--wheel-dir",
        target,
        wheel,
        **{**environment, "PATH": path},
    )
    (made,) = set(target.glob("*.whl")) - before
    return made


def compare(first: Path, second: Path) -> None:
    """Compare two builds byte for byte."""
    one, other = (
        {path.name: digest(path) for path in sorted(f.iterdir())} for f in (first, second)
    )
    if one != other:
        sys.exit(f"two builds of one source differ: {sorted(one.items() ^ other.items())}")


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check(target: Path, tools: Path) -> None:
    """Ask the release tools what they think of the distributions and of the Containerfile."""
    run(tools / "twine", "check", "--strict", *target.iterdir())
    run(tools / "check-wheel-contents", "--toplevel", "analyzer", *target.glob("*.whl"))
    if sys.platform == "linux":
        run(tools / "hadolint", "Containerfile")


def library_wheel(folder: Path, tools: Path, time: int) -> Path:
    """Compile python-ldap as the lock file has it, the libraries of the system put into it."""
    locked = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
    (pin,) = re.findall(rf"(?ms)^{LIBRARY}==.*?(?=^\S|\Z)", locked)
    (folder / "library.txt").write_text(pin, encoding="utf-8")
    (folder / "others.txt").write_text(locked.replace(pin, ""), encoding="utf-8")
    fixed = {"SOURCE_DATE_EPOCH": str(time), **COMPILING}
    wheel = (*PIP, "wheel", "--require-hashes", "--no-build-isolation", "--no-cache-dir")
    run(*wheel, "--no-deps", "-w", folder, "-r", folder / "library.txt", **fixed)
    (made,) = folder.glob("*.whl")
    (folder / "repaired").mkdir()
    return repair(made, folder / "repaired", tools, fixed)


def environment_with(library: Path, folder: Path) -> Path:
    """Make an environment with the locked libraries and nothing else; return its Python."""
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    others = library.parents[1] / "others.txt"
    run(*PIP, "--python", python, "install", "--no-compile", "--require-hashes", "-r", others)
    install(library, python)
    return python


def install(wheel: Path, python: Path) -> None:
    """Install one wheel, in the place of one of the same name; no address of it is kept."""
    name, version = wheel.name.split("-")[:2]
    flags = ("--no-compile", "--no-deps", "--no-index", "--force-reinstall")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(wheel, folder)
        run(*PIP, "--python", python, "install", *flags, "-f", folder, f"{name}=={version}")


def try_out(*command: str | Path, compiled: bool) -> None:
    """Have the program examine itself, audit the sample and verify the report, elsewhere."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(ROOT / "samples" / "contoso-2003.ldf", folder / "config.ldf")
        bare = {"PYTHONPATH": "", "HOME": name, "PYTHONDONTWRITEBYTECODE": "1"}
        found = json.loads(run(*command, "doctor", "--format", "json", folder=folder, **bare))
        facts = {fact["name"]: fact["value"] for fact in found["installation"]}
        if (facts["Scan of big files"] == "compiled") != compiled:
            sys.exit(f"{command[0]}: the scan is {facts['Scan of big files']}")
        run(*command, "audit", "config.ldf", "-o", "r.xlsx", "-o", "r.json", folder=folder, **bare)
        inputs = ("--input", "config.ldf", "--input", "r.json")
        run(*command, "verify", "r.xlsx", *inputs, folder=folder, **bare)


def bill_of_materials(python: Path, version: str, target: Path, tools: Path) -> None:
    """Write what an environment holds in the form of CycloneDX."""
    flags = ("--pyproject", ROOT / "pyproject.toml", "--output-reproducible", "--of", "JSON")
    run(tools / "cyclonedx-py", "environment", *flags, "-o", target, python)
    document = json.loads(target.read_text(encoding="utf-8"))
    # The version stands in a module, which that program does not read.
    document["metadata"]["component"] |= {
        "version": version,
        "purl": f"pkg:pypi/exchange-analyzer@{version}",
    }
    text = json.dumps(document, indent=2, sort_keys=True) + "\n"
    if "file://" in text:
        sys.exit(f"{target.name} names a folder of this computer")
    target.write_text(text, encoding="utf-8")


def one_file(python: Path, target: Path, tools: Path, time: int) -> None:
    """Pack an environment into a file that runs where a Python of this version is."""
    with tempfile.TemporaryDirectory() as name:
        site = Path(name) / "site"
        (packages,) = python.parents[1].glob("lib/python3.*/site-packages")
        shutil.copytree(packages, site, ignore=shutil.ignore_patterns("__pycache__"))
        for record in site.glob("*.dist-info/RECORD"):
            # Start scripts, which name the folder of the environment, are not in it.
            lines = record.read_text(encoding="utf-8").splitlines(keepends=True)
            kept = [line for line in lines if not line.startswith("../")]
            record.write_text("".join(kept), encoding="utf-8")
        preamble = Path(name) / "preamble.py"
        preamble.write_text(PREAMBLE.format(*sys.version_info[:2]), encoding="utf-8")
        form = ("--python", "/usr/bin/env python3", "--compressed", "--reproducible")
        start = ("--entry-point", "analyzer.cli:main", "--preamble", preamble)
        fixed = {"SOURCE_DATE_EPOCH": str(time)}
        run(tools / "shiv", "--site-packages", site, *form, *start, "-o", target, **fixed)


def main(tools: Path, target: Path) -> None:
    """Make everything anew in a folder."""
    time = epoch()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for attempt in ("first", "second"):
            distributions(folder / attempt, tools, time)
        compare(folder / "first", folder / "second")
        check(folder / "first", tools)
        wheels = sorted((folder / "first").glob("*.whl"))
        python = environment_with(library_wheel(folder, tools, time), folder / "environment")
        for wheel in sorted(wheels, key=is_pure, reverse=True):  # the compiled one stays
            install(wheel, python)
            try_out(python.parent / "exchange-analyzer", compiled=not is_pure(wheel))
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(folder / "first", target)
        version = wheels[0].name.split("-")[1]
        bill = target / f"exchange-analyzer-{version}.cdx.json"
        bill_of_materials(python, version, bill, tools)
        tag = f"cp{sys.version_info[0]}{sys.version_info[1]}-{platform.machine()}"
        zipapp = target / f"exchange-analyzer-{version}-{sys.platform}-{tag}.pyz"
        one_file(python, zipapp, tools, time)
        try_out(sys.executable, zipapp, compiled=True)
    sums = "".join(f"{digest(path)}  {path.name}\n" for path in sorted(target.iterdir()))
    (target / "SHA256SUMS").write_text(sums, encoding="utf-8")
    print(sums, end="")


def is_pure(wheel: Path) -> bool:
    """Tell whether a wheel is for every system."""
    return wheel.name.endswith("-none-any.whl")


if __name__ == "__main__":
    main(
        Path(sys.argv[1]).absolute(), Path(sys.argv[2] if len(sys.argv) > 2 else "dist").absolute()
    )
