"""What somebody does wrong with the nox sessions, and what they are told."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import mm_nox
from mm_nox.sessions import SESSIONS
from nox_runs import SCHEMA, nox, run, write_noxfile

NOTHING = "tables: []\n"
ON_A_PROJECT = [name for name in SESSIONS if name not in {"db2schema", "db-stop"}]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose one table is migrated."""
    for words in (("init",), ("makemigrations",)):
        made = run(tmp_path, "makemigrations", *words)
        assert made.returncode == 0, made.stderr
        schema = tmp_path / "schema" / "schema.yaml"
        schema.write_text(SCHEMA, encoding="utf-8")
    write_noxfile(tmp_path)
    return tmp_path


def told(project: Path, *words: str) -> str:
    """All that nox says where sessions fail."""
    answer = nox(project, *words)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr
    return answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("session", "command", "words"),
    [
        ("makemigrations", "makemigrations", ("--bogus",)),
        ("migrate", "migrate up", ("--bogus",)),
        ("showsql", "migrate showsql", ("--bogus",)),
        ("migration-status", "migrate status", ("extra",)),
        ("schema-check", "check", ("extra",)),
        ("db-diff", "db-diff", ("--against", "moon")),
        ("db2schema", "db2schema", ("--bogus",)),
    ],
)
def test_an_unknown_argument_gets_the_usage_and_the_exit_code_of_the_command(
    project: Path, session: str, command: str, words: tuple[str, ...]
) -> None:
    said = told(project, "-s", session, "--", *words)
    assert f'"makemigrations {command} --help" shows what it takes' in said
    assert f"{command} {' '.join(words)} failed with exit code 2" in said


def test_an_unknown_argument_of_the_tests_gets_the_usage_of_pytest(
    project: Path,
) -> None:
    said = told(project, "-s", "db-test", "--", "--bogus")
    assert "unrecognized arguments: --bogus" in said
    assert "failed with exit code 4" in said


def test_where_there_is_no_project_each_session_says_so(tmp_path: Path) -> None:
    write_noxfile(tmp_path)
    said = told(tmp_path, "-s", *ON_A_PROJECT)
    missing = f"there is no project in {tmp_path} or in a folder above it"
    assert said.count(missing) == len(ON_A_PROJECT)
    assert said.count('"makemigrations init" begins one here') == len(ON_A_PROJECT)
    assert said.count("failed with exit code 1") == len(ON_A_PROJECT)


def test_the_session_that_needs_no_project_asks_for_a_database(tmp_path: Path) -> None:
    write_noxfile(tmp_path)
    said = told(tmp_path, "-s", "db2schema")
    assert "there is no database URL" in said
    assert "give --url, set DATABASE_URL, or write database.default_url" in said


def test_a_broken_migration_fails_each_session_with_its_line(project: Path) -> None:
    assert run(project, "makemigrations", "migrate", "up").returncode == 0
    broken = project / "migrations" / "0002_broken.py"
    broken.write_text("\nimport nonsense\n", encoding="utf-8")
    said = told(project, "-s", *ON_A_PROJECT)
    line = 'migrations/0002_broken.py:2:1: there is no module "nonsense"'
    assert said.count(line) == len(ON_A_PROJECT)
    assert said.count("failed with exit code 1") == len(ON_A_PROJECT)


@pytest.mark.parametrize("words", [(), ("--allow-parallel", "--parallel", "2")])
def test_a_question_that_nobody_can_answer_ends_with_the_flags_to_give(
    project: Path, words: tuple[str, ...]
) -> None:
    assert nox(project, "-s", "makemigrations").returncode == 0
    (project / "schema" / "schema.yaml").write_text(NOTHING, encoding="utf-8")
    said = told(project, *words, "-s", "makemigrations", "migration-status")
    assert "drop table users: every row of users will be lost" in said
    assert "--destructive drop:users=WORD" in said
    assert "makemigrations failed with exit code 2" in said


@pytest.mark.parametrize("argument", ["include", "tags", "install", "databases"])
def test_a_text_where_a_list_is_meant_is_refused(tmp_path: Path, argument: str) -> None:
    write_noxfile(tmp_path, f"{argument}='migrate'")
    answer = nox(tmp_path, "--list")
    assert answer.returncode != 0
    assert f'{argument} is a list, as in {argument}=["migrate"]' in answer.stderr


def test_a_program_that_is_nowhere_is_told_with_what_installs_it(
    tmp_path: Path,
) -> None:
    """Nox here has our sessions; the engine and pytest are kept out of its sight."""
    shutil.copytree(Path(mm_nox.__file__).parent, tmp_path / "alone" / "mm_nox")
    write_noxfile(tmp_path)
    hide = "import sys; sys.modules |= dict.fromkeys(('mm_engine', 'pytest'))"
    for session, install in (
        ("migrate", "makemigrations"),
        ("db-test", "makemigrations[pytest]"),
    ):
        start = f"{hide}; import nox; sys.argv = ['nox', '-s', '{session}']; nox.main()"
        done = subprocess.run(
            [sys.executable, "-c", start],
            cwd=tmp_path,
            env=os.environ | {"PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert "nor on PATH, nor beside nox" in done.stderr
        assert f'python -m pip install "{install}"' in done.stderr
        assert "Traceback" not in done.stderr
