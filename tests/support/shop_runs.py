"""The shop's own tests on each way to a server, one run of pytest after the other.

Run by ``nox -s shop``; words of the command line are for pytest. Where CI is set, a way
that leads to no server fails; elsewhere it is skipped, and said with its reason.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

import attrs

from histories import PROJECTS
from mm_pytest.servers.postgresql import postgresql_server
from postgresql import binaries

SHOP = PROJECTS / "shop"
URL = "MAKEMIGRATIONS_TEST_URL_POSTGRESQL"
IMAGES = {
    "postgresql": "MAKEMIGRATIONS_TEST_IMAGE",
    "mariadb": "MAKEMIGRATIONS_TEST_MARIADB_IMAGE",
}
"""The variables that name an image that is there already."""

_HEAD = "makemigrations: "


@attrs.frozen
class Way:
    """A database and how to get there; its migrations are checked on one way only."""

    database: str
    server: str = ""
    is_checked: bool = False

    def words(self) -> list[str]:
        """What pytest is told."""
        words = [f"--mm-databases={self.database}"]
        words += [f"--mm-server={self.server}"] if self.server else []
        words += ["--mm-checks"] if self.is_checked else []
        image = os.environ.get(IMAGES.get(self.database, ""))
        words += ["-o", f"mm_{self.database}_image={image}"] if image else []
        return words

    def __str__(self) -> str:
        return f"{self.database} by {self.server}" if self.server else self.database


WAYS = (
    Way("sqlite", is_checked=True),
    Way("postgresql", "container", is_checked=True),
    Way("postgresql", "binaries"),
    Way("postgresql", "url"),
    Way("mariadb", "container", is_checked=True),
)


@attrs.frozen
class Ended:
    """How the run on one way ended: ``reached`` is a server, or why there is none."""

    way: Way
    code: int
    reached: str
    passed: int
    skipped: int
    seconds: float = 0.0

    @classmethod
    def of(cls, way: Way, code: int, report: str, lines: Sequence[str]) -> Ended:
        """Read it from a report of JUnit, and from what pytest said."""
        counts = {"tests": 0, "skipped": 0, "failures": 0, "errors": 0}
        for suite in ET.fromstring(report).iter("testsuite") if report else ():
            counts = {name: int(suite.get(name, 0)) for name in counts}
        heads = [line.removeprefix(_HEAD) for line in lines if line.startswith(_HEAD)]
        told = [head for head in heads if way.database in head.split()[:2]]
        reached = told[0] if told else "said nothing of its database"
        passed = counts["tests"] - sum(list(counts.values())[1:])
        return cls(way, code, reached, passed, counts["skipped"])

    @property
    def is_missing(self) -> bool:
        """Whether the way led to no server, and that was let pass."""
        return self.code == 0 and self.reached.startswith(f"no {self.way.database} ")

    @property
    def is_fine(self) -> bool:
        """Whether all of it ran and passed; what is skipped on a server is not."""
        is_reached = self.reached.startswith(f"{self.way.database} ")
        return self.code == 0 and is_reached and self.passed > 0 and self.skipped == 0

    def __str__(self) -> str:
        verdict = "passed" if self.is_fine else "FAILED"
        verdict = "skipped" if self.is_missing else verdict
        counts = f"{self.passed} passed, {self.skipped} skipped, {self.seconds:.0f} s"
        return f"shop: {verdict} on {self.way}: {self.reached}: {counts}"


@contextmanager
def surroundings(way: Way) -> Iterator[dict[str, str]]:
    """The environment of a run, with what it takes to go that way and no other."""
    found = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    programs = binaries() if way.server in {"binaries", "url"} else None
    if way.server == "binaries" and programs is not None:
        yield found | {"PATH": f"{programs}{os.pathsep}{found.get('PATH', '')}"}
    elif way.server == "url" and URL not in found and programs is not None:
        with postgresql_server(programs) as url:
            yield found | {URL: url}
    else:
        yield found


def ended(way: Way, words: Sequence[str]) -> Ended:
    """Run the tests that way, and tell what they say while they do."""
    required = ["--mm-require"] if os.environ.get("CI") else []
    with tempfile.TemporaryDirectory() as folder, surroundings(way) as found:
        report, began = Path(folder) / "report.xml", time.monotonic()
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
        command += [f"--junit-xml={report}", *way.words(), *required, *words]
        with subprocess.Popen(
            command, cwd=SHOP, env=found, stdout=subprocess.PIPE, text=True
        ) as process:
            lines = list(said(process))
        text = report.read_text("utf-8") if report.exists() else ""
    done = Ended.of(way, process.returncode, text, lines)
    return attrs.evolve(done, seconds=time.monotonic() - began)


def said(process: subprocess.Popen[str]) -> Iterator[str]:
    """The lines of a program, shown as they come."""
    for line in process.stdout or ():
        print(line, end="", flush=True)
        yield line.rstrip("\n")


def main(words: Sequence[str]) -> int:
    """Go every way; the exit code is that of a command."""
    runs = []
    for way in WAYS:
        print(f"\nshop: {way}", flush=True)
        runs.append(ended(way, words))
    print()
    for run in runs:
        print(run)
    missing = sum(run.is_missing for run in runs)
    fine = sum(run.is_fine for run in runs)
    print(f"shop: {fine} of {len(runs)} ways passed, {missing} skipped")
    return 0 if fine + missing == len(runs) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
