"""A process that keeps a server for as long as anybody holds a run's folder.

It is another process since the one that wants the server may be killed, or leave
before others that use it too. It starts the server, so that nothing is left behind
even if it is killed meanwhile.
"""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import FrameType
from typing import BinaryIO, NoReturn, ParamSpec, TypeVar

from mm_pytest import folders
from mm_pytest.servers.wanted import NoWayError

Opened = TypeVar("Opened")
Given = ParamSpec("Given")

_PROGRAM = """
import pickle, sys
sys.path[:] = pickle.load(sys.stdin.buffer)
from mm_pytest.servers.keeper import main
main()
"""
_LOG = "keeper.log"


class KeeperError(Exception):
    """A keeper failed by a fault of ours; the message is its traceback."""


def kept(
    folder: Path,
    opener: Callable[Given, AbstractContextManager[Opened]],
    *words: Given.args,
    **named: Given.kwargs,
) -> tuple[Opened, subprocess.Popen[bytes]]:
    """What a function opens, and the process that closes it when the folder is free.

    The function is one of a module's, and it takes and gives what can be pickled.
    SIGTERM has the process close it at once. Raises ``NoWayError`` as the function
    does.
    """
    keeper = _started(folder)
    assert keeper.stdin  # noqa: S101 - both are pipes
    assert keeper.stdout  # noqa: S101
    path = [place or str(Path.cwd()) for place in sys.path]
    with keeper.stdout:
        with keeper.stdin:
            keeper.stdin.write(pickle.dumps(path))
            keeper.stdin.write(pickle.dumps((folder, opener, words, named)))
        answer = keeper.stdout.read()
    if not answer:
        keeper.wait()
        raise KeeperError((folder / _LOG).read_text("utf-8", "replace").strip())
    reason: str | None
    opened: Opened
    reason, opened = pickle.loads(answer)  # noqa: S301 - it is our own child
    if reason is not None:
        keeper.wait()
        raise NoWayError(reason)
    return opened, keeper


def main() -> NoReturn:
    """What the process does, which is told everything on its standard input."""
    folder, opener, words, named = pickle.load(sys.stdin.buffer)  # noqa: S301
    hold = folders.hanging(folder)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        _keep(folder, opener(*words, **named))
        # Whoever held the folder may have been killed, and removes nothing then.
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        hold.let_go()
    sys.exit()


def _started(folder: Path) -> subprocess.Popen[bytes]:
    """The process, which neither Ctrl-C nor the end of a terminal reaches."""
    with (folder / _LOG).open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - this Python
            [sys.executable, "-I", "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd="/",
            start_new_session=True,
        )


def _keep(folder: Path, server: AbstractContextManager[object]) -> None:
    """Answer with what is opened, or with why it cannot be; keep it open."""
    answer = _answer()
    try:
        with server as opened:
            with answer:
                answer.write(pickle.dumps((None, opened)))
            folders.wait_until_free(folder)
    except NoWayError as error:
        with answer:
            answer.write(pickle.dumps((str(error), None)))
        sys.exit()


def _answer() -> BinaryIO:
    """What was the standard output, which is nobody else's from here on."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answer


def _end(number: int, frame: FrameType | None) -> NoReturn:
    del frame
    sys.exit(128 + number)
