"""One server and one template for all workers of pytest-xdist, gone with the run."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from mm_pytest.databases.postgresql import PREFIX
from postgresql import binaries
from postgresql_runs import wait_until
from suites import Suite

pytestmark = pytest.mark.database("postgresql")

OURS = ("--mm-databases", "postgresql", "--mm-server", "binaries")
URL = ("--mm-databases", "postgresql", "--mm-server", "url")

SEEN = """
import os, pathlib

def seen(connection):
    folder = connection.scalar(sa.text("SHOW data_directory"))
    template = connection.scalar(sa.text(
        "SELECT string_agg(oid::text, '-') FROM pg_database WHERE NOT datallowconn"
        " AND datname <> 'template0'"
    ))
    pid = pathlib.Path(folder, "postmaster.pid").read_text().split()[0]
    name = f"{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}-{os.getpid()}.seen"
    pathlib.Path(name).write_text(f"{folder}\\n{pid}\\n{template}")
"""
"""What tests of the suite write down of the server that they run on."""

EACH = f"""
{SEEN}
import time

@pytest.mark.parametrize("number", range(4))
def test_it(mm_sqlalchemy, number):
    with mm_sqlalchemy.begin() as connection:
        connection.execute(sa.text("INSERT INTO users VALUES (7, 'x')"))
        seen(connection)
    deadline = time.monotonic() + 20
    while len(list(pathlib.Path().glob("*.seen"))) < WORKERS:
        assert time.monotonic() < deadline, "the other worker does nothing"
        time.sleep(0.01)
"""
"""Tests that need every worker: each waits until the others were there too."""


@pytest.fixture(autouse=True)
def server(suite: Suite) -> None:
    folder = binaries()
    if folder is None:
        pytest.skip("there are no binaries of PostgreSQL here")
    suite.environment["PATH"] = os.pathsep.join([str(folder), os.environ["PATH"]])


def seen(suite: Suite) -> list[list[str]]:
    """What each process wrote: the data's folder, the server's process, a template."""
    files = sorted(suite.folder.glob("*.seen"))
    return [file.read_text("utf-8").splitlines() for file in files]


def is_gone(suite: Suite) -> bool:
    """Whether nothing is left of the servers that were seen, nor of their runs."""
    assert seen(suite)
    return not any(
        Path(folder).parents[1].exists() or Path(f"/proc/{pid}").exists()
        for folder, pid, _ in seen(suite)
    )


@contextmanager
def under_way(suite: Suite, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A run that goes on beside us."""
    process = subprocess.Popen(
        suite.command(*words),
        cwd=suite.folder,
        env=suite.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_workers_have_one_server_and_one_template(suite: Suite) -> None:
    suite.tests(EACH.replace("WORKERS", "2"))
    said = suite.passed(*OURS, "-n", "2", "-W", "error")
    assert "4 passed" in said
    assert len(seen(suite)) == 2
    assert len({tuple(one) for one in seen(suite)}) == 1
    assert said.count("makemigrations: ") == 1
    assert len(re.findall(r" by binaries, template made in \d+\.\d\d s\n", said)) == 1
    assert is_gone(suite)


def test_two_runs_with_workers_at_once_have_a_server_each(suite: Suite) -> None:
    suite.tests(EACH.replace("WORKERS", "4"))
    with under_way(suite, *OURS, "-n", "2") as other:
        said = suite.passed(*OURS, "-n", "2")
        assert other.wait() == 0
    assert said.count(" by binaries") == 1
    assert len(seen(suite)) == 4
    assert len({pid for _, pid, _ in seen(suite)}) == 2
    assert is_gone(suite)


def test_a_killed_worker_takes_the_server_from_nobody(suite: Suite) -> None:
    suite.tests(
        EACH.replace("WORKERS", "2")
        + "    if number == 0:\n"
        + "        import signal\n"
        + "        os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    said = suite.failed(*OURS, "-n", "2", "-W", "error")
    assert "1 failed, 3 passed" in said
    assert "crashed" in said
    assert len(seen(suite)) >= 2
    assert len({tuple(one) for one in seen(suite)}) == 1
    assert is_gone(suite)


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_killed_run_leaves_nothing(suite: Suite, workers: tuple[str, ...]) -> None:
    suite.tests(
        f"{SEEN}\n"
        "def test_it(mm_sqlalchemy):\n"
        "    with mm_sqlalchemy.connect() as connection:\n"
        "        seen(connection)\n"
        "    import time\n"
        "    time.sleep(60)\n"
    )
    with under_way(suite, *OURS, *workers) as process:
        wait_until(lambda: list(suite.folder.glob("*.seen")), 30)
        assert not is_gone(suite)
        process.send_signal(signal.SIGKILL)
    wait_until(lambda: is_gone(suite), 20)


def databases(url: str) -> list[object]:
    """The databases of ours that a server has now."""
    with psycopg.connect(url) as connection:
        names = connection.execute("SELECT datname FROM pg_database").fetchall()
    return [name for (name,) in names if str(name).startswith(PREFIX)]


def test_workers_leave_nothing_on_a_server_of_others(
    suite: Suite, postgresql_url: str
) -> None:
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = postgresql_url
    suite.tests(EACH.replace("WORKERS", "2"))
    said = suite.passed(*URL, "-n", "2")
    assert len(re.findall(r" by url, template made in \d+\.\d\d s\n", said)) == 1
    assert len({tuple(one) for one in seen(suite)}) == 1
    assert databases(postgresql_url) == []


def test_what_killed_workers_left_on_it_is_dropped_by_the_next_run(
    suite: Suite, postgresql_url: str
) -> None:
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = postgresql_url
    suite.tests(
        "def test_it(mm_database):\n    import os, signal\n"
        "    os.kill(os.getppid(), signal.SIGKILL)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    suite(*URL, "-n", "1")
    assert len(databases(postgresql_url)) == 2
    suite.tests("def test_it(mm_database): pass\n")
    suite.passed(*URL)
    assert databases(postgresql_url) == []


def test_a_run_within_a_worker_is_a_run_of_its_own(suite: Suite) -> None:
    suite.write("inner/test_inner.py", f"import sqlalchemy as sa\n{SEEN}\n" + INNER)
    suite.tests(OUTER)
    suite.passed(*OURS, "-n", "1", "-k", "outer")
    assert len(seen(suite)) == 2
    assert len({pid for _, pid, _ in seen(suite)}) == 2
    assert is_gone(suite)


INNER = """
def test_inner(mm_sqlalchemy):
    with mm_sqlalchemy.connect() as connection:
        seen(connection)
"""
OUTER = f"""
{SEEN}
import subprocess, sys

def test_outer(mm_sqlalchemy):
    with mm_sqlalchemy.connect() as connection:
        seen(connection)
    words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "inner"]
    words += ["--mm-databases=postgresql", "--mm-server=binaries"]
    subprocess.run(words, check=True)
"""


@pytest.mark.database("sqlite")
def test_migrations_that_fail_are_one_failure_of_all_workers(suite: Suite) -> None:
    suite.migration("0002_bad", 'mm.RunSQL("SELECT nonsense", "")')
    suite.tests(
        "@pytest.mark.parametrize('number', range(6))\n"
        "def test_it(mm_database, number): pass\n"
    )
    said = suite.failed("--mm-databases", "sqlite", "-n", "2")
    assert "5 skipped, 1 error" in said
    assert said.count("0002_bad: statement 1 of 1") == 1
    assert "cannot be applied to sqlite; an earlier test says why" in said


def test_no_way_to_a_server_is_told_once_by_all_workers(suite: Suite) -> None:
    suite.tests(
        "@pytest.mark.parametrize('number', range(6))\n"
        "def test_it(mm_database, number): pass\n"
    )
    said = suite.passed(*URL, "-n", "2", "--mm-checks")
    assert said.count("url: MAKEMIGRATIONS_TEST_URL is not set") == 1
    assert said.count("makemigrations: no postgresql (url") == 1
    assert "2 passed, 10 skipped" in said
    said = suite.failed(*URL, "-n", "2", "--mm-require")
    assert said.count("url: MAKEMIGRATIONS_TEST_URL is not set") == 1
    assert "6 errors" in said
