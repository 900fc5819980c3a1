"""What the differ orders, a real SQLite database does: there, back, and there again."""

from __future__ import annotations

import pytest
from hypothesis import given, reject

from live_sqlite import Live
from mm_engine.diff import diff
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from strategies import SchemaPair, schema_pairs

Shape = dict[str, tuple[list[str], int]]


@pytest.mark.database("sqlite")
@given(schema_pairs())
def test_every_difference_runs_there_and_back_and_there_again(
    pair: SchemaPair,
) -> None:
    operations = diff(pair.before, pair.after, pair.renames)
    live = Live()
    try:
        live.up(diff(Schema(), pair.before))
        live.up(operations)
    except UnsupportedError:
        reject()  # a type that nothing turns into the other one; said before it ran
    assert found(live) == meant(live.schema)
    live.down(operations, pair.before)
    assert found(live) == meant(pair.before)
    live.up(operations)
    assert found(live) == meant(live.schema)


def found(live: Live) -> Shape:
    """Tables with their columns and how many foreign keys they have, as SQLite says."""
    tables = [
        str(row[0])
        for row in live.sql(
            "SELECT name FROM sqlite_schema"
            " WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        )
    ]
    return {name: (columns(live, name), foreign_keys(live, name)) for name in tables}


def columns(live: Live, table: str) -> list[str]:
    """The names of the columns, sorted."""
    rows = live.connection.execute("SELECT name FROM pragma_table_info(?)", [table])
    return sorted(str(row[0]) for row in rows)


def foreign_keys(live: Live, table: str) -> int:
    """How many foreign keys the table has."""
    query = "SELECT count(DISTINCT id) FROM pragma_foreign_key_list(?)"
    [[count]] = live.connection.execute(query, [table])
    return int(count)


def meant(schema: Schema) -> Shape:
    """The same of the schema that the database should have."""
    return {
        name: (sorted(f.name for f in table.fields), len(table.foreign_keys))
        for name, table in schema.tables.items()
    }
