"""Makes the builder of made-up audits importable by the tests of reports."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "results"))
