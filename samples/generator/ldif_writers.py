"""Objects in, LDIF in the manner of one tool out: its comments, folds, and use of base64."""

import base64
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from generator.page import Page
from generator.tree import CONFIGURATION, Item, Value

_WRAP = 78


def ldifde(
    items: Iterable[Item],
    *,
    unicode: bool = False,
    only: Collection[str] | None = None,
    binary: bool = True,
) -> Page:
    """Write as Windows ldifde does: `changetype: add`, long values on the next line, dn unfolded.

    Args:
        items: the objects.
        unicode: as with `-u`; text stays text, where the ANSI export uses base64.
        only: as with `-l`, the attributes to write.
        binary: False as with `-n`, which leaves out octet strings.
    """
    page = Page()
    for item in items:
        page.begin(item.dn)
        page.write(f"dn: {item.dn}", "changetype: add")
        for name, value in _values(item, only):
            if binary or isinstance(value, str):
                head, text = _notation(name, value, plain_unicode=unicode)
                page.attribute(item.dn, name, _fold_ldifde(head, text))
        page.end(item.dn)
        page.write("")
    return page


def ldapsearch(
    items: Sequence[Item],
    quiet: str = "",
    *,
    wrap: bool = True,
    page_size: int = 0,
    only: Sequence[str] | None = None,
    search_filter: str = "(objectClass=*)",
) -> Page:
    """Write as OpenLDAP ldapsearch does.

    Args:
        items: the objects.
        quiet: nothing, `-L`, `-LL` or `-LLL`: how much beside the entries is left out.
        wrap: False as with `-o ldif-wrap=no`.
        page_size: as with `-E pr=N/noprompt`; 0 for one page.
        only: the attributes named on the command line.
        search_filter: for the comment at the top.
    """
    page = Page()
    fold = _fold_at(_WRAP) if wrap else _no_fold
    size = page_size or len(items)
    pages = [items[start : start + size] for start in range(0, len(items), size)]
    for number, batch in enumerate(pages, start=1):
        page.write(*_search_head(quiet, only, search_filter, page_size))
        for item in batch:
            if quiet in ("", "-L"):
                page.write(*_comment(item.dn, wrap=wrap))
            page.begin(item.dn)
            page.write(*fold(*_dn(item.dn)))
            for name, value in _values(item, only):
                page.attribute(item.dn, name, fold(*_notation(name, value)))
            page.end(item.dn)
            page.write("")
        cookie = b"" if number == len(pages) else (number * page_size).to_bytes(8, "little")
        page.write(*_search_tail(quiet, number + 1, cookie if page_size else None))
    if quiet in ("", "-L"):
        count = len(items)
        page.write("", f"# numResponses: {count + len(pages)}", f"# numEntries: {count}")
    return page


def ldbsearch(items: Sequence[Item]) -> Page:
    """Write as Samba ldbsearch does: dn raw and unfolded, attributes by name."""
    page, fold = Page(), _fold_at(_WRAP)
    for number, item in enumerate(items, start=1):
        page.write(f"# record {number}")
        page.begin(item.dn)
        page.write(f"dn: {item.dn}")
        for name, value in sorted(_values(item, None), key=_ldb_order):
            page.attribute(item.dn, name, fold(*_notation(name, value)))
        page.end(item.dn)
        page.write("")
    page.write(f"# returned {len(items)} records", f"# {len(items)} entries", "# 0 referrals")
    return page


def studio(items: Iterable[Item]) -> Page:
    """Write as Apache Directory Studio does: `version: 1`, an empty line, folds at 76 columns."""
    page, fold = Page(), _fold_studio
    page.write("version: 1", "")
    for item in items:
        page.begin(item.dn)
        page.write(*fold(*_dn(item.dn)))
        for name, value in _values(item, None):
            page.attribute(item.dn, name, fold(*_notation(name, value)))
        page.end(item.dn)
        page.write("")
    return page


def jxplorer(items: Iterable[Item]) -> Page:
    """Write as JXplorer does: only base64 is folded."""
    page, fold = Page(), _fold_at(76, 76)
    page.write("version: 1")
    for item in items:
        page.begin(item.dn)
        page.write(*_fold_if_base64(fold, *_dn(item.dn)))
        for name, value in _values(item, None):
            lines = _fold_if_base64(fold, *_notation(name, value))
            page.attribute(item.dn, name, lines)
        page.end(item.dn)
        page.write("")
    return page


def _values(item: Item, only: Collection[str] | None) -> Iterator[tuple[str, Value]]:
    for name, values in item.attributes.items():
        if only is None or name in only:
            for value in values:
                yield name, value


def _notation(name: str, value: Value, *, plain_unicode: bool = False) -> tuple[str, str]:
    """Return `name: ` or `name:: ` and what follows it."""
    if isinstance(value, str) and _is_safe(value, plain_unicode=plain_unicode):
        return f"{name}: ", value
    octets = value.encode() if isinstance(value, str) else value
    return f"{name}:: ", base64.b64encode(octets).decode()


def _is_safe(text: str, *, plain_unicode: bool) -> bool:
    # RFC 2849: SAFE-STRING; a trailing space should be base64 as well.
    unsafe = text[:1] in (" ", ":", "<") or text[-1:] == " " or set(text) & {"\0", "\r", "\n"}
    return not unsafe and (plain_unicode or text.isascii())


def _dn(dn: str) -> tuple[str, str]:
    return _notation("dn", dn)


def _fold_ldifde(head: str, text: str) -> list[str]:
    # The threshold is not known exactly; unfolded lines of 57 and folded ones of 94 were seen.
    if len(head) + len(text) <= 79:
        return [head + text]
    return [head, *(f" {text[at : at + 78]}" for at in range(0, len(text), 78))]


def _fold_at(width: int, first: int = 0) -> Callable[[str, str], list[str]]:
    def fold(head: str, text: str) -> list[str]:
        line = head + text
        start = first or width
        rest = range(start, len(line), width - 1)
        return [line[:start], *(f" {line[at : at + width - 1]}" for at in rest)]

    return fold


def _no_fold(head: str, text: str) -> list[str]:
    return [head + text]


def _fold_if_base64(fold: Callable[[str, str], list[str]], head: str, text: str) -> list[str]:
    return fold(head, text) if head.endswith(":: ") else [head + text]


def _fold_studio(head: str, text: str) -> list[str]:
    lines = _fold_at(76)(head, text)
    # A tail of one or two characters stays on the line before it.
    if len(lines) > 1 and len(lines[-1]) <= 3:
        tail = lines.pop()
        lines[-1] += tail[1:]
    return lines


def _ldb_order(pair: tuple[str, Value]) -> tuple[bool, str]:
    # The distinguished name is computed for the answer, after the stored attributes.
    return pair[0] == "distinguishedName", pair[0].lower()


def _search_head(
    quiet: str, only: Sequence[str] | None, search_filter: str, page_size: int
) -> list[str]:
    head = {"": ["# extended LDIF"], "-LLL": []}.get(quiet, ["version: 1", ""])
    if quiet in ("", "-L"):
        requesting = "".join(f"{name} " for name in only) if only else "ALL"
        head += [
            "#",
            "# LDAPv3",
            f"# base <{CONFIGURATION}> with scope subtree",
            f"# filter: {search_filter}",
            f"# requesting: {requesting}",
        ]
        head += [f"# with pagedResults control: size={page_size}"] if page_size else []
        head += ["#", ""]
    return head


def _search_tail(quiet: str, message: int, cookie: bytes | None) -> list[str]:
    tail = ["# search result"] if quiet in ("", "-L") else []
    if quiet == "":
        tail += [f"search: {message}", "result: 0 Success"]
    if cookie is not None:
        control = bytes([0x30, 5 + len(cookie), 2, 1, 0, 4, len(cookie)]) + cookie
        mark = "" if quiet == "" else "# "
        if quiet in ("", "-L"):
            value = base64.b64encode(control).decode()
            tail.append(f"{mark}control: 1.2.840.113556.1.4.319 false {value}")
        tail.append(f"{mark}pagedresults: cookie={base64.b64encode(cookie).decode()}")
    return tail


def _comment(dn: str, *, wrap: bool) -> list[str]:
    """Return the comment above an entry: the values of the DN, the domain joined by dots.

    Run with OpenLDAP 2.5.13: 79 columns before the first fold; a line feed inside a name (conflict
    objects) is written as it is, so that the comment goes on without a mark on the next line.
    """
    parts = dn.replace("\\,", "\0").split(",")
    names = [part[3:].replace("\0", "\\2C").replace("\\0A", "\n") for part in parts]
    domain = ".".join(name for part, name in zip(parts, names, strict=True) if part[:3] == "DC=")
    names = [name for part, name in zip(parts, names, strict=True) if part[:3] != "DC="]
    text = "# " + ", ".join([*map(_hex_escape, names), domain])
    lines = _fold_at(_WRAP, _WRAP + 1)("", text) if wrap else [text]
    return "\n".join(lines).split("\n")


def _hex_escape(text: str) -> str:
    return "".join(
        char if char.isascii() else "".join(f"\\{byte:02X}" for byte in char.encode())
        for char in text
    )
