"""A table of SQL Server made anew, with its rows and all that stands on it.

No ALTER makes a column count itself up, or stop to (IDENTITY); so another table takes
the rows, and then the name. Names of constraints are those of the whole namespace, so
they come when the old table is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects.columns import Column
from mm_engine.dialects.sql import ValueSQL
from mm_engine.dialects.statements import Expect, Item, Move, Statement
from mm_engine.model.constraints import ForeignKey
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table

if TYPE_CHECKING:
    from mm_engine.dialects.sqlserver import SQLServer

NEW = "makemigrations_new_"
"""What the name of a table begins with while it is being made."""


def rebuilt(
    dialect: SQLServer, move: Move, table: Table, name: str, value: ValueSQL
) -> Iterator[Item]:
    """The table with another column of a name, which takes this value of each row."""
    after = move.after.table(table.name)
    new = _beside(dialect, table.name)
    lowered = dialect.columns(after, move.after)
    yield _knows_all(dialect, table)
    yield from dialect.triggers_dropped(table)
    for other, key in _keys(move.before, table, name):
        yield dialect.part_dropped(other, key)
    lines = ",\n".join(f"    {dialect.column_sql(_bare(c))}" for c in lowered)
    suffix = dialect.table_suffix(after)
    yield Statement(f"CREATE TABLE {dialect.thing(new)} (\n{lines}\n){suffix}")
    copied = [column.name for column in lowered if not column.generated]
    values = [value if c == name else dialect.quote(c) for c in copied]
    insert = Statement(
        f"INSERT INTO {dialect.thing(new)} ({dialect.listed(copied)})"
        f" SELECT {', '.join(values)} FROM {dialect.thing(table.name)}"
    )
    made = attrs.evolve(after, name=new)
    yield from dialect.counting_by_hand(made, copied, move.after, insert)
    yield Statement(f"DROP TABLE {dialect.thing(table.name)}")
    own = dialect.place(table.name)[1]
    yield dialect.renamed("OBJECT", dialect.thing(new), own)
    yield from _furnished(dialect, after, lowered)
    for other, key in _keys(move.after, after, name):
        yield dialect.part_added(other, key)
    yield from dialect.triggers_made(after)


def _furnished(
    dialect: SQLServer, table: Table, lowered: Sequence[Column]
) -> Iterator[Item]:
    """What stands on a table that has nothing but columns, foreign keys apart."""
    for column in lowered:
        if not column.generated:
            yield from dialect.default_added(table.name, column)
            yield from dialect.check_added(table.name, column)
    if table.primary_key:
        yield dialect.part_added(table, table.primary_key)
    yield from (dialect.part_added(table, unique) for unique in table.uniques)
    yield from (dialect.part_added(table, index) for index in table.indexes)
    yield from (dialect.part_added(table, check) for check in table.checks)
    yield from dialect.said_of(table.name, None, None, table.comment)
    for field in table.fields:
        yield from dialect.said_of(table.name, field.name, None, field.comment)


def _bare(column: Column) -> Column:
    """A column without what has a name of its own."""
    if column.generated:
        return column
    return attrs.evolve(column, default=None, enum=None, longest=None)


def _beside(dialect: SQLServer, name: str) -> str:
    namespace, own = dialect.place(name)
    return f"{namespace}.{NEW}{own}" if namespace else f"{NEW}{own}"


def _keys(schema: Schema, table: Table, name: str) -> list[tuple[Table, ForeignKey]]:
    """The foreign keys from and to a table; those on the column are let go already."""
    own = [(table, key) for key in table.foreign_keys]
    theirs = [
        (t, k) for t, k in schema.references_to(table.name) if t.name != table.name
    ]
    found: list[tuple[Table, ForeignKey]] = []
    for other, key in (*own, *theirs):
        ends = {*key.fields} if other.name == table.name else set()
        ends |= {*key.references} if key.table == table.name else set()
        if name not in ends:
            found.append((other, key))
    return found


def _knows_all(dialect: SQLServer, table: Table) -> Expect:
    """Expect no column, index or trigger that somebody made by hand: it would go."""
    here = dialect.object_id(table.name)
    columns = [dialect.text(field.name) for field in table.fields]
    names = [table.primary_key.name] if table.primary_key else []
    names += [unique.name for unique in table.uniques]
    names += [index.name for index in table.indexes]
    indexes = [dialect.part_text(name) for name in names]
    triggers = [dialect.part_text(name) for name in dialect.triggers(table)]
    views = (("columns", "object_id", columns), ("indexes", "object_id", indexes))
    queries = [
        f"SELECT name FROM sys.{view} WHERE {owner} = {here} AND name IS NOT NULL"
        + (f" AND name NOT IN ({', '.join(known)})" if known else "")
        for view, owner, known in (*views, ("triggers", "parent_id", triggers))
    ]
    return Expect(
        " UNION ".join(queries),
        rows=(),
        message=f"{table.name} has to be made anew, and what was made on it by hand"
        " would be lost",
        hint="take it into the schema, or drop it before and make it again after it",
    )
