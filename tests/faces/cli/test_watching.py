from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import SCHEMA, Line
from mm_engine.schemafile import json_schema

pytestmark = pytest.mark.database("sqlite")

POSTS = """\
  - name: posts
    fields:
      - {name: id, type: integer, primary_key: true}
"""


@pytest.fixture
def two(migrated: Line) -> Line:
    """A project with two migrations, the first of them applied."""
    migrated.schema(SCHEMA + POSTS)
    migrated.fine("makemigrations")
    return migrated


def shown(line: Line, *words: str) -> list[str]:
    """The migrations whose SQL is printed, with their direction."""
    out = line.fine("migrate", "showsql", *words)
    return [row[3:] for row in out.splitlines() if row.startswith("-- 0")]


UP = ["0001_initial (up)", "0002_create_posts (up)"]
DOWN = ["0002_create_posts (down)", "0001_initial (down)"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), UP[1:]),
        (("--pending",), UP[1:]),
        (("--all",), UP),
        (("0001",), UP[:1]),
        (("0002",), UP[1:]),
        (("--from", "0001"), UP),
        (("--from", "2"), UP[1:]),
        (("--all", "--down"), DOWN),
        (("1", "--down"), DOWN[1:]),
        (("--pending", "--down"), DOWN[:1]),
        (("--from", "2", "--down"), DOWN[:1]),
    ],
)
def test_showsql_prints_what_was_chosen(
    two: Line, words: tuple[str, ...], expected: list[str]
) -> None:
    assert shown(two, *words) == expected


def test_showsql_says_what_it_chose_by_itself(two: Line) -> None:
    assert two("migrate", "showsql").err == "-- what is pending, for sqlite\n"
    other = two("migrate", "showsql", "--url", "sqlite:///no/such/folder.db")
    assert other.code == 0
    assert "-- every migration, for sqlite: " in other.err
    assert "there is no folder" in other.err
    assert "0001_initial (up)" in other.out


def test_showsql_needs_no_database(made: Line) -> None:
    made.schema("database: {type: sqlite}\n", "migrations/makemigrations.config.yaml")
    answer = made("migrate", "showsql")
    assert answer.code == 0
    assert "no database is configured" in answer.err
    assert not (made.folder / "app.db").exists()


def test_nobody_knows_whose_sql_to_write_without_a_type(made: Line) -> None:
    made.schema("", "migrations/makemigrations.config.yaml")
    answer = made("migrate", "showsql")
    assert answer.code == 1
    assert "--database TYPE" in answer.err
    assert made("migrate", "showsql", "--database", "sqlite").code == 0


def test_another_type_of_database_is_named(made: Line) -> None:
    unknown = made("migrate", "showsql", "--database", "sqlight")
    assert unknown.code == 1
    assert 'did you mean "sqlite"' in unknown.err


def test_what_is_pending_cannot_be_read_from_nowhere(made: Line) -> None:
    made.schema("database: {type: sqlite}\n", "migrations/makemigrations.config.yaml")
    answer = made("migrate", "showsql", "--pending")
    assert answer.code == 1
    assert "no URL" in answer.err


@pytest.mark.parametrize(
    "words", [("--all", "--pending"), ("1", "--all"), ("1", "--from", "2")]
)
def test_one_choice_excludes_another(two: Line, words: tuple[str, ...]) -> None:
    assert two("migrate", "showsql", *words).code == 2


def test_the_way_back_is_printed_too_if_the_settings_say_so(two: Line) -> None:
    two.schema(
        "database: {default_url: 'sqlite:///app.db'}\n"
        "migration: {include_down_sql: true}\n",
        "migrations/makemigrations.config.yaml",
    )
    assert shown(two, "--all") == [*UP, *DOWN]
    assert shown(two, "--all", "--down") == DOWN


def test_what_cannot_be_undone_is_an_error_or_a_comment(two: Line) -> None:
    two.fine("empty", "--name", "once")
    two.edit(
        "operations=[]", 'operations=[mm.RunSQL("SELECT 1")]', "migrations/0003_once.py"
    )
    assert two("migrate", "showsql", "3", "--down").code == 1
    two.schema(
        "database: {type: sqlite}\nmigration: {include_down_sql: true}\n",
        "migrations/makemigrations.config.yaml",
    )
    out = two.fine("migrate", "showsql", "3")
    assert "-- cannot be undone: " in out


def test_looking_creates_nothing(made: Line) -> None:
    before = sorted(made.folder.rglob("*"))
    for words in (
        ("migrate", "status"),
        ("migrate", "showsql", "--pending"),
        ("migrate", "dag"),
        ("check",),
        ("schema-diff",),
        ("current-state",),
        ("migrate", "up", "--plan"),
        ("makemigrations", "--check"),
        ("config",),
    ):
        assert made(*words).code == 0, words
    after = [
        path
        for path in sorted(made.folder.rglob("*"))
        if "__pycache__" not in str(path)
    ]
    assert after == before


def test_status_says_how_each_migration_stands(two: Line) -> None:
    answer = two("migrate", "status")
    assert answer.code == 0
    head, first, second = answer.out.splitlines()
    assert head.split()[:2] == ["migration", "state"]
    assert first.split()[:2] == ["0001_initial", "applied"]
    assert second.split()[:2] == ["0002_create_posts", "pending"]


def test_status_can_be_a_check(two: Line) -> None:
    assert two("migrate", "status", "--check").code == 3
    two.fine("migrate", "up")
    assert two("migrate", "status", "--check").code == 0


def test_edited_and_lost_migrations_are_seen(two: Line) -> None:
    two.edit("Varchar(255)", "Varchar(99)", "migrations/0001_initial.py")
    assert "changed" in two.fine("migrate", "status")
    check = two("check")
    assert check.code == 3
    assert "0001_initial was changed after it was applied" in check.out
    assert "migrations/0001_initial.py:" in check.out
    up = two("migrate", "up")
    assert up.code == 1
    assert "changed after being applied" in up.err
    (two.folder / "migrations" / "0002_create_posts.py").unlink()
    (two.folder / "migrations" / "0001_initial.py").unlink()
    assert "missing" in two.fine("migrate", "status")


def test_the_graph_is_drawn(two: Line) -> None:
    assert two.fine("migrate", "dag") == "* 0001_initial\n* 0002_create_posts\n"
    assert two.fine("migrate", "dag", "--status") == (
        "* 0001_initial (applied)\no 0002_create_posts (pending)\n"
    )
    assert two.fine("migrate", "dag", "--format", "mermaid").startswith(
        "flowchart TD\n"
    )
    document = two("migrate", "dag", "--format", "json").document
    assert document["leaves"] == ["0002_create_posts"]


def test_what_changed_is_listed(made: Line) -> None:
    made.edit("255", "20")
    answer = made("schema-diff")
    assert answer.code == 3
    assert answer.out == (
        "~ alter users.email: type"
        "  (loses values of users.email that do not fit varchar)\n"
    )


@pytest.mark.parametrize(
    "name", ["schema-diff", "schema_diff", "diff", "current-state", "current_state"]
)
def test_old_names_and_underscores_work(made: Line, name: str) -> None:
    assert made(name).code == 0


@pytest.mark.parametrize("name", ["dump_sql", "dump-sql", "schema-to-sql"])
def test_the_whole_schema_is_printed_as_sql(mm: Line, name: str) -> None:
    out = mm.fine(name, "--database", "sqlite")
    assert 'CREATE TABLE "users"' in out


def test_only_what_is_new_is_printed_as_sql(made: Line) -> None:
    made.schema(SCHEMA + POSTS)
    out = made.fine("dump_sql", "--pending")
    assert 'CREATE TABLE "posts"' in out
    assert "users" not in out


def test_the_current_state_is_a_schema_file(made: Line) -> None:
    made.schema(made.fine("current-state"))
    assert made("check").code == 0


def test_there_may_be_no_migration_yet(mm: Line) -> None:
    for words in (
        ("migrate", "status"),
        ("migrate", "showsql", "--all"),
        ("migrate", "dag"),
        ("current-state",),
    ):
        assert mm(*words).code == 0, words


def test_dag_tells_scripts_how_each_migration_stands(two: Line) -> None:
    told = two("migrate", "dag", "--status", "--json").document["migrations"]
    assert {one["name"]: one["state"] for one in told} == {
        "0001_initial": "applied",
        "0002_create_posts": "pending",
    }
    without = two("migrate", "dag", "--json").document["migrations"]
    assert all("state" not in one for one in without)


def test_the_json_schema_is_printed_where_no_project_is(tmp_path: Path) -> None:
    printed = Line(tmp_path).fine("json-schema")
    assert json.loads(printed) == json_schema()
    assert list(tmp_path.iterdir()) == []
