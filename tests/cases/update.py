"""Write down anew what the dialects say now, in every case; then read the difference.

Run with the Python that has the project installed: ``python tests/cases/update.py``.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

import cases
import product
from mm_engine.dialects import available, variants

for database in (*available(), *variants()):
    product.write_golden(database)
for case in cases.written():
    cases.rewrite(case)
