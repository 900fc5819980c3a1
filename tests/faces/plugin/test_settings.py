"""Where the plugin finds the project and a server, and what it never touches."""

from __future__ import annotations

import pytest

from suites import Suite

USES = "def test_it(mm_database): pass\n"


def test_a_run_without_the_plugin_is_a_run_without_it(suite: Suite) -> None:
    suite.tests("def test_it(): pass\n")
    suite.passed("-p", "no:mm")


def test_a_run_that_does_not_use_it_hears_nothing_of_it(suite: Suite) -> None:
    suite.tests("def test_it(): pass\n")
    said = suite.passed("-W", "error")
    assert "makemigrations:" not in said


def test_an_unknown_database_is_a_wrong_use(suite: Suite) -> None:
    suite.tests(USES)
    code, said = suite("--mm-databases", "oracle")
    assert code == 4
    known = "sqlite, postgresql, mysql, mariadb"
    assert f"there are no test databases of oracle; there are {known}" in said


@pytest.mark.database("sqlite")
def test_the_project_is_found_by_the_ini_file(suite: Suite) -> None:
    suite.write("deep/tests/test_deep.py", USES)
    suite.write("deep/pytest.ini", "[pytest]\nmm_project = ..\nmm_databases = sqlite\n")
    suite.folder = suite.folder / "deep" / "tests"
    suite.passed("-W", "error")


@pytest.mark.database("sqlite")
def test_the_project_is_found_upwards_from_the_root(suite: Suite) -> None:
    suite.write("inner/pytest.ini", "[pytest]\n")
    suite.write("inner/test_inner.py", USES)
    suite.folder = suite.folder / "inner"
    suite.passed()


def test_no_project_is_one_clear_message(
    suite: Suite, tmp_path_factory: pytest.TempPathFactory
) -> None:
    suite.folder = tmp_path_factory.mktemp("nothing")
    suite.tests(USES)
    said = suite.failed()
    assert "no project" in said or "no migrations" in said, said


@pytest.mark.database("sqlite")
def test_the_database_of_the_environment_is_never_touched(suite: Suite) -> None:
    file = suite.folder / "precious.db"
    suite.environment["DATABASE_URL"] = f"sqlite:///{file}"
    suite.tests("def test_it(mm_database):\n    assert 'precious' not in mm_database\n")
    suite.passed()
    assert not file.exists()


@pytest.mark.parametrize("spelling", ["127.0.0.1", "localhost"])
def test_a_test_url_that_is_configured_for_work_is_refused(
    suite: Suite, spelling: str
) -> None:
    suite.environment["DATABASE_URL"] = "postgresql://ann:se@127.0.0.1:1/shop"
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = (
        f"postgresql://bob:x@{spelling}:1/shop"
    )
    suite.tests(USES)
    said = suite.failed("--mm-databases", "postgresql")
    assert "names a database that is configured for work" in said
    assert "se@" not in said


def test_no_way_to_a_server_is_a_skip_with_each_reason_once(suite: Suite) -> None:
    suite.environment |= {"PATH": "", "DOCKER_HOST": "unix:///nowhere.sock"}
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = "sqlite:///x.db"
    suite.tests(USES)
    said = suite.passed("--mm-databases", "postgresql", "--mm-server", "url")
    assert "url: MAKEMIGRATIONS_TEST_URL names no postgresql" in said
    assert "1 skipped" in said
    said = suite.passed("--mm-databases", "postgresql", "--mm-server", "container")
    assert "container: " in said
    assert "1 error" in suite.failed(
        "--mm-databases", "postgresql", "--mm-server", "url", "--mm-require"
    )


def test_a_server_that_does_not_answer_says_so_without_the_password(
    suite: Suite,
) -> None:
    url = "postgresql://ann:se%40cret@127.0.0.1:1/postgres"
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = url
    suite.tests(USES)
    said = suite.passed("--mm-databases", "postgresql", "--mm-server", "url")
    assert "url: cannot connect to postgresql://ann:***@127.0.0.1:1/postgres" in said
    assert "cret" not in said


@pytest.mark.parametrize(
    "variable",
    [
        "MAKEMIGRATIONS_TEST_URL_REDSHIFT",
        "MAKEMIGRATIONS_TEST_URL_SQLSERVER",
        "MAKEMIGRATIONS_TEST_URL_STARROCKS",
        "MAKEMIGRATIONS_TEST_URL_TIDB",
    ],
)
def test_a_server_that_does_not_answer_is_a_reason(suite: Suite, variable: str) -> None:
    kind = variable.rpartition("_")[2].lower()
    suite.environment[variable] = f"{kind}://ann:secret@127.0.0.1:1/x"
    suite.tests("def test_it(mm_database): pass\n")
    said = suite.passed("--mm-databases", kind, "--mm-server", "url")
    assert f"makemigrations: no {kind} (url: " in said
    assert f"{kind}://ann:***@127.0.0.1:1/x" in said
    assert "secret" not in said


def test_there_are_no_containers_of_what_nobody_publishes(suite: Suite) -> None:
    suite.tests("def test_it(mm_database): pass\n")
    said = suite.passed("--mm-databases", "redshift")
    assert "container: nobody publishes an image of redshift" in said
    assert "binaries: there are no binaries of redshift" in said
