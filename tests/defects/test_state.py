"""Section 12.C: the schema that migrations add up to, and the way back."""

from __future__ import annotations

import pytest

import mm_engine as mm
from evolving import THINGS, Evolving, things
from runs import chain, create, migration
from schema_files import table, tables

pytestmark = pytest.mark.database("sqlite")

CHILD = "{name: parent, type: foreign_key, foreign_key: {table: parents%s}}"
PARENTS = table(name="parents")


def test_each_operation_is_undone_on_the_schema_it_was_done_on(
    project: Evolving,
) -> None:
    project.becomes(things("{name: a, type: integer}", "{name: c, type: text}"))
    project.rows("INSERT INTO things VALUES (1, 7, 'lost')")
    text = project.becomes(things("{name: a, type: text}"))
    assert "DropField" in text
    assert "AlterField" in text
    project.down()
    assert project.rows("SELECT id, a, c FROM things") == [(1, 7, None)]
    project.up()
    assert project.rows("SELECT * FROM things") == [(1, "7")]


@pytest.mark.parametrize(
    "operations",
    [
        'mm.AddField("things", mm.Field("x", mm.Text())), mm.DropField("things", "x")',
        'mm.SetTableComment("things", "a"), mm.SetTableComment("things", None)',
        'mm.AddIndex("things", mm.Index(["id"], name="i")),mm.DropIndex("things", "i")',
        'mm.RenameTable("things", "others"), mm.RenameTable("others", "things")',
        'mm.CreateTable("t", fields=[mm.Field("x", mm.Text())]), mm.DropTable("t")',
    ],
)
def test_what_comes_and_goes_in_one_migration_can_be_undone(
    project: Evolving, operations: str
) -> None:
    project.becomes(THINGS)
    project.rows("INSERT INTO things (id) VALUES (1)")
    project.by_hand(operations)
    for _ in range(2):
        project.up()
        project.settled()
        project.down()
    assert project.rows("SELECT * FROM things") == [(1,)]
    assert project.names("table") == ["things"]


@pytest.mark.parametrize("rule", ["PROTECT", "SET_NULL", "RESTRICT", "CASCADE"])
def test_a_dropped_foreign_key_comes_back_with_its_rule(
    project: Evolving, rule: str
) -> None:
    rules = "SELECT on_delete FROM pragma_foreign_key_list('things')"
    project.becomes(tables(PARENTS, table(CHILD % f", on_delete: {rule}")))
    was = project.rows(rules)
    project.becomes(tables(PARENTS, table("{name: parent, type: integer}")))
    assert project.rows(rules) == []
    project.down()
    assert project.rows(rules) == was


def test_a_dropped_table_comes_back_whole(project: Evolving) -> None:
    project.becomes(
        tables(PARENTS, table(CHILD % "", "{name: x, type: text, unique: true}"))
    )
    catalog = "SELECT name, sql FROM sqlite_schema ORDER BY name"
    was = project.rows(catalog)
    project.becomes(tables(PARENTS))
    project.down()
    assert project.rows(catalog) == was


def test_a_dropped_table_with_rows_is_told_before_it_goes(project: Evolving) -> None:
    project.becomes(tables(PARENTS, table()))
    project.line.schema(tables(PARENTS))
    asked = project.said("makemigrations")
    assert asked.code == 2
    assert "drop:things" in asked.err


def test_a_renamed_table_changes_nothing_else(project: Evolving) -> None:
    project.becomes(tables(PARENTS, table(CHILD % "")))
    child = CHILD.replace("parents", "elders") % ""
    text = project.becomes(
        tables(table(name="elders"), table(child)), "--rename", "parents:elders"
    )
    assert text.count("mm.") == 2, text
    assert project.refuses("INSERT INTO things (parent) VALUES (7)")


def test_a_renamed_field_changes_nothing_else(project: Evolving) -> None:
    project.becomes(tables(PARENTS, table(CHILD % "")))
    child = CHILD.replace("name: parent,", "name: elder,") % ""
    text = project.becomes(
        tables(PARENTS, table(child)), "--rename", "things.parent:elder"
    )
    assert text.count("mm.") == 2, text
    assert project.refuses("INSERT INTO things (elder) VALUES (7)")


def test_a_dropped_field_leaves_nothing_behind(project: Evolving) -> None:
    project.becomes(tables(PARENTS, table(CHILD % "", "{name: x, type: text}")))
    project.becomes(tables(PARENTS, table("{name: x, type: text}")))
    state = project.line.fine("current-state")
    assert "parent:" not in state
    assert "index" not in state
    project.becomes(tables(PARENTS, table(CHILD % "", "{name: x, type: text}")))


def test_replaying_leaves_operations_as_they_were() -> None:
    graph = chain(
        migration("0001_a", create("parents"), create("things", "x")),
        migration(
            "0002_b",
            mm.AddField("things", mm.Field("p", mm.Integer())),
            mm.AddForeignKey(
                "things",
                mm.ForeignKey(["p"], "parents", references=["id"], name="fk_p"),
            ),
        ),
        migration("0003_c", mm.RenameTable("parents", "elders")),
    )
    was = [one.digest for one in graph.order()]
    first = graph.schema()
    assert graph.schema() == first
    assert [one.digest for one in graph.order()] == was


def test_what_was_not_there_to_drop_is_gone_for_all_that_follows(
    project: Evolving,
) -> None:
    project.becomes(things("{name: x, type: text}", "{name: y, type: text}"))
    project.rows("ALTER TABLE things DROP COLUMN x")
    answer = ("--destructive", "drop:things.x=ignore-errors")
    project.becomes(things("{name: y, type: text}"), *answer)
    project.becomes(things("{name: y, type: text}", "{name: x, type: integer}"))
    assert project.columns("things") == ["id", "y", "x"]


def test_a_foreign_key_has_its_index_in_the_database(project: Evolving) -> None:
    project.becomes(tables(PARENTS, table(CHILD % "")))
    [index] = project.names("index")
    assert project.value(f"SELECT name FROM pragma_index_info('{index}')") == "parent"


def test_undoing_an_upsert_leaves_the_rows_that_were_there(project: Evolving) -> None:
    project.becomes(things("{name: x, type: text}"))
    project.rows("INSERT INTO things VALUES (1, 'mine'), (3, 'other')")
    project.by_hand(
        'mm.UpsertData("things", keys=["id"],'
        ' rows=[{"id": 1, "x": "yours"}, {"id": 2, "x": "new"}])'
    )
    project.up()
    assert project.value("SELECT group_concat(x) FROM things") == "yours,new,other"
    project.down()
    assert project.rows("SELECT * FROM things") == [(1, "mine"), (3, "other")]


@pytest.mark.parametrize("key", ['mm.Expression("1 + 1")', 'mm.Symbol("zero")'])
def test_rows_cannot_be_told_apart_by_what_only_the_database_knows(
    project: Evolving, key: str
) -> None:
    project.becomes(things("{name: x, type: text}"))
    project.rows("INSERT INTO things VALUES (2, 'mine')")
    project.by_hand(f'mm.UpsertData("things", keys=["id"], rows=[{{"id": {key}}}])')
    answer = project.said("migrate", "up")
    assert answer.code == 1
    assert "it has to be written out" in answer.err
    assert project.rows("SELECT * FROM things") == [(2, "mine")]


def test_sql_of_the_user_s_own_may_change_the_schema(project: Evolving) -> None:
    project.becomes(THINGS)
    project.by_hand(
        'mm.RunSQL("ALTER TABLE things ADD COLUMN x TEXT",'
        ' "ALTER TABLE things DROP COLUMN x",'
        ' state_operations=[mm.AddField("things", mm.Field("x", mm.Text()))])'
    )
    project.line.schema(things("{name: x, type: text}"))
    project.up()
    project.settled()
    project.down()
    assert project.columns("things") == ["id"]


def test_sql_without_a_way_back_is_not_undone(project: Evolving) -> None:
    project.becomes(THINGS)
    project.by_hand('mm.RunSQL("DELETE FROM things")')
    project.up()
    answer = project.said("migrate", "down", "--yes")
    assert answer.code == 1
    assert "no SQL was given to undo it" in answer.err
    assert "applied" in project.line.fine("migrate", "status").splitlines()[-1]
