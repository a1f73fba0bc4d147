"""Makes the helpers of these tests and the made-up audit importable."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path += [str(HERE), str(HERE.parent / "results")]
