"""Text from a dump, made safe to look at: nothing hidden, nothing that reorders the line."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

_LINE_ENDS = re.compile(r"\r\n?")
# Control characters but TAB and LF; marks that change the writing direction or hide (Unicode 9.4
# and 23.2); line and paragraph separators; lone surrogates; the two noncharacters XML forbids;
# formats of shorthand and music, and tags, which are seen nowhere (Unicode 21.9, 23.9).
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def visible(text: str) -> str:
    r"""Return text with LF line ends and hidden characters as escapes such as `\x0b`, `\u202e`."""
    if text.isprintable():
        return text
    return _HIDDEN.sub(_escape, _LINE_ENDS.sub("\n", text))


def visible_json(document: str) -> str:
    r"""Return JSON that means the same, hidden characters of its strings as escapes of JSON."""
    # Outside of strings JSON holds none but line ends, and those inside are escapes already.
    return _HIDDEN.sub(_json_escape, document)


def one_line(text: str) -> str:
    """Return visible text without line breaks or runs of blanks, for a heading."""
    return " ".join(visible(text).split())


def shorten(text: str, length: int) -> str:
    """Return one line of at most `length` characters, cut at a word with an ellipsis."""
    line = one_line(text)
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut).rstrip(" ,;:.") + "…"


def tell_apart(names: Iterable[str], taken: Iterable[str] = ()) -> Iterator[str]:
    """Yield the names, one that occurs again with a number behind it, whatever its capitals."""
    seen = Counter(name.lower() for name in taken)
    for name in names:
        seen[name.lower()] += 1
        again = seen[name.lower()]
        yield name if again == 1 else f"{name} ({again})"


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _json_escape(match: re.Match[str]) -> str:
    # Beyond four digits a character is written as a pair of surrogates (RFC 8259, section 7).
    units = match.group().encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
