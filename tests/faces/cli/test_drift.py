"""db-diff finds what was done by hand, says where it is written, and what to do."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from command_line import SCHEMA, Answer, Line
from mm_engine.errors import LockError
from mm_engine.project import Project

pytestmark = pytest.mark.database("sqlite")


def by_hand(line: Line, *statements: str, name: str = "app.db") -> None:
    """Do something to the database that no migration knows of."""
    with closing(sqlite3.connect(line.folder / name)) as connection, connection:
        for sql in statements:
            connection.execute(sql)


def contents(line: Line) -> dict[Path, bytes]:
    """Every file of the project, to see that none changed."""
    return {
        path: path.read_bytes()
        for path in line.folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def operations(answer: Answer) -> list[str]:
    return [one["text"] for one in answer.document["operations"]]


@pytest.fixture
def drifted(migrated: Line) -> Line:
    """A database to which a field was added, and from which one was dropped."""
    by_hand(
        migrated,
        "ALTER TABLE users ADD COLUMN nick TEXT",
        "ALTER TABLE users DROP COLUMN fullname",
    )
    return migrated


def test_a_database_as_it_was_migrated_is_quiet(migrated: Line) -> None:
    answer = migrated("db-diff")
    assert (answer.code, answer.out) == (0, "")
    assert answer.err == (
        "sqlite:///app.db agrees with the 1 migration that it has applied\n"
    )
    document = migrated("db-diff", "--json").document
    assert (document["drift"], document["operations"]) == (False, [])


def test_what_was_done_by_hand_is_told_with_its_places(drifted: Line) -> None:
    drifted.edit("100}", "100, nullable: true}")
    answer = drifted("db-diff")
    assert answer.code == 3
    assert answer.out.splitlines() == [
        "users",
        "  - drop users.fullname  (loses what users.fullname holds)",
        "      schema/schema.yaml:6:16, made by 0001_initial",
        "  + add users.nick",
        "      schema/schema.yaml:2:11",
    ]
    assert "2 differences from the 1 migration that it has applied" in answer.err
    assert '"makemigrations db-diff --write migration" takes it over' in answer.err
    assert '"makemigrations db-diff --write repair" prints SQL' in answer.err
    other = drifted("db-diff", "--against", "schema").err
    assert "--write" not in other


def test_the_same_as_json(drifted: Line) -> None:
    answer = drifted("db-diff", "--json")
    assert answer.code == 3
    document = answer.document
    assert document["database"] == "sqlite:///app.db"
    assert (document["drift"], document["against"]) == (True, "applied")
    drop, add = sorted(document["operations"], key=lambda one: one["name"])
    assert drop == {
        "op": "DropField",
        "table": "users",
        "name": "fullname",
        "text": "drop users.fullname",
        "destructive": True,
        "file": "schema/schema.yaml",
        "line": 6,
        "column": 16,
        "migration": "0001_initial",
        "changed_by": "0001_initial",
        "before": {
            "name": "fullname",
            "type": "varchar",
            "length": 100,
            "nullable": True,
        },
        "after": None,
    }
    assert add["destructive"] is False
    assert (add["line"], add["migration"], add["before"]) == (2, None, None)
    assert add["after"]["name"] == "nick"


def test_what_is_altered_says_what_of_it(migrated: Line) -> None:
    by_hand(
        migrated,
        "CREATE TABLE other (id INTEGER NOT NULL CONSTRAINT users_pkey PRIMARY KEY,"
        " email VARCHAR(200) NOT NULL, fullname VARCHAR(100))",
        "DROP TABLE users",
        "ALTER TABLE other RENAME TO users",
    )
    answer = migrated("db-diff")
    assert answer.code == 3
    assert "~ alter users.email" in answer.out
    assert "length 255 -> 200" in answer.out


def test_the_migration_that_changed_it_last_is_told(migrated: Line) -> None:
    migrated.edit("length: 100", "length: 120")
    migrated.fine("makemigrations", "--yes", "--name", "wider")
    migrated.fine("migrate", "up")
    by_hand(migrated, "ALTER TABLE users DROP COLUMN fullname")
    assert "made by 0001_initial, changed last by 0002_wider" in migrated("db-diff").out


def test_looking_changes_nothing(drifted: Line) -> None:
    drifted.fine("migrate", "status")
    before = contents(drifted)
    for words in ((), ("--json",), ("--write", "repair", "--yes"), ("--verbose",)):
        assert drifted("db-diff", *words).code in (0, 3)
    assert contents(drifted) == before


def test_ignored_tables_are_left_alone(migrated: Line) -> None:
    by_hand(migrated, "CREATE TABLE audit_log (id INTEGER)", "CREATE TABLE tmp (id)")
    assert operations(migrated("db-diff", "--json")) == [
        "create table audit_log",
        "create table tmp",
    ]
    once = migrated("db-diff", "--json", "--ignore", "audit_*")
    assert operations(once) == ["create table tmp"]
    migrated.edit(
        "database:",
        "drift:\n  ignore: [tmp]\ndatabase:",
        "migrations/makemigrations.config.yaml",
    )
    both = migrated("db-diff", "--ignore", "audit_*")
    assert (both.code, both.out) == (0, "")
    assert operations(migrated("db-diff", "--json")) == ["create table audit_log"]


def test_what_is_pending_is_no_drift_unless_it_is_compared_with(migrated: Line) -> None:
    migrated.edit("100}", "100}\n      - {name: nick, type: text}")
    assert migrated("db-diff").code == 0
    schema = migrated("db-diff", "--against", "schema", "--json")
    assert (schema.code, operations(schema)) == (3, ["drop users.nick"])
    assert migrated("db-diff", "--against", "migrations").code == 0
    migrated.fine("makemigrations")
    assert migrated("db-diff").code == 0
    all_of_them = migrated("db-diff", "--against", "migrations")
    assert all_of_them.code == 3
    assert "from all migrations" in all_of_them.err
    migrated.fine("migrate", "up")
    assert migrated("db-diff", "--against", "schema").code == 0


def test_what_no_schema_can_say_is_counted_and_listed(migrated: Line) -> None:
    by_hand(
        migrated,
        "CREATE VIEW everybody AS SELECT * FROM users",
        "CREATE TRIGGER t AFTER DELETE ON users BEGIN SELECT 1; END",
    )
    answer = migrated("db-diff")
    assert answer.code == 0
    assert "no schema can say: " in answer.err
    assert "everybody" not in answer.err
    listed = migrated("db-diff", "--verbose").err
    assert "view everybody" in listed
    assert "trigger t on users" in listed
    unread = migrated("db-diff", "--json").document["unread"]
    assert {"kind": "trigger", "table": "users", "name": "t"} in unread


def test_drift_is_taken_over_by_a_migration_that_is_faked_here(drifted: Line) -> None:
    answer = drifted("db-diff", "--write", "migration", "--name", "by_hand", "--yes")
    assert answer.code == 0
    assert answer.out.startswith("wrote migrations/0002_by_hand.py")
    assert "makemigrations migrate fake 0002_by_hand" in answer.err
    drifted.fine("migrate", "fake", "0002_by_hand")
    assert drifted("db-diff").code == 0
    fresh = ("--url", "sqlite:///fresh.db")
    drifted.fine("migrate", "up", *fresh)
    assert drifted("db-diff", *fresh).code == 0
    with closing(sqlite3.connect(drifted.folder / "fresh.db")) as connection:
        columns = connection.execute("SELECT name FROM pragma_table_info('users')")
        assert {name for (name,) in columns} == {"id", "email", "nick"}
    assert "add users.fullname" in drifted("schema-diff").out


def test_what_a_taken_over_migration_loses_elsewhere_is_asked(drifted: Line) -> None:
    before = contents(drifted)
    answer = drifted("db-diff", "--write", "migration")
    assert answer.code == 2
    assert "--destructive drop:users.fullname=WORD" in answer.err
    assert contents(drifted) == before
    dry = drifted.fine("db-diff", "--write", "migration", "--dry-run", "--silent")
    assert 'review="loses what users.fullname holds"' in dry
    assert contents(drifted) == before


def test_a_migration_is_not_written_while_others_are_pending(drifted: Line) -> None:
    drifted.fine("empty", "--name", "next")
    answer = drifted("db-diff", "--write", "migration", "--yes")
    assert answer.code == 2
    assert "1 migration is pending" in answer.err
    assert "--write migration" not in drifted("db-diff").err


def run(line: Line, script: str) -> None:
    """A script as the shell of SQLite runs it."""
    with closing(sqlite3.connect(line.folder / "app.db", isolation_level=None)) as db:
        db.executescript(script)


def test_a_repair_brings_the_database_back(drifted: Line) -> None:
    by_hand(
        drifted,
        "INSERT INTO users (email, nick) VALUES ('ada@example.org', 'ada')",
        "CREATE TRIGGER t AFTER DELETE ON users BEGIN SELECT 1; END",
    )
    answer = drifted("db-diff", "--write", "repair", "--yes")
    assert answer.code == 0
    head = answer.out.splitlines()[0]
    assert head == "-- sqlite:///app.db, back to the 1 migration that it has applied"
    assert "-- drop users.nick\n-- DESTRUCTIVE: what users.nick holds will be lost" in (
        answer.out
    )
    assert "nothing was run" in answer.err
    assert drifted("db-diff").code == 3
    run(drifted, answer.out)
    assert drifted("db-diff").code == 0
    with closing(sqlite3.connect(drifted.folder / "app.db")) as connection:
        [[email]] = connection.execute("SELECT email FROM users")
        triggers = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 't'")
        assert (email, triggers.fetchone()) == ("ada@example.org", (1,))


def test_a_repair_that_loses_something_is_asked_about(drifted: Line) -> None:
    answer = drifted("db-diff", "--write", "repair")
    assert (answer.code, answer.out) == (2, "")
    assert "--destructive drop:users.nick=WORD" in answer.err
    kept = drifted("db-diff", "--write", "repair", "--destructive", "omit")
    assert kept.code == 0
    assert "-- left out: drop users.nick" in kept.out
    run(drifted, kept.out)
    assert operations(drifted("db-diff", "--json")) == ["add users.nick"]


def test_a_repair_goes_into_a_file_that_is_not_there_yet(drifted: Line) -> None:
    words = ("db-diff", "--write", "repair", "--yes", "--output", "repair.sql")
    assert drifted.fine(*words) == "wrote repair.sql\n"
    script = (drifted.folder / "repair.sql").read_text(encoding="utf-8")
    assert script == drifted.fine(*words[:-2])
    (drifted.folder / "repair.sql").write_text("mine", encoding="utf-8")
    again = drifted(*words)
    assert again.code == 2
    assert "repair.sql is there already" in again.err
    assert (drifted.folder / "repair.sql").read_text(encoding="utf-8") == "mine"
    drifted.fine(*words, "--force")
    assert (drifted.folder / "repair.sql").read_text(encoding="utf-8") == script
    document = drifted(*words, "--force", "--json").document
    assert (document["path"], document["sql"]) == ("repair.sql", script)


@pytest.mark.parametrize("word", ["migration", "repair"])
def test_with_no_drift_nothing_is_written(migrated: Line, word: str) -> None:
    before = contents(migrated)
    answer = migrated("db-diff", "--write", word)
    assert (answer.code, answer.out) == (0, "")
    assert "agrees with" in answer.err
    assert migrated("db-diff", "--write", word, "--json").document["needed"] is False
    assert contents(migrated) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--name", "x"), "--name is only of use with --write migration"),
        (("--write", "repair", "--dry-run"), "--dry-run is only of use with"),
        (("--write", "migration", "-o", "x.sql"), "--output is only of use with"),
        (("--yes",), "--yes is only of use with --write"),
        (("--write", "nothing"), "'nothing' is not one of"),
        (("--against", "nothing"), "'nothing' is not one of"),
        (
            ("--write", "migration", "--against", "schema", "--yes"),
            "not from the schema files",
        ),
        (
            ("--write", "repair", "--against", "schema", "--yes"),
            "has a history, which would not know",
        ),
        (("--write", "repair", "-o", "no/x.sql", "--yes"), "there is no folder"),
        (("--write", "repair", "-o", "schema", "--yes"), "is a folder"),
        (
            ("--write", "repair", "--yes", "--one-off", "users.x=1"),
            "nothing asks about one-off:users.x",
        ),
    ],
)
def test_a_line_that_makes_no_sense_is_told(
    drifted: Line, words: tuple[str, ...], said: str
) -> None:
    before = contents(drifted)
    answer = drifted("db-diff", *words)
    assert answer.code == 2
    assert said in answer.err
    assert contents(drifted) == before


def test_a_database_without_a_history_says_what_to_compare_with(made: Line) -> None:
    by_hand(made, SQL_OF_USERS)
    answer = made("db-diff")
    assert answer.code == 1
    assert "sqlite:///app.db has no history of migrations" in answer.err
    assert "--against migrations" in answer.err
    assert made("db-diff", "--json").document["error"]["kind"] == "history"
    assert made("db-diff", "--against", "migrations").code == 0
    by_hand(made, "ALTER TABLE users DROP COLUMN fullname")
    different = made("db-diff", "--against", "migrations")
    hint = "makemigrations db-diff --against migrations --write repair"
    assert hint in different.err
    run(made, made.fine(*hint.split()[1:]))
    made.fine("migrate", "fake", "--all")
    assert made("db-diff").code == 0


SQL_OF_USERS = (
    "CREATE TABLE users (id INTEGER NOT NULL CONSTRAINT users_pkey PRIMARY KEY,"
    " email VARCHAR(255) NOT NULL, fullname VARCHAR(100))"
)


def test_a_database_that_is_not_there_is_not_made(made: Line) -> None:
    for command in ("db-diff", "db2schema"):
        answer = made(command)
        assert answer.code == 1
        assert "sqlite:///app.db: there is no file" in answer.err
    assert not (made.folder / "app.db").exists()


def test_no_database_is_told(made: Line) -> None:
    made.schema("database: {}\n", "migrations/makemigrations.config.yaml")
    for command in ("db-diff", "db2schema"):
        answer = made(command)
        assert answer.code == 1
        assert "there is no database URL" in answer.err
        assert "--url" in answer.err


def test_what_is_no_database_is_told(made: Line) -> None:
    (made.folder / "app.db").write_text("certainly no database" * 99, encoding="utf-8")
    for command in ("db-diff", "db2schema"):
        answer = made(command)
        assert answer.code == 1
        assert "file is not a database" in answer.err


def test_a_server_that_is_not_there_is_told_without_its_password(made: Line) -> None:
    pytest.importorskip("psycopg")
    url = "postgresql://ada:s3cret@127.0.0.1:9/shop"
    for command in ("db-diff", "db2schema"):
        for extra in ((), ("--json",), ("--verbose",)):
            answer = made(command, "--url", url, *extra)
            assert answer.code == 1
            said = answer.out + answer.err
            assert "cannot connect to postgresql://ada:***@127.0.0.1:9/shop" in said
            assert "s3cret" not in said


def test_an_applied_migration_without_its_file_is_told(migrated: Line) -> None:
    (migrated.folder / "migrations" / "0001_initial.py").unlink()
    answer = migrated("db-diff")
    assert answer.code == 1
    assert "there is no file of 0001_initial" in answer.err


def test_a_migration_that_was_changed_since_is_warned_about(migrated: Line) -> None:
    migrated.edit("Varchar(100)", "Varchar(120)", "migrations/0001_initial.py")
    answer = migrated("db-diff")
    assert answer.code == 3
    assert "0001_initial was changed after it was applied" in answer.err
    assert "length 120 -> 100" in answer.out


def test_somebody_who_migrates_meanwhile_is_noticed(drifted: Line) -> None:
    engine = sa.create_engine(f"sqlite:///{drifted.folder / 'app.db'}")
    read: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def migrate(*words: object) -> None:
        if "FROM makemigrations_history" in str(words[2]):
            read.append(str(words[2]))
            if len(read) == 2:
                sql = "INSERT INTO makemigrations_history (name) VALUES ('0002_x')"
                by_hand(drifted, sql)

    with pytest.raises(LockError, match="somebody migrated the database while"):
        Project.find(drifted.folder).drift(engine)
    engine.dispose()


def test_broken_schema_files_cost_only_their_lines(drifted: Line) -> None:
    drifted.schema(SCHEMA.replace("varchar", "varchr"))
    answer = drifted("db-diff")
    assert answer.code == 3
    assert "the schema files cannot be read" in answer.err
    assert "      made by 0001_initial" in answer.out
    assert drifted("db-diff", "--against", "schema").code == 1


def test_a_file_that_may_only_be_read_is_compared_too(migrated: Line) -> None:
    path = migrated.folder / "app.db"
    path.chmod(stat.S_IRUSR)
    assert migrated("db-diff").code == 0
    assert os.access(path, os.R_OK)


def test_a_table_of_ours_is_no_drift(migrated: Line) -> None:
    migrated.edit(
        "email, type: varchar, length: 255, nullable: false", "email, type: text"
    )
    migrated.fine("makemigrations", "--yes")
    migrated.fine("migrate", "up")
    by_hand(migrated, "INSERT INTO users (email) VALUES ('a')")
    assert json.loads(migrated("db-diff", "--json").out)["operations"] == []


def test_everything_is_found_among_several_tables(migrated: Line) -> None:
    by_hand(migrated, "CREATE TABLE b (id INTEGER)", "CREATE TABLE a (id INTEGER)")
    by_hand(migrated, "ALTER TABLE users ADD COLUMN nick TEXT")
    heads = [row for row in migrated("db-diff").out.splitlines() if row[0] != " "]
    assert heads == ["a", "b", "users"]


def test_check_looks_for_drift_where_it_is_told_to(drifted: Line) -> None:
    assert drifted("check").code == 0
    answer = drifted("check", "--drift")
    assert answer.code == 3
    assert "[drift]" in answer.out
    found = drifted("check", "--drift", "--json").document["findings"]
    assert [one["code"] for one in found] == ["drift", "drift"]
    by_hand(drifted, "DROP TABLE makemigrations_history")
    no_history = drifted("check", "--drift")
    assert no_history.code == 1
