"""The name of a part of a ZIP package in, its header out: the same on every day and system."""

import zipfile

# ZIP knows no time zone, and libraries write the clock: equal reports shall be equal files.
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX = 3  # section 4.4.2 of APPNOTE; Python writes 0 on Windows


def zip_member(name: str) -> zipfile.ZipInfo:
    """Return the header of a packed part."""
    info = zipfile.ZipInfo(name, _FIXED_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = _UNIX
    info.external_attr = 0o600 << 16
    return info
