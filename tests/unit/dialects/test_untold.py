from __future__ import annotations

from collections.abc import Sequence

import pytest

from live_sqlite import moves
from mm_engine import operations as ops
from mm_engine.dialects import available, dialect
from mm_engine.dialects.base import Dialect
from mm_engine.dialects.features import Declarable, Features, ForeignKeys
from mm_engine.dialects.postgresql import PostgreSQL
from mm_engine.dialects.statements import Item, PythonCall, Statement
from mm_engine.dialects.untold import Telling
from mm_engine.errors import Position, UnsupportedError
from mm_engine.model import types as t
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
from mm_engine.model.values import Expression, Literal, Symbol
from mm_engine.operations import Operation


class Keyless(PostgreSQL):
    """A database that has no foreign keys, and the rest of PostgreSQL."""

    features = Features.like(PostgreSQL.features, foreign_keys=ForeignKeys.ABSENT)


REFUSING = Keyless().treating(frozenset())
AT = Position("schema/schema.yaml", 12, 5)
KEY = ForeignKey(["author"], "people", references=["id"], name="fk", at=AT)
PEOPLE = Table(
    "people",
    [Field("id", t.Integer(), nullable=False)],
    primary_key=PrimaryKey(["id"], name="people_pkey"),
)
POSTS = Table(
    "posts",
    [Field("author", t.Integer())],
    indexes=[Index(["author"], name="posts_author")],
    foreign_keys=[KEY],
)
BARE = POSTS.without_foreign_keys
BOTH = Schema.of(PEOPLE, POSTS)


def sql(
    operations: Sequence[Operation], before: Schema, dialect: Dialect | None = None
) -> list[str]:
    items: tuple[Item, ...] = (dialect or Keyless()).items(moves(operations, before))
    return [item.sql for item in items if isinstance(item, Statement)]


def test_a_table_is_made_without_its_keys_and_with_their_index() -> None:
    table, index = sql([ops.CreateTable.of(POSTS)], Schema.of(PEOPLE))
    assert "REFERENCES" not in table
    assert index == 'CREATE INDEX "posts_author" ON "posts" ("author")'


@pytest.mark.parametrize(
    "operation",
    [
        ops.AlterForeignKey("posts", KEY),
        ops.DropForeignKey("posts", "fk"),
        ops.RenameConstraint("posts", "fk", new="fk_2"),
    ],
    ids=["altered", "dropped", "renamed"],
)
def test_what_is_done_to_a_key_is_told_to_nobody(operation: Operation) -> None:
    assert sql([operation], BOTH) == []


def test_a_key_that_is_added_is_told_to_nobody() -> None:
    assert sql([ops.AddForeignKey("posts", KEY)], Schema.of(PEOPLE, BARE)) == []


def test_what_a_key_would_hold_fast_changes_as_if_there_were_none() -> None:
    widened = ops.AlterField("people", Field("id", t.BigInt(), nullable=False))
    assert sql([widened], BOTH) == sql([widened], Schema.of(PEOPLE, BARE))


def test_operations_that_follow_see_no_keys_either() -> None:
    renamed = ops.RenameField("posts", "author", new="writer")
    told = sql([ops.CreateTable.of(POSTS), renamed], Schema.of(PEOPLE))
    assert told[-1] == 'ALTER TABLE "posts" RENAME COLUMN "author" TO "writer"'


def test_a_function_of_the_users_sees_the_keys() -> None:
    def look(_connection: object, _schema: Schema) -> None:
        """Nothing."""

    [call] = Keyless().items(moves([ops.RunPython(look)], BOTH))
    assert isinstance(call, PythonCall)
    assert call.schema.table("posts").foreign_keys == (KEY,)


def test_keys_of_the_users_own_state_are_forgotten_after_it() -> None:
    own = ops.RunSQL("SELECT 1", state_operations=[ops.DropForeignKey("posts", "fk")])
    dropped = ops.DropTable("people")
    assert sql([own, dropped], BOTH) == ["SELECT 1", 'DROP TABLE "people"']


@pytest.mark.parametrize(
    ("operation", "before"),
    [
        (ops.CreateTable.of(POSTS), Schema.of(PEOPLE)),
        (ops.AddForeignKey("posts", KEY), Schema.of(PEOPLE, BARE)),
        (ops.AlterForeignKey("posts", KEY), BOTH),
    ],
    ids=["made with its table", "added", "altered"],
)
def test_a_key_is_refused_where_the_settings_say_so(
    operation: Operation, before: Schema
) -> None:
    with pytest.raises(UnsupportedError, match="has no foreign keys") as caught:
        sql([operation], before, REFUSING)
    assert caught.value.at == AT
    assert "unsupported.foreign_keys: declare-only" in str(caught.value.hint)


def test_dropping_what_was_never_told_is_refused_by_nobody() -> None:
    assert sql([ops.DropForeignKey("posts", "fk")], BOTH, REFUSING) == []


def test_a_key_only_the_schema_is_told_of_is_no_key_to_refuse() -> None:
    operation = ops.CreateTable.of(POSTS, schema_only=True)
    assert sql([operation], Schema.of(PEOPLE), REFUSING) == []


def test_where_there_are_keys_the_setting_changes_nothing() -> None:
    strict = PostgreSQL().treating(frozenset())
    made = [ops.CreateTable.of(POSTS)]
    before = Schema.of(PEOPLE)
    assert sql(made, before, strict) == sql(made, before, PostgreSQL())


EVERYTHING = frozenset(Declarable)
THINGS = Table(
    "things",
    [
        Field("id", t.Serial(), nullable=False),
        Field("made", t.Timestamp(), auto_create=True),
        Field("code", t.Varchar(20), nullable=False, default=Literal("x")),
        Field("day", t.Date(), default=Expression("some_day()")),
        Field("seen", t.Timestamp(), auto_update=True),
        Field("price", t.Integer()),
    ],
    primary_key=PrimaryKey(["id"], name="things_pkey"),
    indexes=[
        Index(["price"], name="idx_price"),
        Index(["code"], name="idx_dear", unique=True, where="price > 5"),
    ],
    uniques=[Unique(["code", "price"], name="things_code")],
    checks=[Check("price > 0", name="things_price")],
)
CHANGES: tuple[Operation, ...] = (
    ops.AddField("things", Field("until", t.Date(), default=Expression("some_day()"))),
    ops.AlterField("things", Field("code", t.Text(), nullable=False)),
    ops.AlterField("things", Field("price", t.BigInt(), default=Literal("3"))),
    ops.RenameField("things", "day", new="date_of"),
    ops.RenameIndex("things", "idx_price", new="idx_cost"),
    ops.RenameConstraint("things", "things_code", new="things_code_2"),
    ops.AlterCheck("things", Check("price > 1", name="things_price")),
    ops.DropUnique("things", "things_code_2"),
    ops.AddUnique("things", Unique(["price"], name="things_one_price")),
    ops.DropIndex("things", "idx_dear"),
    ops.DropCheck("things", "things_price"),
    ops.AddIndex("things", Index(["made"], name="idx_made")),
    ops.DropField("things", "seen"),
    ops.DropTable("things"),
)


@pytest.mark.parametrize("database", available())
def test_what_a_database_is_told_never_speaks_of_what_it_cannot_keep(
    database: str,
) -> None:
    one = dialect(database).treating(EVERYTHING)
    strict = one.treating(frozenset())
    telling = Telling(one)
    schema = Schema()
    for number, operation in enumerate((ops.CreateTable.of(THINGS), *CHANGES)):
        [move] = moves([operation], schema)
        before, after = telling.schema(move.before), telling.schema(move.after)
        told = tuple(telling.moves([move]))
        state = before
        for each in told:
            assert each.before == state
            state = each.after
        assert state == after, number
        for table in after.tables.values():
            strict.told_items(moves([ops.CreateTable.of(table)], Schema()))
        schema = move.after


def test_a_thing_that_begins_to_be_kept_is_made_then() -> None:
    """Words that a default has from now on are told to the columns that want it."""
    field = Field("id", t.Text(), default=Symbol("own_id"))
    before = Schema.of(Table("things", [Field("n", t.Integer()), field]))
    said = ops.SetDefaults({"postgresql": {"own_id": "gen_random_uuid()::text"}})
    one = PostgreSQL().treating(EVERYTHING)
    told = [s.sql for s in one.items(moves([said], before)) if isinstance(s, Statement)]
    assert told == [
        'ALTER TABLE "things" ALTER COLUMN "id" SET DEFAULT (gen_random_uuid()::text)'
    ]
    back = ops.SetDefaults({})
    [given] = moves([said], before)
    told = [
        s.sql for s in one.items(moves([back], given.after)) if isinstance(s, Statement)
    ]
    assert told == ['ALTER TABLE "things" ALTER COLUMN "id" DROP DEFAULT']


def test_what_nobody_counts_is_an_integer_until_the_database_can() -> None:
    """ClickHouse gives numbers to a wide column alone."""
    key = PrimaryKey(["id"], name="things_pkey")
    serial = Field("id", t.Serial(), nullable=False)
    made = ops.CreateTable.of(Table("things", [serial], primary_key=key))
    one = dialect("clickhouse")
    with pytest.raises(UnsupportedError, match="counts nothing up") as caught:
        sql([made], Schema(), one)
    assert "unsupported.serials: declare-only" in str(caught.value.hint)
    one = one.treating(frozenset({Declarable.SERIALS}))
    [plain] = sql([made], Schema(), one)
    assert "`id` Int32" in plain
    assert "DEFAULT" not in plain
    wide = ops.CreateTable.of(
        Table("wide", [Field("id", t.BigSerial(), nullable=False)], primary_key=key)
    )
    [counted] = sql([wide], Schema(), one)
    assert "generateSnowflakeID()" in counted


def test_words_that_a_state_of_the_users_gives_are_known_from_then_on() -> None:
    field = Field("id", t.Text(), default=Symbol("own_id"))
    things = Table("things", [Field("n", t.Integer()), field])
    before = Schema.of(things, Table("others", [Field("n", t.Integer())]))
    first = ops.RenameField("others", "n", new="m")
    said = ops.SetDefaults({"postgresql": {"own_id": "gen_random_uuid()::text"}})
    own = ops.RunSQL("SELECT 1", state_operations=[said])
    last = ops.RenameField("others", "m", new="o")
    one = PostgreSQL().treating(EVERYTHING)
    told = tuple(Telling(one).moves(moves([first, own, last], before)))
    defaults = [move.before.table("things").field("id").default for move in told]
    assert defaults[0] is None
    assert defaults[-1] == Symbol("own_id")


def test_the_setting_that_would_allow_it_is_named_where_something_is_refused() -> None:
    table = Table("things", [Field("a", t.Text(), default=Symbol("nobody_knows"))])
    with pytest.raises(UnsupportedError, match="no words") as caught:
        sql([ops.CreateTable.of(table)], Schema(), PostgreSQL())
    assert "unsupported.defaults: declare-only" in str(caught.value.hint)
    assert "say them under defaults" in str(caught.value.hint)
