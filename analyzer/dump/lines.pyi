from collections.abc import Iterable

class Words:
    def __init__(self, words: Iterable[str]) -> None: ...

class Places:
    def __init__(self, places: Iterable[str]) -> None: ...

class LdifLines:
    records: int
    lines: int
    ascii: bool

    def __init__(
        self,
        text: bytes,
        start: int,
        end: int,
        attributes: Words,
        classes: Words,
        places: Places,
        *,
        max_block: int,
    ) -> None: ...
    def blocks(self) -> list[tuple[int, int, int]]: ...

class CsvLines:
    lines: int

    def __init__(
        self,
        text: bytes,
        classes: Words,
        places: Places,
        *,
        delimiter: bytes,
        dn_column: int,
        class_columns: bytes,
        max_row: int,
        max_dn: int,
    ) -> None: ...
    def rows(self) -> list[tuple[int, int]]: ...
