"""What somebody does by hand to a database of PostgreSQL."""

from __future__ import annotations

import attrs

from hand_changes import HandChange, change
from hand_tables import PAIRS, VISITS, Parts, foreign_key
from mm_engine import operations as ops
from mm_engine.model import types as t
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Desc, Field, Index, Table
from mm_engine.model.values import Literal, Symbol

PEOPLE = Table(
    "people",
    [
        Field("id", t.BigSerial(), nullable=False),
        Field("name", t.Varchar(20), nullable=False, default=Literal("x")),
        Field("note", t.Text(), comment="what is said"),
        Field("age", t.Integer(), default=Literal("-1")),
        Field("made", t.TimestampTZ(), auto_create=True),
        Field("seen", t.TimestampTZ(), auto_update=True),
        Field("mood", t.EnumOf("mood"), default=Literal("glad")),
        Field("city", t.Text(), options={"postgresql": {"collate": "C"}}),
        Field("key", t.Uuid(), default=Symbol("new_uuid")),
        Field("code", t.BigInt()),
    ],
    primary_key=PrimaryKey(["id"], name="people_pkey"),
    indexes=[
        Index(["age", Desc("name")], name="idx_age", where="age > 3", include=["note"]),
        Index(["city"], name="idx_city", unique=True),
        Index(["key"], name="idx_key"),
    ],
    uniques=[
        Unique(["name", "age"], name="uq_name"),
        Unique(["code"], name="uq_code"),
    ],
    checks=[Check("age > -5", name="ck_age")],
    comment="those who come",
)
BASE = attrs.evolve(
    Schema.of(PEOPLE, VISITS, PAIRS),
    enums={"mood": Enum("mood", ["glad", "sad"], comment="how it is")},
    defaults={"postgresql": {"new_uuid": "gen_random_uuid()"}},
)
"""What the migrations made."""


PARTS = Parts(PEOPLE)
field, index, unique = PARTS.field, PARTS.index, PARTS.unique


def replaced(name: str, definition: str, table: str = "people") -> str:
    """A constraint dropped and made anew in one statement."""
    return (
        f"ALTER TABLE {table} DROP CONSTRAINT {name},"
        f" ADD CONSTRAINT {name} {definition}"
    )


def reindexed(name: str, definition: str) -> str:
    """An index dropped and made anew."""
    kind = "UNIQUE INDEX" if definition.startswith("UNIQUE ") else "INDEX"
    return (
        f"DROP INDEX {name}; CREATE {kind} {name}"
        f" ON people {definition.removeprefix('UNIQUE ')}"
    )


PERSON = "FOREIGN KEY (person) REFERENCES people (id)"

CHANGES: tuple[HandChange, ...] = (
    change(
        Schema,
        "tables",
        ops.CreateTable("extra", fields=[Field("a", t.Integer())]),
        "CREATE TABLE extra (a integer)",
    ),
    change(Schema, "tables", ops.DropTable("visits"), "DROP TABLE visits"),
    change(
        Schema,
        "enums",
        ops.CreateEnum(Enum("size", ["s", "m"])),
        "CREATE TYPE size AS ENUM ('s', 'm')",
    ),
    change(
        Table,
        "name",
        ops.RenameTable("visits", "calls"),
        "ALTER TABLE visits RENAME TO calls",
    ),
    change(
        Table,
        "fields",
        ops.AddField(
            "visits", Field("extra", t.Array(t.Integer()), default=Literal("{}"))
        ),
        "ALTER TABLE visits ADD COLUMN extra integer[] DEFAULT '{}'",
    ),
    change(
        Table,
        "primary_key",
        ops.AlterPrimaryKey("visits", PrimaryKey(["person"], name="visits_pkey")),
        "ALTER TABLE visits ADD CONSTRAINT visits_pkey PRIMARY KEY (person)",
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
        "ALTER TABLE visits ADD CONSTRAINT by_hand UNIQUE (other)",
    ),
    change(
        Table,
        "checks",
        ops.AddCheck("visits", Check("(other > 0)", name="by_hand")),
        "ALTER TABLE visits ADD CONSTRAINT by_hand CHECK (other > 0)",
    ),
    change(
        Table,
        "foreign_keys",
        ops.DropForeignKey("visits", "fk_person"),
        "ALTER TABLE visits DROP CONSTRAINT fk_person",
    ),
    change(
        Table,
        "comment",
        ops.SetTableComment("people", "others"),
        "COMMENT ON TABLE people IS 'others'",
    ),
    change(
        Table,
        "options",
        ops.SetTableOptions("visits", {"postgresql": {"with": ("fillfactor=70",)}}),
        "ALTER TABLE visits SET (fillfactor=70)",
    ),
    change(
        Field,
        "name",
        ops.RenameField("visits", "other", new="another"),
        "ALTER TABLE visits RENAME other TO another",
    ),
    change(
        Field,
        "type",
        field("name", type=t.Varchar(30)),
        "ALTER TABLE people ALTER name TYPE character varying(30)",
    ),
    change(
        Field,
        "nullable",
        field("name", nullable=True),
        "ALTER TABLE people ALTER name DROP NOT NULL",
    ),
    change(
        Field,
        "default",
        field("age", default=Literal("-2")),
        "ALTER TABLE people ALTER age SET DEFAULT -2",
    ),
    change(
        Field,
        "auto_create",
        field("made", auto_create=False),
        "ALTER TABLE people ALTER made DROP DEFAULT",
    ),
    change(
        Field,
        "auto_update",
        field("seen", auto_update=False),
        'DROP TRIGGER "auto_update_people.seen" ON people',
    ),
    change(
        Field,
        "comment",
        field("note", comment=None),
        "COMMENT ON COLUMN people.note IS NULL",
    ),
    change(
        Field,
        "options",
        field("city", options={"postgresql": {"collate": "POSIX"}}),
        'ALTER TABLE people ALTER city TYPE text COLLATE "POSIX"',
    ),
    change(
        Index,
        "fields",
        index("idx_age", fields=["age", "name"]),
        reindexed("idx_age", "(age, name) INCLUDE (note) WHERE age > 3"),
    ),
    change(
        Index,
        "name",
        ops.RenameIndex("people", "idx_age", new="idx_old"),
        "ALTER INDEX idx_age RENAME TO idx_old",
    ),
    change(
        Index,
        "unique",
        index("idx_city", unique=False),
        reindexed("idx_city", "(city)"),
    ),
    change(
        Index,
        "method",
        index("idx_key", method="hash"),
        reindexed("idx_key", "USING hash (key)"),
    ),
    change(
        Index,
        "where",
        index("idx_age", where=None),
        reindexed("idx_age", "(age, name DESC) INCLUDE (note)"),
    ),
    change(
        Index,
        "include",
        index("idx_age", include=[]),
        reindexed("idx_age", "(age, name DESC) WHERE age > 3"),
    ),
    change(
        Index,
        "nulls_not_distinct",
        index("idx_city", nulls_not_distinct=True),
        reindexed("idx_city", "UNIQUE (city) NULLS NOT DISTINCT"),
    ),
    change(
        Index,
        "options",
        index("idx_city", options={"postgresql": {"with": ("fillfactor=70",)}}),
        "ALTER INDEX idx_city SET (fillfactor=70)",
    ),
    change(
        PrimaryKey,
        "fields",
        ops.AlterPrimaryKey("pairs", PrimaryKey(["two", "one"], name="pairs_pkey")),
        replaced("pairs_pkey", "PRIMARY KEY (two, one)", "pairs"),
    ),
    change(
        PrimaryKey,
        "name",
        ops.AlterPrimaryKey("people", PrimaryKey(["id"], name="pk")),
        "ALTER TABLE people RENAME CONSTRAINT people_pkey TO pk",
    ),
    change(
        Unique,
        "fields",
        unique(fields=["age", "name"]),
        replaced("uq_name", "UNIQUE (age, name)"),
    ),
    change(
        Unique,
        "name",
        ops.RenameConstraint("people", "uq_name", new="uq_old"),
        "ALTER TABLE people RENAME CONSTRAINT uq_name TO uq_old",
    ),
    change(
        Unique,
        "nulls_not_distinct",
        unique(nulls_not_distinct=True),
        replaced("uq_name", "UNIQUE NULLS NOT DISTINCT (name, age)"),
    ),
    change(
        Unique,
        "deferrable",
        unique(deferrable="deferred"),
        replaced("uq_name", "UNIQUE (name, age) DEFERRABLE INITIALLY DEFERRED"),
    ),
    change(
        Check,
        "expression",
        ops.AlterCheck("people", Check("(age > '-7'::integer)", name="ck_age")),
        replaced("ck_age", "CHECK (age > -7)"),
    ),
    change(
        Check,
        "name",
        ops.RenameConstraint("people", "ck_age", new="ck_old"),
        "ALTER TABLE people RENAME CONSTRAINT ck_age TO ck_old",
    ),
    change(
        ForeignKey,
        "fields",
        foreign_key(fields=["other"]),
        replaced(
            "fk_person",
            "FOREIGN KEY (other) REFERENCES people (id) ON DELETE CASCADE",
            "visits",
        ),
    ),
    change(
        ForeignKey,
        "table",
        foreign_key(table="pairs", references=["one"]),
        replaced(
            "fk_person",
            "FOREIGN KEY (person) REFERENCES pairs (one) ON DELETE CASCADE",
            "visits",
        ),
    ),
    change(
        ForeignKey,
        "references",
        foreign_key(references=["code"]),
        replaced(
            "fk_person",
            "FOREIGN KEY (person) REFERENCES people (code) ON DELETE CASCADE",
            "visits",
        ),
    ),
    change(
        ForeignKey,
        "name",
        ops.RenameConstraint("visits", "fk_person", new="fk_old"),
        "ALTER TABLE visits RENAME CONSTRAINT fk_person TO fk_old",
    ),
    change(
        ForeignKey,
        "on_delete",
        foreign_key(on_delete="NO ACTION"),
        replaced("fk_person", PERSON, "visits"),
    ),
    change(
        ForeignKey,
        "on_update",
        foreign_key(on_update="CASCADE"),
        replaced(
            "fk_person", f"{PERSON} ON DELETE CASCADE ON UPDATE CASCADE", "visits"
        ),
    ),
    change(
        ForeignKey,
        "deferrable",
        foreign_key(deferrable="immediate"),
        replaced("fk_person", f"{PERSON} ON DELETE CASCADE DEFERRABLE", "visits"),
    ),
    change(
        Enum,
        "name",
        ops.RenameEnum("mood", "temper"),
        "ALTER TYPE mood RENAME TO temper",
    ),
    change(
        Enum,
        "values",
        ops.AlterEnum(Enum("mood", ["glad", "calm", "sad"], comment="how it is")),
        "ALTER TYPE mood ADD VALUE 'calm' BEFORE 'sad'",
    ),
    change(
        Enum,
        "comment",
        ops.AlterEnum(Enum("mood", ["glad", "sad"])),
        "COMMENT ON TYPE mood IS NULL",
    ),
)
