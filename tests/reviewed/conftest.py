"""Makes the builder of made-up results and of bad workbooks importable by the tests here."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path += [str(HERE.parent / "results"), str(HERE.parent / "verify"), str(HERE)]
