"""Two versions of one schema, as a person leaves them after an hour of editing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import attrs
from hypothesis import strategies as st

from mm_engine.diff.renames import Renames
from mm_engine.model.naming import with_names
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table
from mm_engine.model.types import EnumOf, FieldType, referencing_type
from strategies.choice import Choice, Draw
from strategies.names import Namer
from strategies.renaming import kept_renames, renamed
from strategies.schemas import (
    DEFERRALS,
    INDEX_OPTIONS,
    MAPPINGS,
    TABLE_OPTIONS,
    a_check,
    a_field,
    a_primary_key,
    a_schema,
    a_table,
    a_unique,
    an_enum,
    an_index,
    described,
    some_values,
    with_foreign_key,
)
from strategies.sound import sound
from strategies.values import KEY_TYPES, SAID, a_type

MOST_EDITS = 6


@attrs.frozen
class SchemaPair:
    """What migrations add up to, what the files say, and what is known of renames."""

    before: Schema
    after: Schema
    renames: Renames


Edit: TypeAlias = Callable[[Choice, Namer, Schema], Schema]


@st.composite
def schema_pairs(draw: Draw) -> SchemaPair:
    """A schema before, and one that was made of it by renames and a few edits."""
    choice = Choice(draw)
    before = with_names(a_schema(choice), Schema())
    if choice.chance(5):
        return SchemaPair(before, a_schema(choice), Renames())
    namer = Namer(choice, (*before.tables, *before.enums, *part_names(before)))
    after, renames = before, Renames()
    if choice.chance(50):
        after, renames = renamed(choice, namer, before)
    for _ in range(choice.number(0, MOST_EDITS)):
        after = sound(choice.of(EDITS)(choice, namer, after))
    after = _with_fewer_names(choice, after)
    return SchemaPair(before, after, kept_renames(renames, after))


def part_names(schema: Schema) -> list[str]:
    """The names of all indexes, keys and constraints."""
    parts = [
        part
        for table in schema.tables.values()
        for part in (
            *(table.indexes + table.uniques),
            *(table.checks + table.foreign_keys),
            *((table.primary_key,) if table.primary_key else ()),
        )
    ]
    return [part.name or "" for part in parts]


def _with_fewer_names(choice: Choice, schema: Schema) -> Schema:
    """Some tables say no names of their own, as most files do."""
    tables = {
        name: _unnamed(table) if choice.chance(40) else table
        for name, table in schema.tables.items()
    }
    return attrs.evolve(schema, tables=tables)


def _unnamed(table: Table) -> Table:
    key = table.primary_key
    return attrs.evolve(
        table,
        primary_key=key and attrs.evolve(key, name=None),
        indexes=[attrs.evolve(i, name=None) for i in table.indexes],
        uniques=[attrs.evolve(u, name=None) for u in table.uniques],
        checks=[attrs.evolve(c, name=None) for c in table.checks],
        foreign_keys=[attrs.evolve(k, name=None) for k in table.foreign_keys],
    )


def _table(choice: Choice, schema: Schema) -> Table:
    return choice.of(list(schema.tables.values()))


def _inside(choice: Choice, table: Table) -> Namer:
    return Namer(choice, tuple(field.name for field in table.fields))


def add_table(choice: Choice, namer: Namer, schema: Schema) -> Schema:
    """One more table, that may refer to others and be referred to."""
    table = a_table(choice, namer, tuple(schema.enums))
    schema = schema.with_table(table)
    for name in (table.name, choice.of(list(schema.tables))):
        if choice.chance(50):
            schema = with_foreign_key(choice, namer, schema, name)
    return schema


def drop_table(choice: Choice, _: Namer, schema: Schema) -> Schema:
    """One table less."""
    if not schema.tables:
        return schema
    gone = _table(choice, schema).name
    tables = {name: t for name, t in schema.tables.items() if name != gone}
    return attrs.evolve(schema, tables=tables)


def on_a_table(change: Callable[[Choice, Namer, Table], Table]) -> Edit:
    """An edit that stays inside of one table."""

    def edit(choice: Choice, namer: Namer, schema: Schema) -> Schema:
        if not schema.tables:
            return schema
        return schema.with_table(change(choice, namer, _table(choice, schema)))

    return edit


def drop_field(choice: Choice, _: Namer, table: Table) -> Table:
    """One field less; what used it goes too."""
    gone = choice.of(table.fields)
    left = [field for field in table.fields if field is not gone]
    return attrs.evolve(table, fields=left) if left else table


def alter_field(choice: Choice, _: Namer, table: Table) -> Table:
    """Everything of a field but its type is chosen anew."""
    return table.replacing(described(choice, choice.of(table.fields)))


def move_key(choice: Choice, namer: Namer, table: Table) -> Table:
    """A primary key of other fields, new or old ones; or none, or another name."""
    inside = _inside(choice, table)
    kind = choice.number(0, 4)
    if kind == 0 and table.primary_key:
        return attrs.evolve(table, primary_key=None)
    fresh = [Field(inside.new(), choice.of(KEY_TYPES))] if kind != 1 else []
    possible = [field for field in table.fields if field.type in KEY_TYPES]
    fields = [*fresh, *choice.some(possible, most=1)] or list(table.fields[:1])
    old = table.primary_key.fields if table.primary_key and kind == 2 else ()
    left = [field for field in table.fields if field.name not in old]
    table = attrs.evolve(table, fields=[*left, *fresh])
    fields = [field for field in fields if table.has_field(field.name)]
    return attrs.evolve(table, primary_key=a_primary_key(choice, namer, fields))


def change_parts(choice: Choice, namer: Namer, table: Table) -> Table:
    """Indexes and constraints come, go, change shape or only their name."""
    match choice.number(0, 7):
        case 0:
            index = an_index(choice, namer, table)
            return attrs.evolve(table, indexes=[*table.indexes, index])
        case 1:
            unique = a_unique(choice, namer, table)
            rest = [u for u in table.uniques if {*u.fields} != {*unique.fields}]
            return attrs.evolve(table, uniques=[*rest, unique])
        case 2:
            check = a_check(choice, namer, table)
            return attrs.evolve(table, checks=[*table.checks, check])
        case 3:
            return attrs.evolve(
                table,
                indexes=table.indexes[1:],
                uniques=choice.some(table.uniques),
                checks=choice.some(table.checks),
                foreign_keys=choice.some(table.foreign_keys),
            )
        case 4:
            return _with_other_names(namer, table)
        case _:
            return reshape_parts(choice, namer, table)


def _with_other_names(namer: Namer, table: Table) -> Table:
    return attrs.evolve(
        table,
        indexes=[attrs.evolve(i, name=namer.new("ix_")) for i in table.indexes],
        uniques=[attrs.evolve(u, name=namer.new("uq_")) for u in table.uniques],
        checks=[attrs.evolve(c, name=namer.new("ck_")) for c in table.checks],
    )


def reshape_parts(choice: Choice, namer: Namer, table: Table) -> Table:
    """Indexes and constraints that are others under the names they have."""
    return attrs.evolve(
        table,
        indexes=[
            attrs.evolve(an_index(choice, namer, table), name=i.name)
            if choice.chance(30)
            else attrs.evolve(
                i,
                unique=not i.unique,
                nulls_not_distinct=False,
                options=choice.of(INDEX_OPTIONS),
            )
            for i in table.indexes
        ],
        uniques=[
            attrs.evolve(a_unique(choice, namer, table), name=u.name)
            for u in table.uniques
        ],
        checks=[
            attrs.evolve(a_check(choice, namer, table), name=c.name)
            for c in table.checks
        ],
        foreign_keys=[
            attrs.evolve(k, deferrable=choice.of((None, *DEFERRALS)))
            if choice.chance(30)
            else attrs.evolve(k, on_delete="CASCADE", on_update="RESTRICT")
            for k in table.foreign_keys
        ],
    )


def describe_table(choice: Choice, _: Namer, table: Table) -> Table:
    """Another comment, or other options."""
    if choice.chance(50):
        return attrs.evolve(table, options=choice.of(({}, *TABLE_OPTIONS)))
    return attrs.evolve(table, comment=choice.of(SAID) or None)


def add_field(choice: Choice, _: Namer, schema: Schema) -> Schema:
    """One more field in a table, of any type."""
    if not schema.tables:
        return schema
    table = _table(choice, schema)
    field = a_field(choice, _inside(choice, table), tuple(schema.enums))
    return schema.with_table(table.with_field(field))


def add_foreign_key(choice: Choice, namer: Namer, schema: Schema) -> Schema:
    """One more foreign key, and often a circle of them."""
    if not schema.tables:
        return schema
    return with_foreign_key(choice, namer, schema, _table(choice, schema).name)


def retype_field(choice: Choice, _: Namer, schema: Schema) -> Schema:
    """A field of another type, and every field that refers to it, near or far."""
    if not schema.tables:
        return schema
    table = _table(choice, schema)
    field = choice.of(table.fields)
    key = field.name in (table.primary_key.fields if table.primary_key else ())
    enums = tuple(schema.enums)
    type_ = choice.of(KEY_TYPES) if key else a_type(choice, enums)
    return _retyped(schema, table.name, field.name, type_)


def _retyped(schema: Schema, table: str, field: str, type_: FieldType) -> Schema:
    left, done = [(table, field)], set[tuple[str, str]]()
    while left:
        table, field = place = left.pop()
        if place in done:
            continue
        done.add(place)
        old = schema.table(table).field(field)
        new = attrs.evolve(old, type=type_, default=None, auto_create=False)
        new = attrs.evolve(new, auto_update=False)
        schema = schema.with_table(schema.table(table).replacing(new))
        left += [
            (child.name, mine)
            for child, key in schema.references_to(table)
            for mine, theirs in zip(key.fields, key.references, strict=True)
            if theirs == field
        ]
        type_ = referencing_type(type_)
    return schema


def change_enums(choice: Choice, namer: Namer, schema: Schema) -> Schema:
    """Enums come, go, and change their values."""
    enums = list(schema.enums.values())
    if not enums or choice.chance(25):
        enum = an_enum(choice, namer)
        field = Field(namer.new(), EnumOf(enum.name))
        schema = schema.with_enum(enum)
        if schema.tables and choice.chance(50):
            table = _table(choice, schema)
            if not table.has_field(field.name):
                schema = schema.with_table(table.with_field(field))
        return schema
    enum = choice.of(enums)
    if choice.chance(30):
        left = {name: e for name, e in schema.enums.items() if e is not enum}
        return attrs.evolve(schema, enums=left)
    return schema.with_enum(attrs.evolve(enum, values=some_values(choice)))


def change_settings(choice: Choice, _: Namer, schema: Schema) -> Schema:
    """Other type mappings, or other words for a symbol that is in use."""
    if choice.chance(40):
        mappings = choice.of(({}, *MAPPINGS))
        return attrs.evolve(schema, type_mappings=mappings)
    defaults = {
        database: {name: f"({sql})" for name, sql in words.items()}
        for database, words in schema.defaults.items()
    }
    return attrs.evolve(schema, defaults=defaults)


EDITS: tuple[Edit, ...] = (
    *(add_table, drop_table, add_field, retype_field, add_foreign_key),
    *map(on_a_table, (drop_field, alter_field, move_key, change_parts)),
    *map(on_a_table, (change_parts, reshape_parts, describe_table)),
    *(change_enums, change_settings),
)
