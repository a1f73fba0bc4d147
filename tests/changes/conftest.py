"""Makes the helpers of these tests importable, and rules of one's own."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.catalogue import Catalogue, load_catalogue

sys.path.append(str(Path(__file__).parent))

RULE = """
[[rule]]
id = "OWN-01"
title = "Hop count of our standard"
object_class = "protocolCfgSMTPServer"
attribute = "msExchSmtpMaxHopCount"
kind = "weakness"
severity = "low"
finding = "The hop count is above our standard"
condition = "at_most"
argument = {limit}
not_set = "failed"
why = "Mail goes in circles."
check = "Lower the limit."
where_to_set = "SMTP virtual server > Properties > Messages"
sources = ["Contoso mail standard 3.2"]
confidence = "confirmed"
offline = "yes"
since = "1.0"
"""


@pytest.fixture
def own_rules(tmp_path: Path) -> Callable[[int], Catalogue]:
    """Return what makes the built-in rules and one more, with that limit for hop counts."""

    def load(limit: int) -> Catalogue:
        folder = tmp_path / f"rules-{limit}"
        folder.mkdir()
        (folder / "own.toml").write_text(RULE.replace("{limit}", str(limit)))
        return load_catalogue([folder])

    return load
