"""db2schema reads a database; what it prints makes the same database again."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from command_line import SETTINGS, Line

pytestmark = pytest.mark.database("sqlite")

SQL = """
CREATE TABLE authors (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name VARCHAR(80) NOT NULL DEFAULT 'it''s me',
  email TEXT NOT NULL UNIQUE,
  born DATE,
  boss INTEGER REFERENCES authors (id) ON DELETE SET NULL);
CREATE TABLE books (
  isbn CHAR(13) NOT NULL,
  edition INTEGER NOT NULL DEFAULT 1 CHECK (edition > 0),
  title TEXT NOT NULL,
  price DECIMAL(8, 2),
  author INTEGER NOT NULL,
  PRIMARY KEY (isbn, edition),
  CONSTRAINT uq_title UNIQUE (title, edition),
  CONSTRAINT fk_author FOREIGN KEY (author) REFERENCES authors (id)
    ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE reviews (
  id INTEGER NOT NULL PRIMARY KEY,
  isbn CHAR(13) NOT NULL, edition INTEGER NOT NULL, text TEXT,
  FOREIGN KEY (isbn, edition) REFERENCES books (isbn, edition));
CREATE INDEX idx_author ON books (author);
CREATE INDEX idx_lower ON books (lower(title), price DESC);
CREATE UNIQUE INDEX idx_cheap ON books (title) WHERE price < 10;
CREATE VIEW cheap AS SELECT * FROM books WHERE price < 10;
CREATE TRIGGER no_delete BEFORE DELETE ON authors BEGIN SELECT 1; END;
INSERT INTO authors (email) VALUES ('ada@example.org');
"""


@pytest.fixture
def there(mm: Line) -> Line:
    """A project without schema and migrations, and a database that is in use."""
    (mm.folder / "schema" / "schema.yaml").unlink()
    with closing(sqlite3.connect(mm.folder / "app.db")) as connection, connection:
        connection.executescript(SQL)
    return mm


def test_what_is_read_makes_the_same_database_again(there: Line) -> None:
    read = there("db2schema", "--output", "schema/schema.yaml")
    assert (read.code, read.out) == (0, "wrote schema/schema.yaml\n")
    there.fine("makemigrations")
    fresh = ("--url", "sqlite:///fresh.db")
    there.fine("migrate", "up", *fresh)
    assert there("db-diff", *fresh).code == 0
    # What had no name has one now; nothing else is otherwise, and nothing more comes.
    there.fine("db2schema", *fresh, "-o", "schema/schema.yaml", "--force")
    assert there("makemigrations", "--check").code == 0
    assert there("db-diff", "--against", "schema", *fresh).code == 0


def test_a_database_that_is_in_use_is_adopted(there: Line) -> None:
    there.fine("db2schema", "--output", "schema/schema.yaml")
    there.fine("makemigrations")
    assert there("db-diff", "--against", "migrations").code == 0
    there.fine("migrate", "fake", "--all")
    assert there("db-diff").code == 0
    assert there("check", "--drift").code == 0
    there.edit(
        "      - name: born",
        "      - name: nick\n        type: text\n      - name: born",
    )
    there.fine("makemigrations")
    there.fine("migrate", "up")
    assert there("db-diff").code == 0


def test_keys_and_indexes_of_every_kind_survive(there: Line) -> None:
    said = there.fine("db2schema")
    for words in (
        "on_delete: SET NULL",
        "name: fk_author",
        "on_delete: CASCADE",
        "on_update: CASCADE",
        "references: [isbn, edition]",
        "name: uq_title",
        "lower(title)",
        "desc: true",
        "where: price < 10",
        "edition > 0",
        "default: it's me",
    ):
        assert words in said, words


def test_what_no_file_can_say_is_listed_and_counted(there: Line) -> None:
    answer = there("db2schema")
    assert answer.code == 0
    assert "sqlite:///app.db: 3 tables" in answer.err
    assert "  view cheap" in answer.err
    assert "  trigger no_delete on authors" in answer.err
    assert "cheap AS" not in answer.out
    assert there("db2schema", "--strict").code == 3
    assert there("db2schema", "--strict", "--tables", "books", "--exclude", "x*").code


def test_tables_are_chosen_by_pattern(there: Line) -> None:
    chosen = there("db2schema", "--tables", "book*", "--tables", "authors", "--json")
    assert chosen.document["tables"] == ["authors", "books"]
    left = there("db2schema", "--exclude", "*s", "--json")
    assert left.document["tables"] == []
    alone = there("db2schema", "--tables", "reviews", "--json").document
    assert [one["kind"] for one in alone["unread"] if one["table"] == "reviews"] == [
        "foreign key"
    ]
    assert "foreign_key" not in alone["schema"]


@pytest.mark.parametrize("flag", ["--tables", "--exclude"])
def test_a_pattern_that_fits_nothing_is_told(there: Line, flag: str) -> None:
    answer = there("db2schema", flag, "bokos")
    assert answer.code == 2
    assert f'{flag} bokos: no table is called like "bokos"' in answer.err
    assert 'did you mean "books"?' in answer.err


def test_a_file_is_not_written_over_without_being_told(there: Line) -> None:
    there.schema("mine")
    answer = there("db2schema", "-o", "schema/schema.yaml")
    assert answer.code == 2
    assert "--force writes over it" in answer.err
    path = there.folder / "schema" / "schema.yaml"
    assert path.read_text(encoding="utf-8") == "mine"
    there.fine("db2schema", "-o", "schema/schema.yaml", "--force")
    assert path.read_text(encoding="utf-8").startswith("tables:")


def test_no_project_is_needed(there: Line) -> None:
    bare = Line(there.folder / "bare")
    bare.folder.mkdir()
    url = f"sqlite:///{there.folder / 'app.db'}"
    assert bare.fine("db2schema", "--url", url) == there.fine("db2schema")
    assert list(bare.folder.iterdir()) == []


def test_our_own_tables_are_left_out(there: Line) -> None:
    there.schema(SETTINGS, "migrations/makemigrations.config.yaml")
    before = there.fine("db2schema")
    there.fine("db2schema", "-o", "schema/schema.yaml")
    there.fine("makemigrations")
    there.fine("migrate", "fake", "--all")
    assert there.fine("db2schema") == before


def test_an_empty_database_is_an_empty_schema(mm: Line) -> None:
    (mm.folder / "app.db").touch()
    answer = mm("db2schema", "--json")
    assert (answer.code, answer.document["tables"]) == (0, [])


def test_namespaces_are_refused_where_there_are_none(there: Line) -> None:
    answer = there("db2schema", "--namespace", "audit")
    assert answer.code == 2
    assert "SQLite has no namespaces" in answer.err


def test_the_old_name_works_too(there: Line) -> None:
    assert there.fine("db-to-schema") == there.fine("db2schema")
