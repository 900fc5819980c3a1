"""What a user has who installed the wheel: the commands, nox, pytest, tox."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from clean_rooms import Room

POSTGRESQL = ("--mm-databases", "postgresql")
SESSIONS = (
    *("makemigrations", "migrate", "showsql", "migration-status", "schema-check"),
    *("db-diff", "db2schema"),
)
ON_DATABASES = SESSIONS[1:]
FORGOTTEN = """
  - name: forgotten
    fields:
      - {name: id, type: integer, primary_key: true}
"""


def forget(project: Room) -> None:
    """Have the schema file say what no migration makes."""
    project.write("schema/schema.yaml", project.read("schema/schema.yaml") + FORGOTTEN)


def test_the_commands_are_there_under_both_names(room: Room) -> None:
    for words in (
        ("makemigrations", "--help"),
        ("python", "-m", "mm_engine", "--help"),
    ):
        assert "makemigrations" in room.passed(*words)
    assert room.passed("mm", "version").startswith("makemigrations ")


def test_nothing_of_the_tree_is_in_reach(room: Room) -> None:
    where = "import mm_engine, mm_nox, mm_pytest as p; print(mm_engine, mm_nox, p)"
    assert room.passed("python", "-c", where).count(str(room.scripts.parent)) == 3


def test_five_lines_take_a_project_through_every_session_on_sqlite(
    project: Room,
) -> None:
    assert len(project.read("noxfile.py").splitlines()) == 5
    said = project.passed("nox", "-s", *SESSIONS, "db-test")
    assert "makemigrations: sqlite 3." in said
    assert "10 passed" in said
    for session in (*SESSIONS, "db-test"):
        assert f"* {session}: success" in said
    forget(project)
    said = project.failed("nox", "-s", "schema-check", "db-test")
    assert "create table forgotten" in said
    assert '"makemigrations makemigrations" writes a migration' in said
    assert "exit code 3" in said
    assert "migrations::schema_matches" in said


def test_the_same_on_a_postgresql_that_urls_name(project: Room) -> None:
    project.passed("nox", "-s", "makemigrations")
    with project.server() as url:
        create = f"import psycopg as p; p.connect({url!r}, autocommit=True)"
        project.passed("python", "-c", f"{create}.execute('CREATE DATABASE app')")
        work = url.rpartition("/")[0] + "/app"
        live = project.on(
            project.folder, DATABASE_URL=work, MAKEMIGRATIONS_TEST_URL=url
        )
        live.passed("nox", "-s", *ON_DATABASES)
        said = live.passed("nox", "-s", "db-test", "--", *POSTGRESQL)
        assert "by url" in said
        assert "10 passed" in said
        said = live.on(project.folder, MAKEMIGRATIONS_TEST_URL=work).failed(
            "nox", "-s", "db-test", "--", *POSTGRESQL
        )
        assert "names a database that is configured for work" in said


@pytest.mark.database("container")
def test_the_same_on_a_postgresql_in_a_container(project: Room, image: str) -> None:
    project.write("pytest.ini", f"[pytest]\nmm_postgresql_image = {image}\n")
    project.passed("nox", "-s", "makemigrations")
    said = project.passed("nox", "-s", "db-test", "--", *POSTGRESQL)
    assert " by container (not by url: MAKEMIGRATIONS_TEST_URL is not set)" in said
    assert "10 passed" in said


def test_the_same_on_a_postgresql_of_the_wheel_where_there_is_no_engine(
    project: Room,
) -> None:
    project.passed("nox", "-s", "makemigrations")
    lonely = project.on(project.folder, DOCKER_HOST="unix:///nowhere.sock")
    said = lonely.passed("nox", "-s", "db-test", "--", *POSTGRESQL)
    assert " by binaries (not by url: MAKEMIGRATIONS_TEST_URL is not set" in said
    assert "; container: " in said
    assert "10 passed" in said


def test_what_init_writes_for_ci_is_valid_and_runs(room: Room, tmp_path: Path) -> None:
    project = room.on(tmp_path)
    project.passed("makemigrations", "init", "--nox", "--database", "postgresql")
    for kind, name in (
        ("github-workflows", ".github/workflows"),
        ("gitlab-ci", ".gitlab"),
    ):
        check = ("-m", "check_jsonschema", "--builtin-schema", f"vendor.{kind}")
        project.passed(sys.executable, *check, f"{name}/migrations.yml")
    project.passed("makemigrations", "makemigrations")
    line = project.read(".gitlab/migrations.yml").rpartition("- ")[2]
    lonely = project.on(tmp_path, DOCKER_HOST="unix:///nowhere.sock")
    said = lonely.passed("sh", "-ec", line)
    assert "makemigrations: postgresql 18." in said


def test_sessions_install_what_they_are_told_into_environments_of_their_own(
    project: Room,
) -> None:
    register = 'register(install=["makemigrations"], include=["schema-check"])'
    project.write("noxfile.py", f"import mm_nox\n\nmm_nox.{register}\n")
    project.passed("makemigrations", "makemigrations")
    said = project.passed("nox", "-s", "schema-check")
    assert "pip install makemigrations" in said
    assert (project.folder / ".nox/schema-check/bin/makemigrations").exists()


def test_nox_without_the_package_says_what_is_missing(
    nox_alone: Room, tmp_path: Path
) -> None:
    project = nox_alone.on(tmp_path)
    project.show("how-to/ci-with-nox.md", "noxfile.py")
    assert "No module named 'mm_nox'" in project.failed("nox", "-s", "migrate")


def test_the_sessions_are_listed_where_there_is_nothing_but_nox(
    room: Room, nox_alone: Room, tmp_path: Path
) -> None:
    [ours] = room.scripts.parent.glob("lib/*/site-packages/mm_nox")
    shutil.copytree(ours, tmp_path / "lib" / "mm_nox")
    project = nox_alone.on(tmp_path, PYTHONPATH=str(tmp_path / "lib"))
    project.show("how-to/ci-with-nox.md", "noxfile.py")
    listed = project.passed("nox", "--list", "--json", "--tags", "db").splitlines()[-1]
    names = [entry["session"] for entry in json.loads(listed)]
    assert names == [*SESSIONS, "db-test", "db-stop"]
    said = project.failed("nox", "-s", "migrate", "db-test")
    assert 'nor beside nox; python -m pip install "makemigrations"' in said
    assert 'nor beside nox; python -m pip install "makemigrations[pytest]"' in said


def test_nox_without_the_package_is_enough_for_a_noxfile_that_init_wrote(
    room: Room, nox_alone: Room, tmp_path: Path
) -> None:
    room.on(tmp_path).passed("makemigrations", "init", "--nox")
    room.on(tmp_path).passed("makemigrations", "makemigrations")
    project = nox_alone.on(tmp_path)
    said = project.passed("nox", "-s", "schema-check", "db-test")
    assert "6 passed" in said
    assert "makemigrations check" in said


def test_tox_runs_the_commands_that_the_page_shows(project: Room) -> None:
    project.passed("makemigrations", "makemigrations")
    project.show("how-to/ci-with-nox.md", "tox.ini")
    tox = (sys.executable, "-m", "tox", "run", "-e", "migrations")
    said = project.passed(*tox)
    assert "10 passed" in said
    assert "migrations: OK" in said
    forget(project)
    said = project.failed(*tox)
    assert "create table forgotten" in said
    assert "migrations: FAIL code 3" in said
