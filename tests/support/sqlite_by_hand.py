"""What somebody does by hand to a database of SQLite."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from hand_changes import Attribute, Edit, HandChange, change, other
from mm_engine import operations as ops
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Desc, Field, Index, Table
from mm_engine.model.types import (
    Decimal,
    EnumOf,
    Integer,
    Text,
    Timestamp,
    Varchar,
)
from mm_engine.model.values import Literal

UNTOLD: Mapping[Attribute, str] = {
    (Schema, "enums"): "an enum is a check on each of its fields",
    (Table, "comment"): "keeps no comments",
    (Field, "comment"): "keeps no comments",
    (Enum, "name"): "an enum is a check on each of its fields",
    (Enum, "comment"): "keeps no comments",
    (Index, "options"): "has none for an index",
    (Index, "method"): "has one kind of index",
    (Index, "include"): "has no such clause",
    (Index, "nulls_not_distinct"): "has no such clause",
    (Unique, "nulls_not_distinct"): "has no such clause",
    (Unique, "deferrable"): "has no such clause",
}
"""Attributes that SQLite does not hold, each with its reason."""

OWNERS = Table(
    "owners",
    [Field("id", Integer(), nullable=False), Field("number", Integer())],
    primary_key=PrimaryKey(["id"], name="owners_pkey"),
    uniques=[Unique(["number"], name="owners_number")],
)
OTHERS = Table(
    "others",
    [Field("id", Integer(), nullable=False)],
    primary_key=PrimaryKey(["id"], name="others_pkey"),
)
NAME = Field(
    "name",
    Varchar(20),
    nullable=False,
    default=Literal("x"),
    comment="what it is called",
)
INDEX = Index(["name"], name="things_name")
UNIQUE = Unique(["tag"], name="things_tag")
KEY = ForeignKey(
    ["owner_id"],
    "owners",
    references=["id"],
    name="things_owner",
    on_delete="CASCADE",
)
THINGS = Table(
    "things",
    [
        Field("id", Integer(), nullable=False),
        Field("tag", Integer(), nullable=False),
        NAME,
        Field("price", Decimal(10, 2)),
        Field("state", EnumOf("state")),
        Field("owner_id", Integer()),
        Field("other_id", Integer()),
        Field("made", Timestamp(), auto_create=True),
        Field("changed", Timestamp(), auto_update=True),
    ],
    primary_key=PrimaryKey(["id"], name="things_pkey"),
    indexes=[INDEX],
    uniques=[UNIQUE],
    checks=[Check("price > 0", name="things_price")],
    foreign_keys=[KEY],
    comment="all of them",
)
STATE = Enum("state", ["new", "done"], comment="how far it is")
BASE = attrs.evolve(
    Schema.of(OWNERS, OTHERS, Table("notes", [Field("said", Text())]), THINGS),
    enums={"state": STATE},
)
"""What the migrations made."""


def field(name: str, **changes: object) -> ops.AlterField:
    """The change of a field of the things."""
    return ops.AlterField("things", other(THINGS.field(name), **changes))


def index(**changes: object) -> ops.AlterIndex:
    """The change of the index."""
    return ops.AlterIndex("things", other(INDEX, **changes))


def foreign_key(**changes: object) -> ops.AlterForeignKey:
    """The change of the foreign key."""
    return ops.AlterForeignKey("things", other(KEY, **changes))


def renamed(old: str, new: str) -> ops.RenameConstraint:
    """A constraint under another name."""
    return ops.RenameConstraint("things", old, new=new)


def key(*fields: str, name: str = "things_pkey") -> ops.AlterPrimaryKey:
    """Another primary key."""
    return ops.AlterPrimaryKey("things", PrimaryKey(fields, name=name))


def edit(old: str, new: str) -> Edit:
    """The table of things made anew with other words in it."""
    return Edit("things", old, new)


def reindexed(words: str) -> tuple[str, str]:
    """The index dropped and made anew."""
    return ("DROP INDEX things_name", f"CREATE {words}")


AUTO_UPDATE_GONE = 'DROP TRIGGER "auto_update_things.changed"'
OTHER_AUTO_UPDATE = (
    'CREATE TRIGGER "auto_update_things.changed" AFTER UPDATE ON things'
    " BEGIN UPDATE things SET changed = '2020-01-01'; END"
)

CHANGES: tuple[HandChange, ...] = (
    change(
        Schema,
        "tables",
        ops.CreateTable("extra", fields=[Field("a", Integer())]),
        "CREATE TABLE extra (a INTEGER)",
    ),
    change(Schema, "tables", ops.DropTable("notes"), "DROP TABLE notes"),
    change(
        Table,
        "name",
        ops.RenameTable("notes", "remarks"),
        "ALTER TABLE notes RENAME TO remarks",
    ),
    change(
        Table,
        "fields",
        ops.AddField("things", Field("extra", Text())),
        "ALTER TABLE things ADD COLUMN extra TEXT",
    ),
    change(
        Table,
        "fields",
        ops.DropField("things", "other_id"),
        "ALTER TABLE things DROP COLUMN other_id",
    ),
    change(
        Table,
        "primary_key",
        ops.AlterPrimaryKey("things", None),
        edit(',\n    CONSTRAINT "things_pkey" PRIMARY KEY ("id")', ""),
    ),
    change(
        Table,
        "indexes",
        ops.DropIndex("things", "things_name"),
        "DROP INDEX things_name",
    ),
    change(
        Table,
        "uniques",
        ops.DropUnique("things", "things_tag"),
        edit(',\n    CONSTRAINT "things_tag" UNIQUE ("tag")', ""),
    ),
    change(
        Table,
        "checks",
        ops.DropCheck("things", "things_price"),
        edit(',\n    CONSTRAINT "things_price" CHECK (price > 0)', ""),
    ),
    change(
        Table,
        "foreign_keys",
        ops.DropForeignKey("things", "things_owner"),
        edit(
            ',\n    CONSTRAINT "things_owner" FOREIGN KEY ("owner_id")'
            ' REFERENCES "owners" ("id") ON DELETE CASCADE',
            "",
        ),
    ),
    change(
        Table,
        "options",
        ops.SetTableOptions("others", {"sqlite": {"without_rowid": "true"}}),
        Edit("others", '("id")\n)', '("id")\n) WITHOUT ROWID'),
    ),
    change(
        Field,
        "name",
        ops.RenameField("things", "other_id", new="another_id"),
        "ALTER TABLE things RENAME COLUMN other_id TO another_id",
    ),
    change(
        Field,
        "name",
        ops.RenameField("things", "changed", new="touched"),
        "ALTER TABLE things RENAME COLUMN changed TO touched",
    ),
    change(
        Field,
        "type",
        field("name", type=Varchar(30)),
        edit("VARCHAR(20)", "VARCHAR(30)"),
    ),
    change(
        Field,
        "type",
        field("state", type=Text()),
        edit(" CONSTRAINT \"enum_state\" CHECK (\"state\" IN ('new', 'done'))", ""),
    ),
    change(
        Field,
        "nullable",
        field("name", nullable=True),
        edit("VARCHAR(20) NOT NULL", "VARCHAR(20)"),
    ),
    change(
        Field,
        "default",
        field("name", default=Literal("it's")),
        edit("DEFAULT 'x'", "DEFAULT 'it''s'"),
    ),
    change(
        Field,
        "default",
        field("price", default=Literal("1.50")),
        edit("DECIMAL(10, 2)", "DECIMAL(10, 2) DEFAULT 1.50"),
    ),
    change(
        Field,
        "auto_create",
        field("made", auto_create=False),
        edit(" DEFAULT CURRENT_TIMESTAMP", ""),
    ),
    change(Field, "auto_update", field("changed", auto_update=False), AUTO_UPDATE_GONE),
    change(
        Field,
        "auto_update",
        field("changed", auto_update=False),
        AUTO_UPDATE_GONE,
        OTHER_AUTO_UPDATE,
    ),
    change(
        Field,
        "options",
        field("name", options={"sqlite": {"collate": "NOCASE"}}),
        edit("VARCHAR(20)", "VARCHAR(20) COLLATE nocase"),
    ),
    change(
        PrimaryKey,
        "fields",
        key("tag", "id"),
        edit('PRIMARY KEY ("id")', 'PRIMARY KEY ("tag", "id")'),
    ),
    change(
        PrimaryKey, "name", key("id", name="the_key"), edit('"things_pkey"', "the_key")
    ),
    change(
        Index,
        "fields",
        index(fields=["name", Desc("tag")]),
        *reindexed("INDEX things_name ON things (name, tag DESC)"),
    ),
    change(
        Index,
        "name",
        ops.RenameIndex("things", "things_name", new="names_of_things"),
        *reindexed("INDEX names_of_things ON things (name)"),
    ),
    change(
        Index,
        "unique",
        index(unique=True),
        *reindexed("UNIQUE INDEX things_name ON things (name)"),
    ),
    change(
        Index,
        "where",
        index(where="tag IS NOT NULL"),
        *reindexed("INDEX things_name ON things (name) WHERE tag is not null"),
    ),
    change(
        Unique,
        "fields",
        ops.AlterUnique("things", other(UNIQUE, fields=["tag", "price"])),
        edit('UNIQUE ("tag")', 'UNIQUE ("tag", "price")'),
    ),
    change(Unique, "name", renamed("things_tag", "tags"), edit('"things_tag"', "tags")),
    change(
        Check,
        "expression",
        ops.AlterCheck("things", Check("price > 1", name="things_price")),
        edit("price > 0", "price > 1"),
    ),
    change(
        Check, "name", renamed("things_price", "costs"), edit('"things_price"', "costs")
    ),
    change(
        ForeignKey,
        "fields",
        foreign_key(fields=["other_id"]),
        edit('KEY ("owner_id")', 'KEY ("other_id")'),
    ),
    change(
        ForeignKey,
        "table",
        foreign_key(table="others"),
        edit('REFERENCES "owners"', "REFERENCES others"),
    ),
    change(
        ForeignKey,
        "references",
        foreign_key(references=["number"]),
        edit('"owners" ("id")', '"owners" (number)'),
    ),
    change(
        ForeignKey,
        "name",
        renamed("things_owner", "owned"),
        edit('"things_owner"', "owned"),
    ),
    change(
        ForeignKey,
        "on_delete",
        foreign_key(on_delete="SET NULL"),
        edit("ON DELETE CASCADE", "ON DELETE SET NULL"),
    ),
    change(
        ForeignKey,
        "on_update",
        foreign_key(on_update="RESTRICT"),
        edit("CASCADE\n)", "CASCADE ON UPDATE restrict\n)"),
    ),
    change(
        ForeignKey,
        "deferrable",
        foreign_key(deferrable="deferred"),
        edit("CASCADE\n)", "CASCADE DEFERRABLE INITIALLY DEFERRED\n)"),
    ),
    change(
        Enum,
        "values",
        ops.AlterEnum(attrs.evolve(STATE, values=["new", "done", "gone"])),
        edit("'done')", "'done', 'gone')"),
    ),
)
