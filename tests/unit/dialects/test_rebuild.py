"""The traps of a rebuilt table, each on a live database with rows."""

from __future__ import annotations

import sqlite3

import pytest

from live_sqlite import Live, UnexpectedRowsError, moves
from mm_engine import operations as ops
from mm_engine.dialects import rebuild
from mm_engine.dialects.sqlite import SQLite
from mm_engine.dialects.statements import Move, Statement, flat
from mm_engine.errors import UnsupportedError
from mm_engine.model import types as t
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Options, Table
from mm_engine.model.values import Expression, Literal
from mm_engine.operations import Operation

pytestmark = pytest.mark.database("sqlite")

USERS = Table(
    "users",
    [
        Field("id", t.Serial(), nullable=False),
        Field("email", t.Varchar(255), nullable=False),
        Field("boss_id", t.Integer()),
    ],
    primary_key=PrimaryKey(["id"], name="users_pkey"),
    foreign_keys=[
        ForeignKey(
            ["boss_id"], "users", references=["id"], name="fk_boss", on_delete="CASCADE"
        )
    ],
    indexes=[
        Index([Expression("lower(email)")], name="idx_lower", where="boss_id > 0")
    ],
)
POSTS = Table(
    "posts",
    [Field("id", t.Integer(), nullable=False), Field("user_id", t.Integer())],
    primary_key=PrimaryKey(["id"], name="posts_pkey"),
    foreign_keys=[
        ForeignKey(
            ["user_id"], "users", references=["id"], name="fk_user", on_delete="CASCADE"
        )
    ],
)
WIDER = ops.AlterField("users", Field("email", t.Text(), nullable=False))


@pytest.fixture
def live() -> Live:
    live = Live.of(Schema.of(USERS, POSTS))
    live.script(
        "INSERT INTO users (email, boss_id) VALUES ('a', NULL), ('b', 1), ('c', 2);"
        "INSERT INTO posts VALUES (1, 1), (2, 3), (3, NULL);"
    )
    return live


def rebuilds(items: tuple[object, ...]) -> int:
    return sum(
        isinstance(item, Statement) and rebuild.is_rebuild(item) for item in items
    )


def test_children_with_cascade_keep_their_rows(live: Live) -> None:
    rows = live.rows()
    assert rebuilds(live.up([WIDER])) == 1
    assert live.rows() == rows
    live.sql("DELETE FROM users WHERE id = 1")
    assert live.sql("SELECT id FROM posts") == [(3,)]


def test_references_of_children_and_of_itself_still_name_the_table(live: Live) -> None:
    live.up([WIDER])
    parents = 'SELECT "table" FROM pragma_foreign_key_list(?)'
    for child in ("users", "posts"):
        found = live.connection.execute(parents, (child,)).fetchall()
        assert found == [("users",)]


def test_foreign_keys_are_enforced_again_afterwards(live: Live) -> None:
    live.up([WIDER])
    with pytest.raises(sqlite3.IntegrityError):
        live.sql("INSERT INTO posts VALUES (9, 99)")


def test_every_unrelated_row_of_the_catalog_stays_equal(live: Live) -> None:
    live.script(
        """
        CREATE VIEW loud AS SELECT upper(email) AS email FROM users;
        CREATE VIEW louder AS SELECT email || '!' AS email FROM loud;
        CREATE TABLE log (text TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE TRIGGER noted AFTER INSERT ON users
            BEGIN INSERT INTO log VALUES (new.email); END;
        CREATE TRIGGER checked INSTEAD OF INSERT ON louder
            BEGIN INSERT INTO users (email) VALUES (new.email); END;
        CREATE TRIGGER posted AFTER INSERT ON posts
            BEGIN UPDATE users SET email = email || '*' WHERE id = new.user_id; END;
        CREATE INDEX by_hand ON users (email COLLATE NOCASE) WHERE id > 1;
        """
    )
    before = {row[:3]: row[3] for row in live.catalog()}
    live.up([WIDER])
    after = {row[:3]: row[3] for row in live.catalog()}
    changed = [name for name in before if before[name] != after.get(name)]
    assert changed == [("table", "users", "users")]
    assert before.keys() == after.keys()
    live.sql("INSERT INTO louder VALUES ('new')")
    assert live.sql("SELECT * FROM log") == [("new",)]


def test_a_counted_key_goes_on_from_where_it_was(live: Live) -> None:
    live.script("INSERT INTO users (id, email) VALUES (500, 'x'); DELETE FROM users")
    live.up([WIDER])
    live.sql("INSERT INTO users (email) VALUES ('y')")
    assert live.sql("SELECT id FROM users") == [(501,)]
    assert live.sql("SELECT name FROM sqlite_sequence") == [("users",)]


def test_rows_without_a_number_of_their_own_keep_sqlites() -> None:
    live = Live.of(Schema.of(Table("notes", [Field("text", t.Varchar(9))])))
    live.script("INSERT INTO notes (rowid, text) VALUES (7, 'a'), (40, 'b')")
    live.up([ops.AlterField("notes", Field("text", t.Text()))])
    assert live.sql("SELECT rowid, text FROM notes") == [(7, "a"), (40, "b")]


def test_a_field_called_rowid_is_no_hindrance() -> None:
    fields = [Field("rowid", t.Varchar(9)), Field("oid", t.Integer())]
    live = Live.of(Schema.of(Table("notes", fields)))
    live.script("INSERT INTO notes VALUES ('a', 1), ('b', 2)")
    rows = live.rows()
    live.up([ops.AlterField("notes", Field("rowid", t.Text()))])
    assert live.rows() == rows


@pytest.mark.parametrize(
    ("by_hand", "named"),
    [
        ("ALTER TABLE users ADD COLUMN nickname TEXT", "nickname"),
        (
            "ALTER TABLE users ADD COLUMN twice AS (email || email) VIRTUAL",
            "twice",
        ),
        ("ALTER TABLE users ADD COLUMN n INT CHECK (n > 0)", "CHECK"),
        ("ALTER TABLE users ADD COLUMN n TEXT COLLATE NOCASE", "COLLATE"),
        ("ALTER TABLE users ADD COLUMN n INT REFERENCES posts(id)", "n to posts"),
        ("ALTER TABLE users RENAME COLUMN boss_id TO chief", "missing column"),
    ],
)
def test_what_was_added_by_hand_stops_a_rebuild_and_is_named(
    live: Live, by_hand: str, named: str
) -> None:
    live.sql(by_hand)
    catalog, rows = live.catalog(), live.rows()
    with pytest.raises(UnexpectedRowsError, match="rebuilt") as caught:
        live.up([WIDER])
    assert named in str(caught.value)
    assert (live.catalog(), live.rows()) == (catalog, rows)


@pytest.mark.parametrize(
    ("made", "named"),
    [
        ("(id INTEGER PRIMARY KEY, email TEXT UNIQUE)", "email"),
        ("(id INTEGER PRIMARY KEY, email TEXT, CHECK (email <> ''))", "CHECK"),
        ("(id TEXT PRIMARY KEY, email TEXT) WITHOUT ROWID", "ROWID"),
    ],
)
def test_a_table_made_by_hand_is_not_made_poorer(made: str, named: str) -> None:
    live = Live()
    live.sql(f"CREATE TABLE users {made}")
    fields = [Field("id", t.Integer(), nullable=False), Field("email", t.Varchar(9))]
    table = Table("users", fields, primary_key=PrimaryKey(["id"], name="pk"))
    live.schema = Schema.of(table)
    with pytest.raises(UnexpectedRowsError) as caught:
        live.up([ops.AlterField("users", Field("email", t.Text()))])
    assert named in str(caught.value)


def test_our_own_clauses_are_not_taken_for_somebody_elses() -> None:
    options: Options = {"sqlite": {"collate": "NOCASE"}}
    table = Table(
        "checked",
        [
            Field("checked", t.Text(), options=options, default=Literal("CHECK it")),
            Field("state", t.EnumOf("check")),
        ],
        checks=[Check("checked <> 'COLLATE' COLLATE BINARY", name="ck_check")],
        uniques=[Unique(["state", "checked"], name="uq_check")],
    )
    live = Live()
    enum = ops.CreateEnum(Enum("check", ["CHECK", "COLLATE"]))
    live.up([enum, ops.CreateTable.of(table)])
    live.up([ops.RenameField("checked", "checked", new="done")])
    live.up([ops.AddField("checked", Field("more", t.EnumOf("check")))])
    live.up([ops.AlterField("checked", Field("state", t.Text()))])
    assert live.shape() == Live.of(live.schema).shape()


def test_a_missing_column_is_not_filled_with_its_own_name() -> None:
    live = Live()
    live.schema = Schema.of(USERS)
    live.sql("CREATE TABLE users (id INTEGER PRIMARY KEY, boss_id INTEGER)")
    live.sql("INSERT INTO users VALUES (1, NULL)")
    with pytest.raises(UnexpectedRowsError, match="missing column"):
        live.up([WIDER])


def test_a_rebuild_inside_the_users_own_transaction_is_refused(live: Live) -> None:
    items = live.dialect.items(_moves(live))
    live.sql("BEGIN")
    live.sql("PRAGMA foreign_keys=OFF")
    with pytest.raises(UnexpectedRowsError, match="foreign keys are enforced"):
        live.run(items)


def test_foreign_keys_are_off_before_the_transaction_begins(live: Live) -> None:
    items = live.dialect.items(_moves(live))
    said = [statement.sql for statement in live.dialect.prologue(items)]
    assert said == ["PRAGMA foreign_keys=OFF"]
    assert live.dialect.epilogue(items)[-1].sql == "PRAGMA foreign_keys=ON"
    assert live.dialect.begin.sql == "BEGIN IMMEDIATE"


def test_nothing_is_said_outside_where_nothing_is_rebuilt(live: Live) -> None:
    adds = ops.AddField("users", Field("age", t.Integer()))
    items = live.up([adds])
    assert live.dialect.prologue(items) == live.dialect.epilogue(items) == ()


def test_a_reference_to_no_row_stops_the_step_and_leaves_all_as_it_was(
    live: Live,
) -> None:
    live.script("PRAGMA foreign_keys=OFF; INSERT INTO posts VALUES (9, 99);")
    live.up([ops.DropForeignKey("posts", "fk_user")])
    catalog, rows = live.catalog(), live.rows()
    with pytest.raises(UnexpectedRowsError, match="not there") as caught:
        live.up([ops.AddForeignKey("posts", POSTS.foreign_keys[0])])
    assert caught.value.found == [("posts", "users", 1)]
    assert (live.catalog(), live.rows()) == (catalog, rows)


def test_what_was_wrong_before_is_nobodys_fault_now(live: Live) -> None:
    live.script("PRAGMA foreign_keys=OFF; INSERT INTO posts VALUES (9, 99);")
    live.up([WIDER])
    assert live.sql("SELECT count(*) FROM posts") == [(4,)]


@pytest.mark.parametrize(
    "by_hand",
    [
        "CREATE VIEW v AS SELECT boss_id FROM users",
        "CREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT new.boss_id; END",
        "CREATE TRIGGER t AFTER INSERT ON posts BEGIN SELECT boss_id FROM users; END",
    ],
)
def test_a_view_or_trigger_that_needs_a_dropped_field_stops_the_rebuild(
    live: Live, by_hand: str
) -> None:
    live.sql(by_hand)
    catalog = live.catalog()
    dropped: list[Operation] = [
        ops.DropForeignKey("users", "fk_boss"),
        ops.DropIndex("users", "idx_lower"),
        ops.DropField("users", "boss_id"),
    ]
    with pytest.raises(sqlite3.OperationalError, match="boss_id"):
        live.up(dropped)
    assert live.catalog() == catalog


def test_a_failed_rebuild_leaves_the_connection_as_it_was(live: Live) -> None:
    live.sql("ALTER TABLE users ADD COLUMN nickname TEXT")
    with pytest.raises(UnexpectedRowsError):
        live.up([WIDER])
    assert live.sql("PRAGMA foreign_keys") == [(1,)]
    assert live.sql("PRAGMA legacy_alter_table") == [(0,)]
    assert live.sql("SELECT name FROM sqlite_temp_schema") == []


def test_options_of_the_table_are_kept() -> None:
    options: Options = {"sqlite": {"strict": "true", "without_rowid": "true"}}
    fields = [Field("id", t.BigInt(), nullable=False), Field("day", t.Date())]
    key = PrimaryKey(["id"], name="pk")
    live = Live()
    live.schema = Schema.of(Table("t", fields, primary_key=key, options=options))
    sql = SQLite().table_sql(live.schema.table("t"), live.schema)
    assert sql.endswith(") STRICT, WITHOUT ROWID")
    assert '"id" INTEGER' in sql
    assert '"day" TEXT' in sql
    change = ops.AlterField("t", Field("day", t.Timestamp()))
    if live.dialect.features.strict_tables:
        live.sql(sql)
        live.up([change])
        assert live.shape() == Live.of(live.schema).shape()
    else:
        with pytest.raises(UnsupportedError, match="has no STRICT tables"):
            live.up([change])


def test_computed_columns_are_computed_again() -> None:
    options: Options = {"sqlite": {"generated": "a * 2", "stored": "true"}}
    fields = [Field("a", t.Integer()), Field("b", t.Integer(), options=options)]
    live = Live.of(Schema.of(Table("t", fields)))
    live.sql("INSERT INTO t (a) VALUES (1), (2)")
    live.up([ops.AlterField("t", Field("a", t.BigInt()))])
    assert live.sql("SELECT a, b FROM t") == [(1, 2), (2, 4)]


def test_a_required_field_without_a_value_only_suits_an_empty_table(
    live: Live,
) -> None:
    adds = ops.AddField("posts", Field("slug", t.Text(), nullable=False))
    with pytest.raises(UnexpectedRowsError, match=r"posts\.slug is required") as caught:
        live.up([adds])
    assert caught.value.expect.hint == "give the rows that exist a value: one_off=…"
    live.sql("DELETE FROM posts")
    live.up([adds])
    assert live.shape() == Live.of(live.schema).shape()


def test_a_field_that_becomes_required_asks_for_what_is_missing(live: Live) -> None:
    required = Field("user_id", t.Integer(), nullable=False)
    with pytest.raises(UnexpectedRowsError, match=r"becomes required.*\(1,\)"):
        live.up([ops.AlterField("posts", required)])
    live.up([ops.AlterField("posts", required, one_off=Literal("1"))])
    assert live.sql("SELECT user_id FROM posts ORDER BY id") == [(1,), (3,), (1,)]


def test_rows_get_their_own_value_of_a_new_default(live: Live) -> None:
    random = Expression("hex(randomblob(8))")
    adds = ops.AddField("users", Field("code", t.Text(), default=random))
    live.up([adds])
    [(distinct,)] = live.sql("SELECT count(DISTINCT code) FROM users")
    assert distinct == 3


def test_a_table_that_is_made_again_has_the_text_it_would_have_from_the_start(
    live: Live,
) -> None:
    live.up([WIDER])
    fresh = Live.of(live.schema)
    assert live.catalog() == fresh.catalog()


def test_a_conditional_rebuild_is_a_rebuild(live: Live) -> None:
    drops = ops.DropForeignKey("posts", "fk_user", if_present=True)
    items = live.up([drops])
    assert rebuilds(tuple(flat(items))) == 1
    assert live.dialect.prologue(items)


def _moves(live: Live) -> tuple[Move, ...]:
    return moves([WIDER], live.schema)


@pytest.mark.parametrize("action", ["CASCADE", "SET NULL"])
def test_tables_of_others_that_refer_to_a_dropped_one_keep_their_rows(
    live: Live, action: str
) -> None:
    live.script(
        f"CREATE TABLE others (post INTEGER REFERENCES posts ON DELETE {action});"
        "INSERT INTO others VALUES (1)"
    )
    catalog, rows = live.catalog(), live.rows()
    with pytest.raises(UnexpectedRowsError, match="others"):
        live.up([ops.DropTable("posts")])
    assert (live.catalog(), live.rows()) == (catalog, rows)


def test_tables_that_refer_to_each_other_go_together(live: Live) -> None:
    items = live.up([ops.DropTable("posts"), ops.DropTable("users")])
    assert [item.operations for item in items] == [(1, 2), (1, 1), (2, 2)]
    assert live.catalog() == []
