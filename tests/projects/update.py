"""Make every migration of the example projects anew; then read the difference.

Run with the Python that has the project installed:
``python tests/projects/update.py [PROJECT]...``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from command_line import Line
from histories import examples


def run(folder: Path, words: Sequence[str]) -> str:
    """Run a command in this process."""
    return Line(folder).fine(*words)


for example in examples():
    if sys.argv[1:] and example.name not in sys.argv[1:]:
        continue
    sys.path.insert(0, str(example.packages))
    with TemporaryDirectory() as scratch:
        made = example.made(Path(scratch), run)
    for old in example.migrations():
        (example.folder / "migrations" / old).unlink()
    for name, text in made.items():
        path = example.folder / "migrations" / name
        path.write_text(text, encoding="utf-8", newline="\n")
    for path in (example.folder / "schema").glob("*.yaml"):
        path.unlink()
    for name, text in example.schema_files(example.steps()[-1]).items():
        path = example.folder / "schema" / name
        path.write_text(text, encoding="utf-8", newline="\n")
