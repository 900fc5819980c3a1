"""A table of ClickHouse made anew with its rows, where none of its ALTERs will do.

``REPLACE TABLE ... AS SELECT`` fills a new table and puts it in the place of the old
one at once. If it fails nothing has happened. What others write meanwhile is lost.
https://clickhouse.com/docs/sql-reference/statements/create/table#replace-table
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from mm_engine.dialects.statements import Expect, Item, Statement
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table

if TYPE_CHECKING:
    from mm_engine.dialects.clickhouse_words import ClickHouseWords


def rebuilt(
    dialect: ClickHouseWords,
    before: Table,
    after: Table,
    schema: Schema,
    sources: Mapping[str, str] | None = None,
) -> Iterator[Item]:
    """A table as that schema has it; ``sources`` say which values are others."""
    found = sources or {}
    yield _knows_all(dialect, before)
    columns = [c for c in dialect.columns(after, schema) if not c.generated]
    values = ", ".join(_value(dialect, found, column.name) for column in columns)
    made = dialect.table_sql(after, schema).removeprefix("CREATE")
    yield Statement(
        f"REPLACE{made}\nAS SELECT {values} FROM {dialect.thing(after.name)}"
    )


def _value(dialect: ClickHouseWords, sources: Mapping[str, str], name: str) -> str:
    own = dialect.quote(name)
    source = sources.get(name, own)
    return source if source == own else f"{source} AS {own}"


def _knows_all(dialect: ClickHouseWords, table: Table) -> Expect:
    """Expect that nothing hangs on the table that the new one would lack."""
    on_it = dialect.of(table.name)
    columns = ", ".join(dialect.text(field.name) for field in table.fields)
    indexes = ", ".join(dialect.part_text(index.name) for index in table.indexes)
    ours = f" AND name NOT IN ({indexes})" if indexes else ""
    return Expect(
        f"SELECT 'column', name FROM system.columns{on_it}"
        f" AND name NOT IN ({columns})\n"
        "UNION ALL SELECT 'index', name FROM system.data_skipping_indices"
        f"{on_it}{ours}\n"
        f"UNION ALL SELECT 'projection', name FROM system.projections{on_it}",
        rows=(),
        message=f"{table.name} has to be rebuilt, and is not as migrations made it",
        hint="undo what was changed by hand, or say it in the schema files",
    )
