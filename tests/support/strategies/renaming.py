"""Renames of everything that can be renamed, with the hints a file would carry."""

from __future__ import annotations

import attrs

from mm_engine.diff.renames import Renames
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table
from mm_engine.model.values import Literal
from strategies.choice import Choice
from strategies.names import Namer


def renamed(choice: Choice, namer: Namer, schema: Schema) -> tuple[Schema, Renames]:
    """The schema with some things under new names, and which those are."""
    made = Renames()
    for enum in list(schema.enums.values()):
        if choice.chance(30):
            schema, made = _enum(choice, namer, schema, made, enum)
    for table in list(schema.tables.values()):
        name = table.name
        if choice.chance(30):
            name = namer.new()
            schema = schema.with_table_renamed(table.name, name)
            hinted = attrs.evolve(schema.table(name), renamed_from=table.name)
            schema = schema.with_table(hinted)
            made = attrs.evolve(made, tables={**made.tables, table.name: name})
        schema, made = _fields(choice, schema, made, name)
        schema, made = _parts(choice, namer, schema, made, name)
    return schema, made


def _enum(
    choice: Choice, namer: Namer, schema: Schema, made: Renames, enum: Enum
) -> tuple[Schema, Renames]:
    name = enum.name
    if choice.chance(60):
        name = namer.new()
        schema = schema.with_enum_renamed(enum.name, name)
        made = attrs.evolve(made, enums={**made.enums, enum.name: name})
    old, new = choice.of(enum.values), "renamed value"
    values = [new if value == old else value for value in enum.values]
    hinted = attrs.evolve(
        schema.enum(name),
        values=values,
        renames={new: old},
        renamed_from=enum.name if name != enum.name else None,
    )
    schema = schema.with_enum(hinted)
    for table, field in list(schema.fields_of_enum(name)):
        if field.default == Literal(old):
            now = attrs.evolve(field, default=Literal(new))
            schema = schema.with_table(schema.table(table.name).replacing(now))
    return schema, attrs.evolve(made, values={**made.values, (name, old): new})


def _fields(
    choice: Choice, schema: Schema, made: Renames, name: str
) -> tuple[Schema, Renames]:
    fields = dict(made.fields)
    for field in choice.some(schema.table(name).fields, most=2):
        inside = Namer(choice, tuple(f.name for f in schema.table(name).fields))
        new = inside.new()
        schema = schema.with_field_renamed(name, field.name, new)
        table = schema.table(name)
        hinted = attrs.evolve(table.field(new), renamed_from=field.name)
        schema = schema.with_table(table.replacing(hinted))
        fields[name, field.name] = new
    if choice.chance(5):
        schema, swapped = _swapped(schema, name, fields)
        fields.update(swapped)
    return schema, attrs.evolve(made, fields=fields)


def _swapped(
    schema: Schema, name: str, renamed_already: dict[tuple[str, str], str]
) -> tuple[Schema, dict[tuple[str, str], str]]:
    """The first two fields under each other's names, without hints."""
    names = [field.name for field in schema.table(name).fields]
    untouched = [n for n in names if n not in renamed_already.values()]
    if len(untouched) < 2:
        return schema, {}
    a, b = untouched[:2]
    for old, new in ((a, "in between"), (b, a), ("in between", b)):
        schema = schema.with_field_renamed(name, old, new)
    return schema, {(name, a): b, (name, b): a}


def _parts(
    choice: Choice, namer: Namer, schema: Schema, made: Renames, name: str
) -> tuple[Schema, Renames]:
    table = schema.table(name)
    indexes, constraints = dict(made.indexes), dict(made.constraints)
    if table.indexes and choice.chance(20):
        index = table.indexes[0]
        now = attrs.evolve(index, name=namer.new("ix_"), renamed_from=index.name)
        table = attrs.evolve(table, indexes=[now, *table.indexes[1:]])
        indexes[name, index.name or ""] = now.name or ""
    if table.foreign_keys and choice.chance(20):
        key = table.foreign_keys[0]
        new = attrs.evolve(key, name=namer.new("fk_"), renamed_from=key.name)
        table = attrs.evolve(table, foreign_keys=[new, *table.foreign_keys[1:]])
        constraints[name, key.name or ""] = new.name or ""
    made = attrs.evolve(made, indexes=indexes, constraints=constraints)
    return schema.with_table(table), made


def kept_renames(renames: Renames, after: Schema) -> Renames:
    """The renames of what is still there, under the new name, after more edits."""
    tables = after.tables
    return Renames(
        tables={old: new for old, new in renames.tables.items() if new in tables},
        fields={
            (table, old): new
            for (table, old), new in renames.fields.items()
            if table in tables and _names_whole(renames, table, old, tables[table])
        },
        indexes={
            (table, old): new
            for (table, old), new in renames.indexes.items()
            if table in tables and new in [i.name for i in tables[table].indexes]
        },
        constraints={
            (table, old): new
            for (table, old), new in renames.constraints.items()
            if table in tables and new in [k.name for k in tables[table].foreign_keys]
        },
        enums={old: new for old, new in renames.enums.items() if new in after.enums},
        values={
            (enum, old): new
            for (enum, old), new in renames.values.items()
            if enum in after.enums
            and new in after.enums[enum].values
            and old not in after.enums[enum].values
        },
    )


def _names_whole(renames: Renames, table: str, old: str, after: Table) -> bool:
    """Whether the new name is there, and in a swap or chain the others too."""
    seen: list[str] = []
    while (table, old) in renames.fields and old not in seen:
        seen.append(old)
        old = renames.fields[table, old]
        if not after.has_field(old):
            return False
    return True
