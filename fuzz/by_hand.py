"""Run targets on mutations that keep the form: python -m fuzz.by_hand --number 10000 [TARGET ...].

Needs nothing but Python. What is found is written to tests/hostile/finds like that of the fuzzer.
"""

import argparse
import hashlib
import random
import sys
import time
import traceback

from fuzz.__main__ import FINDS
from fuzz.mutations import MUTATIONS
from fuzz.targets import TARGETS


def main() -> None:
    """Run each target on that many mutations."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(MUTATIONS))
    parser.add_argument("--number", type=int, default=10_000, help="of mutations for each target")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    found: dict[str, int] = {}
    for name in options.targets or MUTATIONS:
        slowest = 0.0
        for number in range(options.number):
            data = MUTATIONS[name](random.Random(f"{name} {options.seed} {number}"))
            clock = time.perf_counter()
            try:
                TARGETS[name](data)
            except Exception as error:
                place = traceback.extract_tb(error.__traceback__)[-1]
                what = f"{name}: {type(error).__name__} at {place.filename}:{place.lineno}"
                if what not in found:
                    print(what, flush=True)
                    folder = FINDS / name
                    folder.mkdir(parents=True, exist_ok=True)
                    (folder / hashlib.sha256(data).hexdigest()[:12]).write_bytes(data)
                found[what] = found.get(what, 0) + 1
            slowest = max(slowest, time.perf_counter() - clock)
        print(f"{name}: {options.number} mutations, the slowest took {slowest:.2f} s", flush=True)
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
