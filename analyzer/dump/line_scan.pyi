from collections.abc import Iterable

WIDTHS: tuple[int, ...]

class Words:
    def __init__(self, words: Iterable[str]) -> None: ...

class Starts:
    def __init__(self, starts: Iterable[str]) -> None: ...

class LdifWalk:
    passed_over: int
    lines: int
    utf8: bool
    marked: bool

    def __init__(
        self,
        attributes: Words,
        classes: Words,
        parents: Starts,
        comments: Starts,
        *,
        max_block: int,
        max_lines: int,
        utf8: bool,
        any_byte: bool = ...,
        width: int = ...,
    ) -> None: ...
    def blocks(self, text: bytes, start: int, end: int) -> list[tuple[int, int, int]]: ...

class CsvWalk:
    def __init__(
        self,
        text: bytes,
        classes: Words,
        parents: Starts,
        *,
        delimiter: bytes,
        dn_column: int,
        class_columns: bytes,
        max_row: int,
        max_dn: int,
        any_byte: bool = ...,
    ) -> None: ...
    def runs(self) -> list[tuple[int, int, int, int]]: ...

def utf8_of(text: bytes, big: bool, width: int = ...) -> bytes | None: ...
