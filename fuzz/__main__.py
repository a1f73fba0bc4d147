"""Run every fuzz target for its share of the time: python -m fuzz --seconds 600 [TARGET ...]."""

import argparse
import subprocess
import sys
from pathlib import Path

from fuzz.corpus import longest, write_corpus
from fuzz.targets import TARGETS

FINDS = Path(__file__).parents[1] / "tests" / "hostile" / "finds"


def main() -> None:
    """Start the targets one by one; their finds end in tests/hostile/finds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=60, help="for all targets together")
    options = parser.parse_args()
    chosen = options.targets or list(TARGETS)
    failed = []
    for name in chosen:
        folder = FINDS / name
        folder.mkdir(parents=True, exist_ok=True)
        corpus = write_corpus(name)
        share = max(1, options.seconds // len(chosen))
        print(f"{name}: {share} s, corpus {corpus}", flush=True)
        done = subprocess.run(
            [
                *(sys.executable, "-m", "fuzz.one", name, str(corpus), f"-max_total_time={share}"),
                *(f"-artifact_prefix={folder}/", f"-max_len={longest(name)}", "-timeout=20"),
                *("-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=0"),
            ],
            check=False,
        )
        if done.returncode:
            failed.append(name)
        elif not any(folder.iterdir()):
            folder.rmdir()
    print(f"finds in: {', '.join(failed)}; see {FINDS}" if failed else "no find")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
