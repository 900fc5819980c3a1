"""What somebody does to a PostgreSQL database by hand, each attribute for itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias, TypeVar

import attrs
import pytest
from psycopg.errors import SyntaxError as SaidWronglyError

from live_postgresql import LivePostgreSQL
from looking import looking_at
from mm_engine import operations as ops
from mm_engine.introspect import Drift, drift
from mm_engine.model import types as t
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Desc, Field, Index, Table
from mm_engine.model.values import Literal, Symbol
from mm_engine.operations import Operation

pytestmark = pytest.mark.database("postgresql")

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
VISITS = Table(
    "visits",
    [Field("person", t.BigInt(), nullable=False), Field("other", t.BigInt())],
    foreign_keys=[
        ForeignKey(
            ["person"],
            "people",
            references=["id"],
            name="fk_person",
            on_delete="CASCADE",
        )
    ],
)
PAIRS = Table(
    "pairs",
    [Field("one", t.BigInt(), nullable=False), Field("two", t.Date(), nullable=False)],
    primary_key=PrimaryKey(["one", "two"], name="pairs_pkey"),
    uniques=[Unique(["one"], name="uq_one")],
)
SCHEMA = attrs.evolve(
    Schema.of(PEOPLE, VISITS, PAIRS),
    enums={"mood": Enum("mood", ["glad", "sad"], comment="how it is")},
    defaults={"postgresql": {"new_uuid": "gen_random_uuid()"}},
)

Case: TypeAlias = tuple[str, Operation]
"""What is done by hand, and how it is told."""


Part = TypeVar("Part", Field, Index, Unique, ForeignKey)


def other(part: Part, **changes: object) -> Part:
    """A part with other values of these attributes."""
    values = {a.name: getattr(part, a.name) for a in attrs.fields(type(part))}
    return type(part)(**{**values, **changes})


def field(name: str, **changes: object) -> ops.AlterField:
    """The change of a field of the people."""
    return ops.AlterField("people", other(PEOPLE.field(name), **changes))


def index(name: str, **changes: object) -> ops.AlterIndex:
    """The change of an index of the people."""
    return ops.AlterIndex("people", other(PEOPLE.index(name), **changes))


def unique(**changes: object) -> ops.AlterUnique:
    """The change of a unique constraint."""
    return ops.AlterUnique("people", other(PEOPLE.unique("uq_name"), **changes))


def foreign_key(**changes: object) -> ops.AlterForeignKey:
    """The change of the foreign key."""
    changed = other(VISITS.foreign_key("fk_person"), **changes)
    return ops.AlterForeignKey("visits", changed)


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

CASES: dict[tuple[type, str], Case] = {
    (Table, "name"): (
        "ALTER TABLE visits RENAME TO calls",
        ops.RenameTable("visits", "calls"),
    ),
    (Table, "fields"): (
        "ALTER TABLE visits ADD COLUMN extra integer[] DEFAULT '{}'",
        ops.AddField(
            "visits", Field("extra", t.Array(t.Integer()), default=Literal("{}"))
        ),
    ),
    (Table, "primary_key"): (
        "ALTER TABLE visits ADD CONSTRAINT visits_pkey PRIMARY KEY (person)",
        ops.AlterPrimaryKey("visits", PrimaryKey(["person"], name="visits_pkey")),
    ),
    (Table, "indexes"): (
        "CREATE INDEX by_hand ON visits (other)",
        ops.AddIndex("visits", Index(["other"], name="by_hand")),
    ),
    (Table, "uniques"): (
        "ALTER TABLE visits ADD CONSTRAINT by_hand UNIQUE (other)",
        ops.AddUnique("visits", Unique(["other"], name="by_hand")),
    ),
    (Table, "checks"): (
        "ALTER TABLE visits ADD CONSTRAINT by_hand CHECK (other > 0)",
        ops.AddCheck("visits", Check("(other > 0)", name="by_hand")),
    ),
    (Table, "foreign_keys"): (
        "ALTER TABLE visits DROP CONSTRAINT fk_person",
        ops.DropForeignKey("visits", "fk_person"),
    ),
    (Table, "comment"): (
        "COMMENT ON TABLE people IS 'others'",
        ops.SetTableComment("people", "others"),
    ),
    (Table, "options"): (
        "ALTER TABLE visits SET (fillfactor=70)",
        ops.SetTableOptions("visits", {"postgresql": {"with": ("fillfactor=70",)}}),
    ),
    (Field, "name"): (
        "ALTER TABLE visits RENAME other TO another",
        ops.RenameField("visits", "other", new="another"),
    ),
    (Field, "type"): (
        "ALTER TABLE people ALTER name TYPE character varying(30)",
        field("name", type=t.Varchar(30)),
    ),
    (Field, "nullable"): (
        "ALTER TABLE people ALTER name DROP NOT NULL",
        field("name", nullable=True),
    ),
    (Field, "default"): (
        "ALTER TABLE people ALTER age SET DEFAULT -2",
        field("age", default=Literal("-2")),
    ),
    (Field, "auto_create"): (
        "ALTER TABLE people ALTER made DROP DEFAULT",
        field("made", auto_create=False),
    ),
    (Field, "auto_update"): (
        'DROP TRIGGER "auto_update_people.seen" ON people',
        field("seen", auto_update=False),
    ),
    (Field, "comment"): (
        "COMMENT ON COLUMN people.note IS NULL",
        field("note", comment=None),
    ),
    (Field, "options"): (
        'ALTER TABLE people ALTER city TYPE text COLLATE "POSIX"',
        field("city", options={"postgresql": {"collate": "POSIX"}}),
    ),
    (Index, "fields"): (
        reindexed("idx_age", "(age, name) INCLUDE (note) WHERE age > 3"),
        index("idx_age", fields=["age", "name"]),
    ),
    (Index, "name"): (
        "ALTER INDEX idx_age RENAME TO idx_old",
        ops.RenameIndex("people", "idx_age", new="idx_old"),
    ),
    (Index, "unique"): (
        reindexed("idx_city", "(city)"),
        index("idx_city", unique=False),
    ),
    (Index, "method"): (
        reindexed("idx_key", "USING hash (key)"),
        index("idx_key", method="hash"),
    ),
    (Index, "where"): (
        reindexed("idx_age", "(age, name DESC) INCLUDE (note)"),
        index("idx_age", where=None),
    ),
    (Index, "include"): (
        reindexed("idx_age", "(age, name DESC) WHERE age > 3"),
        index("idx_age", include=[]),
    ),
    (Index, "nulls_not_distinct"): (
        reindexed("idx_city", "UNIQUE (city) NULLS NOT DISTINCT"),
        index("idx_city", nulls_not_distinct=True),
    ),
    (Index, "options"): (
        "ALTER INDEX idx_city SET (fillfactor=70)",
        index("idx_city", options={"postgresql": {"with": ("fillfactor=70",)}}),
    ),
    (PrimaryKey, "fields"): (
        replaced("pairs_pkey", "PRIMARY KEY (two, one)", "pairs"),
        ops.AlterPrimaryKey("pairs", PrimaryKey(["two", "one"], name="pairs_pkey")),
    ),
    (PrimaryKey, "name"): (
        "ALTER TABLE people RENAME CONSTRAINT people_pkey TO pk",
        ops.AlterPrimaryKey("people", PrimaryKey(["id"], name="pk")),
    ),
    (Unique, "fields"): (
        replaced("uq_name", "UNIQUE (age, name)"),
        unique(fields=["age", "name"]),
    ),
    (Unique, "name"): (
        "ALTER TABLE people RENAME CONSTRAINT uq_name TO uq_old",
        ops.RenameConstraint("people", "uq_name", new="uq_old"),
    ),
    (Unique, "nulls_not_distinct"): (
        replaced("uq_name", "UNIQUE NULLS NOT DISTINCT (name, age)"),
        unique(nulls_not_distinct=True),
    ),
    (Unique, "deferrable"): (
        replaced("uq_name", "UNIQUE (name, age) DEFERRABLE INITIALLY DEFERRED"),
        unique(deferrable="deferred"),
    ),
    (Check, "expression"): (
        replaced("ck_age", "CHECK (age > -7)"),
        ops.AlterCheck("people", Check("(age > '-7'::integer)", name="ck_age")),
    ),
    (Check, "name"): (
        "ALTER TABLE people RENAME CONSTRAINT ck_age TO ck_old",
        ops.RenameConstraint("people", "ck_age", new="ck_old"),
    ),
    (ForeignKey, "fields"): (
        replaced(
            "fk_person",
            "FOREIGN KEY (other) REFERENCES people (id) ON DELETE CASCADE",
            "visits",
        ),
        foreign_key(fields=["other"]),
    ),
    (ForeignKey, "table"): (
        replaced(
            "fk_person",
            "FOREIGN KEY (person) REFERENCES pairs (one) ON DELETE CASCADE",
            "visits",
        ),
        foreign_key(table="pairs", references=["one"]),
    ),
    (ForeignKey, "references"): (
        replaced(
            "fk_person",
            "FOREIGN KEY (person) REFERENCES people (code) ON DELETE CASCADE",
            "visits",
        ),
        foreign_key(references=["code"]),
    ),
    (ForeignKey, "name"): (
        "ALTER TABLE visits RENAME CONSTRAINT fk_person TO fk_old",
        ops.RenameConstraint("visits", "fk_person", new="fk_old"),
    ),
    (ForeignKey, "on_delete"): (
        replaced("fk_person", PERSON, "visits"),
        foreign_key(on_delete="NO ACTION"),
    ),
    (ForeignKey, "on_update"): (
        replaced(
            "fk_person", f"{PERSON} ON DELETE CASCADE ON UPDATE CASCADE", "visits"
        ),
        foreign_key(on_update="CASCADE"),
    ),
    (ForeignKey, "deferrable"): (
        replaced("fk_person", f"{PERSON} ON DELETE CASCADE DEFERRABLE", "visits"),
        foreign_key(deferrable="immediate"),
    ),
    (Enum, "name"): (
        "ALTER TYPE mood RENAME TO temper",
        ops.RenameEnum("mood", "temper"),
    ),
    (Enum, "values"): (
        "ALTER TYPE mood ADD VALUE 'calm' BEFORE 'sad'",
        ops.AlterEnum(Enum("mood", ["glad", "calm", "sad"], comment="how it is")),
    ),
    (Enum, "comment"): (
        "COMMENT ON TYPE mood IS NULL",
        ops.AlterEnum(Enum("mood", ["glad", "sad"])),
    ),
}

PARTS = (Table, Field, Index, PrimaryKey, Unique, Check, ForeignKey, Enum)


def attributes() -> Iterable[tuple[type, str]]:
    """Every attribute that makes two schemas differ."""
    for part in PARTS:
        yield from ((part, a.name) for a in attrs.fields(part) if a.eq)


def found_in(live: LivePostgreSQL, *ignore: str) -> Drift:
    """The drift of what is there from what we believe to be there."""
    with looking_at(live) as connection:
        return drift(connection, live.schema, live.dialect, ignore=ignore)


def test_every_attribute_of_the_model_is_altered_by_hand() -> None:
    assert [*CASES] == [*attributes()]


@pytest.mark.parametrize(
    "altered", CASES, ids=[f"{part.__name__}-{name}" for part, name in CASES]
)
def test_what_was_done_by_hand_is_told_as_what_it_was_and_mended(
    altered: tuple[type, str], live_postgresql: LivePostgreSQL
) -> None:
    by_hand, told = CASES[altered]
    live = live_postgresql
    live.built(SCHEMA)
    assert found_in(live).operations == ()
    if "NULLS NOT DISTINCT" in by_hand and not live.dialect.features.nulls_not_distinct:
        with pytest.raises(SaidWronglyError):
            live.sql(by_hand)
        return
    live.sql(by_hand)
    found = found_in(live)
    assert found.operations == (told,)
    live.schema = found.live
    live.up(found.repair)
    live.schema = SCHEMA
    assert found_in(live).operations == ()


def test_tables_and_enums_of_others_are_ignored(
    live_postgresql: LivePostgreSQL,
) -> None:
    live = live_postgresql
    live.built(SCHEMA)
    live.sql("CREATE TYPE kind AS ENUM ('a', 'b')")
    live.sql("CREATE TABLE audit_log (kind kind, kinds kind[])")
    live.sql("CREATE TYPE audit_word AS ENUM ('a')")
    assert found_in(live, "audit_*").operations == ()
    live.sql("ALTER TABLE people ADD COLUMN kind kind")
    told = found_in(live, "audit_*").operations
    assert [type(operation) for operation in told] == [ops.CreateEnum, ops.AddField]
