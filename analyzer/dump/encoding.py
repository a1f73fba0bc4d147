"""Bytes in the encoding of the file in, UTF-8 out."""

import codecs
from collections.abc import Callable, Iterator
from functools import partial

ASSUMED = "cp1252"
"""What text is taken for that is no UTF-8, and of which nothing else is known."""
_PASSED_ON = ("utf-8", "utf-8-sig")
_UTF_16 = ("utf-16-le", "utf-16-be")
_NOT_OF_FILES = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})
"""Encodings that Python counts among those of text, but of names and of source text."""


def is_converted(encoding: str) -> bool:
    """Tell whether text of an encoding is made UTF-8, instead of passing as it is."""
    return encoding not in _PASSED_ON


def utf8_chunks(chunks: Iterator[bytes], encoding: str, bom: int) -> Iterator[bytes]:
    """Yield a stream as UTF-8.

    8-bit text read as `utf-8` or `utf-8-sig` passes as it is, the byte order mark removed; what is
    no UTF-8 in it is for `fallback` to decide, line by line. Every other encoding is decoded, with
    undecodable bytes shown as `\\xNN`.
    """
    skip = bom
    if not is_converted(encoding):
        for chunk in chunks:
            yield chunk[skip:]
            skip = 0
        return
    if encoding in _UTF_16 and (convert := _from_utf16(encoding)):
        yield from convert(chunks, bom)
        return
    # A chunk may end inside a character.
    decoder = codecs.getincrementaldecoder(encoding)(errors="backslashreplace")
    for chunk in chunks:
        yield decoder.decode(chunk[skip:]).encode("utf-8", "backslashreplace")
        skip = 0
    yield decoder.decode(b"", final=True).encode("utf-8", "backslashreplace")


def _from_utf16(encoding: str) -> Callable[[Iterator[bytes], int], Iterator[bytes]] | None:
    """Return what turns UTF-16 into UTF-8 at the speed of hashing; None where none is compiled."""
    try:
        from analyzer.dump.line_scan import utf8_of
    except ImportError:
        return None
    big = encoding == "utf-16-be"

    def utf8(text: bytes) -> bytes:
        converted = utf8_of(text, big)
        if converted is not None:
            return converted
        return text.decode(encoding, "backslashreplace").encode("utf-8", "backslashreplace")

    def convert(chunks: Iterator[bytes], bom: int) -> Iterator[bytes]:
        skip, rest = bom, b""
        for chunk in chunks:
            text = rest + chunk[skip:]
            skip = 0
            end = len(text) & ~1
            # The first half of a pair waits for the second.
            if end and text[end - 2 + (not big)] & 0xFC == 0xD8:
                end -= 2
            rest = text[end:]
            yield utf8(text[:end])
        yield utf8(rest)

    return convert


def fallback(encoding: str | None, code_page: str = ASSUMED) -> Callable[[bytes], bytes]:
    """Return what turns text that is no UTF-8 into UTF-8.

    Without an encoding chosen by the user it is a code page: cp1252, with its five undefined bytes
    read as Latin-1 control characters, unless another one was found to be right.
    """
    if encoding in _PASSED_ON:
        return _show_bytes
    return _from_cp1252 if code_page == ASSUMED else partial(_from_code_page, code_page)


def any_byte_is_a_letter(encoding: str | None, code_page: str) -> bool:
    """Tell whether `fallback` makes a letter of every byte above ASCII, and nothing else."""
    return encoding not in _PASSED_ON and code_page == ASSUMED


def _from_code_page(code_page: str, data: bytes) -> bytes:
    return data.decode(code_page, "backslashreplace").encode()


def _from_cp1252(data: bytes) -> bytes:
    return codecs.charmap_decode(data, "strict", _CP1252)[0].encode()


def _character(byte: int) -> str:
    """Return what Windows makes of a byte; five have no character in cp1252."""
    single = bytes((byte,))
    try:
        return single.decode("cp1252")
    except UnicodeDecodeError:
        return single.decode("latin-1")


_CP1252 = "".join(map(_character, range(256)))


def _show_bytes(data: bytes) -> bytes:
    return data.decode("utf-8", "backslashreplace").encode()


def is_utf8_text(data: bytes) -> bool:
    """Tell whether text is UTF-8; a character may be split by the fold of a line."""
    return is_utf8(data) or is_utf8(without_folds(data))


def without_folds(data: bytes) -> bytes:
    """Return text of LDIF with its lines unfolded, comments and all."""
    return data.replace(b"\r\n ", b"").replace(b"\n ", b"")


def is_utf8(data: bytes) -> bool:
    """Tell whether bytes are valid UTF-8."""
    # Most text is ASCII, and that is told at the speed of memory.
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def check_encoding(name: str) -> str:
    """Return a codec's name in lower case with dashes.

    Raises:
        LookupError: there is no such encoding of text files.
    """
    try:
        codec = codecs.lookup(name)
    except ValueError as error:
        raise LookupError("a name of an encoding holds no NUL") from error
    if not codec._is_text_encoding or codec.name in _NOT_OF_FILES:
        raise LookupError(f"{name} is not an encoding of text files")
    return codec.name.replace("_", "-").lower()
