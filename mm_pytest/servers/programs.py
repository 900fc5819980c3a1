"""Programs of servers: run as somebody who may do nothing, ended by their number."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import attrs

from mm_pytest.named import number_in
from mm_pytest.servers.wanted import NoWayError

PATIENCE = 30.0
"""Seconds to wait for a server that was told to start or to stop."""

_LOG = "log"


@attrs.frozen(kw_only=True)
class Home:
    """A folder of one server's own, in which its programs run as ``user``."""

    title: str
    folder: Path
    user: pwd.struct_passwd | None

    @property
    def log(self) -> str:
        """What the server has said."""
        return (self.folder / _LOG).read_text("utf-8", "replace")

    def run(self, words: Sequence[str]) -> None:
        """Run a program to its end; raises ``NoWayError`` with its own words."""
        try:
            done = subprocess.run(  # noqa: S603 - the binaries the caller chose
                words,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                cwd=self.folder,
                check=False,
                user=self.user.pw_uid if self.user else None,
                group=self.user.pw_gid if self.user else None,
                extra_groups=[] if self.user else None,
            )
        except OSError as error:
            who = f" as {self.user.pw_name}, since we are root" if self.user else ""
            raise NoWayError(
                f"{words[0]} cannot be started{who}: {error.strerror}"
            ) from error
        if done.returncode != 0:
            said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
            raise NoWayError(f"{Path(words[0]).name} failed: {said}")

    @contextmanager
    def served(
        self,
        words: Sequence[str],
        *,
        port: int,
        ready: re.Pattern[str],
        stop: signal.Signals,
    ) -> Iterator[None]:
        """Run a server for the block, from when its log says that it is ready.

        Raises ``NoWayError`` with what it said where it never is.
        """
        with (self.folder / _LOG).open("wb") as log:
            server = subprocess.Popen(  # noqa: S603 - the binaries the caller chose
                words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                start_new_session=True,
                user=self.user.pw_uid if self.user else None,
                group=self.user.pw_gid if self.user else None,
                extra_groups=[] if self.user else None,
            )
        try:
            if not self._is_there(server, ready):
                raise NoWayError(
                    f"{self.title} did not start on port {port}:\n{self.log}"
                )
            yield
        finally:
            _stop(server, stop)

    def _is_there(
        self, server: subprocess.Popen[bytes], ready: re.Pattern[str]
    ) -> bool:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and server.poll() is None:
            if ready.search(self.log):
                return True
            time.sleep(0.01)
        return False


@contextmanager
def home(title: str, prefix: str, base: Path | None) -> Iterator[Home]:
    """A new folder beneath another one, removed with the block.

    Where we are root it belongs to a user that has no rights, as servers want it.
    """
    user = unprivileged_user()
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=base))
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        yield Home(title=title, folder=folder, user=user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unprivileged_user() -> pwd.struct_passwd | None:
    """Somebody who exists and may do nothing, where we are root; None elsewhere."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "mysql", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoWayError("servers refuse root, and there is no other user to run them")


def said_version(program: str) -> str:
    """The version that a server's program says it has; raises ``NoWayError``."""
    try:
        done = subprocess.run(  # noqa: S603 - the binaries the caller chose
            [program, "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoWayError(f"{program} does not say its version: {error}") from error
    return number_in(done.stdout)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _stop(server: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """As it wants to be told; the hard way if it does not heed that."""
    server.send_signal(number)
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
