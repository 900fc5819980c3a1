"""The process that something on a server belongs to, and whether it is no more."""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
from pathlib import Path

import attrs

KEY = "makemigrations-test"
"""What the text of each of them says it is."""

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_SPACE = Path("/proc/self/ns/pid")


@attrs.frozen(kw_only=True)
class Owner:
    """A process, told apart from later ones of its number and those elsewhere.

    ``started`` is empty where the machine does not tell it.
    """

    pid: int
    started: str
    machine: str

    @classmethod
    def here(cls) -> Owner:
        """The process that asks."""
        return cls(pid=os.getpid(), started=_started(os.getpid()), machine=_machine())

    @classmethod
    def read(cls, text: str) -> Owner | None:
        """The owner that a text names; None for a text that is not ours."""
        try:
            told = json.loads(text)
            if told.pop("key") != KEY:
                return None
            return cls(
                pid=int(told["pid"]),
                started=str(told["started"]),
                machine=str(told["machine"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    def text(self) -> str:
        """What is written on a thing that belongs to it."""
        return json.dumps({"key": KEY, **attrs.asdict(self)})

    @classmethod
    def tagged(cls, name: str) -> Owner | None:
        """The owner whose tag stands in a name; None for one of another machine."""
        found = re.search(r"_p(\d+)_(\d*)_([0-9a-f]{10})_", name)
        if found is None or found[3] != _digest(_machine()):
            return None
        return cls(pid=int(found[1]), started=found[2], machine=_machine())

    @property
    def tag(self) -> str:
        """A part of a name that says the same, for what has room for nothing else."""
        return f"p{self.pid}_{self.started}_{_digest(self.machine)}"

    def is_near(self) -> bool:
        """Whether it is one of the processes that can be seen from here."""
        return self.machine == _machine()

    def is_gone(self) -> bool:
        """Whether it is certain that the process has ended.

        One on another machine, or among the processes of another container, cannot be
        seen from here, and is taken to be there.
        """
        if os.name != "posix" or not self.is_near():
            return False  # elsewhere than on POSIX the signal 0 would end the process
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False
        return self.started != _started(self.pid)


def _started(pid: int) -> str:
    """When a process began, in ticks; empty for one that has ended, or if untold."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return ""
    fields = told.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]


def _machine() -> str:
    """This host since it was started, and the part of its processes that we see."""
    boot = _BOOT.read_text("utf-8").strip() if _BOOT.exists() else ""
    space = _SPACE.readlink().name if _SPACE.exists() else ""
    return f"{socket.gethostname()}/{boot}/{space}"


def _digest(machine: str) -> str:
    return hashlib.sha256(machine.encode()).hexdigest()[:10]
