"""Whole schemas, valid in every part, small enough to make two thousand of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import attrs
from hypothesis import strategies as st

from mm_engine.model.constraints import (
    Check,
    Deferral,
    ForeignKey,
    OnAction,
    PrimaryKey,
    Unique,
)
from mm_engine.model.naming import with_names
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Desc, Field, Index, IndexPart, Options, Table
from mm_engine.model.types import (
    Array,
    BigInt,
    Bytes,
    Char,
    Date,
    EnumOf,
    FieldType,
    Integer,
    Json,
    Jsonb,
    Native,
    SmallInt,
    Text,
    Timestamp,
    TimestampTZ,
    Varchar,
    referencing_type,
)
from mm_engine.model.values import Expression
from strategies.choice import Choice, Draw
from strategies.names import Namer
from strategies.sound import sound
from strategies.values import KEY_TYPES, SAID, a_default, a_type

MOST_TABLES, MOST_FIELDS, MOST_ENUMS = 4, 4, 2
ACTIONS: tuple[OnAction, ...] = get_args(OnAction)
TABLE_OPTIONS: tuple[Options, ...] = (
    {"mysql": {"engine": "InnoDB"}},
    {"postgresql": {"fillfactor": "70"}, "mysql": {"charset": "utf8mb4"}},
    {"clickhouse": {"order_by": ("id", "it's")}},
)
FIELD_OPTIONS: tuple[Options, ...] = (
    {"mysql": {"collation": "utf8mb4_bin"}},
    {"postgresql": {"storage": "EXTERNAL", "collation": 'say "so"'}},
)
INDEX_OPTIONS: tuple[Options, ...] = ({"postgresql": {"with": "fillfactor=70"}},)
MAPPINGS = (
    {"postgresql": {"float": "double precision"}},
    {"mysql": {"decimal": "DECIMAL({{.Precision}}, {{.Scale}})", "uuid": "BINARY(16)"}},
    {"postgresql": {"decimal": "NUMERIC({precision}, {scale})"}},
)
_UNINDEXED = (Json, Jsonb, Bytes, Array, Native)
_TEXTS = (Varchar, Char, Text)


@st.composite
def field_types(draw: Draw) -> FieldType:
    """Any type of a field, enums named ``mood`` and ``two words`` among them."""
    choice = Choice(draw)
    return choice.of([*KEY_TYPES, a_type(choice, ("mood", "two words"))])


@st.composite
def schemas(draw: Draw, *, most_tables: int = MOST_TABLES) -> Schema:
    """A schema as a file says it: some names of indexes and constraints unwritten."""
    return a_schema(Choice(draw), most_tables=most_tables)


@st.composite
def named_schemas(draw: Draw, *, most_tables: int = MOST_TABLES) -> Schema:
    """A schema as migrations add up to it: everything has a name."""
    schema = a_schema(Choice(draw), most_tables=most_tables)
    return with_names(schema, Schema())


def a_schema(choice: Choice, *, most_tables: int = MOST_TABLES) -> Schema:
    """A schema, before hypothesis wraps it."""
    namer = Namer(choice)
    enums = choice.several(lambda: an_enum(choice, namer), most=MOST_ENUMS)
    names = tuple(enum.name for enum in enums)
    tables = choice.several(
        lambda: a_table(choice, namer, names), least=1, most=most_tables
    )
    schema = attrs.evolve(
        Schema.of(*tables),
        enums={enum.name: enum for enum in enums},
        type_mappings=choice.of(MAPPINGS) if choice.chance(10) else {},
    )
    for table in tables:
        if choice.chance(60):
            schema = with_foreign_key(choice, namer, schema, table.name)
    return sound(schema)


def an_enum(choice: Choice, namer: Namer) -> Enum:
    """An enum of one to four values."""
    return Enum(
        namer.new(),
        some_values(choice),
        comment=choice.of(SAID) if choice.chance(10) else None,
    )


VALUES = ("new", "open", "done", "it's", "a, b", "true", "NULL", 'q"uote', "ü", "2")


def some_values(choice: Choice) -> list[str]:
    """The values of an enum."""
    return choice.some(VALUES, least=1, most=4)


def a_table(choice: Choice, namer: Namer, enums: tuple[str, ...]) -> Table:
    """A table with everything but foreign keys."""
    inside = Namer(choice)
    name = namer.new()
    keys = [
        Field(inside.new(), choice.of(KEY_TYPES))
        for _ in range(choice.of((1, 1, 1, 2, 0)))
    ]
    fields = choice.several(lambda: a_field(choice, inside, enums), most=MOST_FIELDS)
    table = Table(
        name,
        [*keys, *fields] or [a_field(choice, inside, enums)],
        primary_key=a_primary_key(choice, namer, keys) if keys else None,
        comment=choice.of(SAID) or None if choice.chance(15) else None,
        options=choice.of(TABLE_OPTIONS) if choice.chance(15) else {},
    )
    return attrs.evolve(
        table,
        indexes=choice.several(lambda: an_index(choice, namer, table), most=2),
        uniques=choice.several(lambda: a_unique(choice, namer, table), most=1),
        checks=choice.several(lambda: a_check(choice, namer, table), most=1),
    )


def a_primary_key(choice: Choice, namer: Namer, fields: Sequence[Field]) -> PrimaryKey:
    """A primary key of these fields, named by one of three."""
    return PrimaryKey(
        [field.name for field in fields], name=_name(choice, namer, "pk_")
    )


def a_field(choice: Choice, namer: Namer, enums: tuple[str, ...]) -> Field:
    """A field that is in no key yet."""
    return described(choice, Field(namer.new(), a_type(choice, enums)))


def described(choice: Choice, field: Field) -> Field:
    """The field with everything besides name and type chosen anew."""
    default = a_default(choice, field.type) if choice.chance(40) else None
    clock = isinstance(field.type, Timestamp | TimestampTZ | Date) and default is None
    return attrs.evolve(
        field,
        nullable=not choice.chance(40),
        default=default,
        auto_create=clock and choice.chance(25),
        auto_update=clock and choice.chance(25),
        comment=choice.of(SAID) or None if choice.chance(10) else None,
        options=choice.of(FIELD_OPTIONS) if choice.chance(10) else {},
    )


def an_index(choice: Choice, namer: Namer, table: Table) -> Index:
    """An index on one or two fields of the table."""
    usable = [f for f in table.fields if not isinstance(f.type, _UNINDEXED)]
    parts: list[IndexPart] = []
    for field in choice.some(usable, least=1, most=2):
        sql = Expression(f"lower({quoted(field.name)})")
        text = isinstance(field.type, _TEXTS)
        parts.append(
            choice.of(
                (field.name, field.name, Desc(field.name), sql if text else field.name)
            )
        )
    if not parts:
        parts = [Expression(f"coalesce({quoted(table.fields[0].name)}, NULL)")]
    tested = choice.of(table.fields)
    unique = choice.chance(20)
    return Index(
        parts,
        name=_name(choice, namer, "ix_"),
        unique=unique,
        include=_carried(choice, usable, parts),
        nulls_not_distinct=unique and choice.chance(20),
        method="btree" if choice.chance(10) else None,
        where=f"{quoted(tested.name)} IS NOT NULL" if choice.chance(20) else None,
        options=choice.of(INDEX_OPTIONS) if choice.chance(5) else {},
    )


def _carried(
    choice: Choice, usable: Sequence[Field], parts: Sequence[IndexPart]
) -> list[str]:
    """Fields that an index may carry besides those it orders by."""
    ordered = [part.name if isinstance(part, Desc) else part for part in parts]
    left = [field.name for field in usable if field.name not in ordered]
    return choice.some(left, most=1) if choice.chance(10) else []


DEFERRALS: tuple[Deferral, ...] = get_args(Deferral)


def a_unique(choice: Choice, namer: Namer, table: Table) -> Unique:
    """A unique constraint on one or two fields of the table."""
    usable = [f.name for f in table.fields if not isinstance(f.type, _UNINDEXED)]
    fields = choice.some(usable, least=1, most=2) or [table.fields[0].name]
    return Unique(
        fields,
        name=_name(choice, namer, "uq_"),
        nulls_not_distinct=choice.chance(4),
        deferrable=choice.of(DEFERRALS) if choice.chance(4) else None,
    )


def a_check(choice: Choice, namer: Namer, table: Table) -> Check:
    """A check on one field of the table, by what its type allows."""
    field = choice.of(table.fields)
    name = quoted(field.name)
    sql = [f"{name} IS NOT NULL"]
    match field.type:
        case Integer() | BigInt() | SmallInt():
            sql += [f"{name} > 0", f"{name} >= 0 AND {name} <> 7"]
        case Varchar() | Text():
            sql += [f"{name} <> 'it''s %s :x'", f"length({name}) > 0"]
        case _:
            pass
    return Check(choice.of(sql), name=_name(choice, namer, "ck_"))


def _name(choice: Choice, namer: Namer, prefix: str) -> str | None:
    """A written name, where there is one."""
    return namer.new(prefix) if choice.chance(40) else None


def quoted(name: str) -> str:
    """A name inside of SQL, bare where a person would leave it so."""
    if name in ("email", "price", "title", "note"):
        return name
    return '"{}"'.format(name.replace('"', '""'))


def with_foreign_key(choice: Choice, namer: Namer, schema: Schema, name: str) -> Schema:
    """The schema with one more foreign key on that table, if one of them has a key."""
    table = schema.table(name)
    targets = [(t, key) for t in schema.tables.values() for key in _keys(t)]
    if not targets:
        return schema
    target, references = choice.of(targets)
    inside = Namer(choice, tuple(field.name for field in table.fields))
    nullable = choice.chance(50)
    fields = [
        Field(
            inside.new(),
            referencing_type(target.field(reference).type),
            nullable=nullable,
        )
        for reference in references
    ]
    key = ForeignKey(
        [field.name for field in fields],
        target.name,
        references=references,
        name=_name(choice, namer, "fk_"),
        on_delete=choice.of(ACTIONS),
        on_update=choice.of(ACTIONS) if choice.chance(30) else "NO ACTION",
        deferrable=choice.of(DEFERRALS) if choice.chance(10) else None,
    )
    return schema.with_table(
        attrs.evolve(
            table,
            fields=[*table.fields, *fields],
            foreign_keys=[*table.foreign_keys, key],
        )
    )


def _keys(table: Table) -> list[tuple[str, ...]]:
    """The keys another table can refer to."""
    keys = [table.primary_key.fields] if table.primary_key else []
    usable = {f.name for f in table.fields if not isinstance(f.type, EnumOf | Text)}
    return [
        *keys,
        *(
            unique.fields
            for unique in table.uniques
            if usable.issuperset(unique.fields) and not unique.deferrable
        ),
    ]
