"""Commands in, their time and memory out, taken in turns so that all see the same machine."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from tempfile import TemporaryFile


@dataclass(slots=True)
class Figures:
    """What one command took in each round."""

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    mebibytes: list[float] = field(default_factory=list)

    @property
    def cpu(self) -> float:
        """Median of the time on processors, in seconds: other work on the machine adds little."""
        return median(self.processor)

    @property
    def time(self) -> float:
        """Median of the wall time, in seconds."""
        return median(self.seconds)

    @property
    def memory(self) -> float:
        """Median of the largest resident size of any of its processes, in MiB."""
        return median(self.mebibytes)


def measure(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Figures]:
    """Run every command once per round, each as a process of its own."""
    figures = {name: Figures() for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            seconds, processor, mebibytes = _run(command)
            figures[name].seconds.append(seconds)
            figures[name].processor.append(processor)
            figures[name].mebibytes.append(mebibytes)
    return figures


def _run(command: Sequence[str]) -> tuple[float, float, float]:
    start = time.perf_counter()
    # A file and not the null device: grep stops at the first line when nobody reads its answer.
    with TemporaryFile() as answer:
        process = subprocess.Popen(command, stdout=answer, stderr=subprocess.PIPE)
        assert process.stderr is not None
        complaint = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(command)}\n{complaint.decode(errors='replace')}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
