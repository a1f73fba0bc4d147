"""An unforeseen exception in, a log file out that says where it happened and holds no data."""

import os
import platform
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from analyzer.errors import places_of
from analyzer.version import __version__

_PACKAGE = Path(__file__).parent


def write_crash_log(error: BaseException) -> Path | None:
    """Write the places an exception went through; None when no folder can be written."""
    now = datetime.now(UTC)
    lines = [
        f"exchange-analyzer {__version__}, Python {platform.python_version()}, {platform.system()}",
        f"{now:%Y-%m-%dT%H:%M:%SZ}",
        *places_of(error),
    ]
    name = f"exchange-analyzer-{now:%Y%m%dT%H%M%SZ}-{os.getpid()}.log"
    for folder in (_state_folder(), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with (folder / name).open("x", encoding="utf-8", errors="backslashreplace") as stream:
                stream.write("\n".join(lines) + "\n")
        except OSError:
            continue
        return folder / name
    return None


def where(error: BaseException) -> str:
    """Return type of an exception and the place of ours that it came through last."""
    frames = list(traceback.extract_tb(error.__traceback__))
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)]
    place = (ours or frames)[-1:]
    at = f" at {Path(place[0].filename).name}:{place[0].lineno}" if place else ""
    return f"{type(error).__name__}{at}"


def _state_folder() -> Path:
    # XDG base directory specification; on Windows the local application data.
    base = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA")
    if base:
        return Path(base) / "exchange-analyzer"
    try:
        return Path.home() / ".local" / "state" / "exchange-analyzer"
    except RuntimeError:
        return Path(tempfile.gettempdir())
