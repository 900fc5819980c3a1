"""The command line against a PostgreSQL server."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import SCHEMA, Answer, Line
from postgresql_runs import rows

pytestmark = pytest.mark.database("postgresql")

POSTS = """\
  - name: posts
    fields:
      - {name: id, type: serial, primary_key: true}
      - {name: user_id, type: foreign_key, foreign_key: {table: users}}
      - {name: at, type: timestamptz, auto_update: true}
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
HISTORY = [("makemigrations_history",)]
ALL = [("makemigrations_history",), ("posts",), ("users",)]


class Shop:
    """A project of two migrations, and commands of it on an empty database."""

    def __init__(self, line: Line, url: str) -> None:
        line.schema(SCHEMA)
        line.fine("makemigrations")
        line.schema(SCHEMA + POSTS)
        self.line, self.url = line, url
        self.fine("makemigrations")

    def __call__(self, *words: str) -> Answer:
        """Run a command."""
        return self.line("--url", self.url, *words)

    def fine(self, *words: str) -> str:
        """What a command that has to end well says on stdout."""
        return self.line.fine("--url", self.url, *words)

    def tables(self) -> list[tuple[object, ...]]:
        """The tables that there are."""
        return rows(self.url, TABLES)

    def states(self) -> dict[str, str]:
        """How each migration stands."""
        found = self("migrate", "status", "--json").document["migrations"]
        return {one["name"]: one["state"] for one in found}


@pytest.fixture
def shop(mm: Line, url: str) -> Shop:
    """Two migrations and an empty database."""
    return Shop(mm, url)


def test_up_status_and_down(shop: Shop) -> None:
    answer = shop("migrate", "up")
    assert answer.code == 0
    assert "(postgresql 1" in answer.err
    assert "2 migrations to apply" in answer.err
    assert [line.split(" (")[0] for line in answer.out.splitlines()] == [
        "applied 0001_initial",
        "applied 0002_create_posts",
    ]
    assert shop.tables() == ALL
    assert set(shop.states().values()) == {"applied"}
    assert "nothing to do" in shop("migrate", "up").err
    assert "undid 0002_create_posts" in shop.fine("migrate", "down")
    assert shop.states() == {"0001_initial": "applied", "0002_create_posts": "pending"}
    shop.fine("migrate", "down", "--to", "zero")
    assert shop.tables() == HISTORY


def test_a_target_is_enough(shop: Shop) -> None:
    shop.fine("migrate", "up", "--to", "1")
    assert shop.states() == {"0001_initial": "applied", "0002_create_posts": "pending"}
    shop.fine("migrate", "up")
    shop.fine("migrate", "down", "--to", "0001")
    assert ("users",) in shop.tables()
    shop.fine("migrate", "up")
    shop.fine("migrate", "down", "--steps", "2")
    assert shop.tables() == HISTORY


def test_a_plan_writes_nothing(shop: Shop) -> None:
    found = shop("migrate", "up", "--plan", "--json").document["plan"]
    assert [one["name"] for one in found] == ["0001_initial", "0002_create_posts"]
    assert shop.tables() == []
    shop.fine("migrate", "up")
    assert "0002_create_posts" in shop.fine("migrate", "down", "--plan")
    assert shop.tables() == ALL


def test_what_was_done_is_told_to_scripts(shop: Shop) -> None:
    found = shop("migrate", "up", "--json").document
    assert found["type"] == "postgresql"
    assert found["server_version"].startswith("1")
    assert [one["name"] for one in found["applied"]] == [
        "0001_initial",
        "0002_create_posts",
    ]
    assert not any(one["skipped"] for one in found["applied"])


@pytest.mark.parametrize(
    "words", [("--steps", "2"), ("--to", "zero"), ("--steps", "2", "--json")]
)
def test_rows_are_not_lost_without_being_agreed_to(
    shop: Shop, words: tuple[str, ...]
) -> None:
    shop.fine("migrate", "up")
    rows(shop.url, "INSERT INTO users VALUES (1, 'ada@example.org')")
    answer = shop("migrate", "down", *words)
    assert answer.code == 2
    assert "loses data: 0001_initial: drop table users" in answer.err + answer.out
    assert shop.tables() == ALL
    assert rows(shop.url, "SELECT count(*) FROM users") == [(1,)]
    shop.fine("migrate", "down", *words, "--yes")
    assert shop.tables() == HISTORY


def test_the_sql_that_is_shown_makes_the_same_tables(shop: Shop) -> None:
    shown = shop.fine("migrate", "showsql", "--pending")
    rows(shop.url, shown)
    columns = (
        "SELECT table_name, column_name, data_type, is_nullable"
        " FROM information_schema.columns WHERE table_schema = 'public'"
        " AND table_name <> 'makemigrations_history' ORDER BY 1, 2"
    )
    by_hand = rows(shop.url, columns)
    rows(shop.url, shop.fine("migrate", "showsql", "--all", "--down"))
    assert shop.tables() == []
    shop.fine("migrate", "up")
    assert rows(shop.url, columns) == by_hand
    assert "nothing is pending" in shop("migrate", "showsql", "--pending").err


def test_fake_wants_ancestors_and_tables(shop: Shop) -> None:
    answer = shop("migrate", "fake", "2")
    assert answer.code == 1
    assert "depends on 0001_initial" in answer.err
    answer = shop("migrate", "fake", "1", "2")
    assert answer.code == 1
    assert "the database has no table users, posts" in answer.err
    assert shop.tables() == []


def test_what_is_there_is_faked_and_unfaked(shop: Shop) -> None:
    rows(shop.url, shop.fine("migrate", "showsql", "--all"))
    answer = shop("migrate", "up")
    assert answer.code == 1
    assert "no history" in answer.err
    shop.fine("migrate", "fake", "--all")
    assert set(shop.states().values()) == {"faked"}
    assert shop("check").code == 0
    assert "nothing to do" in shop("migrate", "up").err
    shop.fine("migrate", "fake", "--undo", "2")
    assert shop.states() == {"0001_initial": "faked", "0002_create_posts": "pending"}
    assert shop("migrate", "status", "--check").code == 3


def test_a_failed_statement_leaves_the_database_as_it_was(shop: Shop) -> None:
    path = Path(shop.line.folder / "migrations" / "0003_bad.py")
    path.write_text(
        "import mm_engine as mm\n\nmigration = mm.Migration(name='0003_bad',"
        " dependencies=['0002_create_posts'], operations=["
        "mm.DropTable('posts'), mm.RunSQL('SELECT 1 / 0', '')])\n",
        encoding="utf-8",
    )
    answer = shop("migrate", "up")
    assert answer.code == 1
    assert "0003_bad: statement 3 of 3 (operation 2" in answer.err
    assert "2 migrations before it stay applied" in answer.err
    assert shop.tables() == ALL
    path.unlink()
    assert shop("check").code == 0


def test_an_index_beside_writers_is_a_migration_of_its_own(shop: Shop) -> None:
    shop.fine("migrate", "up")
    shop.line.edit(
        "      - {name: at,",
        "      - {name: title, type: text}\n      - {name: at,",
    )
    with (shop.line.folder / "schema" / "schema.yaml").open("a") as file:
        file.write(
            "    indexes:\n"
            "      - {name: idx_posts_title, fields: [title], concurrently: true}\n"
        )
    assert shop.fine("makemigrations").count("wrote ") == 2
    shown = shop.fine("migrate", "showsql", "--pending")
    assert shown.count("COMMIT;") == 1
    assert 'CREATE INDEX CONCURRENTLY "idx_posts_title"' in shown
    shop.fine("migrate", "up")
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'idx_posts_title'"
    assert rows(shop.url, f"{valid}::regclass") == [(True,)]
    assert shop("check").code == 0
    shop.fine("migrate", "down", "--to", "2")
    assert shop.states()["0004_add_idx_posts_title"] == "pending"
