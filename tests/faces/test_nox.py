"""The nox sessions, run by real nox on a real project."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from nox_runs import NOXFILE, SCHEMA, listed, nox, run, write_noxfile

OWN = """
import nox
import mm_nox

mm_nox.register(include=["migrate"])

@nox.session(venv_backend="none")
def mine(session):
    mm_nox.makemigrations(session)
    mm_nox.migrate(session)
    mm_nox.showsql(session)
    mm_nox.migration_status(session)
    mm_nox.schema_check(session)
    mm_nox.db_diff(session)
    mm_nox.db2schema(session)
    mm_nox.db_test(session)
    mm_nox.db_stop(session)
"""
NAMES = [
    *("makemigrations", "migrate", "showsql", "migration-status", "schema-check"),
    *("db-diff", "db2schema", "db-test", "db-stop"),
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose schema file is ahead of its migrations."""
    made = run(tmp_path, "makemigrations", "init")
    assert made.returncode == 0, made.stderr
    schema = tmp_path / "schema" / "schema.yaml"
    schema.write_text(SCHEMA, encoding="utf-8")
    write_noxfile(tmp_path)
    return tmp_path


def test_importing_registers_nothing(tmp_path: Path) -> None:
    (tmp_path / "noxfile.py").write_text("import mm_nox\n", encoding="utf-8")
    answer = nox(tmp_path, "--list")
    assert "No sessions found" in answer.stderr


def test_every_session_is_registered_with_its_tag(tmp_path: Path) -> None:
    write_noxfile(tmp_path)
    sessions = listed(tmp_path, "db")
    assert [entry["session"] for entry in sessions] == NAMES
    assert all(entry["tags"] == ["db"] for entry in sessions)
    assert all(entry["description"] for entry in sessions)


def test_bare_nox_runs_none_of_them(tmp_path: Path) -> None:
    write_noxfile(tmp_path)
    answer = nox(tmp_path)
    assert "Running session" not in answer.stderr


def test_sessions_are_chosen_prefixed_and_tagged(tmp_path: Path) -> None:
    write_noxfile(
        tmp_path,
        "'db-', include=['showsql', 'migrate'], exclude=['showsql'], tags=['mine']",
    )
    [entry] = listed(tmp_path, "mine")
    assert (entry["session"], entry["tags"]) == ("db-migrate", ["mine"])


def test_an_unknown_name_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    write_noxfile(tmp_path, "exclude=['mirgate']")
    answer = nox(tmp_path, "--list")
    assert answer.returncode != 0
    assert "no session mirgate; there are makemigrations, migrate" in answer.stderr


def test_it_needs_nothing_but_nox() -> None:
    loaded = "import sys, mm_nox; print(*{name.split('.')[0] for name in sys.modules})"
    plain = "import sys, nox; print(*{name.split('.')[0] for name in sys.modules})"
    ours, theirs = (
        set(run(Path.cwd(), sys.executable, "-c", code).stdout.split())
        for code in (loaded, plain)
    )
    assert ours - theirs <= {"mm_nox"} | sys.stdlib_module_names


@pytest.mark.database("sqlite")
def test_the_sessions_take_a_project_from_schema_to_database(project: Path) -> None:
    answer = nox(project, "-s", *NAMES[:-1])
    assert answer.returncode == 0, answer.stdout + answer.stderr
    [database] = [
        path
        for path in project.rglob("*")
        if path.is_file() and path.read_bytes()[:15] == b"SQLite format 3"
    ]
    with closing(sqlite3.connect(database)) as connection:
        columns = connection.execute("SELECT name FROM pragma_table_info('users')")
        assert columns.fetchall() == [("id",), ("email",)]


def test_a_check_that_finds_something_fails_its_session(project: Path) -> None:
    answer = nox(project, "-s", "schema-check")
    assert answer.returncode == 1
    assert "exit code 3" in answer.stderr


def test_a_database_changed_by_hand_fails_the_session_that_looks(
    project: Path,
) -> None:
    answer = nox(project, "-s", "makemigrations", "migrate", "db-diff")
    assert answer.returncode == 0, answer.stderr
    with closing(sqlite3.connect(project / "app.db")) as connection, connection:
        connection.execute("ALTER TABLE users ADD COLUMN nick TEXT")
    answer = nox(project, "-s", "db-diff")
    assert answer.returncode == 1
    assert "+ add users.nick" in answer.stdout
    assert "exit code 3" in answer.stderr
    assert "name: nick" in nox(project, "-s", "db2schema").stdout


def test_words_after_the_dashes_reach_the_command(project: Path) -> None:
    answer = nox(project, "-s", "makemigrations", "--", "--name", "people")
    assert answer.returncode == 0, answer.stderr
    assert [path.stem for path in sorted((project / "migrations").glob("0*.py"))] == [
        "0001_people"
    ]


def test_a_session_of_the_users_own_keeps_its_name(project: Path) -> None:
    own = "import nox\n@nox.session\ndef migrate(session): print('MINE')\n"
    (project / "noxfile.py").write_text(own + NOXFILE.format(arguments=""), "utf-8")
    answer = nox(project, "-s", "migrate")
    assert "MINE" in answer.stdout
    assert "mm_nox leaves alone what is there already: migrate" in answer.stderr


def test_sessions_run_once_for_each_database_of_the_settings(project: Path) -> None:
    write_noxfile(project, "databases=['eu', 'us']")
    (project / "migrations" / "makemigrations.config.yaml").write_text(
        "databases:\n  eu: {url: 'sqlite:///eu.db'}\n  us: {url: 'sqlite:///us.db'}\n",
        encoding="utf-8",
    )
    assert nox(project, "-s", "makemigrations").returncode == 0
    answer = nox(project, "-s", "migrate(database='us')")
    assert answer.returncode == 0, answer.stderr
    assert [path.name for path in project.glob("*.db")] == ["us.db"]
    assert nox(project, "-s", "migrate").returncode == 0
    assert sorted(path.name for path in project.glob("*.db")) == ["eu.db", "us.db"]


def test_the_package_beside_nox_is_used_where_there_is_none_on_path(
    project: Path,
) -> None:
    words = [sys.executable, "-m", "nox", "-s", "migration-status"]
    done = subprocess.run(
        words,
        cwd=project,
        env=os.environ | {"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "-m mm_engine migrate status" in done.stderr


def test_the_migrations_are_tested(project: Path) -> None:
    assert nox(project, "-s", "makemigrations").returncode == 0
    answer = nox(project, "-s", "db-test", "--", "-v")
    assert answer.returncode == 0, answer.stdout
    assert "migrations::0001_initial::stairway[sqlite] PASSED" in answer.stdout


def test_what_runs_have_kept_is_stopped(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAKEMIGRATIONS_CACHE", str(project / "cache"))
    assert nox(project, "-s", "makemigrations").returncode == 0
    write = "def test_it(mm_database): pass\n"
    (project / "test_it.py").write_text(write, encoding="utf-8")
    assert nox(project, "-s", "db-test", "--", "--mm-keep").returncode == 0
    answer = nox(project, "-s", "db-stop")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "makemigrations: dropped 1 template of sqlite" in answer.stdout


def test_each_session_is_a_function_for_sessions_of_ones_own(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAKEMIGRATIONS_CACHE", str(project / "cache"))
    (project / "noxfile.py").write_text(OWN, encoding="utf-8")
    answer = nox(project, "-s", "mine")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stderr.count("nox > makemigrations ") == 7
    assert answer.stderr.count("nox > pytest ") == 2
    assert "makemigrations: nothing was kept" in answer.stdout
