"""What holds a column of SQL Server as it is: let go before a change, and taken up.

Foreign keys hold it too; they are let go for all that a migration changes at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mm_engine.dialects.statements import Item
from mm_engine.model import sqltext
from mm_engine.model.constraints import Check, PrimaryKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table, index_fields

if TYPE_CHECKING:
    from mm_engine.dialects.sqlserver import SQLServer


def let_go(
    dialect: SQLServer, table: Table, names: Sequence[str], schema: Schema
) -> Iterator[Item]:
    """What stands on the columns dropped, and columns that are computed from them."""
    computed = computed_from(dialect, table, names)
    every = [*names, *(field.name for field in computed)]
    for part in parts(table, every):
        yield dialect.part_dropped(table, part)
    for field in reversed(computed):
        yield from dialect.check_dropped(
            table.name, dialect.in_table(field, table, schema)
        )
        yield dialect.altered(table.name, f"DROP COLUMN {dialect.quote(field.name)}")


def taken_up(
    dialect: SQLServer, table: Table, names: Sequence[str], schema: Schema
) -> Iterator[Item]:
    """All of it made again, as the table now has it."""
    computed = computed_from(dialect, table, names)
    for field in computed:
        column = dialect.column_sql(dialect.in_table(field, table, schema))
        yield dialect.altered(table.name, f"ADD {column}")
        yield from dialect.said_of(table.name, field.name, None, field.comment)
    every = [*names, *(field.name for field in computed)]
    for part in reversed(parts(table, every)):
        yield dialect.part_added(table, part)


def parts(
    table: Table, names: Sequence[str]
) -> list[Check | Index | Unique | PrimaryKey]:
    """What stands on columns of a table, in the order in which it can be dropped."""
    found: list[Check | Index | Unique | PrimaryKey] = []
    found += checks(table, names)
    found += [i for i in table.indexes if {*names} & {*index_fields(i)}]
    found += [u for u in table.uniques if {*names} & {*u.fields}]
    key = table.primary_key
    if key is not None and {*names} & {*key.fields}:
        found.append(key)
    return found


def checks(table: Table, names: Sequence[str]) -> list[Check]:
    """The checks of a table that speak of columns."""
    return [c for c in table.checks if _speaks(c.expression, names)]


def filtered(table: Table, names: Sequence[str]) -> list[Index]:
    """The indexes of a table that leave rows out by what columns hold."""
    return [i for i in table.indexes if i.where and _speaks(i.where, names)]


def computed_from(
    dialect: SQLServer, table: Table, names: Sequence[str]
) -> list[Field]:
    """The fields that are computed from columns, in the order they can be made."""
    found: list[Field] = []
    reached = [*names]
    while True:
        more = [
            field
            for field in table.fields
            if field.name not in reached
            and field.options
            and _speaks(dialect.generated_text(field) or "", reached)
        ]
        if not more:
            return found
        found += more
        reached += [field.name for field in more]


def _speaks(text: str, names: Sequence[str]) -> bool:
    return not {*names}.isdisjoint(sqltext.identifiers(text))
