"""A file that is read whole in, its bytes out: an ordinary file, up to a size."""

import errno
import os
import stat
from pathlib import Path

from analyzer.platform_calls import open_ordinary


def read_small_file(path: Path, largest: int) -> bytes:
    """Read a file whole.

    Raises:
        OSError: it cannot be read, is no ordinary file, or is larger than that many bytes.
    """
    try:
        handle = open_ordinary(path)
    except ValueError as error:  # a NUL in the name
        raise OSError(errno.EINVAL, "no name of a file") from error
    with open(handle, "rb") as stream:  # noqa: PTH123 (a file that is open already)
        status = os.fstat(handle)
        if stat.S_ISDIR(status.st_mode):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "no ordinary file")
        # The size is what the system claims; files of /proc have none and yet go on.
        data = stream.read(largest + 1) if status.st_size <= largest else None
    if data is None or len(data) > largest:
        raise OSError(errno.EFBIG, f"larger than {largest:,} bytes")
    return data
