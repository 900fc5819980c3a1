"""What processes took that this one did not start, from Linux's ``/proc``.

See proc_pid_stat(5) for the numbers of the fields.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

PROCESSES = Path("/proc/self/stat")
"""Only Linux has it."""

PARENT = 4
TIMES = slice(14, 18)
"""Its own in user mode and in the kernel's, and that of the children that ended."""


def parent(pid: int) -> int:
    """The process that started it."""
    return int(_fields(pid)[PARENT])


def time_of_tree(root: int) -> float:
    """The milliseconds of the processor that a process took, and all it started.

    Children that ended are among them if somebody waited for them.
    """
    return sum(_ticks(root)) * 1000 / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> Iterator[int]:
    """Those of the processes below it, then its own: who ends meanwhile is in these."""
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                yield from _ticks(int(child))
        yield from map(int, _fields(pid)[TIMES])
    except (FileNotFoundError, ProcessLookupError):
        return


def _fields(pid: int) -> list[str]:
    """The fields by the numbers of the manual; the name may hold blanks."""
    text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return ["", "", "", *text.rpartition(")")[2].split()]
