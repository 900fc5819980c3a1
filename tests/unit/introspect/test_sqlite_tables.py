"""Tables of SQLite as other people and other tools write them."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from mm_engine.introspect.native import Native, NativeTable, Unread
from mm_engine.introspect.sqlite import native_of


def told(*statements: str) -> Native:
    """What a database says in which these were said."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for sql in statements:
            connection.execute(sql)
        return native_of(connection.execute)


def table(sql: str) -> NativeTable:
    """The one table that this makes."""
    [found] = told(sql).tables.values()
    return found


@pytest.mark.parametrize(
    "name",
    ['"a b"', "[a b]", "`a b`", "'a b'"],
)
def test_names_are_read_in_any_quotes(name: str) -> None:
    found = table(f"CREATE TABLE t (x INT, {name} TEXT CHECK ({name} > 'a'))")
    assert [column.name for column in found.columns] == ["x", "a b"]


@pytest.mark.parametrize(
    "name",
    ['say "so"', "it's", "a]b", "a`b", "a,b", "a(b", "--", "/*", "ü", "order", ";"],
)
def test_a_name_may_hold_anything(name: str) -> None:
    quoted = '"{}"'.format(name.replace('"', '""'))
    found = told(
        f"CREATE TABLE {quoted} ({quoted} INTEGER PRIMARY KEY,"
        f" CONSTRAINT {quoted} CHECK ({quoted} > 1),"
        f" FOREIGN KEY ({quoted}) REFERENCES {quoted} ({quoted}))",
        f"CREATE INDEX i ON {quoted} ({quoted} DESC)",
    ).tables[name]
    assert found.columns[0].name == name
    assert found.primary_key
    assert found.primary_key.fields == (name,)
    assert found.checks[0].name == name
    assert found.foreign_keys[0].table == name
    assert found.foreign_keys[0].references == (name,)
    assert found.indexes[0].parts[0].column == name
    assert found.indexes[0].parts[0].descending


def test_constraints_stand_on_columns_with_and_without_names() -> None:
    found = table(
        "CREATE TABLE t (a INTEGER CONSTRAINT pk PRIMARY KEY ASC AUTOINCREMENT,"
        " b VARCHAR (20) UNIQUE NOT NULL DEFAULT (lower('X')) CHECK (b <> ''),"
        " c DECIMAL(10,2) CONSTRAINT d DEFAULT -1.5 CONSTRAINT u UNIQUE COLLATE rtrim"
        " CONSTRAINT k CHECK (c > 0) CONSTRAINT f REFERENCES t ON DELETE SET NULL"
        " ON UPDATE CASCADE NOT DEFERRABLE INITIALLY IMMEDIATE)"
    )
    a, b, c = found.columns
    assert (a.type, a.not_null, a.identity) == ("INTEGER", True, True)
    assert (b.type, b.not_null, b.default) == ("VARCHAR(20)", True, "lower('X')")
    assert (c.type, c.default, c.collation) == ("DECIMAL(10, 2)", "-1.5", "RTRIM")
    assert [(key.name, key.fields) for key in found.uniques] == [
        (None, ("b",)),
        ("u", ("c",)),
    ]
    assert [(k.name, k.expression) for k in found.checks] == [
        (None, "b <> ''"),
        ("k", "c > 0"),
    ]
    [key] = found.foreign_keys
    assert (key.name, key.fields, key.references) == ("f", ("c",), ("a",))
    assert (key.on_delete, key.on_update) == ("SET NULL", "CASCADE")
    assert key.deferrable is None


def test_constraints_of_a_table_need_no_commas_between_them() -> None:
    found = table(
        "CREATE TABLE t (a, b, PRIMARY KEY (a, b) UNIQUE (b COLLATE nocase, a DESC)"
        " CHECK (a > b) CONSTRAINT f FOREIGN KEY (a, b) REFERENCES t DEFERRABLE"
        " INITIALLY DEFERRED)"
    )
    assert found.primary_key
    assert found.primary_key.fields == ("a", "b")
    assert found.uniques[0].fields == ("b", "a")
    assert found.checks[0].expression == "a > b"
    assert found.foreign_keys[0].references == ("a", "b")
    assert found.foreign_keys[0].deferrable == "deferred"


def test_comments_are_passed_over() -> None:
    found = table(
        "CREATE TABLE t ( -- all, of (them\n a INT /* ', */ NOT NULL, -- it's\n"
        " CHECK (a /* > 7 */ > 1) /* end */\n)"
    )
    assert [column.name for column in found.columns] == ["a"]
    assert found.checks[0].expression == "a > 1"


def test_columns_are_added_behind_constraints() -> None:
    [found] = told(
        "CREATE TABLE t (a INT, CONSTRAINT k CHECK (a > 1))",
        "ALTER TABLE t ADD COLUMN b TEXT CONSTRAINT f REFERENCES t (a) COLLATE nocase",
        "ALTER TABLE t ADD COLUMN c AS (a + 1)",
        "ALTER TABLE t RENAME COLUMN a TO aa",
    ).tables.values()
    assert [column.name for column in found.columns] == ["aa", "b", "c"]
    assert found.columns[1].collation == "NOCASE"
    assert found.columns[2].generated == "aa + 1"
    assert found.foreign_keys[0].references == ("aa",)
    assert found.checks[0].expression == "aa > 1"


def test_what_is_computed_says_from_what_and_whether_it_is_kept() -> None:
    found = table(
        "CREATE TABLE t (a INT, b INT GENERATED ALWAYS AS (a*2) STORED, c AS (a))"
    )
    _, b, c = found.columns
    assert (b.generated, b.stored, b.type) == ("a * 2", True, "INT")
    assert (c.generated, c.stored, c.type) == ("a", False, "BLOB")


def test_a_table_may_be_strict_and_without_row_numbers() -> None:
    if sqlite3.sqlite_version_info < (3, 37):
        found = table("CREATE TABLE t (a TEXT PRIMARY KEY) WITHOUT ROWID")
        assert found.options == {"without_rowid": "true"}
    else:
        found = table("CREATE TABLE t (a TEXT PRIMARY KEY) STRICT, WITHOUT ROWID")
        assert found.options == {"strict": "true", "without_rowid": "true"}


def test_a_check_of_listed_values_under_our_name_is_an_enum() -> None:
    found = table(
        "CREATE TABLE t (a TEXT CONSTRAINT enum_mood CHECK (a IN ('it''s', 'b')),"
        " b TEXT CHECK (b IN ('x')))"
    )
    assert (found.columns[0].enum, found.columns[0].allowed) == ("mood", ("it's", "b"))
    assert found.columns[1].enum is None
    assert [check.expression for check in found.checks] == ["b IN ('x')"]


def test_an_index_tells_its_parts() -> None:
    [index] = (
        told(
            "CREATE TABLE t (a TEXT, b INT)",
            "CREATE UNIQUE INDEX IF NOT EXISTS main.i ON t (lower(A), B desc, (b),"
            " a COLLATE nocase asc) WHERE b is not NULL AND a<>'x'",
        )
        .tables["t"]
        .indexes
    )
    parts = [(p.column or p.expression, p.descending) for p in index.parts]
    assert parts == [
        ("lower(a)", False),
        ("b", True),
        ("b", False),
        ("a COLLATE nocase", False),
    ]
    assert index.unique
    assert index.where == "b IS NOT NULL AND a <> 'x'"


def test_what_no_schema_can_say_is_listed() -> None:
    found = told(
        "CREATE TABLE t (a INT PRIMARY KEY ON CONFLICT REPLACE, b TEXT,"
        " FOREIGN KEY (b) REFERENCES t MATCH FULL)",
        "CREATE INDEX i ON t (lower(b) DESC)",
        "CREATE VIEW v AS SELECT a FROM t",
        "CREATE TRIGGER on_table AFTER DELETE ON T BEGIN SELECT 1; END",
        "CREATE TRIGGER on_view INSTEAD OF INSERT ON v BEGIN SELECT 1; END",
    )
    assert set(found.unread) == {
        Unread(kind="clause", name="ON CONFLICT REPLACE", table="t"),
        Unread(kind="clause", name="MATCH FULL", table="t"),
        Unread(kind="clause", name="i: lower(b) DESC", table="t"),
        Unread(kind="view", name="v"),
        Unread(kind="trigger", name="on_table", table="t"),
        Unread(kind="trigger", name="on_view", table="v"),
    }


def test_a_virtual_table_is_listed_and_what_it_keeps_is_not() -> None:
    found = told("CREATE VIRTUAL TABLE words USING fts5(said)", "CREATE TABLE t (a)")
    assert list(found.tables) == ["t"]
    assert found.unread == (Unread(kind="virtual table", name="words"),)


def test_tables_of_ours_and_of_sqlite_are_none_of_the_users() -> None:
    found = told(
        "CREATE TABLE makemigrations_history (id INTEGER PRIMARY KEY AUTOINCREMENT)",
        "CREATE INDEX i ON makemigrations_history (id)",
        "CREATE TABLE makemigrations_kept_1 (a)",
    )
    assert found == Native(tables={})


def test_a_table_made_from_a_query_is_read() -> None:
    [_, found] = told(
        "CREATE TABLE a (b INT, c TEXT)",
        "CREATE TABLE d AS SELECT b, c AS [x y] FROM a",
    ).tables.values()
    assert [(c.name, c.type) for c in found.columns] == [("b", "INT"), ("x y", "TEXT")]


def test_a_reference_is_spelled_as_its_target_is() -> None:
    found = told(
        "CREATE TABLE Users (Id INTEGER PRIMARY KEY)",
        "CREATE TABLE t (U INT REFERENCES USERS (ID))",
    )
    [key] = found.tables["t"].foreign_keys
    assert (key.fields, key.table, key.references) == (("U",), "Users", ("Id",))
