"""Bytes of a TOML file in, its tables out; nothing in them is too long or too deep to be quoted."""

import tomli

DEEPEST = 32
"""Tables and lists within each other."""
MOST_DOTS = 50_000_000
"""Squares of the dots on each line: a key of many parts takes tomli their square, 30 ns each."""
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
"""What TOML promises of integers; Python takes all, and writes none of more than 4,300 digits."""


def parse_toml(content: bytes) -> dict[str, object]:
    """Return the document.

    Raises:
        ValueError: it is none; the text is one line.
    """
    # All dots on one line are the worst.
    if content.count(b".") ** 2 > MOST_DOTS and _squares_of_dots(content) > MOST_DOTS:
        raise ValueError("a key of too many parts: too many dots on a line")
    try:
        document: dict[str, object] = tomli.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start}") from error
    # tomli recurses into nested values, and Python refuses to read very long numbers.
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not valid TOML: {' '.join(str(error).split())[:200]}") from error
    _check(document)
    return document


def _squares_of_dots(content: bytes) -> int:
    return sum(line.count(b".") ** 2 for line in content.split(b"\n"))


def _check(document: object) -> None:
    level = [document]
    for _ in range(DEEPEST):
        within: list[object] = []
        for value in level:
            if isinstance(value, int) and not _SMALLEST <= value <= _LARGEST:
                raise ValueError("not valid TOML: an integer of more than 64 bits")
            if isinstance(value, dict):
                within.extend(value.values())
            elif isinstance(value, list):
                within.extend(value)
        if not within:
            return
        level = within
    raise ValueError(f"tables and lists stand within each other more than {DEEPEST} deep")
