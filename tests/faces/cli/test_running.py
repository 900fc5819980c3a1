from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from command_line import SCHEMA, Line

pytestmark = pytest.mark.database("sqlite")

AGE = "      - {name: age, type: integer}\n"
POSTS = """\
  - name: posts
    fields:
      - {name: id, type: integer, primary_key: true}
      - {name: title, type: text}
"""


BOTH_WAYS = """\
import mm_engine as mm


THERE = "ALTER TABLE users ADD age integer"
BACK = "ALTER TABLE users DROP age"


def there(connection, schema):
    connection.exec_driver_sql(THERE)


def back(connection, schema):
    connection.exec_driver_sql(BACK)
"""


def rows(line: Line, sql: str, name: str = "app.db") -> list[tuple[object, ...]]:
    """What SQLite itself says."""
    with closing(sqlite3.connect(line.folder / name)) as connection, connection:
        return connection.execute(sql).fetchall()


def tables(line: Line, name: str = "app.db") -> list[str]:
    found = rows(line, "SELECT name FROM sqlite_schema WHERE type = 'table'", name)
    names = [str(name) for (name,) in found]
    return sorted(name for name in names if "makemigrations" not in name)


@pytest.fixture
def two(made: Line) -> Line:
    """A project with two migrations, none applied."""
    made.schema(SCHEMA + POSTS)
    made.fine("makemigrations")
    return made


def test_up_says_where_and_how_many_and_what_it_did(two: Line) -> None:
    answer = two("migrate", "up")
    assert answer.code == 0
    assert [row.partition(" (")[0] for row in answer.out.splitlines()] == [
        "applied 0001_initial",
        "applied 0002_create_posts",
    ]
    where, count = answer.err.splitlines()
    assert where.startswith(
        f"database: sqlite:///app.db (sqlite {sqlite3.sqlite_version}"
    )
    assert count == "2 migrations to apply"
    assert tables(two) == ["posts", "users"]


def test_up_says_when_there_is_nothing_to_do(migrated: Line) -> None:
    answer = migrated("migrate", "up")
    assert (answer.code, answer.out) == (0, "")
    assert "nothing to do" in answer.err


def test_up_stops_at_a_migration_told_by_its_number(two: Line) -> None:
    two.fine("migrate", "up", "--to", "1")
    assert tables(two) == ["users"]


def test_an_unknown_target_applies_nothing(two: Line) -> None:
    answer = two("migrate", "up", "--to", "0002_create_pots")
    assert answer.code == 1
    assert 'did you mean "0002_create_posts"?' in answer.err
    assert tables(two) == []


def test_a_plan_is_only_told(two: Line) -> None:
    answer = two("migrate", "up", "--plan")
    assert answer.code == 0
    assert answer.out.splitlines() == [
        "0001_initial",
        "  + create table users",
        "0002_create_posts",
        "  + create table posts",
    ]
    assert not (two.folder / "app.db").exists()


def test_a_plan_of_the_way_back_is_only_told(two: Line) -> None:
    two.fine("migrate", "up")
    answer = two("migrate", "down", "--plan", "--to", "zero")
    assert answer.code == 0
    assert answer.out.splitlines() == [
        "0002_create_posts",
        "  - drop table posts  (loses every row of posts)",
        "0001_initial",
        "  - drop table users  (loses every row of users)",
    ]
    assert tables(two) == ["posts", "users"]


def test_what_is_only_remembered_loses_nothing(migrated: Line) -> None:
    migrated.edit("      - {name: fullname, type: varchar, length: 100}\n", "")
    said = migrated.fine("makemigrations", "--destructive", "omit")
    assert said.splitlines()[1] == "  - drop users.fullname  (only remembered)"


def test_every_loss_stands_on_a_line_of_its_own(two: Line) -> None:
    two.fine("migrate", "up")
    rows(two, "INSERT INTO users (id, email) VALUES (1, 'a')")
    rows(two, "INSERT INTO posts (id) VALUES (1)")
    answer = two("migrate", "down", "--to", "zero")
    assert answer.code == 2
    assert answer.err.splitlines()[2:] == [
        "error: undoing this loses data:",
        "  0002_create_posts: drop table posts loses every row of posts",
        "  0001_initial: drop table users loses every row of users",
        "  hint: give --yes to do it all the same",
    ]
    assert tables(two) == ["posts", "users"]


def test_what_is_marked_for_review_stops_up(migrated: Line) -> None:
    migrated.edit("      - {name: fullname, type: varchar, length: 100}\n", "")
    migrated.fine("makemigrations", "--silent")
    answer = migrated("migrate", "up")
    assert answer.code == 2
    assert "--allow-review" in answer.err
    migrated.fine("migrate", "up", "--allow-review")


def test_down_undoes_the_last_migration(migrated: Line) -> None:
    migrated.schema(SCHEMA + POSTS)
    migrated.fine("makemigrations")
    migrated.fine("migrate", "up")
    answer = migrated("migrate", "down")
    assert answer.code == 0
    assert answer.out.startswith("undid 0002_create_posts (")
    assert tables(migrated) == ["users"]


def test_down_goes_back_to_a_migration_or_to_nothing(two: Line) -> None:
    two.fine("migrate", "up")
    two.fine("migrate", "down", "--to", "0001")
    assert tables(two) == ["users"]
    two.fine("migrate", "down", "--to", "zero")
    assert tables(two) == []


def test_down_goes_back_some_steps(two: Line) -> None:
    two.fine("migrate", "up")
    two.fine("migrate", "down", "--steps", "2")
    assert tables(two) == []


def test_rows_are_not_lost_without_being_agreed_to(migrated: Line) -> None:
    rows(migrated, "INSERT INTO users (id, email) VALUES (1, 'a')")
    answer = migrated("migrate", "down")
    assert answer.code == 2
    assert "drop table users loses every row of users" in answer.err
    assert "--yes" in answer.err
    assert rows(migrated, "SELECT email FROM users") == [("a",)]
    migrated.fine("migrate", "down", "--yes")
    assert tables(migrated) == []


def test_a_field_that_holds_nothing_goes_unasked(migrated: Line) -> None:
    rows(migrated, "INSERT INTO users (id, email) VALUES (1, 'a')")
    migrated.schema(SCHEMA + AGE)
    migrated.fine("makemigrations")
    migrated.fine("migrate", "up")
    migrated.fine("migrate", "down")
    migrated.fine("migrate", "up")
    rows(migrated, "UPDATE users SET age = 3")
    assert migrated("migrate", "down").code == 2


def test_names_that_are_not_what_they_were_count_as_losses(migrated: Line) -> None:
    migrated.edit("fullname", "name")
    migrated.schema(migrated.folder.joinpath("schema/schema.yaml").read_text() + AGE)
    migrated.fine("makemigrations", "--rename", "users.fullname:name")
    migrated.fine("migrate", "up")
    migrated.schema(SCHEMA.replace("users", "people").replace("fullname", "name") + AGE)
    migrated.fine("makemigrations", "--rename", "users:people")
    migrated.fine("migrate", "up")
    assert migrated("migrate", "down", "--to", "1").code == 2


@pytest.mark.parametrize(
    "operation",
    [
        "mm.RunSQL(THERE, BACK, state_operations=[{}])",
        "mm.RunPython(there, back, state_operations=[{}])",
    ],
)
def test_what_sql_of_our_own_added_is_not_lost_unasked(
    migrated: Line, operation: str
) -> None:
    migrated.fine("makemigrations", "--empty", "--name", "age")
    added = operation.format('mm.AddField("users", mm.Field("age", mm.Integer()))')
    migrated.edit("operations=[]", f"operations=[{added}]", "migrations/0002_age.py")
    migrated.edit("import mm_engine as mm\n", BOTH_WAYS, "migrations/0002_age.py")
    migrated.fine("migrate", "up")
    rows(migrated, "INSERT INTO users (id, email) VALUES (1, 'a')")
    assert "loses what users.age holds" in migrated.fine("migrate", "down", "--plan")
    migrated.fine("migrate", "down")
    migrated.fine("migrate", "up")
    rows(migrated, "UPDATE users SET age = 3")
    answer = migrated("migrate", "down")
    assert answer.code == 2
    assert "loses what users.age holds" in answer.err
    assert rows(migrated, "SELECT age FROM users") == [(3,)]


def test_fake_records_without_running(made: Line) -> None:
    rows(made, "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, fullname TEXT)")
    blocked = made("migrate", "up")
    assert blocked.code == 1
    assert "migrate fake 0001_initial" in blocked.err
    assert made.fine("migrate", "fake", "0001") == "faked 0001_initial\n"
    assert "faked" in made.fine("migrate", "status")
    assert "nothing to do" in made("migrate", "up").err


def test_fake_is_for_what_is_there(made: Line) -> None:
    answer = made("migrate", "fake", "--all")
    assert answer.code == 1
    assert "no table users" in answer.err
    made.fine("migrate", "fake", "--all", "--force")


def test_a_fake_can_be_taken_back(made: Line) -> None:
    made.fine("migrate", "fake", "--all", "--force")
    assert made.fine("migrate", "fake", "--all", "--undo") == "unfaked 0001_initial\n"
    assert "pending" in made.fine("migrate", "status")


@pytest.mark.parametrize("words", [(), ("0001", "--all")])
def test_fake_is_told_what_to_record(made: Line, words: tuple[str, ...]) -> None:
    assert made("migrate", "fake", *words).code == 2


def test_a_failed_statement_is_told_with_its_place(migrated: Line) -> None:
    migrated.fine("makemigrations", "--empty", "--name", "wrong")
    migrated.edit(
        "operations=[]",
        'operations=[mm.RunSQL("SELECT nonsense", "")]',
        "migrations/0002_wrong.py",
    )
    answer = migrated("migrate", "up")
    assert answer.code == 1
    assert "migrations/0002_wrong.py:" in answer.err
    assert "no such column: nonsense" in answer.err
    assert "pending" in migrated.fine("migrate", "status")


def test_everything_works_from_a_folder_in_the_project(two: Line) -> None:
    inside = Line(two.folder / "src" / "shop")
    inside.folder.mkdir(parents=True)
    inside.fine("migrate", "up")
    assert tables(two) == ["posts", "users"]
    inside.fine("check")


def test_a_typed_url_is_where_one_stands(two: Line) -> None:
    inside = Line(two.folder / "src")
    inside.folder.mkdir()
    inside.fine("migrate", "up", "--url", "sqlite:///other.db")
    assert tables(inside, "other.db") == ["posts", "users"]
    assert not (two.folder / "app.db").exists()


def test_a_database_is_chosen_by_its_name(two: Line) -> None:
    two.schema(
        "database: {default_url: 'sqlite:///app.db'}\n"
        "databases: {eu: {url: 'sqlite:///eu.db'}}\n",
        "migrations/makemigrations.config.yaml",
    )
    two.fine("migrate", "up", "--db", "eu")
    assert tables(two, "eu.db") == ["posts", "users"]
    assert two("migrate", "up", "--db", "us").code == 2


def test_a_database_with_its_own_schema_has_its_own_migrations(mm: Line) -> None:
    mm.schema(
        "databases: {reports: {url: 'sqlite:///r.db', schema: schema/reports.yaml}}\n",
        "migrations/makemigrations.config.yaml",
    )
    mm.schema("tables:\n" + POSTS, "schema/reports.yaml")
    mm.fine("--db", "reports", "makemigrations")
    mm.fine("--db", "reports", "migrate", "up")
    assert tables(mm, "r.db") == ["posts"]
    assert (mm.folder / "migrations" / "reports" / "0001_initial.py").exists()
    assert mm.migrations() == []


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"DB_TYPE": "mysql"}, 'the type of the database is "mysql"'),
        ({"DATABASE_URL": "sqlite://"}, "is a database in memory"),
        ({"DATABASE_URL": "oracle://x/y"}, '"oracle" is not a scheme'),
    ],
)
def test_a_database_that_cannot_be_meant_is_refused(
    made: Line, environment: dict[str, str], said: str
) -> None:
    answer = made.process("migrate", "up", **environment)
    assert answer.code == 1
    assert said in answer.err
    assert not (made.folder / "app.db").exists()


def test_a_type_without_a_url_is_no_private_database(made: Line) -> None:
    made.schema("database: {type: sqlite}\n", "migrations/makemigrations.config.yaml")
    answer = made("migrate", "up")
    assert answer.code == 1
    assert "the type of the database is sqlite, but there is no URL" in answer.err
    assert "CREATE TABLE" in made.fine("migrate", "showsql")


def test_somebody_else_who_migrates_is_waited_for_only_so_long(two: Line) -> None:
    with closing(sqlite3.connect(two.folder / "app.db")) as other:
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        answer = two.process("migrate", "up", "--lock-timeout", "0.1")
    assert answer.code == 4
    assert "somebody else holds the lock" in answer.err
    assert "failed" not in answer.err
    assert tables(two) == []


def test_an_application_can_migrate_at_its_start(two: Line, tmp_path: Path) -> None:
    from mm_engine.project import Project

    run = Project.find(tmp_path, environment={}).migrate()
    assert [result.name for result in run.results] == [
        "0001_initial",
        "0002_create_posts",
    ]
    assert tables(two) == ["posts", "users"]


def test_an_application_can_migrate_on_its_own_engine(
    two: Line, tmp_path: Path
) -> None:
    import sqlalchemy as sa

    from mm_engine.project import Project

    engine = sa.create_engine(f"sqlite:///{tmp_path}/own.db")
    run = Project.find(tmp_path, environment={}).migrate(engine)
    engine.dispose()
    assert run.place.type == "sqlite"
    assert tables(two, "own.db") == ["posts", "users"]


@pytest.fixture
def half(two: Line) -> Line:
    """The same with a squash of both, of which the first is applied."""
    two.fine("migrate", "up", "--to", "1")
    two.fine("squash", "--name", "both")
    return two


def test_of_a_squash_that_is_half_applied_the_other_half_is_applied(half: Line) -> None:
    status = half("migrate", "status")
    assert status.code == 0
    assert [row.split()[:2] for row in status.out.splitlines()[1:]] == [
        ["0001_initial", "applied"],
        ["0002_create_posts", "pending"],
    ]
    assert 'only a part of "0002_both" is applied' in status.err
    assert half("check").code == 0
    up = half.fine("migrate", "up")
    assert up.startswith("applied 0002_create_posts (")
    assert tables(half) == ["posts", "users"]
    status = half("migrate", "status")
    assert status.out.split()[-2:] == ["0002_both", "applied"]
    assert "only a part" not in status.err
    assert "nothing to do" in half("migrate", "up").err


def test_a_half_applied_squash_without_its_files_stops_only_up(half: Line) -> None:
    for name in ("0001_initial", "0002_create_posts"):
        path = half.folder / "migrations" / f"{name}.py"
        path.rename(path.with_suffix(".away"))
    status = half("migrate", "status", "--json")
    assert status.code == 0
    states = {one["name"]: one["state"] for one in status.document["migrations"]}
    assert states == {"0001_initial": "applied", "0002_both": "pending"}
    [finding] = status.document["findings"]
    assert "0002_create_posts of what it replaces is missing" in finding["message"]
    found = half("check", "--json").document["findings"]
    assert [one["code"] for one in found] == ["squash-partly-applied"]
    assert half("migrate", "dag", "--status").code == 0
    stopped = half("migrate", "up")
    assert stopped.code == 1
    assert "bring back the files of 0001_initial, 0002_create_posts" in stopped.err
    for path in (half.folder / "migrations").glob("*.away"):
        path.rename(path.with_suffix(".py"))
    half.fine("migrate", "up")
    assert tables(half) == ["posts", "users"]


def test_a_half_applied_squash_is_shown_and_faked_by_its_parts(half: Line) -> None:
    shown = half.fine("migrate", "showsql", "--pending", "--down")
    assert "0002_create_posts (down)" in shown
    assert "0001_initial" not in shown
    told = half("migrate", "dag", "--status", "--json").document["migrations"]
    assert [one["state"] for one in told] == ["pending"]
    half.fine("migrate", "fake", "0002_both", "--force")
    assert "0002_both" in half.fine("migrate", "status")
