"""The benchmarks are scripts beside the packages; here they are imported."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

sys.path.append(str(ROOT))
