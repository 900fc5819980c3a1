from __future__ import annotations

from pathlib import Path

import pytest

from command_line import Line


@pytest.fixture
def mm(tmp_path: Path) -> Line:
    """A command line in an empty folder."""
    return Line(tmp_path)


def test_it_makes_settings_a_schema_and_lines_for_git(mm: Line) -> None:
    answer = mm("init")
    assert answer.code == 0
    made = {
        path.relative_to(mm.folder).as_posix()
        for path in mm.folder.rglob("*")
        if path.is_file()
    }
    assert made == {
        ".gitignore",
        "migrations/makemigrations.config.yaml",
        "schema/schema.yaml",
    }
    assert "makemigrations migrate up" in answer.err
    assert answer.out == ""


def test_what_it_makes_works_at_once(mm: Line) -> None:
    mm.fine("init")
    mm.fine("makemigrations")
    mm.fine("migrate", "up")
    mm.fine("check")
    assert mm.migrations() == ["0001_initial"]
    assert (mm.folder / "app.db").exists()


def test_saying_it_twice_changes_nothing(mm: Line) -> None:
    mm.fine("init")
    mm.edit("users", "people")
    before = {p: p.read_bytes() for p in mm.folder.rglob("*") if p.is_file()}
    answer = mm("init")
    after = {p: p.read_bytes() for p in mm.folder.rglob("*") if p.is_file()}
    assert (answer.code, before) == (0, after)


def test_lines_for_git_are_added_to_those_there(mm: Line) -> None:
    (mm.folder / ".gitignore").write_text("*.log\n/app.db", encoding="utf-8")
    mm.fine("init")
    text = (mm.folder / ".gitignore").read_text(encoding="utf-8")
    assert text == "*.log\n/app.db\n/app.db-*\n"


def test_settings_in_a_pyproject_are_kept(mm: Line) -> None:
    (mm.folder / "pyproject.toml").write_text(
        '[tool.makemigrations.schema]\npaths = ["db/shop.yaml"]\n', encoding="utf-8"
    )
    mm.fine("init")
    assert (mm.folder / "db" / "shop.yaml").exists()
    assert not (mm.folder / "migrations" / "makemigrations.config.yaml").exists()
    assert (mm.folder / "migrations").is_dir()


def test_another_database_gets_its_type_and_a_url_to_fill_in(mm: Line) -> None:
    mm.fine("init", "--database", "postgresql")
    settings = mm.folder / "migrations" / "makemigrations.config.yaml"
    text = settings.read_text(encoding="utf-8")
    assert "type: postgresql" in text
    assert "# default_url: postgresql://" in text
    assert mm("makemigrations").code == 0


def test_an_unknown_database_is_refused_with_nothing_written(mm: Line) -> None:
    answer = mm("init", "--database", "postgre")
    assert answer.code == 1
    assert 'did you mean "postgresql"' in answer.err
    assert list(mm.folder.iterdir()) == []


def test_a_file_where_a_folder_has_to_be_is_told(mm: Line) -> None:
    (mm.folder / "schema").write_text("", encoding="utf-8")
    answer = mm("init")
    assert answer.code == 1
    assert "schema is a file; a folder has to be there" in answer.err


def test_the_files_are_told_as_json(mm: Line) -> None:
    document = mm("init", "--json").document
    assert document["made"] == [
        "migrations/makemigrations.config.yaml",
        "schema/schema.yaml",
        ".gitignore",
    ]
