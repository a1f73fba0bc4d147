"""How dumps are to be read: what the caller chooses, and the plan for one input made of it."""

from collections.abc import Callable
from importlib.util import find_spec

from msgspec import Struct

from analyzer.dump.begun_hash import BegunHash
from analyzer.dump.encoding import ASSUMED, any_byte_is_a_letter, fallback
from analyzer.dump.hashing import Progress
from analyzer.dump.processes import PAYS_FROM
from analyzer.dump.wanted import Wanted
from analyzer.platform_calls import can_fork, cores

MAX_RECORD = 16 << 20
"""Bytes of the largest record that is read unless the caller says otherwise.

Reading one takes some ten times its size in memory. An object of Active Directory cannot be larger:
its values come to some megabytes at most, but for links such as the members of a group.
"""
MAX_WANTED = 25_000
"""Most wanted entries of one input; an organization of Exchange 2003 has 1,000 servers at most."""
MAX_WANTED_IN_ALL = 2 * MAX_WANTED
"""Most wanted entries of all inputs, several of which may be exports of one directory."""
MAX_ATTRIBUTES = 65_536
"""Most attributes of a record or row; the schema with Exchange knows about 4,000."""
MAX_COLUMNS = 8_192
"""Columns of a table, or attributes of a record, above which those nobody looks at are not kept."""
MAX_INPUT = 64 << 30
"""Bytes of the largest file or stream that is read unless the caller says otherwise."""
SAMPLE = 50
"""The scope of an export is judged by its first entries and by all wanted ones."""


class ReadOptions(Struct, frozen=True):
    """How dumps are to be read."""

    encoding: str | None = None
    """Codec that overrules the detected one."""
    code_page: str = ASSUMED
    """Code page of 8-bit text that is no UTF-8."""
    parse_all: bool = False
    """Parse every record instead of those that a scan of the bytes finds."""
    max_record: int = MAX_RECORD
    """Bytes of the largest record that is read."""
    max_input: int = MAX_INPUT
    """Bytes of the largest file or stream that is read, as it is stored."""
    jobs: int | None = None
    """Processes that read; None has several read several big files, or one that is parsed whole."""
    progress: Progress | None = None
    begun: BegunHash | None = None
    """The hash of an input that was begun before it is read."""


class Plan(Struct, frozen=True):
    """How the reader of a format goes through one input; settled before it starts."""

    wanted: Wanted
    to_utf8: Callable[[bytes], bytes]
    """Turns text that is no UTF-8 into UTF-8."""
    max_record: int
    """Bytes of the largest record that is read."""
    everything: bool = False
    """Hand over every entry, pass over none."""
    any_byte: bool = False
    """Every byte of it above ASCII becomes a letter."""
    scanning: bool = False
    """Let compiled code choose what is parsed; what it passes over is ordinary and not wanted."""
    jobs: int = 1
    """Processes that share the input; 1 reads it all in this one."""
    sample: int = SAMPLE
    """So many entries at the start are handed over whatever they are."""


def plan_for(wanted: Wanted, options: ReadOptions, *, size: int, long: bool) -> Plan:
    """Return how an input is read for what is wanted of it.

    Args:
        wanted: the entries to be handed over.
        options: what the caller chose.
        size: bytes on disk, 0 when unknown.
        long: True when the input is so long that a scan pays.
    """
    scanning = long and not options.parse_all and scan_is_compiled()
    return Plan(
        wanted,
        fallback(options.encoding, options.code_page),
        options.max_record,
        any_byte=any_byte_is_a_letter(options.encoding, options.code_page),
        scanning=scanning,
        jobs=_jobs(options, size, scanning=scanning),
    )


def plan_for_all(wanted: Wanted, options: ReadOptions) -> Plan:
    """Return how an input is read when every entry of it is to be handed over."""
    return Plan(
        wanted, fallback(options.encoding, options.code_page), options.max_record, everything=True
    )


def scan_is_compiled() -> bool:
    """Tell whether the set-up could compile the code that scans."""
    return find_spec("analyzer.dump.line_scan") is not None


def _jobs(options: ReadOptions, size: int, *, scanning: bool) -> int:
    """Return how many processes read one file.

    Scanning takes little longer than hashing, which no number of processes makes faster.
    """
    if not can_fork():
        return 1
    return options.jobs or (1 if scanning or size < PAYS_FROM else cores())
