"""How an operation of each class is made to fit a schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, get_args

import attrs

from mm_engine import operations as ops
from mm_engine.model.constraints import Constraint
from mm_engine.model.naming import named_table
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table
from mm_engine.model.values import Expression, Literal
from mm_engine.operations import Operation
from mm_engine.operations.base import BaseOperation
from mm_engine.operations.data import SQL
from strategies.choice import Choice
from strategies.edits import move_key, part_names
from strategies.names import Namer
from strategies.rows import some_rows
from strategies.schemas import (
    DEFERRALS,
    MAPPINGS,
    TABLE_OPTIONS,
    a_check,
    a_field,
    a_table,
    a_unique,
    an_enum,
    an_index,
    described,
    some_values,
    with_foreign_key,
)
from strategies.sound import sound
from strategies.values import SAID, a_default, words_of

OPERATION_CLASSES: tuple[type[BaseOperation], ...] = get_args(ops.Operation)
"""The whole closed family."""

WRITTEN_CLASSES = tuple(c for c in OPERATION_CLASSES if c is not ops.RestoreData)
"""What a migration file can hold: all but what only ``reverse`` makes."""

Made: TypeAlias = Operation | None
Maker: TypeAlias = Callable[[Choice, Namer, Schema], Made]


def an_operation(
    choice: Choice,
    schema: Schema,
    *,
    first: type[BaseOperation] | None = None,
    python: bool = True,
) -> Operation:
    """An operation that fits; of the class named first, if one of it can."""
    namer = Namer(choice, (*schema.tables, *schema.enums, *part_names(schema)))
    classes = [c for c in WRITTEN_CLASSES if python or c is not ops.RunPython]
    start = classes.index(first) if first else choice.number(0, len(classes) - 1)
    for cls in (*classes[start:], *classes[:start]):
        made = MAKERS[cls](choice, namer, schema)
        if made is not None:
            return _with_flags(choice, made)
    raise AssertionError("RunSQL fits every schema")


def _with_flags(choice: Choice, operation: Operation) -> Operation:
    if not choice.chance(15):
        return operation
    return attrs.evolve(
        operation,
        schema_only=choice.chance(30),
        if_present=choice.chance(30),
        review=choice.of(SAID) or None if choice.chance(30) else None,
    )


def _a_table_of(
    choice: Choice, schema: Schema, fits: Callable[[Table], object] = bool
) -> Table | None:
    tables = [table for table in schema.tables.values() if fits(table)]
    return choice.of(tables) if tables else None


def _create_table(choice: Choice, namer: Namer, schema: Schema) -> Made:
    table = a_table(choice, namer, tuple(schema.enums))
    after = sound(schema.with_table(table))
    if choice.chance(50):
        after = sound(with_foreign_key(choice, namer, after, table.name))
    return ops.CreateTable.of(named_table(after.table(table.name)))


def _drop_table(choice: Choice, _: Namer, schema: Schema) -> Made:
    table = _a_table_of(
        choice,
        schema,
        lambda t: all(by.name == t.name for by, _ in schema.references_to(t.name)),
    )
    return ops.DropTable(table.name) if table else None


def _rename_table(choice: Choice, namer: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema)
    return ops.RenameTable(table.name, namer.new()) if table else None


def _new_field(choice: Choice, schema: Schema, table: Table) -> Field:
    inside = Namer(choice, tuple(field.name for field in table.fields))
    return a_field(choice, inside, tuple(schema.enums))


def _add_field(choice: Choice, _: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema)
    if table is None:
        return None
    field = _new_field(choice, schema, table)
    return ops.AddField(table.name, field, one_off=_one_off(choice, field))


def _one_off(choice: Choice, field: Field) -> Literal | Expression | None:
    value = a_default(choice, field.type) if choice.chance(30) else None
    return value if isinstance(value, Literal | Expression) else None


def _drop_field(choice: Choice, _: Namer, schema: Schema) -> Made:
    unused = [
        (table.name, field.name)
        for table in schema.tables.values()
        for field in table.fields
        if len(table.fields) > 1
        and not table.users_of(field.name)
        and not any(
            field.name in key.references for _, key in schema.references_to(table.name)
        )
    ]
    return ops.DropField(*choice.of(unused)) if unused else None


def _alter_field(choice: Choice, _: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema)
    if table is None:
        return None
    old = choice.of(table.fields)
    if table.users_of(old.name) or choice.chance(40):
        new = described(choice, old)
    else:
        new = attrs.evolve(_new_field(choice, schema, table), name=old.name)
    if table.primary_key and old.name in table.primary_key.fields:
        new = attrs.evolve(new, nullable=False)
    convert = {"sqlite": ("upper(%s) || ':x'", "lower('it''s')")}
    return ops.AlterField(
        table.name,
        new,
        one_off=_one_off(choice, new),
        convert=convert if choice.chance(10) else {},
    )


def _rename_field(choice: Choice, _: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema)
    if table is None:
        return None
    old = choice.of(table.fields).name
    inside = Namer(choice, tuple(field.name for field in table.fields))
    return ops.RenameField(table.name, old, new=inside.new())


def _add_index(choice: Choice, namer: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema)
    if table is None:
        return None
    index = attrs.evolve(an_index(choice, namer, table), name=namer.new("new_ix_"))
    return ops.AddIndex(table.name, index)


def _alter_index(choice: Choice, namer: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema, lambda t: t.indexes)
    if table is None:
        return None
    name = choice.of(table.indexes).name
    return ops.AlterIndex(
        table.name, attrs.evolve(an_index(choice, namer, table), name=name)
    )


def _drop_index(choice: Choice, _: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema, lambda t: t.indexes)
    return (
        ops.DropIndex(table.name, choice.of(table.indexes).name or "")
        if table
        else None
    )


def _rename_index(choice: Choice, namer: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema, lambda t: t.indexes)
    if table is None:
        return None
    old = choice.of(table.indexes).name or ""
    return ops.RenameIndex(table.name, old, new=namer.new("new_ix_"))


def _alter_primary_key(choice: Choice, namer: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema)
    if table is None:
        return None
    moved = move_key(choice, namer, table)
    key = named_table(moved).primary_key
    if key is not None and not all(table.has_field(name) for name in key.fields):
        key = None
    return ops.AlterPrimaryKey(table.name, key)


def _add_foreign_key(choice: Choice, namer: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema, lambda t: t.foreign_keys)
    if table is None:
        return None
    like = choice.of(table.foreign_keys)
    key = attrs.evolve(like, name=namer.new("new_fk_"), on_delete="CASCADE")
    return ops.AddForeignKey(table.name, key)


def _alter_foreign_key(choice: Choice, _: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema, lambda t: t.foreign_keys)
    if table is None:
        return None
    key = choice.of(table.foreign_keys)
    if choice.chance(50):
        return ops.AlterForeignKey(table.name, attrs.evolve(key, on_delete="CASCADE"))
    other = choice.of((None, *DEFERRALS))
    return ops.AlterForeignKey(table.name, attrs.evolve(key, deferrable=other))


def _drop_foreign_key(choice: Choice, _: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema, lambda t: t.foreign_keys)
    if table is None:
        return None
    return ops.DropForeignKey(table.name, choice.of(table.foreign_keys).name or "")


def _add_unique(choice: Choice, namer: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema)
    if table is None:
        return None
    unique = attrs.evolve(a_unique(choice, namer, table), name=namer.new("new_uq_"))
    return ops.AddUnique(table.name, unique)


def _alter_unique(choice: Choice, namer: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema, lambda t: t.uniques)
    if table is None:
        return None
    name = choice.of(table.uniques).name
    return ops.AlterUnique(
        table.name, attrs.evolve(a_unique(choice, namer, table), name=name)
    )


def _drop_unique(choice: Choice, _: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema, lambda t: t.uniques)
    return (
        ops.DropUnique(table.name, choice.of(table.uniques).name or "")
        if table
        else None
    )


def _add_check(choice: Choice, namer: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema)
    if table is None:
        return None
    check = attrs.evolve(a_check(choice, namer, table), name=namer.new("new_ck_"))
    return ops.AddCheck(table.name, check)


def _alter_check(choice: Choice, namer: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema, lambda t: t.checks)
    if table is None:
        return None
    name = choice.of(table.checks).name
    return ops.AlterCheck(
        table.name, attrs.evolve(a_check(choice, namer, table), name=name)
    )


def _drop_check(choice: Choice, _: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema, lambda t: t.checks)
    return (
        ops.DropCheck(table.name, choice.of(table.checks).name or "") if table else None
    )


def _rename_constraint(choice: Choice, namer: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema, _constraints)
    if table is None:
        return None
    old = choice.of(_constraints(table))
    return ops.RenameConstraint(table.name, old, new=namer.new("new_co_"))


def _constraints(table: Table) -> list[str]:
    parts: tuple[Constraint, ...] = (
        *table.uniques,
        *table.checks,
        *table.foreign_keys,
    )
    return [part.name for part in parts if part.name]


def _create_enum(choice: Choice, namer: Namer, _: Schema) -> Made:
    return ops.CreateEnum(an_enum(choice, namer))


def _drop_enum(choice: Choice, _: Namer, schema: Schema) -> Made:
    unused = [name for name in schema.enums if not any(schema.fields_of_enum(name))]
    return ops.DropEnum(choice.of(unused)) if unused else None


def _rename_enum(choice: Choice, namer: Namer, schema: Schema) -> Made:
    if not schema.enums:
        return None
    return ops.RenameEnum(choice.of(list(schema.enums)), namer.new())


def _alter_enum(choice: Choice, _: Namer, schema: Schema) -> Made:
    if not schema.enums:
        return None
    enum = choice.of(list(schema.enums.values()))
    if choice.chance(50):
        return ops.AlterEnum(attrs.evolve(enum, values=some_values(choice)))
    old, new = choice.of(enum.values), "another value"
    values = [new if value == old else value for value in enum.values]
    if new in enum.values:
        return ops.AlterEnum(attrs.evolve(enum, comment="said twice"))
    changes = {old: new}
    if choice.chance(50):
        return ops.AlterEnum(attrs.evolve(enum, values=values), renamed=changes)
    return ops.AlterEnum(attrs.evolve(enum, values=values), replaced=changes)


def _set_defaults(choice: Choice, _: Namer, schema: Schema) -> Made:
    added = words_of(choice.some(("usd", "answer", "now"), least=1))
    databases = dict.fromkeys([*schema.defaults, *added])
    return ops.SetDefaults(
        {
            database: {
                **added.get(database, {}),
                **schema.defaults.get(database, {}),
            }
            for database in databases
        }
    )


def _set_type_mappings(choice: Choice, _: Namer, __: Schema) -> Made:
    return ops.SetTypeMappings(choice.of(({}, *MAPPINGS)))


def _set_table_comment(choice: Choice, _: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema)
    return ops.SetTableComment(table.name, choice.of(SAID) or None) if table else None


def _set_table_options(choice: Choice, _: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema)
    return (
        ops.SetTableOptions(table.name, choice.of(({}, *TABLE_OPTIONS)))
        if table
        else None
    )


SQL_TEXTS = ("SELECT 1", "SELECT 'it''s %s :x; --'", "SELECT 1;\nSELECT 2", "")


def _run_sql(choice: Choice, _: Namer, schema: Schema) -> Made:
    text: SQL = choice.of(SQL_TEXTS)
    if choice.chance(30):
        text = {"sqlite": choice.of(SQL_TEXTS), "postgresql": "SELECT now()"}
    return ops.RunSQL(
        text,
        choice.of((None, "", "SELECT 3")),
        state_operations=_state_operations(choice, schema),
    )


def _state_operations(choice: Choice, schema: Schema) -> list[Operation]:
    table = _a_table_of(choice, schema)
    if table is None or not choice.chance(30):
        return []
    return [ops.AddField(table.name, _new_field(choice, schema, table))]


def nothing_there(_: object, __: Schema) -> None:
    """What RunPython calls on the way there."""


def nothing_back(_: object, __: Schema) -> None:
    """What RunPython calls on the way back."""


def _run_python(choice: Choice, _: Namer, schema: Schema) -> Made:
    return ops.RunPython(
        nothing_there,
        nothing_back if choice.chance(50) else None,
        state_operations=_state_operations(choice, schema),
    )


def _upsert_data(choice: Choice, _: Namer, schema: Schema) -> Made:
    table = _a_table_of(choice, schema, lambda t: t.primary_key)
    if table is None or table.primary_key is None:
        return None
    keys = table.primary_key.fields
    return ops.UpsertData(table.name, keys=keys, rows=some_rows(choice, schema, table))


MAKERS: dict[type[BaseOperation], Maker] = {
    ops.CreateTable: _create_table,
    ops.DropTable: _drop_table,
    ops.RenameTable: _rename_table,
    ops.AddField: _add_field,
    ops.DropField: _drop_field,
    ops.AlterField: _alter_field,
    ops.RenameField: _rename_field,
    ops.AddIndex: _add_index,
    ops.AlterIndex: _alter_index,
    ops.DropIndex: _drop_index,
    ops.RenameIndex: _rename_index,
    ops.AlterPrimaryKey: _alter_primary_key,
    ops.AddForeignKey: _add_foreign_key,
    ops.AlterForeignKey: _alter_foreign_key,
    ops.DropForeignKey: _drop_foreign_key,
    ops.AddUnique: _add_unique,
    ops.AlterUnique: _alter_unique,
    ops.DropUnique: _drop_unique,
    ops.AddCheck: _add_check,
    ops.AlterCheck: _alter_check,
    ops.DropCheck: _drop_check,
    ops.RenameConstraint: _rename_constraint,
    ops.CreateEnum: _create_enum,
    ops.DropEnum: _drop_enum,
    ops.RenameEnum: _rename_enum,
    ops.AlterEnum: _alter_enum,
    ops.SetDefaults: _set_defaults,
    ops.SetTypeMappings: _set_type_mappings,
    ops.SetTableComment: _set_table_comment,
    ops.SetTableOptions: _set_table_options,
    ops.RunSQL: _run_sql,
    ops.RunPython: _run_python,
    ops.UpsertData: _upsert_data,
}
