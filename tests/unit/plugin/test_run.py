"""What processes of one run make once, and what is kept for them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mm_pytest.owner import Owner
from mm_pytest.run import Run
from mm_pytest.servers.keeper import KeeperError
from mm_pytest.servers.wanted import NoWayError
from postgresql_runs import wait_until


@contextmanager
def noted(place: Path, *, fails: str = "") -> Iterator[int]:
    """A file that is there while this is open; gives the process it is open in."""
    if fails == "no way":
        raise NoWayError("it is closed")
    if fails:
        raise ValueError(fails)
    place.touch()
    try:
        yield os.getpid()
    finally:
        place.unlink()


def test_what_is_made_once_is_told_to_all() -> None:
    with Run.alone() as run:
        assert not run.is_used
        assert run.once("word", str, lambda: "made") == "made"
        other = Run.joined(run.invitation())
        assert other is not None
        assert other.is_used
        assert other.once("word", str, lambda: "again") == "made"
        assert other.told("nothing", str) is None
        other.close()
        with pytest.raises(TypeError, match="word is no int"):
            run.told("word", int)
    assert not run.folder.exists()


def test_what_failed_is_made_again() -> None:
    with Run.alone() as run:
        with pytest.raises(ZeroDivisionError):
            run.once("number", int, lambda: 1 // 0)
        assert run.once("number", int, lambda: 7) == 7


def test_nobody_joins_a_run_on_another_machine() -> None:
    with Run.alone() as run:
        here = Owner.here().machine
        invitation = run.invitation()
        text = invitation["owner"].replace(here, "elsewhere")
        assert text != invitation["owner"]
        assert Run.joined({**invitation, "owner": text}) is None


def test_what_is_kept_is_open_until_the_run_is_over(tmp_path: Path) -> None:
    place = tmp_path / "it's open"
    with Run.alone() as run:
        assert run.kept(noted, place) != os.getpid()
        assert place.exists()
    assert not place.exists()
    assert not run.folder.exists()


def test_it_stays_open_as_long_as_anybody_takes_part(tmp_path: Path) -> None:
    place = tmp_path / "open"
    owner = Run.begun()
    other = Run.joined(owner.invitation())
    assert other is not None
    with Run.alone() as unrelated:
        other.kept(noted, place)
        other.close()
        assert place.exists()
    assert not unrelated.folder.exists()
    owner.close()
    assert not place.exists()


def test_what_was_opened_last_can_be_closed_before(tmp_path: Path) -> None:
    with Run.alone() as run:
        run.kept(noted, tmp_path / "first")
        run.kept(noted, tmp_path / "last")
        run.end_last()
        assert [path.name for path in tmp_path.iterdir()] == ["first"]


def test_a_way_that_leads_nowhere_says_so_from_there(tmp_path: Path) -> None:
    with Run.alone() as run, pytest.raises(NoWayError, match="it is closed"):
        run.kept(noted, tmp_path / "open", fails="no way")


def test_a_fault_of_ours_is_told_with_its_traceback(tmp_path: Path) -> None:
    with Run.alone() as run, pytest.raises(KeeperError, match="ValueError: a fault"):
        run.kept(noted, tmp_path / "open", fails="a fault")


KILLED = """
import os, signal, sys
from pathlib import Path
from mm_pytest.run import Run
from test_run import noted
run = Run.begun()
run.kept(noted, Path(sys.argv[1]))
print(run.folder, end="", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_run_whose_processes_were_killed_leaves_nothing(tmp_path: Path) -> None:
    place = tmp_path / "open"
    words = (sys.executable, "-c", KILLED, str(place))
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    # Not forked: a lock that another thread of this process holds would stay locked.
    killed = subprocess.run(
        words,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    folder = Path(killed.stdout)
    wait_until(lambda: not folder.exists())
    assert not place.exists()
