"""What importing our dependencies costs, as ratios to importing attrs.

``python benchmarks/imports.py`` prints the table that the documentation has of them
(``docs/explanation/dependencies.md``). Each import is made by a Python of its own, ten
times round robin; what counts is the processor's time for it, the least of all.
"""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version

ROUNDS = 10
UNIT = "attrs"
OTHERS: Mapping[str, str] = {
    "yaml": "PyYAML",
    "click": "click",
    "rich.table": "rich",
    "networkx": "networkx",
    "psycopg": "psycopg",
    "sqlalchemy.engine": "SQLAlchemy",
}
"""What is imported, and the distribution that it comes from."""

IMPORT = """\
import sys
from time import process_time
begin = process_time()
__import__(sys.argv[1])
print(process_time() - begin)
"""


def cost(module: str) -> float:
    """Seconds of the processor that one import takes in a new Python."""
    words = (sys.executable, "-c", IMPORT, module)
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return float(done.stdout)


def table(costs: Mapping[str, float]) -> str:
    """The table, with the versions that it holds for."""
    versions = [f"{name} {version(name)}" for name in (UNIT, *OTHERS.values())]
    said = f"Python {platform.python_version()}, {', '.join(versions)}"
    rows = [
        f"| `{module}` | {costs[module] / costs[UNIT]:.1f} |"
        for module in sorted(OTHERS, key=lambda module: costs[module])
    ]
    return "\n".join((said, "", "| Import | Ratio |", "|---|---|", *rows))


if __name__ == "__main__":
    modules = (UNIT, *OTHERS)
    rounds = [{module: cost(module) for module in modules} for _ in range(ROUNDS)]
    print(table({module: min(each[module] for each in rounds) for module in modules}))
