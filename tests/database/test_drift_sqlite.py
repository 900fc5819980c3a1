"""A live SQLite database against the schema that its migrations add up to."""

from __future__ import annotations

import attrs
import pytest
import sqlalchemy as sa
from hypothesis import given, reject

from examples import FEW
from hand_changes import Edit, HandChange, missing
from live_sqlite import Live
from mm_engine.diff import diff
from mm_engine.errors import UnsupportedError
from mm_engine.introspect import Drift, Unread, drift
from mm_engine.model.constraints import Check, PrimaryKey
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
from mm_engine.model.types import Date, EnumOf, Integer, Text
from mm_engine.model.values import Expression
from mm_engine.operations import AddField, DropField, DropTable, RenameField
from sqlite_by_hand import BASE, CHANGES, UNTOLD
from strategies import SchemaPair, schema_pairs

pytestmark = pytest.mark.database("sqlite")


def drift_of(live: Live, *ignore: str) -> Drift:
    """The drift of a database in memory from what we believe it to be."""
    engine = sa.create_engine(
        "sqlite://", creator=lambda: live.connection, poolclass=sa.pool.StaticPool
    )
    with engine.connect() as connection:
        return drift(connection, live.schema, live.dialect, ignore=ignore)


@FEW
@given(schema_pairs())
def test_a_schema_grown_through_migrations_has_not_drifted(pair: SchemaPair) -> None:
    operations = diff(pair.before, pair.after, pair.renames)
    live = Live()
    try:
        live.up(diff(Schema(), pair.before))
    except UnsupportedError:
        reject()
    assert drift_of(live).operations == ()
    try:
        live.up(operations)
    except UnsupportedError:
        reject()
    assert drift_of(live).operations == ()
    live.down(operations, pair.before)
    assert drift_of(live).operations == ()


def test_a_column_added_by_hand_is_one_operation() -> None:
    live = Live.of(Schema.of(Table("a", [Field("id", Integer())])))
    live.sql("ALTER TABLE a ADD COLUMN b TEXT")
    found = drift_of(live)
    assert found.operations == (AddField("a", Field("b", Text())),)
    assert found.repair == (DropField("a", "b"),)


def test_every_attribute_has_a_change_by_hand_or_a_reason() -> None:
    assert missing(CHANGES, UNTOLD) == []


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_change_by_hand_is_one_operation_and_can_be_repaired(
    change: HandChange,
) -> None:
    live = Live.of(BASE)
    for sql in change.sql:
        by_hand(live, sql)
    found = drift_of(live)
    assert found.operations == (change.told,)
    live.schema = found.live
    live.up(found.repair)
    live.schema = BASE
    assert drift_of(live).operations == ()


def by_hand(live: Live, sql: str | Edit) -> None:
    """One change as somebody makes it who knows SQLite, but not us."""
    if isinstance(sql, str):
        live.sql(sql)
        return
    [text], *others = live.sql(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL"
        f" AND tbl_name = '{sql.table}' ORDER BY type = 'table' DESC"
    )
    edited = str(text).replace(sql.old, sql.new)
    assert edited != text
    live.sql("PRAGMA foreign_keys=OFF")
    live.sql(f"DROP TABLE {sql.table}")
    for made in (edited, *(str(other) for [other] in others)):
        live.sql(made)
    live.sql("PRAGMA foreign_keys=ON")


def test_a_key_renamed_beside_a_field_that_keeps_its_changes_is_no_drift() -> None:
    """SQLite then puts the new name for ``rowid`` into the trigger."""
    number = Field("id", Integer(), nullable=False)
    kept = Field("at", Date(), auto_update=True)
    key = PrimaryKey(["id"], name="t_pkey")
    live = Live.of(Schema.of(Table("t", [number, kept], primary_key=key)))
    renamed = (RenameField("t", "id", new="number"),)
    before = live.schema
    live.up(renamed)
    found = drift_of(live)
    assert (found.operations, found.unread) == ((), ())
    live.down(renamed, before)
    assert drift_of(live).is_empty


def test_a_name_in_another_case_is_a_rename() -> None:
    live = Live.of(Schema.of(Table("notes", [Field("said", Text())])))
    live.sql("ALTER TABLE notes RENAME COLUMN said TO Said")
    assert drift_of(live).operations == (RenameField("notes", "said", new="Said"),)


def test_constraints_without_names_are_the_same_constraints() -> None:
    live = Live.of(BASE)
    names = ("things_pkey", "things_tag", "things_price", "things_owner")
    for name in names:
        by_hand(live, Edit("things", f'CONSTRAINT "{name}" ', ""))
    assert drift_of(live).operations == ()


def test_words_of_sqlite_in_another_style_are_no_drift() -> None:
    live = Live.of(BASE)
    by_hand(live, Edit("things", "CHECK (price > 0)", "check(\n[PRICE]>0 /* cheap */)"))
    by_hand(live, Edit("things", '"price" DECIMAL(10, 2)', "price decimal(10,2)"))
    by_hand(live, Edit("things", "DEFAULT 'x'", "default ('x')"))
    assert drift_of(live).operations == ()


def test_two_things_that_are_alike_are_never_guessed_to_be_renamed() -> None:
    live = Live.of(Schema.of(Table("t", [Field(n, Text()) for n in ("a", "b", "c")])))
    live.sql("ALTER TABLE t RENAME COLUMN a TO x")
    live.sql("ALTER TABLE t RENAME COLUMN b TO y")
    kinds = [type(operation) for operation in drift_of(live).operations]
    assert sorted(kinds, key=str) == [AddField, AddField, DropField, DropField]


def test_tables_that_are_ignored_are_not_told() -> None:
    live = Live.of(BASE)
    live.sql("CREATE TABLE cache_a (b INT)")
    live.sql("CREATE TRIGGER t AFTER INSERT ON cache_a BEGIN SELECT 1; END")
    live.sql("DROP TABLE notes")
    found = drift_of(live, "cache_*", "notes")
    assert found.is_empty
    assert found.repair == ()
    assert found.unread == ()
    assert not drift_of(live, "cache_*").is_empty


def test_what_no_schema_can_say_is_told_beside_the_drift() -> None:
    live = Live.of(BASE)
    live.sql("CREATE VIEW v AS SELECT id FROM things")
    found = drift_of(live)
    assert found.is_empty
    assert found.unread == (Unread(kind="view", name="v"),)


def test_the_tables_that_are_our_own_are_no_drift() -> None:
    live = Live.of(BASE)
    live.sql("CREATE TABLE makemigrations_history (name TEXT)")
    assert drift_of(live).is_empty


def test_what_only_the_application_knows_is_made_up_in_the_scratch() -> None:
    live = Live()
    live.connection.create_collation("german", lambda a, b: (a > b) - (a < b))
    live.connection.create_function("slug", 1, str, deterministic=True)
    live.up(
        diff(
            Schema(),
            Schema.of(
                Table(
                    "t",
                    [Field("a", Text(), options={"sqlite": {"collate": "german"}})],
                    checks=[Check("slug(a) <> ''", name="ck")],
                    indexes=[Index([Expression("slug(a)")], name="ix")],
                )
            ),
        )
    )
    assert drift_of(live).is_empty


def test_an_enum_changed_on_one_of_two_fields_is_told() -> None:
    fields = [Field("a", EnumOf("m")), Field("b", EnumOf("m"))]
    schema = attrs.evolve(
        Schema.of(Table("t", fields)), enums={"m": Enum("m", ["x", "y"])}
    )
    live = Live.of(schema)
    by_hand(live, Edit("t", "\"b\" IN ('x', 'y')", "\"b\" IN ('x')"))
    found = drift_of(live)
    assert {op.subject() for op in found.operations} == {("t", "b"), ("t", "enum_m")}
    live.schema = found.live
    live.up(found.repair)
    live.schema = schema
    assert drift_of(live).is_empty


def test_a_database_is_asked_as_often_however_many_tables_it_has() -> None:
    asked: list[list[str]] = []
    for number in (1, 40):
        tables = (Table(f"t{n}", [Field("a", Text())]) for n in range(number))
        live = Live.of(Schema.of(*tables))
        questions: list[str] = []
        live.connection.set_trace_callback(questions.append)
        assert drift_of(live).is_empty
        # What SQLite asks itself, to answer one question, begins with two dashes.
        asked.append([sql for sql in questions if not sql.startswith("--")])
    assert asked[0] == asked[1]


def test_a_table_that_is_ignored_is_no_new_name_of_another() -> None:
    live = Live.of(Schema.of(Table("notes", [Field("said", Text())])))
    live.sql("ALTER TABLE notes RENAME TO cache_notes")
    assert drift_of(live, "cache_*").operations == (DropTable("notes"),)


def test_a_table_that_is_ignored_says_nothing_of_an_enum() -> None:
    posts = Table("posts", [Field("id", Integer()), Field("s", EnumOf("status"))])
    enums = {"status": Enum("status", ["new", "old"])}
    live = Live.of(attrs.evolve(Schema.of(posts), enums=enums))
    live.sql("DROP TABLE posts")
    live.sql(
        "CREATE TABLE posts (id INTEGER,"
        " s TEXT CONSTRAINT enum_status CHECK (s IN ('new', 'gone')))"
    )
    live.sql("CREATE TABLE other (k TEXT CONSTRAINT enum_kind CHECK (k IN ('a')))")
    assert drift_of(live).operations
    assert drift_of(live, "posts", "other").operations == ()
    assert drift_of(live, "posts", "other").repair == ()
