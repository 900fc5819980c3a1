"""A step as text: what ``showsql`` prints is what ``migrate`` runs."""

from __future__ import annotations

import sqlite3

import pytest

import mm_engine as mm
from mm_engine.dialects.sqlite import SQLite
from mm_engine.dialects.statements import (
    Expect,
    PythonCall,
    Recall,
    Remember,
    Statement,
    When,
)
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.runner.plan import Direction, plan_down, plan_up
from mm_engine.runner.script import Script, comment, item_text, script, scripts
from runs import add, chain, create, migration, up

INITIAL = """\
-- 0001_posts (up)
BEGIN IMMEDIATE;
CREATE TABLE "posts" (
    "id" INTEGER NOT NULL,
    CONSTRAINT "posts_pkey" PRIMARY KEY ("id")
);
COMMIT;
"""


def test_a_script_prints_its_transaction_too() -> None:
    [step] = plan_up(chain(migration("0001_posts", create("posts"))), [])
    assert script(step, SQLite()).text() == INITIAL


def test_a_rebuild_prints_what_stands_around_its_transaction() -> None:
    altered = mm.AlterField("posts", mm.Field("title", mm.Varchar(9)))
    graph = chain(
        migration("0001_posts", create("posts", "title")),
        migration("0002_alter", altered),
    )
    lines = script(plan_up(graph, [])[1], SQLite()).text().splitlines()
    assert lines[:3] == [
        "-- 0002_alter (up)",
        "PRAGMA foreign_keys=OFF;",
        "BEGIN IMMEDIATE;",
    ]
    assert lines[-1] == "PRAGMA foreign_keys=ON;"
    assert "COMMIT;" in lines


def test_a_title_and_notes_stand_where_they_belong() -> None:
    migrated = migration("0001_two", create("posts"), create("tags"))
    [step] = plan_up(chain(migrated), [])
    notes = {1: "the first\nof two", 2: "the second"}
    lines = script(step, SQLite()).text(title="a title", notes=notes).splitlines()
    assert lines[0] == "-- a title"
    assert lines[2:5] == ["-- the first", "-- of two", 'CREATE TABLE "posts" (']
    assert lines[lines.index("-- the second") + 1] == 'CREATE TABLE "tags" ('


def test_the_way_down_is_a_script_like_any_other() -> None:
    graph = chain(migration("0001_posts", create("posts")))
    [step] = plan_down(graph, ["0001_posts"])
    lines = script(step, SQLite()).text().splitlines()
    told = [line for line in lines[1:] if not line.startswith("--")]
    assert lines[0] == "-- 0001_posts (down)"
    assert told == ["BEGIN IMMEDIATE;", 'DROP TABLE "posts";', "COMMIT;"]
    assert script(step, SQLite()).records == ("0001_posts",)


def test_a_script_of_nothing_says_so() -> None:
    graph = chain(migration("0001_posts", mm.CreateTable.of(create("a").table)))
    [step] = plan_up(graph, [])
    empty = Script(
        migration=step.migration, direction=Direction.UP, begin="BEGIN", body=[]
    )
    assert empty.text() == "-- 0001_posts (up)\n-- nothing to do on this database\n"


def call(connection: object, schema: Schema) -> None:
    """Do nothing."""
    del connection, schema


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (Statement("SELECT 1"), "SELECT 1;"),
        (Statement("SELECT 1 -- one"), "SELECT 1 -- one\n;"),
        (Statement("SELECT 1\n"), "SELECT 1;"),
        (
            Expect("SELECT 1\nFROM a", rows=(), message="no"),
            "-- expect no rows, or stop: no\n-- SELECT 1\n-- FROM a",
        ),
        (
            Expect("PRAGMA x", rows=((0,),), message="no"),
            "-- expect (0,), or stop: no\n-- PRAGMA x",
        ),
        (Remember("it", "SELECT 1"), "-- remember as it\n-- SELECT 1"),
        (Recall("it"), "-- run again what was remembered as it"),
        (PythonCall(call, Schema()), "-- call Python: call"),
        (
            When("SELECT 1", items=(Statement("DROP TABLE a"),)),
            (
                "-- only where this gives a row:\n-- SELECT 1\nDROP TABLE a;\n"
                "-- as far as here"
            ),
        ),
    ],
)
def test_what_is_no_sql_stands_in_comments(item: Statement, text: str) -> None:
    assert item_text(item) == text


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028"])
def test_no_name_breaks_out_of_a_comment(end: str) -> None:
    assert comment(f"a{end}DROP TABLE b").splitlines() == ["-- a", "-- DROP TABLE b"]


def test_the_text_runs_as_it_is() -> None:
    graph = chain(
        migration("0001_posts", create("posts", "title")),
        migration("0002_body", add("posts", "body"), create("tags")),
        migration("0003_odd", mm.RunSQL("INSERT INTO tags VALUES (1) -- %s :x")),
    )
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for made in scripts(plan_up(graph, []), SQLite()):
        connection.executescript(made.text())
    assert connection.execute("SELECT * FROM tags").fetchall() == [(1,)]
    connection.close()


def test_scripts_are_made_when_they_are_asked_for() -> None:
    graph = chain(
        migration("0001_posts", create("posts")),
        migration("0002_other", mm.RunSQL({"postgresql": "SELECT 1"})),
    )
    made = scripts(plan_up(graph, []), SQLite())
    assert next(made).name == "0001_posts"
    with pytest.raises(UnsupportedError):
        next(made)


def test_what_is_not_supported_names_migration_and_operation() -> None:
    graph = chain(
        migration("0001_posts", create("posts"), mm.RunSQL({"postgresql": "SELECT 1"}))
    )
    [step] = plan_up(graph, [])
    with pytest.raises(UnsupportedError) as caught:
        script(step, SQLite())
    assert caught.value.message.startswith(
        "0001_posts: operation 2 (run SQL: SELECT 1): there is no text for SQLite"
    )
    assert caught.value.hint is not None


def test_what_cannot_share_a_transaction_gets_none() -> None:
    class Alone(SQLite):
        """A dialect that says every statement must stand alone."""

        def items(self, moves: object) -> tuple[Statement, ...]:
            del moves
            return (Statement("VACUUM", transactional=False),)

    [step] = plan_up(chain(migration("0001_posts", create("posts"))), [])
    made = script(step, Alone())
    assert not made.is_atomic
    assert made.text() == (
        "-- 0001_posts (up)\n-- outside of any transaction\nVACUUM;\n"
    )
    assert up("0001_a").is_atomic
