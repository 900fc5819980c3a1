"""A run of pytest, be it one process or several: what they have in common."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from subprocess import Popen
from typing import ParamSpec, TypedDict, TypeVar

from mm_pytest import folders
from mm_pytest.folders import Hold
from mm_pytest.owner import Owner

Found = TypeVar("Found")
Given = ParamSpec("Given")


class Invitation(TypedDict):
    """What a worker is told in order to take part in its run."""

    folder: str
    owner: str


class Run:
    """A folder that each process of the run holds, and what they tell each other.

    Under pytest-xdist the controller makes the run and the workers join it; whatever
    was started for the run goes when the last of them has gone.
    """

    def __init__(
        self, folder: Path, hold: Hold, owner: Owner, *, is_ours: bool
    ) -> None:
        """Take part; ``begun`` makes a run, ``joined`` is for its other processes."""
        self.folder = folder
        self.owner = owner
        self.is_ours = is_ours
        self._hold = hold
        self._keepers: list[Popen[bytes]] = []

    @classmethod
    @contextmanager
    def alone(cls) -> Iterator[Run]:
        """A run of one process, over with the block."""
        run = cls.begun()
        try:
            yield run
        finally:
            run.close()

    @classmethod
    def begun(cls) -> Run:
        """A run that this process is the owner of."""
        folder, hold = folders.made()
        return cls(folder, hold, Owner.here(), is_ours=True)

    @classmethod
    def joined(cls, invitation: Invitation) -> Run | None:
        """The run of another process, where it can be seen from here."""
        owner = Owner.read(invitation["owner"])
        folder = Path(invitation["folder"])
        if os.name != "posix" or owner is None or not owner.is_near():
            return None
        return cls(folder, folders.joined(folder), owner, is_ours=False)

    @property
    def is_used(self) -> bool:
        """Whether any process of it has made anything."""
        return any(self.folder.glob("*.lock"))

    def invitation(self) -> Invitation:
        """For other processes."""
        return {"folder": str(self.folder), "owner": self.owner.text()}

    def once(self, name: str, kind: type[Found], make: Callable[[], Found]) -> Found:
        """What the first process to ask has made; the others wait for it and get it.

        It is a value that can be pickled; what raises is made again.
        """
        with folders.locked(self.folder / f"{name}.lock"):
            found = self.told(name, kind)
            if found is None:
                found = make()
                aside = self.folder / f".{name}"
                aside.touch(mode=0o600)
                aside.write_bytes(pickle.dumps(found))
                aside.rename(self.folder / name)
            return found

    def told(self, name: str, kind: type[Found]) -> Found | None:
        """What was made once; None if nobody has."""
        path = self.folder / name
        if not path.exists():
            return None
        found = pickle.loads(path.read_bytes())  # noqa: S301 - the folder is ours
        if not isinstance(found, kind):
            raise TypeError(f"{name} is no {kind.__name__}")
        return found

    def names(self, pattern: str) -> list[str]:
        """What was made once, by names that match."""
        found = sorted(path.name for path in self.folder.glob(pattern))
        return [name for name in found if not name.endswith(".lock")]

    def kept(
        self,
        opener: Callable[Given, AbstractContextManager[Found]],
        *words: Given.args,
        **named: Given.kwargs,
    ) -> Found:
        """What a function opens, in a process that closes it when the run is over.

        See ``keeper.kept`` for what the function may be.
        """
        from mm_pytest.servers.keeper import kept

        opened, keeper = kept(self.folder, opener, *words, **named)
        self._keepers.append(keeper)
        return opened

    def end_last(self) -> None:
        """Close what was opened last, now."""
        keeper = self._keepers.pop()
        keeper.terminate()
        keeper.wait()

    def close(self) -> None:
        """Take part no longer; the owner waits until all that was kept is closed."""
        self._hold.let_go()
        if self.is_ours:
            folders.removed(self.folder)
        for keeper in self._keepers:
            if self.is_ours:
                keeper.terminate()  # one that has not ended by now never would
                keeper.wait()
            else:
                # It goes on without us: no warning is due that nobody waited for it.
                keeper.returncode = 0
        self._keepers.clear()
