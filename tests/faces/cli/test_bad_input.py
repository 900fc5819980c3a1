"""What is wrong is told with its place and a way out, and nothing is written."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from command_line import SCHEMA, Line

SECOND = """\
import mm_engine as mm

migration = mm.Migration(
    name="{name}",
    dependencies={dependencies},
    operations=[],
)
"""


def files(line: Line) -> dict[Path, bytes]:
    return {
        path: path.read_bytes()
        for path in line.folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def write_migration(
    line: Line, name: str, dependencies: str, *, called: str | None = None
) -> None:
    text = SECOND.format(name=called or name, dependencies=dependencies)
    line.schema(text, f"migrations/{name}.py")


def test_every_problem_of_a_schema_file_is_told_at_once(made: Line) -> None:
    made.schema(
        "tables:\n"
        "  - name: users\n"
        "    fields:\n"
        "      - {name: id, type: integr, primary_key: true}\n"
        "      - {name: a, type: varchar, lenght: 3}\n"
        "      - name: b\n"
        "        type: foreign_key\n"
        "        foreign_key: {table: user}\n"
    )
    before = files(made)
    answer = made("makemigrations")
    assert answer.code == 1
    assert files(made) == before
    places = [row for row in answer.err.splitlines() if row.startswith("schema/")]
    assert {row.split(":")[1] for row in places} >= {"4", "5", "8"}
    assert 'did you mean "integer"?' in answer.err
    assert 'did you mean "length"?' in answer.err
    assert 'did you mean "users"?' in answer.err


@pytest.mark.parametrize("text", ["tables: [\n", "tables:\n\t- a\n", "tables: a\n"])
def test_what_is_no_schema_is_told_with_its_place(made: Line, text: str) -> None:
    made.schema(text)
    answer = made("check")
    assert answer.code == 1
    assert answer.err.startswith("schema/schema.yaml:")


def test_a_schema_file_that_is_not_there_is_named(made: Line) -> None:
    (made.folder / "schema" / "schema.yaml").unlink()
    answer = made("makemigrations")
    assert answer.code == 1
    assert "schema/schema.yaml" in answer.err


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("0002_a", "import nothing_such\n", "nothing_such"),
        ("0002_a", "x = (\n", "was never closed"),
        ("0002_a", "", "the file is empty"),
        ("0002_a", SECOND.format(name="0002_b", dependencies=[]), "0002_b"),
        (
            "0002_a",
            SECOND.format(name="0002_a", dependencies=["0001_initia"]),
            'did you mean "0001_initial"',
        ),
        (
            "0002_a",
            SECOND.format(name="0002_a", dependencies=["0002_a"]),
            "depends on itself",
        ),
    ],
)
@pytest.mark.parametrize(
    "words", [("migrate", "up"), ("makemigrations",), ("migrate", "dag"), ("check",)]
)
def test_a_migration_file_that_does_not_fit_is_told(
    made: Line, name: str, text: str, said: str, words: tuple[str, ...]
) -> None:
    made.schema(text, f"migrations/{name}.py")
    answer = made(*words)
    assert answer.code == 1
    assert said in answer.err
    assert f"migrations/{name}.py:" in answer.err
    assert not (made.folder / "app.db").exists()


def test_two_leaves_are_told_and_neither_is_applied(migrated: Line) -> None:
    write_migration(migrated, "0002_a", '["0001_initial"]')
    write_migration(migrated, "0002_b", '["0001_initial"]')
    for words in (("migrate", "up"), ("migrate", "up", "--plan")):
        answer = migrated(*words)
        assert answer.code == 1
        assert "2 branches: 0002_a, 0002_b" in answer.err
        assert "--merge" in answer.err
    assert "pending" in migrated.fine("migrate", "status")
    assert "applied 0002_b" in migrated.fine("migrate", "up", "--to", "0002_b")
    assert migrated("migrate", "up").code == 1
    migrated.fine("migrate", "up", "--to", "0002_a")
    assert "nothing to do" in migrated("migrate", "up").err


def test_two_config_files_are_both_named(made: Line) -> None:
    made.schema("[tool.makemigrations.database]\n", "pyproject.toml")
    answer = made("check")
    assert answer.code == 1
    assert "pyproject.toml" in answer.err
    assert "migrations/makemigrations.config.yaml" in answer.err


def test_no_project_is_told(tmp_path: Path) -> None:
    answer = Line(tmp_path)("check")
    assert answer.code == 1
    assert "makemigrations init" in answer.err


def test_a_folder_that_may_not_be_written_keeps_its_files(
    made: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.schema(SCHEMA.replace("255", "300"))
    before = files(made)
    really = os.open

    def refused(path: str, flags: int, *rest: int) -> int:
        # What the system says to others it does not say to root.
        if flags & os.O_CREAT and "0002" in str(path):
            raise PermissionError(13, "Permission denied", path)
        return really(path, flags, *rest)

    monkeypatch.setattr(os, "open", refused)
    answer = made("makemigrations")
    assert answer.code == 1
    [name] = re.findall(r"^migrations/(\w+\.py):1:1: cannot write", answer.err)
    assert f"cannot write {name}: Permission denied" in answer.err
    assert files(made) == before


def test_a_full_disk_leaves_every_file_as_it_was(
    made: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.schema(SCHEMA.replace("255", "300"))
    before = files(made)

    def full(descriptor: int) -> None:
        del descriptor
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    answer = made("makemigrations")
    assert answer.code == 1
    assert "No space left on device" in answer.err
    assert files(made) == before


def test_a_database_has_to_be_chosen_where_there_are_only_named_ones(
    made: Line,
) -> None:
    made.schema(
        "databases:\n  eu: {url: 'sqlite:///eu.db'}\n  us: {url: 'sqlite:///us.db'}\n",
        "migrations/makemigrations.config.yaml",
    )
    answer = made("migrate", "up")
    assert answer.code == 1
    assert "choose one with --db: eu, us" in answer.err


def test_a_table_of_ours_is_nobody_elses(made: Line) -> None:
    made.schema(SCHEMA.replace("users", "makemigrations_history"))
    answer = made("makemigrations")
    assert answer.code == 1
    assert 'schema/schema.yaml:2:11: the name of table "makemigr' in answer.err


def test_errors_are_told_once(made: Line) -> None:
    answer = made("migrate", "up", "--to", "nothing")
    assert answer.err.count("nothing") == 1
    assert "Usage" not in answer.err


def test_passwords_are_nowhere(made: Line) -> None:
    url = "postgresql://ann:s3cret@localhost:1/shop"
    for words in (
        ("--url", url, "config"),
        ("--url", url, "config", "--json"),
        ("--url", url, "migrate", "status"),
        ("--url", url, "migrate", "up", "--json"),
        ("--url", url, "check"),
    ):
        answer = made(*words)
        assert "s3cret" not in answer.out + answer.err
