"""What a worker is told, and what it answers: plain data, for pipes and schedulers alike."""

from msgspec import Struct


class Judging(Struct, frozen=True):
    """How every dump of a fleet is read and judged."""

    version: str
    """Of the program; a worker of another version refuses."""
    catalogue_sha256: str
    """Of the rules; a worker that loads others refuses."""
    rules: tuple[str, ...] = ()
    """Folders of rule files."""
    small_business_server: bool = False
    gateway: str = ""
    frameworks: tuple[str, ...] = ()
    profile: str = ""
    """The client's severities and thresholds, a file; empty for none."""
    waivers: tuple[str, ...] = ()
    """Files of waivers, for all dumps."""
    as_of: str = ""
    """The day that decides what has expired, ISO 8601; empty for that of the run."""
    encoding: str | None = None
    parse_all: bool = False
    max_record: int = 0
    """Bytes; 0 for the usual limit."""
    max_input: int = 0
    each: tuple[str, ...] = ()
    """Some of `each_report.EACH`."""
    force: bool = False
    """Audit again what was audited already."""
    time_limit: int = 600
    """Seconds for one dump."""
    memory_limit: int = 2 << 30
    """Bytes for one dump."""

    def arguments(self) -> tuple[str, ...]:
        """Return what of this decides on the results, as on a command line."""
        words = ["fleet"]
        words += [part for folder in self.rules for part in ("--rules", folder)]
        words += ["--small-business-server"] if self.small_business_server else []
        words += ["--gateway", self.gateway] if self.gateway else []
        words += [part for name in sorted(self.frameworks) for part in ("--framework", name)]
        words += ["--profile", self.profile] if self.profile else []
        words += [part for file in self.waivers for part in ("--waivers", file)]
        words += ["--as-of", self.as_of] if self.as_of else []
        words += ["--encoding", self.encoding] if self.encoding else []
        words += ["--parse-all"] if self.parse_all else []
        words += ["--max-record-size", str(self.max_record)] if self.max_record else []
        words += ["--max-input-size", str(self.max_input)] if self.max_input else []
        return tuple(words)


class AuditOrder(Struct, frozen=True):
    """One dump that is to be audited."""

    label: str
    """Name of its folder among the results."""
    client: str
    paths: tuple[str, ...]
    """Its file, or the parts of it; a member of an archive as `archive.zip!member`."""
    size: int
    folder: str
    """Where the results of all dumps go: a path or a URL."""
    judging: Judging
    refused: str = ""
    """Why it is not even tried; empty when it is."""
    waivers: tuple[str, ...] = ()
    """Files of waivers, for this dump alone."""
    baseline: str = ""
    """Results, workbook or dump of the last audit; empty for none."""

    @property
    def files_beside(self) -> tuple[str, ...]:
        """The files beside the dump that its results rest on, the rules apart."""
        named = (self.judging.profile, *self.all_waivers, self.baseline)
        return tuple(name for name in named if name)

    @property
    def all_waivers(self) -> tuple[str, ...]:
        """The waivers for all dumps and those for this one."""
        return (*self.judging.waivers, *self.waivers)

    def arguments(self) -> tuple[str, ...]:
        """Return what decides on the results, as on a command line."""
        own = [part for file in self.waivers for part in ("--waivers", file)]
        own += ["--baseline", self.baseline] if self.baseline else []
        return (*self.judging.arguments(), *own)

    @property
    def path(self) -> str:
        """The path that the dump is known by."""
        return self.paths[0]


class AuditOutcome(Struct, frozen=True):
    """What became of one order."""

    label: str
    reason: str = ""
    """Why it failed; empty when its results are written."""
    sha256: str = ""
    """Of the file as stored; empty where it could not be read."""
    kept: bool = False
    """Whether results of an earlier run were kept."""
    last: bool = False
    """Whether the process that made it ends: its memory ran out."""
