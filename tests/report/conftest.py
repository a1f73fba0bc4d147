"""Makes the builder of made-up results, and what renders them, importable by the tests here."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path += [str(HERE), str(HERE.parent / "results")]
