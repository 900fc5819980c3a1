"""What every test shares: no outside settings, and a count of live database tests."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
from collections import Counter, defaultdict
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

OUTSIDE = ("DATABASE_URL", "DB_TYPE", "MAKEMIGRATIONS_")
ASKED_FOR = "mysql"
"""The database that is no part of a run but of one about it: a server of years ago."""
KEPT = ("MAKEMIGRATIONS_TEST_", "MAKEMIGRATIONS_REQUIRE_DATABASES")

settings.register_profile("quick", max_examples=100, deadline=None)
settings.register_profile(
    "thorough", settings.get_profile("ci"), max_examples=2000, deadline=None
)
settings.load_profile("quick")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run be about one database, of one version."""
    parser.addoption(
        "--database",
        default="",
        metavar="NAME[-VERSION]",
        help="only the live tests on this database, as in postgresql-14",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Take the user's own database out of reach of the tests and what they start.

    A shell lets what it runs in the background ignore Ctrl-C, which some tests press.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in list(os.environ):
        if name.startswith(OUTSIDE) and not name.startswith(KEPT):
            del os.environ[name]
    if not hasattr(config, "workerinput"):
        asked = str(config.getoption("--database"))
        config.pluginmanager.register(LiveTests(asked), "live-tests")
        config.pluginmanager.register(Proofs(asked), "proofs")


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Choose the tests on one database, if one was asked for, and note each test's.

    They are noted where reports carry them, also between processes.
    """
    asked = str(config.getoption("--database"))
    left_out = [item for item in items if not is_wanted(databases(item), asked)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if is_wanted(databases(item), asked)]
    for item in items:
        # The server of another database is chosen by the fixture that starts it.
        if asked and family(asked) == "sqlite" and not is_this_sqlite(asked):
            why = f"Python's SQLite is {sqlite3.sqlite_version}, not {asked}"
            item.add_marker(pytest.mark.skip(reason=why))
        noted = [asked] if asked else databases(item)
        noted = [name for name in noted if name != ASKED_FOR]
        item.user_properties += [("database", name) for name in noted]


def is_wanted(live: list[str], asked: str) -> bool:
    """Whether a test on these databases is part of a run that asks for one, or none."""
    return family(asked) in live if asked else live != [ASKED_FOR]


def family(asked: str) -> str:
    """The name of a database without its version: ``sqlite`` of ``sqlite-3.35``."""
    return asked.partition("-")[0]


def databases(item: pytest.Item) -> list[str]:
    """The live databases that a test runs on."""
    return [str(mark.args[0]) for mark in item.iter_markers("database")]


def is_this_sqlite(asked: str) -> bool:
    """Whether the library that Python loaded is of that version."""
    version = asked.partition("-")[2]
    return f"{sqlite3.sqlite_version}.".startswith(f"{version}." if version else "")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skip for want of a database is a failure where that database is required."""
    report = yield
    if hasattr(report, "wasxfail"):
        return report  # it ran, and failed as was said
    required = os.environ.get("MAKEMIGRATIONS_REQUIRE_DATABASES", "").split(",")
    if report.skipped and any(database in required for database in databases(item)):
        report.outcome = "failed"
        report.longrepr = f"skipped, but required: {report.longrepr}"
    if report.failed and "mariadb_server" in getattr(item, "fixturenames", ()):
        from mariadb import said

        report.sections.append(("what MariaDB has said", said(item.config)))
    return report


class LiveTests:
    """How many tests ran on each live database, and how many were skipped."""

    def __init__(self, asked: str) -> None:
        self.asked = asked
        self.ran: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test once: where it ran, or where it was skipped."""
        is_left_out = report.skipped and not hasattr(report, "wasxfail")
        if report.when != "call" and not is_left_out:
            return
        for name, value in report.user_properties:
            if name == "database":
                (self.skipped if is_left_out else self.ran)[str(value)] += 1

    def pytest_sessionfinish(self) -> None:
        """Write the counts, one file a run, into the folder that was asked for."""
        counts = {
            database: {"ran": self.ran[database], "skipped": self.skipped[database]}
            for database in sorted({*self.ran, *self.skipped})
        }
        write_summary(".", self.asked, counts)

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> None:
        """Say the same in the last lines of a run."""
        for database in sorted({*self.ran, *self.skipped}):
            terminalreporter.write_line(
                f"live tests on {database}: {self.ran[database]} ran,"
                f" {self.skipped[database]} skipped"
            )


class Proofs:
    """Which cells and cases of each database are proven: tests/support/proofs.py."""

    def __init__(self, asked: str) -> None:
        self.asked = asked
        self.noted: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what a test noted, whatever it found later."""
        for name, value in report.user_properties:
            if name == "proof" and report.when == "call" and isinstance(value, list):
                *about, what = map(str, value)
                self.noted[tuple(about)].add(what)

    def pytest_sessionfinish(self) -> None:
        """Write how many there were of each kind, beside the counts of live tests."""
        rows: defaultdict[tuple[str, ...], dict[str, object]] = defaultdict(dict)
        for (*about, kind, outcome), names in sorted(self.noted.items()):
            rows[tuple(about)][f"{kind} {outcome}"] = len(names)
        words = ("database", "version", "claim", "prover")
        today = datetime.now(tz=UTC).date().isoformat()
        told = [
            {**dict(zip(words, about, strict=True)), **counted, "date": today}
            for about, counted in rows.items()
        ]
        if told:
            write_summary("proofs", self.asked, told)


def write_summary(folder: str, asked: str, counted: object) -> None:
    """Write what was counted into the folder that was asked for, one file a run."""
    asked_for = os.environ.get("MM_TEST_SUMMARY")
    if not asked_for:
        return
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    about = f"{asked} on " if asked else ""
    path = Path(asked_for) / folder / f"{about}python{version}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(counted, indent=2) + "\n", encoding="utf-8")
