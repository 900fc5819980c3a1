"""What somebody does by hand to a database of MariaDB."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from hand_changes import Attribute, HandChange, change
from hand_tables import PAIRS, VISITS, Parts, foreign_key
from mm_engine import operations as ops
from mm_engine.model import types as t
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Desc, Field, Index, Table
from mm_engine.model.values import Expression, Literal

UNTOLD: Mapping[Attribute, str] = {
    (Schema, "enums"): "an enum is a list of values in the type of its fields",
    (Enum, "name"): "an enum is a list of values in the type of its fields",
    (Enum, "comment"): "an enum is a list of values in the type of its fields",
    (PrimaryKey, "name"): "is called PRIMARY, whatever is said",
    (Index, "method"): "has one kind of index in InnoDB",
    (Index, "where"): "has no such clause",
    (Index, "include"): "has no such clause",
    (Index, "nulls_not_distinct"): "has no such clause",
    (Unique, "nulls_not_distinct"): "has no such clause",
    (Unique, "deferrable"): "has no such clause",
    (ForeignKey, "deferrable"): "has no such clause",
}
"""Attributes that MariaDB does not hold, each with its reason."""

PEOPLE = Table(
    "people",
    [
        Field("id", t.BigSerial(), nullable=False),
        Field("name", t.Varchar(20), nullable=False, default=Literal("x")),
        Field("note", t.Text(), comment="what is said"),
        Field("age", t.Integer(), default=Literal("-1")),
        Field("made", t.Timestamp(), auto_create=True),
        Field("seen", t.Timestamp(), auto_update=True),
        Field("heard", t.TimestampTZ(), auto_update=True),
        Field("mood", t.EnumOf("mood"), default=Literal("glad")),
        Field("city", t.Varchar(20), options={"mysql": {"collate": "utf8mb4_bin"}}),
        Field("facts", t.Json()),
        Field("code", t.BigInt()),
    ],
    primary_key=PrimaryKey(["id"], name="people_pkey"),
    indexes=[
        Index(["age", Desc("name")], name="idx_age"),
        Index(["city"], name="idx_city", unique=True),
    ],
    uniques=[
        Unique(["name", "age"], name="uq_name"),
        Unique(["code"], name="uq_code"),
    ],
    checks=[Check("age > -5 AND name <> 'it''s'", name="ck_age")],
    comment="those who come",
)
MOOD = Enum("mood", ["glad", "sad"], comment="how it is")
BASE = attrs.evolve(Schema.of(PEOPLE, VISITS, PAIRS), enums={"mood": MOOD})
"""What the migrations made."""


PARTS = Parts(PEOPLE)
field, index, unique = PARTS.field, PARTS.index, PARTS.unique


def altered(words: str, table: str = "people") -> str:
    """A statement that alters a table."""
    return f"ALTER TABLE {table} {words}"


def reindexed(name: str, definition: str) -> str:
    """An index dropped and made anew."""
    return altered(f"DROP INDEX {name}, ADD {definition}")


def referring(definition: str) -> tuple[str, str]:
    """The foreign key dropped, and made anew: no statement does both."""
    return (
        altered("DROP FOREIGN KEY fk_person, DROP INDEX fk_person", "visits"),
        altered(f"ADD CONSTRAINT {definition}", "visits"),
    )


PERSON = "fk_person FOREIGN KEY (person) REFERENCES people (id)"

CHANGES: tuple[HandChange, ...] = (
    change(
        Schema,
        "tables",
        ops.CreateTable("extra", fields=[Field("a", t.Integer())]),
        "CREATE TABLE extra (a integer) CHARSET=utf8mb4",
    ),
    change(Schema, "tables", ops.DropTable("visits"), "DROP TABLE visits"),
    change(
        Table,
        "name",
        ops.RenameTable("visits", "calls"),
        "ALTER TABLE visits RENAME TO calls",
    ),
    change(
        Table,
        "fields",
        ops.AddField("visits", Field("extra", t.Json(), default=Literal("{}"))),
        altered("ADD COLUMN extra JSON DEFAULT '{}'", "visits"),
    ),
    change(
        Table,
        "primary_key",
        ops.AlterPrimaryKey("visits", PrimaryKey(["person"], name="visits_pkey")),
        # It begins with the field of the foreign key, whose index goes with that.
        altered("ADD PRIMARY KEY (person), DROP INDEX fk_person", "visits"),
    ),
    change(
        Table,
        "indexes",
        ops.AddIndex("visits", Index(["other"], name="by_hand")),
        "CREATE INDEX by_hand ON visits (other)",
    ),
    change(
        Table,
        "uniques",
        ops.AddUnique("visits", Unique(["other"], name="by_hand")),
        altered("ADD CONSTRAINT by_hand UNIQUE (other)", "visits"),
    ),
    change(
        Table,
        "checks",
        ops.AddCheck("visits", Check("other > 0", name="by_hand")),
        altered("ADD CONSTRAINT by_hand CHECK (other > 0)", "visits"),
    ),
    change(
        Table,
        "foreign_keys",
        ops.DropForeignKey("visits", "fk_person"),
        altered("DROP FOREIGN KEY fk_person, DROP INDEX fk_person", "visits"),
    ),
    change(
        Table,
        "comment",
        ops.SetTableComment("people", "others"),
        altered("COMMENT 'others'"),
    ),
    change(
        Table,
        "options",
        ops.SetTableOptions("visits", {"mysql": {"row_format": "COMPRESSED"}}),
        altered("ROW_FORMAT=COMPRESSED", "visits"),
    ),
    change(
        Table,
        "options",
        ops.SetTableOptions("pairs", {"mysql": {"collate": "utf8mb4_bin"}}),
        altered("COLLATE utf8mb4_bin", "pairs"),
    ),
    change(
        Field,
        "name",
        ops.RenameField("visits", "other", new="another"),
        altered("RENAME COLUMN other TO another", "visits"),
    ),
    change(
        Field,
        "type",
        field("name", type=t.Varchar(30)),
        altered("MODIFY name VARCHAR(30) NOT NULL DEFAULT 'x'"),
    ),
    change(
        Field,
        "type",
        field("facts", type=t.Text(), options={"mysql": {"collate": "utf8mb4_bin"}}),
        altered("MODIFY facts LONGTEXT COLLATE utf8mb4_bin"),
    ),
    change(
        Field,
        "type",
        field("code", type=t.Native({"mysql": "bigint(20) unsigned"})),
        altered("MODIFY code BIGINT UNSIGNED"),
    ),
    change(
        Field,
        "nullable",
        field("name", nullable=True),
        altered("MODIFY name VARCHAR(20) DEFAULT 'x'"),
    ),
    change(
        Field,
        "default",
        field("age", default=Literal("-2")),
        altered("ALTER age SET DEFAULT -2"),
    ),
    change(
        Field,
        "default",
        field("name", default=Literal("it's a \\")),
        altered(r"ALTER name SET DEFAULT 'it''s a \\'"),
    ),
    change(
        Field,
        "default",
        field("age", default=Expression("octet_length('it''s')")),
        altered("ALTER age SET DEFAULT (octet_length('it''s'))"),
    ),
    change(
        Field,
        "auto_create",
        field("made", auto_create=False),
        altered("ALTER made DROP DEFAULT"),
    ),
    change(
        Field,
        "auto_update",
        field("seen", auto_update=False),
        altered("MODIFY seen DATETIME(6)"),
    ),
    change(
        Field,
        "auto_update",
        field("heard", auto_update=False),
        "DROP TRIGGER `auto_update_people.heard`",
    ),
    change(
        Field,
        "comment",
        field("note", comment=None),
        altered("MODIFY note LONGTEXT"),
    ),
    change(
        Field,
        "options",
        field("city", options={"mysql": {"collate": "utf8mb4_unicode_ci"}}),
        altered("MODIFY city VARCHAR(20) COLLATE utf8mb4_unicode_ci"),
    ),
    change(
        Field,
        "options",
        field("code", options={"mysql": {"generated": "age + 1", "stored": "true"}}),
        altered("MODIFY code BIGINT AS (age + 1) STORED"),
    ),
    change(
        Index,
        "fields",
        index("idx_age", fields=["age", "name"]),
        reindexed("idx_age", "INDEX idx_age (age, name)"),
    ),
    change(
        Index,
        "name",
        ops.RenameIndex("people", "idx_age", new="idx_old"),
        altered("RENAME INDEX idx_age TO idx_old"),
    ),
    change(
        Index,
        "name",
        ops.RenameIndex("people", "idx_city", new="idx_town"),
        altered("RENAME INDEX idx_city TO idx_town"),
    ),
    change(
        Index,
        "unique",
        index("idx_city", unique=False),
        reindexed("idx_city", "INDEX idx_city (city)"),
    ),
    change(
        Index,
        "options",
        index("idx_city", options={"mysql": {"prefix": ("city=5",)}}),
        reindexed("idx_city", "UNIQUE INDEX idx_city (city(5))"),
    ),
    change(
        PrimaryKey,
        "fields",
        ops.AlterPrimaryKey("pairs", PrimaryKey(["two", "one"], name="pairs_pkey")),
        altered("DROP PRIMARY KEY, ADD PRIMARY KEY (two, one)", "pairs"),
    ),
    change(
        Unique,
        "fields",
        unique(fields=["age", "name"]),
        reindexed("uq_name", "CONSTRAINT uq_name UNIQUE (age, name)"),
    ),
    change(
        Unique,
        "name",
        ops.RenameConstraint("people", "uq_name", new="uq_old"),
        altered("RENAME INDEX uq_name TO uq_old"),
    ),
    change(
        Check,
        "expression",
        ops.AlterCheck("people", Check("age > -7 and name = 'it''s'", name="ck_age")),
        altered("DROP CONSTRAINT ck_age"),
        altered("ADD CONSTRAINT ck_age CHECK (age > -7 AND name = 'it''s')"),
    ),
    change(
        Check,
        "name",
        ops.RenameConstraint("people", "ck_age", new="ck_old"),
        altered("DROP CONSTRAINT ck_age"),
        altered("ADD CONSTRAINT ck_old CHECK (age > -5 AND name <> 'it''s')"),
    ),
    change(
        ForeignKey,
        "fields",
        foreign_key(fields=["other"]),
        *referring(
            "fk_person FOREIGN KEY (other) REFERENCES people (id) ON DELETE CASCADE"
        ),
    ),
    change(
        ForeignKey,
        "table",
        foreign_key(table="pairs", references=["one"]),
        *referring(
            "fk_person FOREIGN KEY (person) REFERENCES pairs (one) ON DELETE CASCADE"
        ),
    ),
    change(
        ForeignKey,
        "references",
        foreign_key(references=["code"]),
        *referring(
            "fk_person FOREIGN KEY (person) REFERENCES people (code) ON DELETE CASCADE"
        ),
    ),
    change(
        ForeignKey,
        "name",
        ops.RenameConstraint("visits", "fk_person", new="fk_old"),
        *referring(
            "fk_old FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE"
        ),
    ),
    change(
        ForeignKey,
        "on_delete",
        foreign_key(on_delete="NO ACTION"),
        *referring(PERSON),
    ),
    change(
        ForeignKey,
        "on_update",
        foreign_key(on_update="CASCADE"),
        *referring(f"{PERSON} ON DELETE CASCADE ON UPDATE CASCADE"),
    ),
    change(
        Enum,
        "values",
        ops.AlterEnum(attrs.evolve(MOOD, values=["glad", "calm", "sad"])),
        altered("MODIFY mood ENUM('glad', 'calm', 'sad') DEFAULT 'glad'"),
    ),
)
