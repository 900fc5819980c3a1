"""A virtual environment with nothing of ours but the wheel, and a project in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import attrs

from page_files import page_files

WHEELS = "MM_WHEELS"
"""The variable that names the folder of the wheel that was built."""

OUTSIDE = ("DATABASE_URL", "DB_TYPE", "MAKEMIGRATIONS_", "PYTHON", "VIRTUAL_ENV", "NOX")
SERVER = """
import sys
from mm_pytest.servers.binaries import installed_binaries
from mm_pytest.servers.postgresql import postgresql_server

with postgresql_server(installed_binaries()) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@attrs.frozen
class Room:
    """A folder to stand in, and the only programs within reach besides the system's."""

    scripts: Path
    folder: Path
    environment: Mapping[str, str] = attrs.field(repr=False)

    @classmethod
    def made(cls, folder: Path, constraints: Path) -> Room:
        """An empty environment."""
        folder.mkdir()
        make = (sys.executable, "-m", "virtualenv", "--quiet", str(folder / "venv"))
        subprocess.run(make, check=True)
        scripts = folder / "venv" / "bin"
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(OUTSIDE)
        }
        system = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")
        path = os.pathsep.join([str(scripts), *system])
        return cls(
            scripts, folder, kept | {"PATH": path, "PIP_CONSTRAINT": str(constraints)}
        )

    def on(self, folder: Path, **environment: str) -> Room:
        """The same, standing in another folder, with more in the environment."""
        return attrs.evolve(
            self, folder=folder, environment={**self.environment, **environment}
        )

    def run(self, *words: str) -> tuple[int, str]:
        """How a command ends that is typed here, and all that it says."""
        program = self.scripts / words[0]
        done = subprocess.run(
            [str(program) if program.exists() else words[0], *words[1:]],
            cwd=self.folder,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def passed(self, *words: str) -> str:
        """What a command says that has to end well."""
        code, said = self.run(*words)
        assert code == 0, f"{' '.join(words)} ends with {code}:\n{said}"
        return said

    def failed(self, *words: str) -> str:
        """What a command says that must not end well."""
        code, said = self.run(*words)
        assert code != 0, f"{' '.join(words)} ends with 0:\n{said}"
        return said

    def read(self, name: str) -> str:
        """The text of a file."""
        return (self.folder / name).read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def show(self, page: str, name: str) -> None:
        """Write a file as a page of the documentation shows it."""
        self.write(name, page_files(page, name)[name])

    @contextmanager
    def server(self) -> Iterator[str]:
        """The URL of a PostgreSQL of this environment's own binaries."""
        running = subprocess.Popen(
            [str(self.scripts / "python"), "-c", SERVER],
            env=dict(self.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert running.stdout is not None
        try:
            yield running.stdout.readline().strip()
        finally:
            running.communicate()
