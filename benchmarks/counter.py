"""Run a module as a command, and count the lines of Python that it executes.

``python counter.py FILE -m MODULE WORD...``; how many they were is written to FILE.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import FrameType


def main() -> None:
    """Count until the command ends, however it does."""
    file, _, module, *words = sys.argv[1:]
    sys.argv = [module, *words]
    sys.path[0] = ""  # as -m has it
    lines = 0

    def count(_frame: FrameType, event: str, _argument: object) -> Any:  # noqa: ANN401 - it returns itself
        nonlocal lines
        lines += event == "line"
        return count

    sys.settrace(count)
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        sys.settrace(None)
        Path(file).write_text(str(lines), encoding="ascii")


if __name__ == "__main__":
    main()
