"""Foreign keys that hold what their fields are, and let go of it for a while."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from mm_engine.dialects.statements import Item, Move, serving
from mm_engine.errors import UnsupportedError
from mm_engine.model.constraints import ForeignKey
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table
from mm_engine.operations import (
    AlterField,
    AlterForeignKey,
    DropForeignKey,
    DropTable,
    RenameConstraint,
    RenameTable,
    SetTypeMappings,
)

if TYPE_CHECKING:
    from mm_engine.dialects.base import Dialect

Held: TypeAlias = tuple[str, str]
"""A table, and the name of a foreign key of its."""

_MOVING = (AlterForeignKey, DropForeignKey, DropTable, RenameConstraint, RenameTable)


def groups(dialect: Dialect, moves: Sequence[Move]) -> list[Sequence[Move]]:
    """The moves that change what foreign keys hold, and all between them, together.

    Both ends of a reference change one after the other; only then they fit again.
    """
    holding = [number for number, move in enumerate(moves) if _held(dialect, move)]
    first, last = (holding[0], holding[-1] + 1) if holding else (0, 0)
    return [
        *((move,) for move in moves[:first]),
        *([moves[first:last]] if holding else []),
        *((move,) for move in moves[last:]),
    ]


def let_go(dialect: Dialect, group: Sequence[Move]) -> Iterable[Item]:
    """A group, between dropping and adding the foreign keys whose fields it changes."""
    held = list(dict.fromkeys(key for move in group for key in _held(dialect, move)))
    if not held:
        return dialect.told(group[0])
    return _without_keys(dialect, group, held)


def _without_keys(
    dialect: Dialect, group: Sequence[Move], held: Sequence[Held]
) -> Iterator[Item]:
    for move in group:
        if isinstance(move.operation, _MOVING):
            raise UnsupportedError(
                f"{move.operation.describe()}: it stands between changes of fields"
                f" that foreign key {held[0][1]} of {held[0][0]} holds",
                at=move.operation.at,
                hint="put it into a migration of its own",
            )
    there = group[0].before.tables
    for table, name in held:
        if name not in [key.name for key in there[table].foreign_keys]:
            raise UnsupportedError(
                f"foreign key {name} of {table} is new, and its fields change again",
                hint="add it in a later migration",
            )
    for table, name in held:
        dropped = f"{dialect.drops_foreign_keys_by} {dialect.part_name(name)}"
        yield dialect.altered(table, dropped)
    for move in group:
        reach = (move.number, move.number)
        yield from (serving(item, reach) for item in dialect.told(move))
    for table, name in held:
        key = group[-1].after.table(table).foreign_key(name)
        yield dialect.altered(table, f"ADD {dialect.foreign_key_sql(key)}")


def check_ends(dialect: Dialect, schema: Schema) -> None:
    """Refuse a foreign key between fields that the database does not compare."""
    for table in schema.tables.values():
        for key in table.foreign_keys:
            target = schema.tables.get(key.table)
            for name, other in zip(key.fields, key.references, strict=True):
                if target is None:
                    continue
                ends = (
                    dialect.type_sql(table.field(name), schema),
                    dialect.type_sql(target.field(other), schema),
                )
                if not dialect.fit_together(*ends):
                    raise UnsupportedError(
                        f'foreign key "{key.name}" of "{table.name}": {name} is'
                        f" {ends[0]}, and {key.table}.{other} is {ends[1]};"
                        f" {dialect.title} refuses that",
                        at=key.at,
                        hint=f"make {name} what it refers to",
                    )


def _held(dialect: Dialect, move: Move) -> list[Held]:
    """The foreign keys with fields that become what they would not let them."""
    if move.operation.schema_only:
        return []
    return [
        (table.name, str(key.name))
        for name, fields in _retyped(dialect, move)
        for table, key in _keys_at(move.before, name)
        if {*fields} & _ends(table, key, name)
    ]


def _keys_at(schema: Schema, name: str) -> list[tuple[Table, ForeignKey]]:
    """The foreign keys of a table, and those of others that refer to it."""
    own = [(schema.tables[name], key) for key in schema.tables[name].foreign_keys]
    return own + [(t, key) for t, key in schema.references_to(name) if t.name != name]


def _ends(table: Table, key: ForeignKey, name: str) -> set[str]:
    """The fields of a table that a foreign key holds, from either end."""
    own = key.fields if table.name == name else ()
    return {*own, *(key.references if key.table == name else ())}


def _retyped(dialect: Dialect, move: Move) -> Iterator[tuple[str, list[str]]]:
    """The tables and fields whose columns become something else."""
    operation, before, after = move.operation, move.before, move.after
    match operation:
        case AlterField(table=name, field=field):
            names = {name: [field.name]}
        case SetTypeMappings():
            names = {n: [f.name for f in t.fields] for n, t in before.tables.items()}
        case _:
            return
    for name, fields in names.items():
        old, new = before.tables.get(name), after.tables.get(name)
        if old is not None and new is not None:
            yield (
                name,
                [
                    field
                    for field in fields
                    if dialect.held(old.field(field), before)
                    != dialect.held(new.field(field), after)
                ],
            )
