"""A server in a real container, by testcontainers' own class."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import subprocess
from collections.abc import Iterator

import attrs
import pytest

from mm_pytest.owner import Owner
from mm_pytest.servers.container_way import OWNER
from postgresql_runs import wait_until
from suites import Suite

IMAGE = "MAKEMIGRATIONS_TEST_IMAGE"
"""An image of PostgreSQL that is there already; without it these tests are skipped."""

MARIADB = "MAKEMIGRATIONS_TEST_MARIADB_IMAGE"
"""One of MariaDB."""

pytestmark = pytest.mark.database("container")


@pytest.fixture(autouse=True)
def image(suite: Suite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its name, for one test of all workers at a time: each looks at all containers."""
    name = _named(IMAGE)
    suite.write("pytest.ini", f"[pytest]\nmm_postgresql_image = {name}\n")
    with (tmp_path_factory.getbasetemp().parent / "containers.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield name


@pytest.fixture
def mariadb(suite: Suite) -> str:
    """The image of the other database."""
    name = _named(MARIADB)
    suite.write("pytest.ini", f"[pytest]\nmm_mariadb_image = {name}\n")
    return name


def _named(variable: str) -> str:
    name = os.environ.get(variable)
    if not name:
        pytest.skip(f"{variable} names no image")
    return name


def containers(image: str) -> list[str]:
    """The containers of an image, running or not."""
    words = ("docker", "ps", "--all", "--quiet", "--filter", f"ancestor={image}")
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_a_container_is_started_used_and_removed(suite: Suite, image: str) -> None:
    suite.tests(
        "def test_it(mm_sqlalchemy):\n"
        "    with mm_sqlalchemy.begin() as connection:\n"
        "        connection.execute(sa.text(\"INSERT INTO users VALUES (7, 'x')\"))\n"
    )
    said = suite.passed("-W", "error", "--mm-databases", "postgresql", "--mm-checks")
    assert " by container (not by url: MAKEMIGRATIONS_TEST_URL is not set)" in said
    assert containers(image) == []


def test_a_container_is_of_the_version_that_is_asked_for(
    suite: Suite, image: str
) -> None:
    [version] = re.findall(r":(\d+)", image)
    suite.tests("def test_it(mm_server): pass\n")
    names = f"postgresql:{version},postgresql:9.6"
    said = suite.passed("--mm-databases", names, "--mm-server", "container", "-v")
    assert f"test_it[postgresql:{version}] PASSED" in said
    assert "test_it[postgresql:9.6] SKIPPED" in said
    assert f"makemigrations: postgresql {version}." in said
    reason = said.partition("makemigrations: no postgresql:9.6 (container: ")[2]
    assert "9.6" in reason.partition("\n")[0]
    assert containers(image) == []


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_container_of_mariadb_is_used_as_any_server(
    suite: Suite, mariadb: str, workers: tuple[str, ...]
) -> None:
    suite.tests(
        "@pytest.mark.parametrize('number', range(3))\n"
        "def test_it(mm_sqlalchemy, number):\n"
        "    with mm_sqlalchemy.begin() as connection:\n"
        "        connection.execute(sa.text(\"INSERT INTO users VALUES (7, 'x')\"))\n"
    )
    on = ("-W", "error", "--mm-databases", "mariadb", "--mm-server", "container")
    said = suite.passed(*on, "--mm-checks", *workers)
    assert "makemigrations: mariadb 1" in said
    assert " by container" in said
    assert containers(mariadb) == []


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_container_goes_with_a_run_that_is_killed(
    suite: Suite, image: str, workers: tuple[str, ...]
) -> None:
    suite.tests(
        "import os, signal\n"
        "def test_it(mm_database):\n"
        "    parent = os.environ.get('PYTEST_XDIST_WORKER') and os.getppid()\n"
        "    os.kill(parent or os.getpid(), signal.SIGKILL)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    code, said = suite("--mm-databases", "postgresql", *workers)
    assert code == -signal.SIGKILL, said
    wait_until(lambda: containers(image) == [], 30)


def test_a_container_is_swept_whose_keeper_was_killed_too(
    suite: Suite, image: str
) -> None:
    here = Owner.here()
    theirs = {attrs.evolve(here, started="1"): False, here: True}
    for owner in theirs:
        label = f"{OWNER}={owner.text()}"
        words = ("docker", "create", "--label", label, image)
        subprocess.run(words, capture_output=True, check=True)
    [gone, left] = reversed(containers(image))
    suite.tests("def test_it(mm_database): pass\n")
    try:
        suite.passed("--mm-databases", "postgresql", "--mm-server", "container")
        assert containers(image) == [left]
        assert gone != left
    finally:
        words = ("docker", "rm", "--force", gone, left)
        subprocess.run(words, capture_output=True, check=False)


@pytest.mark.parametrize(
    "setting",
    [
        "mm_postgresql_image",
        "mm_tidb_image",
        "mm_clickhouse_image",
        "mm_sqlserver_image",
        "mm_starrocks_image",
    ],
)
def test_an_image_that_is_not_to_be_had_is_a_reason(suite: Suite, setting: str) -> None:
    kind = setting.removeprefix("mm_").removesuffix("_image")
    suite.write("pytest.ini", f"[pytest]\n{setting} = local/nothing:1\n")
    suite.tests("def test_it(mm_database): pass\n")
    words = ("--mm-databases", kind, "--mm-server", "container")
    assert f"makemigrations: no {kind} (container: " in suite.passed(*words)
    said = suite.failed(*words, "--mm-require")
    assert "1 error" in said
    assert "nothing" in said


def test_an_image_of_something_else_is_a_reason(suite: Suite, image: str) -> None:
    suite.write("pytest.ini", f"[pytest]\nmm_mysql_image = {image}\n")
    suite.tests("def test_it(mm_database): pass\n")
    said = suite.passed("--mm-databases", "mysql", "--mm-server", "container")
    assert "container: Container exited " in said
    assert containers(image) == []


def test_a_container_is_kept_for_the_next_run_until_it_is_stopped(
    suite: Suite, image: str
) -> None:
    words = ("-W", "error", "--mm-databases", "postgresql", "--mm-keep")
    suite.tests(
        "def test_it(mm_sqlalchemy):\n"
        "    with mm_sqlalchemy.begin() as connection:\n"
        "        connection.execute(sa.text(\"INSERT INTO users VALUES (7, 'x')\"))\n"
    )
    try:
        assert " by container" in suite.passed(*words)
        [kept] = containers(image)
        suite.passed(*words, "-n", "2")
        assert containers(image) == [kept]
        subprocess.run(("docker", "stop", kept), check=True, capture_output=True)
        suite.passed(*words)
        [other] = containers(image)
        assert other != kept
    finally:
        said = suite.passed("--mm-stop")
    assert f" of {image}" in said
    assert containers(image) == []
