from collections.abc import Iterable

class Words:
    def __init__(self, words: Iterable[str]) -> None: ...

class ParentStarts:
    def __init__(self, starts: Iterable[str]) -> None: ...

class LdifWalk:
    passed_over: int
    lines: int
    ascii: bool

    def __init__(
        self,
        text: bytes,
        start: int,
        end: int,
        attributes: Words,
        classes: Words,
        parents: ParentStarts,
        *,
        max_block: int,
    ) -> None: ...
    def blocks(self) -> list[tuple[int, int, int]]: ...

class CsvWalk:
    lines: int

    def __init__(
        self,
        text: bytes,
        classes: Words,
        parents: ParentStarts,
        *,
        delimiter: bytes,
        dn_column: int,
        class_columns: bytes,
        max_row: int,
        max_dn: int,
    ) -> None: ...
    def rows(self) -> list[tuple[int, int]]: ...
