"""Makes the builder of made-up results importable by the tests here."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "results"))
