"""The chart's tests render it with Helm's own engine; no cluster and no binary is needed."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
for folder in (HERE.parents[1] / "tools", HERE):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
