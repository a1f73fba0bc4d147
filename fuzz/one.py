"""Run one fuzz target under atheris: python -m fuzz.one NAME CORPUS [LIBFUZZER OPTION ...]."""

import sys

import atheris

with atheris.instrument_imports(include=["analyzer", "fuzz.targets", "fuzz.snapshot_target"]):
    from fuzz.targets import TARGETS


def main() -> None:
    """Hand the target over to libFuzzer, which ends the process."""
    target = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, lambda data: target(bytes(data)))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
