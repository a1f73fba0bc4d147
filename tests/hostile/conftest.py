"""Makes the helpers of the reader's tests and the benchmark's constructs importable."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
for folder in (HERE, HERE.parent / "dump", HERE.parents[1]):
    sys.path.append(str(folder))
